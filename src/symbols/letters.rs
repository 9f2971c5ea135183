//! Which letter does nm print for a symbol?
//!
//! The rules of Go 1.27's nm, one table for each format (`cmd/internal/objfile/{elf,macho,pe}.go`).
//! Older versions differ in two places: zero-filled ELF sections gave `D`, and PE had no `B` for what
//! lies behind `runtime.bss`.

use crate::image::{Binding, Format, Image, Place, Section, Symbol, SymbolTable};

/// What is printed where no rule holds.
const UNKNOWN: u8 = b'?';
/// What a lower-case letter is above its upper-case one; it makes `_` of `?`.
const LOWER: u8 = b'a' - b'A';

const ELF_NOBITS: u32 = 8;
/// `SHF_WRITE | SHF_ALLOC | SHF_EXECINSTR`, the flags that decide.
const ELF_FLAGS: u64 = 7;
const PE_CODE: u64 = 0x20;
const PE_DATA: u64 = 0x40;
const PE_ZEROED: u64 = 0x80;
const PE_WRITE: u64 = 0x8000_0000;

/// The letter of every symbol of `table`, in its order.
#[must_use]
pub fn letters(image: &Image, table: &SymbolTable) -> Vec<u8> {
    let sections: Vec<u8> = image.sections.iter().map(|s| of_section(image.format, s)).collect();
    let zeroed = (image.format == Format::Pe).then(|| Zeroed::find(image, table)).flatten();
    let letter = |symbol: &Symbol| match image.format {
        Format::Elf => elf(symbol, &sections),
        Format::MachO => macho(symbol, &sections),
        Format::Pe => pe(symbol, &sections, image, zeroed.as_ref()),
    };
    table.symbols.iter().map(letter).collect()
}

/// The letter of a global symbol in `section`, as far as the section decides it.
fn of_section(format: Format, section: &Section) -> u8 {
    match format {
        Format::Elf => match (section.flags & ELF_FLAGS, section.kind) {
            (6, _) => b'T',
            (2, _) => b'R',
            (3, ELF_NOBITS) => b'B',
            (3, _) => b'D',
            _ => UNKNOWN,
        },
        Format::MachO => match (section.segment.as_slice(), section.name.as_slice()) {
            (b"__TEXT", b"__text") => b'T',
            (b"__TEXT" | b"__DATA_CONST", _) => b'R',
            (b"__DATA", b"__bss" | b"__noptrbss") => b'B',
            (b"__DATA", _) => b'D',
            _ => UNKNOWN,
        },
        Format::Pe => match section.flags {
            flags if flags & PE_CODE != 0 => b'T',
            flags if flags & PE_DATA != 0 && flags & PE_WRITE == 0 => b'R',
            flags if flags & PE_DATA != 0 => b'D',
            flags if flags & PE_ZEROED != 0 => b'B',
            _ => UNKNOWN,
        },
    }
}

fn in_section(index: u32, sections: &[u8]) -> u8 {
    sections.get(index as usize).copied().unwrap_or(UNKNOWN)
}

fn elf(symbol: &Symbol, sections: &[u8]) -> u8 {
    let letter = match symbol.place {
        Place::Undefined => b'U',
        Place::Common => b'B',
        Place::Absolute | Place::Debug => UNKNOWN,
        Place::Section(index) => in_section(index, sections),
    };
    if symbol.binding == Binding::Local { letter + LOWER } else { letter }
}

fn macho(symbol: &Symbol, sections: &[u8]) -> u8 {
    match symbol.place {
        // Section 0 is all that Go looks at, absolute symbols and commons have it too.
        Place::Undefined | Place::Absolute | Place::Common => b'U',
        Place::Debug => UNKNOWN,
        Place::Section(index) => in_section(index, sections),
    }
}

fn pe(symbol: &Symbol, sections: &[u8], image: &Image, zeroed: Option<&Zeroed>) -> u8 {
    let index = match symbol.place {
        Place::Undefined => return b'U',
        Place::Absolute => return b'C',
        Place::Common | Place::Debug => return UNKNOWN,
        Place::Section(index) => index,
    };
    let letter = in_section(index, sections);
    let Some(section) = image.sections.get(index as usize) else { return letter };
    let value = symbol.address.wrapping_sub(section.address);
    let behind_file = value >= section.file_size;
    let behind_start = zeroed.is_some_and(|z| z.section == index && value >= z.value);
    if letter == b'D' && (behind_file || behind_start) { b'B' } else { letter }
}

/// Go's own linker keeps zeroed data in `.data`, behind the symbol `runtime.bss`.
struct Zeroed {
    section: u32,
    value: u64,
}

impl Zeroed {
    fn find(image: &Image, table: &SymbolTable) -> Option<Self> {
        let first = table.symbols.iter().find(|s| table.name(s) == b"runtime.bss")?;
        let Place::Section(section) = first.place else { return None };
        let value = first.address.wrapping_sub(image.sections.get(section as usize)?.address);
        (value > 0).then_some(Self { section, value })
    }
}
