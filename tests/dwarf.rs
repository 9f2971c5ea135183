//! Do the units, names, addresses, files and types that gonym reads in DWARF agree with another reader?
//!
//! The witness is Go's debug/dwarf, in `testdata/witness/dwarf`: it prints every unit and every global
//! of an executable, and gonym must give the same lines. Programs are built live with Go 1.19 to 1.27,
//! for ELF, Mach-O and PE, little and big endian, compressed and not.

mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::go::{self, WITNESS};
use gonym::binary::{Binary, DebugState};
use gonym::dwarf::{DebugInfo, Entry, EntryKind};

/// Bytes as the witness writes them, `-` for what is not told.
fn shown(text: Option<&[u8]>) -> String {
    let Some(text) = text else { return "-".to_owned() };
    let text = String::from_utf8_lossy(text).replace('\\', "\\\\");
    text.replace('\t', "\\t").replace('\n', "\\n")
}

fn number(value: Option<u64>) -> String {
    value.map_or("-".to_owned(), |value| value.to_string())
}

/// The witness's lines, by gonym.
fn lines(info: &DebugInfo) -> Vec<String> {
    assert_eq!(info.fault(), None);
    let found = info.find(&|_| true);
    assert_eq!(found.fault, None);
    let mut lines = Vec::new();
    let mut entries = found.entries.iter().peekable();
    for (index, unit) in info.units().iter().enumerate() {
        let (name, producer) = (shown(Some(&unit.name)), shown(Some(&unit.producer)));
        lines.push(format!("U\t{name}\t{}\t{producer}\t{}", unit.language, unit.has_entries));
        while let Some(entry) = entries.next_if(|entry| entry.unit == index) {
            lines.push(line(entry));
            lines.extend(entry.parameters.iter().map(|p| {
                let (name, type_name) = (shown(Some(&p.name)), shown(p.type_name.as_deref()));
                format!("P\t{name}\t{type_name}\t{}\t{}", number(p.size), p.is_result)
            }));
        }
    }
    assert_eq!(entries.next(), None, "entries are in the order of units");
    lines
}

fn line(entry: &Entry) -> String {
    let mut line = format!("E\t{}\t{}\t", entry.unit, entry.offset);
    line += match entry.kind {
        EntryKind::Variable => "variable",
        EntryKind::Subprogram => "subprogram",
    };
    let address = entry.address.map_or("-".to_owned(), |address| format!("{address:#x}"));
    _ = write!(line, "\t{}\t{address}\t{}", shown(Some(&entry.name)), number(entry.line));
    let (file, type_name) = (shown(entry.file.as_deref()), shown(entry.type_name.as_deref()));
    _ = write!(line, "\t{file}\t{type_name}\t{}", number(entry.size));
    line
}

/// Debug/dwarf's reader, built once.
fn witness() -> Option<PathBuf> {
    let toolchain = match go::toolchain(WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => {
            go::skip("the comparison with debug/dwarf", &why);
            return None;
        }
    };
    let program = common::scratch("tools").join(format!("dwarf-witness-{}", std::process::id()));
    let mut command = toolchain.command(&common::testdata().join("witness").join("dwarf"));
    let output = command.args(["build", "-o"]).arg(&program).arg(".").output().expect("go runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(program)
}

fn only(path: &Path) -> Binary {
    let mut opened = Binary::open(path).expect("an executable");
    assert_eq!((opened.binaries.len(), opened.faults), (1, Vec::new()), "{}", path.display());
    opened.binaries.remove(0)
}

/// Compares all lines; how many there are.
fn compare(witness: &Path, path: &Path) -> usize {
    let output = Command::new(witness).arg(path).output().expect("the witness runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let wanted = String::from_utf8_lossy(&output.stdout);
    let wanted: Vec<&str> = wanted.lines().collect();
    let binary = only(path);
    let found = lines(binary.debug().expect("debugging information").expect("it can be read"));
    let what = path.display();
    for (index, (wanted, found)) in wanted.iter().zip(&found).enumerate() {
        assert_eq!(wanted, found, "{what}, line {index}");
    }
    assert_eq!(wanted.len(), found.len(), "{what}");
    assert_eq!(binary.debug_state(), DebugState::Full, "{what}");
    found.len()
}

#[test]
fn fixtures_are_read_as_debug_dwarf_reads_them() {
    let Some(witness) = witness() else { return };
    let (mut compared, mut seen) = (0, 0);
    for fixture in common::fixtures().into_iter().filter(|f| f.program == "spine") {
        let binary = only(&fixture.path);
        if binary.debug().is_some() {
            compared += 1;
            seen += compare(&witness, &fixture.path);
        } else {
            assert_eq!(binary.debug_state(), DebugState::None, "{}", fixture.id);
        }
    }
    assert!(compared >= 5 && seen > 10_000, "{compared} fixtures, {seen} lines");
}
