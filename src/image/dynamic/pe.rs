//! What does the dynamic loader see of a PE image?
//!
//! The import and export directories (Microsoft's "PE Format"). `goblin` follows chains of thunks to
//! a zero and names to a NUL, and in hostile tables both overlap. So the tables are first walked here,
//! and the bytes that `goblin` would read are counted.

use goblin::pe::data_directories::DataDirectory;
use goblin::pe::export::{Export as Entry, ExportData};
use goblin::pe::import::{Import as Thunk, ImportData};
use goblin::pe::options::ParseOptions;
use goblin::pe::section_table::SectionTable;
use goblin::pe::utils::find_offset;

use super::{DynamicView, Export, Import, failed};
use crate::error::{Fault, FaultCode, Result};
use crate::image::Image;
use crate::image::pe::Tables;

/// Windows loads no image with more sections, and with more every look-up would be slow.
const MOST_SECTIONS: usize = 96;
/// goblin asks for a power of two; the sections of a real file begin at multiples of this one.
const FILE_ALIGNMENT: u32 = 0x200;

pub(super) fn read(image: &Image, tables: &Tables) -> DynamicView {
    let mut view = DynamicView::default();
    if tables.exports.1 == 0 && tables.imports.1 == 0 {
        return view;
    }
    let bytes = match image.range.read("PE image", 0, image.range.len()) {
        Ok(bytes) => bytes,
        Err(fault) => {
            view.faults.push(fault);
            return view;
        }
    };
    let file = Mapped { image, bytes: &bytes, sections: section_table(image) };
    for read in [read_imports, read_exports] {
        if let Err(fault) = read(&file, tables, &mut view) {
            view.faults.push(fault);
        }
    }
    view
}

/// The bytes of an image and the table that maps its addresses to them.
struct Mapped<'a> {
    image: &'a Image,
    bytes: &'a [u8],
    sections: Vec<SectionTable>,
}

fn section_table(image: &Image) -> Vec<SectionTable> {
    let narrow = |wide: u64| u32::try_from(wide).unwrap_or(u32::MAX);
    let row = |section: &crate::image::Section| SectionTable {
        virtual_size: narrow(section.size),
        virtual_address: narrow(section.address.wrapping_sub(image.image_base)),
        size_of_raw_data: narrow(section.file_size),
        pointer_to_raw_data: narrow(section.offset),
        ..SectionTable::default()
    };
    image.sections.iter().map(row).collect()
}

fn read_imports(file: &Mapped<'_>, tables: &Tables, view: &mut DynamicView) -> Result<()> {
    const PART: &str = "PE import directory";
    let (address, size) = tables.imports;
    if size == 0 {
        return Ok(());
    }
    let wide = file.image.pointer_size == 8;
    let start = file.check(PART, address, |walk| walk.imports(address, wide))?;
    let directory = DataDirectory { virtual_address: address, size };
    let (bytes, sections) = (file.bytes, &file.sections);
    let wrong = |error| failed(file.image, PART, start, &error);
    let data = if wide {
        ImportData::parse::<u64>(bytes, directory, sections, FILE_ALIGNMENT)
    } else {
        ImportData::parse::<u32>(bytes, directory, sections, FILE_ALIGNMENT)
    }
    .map_err(wrong)?;
    view.libraries = data.import_data.iter().map(|entry| entry.name.into()).collect();
    let thunks = if wide {
        Thunk::parse::<u64>(bytes, &data, sections)
    } else {
        Thunk::parse::<u32>(bytes, &data, sections)
    }
    .map_err(wrong)?;
    view.imports = thunks
        .iter()
        .map(|thunk| Import {
            name: thunk.name.as_bytes().to_vec(),
            library: Some(thunk.dll.into()),
            weak: false,
            // `offset` is the place in the import address table, relative to the image.
            slot: Some(file.image.image_base.wrapping_add(thunk.offset as u64)),
        })
        .collect();
    Ok(())
}

fn read_exports(file: &Mapped<'_>, tables: &Tables, view: &mut DynamicView) -> Result<()> {
    const PART: &str = "PE export directory";
    let (address, size) = tables.exports;
    if size == 0 {
        return Ok(());
    }
    let start = file.check(PART, address, |walk| walk.exports(address, size))?;
    let directory = DataDirectory { virtual_address: address, size };
    let (bytes, sections) = (file.bytes, &file.sections);
    let wrong = |error| failed(file.image, PART, start, &error);
    let data = ExportData::parse(bytes, directory, sections, FILE_ALIGNMENT).map_err(wrong)?;
    let entries = Entry::parse(bytes, &data, sections, FILE_ALIGNMENT).map_err(wrong)?;
    for entry in entries {
        let Some(name) = entry.name else { continue };
        let address = file.image.image_base.wrapping_add(entry.rva as u64);
        let section = file.image.sections.iter().position(|section| section.contains(address));
        let section = section.and_then(|section| u32::try_from(section).ok());
        view.exports.push(Export { name: name.into(), address, size: 0, section });
    }
    Ok(())
}

impl Mapped<'_> {
    /// The file offset of the directory at `address`, if `walk` stays within the budget.
    fn check(
        &self,
        part: &str,
        address: u32,
        walk: impl FnOnce(&mut Walk<'_>) -> Option<()>,
    ) -> Result<u64> {
        let offset = self.offset(address).unwrap_or(0) as u64;
        let fault = |detail: &str, wanted: usize, present: usize| {
            let at = self.image.range.base().saturating_add(offset);
            Fault::new(FaultCode::InvalidValue, part, at, wanted as u64, present as u64, detail)
        };
        if self.sections.len() > MOST_SECTIONS {
            let detail = "more sections than a loader takes";
            return Err(fault(detail, MOST_SECTIONS, self.sections.len()));
        }
        // A linker's tables make goblin read each byte at most twice.
        let budget = self.bytes.len().saturating_mul(2);
        let mut bounded = Walk { file: self, budget };
        match walk(&mut bounded) {
            Some(()) => Ok(offset),
            None => {
                Err(fault("its tables are cut, or overlap more than those of any linker", 0, 0))
            }
        }
    }

    fn offset(&self, address: u32) -> Option<usize> {
        find_offset(address as usize, &self.sections, FILE_ALIGNMENT, &ParseOptions::default())
    }

    fn word(&self, offset: usize) -> Option<u32> {
        let bytes = self.bytes.get(offset..)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes))
    }
}

/// A walk over tables that counts the bytes that are read. It ends with `None` when the budget is
/// spent or a table is missing.
struct Walk<'a> {
    file: &'a Mapped<'a>,
    budget: usize,
}

impl Walk<'_> {
    fn spend(&mut self, bytes: usize) -> Option<()> {
        self.budget = self.budget.checked_sub(bytes)?;
        Some(())
    }

    /// Counts the name at `offset`.
    fn name(&mut self, offset: usize) -> Option<()> {
        let tail = self.file.bytes.get(offset..)?;
        let window = tail.get(..self.budget).unwrap_or(tail);
        let len = memchr::memchr(0, window)?;
        self.spend(len + 1)
    }

    fn imports(&mut self, address: u32, wide: bool) -> Option<()> {
        const ENTRY: usize = 20;
        let mut at = self.file.offset(address)?;
        loop {
            self.spend(ENTRY)?;
            let word = |index: usize| self.file.word(at + index * 4);
            let (lookup, name, addresses) = (word(0)?, word(3)?, word(4)?);
            if name == 0 || addresses == 0 {
                return Some(());
            }
            let name = self.file.offset(name)?;
            self.name(name)?;
            self.thunks(self.file.offset(lookup).or_else(|| self.file.offset(addresses))?, wide)?;
            self.thunks(self.file.offset(addresses)?, wide)?;
            at += ENTRY;
        }
    }

    fn thunks(&mut self, mut at: usize, wide: bool) -> Option<()> {
        const HINT: usize = 2;
        let size = if wide { 8 } else { 4 };
        loop {
            self.spend(size)?;
            let (low, high) = (self.file.word(at)?, if wide { self.file.word(at + 4)? } else { 0 });
            if low == 0 && high == 0 {
                return Some(());
            }
            let by_number = if wide { high >> 31 != 0 } else { low >> 31 != 0 };
            let name = if by_number { None } else { self.file.offset(low & 0x7fff_ffff) };
            if let Some(name) = name {
                self.name(name.checked_add(HINT)?)?;
            }
            at += size;
        }
    }

    fn exports(&mut self, address: u32, size: u32) -> Option<()> {
        let start = self.file.offset(address)?;
        let word = |index: usize| self.file.word(start + index * 4);
        let (addresses, names) = (word(5)?, word(6)?);
        let (table, pointers) = (self.file.offset(word(7)?), self.file.offset(word(8)?));
        // A forwarded export is a name inside the directory; any entry may be forwarded.
        let mut longest = 0;
        if let Some(table) = table {
            for index in 0..addresses as usize {
                let target = self.file.word(table + index * 4)?;
                self.spend(4)?;
                if target.wrapping_sub(address) < size {
                    let before = self.budget;
                    self.name(self.file.offset(target)?)?;
                    longest = longest.max(before - self.budget);
                }
            }
        }
        let Some(pointers) = pointers else { return Some(()) };
        for index in 0..names as usize {
            let pointer = self.file.word(pointers + index * 4)?;
            self.spend(4 + longest)?;
            if let Some(name) = self.file.offset(pointer) {
                self.name(name)?;
            }
        }
        Some(())
    }
}
