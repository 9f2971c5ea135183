//! Which symbols does an XCOFF file hold?
//!
//! Layout: "XCOFF Object File Format" of AIX. Go's nm lists the symbols of the classes C_EXT, C_WEAKEXT and C_HIDEXT
//! that have a csect entry (`internal/xcoff/file.go`); letters are those of `cmd/internal/objfile/xcoff.go`.

use object::BigEndian as BE;
use object::pod::{self, Pod};
use object::xcoff::{
    CsectAux32, CsectAux64, FileHeader32, FileHeader64, MAGIC_64, SectionHeader32, SectionHeader64,
    Symbol32, Symbol64, SymbolBytes,
};

use super::super::names::Names;
use super::{Foreign, section};
use crate::error::{Fault, Result};
use crate::image::{Binding, Place, Section, Symbol, SymbolKind};
use crate::input::{Range, rows};

const TABLE: &str = "XCOFF symbol table";
const STRINGS: &str = "XCOFF string table";
const SECTIONS: &str = "XCOFF section header";
/// Bytes of one row of the symbol table, and of what belongs to a row.
const ROW: u64 = 18;

const STYP_TEXT: u32 = 0x20;
const STYP_DATA: u32 = 0x40;
const STYP_BSS: u32 = 0x80;
const C_EXT: u8 = 2;
const C_HIDEXT: u8 = 107;
const C_WEAKEXT: u8 = 111;
/// The class of csects that are read only although they lie in the text.
const XMC_RO: u8 = 1;
/// The bit of a symbol's type that says it is a function.
const FUNCTION: u16 = 0x20;

/// What both headers say.
struct Header {
    sections_at: u64,
    sections: u64,
    table: u64,
    rows: u64,
}

/// One row, of either width.
struct Row {
    value: u64,
    section: i16,
    kind: u16,
    class: u8,
    followers: u8,
    /// The name, or where it stands in the string table.
    name: RowName,
}

enum RowName {
    At(u32),
    Short([u8; 8]),
}

/// Reads the headers in `range` and the symbols that they lead to.
pub(super) fn read(range: &Range, found: &mut Foreign) -> Result<()> {
    let magic = range.read("XCOFF header", 0, 2)?;
    let wide = magic == MAGIC_64.to_be_bytes();
    found.os = Some("aix".to_owned());
    found.arch = Some(if wide { "ppc64" } else { "ppc" }.to_owned());
    let header = if wide { header64(range)? } else { header32(range)? };
    read_sections(range, &header, wide, found)?;
    if header.table == 0 || header.rows == 0 {
        return Ok(());
    }
    found.table.present = true;
    let size = header.rows * ROW;
    let strings_at = header.table.saturating_add(size);
    let len = string_table(range, strings_at);
    let mut names = Names::read(range, STRINGS, strings_at, len, header.rows);
    let mut table =
        Table { wide, rows: header.rows, pending: None, found, names: &mut names, odd: None };
    let read = rows::each_row::<SymbolBytes>(range, TABLE, header.table, size, |index, row| {
        table.row(index, &row.0);
    });
    let odd = table.odd.take();
    let (bytes, faults) = names.finish();
    found.table.names = bytes;
    found.table.faults.extend(faults);
    found.table.faults.extend(odd.map(|(row, number)| {
        let part = format!("{TABLE} (section of row {row})");
        let at = range.base().saturating_add(header.table).saturating_add(row * ROW);
        Fault::invalid(part, at, header.sections, number, "no such section")
    }));
    read
}

fn header32(range: &Range) -> Result<Header> {
    let header: FileHeader32 = rows::read_one(range, "XCOFF header", 0)?;
    Ok(Header {
        sections_at: size_of::<FileHeader32>() as u64 + u64::from(header.f_opthdr.get(BE)),
        sections: header.f_nscns.get(BE).into(),
        table: header.f_symptr.get(BE).into(),
        rows: header.f_nsyms.get(BE).into(),
    })
}

fn header64(range: &Range) -> Result<Header> {
    let header: FileHeader64 = rows::read_one(range, "XCOFF header", 0)?;
    Ok(Header {
        sections_at: size_of::<FileHeader64>() as u64 + u64::from(header.f_opthdr.get(BE)),
        sections: header.f_nscns.get(BE).into(),
        table: header.f_symptr.get(BE),
        rows: header.f_nsyms.get(BE).into(),
    })
}

/// The length of the string table, which stands in its first four bytes; 0 where there is none.
fn string_table(range: &Range, at: u64) -> u64 {
    let len = range.read(STRINGS, at, 4).ok();
    let len = len.and_then(|bytes| bytes.first_chunk().copied()).map(u32::from_be_bytes);
    len.filter(|len| *len > 4).unwrap_or(0).into()
}

fn read_sections(range: &Range, header: &Header, wide: bool, found: &mut Foreign) -> Result<()> {
    let (at, count) = (header.sections_at, header.sections);
    let mut add = |name: &[u8; 8], address: u64, size: u64, offset: u64, flags: u32| {
        let len = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
        let name = name.get(..len).unwrap_or_default();
        let held = if offset == 0 || flags == STYP_BSS { 0 } else { size };
        let flags = u64::from(flags);
        found.sections.push(Section { flags, ..section(name, address, size, offset, held) });
    };
    let read = if wide {
        let size = count * size_of::<SectionHeader64>() as u64;
        rows::each_row::<SectionHeader64>(range, SECTIONS, at, size, |_, row| {
            let (address, size) = (row.s_vaddr.get(BE), row.s_size.get(BE));
            add(&row.s_name, address, size, row.s_scnptr.get(BE), row.s_flags.get(BE).0);
        })
    } else {
        let size = count * size_of::<SectionHeader32>() as u64;
        rows::each_row::<SectionHeader32>(range, SECTIONS, at, size, |_, row| {
            let (address, size) = (row.s_vaddr.get(BE).into(), row.s_size.get(BE).into());
            add(&row.s_name, address, size, row.s_scnptr.get(BE).into(), row.s_flags.get(BE).0);
        })
    };
    let cut = found.sections.iter().find_map(|section| {
        let part = format!("XCOFF section {}", crate::printable::printable(&section.name));
        range.check(&part, section.offset, section.file_size).err()
    });
    found.table.faults.extend(cut);
    read
}

/// The symbol table while it is read.
struct Table<'a> {
    wide: bool,
    rows: u64,
    /// A symbol whose csect entry is still to come, and where that is.
    pending: Option<(u64, u64, Row)>,
    found: &'a mut Foreign,
    names: &'a mut Names,
    /// The first row of a section that is not there, and the section's number.
    odd: Option<(u64, u64)>,
}

impl Table<'_> {
    fn row(&mut self, index: u64, bytes: &[u8]) {
        match self.pending.take() {
            Some((first, last, row)) if index == last => return self.symbol(first, &row, bytes),
            // One of the entries that stand between a symbol and its csect entry, which is the last.
            Some(pending) => return self.pending = Some(pending),
            None => {}
        }
        let row = if self.wide { row64(bytes) } else { row32(bytes) };
        let Some(row) = row.filter(|row| row.followers > 0) else { return };
        self.pending = Some((index, index.saturating_add(row.followers.into()), row));
    }

    /// Adds the symbol of row `index`, whose csect entry is `csect`.
    fn symbol(&mut self, index: u64, row: &Row, csect: &[u8]) {
        if !matches!(row.class, C_EXT | C_HIDEXT | C_WEAKEXT) {
            return;
        }
        // Go leaves these out without a word.
        let number = u64::from(row.section.unsigned_abs());
        if row.section > 0 && number > self.found.sections.len() as u64 {
            self.odd.get_or_insert((index, number));
            return;
        }
        let of_row = || format!("row {index} of {}", self.rows);
        let name = match row.name {
            RowName::At(0..4) => None,
            RowName::At(offset) => self.names.span(offset, of_row),
            RowName::Short(name) => {
                self.names.push(name.split(|byte| *byte == 0).next().unwrap_or_default())
            }
        };
        let csect = if self.wide { csect64(csect) } else { csect32(csect) };
        let (Some((name_start, name_len)), Some((length, class))) = (name, csect) else { return };
        let (place, letter) = self.place(row, class);
        let defined = matches!(place, Place::Section(_));
        self.found.letters.push(letter);
        self.found.table.symbols.push(Symbol {
            name_start,
            name_len,
            address: if row.section == 0 { 0 } else { row.value },
            size: if defined { length } else { 0 },
            place,
            binding: match row.class {
                C_HIDEXT => Binding::Local,
                C_WEAKEXT => Binding::Weak,
                _ => Binding::Global,
            },
            kind: if row.kind & FUNCTION != 0 { SymbolKind::Func } else { SymbolKind::Unknown },
        });
    }

    fn place(&self, row: &Row, class: u8) -> (Place, u8) {
        let index = match row.section {
            0 => return (Place::Undefined, b'U'),
            -1 => return (Place::Absolute, b'C'),
            number => match u32::try_from(number) {
                Ok(number) => number - 1,
                Err(_) => return (Place::Debug, b'?'),
            },
        };
        let flags = self.found.sections.get(index as usize).map_or(0, |section| section.flags);
        let letter = match u32::try_from(flags) {
            Ok(STYP_TEXT) if class == XMC_RO => b'R',
            Ok(STYP_TEXT) => b'T',
            Ok(STYP_DATA) => b'D',
            Ok(STYP_BSS) => b'B',
            _ => b'?',
        };
        let letter = if row.class == C_HIDEXT { letter.to_ascii_lowercase() } else { letter };
        (Place::Section(index), letter)
    }
}

fn whole<T: Pod>(bytes: &[u8]) -> Option<&T> {
    pod::from_bytes(bytes).ok().map(|(row, _)| row)
}

fn row32(bytes: &[u8]) -> Option<Row> {
    let row: &Symbol32 = whole(bytes)?;
    let name = match row.n_name {
        [0, 0, 0, 0, offset @ ..] => RowName::At(u32::from_be_bytes(offset)),
        name => RowName::Short(name),
    };
    Some(Row {
        value: row.n_value.get(BE).into(),
        section: row.n_scnum.get(BE).0,
        kind: row.n_type.get(BE).0,
        class: row.n_sclass.0,
        followers: row.n_numaux,
        name,
    })
}

fn row64(bytes: &[u8]) -> Option<Row> {
    let row: &Symbol64 = whole(bytes)?;
    Some(Row {
        value: row.n_value.get(BE),
        section: row.n_scnum.get(BE).0,
        kind: row.n_type.get(BE).0,
        class: row.n_sclass.0,
        followers: row.n_numaux,
        name: RowName::At(row.n_offset.get(BE)),
    })
}

/// The length and the storage mapping class of a csect.
fn csect32(bytes: &[u8]) -> Option<(u64, u8)> {
    let csect: &CsectAux32 = whole(bytes)?;
    Some((csect.x_scnlen.get(BE).into(), csect.x_smclas.0))
}

fn csect64(bytes: &[u8]) -> Option<(u64, u8)> {
    let csect: &CsectAux64 = whole(bytes)?;
    let (high, low) = (u64::from(csect.x_scnlen_hi.get(BE)), u64::from(csect.x_scnlen_lo.get(BE)));
    Some((high << 32 | low, csect.x_smclas.0))
}
