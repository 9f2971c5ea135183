//! Where in the file are Go's own records: build information, function table, moduledata, inline trees?
//!
//! Sections have fixed names in ELF and Mach-O but not in PE; relocations must be applied before pointers are
//! compared; and a program can embed another program. So the records that `golang` can read are searched here, in the
//! sections of `image`. Nothing here judges their content.

use super::{Binary, Functions};
use crate::code::{self, Wanted};
use crate::error::{Fault, FaultCode, Result};
use crate::golang::buildinfo::{self, BuildInfo};
use crate::golang::folders::Told;
use crate::golang::inline::InlineTrees;
use crate::golang::moduledata::Moduledata;
use crate::golang::pclntab::{Header, Pclntab};
use crate::golang::toolchain::{HEAD, Signs, Toolchain};
use crate::image::Section;

/// The most headers that are tried in one section: each costs a search of the data.
const MOST_TABLES: usize = 16;

/// How many inline trees are read to check where they start.
const TREES_CHECKED: usize = 2000;

/// A function table, cut out of the file.
struct FoundTable {
    data: Vec<u8>,
    header: Header,
    address: u64,
    file_offset: u64,
}

impl Binary {
    pub(super) fn find_build_info(&self) -> Option<BuildInfo> {
        let named = [&b".go.buildinfo"[..], b"__go_buildinfo"];
        let named = named.iter().find_map(|name| self.image.section_named(name));
        // A program that searches for such records has the magic in read-only data. Its own record is found first,
        // because it lies in a section of its own or in writable data.
        let all = self.data_sections();
        named.into_iter().chain(all).find_map(|section| {
            let data = self.image.read_section(section).ok()?;
            let read = |address, len| self.memory(address, len).ok();
            buildinfo::candidates(&data).find_map(|offset| buildinfo::parse(&data, offset, &read))
        })
    }

    pub(super) fn read_functions(&self) -> Result<Functions> {
        let found = self.find_pclntab()?;
        let moduledata = self.find_moduledata(found.address, &found.header);
        let text = match found.header.holds_addresses() {
            true => 0,
            false => self.text_start(&found, moduledata.as_ref())?,
        };
        let big_endian = self.layout().big_endian;
        let mut table = Pclntab::parse(found.data, big_endian, text, found.file_offset)?;
        let mut trees = None;
        for shape in table.inline_shapes() {
            table.use_inline_shape(*shape);
            trees = self.find_trees(moduledata.as_ref(), &table);
            if trees.is_some() {
                break;
            }
        }
        Ok(Functions::new(table, moduledata, trees, self.build().cloned()))
    }

    /// Learns from the build's sources which package each folder is. Where modules are not recorded (test binaries up to
    /// 1.26), the file alone allows only a vote. The first call counts.
    pub(crate) fn tell_folders(&self, told: &Told) {
        let Ok(functions) = self.functions() else { return };
        if !functions.folders().know(told) {
            functions.told.get_or_init(|| functions.learn(told));
        }
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

    fn find_pclntab(&self) -> Result<FoundTable> {
        let names = [&b".gopclntab"[..], b"__gopclntab", b".data.rel.ro.gopclntab"];
        if let Some(section) = names.iter().find_map(|name| self.image.section_named(name)) {
            let mut data = self.image.read_section(section)?;
            let file_offset = self.image.range.base().saturating_add(section.offset);
            let header = match Header::parse(&data, self.layout().big_endian, file_offset) {
                Ok(header) => header,
                // A directive may name a variable `runtime.pclntab`; it then lies in front of the table.
                Err(fault) => return self.scan_for_table(section).ok_or(fault),
            };
            self.relocate_table(&mut data, &header, section.address);
            return Ok(FoundTable { data, header, address: section.address, file_offset });
        }
        let sections = self.data_sections();
        sections.into_iter().find_map(|section| self.scan_for_table(section)).ok_or_else(|| {
            let detail = match self.toolchain() {
                Toolchain::NotGo => "no Go function table in the file".to_owned(),
                other => other.to_string(),
            };
            Fault::new(FaultCode::NotExecutable, "pclntab", 0, 1, 0, detail)
        })
    }

    /// Searches `section` for the table: PE has no section for it, and neither has a file whose section
    /// names were changed.
    ///
    /// A program can embed another Go program with its table. Its own table is the one that its own
    /// moduledata points to.
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
            let mut data = rest.to_vec();
            self.relocate_table(&mut data, &header, address);
            Some(FoundTable { data, header, address, file_offset })
        })
    }

    /// Applies relocations to the table at `address`, if it holds addresses: in a position-independent
    /// ELF file those are stored as 0.
    fn relocate_table(&self, data: &mut [u8], header: &Header, address: u64) {
        if !header.holds_addresses() {
            return;
        }
        let words = &self.relocations().words;
        let first = words.partition_point(|word| word.address < address);
        let end = address.saturating_add(data.len() as u64);
        for word in words.iter().skip(first).take_while(|word| word.address < end) {
            if let Ok(offset) = usize::try_from(word.address - address) {
                header.layout().put_word(data, offset, word.value);
            }
        }
    }

    /// Who made a program that has no Go function table.
    #[must_use]
    pub fn toolchain(&self) -> Toolchain {
        let image = &self.image;
        let head = image.range.read("the first page", 0, image.range.len().min(HEAD));
        let symbols = || {
            let table = self.symbols();
            table.symbols.iter().map(|symbol| self.go_name(table.name(symbol))).collect()
        };
        let libraries = || self.dynamic().libraries.iter().map(Vec::as_slice).collect();
        Toolchain::recognise(&Signs {
            head: &head.unwrap_or_default(),
            sections: &|| image.sections.iter().map(|section| section.name.as_slice()).collect(),
            symbols: &symbols,
            libraries: &libraries,
        })
    }

    /// Whether Go's linker left a mark: a section that only it writes, or the build ID, which is a note of type 4 and
    /// name `Go` (cmd/link/internal/ld/elf.go) or stands in front of the text. A truncated file may still have them when
    /// its tables are gone.
    #[must_use]
    pub fn has_go_mark(&self) -> bool {
        const SECTIONS: [&[u8]; 6] = [
            b".note.go.buildid",
            b".go.buildinfo",
            b".gopclntab",
            b"__go_buildinfo",
            b"__gopclntab",
            b".data.rel.ro.gopclntab",
        ];
        const BUILD_ID: [&[u8]; 3] =
            [b"\xff Go build ID: \"", b"\x04\0\0\0Go\0\0", b"\0\0\0\x04Go\0\0"];
        let head = self.image.range.read("the head", 0, self.image.range.len().min(HEAD));
        let head = head.unwrap_or_default();
        SECTIONS.iter().any(|name| self.image.section_named(name).is_some())
            || BUILD_ID.iter().any(|mark| memchr::memmem::find(&head, mark).is_some())
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

    fn find_trees(&self, record: Option<&Moduledata>, table: &Pclntab) -> Option<InlineTrees> {
        if table.header().holds_addresses() {
            return self.find_trees_by_address(table);
        }
        let minor = self.build().and_then(|build| build.version.minor);
        record?.gofunc_candidates(minor).find_map(|address| {
            let section = self.section_at(address)?;
            let len = section.address.saturating_add(section.file_size).checked_sub(address)?;
            let trees = InlineTrees::new(self.memory(address, len).ok()?, 0).starting_at(address);
            trees.fit(table, TREES_CHECKED).then_some(trees)
        })
    }

    /// All trees lie in one section of read-only data.
    fn find_trees_by_address(&self, table: &Pclntab) -> Option<InlineTrees> {
        let Some(first) = table.functions().find_map(|function| function.inline_tree()) else {
            return table.always_records_inlining().then(|| InlineTrees::new(Vec::new(), 0));
        };
        let section = self.section_at(first)?;
        let trees = InlineTrees::new(self.image.read_section(section).ok()?, section.address);
        trees.fit(table, TREES_CHECKED).then_some(trees)
    }
}
