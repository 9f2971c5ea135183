//! Which words of a Mach-O image does the loader fill with a symbol's address, and which stubs jump
//! through them?
//!
//! Three tables tell: the chained fixups, the opcodes of `LC_DYLD_INFO` (plain, lazy and weak binds), and the
//! indirect symbols of `LC_DYSYMTAB`, which name every GOT entry and every stub (`mach-o/loader.h`). If two tables
//! name a word, the first counts.

use std::collections::HashMap;
use std::mem::size_of;

use object::macho::{DyldInfoCommand, LC_DYLD_INFO, Nlist32, Nlist64};
use object::read::macho::{BindIterator, Nlist};
use object::{Endianness, U32};

use super::fixups::{Chains, Word};
use super::{Segment, Tables};
use crate::error::{Fault, Result};
use crate::image::names::Names;
use crate::image::slots::Slots;
use crate::image::{Image, Place};
use crate::input::rows::{read_rows, rows_present};

const SECTION_TYPE: u64 = 0xff;
const NON_LAZY_POINTERS: u64 = 6;
const LAZY_POINTERS: u64 = 7;
const STUBS: u64 = 8;
const THREAD_POINTERS: u64 = 0x14;
/// `INDIRECT_SYMBOL_LOCAL` and `INDIRECT_SYMBOL_ABS`: the word already holds its value.
const NO_SYMBOL: u32 = 0xc000_0000;

/// Reads the slots; see [`Image::read_slots`].
pub(in crate::image) fn read_slots(image: &Image, tables: &Tables) -> Slots {
    let mut reader = Reader { image, tables, slots: Slots::default(), defined: None };
    for read in [Reader::chains, Reader::opcodes, Reader::indirect] {
        if let Err(fault) = read(&mut reader) {
            reader.slots.faults.push(fault);
        }
    }
    reader.slots.sorted()
}

struct Reader<'a> {
    image: &'a Image,
    tables: &'a Tables,
    slots: Slots,
    /// Addresses of the symbols that the image defines for others, read when first asked for.
    defined: Option<HashMap<Vec<u8>, u64>>,
}

impl Reader<'_> {
    /// The address of `name` in this image, if the image defines it and `library` is not the number of
    /// another library.
    fn defined_at(&mut self, name: &[u8], library: i32) -> Option<u64> {
        if library > 0 {
            return None;
        }
        let image = self.image;
        self.defined.get_or_insert_with(|| defined(image)).get(name).copied()
    }

    fn chains(&mut self) -> Result<()> {
        let (range, tables) = (&self.image.range, self.tables);
        let Some(chains) = Chains::read(range, tables)? else { return Ok(()) };
        let (imports, names) = chains.imports(range, &mut self.slots.faults);
        let mut symbols = Vec::with_capacity(imports.len());
        for import in &imports {
            let name = names.get(import.name);
            let defined = self.defined_at(name, import.library);
            symbols.push(self.slots.symbol(name, defined).map(|symbol| (symbol, import.addend)));
        }
        self.slots.faults.extend(names.finish().1);
        let slots = &mut self.slots;
        let mut unknown = 0u64;
        let walked = chains.each_word(range, &tables.segments, |word| {
            let Word::Bind { address, import, addend } = word else { return };
            match symbols.get(import as usize).copied().flatten() {
                Some((symbol, more)) => slots.push(address, symbol, addend.wrapping_add(more)),
                None => unknown += 1,
            }
        });
        if unknown > 0 {
            let detail = format!("words of imports that do not exist: {unknown}");
            let at = tables.fixups.map_or(0, |(offset, _)| range.base().saturating_add(offset));
            let (part, last) = ("Mach-O chained fixups", symbols.len() as u64);
            slots.faults.push(Fault::invalid(part, at, last, last + 1, detail));
        }
        // A pointer format that is not supported is a fault here as in `read_relocations`.
        walked
    }

    fn opcodes(&mut self) -> Result<()> {
        for (what, extent) in
            ["binding", "lazy binding", "weak binding"].iter().zip(self.tables.binds)
        {
            let part = format!("Mach-O {what} information");
            let Some((offset, len)) = extent.filter(|(_, len)| *len > 0) else { continue };
            let bytes = self.image.range.read(&part, offset, len)?;
            let at = self.image.range.base().saturating_add(offset);
            let binds = binds(what, &bytes, self.image.pointer_size)
                .map_err(|error| Fault::unsupported(part.as_str(), at, error.to_string()))?;
            self.run(binds, &part, at)?;
        }
        Ok(())
    }

    fn run(&mut self, binds: BindIterator<'_>, part: &str, at: u64) -> Result<()> {
        // A few opcodes can ask for any number of words; the file has room for no more than these.
        let most = self.image.range.len() / u64::from(self.image.pointer_size.max(1));
        let mut last: Option<(&[u8], i32, u32)> = None;
        for bind in binds {
            let bind = bind.map_err(|error| Fault::unsupported(part, at, error.to_string()))?;
            let segment = self.tables.segments.get(usize::from(bind.segment_index));
            let Some(address) = segment.and_then(|s| s.address_of(bind.segment_offset)) else {
                let detail = "a word outside of its segment";
                return Err(Fault::invalid(part, at, 0, bind.segment_offset, detail));
            };
            if self.slots.count() as u64 >= most {
                let detail = "more words than the file has room for";
                return Err(Fault::invalid(part, at, most, most + 1, detail));
            }
            let same = |(name, library, _): &(&[u8], i32, u32)| {
                std::ptr::eq(*name, bind.symbol) && *library == bind.dylib.0
            };
            let known = last.filter(same).map(|(.., symbol)| symbol);
            let symbol = known.or_else(|| {
                let defined = self.defined_at(bind.symbol, bind.dylib.0);
                self.slots.symbol(bind.symbol, defined)
            });
            let Some(symbol) = symbol else { return Ok(()) };
            last = Some((bind.symbol, bind.dylib.0, symbol));
            self.slots.push(address, symbol, bind.addend);
        }
        Ok(())
    }

    fn indirect(&mut self) -> Result<()> {
        if self.tables.is_64 {
            self.indirect_rows::<Nlist64<Endianness>>()
        } else {
            self.indirect_rows::<Nlist32<Endianness>>()
        }
    }

    fn indirect_rows<N: Nlist<Endian = Endianness>>(&mut self) -> Result<()> {
        let (image, tables) = (self.image, self.tables);
        let (Some((offset, len)), Some(extent)) = (tables.indirect, tables.symbol_extent()) else {
            return Ok(());
        };
        let range = &image.range;
        let (part, endian) = ("Mach-O indirect symbols", tables.endian);
        let (indices, fault) = read_rows::<U32<Endianness>>(range, part, offset, len);
        self.slots.faults.extend(fault);
        let rows = rows_present::<N>(range, extent.rows_offset, extent.rows_len);
        let (symbols, _) = read_rows::<N>(
            range,
            "Mach-O symbol table",
            extent.rows_offset,
            rows * size_of::<N>() as u64,
        );
        let (names_at, names_len) = (extent.names_offset, extent.names_len);
        let mut names = Names::read(range, "Mach-O symbol names", names_at, names_len, rows);
        let mut known: HashMap<u32, Option<u32>> = HashMap::new();
        for (section, detail) in image.sections.iter().zip(&tables.details) {
            let (size, stub): (u64, bool) = match section.flags & SECTION_TYPE {
                NON_LAZY_POINTERS | LAZY_POINTERS | THREAD_POINTERS => {
                    (image.pointer_size.into(), false)
                }
                STUBS if detail.stub_size > 0 => (detail.stub_size.into(), true),
                _ => continue,
            };
            let here = indices.get(detail.first_indirect as usize..).unwrap_or_default();
            let count = usize::try_from(section.size / size).unwrap_or(usize::MAX);
            for (place, index) in (0u64..).zip(here.iter().take(count)) {
                let index = index.get(endian);
                if index & NO_SYMBOL != 0 {
                    continue;
                }
                let Some(row) = symbols.get(index as usize) else { continue };
                let symbol = *known.entry(index).or_insert_with(|| {
                    let span = names.span(row.n_strx(endian), || format!("symbol {index}"))?;
                    let value = (!row.is_undefined()).then(|| row.n_value(endian).into());
                    self.slots.symbol(names.get(span), value)
                });
                let Some(symbol) = symbol else { continue };
                let address = section.address.wrapping_add(place * size);
                if stub {
                    self.slots.push_stub(address, symbol);
                } else {
                    self.slots.push(address, symbol, 0);
                }
            }
        }
        Ok(())
    }
}

/// The binds that `bytes` encode. `object` finds them by a load command, so it is given one that says that
/// every kind of bind lies in `bytes`.
fn binds<'b>(
    what: &str,
    bytes: &'b [u8],
    pointer_size: u8,
) -> object::read::Result<BindIterator<'b>> {
    let endian = Endianness::Little;
    let zero = U32::new(endian, 0);
    let size = U32::new(endian, u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    let command = DyldInfoCommand {
        cmd: U32::new(endian, LC_DYLD_INFO),
        cmdsize: zero,
        rebase_off: zero,
        rebase_size: zero,
        bind_off: zero,
        bind_size: size,
        weak_bind_off: zero,
        weak_bind_size: size,
        lazy_bind_off: zero,
        lazy_bind_size: size,
        export_off: zero,
        export_size: zero,
    };
    match what {
        "lazy binding" => command.lazy_binds(endian, bytes, pointer_size),
        "weak binding" => command.weak_binds(endian, bytes, pointer_size),
        _ => command.binds(endian, bytes, pointer_size),
    }
}

/// The symbols that an image defines and offers to others.
fn defined(image: &Image) -> HashMap<Vec<u8>, u64> {
    let table = image.read_symbols();
    let offered = table.symbols.iter().filter(|symbol| {
        matches!(symbol.place, Place::Section(_)) && symbol.binding != crate::image::Binding::Local
    });
    offered.map(|symbol| (table.name(symbol).to_vec(), symbol.address)).collect()
}

impl Segment {
    /// The address of the byte at `offset`, if the file holds it.
    fn address_of(&self, offset: u64) -> Option<u64> {
        (offset < self.file_size).then(|| self.address.wrapping_add(offset))
    }
}
