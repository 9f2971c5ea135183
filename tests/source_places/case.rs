//! One build, and whether gonym names what the witnesses know of it.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use super::common::compiled::{self, Directive, Listed};
use super::common::go::{self, Toolchain};
use super::common::{self, proxy};
use super::place::{Place, built, codes, gonym, report};

/// Modules that the proxy has. Each version of a package has its directive on another line.
const PROXY: &str = include_str!("../../testdata/places/proxy.txtar");

/// One tree and how it is built.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    pub name: &'a str,
    /// The minors of Go that build it.
    pub minors: &'a [u16],
    /// Its files, as a txtar.
    pub tree: &'a str,
    /// Symbolic links in it, and where they lead.
    pub links: &'a [(&'a str, &'a str)],
    /// The folder below the tree that `go` runs in.
    pub folder: &'a str,
    /// Commands of `go` that come before, each in its folder.
    pub before: &'a [(&'a str, &'a [&'a str])],
    pub environment: &'a [(&'a str, &'a str)],
    /// What `go` and `go list` get both.
    pub flags: &'a [&'a str],
    /// What only the build gets.
    pub build_flags: &'a [&'a str],
    /// `build`, `test`.
    pub command: &'a str,
    pub package: &'a str,
    /// Where gonym runs; the build's folder if it is empty.
    pub here: &'a str,
    /// What gonym alone sees.
    pub blind: &'a [(&'a str, &'a str)],
    /// Further arguments of gonym.
    pub arguments: &'a [&'a str],
    /// What must be said of missing sources: codes, sorted.
    pub gaps: &'a [&'a str],
    /// Files of the build that are on no disk: the ends of their names.
    pub lost: &'a [&'a str],
    /// Whether `gonym scan --deps` must find the same without the binary.
    pub scans: bool,
}

/// A plain build.
pub const DEFAULT: Case<'static> = Case {
    name: "",
    minors: &[19, 27],
    tree: "",
    links: &[],
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

/// Older Go would choose other versions, and tidy refuses that unless it is told.
pub const COMPATIBLE: &[(&str, &[&str])] = &[(".", &["mod", "tidy", "-compat=1.17"])];
/// Fetches what go.mod asks for.
pub const DOWNLOAD: &[(&str, &[&str])] = &[(".", &["mod", "tidy"])];
/// What release builds have.
pub const TRIM: &[&str] = &["-trimpath"];

pub fn examine(case: &Case<'_>, toolchain: &Toolchain, parser: &Path) {
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
pub fn lose(packages: &mut [Listed], names: &[&str]) -> usize {
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
pub fn scanned(
    case: &Case<'_>,
    toolchain: &Toolchain,
    place: &Place,
    wanted: &BTreeSet<Directive>,
    what: &str,
) {
    let (mut command, folder) = gonym(case, toolchain, place);
    command.args(["scan", "--deps", "--std", "--format=json", "--goos=linux", "--goarch=amd64"]);
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
pub fn each(cases: &[Case<'_>]) {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(witness) => witness,
        Err(why) => return go::skip("places of sources", &why),
    };
    let parser = prepared(&witness);
    let mut failed = Vec::new();
    let full = std::env::var_os("GONYM_SOURCE").is_some_and(|value| value == "full");
    for case in cases {
        // Trimming is the same in every version.
        let skipped = if full || case.build_flags != TRIM { 0 } else { case.minors.len() - 1 };
        for minor in &case.minors[skipped..] {
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
pub fn prepared(witness: &Toolchain) -> &'static Path {
    static PARSER: OnceLock<PathBuf> = OnceLock::new();
    PARSER.get_or_init(|| {
        let folder = common::scratch("places").join("proxy");
        let _ = fs::remove_dir_all(&folder);
        proxy::write(PROXY, &folder);
        compiled::parser(witness, "places")
    })
}
