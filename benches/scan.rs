//! What does it cost to find every directive of a tree, beside ripgrep's search for the same word in the same files?
//!
//! `cargo bench --bench scan [-- FOLDER [ROUNDS]]`; the folder is that of the `go` on PATH unless one is named. Measured
//! are the search alone, by a process of its own, and the whole of `gonym scan --all-files --format json`, which also
//! reads declarations, finds mistakes and writes a document. All run in turn, and what counts is user plus system
//! time as the kernel accounts it (/proc, so on Linux only). The aim of issue 4 is a ratio of at most 1.3; nothing is asserted.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gonym::source::search::{self, Remarks};

const ONCE: &str = "--search-once";

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.as_slice() {
        [word, folder] if word == ONCE => {
            let read = |_: &OsStr, bytes: &[u8]| Some(Remarks::read(bytes).linknames.len());
            let found =
                search::below(Path::new(folder), &read, &|_, counts| counts.iter().sum::<usize>());
            let directives: usize = found.folders.iter().sum();
            println!("{} files, {directives} directives", found.searched);
        }
        rest => compare(
            &rest.first().map_or_else(goroot, PathBuf::from),
            rest.get(1).map_or(20, |rounds| rounds.parse().expect("a number of rounds")),
        ),
    }
}

fn goroot() -> PathBuf {
    let output =
        Command::new("go").args(["env", "GOROOT"]).output().expect("a go on PATH, or a folder");
    Path::new(String::from_utf8_lossy(&output.stdout).trim()).join("src")
}

fn compare(folder: &Path, rounds: usize) {
    let folder = fs::canonicalize(folder).expect("a folder");
    let own = std::env::current_exe().expect("this program");
    let mut gonym = Command::new(own);
    gonym.arg(ONCE).arg(&folder);
    let mut ripgrep = Command::new("rg");
    ripgrep
        .args(["--no-ignore", "--hidden", "-j2", "-F", "-g", "*.go", "-c", "go:linkname"])
        .arg(&folder);
    if ripgrep.stdout(Stdio::null()).status().is_err() {
        eprintln!("SKIPPED, NOT MEASURED: ripgrep is not installed (cargo install ripgrep)");
        return;
    }
    let said = gonym.output().expect("this program runs");
    print!("{}: {}", folder.display(), String::from_utf8_lossy(&said.stdout));
    gonym.stdout(Stdio::null());
    let mut scan = Command::new(env!("CARGO_BIN_EXE_gonym"));
    scan.args(["scan", "--all-files", "--format", "json"]).arg(&folder);
    scan.stdout(Stdio::null()).stderr(Stdio::null());
    let (mut searches, mut scans, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        searches.push(cost(&mut gonym));
        theirs.push(cost(&mut ripgrep));
        scans.push(cost(&mut scan));
    }
    let theirs = shown("rg -F", theirs);
    for (name, costs) in [("search", searches), ("gonym scan", scans)] {
        println!("{name}: {:.2} of rg -F, by the sums", shown(name, costs) / theirs);
    }
}

/// Milliseconds of CPU of one run.
fn cost(command: &mut Command) -> f64 {
    let before = children();
    // 1: the tree holds a mistake, or for ripgrep no match. 3: it holds a file that is no Go.
    assert!(matches!(command.status().expect("it runs").code(), Some(0 | 1 | 3)));
    children() - before
}

fn shown(name: &str, mut costs: Vec<f64>) -> f64 {
    costs.sort_by(f64::total_cmp);
    let sum: f64 = costs.iter().sum();
    println!(
        "{name:10} CPU ms: least {:.0}, median {:.0}, sum of {} runs {sum:.0}",
        costs[0],
        costs[costs.len() / 2],
        costs.len()
    );
    sum
}

/// CPU time of all children that have ended: fields 16 and 17 of /proc/self/stat, in ticks of 10 ms.
fn children() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux's /proc");
    let (_, fields) = stat.rsplit_once(')').expect("a process name");
    let ticks = fields
        .split_whitespace()
        .skip(13)
        .take(2)
        .map(|ticks| ticks.parse::<f64>().expect("ticks"));
    ticks.sum::<f64>() * 10.0
}
