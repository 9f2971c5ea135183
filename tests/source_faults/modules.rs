//! Rows 4 and 5: folders that are named like versions, and dependencies that are found when main is not.

use std::fs;

use super::common::{go, program};
use super::{KEYS, build, build_of_modules, check, gaps, pairs, place, verdicts};

/// A dependency by `replace`, and a command below the module's root.
const NESTED: &str = r#"-- go.mod --
module example.com/q

go 1.18

require example.com/dep v1.0.0

replace example.com/dep => ../dep@v9.9.9
-- cmd/app/main.go --
package main

import (
	"example.com/dep"
	_ "unsafe"
)

//go:linkname cputicks runtime.cputicks
func cputicks() int64

func main() { println(dep.Now() > 0, cputicks() > 0) }
-- cmd/app/e.s --
"#;

const REPLACING: &str = r#"-- go.mod --
module example.com/dep

go 1.18
-- dep.go --
package dep

import _ "unsafe"

//go:linkname nano runtime.nanotime
func nano() int64

//go:noinline
func Now() int64 { return nano() }
-- e.s --
"#;

#[test]
fn fault_d4_a_folder_that_is_named_like_a_version_live_go_needed() {
    let Ok(go) = go::toolchain(27) else { return go::skip("fault D4", "no Go") };
    let names = [
        "proj@v1.2.3",
        "example.com/q@v1.2.3",
        // A pseudo-version, as a cache has it, and one folder like a version below another.
        "q@v0.0.0-20240102030405-0123456789ab",
        "work@v2/q@v1.0.0",
    ];
    for name in names {
        let folder = place("d4").join(name);
        program::write_files(KEYS, &folder);
        let report = check(&folder, &build(&go, &folder, &[]), &[], None);
        assert_eq!(gaps(&report), [""; 0], "{name}");
        assert_eq!(verdicts(&report).len(), 1, "{name}");
    }
}

/// A dependency's folder and the module of a command are named like versions that they are not.
#[test]
fn fault_d4_replaced_modules_and_commands_in_folders_like_versions_live_go_needed() {
    for minor in [22, 27] {
        let Ok(go) = go::toolchain(minor) else { return go::skip("fault D4", "no Go") };
        let root = place(&format!("d4-nested-{minor}"));
        let folder = root.join("proj@v1.2.3");
        program::write_files(NESTED, &folder);
        program::write_files(REPLACING, &root.join("dep@v9.9.9"));
        let command = folder.join("cmd/app");
        let file = build(&go, &command, &[]);
        let wanted = [
            ("main.cputicks", "in-effect/referenced"),
            ("example.com/dep.nano", "in-effect/referenced"),
        ];
        for here in [&folder, &command] {
            let report = check(here, &file, &[], None);
            assert_eq!(gaps(&report), [""; 0], "1.{minor} {}", here.display());
            assert_eq!(verdicts(&report), pairs(&wanted), "1.{minor} {}", here.display());
        }
        // The twin: of two folders for one module the one that the build replaced it by counts.
        let other = REPLACING.replace("nano", "other");
        program::write_files(&other, &root.join("dep@v1.0.0"));
        let report = check(&folder, &file, &[], None);
        assert_eq!(verdicts(&report), pairs(&wanted), "1.{minor} beside another version");
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
        let (folder, away) = (root.join("app"), root.join("away"));
        fs::create_dir_all(&away).expect("a folder");
        program::write_files(APP, &folder);
        let (file, cache) = build_of_modules(&go, (&root, "cache"), (&folder, DEP), flags);
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
