//! Every public replacement that gonym names exists, in the release from which it is said to.
//!
//! A program that uses all of them is compiled by each such Go, and by the one before it must not be.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use common::go::{self, Toolchain};
use gonym::rules::{Replacement, is_known_symbol, replacements};

/// How a builtin is used; everything else is an expression by itself.
const BUILTINS: &[(&str, &str)] = &[
    ("copy", "_ = copy([]byte{0}, []byte{0})"),
    ("clear", "clear([]byte{0})"),
    ("unsafe.Slice", "_ = unsafe.Slice(new(byte), 1)"),
    ("unsafe.String", "_ = unsafe.String(new(byte), 1)"),
    ("unsafe.SliceData", "_ = unsafe.SliceData([]byte{0})"),
    ("unsafe.StringData", "_ = unsafe.StringData(\"\")"),
];

#[test]
fn every_symbol_that_has_a_replacement_was_once_there() {
    let mut seen = BTreeSet::new();
    let mut unknown = Vec::new();
    for (symbol, instead) in replacements() {
        assert!(seen.insert(symbol), "{symbol} twice");
        if !symbol.ends_with('*') && !is_known_symbol(symbol) {
            unknown.push(symbol);
        }
        assert!(!instead.names.is_empty() && !instead.note.is_empty(), "{symbol}");
    }
    assert!(unknown.is_empty(), "no release has {unknown:?}");
    assert!(seen.len() > 150, "only {}", seen.len());
}

/// All that must exist in Go 1.`minor`.
fn program(minor: u16) -> String {
    let known: BTreeSet<&Replacement> = replacements()
        .map(|(_, instead)| instead)
        .filter(|instead| instead.since <= minor)
        .collect();
    write(known.into_iter())
}

fn write<'a>(all: impl Iterator<Item = &'a Replacement>) -> String {
    let mut imports: BTreeMap<&str, String> = BTreeMap::new();
    let mut statements = Vec::new();
    for instead in all {
        for name in instead.names {
            if instead.package.is_empty() {
                let usage = BUILTINS.iter().find(|(builtin, _)| builtin == name);
                statements.push(usage.expect("a builtin with its use").1.to_owned());
                if name.starts_with("unsafe.") {
                    imports.insert("unsafe", "unsafe".to_owned());
                }
                continue;
            }
            let number = imports.len();
            let alias =
                imports.entry(instead.package).or_insert_with(|| format!("p{number}")).clone();
            // The name's own package: `rand` of math/rand/v2.
            let short = name.trim_start_matches("(*").split('.').next().expect("a package");
            statements.push(format!(
                "_ = {}",
                name.replacen(&format!("{short}."), &format!("{alias}."), 1)
            ));
        }
    }
    let imports: Vec<String> =
        imports.iter().map(|(path, alias)| format!("import {alias} \"{path}\"\n")).collect();
    format!(
        "package main\n\n{}\nfunc main() {{\n\t{}\n}}\n",
        imports.concat(),
        statements.join("\n\t")
    )
}

/// What the compiler says of the program.
fn compile(toolchain: &Toolchain, name: &str, source: &str) -> Result<(), String> {
    let folder: PathBuf =
        common::scratch("replacements").join(format!("{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a scratch folder");
    fs::write(folder.join("p.go"), source).expect("a scratch file");
    let module = format!("module gonym.test/replacements\n\ngo 1.{}\n", toolchain.minor);
    fs::write(folder.join("go.mod"), module).expect("a scratch file");
    let mut command = toolchain.command(&folder);
    let output = command.env("CGO_ENABLED", "0").args(["build", "."]).output();
    let output = output.expect("go runs");
    fs::remove_dir_all(&folder).expect("a scratch folder");
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn every_replacement_compiles_from_the_release_it_names_live_go_needed() {
    let minors: BTreeSet<u16> = replacements().map(|(_, instead)| instead.since).collect();
    let mut asked = 0;
    for minor in minors {
        let what = format!("replacements of go1.{minor}");
        match go::toolchain(minor) {
            Ok(toolchain) => {
                let said = compile(&toolchain, &format!("from-{minor}"), &program(minor));
                assert_eq!(said, Ok(()), "go1.{minor}");
                asked += 1;
            }
            Err(why) => go::skip(&what, &why),
        }
    }
    go::say(&format!("replacements: {asked} releases compiled them"));
}

/// A `since` that is too late would keep the advice from those who can follow it.
#[test]
fn no_replacement_is_older_than_it_says_live_go_needed() {
    let mut asked = 0;
    for (symbol, instead) in replacements().filter(|(_, instead)| instead.since > 18) {
        let first = replacements().find(|(_, other)| *other == instead).expect("itself");
        if first.0 != symbol {
            continue;
        }
        match go::toolchain(instead.since - 1) {
            Ok(toolchain) => {
                let source = write(std::iter::once(instead));
                let name = format!("before-{asked}");
                let said = compile(&toolchain, &name, &source);
                assert!(said.is_err(), "go1.{} has {instead:?}", instead.since - 1);
                asked += 1;
            }
            Err(why) => go::skip(&format!("the release before {instead:?}"), &why),
        }
    }
    go::say(&format!("replacements: {asked} are not in the release before"));
}
