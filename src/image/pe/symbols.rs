//! Which symbols does a PE file's COFF symbol table hold?
//!
//! Format: Microsoft's "PE Format", "COFF Symbol Table". Auxiliary records are skipped; a name of up
//! to eight bytes stands in its row, a longer one in the string table behind the rows.

use object::LittleEndian as LE;
use object::pe::{ImageSymbol, ImageSymbolBytes};
use object::pod;

use super::Tables;
use crate::error::Fault;
use crate::image::names::{Names, Span};
use crate::image::{Binding, Image, Place, Symbol, SymbolKind, SymbolTable};
use crate::input::rows::{each_row, read_one, rows_present};

const CLASS_EXTERNAL: u8 = 2;
const CLASS_STATIC: u8 = 3;
const CLASS_FILE: u8 = 103;
const CLASS_WEAK_EXTERNAL: u8 = 105;
/// The derived type of a function, in the upper half of the type field.
const DTYPE_FUNCTION: u16 = 0x20;
const PART: &str = "PE symbol table";

/// Reads the symbol table; see [`Image::read_symbols`].
pub(in crate::image) fn read_symbols(image: &Image, tables: &Tables) -> SymbolTable {
    let (range, offset) = (&image.range, tables.symbols_offset);
    if offset == 0 || tables.symbols == 0 {
        return SymbolTable::default();
    }
    let len = tables.strings_offset() - offset;
    let rows = rows_present::<ImageSymbolBytes>(range, offset, len);
    let mut faults = Vec::new();
    let mut names = string_table(image, tables, rows, &mut faults);
    let mut symbols = Vec::with_capacity(usize::try_from(rows).unwrap_or(0));
    let (mut auxiliary, mut bad_sections) = (0u8, 0u64);
    let end = each_row::<ImageSymbolBytes>(range, PART, offset, len, |i, bytes| {
        if auxiliary > 0 {
            auxiliary -= 1;
            return;
        }
        let Ok((row, _)) = pod::from_bytes::<ImageSymbol>(&bytes.0) else { return };
        auxiliary = row.number_of_aux_symbols;
        let place = place(row.section_number.get(LE).cast_signed(), image, &mut bad_sections);
        let name = name(row, i, &mut names);
        symbols.extend(name.map(|name| symbol(row, name, place, image, i)));
    });
    faults.extend(end.err());
    let at = range.base().saturating_add(offset);
    if auxiliary > 0 {
        let detail = "the last symbol's auxiliary records are missing";
        faults.push(Fault::invalid(PART, at, auxiliary.into(), 0, detail));
    }
    if bad_sections > 0 {
        let detail = format!("symbols in sections that do not exist: {bad_sections}");
        let last = image.sections.len() as u64;
        faults.push(Fault::invalid(PART, at, last, last + 1, detail));
    }
    let (names, bad_names) = names.finish();
    faults.extend(bad_names);
    SymbolTable { symbols, names, present: true, faults }
}

/// The string table with its size field, because names count from there.
fn string_table(image: &Image, tables: &Tables, rows: u64, faults: &mut Vec<Fault>) -> Names {
    let offset = tables.strings_offset();
    match read_one::<object::U32<LE>>(&image.range, "PE string table size", offset) {
        // A size of 4, or of 0 as some tools write, means that there are no names.
        Ok(size) => Names::read(&image.range, "PE string table", offset, size.get(LE).into(), rows),
        Err(fault) => {
            faults.push(fault);
            Names::empty("PE string table")
        }
    }
}

fn name(row: &ImageSymbol, index: u64, names: &mut Names) -> Option<Span> {
    let [a, b, c, d, offset @ ..] = row.name;
    let offset = u32::from_le_bytes(offset);
    if [a, b, c, d] != [0; 4] || offset == 0 {
        let short = row.name.split(|byte| *byte == 0).next().unwrap_or_default();
        return names.push(short);
    }
    // The first four bytes are the table's own size.
    let start = if offset < 4 { u32::MAX } else { offset };
    names.span(start, || format!("symbol {index}"))
}

fn place(section: i16, image: &Image, bad_sections: &mut u64) -> Place {
    match section {
        0 => Place::Undefined,
        -1 => Place::Absolute,
        -2 => Place::Debug,
        number => {
            let index = u32::try_from(number).map_or(u32::MAX, |number| number - 1);
            *bad_sections += u64::from(index as usize >= image.sections.len());
            Place::Section(index)
        }
    }
}

fn symbol(row: &ImageSymbol, name: Span, place: Place, image: &Image, index: u64) -> Symbol {
    let value = u64::from(row.value.get(LE));
    let base = match place {
        Place::Section(index) => image.sections.get(index as usize).map_or(0, |s| s.address),
        _ => 0,
    };
    let undefined = image.linked.as_ref().filter(|_| place == Place::Undefined);
    let class = row.storage_class.0;
    Symbol {
        name_start: name.0,
        name_len: name.1,
        address: undefined.map_or(base.wrapping_add(value), |linked| linked.undefined(index)),
        size: 0,
        place,
        binding: match class {
            CLASS_EXTERNAL => Binding::Global,
            CLASS_WEAK_EXTERNAL => Binding::Weak,
            _ => Binding::Local,
        },
        kind: match class {
            CLASS_FILE => SymbolKind::File,
            CLASS_STATIC if row.number_of_aux_symbols > 0 && value == 0 => SymbolKind::Section,
            _ if row.typ.get(LE).0 == DTYPE_FUNCTION => SymbolKind::Func,
            _ => SymbolKind::Unknown,
        },
    }
}
