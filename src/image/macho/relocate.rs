//! What do the relocations of a Mach-O object file refer to, and how?
//!
//! Formats: `mach-o/reloc.h`, `mach-o/arm64/reloc.h`, `mach-o/x86_64/reloc.h`. The sections of an
//! object have addresses already, and here all are shifted by the same number. So a distance to a
//! section stays as it is stored; only references to symbols are filled in.

use object::Endianness;
use object::macho::{Nlist32, Nlist64, Relocation, RelocationInfo};
use object::read::macho::Nlist;

use super::Tables;
use crate::error::Fault;
use crate::image::object::forms::Form::{self, *};
use crate::image::object::work::{BASE, Fix, Work};
use crate::image::{Image, Section};
use crate::input::rows::{each_row, read_rows};

const CPU_X86_64: &str = "amd64";
const CPU_ARM64: &str = "arm64";
const N_TYPE: u8 = 0xe;
const N_ABS: u8 = 0x2;

/// What a relocation type does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Fills in a reference to the symbol; what the bytes hold is added where `stored` says so.
    Fill {
        form: Form,
        through_got: bool,
        stored: bool,
    },
    /// A word of the length that the relocation gives: the symbol's address is added to what it holds.
    Word,
    /// The symbol is subtracted from what the next one fills in.
    Subtract,
    /// A number that is added to what the next one refers to.
    Addend,
    Nothing,
}

const fn fill(form: Form, through_got: bool, stored: bool) -> Kind {
    Kind::Fill { form, through_got, stored }
}

/// By number, `ARM64_RELOC_*`.
const ARM64: [Kind; 11] = [
    Kind::Word,
    Kind::Subtract,
    fill(Branch26, false, false),
    fill(Page21, false, false),
    fill(Low12, false, false),
    fill(Page21, true, false),
    fill(Low12, true, false),
    fill(Relative(4), true, false), // POINTER_TO_GOT
    Kind::Nothing,                  // TLVP
    Kind::Nothing,
    Kind::Addend,
];

/// By number, `X86_64_RELOC_*`. The distance counts from the end of the 4 bytes. If the instruction goes
/// on behind them, the stored bytes make up for it.
const X86_64: [Kind; 10] = [
    Kind::Word,
    fill(Relative(4), false, true), // SIGNED
    fill(Relative(4), false, true), // BRANCH
    fill(Relative(4), true, true),  // GOT_LOAD
    fill(Relative(4), true, true),  // GOT
    Kind::Subtract,
    fill(Relative(4), false, true), // SIGNED_1, _2, _4
    fill(Relative(4), false, true),
    fill(Relative(4), false, true),
    Kind::Nothing, // TLV
];

/// Applies the relocations of every section; see [`crate::image::object`].
pub(in crate::image) fn relocate(image: &Image, tables: &Tables, work: &mut Work) {
    let symbols = if tables.is_64 {
        symbols::<Nlist64<Endianness>>(image, tables, work)
    } else {
        symbols::<Nlist32<Endianness>>(image, tables, work)
    };
    let kinds: &[Kind] = match image.arch.as_str() {
        CPU_ARM64 => &ARM64,
        CPU_X86_64 => &X86_64,
        _ => &[],
    };
    let mut linker = Linker { image, tables, symbols, kinds, work };
    for (section, detail) in image.sections.iter().zip(&tables.details) {
        if section.file_size > 0 {
            linker.section(section, detail.relocations);
        }
    }
}

/// The address of every symbol, by number.
fn symbols<N: Nlist<Endian = Endianness>>(
    image: &Image,
    tables: &Tables,
    work: &mut Work,
) -> Vec<u64> {
    let Some(extent) = tables.symbol_extent() else { return Vec::new() };
    let (offset, len) = (extent.rows_offset, extent.rows_len);
    let (rows, _) = read_rows::<N>(&image.range, "Mach-O symbol table", offset, len);
    work.count_symbols(rows.len() as u64);
    let address = |(index, row): (u64, &N)| {
        let value: u64 = row.n_value(tables.endian).into();
        let absolute = row.n_type().0 & N_TYPE == N_ABS;
        match &image.linked {
            _ if row.n_sect() > 0 => value.wrapping_add(BASE),
            Some(linked) if !absolute => linked.undefined(index),
            _ => value,
        }
    };
    (0..).zip(&rows).map(address).collect()
}

struct Linker<'a> {
    image: &'a Image,
    tables: &'a Tables,
    symbols: Vec<u64>,
    kinds: &'a [Kind],
    work: &'a mut Work,
}

/// What a relocation adds to or subtracts from the one after it.
#[derive(Clone, Copy, Debug, Default)]
struct Pending {
    addend: i64,
    subtract: Option<u64>,
}

impl Linker<'_> {
    fn section(&mut self, section: &Section, (offset, count): (u32, u32)) {
        const SCATTERED: u32 = 0x8000_0000;
        let (image, endian) = (self.image, self.tables.endian);
        let part = format!("relocations of {}", image.section_part(section));
        let len = u64::from(count) * size_of::<Relocation<Endianness>>() as u64;
        let mut pending = Pending::default();
        let read: Result<(), Fault> = each_row::<Relocation<Endianness>>(
            &image.range,
            &part,
            offset.into(),
            len,
            |index, row| {
                let scattered = row.r_word0.get(endian) & SCATTERED != 0;
                let info = row.info(endian);
                if scattered || !self.row(section, &info, &mut pending) {
                    let at = u64::from(offset) + index * 8;
                    self.work.refuse(&image.range, &part, at, || {
                        format!("a relocation of type {}", info.r_type.0)
                    });
                }
            },
        );
        self.work.faults.extend(read.err());
    }

    /// Applies one relocation; false when it cannot be.
    fn row(&mut self, section: &Section, info: &RelocationInfo, pending: &mut Pending) -> bool {
        let Some(kind) = self.kinds.get(usize::from(info.r_type.0)).copied() else { return false };
        let symbol = info.r_extern.then(|| self.symbols.get(info.r_symbolnum as usize).copied());
        if symbol == Some(None) && kind != Kind::Addend {
            return false;
        }
        let symbol = symbol.flatten();
        match kind {
            Kind::Nothing => return true,
            Kind::Addend => {
                // The addend is a signed number of 24 bits.
                let low = info.r_symbolnum << 8;
                pending.addend = i64::from(low.cast_signed() >> 8);
                return true;
            }
            Kind::Subtract => {
                pending.subtract = Some(symbol.unwrap_or(BASE));
                return true;
            }
            Kind::Word | Kind::Fill { .. } => {}
        }
        let Pending { addend, subtract } = std::mem::take(pending);
        let offset = u64::from(info.r_address);
        let at = section.offset.saturating_add(offset);
        let address = section.address.wrapping_add(offset);
        let Some(symbol) = symbol else {
            // A word that refers to a section holds an address, which is shifted; a distance stays. References
            // between sections of debugging information are offsets and stay too.
            if !self.is_allocated(info.r_symbolnum) {
                return true;
            }
            let value = BASE.wrapping_sub(subtract.unwrap_or(0));
            return info.r_pcrel || (kind == Kind::Word && self.word(info, at, address, value));
        };
        let (form, through_got, stored) = match kind {
            Kind::Fill { form, through_got, stored } => (form, through_got, stored),
            _ => return self.word(info, at, address, symbol.wrapping_sub(subtract.unwrap_or(0))),
        };
        let value = match through_got {
            true => self.work.got_entry(info.r_symbolnum, symbol),
            false => symbol,
        };
        // x86-64 counts distances from the end of the field.
        let addend = if stored { self.work.stored(at, 4).wrapping_sub(4) } else { addend };
        let target = value.wrapping_add_signed(addend);
        offset < section.file_size && self.work.apply(&Fix { at, address, form, target })
    }

    /// Whether section `number`, from 1, is loaded.
    fn is_allocated(&self, number: u32) -> bool {
        let index = (number as usize).checked_sub(1);
        let section = index.and_then(|index| self.image.sections.get(index));
        section.is_none_or(|section| section.allocated)
    }

    fn word(&mut self, info: &RelocationInfo, at: u64, address: u64, value: u64) -> bool {
        let size = 1u8 << info.r_length.min(3);
        let stored = self.work.stored(at, size);
        let target = value.wrapping_add_signed(stored);
        self.work.apply(&Fix { at, address, form: Absolute(size), target })
    }
}
