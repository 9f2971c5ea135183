//! The programs of testdata, built by every Go that gonym knows, run, and judged.
//!
//! Needs Go 1.21 or newer on PATH and says so where there is none (tests/common/go.rs). What is
//! expected stands in the sources. Two witnesses that are not gonym stand behind it here: the program
//! itself, which prints which bodies ran, and Go's objdump, which shows the calls. `GONYM_MATRIX=full`
//! builds every version for every platform; otherwise the platforms other than linux/amd64 and the
//! slower programs are built by a few versions only.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::expect::{self, Build, Expectation};
use common::go::{self, Order, Toolchain};
use common::objdump::{self, Call};
use rayon::prelude::*;

/// What the programs print: each number comes from one function, so it says which body ran.
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

/// How a program is built, beside its Go and its platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Plain,
    Pie,
    External,
    Test,
    Profile,
}

/// One program, one Go, one platform; linked with symbols, without DWARF and without names.
#[derive(Clone, Debug)]
struct Job {
    program: &'static str,
    minor: u16,
    os: &'static str,
    arch: &'static str,
    mode: Mode,
}

/// What became of a job.
#[derive(Default)]
struct Outcome {
    lines: Vec<String>,
    cells: usize,
    ran: usize,
    claims: usize,
    refuted: usize,
    witnessed: usize,
    verdicts: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

fn jobs(full: bool) -> Vec<Job> {
    let mut jobs = Vec::new();
    let mut add = |program, minors: &[u16], (os, arch), mode| {
        jobs.extend(minors.iter().map(|minor| Job { program, minor: *minor, os, arch, mode }));
    };
    let all: Vec<u16> = go::RELEASES.iter().map(|(minor, _)| *minor).collect();
    let some = |few: &'static [u16]| if full { all.as_slice() } else { few };
    let here = ("linux", "amd64");
    add("spine", &all, here, Mode::Plain);
    add("nano", &all, here, Mode::Plain);
    add("spine", some(&[21, 26]), here, Mode::Pie);
    add("exttest", some(&[18, 23, 27]), here, Mode::Test);
    // Profiles are read since 1.20 and devirtualise functions since 1.22.
    let profiled: Vec<u16> = some(&[22, 27]).iter().copied().filter(|minor| *minor >= 22).collect();
    add("pgo", &profiled, here, Mode::Profile);
    for platform in [("linux", "arm64"), ("darwin", "arm64"), ("windows", "amd64")] {
        add("spine", some(&[18, 22, 27]), platform, Mode::Plain);
        add("nano", some(&[22]), platform, Mode::Plain);
    }
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) && has_gcc() {
        add("cgo", some(&[20, 27]), here, Mode::External);
    } else {
        go::skip("the externally linked cells", "gcc on linux/amd64 is needed");
    }
    jobs
}

fn has_gcc() -> bool {
    Command::new("gcc").arg("--version").output().is_ok_and(|output| output.status.success())
}

#[test]
fn programs_built_by_every_go_are_judged_right_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("the matrix of Go versions", &why),
    };
    let full = std::env::var_os("GONYM_MATRIX").is_some_and(|value| value == "full");
    let (nm, objdump) = (witness.tool("nm"), witness.tool("objdump"));
    let mut toolchains: BTreeMap<u16, Toolchain> = BTreeMap::new();
    for (minor, version) in go::RELEASES {
        match go::toolchain(minor) {
            Ok(toolchain) => drop(toolchains.insert(minor, toolchain)),
            Err(why) => go::skip(&format!("every cell of Go {version}"), &why),
        }
    }
    let tools = Tools { witness, nm, objdump };
    let outcomes: Vec<Outcome> = jobs(full)
        .par_iter()
        .filter_map(|job| Some(tools.judge(job, toolchains.get(&job.minor)?)))
        .collect();
    for tool in [&tools.nm, &tools.objdump] {
        fs::remove_file(tool).expect("a tool that was built");
    }
    summarise(&outcomes);
}

fn summarise(outcomes: &[Outcome]) {
    let total = |count: fn(&Outcome) -> usize| outcomes.iter().map(count).sum::<usize>();
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for (verdict, count) in outcomes.iter().flat_map(|outcome| &outcome.verdicts) {
        *verdicts.entry(verdict).or_default() += count;
    }
    let wrong: Vec<&String> = outcomes.iter().flat_map(|outcome| &outcome.wrong).collect();
    go::say(&format!(
        "matrix: {} cells ({} run), {} claims ({} false, {} seen by objdump), wrong {}: {}",
        total(|outcome| outcome.cells),
        total(|outcome| outcome.ran),
        total(|outcome| outcome.claims),
        total(|outcome| outcome.refuted),
        total(|outcome| outcome.witnessed),
        wrong.len(),
        verdicts.iter().map(|(word, n)| format!("{word} {n}")).collect::<Vec<_>>().join(", "),
    ));
    assert!(wrong.is_empty(), "{} wrong:\n{wrong:#?}", wrong.len());
    // Nothing judged would be no success.
    assert!(total(|outcome| outcome.witnessed) > 0 && total(|outcome| outcome.refuted) > 0);
}

struct Tools {
    witness: Toolchain,
    nm: PathBuf,
    objdump: PathBuf,
}

impl Tools {
    fn judge(&self, job: &Job, go: &Toolchain) -> Outcome {
        let mut outcome = Outcome::default();
        let all = expect::expectations(job.program);
        let folder = common::testdata().join("programs").join(job.program);
        for ldflags in ["", "-w", "-s -w"] {
            let id = job.id(ldflags);
            let file = common::scratch("matrix").join(id.replace([' ', '/'], "_"));
            self.build(job, go, &folder, ldflags, &file);
            let functions = objdump::functions(&self.nm, &file);
            let names = if functions.contains("main.main") { "symtab" } else { "pclntab" };
            let kept = ldflags != "-s -w" || (job.os == "darwin" && job.minor < 22);
            assert!(names == "pclntab" || kept, "{id}: names that should be gone");
            let build = Build {
                id: id.clone(),
                minor: Some(job.minor),
                os: job.os.to_owned(),
                arch: job.arch.to_owned(),
                names: names.to_owned(),
            };
            let expected = expect::of_build(&all, &build);
            assert!(!expected.is_empty(), "{id} expects nothing");
            let ran = job.runs_here() && run(job, &file, &id);
            outcome.ran += usize::from(ran);
            if ldflags == "-w" {
                let calls = objdump::calls(&self.objdump, &file, "^(main|example.com/.*)[.]");
                outcome.witness(&id, &folder, &expected, &functions, &calls);
            }
            outcome.hold(&id, &file, &expected, ran);
            fs::remove_file(&file).expect("a file that was built");
        }
        go::say(&outcome.lines.join("\n"));
        outcome
    }

    fn build(&self, job: &Job, go: &Toolchain, folder: &Path, ldflags: &str, file: &Path) {
        let external = if job.mode == Mode::External { "-linkmode=external " } else { "" };
        let ldflags = format!("-ldflags={external}{ldflags}");
        let mut arguments = match job.mode {
            Mode::Test => vec!["test"],
            _ => vec!["build"],
        };
        arguments.extend(["-trimpath", "-buildvcs=false", &ldflags]);
        arguments.extend(match job.mode {
            Mode::Pie => Some("-buildmode=pie"),
            Mode::Profile => Some("-pgo=default.pgo"),
            _ => None,
        });
        arguments.push(if job.mode == Mode::Test { "./lib" } else { "." });
        let cgo = job.mode == Mode::External;
        let order = Order { folder, platform: (job.os, job.arch), cgo, arguments };
        go.build(&order, &self.witness, file);
    }
}

impl Job {
    fn id(&self, ldflags: &str) -> String {
        let Self { program, minor, os, arch, mode } = self;
        let mode = format!("{mode:?}").to_lowercase();
        format!("{program} go1.{minor} {os}/{arch} {mode} [{ldflags}]")
    }

    fn runs_here(&self) -> bool {
        let arch = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        let os = std::env::consts::OS;
        self.arch == arch && self.os == if os == "macos" { "darwin" } else { os }
    }
}

/// The program's own proof.
fn run(job: &Job, file: &Path, id: &str) -> bool {
    let mut command = Command::new(file);
    if job.mode == Mode::Test {
        command.arg("-test.v");
    }
    let output = command.output().unwrap_or_else(|error| panic!("{id}: {error}"));
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{id}: {}: {said}", output.status);
    let (_, lines) = SAYS.iter().find(|(program, _)| *program == job.program).expect("a program");
    for line in *lines {
        let whole = said.lines().any(|said| said.starts_with(line));
        assert!(whole, "{id}: the program did not say {line:?}: {said}");
    }
    true
}

impl Outcome {
    fn hold(&mut self, id: &str, file: &Path, expected: &[Expectation], ran: bool) {
        let pairs: Vec<String> = expected.iter().map(|one| one.pair.clone()).collect();
        let (mut proven, mut wrong) = (0, 0);
        for (one, answers) in expected.iter().zip(expect::judge(file, &pairs)) {
            for answer in &answers {
                self.claims += 1;
                self.refuted += usize::from(!one.exists);
                proven += usize::from(answer.outcome.starts_with("in-effect/"));
                *self.verdicts.entry(answer.outcome.clone()).or_default() += 1;
                let complaint = expect::complaint(id, one, answer);
                wrong += usize::from(complaint.is_some());
                self.wrong.extend(complaint);
            }
        }
        self.cells += 1;
        let ran = if ran { "ran" } else { "not run" };
        let claims = expected.len();
        self.lines.push(format!("{id}: {ran}, {claims} claims, {proven} proven, {wrong} wrong"));
    }

    /// Holds the expectations themselves against names and calls that Go's tools show.
    fn witness(
        &mut self,
        id: &str,
        folder: &Path,
        expected: &[Expectation],
        functions: &BTreeSet<String>,
        calls: &[Call],
    ) {
        for one in expected {
            let (local, remote) = one.names();
            let package = objdump::package(local);
            let own = own_files(folder, package);
            let called = calls.iter().any(|call| {
                // A grammar is no Go file: the symbol says whose code it became.
                let grammar = call.file.ends_with(".y") && objdump::package(&call.from) == package;
                call.to == remote && (own.contains(&call.file) || grammar)
            });
            let holds = match one.outcomes.as_slice() {
                [only] if only == "in-effect/referenced" => called,
                [only] if only == "unused/not-called" => !called && functions.contains(remote),
                [only] if only == "unused/absent" => !functions.contains(remote),
                [only] if only.starts_with("in-effect/foreign") => functions.contains(remote),
                _ => continue,
            };
            self.witnessed += 1;
            if !holds {
                let Expectation { place, outcomes, .. } = one;
                self.wrong.push(format!(
                    "{id}: Go's tools contradict {} {outcomes:?} ({place})",
                    one.pair
                ));
            }
        }
    }
}

/// Base names of the Go files of `package`, which lies below `folder` as its path says.
fn own_files(folder: &Path, package: &str) -> BTreeSet<String> {
    let path = package.replace("%2e", ".");
    let below = path.splitn(3, '/').nth(2).unwrap_or_default();
    let Ok(entries) = fs::read_dir(folder.join(below)) else { return BTreeSet::new() };
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names.filter_map(|name| name.into_string().ok()).filter(|name| name.ends_with(".go")).collect()
}
