//! What `gonym check FILE` says of the directives that it finds in the sources of a program, beside its `owed` lines.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::program::Program;

/// Compares what is owed for what the file holds (0: all, 1: no DWARF, 2: no symbol table); returns how many are right.
pub fn compare(
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
            let message = word("message");
            wrong.push(format!("{what}: {}: {got}, not {wanted:?}: {message}", owed.pair));
        }
    }
    right
}
