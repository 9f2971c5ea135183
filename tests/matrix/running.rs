//! Runs what this machine can run, by itself or through qemu, and holds what it says against the sources.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::cells::Cell;
use super::common::{
    self,
    expect::{self, Build},
};

/// What the programs of the fixtures print, which have no `//gonym:prints` lines: each number comes from
/// one function, so it says which body ran. Lines begin with these words.
const SAYS: [(&str, &[&str]); 5] = [
    ("nano", &["runtime.nanotime moved on"]),
    ("cgo", &["nanotime: true", "C: 3", "push: 52 2", "not a directive: 11"]),
    ("pgo", &["profile-guided call:"]),
    ("exttest", &["--- PASS: TestInside", "--- PASS: TestOutside"]),
    (
        "spine",
        &[
            "called: 101",
            "nanotime: true",
            "assembly target: 2",
            "method: 9",
            "escaped package: 1401 212",
            "exported target: 251",
            "inlined wrapper: 206 2",
            "handle and assembly of one name: 9222",
            "exported handle: 231 2",
            "generated code: 242",
            "value: 301",
            "started with go: 310",
            "deferred: after 1",
            "deferred in a loop: after 2",
            "push called by lib: 2004",
            "push inlined away: 1102",
            "push to no package: 1201",
            "push nobody asked for: 1301",
            "variable: 42 ghost: 1",
            "not a directive: 501 601 701 5",
            "same package: 801 901",
        ],
    ),
];

/// The architectures of linux that qemu-user runs, and its name for them.
const QEMU: [(&str, &str); 11] = [
    ("arm", "arm"),
    ("arm64", "aarch64"),
    ("loong64", "loongarch64"),
    ("mips", "mips"),
    ("mips64", "mips64"),
    ("mips64le", "mips64el"),
    ("mipsle", "mipsel"),
    ("ppc64", "ppc64"),
    ("ppc64le", "ppc64le"),
    ("riscv64", "riscv64"),
    ("s390x", "s390x"),
];

/// How often a program is started under qemu before its failure is believed: the emulator itself
/// loses threads and signals now and then, and what is proven is proven by one whole run.
const TRIES: usize = 3;

/// What runs the executables of a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runner {
    Native,
    Qemu(&'static str),
}

/// What can run a cell here, if anything.
pub fn runner(cell: &Cell) -> Option<Runner> {
    let executable = cell.mode.recipe().runs && cell.program.runs;
    if !executable || cell.os != "linux" || !cfg!(target_os = "linux") || dies(cell) {
        return None;
    }
    let native: &[&str] = match std::env::consts::ARCH {
        "x86_64" => &["amd64", "386"],
        "aarch64" => &["arm64"],
        _ => &[],
    };
    if native.contains(&cell.arch.as_str()) {
        return Some(Runner::Native);
    }
    let (_, qemu) = QEMU.iter().find(|(arch, _)| *arch == cell.arch)?;
    has_qemu(qemu).then_some(Runner::Qemu(qemu))
}

/// Programs that end by themselves, for reasons of their own.
fn dies(cell: &Cell) -> bool {
    // Two packages that declare one variable break C's rule of one definition; what Go up to 1.22 registers
    // with AddressSanitizer stops the program, and detect_odr_violation=0 does not help there (measured).
    let registers = cell.minor <= 22 && cell.mode == super::modes::Mode::Asan;
    // runtime.netpollinit of 1.22 writes 8 bytes at an address that is no multiple of 8: kernels make up
    // for it, qemu sends SIGBUS.
    let unaligned = cell.minor == 22 && cell.arch.starts_with("mips64");
    registers || unaligned
}

/// Whether that emulator is installed.
fn has_qemu(name: &str) -> bool {
    let mut command = Command::new(format!("qemu-{name}"));
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Why architectures that qemu knows cannot be run, if so.
pub fn missing() -> Option<String> {
    let missing: Vec<&str> =
        QEMU.iter().map(|(_, name)| *name).filter(|name| !has_qemu(name)).collect();
    (!missing.is_empty()).then(|| format!("no qemu-user for {}", missing.join(", ")))
}

/// Runs a cell's file; what is wrong with what it says, if anything.
pub fn run(cell: &Cell, runner: Runner, build: &Build, file: &Path) -> Option<String> {
    let tries = if runner == Runner::Native { 1 } else { TRIES };
    let mut wrong = None;
    for _ in 0..tries {
        wrong = complaint(cell, build, &output(cell, runner, file));
        if wrong.is_none() {
            break;
        }
    }
    wrong
}

fn output(cell: &Cell, runner: Runner, file: &Path) -> Output {
    // An emulator that hangs would hang the test.
    let mut command = Command::new("timeout");
    command.arg("120");
    if let Runner::Qemu(name) = runner {
        command.arg(format!("qemu-{name}"));
    }
    command.arg(file).stdin(Stdio::null());
    if cell.program.test.is_some() {
        command.arg("-test.v").current_dir(&cell.program.folder);
    }
    // Coverage is written where this says, and a complaint where nothing says so.
    command.env("GOCOVERDIR", common::scratch("coverage"));
    // What is left in memory at the end is no question here, and that two packages declare one variable
    // is what is asked.
    command.env("ASAN_OPTIONS", "detect_leaks=0:detect_odr_violation=0");
    command.output().unwrap_or_else(|error| panic!("{}: {error}", cell.id()))
}

fn complaint(cell: &Cell, build: &Build, output: &Output) -> Option<String> {
    let id = &build.id;
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    let said = String::from_utf8_lossy(&said).replace('\r', "");
    let tail = || said.chars().skip(said.chars().count().saturating_sub(600)).collect::<String>();
    if !output.status.success() {
        return Some(format!("{id}: ran and ended with {}: …{}", output.status, tail()));
    }
    let begins = SAYS.iter().find(|(program, _)| *program == cell.program.name);
    let lines = begins.map(|(_, lines)| *lines).unwrap_or_default();
    if let Some(line) = lines.iter().find(|line| !said.lines().any(|said| said.starts_with(**line)))
    {
        return Some(format!("{id}: did not say {line:?}: …{}", tail()));
    }
    let wanted = expect::sayings(&cell.program.lines.prints, build);
    let missing = wanted.iter().find(|line| !said.lines().any(|said| said == line.text))?;
    Some(format!("{id}: did not say {:?} ({}): …{}", missing.text, missing.place, tail()))
}
