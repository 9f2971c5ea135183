//! Programs that know their truth, written from a seed, built, run and judged.
//!
//! A program is a handful of features, each of which writes its own files, knows which directives it
//! wrote, which it did not, and what the program prints if that is so. False claims stand beside the true
//! ones, and twins do the same thing without a directive. Every claim is judged as a pair and from
//! source, in a build with everything and in a stripped one. What source settles must be settled, but for what
//! `undecided.rs` names, with the program that is the same file. A wrong answer is printed with its seed
//! and a smaller program that still gets it, as a file for testdata/programs/questions.
//!
//! `GONYM_GENERATED=N[,SEED]` runs N programs from SEED on over all versions and many platforms;
//! `GONYM_GENERATED_TABLE=FILE` keeps what was counted, shard by shard, and a run goes on where the file ends;
//! `GONYM_GENERATED_KEEP=1` leaves the modules and what was built of them below the target folder.

#[path = "../common/mod.rs"]
mod common;

mod asked;
mod chains;
mod draft;
mod functions;
mod handles;
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
use recipe::{Platform, Range, Recipe};
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

/// What is asked for by the environment: how many programs, from which seed on.
fn asked() -> Option<(u64, u64)> {
    let text = std::env::var("GONYM_GENERATED").ok()?;
    let (count, first) = text.split_once(',').unwrap_or((&text, "1"));
    Some((count.trim().parse().expect("N[,SEED]"), first.trim().parse().expect("N[,SEED]")))
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
    let (count, first) = full.unwrap_or((SMALL, 1));
    let path = std::env::var_os("GONYM_GENERATED_TABLE").map(PathBuf::from);
    let mut table = Table::read(path.as_deref());
    let mut wrong = Vec::new();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(JOBS).build().expect("threads");
    let reduced = AtomicUsize::new(0);
    for start in (first..first + count).step_by(usize::try_from(shards::SIZE).expect("small")) {
        if table.shards.contains_key(&start) {
            continue;
        }
        let end = (start + shards::SIZE).min(first + count);
        let seeds: Vec<u64> = (start..end).collect();
        let done: Vec<(Counts, Option<String>)> = pool.install(|| {
            let one = |seed: &u64| program(*seed, &range, &toolchains, &reduced);
            seeds.par_iter().map(one).collect()
        });
        let mut counts = Counts::default();
        for (one, complaint) in done {
            counts.add(&one);
            wrong.extend(complaint);
        }
        go::say(&format!("seeds {start}..{}: {}", end - 1, counts.summary()));
        table.shards.insert(start, counts);
        if let Some(path) = path.as_deref().filter(|_| end - start == shards::SIZE) {
            table.write(path);
        }
    }
    let sum = table.sum();
    go::say(&sum.summary());
    assert!(sum.of("claims") >= 10 * sum.of("programs"), "too few claims: {}", sum.summary());
    assert!(wrong.is_empty(), "{} programs are judged wrong:\n{}", wrong.len(), wrong.join("\n\n"));
    assert_eq!(sum.of("wrong"), 0, "an earlier shard of the table holds wrong answers");
}

/// One program: what is counted, and what is wrong with it, if anything.
fn program(
    seed: u64,
    range: &Range<'_>,
    toolchains: &[Toolchain],
    reduced: &AtomicUsize,
) -> (Counts, Option<String>) {
    let recipe = Recipe::new(seed, range);
    let go =
        toolchains.iter().find(|go| go.minor == recipe.minor).expect("a toolchain of the range");
    let folder = workshop::folder(seed);
    let outcome = workshop::judge(&recipe, go, &folder);
    let counts = Counts::program(&recipe, &outcome);
    for (reason, line) in &outcome.open {
        go::say(&format!("{}: {reason}: {line}", recipe.title()));
    }
    let complaint = (!outcome.wrong.is_empty()).then(|| {
        let all = outcome.wrong.join("\n  ");
        let mut said = format!("{}\n  {all}", recipe.title());
        if reduced.fetch_add(1, Ordering::Relaxed) < REDUCED {
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
