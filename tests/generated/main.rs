//! Programs that know their truth, written from a seed, built, run and judged.
//!
//! A program is a handful of features, each of which writes its own files, knows which directives it
//! wrote, which it did not, and what the program prints if that is so. False claims stand beside the true
//! ones, and twins do the same thing without a directive. Every claim is judged as a pair and from
//! source, in a build with everything and in a stripped one. What source settles must be settled, but for what
//! `undecided.rs` names, with the program that is the same file. A wrong answer is printed with its seed
//! and a smaller program that still gets it, as a file for testdata/programs/questions.
//!
//! Beside the programs stand libraries, whose seeds are counted apart: `Run` of them is called from C or by a program
//! that opens them.
//!
//! `GONYM_GENERATED=N[,SEED]` runs N programs from SEED on over all versions and many platforms, and a library for
//! every 20 of them; `GONYM_GENERATED_LIBRARIES=N[,SEED]` runs N libraries and nothing else;
//! `GONYM_GENERATED_TABLE=FILE` keeps what was counted, shard by shard, and a run goes on where the file ends;
//! `GONYM_GENERATED_KEEP=1` leaves the modules and what was built of them below the target folder.

#[path = "../common/mod.rs"]
mod common;

mod asked;
mod chains;
mod draft;
mod functions;
mod handles;
mod libraries;
mod mains;
mod pushes;
mod random;
mod recipe;
mod reduce;
mod shards;
mod third;
mod truth;
mod undecided;
mod uses;
mod variables;
mod workshop;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::go::{self, Toolchain};
use rayon::prelude::*;
use recipe::{Platform, Range, Recipe, Seeds};
use shards::{Counts, Table};

/// How many programs are worked on at once: each starts a compiler.
const JOBS: usize = 2;

/// How many wrong programs are made smaller: each takes a dozen builds.
const REDUCED: usize = 12;

/// Versions and platforms of the small run: few, so that the standard library is compiled a few times.
const FEW: [u16; 3] = [19, 22, 27];
const FEW_PLATFORMS: [Platform; 4] =
    [("linux", "arm64"), ("windows", "amd64"), ("linux", "386"), ("darwin", "arm64")];
const SMALL: u64 = 60;
/// Each of the few versions in each mode of a library.
const SMALL_LIBRARIES: u64 = 9;

/// A long run has one library for so many programs.
const PROGRAMS_PER_LIBRARY: u64 = 20;

const PLATFORMS: [Platform; 12] = [
    ("linux", "386"),
    ("linux", "arm"),
    ("linux", "arm64"),
    ("linux", "ppc64le"),
    ("linux", "riscv64"),
    ("linux", "s390x"),
    ("linux", "mips"),
    ("darwin", "arm64"),
    ("darwin", "amd64"),
    ("windows", "amd64"),
    ("windows", "386"),
    ("freebsd", "amd64"),
];

/// How many seeds of a range, and the first.
type Asked = (Seeds, u64, u64);

/// What is asked for by the environment.
fn asked() -> Option<Vec<Asked>> {
    let variable = |name: &str| {
        let text = std::env::var(name).ok()?;
        let (count, first) = text.split_once(',').unwrap_or((&text, "1"));
        let number = |text: &str| text.trim().parse::<u64>().expect("N[,SEED]");
        Some((number(count), number(first)))
    };
    let libraries = variable("GONYM_GENERATED_LIBRARIES");
    let programs = variable("GONYM_GENERATED");
    let beside = programs.map(|(count, first)| {
        // Parts of a run have the libraries of the whole.
        let before = |seed: u64| seed.saturating_sub(1) / PROGRAMS_PER_LIBRARY;
        (before(first + count) - before(first), before(first) + 1)
    });
    let programs = programs.map(|(count, first)| (Seeds::Programs, count, first));
    let libraries = libraries.or(beside).map(|(count, first)| (Seeds::Libraries, count, first));
    let all: Vec<Asked> = programs.into_iter().chain(libraries).collect();
    (!all.is_empty()).then_some(all)
}

#[test]
fn generated_programs_are_judged_as_they_were_written_live_go_needed() {
    let full = asked();
    let minors: Vec<u16> = match full {
        Some(_) => go::RELEASES.iter().map(|(minor, _)| *minor).collect(),
        None => FEW.to_vec(),
    };
    let mut toolchains: Vec<Toolchain> = Vec::new();
    for minor in minors {
        match go::toolchain(minor) {
            Ok(toolchain) => toolchains.push(toolchain),
            Err(why) => go::skip(&format!("generated programs of Go 1.{minor}"), &why),
        }
    }
    if toolchains.is_empty() {
        return;
    }
    let minors: Vec<u16> = toolchains.iter().map(|go| go.minor).collect();
    let cgo = Command::new("gcc").arg("--version").output().is_ok_and(|said| said.status.success());
    if !cgo {
        go::skip("generated programs that the C linker links", "no gcc");
    }
    let range = Range {
        minors: &minors,
        platforms: if full.is_some() { &PLATFORMS } else { &FEW_PLATFORMS },
        thinned: 3,
        all_modes: full.is_some(),
        elsewhere: if full.is_some() { 2 } else { 4 },
        cgo,
    };
    let small = vec![(Seeds::Programs, SMALL, 1), (Seeds::Libraries, SMALL_LIBRARIES, 1)];
    let path = std::env::var_os("GONYM_GENERATED_TABLE").map(PathBuf::from);
    let mut run = Run {
        range: &range,
        toolchains: &toolchains,
        reduced: AtomicUsize::new(0),
        table: Table::read(path.as_deref()),
        path,
        wrong: Vec::new(),
    };
    for (of, count, first) in full.unwrap_or(small) {
        match libraries::possible(cgo) {
            Err(why) if of == Seeds::Libraries => go::skip("generated libraries", why),
            _ => run.seeds(of, count, first),
        }
    }
    for (of, what) in [(Seeds::Programs, "programs"), (Seeds::Libraries, "libraries")] {
        let sum = run.table.sum(of);
        go::say(&format!("{what}: {}", sum.summary()));
        let enough = sum.of("claims") >= 10 * sum.of("programs");
        assert!(enough, "too few claims of {what}: {}", sum.summary());
    }
    let wrong = run.wrong;
    assert!(wrong.is_empty(), "{} programs are judged wrong:\n{}", wrong.len(), wrong.join("\n\n"));
    for of in [Seeds::Programs, Seeds::Libraries] {
        let wrong = run.table.sum(of).of("wrong");
        assert_eq!(wrong, 0, "an earlier shard of the table holds wrong answers");
    }
}

/// What all programs of a run share.
struct Run<'a> {
    range: &'a Range<'a>,
    toolchains: &'a [Toolchain],
    /// How many wrong programs were made smaller.
    reduced: AtomicUsize,
    table: Table,
    path: Option<PathBuf>,
    wrong: Vec<String>,
}

impl Run<'_> {
    /// Seeds of one range, shard by shard.
    fn seeds(&mut self, of: Seeds, count: u64, first: u64) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(JOBS).build().expect("threads");
        let size = of.shard();
        for start in (first..first + count).step_by(usize::try_from(size).expect("small")) {
            if self.table.of(of).contains_key(&start) {
                continue;
            }
            let end = (start + size).min(first + count);
            let seeds: Vec<u64> = (start..end).collect();
            let done: Vec<(Counts, Option<String>)> =
                pool.install(|| seeds.par_iter().map(|seed| self.program(of, *seed)).collect());
            let mut counts = Counts::default();
            for (one, complaint) in done {
                counts.add(&one);
                self.wrong.extend(complaint);
            }
            go::say(&format!("{}{start}..{}: {}", of.word(), end - 1, counts.summary()));
            self.table.insert(of, start, counts);
            if let Some(path) = self.path.as_deref().filter(|_| end - start == size) {
                self.table.write(path);
            }
        }
    }

    /// One program: what is counted, and what is wrong with it, if anything.
    fn program(&self, of: Seeds, seed: u64) -> (Counts, Option<String>) {
        let recipe = match of {
            Seeds::Programs => Recipe::new(seed, self.range),
            Seeds::Libraries => Recipe::library(seed, self.range),
        };
        let mut all = self.toolchains.iter();
        let go = all.find(|go| go.minor == recipe.minor).expect("a toolchain of the range");
        let folder = workshop::folder(&recipe);
        let outcome = workshop::judge(&recipe, go, &folder);
        let counts = Counts::program(&recipe, &outcome);
        for (reason, line) in &outcome.open {
            go::say(&format!("{}: {reason}: {line}", recipe.title()));
        }
        let complaint = (!outcome.wrong.is_empty()).then(|| {
            let all = outcome.wrong.join("\n  ");
            let mut said = format!("{}\n  {all}", recipe.title());
            if self.reduced.fetch_add(1, Ordering::Relaxed) < REDUCED {
                let (smaller, outcome) = reduce::reduce(&recipe, outcome, go, &folder);
                let left = outcome.wrong.join("\n  ");
                said += &format!("\nreduced to:\n  {left}\n{}", reduce::question(&smaller));
            }
            go::say(&said);
            said
        });
        if std::env::var_os("GONYM_GENERATED_KEEP").is_none() {
            fs::remove_dir_all(&folder).expect("what was built");
        }
        (counts, complaint)
    }
}
