//! `gonym check` on executables that others built: whatever folder `GONYM_CORPUS` names.
//!
//! The pairs are pushes of Go's runtime that stand in the sources of every release from 1.18 to 1.27;
//! which release built a file is what Go's own `go version` says of it.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{go, objdump};
use serde_json::Value;

const PAIRS: [&str; 10] = [
    "runtime.notifyListAdd=sync.runtime_notifyListAdd",
    "runtime.notifyListNotifyAll=sync.runtime_notifyListNotifyAll",
    "runtime.os_beforeExit=os.runtime_beforeExit",
    "runtime.poll_runtime_Semacquire=internal/poll.runtime_Semacquire",
    "runtime.poll_runtime_pollClose=internal/poll.runtime_pollClose",
    "runtime.poll_runtime_pollOpen=internal/poll.runtime_pollOpen",
    "runtime.poll_runtime_pollWait=internal/poll.runtime_pollWait",
    "runtime.reflect_typedmemmove=reflect.typedmemmove",
    "runtime.reflect_unsafe_New=reflect.unsafe_New",
    "runtime.timeSleep=time.Sleep",
];

/// Which Go built a file, as Go's own `go version` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Age {
    /// Older than any release that gonym judges.
    Before118,
    /// From 1.18 on: the pairs are true.
    Since118,
    /// No build information: the pairs may be true.
    Unknown,
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
    let nm = witness.tool("nm");
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<(Age, String), usize> = BTreeMap::new();
    let mut greatest = (0.0, String::new());
    let mut named = 0;
    for file in &files {
        let version = version(&witness, file);
        let age = version.as_deref().and_then(minor).map_or(Age::Unknown, |minor| match minor {
            ..18 => Age::Before118,
            18.. => Age::Since118,
        });
        let run = run(file);
        let at = format!("{} ({})", file.display(), version.as_deref().unwrap_or("no version"));
        let size = fs::metadata(file).expect("a file").len();
        if let Some(peak) = run.peak {
            let share = peak as f64 / (BASE_MEMORY + 4 * size) as f64;
            if share > greatest.0 {
                greatest = (share, format!("{at}: {} MiB for {} MiB", peak >> 20, size >> 20));
            }
            if share > 1.0 {
                wrong.push(format!("{at}: {peak} bytes of memory for {size}"));
            }
        }
        wrong.extend(complaint(&at, file, age, &run));
        if age == Age::Since118 {
            let functions = objdump::functions(&nm, file);
            named += usize::from(functions.contains("main.main"));
            wrong.extend(lost(&at, &functions, &run));
        }
        for outcome in outcomes(&run) {
            *counts.entry((age, outcome)).or_default() += 1;
        }
    }
    fs::remove_file(nm).expect("a tool that was built");
    let rows = counts.iter().map(|((age, outcome), n)| format!("\n  {n:6} {age:?} {outcome}"));
    go::say(&format!(
        "corpus: {} files, {named} of them held against nm, wrong {}; most memory {}{}",
        files.len(),
        wrong.len(),
        greatest.1,
        rows.collect::<String>()
    ));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    let proven = counts.keys().any(|(_, outcome)| outcome.starts_with("in-effect/"));
    assert!(proven, "nothing was proven in the whole corpus");
}

fn complaint(at: &str, file: &Path, age: Age, run: &Run) -> Option<String> {
    let binaries = run.report["binaries"].as_array().map_or(0, Vec::len);
    if binaries == 0 {
        let right = run.code == Some(3) && !is_known_format(file);
        return (!right).then(|| format!("{at}: exit {:?} and no binary in the report", run.code));
    }
    let outcomes = outcomes(run);
    if outcomes.len() != PAIRS.len() * binaries {
        return Some(format!("{at}: {} answers", outcomes.len()));
    }
    let proven = outcomes.iter().all(|outcome| outcome.starts_with("in-effect/"));
    let wanted: &[i32] = match age {
        Age::Before118 => &[1, 3],
        _ if proven => &[0],
        Age::Since118 => &[1],
        Age::Unknown => &[1, 3],
    };
    if !run.code.is_some_and(|code| wanted.contains(&code)) {
        return Some(format!("{at}: exit {:?}, wanted {wanted:?}: {outcomes:?}", run.code));
    }
    let lie = outcomes.iter().find(|outcome| match age {
        Age::Before118 => !outcome.starts_with("unproven/"),
        Age::Since118 | Age::Unknown => outcome.starts_with("not-in-effect/"),
    });
    lie.map(|lie| format!("{at}: {lie}: {outcomes:?}"))
}

/// A push whose remote Go's nm lists, and that is not proven.
fn lost(at: &str, functions: &BTreeSet<String>, run: &Run) -> Option<String> {
    let answers = outcomes(run);
    let mut answered = PAIRS.iter().cycle().zip(&answers);
    let (pair, answer) = answered.find(|(pair, answer)| {
        let (_, remote) = pair.split_once('=').expect("LOCAL=REMOTE");
        functions.contains(remote) && !answer.starts_with("in-effect/")
    })?;
    Some(format!("{at}: nm lists the remote of {pair}, gonym says {answer}"))
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
fn run(file: &Path) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.args(["check", "--format=json"]).arg(file);
    command.args(PAIRS.iter().map(|pair| format!("--pair=func:{pair}")));
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
