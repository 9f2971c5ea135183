//! Does `gonym check FILE` find in the sources what a directive is used for, line by line?
//!
//! The questions whose sources say `//gonym:owed` are built, run, and checked in their own folder without any
//! claim: mentions, scopes and positions come from gonym's own reading. Needs Go, and says so where there is none.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::go::{self, Order, Toolchain};
use common::owed;
use common::program::Program;

/// A version, flags, and which of three outcomes they leave.
const BUILDS: &[(u16, &[&str], usize)] =
    &[(22, &["-trimpath"], 0), (27, &["-ldflags=-s -w"], 2), (TESTS, &[], 0)];

/// Tests are built with a version that records some of their modules: 1.24 to 1.26.
const TESTS: u16 = 24;

/// Questions that one row of the faults about lines is about; all others are the first row's.
const ROWS: [&[&str]; 4] = [LINES, DOT_IMPORTS, CONSTANTS, NEAR_MISSES];
const LINES: &[&str] = &["233", "234", "280", "281"];
const DOT_IMPORTS: &[&str] = &["235", "236", "282", "283"];
const CONSTANTS: &[&str] = &["237", "238"];
const NEAR_MISSES: &[&str] = &["242", "284", "285"];

#[test]
fn fault_b_statements_are_the_places_of_mentions_live_go_needed() {
    hold(|number| !ROWS.concat().contains(&number));
}

/// `//line`, as generators write it: a mention has the place that the compiler records.
#[test]
fn fault_b_lines_that_a_generator_set_live_go_needed() {
    hold(|number| LINES.contains(&number));
}

/// `import . "example.com/q/shim"` names the handle.
#[test]
fn fault_b_dot_imports_name_handles_live_go_needed() {
    hold(|number| DOT_IMPORTS.contains(&number));
}

/// `unsafe.Sizeof(hidden)`, and what is compiled away.
#[test]
fn fault_b_constants_and_dropped_code_prove_nothing_live_go_needed() {
    hold(|number| CONSTANTS.contains(&number));
}

/// U+00A0, and whatever else is no directive or looks as if it were none.
#[test]
fn fault_b_what_is_no_directive_beside_one_live_go_needed() {
    hold(|number| NEAR_MISSES.contains(&number));
}

/// Every question whose number is `wanted`: tests run at the same time, and each has its own.
fn hold(wanted: impl Fn(&str) -> bool) {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(witness) => witness,
        Err(why) => return go::skip("places of mentions", &why),
    };
    let only = std::env::var("GONYM_PLACES_ONLY").unwrap_or_default();
    let numbers = Program::numbers();
    let numbers = numbers.iter().filter(|number| wanted(number));
    let mut programs: Vec<Program> =
        numbers.map(|number| Program::numbered(number, "places")).collect();
    programs.retain(|program| !program.lines.owed.is_empty() && program.name.contains(&only));
    assert!(!programs.is_empty() || !only.is_empty(), "no program");
    let (mut wrong, mut right) = (Vec::new(), 0);
    for (minor, flags, holding) in BUILDS {
        let toolchain = match go::toolchain(*minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("places of mentions, go1.{minor}"), &why);
                continue;
            }
        };
        let asked = |program: &&Program| {
            program.minors.contains(minor) && program.test.is_some() == (*minor == TESTS)
        };
        for program in programs.iter().filter(asked) {
            let app = build(&toolchain, &witness, program, flags);
            prints(program, &app);
            let what = format!("{} go1.{minor} {flags:?}", program.name);
            right += owed::compare(&what, program, &app, *holding, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{} wrong, {right} right:\n{}", wrong.len(), wrong.join("\n"));
    go::say(&format!("{right} directives of {} programs", programs.len()));
}

fn build(toolchain: &Toolchain, witness: &Toolchain, program: &Program, flags: &[&str]) -> PathBuf {
    let name = format!("{}-{}-{}", program.name, toolchain.version, std::process::id());
    let file = common::scratch("places").join(name);
    let (verb, package) = match &program.test {
        Some(package) => ("test", package.as_str()),
        None => ("build", "."),
    };
    // Of several the last would count.
    let all = program.flags.iter().map(String::as_str).chain(flags.iter().copied());
    let (link, flags): (Vec<&str>, Vec<&str>) = all.partition(|flag| flag.starts_with("-ldflags="));
    let link: Vec<&str> = link.iter().filter_map(|flag| flag.strip_prefix("-ldflags=")).collect();
    let link = format!("-ldflags={}", link.join(" "));
    let arguments = [&[verb], flags.as_slice(), &[link.as_str(), package]].concat();
    let order = Order {
        folder: &program.folder,
        platform: ("linux", "amd64"),
        cgo: program.cgo,
        arguments,
    };
    toolchain.build(&order, witness, &file);
    file
}

/// The program runs and says what its sources promise.
fn prints(program: &Program, app: &Path) {
    let output = Command::new(app).output().expect("the program runs");
    assert!(output.status.success(), "{}: {}", program.name, output.status);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for line in &program.lines.prints {
        assert!(said.lines().any(|said| said == line.text), "{}: {said}", program.name);
    }
}
