//! Do Go's own tests of `cmd/nm` and `cmd/addr2line` pass with gonym in their place, and does it list what each Go
//! makes as that Go's nm does?
//!
//! The tests are those of the Go at hand, unchanged: an overlay puts a `main` into the two commands that starts gonym.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::go::{self, Toolchain};

/// What stands in the place of `cmd/nm/nm.go`.
const STAND_IN: &str = r#"package main

import (
	"os"
	"syscall"
)

func main() {
	words := append([]string{"gonym", os.Getenv("GONYM_COMMAND")}, os.Args[1:]...)
	panic(syscall.Exec(os.Getenv("GONYM_PROGRAM"), words, os.Environ()))
}
"#;

fn newest(what: &str) -> Option<Toolchain> {
    match go::toolchain(27) {
        Ok(toolchain) => Some(toolchain),
        Err(why) => {
            go::skip(what, &why);
            None
        }
    }
}

/// A GOROOT of links: Go lets nothing in the module cache be replaced.
#[cfg(unix)]
fn linked_goroot(toolchain: &Toolchain, folder: &Path) -> PathBuf {
    let root = folder.join("goroot");
    _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).expect("a folder");
    for entry in fs::read_dir(&toolchain.root).expect("a GOROOT") {
        let entry = entry.expect("an entry");
        let link = root.join(entry.file_name());
        std::os::unix::fs::symlink(entry.path(), link).expect("a link");
    }
    root
}

#[cfg(unix)]
#[test]
fn go_s_own_tests_of_nm_and_addr2line_pass_live_go_needed() {
    let Some(toolchain) = newest("Go's own tests of nm and addr2line") else { return };
    let folder = common::scratch("own-tools");
    let root = linked_goroot(&toolchain, &folder);
    let (main, overlay) = (folder.join("main.go"), folder.join("overlay.json"));
    fs::write(&main, STAND_IN).expect("a file");
    let replaced = serde_json::json!({ "Replace": {
        root.join("src/cmd/nm/nm.go").display().to_string(): main,
        root.join("src/cmd/addr2line/main.go").display().to_string(): main,
    }});
    fs::write(&overlay, replaced.to_string()).expect("a file");
    // TestScript runs `go tool nm`, which no overlay reaches.
    let nm = ["TestNonGoExecs", "TestGoExec", "TestGoLib", "TestInternalLinkerCgoExec"];
    let nm = [&nm[..], &["TestExternalLinkerCgoExec", "TestCgoLib"]].concat();
    for (package, command, wanted) in
        [("cmd/nm", "nm", nm), ("cmd/addr2line", "addr", vec!["TestAddr2Line"])]
    {
        let mut test = toolchain.command(&folder);
        test.args(["test", "-count=1", "-v", "-overlay"]).arg(&overlay).arg(package);
        test.env("GOROOT", &root).env("GOTOOLCHAIN", "local").env("CGO_ENABLED", "1");
        test.env("GONYM_PROGRAM", env!("CARGO_BIN_EXE_gonym")).env("GONYM_COMMAND", command);
        let output = test.output().expect("go runs");
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{package}: {said}{errors}");
        for name in wanted {
            assert!(said.contains(&format!("--- PASS: {name} ")), "{package} {name}: {said}");
        }
        assert!(!said.contains("--- FAIL") && !said.contains("--- SKIP"), "{package}: {said}");
    }
}

/// Lines of `-size`, sorted.
fn lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort_unstable();
    lines
}

/// How many lines gonym and the nm of `toolchain` agree on, of a file in `folder`.
fn agree(toolchain: &Toolchain, folder: &Path, file: &str) -> usize {
    let theirs = toolchain.output(folder, ["tool", "nm", "-size", file]);
    let ours = common::gonym_in(folder, ["nm", "-size", file]);
    assert_eq!(ours.status.code(), Some(0), "{file}: {}", String::from_utf8_lossy(&ours.stderr));
    let (theirs, ours) = (lines(theirs.as_bytes()), lines(&ours.stdout));
    assert!(theirs == ours, "{file}: {:?}", theirs.iter().find(|line| !ours.contains(line)));
    assert!(theirs.len() > 30, "{file}: only {} lines", theirs.len());
    theirs.len()
}

#[test]
fn objects_of_each_go_are_listed_as_that_go_lists_them_live_go_needed() {
    let source = common::testdata().join("nm/plain");
    let mut seen = Vec::new();
    for (minor, version) in go::RELEASES {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("objects of Go {version}"), &why);
                continue;
            }
        };
        let folder = common::scratch("nm-objects").join(version);
        fs::create_dir_all(&folder).expect("a scratch folder");
        fs::copy(source.join("plain.go"), folder.join("plain.go")).expect("a copy");
        let mut count = 0;
        for (file, flag) in
            [("packed.a", Some("-pack")), ("object.o", None), ("shared.a", Some("-shared"))]
        {
            let mut words = vec!["tool", "compile", "-p", "example.com/plain", "-o", file];
            words.extend(flag);
            words.push("plain.go");
            toolchain.output(&folder, words);
            count += agree(&toolchain, &folder, file);
        }
        seen.push(format!("{version}: {count} lines"));
    }
    go::say(&seen.join("; "));
}

#[test]
fn builds_for_plan9_aix_and_of_cgo_are_listed_as_go_lists_them_live_go_needed() {
    let Some(toolchain) = newest("builds for plan9, aix and of cgo packages") else { return };
    let folder = common::scratch("nm-builds");
    let mut seen = Vec::new();
    let nano = common::testdata().join("programs/core");
    for (os, arch) in [("plan9", "amd64"), ("plan9", "386"), ("plan9", "arm"), ("aix", "ppc64")] {
        let file = format!("core-{os}-{arch}");
        let mut command = toolchain.command(&nano);
        command.env("GOOS", os).env("GOARCH", arch).env("CGO_ENABLED", "0");
        let output = command.args(["build", "-o"]).arg(folder.join(&file)).arg(".").output();
        let output = output.expect("go runs");
        assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
        seen.push(format!("{file}: {}", agree(&toolchain, &folder, &file)));
    }
    for (package, file) in [("cgo", "cgo.a"), ("plain", "plain.a")] {
        let mut command = toolchain.command(&common::testdata().join("nm").join(package));
        command.env("CGO_ENABLED", "1").args(["build", "-o"]).arg(folder.join(file)).arg(".");
        let output = command.output().expect("go runs");
        assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
        seen.push(format!("{file}: {}", agree(&toolchain, &folder, file)));
    }
    go::say(&seen.join("; "));
}
