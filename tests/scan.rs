//! What `gonym scan` says of its own command line: needs no Go.

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::Output;

/// A module with one pull that is right, and one directive that the compiler refuses to read.
fn module(name: &str) -> PathBuf {
    let folder = common::scratch("scan").join(format!("{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a scratch folder");
    let pull = "//go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n";
    let main = format!("package main\n\nimport _ \"unsafe\"\n\n{pull}\nfunc main() {{}}\n");
    fs::write(folder.join("go.mod"), "module example.com/app\n\ngo 1.27\n").expect("a file");
    fs::write(folder.join("main.go"), main).expect("a file");
    folder
}

fn scan(folder: &std::path::Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } =
        common::gonym_in(folder, ["scan"].iter().chain(arguments));
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn values_that_go_does_not_know_are_usage_and_missing_inputs_are_not() {
    let folder = module("usage");
    for (arguments, code, says) in [
        (&["--goos=linx"][..], 2, "GOOS linx"),
        (&["--goarch=vax"], 2, "GOARCH vax"),
        (&["--go-version=seven"], 2, "wanted 1.N"),
        (&["--colour"], 2, "--colour"),
        (&["--binary=main.go", "--goos=linux"], 2, "cannot be used with"),
        (&["nowhere"], 3, "nowhere: No such file or directory"),
        (&["main.go"], 3, "main.go: not a folder"),
        (&["--binary=nowhere"], 3, "nowhere: "),
        (&["--binary=main.go"], 3, "main.go: "),
    ] {
        let (found, stdout, stderr) = scan(&folder, arguments);
        assert_eq!(found, Some(code), "{arguments:?}: {stderr}");
        assert!(stderr.contains(says) && stdout.is_empty(), "{arguments:?}: {stdout}{stderr}");
    }
    let (_, _, stderr) = scan(&folder, &["--go-version=1.99"]);
    assert!(stderr.contains("go-outside-tables: Go 1.99"), "{stderr}");
    fs::remove_dir_all(&folder).expect("a scratch folder");
}

#[test]
fn the_whole_is_counted_and_json_says_what_the_exit_code_says() {
    let folder = module("counts");
    let result = |arguments: &[&str]| {
        let arguments = [&["--format=json"], arguments].concat();
        let (code, stdout, stderr) = scan(&folder, &arguments);
        let report: serde_json::Value =
            serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stderr}"));
        (code, report["result"].as_str().map(str::to_owned))
    };
    // Without a Go installation the standard library is missing, of which only --deps speaks.
    assert_eq!(result(&[]), (Some(0), Some("holds".to_owned())));
    let (_, stdout, _) = scan(&folder, &[]);
    let counts = "\n1 directive, 1 in this build; 0 mistakes, 0 warnings, 0 advice\n";
    assert!(stdout.ends_with(counts), "{stdout}");
    fs::write(folder.join("x.go"), "package main\n\n// go:linkname f runtime.f\nfunc f() {}\n")
        .expect("a file");
    assert_eq!(result(&[]), (Some(1), Some("fails".to_owned())));
    fs::write(folder.join("x.go"), "package main\n\nfunc (\n").expect("a file");
    assert_eq!(result(&[]), (Some(3), Some("incomplete".to_owned())));
    fs::remove_dir_all(&folder).expect("a scratch folder");
}

/// Who names an executable of another module is told so, and not that there is no Go source.
#[test]
fn the_folder_of_another_module_is_told_as_such() {
    let folder = module("another-module");
    let nano = common::fixture_named("nano-go1.27-linux-amd64").path;
    let (code, _, stderr) = scan(&folder, &["--binary", nano.to_str().expect("UTF-8")]);
    assert_eq!(code, Some(3), "{stderr}");
    assert!(stderr.contains("wants a folder of the module that it was built from"), "{stderr}");
    assert!(stderr.contains("the go.mod here is that of example.com/app"), "{stderr}");
    assert!(!stderr.contains("no Go source"), "{stderr}");
    fs::remove_dir_all(&folder).expect("a scratch folder");
}

/// The table has a row for a comment that was meant to be a directive, which is not counted as one.
#[test]
fn comments_are_counted_beside_the_directives() {
    let folder = module("comments");
    let comment = "package main\n\n// go:linkname other runtime.nanotime\nfunc other() int64\n";
    fs::write(folder.join("other.go"), comment).expect("a file");
    let (_, stdout, _) = scan(&folder, &["--go-version=1.27"]);
    let counts = "1 directive, 1 in this build; 1 comment that is no directive; 1 mistake, ";
    assert!(stdout.contains(counts), "{stdout}");
    fs::remove_dir_all(&folder).expect("a scratch folder");
}

#[test]
fn more_threads_than_are_started_is_told() {
    let folder = module("jobs");
    let (code, _, stderr) = scan(&folder, &["--jobs=999"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("--jobs 999: 256 threads are used, which is the most"), "{stderr}");
    let (_, _, stderr) = scan(&folder, &["--jobs=256"]);
    assert!(!stderr.contains("threads"), "{stderr}");
    fs::remove_dir_all(&folder).expect("a scratch folder");
}
