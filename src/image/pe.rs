//! What do the headers of a PE file say, and does the file hold what they promise?
//!
//! Format: Microsoft's "PE Format" (`object::pe` has its structs). Reads the DOS, file and optional
//! headers, the data directories and the section table, checks every extent, and keeps what reading
//! symbols needs. The image base is added to every address that is returned.

mod relocate;
mod symbols;

use std::mem::size_of;

use object::LittleEndian as LE;
use object::pe::{
    ImageDataDirectory, ImageDosHeader, ImageFileHeader, ImageNtHeaders32, ImageNtHeaders64,
    ImageSectionHeader, ImageSymbolBytes,
};
use object::read::pe::{ImageNtHeaders, ImageOptionalHeader};

use super::extent::Extents;
use super::{ByteOrder, Detail, FileKind, Format, Image, Section};
use crate::error::{Fault, FaultCode, Result};
use crate::input::Range;
use crate::input::rows::{read_one, read_rows, rows_present};

pub(super) use relocate::relocate;
pub(super) use symbols::read_symbols;

const SIGNATURE: u32 = 0x4550;
const MAGIC_32: u16 = 0x10b;
const MAGIC_64: u16 = 0x20b;
const SCN_CNT_CODE: u32 = 0x20;
const SCN_MEM_DISCARDABLE: u32 = 0x0200_0000;
const SCN_MEM_EXECUTE: u32 = 0x2000_0000;
const SCN_MEM_WRITE: u32 = 0x8000_0000;
const FILE_DLL: u16 = 0x2000;
/// How many bad section names are reported: a file may have 65,535 of them.
const MOST_FAULTS: usize = 16;
const DIRECTORY_EXPORTS: usize = 0;
const DIRECTORY_IMPORTS: usize = 1;
/// The only directory whose address is an offset in the file.
const DIRECTORY_CERTIFICATES: usize = 4;

/// What is kept for reading symbols.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tables {
    symbols_offset: u64,
    symbols: u32,
    /// Where the section headers lie.
    section_table: u64,
    /// Address, without the image base, and size of the export and import directories.
    pub(super) exports: (u32, u32),
    pub(super) imports: (u32, u32),
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

/// Reads the headers of a COFF object file, which begins with the file header.
pub(super) fn parse_object(range: Range) -> Result<Image> {
    let file: ImageFileHeader = read_one(&range, "COFF header", 0)?;
    let optional = u64::from(file.size_of_optional_header.get(LE));
    let mut headers = Headers::new(&range, &file, size_of::<ImageFileHeader>() as u64 + optional);
    let sections = headers.sections(0);
    let tables = headers.tables;
    Ok(Image {
        format: Format::Pe,
        kind: FileKind::Relocatable,
        arch: arch(file.machine.get(LE).0),
        os: "windows",
        pointer_size: if matches!(file.machine.get(LE).0, 0x8664 | 0xaa64) { 8 } else { 4 },
        byte_order: ByteOrder::Little,
        image_base: 0,
        external_link: None,
        dynamic: false,
        sections,
        faults: headers.into_faults(),
        linked: None,
        detail: Detail::Pe(tables),
        range,
    })
}

fn parse_class<H: ImageNtHeaders>(range: Range, start: u64) -> Result<Image> {
    let nt: H = read_one(&range, "PE headers", start)?;
    let (file, optional) = (nt.file_header(), nt.optional_header());
    let image_base = optional.image_base();
    let table = start
        + 4
        + size_of::<ImageFileHeader>() as u64
        + u64::from(file.size_of_optional_header.get(LE));
    let mut headers = Headers::new(&range, file, table);
    headers.extents.claim(0, optional.size_of_headers().into(), || "PE headers".to_owned());
    let directories = headers.directories(&nt, start);
    let sections = headers.sections(image_base);
    if let Some(certificates) = directories.get(DIRECTORY_CERTIFICATES) {
        let (offset, size) = certificates.address_range();
        headers.extents.claim(offset.into(), size.into(), || "PE certificate table".to_owned());
    }
    let extent = |index: usize| directories.get(index).map_or((0, 0), |d| d.address_range());
    headers.tables.exports = extent(DIRECTORY_EXPORTS);
    headers.tables.imports = extent(DIRECTORY_IMPORTS);
    let dll = file.characteristics.get(LE).0 & FILE_DLL != 0;
    let tables = headers.tables;
    Ok(Image {
        format: Format::Pe,
        kind: if dll { FileKind::Shared } else { FileKind::Executable },
        arch: arch(file.machine.get(LE).0),
        os: "windows",
        pointer_size: if nt.is_type_64() { 8 } else { 4 },
        byte_order: ByteOrder::Little,
        image_base,
        external_link: external_link(&sections),
        dynamic: tables.imports.1 > 0 || tables.exports.1 > 0,
        sections,
        faults: headers.into_faults(),
        linked: None,
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

/// Whether a system linker made the file: only those write `.CRT` or `.tls`. Go's own writes `.symtab`,
/// with names or without (each of 18 files of a corpus).
fn external_link(sections: &[Section]) -> Option<bool> {
    let has = |name: &[u8]| sections.iter().any(|section| section.name == name);
    match (has(b".CRT") || has(b".tls"), has(b".symtab")) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    }
}

/// The tables that the headers point to, while they are read.
struct Headers<'a> {
    range: &'a Range,
    tables: Tables,
    /// Where the section table begins, and its number of rows.
    sections: (u64, u16),
    /// Where the string table begins, and its length.
    strings: Option<(u64, u64)>,
    extents: Extents<'a>,
    faults: Vec<Fault>,
}

impl<'a> Headers<'a> {
    fn new(range: &'a Range, file: &ImageFileHeader, table: u64) -> Self {
        let tables = Tables {
            symbols_offset: file.pointer_to_symbol_table.get(LE).into(),
            symbols: file.number_of_symbols.get(LE),
            section_table: table,
            exports: (0, 0),
            imports: (0, 0),
        };
        let mut headers = Self {
            range,
            tables,
            sections: (table, file.number_of_sections.get(LE)),
            strings: None,
            extents: Extents::new(range),
            faults: Vec::new(),
        };
        headers.strings = headers.claim_symbols();
        headers
    }

    fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.faults;
        faults.extend(self.extents.into_fault());
        faults
    }

    /// Claims the symbol table and the string table behind it. Returns offset and length of the latter.
    fn claim_symbols(&mut self) -> Option<(u64, u64)> {
        let start = self.tables.symbols_offset;
        // Linux's kernel image counts one symbol but has no symbol table: the offset is 0.
        if start == 0 {
            return None;
        }
        let strings = self.tables.strings_offset();
        self.extents.claim(start, strings - start, || "PE symbol table".to_owned());
        self.extents.claim(strings, 4, || "PE string table size".to_owned());
        let size: object::U32<LE> = read_one(self.range, "PE string table size", strings).ok()?;
        let len = u64::from(size.get(LE));
        self.extents.claim(strings, len, || "PE string table".to_owned());
        Some((strings, len))
    }

    fn directories<H: ImageNtHeaders>(&mut self, nt: &H, start: u64) -> Vec<ImageDataDirectory> {
        let part = "PE data directories";
        let offset = start + size_of::<H>() as u64;
        let count = u64::from(nt.optional_header().number_of_rva_and_sizes());
        let wanted = count * size_of::<ImageDataDirectory>() as u64;
        let fixed = (size_of::<H>() - 4 - size_of::<ImageFileHeader>()) as u64;
        let told = u64::from(nt.file_header().size_of_optional_header.get(LE));
        let room = told.saturating_sub(fixed);
        if wanted > room {
            let at = self.range.base().saturating_add(offset);
            let detail = "more directories than the optional header has room for";
            self.faults.push(Fault::invalid(part, at, room, wanted, detail));
        }
        let (rows, fault) = read_rows(self.range, part, offset, wanted.min(room));
        self.faults.extend(fault);
        rows
    }

    fn sections(&mut self, image_base: u64) -> Vec<Section> {
        let (offset, count) = self.sections;
        let size = size_of::<ImageSectionHeader>() as u64;
        let len = u64::from(count) * size;
        let present = rows_present::<ImageSectionHeader>(self.range, offset, len);
        self.extents.claim(offset, len, || format!("PE section table (cut at entry {present})"));
        let (rows, _) =
            read_rows::<ImageSectionHeader>(self.range, "PE section table", offset, present * size);
        let mut found = Vec::with_capacity(rows.len());
        for (index, row) in (1..).zip(&rows) {
            let name = self.section_name(index, row);
            let section = section(name, row, image_base);
            self.extents.claim(section.offset, section.file_size, || {
                format!("PE section {index} {}", crate::printable::printable(&section.name))
            });
            found.push(section);
        }
        found
    }

    /// A section's name: in the header, or `/123`, an offset into the string table.
    fn section_name(&mut self, index: u32, header: &ImageSectionHeader) -> Vec<u8> {
        const LONGEST: u64 = 256;
        let short = header.name.split(|byte| *byte == 0).next().unwrap_or_default();
        let digits = short.strip_prefix(b"/").and_then(|d| std::str::from_utf8(d).ok());
        let Some(start) = digits.and_then(|digits| digits.parse::<u32>().ok()) else {
            return short.to_vec();
        };
        let part = format!("PE section {index} name");
        let Some((table, len)) = self.strings else {
            // One fault is enough for a missing table, and reading it may have made one.
            if self.faults.is_empty() {
                let detail = "the name is in a string table, and there is none";
                let at = self.range.base();
                self.faults.push(Fault::invalid(part, at, start.into(), 0, detail));
            }
            return short.to_vec();
        };
        let room = len.saturating_sub(start.into());
        let at = table.saturating_add(start.into());
        let long = self.range.read_up_to(&part, at, room.min(LONGEST)).unwrap_or_default();
        if let Some(end) = memchr::memchr(0, &long) {
            return long.get(..end).unwrap_or_default().to_vec();
        }
        // A name in the missing part of a truncated table.
        let cut = (long.len() as u64) < room.min(LONGEST);
        let code = if cut { FaultCode::Truncated } else { FaultCode::InvalidValue };
        let at = self.range.base().saturating_add(at);
        let detail = "the string table holds no such name";
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault::new(code, part, at, room, long.len() as u64, detail));
        }
        short.to_vec()
    }
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
        // Debugging sections and base relocations are discardable.
        allocated: flags & SCN_MEM_DISCARDABLE == 0,
        writable: flags & SCN_MEM_WRITE != 0,
        executable: flags & (SCN_MEM_EXECUTE | SCN_CNT_CODE) != 0,
        compressed: crate::image::is_gnu_compressed(&name),
        name,
    }
}
