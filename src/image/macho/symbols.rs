//! Which symbols does a Mach-O file's `LC_SYMTAB` hold?
//!
//! Format: `mach-o/nlist.h`. Stabs (debugging records) are left out, as Go's nm does. Names are kept
//! as stored, with the leading `_` of every Go name.

use object::Endianness;
use object::macho::{Nlist32, Nlist64};
use object::read::macho::Nlist;

use super::Tables;
use crate::error::Fault;
use crate::image::names::Names;
use crate::image::object::work::BASE;
use crate::image::{Binding, Image, Place, Symbol, SymbolKind, SymbolTable};
use crate::input::rows::{each_row, rows_present};

const N_STAB: u8 = 0xe0;
const N_EXT: u8 = 0x1;
const N_TYPE: u8 = 0xe;
const N_ABS: u8 = 0x2;
const N_WEAK_REF: u16 = 0x40;
const N_WEAK_DEF: u16 = 0x80;

/// Reads the symbol table; see [`Image::read_symbols`].
pub(in crate::image) fn read_symbols(image: &Image, tables: &Tables) -> SymbolTable {
    if tables.is_64 {
        read::<Nlist64<Endianness>>(image, tables)
    } else {
        read::<Nlist32<Endianness>>(image, tables)
    }
}

fn read<N: Nlist<Endian = Endianness>>(image: &Image, tables: &Tables) -> SymbolTable {
    let Some(extent) = tables.symbol_extent() else { return SymbolTable::default() };
    let (range, endian) = (&image.range, tables.endian);
    let (offset, len) = (extent.rows_offset, extent.rows_len);
    let rows = rows_present::<N>(range, offset, len);
    let part = "Mach-O symbol names";
    let mut names = Names::read(range, part, extent.names_offset, extent.names_len, rows);
    let mut symbols = Vec::with_capacity(usize::try_from(rows).unwrap_or(0));
    let mut bad_sections = 0u64;
    let end = each_row::<N>(range, "Mach-O symbol table", offset, len, |i, row| {
        if row.n_type().0 & N_STAB != 0 {
            return;
        }
        bad_sections += u64::from(usize::from(row.n_sect()) > image.sections.len());
        let name = names.span(row.n_strx(endian), || format!("symbol {i}"));
        let mut found = name.map(|name| symbol(row, endian, name));
        if let (Some(linked), Some(found)) = (&image.linked, &mut found) {
            match found.place {
                Place::Section(_) => found.address = found.address.wrapping_add(BASE),
                Place::Undefined => found.address = linked.undefined(i),
                Place::Common | Place::Absolute | Place::Debug => {}
            }
        }
        symbols.extend(found);
    });
    let mut faults: Vec<Fault> = end.err().into_iter().collect();
    if bad_sections > 0 {
        let detail = format!("symbols in sections that do not exist: {bad_sections}");
        let (at, last) = (range.base().saturating_add(offset), image.sections.len() as u64);
        faults.push(Fault::invalid("Mach-O symbol table", at, last, last + 1, detail));
    }
    let (names, bad_names) = names.finish();
    faults.extend(bad_names);
    SymbolTable { symbols, names, present: true, faults }
}

fn symbol<N: Nlist<Endian = Endianness>>(row: &N, endian: Endianness, name: (u32, u32)) -> Symbol {
    let (kind, description) = (row.n_type().0, row.n_desc(endian).0);
    Symbol {
        name_start: name.0,
        name_len: name.1,
        address: row.n_value(endian).into(),
        size: 0,
        place: match row.n_sect() {
            0 if kind & N_TYPE == N_ABS => Place::Absolute,
            0 => Place::Undefined,
            section => Place::Section(u32::from(section) - 1),
        },
        binding: match kind & N_EXT {
            0 => Binding::Local,
            _ if description & (N_WEAK_REF | N_WEAK_DEF) != 0 => Binding::Weak,
            _ => Binding::Global,
        },
        kind: SymbolKind::Unknown,
    }
}
