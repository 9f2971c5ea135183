//! Makes a program that is judged wrong smaller, and writes it as a question of testdata.

use std::fmt::Write;
use std::path::Path;

use super::common::go::Toolchain;
use super::recipe::{Mode, Recipe};
use super::truth::{Allowed, Truth};
use super::workshop::{self, Outcome};

/// Drops features one by one, then what is special about the build, while a complaint is left that
/// is about the same kind of thing.
pub fn reduce(
    recipe: &Recipe,
    outcome: Outcome,
    go: &Toolchain,
    folder: &Path,
) -> (Recipe, Outcome) {
    let mark = mark(&outcome.wrong);
    let (mut best, mut shown) = (recipe.clone(), outcome);
    let mut consider = |smaller: Recipe, best: &mut Recipe| {
        let outcome = workshop::judge(&smaller, go, folder);
        let same = outcome.wrong.iter().any(|line| self::mark(std::slice::from_ref(line)) == mark);
        if same {
            (*best, shown) = (smaller, outcome);
        }
    };
    for feature in &recipe.features {
        let mut smaller = best.clone();
        smaller.features.retain(|one| one.number != feature.number);
        if !smaller.features.is_empty() {
            consider(smaller, &mut best);
        }
    }
    if best.features.iter().any(|feature| feature.line) {
        let mut smaller = best.clone();
        smaller.features.iter_mut().for_each(|feature| feature.line = false);
        consider(smaller, &mut best);
    }
    if best.mode != Mode::Plain {
        let smaller = Recipe { mode: Mode::Plain, ..best.clone() };
        consider(smaller, &mut best);
    }
    if best.platform != ("linux", "amd64") {
        let smaller = Recipe { platform: ("linux", "amd64"), ..best.clone() };
        consider(smaller, &mut best);
    }
    if best.vendored {
        let smaller = Recipe { vendored: false, ..best.clone() };
        consider(smaller, &mut best);
    }
    (best, shown)
}

/// What a complaint is about, without names: another fault must not take the place of this one.
fn mark(wrong: &[String]) -> String {
    let first = wrong.first().map(String::as_str).unwrap_or_default();
    let how = first.split(' ').next().unwrap_or_default();
    let what = first.split_once('(').map(|(_, rest)| rest.split(')').next().unwrap_or_default());
    let outcome = first.split("): ").nth(1).and_then(|rest| rest.split([',', ' ']).next());
    format!("{how} {} {}", what.unwrap_or_default(), outcome.unwrap_or_default())
}

/// A program as `testdata/programs/questions` has them.
pub fn question(recipe: &Recipe) -> String {
    let (files, truths, prints) = recipe.draft().files();
    let mut text = format!("ask: {}\ngo: 1.{}\n", recipe.title(), recipe.minor);
    let flags = workshop::flags(recipe.mode);
    // Values that hold blanks cannot be written there.
    if !flags.is_empty() && !flags[0].contains(' ') {
        let _ = writeln!(text, "build: {}", flags.join(" "));
    }
    match recipe.mode {
        Mode::Test => text += "test: ./user\n",
        Mode::External => text += "cgo: yes\nbuild: -ldflags=-linkmode=external\n",
        mode if mode.is_library() => text += "cgo: yes\nrun: no\n",
        _ => {}
    }
    let own = if recipe.mode == Mode::Test { "user/main_test.go" } else { "main.go" };
    for (name, body) in &files {
        let _ = write!(text, "-- {name} --\n{body}");
        if name == own {
            text += &expectations(&truths);
            let lines = prints.iter().map(|line| format!("//gonym:prints \"{line}\"\n"));
            text += &lines.collect::<String>();
        }
    }
    text
}

fn expectations(truths: &[Truth]) -> String {
    let mut text = String::from("\n");
    for truth in truths {
        let pair = format!("{}:{}", truth.kind, truth.pair_text());
        if let Some(allowed) = truth.pair {
            let word = if allowed == Allowed::False { "refute" } else { "expect" };
            let _ =
                writeln!(text, "//gonym:{word} {pair} {}|unproven/ambiguous", allowed.outcomes());
        }
        if let Some(allowed) = truth.source.filter(|one| *one != Allowed::NotADirective) {
            let (form, kind) = (truth.form, truth.kind);
            let name = truth.pair_text();
            let _ = writeln!(text, "//gonym:source {form} {kind} {name} {}", allowed.outcomes());
        }
    }
    text
}
