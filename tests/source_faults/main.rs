//! What belongs to a build, where a plain reading of folders and texts was wrong (section D of the faults).
//!
//! Each row builds modules and then takes away, moves or edits what they were built from: whoever does that knows the
//! answer. Needs Go, and says so where there is none.

#[path = "../common/mod.rs"]
mod common;

mod closures;
mod edited;
mod modules;
mod overlays;
mod scope;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::go::Toolchain;
use common::proxy;
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

/// Builds with the modules of `proxied` (`path@version/file`) in the cache `root/NAME`; the program and the cache.
fn build_of_modules(
    go: &Toolchain,
    (root, name): (&Path, &str),
    (folder, proxied): (&Path, &str),
    flags: &[&str],
) -> (PathBuf, PathBuf) {
    let cache = root.join(name);
    proxy::write(proxied, &root.join("proxy"));
    let mut command = go.command(folder);
    command.env("GOPROXY", format!("file://{}", root.join("proxy").display()));
    command.env("GOMODCACHE", &cache).env("GOFLAGS", "-mod=mod -modcacherw");
    command.env("GOSUMDB", "off").env("GONOSUMDB", "*");
    let file = root.join("b");
    let output = command.arg("build").args(flags).arg("-o").arg(&file).arg(".").output();
    let output = output.expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (file, cache)
}

fn run(here: &Path, file: &Path, arguments: &[&str], cache: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.current_dir(here).args(["check", "--format=json"]).args(arguments).arg(file);
    if let Some(cache) = cache {
        command.env("GOMODCACHE", cache);
    }
    command.output().expect("it runs")
}

fn check(here: &Path, file: &Path, arguments: &[&str], cache: Option<&Path>) -> Value {
    let output = run(here, file, arguments, cache);
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

/// Local names and verdicts as [`verdicts`] gives them.
fn pairs(wanted: &[(&str, &str)]) -> Vec<(String, String)> {
    wanted.iter().map(|(local, verdict)| ((*local).to_owned(), (*verdict).to_owned())).collect()
}

/// A module that hands on an iterator of Go's and pulls one function.
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

/// A variable with a comment that is no directive, and its twin in lib.
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
