//! Row 1: a closure of another package that was inlined into main says nothing of main's folder.

use super::common::{go, program};
use super::{KEYS, build, build_of_modules, check, gaps, pairs, place, verdicts};

/// Closures of `sync`, `strings` and `slices` whose makers are inlined into main.
const ONCE: &str = r#"-- go.mod --
module example.com/q

go 1.24
-- main.go --
package main

import (
	"slices"
	"strings"
	"sync"
	_ "unsafe"
)

//go:linkname nanotime runtime.nanotime
func nanotime() int64

//go:noinline
func take(seq func(func(string) bool)) (n int) {
	seq(func(v string) bool { n += len(v); return true })
	return n
}

//go:noinline
func twice(f func() int64) bool { return f() == f() }

func main() {
	rows := slices.Values([]string{"a", "bc"})
	println(twice(sync.OnceValue(nanotime)), take(rows), take(strings.SplitSeq("d,e", ",")))
}
"#;

/// A module in the cache, whose folder sorts before main's, with an iterator of its own and a directive in its closure.
const ROWS: &str = r#"-- example.com/rows@v1.0.0/go.mod --
module example.com/rows

go 1.18
-- example.com/rows@v1.0.0/rows.go --
package rows

import _ "unsafe"

//go:linkname nano runtime.nanotime
func nano() int64

func All[T any](all []T) func(func(T) bool) {
	return func(yield func(T) bool) {
		for _, one := range all {
			if nano() < 0 || !yield(one) {
				return
			}
		}
	}
}
-- example.com/rows@v1.0.0/e.s --
"#;

const OF_ROWS: &str = r#"-- go.mod --
module example.com/q

go 1.18

require example.com/rows v1.0.0
-- main.go --
package main

import (
	"example.com/rows"
	_ "unsafe"
)

//go:linkname cputicks runtime.cputicks
func cputicks() int64

//go:noinline
func take(seq func(func(int) bool)) (n int) {
	seq(func(v int) bool { n += v; return true })
	return n
}

func main() { println(take(rows.All([]int{1, 2})), cputicks() > 0) }
-- e.s --
"#;

#[test]
fn fault_d1_a_closure_of_another_package_says_nothing_of_mains_folder_live_go_needed() {
    for (name, text) in [("keys", KEYS), ("once", ONCE)] {
        for minor in [24, 26, 27] {
            let Ok(go) = go::toolchain(minor) else { return go::skip("fault D1", "no Go") };
            let folder = place(&format!("d1-{name}-{minor}")).join("zz");
            program::write_files(text, &folder);
            let file = build(&go, &folder, &[]);
            let report = check(&folder, &file, &[], None);
            assert_eq!(gaps(&report), [""; 0], "{name} 1.{minor}");
            let found = verdicts(&report);
            let [(local, verdict)] = found.as_slice() else {
                panic!("{name} 1.{minor}: {found:?}")
            };
            assert_eq!(local, "main.nanotime", "{name} 1.{minor}");
            assert!(verdict.starts_with("in-effect/"), "{name} 1.{minor}: {verdict}");
            // The twin: main's folder is gone indeed, and that is said.
            let moved = folder.with_file_name("moved");
            std::fs::rename(&folder, &moved).expect("moved");
            let report = check(moved.parent().expect("a folder"), &file, &[], None);
            assert!(!gaps(&report).is_empty(), "{name} 1.{minor}: {report:#}");
        }
    }
}

/// The closure is a dependency's, whose lines main has.
#[test]
fn fault_d1_a_closure_of_a_dependency_says_nothing_of_mains_folder_live_go_needed() {
    for minor in [22, 27] {
        let Ok(go) = go::toolchain(minor) else { return go::skip("fault D1", "no Go") };
        let root = place(&format!("d1-rows-{minor}"));
        let folder = root.join("zz");
        program::write_files(OF_ROWS, &folder);
        let (file, cache) = build_of_modules(&go, (&root, "aa"), (&folder, ROWS), &[]);
        let report = check(&folder, &file, &[], Some(&cache));
        assert_eq!(gaps(&report), [""; 0], "1.{minor}");
        let wanted = [
            ("main.cputicks", "in-effect/referenced"),
            ("example.com/rows.nano", "in-effect/referenced"),
        ];
        assert_eq!(verdicts(&report), pairs(&wanted), "1.{minor}");
    }
}
