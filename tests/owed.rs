//! Does `gonym check ./app`, with nothing but the binary, name and judge every directive of its sources?
//!
//! The programs say above each directive, in `//gonym:owed`, what must become of it; that it is so is what they
//! print when they run (prints.txt). `owed` uses and misuses linkname, `disguised` has lines and names that seem to
//! say what they do not. Needs Go, and says so where there is none.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::go::{self, Order, Toolchain};
use serde_json::Value;

/// The programs, and how many directives of theirs say what becomes of them, at least.
const PROGRAMS: [(&str, usize); 2] = [("owed", 25), ("disguised", 18)];

/// Versions in which every directive of the program links.
const MINORS: [u16; 2] = [25, 27];

/// Flags, and whether what they leave has symbols.
const BUILDS: &[(&[&str], bool)] = &[
    (&["-ldflags=-X main.stamp=x"], true),
    (&["-trimpath"], true),
    (&["-trimpath", "-ldflags=-s -w"], false),
];

/// What is expected of one directive.
#[derive(Debug)]
struct Owed {
    /// `in-effect/referenced`, or `in-effect/*`; any of them.
    full: Vec<String>,
    stripped: Vec<String>,
    /// Codes of the notes, in any order.
    codes: Vec<String>,
}

/// By file, relative to the module, and line.
fn expectations(module: &Path, least: usize) -> BTreeMap<(String, u64), Owed> {
    let mut files = Vec::new();
    collect(module, &mut files);
    let mut owed = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a Go source");
        let name = file.strip_prefix(module).expect("below").to_string_lossy().into_owned();
        for (number, line) in (1..).zip(text.lines()) {
            let Some(expected) = line.strip_prefix("//gonym:owed ") else { continue };
            owed.insert((name.clone(), number + 1), parse(expected));
        }
    }
    assert!(owed.len() >= least, "only {} directives", owed.len());
    owed
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "go") {
            files.push(path);
        }
    }
}

fn parse(text: &str) -> Owed {
    let (outcomes, codes): (Vec<&str>, Vec<&str>) =
        text.split_whitespace().partition(|word| !word.starts_with('+'));
    let outcomes = outcomes.join(" ");
    let (full, stripped) = outcomes.split_once("; ").unwrap_or((&outcomes, &outcomes));
    let list = |text: &str| text.split(',').map(str::to_owned).collect();
    let codes = codes.iter().map(|code| code.trim_start_matches('+').to_owned()).collect();
    Owed { full: list(full), stripped: list(stripped), codes }
}

fn is_one_of(outcome: &str, wanted: &[String]) -> bool {
    let verdict = outcome.split('/').next().unwrap_or_default();
    wanted.iter().any(|wanted| wanted == outcome || *wanted == format!("{verdict}/*"))
}

#[test]
fn every_directive_of_a_module_is_named_and_judged_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(witness) => witness,
        Err(why) => return go::skip("check without a claim", &why),
    };
    for (program, least) in PROGRAMS {
        let module = common::testdata().join("programs").join(program);
        judge_program(&module, &expectations(&module, least), &witness);
    }
}

fn judge_program(module: &Path, expected: &BTreeMap<(String, u64), Owed>, witness: &Toolchain) {
    for minor in MINORS {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("check without a claim, go1.{minor}"), &why);
                continue;
            }
        };
        for (flags, symbols) in BUILDS {
            let what = format!("{} go1.{minor} {flags:?}", module.display());
            let app = build(&toolchain, witness, module, flags);
            assert_eq!(said(&Command::new(&app)), prints(module, flags), "{what}");
            let found = checked(module, &app);
            compare(&what, expected, &found, *symbols, flags);
        }
    }
}

fn build(toolchain: &Toolchain, witness: &Toolchain, module: &Path, flags: &[&str]) -> PathBuf {
    let file = common::scratch("owed").join(format!("app-{}", toolchain.version));
    let arguments = [&["build"], flags, &["."]].concat();
    let order = Order { folder: module, platform: ("linux", "amd64"), cgo: false, arguments };
    toolchain.build(&order, witness, &file);
    file
}

fn said(command: &Command) -> String {
    let output = Command::new(command.get_program()).output().expect("the program runs");
    assert!(output.status.success(), "{}", output.status);
    String::from_utf8(output.stdout).expect("text")
}

/// What the program prints: `-X main.stamp` would be seen, had it an effect.
fn prints(module: &Path, _flags: &[&str]) -> String {
    fs::read_to_string(module.join("prints.txt")).expect("what it prints")
}

/// The claims of the main module, by file and line.
fn checked(module: &Path, app: &Path) -> BTreeMap<(String, u64), Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.current_dir(module).arg("check").arg(app).args(["--format=json", "--own"]);
    let output = command.output().expect("gonym runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{stderr}"));
    assert_eq!(report["faults"], Value::Array(Vec::new()), "{stderr}");
    assert_eq!(output.status.code(), Some(1), "mistakes are there to be found: {stderr}");
    let [binary] = report["binaries"].as_array().expect("binaries").as_slice() else {
        panic!("one binary")
    };
    let by_place = |claim: &Value| {
        let file = claim["origin"]["file"].as_str().expect("a file").to_owned();
        ((file, claim["origin"]["line"].as_u64().expect("a line")), claim.clone())
    };
    let mistakes = binary["mistakes"].as_array().into_iter().flatten().map(|mistake| {
        let file = mistake["file"].as_str().expect("a file").to_owned();
        let place = (file, mistake["line"].as_u64().expect("a line"));
        (place, serde_json::json!({ "verdict": "mistake", "notes": [mistake] }))
    });
    let claims = binary["claims"].as_array().expect("claims");
    claims.iter().map(by_place).chain(mistakes).collect()
}

fn compare(
    what: &str,
    expected: &BTreeMap<(String, u64), Owed>,
    found: &BTreeMap<(String, u64), Value>,
    symbols: bool,
    flags: &[&str],
) {
    let mut wrong = Vec::new();
    for (place, owed) in expected {
        let Some(claim) = found.get(place) else {
            wrong.push(format!("{place:?}: not found"));
            continue;
        };
        let word = |key: &str| claim[key].as_str().unwrap_or_default();
        let outcome = match word("reason") {
            "" => word("verdict").to_owned(),
            reason => format!("{}/{reason}", word("verdict")),
        };
        if !is_one_of(&outcome, if symbols { &owed.full } else { &owed.stripped }) {
            wrong.push(format!("{place:?}: {outcome}, not {owed:?}: {}", word("message")));
        }
        let notes = claim["notes"].as_array().cloned().unwrap_or_default();
        let mut codes: Vec<&str> = notes.iter().filter_map(|note| note["code"].as_str()).collect();
        codes.sort_unstable();
        // Builds with -trimpath record no -ldflags.
        let recorded = !flags.contains(&"-trimpath");
        let wanted = owed.codes.iter().map(String::as_str);
        let mut wanted: Vec<&str> =
            wanted.filter(|code| recorded || *code != "ldflags-x-ignored").collect();
        wanted.sort_unstable();
        if codes != wanted {
            wrong.push(format!("{place:?}: {codes:?}, not {wanted:?}"));
        }
    }
    for (place, claim) in found.iter().filter(|(place, _)| !expected.contains_key(place)) {
        wrong.push(format!("{place:?}: nobody expects {} = {}", claim["local"], claim["remote"]));
    }
    assert!(wrong.is_empty(), "{what}: {} wrong:\n{}", wrong.len(), wrong.join("\n"));
    go::say(&format!("{what}: {} directives", expected.len()));
}
