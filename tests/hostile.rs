//! What does gonym do with damaged, forged and impossible files?
//!
//! Every fixture is cut at every boundary of its headers, sections and tables: exit 1 and a fault with
//! part and offset, never a panic, never a shorter list with exit 0. Fields of headers and tables are
//! set to values that their format does not allow: no panic, bounded memory and time. A second reader,
//! goblin, must see the same symbols in every whole fixture.

mod common;

use std::ffi::OsString;
use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::cuts::{self, Cuts, elf_boundaries, images, macho_boundaries, pe_boundaries};
use gonym::image::{Format, Image};
use gonym::symbols::listing::Listing;

/// What a run of nm gave.
struct Run {
    code: u8,
    rows: usize,
    messages: String,
}

/// Runs nm in this process.
fn nm(flags: &[&str], path: &Path) -> Run {
    let mut arguments: Vec<OsString> = flags.iter().map(OsString::from).collect();
    arguments.push(path.into());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let recover = |_: &Image, _: &mut Listing| Vec::new();
    let code = gonym::cli::nm::run(&arguments, &recover, &mut out, &mut err);
    let rows = out.iter().filter(|byte| **byte == b'\n').count();
    Run { code, rows, messages: String::from_utf8(err).expect("messages are text") }
}

#[test]
fn a_file_cut_anywhere_is_a_fault_and_never_a_shorter_list() {
    let (mut cut, mut listed, mut unclaimed) = (0, 0, 0);
    let folder = common::scratch("cuts");
    for fixture in common::fixtures() {
        let bytes = fs::read(&fixture.path).expect("a fixture");
        let whole = nm(&[], &fixture.path);
        let len = bytes.len() as u64;
        let Cuts { at, claimed } = cuts::of(&fixture.path, &bytes);
        // From the back, so that one file grows shorter and is written once.
        let path = folder.join(&fixture.id);
        fs::write(&path, &bytes).expect("a copy");
        let copy = fs::OpenOptions::new().write(true).open(&path).expect("the copy");
        for offset in at.iter().rev() {
            copy.set_len(*offset).expect("a cut");
            let run = nm(&[], &path);
            let what = format!("{} cut at {offset} of {len}: {}", fixture.id, run.messages);
            if *offset >= claimed && run.code == whole.code && run.rows == whole.rows {
                unclaimed += 1;
                continue;
            }
            assert_eq!(run.code, 1, "{what}");
            assert!(run.rows <= whole.rows, "{what}");
            // In the first bytes nothing is known of the file, not even its format.
            if *offset >= 8 {
                assert!(run.messages.contains(" at offset 0x"), "{what}");
                assert!(
                    run.messages.contains("needs ") || run.messages.contains("wanted "),
                    "{what}"
                );
            }
            assert!(!run.messages.is_empty(), "{what}");
            cut += 1;
            listed += usize::from(run.rows > 0);
        }
        fs::remove_file(&path).expect("the copy");
    }
    assert!(cut > 1000, "only {cut} cuts");
    println!(
        "{cut} cuts, each a fault with exit 1; {listed} of them still listed rows; {unclaimed} more in padding that no header claims"
    );
}

/// A small generator, so that every run changes the same fields (xorshift, Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// Where the bytes lie that decide what is read: headers, and the first rows of symbol tables.
fn targets(image: &Image, bytes: &[u8]) -> Vec<(u64, u64)> {
    let base = image.range.base();
    let mut found = vec![(base, 64)];
    match image.format {
        Format::Elf => {
            let mut tables = Vec::new();
            elf_boundaries(&bytes[base as usize..], image.pointer_size, &mut tables);
            found.extend(
                tables.windows(2).map(|pair| (base + pair[0], pair[1].saturating_sub(pair[0]))),
            );
            let tables = image.sections.iter().filter(|section| matches!(section.kind, 2 | 11 | 6));
            found.extend(tables.map(|section| (base + section.offset, 200.min(section.file_size))));
        }
        Format::MachO => {
            let mut commands = Vec::new();
            macho_boundaries(&bytes[base as usize..], image.pointer_size, &mut commands);
            found.push((base, 2600));
            found.extend(commands.iter().map(|offset| (base + offset, 64)));
        }
        Format::Pe => {
            let mut tables = Vec::new();
            pe_boundaries(&bytes[base as usize..], &mut tables);
            found.push((base + 0x3c, 700));
            found.extend(tables.iter().map(|offset| (base + offset, 64)));
            let imports = image.sections.iter().filter(|section| section.name == b".idata");
            found.extend(imports.map(|section| (base + section.offset, 400)));
        }
    }
    found.retain(|(offset, size)| *size > 0 && offset + size + 8 < bytes.len() as u64);
    found
}

fn changed(field: &[u8], choice: u64) -> Vec<u8> {
    let little = field.iter().rev().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    let value = match choice {
        0 => 0,
        1 => u64::MAX,
        2 => 1 << (field.len() as u32 * 8 - 1),
        3 => little.wrapping_add(1),
        4 => little.wrapping_sub(1),
        5 => little.wrapping_mul(2),
        6 => 1 << 31,
        7 => 1_000_000_000,
        _ => little ^ (1 << (choice - 8)),
    };
    value.to_le_bytes()[..field.len()].to_vec()
}

#[test]
fn a_forged_field_is_no_panic_no_flood_and_no_hang() {
    // GONYM_MUTANTS asks for more of them for each fixture, before a release.
    let each = std::env::var("GONYM_MUTANTS").ok().and_then(|n| n.parse().ok()).unwrap_or(160);
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (mut mutants, mut faults, mut silent) = (0, 0, 0);
    let folder = common::scratch("mutants");
    for fixture in common::fixtures() {
        let bytes = fs::read(&fixture.path).expect("a fixture");
        let whole = nm(&[], &fixture.path);
        let images = images(&fixture.path);
        let targets: Vec<(u64, u64)> =
            images.iter().flat_map(|image| targets(image, &bytes)).collect();
        let path = folder.join(&fixture.id);
        fs::write(&path, &bytes).expect("a copy");
        let mut copy = fs::OpenOptions::new().write(true).open(&path).expect("the copy");
        let mut put = |at: u64, field: &[u8]| {
            copy.seek(SeekFrom::Start(at)).and_then(|_| copy.write_all(field)).expect("a change");
        };
        for _ in 0..each {
            let (start, size) = targets[dice.roll(targets.len() as u64) as usize];
            let at = start + dice.roll(size);
            let width = 1 << dice.roll(4);
            let field = &bytes[at as usize..at as usize + width];
            let forged = changed(field, dice.roll(8 + width as u64 * 8));
            put(at, &forged);
            for flags in [&[][..], &["-dynamic", "-size"]] {
                let began = Instant::now();
                let run = nm(flags, &path);
                let what = format!("{} {flags:?} {at}: {field:x?} -> {forged:x?}", fixture.id);
                assert!(began.elapsed() < Duration::from_secs(10), "{what}: {:?}", began.elapsed());
                assert!(run.code == 1 || run.messages.is_empty(), "{what}: {}", run.messages);
                if flags.is_empty() {
                    faults += usize::from(run.code == 1 && whole.code == 0);
                    if run.code == 0 && run.rows < whole.rows {
                        println!("in silence: {what}: {} of {} rows", run.rows, whole.rows);
                        silent += 1;
                    }
                }
            }
            put(at, field);
            mutants += 1;
        }
        fs::remove_file(&path).expect("the copy");
    }
    // Counts that a format states once and nowhere else can be lowered without a trace.
    assert!(silent * 100 <= mutants, "{silent} of {mutants} mutants lost rows in silence");
    let peak = peak_memory();
    println!(
        "{mutants} mutants, {faults} told, {silent} shorter in silence, peak memory {peak} KiB"
    );
    // The promise, for the largest fixture: 64 MiB and four times the file.
    let largest =
        common::fixtures().iter().map(|f| fs::metadata(&f.path).map_or(0, |m| m.len())).max();
    assert!(peak <= 64 * 1024 + largest.unwrap_or(0) * 4 / 1024, "peak memory {peak} KiB");
}

/// The most memory that this process had, in KiB; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

#[cfg(unix)]
#[test]
fn only_regular_files_are_read_and_the_others_are_refused_at_once() {
    let folder = common::scratch("special");
    let fifo = folder.join("fifo");
    _ = fs::remove_file(&fifo);
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo");
    let looped = folder.join("loop");
    _ = fs::remove_file(&looped);
    std::os::unix::fs::symlink(&looped, &looped).expect("a symlink to itself");
    for path in [fifo.as_path(), Path::new("/dev/zero"), Path::new("/dev/null"), folder.as_path()] {
        let began = Instant::now();
        let run = nm(&[], path);
        assert_eq!((run.code, run.rows), (1, 0), "{}", path.display());
        let message = format!("open {}: unrecognized object file\n", path.display());
        assert!(run.messages.starts_with(&message), "{}", run.messages);
        assert!(run.messages.contains("not a regular file"), "{}", run.messages);
        assert!(began.elapsed() < Duration::from_secs(1), "{}", path.display());
    }
    let run = nm(&[], &looped);
    assert_eq!(run.code, 1);
    assert!(run.messages.contains("too many levels of symbolic links"), "{}", run.messages);
    let run = nm(&[], Path::new("/no/such/file"));
    assert_eq!(run.messages, "open /no/such/file: no such file or directory\n");
}

#[test]
fn what_is_no_executable_is_refused_and_known_formats_by_name() {
    let folder = common::scratch("foreign");
    let cases: &[(&[u8], &str)] = &[
        (b"", "unrecognized object file"),
        (b"#!/bin/sh\necho\n", "unrecognized object file"),
        (b"\x7fEL", "unrecognized object file"),
        (b"\0asm\x01\0\0\0", "Wasm is not read yet"),
        (b"<bigaf>\n", "AIX archives are not read yet"),
        (b"!<thin>\n/ ", "a thin archive holds no members"),
        (
            b"go object linux amd64 go1.17\n\n!\n\0go117ld",
            "go object of a different version: \"go117ld\"",
        ),
        (b"\xca\xfe\xba\xbe\0\0\0\x34\0\x1d\x0a\0\x06\0\x0f\x09", "a Java class"),
    ];
    for (index, (bytes, message)) in cases.iter().enumerate() {
        let path = folder.join(index.to_string());
        fs::write(&path, bytes).expect("a file");
        let run = nm(&[], &path);
        assert_eq!((run.code, run.rows), (1, 0), "{message}");
        let expected = format!("open {}: {message}", path.display());
        assert!(run.messages.starts_with(&expected), "{}", run.messages);
        assert_eq!(run.messages.lines().count(), 1, "{}", run.messages);
    }
}

#[test]
fn a_failed_file_does_not_keep_the_others_from_being_listed() {
    let whole = common::fixture_named("spine-go1.27-linux-amd64");
    let path = whole.path.to_str().expect("a path");
    let output = common::gonym(["nm", "/no/such/file", path, "/"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 3);
    let rows = String::from_utf8_lossy(&output.stdout).lines().count();
    assert_eq!(rows, nm(&[], &whole.path).rows);
}

#[test]
fn standard_input_is_a_file() {
    let fixture = common::fixture_named("spine-go1.27-windows-amd64");
    let input = fs::File::open(&fixture.path).expect("a fixture");
    let program = env!("CARGO_BIN_EXE_gonym");
    let piped = Command::new(program).args(["nm", "-"]).stdin(Stdio::from(input)).output();
    let piped = piped.expect("gonym runs");
    assert_eq!(piped.status.code(), Some(0), "{}", String::from_utf8_lossy(&piped.stderr));
    let named = common::gonym(["nm".as_ref(), fixture.path.as_os_str()]);
    assert!(piped.stdout == named.stdout);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_a_closed_pipe_is_none() {
    let fixture = common::fixture_named("spine-go1.27-linux-amd64");
    let program = env!("CARGO_BIN_EXE_gonym");
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let output = Command::new(program).arg("nm").arg(&fixture.path).stdout(full).output();
    let output = output.expect("gonym runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write the output"));
    let mut child = Command::new(program)
        .arg("nm")
        .arg(&fixture.path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("gonym runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("gonym ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Names and addresses as gonym's image gives them, sorted.
fn own_symbols(image: &Image) -> Vec<(Vec<u8>, u64)> {
    let table = image.read_symbols();
    assert_eq!(table.faults, []);
    let mut found: Vec<_> =
        table.symbols.iter().map(|s| (table.name(s).to_vec(), s.address)).collect();
    found.sort();
    found
}

/// The same as goblin reads them, from the bytes of the image alone.
fn goblins_symbols(image: &Image, bytes: &[u8]) -> Vec<(Vec<u8>, u64)> {
    let mut found: Vec<(Vec<u8>, u64)> = match image.format {
        Format::Elf => {
            let elf = goblin::elf::Elf::parse(bytes).expect("goblin reads it");
            let name = |symbol: &goblin::elf::Sym| elf.strtab.get_at(symbol.st_name).unwrap_or("");
            elf.syms.iter().skip(1).map(|s| (name(&s).into(), s.st_value)).collect()
        }
        Format::MachO => {
            let file = goblin::mach::MachO::parse(bytes, 0).expect("goblin reads it");
            let symbols = file.symbols().map(|symbol| symbol.expect("a symbol"));
            let real = symbols.filter(|(_, row)| !row.is_stab());
            real.map(|(name, row)| (name.into(), row.n_value)).collect()
        }
        Format::Pe => coff_symbols(image, bytes),
    };
    found.sort();
    found
}

fn coff_symbols(image: &Image, bytes: &[u8]) -> Vec<(Vec<u8>, u64)> {
    let pe = goblin::pe::PE::parse(bytes).expect("goblin reads it");
    let header = pe.header.coff_header;
    let Some(symbols) = header.symbols(bytes).expect("goblin reads it") else { return Vec::new() };
    let strings = header.strings(bytes).expect("goblin reads it").unwrap_or_default();
    let address = |symbol: &goblin::pe::symbol::Symbol| {
        let value = u64::from(symbol.value);
        match usize::try_from(symbol.section_number) {
            Ok(number @ 1..) => image.sections[number - 1].address + value,
            _ => value,
        }
    };
    let named = symbols.iter().map(|(_, inline, symbol)| {
        let name = inline.unwrap_or_else(|| symbol.name(&strings).expect("a name"));
        (name.as_bytes().to_vec(), address(&symbol))
    });
    named.collect()
}

#[test]
fn a_second_reader_sees_the_same_symbols_in_every_whole_fixture() {
    let mut tables = 0;
    for fixture in common::fixtures() {
        let bytes = fs::read(&fixture.path).expect("a fixture");
        for image in images(&fixture.path) {
            let start = image.range.base() as usize;
            let slice = &bytes[start..start + image.range.len() as usize];
            let own = own_symbols(&image);
            if own.is_empty() {
                continue;
            }
            assert!(own == goblins_symbols(&image, slice), "{} {}", fixture.id, image.arch);
            tables += 1;
        }
    }
    assert!(tables >= 12, "only {tables} tables");
    println!("{tables} symbol tables equal to goblin's");
}

/// Small files that claim, repeat or overlap so much that a reader without limits is busy for hours.
#[test]
fn cost_follows_the_bytes_present() {
    let folder = common::scratch("costly");
    let mach = |count: u32, command: &[u8]| {
        let mut bytes = Vec::new();
        let size = command.len() as u32 * count;
        for word in [0xfeed_facf, 0x0100_000c, 0, 2, count, size, 0, 0] {
            bytes.extend(u32::to_le_bytes(word));
        }
        bytes.extend(command.repeat(count as usize));
        bytes
    };
    let words = |words: &[u32]| words.iter().flat_map(|w| w.to_le_bytes()).collect::<Vec<u8>>();
    let cases = [
        ("symbol-tables", mach(50_000, &words(&[0x2, 24, 32, 10, 32, 10]))),
        ("claimed-symbols", mach(1, &words(&[0x2, 24, 32, 1 << 28, 32, u32::MAX]))),
        ("empty-commands", mach(500_000, &words(&[0x1d, 8]))),
        ("one-name-for-all", one_name_for_all(true)),
        ("no-end-for-all", one_name_for_all(false)),
    ];
    for (name, bytes) in cases {
        let path = folder.join(name);
        fs::write(&path, &bytes).expect("a file");
        for flags in [&[][..], &["-dynamic"]] {
            let began = Instant::now();
            let run = nm(flags, &path);
            assert_eq!(run.code, 1, "{name}");
            assert!(run.messages.lines().count() < 40, "{name}: {}", run.messages.len());
            assert!(began.elapsed() < Duration::from_secs(10), "{name}: {:?}", began.elapsed());
        }
    }
}

/// A Mach-O of 100,000 symbols that all bear the same name of a megabyte, with or without an end.
fn one_name_for_all(ended: bool) -> Vec<u8> {
    const ROWS: u32 = 100_000;
    const NAME: u32 = 1_000_000;
    let mut bytes = Vec::new();
    let names = 56 + ROWS * 16;
    for word in [0xfeed_facf, 0x0100_000c, 0, 2, 1, 24, 0, 0, 2, 24, 56, ROWS, names, NAME] {
        bytes.extend(u32::to_le_bytes(word));
    }
    bytes.extend([0; 16].repeat(ROWS as usize));
    bytes.extend(vec![b'a'; NAME as usize]);
    if ended {
        bytes.pop();
        bytes.push(0);
    }
    bytes
}
