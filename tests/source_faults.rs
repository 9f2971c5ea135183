//! What belongs to a build, where a plain reading of folders and texts was wrong (section D of the faults).
//!
//! Each row builds a module and then takes away, moves or edits what it was built from: whoever does that knows the
//! answer. Needs Go, and says so where there is none.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::go::{self, Toolchain};
use common::{program, proxy};
use serde_json::Value;

/// A folder of its own for a row.
fn place(name: &str) -> PathBuf {
    let root = common::scratch("source-faults").canonicalize().expect("a path").join(name);
    let _ = fs::remove_dir_all(&root);
    fs::create_dir_all(&root).expect("a folder");
    root
}

fn build(go: &Toolchain, folder: &Path, flags: &[&str]) -> PathBuf {
    let file = folder.parent().expect("a folder").join("b");
    let mut command = go.command(folder);
    let output = command.arg("build").args(flags).arg("-o").arg(&file).arg(".").output();
    let output = output.expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    file
}

fn check(here: &Path, file: &Path, arguments: &[&str], cache: Option<&Path>) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.current_dir(here).args(["check", "--format=json"]).args(arguments).arg(file);
    if let Some(cache) = cache {
        command.env("GOMODCACHE", cache);
    }
    let output = command.output().expect("it runs");
    serde_json::from_slice(&output.stdout).expect("a document")
}

fn gaps(report: &Value) -> Vec<String> {
    let gaps = report["binaries"][0]["gaps"].as_array().cloned().unwrap_or_default();
    gaps.iter().map(|gap| format!("{}: {}", gap["code"], gap["message"])).collect()
}

fn verdicts(report: &Value) -> Vec<(String, String)> {
    let claims = report["binaries"][0]["claims"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |claim: &Value| {
        let verdict = format!("{}/{}", text(&claim["verdict"]), text(&claim["reason"]));
        (text(&claim["local"]), verdict)
    };
    claims.iter().map(one).collect()
}

const KEYS: &str = r#"-- go.mod --
module example.com/q

go 1.23
-- main.go --
package main

import (
	"maps"
	"slices"
	_ "unsafe"
)

//go:linkname nanotime runtime.nanotime
func nanotime() int64

//go:noinline
func take(seq func(func(string) bool)) (out []string) {
	seq(func(v string) bool { out = append(out, v); return true })
	return out
}

func main() {
	m := map[string]int{"a": 1}
	println(len(take(maps.Keys(m))), len(slices.Sorted(maps.Keys(m))), nanotime() > 0)
}
"#;

#[test]
fn fault_d1_a_closure_of_another_package_says_nothing_of_mains_folder_live_go_needed() {
    for minor in [24, 26, 27] {
        let Ok(go) = go::toolchain(minor) else { return go::skip("fault D1", "no Go") };
        let folder = place(&format!("d1-{minor}")).join("zz");
        program::write_files(KEYS, &folder);
        let report = check(&folder, &build(&go, &folder, &[]), &[], None);
        assert_eq!(gaps(&report), [""; 0], "1.{minor}");
        let wanted = [("main.nanotime".to_owned(), "in-effect/referenced".to_owned())];
        assert_eq!(verdicts(&report), wanted, "1.{minor}");
    }
}

#[test]
fn fault_d4_a_folder_that_is_named_like_a_version_live_go_needed() {
    let Ok(go) = go::toolchain(27) else { return go::skip("fault D4", "no Go") };
    for name in ["proj@v1.2.3", "example.com/q@v1.2.3"] {
        let folder = place("d4").join(name);
        program::write_files(KEYS, &folder);
        let report = check(&folder, &build(&go, &folder, &[]), &[], None);
        assert_eq!(gaps(&report), [""; 0], "{name}");
        assert_eq!(verdicts(&report).len(), 1, "{name}");
    }
}

const DEP: &str = r#"-- example.com/dep@v1.0.0/go.mod --
module example.com/dep

go 1.18
-- example.com/dep@v1.0.0/dep.go --
package dep

import _ "unsafe"

//go:linkname nano runtime.nanotime
func nano() int64

//go:noinline
func Now() int64 { return nano() }
"#;

const APP: &str = r#"-- go.mod --
module example.com/app

go 1.18

require example.com/dep v1.0.0
-- main.go --
package main

import "example.com/dep"

func main() { println(dep.Now() > 0) }
"#;

#[test]
fn fault_d5_modules_that_are_found_are_judged_live_go_needed() {
    let Ok(go) = go::toolchain(27) else { return go::skip("fault D5", "no Go") };
    for flags in [&[][..], &["-trimpath", "-ldflags=-s -w"]] {
        let root = place("d5");
        let (folder, cache, away) = (root.join("app"), root.join("cache"), root.join("away"));
        fs::create_dir_all(&away).expect("a folder");
        program::write_files(APP, &folder);
        proxy::write(DEP, &root.join("proxy"));
        let mut command = go.command(&folder);
        command.env("GOPROXY", format!("file://{}", root.join("proxy").display()));
        command.env("GOMODCACHE", &cache).env("GOFLAGS", "-mod=mod -modcacherw");
        command.env("GOSUMDB", "off").env("GONOSUMDB", "*");
        let file = root.join("b");
        let output = command.arg("build").args(flags).arg("-o").arg(&file).arg(".").output();
        let output = output.expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::remove_dir_all(&folder).expect("removed");

        let pulled = [("example.com/dep.nano".to_owned(), "in-effect/referenced".to_owned())];
        let report = check(&away, &file, &[], Some(&cache));
        assert_eq!(verdicts(&report), pulled, "{flags:?}");
        // What was not trimmed names the cache by its place.
        let (nowhere, moved) = (root.join("nowhere"), root.join("moved"));
        fs::rename(&cache, &moved).expect("moved");
        let report = check(&away, &file, &[], Some(&nowhere));
        let said = gaps(&report).join("\n");
        assert!(said.contains("go mod download example.com/dep@v1.0.0"), "{flags:?}: {said}");
        let given = format!("--source=example.com/dep={}/example.com/dep@v1.0.0", moved.display());
        let report = check(&away, &file, &[&given], Some(&nowhere));
        assert_eq!(verdicts(&report), pulled, "{flags:?}");
    }
}

const PLAIN: &str = r#"-- go.mod --
module example.com/q

go 1.18
-- lib/lib.go --
package lib

var hits int64

func Get() int64 { return hits }

//go:noinline
func Inc() { hits++ }
-- main.go --
package main

import (
	"example.com/q/lib"
	_ "unsafe"
)

// linkname hits example.com/q/lib.hits
var hits int64

func main() {
	lib.Inc()
	println(hits, lib.Get())
}
"#;

/// The directive came after the build: the local variable has a symbol of its own.
#[test]
fn fault_d2_a_directive_that_was_written_after_the_build_live_go_needed() {
    for minor in [22, 27] {
        let Ok(go) = go::toolchain(minor) else { return go::skip("fault D2", "no Go") };
        for flags in [&[][..], &["-ldflags=-w"], &["-ldflags=-s -w"]] {
            let folder = place("d2").join("q");
            program::write_files(PLAIN, &folder);
            let file = build(&go, &folder, flags);
            let text = PLAIN.split("-- main.go --\n").nth(1).expect("main.go");
            let edited = text.replace("// linkname", "//go:linkname");
            fs::write(folder.join("main.go"), edited).expect("a file");
            let report = check(&folder, &file, &[], None);
            for (local, verdict) in verdicts(&report) {
                let shown = format!("1.{minor} {flags:?} {local}: {verdict}");
                assert!(verdict.starts_with("unproven/"), "{shown}");
            }
        }
    }
}

const GETTER: &str = r#"-- go.mod --
module example.com/q

go 1.18
-- lib/lib.go --
package lib

var hits int64

func Get() int64 { return hits }

//go:noinline
func Inc() { hits++ }
-- main.go --
package main

import "example.com/q/lib"
import _ "unsafe"

//
//

func main() {
	lib.Inc()
	println(lib.Get())
}
"#;

/// A getter that leaves no frame, and a line that was edited in place, its time set back: the same bytes. What was
/// not touched since the build is believed.
#[test]
fn fault_d2_a_getter_whose_line_was_edited_in_place_live_go_needed() {
    let edited = GETTER.split("-- main.go --\n").nth(1).expect("main.go");
    let edited = edited.replace("println(lib.Get())", "println(hits)");
    let edited =
        edited.replace("//\n//\n", "//go:linkname hits example.com/q/lib.hits\nvar hits int64\n");
    for minor in [22, 27] {
        let Ok(go) = go::toolchain(minor) else { return go::skip("fault D2", "no Go") };
        let folder = place("d2-getter").join("q");
        program::write_files(GETTER, &folder);
        let main = folder.join("main.go");
        let before = fs::metadata(&main).and_then(|main| main.modified()).expect("a time");
        let file = build(&go, &folder, &[]);
        fs::write(&main, &edited).expect("a file");
        fs::File::options()
            .write(true)
            .open(&main)
            .expect("a file")
            .set_modified(before)
            .expect("set");
        let local = || "main.hits".to_owned();
        let said = verdicts(&check(&folder, &file, &[], None));
        assert_eq!(said, [(local(), "unproven/ambiguous".to_owned())], "1.{minor}");
        let file = build(&go, &folder, &[]);
        let said = verdicts(&check(&folder, &file, &[], None));
        assert_eq!(said, [(local(), "in-effect/dwarf-owner".to_owned())], "1.{minor}");
    }
}

/// The owner's text on disk lacks what the compiled one has.
#[test]
fn fault_d3_an_overlay_has_what_the_disk_has_not_live_go_needed() {
    const OVERLAID: &str = "package lib\n\nvar flag bool\n\nfunc Flag() bool { return flag }\n\nfunc Set() { flag = true }\n";
    const MAIN: &str = "package main\n\nimport (\n\t\"example.com/q/lib\"\n\t_ \"unsafe\"\n)\n\n\
        //go:linkname flag example.com/q/lib.flag\nvar flag int64\n\nfunc main() {\n\tlib.Set()\n\tprintln(flag)\n\tprintln(lib.Flag())\n}\n";
    for minor in [22, 24, 27] {
        let Ok(go) = go::toolchain(minor) else { return go::skip("fault D3", "no Go") };
        let folder = place("d3").join("q");
        program::write_files(PLAIN, &folder);
        fs::write(folder.join("main.go"), MAIN).expect("a file");
        fs::write(folder.join("lib/lib.go"), "package lib\n").expect("a file");
        let other = folder.with_file_name("lib.go");
        fs::write(&other, OVERLAID).expect("a file");
        let (disk, other) = (folder.join("lib/lib.go"), other.display().to_string());
        let overlay = serde_json::json!({ "Replace": { disk.display().to_string(): other } });
        let list = folder.with_file_name("overlay.json");
        fs::write(&list, overlay.to_string()).expect("a file");
        let file = build(&go, &folder, &[&format!("-overlay={}", list.display())]);
        let report = check(&folder, &file, &[], None);
        let found = verdicts(&report);
        assert!(!found.is_empty(), "1.{minor}");
        for (local, verdict) in found {
            assert!(!verdict.starts_with("not-in-effect"), "1.{minor} {local}: {verdict}");
        }
    }
}
