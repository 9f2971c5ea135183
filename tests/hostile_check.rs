//! What does `check` say about damaged files?
//!
//! A cut can take a proof away; it must never make one, and never turn one verdict into another: every
//! answer on a cut file is the whole file's answer or `unproven`, beside a fault with part and offset.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::Fixture;
use common::cuts::{self, Cuts};
use common::expect::{self, Build};
use gonym::binary::{Binary, Opened};
use gonym::error::Fault;
use gonym::input::File;
use gonym::linkname::claim::Claim;
use gonym::linkname::evidence::gather;
use gonym::linkname::verdict::{Gap, Verdict, judge};
use gonym::policy::{Demand, RuleResult, Searchable, SymbolRule};

fn claims(fixture: &Fixture) -> Vec<Claim> {
    let all = expect::expectations(&fixture.program);
    let expected = expect::of_build(&all, &Build::from(fixture));
    expected.iter().map(|one| Claim::parse_pair(&one.pair).expect("a pair")).collect()
}

/// The verdicts on every executable of a file, by slice.
fn judged(opened: &Opened, claims: &[Claim]) -> BTreeMap<Option<String>, Vec<Verdict>> {
    let verdicts = opened.binaries.iter().map(|binary| {
        let evidence = gather(binary, claims);
        let verdicts = claims.iter().zip(&evidence).map(|(claim, evidence)| judge(claim, evidence));
        (binary.origin.slice().map(str::to_owned), verdicts.collect())
    });
    verdicts.collect()
}

fn faults(opened: &Opened) -> Vec<Fault> {
    let of_binaries = opened
        .binaries
        .iter()
        .flat_map(|binary| binary.faults().into_iter().chain(binary.function_fault()));
    opened.faults.iter().cloned().chain(of_binaries).collect()
}

#[test]
fn a_cut_never_makes_a_proof() {
    let (mut cut, mut kept, mut lost) = (0, 0, 0);
    for fixture in common::fixtures().into_iter().filter(|fixture| fixture.program != "handmade") {
        let claims = claims(&fixture);
        let bytes = fs::read(&fixture.path).expect("a fixture");
        let open = |len: usize| {
            Binary::open_file(File::from_bytes(Path::new("cut"), bytes[..len].to_vec()))
        };
        let whole = judged(&open(bytes.len()).expect("a whole file"), &claims);
        let Cuts { at, claimed } = cuts::of(&fixture.path, &bytes);
        // Every seventh cut: the others differ by a byte or a header row, and nm's test takes all.
        for offset in at.iter().rev().step_by(7).filter(|offset| **offset < claimed) {
            let what = format!("{} cut at {offset} of {}", fixture.id, bytes.len());
            cut += 1;
            let opened = match open(*offset as usize) {
                Ok(opened) => opened,
                Err(fault) => {
                    assert!(!fault.part.is_empty() && !fault.to_string().is_empty(), "{what}");
                    continue;
                }
            };
            let faults = faults(&opened);
            assert!(faults.iter().any(Fault::is_damage), "{what}: {faults:?}");
            for (slice, verdicts) in judged(&opened, &claims) {
                for ((claim, now), before) in claims.iter().zip(verdicts).zip(&whole[&slice]) {
                    // Another proof may stand where one is lost: the symbol is cut, the call is not.
                    let same = now.word() == before.word();
                    kept += usize::from(same);
                    lost += usize::from(!same);
                    let unproven = matches!(now, Verdict::Unproven(_));
                    assert!(same || unproven, "{what}: {claim:?} was {before:?}, is {now:?}");
                }
            }
        }
    }
    assert!(cut > 500 && kept > 1000 && lost > 1000, "{cut} cuts, {kept} kept, {lost} lost");
    println!("{cut} cuts; {kept} verdicts as on the whole file, {lost} became unproven");
}

#[test]
fn a_rule_on_a_damaged_file_is_no_pass() {
    let fixture = common::fixture_named("nano-go1.27-linux-amd64");
    let bytes = fs::read(&fixture.path).expect("a fixture");
    let rule = SymbolRule::parse(Demand::Forbid, "net/http.Get").expect("a rule");
    let result = |bytes: Vec<u8>| {
        let opened = Binary::open_file(File::from_bytes(Path::new("cut"), bytes)).expect("a file");
        Searchable::of(&opened.binaries[0]).judge(&rule).result
    };
    assert_eq!(result(bytes.clone()), RuleResult::Holds);
    for len in [bytes.len() / 2, bytes.len() - 100] {
        assert_eq!(result(bytes[..len].to_vec()), RuleResult::Unproven, "cut at {len}");
    }
}

/// Exit 3 for an input at fault, and the rest is judged all the same.
#[test]
fn a_damaged_file_does_not_keep_the_others_from_being_judged() {
    let fixture = common::fixture_named("nano-go1.27-linux-amd64");
    let bytes = fs::read(&fixture.path).expect("a fixture");
    let cut = common::scratch("check").join("cut");
    fs::write(&cut, &bytes[..bytes.len() / 3]).expect("a cut file");
    let pair = "--pair=main.runtimeNano=runtime.nanotime";
    let (cut, whole) = (cut.display().to_string(), fixture.path.display().to_string());
    let output = common::gonym(["check", "--format=json", pair, &cut, &whole]);
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let fault = &report["faults"][0];
    assert_eq!(fault["code"], "truncated");
    assert!(fault["wanted"].as_u64() > fault["present"].as_u64(), "{fault}");
    let of = |index: usize| {
        (&report["binaries"][index]["complete"], &report["binaries"][index]["claims"][0]["verdict"])
    };
    assert_eq!(of(0), (&false.into(), &"unproven".into()));
    assert_eq!(report["binaries"][0]["names"], "none", "its function table is cut off");
    assert_eq!(of(1), (&true.into(), &"in-effect".into()));
}

/// Bytes of Go's own tables set to anything: no panic, no flood, no verdict that rests on damage.
#[test]
fn forged_go_tables_are_survived() {
    let mut dice = 0x9e37_79b9_7f4a_7c15u64;
    let mut roll = |sides: usize| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        (dice % sides as u64) as usize
    };
    let mut verdicts: BTreeMap<&str, usize> = BTreeMap::new();
    for id in [
        "spine-go1.27-linux-amd64-stripped",
        "spine-go1.27-windows-amd64-stripped",
        "spine-go1.19-linux-amd64-stripped",
        "spine-go1.22-linux-amd64-pie",
    ] {
        let fixture = common::fixture_named(id);
        let claims = claims(&fixture);
        let bytes = fs::read(&fixture.path).expect("a fixture");
        let regions = go_regions(&bytes);
        for _ in 0..60 {
            let mut forged = bytes.clone();
            for _ in 0..=roll(3) {
                let (start, len) = regions[roll(regions.len())];
                let at = start + roll(len) / 4 * 4;
                let value = [0, u32::MAX, 1 << 31, 0x7fff_ffff, roll(1 << 31) as u32][roll(5)];
                forged[at..at + 4].copy_from_slice(&value.to_le_bytes());
            }
            let file = File::from_bytes(Path::new("forged"), forged);
            let Ok(opened) = Binary::open_file(file) else { continue };
            for verdict in judged(&opened, &claims).into_values().flatten() {
                *verdicts.entry(verdict.word()).or_default() += 1;
            }
        }
    }
    println!("{verdicts:?}");
    assert!(verdicts.values().sum::<usize>() > 5000, "{verdicts:?}");
    assert!(Verdict::Unproven(Gap::Incomplete).is_for_fault());
}

/// Headers and the beginnings of Go's tables: pclntab, its function table, build information.
fn go_regions(bytes: &[u8]) -> Vec<(usize, usize)> {
    let find = |needle: &[u8]| bytes.windows(needle.len()).position(|window| window == needle);
    let magics = [[0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8], [0xf0, 0xff, 0xff, 0xff, 0, 0, 1, 8]];
    let table = magics.iter().find_map(|magic| find(magic)).expect("pclntab");
    let word =
        |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes")) as usize;
    let functions = table + word(table + 64);
    let count = word(table + 8);
    let build = find(b"\xff Go buildinf:").expect("build information");
    vec![
        (0, 1024),
        (table, 72),
        (functions, count * 8),
        (functions + count * 8, 40_000),
        (build, 64),
    ]
}
