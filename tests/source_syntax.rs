//! Does `gonym scan` tell of files that no compiler takes?
//!
//! Each case is one file, and the line on which the compiler finds the first thing wrong; none for what only looks
//! wrong. With Go, `gofmt -e` and the compiler are asked whether that is so. gonym reads no statements and no types:
//! it finds less than they do, and a bracket that is missing only where another one does not fit. That it calls
//! no file broken that Go takes is what `source_truth` shows on all of GOROOT.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::go::{self, Toolchain};
use serde_json::Value;

/// Name, source behind the package clause, and the line of the first fault.
const CASES: &[(&str, &str, Option<u64>)] = &[
    ("open-brace", "func f() {\n\tif true {\n\t}\n", Some(6)),
    ("wrong-bracket", "func f() {\n\t_ = []int{1, 2)\n}\n", Some(4)),
    ("wrong-bracket-of-parameters", "func f(a int] {\n}\n", Some(3)),
    ("extra-brace", "func f() {\n}\n}\n", Some(5)),
    ("open-string", "func f() {\n\t_ = \"x\n}\n", Some(4)),
    ("open-escaped-string", "func f() {\n\t_ = \"x\\\"\n}\n", Some(4)),
    ("open-character", "func f() {\n\t_ = '\n}\n", Some(4)),
    ("open-raw-string", "func f() {\n\t_ = `x\n}\n", Some(4)),
    ("open-comment", "func f() {\n} /* x\n", Some(4)),
    ("no-token", "func f() {\n\t_ = 1 # 2\n}\n", Some(4)),
    ("statement", "x := 1\n", Some(3)),
    ("name-of-function", "func (t T) () {\n}\n", Some(3)),
    ("name-of-variable", "var = 3\n", Some(3)),
    ("two-declarations-in-a-line", "func f() {} var y int\n", Some(3)),
    ("late", "var x = 1\n\nfunc f() {\n\tx++\n}\n\nfunc g() int {\n\treturn x)\n}\n", Some(10)),
    ("brackets-in-literals", "var x = \"}\" + `)` + string(']') /* { */ // (\n", None),
    ("escaped-quotes", "var x = \"\\\"\" + \"\\\\\"\nvar y = '\\''\n", None),
    ("division", "func f(a, b int) int {\n\treturn a / b // )\n}\n", None),
    ("several-lines", "var x = `a\n\"\n}` + /*\n}\n*/ \"b\"\n\nfunc f() { _ = `\n{` }\n", None),
    (
        "letters",
        "type größe struct{ ä, 世界 int }\n\nfunc (g größe) ñ() int { return g.ä + g.世界 }\n",
        None,
    ),
    ("one-line", "func f() { ; { } ; }; var x struct{}; func g() {}\n", None),
];

fn module(name: &str, source: &str) -> PathBuf {
    let folder = common::scratch("source_syntax").join(name);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("go.mod"), "module example.com/x\n\ngo 1.19\n").expect("go.mod");
    fs::write(folder.join("x.go"), format!("package x\n\n{source}")).expect("a file");
    folder
}

/// Exit code, the faults of the document, and what standard error tells.
fn scanned(folder: &Path, more: &[&str]) -> (Option<i32>, Vec<Value>, String) {
    let arguments = ["scan", "--format=json", "--go-version=1.27"].iter().chain(more);
    let output = common::gonym_in(folder, arguments);
    let document: Value = serde_json::from_slice(&output.stdout).expect("a document");
    let faults = document["faults"].as_array().expect("faults").clone();
    (output.status.code(), faults, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_broken_file_is_told_by_line_and_column() {
    for (name, source, line) in CASES {
        let folder = module(name, source);
        let (code, faults, told) = scanned(&folder, &[]);
        let Some(line) = line else {
            assert!(faults.is_empty() && !told.contains("no Go"), "{name}: {told}");
            continue;
        };
        assert_eq!((code, faults.len()), (Some(3), 1), "{name}: {told}");
        let fault = &faults[0];
        assert_eq!(fault["code"], "syntax-error", "{name}");
        assert_eq!(
            (&fault["path"], fault["line"].as_u64()),
            (&"x.go".into(), Some(*line)),
            "{name}"
        );
        let place = format!("gonym: x.go: {line}:{}: no Go: wanted ", fault["column"]);
        assert!(told.contains(&place), "{name}: {told}");
    }
}

#[test]
fn a_broken_file_below_a_folder_is_told_where_it_has_a_directive() {
    let head = "import _ \"unsafe\"\n\n//go:linkname f runtime.f\nfunc f()\n\n";
    for (name, source, line) in CASES {
        let folder = module(&format!("all-{name}"), &format!("{head}{source}"));
        let (code, faults, told) = scanned(&folder, &["--all-files"]);
        let lines: Vec<u64> = faults.iter().filter_map(|fault| fault["line"].as_u64()).collect();
        assert_eq!(
            lines,
            line.map(|line| line + 5).into_iter().collect::<Vec<_>>(),
            "{name}: {told}"
        );
        assert_eq!(code, Some(if line.is_some() { 3 } else { 0 }), "{name}: {told}");
    }
}

#[test]
fn a_mistake_wins_over_a_broken_file() {
    let source = "import _ \"unsafe\"\n\n//go:linkname f\truntime.nanotime x y\nfunc f() {\n";
    let (code, faults, told) = scanned(&module("mistaken", source), &[]);
    assert_eq!((code, faults.len()), (Some(1), 1), "{told}");
}

/// Whether gofmt takes the file.
fn gofmt_takes(toolchain: &Toolchain, folder: &Path) -> bool {
    let mut command = std::process::Command::new(toolchain.root.join("bin/gofmt"));
    let output = command.args(["-e", "-l", "x.go"]).current_dir(folder).output().expect("gofmt");
    output.status.success()
}

#[test]
fn gofmt_and_the_compiler_refuse_the_same_files_live_go_needed() {
    for minor in [19, 27] {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("syntax errors of Go 1.{minor}"), &why);
                continue;
            }
        };
        for (name, source, line) in CASES {
            let folder = module(&format!("live-{name}"), source);
            assert_eq!(gofmt_takes(&toolchain, &folder), line.is_none(), "{name}: gofmt {minor}");
            let output = toolchain.command(&folder).args(["build", "."]).output().expect("go runs");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.success(), line.is_none(), "{name}: go {minor}: {said}");
            // The first line names the package.
            let first = said.lines().nth(1).and_then(|line| line.split(':').nth(1)?.parse().ok());
            assert_eq!(first, *line, "{name}: go {minor}: {said}");
        }
        go::say(&format!("syntax: {} files as Go {} takes them", CASES.len(), toolchain.version));
    }
}
