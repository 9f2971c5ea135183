//! What do the headers of an ELF file say, and does the file hold what they promise?
//!
//! Format: System V gABI, chapters 4 and 5 (`object::elf` has its structs). Reads the file header,
//! the program headers and the section headers, checks every extent, and keeps what reading symbols
//! and relocations needs. Does not read section contents other than the section names.

mod platform;
mod relocate;
mod relocations;
mod sections;
mod slots;
mod symbols;

use std::mem::size_of;

use object::Endianness;
use object::elf::{FileHeader32, FileHeader64};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};

use super::extent::Extents;
use super::{ByteOrder, Detail, FileKind, Format, Image, Section};
use crate::error::{Fault, Result};
use crate::input::Range;
use crate::input::rows::{read_one, read_rows, rows_present};

pub(super) use platform::each_dynamic;
pub(super) use relocate::relocate;
pub(super) use relocations::{offset_of, read_relocations};
use sections::{link, section, section_headers, section_names, sections_of_segments};
pub(super) use slots::read_slots;
pub(super) use symbols::read_symbols;

const SHT_STRTAB: u32 = 3;
const PT_LOAD: u32 = 1;
/// The bits of an address within the smallest page of any system.
const PAGE: u64 = 0xfff;
/// The `e_phnum` that says: the number of program headers stands in section header 0.
const PN_XNUM: u16 = 0xffff;

/// What is kept for reading symbols and relocations.
#[derive(Debug)]
pub(super) struct Tables {
    is_64: bool,
    endian: Endianness,
    machine: u16,
    /// Parallel to [`Image::sections`].
    links: Vec<Link>,
    segments: Vec<Segment>,
}

/// The fields of a section header that only this format has.
#[derive(Clone, Copy, Debug)]
struct Link {
    /// `sh_link`: another section.
    link: u32,
    /// `sh_info`: for a symbol table the number of its local symbols, which come first.
    info: u32,
    /// `sh_entsize`: the size of a row.
    row_size: u64,
}

/// One program header.
#[derive(Clone, Copy, Debug)]
struct Segment {
    kind: u32,
    flags: u32,
    offset: u64,
    address: u64,
    file_size: u64,
    memory_size: u64,
}

/// Reads the headers; see [`Image::parse`].
pub(super) fn parse(range: Range) -> Result<Image> {
    let ident = range.read("ELF identification", 0, 16)?;
    let class = ident.get(4).copied().unwrap_or_default();
    match class {
        1 => parse_class::<FileHeader32<Endianness>>(range),
        2 => parse_class::<FileHeader64<Endianness>>(range),
        _ => {
            let detail = "the class is neither 32 nor 64 bit";
            Err(Fault::invalid("ELF class", range.base() + 4, 2, class.into(), detail))
        }
    }
}

/// The page of the first byte that is loaded.
pub(super) fn load_address(tables: &Tables) -> u64 {
    let loaded = tables.segments.iter().filter(|segment| segment.kind == PT_LOAD);
    loaded.map(|segment| segment.address & !PAGE).min().unwrap_or(0)
}

fn parse_class<H: FileHeader<Endian = Endianness>>(range: Range) -> Result<Image> {
    let header: H = read_one(&range, "ELF header", 0)?;
    let endian = endian_of(&header, &range)?;
    let mut faults = Vec::new();
    check_versions(&header, endian, &range, &mut faults);
    let mut extents = Extents::new(&range);
    let (headers, shstrndx) = section_headers(&header, endian, &range, &mut extents, &mut faults);
    let names = section_names::<H>(&headers, shstrndx, endian, &range, &mut faults);
    let segments =
        program_headers(&header, headers.first(), endian, &range, &mut extents, &mut faults);
    let mut sections: Vec<Section> =
        headers.iter().zip(names).map(|(h, name)| section::<H>(h, name, endian)).collect();
    let links = headers.iter().map(|h| link::<H>(h, endian)).collect();
    claim_contents(&sections, &segments, &mut extents);
    faults.extend(extents.into_fault());
    if sections.is_empty() {
        sections = sections_of_segments(&segments);
    }
    let tables = Tables {
        is_64: header.is_type_64(),
        endian,
        machine: header.e_machine(endian).0,
        links,
        segments,
    };
    let kind = file_kind(header.e_type(endian).0);
    let byte_order = if header.is_big_endian() { ByteOrder::Big } else { ByteOrder::Little };
    Ok(Image {
        format: Format::Elf,
        kind,
        arch: platform::arch(tables.machine, tables.is_64, byte_order),
        os: platform::os(header.e_ident().os_abi.0, &sections, &tables, &range),
        pointer_size: if tables.is_64 { 8 } else { 4 },
        byte_order,
        image_base: 0,
        external_link: (kind != FileKind::Relocatable)
            .then(|| platform::external_link(&sections))
            .flatten(),
        dynamic: platform::is_dynamic(&tables),
        sections,
        faults,
        linked: None,
        detail: Detail::Elf(tables),
        range,
    })
}

fn endian_of<H: FileHeader<Endian = Endianness>>(header: &H, range: &Range) -> Result<Endianness> {
    match header.e_ident().data.0 {
        1 => Ok(Endianness::Little),
        2 => Ok(Endianness::Big),
        other => {
            let detail = "the byte order is neither little nor big endian";
            Err(Fault::invalid("ELF byte order", range.base() + 5, 2, other.into(), detail))
        }
    }
}

fn check_versions<H: FileHeader<Endian = Endianness>>(
    header: &H,
    endian: Endianness,
    range: &Range,
    faults: &mut Vec<Fault>,
) {
    let fields = [
        ("ELF identification version", 6, u32::from(header.e_ident().version.0)),
        ("ELF header version", 20, header.e_version(endian)),
    ];
    for (part, at, version) in fields {
        if version != 1 {
            faults.push(Fault::invalid(part, range.base() + at, 1, version.into(), ""));
        }
    }
}

fn file_kind(e_type: u16) -> FileKind {
    match e_type {
        1 => FileKind::Relocatable,
        2 => FileKind::Executable,
        3 => FileKind::Shared,
        _ => FileKind::Other,
    }
}

fn program_headers<H: FileHeader<Endian = Endianness>>(
    header: &H,
    section_0: Option<&H::SectionHeader>,
    endian: Endianness,
    range: &Range,
    extents: &mut Extents<'_>,
    faults: &mut Vec<Fault>,
) -> Vec<Segment> {
    let offset: u64 = header.e_phoff(endian).into();
    let at = range.base().saturating_add(offset);
    let count = match (header.e_phnum(endian), section_0) {
        (PN_XNUM, Some(section_0)) => section_0.sh_info(endian),
        (count, _) => count.into(),
    };
    if count == 0 {
        return Vec::new();
    }
    let size = size_of::<H::ProgramHeader>() as u64;
    let told = header.e_phentsize(endian);
    if u64::from(told) != size || offset == 0 {
        let detail = "the size of a program header, or the table's place";
        faults.push(Fault::invalid("ELF program header table", at, size, told.into(), detail));
        return Vec::new();
    }
    let len = u64::from(count).saturating_mul(size);
    let present = rows_present::<H::ProgramHeader>(range, offset, len);
    extents.claim(offset, len, || format!("ELF program header table (cut at entry {present})"));
    let (headers, _) =
        read_rows::<H::ProgramHeader>(range, "ELF program header table", offset, present * size);
    headers.iter().map(|h| segment::<H>(h, endian)).collect()
}

fn segment<H: FileHeader<Endian = Endianness>>(
    h: &H::ProgramHeader,
    endian: Endianness,
) -> Segment {
    Segment {
        kind: h.p_type(endian).0,
        flags: h.p_flags(endian).0,
        offset: h.p_offset(endian).into(),
        address: h.p_vaddr(endian).into(),
        file_size: h.p_filesz(endian).into(),
        memory_size: h.p_memsz(endian).into(),
    }
}

fn claim_contents(sections: &[Section], segments: &[Segment], extents: &mut Extents<'_>) {
    for (index, section) in sections.iter().enumerate() {
        extents.claim(section.offset, section.file_size, || {
            format!("ELF section {index} {}", crate::printable::printable(&section.name))
        });
    }
    for (index, segment) in segments.iter().enumerate() {
        extents.claim(segment.offset, segment.file_size, || format!("ELF segment {index}"));
    }
}
