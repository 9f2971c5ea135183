//! One executable, with everything that can be known about it.
//!
//! Each part is read on first use and kept, and so is a failure: a question about a push never pays for decoding
//! code. Here the content of the file (`image`), what Go wrote into it (`golang`), what its instructions do (`code`)
//! and what the compilers recorded (`dwarf`) come together.
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
mod metadata;
mod search;
mod stubs;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::dwarf::DebugInfo;
use crate::error::{Fault, FaultCode, Result};
use crate::golang::buildinfo::BuildInfo;
use crate::golang::bytes::Layout;
use crate::golang::folders::Folders;
use crate::golang::inline::InlineTrees;
use crate::golang::moduledata::Moduledata;
use crate::golang::pclntab::{Function, Pclntab};
use crate::image::dynamic::{self, DynamicView};
use crate::image::file::{File, Range};
use crate::image::parts::{self, Part};
use crate::image::slots::Slots;
use crate::image::{ByteOrder, Image, Place, Relocations, Section, SymbolTable};

pub use debug::DebugState;

/// One executable: a file, one slice of a fat file, or one member of an archive.
#[derive(Debug)]
pub struct Binary {
    /// What the loader sees.
    pub image: Image,
    /// The slice's architecture when the file is fat.
    pub slice: Option<String>,
    /// Its name in an archive; names there need not differ.
    pub member: Option<Vec<u8>>,
    symbols: OnceLock<SymbolTable>,
    relocations: OnceLock<Relocations>,
    slots: OnceLock<Slots>,
    build: OnceLock<Option<BuildInfo>>,
    functions: OnceLock<Result<Functions>>,
    dynamic: OnceLock<DynamicView>,
    debug: OnceLock<Option<Result<DebugInfo>>>,
    search_fault: OnceLock<Fault>,
    /// The file that holds what was stripped from this one.
    detached: Option<Image>,
}

/// The functions that Go's runtime knows, and what is known beside them.
#[derive(Debug)]
pub struct Functions {
    /// The function table.
    pub table: Pclntab,
    /// The runtime's record, where it was found.
    pub moduledata: Option<Moduledata>,
    /// Inline trees, where they were found and fit.
    pub trees: Option<InlineTrees>,
    /// Which package owns which folder and unit, as far as the file tells.
    pub folders: Folders,
    /// The same with what the build's sources say.
    pub(crate) told: OnceLock<Folders>,
}

impl Functions {
    /// Which package owns which folder and unit, as far as is known.
    #[must_use]
    pub fn owners(&self) -> &Folders {
        self.told.get().unwrap_or(&self.folders)
    }

    /// The file that `function` itself was written in.
    #[must_use]
    pub fn own_file<'a>(&'a self, function: &Function<'a>) -> Option<&'a [u8]> {
        match &self.trees {
            Some(trees) => trees.own_file(&self.table, function),
            None => function.file(),
        }
    }

    /// GOOS, by the file that the runtime's start-up code comes from: `runtime/os_linux.go`.
    #[must_use]
    pub fn goos(&self) -> Option<&str> {
        let start = self.table.functions().find(|function| function.name() == b"runtime.osinit")?;
        let file = self.own_file(&start)?;
        let base = std::str::from_utf8(file.rsplit(|byte| *byte == b'/').next()?).ok()?;
        base.strip_suffix(".go")?.split_once('_').map(|(_, goos)| goos)
    }
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
        Self::open_file(File::open(path)?)
    }

    /// The executables in `file`.
    ///
    /// # Errors
    /// As [`Binary::open`].
    pub fn open_file(file: File) -> Result<Opened> {
        let found = parts::parts(Range::whole(Arc::new(file)))?;
        let mut opened = Opened { binaries: Vec::new(), faults: found.faults };
        let mut foreign = Vec::new();
        for Part { slice, member, range } in found.parts {
            match Image::parse(range) {
                Ok(image) => {
                    opened.binaries.push(Self { member, ..Self::new(image.linked(), slice) });
                }
                Err(fault) if slice.is_none() && member.is_none() => return Err(fault),
                // An archive may hold texts and bitcode beside its objects.
                Err(fault) if member.is_some() && !fault.is_damage() => foreign.push(fault),
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

    /// The executable that `image` describes; `slice` is its architecture when the file is fat.
    #[must_use]
    pub fn new(image: Image, slice: Option<String>) -> Self {
        Self {
            image,
            slice,
            member: None,
            symbols: OnceLock::new(),
            relocations: OnceLock::new(),
            slots: OnceLock::new(),
            build: OnceLock::new(),
            functions: OnceLock::new(),
            dynamic: OnceLock::new(),
            debug: OnceLock::new(),
            search_fault: OnceLock::new(),
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
    /// Relocations and code are read, and their faults told, only where an answer needs them.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = self.image.faults.clone();
        faults.extend(self.symbols().faults.iter().cloned());
        faults
    }

    /// What is wrong with Go's function table; that there is none is a fault too.
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
        let section = self.image.section_at(address).ok_or_else(missing)?;
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

    /// Sections that hold data in the file, those that the linker is most likely to have put Go's
    /// own records into first; none where they claim the same bytes again and again.
    fn data_sections(&self) -> Vec<&Section> {
        let stored = |section: &&Section| section.allocated && !section.compressed;
        let mut sections = self.stored_sections(stored).unwrap_or_default();
        sections.sort_by_key(|section| (section.executable, !section.writable));
        sections
    }

    /// Sections with bytes in the file that `wanted` takes.
    ///
    /// # Errors
    /// When together they claim much more than the file has: real sections do not overlap, and forged
    /// ones would be read a thousand times.
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
        let table = self.symbols();
        let defined = |symbol: &&crate::image::Symbol| matches!(symbol.place, Place::Section(_));
        let named = |symbol: &&crate::image::Symbol| self.go_name(table.name(symbol)) == name;
        table.symbols.iter().filter(defined).find(named).map(|symbol| symbol.address)
    }

    /// Whether `symbol` is one of data: in a section that is not code, or in none yet.
    #[must_use]
    pub fn is_in_data(&self, symbol: &crate::image::Symbol) -> bool {
        match symbol.place {
            Place::Common => true,
            Place::Section(index) => {
                let section = self.image.sections.get(index as usize);
                section.is_some_and(|section| !section.executable)
            }
            Place::Undefined | Place::Absolute | Place::Debug => false,
        }
    }

    /// `name` as Go wrote it: Mach-O leads every name by `_`.
    #[must_use]
    pub fn go_name<'a>(&self, name: &'a [u8]) -> &'a [u8] {
        match self.image.format {
            crate::image::Format::MachO => crate::names::without_underscore(name),
            _ => name,
        }
    }
}
