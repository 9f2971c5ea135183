//! `gonym check` on executables that others built: whatever folder `GONYM_CORPUS` names.
//!
//! The pairs are directives that stand in the sources of the standard library; which release built a
//! file is what Go's own `go version` says of it, and that the proven ones are called, its objdump.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{
    go,
    objdump::{self, Call},
};
use serde_json::Value;

/// A directive of the standard library.
struct Row {
    pair: &'static str,
    /// The minor versions whose sources hold it, read with
    /// `grep -rn '^//go:linkname' $GOROOT/src/{runtime,time}` of 1.14.15, 1.16.15 to 1.27.4.
    since: u16,
    until: u16,
    /// Code that every program holds calls the remote directly: a pull must be proven by the call, a
    /// push by whose body is called. Go's objdump is asked of every file whether that is so.
    called: bool,
}

const NEWEST: u16 = u16::MAX;

const fn called(since: u16, until: u16, pair: &'static str) -> Row {
    Row { pair, since, until, called: true }
}

const fn other(pair: &'static str) -> Row {
    Row { pair, since: 14, until: NEWEST, called: false }
}

impl Row {
    fn names(&self) -> (&'static str, &'static str) {
        self.pair.split_once('=').expect("LOCAL=REMOTE")
    }
}

/// Ten for each version.
const ROWS: [Row; 11] = [
    // Called where package time starts; since 1.24 runtime pushes a function of its own.
    called(14, 23, "time.runtimeNano=runtime.nanotime"),
    called(24, NEWEST, "runtime.time_runtimeNano=time.runtimeNano"),
    // Both where package sync starts.
    called(14, NEWEST, "runtime.sync_runtime_registerPoolCleanup=sync.runtime_registerPoolCleanup"),
    called(14, NEWEST, "runtime.notifyListCheck=sync.runtime_notifyListCheck"),
    // Both in os.Exit.
    called(14, NEWEST, "runtime.os_beforeExit=os.runtime_beforeExit"),
    called(14, NEWEST, "runtime.syscall_Exit=syscall.Exit"),
    // Where time.now is written in assembly (windows, linux/amd64), this is a pull of runtime's.
    other("runtime.time_now=time.now"),
    other("runtime.timeSleep=time.Sleep"),
    // Neither is called on windows.
    other("runtime.os_runtime_args=os.runtime_args"),
    other("runtime.syscall_runtime_envs=syscall.runtime_envs"),
    other("runtime.poll_runtime_pollWait=internal/poll.runtime_pollWait"),
];

/// Which Go built a file, as Go's own `go version` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Age {
    /// 1.`minor`.
    Minor(u16),
    /// No build information: only what every version has may be claimed.
    Unknown,
}

impl Age {
    fn rows(self) -> Vec<&'static Row> {
        let has = |row: &&Row| match self {
            Self::Minor(minor) => (row.since..=row.until).contains(&minor),
            Self::Unknown => row.until == NEWEST && row.since == 14,
        };
        let rows: Vec<&Row> = ROWS.iter().filter(has).collect();
        assert_eq!(rows.len(), if self == Self::Unknown { 9 } else { 10 }, "{self:?}");
        rows
    }

    /// Whether this version's function table is one that gonym judges by.
    fn is_judged(self) -> bool {
        !matches!(self, Self::Minor(..18))
    }
}

/// What gonym may use beside four times the file.
const BASE_MEMORY: u64 = 64 << 20;

struct Run {
    code: Option<i32>,
    report: Value,
    /// Peak resident memory, where the system tells.
    peak: Option<u64>,
}

#[test]
fn executables_of_the_corpus_are_judged_right_corpus_folder_needed() {
    let Some(folder) = std::env::var_os("GONYM_CORPUS") else {
        return go::say("SKIPPED, NOT TESTED: the corpus: GONYM_CORPUS names no folder");
    };
    let witness = match go::toolchain(go::WITNESS) {
        Ok(witness) => witness,
        Err(why) => return go::skip("the corpus", &why),
    };
    let entries = fs::read_dir(&folder).expect("the folder that GONYM_CORPUS names");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    assert!(!files.is_empty(), "GONYM_CORPUS names an empty folder");
    let (nm, objdump) = (witness.tool("nm"), witness.tool("objdump"));
    let court = Court { witness, nm, objdump };
    let mut tally = Tally::default();
    for file in &files {
        court.hear(file, &mut tally);
    }
    for tool in [&court.nm, &court.objdump] {
        fs::remove_file(tool).expect("a tool that was built");
    }
    tally.close(files.len());
}

/// Go's own tools.
struct Court {
    witness: go::Toolchain,
    nm: PathBuf,
    objdump: PathBuf,
}

#[derive(Default)]
struct Tally {
    wrong: Vec<String>,
    counts: BTreeMap<(Age, String), usize>,
    /// The greatest share of the memory that is allowed, and whose.
    greatest: (f64, String),
    /// Files whose names nm lists, and those whose calls objdump shows.
    named: usize,
    witnessed: BTreeMap<Age, usize>,
}

impl Tally {
    fn close(self, files: usize) {
        let rows =
            self.counts.iter().map(|((age, outcome), n)| format!("\n  {n:6} {age:?} {outcome}"));
        go::say(&format!(
            "corpus: {files} files, {} of them held against nm, against objdump {:?}, wrong {}; most memory {}{}",
            self.named,
            self.witnessed,
            self.wrong.len(),
            self.greatest.1,
            rows.collect::<String>()
        ));
        assert!(self.wrong.is_empty(), "{} wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
        // Nothing judged would be no success.
        assert!(!self.witnessed.is_empty(), "objdump showed no call in the whole corpus");
        let proven = self.counts.keys().any(|(_, outcome)| outcome.starts_with("in-effect/"));
        assert!(proven, "nothing was proven in the whole corpus");
    }
}

impl Court {
    fn hear(&self, file: &Path, tally: &mut Tally) {
        let version = version(&self.witness, file);
        let age = version.as_deref().and_then(minor).map_or(Age::Unknown, Age::Minor);
        let rows = age.rows();
        let run = run(file, &rows);
        let at = format!("{} ({})", file.display(), version.as_deref().unwrap_or("no version"));
        tally.wrong.extend(memory(&at, file, &run, &mut tally.greatest));
        tally.wrong.extend(complaint(&at, file, age, &rows, &run));
        let functions = objdump::functions(&self.nm, file);
        if functions.contains("main.main") {
            tally.named += 1;
            tally.wrong.extend(lost(&at, &functions, &rows, &run));
            if let Some(calls) = self.calls(file) {
                *tally.witnessed.entry(age).or_default() += 1;
                tally.wrong.extend(uncalled(&at, &rows, &calls));
            }
        }
        for outcome in outcomes(&run) {
            *tally.counts.entry((age, outcome)).or_default() += 1;
        }
    }

    /// Calls out of the packages that call what every program calls, where Go's objdump reads them.
    fn calls(&self, file: &Path) -> Option<Vec<Call>> {
        let calls = objdump::calls(&self.objdump, file, "^(time|sync|os)[.]");
        (!calls.is_empty()).then_some(calls)
    }
}

fn memory(at: &str, file: &Path, run: &Run, greatest: &mut (f64, String)) -> Option<String> {
    let size = fs::metadata(file).expect("a file").len();
    let peak = run.peak?;
    let share = peak as f64 / (BASE_MEMORY + 4 * size) as f64;
    if share > greatest.0 {
        *greatest = (share, format!("{at}: {} MiB for {} MiB", peak >> 20, size >> 20));
    }
    (share > 1.0).then(|| format!("{at}: {peak} bytes of memory for {size}"))
}

fn complaint(at: &str, file: &Path, age: Age, rows: &[&Row], run: &Run) -> Option<String> {
    let binaries = run.report["binaries"].as_array().map_or(0, Vec::len);
    if binaries == 0 {
        let right = run.code == Some(3) && !is_known_format(file);
        return (!right).then(|| format!("{at}: exit {:?} and no binary in the report", run.code));
    }
    let outcomes = outcomes(run);
    if outcomes.len() != rows.len() * binaries {
        return Some(format!("{at}: {} answers", outcomes.len()));
    }
    let proven = outcomes.iter().all(|outcome| outcome.starts_with("in-effect/"));
    let wanted: &[i32] = match age.is_judged() {
        true if proven => &[0],
        true => &[1],
        false => &[1, 3],
    };
    if !run.code.is_some_and(|code| wanted.contains(&code)) {
        return Some(format!("{at}: exit {:?}, wanted {wanted:?}: {outcomes:?}", run.code));
    }
    let mut answers = rows.iter().cycle().zip(&outcomes);
    let lie = answers.find(|(row, outcome)| {
        outcome.starts_with("not-in-effect/")
            || row.called && age.is_judged() && !outcome.starts_with("in-effect/")
    });
    lie.map(|(row, outcome)| format!("{at}: {} is {outcome}: {outcomes:?}", row.pair))
}

/// A push whose remote Go's nm lists, and that is not proven.
fn lost(at: &str, functions: &BTreeSet<String>, rows: &[&Row], run: &Run) -> Option<String> {
    let answers = outcomes(run);
    let mut answered = rows.iter().cycle().zip(&answers);
    let (row, answer) = answered.find(|(row, answer)| {
        let (_, remote) = row.names();
        functions.contains(remote) && answer.starts_with("unused/absent")
    })?;
    Some(format!("{at}: nm lists the remote of {}, gonym says {answer}", row.pair))
}

/// A row that the table calls `called` and that nobody but the remote's provider calls.
fn uncalled(at: &str, rows: &[&Row], calls: &[Call]) -> Option<String> {
    let row = rows.iter().filter(|row| row.called).find(|row| {
        let (local, remote) = row.names();
        let local = objdump::package(local);
        // A pull is called by the local package, a push by anyone else.
        let fits = |caller| (caller == local) != (local == "runtime");
        !calls.iter().any(|call| call.to == remote && fits(objdump::package(&call.from)))
    })?;
    Some(format!("{at}: objdump shows no call of {}", row.pair))
}

/// ELF, Mach-O (fat too) or PE by the first bytes.
fn is_known_format(file: &Path) -> bool {
    let mut start = [0; 4];
    let read = fs::File::open(file).and_then(|mut file| file.read_exact(&mut start));
    let machos: [[u8; 3]; 4] =
        [[0xfe, 0xed, 0xfa], [0xce, 0xfa, 0xed], [0xcf, 0xfa, 0xed], [0xca, 0xfe, 0xba]];
    read.is_ok()
        && (start.starts_with(b"\x7fELF")
            || start.starts_with(b"MZ")
            || machos.iter().any(|magic| start.starts_with(magic)))
}

fn outcomes(run: &Run) -> Vec<String> {
    let binaries = run.report["binaries"].as_array().into_iter().flatten();
    let claims = binaries.flat_map(|binary| binary["claims"].as_array().into_iter().flatten());
    let word = |claim: &Value, key: &str| claim[key].as_str().unwrap_or_default().to_owned();
    claims.map(|claim| format!("{}/{}", word(claim, "verdict"), word(claim, "reason"))).collect()
}

/// Runs gonym, and looks at its peak memory until it ends.
fn run(file: &Path, rows: &[&Row]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.args(["check", "--format=json"]).arg(file);
    command.args(rows.iter().map(|row| format!("--pair=func:{}", row.pair)));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("gonym");
    let mut pipe = child.stdout.take().expect("a pipe");
    let reader = std::thread::spawn(move || {
        let mut output = Vec::new();
        pipe.read_to_end(&mut output).expect("gonym's output");
        output
    });
    let mut peak = None;
    let status = loop {
        // The high-water mark never sinks: only what is allocated in the last moment escapes.
        peak = high_water(child.id()).max(peak);
        if let Some(status) = child.try_wait().expect("gonym ends") {
            break status;
        }
        std::thread::sleep(Duration::from_micros(300));
    };
    let output = reader.join().expect("gonym's output");
    let report = serde_json::from_slice(&output).unwrap_or(Value::Null);
    assert!(peak.is_some() || !cfg!(target_os = "linux"), "{}: no peak seen", file.display());
    Run { code: status.code(), report, peak }
}

/// VmHWM of a process, in bytes.
fn high_water(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes << 10)
}

/// `go1.22.1`, as Go reads it from the file.
fn version(witness: &go::Toolchain, file: &Path) -> Option<String> {
    let mut command = witness.command(Path::new("/"));
    let output = command.arg("version").arg(file).output().expect("go runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (_, version) = text.trim().rsplit_once(": ")?;
    Some(version.to_owned())
}

fn minor(version: &str) -> Option<u16> {
    let rest = version.strip_prefix("go1.")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
