//! One executable, with everything that can be known about it.
//!
//! Each part is read on first use and kept, and so is a failure to read it. So nobody pays for decoding code if no
//! question needs it. This room joins the content of the file (`image`), what Go wrote into it (`golang`), what its
//! instructions do (`code`) and what the compilers recorded (`dwarf`).
//!
//! ```no_run
//! use gonym::binary::Binary;
//!
//! for binary in Binary::open("app".as_ref())?.binaries {
//!     let go = binary.build().map_or("unknown", |build| &build.version.text);
//!     println!("{go}, {} symbols", binary.symbols().symbols.len());
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

mod debug;
mod detached;
pub mod facts;
mod functions;
pub mod lookup;
mod metadata;
mod missing;
mod search;
mod searched;
mod stubs;
mod switches;
mod undefined;
mod witnesses;

use std::path::Path;
use std::sync::OnceLock;

use crate::dwarf::DebugInfo;
use crate::error::{Fault, FaultCode, Result};
use crate::golang::buildinfo::BuildInfo;
use crate::golang::bytes::Layout;
use crate::image::dynamic::{self, DynamicView};
use crate::image::slots::Slots;
use crate::image::{ByteOrder, Image, Place, Relocations, Section, SymbolTable};
use crate::input::{self, Contents, File, Origin, Part};

pub use debug::DebugState;
pub use facts::{Facts, LinkMode, Maker, NameList, Whole};
pub use functions::Functions;
use lookup::Lookup;
pub use missing::Missing;
pub use searched::{Searched, WordScan};
pub use switches::{Switch, Switches};
pub use undefined::UndefinedGo;
pub use witnesses::{NameWitnesses, Witness};

/// One executable: a file, one slice of a fat file, or one member of an archive.
#[derive(Debug)]
pub struct Binary {
    /// What the loader sees.
    pub image: Image,
    /// Where it lies: in which file, and in which containers there.
    pub origin: Origin,
    symbols: OnceLock<SymbolTable>,
    relocations: OnceLock<Relocations>,
    slots: OnceLock<Slots>,
    build: OnceLock<Option<BuildInfo>>,
    functions: OnceLock<Result<Functions>>,
    dynamic: OnceLock<DynamicView>,
    debug: OnceLock<Option<Result<DebugInfo>>>,
    search_fault: OnceLock<Fault>,
    witnesses: OnceLock<NameWitnesses>,
    lookup: Lookup,
    /// The file that holds what was stripped from this one.
    detached: Option<Image>,
}

/// The executables in a file, and what is wrong with the file as a whole.
#[derive(Debug, Default)]
pub struct Opened {
    /// One per slice or member; one for a plain executable.
    pub binaries: Vec<Binary>,
    /// Faults that belong to no single one of them.
    pub faults: Vec<Fault>,
}

impl Binary {
    /// Opens every executable in the file at `path`; `-` is standard input.
    ///
    /// # Errors
    /// When the file cannot be read or holds no executable at all.
    pub fn open(path: &Path) -> Result<Opened> {
        Self::of_contents(input::open(path)?)
    }

    /// The executables in `file`.
    ///
    /// # Errors
    /// As [`Binary::open`].
    pub fn open_file(file: File) -> Result<Opened> {
        Self::of_contents(input::open_file(file)?)
    }

    fn of_contents(contents: Contents) -> Result<Opened> {
        let mut opened = Opened { binaries: Vec::new(), faults: contents.faults };
        let mut foreign = Vec::new();
        for Part { origin, range } in contents.parts {
            let is_member = origin.member().is_some();
            match Image::parse(range) {
                Ok(image) => opened.binaries.push(Self::new(image.linked(), origin)),
                Err(fault) if origin.is_file() => return Err(fault),
                // An archive may hold text files and bitcode beside its objects.
                Err(fault) if is_member && !fault.is_damage() => foreign.push(fault),
                Err(fault) => opened.faults.push(fault),
            }
        }
        if opened.binaries.is_empty() {
            opened.faults.extend(foreign);
        }
        if opened.binaries.is_empty() && opened.faults.is_empty() {
            let detail = "the archive holds no object file";
            return Err(Fault::new(FaultCode::NotExecutable, "file", 0, 0, 0, detail));
        }
        Ok(opened)
    }

    /// The executable that `image` describes, which lies at `origin`.
    #[must_use]
    pub fn new(image: Image, origin: Origin) -> Self {
        Self {
            image,
            origin,
            symbols: OnceLock::new(),
            relocations: OnceLock::new(),
            slots: OnceLock::new(),
            build: OnceLock::new(),
            functions: OnceLock::new(),
            dynamic: OnceLock::new(),
            debug: OnceLock::new(),
            search_fault: OnceLock::new(),
            witnesses: OnceLock::new(),
            lookup: Lookup::default(),
            detached: None,
        }
    }

    /// The symbol table.
    pub fn symbols(&self) -> &SymbolTable {
        self.symbols.get_or_init(|| self.image.read_symbols())
    }

    /// What the dynamic loader sees.
    pub fn dynamic(&self) -> &DynamicView {
        self.dynamic.get_or_init(|| dynamic::read(&self.image))
    }

    /// What is wrong with the headers and the symbol table.
    ///
    /// Relocations and code are read only if an answer needs them, and only then have faults.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = self.image.faults.clone();
        faults.extend(self.symbols().faults.iter().cloned());
        faults
    }

    /// What is wrong with Go's function table. It is a fault too if there is none.
    pub fn function_fault(&self) -> Option<Fault> {
        match self.functions() {
            Ok(functions) => functions.table.fault().cloned(),
            Err(fault) => Some(fault.clone()),
        }
    }

    /// Whether anything of the gc toolchain is in it, readable or damaged.
    pub fn is_go(&self) -> bool {
        self.build().is_some()
            || self.functions().is_ok()
            || self.functions().is_err_and(|fault| fault.code != FaultCode::NotExecutable)
    }

    /// Go's build information, if the program has any.
    pub fn build(&self) -> Option<&BuildInfo> {
        self.build.get_or_init(|| self.find_build_info()).as_ref()
    }

    /// The functions that Go's runtime knows.
    ///
    /// # Errors
    /// Why there are none: no table in the file, one of an older layout, or a damaged one.
    pub fn functions(&self) -> Result<&Functions, &Fault> {
        self.functions.get_or_init(|| self.read_functions()).as_ref()
    }

    /// The relative relocations.
    pub fn relocations(&self) -> &Relocations {
        self.relocations.get_or_init(|| self.image.read_relocations())
    }

    /// The words that the loader fills with addresses of symbols, and stubs that lead to symbols.
    pub fn slots(&self) -> &Slots {
        self.slots.get_or_init(|| self.image.read_slots())
    }

    /// Byte order and pointer size.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout {
            big_endian: self.image.byte_order == ByteOrder::Big,
            pointer: self.image.pointer_size,
        }
    }

    /// `len` bytes of memory at `address`, as the file holds them.
    ///
    /// # Errors
    /// When no section holds them or the file is cut.
    pub fn memory(&self, address: u64, len: u64) -> Result<Vec<u8>> {
        let missing = || Fault::truncated(format!("memory at {address:#x}"), 0, len, 0);
        let section = self.section_at(address).ok_or_else(missing)?;
        let within = address.wrapping_sub(section.address);
        if section.compressed || within.saturating_add(len) > section.file_size {
            return Err(missing());
        }
        let part = self.image.section_part(section);
        self.image.range.read(&part, section.offset.saturating_add(within), len)
    }

    /// The pointer-sized word at `address` as the loader leaves it: relative relocations applied.
    #[must_use]
    pub fn word(&self, address: u64) -> Option<u64> {
        let words = &self.relocations().words;
        if let Ok(index) = words.binary_search_by_key(&address, |word| word.address) {
            return words.get(index).map(|word| word.value);
        }
        let layout = self.layout();
        layout.word(&self.memory(address, layout.pointer.into()).ok()?, 0)
    }

    /// Sections that have data in the file, those first in which Go's own records are most likely. Empty
    /// if the sections claim the same bytes again and again.
    fn data_sections(&self) -> Vec<&Section> {
        let stored = |section: &&Section| section.allocated && !section.compressed;
        let mut sections = self.stored_sections(stored).unwrap_or_default();
        sections.sort_by_key(|section| (section.executable, !section.writable));
        sections
    }

    /// Those sections with bytes in the file for which `wanted` is true.
    ///
    /// # Errors
    /// When together they claim more than twice the file's size. Real sections do not overlap, and the
    /// same bytes of forged ones would be read again and again.
    fn stored_sections(&self, wanted: impl Fn(&&Section) -> bool) -> Result<Vec<&Section>> {
        let all = self.image.sections.iter().filter(|section| section.file_size > 0);
        let sections: Vec<&Section> = all.filter(wanted).collect();
        let claimed = sections.iter().fold(0u64, |sum, s| sum.saturating_add(s.file_size));
        let present = self.image.range.len();
        if claimed > present.saturating_mul(2) {
            let detail = "bytes claimed by all sections together";
            return Err(Fault::invalid(
                "sections",
                self.image.range.base(),
                present,
                claimed,
                detail,
            ));
        }
        Ok(sections)
    }

    /// The address of the first defined symbol of that name.
    #[must_use]
    pub fn symbol_address(&self, name: &[u8]) -> Option<u64> {
        let mut symbols = self.named(name).symbols().map(|found| found.symbol);
        let defined = symbols.find(|symbol| matches!(symbol.place, Place::Section(_)));
        defined.map(|symbol| symbol.address)
    }

    /// Whether `symbol` is data: it lies in a section that is not code, or is a common symbol and has no section yet.
    #[must_use]
    pub fn is_in_data(&self, symbol: &crate::image::Symbol) -> bool {
        match symbol.place {
            Place::Common => true,
            Place::Section(_) => self.section_of(symbol).is_some_and(|section| !section.executable),
            Place::Undefined | Place::Absolute | Place::Debug => false,
        }
    }

    /// The section that `symbol` is defined in.
    #[must_use]
    pub fn section_of(&self, symbol: &crate::image::Symbol) -> Option<&Section> {
        let Place::Section(index) = symbol.place else { return None };
        self.image.sections.get(index as usize)
    }

    /// `name` as Go wrote it: in Mach-O every name begins with an extra `_`.
    #[must_use]
    pub fn go_name<'a>(&self, name: &'a [u8]) -> &'a [u8] {
        match self.image.format {
            crate::image::Format::MachO => crate::names::without_underscore(name),
            _ => name,
        }
    }
}
