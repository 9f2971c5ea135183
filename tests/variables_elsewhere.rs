//! Variables whose names lead out of Go's own data: on ports where functions have the ABI of data, to imports under another
//! name, and in files that are damaged. The other rows of that table of faults are in `variables_and_bodies`.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::go::{self, Order};
use common::program;
use serde_json::Value;

/// Builds `text` for `platform` with Go 1.`minor`; the folder and the program, or nothing where there is no such Go.
fn built(row: &str, minor: u16, platform: (&str, &str), text: &str) -> Option<(PathBuf, PathBuf)> {
    let toolchains = go::toolchain(go::WITNESS).and_then(|w| Ok((w, go::toolchain(minor)?)));
    let (witness, toolchain) = match toolchains {
        Ok(toolchains) => toolchains,
        Err(why) => {
            go::skip(&format!("{row}, go1.{minor}"), &why);
            return None;
        }
    };
    let name = format!("{row}-{minor}-{}-{}", platform.1, std::process::id());
    let folder = common::scratch("variables_elsewhere").join(&name);
    let _ = fs::remove_dir_all(&folder);
    program::write_files(text, &folder);
    let file = common::scratch("variables_elsewhere").join(format!("{name}.out"));
    let order = Order { folder: &folder, platform, cgo: false, arguments: vec!["build", "."] };
    toolchain.build(&order, &witness, &file);
    Some((folder, file))
}

/// What `gonym check FILE` says in the module's folder: verdict and reason, and codes with their levels, by local name.
fn checked(folder: &Path, app: &Path) -> Vec<(String, String, Vec<String>)> {
    let app = app.display().to_string();
    let output = common::gonym_in(folder, ["check", "--format=json", "--own", app.as_str()]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let claims = report["binaries"][0]["claims"].as_array().cloned().unwrap_or_default();
    let word = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let one = |claim: &Value| {
        let notes = claim["notes"].as_array().cloned().unwrap_or_default();
        let notes = notes.iter().map(|n| format!("{} {}", word(n, "level"), word(n, "code")));
        let outcome = format!("{}/{}", word(claim, "verdict"), word(claim, "reason"));
        (word(claim, "local"), outcome, notes.collect())
    };
    claims.iter().map(one).collect()
}

fn assert_owed(what: &str, all: &[(String, String, Vec<String>)], wanted: &[(&str, &str)]) {
    for (local, outcome) in wanted {
        let found = all.iter().find(|(name, ..)| name == local);
        assert_eq!(
            found.map(|(_, got, _)| got.as_str()),
            Some(*outcome),
            "{what}: {local}: {all:?}"
        );
    }
}

const STACK: &str = r#"
-- go.mod --
module example.com/q

go 1.18
-- main.go --
package main
import ("example.com/q/lib"; "unsafe")
//go:linkname called example.com/q/lib.called
var called byte
//go:linkname value example.com/q/lib.value
var value byte
//go:linkname wide example.com/q/lib.wide
var wide [4]byte
//go:noinline
func address(p *byte) uintptr { return uintptr(unsafe.Pointer(p)) }
func main() {
	println(address(&called), address(&value), wide[0], lib.Called(1), lib.Value()(2), lib.Wide(3))
}
-- lib/lib.go --
package lib
//go:noinline
func called(x int) int { return x + 1 }
func Called(x int) int { return called(x) }
//go:noinline
func value(x int) int { return x + 2 }
//go:noinline
func Value() func(int) int { return value }
//go:noinline
func wide(x int) int { return x + 3 }
func Wide(x int) int { return wide(x) }
"#;

/// Every function of a port without registers for parameters has the ABI of a variable: one symbol, in .text.
#[test]
fn fault_c_functions_of_ports_without_registers_live_go_needed() {
    for platform in [("linux", "386"), ("linux", "arm"), ("linux", "mipsle")] {
        let Some((folder, app)) = built("stack", 27, platform, STACK) else { continue };
        let all = checked(&folder, &app);
        let what = format!("{platform:?}");
        let proven = "in-effect/dwarf-owner";
        assert_owed(
            &what,
            &all,
            &[("main.called", proven), ("main.value", proven), ("main.wide", proven)],
        );
        assert!(all.iter().all(|(.., notes)| notes.is_empty()), "{what}: {all:?}");
    }
    // The twin: with registers there are two symbols of each name.
    let Some((folder, app)) = built("stack", 27, ("linux", "arm64"), STACK) else { return };
    let all = checked(&folder, &app);
    let second = "not-in-effect/kind-mismatch";
    assert_owed(
        "arm64",
        &all,
        &[("main.called", second), ("main.value", second), ("main.wide", second)],
    );
}

const SHARED: &str = r#"
-- go.mod --
module example.com/q

go 1.18
-- main.go --
package main
import ("example.com/q/a"; "example.com/q/b")
func main() { a.Set(); println(b.Get()) }
-- a/a.go --
package a
import _ "unsafe"
//go:linkname mine shared
var mine int
func Set() { mine = 4 }
-- b/b.go --
package b
import _ "unsafe"
//go:linkname mine shared
var mine int
//go:noinline
func Get() int { return mine }
"#;

/// Two packages that share a variable of nobody's are in effect, with a warning that stands among the findings too.
#[test]
fn fault_c_a_variable_of_nobody_is_told_live_go_needed() {
    let Some((folder, app)) = built("shared", 27, ("linux", "amd64"), SHARED) else { return };
    let all = checked(&folder, &app);
    let (a, b) = ("example.com/q/a.mine", "example.com/q/b.mine");
    assert_owed("shared", &all, &[(a, "in-effect/local-definition"), (b, "in-effect/dwarf-owner")]);
    let app = app.display().to_string();
    let output = common::gonym_in(&folder, ["check", "--format=json", "--own", app.as_str()]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("findings").iter();
    let told = findings.filter(|finding| finding["code"] == "no-owner");
    let places: Vec<&str> = told.filter_map(|told| told["place"]["file"].as_str()).collect();
    assert_eq!(places, ["a/a.go", "b/b.go"]);
    assert_eq!((report["result"].as_str(), output.status.code()), (Some("holds"), Some(0)));
}

const IMPORTED: &str = r#"
-- go.mod --
module example.com/q

go 1.18
-- main.go --
package main
import _ "unsafe"
//go:cgo_import_dynamic libc_getpid getpid "libc.so"
//go:linkname procgetpid libc_getpid
var procgetpid uintptr
//go:cgo_import_dynamic libc_getgid getgid "libc.so"
//go:linkname procgetgid libc_getgid
var procgetgid uintptr
//go:cgo_import_dynamic libc_zork zork "libc.so"
//go:linkname proczork libc_zork
var proczork uintptr
//go:cgo_import_dynamic libc_write write "libc.so"
//go:linkname procwrite libc_write
var procwrite uintptr
//go:linkname nothing libc_nothing
var nothing uintptr
func main() { println(procgetpid != 0, procgetgid != 0) }
"#;

/// `getpid` is imported for the variable; of `write`, which Go's runtime imports too, nothing in main speaks.
#[test]
fn fault_c_imports_under_another_name_live_go_needed() {
    for minor in [22, 27] {
        let solaris = ("solaris", "amd64");
        let Some((folder, app)) = built("imported", minor, solaris, IMPORTED) else { continue };
        let wanted = [
            ("main.procgetpid", "in-effect/dynamic-import"),
            ("main.procgetgid", "in-effect/dynamic-import"),
            ("main.proczork", "unused/absent"),
            ("main.procwrite", "unused/not-called"),
            ("main.nothing", "unused/absent"),
        ];
        assert_owed(&format!("go1.{minor}"), &checked(&folder, &app), &wanted);
    }
}

/// As golang.org/x/sys/unix of 2020 has it on darwin: no declaration, and assembly that jumps to the import.
const UNDECLARED: &str = r#"
-- go.mod --
module example.com/q

go 1.17
-- main.go --
package main
import _ "unsafe"
func libc_getpid_trampoline()
func libc_getgid_trampoline()
func libc_fchdir_trampoline()
//go:linkname libc_getpid libc_getpid
//go:cgo_import_dynamic libc_getpid getpid "/usr/lib/libSystem.B.dylib"
//go:linkname libc_getgid libc_getgid
//go:cgo_import_dynamic libc_getgid getgid "/usr/lib/libSystem.B.dylib"
//go:linkname libc_zork libc_zork
//go:cgo_import_dynamic libc_zork zork "/usr/lib/libSystem.B.dylib"
var used = []func(){libc_getpid_trampoline, libc_getgid_trampoline}
func main() { println(len(used), used[0] != nil) }
-- main.s --
#include "textflag.h"
TEXT ·libc_getpid_trampoline(SB),NOSPLIT,$0-0
	JMP	libc_getpid(SB)
TEXT ·libc_getgid_trampoline(SB),NOSPLIT,$0-0
	JMP	libc_getgid(SB)
TEXT ·libc_fchdir_trampoline(SB),NOSPLIT,$0-0
	JMP	libc_zork(SB)
"#;

/// The compiler let it pass: which Go does not is said, and is no mistake of this build.
#[test]
fn fault_c_no_declaration_beside_an_import_live_go_needed() {
    for (minor, arch) in [(22, "amd64"), (27, "arm64")] {
        let Some((folder, app)) = built("undeclared", minor, ("darwin", arch), UNDECLARED) else {
            continue;
        };
        let all = checked(&folder, &app);
        let wanted = [
            ("main.libc_getpid", "in-effect/dynamic-import"),
            ("main.libc_getgid", "in-effect/dynamic-import"),
            ("main.libc_zork", "unused/absent"),
        ];
        assert_owed(&format!("go1.{minor}"), &all, &wanted);
        let warned = |(.., notes): &(String, String, Vec<String>)| {
            notes.contains(&"warn local-unknown".to_owned())
        };
        assert!(all.iter().all(warned), "{all:?}");
    }
}

const HELD: &str = r#"
-- go.mod --
module example.com/q

go 1.18
-- e.s --
-- main.go --
package main
import ("example.com/q/lib"; _ "unsafe")
//go:linkname page example.com/q/lib.page
var page int
//go:linkname hook example.com/q/lib.hook
func hook() int
var held = &page
var hooks = []func() int{hook, nil}
func main() { println(*held, hooks[0](), lib.Use()) }
-- lib/lib.go --
package lib
var page = 4096
//go:noinline
func hook() int { return page + 1 }
var also = &page
//go:noinline
func Use() int { return *also }
"#;

/// A pointer to a variable was called "a function value" in the text.
#[test]
fn the_address_of_a_variable_in_data_is_no_function_value_live_go_needed() {
    let Some((folder, app)) = built("held", 27, ("linux", "amd64"), HELD) else { return };
    let app = app.display().to_string();
    for (pair, wanted) in [
        ("var:main.page=example.com/q/lib.page", "holds the address of example.com/q/lib.page,"),
        ("func:main.hook=example.com/q/lib.hook", "holds example.com/q/lib.hook as a function"),
    ] {
        let pair = format!("--pair={pair}");
        let output = common::gonym_in(&folder, ["check", "--format=json", &pair, app.as_str()]);
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let message = report["binaries"][0]["claims"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains(wanted), "{pair}: {message}");
    }
}

/// Its names are what Go would call functions of packages x and y.
const LIBRARY: &str = "long f(void) __asm__(\"x.cfunc\");\nlong f(void) { return 77; }\n\
    long g(void) __asm__(\"y.hook\");\nlong g(void) { return 78; }\n";

const NEEDING: &str = r#"
-- go.mod --
module example.com/q

go 1.18
-- e.s --
-- main.go --
package main
// #cgo LDFLAGS: -lneeded
// extern long f(void) __asm__("x.cfunc");
// static long two(void) { return f() - 75; }
import "C"
import ("example.com/q/lib"; _ "unsafe")
//go:linkname cf x.cfunc
func cf() int64
//go:linkname hook y.hook
func hook() int64
//go:linkname own example.com/q/lib.own
func own() int64
//go:linkname idle x.cfunc
func idle() int64
func main() { println(cf(), hook(), own(), C.two(), lib.Own()) }
-- lib/lib.go --
package lib
//go:noinline
func own() int64 { return 79 }
//go:noinline
func Own() int64 { return own() }
"#;

/// Two names with a dot that a needed library defines, beside one that Go code has: the program calls all three.
#[test]
fn fault_c_a_needed_library_defines_it_live_go_needed() {
    let row = "a needed library";
    let gcc = |folder: &Path, arguments: &[&str]| {
        let run = Command::new("gcc").args(arguments).current_dir(folder).output();
        run.is_ok_and(|output| output.status.success())
    };
    for minor in [22, 27] {
        let toolchains = go::toolchain(go::WITNESS).and_then(|w| Ok((w, go::toolchain(minor)?)));
        let Ok((witness, toolchain)) = toolchains else { return go::skip(row, "no Go") };
        let folder = common::scratch("variables_elsewhere").join(format!("needed-{minor}"));
        let _ = fs::remove_dir_all(&folder);
        program::write_files(NEEDING, &folder);
        let needed = common::scratch("variables_elsewhere").join(format!("needed-{minor}.d"));
        fs::create_dir_all(&needed).expect("a folder");
        fs::write(needed.join("needed.c"), LIBRARY).expect("a file");
        if !gcc(&needed, &["-shared", "-fPIC", "-o", "libneeded.so", "needed.c"]) {
            return go::skip(row, "gcc makes no library");
        }
        let (search, app) = (format!("-L{}", needed.display()), needed.join("app"));
        let link = format!("-ldflags=-linkmode=external -extldflags={search}");
        let arguments = vec!["build", link.as_str(), "."];
        let order = Order { folder: &folder, platform: ("linux", "amd64"), cgo: true, arguments };
        toolchain.build(&order, &witness, &app);
        let output = Command::new(&app).env("LD_LIBRARY_PATH", &needed).output().expect("it runs");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "77 78 79 2 79\n", "go1.{minor}");
        let wanted = [
            ("main.cf", "unproven/ambiguous"),
            ("main.hook", "unproven/ambiguous"),
            ("main.own", "in-effect/referenced"),
            ("main.idle", "unproven/ambiguous"),
        ];
        assert_owed(&format!("go1.{minor}"), &checked(&folder, &app), &wanted);
    }
}
