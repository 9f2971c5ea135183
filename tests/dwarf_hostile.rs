//! What does the DWARF reader do with damaged and forged sections?
//!
//! Sections of a real program are cut and changed, and small ones are written that would make a naive
//! reader work for hours: no panic, bounded time, and a fault where something could not be read.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use gonym::binary::Binary;
use gonym::dwarf::{DebugInfo, Entry, Found, NAMES, Section};
use gonym::error::{Fault, Result};

type Sections = BTreeMap<&'static str, Vec<u8>>;

/// The sections of a real program.
fn sections(fixture: &str) -> Sections {
    let fixture = common::fixture_named(fixture);
    let binary = Binary::open(&fixture.path).expect("an executable").binaries.remove(0);
    let read = |name| binary.image.read_debug_section(name).expect("it can be read");
    NAMES.into_iter().filter_map(|name| Some((name, read(name)?))).collect()
}

fn read(sections: &Sections) -> Result<DebugInfo> {
    DebugInfo::read(false, |name| {
        Ok(sections.get(name).map(|bytes| Section {
            bytes: bytes.clone(),
            offset: 0,
            stored: true,
        }))
    })
}

/// Everything that can be found, within a time that no naive reader would keep.
fn find(sections: &Sections, what: &str) -> (Found, Vec<Fault>) {
    let started = Instant::now();
    let (found, faults) = match read(sections) {
        Err(fault) => (Found::default(), vec![fault]),
        Ok(info) => {
            let found = info.find(&|_| true);
            let (_, ranges) = info.unit_ranges();
            let faults = info.fault().cloned().into_iter().chain(found.fault.clone()).chain(ranges);
            let faults = faults.collect();
            (found, faults)
        }
    };
    assert!(started.elapsed() < Duration::from_secs(30), "{what}: {:?}", started.elapsed());
    for fault in &faults {
        assert!(fault.part.contains("debug_"), "{what}: {fault}");
    }
    (found, faults)
}

fn keys(entries: &[Entry]) -> BTreeSet<(u64, Vec<u8>)> {
    entries.iter().map(|entry| (entry.offset, entry.name.clone())).collect()
}

#[test]
fn a_cut_section_is_a_fault_and_gives_nothing_new() {
    let whole = sections("spine-go1.27-linux-amd64");
    let (all, faults) = find(&whole, "whole");
    assert!(faults.is_empty() && all.entries.len() > 2000, "{faults:?}");
    let all = keys(&all.entries);
    let (mut cuts, mut silent) = (0, Vec::new());
    for name in [".debug_info", ".debug_abbrev", ".debug_addr", ".debug_line", ".debug_rnglists"] {
        let len = whole[name].len();
        let steps = (0..24).map(|step| len * step / 24).chain([1, 3, 5, 11, 13, len - 1]);
        for cut in steps {
            let mut sections = whole.clone();
            sections.get_mut(name).expect("a section").truncate(cut);
            let what = format!("{name} cut to {cut} of {len}");
            let (found, faults) = find(&sections, &what);
            assert!(keys(&found.entries).is_subset(&all), "{what}");
            cuts += 1;
            if faults.is_empty() {
                silent.push(what);
            }
        }
    }
    // Cut behind the last range, address or file that anybody asks for, nothing is missing.
    println!("{cuts} cuts, without a fault: {silent:?}");
    assert!(silent.iter().all(|what| !what.starts_with(".debug_info")), "{silent:?}");
}

#[test]
fn forged_bytes_are_survived() {
    let mut dice = 0x2545_f491_4f6c_dd1du64;
    let mut roll = |sides: usize| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        (dice % sides as u64) as usize
    };
    let mut faulty = 0;
    for fixture in ["spine-go1.27-linux-amd64", "spine-go1.19-linux-amd64"] {
        let whole = sections(fixture);
        let names: Vec<&str> = whole.keys().copied().collect();
        for round in 0..120 {
            let mut sections = whole.clone();
            for _ in 0..=roll(6) {
                // Half of them in the tables that decide how everything else is read.
                let name = if roll(2) == 0 { ".debug_abbrev" } else { names[roll(names.len())] };
                let bytes = sections.get_mut(name).expect("a section");
                let at = roll(bytes.len());
                bytes[at] =
                    [0, 0xff, 0x7f, 0x80, bytes[at] ^ (1 << roll(8)), roll(256) as u8][roll(6)];
            }
            let (_, faults) = find(&sections, &format!("{fixture} {round}"));
            faulty += usize::from(!faults.is_empty());
        }
    }
    println!("240 forged, {faulty} with a fault");
    assert!(faulty > 60, "{faulty}");
}

/// DWARF 4 units of 32 bits: abbreviation offset and entries of each.
fn units(units: impl IntoIterator<Item = (u32, Vec<u8>)>) -> Vec<u8> {
    let mut info = Vec::new();
    for (table, entries) in units {
        info.extend((7 + entries.len() as u32).to_le_bytes());
        info.extend(4u16.to_le_bytes());
        info.extend(table.to_le_bytes());
        info.push(8);
        info.extend(entries);
    }
    info
}

fn forged(info: Vec<u8>, abbrev: Vec<u8>, strings: Vec<u8>) -> Sections {
    BTreeMap::from([(".debug_info", info), (".debug_abbrev", abbrev), (".debug_str", strings)])
}

/// Code 1: a unit with children. Code 2: a variable with a `strp` name. Code 3: a subprogram with an
/// inline name and children. Code 4: a subprogram that refers to another. Code 5: a variable with an
/// inline name and a type. Code 6: a typedef of a type.
const TABLE: &[u8] = &[
    1, 0x11, 1, 0, 0, //
    2, 0x34, 0, 0x03, 0x0e, 0, 0, //
    3, 0x2e, 1, 0x03, 0x08, 0, 0, //
    4, 0x2e, 0, 0x31, 0x10, 0, 0, //
    5, 0x34, 0, 0x03, 0x08, 0x49, 0x13, 0, 0, //
    6, 0x16, 0, 0x49, 0x13, 0, 0, //
    0,
];

#[test]
fn a_hundred_thousand_entries_on_one_long_string_are_refused() {
    let mut entries = vec![1];
    entries.extend([2, 0, 0, 0, 0].repeat(400_000));
    entries.push(0);
    let mut long = vec![b'a'; 60_000];
    long.push(0);
    let (_, faults) = find(&forged(units([(0, entries)]), TABLE.to_vec(), long), "strings");
    assert!(faults.iter().any(|fault| fault.detail.contains("again and again")), "{faults:?}");
}

#[test]
fn units_with_overlapping_tables_are_refused() {
    // A table of one million bytes without an end before it, and a unit for each of its bytes.
    let mut table = TABLE[..5].repeat(200_000);
    table.push(0);
    let all = (0..200_000).map(|index| (index * 5, vec![1, 0]));
    let (_, faults) = find(&forged(units(all), table, Vec::new()), "tables");
    assert!(faults.iter().any(|f| f.detail.contains("inside another table")), "{faults:?}");
}

#[test]
fn entries_without_bytes_are_refused() {
    let mut table = vec![1, 0x11, 1, 0, 0, 2, 0x34, 0];
    table.extend([0x3f, 0x19].repeat(100_000));
    table.extend([0, 0, 0]);
    let mut entries = vec![1];
    entries.extend([2].repeat(3_000_000));
    entries.push(0);
    let (_, faults) = find(&forged(units([(0, entries)]), table, Vec::new()), "empty attributes");
    assert!(faults.iter().any(|fault| fault.part.contains("abbreviations")), "{faults:?}");
}

#[test]
fn depth_is_a_counter() {
    let mut entries = vec![1];
    entries.extend([3, b'f', 0].repeat(3_000_000));
    let (found, faults) = find(&forged(units([(0, entries)]), TABLE.to_vec(), Vec::new()), "depth");
    assert_eq!(found.entries.len(), 1, "only the first stands at depth 1");
    assert!(!faults.is_empty(), "its lists of children have no end");
}

#[test]
fn circles_of_references_end() {
    // The typedef at 17 is of itself; each subprogram of code 4 refers to the other.
    let header = 11u32;
    let mut entries = vec![1];
    entries.extend([6, 12, 0, 0, 0]); // at 12: a typedef of itself
    entries.extend([5, b'v', 0, 12, 0, 0, 0]); // at 17: a variable of that type
    let first = header + entries.len() as u32;
    for to in [first + 5, first] {
        entries.push(4);
        entries.extend(to.to_le_bytes());
    }
    entries.push(0);
    let (found, faults) =
        find(&forged(units([(0, entries)]), TABLE.to_vec(), Vec::new()), "circles");
    let names: Vec<&[u8]> = found.entries.iter().map(|entry| entry.name.as_slice()).collect();
    assert_eq!((names, faults), (vec![&b"v"[..]], Vec::new()));
}

#[test]
fn more_units_than_exist_anywhere_are_a_fault() {
    let all = (0..300_000).map(|_| (0, vec![1, 0]));
    let (_, faults) = find(&forged(units(all), TABLE.to_vec(), Vec::new()), "units");
    assert!(faults.iter().any(|fault| fault.detail.contains("more units")), "{faults:?}");
}
