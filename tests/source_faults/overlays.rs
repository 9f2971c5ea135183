//! Row 3: what was compiled is the overlay's text, not the disk's.

use std::fs;
use std::path::{Path, PathBuf};

use super::common::go::{self, Toolchain};
use super::common::program;
use super::{PLAIN, build, check, place, verdicts};

/// Builds `folder` with other texts for some of its files; none: the file is left out.
fn build_over(go: &Toolchain, folder: &Path, others: &[(&str, Option<&str>)]) -> PathBuf {
    let mut replace = serde_json::Map::new();
    for (at, (name, text)) in others.iter().enumerate() {
        let mut other = String::new();
        if let Some(text) = text {
            let file = folder.with_file_name(format!("{at}.go"));
            fs::write(&file, text).expect("a file");
            other = file.display().to_string();
        }
        replace.insert(folder.join(name).display().to_string(), other.into());
    }
    let list = folder.with_file_name("overlay.json");
    let overlay = serde_json::json!({ "Replace": replace });
    fs::write(&list, overlay.to_string()).expect("a file");
    build(go, folder, &[&format!("-overlay={}", list.display())])
}

const OVERLAID: &str = "package lib\n\nvar flag bool\n\nfunc Flag() bool { return flag }\n\nfunc Set() { flag = true }\n";
const MAIN: &str = "package main\n\nimport (\n\t\"example.com/q/lib\"\n\t_ \"unsafe\"\n)\n\n\
    //go:linkname flag example.com/q/lib.flag\nvar flag int64\n\nfunc main() {\n\tlib.Set()\n\tprintln(flag)\n\tprintln(lib.Flag())\n}\n";

/// The owner's text on disk lacks what the compiled one has.
#[test]
fn fault_d3_an_overlay_has_what_the_disk_has_not_live_go_needed() {
    for minor in [22, 24, 27] {
        let Ok(go) = go::toolchain(minor) else { return go::skip("fault D3", "no Go") };
        let folder = place("d3").join("q");
        program::write_files(PLAIN, &folder);
        fs::write(folder.join("main.go"), MAIN).expect("a file");
        fs::write(folder.join("lib/lib.go"), "package lib\n").expect("a file");
        let file = build_over(&go, &folder, &[("lib/lib.go", Some(OVERLAID))]);
        let found = verdicts(&check(&folder, &file, &[], None));
        assert!(!found.is_empty(), "1.{minor}");
        for (local, verdict) in found {
            assert!(!verdict.starts_with("not-in-effect"), "1.{minor} {local}: {verdict}");
        }
    }
}

/// The other way round: the owner's text on disk has the variable, and the compiled one has none. The program's own
/// stays zero.
#[test]
fn fault_d3_the_disk_has_an_owner_that_the_overlay_has_not_live_go_needed() {
    let owner = "package lib\n\nvar flag int64 = 5\n\nfunc Flag() bool { return flag > 0 }\n\nfunc Set() { flag++ }\n";
    let without = "package lib\n\nfunc Flag() bool { return true }\n\n//go:noinline\nfunc Set() { println(1) }\n";
    for minor in [22, 27] {
        let Ok(go) = go::toolchain(minor) else { return go::skip("fault D3", "no Go") };
        let folder = place("d3-owner").join("q");
        program::write_files(PLAIN, &folder);
        fs::write(folder.join("main.go"), MAIN).expect("a file");
        fs::write(folder.join("lib/lib.go"), owner).expect("a file");
        let file = build_over(&go, &folder, &[("lib/lib.go", Some(without))]);
        for (local, verdict) in verdicts(&check(&folder, &file, &[], None)) {
            assert!(!verdict.starts_with("in-effect"), "1.{minor} {local}: {verdict}");
        }
        // The twin: what the disk says was compiled.
        let file = build(&go, &folder, &[]);
        let found = verdicts(&check(&folder, &file, &[], None));
        assert_eq!(found, super::pairs(&[("main.flag", "in-effect/dwarf-owner")]), "1.{minor}");
    }
}

/// The disk's directives were not compiled: main's own body, and a file that was left out.
#[test]
fn fault_d3_an_overlay_lacks_directives_that_the_disk_has_live_go_needed() {
    let pulls = "package main\n\nimport (\n\t_ \"example.com/q/lib\"\n\t_ \"unsafe\"\n)\n\n\
        //go:linkname now example.com/q/lib.now\nfunc now() int64\n\nfunc main() { println(now(), more()) }\n";
    let bodies = "package main\n\nimport (\n\t\"example.com/q/lib\"\n\t_ \"unsafe\"\n)\n\n\
        // An own body.\n//go:noinline\nfunc now() int64 { return 9 }\n\nfunc main() { println(now(), more(), lib.Now(), lib.More()) }\n";
    let pulls_more = "package main\n\nimport _ \"unsafe\"\n\n//go:linkname more example.com/q/lib.more\nfunc more() int64\n";
    let bodies_more = "package main\n\n//go:noinline\nfunc more() int64 { return 8 }\n";
    let lib = "package lib\n\n//go:noinline\nfunc now() int64 { return 1 }\n\n//go:noinline\nfunc more() int64 { return 2 }\n\n\
        //go:noinline\nfunc Now() int64 { return now() }\n\n//go:noinline\nfunc More() int64 { return more() }\n";
    for minor in [22, 27] {
        let Ok(go) = go::toolchain(minor) else { return go::skip("fault D3", "no Go") };
        let folder = place("d3-lacks").join("q");
        program::write_files(PLAIN, &folder);
        for (name, text) in
            [("main.go", pulls), ("more.go", pulls_more), ("e.s", ""), ("lib/lib.go", lib)]
        {
            fs::write(folder.join(name), text).expect("a file");
        }
        let overlaid =
            [("main.go", Some(bodies)), ("more.go", None), ("own.go", Some(bodies_more))];
        let file = build_over(&go, &folder, &overlaid);
        let report = check(&folder, &file, &[], None);
        for (local, verdict) in verdicts(&report) {
            assert!(!verdict.starts_with("in-effect"), "1.{minor} {local}: {verdict}");
        }
        // The twin: nothing is replaced.
        let file = build(&go, &folder, &[]);
        let wanted = [("main.now", "in-effect/referenced"), ("main.more", "in-effect/referenced")];
        assert_eq!(verdicts(&check(&folder, &file, &[], None)), super::pairs(&wanted), "1.{minor}");
    }
}
