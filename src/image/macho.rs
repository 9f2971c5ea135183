//! What do the load commands of a Mach-O file say, and does the file hold what they promise?
//!
//! Format: `mach-o/loader.h` (`object::macho` has its structs). Reads the header of one slice, has
//! its load commands walked, and keeps what reading symbols needs.

mod claims;
mod commands;
mod fixups;
mod relocate;
mod segments;
mod slots;
mod symbols;

use object::Endianness;
use object::macho::{MachHeader32, MachHeader64, SymtabCommand};
use object::read::macho::MachHeader;

use super::{ByteOrder, Detail, FileKind, Format, Image, RelativeWord, Relocations};
use crate::error::{Fault, FaultCode, Result};
use crate::input::rows::read_one;
use crate::input::{Range, fat};

use commands::Walk;
use fixups::{Chains, Word};
pub(super) use relocate::relocate;
pub(super) use slots::read_slots;
pub(super) use symbols::read_symbols;

/// What is kept for reading symbols.
#[derive(Debug)]
pub(super) struct Tables {
    is_64: bool,
    endian: Endianness,
    symtab: Option<SymtabCommand<Endianness>>,
    /// The segments in the order of their commands, by which the loader's tables number them.
    segments: Vec<Segment>,
    /// Parallel to [`Image::sections`].
    details: Vec<SectionDetail>,
    /// `LC_UUID`, if there is one.
    pub(super) uuid: Option<[u8; 16]>,
    /// Offset and size of the chained fixups, if there are any.
    fixups: Option<(u64, u64)>,
    /// Offset and size of plain, lazy and weak binding information.
    binds: [Option<(u64, u64)>; 3],
    /// Offset and size of the indirect symbols.
    indirect: Option<(u64, u64)>,
    /// The names of the libraries to be loaded, in the file's order.
    pub(super) libraries: Vec<Vec<u8>>,
}

/// Where a segment lies in memory and in the file.
#[derive(Clone, Copy, Debug)]
struct Segment {
    address: u64,
    offset: u64,
    file_size: u64,
}

/// The fields of a section header that only this format has.
#[derive(Clone, Copy, Debug)]
struct SectionDetail {
    /// `reserved1`: of a section of pointers or stubs, the first of its indirect symbols.
    first_indirect: u32,
    /// `reserved2`: the size of a stub.
    stub_size: u32,
    /// Where the relocations of an object file lie, and how many there are.
    relocations: (u32, u32),
}

/// Where a symbol table and its names lie in the image.
pub(super) struct SymbolExtent {
    pub(super) count: u32,
    pub(super) rows_offset: u64,
    pub(super) rows_len: u64,
    pub(super) names_offset: u64,
    pub(super) names_len: u64,
}

impl Tables {
    /// Where the symbol table lies, if there is one.
    pub(super) fn symbol_extent(&self) -> Option<SymbolExtent> {
        let symtab = self.symtab.as_ref()?;
        let count = symtab.nsyms.get(self.endian);
        Some(SymbolExtent {
            count,
            rows_offset: symtab.symoff.get(self.endian).into(),
            rows_len: u64::from(count) * if self.is_64 { 16 } else { 12 },
            names_offset: symtab.stroff.get(self.endian).into(),
            names_len: symtab.strsize.get(self.endian).into(),
        })
    }
}

/// Reads the headers; see [`Image::parse`].
pub(super) fn parse(range: Range) -> Result<Image> {
    match range.read("Mach-O header", 0, 4)?.as_slice() {
        [0xce, ..] | [.., 0xce] => parse_class::<MachHeader32<Endianness>>(range),
        _ => parse_class::<MachHeader64<Endianness>>(range),
    }
}

fn parse_class<M: MachHeader<Endian = Endianness>>(range: Range) -> Result<Image> {
    let header: M = read_one(&range, "Mach-O header", 0)?;
    let endian = header.endian().map_err(|e| {
        Fault::new(FaultCode::NotExecutable, "Mach-O header", range.base(), 0, 0, e.to_string())
    })?;
    let mut walk = Walk::<M>::new(&range, endian);
    walk.commands(&header);
    let Walk {
        sections,
        segments,
        details,
        os,
        libraries,
        symtab,
        fixups,
        binds,
        indirect,
        uuid,
        system_linker,
        extents,
        mut faults,
        ..
    } = walk;
    faults.extend(extents.into_fault());
    let byte_order = if header.is_big_endian() { ByteOrder::Big } else { ByteOrder::Little };
    let kind = file_kind(header.filetype(endian).0, header.flags(endian).0);
    Ok(Image {
        format: Format::MachO,
        kind,
        arch: arch(header.cputype(endian).0, byte_order),
        os,
        pointer_size: M::pointer_size(),
        byte_order,
        image_base: 0,
        sections,
        external_link: (kind != FileKind::Relocatable).then_some(system_linker),
        dynamic: !libraries.is_empty(),
        faults,
        linked: None,
        detail: Detail::MachO(Tables {
            is_64: header.is_type_64(),
            endian,
            symtab,
            segments,
            details,
            uuid,
            fixups,
            binds,
            indirect,
            libraries,
        }),
        range,
    })
}

fn file_kind(filetype: u32, flags: u32) -> FileKind {
    const MH_PIE: u32 = 0x20_0000;
    match filetype {
        1 => FileKind::Relocatable,
        2 if flags & MH_PIE == 0 => FileKind::Executable,
        2 | 6 | 8 => FileKind::Shared,
        _ => FileKind::Other,
    }
}

/// Go's GOARCH of `cputype`, or its number where Go has none.
pub(super) fn arch(cputype: u32, order: ByteOrder) -> String {
    match (fat::arch(cputype), order) {
        (name, ByteOrder::Little) if name == "ppc64" => "ppc64le".to_owned(),
        (name, _) => name,
    }
}

/// Where the header is loaded.
pub(super) fn load_address(tables: &Tables) -> u64 {
    fixups::base(&tables.segments)
}

/// Reads the words that the loader fills in; see [`Image::read_relocations`].
///
/// Only those of chained fixups: all others already hold their value.
pub(super) fn read_relocations(image: &Image, tables: &Tables) -> Relocations {
    let mut found = Relocations::default();
    let mut walk = || -> Result<()> {
        let Some(chains) = Chains::read(&image.range, tables)? else { return Ok(()) };
        chains.each_word(&image.range, &tables.segments, |word| {
            if let Word::Rebase { address, value } = word {
                found.words.push(RelativeWord { address, value });
            }
        })
    };
    let fault = walk().err();
    found.faults.extend(fault);
    found.words.sort_unstable();
    found
}
