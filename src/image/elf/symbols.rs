//! Which symbols does an ELF file's `.symtab` hold?
//!
//! Format: gABI chapter 4, "Symbol Table". Only `SHT_SYMTAB` is read here, as Go's nm does; dynamic
//! symbols are [`crate::image::dynamic`]'s. A row whose name cannot be read is left out and is a fault.

use object::Endianness;
use std::mem::size_of;

use object::U32;
use object::elf::{Sym32, Sym64};
use object::read::elf::Sym;

use super::{SHT_STRTAB, Tables};
use crate::error::Fault;
use crate::image::names::Names;
use crate::image::{Binding, Image, Place, Section, Symbol, SymbolKind, SymbolTable};
use crate::input::rows::{each_row, read_rows, rows_present};

const SHT_SYMTAB: u32 = 2;
const SHT_SYMTAB_SHNDX: u32 = 18;
const SHN_UNDEF: u16 = 0;
const SHN_LORESERVE: u16 = 0xff00;
const SHN_ABS: u16 = 0xfff1;
const SHN_COMMON: u16 = 0xfff2;
const SHN_XINDEX: u16 = 0xffff;

/// Reads the symbol table; see [`Image::read_symbols`].
pub(in crate::image) fn read_symbols(image: &Image, tables: &Tables) -> SymbolTable {
    let found = image.sections.iter().position(|section| section.kind == SHT_SYMTAB);
    let Some((index, section)) = found.and_then(|i| Some((i, image.sections.get(i)?))) else {
        return SymbolTable::default();
    };
    let source = Source { image, tables, index, section };
    if tables.is_64 {
        source.read::<Sym64<Endianness>>()
    } else {
        source.read::<Sym32<Endianness>>()
    }
}

struct Source<'a> {
    image: &'a Image,
    tables: &'a Tables,
    index: usize,
    section: &'a Section,
}

impl Source<'_> {
    fn read<S: Sym<Endian = Endianness>>(&self) -> SymbolTable {
        let (range, section) = (&self.image.range, self.section);
        let part = format!("ELF symbol table (section {})", self.index);
        let rows = rows_present::<S>(range, section.offset, section.file_size);
        let mut faults = Vec::new();
        self.check_header(&part, size_of::<S>() as u64, &mut faults);
        let mut names = self.names(rows, &mut faults);
        let extended = self.extended_indices(&mut faults);
        let mut symbols = Vec::with_capacity(usize::try_from(rows.saturating_sub(1)).unwrap_or(0));
        let mut bad_sections = 0u64;
        let end = each_row::<S>(range, &part, section.offset, section.file_size, |i, row| {
            // gABI: row 0 is reserved.
            if i == 0 {
                return;
            }
            let endian = self.tables.endian;
            let place = place(row.st_shndx(endian).0, i, &extended);
            if let Place::Section(at) = place
                && at as usize >= self.image.sections.len()
            {
                bad_sections += 1;
            }
            let name = names.span(row.st_name(endian), || format!("symbol {i}"));
            let base = self.base(place, i);
            symbols.extend(name.map(|name| symbol(row, endian, name, place, base)));
        });
        faults.extend(end.err());
        if bad_sections > 0 {
            let detail = format!("symbols in sections that do not exist: {bad_sections}");
            let last = self.image.sections.len() as u64 - 1;
            faults.push(Fault::invalid(part, self.at(section.offset), last, last + 1, detail));
        }
        let (names, bad_names) = names.finish();
        faults.extend(bad_names);
        SymbolTable { symbols, names, present: section.file_size > 0, faults }
    }

    /// What is added to the value of row `index`. In an object file that was linked it is the address of
    /// the symbol's section.
    fn base(&self, place: Place, index: u64) -> u64 {
        let Some(linked) = &self.image.linked else { return 0 };
        match place {
            Place::Section(at) => self.image.sections.get(at as usize).map_or(0, |s| s.address),
            Place::Undefined => linked.undefined(index),
            Place::Common | Place::Absolute | Place::Debug => 0,
        }
    }

    /// Compares the header's size of a row and number of local symbols with the rows.
    fn check_header(&self, part: &str, row_size: u64, faults: &mut Vec<Fault>) {
        let Some(link) = self.tables.links.get(self.index) else { return };
        let at = self.at(self.section.offset);
        if link.row_size != row_size {
            let (told, detail) = (link.row_size, "the size of a row");
            faults.push(Fault::invalid(part, at, row_size, told, detail));
        }
        let rows = self.section.file_size / row_size;
        if u64::from(link.info) > rows {
            let detail = "the number of local symbols, of all that there are";
            faults.push(Fault::invalid(part, at, rows, link.info.into(), detail));
        }
    }

    fn at(&self, offset: u64) -> u64 {
        self.image.range.base().saturating_add(offset)
    }

    fn names(&self, rows: u64, faults: &mut Vec<Fault>) -> Names {
        let link = self.tables.links.get(self.index).map_or(0, |link| link.link);
        let part = format!("ELF symbol names (section {link})");
        match self.image.sections.get(link as usize) {
            Some(strings) if strings.kind == SHT_STRTAB => {
                Names::read(&self.image.range, part, strings.offset, strings.file_size, rows)
            }
            Some(other) => {
                let detail = "the section that should hold the symbol names is no string table";
                let (wanted, present) = (SHT_STRTAB.into(), other.kind.into());
                faults.push(Fault::invalid(
                    part.as_str(),
                    self.at(other.offset),
                    wanted,
                    present,
                    detail,
                ));
                Names::empty(part)
            }
            None => {
                let detail = "the section that should hold the symbol names does not exist";
                let last = self.image.sections.len() as u64 - 1;
                let at = self.at(self.section.offset);
                faults.push(Fault::invalid(part.as_str(), at, last, link.into(), detail));
                Names::empty(part)
            }
        }
    }

    /// Section numbers of the symbols whose own field is too small for them.
    fn extended_indices(&self, faults: &mut Vec<Fault>) -> Vec<u32> {
        let linked =
            |at: usize| self.tables.links.get(at).is_some_and(|l| l.link as usize == self.index);
        let tables = self.image.sections.iter().enumerate();
        let found =
            tables.filter(|(at, s)| s.kind == SHT_SYMTAB_SHNDX && linked(*at)).map(|(_, s)| s);
        let Some(section) = found.into_iter().next() else { return Vec::new() };
        let part = "ELF extended section indices";
        let (rows, fault) = read_rows::<U32<Endianness>>(
            &self.image.range,
            part,
            section.offset,
            section.file_size,
        );
        faults.extend(fault);
        rows.iter().map(|row| row.get(self.tables.endian)).collect()
    }
}

fn place(shndx: u16, row: u64, extended: &[u32]) -> Place {
    match shndx {
        SHN_UNDEF => Place::Undefined,
        SHN_ABS => Place::Absolute,
        SHN_COMMON => Place::Common,
        SHN_XINDEX => {
            let told = usize::try_from(row).ok().and_then(|row| extended.get(row));
            told.map_or(Place::Debug, |section| Place::Section(*section))
        }
        SHN_LORESERVE.. => Place::Debug,
        section => Place::Section(section.into()),
    }
}

fn symbol<S: Sym<Endian = Endianness>>(
    row: &S,
    endian: S::Endian,
    name: (u32, u32),
    place: Place,
    base: u64,
) -> Symbol {
    Symbol {
        name_start: name.0,
        name_len: name.1,
        address: base.wrapping_add(row.st_value(endian).into()),
        size: row.st_size(endian).into(),
        place,
        binding: match row.st_bind().0 {
            0 => Binding::Local,
            2 => Binding::Weak,
            _ => Binding::Global,
        },
        kind: match row.st_type().0 {
            1 | 5 => SymbolKind::Object,
            2 | 10 => SymbolKind::Func,
            3 => SymbolKind::Section,
            4 => SymbolKind::File,
            6 => SymbolKind::Tls,
            _ => SymbolKind::Unknown,
        },
    }
}
