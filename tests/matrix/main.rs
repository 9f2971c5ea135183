//! The programs of testdata, built by every Go that gonym knows, run, and judged.
//!
//! Needs Go 1.21 or newer on PATH and says so where there is none (tests/common/go.rs). What is
//! expected stands in the sources. Two witnesses that are not gonym stand behind it here: the program
//! itself, which prints which bodies ran, and Go's nm and objdump, which show names and calls.
//! `GONYM_MATRIX=full` builds every version for every platform and in every link mode, otherwise each
//! is built once; `GONYM_MATRIX_ONLY=WORDS` keeps the cells whose line holds one of these words, and
//! `GONYM_MATRIX_TABLE=FILE` writes the table, `GONYM_MATRIX_RECORD=FOLDER` the
//! evidence of every cell (tests/evidence.rs). `GONYM_MATRIX_ROWS=FILE` keeps each cell as soon as it is
//! judged, and a run goes on where the file ends.

#[path = "../common/mod.rs"]
mod common;

mod cells;
mod kept;
mod modes;
mod platforms;
mod running;
mod tally;
mod witness;
mod workshop;

use std::fs;
use std::path::Path;
use std::process::Command;

use cells::{Cell, STRIPS};
use common::expect::{self, Build};
use common::go::{self, Toolchain};
use common::judged;
use kept::Kept;
use rayon::prelude::*;
use tally::{Did, Row, Table};
use witness::Witness;
use workshop::Workshop;

/// How many cells are worked on at once: each starts a compiler that uses several processors.
const JOBS: usize = 2;

#[test]
fn programs_built_by_every_go_are_judged_right_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("the matrix of Go versions", &why),
    };
    let full = std::env::var_os("GONYM_MATRIX").is_some_and(|value| value == "full");
    let mut toolchains: Vec<Toolchain> = Vec::new();
    for (minor, version) in go::RELEASES {
        match go::toolchain(minor) {
            Ok(toolchain) => toolchains.push(toolchain),
            Err(why) => go::skip(&format!("every cell of Go {version}"), &why),
        }
    }
    let gcc = cfg!(all(target_os = "linux", target_arch = "x86_64")) && has_gcc();
    if !gcc {
        go::skip("the cells with C", "gcc on linux/amd64 is needed");
    }
    if let Some(why) = running::missing() {
        go::say(&format!(
            "SKIPPED, NOT TESTED: programs of other architectures are not run: {why}"
        ));
    }
    let mut cells = cells::cells(full, gcc, &toolchains);
    if let Ok(words) = std::env::var("GONYM_MATRIX_ONLY") {
        cells.retain(|cell| words.split(',').any(|word| cell.id().contains(word)));
    }
    let shop = Workshop::new(&witness, toolchains);
    let kept = Kept::open(std::env::var_os("GONYM_MATRIX_ROWS").as_deref().map(Path::new));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(JOBS).build().expect("threads");
    let rows =
        pool.install(|| cells.par_iter().flat_map_iter(|cell| rows(&shop, &kept, cell)).collect());
    shop.close();
    finish(&Table { rows });
}

fn has_gcc() -> bool {
    Command::new("gcc").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Builds, runs and judges a cell, stripped in each way.
fn rows(shop: &Workshop, kept: &Kept, cell: &Cell) -> Vec<Row> {
    let id = |strip: &str| format!("{} [{strip}]", cell.id());
    let earlier: Option<Vec<Row>> =
        STRIPS.iter().map(|strip| kept.row(&id(strip)).cloned()).collect();
    if let Some(rows) = earlier {
        return rows;
    }
    let rows: Vec<Row> = STRIPS.iter().map(|strip| row(shop, cell, strip, id(strip))).collect();
    for row in &rows {
        kept.keep(row);
        let complaints = row.wrong.iter().chain(&row.not_allowed);
        let lines: Vec<String> = std::iter::once(row.line()).chain(complaints.cloned()).collect();
        go::say(&lines.join("\n  "));
    }
    rows
}

fn row(shop: &Workshop, cell: &Cell, strip: &str, id: String) -> Row {
    let mut row = Row::new(id.clone());
    let folder = common::scratch("matrix").join(id.replace([' ', '/'], "_"));
    fs::create_dir_all(&folder).expect("a scratch folder");
    // A C compiler wants an archive's name to end so.
    let file = folder.join("built.a");
    let mut build = Build {
        id: id.clone(),
        minor: Some(cell.minor),
        os: cell.os.clone(),
        arch: cell.arch.clone(),
        mode: cell.mode.recipe().word.to_owned(),
        cgo: cell.cgo(),
        names: String::new(),
        dwarf: None,
    };
    let fails = expect::sayings(&cell.program.lines.fails, &build);
    match (shop.build(cell, strip, &file), fails.first()) {
        (Ok(()), None) => match shop.held(cell, &file) {
            Ok(held) => {
                build.names = held.names;
                build.dwarf = Some(held.dwarf);
                judge(shop, cell, &build, &file, &mut row);
            }
            Err(said) => row.wrong.push(said),
        },
        (Err(said), Some(_)) => {
            row.did = Did::FailedToBuild;
            let silent = fails.iter().filter(|saying| !said.contains(&saying.text));
            row.wrong.extend(silent.map(|saying| format!("{id}: {}: {said}", saying.place)));
        }
        (Err(said), None) => row.wrong.push(format!("{id}: does not build: {said}")),
        (Ok(()), Some(saying)) => row.wrong.push(format!("{id}: builds: {}", saying.place)),
    }
    fs::remove_dir_all(&folder).expect("what was built");
    row
}

fn judge(shop: &Workshop, cell: &Cell, build: &Build, file: &Path, row: &mut Row) {
    let expected = expect::of_build(&cell.program.lines.claims, build);
    assert!(!expected.is_empty(), "{} expects nothing", build.id);
    if let Some(runner) = running::runner(cell) {
        row.did = Did::JudgedAndRan;
        row.wrong.extend(running::run(cell, runner, build, file));
    }
    if let Some(folder) = std::env::var_os("GONYM_MATRIX_RECORD") {
        let name = build.id.replace(['[', ']'], "").trim().replace([' ', '/'], "-");
        judged::record(file, &expected, &Path::new(&folder).join(format!("{name}.json.gz")));
    }
    let answered = judged::all(file, expected);
    for (one, answers) in &answered {
        row.hold(one, answers);
    }
    // Names are whole and code is the same in all three: one of them is enough.
    if build.names != "symtab" || build.dwarf == Some(true) {
        return;
    }
    let Some(witness) = Witness::ask(&shop.nm, &shop.objdump, cell, file) else { return };
    let mut contradicted = Vec::new();
    for (one, _) in &answered {
        let Some(agrees) = witness.agrees(&cell.program.folder, one) else { continue };
        row.counts.witnessed += 1;
        if !agrees {
            let (id, pair, outcomes, place) = (&build.id, &one.pair, &one.outcomes, &one.place);
            contradicted.push(format!("{id}: Go's tools contradict {pair} {outcomes:?} ({place})"));
        }
    }
    match (cell.program.misleads, contradicted.is_empty()) {
        (true, true) => row.wrong.push(format!("{}: Go's objdump is not misled", build.id)),
        // What it cannot see is what is in effect: only that may it contradict.
        (true, false) => contradicted.retain(|said| !said.contains("in-effect")),
        (false, _) => {}
    }
    row.wrong.append(&mut contradicted);
}

fn finish(table: &Table) {
    go::say(&table.summary());
    if let Some(path) = std::env::var_os("GONYM_MATRIX_TABLE") {
        fs::write(path, table.text()).expect("the table");
    }
    let wrong = table.wrong();
    assert_eq!(wrong, 0, "wrong or not allowed; each stands below the line of its cell");
    // Nothing judged would be no success.
    let counts = table.counts();
    assert!(counts.claims > 0 && counts.right == counts.claims, "{counts:?}");
    if std::env::var_os("GONYM_MATRIX_ONLY").is_none() {
        assert!(counts.witnessed > 0, "Go's tools were asked about nothing");
        assert!(counts.refuted * 3 >= counts.claims, "too few false claims: {counts:?}");
    }
}
