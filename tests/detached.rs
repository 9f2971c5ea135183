//! Are symbols and DWARF taken from the debug file of a stripped binary, and only from its own?
//!
//! The debug files are made by binutils, and what gonym reads through them must be what it reads in
//! the file that nothing was stripped from.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::go;
use gonym::binary::{Binary, DebugState, NameList};
use gonym::error::FaultCode;
use gonym::image::Place;

/// Runs a tool of binutils; false, and told, where it is missing.
fn run(tool: &str, arguments: &[&str]) -> bool {
    let Ok(output) = Command::new(tool).args(arguments).output() else {
        go::skip("detached debug files", &format!("no {tool}"));
        return false;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {arguments:?}: {said}");
    true
}

/// A whole program, the same stripped, and its debug file, in a folder of its own.
struct Split {
    folder: PathBuf,
    whole: PathBuf,
    stripped: PathBuf,
    debug: PathBuf,
}

/// Splits a fixture; with a link from the stripped file to the debug file if `linked`.
fn split(fixture: &str, test: &str, linked: bool) -> Option<Split> {
    let whole = common::fixture_named(fixture).path;
    let folder = common::scratch("detached").join(format!("{test}-{}", std::process::id()));
    _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let (stripped, debug) = (folder.join("program"), folder.join("program.debug"));
    let [w, s, d] = [&whole, &stripped, &debug].map(|path| path.to_str().expect("text"));
    let link = format!("--add-gnu-debuglink={d}");
    let done = run("objcopy", &["--only-keep-debug", w, d])
        && run("objcopy", &["--strip-all", w, s])
        && (!linked || run("objcopy", &[&link, s]));
    done.then_some(Split { folder, whole, stripped, debug })
}

fn open(path: &Path) -> Binary {
    Binary::open(path).expect("an executable").binaries.remove(0)
}

/// Name, address and the name of the section of everything that is defined, sorted.
fn defined(binary: &Binary) -> Vec<(Vec<u8>, u64, Vec<u8>)> {
    let table = binary.symbols();
    assert_eq!(table.faults, []);
    let mut found: Vec<_> = table
        .symbols
        .iter()
        .filter_map(|symbol| match symbol.place {
            Place::Section(index) => Some((symbol, index as usize)),
            _ => None,
        })
        // PE and Mach-O count sections from 1; the index into `sections` is what is kept.
        .map(|(symbol, index)| {
            let section = binary.image.sections[index].name.clone();
            (table.name(symbol).to_vec(), symbol.address, section)
        })
        .collect();
    found.sort();
    found
}

fn same_as_whole(split: &Split, binary: &Binary) {
    let whole = open(&split.whole);
    let (wanted, found) = (defined(&whole), defined(binary));
    assert!(wanted.len() > 1000, "{}", wanted.len());
    // Sections that strip drops take symbols of debugging data with them, none of the program.
    let lost: Vec<_> =
        wanted.iter().filter(|symbol| found.binary_search(symbol).is_err()).collect();
    assert!(lost.is_empty(), "{lost:?}");
    let entries = |binary: &Binary| {
        let info = binary.debug().expect("debugging information").expect("it can be read");
        let found = info.find(&|_| true);
        assert_eq!(found.fault, None);
        found.entries
    };
    assert!(entries(&whole) == entries(binary));
    assert_eq!(binary.debug_state(), DebugState::Full);
    assert_eq!(binary.debug_file(), Some(split.debug.as_path()));
}

#[test]
fn a_linked_debug_file_is_found_beside_the_binary_and_in_its_folder() {
    for fixture in ["spine-go1.27-linux-amd64", "spine-go1.27-windows-amd64"] {
        let Some(split) = split(fixture, "linked", true) else { return };
        let mut binary = open(&split.stripped);
        assert!(binary.debug().is_none() && defined(&binary).is_empty());
        assert_eq!(binary.attach_found(), Ok(()));
        same_as_whole(&split, &binary);

        let below = split.folder.join(".debug");
        fs::create_dir(&below).expect("a folder");
        fs::rename(&split.debug, below.join("program.debug")).expect("moved");
        let mut binary = open(&split.stripped);
        assert_eq!(binary.attach_found(), Ok(()));
        assert_eq!(binary.debug_file(), Some(below.join("program.debug").as_path()));
        fs::remove_dir_all(&split.folder).expect("cleaned");
    }
}

/// Go's linker writes a GNU build id since 1.24, its own always.
#[test]
fn a_debug_file_that_is_named_proves_itself_by_a_build_id() {
    for (fixture, gnu) in [("spine-go1.27-linux-amd64", true), ("spine-go1.22-linux-amd64", false)]
    {
        let Some(split) = split(fixture, "named", false) else { return };
        let mut binary = open(&split.stripped);
        let identity = binary.image.identity();
        assert_eq!((identity.build_id.is_some(), identity.go_build_id.is_some()), (gnu, true));
        assert_eq!(binary.attach_found(), Ok(()));
        assert_eq!(binary.debug_file(), None, "nothing leads to it");
        assert_eq!(binary.attach(&split.debug), Ok(()));
        same_as_whole(&split, &binary);
        fs::remove_dir_all(&split.folder).expect("cleaned");
    }
}

#[test]
fn a_debug_file_of_another_build_is_refused_with_both_identifications() {
    let Some(split) = split("spine-go1.27-linux-amd64", "foreign", true) else { return };
    let other = common::fixture_named("nano-go1.27-linux-amd64").path;
    fs::copy(&other, &split.debug).expect("a foreign file");
    let mut binary = open(&split.stripped);
    let fault = binary.attach_found().expect_err("another build");
    assert_eq!(fault.code, FaultCode::Mismatch);
    let ids = [&split.whole, &other].map(|path| open(path).image.identity());
    let [mine, theirs] = ids.map(|id| id.build_id.expect("a build id"));
    assert_ne!(mine, theirs);
    for id in [mine, theirs] {
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(fault.to_string().contains(&id), "{fault}");
    }
    assert!(binary.debug().is_none() && binary.debug_file().is_none());

    let arguments = ["check", "--pair=func:main.x=runtime.nanotime", "--debug"];
    let (debug, stripped) = (split.debug.to_str().expect("text"), split.stripped.to_str());
    let arguments = arguments.into_iter().chain([debug, stripped.expect("text")]);
    let output = common::gonym(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("of another build"), "{said}");
    assert_ne!(output.status.code(), Some(0));
    fs::remove_dir_all(&split.folder).expect("cleaned");
}

/// PE has no build id from Go's linker: the sum in the link is all there is.
#[test]
fn a_changed_debug_file_is_refused_by_its_sum() {
    let Some(split) = split("spine-go1.27-windows-amd64", "sum", true) else { return };
    let mut bytes = fs::read(&split.debug).expect("the debug file");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&split.debug, bytes).expect("changed");
    let fault = open(&split.stripped).attach_found().expect_err("another sum");
    assert!(fault.code == FaultCode::Mismatch && fault.detail.matches("CRC-32").count() == 2);
    fs::remove_dir_all(&split.folder).expect("cleaned");
}

/// The bundle that dsymutil makes: same UUID, no code. Go's linker writes the UUID since 1.24.
#[test]
fn a_dsym_bundle_is_found_by_its_place_and_proved_by_its_uuid() {
    let fixture = common::fixture_named("spine-go1.27-darwin-arm64");
    let folder = common::scratch("detached").join(format!("dsym-{}", std::process::id()));
    let inside = folder.join("program.dSYM/Contents/Resources/DWARF");
    _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&inside).expect("a folder");
    let (program, debug) = (folder.join("program"), inside.join("program"));
    fs::copy(&fixture.path, &debug).expect("a debug file");
    fs::write(&program, without_symbols(&fixture.path)).expect("a stripped program");
    let mut binary = open(&program);
    assert!(defined(&binary).is_empty() && binary.debug().is_none());
    assert_eq!(binary.attach_found(), Ok(()));
    let split = Split { folder, whole: fixture.path, stripped: program, debug };
    same_as_whole(&split, &binary);

    let other = common::fixture_named("spine-go1.27-darwin-arm64-stripped").path;
    fs::copy(other, &split.debug).expect("a foreign file");
    let fault = open(&split.stripped).attach_found().expect_err("another UUID");
    assert!(
        fault.code == FaultCode::Mismatch && fault.detail.matches("UUID").count() == 2,
        "{fault}"
    );
    fs::remove_dir_all(&split.folder).expect("cleaned");
}

/// The Mach-O file at `path` with an empty symbol table and without names of DWARF sections.
fn without_symbols(path: &Path) -> Vec<u8> {
    const LC_SYMTAB: u64 = 2;
    let mut bytes = fs::read(path).expect("a fixture");
    let mut at = 32;
    for _ in 0..common::cuts::little(&bytes, 16) {
        let (kind, size) = (common::cuts::little(&bytes, at), common::cuts::little(&bytes, at + 4));
        if kind == LC_SYMTAB {
            bytes[at + 12..at + 16].fill(0);
        }
        at += size as usize;
    }
    let end = at;
    for name in [&b"__zdebug_"[..], b"__debug_"] {
        let found: Vec<usize> = bytes[..end]
            .windows(name.len())
            .enumerate()
            .filter(|(_, w)| *w == name)
            .map(|(i, _)| i)
            .collect();
        for at in found {
            bytes[at..at + 4].copy_from_slice(b"gone");
        }
    }
    bytes
}

/// What was asked before a debug file was there is no answer for what it holds. `go tool nm` lists main.main of the
/// whole file at 0x47f1c0.
#[test]
fn names_are_looked_up_anew_in_the_debug_file() {
    let Some(split) = split("spine-go1.27-linux-amd64", "anew", false) else { return };
    let mut binary = open(&split.stripped);
    assert_eq!(binary.named(b"main.main").symbols().count(), 0);
    assert!(binary.at(0x47_f1c0).symbol().is_none());
    assert_eq!(binary.facts().names, NameList::Pclntab);
    assert_eq!(binary.attach(&split.debug), Ok(()));
    let found: Vec<u64> =
        binary.named(b"main.main").symbols().map(|found| found.symbol.address).collect();
    assert_eq!(found, [0x47_f1c0]);
    assert_eq!(binary.at(0x47_f1c1).symbol().map(|found| found.name), Some(&b"main.main"[..]));
    let facts = binary.facts();
    assert_eq!((facts.names, facts.debug_file), (NameList::Symtab, Some(split.debug.as_path())));
    fs::remove_dir_all(&split.folder).expect("cleaned");
}

/// It was refused as "an archive inside an archive".
#[test]
fn an_archive_is_no_debug_file() {
    let Some(split) = split("spine-go1.27-linux-amd64", "archive", false) else { return };
    let archive = split.folder.join("debug.a");
    let [a, d] = [&archive, &split.debug].map(|path| path.to_str().expect("text"));
    if !run("ar", &["rc", a, d]) {
        return;
    }
    let fault = open(&split.stripped).attach(&archive).expect_err("no debug file");
    assert_eq!(fault.code, FaultCode::Unsupported);
    assert_eq!(fault.to_string(), "debug file: file: an archive is no debug file");
    fs::remove_dir_all(&split.folder).expect("cleaned");
}
