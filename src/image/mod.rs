//! One executable as the loader sees it: what does the file itself say that it holds?
//!
//! [`Image::parse`] reads the headers of an ELF, Mach-O or PE file and checks every extent that they
//! claim against the bytes present. Symbols, relocations and section contents are read when they are
//! asked for. Only this room names `goblin`, and only this room and `input` name `object`: there it reads the table of
//! a fat file. This room does not know Go.
//!
//! `object`'s unified API is not used: it turns a damaged symbol table into an empty one (measured:
//! 40 of 969 damaged files lose symbols in silence). Its low-level readers are given owned bytes, and
//! their errors become [`Fault`]s.
//!
//! ```no_run
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     for section in &binary.image.sections {
//!         println!("{:#x} {} bytes", section.address, section.file_size);
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

mod debug;
pub mod dynamic;
mod elf;
mod extent;
#[cfg(test)]
pub(crate) mod fixture;
pub mod foreign;
pub mod identity;
mod inflate;
mod macho;
mod names;
mod object;
mod pe;
pub mod slots;

use crate::error::{Fault, Result};
use crate::input::Range;
pub use inflate::{MOST_INFLATED, MOST_RATIO};
use slots::Slots;

/// The container format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Executable and Linkable Format.
    Elf,
    /// Mach-O, one slice of it.
    MachO,
    /// Portable Executable.
    Pe,
}

impl Format {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Elf => "elf",
            Self::MachO => "macho",
            Self::Pe => "pe",
        }
    }
}

/// Byte order of the file's own structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

/// What sort of file the header says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Linked at fixed addresses.
    Executable,
    /// Position independent: a PIE or a shared library.
    Shared,
    /// An object file: addresses are section offsets.
    Relocatable,
    /// A core dump, a kernel extension or another kind.
    Other,
}

/// A section (Mach-O: of a segment), as its header describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name, in bytes: nothing says that it is text.
    pub name: Vec<u8>,
    /// Mach-O: the segment that it belongs to; else empty.
    pub segment: Vec<u8>,
    /// Virtual address of its first byte (PE: image base included).
    pub address: u64,
    /// Size in memory, in bytes.
    pub size: u64,
    /// Offset of its bytes from the start of the image.
    pub offset: u64,
    /// How many bytes the file holds for it; 0 for zero-filled sections.
    pub file_size: u64,
    /// The format's own flags: `sh_flags`, Mach-O `flags`, PE `Characteristics`.
    pub flags: u64,
    /// ELF `sh_type`; 0 in other formats.
    pub kind: u32,
    /// Occupies memory when the program runs.
    pub allocated: bool,
    /// The program may write to it.
    pub writable: bool,
    /// Holds machine code.
    pub executable: bool,
    /// Its content is compressed in the file (`SHF_COMPRESSED`).
    pub compressed: bool,
}

impl Section {
    /// Whether `address` lies in it.
    #[must_use]
    pub fn contains(&self, address: u64) -> bool {
        self.allocated && address.wrapping_sub(self.address) < self.size
    }
}

/// Where a symbol's definition lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In no section: an import, or a symbol that another object file defines.
    Undefined,
    /// ELF `SHN_COMMON`.
    Common,
    /// An absolute value (ELF `SHN_ABS`, Mach-O `N_ABS`, PE -1).
    Absolute,
    /// PE -2, an ELF reserved index: a debugging record.
    Debug,
    /// Index into [`Image::sections`].
    Section(u32),
}

/// How visible a symbol is to the linker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Binding {
    /// Only in its own object.
    Local,
    /// Everywhere.
    Global,
    /// Everywhere, unless somebody else defines it.
    Weak,
}

/// What a symbol names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SymbolKind {
    /// The format does not say (Mach-O never does).
    Unknown,
    /// A function.
    Func,
    /// A variable.
    Object,
    /// A section itself.
    Section,
    /// A source file.
    File,
    /// Thread-local storage.
    Tls,
}

/// One row of a symbol table. It is kept small: a large program has 150,000 of them.
#[derive(Clone, Copy, Debug)]
pub struct Symbol {
    /// Where its name begins in [`SymbolTable::names`], in bytes.
    pub name_start: u32,
    /// How many bytes its name has.
    pub name_len: u32,
    /// Virtual address (PE: section address and image base added). Of an undefined symbol it is the
    /// stored value, or the address that [`Image::linked`] gave it.
    pub address: u64,
    /// Size in bytes as the table gives it; 0 in Mach-O and PE, whose tables hold none.
    pub size: u64,
    /// Where it is defined.
    pub place: Place,
    /// Its visibility to the linker.
    pub binding: Binding,
    /// What it names.
    pub kind: SymbolKind,
}

/// A symbol table: rows in the file's order, and the bytes of their names.
#[derive(Clone, Debug, Default)]
pub struct SymbolTable {
    /// The rows. A symbol is identified by its index here, never by its name: real tables hold
    /// duplicate names.
    pub symbols: Vec<Symbol>,
    /// The bytes that names are ranges of.
    pub names: Vec<u8>,
    /// Whether the file has a symbol table at all; a table without rows is not the same as none.
    pub present: bool,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

impl SymbolTable {
    /// The name of `symbol`, without its NUL.
    #[must_use]
    pub fn name(&self, symbol: &Symbol) -> &[u8] {
        let start = symbol.name_start as usize;
        self.names.get(start..start + symbol.name_len as usize).unwrap_or_default()
    }
}

/// A word in memory that the loader fills in: at `address` the value `value` (before sliding).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RelativeWord {
    /// Virtual address of the word.
    pub address: u64,
    /// What the loader stores there when the image is not moved.
    pub value: u64,
}

/// The words that the loader fills in, sorted by address, and what could not be read of them.
#[derive(Clone, Debug, Default)]
pub struct Relocations {
    /// Relative relocations whose value does not stand in the file's bytes yet.
    pub words: Vec<RelativeWord>,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

/// One executable.
#[derive(Debug)]
pub struct Image {
    /// Its bytes.
    pub range: Range,
    /// The container format.
    pub format: Format,
    /// What sort of file it is.
    pub kind: FileKind,
    /// Go's name of the architecture (`amd64`, `arm64`, …), or the format's number for it.
    pub arch: String,
    /// Go's name of the operating system where the headers tell, else empty.
    pub os: &'static str,
    /// Bytes in a pointer: 4 or 8.
    pub pointer_size: u8,
    /// Byte order.
    pub byte_order: ByteOrder,
    /// PE: the image base, already added to every address here; else 0.
    pub image_base: u64,
    /// Its sections in the file's order. ELF keeps the null section, so that symbols' section
    /// numbers are indices here; Mach-O and PE number from 1 and are shifted when symbols are read.
    pub sections: Vec<Section>,
    /// Whether it was linked by a system linker, as far as the headers tell.
    pub external_link: Option<bool>,
    /// Whether a dynamic loader takes part: it has imports or needs libraries.
    pub dynamic: bool,
    /// What is wrong with the headers, and which claimed extents the file does not hold.
    pub faults: Vec<Fault>,
    detail: Detail,
    /// What was made of an object file by [`Image::linked`].
    linked: Option<object::Linked>,
}

/// What each format keeps for reading its symbols and relocations later.
#[derive(Debug)]
enum Detail {
    Elf(elf::Tables),
    MachO(macho::Tables),
    Pe(pe::Tables),
}

impl Image {
    /// Reads the headers of the executable in `range`.
    ///
    /// # Errors
    /// Only when nothing can be listed at all: an unknown format, or a file header that is cut or
    /// invalid. Everything else is kept in [`Image::faults`] beside what could be read.
    pub fn parse(range: Range) -> Result<Self> {
        let magic = range.read_up_to("file header", 0, 16)?;
        match magic.as_slice() {
            [0x7f, b'E', b'L', b'F', ..] => elf::parse(range),
            [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] | [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] => {
                macho::parse(range)
            }
            [b'M', b'Z', ..] => pe::parse(range),
            // COFF objects have no magic: `IMAGE_FILE_MACHINE_*` of amd64, 386, arm64 and arm.
            [0x64, 0x86, ..] | [0x4c, 0x01, ..] | [0x64, 0xaa, ..] | [0xc4, 0x01, ..] => {
                pe::parse_object(range)
            }
            _ => Err(foreign::fault(&range, &magic)),
        }
    }

    /// The address that it is linked to be loaded at: that of its first byte in memory. Whoever loads it elsewhere moves
    /// every address by the same distance.
    #[must_use]
    pub fn load_address(&self) -> u64 {
        match &self.detail {
            Detail::Elf(tables) => elf::load_address(tables),
            Detail::MachO(tables) => macho::load_address(tables),
            Detail::Pe(_) => self.image_base,
        }
    }

    /// Whether it is an object file whose relocations were applied by [`Image::linked`].
    #[must_use]
    pub fn is_linked(&self) -> bool {
        self.linked.is_some()
    }

    /// An object file as if it had been linked by itself: its sections and undefined symbols get
    /// addresses, and its relocations are applied. Other images stay as they are.
    ///
    /// What could not be applied is a fault of [`Image::read_relocations`].
    #[must_use]
    pub fn linked(self) -> Self {
        object::linked(self)
    }

    /// The symbol table; its faults are in the table.
    #[must_use]
    pub fn read_symbols(&self) -> SymbolTable {
        match &self.detail {
            Detail::Elf(tables) => elf::read_symbols(self, tables),
            Detail::MachO(tables) => macho::read_symbols(self, tables),
            Detail::Pe(tables) => pe::read_symbols(self, tables),
        }
    }

    /// The relative relocations.
    #[must_use]
    pub fn read_relocations(&self) -> Relocations {
        if let Some(linked) = &self.linked {
            return linked.relocations().clone();
        }
        match &self.detail {
            Detail::Elf(tables) => elf::read_relocations(self, tables),
            Detail::MachO(tables) => macho::read_relocations(self, tables),
            // PE's base relocations adjust words that already hold their value.
            Detail::Pe(_) => Relocations::default(),
        }
    }

    /// The words that the loader fills with addresses of symbols, and stubs that lead to symbols.
    #[must_use]
    pub fn read_slots(&self) -> Slots {
        match &self.detail {
            Detail::Elf(tables) => elf::read_slots(self, tables),
            Detail::MachO(tables) => macho::read_slots(self, tables),
            Detail::Pe(tables) => dynamic::read_pe_slots(self, tables),
        }
    }

    /// The content of `section`, inflated where it is compressed; empty for a zero-filled one.
    ///
    /// # Errors
    /// [`FaultCode::Truncated`](crate::error::FaultCode::Truncated) when the file does not hold it. For a compressed
    /// section also when the stream is damaged or of an unknown kind, or when its header claims more than
    /// [`MOST_INFLATED`] bytes, or more than [`MOST_RATIO`] bytes for each compressed one.
    pub fn read_section(&self, section: &Section) -> Result<Vec<u8>> {
        let part = self.section_part(section);
        let bytes = self.range.read(&part, section.offset, section.file_size)?;
        if !section.compressed {
            return Ok(bytes);
        }
        let offset = self.range.base().saturating_add(section.offset);
        let header = match is_gnu_compressed(&section.name) {
            true => inflate::Header::Gnu,
            false => inflate::Header::Elf { wide: self.pointer_size == 8, order: self.byte_order },
        };
        inflate::Compressed { part: &part, offset, bytes: &bytes }.inflate(header)
    }

    /// The section that holds `address`.
    #[must_use]
    pub fn section_at(&self, address: u64) -> Option<&Section> {
        self.sections.iter().find(|section| section.contains(address))
    }

    /// The first section of that name.
    #[must_use]
    pub fn section_named(&self, name: &[u8]) -> Option<&Section> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// The name of `section` in faults.
    #[must_use]
    pub fn section_part(&self, section: &Section) -> String {
        let name = crate::printable::printable(&section.name);
        match self.format {
            Format::Elf => format!("ELF section {name}"),
            Format::MachO => {
                format!("Mach-O section {},{name}", crate::printable::printable(&section.segment))
            }
            Format::Pe => format!("PE section {name}"),
        }
    }
}

/// Whether a section of that name is compressed in the GNU format, which is older than `SHF_COMPRESSED`.
fn is_gnu_compressed(name: &[u8]) -> bool {
    name.starts_with(b".zdebug_") || name.starts_with(b"__zdebug_")
}
