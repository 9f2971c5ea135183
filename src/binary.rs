//! One executable with everything that can be known of it.
//!
//! Each part is read on first use and kept, its failure too: a question about a push never pays for
//! decoding code. This is where what the file holds (`image`) meets what Go wrote into it (`golang`)
//! and what its instructions do (`code`).

use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::code::{self, Code, Found, InstructionSet, Wanted};
use crate::error::{Fault, FaultCode, Result};
use crate::golang::buildinfo::{self, BuildInfo};
use crate::golang::bytes::Layout;
use crate::golang::folders::Folders;
use crate::golang::inline::InlineTrees;
use crate::golang::moduledata::Moduledata;
use crate::golang::pclntab::{Function, Header, Pclntab};
use crate::image::dynamic::{self, DynamicView};
use crate::image::fat;
use crate::image::file::{File, Range};
use crate::image::slots::Slots;
use crate::image::{ByteOrder, Image, Relocations, Section, SymbolTable};

/// One executable: a file, or one slice of a fat file.
#[derive(Debug)]
pub struct Binary {
    /// What the loader sees.
    pub image: Image,
    /// The slice's architecture when the file is fat.
    pub slice: Option<String>,
    symbols: OnceLock<SymbolTable>,
    relocations: OnceLock<Relocations>,
    slots: OnceLock<Slots>,
    build: OnceLock<Option<BuildInfo>>,
    functions: OnceLock<Result<Functions>>,
    dynamic: OnceLock<DynamicView>,
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
    /// Which package owns which folder and unit.
    pub folders: Folders,
}

impl Functions {
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
    /// One per slice; one for a thin file.
    pub binaries: Vec<Binary>,
    /// Faults that belong to no single slice.
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
        let slices = fat::slices(Range::whole(Arc::new(file)))?;
        let mut opened = Opened { binaries: Vec::new(), faults: slices.faults };
        for slice in slices.slices {
            match Image::parse(slice.range) {
                Ok(image) => opened.binaries.push(Self::new(image, slice.name)),
                Err(fault) if slice.name.is_none() => return Err(fault),
                Err(fault) => opened.faults.push(fault),
            }
        }
        Ok(opened)
    }

    /// The executable that `image` describes; `slice` is its architecture when the file is fat.
    #[must_use]
    pub fn new(image: Image, slice: Option<String>) -> Self {
        Self {
            image,
            slice,
            symbols: OnceLock::new(),
            relocations: OnceLock::new(),
            slots: OnceLock::new(),
            build: OnceLock::new(),
            functions: OnceLock::new(),
            dynamic: OnceLock::new(),
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

    fn find_build_info(&self) -> Option<BuildInfo> {
        let named = [&b".go.buildinfo"[..], b"__go_buildinfo"];
        let named = named.iter().find_map(|name| self.image.section_named(name));
        // Programs that look for records hold the magic in read-only data: their own record is found
        // first because it lies in a section of its own or in writable data.
        let all = self.data_sections();
        named.into_iter().chain(all).find_map(|section| {
            let data = self.image.read_section(section).ok()?;
            let read = |address, len| self.memory(address, len).ok();
            buildinfo::candidates(&data).find_map(|offset| buildinfo::parse(&data, offset, &read))
        })
    }

    fn read_functions(&self) -> Result<Functions> {
        let found = self.find_pclntab()?;
        let moduledata = self.find_moduledata(found.address, &found.header);
        let text = self.text_start(&found, moduledata.as_ref())?;
        let big_endian = self.layout().big_endian;
        let table = Pclntab::parse(found.data, big_endian, text, found.file_offset)?;
        let trees = moduledata.as_ref().and_then(|record| self.find_trees(record, &table));
        let folders = Folders::learn(&table, trees.as_ref(), self.build());
        Ok(Functions { table, moduledata, trees, folders })
    }

    fn text_start(&self, found: &FoundTable, moduledata: Option<&Moduledata>) -> Result<u64> {
        let in_header = || {
            let word = found.address.wrapping_add(8 + 2 * u64::from(found.header.layout().pointer));
            self.word(word).filter(|text| *text != 0)
        };
        let text = moduledata.map(|record| record.text);
        text.or_else(|| self.symbol_address(b"runtime.text")).or_else(in_header).ok_or_else(|| {
            let detail = "no moduledata, no symbol runtime.text and none in the pclntab header";
            Fault::new(FaultCode::Unsupported, "runtime.text", found.file_offset, 0, 0, detail)
        })
    }

    /// The address of the first defined symbol of that name.
    #[must_use]
    pub fn symbol_address(&self, name: &[u8]) -> Option<u64> {
        let table = self.symbols();
        let defined = |symbol: &&crate::image::Symbol| {
            matches!(symbol.place, crate::image::Place::Section(_))
        };
        let named = |symbol: &&crate::image::Symbol| self.go_name(table.name(symbol)) == name;
        table.symbols.iter().filter(defined).find(named).map(|symbol| symbol.address)
    }

    /// `name` as Go wrote it: Mach-O leads every name by `_`.
    #[must_use]
    pub fn go_name<'a>(&self, name: &'a [u8]) -> &'a [u8] {
        match self.image.format {
            crate::image::Format::MachO => crate::golang::names::without_underscore(name),
            _ => name,
        }
    }

    fn find_pclntab(&self) -> Result<FoundTable> {
        let names = [&b".gopclntab"[..], b"__gopclntab", b".data.rel.ro.gopclntab"];
        if let Some(section) = names.iter().find_map(|name| self.image.section_named(name)) {
            let data = self.image.read_section(section)?;
            let file_offset = self.image.range.base().saturating_add(section.offset);
            let header = Header::parse(&data, self.layout().big_endian, file_offset)?;
            return Ok(FoundTable { data, header, address: section.address, file_offset });
        }
        let sections = self.data_sections();
        sections.into_iter().find_map(|section| self.scan_for_table(section)).ok_or_else(|| {
            Fault::new(
                FaultCode::NotExecutable,
                "pclntab",
                0,
                1,
                0,
                "no Go function table in the file",
            )
        })
    }

    /// PE has no section for the table, nor has a file whose section names were changed.
    ///
    /// A program can embed another Go program, table and all: only the table that this program's own
    /// moduledata points to is its own.
    fn scan_for_table(&self, section: &Section) -> Option<FoundTable> {
        let data = self.image.read_section(section).ok()?;
        let big_endian = self.layout().big_endian;
        let pointer = usize::from(self.image.pointer_size);
        let mut starts: Vec<usize> = Header::magics(big_endian)
            .into_iter()
            .flat_map(|magic| memchr::memmem::find_iter(&data, &magic).collect::<Vec<_>>())
            .filter(|start| start % pointer == 0)
            .collect();
        starts.sort_unstable();
        let headers = starts.into_iter().filter_map(|start| {
            let rest = data.get(start..)?;
            Some((start, rest, Header::parse(rest, big_endian, 0).ok()?))
        });
        headers.take(MOST_TABLES).find_map(|(start, rest, header)| {
            let address = section.address.saturating_add(start as u64);
            self.find_moduledata(address, &header)?;
            let file_offset =
                (self.image.range.base() + section.offset).saturating_add(start as u64);
            Some(FoundTable { data: rest.to_vec(), header, address, file_offset })
        })
    }

    fn find_moduledata(&self, pclntab: u64, header: &Header) -> Option<Moduledata> {
        let word = |address| self.word(address);
        let at = |address: u64| Moduledata::at(address, pclntab, header, &word);
        let relocated = self.relocations().words.iter().filter(|word| word.value == pclntab);
        if let Some(found) = relocated.map(|word| word.address).find_map(at) {
            return Some(found);
        }
        let layout = self.layout();
        let wanted = Wanted::new([pclntab]);
        self.data_sections().into_iter().filter(|section| !section.executable).find_map(|section| {
            let data = self.image.read_section(section).ok()?;
            code::words(&data, section.address, layout.pointer, layout.big_endian, &wanted)
                .find_map(|(address, _)| at(address))
        })
    }

    fn find_trees(&self, record: &Moduledata, table: &Pclntab) -> Option<InlineTrees> {
        let minor = self.build().and_then(|build| build.version.minor);
        record.gofunc_candidates(minor).find_map(|address| {
            let section = self.image.section_at(address)?;
            let len = section.address.saturating_add(section.file_size).checked_sub(address)?;
            let data = self.memory(address, len).ok()?;
            InlineTrees::fit(&data, table, TREES_CHECKED).then(|| InlineTrees::new(data))
        })
    }

    /// Instructions of the program's Go functions that refer to one of `wanted`.
    ///
    /// # Errors
    /// When there is no function table, the architecture is not searched, or code is cut off.
    pub fn search_code(&self, wanted: &Wanted) -> Result<Found> {
        let functions = self.functions().map_err(Clone::clone)?;
        let set = InstructionSet::of(&self.image.arch).ok_or_else(|| {
            Fault::unsupported(format!("{} code", self.image.arch), 0, "not searched yet")
        })?;
        let (mut found, mut seen) = (Found::default(), 0);
        for section in self.stored_sections(|section| section.executable)? {
            let end = section.address.saturating_add(section.size.max(section.file_size));
            let inside = functions.table.functions_between(section.address, end);
            if inside.len() == 0 {
                continue;
            }
            seen += inside.len();
            let data = self.image.read_section(section)?;
            let code = inside.filter_map(|function| {
                let start = usize::try_from(function.entry.checked_sub(section.address)?).ok()?;
                let size = usize::try_from(function.end.checked_sub(function.entry)?).ok()?;
                let rest = data.get(start..)?;
                let bytes = rest.get(..size.min(rest.len()))?;
                Some(Code { address: function.entry, bytes })
            });
            let in_section = code::search(set, &code.collect::<Vec<_>>(), wanted);
            found.references.extend(in_section.references);
            found.undecoded.extend(in_section.undecoded);
        }
        let count = functions.table.len();
        if seen < count {
            let detail = "functions whose code lies in a section";
            return Err(Fault::invalid("pclntab", 0, count as u64, seen as u64, detail));
        }
        found.references.sort_unstable();
        Ok(found)
    }

    /// Words in data, as the loader leaves them, that hold one of `wanted`: address and value, in
    /// order of addresses.
    ///
    /// # Errors
    /// When a section is cut off or a relocation table could not be read.
    pub fn search_words(&self, wanted: &Wanted) -> Result<Vec<(u64, u64)>> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(fault) = self.relocations().faults.first() {
            return Err(fault.clone());
        }
        let layout = self.layout();
        let relocated = self.relocations().words.iter().filter(|word| wanted.contains(word.value));
        let mut found: Vec<(u64, u64)> = relocated.map(|word| (word.address, word.value)).collect();
        let stored = |section: &&Section| {
            section.allocated && !section.compressed && holds_pointers(section)
        };
        for section in self.stored_sections(stored)? {
            let data = self.image.read_section(section)?;
            let words =
                code::words(&data, section.address, layout.pointer, layout.big_endian, wanted);
            found.extend(words);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}

/// Headers that are tried in one section: each costs a search of the data.
const MOST_TABLES: usize = 16;

/// How many inline trees are read to tell the right start of them from a wrong one.
const TREES_CHECKED: usize = 2000;

/// Whether the program itself keeps pointers there: not in code, not in the linker's tables (a
/// relocation record holds addresses too), not in pclntab, which holds offsets.
fn holds_pointers(section: &Section) -> bool {
    /// `sh_type` of what the program defines (SHT_PROGBITS) and of its initialisers' arrays.
    const ELF_DATA: [u32; 5] = [0, 1, 14, 15, 16];
    !section.executable
        && ELF_DATA.contains(&section.kind)
        && memchr::memmem::find(&section.name, b"gopclntab").is_none()
}

/// A function table, cut out of the file.
struct FoundTable {
    data: Vec<u8>,
    header: Header,
    address: u64,
    file_offset: u64,
}
