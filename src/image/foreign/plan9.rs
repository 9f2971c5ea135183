//! Which symbols does a Plan 9 a.out file hold?
//!
//! Layout: `a.out(6)` of Plan 9: a header of eight big-endian words (amd64: the entry once more, in 64 bits), then
//! text, data and symbols. A symbol is its value, a byte that is its letter with the top bit set, and its name.

use super::{Foreign, section};
use crate::error::{Fault, Result};
use crate::image::{Binding, Place, Symbol, SymbolKind};
use crate::input::Range;

const HEADER: u64 = 32;
/// This bit of the magic says that addresses have 64 bits, and that the header has 8 bytes more.
const WIDE: u32 = 0x8000;
const TABLE: &str = "Plan 9 symbol table";
/// The letters that Go's nm lists (`cmd/internal/objfile/plan9obj.go`); the others are files, lines and frames.
const LISTED: &[u8] = b"TtDdBb";

const TEXT: u32 = 0;
const DATA: u32 = 1;
const BSS: u32 = 2;

/// Reads the header in `range` and the symbols that it leads to.
pub(super) fn read(range: &Range, found: &mut Foreign) -> Result<()> {
    let bytes = range.read("Plan 9 header", 0, HEADER)?;
    let (words, _) = bytes.as_chunks::<4>();
    let word = |index: usize| words.get(index).map_or(0, |word| u32::from_be_bytes(*word));
    let wide = word(0) & WIDE != 0;
    let (text, data, bss, symbols) = (word(1), word(2), word(3), word(4));
    found.os = Some("plan9".to_owned());
    found.arch = Some(arch(word(0)).to_owned());
    let (header, page) = if wide { (HEADER + 8, 0x20_0000) } else { (HEADER, 0x1000) };
    // Programs are linked at the first page, and data begins with the page behind the text (`cmd/link/internal/ld`,
    // `FlagRound`).
    let start = page + header;
    let behind = (start + u64::from(text)).next_multiple_of(page);
    let data_at = header + u64::from(text);
    let (text, data, bss) = (u64::from(text), u64::from(data), u64::from(bss));
    found.sections = vec![
        section(b"text", start, text, header, text),
        section(b"data", behind, data, data_at, data),
        section(b"bss", behind + data, bss, data_at + data, 0),
    ];
    for (part, offset, size) in [("text", header, text), ("data", data_at, data)] {
        range.check(&format!("Plan 9 {part}"), offset, size)?;
    }
    let at = data_at + data;
    let (symbols, offset) = (u64::from(symbols), range.base().saturating_add(at));
    let cut = range.check(TABLE, at, symbols).err();
    found.table.present = symbols > 0;
    found.table.names = range.read_up_to(TABLE, at, symbols)?;
    let names = std::mem::take(&mut found.table.names);
    let ended = rows(&names, wide, found);
    found.table.names = names;
    match (cut, ended) {
        (Some(cut), _) => Err(cut),
        (None, Err(row)) => {
            let place = offset.saturating_add(row as u64);
            Err(Fault::invalid(TABLE, place, symbols, row as u64, "the last row has no end"))
        }
        (None, Ok(())) => Ok(()),
    }
}

fn arch(magic: u32) -> &'static str {
    match magic & 0xffff {
        0x01eb => "386",
        0x8a97 => "amd64",
        _ => "arm",
    }
}

/// Adds the rows in `bytes`; fails with the place of the row that does not end there.
fn rows(bytes: &[u8], wide: bool, found: &mut Foreign) -> std::result::Result<(), usize> {
    let mut at = 0;
    // Go stops where less than a value of 32 bits is left.
    while bytes.len() - at >= 4 {
        let (row, width) = (bytes.get(at..).unwrap_or_default(), if wide { 8 } else { 4 });
        let (Some(value), Some(letter)) = (row.get(..width), row.get(width)) else {
            return Err(at);
        };
        let letter = letter & 0x7f;
        let start = width + 1;
        let name = row.get(start..).unwrap_or_default();
        let len = memchr::memchr(0, name).ok_or(at)?;
        let end = match letter {
            b'z' | b'Z' => {
                start + len + 1 + path(name.get(len + 1..).unwrap_or_default()).ok_or(at)?
            }
            _ => start + len + 1,
        };
        if LISTED.contains(&letter) {
            let address = value.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
            add(found, address, letter, at + start, len);
        }
        at += end;
    }
    Ok(())
}

/// How many bytes the path of a `z` row takes: pairs, up to a pair of zeros.
fn path(bytes: &[u8]) -> Option<usize> {
    let (pairs, _) = bytes.as_chunks::<2>();
    pairs.iter().position(|pair| pair == &[0, 0]).map(|index| index * 2 + 2)
}

fn add(found: &mut Foreign, address: u64, letter: u8, name: usize, len: usize) {
    // The table is at most 4 GiB long.
    let (Ok(name_start), Ok(name_len)) = (u32::try_from(name), u32::try_from(len)) else { return };
    // Constants are D and stand in the text; what no section holds, the mark at its end, is of the letter's section.
    let holds =
        |index: u32| found.sections.get(index as usize).is_some_and(|s| s.contains(address));
    let index = match letter.to_ascii_uppercase() {
        b'T' => TEXT,
        b'D' if holds(TEXT) => TEXT,
        b'D' => DATA,
        _ => BSS,
    };
    found.letters.push(letter);
    found.table.symbols.push(Symbol {
        name_start,
        name_len,
        address,
        size: 0,
        place: Place::Section(index),
        binding: if letter.is_ascii_lowercase() { Binding::Local } else { Binding::Global },
        kind: if letter.eq_ignore_ascii_case(&b'T') {
            SymbolKind::Func
        } else {
            SymbolKind::Object
        },
    });
}
