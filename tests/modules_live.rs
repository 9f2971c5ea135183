//! Public modules that really use linkname, each in a small program, built by two Go versions.
//!
//! The programs of testdata/modules print what they print only if their pulls and pushes work. What is
//! true of their directives comes from `go list -deps`, go/parser and the assembler (`common::compiled`),
//! Go's own directives of these builds among them. Needs the modules: from the module cache, or from the proxy where
//! `GONYM_REQUIRE_GO=1`.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::compiled::{self, Directive};
use common::go::{self, Order, Toolchain};
use gonym::rules::{Handle, Pull, Release};
use serde_json::Value;

const PLATFORM: (&str, &str) = ("linux", "amd64");

/// Folder of testdata/modules, the Go versions that build it, and what the program prints. gvisor's
/// module excludes itself from go1.22 on, sonic's compiler from go1.25 on; quic-go asks for go1.23.
const MODULES: &[(&str, [u16; 2], &str)] = &[
    ("json-iterator", [19, 27], "{\"a\":[1,2]} <nil> <nil> map[a:[1 2]]\n"),
    ("sonic", [21, 24], "{\"a\":[1,2]} <nil> <nil> map[a:[1 2]]\n"),
    ("quic-go", [23, 27], "listens <nil>\n"),
    ("gvisor", [20, 21], "true\n"),
    ("purego", [19, 27], "7\n"),
    ("wireguard", [20, 27], "closed\n"),
    ("ugorji", [19, 27], "{\"a\":[1,2]} <nil> <nil> map[a:[1 2]]\n"),
    ("go-json", [19, 27], "{\"a\":[1,2]} <nil> <nil> map[a:[1 2]]\n"),
];

/// How many claims of a module are `ambiguous`; of the others none is. Packages of go-json fill variables with its
/// exported handles: the words of data are nobody's, and Go's own packages have names for the same functions. One
/// word of ugorji's, built by Go 1.19, holds `runtime.zeroVal`, which reflect has a directive for too.
const AMBIGUOUS: &[(&str, usize)] = &[("go-json", 5), ("ugorji", 1)];

#[test]
fn directives_of_public_modules_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("public modules", &why),
    };
    let parser = compiled::parser(&witness, "modules-live");
    let mut judged = 0;
    for (name, minors, prints) in MODULES {
        for minor in minors {
            let what = format!("{name} with go1.{minor}");
            match go::toolchain(*minor).and_then(|go| modules(&go, name).map(|()| go)) {
                Ok(go) => {
                    examine(&go, &witness, &parser, name, prints);
                    judged += 1;
                }
                Err(why) => go::skip(&what, &why),
            }
        }
    }
    fs::remove_file(&parser).expect("a tool that was built");
    assert!(judged > 0 || !go::required(), "nothing was judged");
}

fn folder(name: &str) -> PathBuf {
    common::testdata().join("modules").join(name)
}

/// Whether the modules are there; without `GONYM_REQUIRE_GO` nothing is downloaded.
fn modules(go: &Toolchain, name: &str) -> Result<(), String> {
    let mut command = go.command(&folder(name));
    if !go::required() {
        command.env("GOPROXY", "off");
    }
    let output = command.args(["mod", "download"]).output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ")),
    }
}

fn examine(go: &Toolchain, witness: &Toolchain, parser: &Path, name: &str, prints: &str) {
    let file =
        common::scratch("modules").join(format!("{name}-{}-{}", go.minor, std::process::id()));
    let arguments = vec!["build", "."];
    go.build(
        &Order { folder: &folder(name), platform: PLATFORM, cgo: false, arguments },
        witness,
        &file,
    );
    let output = Command::new(&file).output().expect("the program runs");
    let what = format!("{name} by go{}", go.version);
    assert_eq!(String::from_utf8_lossy(&output.stdout), prints, "{what}");
    let mut list = go.command(&folder(name));
    list.envs([("GOOS", PLATFORM.0), ("GOARCH", PLATFORM.1), ("CGO_ENABLED", "0")]);
    let packages = compiled::list(list, &["."]);
    let truth = compiled::directives(parser, go, PLATFORM, &packages);
    assert!(truth.iter().any(|directive| !directive.std), "{what} has no directive");
    let judged = judged(&what, name, &file, &truth);
    fs::remove_file(&file).expect("a program that was built");
    let release = Release::embedded(go.minor, PLATFORM.0, PLATFORM.1).expect("a known release");
    let is_pull = |one: &&Directive| !one.std && one.kind == "func" && one.form == "pull";
    let refused = truth.iter().filter(is_pull).filter(|pull| {
        let (package, symbol) = (pull.package(), pull.remote.as_bytes());
        let pull = Pull { package, std: false, symbol, handle: Handle::Function };
        !release.permission(&pull).is_allowed()
    });
    let refused: BTreeSet<&str> = refused.map(|pull| pull.remote.as_str()).collect();
    go::say(&format!(
        "{what}: {}; not allowed and so unused: {refused:?}; {judged}",
        shapes(&truth)
    ));
}

/// How many directives of each shape the modules have, Go's own left out.
fn shapes(truth: &BTreeSet<Directive>) -> String {
    let mut shapes = BTreeMap::<String, usize>::new();
    for one in truth.iter().filter(|directive| !directive.std) {
        *shapes.entry(format!("{} {}", one.form, one.kind)).or_default() += 1;
    }
    let std = truth.iter().filter(|directive| directive.std).count();
    format!("{shapes:?} and {std} of Go's own")
}

/// What `gonym check` says of the program in the folder of its module: every directive of functions and
/// variables that the witnesses know, with form and place, and none beside, judged by a build that works.
fn judged(what: &str, name: &str, file: &Path, truth: &BTreeSet<Directive>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.current_dir(folder(name)).arg("check").arg(file).args(["--std", "--format=json"]);
    let output = command.output().expect("gonym runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    assert_eq!(report["faults"], Value::Array(Vec::new()), "{what}: {said}");
    let binary = &report["binaries"][0];
    assert_eq!(binary["gaps"], Value::Null, "{what}: sources are missing");
    compiled::agree(what, truth, &compiled::claimed(&report, &folder(name)));
    let claims = binary["claims"].as_array().expect("claims");
    let word = |claim: &Value, key: &str| claim[key].as_str().unwrap_or_default().to_owned();
    let mut verdicts = BTreeMap::<String, usize>::new();
    let own = claims.iter().filter(|claim| claim["standing"] != "std");
    let ambiguous = own.clone().filter(|claim| claim["reason"] == "ambiguous").count();
    for claim in own {
        let (verdict, local) = (word(claim, "verdict"), word(claim, "local"));
        assert_ne!(verdict, "not-in-effect", "{what}: {local}: {}", word(claim, "message"));
        *verdicts.entry(verdict).or_default() += 1;
    }
    let mismatched = |local: &str| {
        claims.iter().any(|claim| {
            let notes = claim["notes"].as_array().into_iter().flatten();
            let codes: Vec<&Value> = notes.map(|note| &note["code"]).collect();
            word(claim, "local").ends_with(local) && codes.contains(&&"signature-results".into())
        })
    };
    // Both are so in the sources: the handle has another result than its target.
    assert_eq!(mismatched("codec.mapiternext"), name == "ugorji", "{what}: mapiternext");
    let minor = truth_minor(what);
    assert_eq!(mismatched("sync.runtime_StoreReluintptr"), minor <= 25, "{what}: sync");
    let bound = AMBIGUOUS.iter().find(|(module, _)| *module == name).map_or(0, |(_, most)| *most);
    assert!(ambiguous <= bound, "{what}: {ambiguous} ambiguous, {bound} were known");
    let all: usize = verdicts.values().sum();
    format!("{verdicts:?}; ambiguous: {ambiguous} of {all}")
}

/// `19` of `NAME by go1.19.13`.
fn truth_minor(what: &str) -> u16 {
    let version = what.rsplit("go1.").next().unwrap_or_default();
    version.split('.').next().and_then(|minor| minor.parse().ok()).expect("a version")
}
