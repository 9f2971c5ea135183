//! Whose is a reference at whose instruction several functions stand, of several packages?
//!
//! Programs of testdata/programs/frames, built for three formats by an old and a new Go and checked from their sources as
//! a user does. `//gonym:owed VERDICT/REASON` above a directive says what becomes of it, `//gonym:pair
//! LOCAL=REMOTE VERDICT/REASON` what the pair gets; the programs say in words what makes it so. Needs Go.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::go::{self, Order, Toolchain};
use common::program;
use serde_json::Value;

const MINORS: [u16; 2] = [22, 27];
const PLATFORMS: [(&str, &str); 3] =
    [("linux", "amd64"), ("darwin", "arm64"), ("windows", "amd64")];

/// What is expected of one directive or pair.
struct Expected {
    /// Its local name, or `LOCAL=REMOTE`.
    name: String,
    /// `in-effect/referenced`, or `in-effect/*`; any of them.
    outcomes: Vec<String>,
    variable: bool,
}

impl Expected {
    fn allows(&self, got: &str) -> bool {
        let same = |wanted: &String| match wanted.strip_suffix('*') {
            Some(verdict) => got.starts_with(verdict),
            None => wanted == got,
        };
        self.outcomes.iter().any(same)
    }
}

/// A program in a folder of its own.
struct Program {
    folder: PathBuf,
    owed: Vec<Expected>,
    pairs: Vec<Expected>,
}

/// The program `name` in a folder of `user`'s own: tests run at the same time.
fn unpack(name: &str, user: &str) -> Program {
    let text = common::testdata().join(format!("programs/frames/{name}.txtar"));
    let text = fs::read_to_string(text).expect("a program");
    let folder = common::scratch("frames").join(format!("{name}-{user}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    program::write_files(&text, &folder);
    program::write_files("-- go.mod --\nmodule example.com/q\n\ngo 1.21\n", &folder);
    let (mut owed, mut pairs) = (Vec::new(), Vec::new());
    for (file, text) in program::files(&text) {
        let package = match file.rsplit_once('/') {
            Some((package, _)) => format!("example.com/q/{package}"),
            None => "main".to_owned(),
        };
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let outcomes = |text: &str| text.split('|').map(str::to_owned).collect();
            if let Some(said) = line.strip_prefix("//gonym:pair ") {
                let (name, said) = said.split_once(' ').expect("a pair and an outcome");
                let variable = name.starts_with("var:");
                let name = name.to_owned();
                pairs.push(Expected { name, outcomes: outcomes(said), variable });
            }
            let Some(said) = line.strip_prefix("//gonym:owed ") else { continue };
            let mut below = lines[at..].iter();
            let directive = below.find_map(|line| line.strip_prefix("//go:linkname "));
            let local = directive.and_then(|text| text.split(' ').next()).expect("a directive");
            let variable = lines[at..].iter().any(|l| l.starts_with(&format!("var {local} ")));
            let name = format!("{package}.{local}");
            owed.push(Expected { name, outcomes: outcomes(said), variable });
        }
    }
    assert!(!owed.is_empty(), "{name} expects nothing");
    Program { folder, owed, pairs }
}

/// The claims of a report.
fn claims(file: &Path, arguments: &[&str], folder: &Path) -> Vec<Value> {
    let mut all = vec!["check", "--format=json", file.to_str().expect("text")];
    all.extend(arguments);
    let output = common::gonym_in(folder, &all);
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    report["binaries"][0]["claims"].as_array().expect("claims").clone()
}

fn outcome(claim: &Value) -> String {
    let word = |key: &str| claim[key].as_str().unwrap_or_default();
    format!("{}/{}", word("verdict"), word("reason"))
}

/// Holds the answers from source against what is owed; `hidden`: names of variables are stripped.
fn hold(program: &Program, file: &Path, hidden: bool, debug: Option<&Path>, id: &str) {
    let mut arguments = vec!["--source", "."];
    if let Some(debug) = debug {
        arguments.extend(["--debug", debug.to_str().expect("text")]);
    }
    let found = claims(file, &arguments, &program.folder);
    for expected in &program.owed {
        let local = |claim: &&Value| claim["local"] == expected.name.as_str();
        let claim = found.iter().find(local).unwrap_or_else(|| panic!("{id}: {}", expected.name));
        let got = outcome(claim);
        let right = match hidden && expected.variable {
            true => got == "unproven/no-names",
            false => expected.allows(&got),
        };
        assert!(right, "{id}: {}: {:?}, got {got}: {claim:#}", expected.name, expected.outcomes);
    }
}

/// The pairs of a program that has all its names.
fn hold_pairs(program: &Program, file: &Path, id: &str) {
    for expected in &program.pairs {
        let found = claims(file, &[&format!("--pair={}", expected.name)], Path::new("/"));
        let got = outcome(&found[0]);
        assert!(expected.allows(&got), "{id}: {}: got {got}: {:#}", expected.name, found[0]);
    }
}

fn build(
    program: &Program,
    toolchain: &Toolchain,
    witness: &Toolchain,
    (platform, flags, name): ((&'static str, &'static str), &[&str], &str),
) -> PathBuf {
    let file = program.folder.join(format!("{name}-{}-{}", platform.0, platform.1));
    let mut arguments = vec!["build"];
    arguments.extend(flags);
    arguments.push(".");
    let order = Order { folder: &program.folder, platform, cgo: false, arguments };
    toolchain.build(&order, witness, &file);
    file
}

/// Runs `check` on every toolchain that is there.
fn with_toolchains(what: &str, check: impl Fn(&Toolchain, &Toolchain)) {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(witness) => witness,
        Err(why) => return go::skip(what, &why),
    };
    for minor in MINORS {
        match go::toolchain(minor) {
            Ok(toolchain) => check(&toolchain, &witness),
            Err(why) => go::skip(&format!("{what} with 1.{minor}"), &why),
        }
    }
}

/// `slices.SortFunc(x, cmp)`, `mu.Lock()`, `hits.Load()`, `http.HandleFunc("/", pulled)` with pulled names are in
/// effect from source, functions stripped too, variables with the debug file.
#[test]
fn fault_a_pulled_names_that_inlined_functions_got_are_in_effect_live_go_needed() {
    let program = unpack("acceptance", "answers");
    with_toolchains("references of several frames", |toolchain, witness| {
        for platform in PLATFORMS {
            let id = format!("go{} {platform:?}", toolchain.version);
            let whole = build(&program, toolchain, witness, (platform, &[], "whole"));
            hold(&program, &whole, false, None, &id);
            hold_pairs(&program, &whole, &id);
            let bare = (platform, &["-ldflags=-s -w"][..], "bare");
            let bare = build(&program, toolchain, witness, bare);
            hold(&program, &bare, true, None, &format!("{id} -s -w"));
            let stripped = whole.with_extension("stripped");
            let strip = Command::new("llvm-strip").arg("-o").args([&stripped, &whole]).output();
            match strip {
                Ok(output) if output.status.success() => {
                    hold(&program, &stripped, false, Some(&whole), &format!("{id} --debug"));
                }
                _ => go::skip("stripped variables with --debug", "llvm-strip is needed"),
            }
        }
    });
}

/// The text says who, what, where and through which function, and JSON has every frame.
#[test]
fn fault_a_the_evidence_tells_the_chain_live_go_needed() {
    let program = unpack("acceptance", "chain");
    with_toolchains("the text of a chain", |toolchain, witness| {
        let file = build(&program, toolchain, witness, (PLATFORMS[0], &[], "told"));
        let found = claims(&file, &["--source", "."], &program.folder);
        let claim = found.iter().find(|claim| claim["local"] == "main.applied").expect("a claim");
        let message = claim["message"].as_str().expect("text");
        let through = "through example.com/q/third.Apply inlined at main.go:72";
        assert!(message.starts_with("main.main ") && message.contains(through), "{message}");
        let reference = &claim["evidence"][0];
        assert_eq!(reference["from"], "example.com/q/third.Apply");
        assert_eq!(reference["inlinedInto"], "main.main");
        let frames = reference["frames"].as_array().expect("frames");
        let packages: Vec<_> = frames.iter().map(|frame| frame["package"].as_str()).collect();
        assert_eq!(packages, [Some("example.com/q/third"), Some("main")]);
        assert_eq!(frames[1]["line"], 72);
    });
}

/// Programs in which the same bytes have another reason, or none.
#[test]
fn fault_a_no_false_word_where_another_package_has_a_way_of_its_own_live_go_needed() {
    hold_all(&["taken", "ghosts", "further"]);
}

/// A small function that was inlined into another package, and left no frame: nobody else can be the reader.
#[test]
fn fault_a_a_small_function_that_was_inlined_elsewhere_live_go_needed() {
    hold_all(&["readers", "gauges", "doors"]);
}

/// `runtime_getAuxv`: a directive that nobody uses, beside another package's on the same remote.
#[test]
fn fault_a_an_unused_directive_beside_anothers_live_go_needed() {
    hold_all(&["bystanders", "probes", "orders"]);
}

/// What the programs say of the directives and pairs of builds with all their names.
fn hold_all(names: &[&str]) {
    for name in names {
        let program = unpack(name, "twins");
        with_toolchains("references of several frames", |toolchain, witness| {
            // The formats differ in nothing that is asked here: they are covered once.
            let all = toolchain.version.starts_with("1.27");
            for platform in PLATFORMS.into_iter().take(if all { PLATFORMS.len() } else { 1 }) {
                let id = format!("{name} go{} {platform:?}", toolchain.version);
                let whole = build(&program, toolchain, witness, (platform, &[], "whole"));
                hold(&program, &whole, false, None, &id);
                hold_pairs(&program, &whole, &id);
            }
        });
    }
}
