//! Which words of an ELF image does the loader fill in, and with what?
//!
//! Format: gABI chapter 4, "Relocation", and each processor's supplement for the numbers of its
//! relocations. RELR words and relative ones of tables without addends already hold their value.

use object::Endianness;
use object::elf::{Rel32, Rel64, Rela32, Rela64};
use object::read::elf::{Rel, Rela};

use super::{PT_LOAD, Tables, platform};
use crate::error::Fault;
use crate::image::{FileKind, Image, RelativeWord, Relocations};
use crate::input::rows::each_row;

const SHT_RELA: u32 = 4;
const SHT_REL: u32 = 9;
const SHF_ALLOC: u64 = 2;
const DT_PLTRELSZ: i64 = 2;
const DT_RELA: i64 = 7;
const DT_RELASZ: i64 = 8;
const DT_REL: i64 = 17;
const DT_RELSZ: i64 = 18;
const DT_PLTREL: i64 = 20;
const DT_JMPREL: i64 = 23;
pub(super) const EM_MIPS: u16 = 8;

/// Numbers of a processor's dynamic relocations.
pub(super) struct Kinds {
    machine: u16,
    /// `R_*_RELATIVE`.
    relative: u32,
    /// `R_*_GLOB_DAT` and `R_*_JUMP_SLOT`: the word becomes the symbol's address.
    pub(super) slots: [u32; 2],
    /// The absolute relocation of a pointer: what the word holds is added.
    pub(super) absolute: u32,
}

const fn kinds(machine: u16, relative: u32, slots: [u32; 2], absolute: u32) -> Kinds {
    Kinds { machine, relative, slots, absolute }
}

/// MIPS has no relative kind: `R_MIPS_REL32` without a symbol, whose word holds its value.
const NONE: u32 = u32::MAX;

const KINDS: &[Kinds] = &[
    kinds(3, 8, [6, 7], 1),               // R_386_*
    kinds(EM_MIPS, NONE, [NONE, 127], 3), // R_MIPS_JUMP_SLOT, R_MIPS_REL32
    kinds(21, 22, [20, 21], 38),          // R_PPC64_*
    kinds(22, 12, [10, 11], 22),          // R_390_*
    kinds(40, 23, [21, 22], 2),           // R_ARM_*
    kinds(43, 22, [20, 21], 32),          // R_SPARC_*
    kinds(62, 8, [6, 7], 1),              // R_X86_64_*
    kinds(183, 1027, [1025, 1026], 257),  // R_AARCH64_*
    kinds(243, 3, [NONE, 5], 2),          // R_RISCV_*
    kinds(258, 3, [NONE, 5], 2),          // R_LARCH_*
];

/// The kinds of the processor that the image is for.
pub(super) fn kinds_of(tables: &Tables) -> Option<&'static Kinds> {
    KINDS.iter().find(|kinds| kinds.machine == tables.machine)
}

/// One relocation; `addend` where the table carries it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) offset: u64,
    pub(super) symbol: u32,
    pub(super) kind: u32,
    pub(super) addend: Option<i64>,
}

/// Reads the relative relocations; see [`Image::read_relocations`].
pub(in crate::image) fn read_relocations(image: &Image, tables: &Tables) -> Relocations {
    let mut found = Relocations::default();
    if image.kind == FileKind::Relocatable {
        return found;
    }
    let extents = dynamic_tables(image, tables);
    let Some(kinds) = kinds_of(tables) else {
        // The tables of an unknown processor cannot be read; that is a fault if there are any.
        found.faults.extend(extents.first().map(|first| {
            let at = image.range.base().saturating_add(first.offset);
            let detail = format!("relocations of machine {}", tables.machine);
            Fault::unsupported("ELF relocations", at, detail)
        }));
        return found;
    };
    let mask = if tables.is_64 { u64::MAX } else { u64::from(u32::MAX) };
    for extent in extents.iter().filter(|extent| extent.addends) {
        let read = each(image, tables, extent, |row| {
            if let (true, Some(addend)) = (row.kind == kinds.relative, row.addend) {
                let value = addend.cast_unsigned() & mask;
                found.words.push(RelativeWord { address: row.offset, value });
            }
        });
        found.faults.extend(read.err());
    }
    found.words.extend(super::slots::defined_words(image, tables));
    found.words.sort_unstable();
    found
}

/// A relocation table.
pub(super) struct Extent {
    part: String,
    pub(super) offset: u64,
    len: u64,
    addends: bool,
}

/// The tables that the loader applies.
pub(super) fn dynamic_tables(image: &Image, tables: &Tables) -> Vec<Extent> {
    if tables.links.is_empty() {
        return in_dynamic(image, tables);
    }
    let of_loader =
        |kind: u32, flags: u64| matches!(kind, SHT_RELA | SHT_REL) && flags & SHF_ALLOC != 0;
    let sections = image.sections.iter().filter(|s| of_loader(s.kind, s.flags));
    let extent = |section: &crate::image::Section| Extent {
        part: image.section_part(section),
        offset: section.offset,
        len: section.file_size,
        addends: section.kind == SHT_RELA,
    };
    sections.map(extent).collect()
}

fn in_dynamic(image: &Image, tables: &Tables) -> Vec<Extent> {
    let (mut with, mut without, mut plt) = ((None, 0), (None, 0), (None, 0));
    let mut plt_kind = 0;
    platform::each_dynamic(&image.range, tables, |tag, value| match tag {
        DT_RELA => with.0 = Some(value),
        DT_RELASZ => with.1 = value,
        DT_REL => without.0 = Some(value),
        DT_RELSZ => without.1 = value,
        DT_JMPREL => plt.0 = Some(value),
        DT_PLTRELSZ => plt.1 = value,
        DT_PLTREL => plt_kind = value,
        _ => {}
    });
    let plt_addends = plt_kind == DT_RELA.cast_unsigned();
    let told =
        [("DT_RELA", with, true), ("DT_REL", without, false), ("DT_JMPREL", plt, plt_addends)];
    let placed = told.into_iter().filter_map(|(name, (address, len), addends)| {
        let offset = offset_of(tables, address?)?;
        Some(Extent { part: format!("ELF {name} table"), offset, len, addends })
    });
    placed.collect()
}

/// Where in the file the byte at `address` lies, if a segment loads it from there.
pub(in crate::image) fn offset_of(tables: &Tables, address: u64) -> Option<u64> {
    let loaded = tables.segments.iter().filter(|segment| segment.kind == PT_LOAD);
    let mut inside = loaded.filter(|s| address.wrapping_sub(s.address) < s.file_size);
    inside.next().and_then(|s| s.offset.checked_add(address.wrapping_sub(s.address)))
}

/// Calls `found` with every row of the table.
pub(super) fn each(
    image: &Image,
    tables: &Tables,
    extent: &Extent,
    found: impl FnMut(Row),
) -> Result<(), Fault> {
    match (tables.is_64, extent.addends) {
        (true, true) => with_addends::<Rela64<Endianness>>(image, tables, extent, found),
        (false, true) => with_addends::<Rela32<Endianness>>(image, tables, extent, found),
        (true, false) => without_addends::<Rel64<Endianness>>(image, tables, extent, found),
        (false, false) => without_addends::<Rel32<Endianness>>(image, tables, extent, found),
    }
}

/// A MIPS relocation can combine three kinds; this is the first of them.
fn kind(tables: &Tables, kind: u32) -> u32 {
    if tables.machine == EM_MIPS { kind & 0xff } else { kind }
}

fn is_little_mips(tables: &Tables) -> bool {
    tables.machine == EM_MIPS && tables.is_64 && tables.endian == Endianness::Little
}

fn with_addends<R: Rela<Endian = Endianness>>(
    image: &Image,
    tables: &Tables,
    extent: &Extent,
    mut found: impl FnMut(Row),
) -> Result<(), Fault> {
    let endian = tables.endian;
    let little_mips = is_little_mips(tables);
    each_row::<R>(&image.range, &extent.part, extent.offset, extent.len, |_, row| {
        found(Row {
            offset: row.r_offset(endian).into(),
            symbol: row.r_sym(endian, little_mips),
            kind: kind(tables, row.r_type(endian, little_mips).0),
            addend: Some(row.r_addend(endian).into()),
        });
    })
}

fn without_addends<R: Rel<Endian = Endianness>>(
    image: &Image,
    tables: &Tables,
    extent: &Extent,
    mut found: impl FnMut(Row),
) -> Result<(), Fault> {
    let endian = tables.endian;
    let little_mips = is_little_mips(tables);
    each_row::<R>(&image.range, &extent.part, extent.offset, extent.len, |_, row| {
        let info: u64 = row.r_info(endian).into();
        let (symbol, number) = match little_mips {
            // Symbol and kinds stand in a fixed order of bytes, whatever the byte order.
            true => ((info & 0xffff_ffff) as u32, (info >> 56) as u32),
            false => (row.r_sym(endian), row.r_type(endian).0),
        };
        let offset = row.r_offset(endian).into();
        found(Row { offset, symbol, kind: kind(tables, number), addend: None });
    })
}
