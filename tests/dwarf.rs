//! Do the units, names, addresses, files and types that gonym reads in DWARF agree with another reader?
//!
//! The witness is Go's debug/dwarf, in `testdata/witness/dwarf`: it prints every unit and every global
//! of an executable, and gonym must give the same lines. Programs are built live with Go 1.19 to 1.27,
//! for ELF, Mach-O and PE, little and big endian, compressed and not.

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::go::{self, Order, WITNESS};
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

/// The debugging information with line tables, which answers of gonym leave out.
fn whole(binary: &Binary) -> DebugInfo {
    let image = &binary.image;
    let big_endian = image.byte_order == gonym::image::ByteOrder::Big;
    let read = DebugInfo::read(big_endian, |name| {
        let bytes = image.read_debug_section(name)?;
        Ok(bytes.map(|bytes| gonym::dwarf::Section { bytes, offset: 0, stored: false }))
    });
    read.expect("it can be read")
}

/// Compares all lines; how many there are.
fn compare(witness: &Path, path: &Path) -> usize {
    let output = Command::new(witness).arg(path).output().expect("the witness runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let wanted = String::from_utf8_lossy(&output.stdout);
    let wanted: Vec<&str> = wanted.lines().collect();
    let binary = only(path);
    assert!(binary.debug().is_some_and(|debug| debug.is_ok()), "{}", path.display());
    let found = lines(&whole(&binary));
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

/// Go minor, GOOS, GOARCH, linker flags, program. The first ones run always.
type Row = (u16, &'static str, &'static str, &'static str, &'static str);

const ALWAYS: &[Row] = &[
    (19, "linux", "amd64", "", "nano"),
    (19, "windows", "amd64", "", "nano"),
    (22, "linux", "s390x", "", "nano"),
    (25, "darwin", "arm64", "", "nano"),
    (27, "linux", "amd64", "-compressdwarf=false", "nano"),
    (27, "linux", "386", "", "nano"),
    (27, "linux", "s390x", "", "nano"),
    (27, "darwin", "arm64", "", "nano"),
    (27, "windows", "amd64", "", "nano"),
];

/// The rest of versions × platforms, with `GONYM_DWARF=full`.
fn rows() -> Vec<Row> {
    let mut rows = ALWAYS.to_vec();
    if std::env::var_os("GONYM_DWARF").is_some_and(|value| value == "full") {
        let platforms =
            [("linux", "amd64"), ("linux", "s390x"), ("darwin", "arm64"), ("windows", "amd64")];
        for minor in [19, 22, 25, 27] {
            for (goos, goarch) in platforms {
                for flags in ["", "-compressdwarf=false"] {
                    rows.push((minor, goos, goarch, flags, "nano"));
                }
            }
            rows.push((minor, "linux", "amd64", "", "spine"));
        }
        rows.sort_unstable();
        rows.dedup();
    }
    rows
}

/// Builds a program of `testdata/programs`; none where its Go is missing, which is told.
fn build(row: Row, cgo: bool) -> Option<PathBuf> {
    let (minor, goos, goarch, flags, program) = row;
    let toolchains = go::toolchain(minor).and_then(|own| Ok((own, go::toolchain(WITNESS)?)));
    let (toolchain, witness) = match toolchains {
        Ok(found) => found,
        Err(why) => {
            go::skip(&format!("DWARF of {row:?}"), &why);
            return None;
        }
    };
    let id = std::process::id();
    let name = format!("{program}-1.{minor}-{goos}-{goarch}{flags}-{cgo}-{id}");
    let file = common::scratch("dwarf").join(name);
    let ldflags = format!("-ldflags={flags}");
    let folder = common::testdata().join("programs").join(program);
    let order = Order {
        folder: &folder,
        platform: (goos, goarch),
        cgo,
        arguments: vec!["build", "-trimpath", &ldflags, "."],
    };
    toolchain.build(&order, &witness, &file);
    Some(file)
}

#[test]
fn live_builds_are_read_as_debug_dwarf_reads_them() {
    let Some(witness) = witness() else { return };
    let mut seen = 0;
    for row in rows() {
        let Some(file) = build(row, false) else { continue };
        let count = compare(&witness, &file);
        println!("{row:?}: {count} lines");
        assert!(count > 1000, "{row:?}: {count}");
        seen += count;
        fs::remove_file(&file).expect("the build");
    }
    println!("{seen} lines are the same");
}

/// C's units stand beside Go's in a program with cgo.
#[test]
fn units_in_c_are_told_from_go_s() {
    let Some(witness) = witness() else { return };
    if Command::new("gcc").arg("--version").output().is_err() {
        go::skip("DWARF of cgo", "no gcc");
        return;
    }
    let Some(file) = build((WITNESS, "linux", "amd64", "-linkmode=external", "cgo"), true) else {
        return;
    };
    compare(&witness, &file);
    let binary = only(&file);
    let info = binary.debug().expect("debugging information").expect("it can be read");
    let (go, c): (Vec<_>, Vec<_>) = info.units().iter().partition(|unit| unit.is_go());
    assert!(go.len() > 20 && !c.is_empty(), "{} in Go, {} in C", go.len(), c.len());
    assert!(go.iter().all(|unit| unit.producer.starts_with(b"Go cmd/compile ")));
    // Cgo's own assembly is compiled by GNU as.
    assert!(c.iter().all(|unit| unit.producer.starts_with(b"GNU ")), "{c:?}");
    fs::remove_file(&file).expect("the build");
}

/// Every function of the function table lies in a unit that names its package.
#[test]
fn ranges_say_which_unit_a_function_belongs_to() {
    let fixture = common::fixture_named("spine-go1.27-linux-amd64");
    let binary = only(&fixture.path);
    let info = binary.debug().expect("debugging information").expect("it can be read");
    let (ranges, fault) = info.unit_ranges();
    assert_eq!(fault, None);
    assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start), "they do not overlap");
    let found = info.find(&|_| true);
    let mut checked = 0;
    for entry in found.entries.iter().filter(|entry| entry.kind == EntryKind::Subprogram) {
        let Some(address) = entry.address else { continue };
        let index = ranges.partition_point(|range| range.start <= address) - 1;
        assert!(address < ranges[index].end, "{}", shown(Some(&entry.name)));
        assert_eq!(ranges[index].unit, entry.unit, "{}", shown(Some(&entry.name)));
        checked += 1;
    }
    assert!(checked > 1000, "{checked}");
}
