//! What does the dynamic loader see of an ELF image?
//!
//! `PT_DYNAMIC` leads to names and symbols (gABI chapter 5, "Dynamic Section"). `DT_HASH` has the number of symbols,
//! else the section header does. Without both the symbols end where the names begin, because every linker puts the
//! names after the symbols.

use goblin::elf::Symtab;

use super::{DynamicView, Export, Import, context, failed};
use crate::image::Image;
use crate::image::elf::{Tables, each_dynamic, offset_of};
use crate::image::names::Names;

const DT_NEEDED: i64 = 1;
const DT_HASH: i64 = 4;
const DT_STRTAB: i64 = 5;
const DT_SYMTAB: i64 = 6;
const DT_STRSZ: i64 = 10;
const SHT_DYNSYM: u32 = 11;
const SHN_LORESERVE: usize = 0xff00;
const STB_LOCAL: u8 = 0;
const STB_WEAK: u8 = 2;
const PART: &str = "ELF dynamic symbols";

/// The entries of the dynamic table that lead to names and symbols.
#[derive(Default)]
struct Entries {
    needed: Vec<u64>,
    hash: Option<u64>,
    names: Option<u64>,
    names_size: u64,
    symbols: Option<u64>,
}

pub(super) fn read(image: &Image, tables: &Tables) -> DynamicView {
    let mut view = DynamicView::default();
    let mut entries = Entries::default();
    each_dynamic(&image.range, tables, |tag, value| match tag {
        DT_NEEDED => entries.needed.push(value),
        DT_HASH => entries.hash = Some(value),
        DT_STRTAB => entries.names = offset_of(tables, value),
        DT_STRSZ => entries.names_size = value,
        DT_SYMTAB => entries.symbols = offset_of(tables, value),
        _ => {}
    });
    let Some(start) = entries.names else { return view };
    let count = entries.symbols.map_or(0, |symbols| symbol_count(image, tables, &entries, symbols));
    let rows = count.saturating_add(entries.needed.len() as u64);
    let part = "ELF dynamic names";
    let mut names = Names::read(&image.range, part, start, entries.names_size, rows);
    for offset in &entries.needed {
        let start = u32::try_from(*offset).unwrap_or(u32::MAX);
        let span = names.span(start, || "a needed library".to_owned());
        view.libraries.extend(span.map(|span| names.get(span).to_vec()));
    }
    if let Some(symbols) = entries.symbols {
        read_symbols(image, symbols, count, &mut names, &mut view);
    }
    view.faults.extend(names.finish().1);
    view
}

/// How many symbols the file holds at `offset`, never more than its bytes have room for.
fn symbol_count(image: &Image, tables: &Tables, entries: &Entries, offset: u64) -> u64 {
    let size = symbol_size(image);
    let room = image.range.len().saturating_sub(offset) / size;
    let sections = image.sections.iter().find(|section| section.kind == SHT_DYNSYM);
    let behind = entries.names.and_then(|names| names.checked_sub(offset));
    let told = sections
        .map(|section| section.file_size / size)
        .or_else(|| hash_count(image, tables, entries.hash?))
        .or_else(|| behind.map(|bytes| bytes / size));
    told.unwrap_or(0).min(room)
}

fn symbol_size(image: &Image) -> u64 {
    if image.pointer_size == 8 { 24 } else { 16 }
}

/// `nchain`, the second word of `DT_HASH`, counts the symbols.
fn hash_count(image: &Image, tables: &Tables, address: u64) -> Option<u64> {
    let offset = offset_of(tables, address)?.checked_add(4)?;
    let bytes = image.range.read("ELF hash table", offset, 4).ok()?;
    let word = <[u8; 4]>::try_from(bytes.as_slice()).ok()?;
    Some(
        match image.byte_order {
            crate::image::ByteOrder::Little => u32::from_le_bytes(word),
            crate::image::ByteOrder::Big => u32::from_be_bytes(word),
        }
        .into(),
    )
}

fn read_symbols(image: &Image, offset: u64, count: u64, names: &mut Names, view: &mut DynamicView) {
    if count == 0 {
        return;
    }
    let bytes = match image.range.read(PART, offset, count.saturating_mul(symbol_size(image))) {
        Ok(bytes) => bytes,
        Err(fault) => return view.faults.push(fault),
    };
    let rows = usize::try_from(count).unwrap_or(0);
    let symbols = match Symtab::parse(&bytes, 0, rows, context(image)) {
        Ok(symbols) => symbols,
        Err(error) => return view.faults.push(failed(image, PART, offset, &error)),
    };
    // Row 0 is reserved, and a local symbol is neither an import nor an export.
    for (index, symbol) in symbols.iter().enumerate().skip(1) {
        if symbol.st_bind() == STB_LOCAL {
            continue;
        }
        let start = u32::try_from(symbol.st_name).unwrap_or(u32::MAX);
        let Some(span) = names.span(start, || format!("dynamic symbol {index}")) else { continue };
        let name = names.get(span).to_vec();
        if symbol.st_shndx == 0 {
            let weak = symbol.st_bind() == STB_WEAK;
            view.imports.push(Import { name, library: None, weak, slot: None });
            continue;
        }
        let section = (symbol.st_shndx < SHN_LORESERVE).then_some(symbol.st_shndx);
        view.exports.push(Export {
            name,
            address: symbol.st_value,
            size: symbol.st_size,
            section: section.and_then(|section| u32::try_from(section).ok()),
        });
    }
}
