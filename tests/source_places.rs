//! Where the sources of a build lie: every way that a Go build finds its packages.
//!
//! Each case lays out a tree, and modules in a proxy of files; a real Go builds it. `gonym check`, run
//! without a PATH, must name exactly the directives that `go list -deps` with the same flags, go/parser and the
//! assembler know (`common::compiled`), at their places: a directive out of another version, another
//! copy or another platform's file would be surplus. What is missing must be said, in the given words.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use common::compiled::{self, Directive};
use common::go::{self, Toolchain};
use common::{program, proxy};
use serde_json::Value;

/// Modules that the proxy has. Each version of a package has its directive on another line.
const PROXY: &str = include_str!("../testdata/places/proxy.txtar");

/// One tree and how it is built.
struct Case<'a> {
    name: &'a str,
    /// The minors of Go that build it.
    minors: &'a [u16],
    /// Its files, as a txtar.
    tree: &'a str,
    /// The folder below the tree that `go` runs in.
    folder: &'a str,
    /// Commands of `go` that come before, each in its folder.
    before: &'a [(&'a str, &'a [&'a str])],
    environment: &'a [(&'a str, &'a str)],
    /// What `go` and `go list` get both.
    flags: &'a [&'a str],
    /// What only the build gets.
    build_flags: &'a [&'a str],
    /// `build`, `test`.
    command: &'a str,
    package: &'a str,
    /// Where gonym runs; the build's folder if it is empty.
    here: &'a str,
    /// Further arguments of gonym.
    arguments: &'a [&'a str],
    /// What must be said of missing sources: codes, sorted.
    gaps: &'a [&'a str],
    /// Directives that the witnesses know and gonym cannot: the end of a file's name.
    lost: &'a [&'a str],
    /// Whether `gonym scan --deps` must find the same without the binary.
    scans: bool,
}

const DEFAULT: Case<'static> = Case {
    name: "",
    minors: &[19, 27],
    tree: "",
    folder: ".",
    before: &[],
    environment: &[],
    flags: &[],
    build_flags: &[],
    command: "build",
    package: ".",
    here: "",
    arguments: &[],
    gaps: &[],
    lost: &[],
    scans: false,
};

const TRIM: &[&str] = &["-trimpath"];

/// The folders of one case and version.
struct Place {
    root: PathBuf,
    proxy: PathBuf,
    cache: PathBuf,
}

impl Place {
    /// A cache of its own, so that only this case's modules are in it.
    fn lay_out(case: &Case<'_>, minor: u16) -> Self {
        let base = common::scratch("places").canonicalize().expect("a path");
        let root = base.join(format!("{}-{minor}", case.name));
        let _ = fs::remove_dir_all(&root);
        let place =
            Self { proxy: base.join("proxy"), cache: root.join("cache"), root: root.join("tree") };
        fs::create_dir_all(&place.root).expect("a folder");
        fs::create_dir_all(root.join("bin")).expect("a folder");
        fs::create_dir_all(root.join("home")).expect("a folder");
        program::write_files(case.tree, &place.root);
        place
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.root.parent().expect("a folder").join(name)
    }

    /// What `go` and gonym both see. `TREE` stands for the tree's folder.
    fn environment(&self, case: &Case<'_>, toolchain: &Toolchain) -> Vec<(String, String)> {
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

    fn go(&self, case: &Case<'_>, toolchain: &Toolchain, folder: &str) -> Command {
        let mut command = toolchain.command(&self.root.join(folder));
        command.envs(self.environment(case, toolchain));
        command.env("GOPROXY", format!("file://{}", self.proxy.display()));
        // The home is another one; what std's packages compiled to is not.
        command.env("GOCACHE", go_cache()).env("GOSUMDB", "off").env_remove("GOROOT");
        command
    }
}

/// The build cache of this machine.
fn go_cache() -> &'static str {
    static CACHE: OnceLock<String> = OnceLock::new();
    CACHE.get_or_init(|| {
        let witness = go::toolchain(go::WITNESS).expect("it was there before");
        witness.output(Path::new("/"), ["env", "GOCACHE"]).trim().to_owned()
    })
}

fn succeeded(mut command: Command, what: &str) -> Output {
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {command:?}: {said}");
    output
}

/// Builds the case; returns the binary.
fn built(case: &Case<'_>, toolchain: &Toolchain, place: &Place, what: &str) -> PathBuf {
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
fn gonym(case: &Case<'_>, toolchain: &Toolchain, place: &Place) -> (Command, PathBuf) {
    let folder = if case.here.is_empty() { case.folder } else { case.here };
    let folder = place.root.join(folder).canonicalize().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.current_dir(&folder).env_clear().env("PATH", "");
    command.envs(place.environment(case, toolchain));
    (command, folder)
}

fn report(mut command: Command, what: &str) -> (Value, String) {
    let output = command.output().expect("gonym runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let report =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{what}: {said}"));
    (report, said)
}

fn codes(gaps: &Value) -> Vec<String> {
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

fn examine(case: &Case<'_>, toolchain: &Toolchain, parser: &Path) {
    let what = format!("{} by go{}", case.name, toolchain.version);
    let place = Place::lay_out(case, toolchain.minor);
    let file = built(case, toolchain, &place, &what);
    let mut arguments: Vec<&str> = case.flags.to_vec();
    if case.command == "test" {
        arguments.push("-test");
    }
    let package = case.package.split('@').next().expect("a path");
    arguments.push(package);
    let packages = compiled::list(place.go(case, toolchain, case.folder), &arguments);
    let truth = compiled::directives(parser, toolchain, ("linux", "amd64"), &packages);
    let own = truth.iter().filter(|directive| !directive.std).count();
    assert!(own >= 2 && truth.len() > 100, "{what}: {own} of {} directives", truth.len());

    let (mut command, folder) = gonym(case, toolchain, &place);
    command.arg("check").arg(&file).args(["--std", "--format=json"]).args(case.arguments);
    let (report, said) = self::report(command, &what);
    assert_eq!(report["faults"], Value::Array(Vec::new()), "{what}: {said}");
    assert_eq!(codes(&report["binaries"][0]["gaps"]), case.gaps, "{what}: {said}");
    let is_lost = |one: &&Directive| case.lost.iter().any(|end| one.file.ends_with(end));
    let lost = truth.iter().filter(is_lost).count();
    assert!(lost >= case.lost.len(), "{what}: {lost} lost");
    let wanted: BTreeSet<Directive> = truth.iter().filter(|one| !is_lost(one)).cloned().collect();
    compiled::agree(&what, &wanted, &compiled::claimed(&report, &folder));
    for claim in report["binaries"][0]["claims"].as_array().expect("claims") {
        assert_ne!(claim["verdict"], "not-in-effect", "{what}: {claim:#}");
    }
    if case.scans {
        scanned(case, toolchain, &place, &wanted, &what);
    }
    go::say(&format!("{what}: {own} directives and {} of Go's own", truth.len() - own));
    fs::remove_dir_all(place.root.parent().expect("a folder")).expect("removed");
}

/// `gonym scan --deps`, which no binary helps.
fn scanned(
    case: &Case<'_>,
    toolchain: &Toolchain,
    place: &Place,
    wanted: &BTreeSet<Directive>,
    what: &str,
) {
    let (mut command, folder) = gonym(case, toolchain, place);
    command.args(["scan", "--deps", "--format=json", "--goos=linux", "--goarch=amd64"]);
    command.arg(format!("--go-version=1.{}", toolchain.minor));
    let (report, said) = self::report(command, what);
    assert_eq!(codes(&report["gaps"]), [""; 0], "{what}: scan: {said}");
    let directives = report["directives"].as_array().expect("directives").iter();
    let found: BTreeSet<_> = directives
        .filter(|one| one["isDirective"] == true && one["selected"] == true)
        .map(|one| {
            let text = |key: &str| one[key].as_str().expect("text").to_owned();
            let file = folder.join(text("file")).canonicalize().expect("a file");
            (file, one["line"].as_u64(), text("local"), text("remote"), text("kind"), text("form"))
        })
        .collect();
    let wanted: BTreeSet<_> = wanted
        .iter()
        .map(|one| {
            let local = one.local.rsplit('.').next().expect("a name").to_owned();
            let (remote, kind, form) = (one.remote.clone(), one.kind.clone(), one.form.clone());
            (one.file.clone(), Some(one.line), local, remote, kind, form)
        })
        .collect();
    let differ: Vec<_> = wanted.symmetric_difference(&found).collect();
    assert!(differ.is_empty(), "{what}: scan differs: {differ:#?}");
}

/// Examines each case with each of its versions.
fn each(cases: &[Case<'_>]) {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(witness) => witness,
        Err(why) => return go::skip("places of sources", &why),
    };
    let parser = prepared(&witness);
    for case in cases {
        for minor in case.minors {
            match go::toolchain(*minor) {
                Ok(toolchain) => examine(case, &toolchain, parser),
                Err(why) => go::skip(&format!("{} with go1.{minor}", case.name), &why),
            }
        }
    }
}

/// The reader of directives and the proxy, made once.
fn prepared(witness: &Toolchain) -> &'static Path {
    static PARSER: OnceLock<PathBuf> = OnceLock::new();
    PARSER.get_or_init(|| {
        let folder = common::scratch("places").join("proxy");
        let _ = fs::remove_dir_all(&folder);
        proxy::write(PROXY, &folder);
        compiled::parser(witness, "places")
    })
}

/// A program that pulls on its own and calls one package.
macro_rules! app {
    ($import:literal, $call:literal) => {
        concat!(
            "\npackage main\n\nimport (\n\t_ \"unsafe\"\n\n\t\"",
            $import,
            "\"\n)\n\n//go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n\n",
            "//go:linkname began main.began\nvar began int64\n\n",
            "func main() { println(nanotime() > began, ",
            $call,
            "() > 0) }\n"
        )
    };
}

#[test]
fn module_cache_live_go_needed() {
    let plain = concat!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.17\n\nrequire example.com/dep v1.0.0\n",
        "-- main.go --",
        app!("example.com/dep", "dep.Now"),
    );
    let upper = concat!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.17\n\nrequire example.com/Upper/Case v1.0.0-RC1\n",
        "-- main.go --",
        app!("example.com/Upper/Case/Sub", "sub.Now"),
    );
    let dotted = concat!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.17\n\nrequire gopkg.in/dotted.v2 v2.0.0\n",
        "-- main.go --",
        app!("gopkg.in/dotted.v2", "dotted.Now"),
    );
    // Every other version lies in the cache too.
    let others: &[(&str, &[&str])] = &[
        (".", &["mod", "tidy"]),
        (".", &["mod", "download", "example.com/dep@v1.1.0", "example.com/dep@v1.2.0"]),
        (".", &["mod", "download", "example.com/Upper/Case@v1.0.0", "example.com/leaf@v1.2.0"]),
    ];
    let tool = "-- go.mod --\nmodule example.com/other\n\ngo 1.17\n\nrequire example.com/Tool v1.0.0\n\
                -- main.go --\npackage main\n\nimport _ \"unsafe\"\n\n\
                //go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n\nfunc main() { nanotime() }\n\
                -- tools.go --\n//go:build tools\n\npackage main\n\nimport _ \"example.com/Tool/cmd/tool\"\n\
                -- empty/note.txt --\nno module\n";
    let newer: &[(&str, &[&str])] = &[
        (".", &["mod", "tidy"]),
        (".", &["mod", "download", "example.com/Tool@v1.1.0", "example.com/dep@v1.1.0"]),
    ];
    let modules = [
        Case { name: "plain", tree: plain, before: others, scans: true, ..DEFAULT },
        Case { name: "upper", tree: upper, before: others, scans: true, ..DEFAULT },
        Case { name: "dotted", tree: dotted, before: others, scans: true, ..DEFAULT },
    ];
    each(&modules);
    each(&modules.map(|case| Case { build_flags: TRIM, ..case }));
    let installed = Case {
        name: "installed",
        tree: tool,
        before: newer,
        command: "install",
        package: "example.com/Tool/cmd/tool@v1.0.0",
        ..DEFAULT
    };
    each(&[Case { here: "empty", ..installed }, Case { build_flags: TRIM, ..installed }]);
}

#[test]
fn replacements_live_go_needed() {
    macro_rules! replacing {
        ($require:literal, $replace:literal) => {
            concat!(
                "-- a/go.mod --\nmodule example.com/a\n\ngo 1.17\n\nrequire example.com/dep ",
                $require,
                "\n\n",
                $replace,
                "\n",
                "-- a/main.go --",
                app!("example.com/dep", "dep.Now"),
                "-- local/go.mod --\nmodule example.com/dep\n\ngo 1.17\n",
                "-- local/dep.go --\npackage dep\n\nimport _ \"unsafe\"\n\n",
                "//go:linkname local runtime.nanotime\nfunc local() int64\n\n",
                "func Now() int64 { return local() }\n"
            )
        };
    }
    let others: &[(&str, &[&str])] =
        &[("a", &["mod", "tidy"]), ("a", &["mod", "download", "-x", "example.com/dep@v1.0.0"])];
    let case =
        |name, tree| Case { name, tree, folder: "a", before: others, scans: true, ..DEFAULT };
    let cases = [
        case(
            "fork",
            replacing!("v1.0.0", "replace example.com/dep v1.0.0 => example.com/fork v1.2.0"),
        ),
        case(
            "fork-any",
            replacing!("v1.0.0", "replace example.com/dep => example.com/fork v1.2.0"),
        ),
        case("version", replacing!("v1.0.0", "replace example.com/dep => example.com/dep v1.2.0")),
        case("other-version", replacing!("v1.0.0", "replace example.com/dep v1.1.0 => ../local")),
        case("local", replacing!("v1.0.0", "replace example.com/dep v1.0.0 => ../local")),
        case(
            "local-any",
            replacing!(
                "v1.0.0",
                "replace (\n\texample.com/dep => ../local\n\texample.com/dep v1.2.0 => ../none\n)"
            ),
        ),
    ];
    each(&cases);
    each(&cases.map(|case| Case { build_flags: TRIM, ..case }));
}
