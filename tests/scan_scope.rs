//! Whose directives does `gonym scan` list: the module's own, with `--deps` its dependencies', with `--std` Go's?
//!
//! Which packages are Go's own is `go list`'s answer. Needs Go, and says so where there is none.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::go::{self, Toolchain};
use common::program;
use serde_json::Value;

/// A module that pulls and imports what of Go's has many directives.
const PLAIN: &str = r#"-- go.mod --
module example.com/q

go 1.18
-- e.s --
-- main.go --
package main

import (
	_ "net"
	_ "unsafe"
)

//go:linkname now runtime.nanotime
func now() int64

func main() { now() }
"#;

/// Two dependencies in folders, one of which Go's own packages bring along as well (golang.org/x/net by net/http).
const REPLACED: &str = r#"-- go.mod --
module example.com/q

go 1.18

require (
	example.com/dep v1.0.0
	golang.org/x/net v0.1.0
)

replace (
	example.com/dep => ./dep
	golang.org/x/net => ./net
)
-- e.s --
-- main.go --
package main

import (
	"example.com/dep"
	"net/http"
	_ "unsafe"
)

//go:linkname now runtime.nanotime
func now() int64

func main() { println(now() > 0, dep.Ticks() > 0, http.StatusText(404)) }
-- dep/go.mod --
module example.com/dep

go 1.18

require golang.org/x/net v0.1.0
-- dep/e.s --
-- dep/dep.go --
package dep

import (
	"golang.org/x/net/idna"
	_ "unsafe"
)

//go:linkname ticks runtime.cputicks
func ticks() int64

func Ticks() int64 { return ticks() + idna.Now() }
-- net/go.mod --
module golang.org/x/net

go 1.18
-- net/idna/e.s --
-- net/idna/idna.go --
package idna

import _ "unsafe"

//go:linkname now runtime.nanotime
func now() int64

func Now() int64 { return now() }
"#;

/// A vendored module that Go vendors too, and paths without a dot, which look like Go's own.
const VENDORED: &str = r#"-- go.mod --
module app

go 1.18

require (
	exp v0.0.0
	golang.org/x/sys v0.1.0
)

replace exp => ./exp
-- main.go --
package main

import (
	"app/internal/clock"
	"exp"

	"golang.org/x/sys/cpu"
)

func main() { println(clock.Ticks() > 0, exp.Now() > 0, cpu.Has()) }
-- internal/clock/e.s --
-- internal/clock/clock.go --
package clock

import _ "unsafe"

//go:linkname ticks runtime.cputicks
func ticks() int64

func Ticks() int64 { return ticks() }
-- exp/go.mod --
module exp

go 1.18
-- vendor/exp/e.s --
-- vendor/exp/exp.go --
package exp

import _ "unsafe"

//go:linkname now runtime.nanotime
func now() int64

func Now() int64 { return now() }
-- vendor/golang.org/x/sys/cpu/e.s --
-- vendor/golang.org/x/sys/cpu/cpu.go --
package cpu

import _ "unsafe"

//go:linkname auxv runtime.getAuxv
func auxv() []uintptr

func Has() bool { return len(auxv()) > 0 }
-- vendor/modules.txt --
# exp v0.0.0 => ./exp
## explicit; go 1.18
exp
# golang.org/x/sys v0.1.0
## explicit; go 1.17
golang.org/x/sys/cpu
# exp => ./exp
"#;

/// A module's name and text, and the packages of its own and of its dependencies that have one directive each.
type Case = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const CASES: [Case; 3] = [
    ("plain", PLAIN, &["example.com/q"], &[]),
    ("replaced", REPLACED, &["example.com/q"], &["example.com/dep", "golang.org/x/net/idna"]),
    ("vendored", VENDORED, &["app/internal/clock"], &["exp", "golang.org/x/sys/cpu"]),
];

#[test]
fn fault_e6_go_s_own_directives_are_listed_with_std_alone_live_go_needed() {
    let toolchain = match go::toolchain(27) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("Go's own directives", &why),
    };
    for (name, text, own, deps) in CASES {
        let folder = common::scratch("scan-scope").join(name);
        let _ = fs::remove_dir_all(&folder);
        program::write_files(text, &folder);
        let standard = standard(&toolchain, &folder);
        assert!(!own.iter().chain(deps).any(|package| standard.contains(*package)), "{name}");
        let all: Vec<&str> = own.iter().chain(deps).copied().collect();
        for (flags, wanted) in [(&[][..], own), (&["--deps"], &all[..])] {
            let rows = rows(&toolchain, &folder, flags);
            let packages: BTreeSet<&str> = rows.iter().map(|row| row.0.as_str()).collect();
            let wanted: BTreeSet<&str> = wanted.iter().copied().collect();
            assert_eq!(packages, wanted, "{name} {flags:?}");
            assert_eq!(rows.len(), wanted.len(), "{name} {flags:?}: {rows:?}");
            assert!(rows.iter().all(|(_, std)| !std), "{name} {flags:?}: {rows:?}");
        }
        let rows = rows(&toolchain, &folder, &["--std"]);
        let (of_go, others): (Vec<_>, Vec<_>) = rows.iter().partition(|(_, std)| *std);
        assert!(of_go.len() > 100, "{name}: {}", of_go.len());
        let others: Vec<&str> = others.iter().map(|row| row.0.as_str()).collect();
        assert_eq!(others, own, "{name} --std");
        let listed = of_go.iter().filter(|(package, _)| standard.contains(package)).count();
        assert!(listed > 100, "{name}: {listed} of {}", of_go.len());
    }
}

/// The packages of the build that `go list` calls standard.
fn standard(toolchain: &Toolchain, folder: &Path) -> BTreeSet<String> {
    let mut command = toolchain.command(folder);
    command.env("GOOS", "linux").env("GOARCH", "amd64").env("CGO_ENABLED", "0");
    // The dependencies of dependencies need no network: all of them are at hand.
    command.env("GOFLAGS", if folder.join("vendor").exists() { "-mod=vendor" } else { "-mod=mod" });
    command.env("GOPROXY", "off");
    let list = ["list", "-deps", "-f", "{{if .Standard}}{{.ImportPath}}{{end}}", "."];
    let output = command.args(list).output().expect("go runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).expect("text");
    listed.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Package of each directive that is listed, and whether it is called Go's own.
fn rows(toolchain: &Toolchain, folder: &Path, flags: &[&str]) -> Vec<(String, bool)> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.args(["scan", "--goos=linux", "--goarch=amd64", "--go-version=1.27", "--format=json"]);
    command.args(flags).current_dir(folder).env("GOROOT", &toolchain.root).env("GOFLAGS", "");
    command.env("GOMODCACHE", folder.join("no-cache")).env("PATH", "/nowhere");
    let output = command.env("CGO_ENABLED", "0").output().expect("gonym runs");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let row = |row: &Value| {
        let package = row["package"].as_str().unwrap_or_default().to_owned();
        (package, row["std"] == true)
    };
    report["directives"].as_array().expect("directives").iter().map(row).collect()
}
