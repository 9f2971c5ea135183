//! Are the words that the loader fills in those that other readers name, in every encoding?
//!
//! testdata/formats holds small Mach-O files that ld64.lld linked, and what llvm-objdump says of their
//! words; the arm64 one is encoded again here in the other pointer formats, whose layouts are those of
//! `mach-o/fixup-chains.h`.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use gonym::image::Image;
use gonym::input::{self, File, Range};

/// What a word is filled with: an address of the image, or an import's name and an addend.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Filled {
    Address(u64),
    Import(String, i64),
}

type Words = BTreeMap<u64, Filled>;

fn file(name: &str) -> Vec<u8> {
    let path = common::testdata().join("formats").join(format!("{name}.gz"));
    let packed = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).expect("gzip");
    bytes
}

fn number(text: &str) -> u64 {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).expect("a number")
}

/// The rows of `--dyld-info`, of `--bind` and of `--lazy-bind`.
fn witnessed(name: &str) -> Words {
    let path = common::testdata().join("formats").join(format!("{name}.words"));
    let text = fs::read_to_string(path).expect("the words");
    let row = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let address = number(fields.get(2).filter(|field| field.starts_with("0x"))?);
        let last = (*fields.last()?).to_owned();
        let filled = match fields.as_slice() {
            [_, _, _, _, "rebase", target] => Filled::Address(number(target)),
            [_, _, _, _, "bind", addend, ..] => Filled::Import(last, number(addend) as i64),
            [_, _, _, "pointer", addend, ..] => {
                Filled::Import(last, addend.parse().expect("decimal"))
            }
            [_, _, _, _, _] => Filled::Import(last, 0),
            _ => panic!("{line:?}"),
        };
        Some((address, filled))
    };
    let words: Words = text.lines().filter_map(row).collect();
    assert!(words.len() >= 5, "{name}: {} words", words.len());
    words
}

fn parsed(bytes: Vec<u8>) -> Image {
    let file = Arc::new(File::from_bytes(Path::new("x"), bytes));
    Image::parse(Range::whole(file)).expect("headers")
}

/// What gonym reads, and its faults.
fn read(bytes: Vec<u8>) -> (Words, Vec<String>) {
    let image = parsed(bytes);
    let (relocations, slots) = (image.read_relocations(), image.read_slots());
    let mut words: Words =
        relocations.words.iter().map(|w| (w.address, Filled::Address(w.value))).collect();
    for slot in slots.all().iter().filter(|slot| !slot.stub) {
        let name = String::from_utf8_lossy(slots.name(slot)).into_owned();
        words.insert(slot.address, Filled::Import(name, slot.addend));
    }
    let faults = relocations.faults.iter().chain(&slots.faults).map(ToString::to_string).collect();
    (words, faults)
}

#[test]
fn words_are_those_that_llvm_objdump_names() {
    for arch in ["arm64", "x86_64"] {
        for how in ["fixup_chains", "no_fixup_chains"] {
            let name = format!("{arch}-{how}");
            let (words, faults) = read(file(&name));
            assert_eq!(faults, Vec::<String>::new(), "{name}");
            assert_eq!(words, witnessed(&name), "{name}");
        }
    }
}

/// A stub stands for the symbol that its slot is filled with: `__stubs` has one, for `_imported`.
#[test]
fn stubs_lead_to_the_import() {
    for name in ["arm64-fixup_chains", "x86_64-no_fixup_chains"] {
        let image = parsed(file(name));
        let slots = image.read_slots();
        let stubs: Vec<_> = slots.all().iter().filter(|slot| slot.stub).collect();
        let [stub] = stubs.as_slice() else { panic!("{name}: {stubs:?}") };
        assert_eq!(slots.name(stub), b"_imported", "{name}");
        let section = image.section_named(b"__stubs").expect("the section");
        assert_eq!(stub.address, section.address, "{name}");
    }
}

/// Where things lie in the chained fixups of a file; no reader is asked.
struct Layout {
    /// Offset of the fixups' header.
    header: usize,
    /// Offset of the `pointer_format` of each segment that has chains.
    formats: Vec<usize>,
}

fn word32(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes")) as usize
}

fn layout(bytes: &[u8]) -> Layout {
    const COMMAND: [u8; 4] = 0x8000_0034u32.to_le_bytes();
    let at = (32..).step_by(4).find(|at| bytes[*at..*at + 4] == COMMAND).expect("the command");
    let header = word32(bytes, at + 8);
    let starts = header + word32(bytes, header + 4);
    let segments = (0..word32(bytes, starts)).map(|index| word32(bytes, starts + 4 + 4 * index));
    let formats = segments.filter(|offset| *offset > 0).map(|offset| starts + offset + 6).collect();
    Layout { header, formats }
}

const BASE: u64 = 0x1_0000_0000;

/// The words of the file in another format: `encode` gets what a word is filled with, the number of
/// its import, and the distance to the next in bytes.
fn encoded(format: u16, encode: impl Fn(&Filled, u64, u64) -> u64) -> Vec<u8> {
    let name = "arm64-fixup_chains";
    let mut bytes = file(name);
    for at in layout(&bytes).formats {
        bytes[at..at + 2].copy_from_slice(&format.to_le_bytes());
    }
    let image = parsed(bytes.clone());
    for (address, filled) in witnessed(name) {
        let section = image.section_at(address).expect("a section");
        let at = (section.offset + address - section.address) as usize;
        let old = u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes"));
        // DYLD_CHAINED_PTR_64: 12 bits from bit 51, in units of 4 bytes.
        let next = (old >> 51 & 0xfff) * 4;
        let import = old & 0xff_ffff;
        bytes[at..at + 8].copy_from_slice(&encode(&filled, import, next).to_le_bytes());
    }
    bytes
}

#[test]
fn every_pointer_format_says_the_same() {
    let wanted = witnessed("arm64-fixup_chains");
    let arm64e = |stride: u64, base: u64, ordinal_bits: u32, signed: bool| {
        move |filled: &Filled, import: u64, next: u64| {
            let chain = (next / stride) << 51;
            match filled {
                Filled::Address(target) if signed => (target - BASE) | 3 << 32 | chain | 1 << 63,
                Filled::Address(target) => (target - base) | chain,
                Filled::Import(_, addend) => {
                    assert!(import < 1 << ordinal_bits);
                    import | (*addend as u64) << 32 | chain | 1 << 62
                }
            }
        }
    };
    let plain = |base: u64| {
        move |filled: &Filled, import: u64, next: u64| match filled {
            Filled::Address(target) => (target - base) | (next / 4) << 51,
            Filled::Import(_, addend) => {
                import | (*addend as u64) << 24 | (next / 4) << 51 | 1 << 63
            }
        }
    };
    let files = [
        ("ARM64E", encoded(1, arm64e(8, 0, 16, false))),
        ("64", encoded(2, plain(0))),
        ("64_OFFSET", encoded(6, plain(BASE))),
        ("ARM64E_KERNEL", encoded(7, arm64e(4, BASE, 16, false))),
        ("ARM64E_USERLAND", encoded(9, arm64e(8, BASE, 16, false))),
        ("ARM64E_FIRMWARE", encoded(10, arm64e(4, 0, 16, false))),
        ("ARM64E_USERLAND24", encoded(12, arm64e(8, BASE, 24, false))),
        ("ARM64E, signed", encoded(1, arm64e(8, 0, 16, true))),
        ("ARM64E_USERLAND24, signed", encoded(12, arm64e(8, BASE, 24, true))),
    ];
    for (name, bytes) in files {
        let (words, faults) = read(bytes);
        assert_eq!(faults, Vec::<String>::new(), "{name}");
        assert_eq!(words, wanted, "{name}");
    }
}

#[test]
fn what_is_not_known_is_named() {
    let name = "arm64-fixup_chains";
    let whole = file(name);
    let places = layout(&whole);
    // Pointer format 99; imports of format 9; compressed names; a version that nobody wrote yet.
    let header = places.header;
    let changes = [
        (places.formats[0], 99, "pointer format"),
        (header + 20, 9, "imports of format 9"),
        (header + 24, 1, "compressed"),
        (header, 7, "version"),
    ];
    for (at, value, told) in changes {
        let mut bytes = whole.clone();
        bytes[at] = value;
        let (_, faults) = read(bytes);
        assert!(faults.iter().any(|fault| fault.contains(told)), "{told}: {faults:?}");
    }
}

/// Chains end inside their segment, whatever they say; nothing panics and nothing takes long.
#[test]
fn damaged_chains_are_faults() {
    for name in ["arm64-fixup_chains", "x86_64-fixup_chains", "arm64-no_fixup_chains"] {
        let whole = file(name);
        for at in 0..whole.len().min(0x800) {
            for value in [0x00, 0x80, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let file = Arc::new(File::from_bytes(Path::new("x"), bytes));
                if let Ok(image) = Image::parse(Range::whole(file)) {
                    _ = (image.read_relocations(), image.read_slots());
                }
            }
        }
        let tail = whole.len() - 0x400..whole.len();
        for at in tail {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xff;
            _ = read(bytes);
        }
    }
}

/// The archives of objects, with the lengths at which one member ends and the next one begins.
fn archives() -> Vec<(&'static str, Vec<u8>, Vec<usize>)> {
    let rows = ["elf.a", "macho.a", "coff.a"].map(|name| {
        let bytes = file(name);
        let (mut at, mut ends) = (8, vec![8]);
        while at + 60 <= bytes.len() {
            let size = std::str::from_utf8(&bytes[at + 48..at + 58]).expect("digits");
            at += 60 + size.trim().parse::<usize>().expect("a size");
            // The byte that makes it even may be missing.
            ends.push(at);
            at += at % 2;
            ends.push(at);
        }
        (name, bytes, ends)
    });
    rows.into()
}

/// Everything that is read of an object file, its relocations applied.
fn link_all(bytes: Vec<u8>) -> (usize, Vec<String>) {
    let Ok(found) = input::open_file(File::from_bytes(Path::new("x.a"), bytes)) else {
        return (0, vec!["no archive".to_owned()]);
    };
    let mut faults: Vec<String> = found.faults.iter().map(ToString::to_string).collect();
    let mut rows = 0;
    for part in found.parts {
        match Image::parse(part.range).map(Image::linked) {
            Ok(image) => {
                let (table, relocations) = (image.read_symbols(), image.read_relocations());
                rows += table.symbols.len();
                let all = image.faults.iter().chain(&table.faults).chain(&relocations.faults);
                faults.extend(all.map(ToString::to_string));
                _ = image.read_slots();
            }
            Err(fault) => faults.push(fault.to_string()),
        }
    }
    (rows, faults)
}

#[test]
fn objects_are_linked_without_a_fault() {
    for (name, bytes, _) in archives() {
        let (rows, faults) = link_all(bytes);
        assert!(rows > 5, "{name}: {rows} symbols");
        assert_eq!(faults, Vec::<String>::new(), "{name}");
    }
}

/// Undefined symbols have addresses of their own; what holds the address of one holds that.
#[test]
fn words_of_objects_hold_what_they_refer_to() {
    let mut seen = 0;
    for (_, bytes, _) in archives() {
        let file = File::from_bytes(Path::new("x.a"), bytes);
        for part in input::open_file(file).expect("an archive").parts {
            let image = Image::parse(part.range).expect("an object").linked();
            let symbols = image.read_symbols();
            let address = |wanted: &str| {
                let named =
                    |name: &[u8]| name.strip_prefix(b"_").unwrap_or(name) == wanted.as_bytes();
                let found = symbols.symbols.iter().find(|symbol| named(symbols.name(symbol)));
                found.unwrap_or_else(|| panic!("{wanted} of {}", image.arch)).address
            };
            let words = |from: &str| {
                let section = image.section_at(address(from)).expect("a section");
                let data = image.read_section(section).expect("its bytes");
                let start = (address(from) - section.address) as usize;
                let word = |at: usize| data[at..at + 8].try_into().expect("8 bytes");
                [start, start + 8].map(|at| u64::from_le_bytes(word(at)))
            };
            assert_eq!(words("table"), [address("offered"), address("missing")], "{}", image.arch);
            let [_, data] = words("pointers");
            assert_eq!(data, address("missing_data"), "{}", image.arch);
            assert_ne!(address("missing"), address("missing_data"));
            seen += 1;
        }
    }
    assert_eq!(seen, 5, "objects");
}

#[test]
fn an_archive_cut_anywhere_is_a_fault() {
    for (name, bytes, ends) in archives() {
        for len in 1..bytes.len() {
            let (_, faults) = link_all(bytes[..len].to_vec());
            assert_eq!(faults.is_empty(), ends.contains(&len), "{name} cut at {len}: {faults:?}");
        }
    }
}

#[test]
fn damaged_objects_neither_panic_nor_take_long() {
    for (_, bytes, _) in archives() {
        for at in 0..bytes.len() {
            for value in [0x00, 0x01, 0x7f, 0xff] {
                let mut changed = bytes.clone();
                changed[at] = value;
                _ = link_all(changed);
            }
        }
    }
}
