//! What do the headers of a PE file say, and does the file hold what they promise?
//!
//! Format: Microsoft's "PE Format" (`object::pe` has its structs). Reads the DOS, file and optional
//! headers, the data directories and the section table, checks every extent, and keeps what reading
//! symbols needs. Addresses leave here with the image base added.

mod symbols;

use std::mem::size_of;

use object::LittleEndian as LE;
use object::pe::{
    ImageDataDirectory, ImageDosHeader, ImageFileHeader, ImageNtHeaders32, ImageNtHeaders64,
    ImageSectionHeader, ImageSymbolBytes,
};
use object::read::pe::{ImageNtHeaders, ImageOptionalHeader};

use super::extent::Extents;
use super::file::Range;
use super::rows::{read_one, read_rows, rows_present};
use super::{ByteOrder, Detail, FileKind, Format, Image, Section};
use crate::error::{Fault, FaultCode, Result};

pub(super) use symbols::read_symbols;

const SIGNATURE: u32 = 0x4550;
const MAGIC_32: u16 = 0x10b;
const MAGIC_64: u16 = 0x20b;
const SCN_CNT_CODE: u32 = 0x20;
const SCN_MEM_DISCARDABLE: u32 = 0x0200_0000;
const SCN_MEM_EXECUTE: u32 = 0x2000_0000;
const SCN_MEM_WRITE: u32 = 0x8000_0000;
const FILE_DLL: u16 = 0x2000;
const DIRECTORY_EXPORTS: usize = 0;
const DIRECTORY_IMPORTS: usize = 1;
/// The only directory whose address is an offset in the file.
const DIRECTORY_CERTIFICATES: usize = 4;

/// What is kept for reading symbols.
#[derive(Debug)]
pub(super) struct Tables {
    symbols_offset: u64,
    symbols: u32,
}

impl Tables {
    /// Where the string table begins: it follows the symbol table.
    fn strings_offset(&self) -> u64 {
        self.symbols_offset + u64::from(self.symbols) * size_of::<ImageSymbolBytes>() as u64
    }
}

/// Reads the headers; see [`Image::parse`].
pub(super) fn parse(range: Range) -> Result<Image> {
    let dos: ImageDosHeader = read_one(&range, "PE DOS header", 0)?;
    let start = u64::from(dos.e_lfanew.get(LE));
    // The magic stands behind the signature and the file header, in both word sizes.
    let magic_at = start + 4 + size_of::<ImageFileHeader>() as u64;
    let signature: object::U32<LE> = read_one(&range, "PE signature", start)?;
    let at = range.base().saturating_add(start);
    if signature.get(LE) != SIGNATURE {
        let found = signature.get(LE);
        let mut fault = Fault::invalid("PE signature", at, SIGNATURE.into(), found.into(), "");
        fault.detail = "a DOS program, or a damaged PE file".to_owned();
        return Err(fault);
    }
    let magic: object::U16<LE> = read_one(&range, "PE optional header", magic_at)?;
    match magic.get(LE) {
        MAGIC_32 => parse_class::<ImageNtHeaders32>(range, start),
        MAGIC_64 => parse_class::<ImageNtHeaders64>(range, start),
        other => {
            let at = range.base().saturating_add(magic_at);
            let detail = "neither PE32 nor PE32+";
            Err(Fault::invalid("PE optional header", at, MAGIC_64.into(), other.into(), detail))
        }
    }
}

fn parse_class<H: ImageNtHeaders>(range: Range, start: u64) -> Result<Image> {
    let headers: H = read_one(&range, "PE headers", start)?;
    let (file, optional) = (headers.file_header(), headers.optional_header());
    let image_base = optional.image_base();
    let mut faults = Vec::new();
    let mut extents = Extents::new(&range);
    extents.claim(0, optional.size_of_headers().into(), || "PE headers".to_owned());
    let directories = directories::<H>(&headers, start, &range, &mut faults);
    let tables = Tables {
        symbols_offset: file.pointer_to_symbol_table.get(LE).into(),
        symbols: file.number_of_symbols.get(LE),
    };
    let strings = claim_symbols(&tables, &range, &mut extents, &mut faults);
    let table = start
        + 4
        + size_of::<ImageFileHeader>() as u64
        + u64::from(file.size_of_optional_header.get(LE));
    let count = file.number_of_sections.get(LE);
    let names = strings.map(|len| (tables.strings_offset(), len));
    let sections = sections(&range, table, count, image_base, names, &mut extents, &mut faults);
    if let Some(certificates) = directories.get(DIRECTORY_CERTIFICATES) {
        let (offset, size) = certificates.address_range();
        extents.claim(offset.into(), size.into(), || "PE certificate table".to_owned());
    }
    faults.extend(extents.into_fault());
    let has = |index: usize| directories.get(index).is_some_and(|d| d.address_range().1 > 0);
    let dll = file.characteristics.get(LE).0 & FILE_DLL != 0;
    Ok(Image {
        format: Format::Pe,
        kind: if dll { FileKind::Shared } else { FileKind::Executable },
        arch: arch(file.machine.get(LE).0),
        os: "windows",
        pointer_size: if headers.is_type_64() { 8 } else { 4 },
        byte_order: ByteOrder::Little,
        image_base,
        external_link: external_link(&sections),
        dynamic: has(DIRECTORY_IMPORTS) || has(DIRECTORY_EXPORTS),
        sections,
        faults,
        detail: Detail::Pe(tables),
        range,
    })
}

/// Go's GOARCH of `machine`, or its number where Go has none.
fn arch(machine: u16) -> String {
    let name = match machine {
        0x14c => "386",
        0x8664 => "amd64",
        0x1c0 | 0x1c4 => "arm",
        0xaa64 => "arm64",
        0x5064 => "riscv64",
        0x6264 => "loong64",
        _ => return format!("machine-{machine:#x}"),
    };
    name.to_owned()
}

/// GNU's linker for Windows lays out these sections; Go's own never does.
fn external_link(sections: &[Section]) -> Option<bool> {
    const SYSTEM: &[&[u8]] = &[b".CRT", b".tls", b".bss", b".eh_fram"];
    if sections.is_empty() {
        return None;
    }
    Some(sections.iter().any(|section| SYSTEM.contains(&section.name.as_slice())))
}

fn directories<H: ImageNtHeaders>(
    headers: &H,
    start: u64,
    range: &Range,
    faults: &mut Vec<Fault>,
) -> Vec<ImageDataDirectory> {
    let part = "PE data directories";
    let offset = start + size_of::<H>() as u64;
    let wanted = u64::from(headers.optional_header().number_of_rva_and_sizes())
        * size_of::<ImageDataDirectory>() as u64;
    let fixed = size_of::<H>() - 4 - size_of::<ImageFileHeader>();
    let told = u64::from(headers.file_header().size_of_optional_header.get(LE));
    let room = told.saturating_sub(fixed as u64);
    if wanted > room {
        let at = range.base().saturating_add(offset);
        let detail = "more directories than the optional header has room for";
        faults.push(Fault::invalid(part, at, room, wanted, detail));
    }
    let (rows, fault) = read_rows(range, part, offset, wanted.min(room));
    faults.extend(fault);
    rows
}

/// Claims the symbol table and the string table behind it; gives the latter's length.
fn claim_symbols(
    tables: &Tables,
    range: &Range,
    extents: &mut Extents<'_>,
    faults: &mut Vec<Fault>,
) -> Option<u64> {
    if tables.symbols_offset == 0 {
        if tables.symbols > 0 {
            let detail = "symbols are counted and no table is given";
            faults.push(Fault::invalid(
                "PE symbol table",
                range.base(),
                0,
                tables.symbols.into(),
                detail,
            ));
        }
        return None;
    }
    let strings = tables.strings_offset();
    extents.claim(tables.symbols_offset, strings - tables.symbols_offset, || {
        "PE symbol table".to_owned()
    });
    extents.claim(strings, 4, || "PE string table size".to_owned());
    let size: object::U32<LE> = read_one(range, "PE string table size", strings).ok()?;
    let len = u64::from(size.get(LE));
    extents.claim(strings, len, || "PE string table".to_owned());
    Some(len)
}

fn sections(
    range: &Range,
    offset: u64,
    count: u16,
    image_base: u64,
    strings: Option<(u64, u64)>,
    extents: &mut Extents<'_>,
    faults: &mut Vec<Fault>,
) -> Vec<Section> {
    let len = u64::from(count) * size_of::<ImageSectionHeader>() as u64;
    let present = rows_present::<ImageSectionHeader>(range, offset, len);
    extents.claim(offset, len, || format!("PE section table (cut at entry {present})"));
    let whole = present * size_of::<ImageSectionHeader>() as u64;
    let (headers, _) = read_rows::<ImageSectionHeader>(range, "PE section table", offset, whole);
    let mut found = Vec::with_capacity(headers.len());
    for (index, header) in (1..).zip(&headers) {
        let name = section_name(range, index, header, strings, faults);
        let section = section(name, header, image_base);
        extents.claim(section.offset, section.file_size, || {
            format!("PE section {index} {}", crate::printable::printable(&section.name))
        });
        found.push(section);
    }
    found
}

fn section(name: Vec<u8>, header: &ImageSectionHeader, image_base: u64) -> Section {
    let flags = header.characteristics.get(LE).0;
    let offset = header.pointer_to_raw_data.get(LE);
    let raw = header.size_of_raw_data.get(LE);
    let virtual_size = header.virtual_size.get(LE);
    Section {
        segment: Vec::new(),
        address: image_base.wrapping_add(header.virtual_address.get(LE).into()),
        size: if virtual_size == 0 { raw } else { virtual_size }.into(),
        offset: offset.into(),
        file_size: if offset == 0 { 0 } else { raw.into() },
        flags: flags.into(),
        kind: 0,
        // Discardable are the debugging sections and the base relocations.
        allocated: flags & SCN_MEM_DISCARDABLE == 0,
        writable: flags & SCN_MEM_WRITE != 0,
        executable: flags & (SCN_MEM_EXECUTE | SCN_CNT_CODE) != 0,
        compressed: name.starts_with(b".zdebug_"),
        name,
    }
}

/// A section's name: in the header, or `/123`, an offset into the string table.
fn section_name(
    range: &Range,
    index: u32,
    header: &ImageSectionHeader,
    strings: Option<(u64, u64)>,
    faults: &mut Vec<Fault>,
) -> Vec<u8> {
    const LONGEST: u64 = 256;
    let short = header.name.split(|byte| *byte == 0).next().unwrap_or_default();
    let digits = short.strip_prefix(b"/").and_then(|d| std::str::from_utf8(d).ok());
    let Some(start) = digits.and_then(|digits| digits.parse::<u32>().ok()) else {
        return short.to_vec();
    };
    let part = format!("PE section {index} name");
    let (table, len) = strings.unwrap_or_default();
    let room = len.saturating_sub(start.into());
    let at = table.saturating_add(start.into());
    let long = range.read_up_to(&part, at, room.min(LONGEST)).unwrap_or_default();
    match memchr::memchr(0, &long) {
        Some(end) => long.get(..end).unwrap_or_default().to_vec(),
        None => {
            let code = if long.len() as u64 == room {
                FaultCode::InvalidValue
            } else {
                FaultCode::Truncated
            };
            let detail = "the string table holds no such name";
            faults.push(Fault::new(
                code,
                part,
                range.base().saturating_add(at),
                len,
                start.into(),
                detail,
            ));
            short.to_vec()
        }
    }
}
