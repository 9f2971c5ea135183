//! Which words of an ELF image does the loader fill with the address of a dynamic symbol?
//!
//! GOT and PLT entries, and data words that hold a symbol's address (gABI chapter 4, "Relocation"). On
//! MIPS the tail of the GOT belongs to the dynamic symbols in order, without any relocation ("MIPS ABI
//! supplement", chapter 5, "Global Offset Table").

use object::Endianness;
use object::elf::{Sym32, Sym64};
use object::read::elf::Sym;

use super::relocations::{EM_MIPS, Kinds, Row, dynamic_tables, each, kinds_of, offset_of};
use super::{Tables, platform};
use crate::error::Fault;
use crate::image::names::Names;
use crate::image::slots::Slots;
use crate::image::{ByteOrder, FileKind, Image, RelativeWord};
use crate::input::rows::read_rows;

const SHT_DYNSYM: u32 = 11;
const DT_PLTGOT: i64 = 3;
const DT_STRTAB: i64 = 5;
const DT_SYMTAB: i64 = 6;
const DT_STRSZ: i64 = 10;
const DT_MIPS_LOCAL_GOTNO: i64 = 0x7000_000a;
const DT_MIPS_SYMTABNO: i64 = 0x7000_0011;
const DT_MIPS_GOTSYM: i64 = 0x7000_0013;

/// Reads the slots; see [`Image::read_slots`].
pub(in crate::image) fn read_slots(image: &Image, tables: &Tables) -> Slots {
    let (rows, faults) = symbolic_rows(image, tables);
    let mut slots = Slots::with_faults(faults);
    if rows.is_empty() && tables.machine != EM_MIPS {
        return slots;
    }
    let mips = mips_got(image, tables);
    let last = rows.iter().map(|row| row.symbol).chain(mips.iter().map(|(_, s)| *s)).max();
    let mut symbols = DynamicSymbols::read(image, tables, last.unwrap_or(0), &mut slots);
    for row in &rows {
        if let Some(symbol) = symbols.symbol(row.symbol, &mut slots) {
            slots.push(row.offset, symbol, row.addend.unwrap_or(0));
        }
    }
    for (address, index) in mips {
        if let Some(symbol) = symbols.symbol(index, &mut slots) {
            slots.push(address, symbol, 0);
        }
    }
    slots.faults.extend(symbols.names.finish().1);
    slots.sorted()
}

/// The words among them whose symbol the image itself defines, with their values.
///
/// Nobody overrides a symbol of an executable. Its own definition is also what a Go shared library
/// uses: Go's linker passes `-Bsymbolic` (cmd/link/internal/ld/lib.go).
pub(super) fn defined_words(image: &Image, tables: &Tables) -> Vec<RelativeWord> {
    let (rows, _) = symbolic_rows(image, tables);
    if rows.is_empty() {
        return Vec::new();
    }
    let slots = read_slots(image, tables);
    let mask = if tables.is_64 { u64::MAX } else { u64::from(u32::MAX) };
    let words = slots.all().iter().filter_map(|slot| {
        Some(RelativeWord { address: slot.address, value: slots.value(slot)? & mask })
    });
    words.collect()
}

/// The relocations that name a symbol and fill a whole word; their addends as the loader adds them.
fn symbolic_rows(image: &Image, tables: &Tables) -> (Vec<Row>, Vec<Fault>) {
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    let Some(kinds) = kinds_of(tables) else { return (rows, faults) };
    if image.kind == FileKind::Relocatable {
        return (rows, faults);
    }
    for extent in dynamic_tables(image, tables) {
        let read = each(image, tables, &extent, |row| {
            let fills = kinds.slots.contains(&row.kind) || row.kind == kinds.absolute;
            if fills && row.symbol != 0 {
                rows.push(row);
            }
        });
        faults.extend(read.err());
    }
    for row in rows.iter_mut().filter(|row| row.addend.is_none()) {
        row.addend = Some(stored_addend(image, tables, kinds, row));
    }
    (rows, faults)
}

/// The addend of a row whose table has none: the stored word for an absolute relocation, else 0. (The
/// stored word of a PLT slot leads back into the PLT.)
fn stored_addend(image: &Image, tables: &Tables, kinds: &Kinds, row: &Row) -> i64 {
    if row.kind != kinds.absolute {
        return 0;
    }
    let word = offset_of(tables, row.offset).and_then(|offset| word(image, offset));
    word.map_or(0, u64::cast_signed)
}

fn word(image: &Image, offset: u64) -> Option<u64> {
    let bytes = image.range.read("ELF word", offset, image.pointer_size.into()).ok()?;
    let join = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
    Some(match image.byte_order {
        ByteOrder::Little => bytes.iter().rev().fold(0, join),
        ByteOrder::Big => bytes.iter().fold(0, join),
    })
}

/// The words of a MIPS GOT that belong to dynamic symbols: address and symbol.
fn mips_got(image: &Image, tables: &Tables) -> Vec<(u64, u32)> {
    if tables.machine != EM_MIPS {
        return Vec::new();
    }
    let (mut got, mut local, mut symbols, mut first) = (None, 0, 0, 0);
    platform::each_dynamic(&image.range, tables, |tag, value| match tag {
        DT_PLTGOT => got = Some(value),
        DT_MIPS_LOCAL_GOTNO => local = value,
        DT_MIPS_SYMTABNO => symbols = value,
        DT_MIPS_GOTSYM => first = value,
        _ => {}
    });
    let Some(got) = got else { return Vec::new() };
    let size = u64::from(image.pointer_size);
    // The count may be forged: the file has room for no more words.
    let count = symbols.saturating_sub(first).min(image.range.len() / size.max(1));
    let indices =
        (first..first.saturating_add(count)).filter_map(|index| u32::try_from(index).ok());
    let addresses = (local..).map(|entry| got.wrapping_add(entry.wrapping_mul(size)));
    addresses.zip(indices).collect()
}

/// The dynamic symbols that relocations refer to by number.
struct DynamicSymbols {
    /// Offset of the name; address of the definition.
    rows: Vec<(u32, Option<u64>)>,
    names: Names,
    /// Number in the slots' own list, by the symbol's number.
    known: std::collections::HashMap<u32, Option<u32>>,
}

impl DynamicSymbols {
    /// Reads the table up to number `last`.
    fn read(image: &Image, tables: &Tables, last: u32, slots: &mut Slots) -> Self {
        let known = std::collections::HashMap::new();
        let Some(place) = Place::find(image, tables) else {
            return Self { rows: Vec::new(), names: Names::empty("ELF dynamic names"), known };
        };
        let rows = if tables.is_64 {
            rows::<Sym64<Endianness>>(image, tables, &place, last, slots)
        } else {
            rows::<Sym32<Endianness>>(image, tables, &place, last, slots)
        };
        let (at, len) = place.names;
        let names = Names::read(&image.range, "ELF dynamic names", at, len, rows.len() as u64);
        Self { rows, names, known }
    }

    /// The number under which the slots know dynamic symbol `index`.
    fn symbol(&mut self, index: u32, slots: &mut Slots) -> Option<u32> {
        if let Some(known) = self.known.get(&index) {
            return *known;
        }
        let symbol = self.rows.get(index as usize).and_then(|(name, defined)| {
            let span = self.names.span(*name, || format!("dynamic symbol {index}"))?;
            slots.symbol(self.names.get(span), *defined)
        });
        self.known.insert(index, symbol);
        symbol
    }
}

/// Where dynamic symbols and their names lie in the file, and how many bytes there are of each.
struct Place {
    symbols: (u64, u64),
    names: (u64, u64),
}

impl Place {
    fn find(image: &Image, tables: &Tables) -> Option<Self> {
        let (mut symbols, mut names, mut names_len) = (None, None, 0);
        platform::each_dynamic(&image.range, tables, |tag, value| match tag {
            DT_SYMTAB => symbols = offset_of(tables, value),
            DT_STRTAB => names = offset_of(tables, value),
            DT_STRSZ => names_len = value,
            _ => {}
        });
        let (symbols, names) = (symbols?, names?);
        let section = image.sections.iter().find(|s| s.kind == SHT_DYNSYM && s.offset == symbols);
        let room = image.range.len().saturating_sub(symbols);
        let len = section.map_or(room, |section| section.file_size.min(room));
        Some(Self { symbols: (symbols, len), names: (names, names_len) })
    }
}

fn rows<S: Sym<Endian = Endianness>>(
    image: &Image,
    tables: &Tables,
    place: &Place,
    last: u32,
    slots: &mut Slots,
) -> Vec<(u32, Option<u64>)> {
    let (offset, len) = place.symbols;
    let size = size_of::<S>() as u64;
    let wanted = (u64::from(last) + 1).saturating_mul(size);
    if wanted > len {
        let at = image.range.base().saturating_add(offset);
        let part = "ELF dynamic symbols";
        slots.faults.push(Fault::truncated(part, at, wanted, len));
    }
    let present = wanted.min(len - len % size);
    let (rows, fault) = read_rows::<S>(&image.range, "ELF dynamic symbols", offset, present);
    slots.faults.extend(fault);
    let endian = tables.endian;
    let row = |row: &S| {
        let defined = row.st_shndx(endian).0 != 0;
        (row.st_name(endian), defined.then(|| row.st_value(endian).into()))
    };
    rows.iter().map(row).collect()
}
