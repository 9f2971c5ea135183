//! Are all shapes of ELF read: 32 and 64 bit, both byte orders, too many sections, none at all?
//!
//! The corpus holds few of them, so small files are made here, field by field, as the gABI says.

mod common;

use std::path::Path;
use std::sync::Arc;

use gonym::image::{ByteOrder, FileKind, Image, Place, SymbolKind};
use gonym::input::{File, Range};

/// Writes fields in one word size and byte order.
#[derive(Clone, Copy)]
struct Shape {
    wide: bool,
    big: bool,
}

const SHAPES: [Shape; 4] = [
    Shape { wide: true, big: false },
    Shape { wide: true, big: true },
    Shape { wide: false, big: false },
    Shape { wide: false, big: true },
];

impl Shape {
    fn field(self, out: &mut Vec<u8>, value: u64, size: usize) {
        let bytes = value.to_be_bytes();
        let field = &bytes[8 - size..];
        if self.big { out.extend(field) } else { out.extend(field.iter().rev()) }
    }

    fn word(self) -> usize {
        if self.wide { 8 } else { 4 }
    }

    fn header_size(self) -> u64 {
        if self.wide { 64 } else { 52 }
    }

    fn row_size(self) -> u64 {
        if self.wide { 24 } else { 16 }
    }

    fn section_header(self, out: &mut Vec<u8>, section: &Section) {
        let word = self.word();
        self.field(out, section.name, 4);
        self.field(out, section.kind, 4);
        for value in [section.flags, section.address, section.offset, section.size] {
            self.field(out, value, word);
        }
        self.field(out, section.link, 4);
        self.field(out, section.info, 4);
        self.field(out, 1, word);
        self.field(out, section.row, word);
    }

    fn symbol(
        self,
        out: &mut Vec<u8>,
        (name, info, section, value, size): (u64, u64, u64, u64, u64),
    ) {
        self.field(out, name, 4);
        if !self.wide {
            self.field(out, value, 4);
            self.field(out, size, 4);
        }
        self.field(out, info, 1);
        self.field(out, 0, 1);
        self.field(out, section, 2);
        if self.wide {
            self.field(out, value, 8);
            self.field(out, size, 8);
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Section {
    name: u64,
    kind: u64,
    flags: u64,
    address: u64,
    offset: u64,
    size: u64,
    link: u64,
    info: u64,
    row: u64,
}

/// How the file counts its sections.
#[derive(Clone, Copy, PartialEq)]
enum Count {
    InHeader,
    /// In section 0, as files with more than 65,279 sections do.
    InSection0,
    /// There are none.
    Stripped,
}

/// A file with a code section, three symbols (the last in an extended section) and one segment.
fn elf(shape: Shape, count: Count) -> Vec<u8> {
    const NAMES: &[u8] = b"\0.text\0.symtab\0.strtab\0main.main\0extended\0getpid\0";
    let start = shape.header_size();
    let program_size = if shape.wide { 56 } else { 32 };
    let text = start + program_size;
    let names = text + 16;
    let symbols = names + NAMES.len() as u64;
    let extended = symbols + 4 * shape.row_size();
    let sections = extended + 16;
    let mut out = Vec::new();
    out.extend([0x7f, b'E', b'L', b'F', 1 + u8::from(shape.wide), 1 + u8::from(shape.big), 1, 9]);
    out.extend([0; 8]);
    shape.field(&mut out, 2, 2);
    // EM_MIPS, which Go has in all four shapes.
    shape.field(&mut out, 8, 2);
    shape.field(&mut out, 1, 4);
    let table = if count == Count::Stripped { 0 } else { sections };
    for value in [0x1000, start, table] {
        shape.field(&mut out, value, shape.word());
    }
    shape.field(&mut out, 0, 4);
    let section_size = if shape.wide { 64 } else { 40 };
    let (number, index) = match count {
        Count::InHeader => (5, 3),
        Count::InSection0 => (0, 0xffff),
        Count::Stripped => (0, 0),
    };
    for value in [start, program_size, 1, section_size, number, index] {
        shape.field(&mut out, value, 2);
    }
    assert_eq!(out.len() as u64, start);
    shape.field(&mut out, 1, 4);
    if shape.wide {
        shape.field(&mut out, 5, 4);
    }
    for value in [text, 0x1000, 0x1000, 16, 32] {
        shape.field(&mut out, value, shape.word());
    }
    if !shape.wide {
        shape.field(&mut out, 5, 4);
    }
    shape.field(&mut out, 16, shape.word());
    assert_eq!(out.len() as u64, text);
    out.extend([0; 16]);
    out.extend(NAMES);
    shape.symbol(&mut out, (0, 0, 0, 0, 0));
    shape.symbol(&mut out, (23, 0x12, 1, 0x1004, 8));
    shape.symbol(&mut out, (33, 0x01, 0xffff, 0x1008, 4));
    shape.symbol(&mut out, (42, 0x22, 0, 0, 0));
    assert_eq!(out.len() as u64, extended);
    for section in [0, 0, 1, 0] {
        shape.field(&mut out, section, 4);
    }
    if count == Count::Stripped {
        return out;
    }
    let mut rows = [
        Section::default(),
        Section {
            name: 1,
            kind: 1,
            flags: 6,
            address: 0x1000,
            offset: text,
            size: 16,
            ..Section::default()
        },
        Section {
            name: 7,
            kind: 2,
            offset: symbols,
            size: 4 * shape.row_size(),
            link: 3,
            info: 1,
            row: shape.row_size(),
            ..Section::default()
        },
        Section {
            name: 15,
            kind: 3,
            offset: names,
            size: NAMES.len() as u64,
            ..Section::default()
        },
        Section { kind: 18, offset: extended, size: 16, link: 2, row: 4, ..Section::default() },
    ];
    if count == Count::InSection0 {
        (rows[0].size, rows[0].link) = (5, 3);
    }
    for row in &rows {
        shape.section_header(&mut out, row);
    }
    out
}

fn parse(bytes: Vec<u8>) -> Image {
    let file = Arc::new(File::from_bytes(Path::new("made"), bytes));
    Image::parse(Range::whole(file)).expect("an image")
}

#[test]
fn symbols_are_the_same_in_every_shape() {
    for shape in SHAPES {
        for count in [Count::InHeader, Count::InSection0] {
            let image = parse(elf(shape, count));
            assert_eq!(image.faults, []);
            assert_eq!(image.sections.len(), 5);
            assert_eq!(image.sections[2].name, b".symtab");
            assert_eq!(image.byte_order == ByteOrder::Big, shape.big);
            assert_eq!(usize::from(image.pointer_size), shape.word());
            let arch = ["mipsle", "mips", "mips64le", "mips64"];
            assert_eq!(image.arch, arch[usize::from(shape.wide) * 2 + usize::from(shape.big)]);
            assert_eq!((image.kind, image.os), (FileKind::Executable, "freebsd"));
            let table = image.read_symbols();
            assert_eq!(table.faults, []);
            let rows: Vec<_> = table
                .symbols
                .iter()
                .map(|s| (table.name(s), s.address, s.size, s.place, s.kind))
                .collect();
            let expected: [(&[u8], _, _, _, _); 3] = [
                (b"main.main", 0x1004, 8, Place::Section(1), SymbolKind::Func),
                (b"extended", 0x1008, 4, Place::Section(1), SymbolKind::Object),
                (b"getpid", 0, 0, Place::Undefined, SymbolKind::Func),
            ];
            assert_eq!(rows, expected);
        }
    }
}

#[test]
fn a_file_without_section_headers_still_has_its_segments() {
    for shape in SHAPES {
        let image = parse(elf(shape, Count::Stripped));
        assert_eq!(image.faults, []);
        assert_eq!(image.sections.len(), 2, "the null section and one segment");
        let segment = &image.sections[1];
        assert_eq!(segment.name, b"PT_LOAD[0]");
        assert_eq!((segment.address, segment.size, segment.file_size), (0x1000, 32, 16));
        assert!(segment.executable && segment.allocated && !segment.writable);
        assert_eq!(image.section_at(0x1008).map(|s| s.name.as_slice()), Some(&b"PT_LOAD[0]"[..]));
        assert_eq!(image.external_link, None);
        assert!(!image.read_symbols().present);
    }
}

#[test]
fn every_single_byte_of_a_small_file_may_be_wrong() {
    for shape in SHAPES {
        let whole = elf(shape, Count::InHeader);
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                let file = Arc::new(File::from_bytes(Path::new("made"), bytes));
                let Ok(image) = Image::parse(Range::whole(file)) else { continue };
                let table = image.read_symbols();
                _ = image.read_relocations();
                _ = gonym::image::dynamic::read(&image);
                // Nothing is lost in silence but by the symbol table's own section and kind.
                let silent = image.faults.is_empty() && table.faults.is_empty();
                assert!(
                    !silent || table.symbols.len() >= 3 || !table.present,
                    "byte {at} bit {bit}"
                );
            }
        }
        for len in 0..whole.len() {
            let file = Arc::new(File::from_bytes(Path::new("made"), whole[..len].to_vec()));
            let image = Image::parse(Range::whole(file));
            assert!(image.is_err() || image.is_ok_and(|image| !image.faults.is_empty()), "{len}");
        }
    }
}

#[test]
fn relative_words_are_found_with_and_without_section_headers() {
    for id in ["spine-go1.27-linux-amd64-pie", "spine-go1.22-linux-amd64-pie"] {
        let mut bytes = std::fs::read(&common::fixture_named(id).path).expect("a fixture");
        let with = parse(bytes.clone()).read_relocations();
        assert_eq!(with.faults, []);
        assert!(with.words.len() > 1000, "{id}: {}", with.words.len());
        assert!(with.words.windows(2).all(|pair| pair[0].address < pair[1].address));
        let image = parse(bytes.clone());
        for word in &with.words {
            assert!(image.section_at(word.address).is_some(), "{word:x?}");
        }
        // e_shoff; e_shnum and e_shstrndx.
        bytes[0x28..0x30].fill(0);
        bytes[0x3c..0x40].fill(0);
        let without = parse(bytes);
        assert_eq!(without.faults, []);
        assert_eq!(without.read_relocations().words, with.words);
    }
}
