//! Builds a program in both strips, runs it, and asks gonym about every claim.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::common::{self, go::Toolchain};
use super::recipe::{Mode, Recipe};
use super::truth::{Answer, Answers, Truth, complaints};

/// What became of a program.
pub struct Outcome {
    pub truths: Vec<Truth>,
    pub answers: Answers,
    /// Every wrong answer, failed build and unexpected output.
    pub wrong: Vec<String>,
    /// What is left open although source settles it.
    pub open: Vec<String>,
    pub ran: bool,
}

/// Builds, runs and judges.
pub fn judge(recipe: &Recipe, go: &Toolchain, folder: &Path) -> Outcome {
    let _ = fs::remove_dir_all(folder);
    let (files, truths, prints) = recipe.draft().files();
    let module = folder.join("g");
    for (name, text) in &files {
        let file = module.join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a scratch folder");
        fs::write(file, text).expect("a source");
    }
    let mut outcome = Outcome {
        truths,
        answers: Answers::default(),
        wrong: Vec::new(),
        open: Vec::new(),
        ran: false,
    };
    for strip in recipe.strips() {
        let file = folder.join(format!("built{}", strip.replace(' ', "")));
        if let Err(said) = build(recipe, go, &module, strip, &file) {
            outcome.wrong.push(format!("does not build: {said}"));
            return outcome;
        }
        if strip.is_empty() {
            match run(recipe, &module, &file, &prints) {
                Ok(ran) => outcome.ran = ran,
                Err(said) => outcome.wrong.push(said),
            }
        }
        pairs(&outcome.truths, strip, &file, &mut outcome.answers);
        let test = recipe.mode == Mode::Test;
        sources(&outcome.truths, strip, &module, &file, test, &mut outcome.answers);
    }
    outcome.wrong.append(&mut outcome.answers.complaints);
    for truth in &outcome.truths {
        let found = complaints(truth, &outcome.answers, &recipe.strips());
        outcome.wrong.extend(found.wrong);
        outcome.open.extend(found.open);
    }
    outcome
}

fn build(
    recipe: &Recipe,
    go: &Toolchain,
    module: &Path,
    strip: &str,
    file: &Path,
) -> Result<(), String> {
    let mut command = go.command(module);
    command.env("GOOS", recipe.platform.0).env("GOARCH", recipe.platform.1);
    command.env("CGO_ENABLED", if recipe.mode == Mode::External { "1" } else { "0" });
    let (verb, package): (&[&str], &str) = match recipe.mode {
        Mode::Test => (&["test", "-c", "-vet=off"], "./user"),
        _ => (&["build", "-buildvcs=false"], "."),
    };
    command.args(verb).args(flags(recipe.mode));
    let link = if recipe.mode == Mode::External { "-linkmode=external " } else { "" };
    command.arg(format!("-ldflags={}", format!("{link}{strip}").trim()));
    let output = command.arg("-o").arg(file).arg(package).output().expect("go runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    output.status.success().then_some(()).ok_or(said)
}

/// The flags of a mode, without those for the linker.
pub fn flags(mode: Mode) -> &'static [&'static str] {
    match mode {
        Mode::Plain | Mode::External | Mode::Test => &[],
        Mode::Pie => &["-buildmode=pie"],
        Mode::NoOpt => &["-gcflags=-N -l"],
        Mode::NoInline => &["-gcflags=-l"],
        Mode::Trimpath => &["-trimpath"],
    }
}

/// The emulator of an architecture; `Some("")` needs none.
fn emulator((os, arch): (&str, &str)) -> Option<&'static str> {
    if os != "linux" || !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return None;
    }
    let emulator = match arch {
        "amd64" | "386" => "",
        "arm" => "qemu-arm",
        "arm64" => "qemu-aarch64",
        "loong64" => "qemu-loongarch64",
        "ppc64le" => "qemu-ppc64le",
        "riscv64" => "qemu-riscv64",
        "s390x" => "qemu-s390x",
        "mips" => "qemu-mips",
        "mipsle" => "qemu-mipsel",
        _ => return None,
    };
    let there = emulator.is_empty()
        || Command::new(emulator).arg("--version").stdout(Stdio::null()).status().is_ok();
    there.then_some(emulator)
}

/// Runs the program where this machine can, and holds its lines against what was written.
fn run(
    recipe: &Recipe,
    module: &Path,
    file: &Path,
    prints: &BTreeSet<String>,
) -> Result<bool, String> {
    let Some(emulator) = emulator(recipe.platform) else { return Ok(false) };
    let mut command = Command::new("timeout");
    command.arg("60").args(Some(emulator).filter(|name| !name.is_empty())).arg(file);
    let output = command.current_dir(module).stdin(Stdio::null()).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: BTreeSet<&str> = said.lines().collect();
    let missing: Vec<&String> =
        prints.iter().filter(|line| !lines.contains(line.as_str())).collect();
    match output.status.success() && missing.is_empty() {
        true => Ok(true),
        false => Err(format!("ran, {}, without {missing:?}: {said}", output.status)),
    }
}

fn answer(claim: &Value) -> (String, Answer) {
    let word = |key: &str| claim[key].as_str().unwrap_or_default().to_owned();
    let name = format!("{}={}", word("local"), word("remote"));
    let (verdict, reason) = (word("verdict"), word("reason"));
    (name, Answer { verdict, reason, message: word("message") })
}

/// The only binary's claims in a report of `gonym check --format=json`, and its complaints.
fn report(
    folder: &Path,
    arguments: &[String],
    test: bool,
) -> Result<(Vec<Value>, Vec<Value>), String> {
    let output = common::gonym_in(folder, arguments);
    let report: Value = serde_json::from_slice(&output.stdout)
        .map_err(|why| format!("{why}: {}", String::from_utf8_lossy(&output.stderr)))?;
    let binary = &report["binaries"][0];
    let claims = binary["claims"].as_array().cloned().unwrap_or_default();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    // Test binaries of old versions record no modules, and a gap says so.
    let known = |gap: &Value| {
        gap["standing"] == "std" || (test && gap["code"] == "source-of-another-version")
    };
    let own = |gap: &Value| !known(gap);
    let mut gaps: Vec<Value> = list(&binary["gaps"]).into_iter().filter(own).collect();
    gaps.extend(list(&report["faults"]));
    Ok((claims, gaps))
}

fn pairs(truths: &[Truth], strip: &'static str, file: &Path, answers: &mut Answers) {
    let asked = truths.iter().filter(|truth| truth.pair.is_some());
    let mut arguments = vec!["check".to_owned(), "--format=json".to_owned()];
    arguments.extend(asked.map(|truth| format!("--pair={}:{}", truth.kind, truth.pair_text())));
    arguments.push(file.display().to_string());
    // Not where the module lies: nothing but the binary is asked.
    match report(Path::new("/"), &arguments, false) {
        Ok((claims, gaps)) => {
            answers.complaints.extend(gaps.iter().map(|gap| format!("pair [{strip}]: {gap}")));
            let told = claims.iter().map(answer);
            answers.pairs.extend(told.map(|(name, answer)| ((strip, name), answer)));
        }
        Err(said) => answers.complaints.push(format!("pair [{strip}]: no report: {said}")),
    }
}

fn sources(
    truths: &[Truth],
    strip: &'static str,
    module: &Path,
    file: &Path,
    test: bool,
    answers: &mut Answers,
) {
    let known: BTreeMap<String, &Truth> = truths
        .iter()
        .filter(|truth| truth.source.is_some())
        .map(|truth| (truth.pair_text(), truth))
        .collect();
    if known.is_empty() {
        return;
    }
    let arguments = ["check".to_owned(), "--format=json".to_owned(), file.display().to_string()];
    let (claims, gaps) = match report(module, &arguments, test) {
        Ok(report) => report,
        Err(said) => {
            answers.complaints.push(format!("source [{strip}]: no report: {said}"));
            return;
        }
    };
    answers.complaints.extend(gaps.iter().map(|gap| format!("source [{strip}]: {gap}")));
    for (name, told) in claims.iter().map(answer) {
        if !known.contains_key(&name) {
            let outcome = told.outcome();
            let what = format!("source [{strip}]: nobody wrote {name}, which is {outcome}");
            answers.complaints.push(what);
        }
        answers.sources.insert((strip, name), told);
    }
}

/// A folder of its own for one program.
pub fn folder(seed: u64) -> PathBuf {
    common::scratch("generated").join(format!("{seed}-{}", std::process::id()))
}
