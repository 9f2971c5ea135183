//! The folders of one case, the `go` that works in them, and gonym.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

use super::case::Case;
use super::common::go::{self, Toolchain};
use super::common::{self, program};

/// The folders of one case and version.
pub struct Place {
    pub root: PathBuf,
    pub proxy: PathBuf,
    pub cache: PathBuf,
}

impl Place {
    /// A cache of its own, so that only this case's modules are in it.
    pub fn lay_out(case: &Case<'_>, minor: u16) -> Self {
        let base = common::scratch("places").canonicalize().expect("a path");
        let root = base.join(format!("{}-{minor}", case.name));
        let _ = fs::remove_dir_all(&root);
        let place =
            Self { proxy: base.join("proxy"), cache: root.join("cache"), root: root.join("tree") };
        fs::create_dir_all(&place.root).expect("a folder");
        fs::create_dir_all(root.join("bin")).expect("a folder");
        fs::create_dir_all(root.join("home")).expect("a folder");
        program::write_files(case.tree, &place.root);
        for (link, target) in case.links {
            std::os::unix::fs::symlink(target, place.root.join(link)).expect("a link");
        }
        place
    }

    pub fn beside(&self, name: &str) -> PathBuf {
        self.root.parent().expect("a folder").join(name)
    }

    /// What `go` and gonym both see. `TREE` stands for the tree's folder.
    pub fn environment(&self, case: &Case<'_>, toolchain: &Toolchain) -> Vec<(String, String)> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let home = self.beside("home");
        let own = [
            ("HOME", text(&home)),
            ("GOPATH", text(&home.join("go"))),
            ("GOMODCACHE", text(&self.cache)),
            ("GOROOT", text(&toolchain.root)),
            ("GOFLAGS", String::new()),
            ("GOWORK", "off".to_owned()),
            ("CGO_ENABLED", "0".to_owned()),
        ];
        let mut all: Vec<(String, String)> =
            own.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        for (key, value) in case.environment {
            all.retain(|(known, _)| known != key);
            all.push(((*key).to_owned(), value.replace("TREE", &text(&self.root))));
        }
        all
    }

    pub fn go(&self, case: &Case<'_>, toolchain: &Toolchain, folder: &str) -> Command {
        let mut command = toolchain.command(&self.root.join(folder));
        command.envs(self.environment(case, toolchain));
        command.env("GOPROXY", format!("file://{}", self.proxy.display()));
        // The home is another one; what std's packages compiled to is not.
        command.env("GOCACHE", go_cache()).env("GOSUMDB", "off").env_remove("GOROOT");
        command
    }
}

/// The build cache of this machine.
pub fn go_cache() -> &'static str {
    static CACHE: OnceLock<String> = OnceLock::new();
    CACHE.get_or_init(|| {
        let witness = go::toolchain(go::WITNESS).expect("it was there before");
        witness.output(Path::new("/"), ["env", "GOCACHE"]).trim().to_owned()
    })
}

pub fn succeeded(mut command: Command, what: &str) -> Output {
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {command:?}: {said}");
    output
}

/// Builds the case; returns the binary.
pub fn built(case: &Case<'_>, toolchain: &Toolchain, place: &Place, what: &str) -> PathBuf {
    for (folder, arguments) in case.before {
        let mut command = place.go(case, toolchain, folder);
        let modules = ["mod", "list"].contains(&arguments[0]);
        command.env("GOFLAGS", if modules { "-mod=mod -modcacherw" } else { "-modcacherw" });
        succeeded(
            {
                command.args(*arguments);
                command
            },
            what,
        );
    }
    let mut command = place.go(case, toolchain, case.folder);
    let bin = place.beside("bin");
    command.env("GOBIN", &bin).arg(case.command).args(case.flags).args(case.build_flags);
    if case.command == "install" {
        succeeded(
            {
                command.arg(case.package);
                command
            },
            what,
        );
        let mut found = fs::read_dir(&bin).expect("a folder");
        return found.next().expect("a program").expect("an entry").path();
    }
    let file = bin.join("app");
    let test: &[&str] = if case.command == "test" { &["-c"] } else { &[] };
    succeeded(
        {
            command.args(test).arg("-o").arg(&file).arg(case.package);
            command
        },
        what,
    );
    file
}

/// gonym, with the case's environment and no PATH.
pub fn gonym(case: &Case<'_>, toolchain: &Toolchain, place: &Place) -> (Command, PathBuf) {
    let folder = if case.here.is_empty() { case.folder } else { case.here };
    let folder = place.root.join(folder).canonicalize().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.current_dir(&folder).env_clear().env("PATH", "");
    command.envs(place.environment(case, toolchain)).envs(case.blind.iter().copied());
    (command, folder)
}

pub fn report(mut command: Command, what: &str) -> (Value, String) {
    let output = command.output().expect("gonym runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let report =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{what}: {said}"));
    (report, said)
}

pub fn codes(gaps: &Value) -> Vec<String> {
    let mut codes: Vec<String> = gaps
        .as_array()
        .into_iter()
        .flatten()
        .map(|gap| gap["code"].as_str().expect("a code").to_owned())
        .collect();
    codes.sort();
    codes.dedup();
    codes
}
