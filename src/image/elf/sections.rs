//! Which sections does an ELF file have, and what are they called?
//!
//! Format: gABI chapter 4, "Sections", with its extension for more than 65,279 of them.

use std::mem::size_of;

use object::Endianness;
use object::read::elf::{FileHeader, SectionHeader};

use super::{Link, PT_LOAD, SHT_STRTAB, Segment};
use crate::error::Fault;
use crate::image::Section;
use crate::image::extent::Extents;
use crate::image::names::Names;
use crate::input::Range;
use crate::input::rows::{read_one, read_rows, rows_present};

const SHT_NULL: u32 = 0;
const SHT_NOBITS: u32 = 8;
const SHF_WRITE: u64 = 1;
const SHF_ALLOC: u64 = 2;
const SHF_EXECINSTR: u64 = 4;
const SHF_COMPRESSED: u64 = 0x800;
const PF_EXEC: u32 = 1;
const PF_WRITE: u32 = 2;
/// The `e_shstrndx` that says: the index of the section name table stands in section header 0.
const SHN_XINDEX: u16 = 0xffff;

/// The section headers that the file holds, and the index of the section that holds their names.
pub(super) fn section_headers<H: FileHeader<Endian = Endianness>>(
    header: &H,
    endian: Endianness,
    range: &Range,
    extents: &mut Extents<'_>,
    faults: &mut Vec<Fault>,
) -> (Vec<H::SectionHeader>, u32) {
    let offset: u64 = header.e_shoff(endian).into();
    let count = header.e_shnum(endian);
    let index = header.e_shstrndx(endian).0;
    if offset == 0 {
        if count != 0 {
            let detail = format!("{count} section headers and no table of them");
            faults.push(Fault::invalid("ELF section header table", range.base(), 1, 0, detail));
        }
        return (Vec::new(), 0);
    }
    let at = range.base().saturating_add(offset);
    let size = size_of::<H::SectionHeader>() as u64;
    let told = header.e_shentsize(endian);
    if u64::from(told) != size {
        let detail = "the size of a section header";
        faults.push(Fault::invalid("ELF section header table", at, size, told.into(), detail));
        return (Vec::new(), 0);
    }
    let first: H::SectionHeader = match read_one(range, "ELF section header 0", offset) {
        Ok(first) => first,
        Err(fault) => {
            faults.push(fault);
            return (Vec::new(), 0);
        }
    };
    if first.sh_type(endian).0 != SHT_NULL {
        let found = first.sh_type(endian).0;
        let detail = "section 0 is no null section: the table is not there";
        faults.push(Fault::invalid("ELF section header 0", at, 0, found.into(), detail));
        return (Vec::new(), 0);
    }
    // gABI: too many sections for 16 bits are counted by section 0's size and link.
    let count = if count == 0 { first.sh_size(endian).into() } else { count.into() };
    let index = if index == SHN_XINDEX { first.sh_link(endian) } else { index.into() };
    if count == 0 {
        faults.push(Fault::invalid("ELF section header table", at, 1, 0, "it has no entries"));
        return (Vec::new(), 0);
    }
    let len = count.saturating_mul(size);
    let present = rows_present::<H::SectionHeader>(range, offset, len);
    extents.claim(offset, len, || format!("ELF section header table (cut at entry {present})"));
    let (headers, _) = read_rows(range, "ELF section header table", offset, present * size);
    (headers, index)
}

/// The name of each section; empty where the table of names has none.
pub(super) fn section_names<H: FileHeader<Endian = Endianness>>(
    headers: &[H::SectionHeader],
    shstrndx: u32,
    endian: Endianness,
    range: &Range,
    faults: &mut Vec<Fault>,
) -> Vec<Vec<u8>> {
    let unnamed = vec![Vec::new(); headers.len()];
    // gABI: SHN_UNDEF says that there is no section name table.
    if headers.is_empty() || shstrndx == 0 {
        return unnamed;
    }
    let part = format!("ELF section header {shstrndx}");
    let Some(table) = headers.get(shstrndx as usize) else {
        let detail = "the section that should hold the section names does not exist";
        let last = headers.len() as u64 - 1;
        faults.push(Fault::invalid(part, range.base(), last, shstrndx.into(), detail));
        return unnamed;
    };
    let offset: u64 = table.sh_offset(endian).into();
    let found = table.sh_type(endian).0;
    if found != SHT_STRTAB {
        let detail = "the section names are in no string table";
        let wanted = SHT_STRTAB.into();
        faults.push(Fault::invalid(
            part,
            range.base().saturating_add(offset),
            wanted,
            found.into(),
            detail,
        ));
        return unnamed;
    }
    let (size, rows) = (table.sh_size(endian).into(), headers.len() as u64);
    let mut names = Names::read(range, "ELF section names", offset, size, rows);
    let spans: Vec<_> = (0u32..)
        .zip(headers)
        .map(|(i, h)| names.span(h.sh_name(endian), || format!("section {i}")).unwrap_or_default())
        .collect();
    let found = spans.into_iter().map(|span| names.get(span).to_vec()).collect();
    faults.extend(names.finish().1);
    found
}

/// The fields of a section header that only this format has.
pub(super) fn link<H: FileHeader<Endian = Endianness>>(
    header: &H::SectionHeader,
    endian: Endianness,
) -> Link {
    Link {
        link: header.sh_link(endian),
        info: header.sh_info(endian),
        row_size: header.sh_entsize(endian).into(),
    }
}

/// A section as every format has it.
pub(super) fn section<H: FileHeader<Endian = Endianness>>(
    header: &H::SectionHeader,
    name: Vec<u8>,
    endian: Endianness,
) -> Section {
    let flags = header.sh_flags(endian).0;
    let kind = header.sh_type(endian).0;
    let size = header.sh_size(endian).into();
    let empty = matches!(kind, SHT_NULL | SHT_NOBITS);
    Section {
        segment: Vec::new(),
        address: header.sh_addr(endian).into(),
        size,
        offset: header.sh_offset(endian).into(),
        file_size: if empty { 0 } else { size },
        flags,
        kind,
        allocated: flags & SHF_ALLOC != 0,
        writable: flags & SHF_WRITE != 0,
        executable: flags & SHF_EXECINSTR != 0,
        compressed: flags & SHF_COMPRESSED != 0 || crate::image::is_gnu_compressed(&name),
        name,
    }
}

/// Sections for a file without section headers (`sstrip`), which still runs: one for each loadable
/// segment, named `PT_LOAD[2]` by the number of its program header. The null section stands first, as in every ELF file.
pub(super) fn sections_of_segments(segments: &[Segment]) -> Vec<Section> {
    let loaded = segments.iter().enumerate().filter(|(_, segment)| segment.kind == PT_LOAD);
    let sections = loaded.map(|(index, segment)| Section {
        name: format!("PT_LOAD[{index}]").into_bytes(),
        segment: Vec::new(),
        address: segment.address,
        size: segment.memory_size,
        offset: segment.offset,
        file_size: segment.file_size,
        flags: 0,
        kind: 0,
        allocated: true,
        writable: segment.flags & PF_WRITE != 0,
        executable: segment.flags & PF_EXEC != 0,
        compressed: false,
    });
    std::iter::once(null_section()).chain(sections).collect()
}

fn null_section() -> Section {
    Section {
        name: Vec::new(),
        segment: Vec::new(),
        address: 0,
        size: 0,
        offset: 0,
        file_size: 0,
        flags: 0,
        kind: SHT_NULL,
        allocated: false,
        writable: false,
        executable: false,
        compressed: false,
    }
}
