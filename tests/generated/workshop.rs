//! Builds a program in both strips, runs it, and asks gonym about every claim.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::asked::Question;
use super::common::{self, go::Toolchain};
use super::libraries;
use super::recipe::{Mode, Recipe, Seeds};
use super::truth::{Answers, Truth, complaints};
use super::undecided;

/// One program in so many is asked on the command line as well.
const ON_THE_COMMAND_LINE: u64 = 25;

/// What became of a program.
pub struct Outcome {
    pub truths: Vec<Truth>,
    pub answers: Answers,
    /// Every wrong answer, failed build and unexpected output.
    pub wrong: Vec<String>,
    /// What is left open from source, and why.
    pub open: Vec<(&'static str, String)>,
    pub ran: bool,
}

/// Builds, runs and judges.
pub fn judge(recipe: &Recipe, go: &Toolchain, folder: &Path) -> Outcome {
    let _ = fs::remove_dir_all(folder);
    let (files, mut truths, prints) = recipe.draft().files();
    if !libraries::records_build(recipe) {
        truths.iter_mut().for_each(|truth| truth.source = None);
    }
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
            match run(recipe, go, &module, &file, &prints) {
                Ok(ran) => outcome.ran = ran,
                Err(said) => outcome.wrong.push(said),
            }
        }
        let (truths, module) = (&outcome.truths, module.as_path());
        let question = Question { truths, strip, module, file: &file };
        question.ask(&mut outcome.answers);
        if recipe.seed.is_multiple_of(ON_THE_COMMAND_LINE) {
            outcome.wrong.extend(question.differences(&outcome.answers));
        }
    }
    outcome.wrong.append(&mut outcome.answers.complaints);
    for truth in &outcome.truths {
        let found = complaints(truth, &outcome.answers, &recipe.strips());
        outcome.wrong.extend(found.wrong);
        for (line, message) in found.open {
            match undecided::reason(recipe, truth, &message) {
                Some(reason) => outcome.open.push((reason, line)),
                None => outcome.wrong.push(line),
            }
        }
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
    if let Some(flag) = libraries::of_binutils(strip) {
        return libraries::strip(flag, &file.with_file_name("built"), file);
    }
    let mut command = go.command(module);
    command.env("GOOS", recipe.platform.0).env("GOARCH", recipe.platform.1);
    let cgo = recipe.mode == Mode::External || recipe.mode.is_library();
    command.env("CGO_ENABLED", if cgo { "1" } else { "0" });
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
        Mode::CShared => &["-buildmode=c-shared"],
        Mode::CArchive => &["-buildmode=c-archive"],
        Mode::Plugin => &["-buildmode=plugin"],
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
    go: &Toolchain,
    module: &Path,
    file: &Path,
    prints: &BTreeSet<String>,
) -> Result<bool, String> {
    let Some(emulator) = emulator(recipe.platform) else { return Ok(false) };
    if recipe.mode == Mode::Pie && !emulator.is_empty() {
        // It needs the other architecture's loader of shared libraries.
        return Ok(false);
    }
    let mut command = Command::new("timeout");
    command.arg("60").args(Some(emulator).filter(|name| !name.is_empty()));
    match recipe.mode.is_library() {
        true => command.args(libraries::host(recipe.mode, go, file)?),
        false => command.arg(file),
    };
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

/// A folder of its own for one program.
pub fn folder(recipe: &Recipe) -> PathBuf {
    let of = if recipe.of == Seeds::Libraries { "library-" } else { "" };
    common::scratch("generated").join(format!("{of}{}-{}", recipe.seed, std::process::id()))
}
