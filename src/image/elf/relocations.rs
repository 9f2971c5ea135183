//! Which words of an ELF image does the loader fill in, and with what?
//!
//! Format: gABI chapter 4, "Relocation", and each processor's supplement for the number of its
//! `R_*_RELATIVE`. Only tables with addends are read: REL and RELR words already hold their value.

use std::mem::size_of;

use object::Endianness;
use object::elf::{Rela32, Rela64};
use object::read::elf::Rela;

use super::{PT_LOAD, Tables, platform};
use crate::error::Fault;
use crate::image::rows::each_row;
use crate::image::{FileKind, Image, RelativeWord, Relocations};

const SHT_RELA: u32 = 4;
const SHF_ALLOC: u64 = 2;
const DT_RELA: i64 = 7;
const DT_RELASZ: i64 = 8;
const EM_MIPS: u16 = 8;

/// `R_*_RELATIVE` of each `e_machine` whose relocations carry addends.
const RELATIVE: &[(u16, u32)] = &[
    (21, 22),    // R_PPC64_RELATIVE
    (22, 12),    // R_390_RELATIVE
    (40, 23),    // R_ARM_RELATIVE
    (43, 22),    // R_SPARC_RELATIVE
    (62, 8),     // R_X86_64_RELATIVE
    (183, 1027), // R_AARCH64_RELATIVE
    (243, 3),    // R_RISCV_RELATIVE
    (258, 3),    // R_LARCH_RELATIVE
];

/// Reads the relative relocations; see [`Image::read_relocations`].
pub(in crate::image) fn read_relocations(image: &Image, tables: &Tables) -> Relocations {
    let mut found = Relocations::default();
    if image.kind == FileKind::Relocatable {
        return found;
    }
    let extents =
        if tables.links.is_empty() { in_dynamic(image, tables) } else { in_sections(image) };
    if extents.is_empty() {
        return found;
    }
    let Some((_, relative)) = RELATIVE.iter().find(|(machine, _)| *machine == tables.machine)
    else {
        // REL-only processors may still carry an empty or foreign table: nothing to apply, said.
        let at =
            extents.first().map_or(0, |(_, offset, _)| image.range.base().saturating_add(*offset));
        let detail = format!("relocations with addends of machine {}", tables.machine);
        found.faults.push(Fault::unsupported("ELF relocations", at, detail));
        return found;
    };
    for (part, offset, len) in extents {
        let words = &mut found.words;
        let read = if tables.is_64 {
            read::<Rela64<Endianness>>(image, tables, &part, (offset, len), *relative, words)
        } else {
            read::<Rela32<Endianness>>(image, tables, &part, (offset, len), *relative, words)
        };
        found.faults.extend(read.err());
    }
    found.words.sort_unstable();
    found
}

/// Part, offset and length of a table.
type Extent = (String, u64, u64);

fn in_sections(image: &Image) -> Vec<Extent> {
    let tables = image.sections.iter().filter(|s| s.kind == SHT_RELA && s.flags & SHF_ALLOC != 0);
    tables.map(|s| (image.section_part(s), s.offset, s.file_size)).collect()
}

fn in_dynamic(image: &Image, tables: &Tables) -> Vec<Extent> {
    let (mut address, mut len) = (None, 0);
    platform::each_dynamic(&image.range, tables, |tag, value| match tag {
        DT_RELA => address = Some(value),
        DT_RELASZ => len = value,
        _ => {}
    });
    let Some(offset) = address.and_then(|address| offset_of(tables, address)) else {
        return Vec::new();
    };
    vec![("ELF DT_RELA table".to_owned(), offset, len)]
}

/// Where in the file the byte at `address` lies, if a segment loads it from there.
pub(in crate::image) fn offset_of(tables: &Tables, address: u64) -> Option<u64> {
    let loaded = tables.segments.iter().filter(|segment| segment.kind == PT_LOAD);
    let mut inside = loaded.filter(|s| address.wrapping_sub(s.address) < s.file_size);
    inside.next().and_then(|s| s.offset.checked_add(address.wrapping_sub(s.address)))
}

fn read<R: Rela<Endian = Endianness>>(
    image: &Image,
    tables: &Tables,
    part: &str,
    (offset, len): (u64, u64),
    relative: u32,
    words: &mut Vec<RelativeWord>,
) -> Result<(), Fault> {
    let endian = tables.endian;
    let little_mips = tables.machine == EM_MIPS && tables.is_64 && endian == Endianness::Little;
    // An addend of a 32-bit table is a 32-bit word.
    let mask = if size_of::<R::Word>() == 4 { u64::from(u32::MAX) } else { u64::MAX };
    each_row::<R>(&image.range, part, offset, len, |_, row| {
        if row.r_type(endian, little_mips).0 == relative {
            let value = Into::<i64>::into(row.r_addend(endian)).cast_unsigned() & mask;
            words.push(RelativeWord { address: row.r_offset(endian).into(), value });
        }
    })
}
