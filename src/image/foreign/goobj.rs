//! Which symbols does a Go object file define and refer to?
//!
//! Layout: `cmd/internal/goobj/objfile.go`. Behind a text header (`go object linux amd64 go1.27.4 …`, closed by a line
//! `!`) stand a magic, the offsets of 19 blocks, strings, and the blocks. Go 1.18 to 1.27 agree in all that is read
//! here; the numbers of symbol kinds changed with 1.24, but the magic did not, so that only the text header tells.
//! Rows and letters are those of `cmd/internal/objfile/goobj.go`; an address is an offset behind the magic's first byte.

use memchr::memmem;

use super::super::names::{Names, Span};
use super::{Foreign, section};
use crate::error::{Fault, FaultCode, Result};
use crate::image::{Binding, Place, Symbol, SymbolKind};
use crate::input::Range;

/// Of 1.18 and 1.19, and from 1.20 on.
const MAGICS: [&[u8]; 2] = [b"\0go118ld", b"\0go120ld"];
const PART: &str = "Go object header";
/// Magic, fingerprint, flags, and the offsets of the blocks.
const HEADER: u64 = 8 + 8 + 4 + 4 * BLOCKS as u64;
const BLOCKS: usize = 19;

/// Numbers of blocks: definitions are those from `DEFINED` up to `REFERRED`.
const DEFINED: usize = 3;
const REFERRED: usize = 7;
const DATA_INDEX: usize = 13;
const DATA: usize = 16;
const REFERRED_NAMES: usize = 17;

const ROW: usize = 21;
const NAME_ROW: usize = 16;
/// The ABI of a symbol that is only known in its own file.
const STATIC: u16 = u16::MAX;

/// From an upper-case letter to its lower-case one; Go adds it to `?` too.
const LOWER: u8 = b'a' - b'A';

/// Where the header of a file ends is searched in pieces; cgo's directives may make it long.
const PIECE: u64 = 1 << 16;
const END: &[u8] = b"\n!\n";

/// Reads the object in `range`.
pub(super) fn read(range: &Range, found: &mut Foreign) -> Result<()> {
    let (start, fips) = text_header(range, found)?;
    let (object, _) = range.part("Go object", start, range.len().saturating_sub(start));
    let magic = object.read(PART, 0, 8)?;
    if !MAGICS.contains(&magic.as_slice()) {
        return Err(other_magic(&object, &magic));
    }
    let header = object.read(PART, 0, HEADER)?;
    let blocks = Blocks::of(&object, &header)?;
    found.table.present = true;
    let data = blocks.offset(DATA);
    found.sections =
        vec![section(b"", data, blocks.len(DATA), start.saturating_add(data), blocks.len(DATA))];
    let rows = blocks.rows();
    let mut names = Names::read(&object, "Go object strings", 0, blocks.offset(0), rows);
    let mut list = List { found, names: &mut names, fips, missing: 0 };
    let read = list.read(&object, &blocks);
    let missing = list.missing;
    let (bytes, faults) = names.finish();
    found.table.names = bytes;
    found.table.faults.extend(faults);
    if missing > 0 {
        let at = object.base().saturating_add(blocks.offset(DATA_INDEX));
        let detail = "symbols without an offset of their data";
        found.table.faults.push(Fault::invalid("Go object data index", at, 0, missing, detail));
    }
    read
}

/// Where the text header ends, and whether the numbers of kinds are those since Go 1.24.
fn text_header(range: &Range, found: &mut Foreign) -> Result<(u64, bool)> {
    let first = range.read_up_to("Go object text header", 0, PIECE)?;
    let line = first.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let text = std::str::from_utf8(line.get(..line.len().min(1024)).unwrap_or_default());
    let words: Vec<&str> = text.unwrap_or_default().split_ascii_whitespace().collect();
    found.os = words.get(2).map(|word| (*word).to_owned());
    found.arch = words.get(3).map(|word| (*word).to_owned());
    let minor = words.iter().skip(4).find_map(|word| minor(word));
    let mut at = 0;
    while at < range.len() {
        let piece = range.read_up_to("Go object text header", at, PIECE + END.len() as u64)?;
        if let Some(end) = memmem::find(&piece, END) {
            return Ok((at + (end + END.len()) as u64, minor.is_none_or(|minor| minor >= 24)));
        }
        at += PIECE;
    }
    let (wanted, present) = (range.len().saturating_add(END.len() as u64), range.len());
    Err(Fault::truncated("Go object text header", range.base(), wanted, present))
}

/// `27` of `go1.27.4` and of `go1.27-devel_…`.
fn minor(word: &str) -> Option<u32> {
    let rest = word.strip_prefix("go1.")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

fn other_magic(object: &Range, magic: &[u8]) -> Fault {
    if let [0, name @ ..] = magic
        && name.starts_with(b"go1")
        && name.ends_with(b"ld")
    {
        let name = crate::printable::printable(name);
        let detail = format!("go object of a different version: \"{name}\"");
        return Fault::unsupported("file", object.base(), detail);
    }
    let present = magic.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
    let detail = "no magic of a Go object behind its text header";
    Fault::new(FaultCode::NotExecutable, PART, object.base(), 0, present, detail)
}

/// Where each block begins. Each ends where the next one begins.
struct Blocks(Vec<u64>);

impl Blocks {
    fn of(object: &Range, header: &[u8]) -> Result<Self> {
        let (words, _) = header.get(20..).unwrap_or_default().as_chunks::<4>();
        let offsets: Vec<u64> = words.iter().map(|word| u32::from_le_bytes(*word).into()).collect();
        for (index, pair) in offsets.windows(2).enumerate() {
            if let [one, next] = pair
                && one > next
            {
                let at = object.base().saturating_add(24 + 4 * index as u64);
                let detail = "a block that ends before it begins";
                return Err(Fault::invalid(PART, at, *one, *next, detail));
            }
        }
        if let Some(first) = offsets.first().filter(|first| **first < HEADER) {
            let at = object.base().saturating_add(20);
            return Err(Fault::invalid(PART, at, HEADER, *first, "a block inside the header"));
        }
        Ok(Self(offsets))
    }

    fn offset(&self, block: usize) -> u64 {
        self.0.get(block).copied().unwrap_or(0)
    }

    fn len(&self, block: usize) -> u64 {
        self.offset(block + 1).saturating_sub(self.offset(block))
    }

    /// How many rows of nm there are at most.
    fn rows(&self) -> u64 {
        let symbols: u64 = (DEFINED..=REFERRED).map(|block| self.len(block) / ROW as u64).sum();
        symbols.saturating_add(self.len(REFERRED_NAMES) / NAME_ROW as u64)
    }
}

/// The rows while they are read.
struct List<'a> {
    found: &'a mut Foreign,
    names: &'a mut Names,
    fips: bool,
    /// Definitions whose data the index does not give.
    missing: u64,
}

impl List<'_> {
    /// Reads definitions, then references, in Go's order.
    fn read(&mut self, object: &Range, blocks: &Blocks) -> Result<()> {
        let block = |block: usize| (blocks.offset(block), blocks.len(block));
        let (at, len) = block(DATA_INDEX);
        let index = object.read_up_to("Go object data index", at, len)?;
        let (index, _) = index.as_chunks::<4>();
        let mut number = 0;
        for kind in DEFINED..REFERRED {
            let (at, len) = block(kind);
            let rows = object.read_up_to("Go object symbols", at, len)?;
            let (rows, _) = rows.as_chunks::<ROW>();
            for row in rows {
                let data = index.get(number..number + 2);
                let data =
                    data.map(|pair| pair.iter().map(|at| u64::from(u32::from_le_bytes(*at))));
                self.definition(row, data, blocks.offset(DATA), number);
                number += 1;
            }
        }
        let (at, len) = block(REFERRED);
        let rows = object.read_up_to("Go object references", at, len)?;
        for (index, row) in rows.as_chunks::<ROW>().0.iter().enumerate() {
            let name = self.name(row, || format!("reference {index}"));
            self.reference(name);
        }
        let (at, len) = block(REFERRED_NAMES);
        let rows = object.read_up_to("Go object names of references", at, len)?;
        for (index, row) in rows.as_chunks::<NAME_ROW>().0.iter().enumerate() {
            let name =
                self.name(row.get(8..).unwrap_or_default(), || format!("reference name {index}"));
            self.reference(name);
        }
        let end = blocks.offset(BLOCKS - 1);
        object.check("Go object", 0, end)
    }

    /// The name whose length and offset `row` begins with.
    fn name(&mut self, row: &[u8], of: impl FnOnce() -> String) -> Option<Span> {
        let (words, _) = row.as_chunks::<4>();
        let [len, start, ..] = words else { return None };
        self.names.stated(u32::from_le_bytes(*start), u32::from_le_bytes(*len), of)
    }

    fn definition(
        &mut self,
        row: &[u8; ROW],
        data: Option<impl Iterator<Item = u64>>,
        base: u64,
        number: usize,
    ) {
        let name = self.name(row, || format!("symbol {number}"));
        let [.., abi0, abi1, kind, _flag, _flag2, s0, s1, s2, s3, _, _, _, _] = *row;
        let is_static = u16::from_le_bytes([abi0, abi1]) == STATIC;
        let Some(name) = name.filter(|name| name.1 > 0) else { return };
        let name = if is_static { self.names.suffixed(name, b"<1>") } else { Some(name) };
        let Some((name_start, name_len)) = name else { return };
        let Some(mut data) = data else {
            self.missing += 1;
            return;
        };
        let (from, to) = (data.next().unwrap_or(0), data.next().unwrap_or(0));
        let letter = letter(kind, self.fips);
        self.found.letters.push(if is_static { letter + LOWER } else { letter });
        self.found.table.symbols.push(Symbol {
            name_start,
            name_len,
            address: base.saturating_add(from),
            size: u32::from_le_bytes([s0, s1, s2, s3]).into(),
            // Zeroed variables have no bytes in the file.
            place: if to > from { Place::Section(0) } else { Place::Debug },
            binding: if is_static { Binding::Local } else { Binding::Global },
            kind: if letter == b'T' { SymbolKind::Func } else { SymbolKind::Unknown },
        });
    }

    fn reference(&mut self, name: Option<Span>) {
        let Some((name_start, name_len)) = name else { return };
        self.found.letters.push(b'U');
        self.found.table.symbols.push(Symbol {
            name_start,
            name_len,
            address: 0,
            size: 0,
            place: Place::Undefined,
            binding: Binding::Global,
            kind: SymbolKind::Unknown,
        });
    }
}

/// nm's letter of a global symbol of that kind (`cmd/internal/objabi/symkind.go`). From 1.24 on, the kinds up to data
/// come in pairs, the second one for the FIPS module.
fn letter(kind: u8, fips: bool) -> u8 {
    match (fips, kind) {
        (true, 1 | 2) | (false, 1) => b'T',
        (true, 3 | 4) | (false, 2) => b'R',
        (true, 5..=8) | (false, 3 | 4) => b'D',
        (true, 9..=11) | (false, 5..=7) => b'B',
        _ => b'?',
    }
}
