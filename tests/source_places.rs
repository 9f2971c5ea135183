//! Where the sources of a build lie: every way that a Go build finds its packages.
//!
//! Each case lays out a tree, and modules in a proxy of files; a real Go builds it. `gonym check`, run
//! without a PATH, must name exactly the directives that `go list -deps` with the same flags, go/parser and the
//! assembler know (`common::compiled`), at their places: a directive out of another version, another
//! copy or another platform's file would be surplus. What is missing must be said, in the given words.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use common::compiled::{self, Directive, Listed};
use common::go::{self, Toolchain};
use common::{program, proxy};
use serde_json::Value;

/// Modules that the proxy has. Each version of a package has its directive on another line.
const PROXY: &str = include_str!("../testdata/places/proxy.txtar");

/// One tree and how it is built.
#[derive(Clone, Copy)]
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
    /// What gonym alone sees.
    blind: &'a [(&'a str, &'a str)],
    /// Further arguments of gonym.
    arguments: &'a [&'a str],
    /// What must be said of missing sources: codes, sorted.
    gaps: &'a [&'a str],
    /// Files of the build that are on no disk: the ends of their names.
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
    blind: &[],
    arguments: &[],
    gaps: &[],
    lost: &[],
    scans: false,
};

// Older Go would choose other versions, and tidy refuses that unless it is told.
const COMPATIBLE: &[(&str, &[&str])] = &[(".", &["mod", "tidy", "-compat=1.17"])];
const DOWNLOAD: &[(&str, &[&str])] = &[(".", &["mod", "tidy"])];
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
    command.envs(place.environment(case, toolchain)).envs(case.blind.iter().copied());
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
    let mut packages = compiled::list(place.go(case, toolchain, case.folder), &arguments);
    let lost = lose(&mut packages, case.lost);
    assert_eq!(lost, case.lost.len(), "{what}");
    let truth = compiled::directives(parser, toolchain, ("linux", "amd64"), &packages);
    let own = truth.iter().filter(|directive| !directive.std).count();
    assert!(own >= 2 && truth.len() > 100, "{what}: {own} of {} directives", truth.len());

    let (mut command, folder) = gonym(case, toolchain, &place);
    command.arg("check").arg(&file).args(["--std", "--format=json"]).args(case.arguments);
    let (report, said) = self::report(command, &what);
    assert_eq!(report["faults"], Value::Array(Vec::new()), "{what}: {said}");
    assert_eq!(codes(&report["binaries"][0]["gaps"]), case.gaps, "{what}: {said}");
    compiled::agree(&what, &truth, &compiled::claimed(&report, &folder));
    for claim in report["binaries"][0]["claims"].as_array().expect("claims") {
        assert_ne!(claim["verdict"], "not-in-effect", "{what}: {claim:#}");
    }
    if case.scans {
        scanned(case, toolchain, &place, &truth, &what);
    }
    go::say(&format!("{what}: {own} directives and {} of Go's own", truth.len() - own));
    fs::remove_dir_all(place.root.parent().expect("a folder")).expect("removed");
}

/// Takes files away that are on no disk; returns how many.
fn lose(packages: &mut [Listed], names: &[&str]) -> usize {
    let mut lost = 0;
    for package in packages {
        let before = package.go.len();
        let folder = package.folder.clone();
        package.go.retain(|file| !names.iter().any(|name| folder.join(file).ends_with(name)));
        lost += before - package.go.len();
    }
    lost
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

/// Examines each case with each of its versions; one that fails keeps no other from being examined.
fn each(cases: &[Case<'_>]) {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(witness) => witness,
        Err(why) => return go::skip("places of sources", &why),
    };
    let parser = prepared(&witness);
    let mut failed = Vec::new();
    for case in cases {
        for minor in case.minors {
            let what = format!("{} with go1.{minor}", case.name);
            let toolchain = match go::toolchain(*minor) {
                Ok(toolchain) => toolchain,
                Err(why) => {
                    go::skip(&what, &why);
                    continue;
                }
            };
            let run = AssertUnwindSafe(|| examine(case, &toolchain, parser));
            if catch_unwind(run).is_err() {
                failed.push(what);
            }
        }
    }
    assert!(failed.is_empty(), "failed: {failed:?}");
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

#[test]
fn chains_of_requirements_live_go_needed() {
    // mid wants leaf v1.1.0, the main module v1.0.0 only; lazy wants raise, which wants leaf v1.2.0.
    macro_rules! chain {
        ($go:literal, $requires:literal, $main:expr) => {
            concat!(
                "-- go.mod --\nmodule example.com/a\n\ngo ",
                $go,
                "\n\nrequire (\n",
                $requires,
                ")\n",
                "-- main.go --",
                $main
            )
        };
    }
    let case = |name, tree| Case { name, tree, before: COMPATIBLE, scans: true, ..DEFAULT };
    each(&[
        case(
            "chain-16",
            chain!(
                "1.16",
                "example.com/mid v1.0.0\nexample.com/leaf v1.0.0\n",
                app!("example.com/mid", "mid.Now")
            ),
        ),
        case(
            "chain-17",
            chain!(
                "1.17",
                "example.com/mid v1.0.0\nexample.com/leaf v1.0.0\n",
                app!("example.com/mid", "mid.Now")
            ),
        ),
        case(
            "lazy-16",
            chain!(
                "1.16",
                "example.com/mid v1.0.0\nexample.com/lazy v1.0.0\n",
                concat!(
                    app!("example.com/mid", "mid.Now"),
                    "-- use.go --\npackage main\n\nimport _ \"example.com/lazy\"\n"
                )
            ),
        ),
        case(
            "lazy-17",
            chain!(
                "1.17",
                "example.com/mid v1.0.0\nexample.com/lazy v1.0.0\n",
                concat!(
                    app!("example.com/mid", "mid.Now"),
                    "-- use.go --\npackage main\n\nimport _ \"example.com/lazy\"\n"
                )
            ),
        ),
        case(
            "exclude",
            chain!(
                "1.16",
                "example.com/mid v1.0.0\nexample.com/leaf v1.0.0\n)\n\nexclude (\nexample.com/leaf v1.1.0\n",
                app!("example.com/mid", "mid.Now")
            ),
        ),
    ]);
}

#[test]
fn workspaces_live_go_needed() {
    let own = concat!(
        "-- a/go.mod --\nmodule example.com/a\n\ngo 1.18\n\nrequire example.com/dep v1.0.0\n",
        "-- a/main.go --",
        app!("example.com/b", "b.Now"),
        "-- b/go.mod --\nmodule example.com/b\n\ngo 1.18\n\nrequire example.com/dep v1.1.0\n\nreplace example.com/dep => ../none\n",
        "-- b/b.go --\npackage b\n\nimport (\n\t\"example.com/dep\"\n\t_ \"unsafe\"\n)\n\n//go:linkname here\nvar here int64\n\n",
        "func Now() int64 { return here + dep.Now() }\n",
        "-- old/go.mod --\nmodule example.com/dep\n",
        "-- old/go.mod --\nmodule example.com/dep\n",
        "-- c/go.mod --\nmodule example.com/b\n\ngo 1.18\n-- c/c.go --\npackage b\n",
    );
    let work = |more: &str| -> &'static str {
        Box::leak(
            format!(
                "{own}-- go.work --\ngo 1.18\n\nuse (\n\t./a // the program\n\t\"./b\"\n)\n{more}\n"
            )
            .into_boxed_str(),
        )
    };
    let environment = &[("GOWORK", "")];
    let case = |name, tree| Case { name, tree, folder: "a", environment, scans: true, ..DEFAULT };
    let cases = [
        case("work-version", work("replace example.com/dep => example.com/dep v1.2.0")),
        case(
            "work-fork",
            work(
                "replace example.com/dep v1.1.0 => example.com/fork v1.2.0\n\nreplace example.com/dep v1.0.0 => ./old",
            ),
        ),
    ];
    each(&cases);
    each(&cases.map(|case| Case { build_flags: TRIM, ..case }));
    let named = work("replace example.com/dep => example.com/dep v1.2.0")
        .replace("go.work", "spaces/other.work")
        .replace("./a", "../a")
        .replace("./b", "../b");
    let named =
        Case { environment: &[("GOWORK", "TREE/spaces/other.work")], ..case("work-named", &named) };
    each(&[Case { build_flags: TRIM, ..named }, named]);
}

#[test]
fn vendor_folders_live_go_needed() {
    macro_rules! vendored {
        ($go:literal) => {
            concat!(
                "-- go.mod --\nmodule example.com/a\n\ngo ", $go, "\n\nrequire (\n\texample.com/dep v1.0.0\n\texample.com/mid v1.0.0\n)\n\n",
                "replace example.com/dep => example.com/fork v1.2.0\n\nreplace example.com/mid => ./mid\n",
                "-- mid/go.mod --\nmodule example.com/mid\n\ngo 1.16\n\nrequire example.com/leaf v1.1.0\n",
                "-- mid/mid.go --\npackage mid\n\nimport \"example.com/leaf\"\n\nfunc Now() int64 { return leaf.Now() }\n",
                "-- main.go --", app!("example.com/dep", "dep.Now"),
                "-- more.go --\npackage main\n\nimport \"example.com/mid\"\n\nvar more = mid.Now()\n",
            )
        };
    }
    let make: &[(&str, &[&str])] = &[(".", &["mod", "tidy"]), (".", &["mod", "vendor"])];
    let case = |name, tree| Case { name, tree, before: make, ..DEFAULT };
    let default = case("vendor", vendored!("1.17"));
    let explicit = Case { flags: &["-mod=vendor"], ..case("vendor-13", vendored!("1.13")) };
    // The flag is nowhere in the binary; where files were compiled from is, unless they were trimmed.
    let unused = Case { flags: &["-mod=mod"], ..case("vendor-unused", vendored!("1.17")) };
    each(&[default, explicit, unused]);
    // Trimmed, nothing tells of a vendor folder that is not the default; it still is the only source.
    let alone = Case { blind: &[("GOMODCACHE", "/nowhere")], ..explicit };
    each(&[default, alone].map(|case| Case { build_flags: TRIM, ..case }));
    let own = "-- go.work --\ngo 1.22\n\nuse ./a\n\nuse ./b\n";
    let tree = concat!(
        "-- a/go.mod --\nmodule example.com/a\n\ngo 1.22\n\nrequire example.com/dep v1.0.0\n",
        "-- a/main.go --",
        app!("example.com/dep", "dep.Now"),
        "-- b/go.mod --\nmodule example.com/b\n\ngo 1.22\n\nrequire example.com/dep v1.1.0\n",
        "-- b/b.go --\npackage b\n\nimport _ \"example.com/dep\"\n",
    );
    let tree = format!("{own}{tree}");
    let space = Case {
        minors: &[22, 27],
        folder: "a",
        before: &[(".", &["work", "vendor"])],
        environment: &[("GOWORK", "")],
        ..case("vendor-work", &tree)
    };
    each(&[Case { build_flags: TRIM, ..space }, space]);
}

const LIB: &str = "\npackage lib\n\nimport _ \"unsafe\"\n\n//go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n\n\
                   //go:linkname stamp\nvar stamp int64\n\nfunc Now() int64 { return nanotime() + stamp }\n";
/// Like it, and not to be found: another line, another name.
const DECOY: &str = "\n\npackage lib\n\nimport _ \"unsafe\"\n\n//go:linkname decoy runtime.nanotime\nfunc decoy() int64\n\n\
                     func Now() int64 { return decoy() }\n";

#[test]
fn gopath_live_go_needed() {
    let main = app!("example.com/b", "b.Now");
    let b = "\npackage b\n\nimport (\n\t_ \"unsafe\"\n\n\t\"example.com/c\"\n)\n\n\
             //go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n\nfunc Now() int64 { return nanotime() + lib.Now() }\n";
    let tree = format!(
        "-- one/src/example.com/a/main.go --{main}-- one/src/example.com/b/b.go --{b}\
         -- one/src/example.com/b/vendor/example.com/c/c.go --{LIB}-- two/src/example.com/c/c.go --{DECOY}\
         -- two/src/example.com/b/b.go --{DECOY}"
    );
    let case = Case {
        name: "gopath",
        minors: &[19, 21, 27],
        tree: &tree,
        folder: "one/src/example.com/a",
        environment: &[("GO111MODULE", "off"), ("GOPATH", "TREE/one:TREE/two")],
        ..DEFAULT
    };
    each(&[case, Case { here: "two", ..case }]);
    each(&[Case { build_flags: TRIM, here: "two", ..case }]);
}

#[test]
fn settings_of_the_build_live_go_needed() {
    let main = app!("example.com/a/lib", "lib.Now");
    let tagged = |tag: &str, name: &str| {
        let text = LIB
            .replace("nanotime()", &format!("{name}()"))
            .replace("nanotime run", &format!("{name} run"));
        let text =
            text.replace("stamp", &format!("{name}Stamp")).replace("Now", &format!("{name}Now"));
        format!("-- lib/{name}.go --\n//go:build {tag}\n{text}")
    };
    let tags = [
        tagged("special && !other", "special"),
        tagged("!special", "decoy"),
        tagged("race || other", "race"),
    ];
    let tree = format!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.18\n-- main.go --{main}-- lib/lib.go --{LIB}{}",
        tags.concat()
    );
    let case = |name| Case { name, tree: &tree, ..DEFAULT };
    let tags = Case { flags: &["-tags=special"], ..case("tags") };
    let environment = Case { environment: &[("GOFLAGS", "-tags=special")], ..case("goflags") };
    // Recorded is what the build had; what gonym's own environment says of tags is about other builds.
    let misled = Case {
        blind: &[("GOFLAGS", "-tags=other"), ("GOARCH", "arm64"), ("GOOS", "windows")],
        ..tags
    };
    let cover = Case {
        flags: &["-tags=special", "-cover", "-covermode=atomic"],
        minors: &[20, 27],
        ..case("cover")
    };
    each(&[tags, environment, misled, cover]);
    each(&[tags, cover].map(|case| Case { build_flags: TRIM, ..case }));
    let experiment =
        tagged("goexperiment.arenas", "arenas") + &tagged("!goexperiment.arenas", "decoy");
    let experiment = format!("{tree}{experiment}");
    each(&[Case {
        tree: &experiment,
        minors: &[20, 25, 27],
        environment: &[("GOEXPERIMENT", "arenas")],
        ..case("experiment")
    }]);
}

#[test]
fn frozen_cryptography_live_go_needed() {
    let main = app!("crypto/sha256", "hash");
    let main = main
        .replace("func main", "func hash() int { return len(sha256.New().Sum(nil)) }\n\nfunc main");
    let tree = format!("-- go.mod --\nmodule example.com/a\n\ngo 1.18\n-- main.go --{main}");
    let case = Case { name: "fips", tree: &tree, minors: &[24, 27], ..DEFAULT };
    each(&[
        Case { environment: &[("GOFIPS140", "v1.0.0")], ..case },
        Case { environment: &[("GOFIPS140", "v1.0.0")], build_flags: TRIM, ..case },
        Case { environment: &[("GOFIPS140", "latest")], build_flags: TRIM, ..case },
        Case { environment: &[("GOFIPS140", "off")], minors: &[27], ..case },
    ]);
}

#[test]
fn tests_live_go_needed() {
    let test = "\npackage lib\n\nimport (\n\t\"testing\"\n\t_ \"unsafe\"\n)\n\n//go:linkname inTest runtime.nanotime\nfunc inTest() int64\n\n\
                func TestNow(t *testing.T) { _ = inTest() + Now() }\n";
    let outside = "\npackage lib_test\n\nimport (\n\t\"testing\"\n\t_ \"unsafe\"\n\n\t\"example.com/a/lib\"\n)\n\n\
                   //go:linkname outside runtime.nanotime\nfunc outside() int64\n\nfunc TestOutside(t *testing.T) { _ = outside() + lib.Now() }\n";
    let tree = format!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.18\n-- lib/lib.go --{LIB}-- lib/in_test.go --{test}-- lib/out_test.go --{outside}\
         -- lib/out_windows_test.go --{DECOY}"
    );
    let case = Case { name: "test", tree: &tree, command: "test", package: "./lib", ..DEFAULT };
    each(&[case, Case { build_flags: TRIM, ..case }]);
    let program = format!(
        "{tree}-- main.go --{}-- main_test.go --{}",
        app!("example.com/a/lib", "lib.Now"),
        test.replace("package lib", "package main").replace(" + Now()", "")
    );
    each(&[Case { name: "test-main", tree: &program, package: ".", ..case }]);
}

#[test]
fn cgo_live_go_needed() {
    let main = "\npackage main\n\n// int one(void) { return 1; }\nimport \"C\"\nimport (\n\t_ \"unsafe\"\n\n\t\"example.com/a/lib\"\n)\n\n\
                //go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n\nfunc main() { println(nanotime() > 0, lib.Now(), C.one()) }\n";
    let tree = format!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.18\n-- main.go --{main}-- lib/lib.go --{LIB}-- pure.go --\n//go:build !cgo\n{}",
        DECOY.replace("package lib", "package main")
    );
    let case = Case { name: "cgo", tree: &tree, environment: &[("CGO_ENABLED", "1")], ..DEFAULT };
    each(&[case, Case { build_flags: TRIM, ..case }]);
}

#[test]
fn overlays_live_go_needed() {
    let main = app!("example.com/a/lib", "lib.Now");
    let tree = format!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.18\n-- main.go --{main}-- lib/lib.go --{LIB}-- over/more.go --{}",
        DECOY.replace("Now", "More")
    );
    // -overlay is recorded nowhere; that a file was compiled which is not there is seen.
    let tree = format!(
        "{tree}-- over.json --\n{{\"Replace\": {{\"lib/more.go\": \"over/more.go\"}}}}\n-- call.go --\npackage main\n\nimport \"example.com/a/lib\"\n\nfunc init() {{ println(lib.More()) }}\n"
    );
    let case = Case {
        name: "overlay",
        tree: &tree,
        flags: &["-overlay=over.json"],
        gaps: &["file-missing"],
        lost: &["lib/more.go"],
        ..DEFAULT
    };
    each(&[case, Case { build_flags: TRIM, ..case }]);
}

#[test]
fn folders_live_go_needed() {
    let main = app!("example.com/a/lib", "lib.Now");
    let tree = format!(
        "-- a/go.mod --\nmodule example.com/a\n\ngo 1.18\n-- a/cmd/app/main.go --{main}-- a/lib/lib.go --{LIB}\
         -- a/lib/nested/go.mod --\nmodule example.com/a/lib/nested\n-- a/lib/nested/n.go --{DECOY}\
         -- b/go.mod --\nmodule example.com/b\n\ngo 1.18\n-- b/main.go --{main}-- b/lib/lib.go --{DECOY}"
    );
    let case = Case {
        name: "folder",
        tree: &tree,
        folder: "a",
        package: "./cmd/app",
        scans: true,
        ..DEFAULT
    };
    each(&[
        case,
        Case { here: "a/lib", scans: false, ..case },
        Case { here: "b", scans: false, ..case },
    ]);
    // From another module's folder a trimmed build has no place; `--source` gives it one.
    let trimmed = Case { build_flags: TRIM, scans: false, ..case };
    each(&[
        trimmed,
        Case { here: "a/lib/nested", ..trimmed },
        Case { here: "b", arguments: &["--source", "../a"], ..trimmed },
        Case { here: "b", arguments: &["--source", "example.com/a=../a"], ..trimmed },
    ]);
}

#[test]
fn every_line_of_go_mod_live_go_needed() {
    let said = "// Deprecated: not at all\r\nmodule \"example.com/a\" // here\r\n\r\ngo 1.25.0\r\n\r\ntoolchain go1.25.1\r\n\r\n\
                godebug default=go1.21\r\ngodebug (\r\n\tpanicnil=1\r\n)\r\ntool example.com/a/tools\r\ntool (\r\n\texample.com/a/more\r\n)\r\n\
                ignore ./ignored\r\nignore (\r\n\tdeep/ignored\r\n)\r\nretract [v1.0.0, v1.1.0] // why\r\nretract (\r\n\tv1.2.0\r\n)\r\n\
                require (\r\n\texample.com/dep v1.0.0 // indirect; really\r\n)\r\n\
                replace example.com/dep v1.0.0 => \"example.com/dep\" v1.2.0\r\n";
    let tree = format!(
        "-- go.mod --\n{said}-- main.go --{}-- tools/main.go --\npackage main\n\nfunc main() {{}}\n-- more/main.go --\npackage main\n\nfunc main() {{}}\n\
         -- ignored/i.go --{DECOY}-- deep/ignored/i.go --{DECOY}-- sub/deep/ignored/i.go --{DECOY}",
        app!("example.com/dep", "dep.Now")
    );
    let case = Case { name: "go-mod", tree: &tree, minors: &[25, 27], before: DOWNLOAD, ..DEFAULT };
    each(&[Case { scans: true, ..case }, Case { build_flags: TRIM, ..case }]);
}
