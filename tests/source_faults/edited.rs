//! Row 2: the directive was written after the build.

use std::fs;

use super::common::{go, program};
use super::{PLAIN, build, check, place, verdicts};

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
