//! Does gonym resolve names as the compiler does?
//!
//! `testdata/witness/uses` says with go/parser and go/types which names of a file stand for a function or variable
//! of its package, whether in a constant, and which lines their statement or element takes. Each must be a
//! use in gonym's words, a sure one if it is no constant; and nothing else may be one.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use common::go::{self, Toolchain};
use gonym::source::file::{DeclarationKind, GoFile};
use gonym::source::uses::{Known, Use, uses};

/// Packages of many kinds of statement, below GOROOT/src.
const PACKAGES: &[&str] = &[
    "runtime",
    "net/http",
    "go/types",
    "go/parser",
    "reflect",
    "crypto/tls",
    "encoding/json",
    "time",
    "os",
    "syscall",
    "net",
    "fmt",
    "text/template",
    "strconv",
    "math/big",
    "image/png",
    "html/template",
    "internal/poll",
    "encoding/gob",
    "database/sql",
    "testing",
    "slices",
    "maps",
    "unicode",
    "crypto/x509",
    "compress/flate",
    "regexp/syntax",
    "cmd/compile/internal/syntax",
    "cmd/compile/internal/walk",
    "cmd/compile/internal/types2",
    "cmd/link/internal/ld",
    "cmd/go/internal/modload",
    "cmd/internal/obj/x86",
];

/// One name as the witness says it.
#[derive(Debug)]
struct Said {
    line: u32,
    name: String,
    what: String,
    place: BTreeSet<u32>,
}

fn witness(toolchain: &Toolchain, folders: &[String]) -> BTreeMap<String, Vec<Said>> {
    let scratch = common::scratch("source_uses");
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/witness/uses/main.go");
    let file = scratch.join(format!("witness-{}", toolchain.minor));
    let mut command = toolchain.command(&scratch);
    command.arg("build").arg("-o").arg(&file).arg(program);
    let output = command.output().expect("go runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut child = Command::new(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the witness runs");
    let asked = folders.join("\n");
    child.stdin.take().expect("a pipe").write_all(asked.as_bytes()).expect("the pipe takes it");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let mut said: BTreeMap<String, Vec<Said>> = BTreeMap::new();
    let mut here = String::new();
    for line in String::from_utf8(output.stdout).expect("text").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields[..] {
            ["file", path] => {
                path.clone_into(&mut here);
                said.entry(here.clone()).or_default();
            }
            [line, name, what, place] => said.entry(here.clone()).or_default().push(Said {
                line: line.parse().expect("a line"),
                name: name.to_owned(),
                what: what.to_owned(),
                place: place.split(',').filter_map(|line| line.parse().ok()).collect(),
            }),
            _ => panic!("{line}"),
        }
    }
    said
}

/// What is wrong in one file.
fn compared(path: &str, said: &[Said], found: &[Use<'_>]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut left: BTreeMap<(u32, String), Vec<&Use<'_>>> = BTreeMap::new();
    for one in found {
        let name = String::from_utf8_lossy(one.name).into_owned();
        left.entry((one.line, name)).or_default().push(one);
    }
    for one in said {
        let all = left.get_mut(&(one.line, one.name.clone()));
        let Some(found) = all.filter(|all| !all.is_empty()).map(|all| all.remove(0)) else {
            if one.what != "unknown" {
                wrong
                    .push(format!("{path}:{}: {} ({}) is not found", one.line, one.name, one.what));
            }
            continue;
        };
        let place: BTreeSet<u32> = found.place.iter().flat_map(|l| l.first..=l.last).collect();
        if one.what == "plain" && place != one.place {
            wrong.push(format!(
                "{path}:{}: {} takes {place:?}: {:?}",
                one.line, one.name, one.place
            ));
        }
        if one.what == "constant" && found.sure {
            wrong.push(format!("{path}:{}: {} is in a constant", one.line, one.name));
        }
    }
    for ((line, name), rest) in left {
        for one in rest {
            if one.sure {
                wrong.push(format!("{path}:{line}: {name} is no use of the package's"));
            }
        }
    }
    wrong
}

fn files_of(folder: &str, said: &BTreeMap<String, Vec<Said>>) -> Vec<(String, GoFile)> {
    let inside = said.keys().filter(|path| Path::new(path).parent() == Some(Path::new(folder)));
    inside.map(|path| (path.clone(), GoFile::parse(fs::read(path).expect("a source")))).collect()
}

#[test]
fn names_are_resolved_as_go_types_resolves_them() {
    for minor in [22, 27] {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip("source_uses", &why);
                continue;
            }
        };
        let source = toolchain.root.join("src");
        let folders: Vec<String> =
            PACKAGES.iter().map(|path| source.join(path).display().to_string()).collect();
        let said = witness(&toolchain, &folders);
        let (mut wrong, mut plain, mut sure, mut constant) = (Vec::new(), 0, 0, 0);
        for folder in &folders {
            let (paths, files): (Vec<String>, Vec<GoFile>) =
                files_of(folder, &said).into_iter().unzip();
            let known = Known::of(&files);
            let declared = files.iter().flat_map(|file| &file.declarations);
            let asked = |kind: &DeclarationKind| {
                matches!(kind, DeclarationKind::Func | DeclarationKind::Var)
            };
            let mut names: BTreeSet<&[u8]> =
                declared.filter(|one| asked(&one.kind)).map(|one| one.name.as_slice()).collect();
            // Neither can be used.
            names.remove(&b"init"[..]);
            names.remove(&b"_"[..]);
            for (path, file) in paths.iter().zip(&files) {
                let found = uses(file, &names, &known);
                plain += said[path].iter().filter(|one| one.what == "plain").count();
                constant += said[path].iter().filter(|one| one.what == "constant").count();
                sure += found.iter().filter(|one| one.sure).count();
                wrong.extend(compared(path, &said[path], &found));
            }
        }
        go::say(&format!(
            "go1.{}: {plain} uses, {constant} in constants, {sure} sure",
            toolchain.minor
        ));
        assert!(
            wrong.is_empty(),
            "{} wrong:\n{}",
            wrong.len(),
            wrong[..wrong.len().min(40)].join("\n")
        );
        assert!(plain > 10_000);
    }
}
