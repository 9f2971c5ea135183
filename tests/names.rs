//! The grammar of symbol names, held against what the compiler wrote for packages whose paths and types are awkward.
//!
//! True is what `go tool nm` reads in a package's own archive: whatever that defines is the package's, but for
//! instances of other packages' generic functions and wrappers of their methods, whose packages `go list` knows.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::go::{self, Order, Toolchain};
use gonym::names;

const MODULE: &str = r#"
-- go.mod --
module example.com/names.v1

go 1.20
-- main.go --
package main

import (
	"sort"

	"example.com/names.v1/a-b_c"
	"example.com/names.v1/dots.v2"
	"example.com/names.v1/internal/x.y.z"
)

type local struct{ n int }

func (l *local) Less(m local) bool { return l.n < m.n }

func each[T any](all []T, f func(T)) {
	for _, one := range all {
		defer f(one)
	}
}

func main() {
	var b dots.Box[map[xyz.Key]struct{ A, B dots.Box[xyz.Key] }]
	b.Put(nil)
	each([]xyz.Key{{1}}, func(k xyz.Key) { println(k.Hash(), abc.Last(k, k).N) })
	each([]*local{{1}}, func(l *local) {
		func() { defer println(l.Less(*l)) }()
	})
	hash := xyz.Key{2}.Hash
	sort.Slice([]int{1, 2}, func(i, j int) bool { return hash() < i*j })
	type inner struct{ v [2]dots.Box[xyz.Key] }
	each([]inner{{}}, func(i inner) { println(len(i.v)) })
	println(abc.Assembled())
}
-- a-b_c/abc.go --
package abc

func Last[A, B any](_ A, b B) B { return b }

func Assembled() int
-- a-b_c/abc_amd64.s --
TEXT ·Assembled(SB), 4, $0-8
	MOVQ $3, ret+0(FP)
	RET
-- a-b_c/abc_arm64.s --
TEXT ·Assembled(SB), 4, $0-8
	MOVD $3, R0
	MOVD R0, ret+0(FP)
	RET
-- dots.v2/dots.go --
package dots

type Box[T any] struct{ held []T }

//go:noinline
func (b *Box[T]) Put(one T) { b.held = append(b.held, one) }
-- internal/x.y.z/xyz.go --
package xyz

type Key struct{ N int }

//go:noinline
func (k Key) Hash() int { return k.N * counter }

var counter = len(table)

var table = map[string]func() int{"a": func() int { return 1 }}
"#;

/// Of a symbol that no package owns: descriptions of types, and what the linker gathers.
fn is_nobodys(symbol: &str) -> bool {
    ["type:", "type.", "go:", "go.", "gclocals", "runtime."]
        .iter()
        .any(|mark| symbol.starts_with(mark))
}

/// The symbols with an address that Go's nm lists, as they are written.
fn defined(nm: &Path, file: &Path) -> Vec<String> {
    let output = std::process::Command::new(nm).arg(file).output().expect("nm runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("names of this module are UTF-8");
    // In front of an archive's rows stands the file's name.
    let row = |line: &str| {
        let (address, rest) = line.rsplit('\t').next()?.trim_start().split_once(' ')?;
        let (_, name) = rest.split_once(' ')?;
        (address != "U").then(|| name.to_owned())
    };
    text.lines().filter_map(row).collect()
}

/// Each package of the program and its archive.
fn archives(go: &Toolchain, folder: &Path) -> BTreeMap<String, String> {
    let wanted = "{{.ImportPath}}\t{{.Name}}\t{{.Export}}";
    let text = go.output(folder, ["list", "-deps", "-export", "-f", wanted, "."]);
    text.lines()
        .map(|line| {
            let mut cells = line.split('\t');
            let mut cell = || cells.next().unwrap_or_default().to_owned();
            let (path, name, archive) = (cell(), cell(), cell());
            (if name == "main" { name } else { path }, archive)
        })
        .collect()
}

fn holds_of(minor: u16) {
    let go = match go::toolchain(minor) {
        Ok(go) => go,
        Err(why) => return go::skip(&format!("names of Go 1.{minor}"), &why),
    };
    let folder = common::scratch("names").join(format!("{minor}-{}", std::process::id()));
    common::program::write_files(MODULE.trim_start(), &folder);
    let (nm, packages) = (go.tool("nm"), archives(&go, &folder));
    let mut seen = 0;
    for (path, archive) in &packages {
        if path != "main" && !path.starts_with("example.com/") {
            continue;
        }
        for symbol in defined(&nm, Path::new(archive)) {
            let bytes = names::without_abi(symbol.as_bytes());
            if is_nobodys(&symbol) {
                continue;
            }
            let own = names::import_path(bytes).unwrap_or_else(|| panic!("{path}: {symbol}"));
            let own = std::str::from_utf8(&own).expect("a path");
            let anywhere = names::is_instance(bytes) || names::is_derived(bytes);
            let others = anywhere && packages.contains_key(own);
            assert!(own == path || others, "{symbol} is of {path}, not of {own}");
            assert_eq!(names::split(&symbol).0.as_bytes(), names::package(bytes).expect("one"));
            seen += usize::from(own == path);
        }
    }
    assert!(seen >= 15, "only {seen} symbols of go1.{minor}");
    underscores(&go, &folder, &packages);
    std::fs::remove_dir_all(&folder).expect("an own folder");
}

/// In a Mach-O table every name of Go is led by `_`, and the rest is what other formats hold.
fn underscores(go: &Toolchain, folder: &Path, packages: &BTreeMap<String, String>) {
    let file = folder.join("app");
    let arguments = vec!["build", "."];
    go.build(&Order { folder, platform: ("darwin", "arm64"), cgo: false, arguments }, go, &file);
    let standard = go.output(folder, ["list", "std"]);
    let known: BTreeSet<&str> =
        standard.lines().chain(packages.keys().map(String::as_str)).collect();
    let mut of_module = BTreeSet::new();
    for symbol in defined(&go.tool("nm"), &file) {
        let plain = names::without_abi(names::without_underscore(symbol.as_bytes()));
        if let Some(path) = names::import_path(plain) {
            let path = String::from_utf8(path.into_owned()).expect("a path");
            assert!(known.contains(path.as_str()), "{symbol}: {path} is no package");
            if path.starts_with("example.com/") {
                of_module.insert(path);
            }
        }
    }
    let wanted =
        ["a-b_c", "dots.v2", "internal/x.y.z"].map(|last| format!("example.com/names.v1/{last}"));
    assert_eq!(of_module, BTreeSet::from(wanted), "go1.{}", go.minor);
}

#[test]
fn names_are_read_as_the_compiler_writes_them_live_go_needed() {
    for minor in [20, 22, 27] {
        holds_of(minor);
    }
}
