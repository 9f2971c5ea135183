//! What do the relocations of a COFF object file refer to, and how?
//!
//! Format: Microsoft's "PE Format", "COFF Relocations". Addends stand in the bytes to be changed. The
//! image base of an object is 0, so an address relative to it is the address itself.

use object::LittleEndian as LE;
use object::pe::{ImageRelocation, ImageSectionHeader, ImageSymbol, ImageSymbolBytes};
use object::pod;

use super::Tables;
use crate::error::Fault;
use crate::image::object::forms::Form::{self, *};
use crate::image::object::work::{Fix, Work};
use crate::image::{Image, Section};
use crate::input::rows::{each_row, read_one, read_rows};

/// The number of relocations is too large for its field and stands in the first relocation.
const SCN_LNK_NRELOC_OVFL: u32 = 0x0100_0000;

/// A relocation type: its number, what it fills in, how many bytes hold its addend, and how many bytes
/// after the first of them a distance counts from.
type Kind = (u16, Form, u8, u64);

/// `IMAGE_REL_AMD64_*`.
const AMD64: &[Kind] = &[
    (0, Ignored, 0, 0),
    (1, Absolute(8), 8, 0),
    (2, Absolute(4), 4, 0),
    (3, Absolute(4), 4, 0), // ADDR32NB
    (4, Relative(4), 4, 4),
    (5, Relative(4), 4, 5),
    (6, Relative(4), 4, 6),
    (7, Relative(4), 4, 7),
    (8, Relative(4), 4, 8),
    (9, Relative(4), 4, 9),
    (10, Ignored, 0, 0), // SECTION, SECREL: for debuggers and thread-local storage
    (SECREL, Ignored, 0, 0),
];

const SECREL: u16 = 11;
/// A reference between sections of debugging data. Those stay at 0, so that addresses in them are offsets.
const OFFSET_IN_DEBUG: Kind = (SECREL, Absolute(4), 4, 0);

const MACHINE_AMD64: &str = "amd64";

fn kind(image: &Image, section: &Section, number: u16) -> Option<Kind> {
    if number == SECREL && !section.allocated {
        return Some(OFFSET_IN_DEBUG);
    }
    let table = if image.arch == MACHINE_AMD64 { AMD64 } else { &[] };
    table.iter().find(|(known, ..)| *known == number).copied()
}

/// Applies the relocations of every section that is not compressed; see [`crate::image::object`].
pub(in crate::image) fn relocate(image: &Image, tables: &Tables, work: &mut Work) {
    let symbols = symbols(image, tables, work);
    let size = size_of::<ImageSectionHeader>() as u64;
    for (index, section) in (0u64..).zip(&image.sections) {
        if section.compressed || section.file_size == 0 {
            continue;
        }
        let at = tables.section_table.saturating_add(index * size);
        let part = format!("relocations of {}", image.section_part(section));
        let read = extent(image, &part, at)
            .and_then(|extent| apply(image, section, &symbols, (&part, extent), work));
        work.faults.extend(read.err());
    }
}

/// Offset and length of the relocations of the section whose header is at `at`.
fn extent(image: &Image, part: &str, at: u64) -> Result<(u64, u64), Fault> {
    let header: ImageSectionHeader = read_one(&image.range, part, at)?;
    let size = size_of::<ImageRelocation>() as u64;
    let offset = u64::from(header.pointer_to_relocations.get(LE));
    let count = u64::from(header.number_of_relocations.get(LE));
    let overflowed = header.characteristics.get(LE).0 & SCN_LNK_NRELOC_OVFL != 0;
    if !overflowed || count < 0xffff {
        return Ok((offset, count * size));
    }
    let first: ImageRelocation = read_one(&image.range, part, offset)?;
    let count = u64::from(first.virtual_address.get(LE)).saturating_sub(1);
    Ok((offset.saturating_add(size), count * size))
}

/// The address of every symbol, by number. Auxiliary rows are counted, and what stands for them is never asked for.
fn symbols(image: &Image, tables: &Tables, work: &mut Work) -> Vec<u64> {
    if tables.symbols_offset == 0 {
        return Vec::new();
    }
    let len = tables.strings_offset() - tables.symbols_offset;
    let part = "PE symbol table";
    let (rows, _) = read_rows::<ImageSymbolBytes>(&image.range, part, tables.symbols_offset, len);
    work.count_symbols(rows.len() as u64);
    let address = |(index, bytes): (u64, &ImageSymbolBytes)| {
        let undefined = image.linked.as_ref().map_or(0, |linked| linked.undefined(index));
        let Ok((row, _)) = pod::from_bytes::<ImageSymbol>(&bytes.0) else { return undefined };
        let value = u64::from(row.value.get(LE));
        match row.section_number.get(LE).cast_signed() {
            0 => undefined,
            -1 | -2 => value,
            number => {
                let index = usize::try_from(number).unwrap_or(0).wrapping_sub(1);
                image.sections.get(index).map_or(undefined, |s| s.address.wrapping_add(value))
            }
        }
    };
    (0..).zip(&rows).map(address).collect()
}

fn apply(
    image: &Image,
    section: &Section,
    symbols: &[u64],
    (part, (offset, len)): (&str, (u64, u64)),
    work: &mut Work,
) -> Result<(), Fault> {
    each_row::<ImageRelocation>(&image.range, part, offset, len, |index, row| {
        let number = row.typ.get(LE).0;
        let place = u64::from(row.virtual_address.get(LE));
        let symbol = symbols.get(row.symbol_table_index.get(LE) as usize).copied();
        let fix = kind(image, section, number).zip(symbol).filter(|_| place < section.file_size);
        let applied = fix.is_some_and(|((_, form, stored, behind), symbol)| {
            let at = section.offset.saturating_add(place);
            let addend = if stored == 0 { 0 } else { work.stored(at, stored) };
            let target = symbol.wrapping_add_signed(addend).wrapping_sub(behind);
            let address = section.address.wrapping_add(place);
            work.apply(&Fix { at, address, form, target })
        });
        if !applied && section.allocated {
            let at = offset.saturating_add(index.saturating_mul(10));
            work.refuse(&image.range, part, at, || format!("a relocation of type {number}"));
        }
    })
}
