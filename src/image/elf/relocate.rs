//! What do the relocations of an ELF object file refer to, and how?
//!
//! Formats: the processor supplements of the System V ABI for x86-64 and AArch64. Only tables with
//! addends are applied; the processors whose objects have none are not linked here.

use object::Endianness;
use object::elf::{Rela32, Rela64, Sym32, Sym64};
use object::read::elf::{Rela, Sym};

use super::Tables;
use crate::error::Fault;
use crate::image::object::forms::Form::{self, *};
use crate::image::object::work::{Fix, Work};
use crate::image::{Image, Section};
use crate::input::rows::{each_row, read_rows};

const SHT_SYMTAB: u32 = 2;
const SHT_RELA: u32 = 4;
const SHT_REL: u32 = 9;
const SHN_ABS: u16 = 0xfff1;
const SHN_LORESERVE: u16 = 0xff00;

/// A relocation type: its number, what it fills in, and whether it refers to the symbol's GOT entry.
type Kind = (u32, Form, bool);

/// `R_X86_64_*`.
const X86_64: &[Kind] = &[
    (0, Ignored, false),
    (1, Absolute(8), false),
    (2, Relative(4), false),  // PC32
    (4, Relative(4), false),  // PLT32
    (9, Relative(4), true),   // GOTPCREL
    (10, Absolute(4), false), // 32
    (11, Absolute(4), false), // 32S
    (19, Ignored, false),     // TLSGD
    (20, Ignored, false),     // TLSLD
    (21, Ignored, false),     // DTPOFF32
    (22, Ignored, false),     // GOTTPOFF
    (23, Ignored, false),     // TPOFF32
    (24, Relative(8), false), // PC64
    (41, Relative(4), true),  // GOTPCRELX
    (42, Relative(4), true),  // REX_GOTPCRELX
];

/// `R_AARCH64_*`.
const AARCH64: &[Kind] = &[
    (0, Ignored, false),
    (257, Absolute(8), false), // ABS64
    (258, Absolute(4), false),
    (260, Relative(8), false), // PREL64
    (261, Relative(4), false),
    (263, Move16(0), false), // MOVW_UABS_G0 and its like
    (264, Move16(0), false),
    (265, Move16(16), false),
    (266, Move16(16), false),
    (267, Move16(32), false),
    (268, Move16(32), false),
    (269, Move16(48), false),
    (273, Branch19, false), // LD_PREL_LO19
    (274, Adr21, false),
    (275, Page21, false), // ADR_PREL_PG_HI21
    (276, Page21, false),
    (277, Low12, false), // ADD_ABS_LO12_NC
    (278, Low12, false), // LDST8_ABS_LO12_NC
    (279, Branch14, false),
    (280, Branch19, false),
    (282, Branch26, false), // JUMP26
    (283, Branch26, false), // CALL26
    (284, Low12, false),
    (285, Low12, false),
    (286, Low12, false),
    (299, Low12, false),
    (311, Page21, true), // ADR_GOT_PAGE
    (312, Low12, true),  // LD64_GOT_LO12_NC
];
/// `R_AARCH64_TLSGD_ADR_PREL21` to `R_AARCH64_TLSDESC_CALL` and beyond.
const AARCH64_TLS: std::ops::Range<u32> = 512..580;

const EM_X86_64: u16 = 62;
const EM_AARCH64: u16 = 183;

fn kind(machine: u16, number: u32) -> Option<(Form, bool)> {
    let table = match machine {
        EM_X86_64 => X86_64,
        EM_AARCH64 if AARCH64_TLS.contains(&number) => return Some((Ignored, false)),
        EM_AARCH64 => AARCH64,
        _ => return None,
    };
    table.iter().find(|(known, ..)| *known == number).map(|(_, form, got)| (*form, *got))
}

/// Applies the relocations of every section that is not compressed; see [`crate::image::object`].
pub(in crate::image) fn relocate(image: &Image, tables: &Tables, work: &mut Work) {
    if tables.is_64 {
        Linker { image, tables, symbols: symbols::<Sym64<Endianness>>(image, tables, work), work }
            .run::<Rela64<Endianness>>();
    } else {
        Linker { image, tables, symbols: symbols::<Sym32<Endianness>>(image, tables, work), work }
            .run::<Rela32<Endianness>>();
    }
}

/// The address of every symbol, by number.
fn symbols<S: Sym<Endian = Endianness>>(
    image: &Image,
    tables: &Tables,
    work: &mut Work,
) -> Vec<u64> {
    let Some(table) = image.sections.iter().find(|section| section.kind == SHT_SYMTAB) else {
        return Vec::new();
    };
    let part = image.section_part(table);
    let (rows, _) = read_rows::<S>(&image.range, &part, table.offset, table.file_size);
    work.count_symbols(rows.len() as u64);
    let endian = tables.endian;
    let address = |(index, row): (u64, &S)| {
        let value: u64 = row.st_value(endian).into();
        let undefined = || image.linked.as_ref().map_or(0, |linked| linked.undefined(index));
        match row.st_shndx(endian).0 {
            SHN_ABS => value,
            // A common symbol gets an address as an undefined one does.
            0 | SHN_LORESERVE.. => undefined(),
            section => {
                let section = image.sections.get(usize::from(section));
                section.map_or_else(undefined, |section| section.address.wrapping_add(value))
            }
        }
    };
    (0..).zip(&rows).map(address).collect()
}

struct Linker<'a> {
    image: &'a Image,
    tables: &'a Tables,
    symbols: Vec<u64>,
    work: &'a mut Work,
}

impl Linker<'_> {
    fn run<R: Rela<Endian = Endianness>>(mut self) {
        for (index, table) in self.image.sections.iter().enumerate() {
            let info = self.tables.links.get(index).map_or(0, |link| link.info);
            let target = self.image.sections.get(info as usize);
            // Debugging data is relocated too. Its sections stay at 0, so that addresses in them are offsets.
            let stored = |target: &&Section| target.file_size > 0 && !target.compressed;
            let Some(target) = target.filter(stored) else { continue };
            match table.kind {
                SHT_RELA => self.table::<R>(table, target),
                SHT_REL if target.allocated => {
                    self.refuse(table, 0, "relocations without addends");
                }
                _ => {}
            }
        }
    }

    fn refuse(&mut self, table: &Section, at: u64, detail: &str) {
        let part = self.image.section_part(table);
        self.work.refuse(&self.image.range, &part, table.offset.saturating_add(at), || {
            detail.to_owned()
        });
    }

    fn table<R: Rela<Endian = Endianness>>(&mut self, table: &Section, target: &Section) {
        let (image, endian) = (self.image, self.tables.endian);
        let part = image.section_part(table);
        let read: Result<(), Fault> =
            each_row::<R>(&image.range, &part, table.offset, table.file_size, |index, row| {
                let number = row.r_type(endian, false).0;
                let (offset, symbol) = (row.r_offset(endian).into(), row.r_sym(endian, false));
                let addend: i64 = row.r_addend(endian).into();
                let applied = self.row(target, offset, (number, symbol, addend));
                if !applied && target.allocated {
                    let at = index.saturating_mul(size_of::<R>() as u64);
                    self.refuse(table, at, &format!("a relocation of type {number}"));
                }
            });
        self.work.faults.extend(read.err());
    }

    /// Applies one relocation; false when it cannot be.
    fn row(
        &mut self,
        target: &Section,
        offset: u64,
        (number, symbol, addend): (u32, u32, i64),
    ) -> bool {
        let Some((form, through_got)) = kind(self.tables.machine, number) else { return false };
        if form == Ignored {
            return true;
        }
        let value = match symbol {
            0 => 0,
            _ => match self.symbols.get(symbol as usize) {
                Some(value) => *value,
                None => return false,
            },
        };
        let value = if through_got { self.work.got_entry(symbol, value) } else { value };
        if offset >= target.file_size {
            return false;
        }
        self.work.apply(&Fix {
            at: target.offset.saturating_add(offset),
            address: target.address.wrapping_add(offset),
            form,
            target: value.wrapping_add_signed(addend),
        })
    }
}
