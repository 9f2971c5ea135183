//! Does `gonym check FILE` find in the sources what a directive is used for, line by line?
//!
//! The questions whose sources say `//gonym:owed` are built, run, and checked in their own folder without any
//! claim: mentions, scopes and positions come from gonym's own reading. Needs Go, and says so where there is none.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::go::{self, Order, Toolchain};
use common::program::Program;
use serde_json::Value;

/// A version, flags, and which of three outcomes they leave.
const BUILDS: &[(u16, &[&str], usize)] =
    &[(22, &["-trimpath"], 0), (27, &["-ldflags=-s -w"], 2), (TESTS, &[], 0)];

/// Tests are built with a version that records some of their modules: 1.24 to 1.26.
const TESTS: u16 = 24;

#[test]
fn fault_b_statements_are_the_places_of_mentions_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(witness) => witness,
        Err(why) => return go::skip("places of mentions", &why),
    };
    let only = std::env::var("GONYM_PLACES_ONLY").unwrap_or_default();
    let mut programs = Program::questions();
    programs.retain(|program| !program.lines.owed.is_empty() && program.name.contains(&only));
    let (mut wrong, mut right) = (Vec::new(), 0);
    for (minor, flags, holding) in BUILDS {
        let toolchain = match go::toolchain(*minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("places of mentions, go1.{minor}"), &why);
                continue;
            }
        };
        let asked = |program: &&Program| {
            program.minors.contains(minor) && program.test.is_some() == (*minor == TESTS)
        };
        for program in programs.iter().filter(asked) {
            let app = build(&toolchain, &witness, program, flags);
            prints(program, &app);
            let what = format!("{} go1.{minor} {flags:?}", program.name);
            right += compare(&what, program, &app, *holding, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{} wrong, {right} right:\n{}", wrong.len(), wrong.join("\n"));
    go::say(&format!("{right} directives of {} programs", programs.len()));
}

fn build(toolchain: &Toolchain, witness: &Toolchain, program: &Program, flags: &[&str]) -> PathBuf {
    let name = format!("{}-{}-{}", program.name, toolchain.version, std::process::id());
    let file = common::scratch("places").join(name);
    let (verb, package) = match &program.test {
        Some(package) => ("test", package.as_str()),
        None => ("build", "."),
    };
    let arguments = [&[verb], flags, &[package]].concat();
    let order =
        Order { folder: &program.folder, platform: ("linux", "amd64"), cgo: false, arguments };
    toolchain.build(&order, witness, &file);
    file
}

/// The program runs and says what its sources promise.
fn prints(program: &Program, app: &Path) {
    let output = Command::new(app).output().expect("the program runs");
    assert!(output.status.success(), "{}: {}", program.name, output.status);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for line in &program.lines.prints {
        assert!(said.lines().any(|said| said == line.text), "{}: {said}", program.name);
    }
}

fn compare(
    what: &str,
    program: &Program,
    app: &Path,
    holding: usize,
    wrong: &mut Vec<String>,
) -> usize {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.current_dir(&program.folder).arg("check").arg(app).arg("--format=json");
    // A test's other modules are what is asked about it.
    command.args(program.test.is_none().then_some("--own"));
    let output = command.output().expect("gonym runs");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{what}: {}", String::from_utf8_lossy(&output.stderr)));
    let claims = report["binaries"][0]["claims"].as_array().cloned().unwrap_or_default();
    let mut right = 0;
    if program.test.is_some() {
        let gaps = report["binaries"][0]["gaps"].as_array().cloned().unwrap_or_default();
        wrong.extend(gaps.iter().map(|gap| format!("{what}: {gap}")));
    }
    for owed in &program.lines.owed {
        let names = |claim: &Value| {
            let name = |key: &str| claim[key].as_str().unwrap_or_default().to_owned();
            format!("{}={}", name("local"), name("remote"))
        };
        let Some(claim) = claims.iter().find(|claim| names(claim) == owed.pair) else {
            let all: Vec<String> = claims.iter().map(names).collect();
            wrong.push(format!("{what}: {} is not found among {all:?}", owed.pair));
            continue;
        };
        let word = |key: &str| claim[key].as_str().unwrap_or_default();
        let got = format!("{}/{}", word("verdict"), word("reason"));
        let wanted = owed.by_holding.get(holding).or(owed.by_holding.first()).expect("outcomes");
        if wanted.contains(&got) {
            right += 1;
        } else {
            wrong.push(format!(
                "{what}: {}: {got}, not {wanted:?}: {}",
                owed.pair,
                word("message")
            ));
        }
    }
    right
}
