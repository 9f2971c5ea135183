//! Which letter does nm print for a symbol?
//!
//! The rules are those of Go 1.27's nm, one table for each format (`cmd/internal/objfile/{elf,macho,pe}.go`). Older
//! versions differ in two places: zero-filled ELF sections were `D`, and PE had no `B` for symbols after
//! `runtime.bss`.
//!
//! ```no_run
//! use gonym::symbols::letters::letters;
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let image = &binary.image;
//!     let letters = letters(image.format, &image.sections, binary.symbols());
//!     println!("{} symbols are functions", letters.iter().filter(|letter| **letter == b'T').count());
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

use crate::image::{Binding, Format, Place, Section, Symbol, SymbolTable};

/// The letter if no rule matches.
const UNKNOWN: u8 = b'?';
/// The distance from an upper-case letter to its lower-case one; it turns `?` into `_`.
const LOWER: u8 = b'a' - b'A';

const ELF_NOBITS: u32 = 8;
/// `SHF_WRITE | SHF_ALLOC | SHF_EXECINSTR`: the flags that decide the letter.
const ELF_FLAGS: u64 = 7;
const PE_CODE: u64 = 0x20;
const PE_DATA: u64 = 0x40;
const PE_ZEROED: u64 = 0x80;
const PE_WRITE: u64 = 0x8000_0000;

/// The letter of every symbol of `table`, in its order.
#[must_use]
pub fn letters(format: Format, sections: &[Section], table: &SymbolTable) -> Vec<u8> {
    let of_sections: Vec<u8> = sections.iter().map(|s| of_section(format, s)).collect();
    let zeroed = (format == Format::Pe).then(|| Zeroed::find(sections, table)).flatten();
    let letter = |symbol: &Symbol| match format {
        Format::Elf => elf(symbol, &of_sections),
        Format::MachO => macho(symbol, &of_sections),
        Format::Pe => pe(symbol, &of_sections, sections, zeroed.as_ref()),
    };
    table.symbols.iter().map(letter).collect()
}

/// The letter of a global symbol in `section`, if only the section decides.
#[must_use]
pub fn of_section(format: Format, section: &Section) -> u8 {
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
        // Go tests only for section 0, which absolute and common symbols have too.
        Place::Undefined | Place::Absolute | Place::Common => b'U',
        Place::Debug => UNKNOWN,
        Place::Section(index) => in_section(index, sections),
    }
}

fn pe(symbol: &Symbol, letters: &[u8], sections: &[Section], zeroed: Option<&Zeroed>) -> u8 {
    let index = match symbol.place {
        Place::Undefined => return b'U',
        Place::Absolute => return b'C',
        Place::Common | Place::Debug => return UNKNOWN,
        Place::Section(index) => index,
    };
    let letter = in_section(index, letters);
    let Some(section) = sections.get(index as usize) else { return letter };
    let value = symbol.address.wrapping_sub(section.address);
    let behind_file = value >= section.file_size;
    let behind_start = zeroed.is_some_and(|z| z.section == index && value >= z.value);
    if letter == b'D' && (behind_file || behind_start) { b'B' } else { letter }
}

/// Go's own linker puts zeroed data into `.data`, after the symbol `runtime.bss`.
struct Zeroed {
    section: u32,
    value: u64,
}

impl Zeroed {
    fn find(sections: &[Section], table: &SymbolTable) -> Option<Self> {
        let first = table.symbols.iter().find(|s| table.name(s) == b"runtime.bss")?;
        let Place::Section(section) = first.place else { return None };
        let value = first.address.wrapping_sub(sections.get(section as usize)?.address);
        (value > 0).then_some(Self { section, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::SymbolKind;

    fn section(segment: &str, name: &str, flags: u64, kind: u32) -> Section {
        Section {
            name: name.into(),
            segment: segment.into(),
            address: 0x1000,
            size: 0x1000,
            offset: 0,
            file_size: 0x800,
            flags,
            kind,
            allocated: true,
            writable: false,
            executable: false,
            compressed: false,
        }
    }

    fn letters_of(
        format: Format,
        sections: &[Section],
        rows: &[(&str, Place, Binding, u64)],
    ) -> String {
        let mut table = SymbolTable::default();
        for (name, place, binding, address) in rows {
            table.symbols.push(Symbol {
                name_start: table.names.len() as u32,
                name_len: name.len() as u32,
                address: *address,
                size: 0,
                place: *place,
                binding: *binding,
                kind: SymbolKind::Unknown,
            });
            table.names.extend_from_slice(name.as_bytes());
        }
        letters(format, sections, &table).iter().map(|letter| char::from(*letter)).collect()
    }

    const IN: [Place; 6] = [
        Place::Section(0),
        Place::Section(1),
        Place::Section(2),
        Place::Section(3),
        Place::Section(4),
        Place::Section(9),
    ];

    #[test]
    fn elf_letters_come_from_flags_and_binding() {
        let sections = [
            section("", "", 0, 0),
            section("", ".text", 6, 1),
            section("", ".rodata", 2, 1),
            section("", ".data", 3, 1),
            section("", ".bss", 3, 8),
        ];
        let row = |place, binding| ("x", place, binding, 0);
        let globals: Vec<_> = IN.iter().map(|place| row(*place, Binding::Global)).collect();
        assert_eq!(letters_of(Format::Elf, &sections, &globals), "?TRDB?");
        let locals: Vec<_> = IN.iter().map(|place| row(*place, Binding::Local)).collect();
        assert_eq!(letters_of(Format::Elf, &sections, &locals), "_trdb_");
        let others = [
            row(Place::Undefined, Binding::Weak),
            row(Place::Undefined, Binding::Local),
            row(Place::Common, Binding::Global),
            row(Place::Absolute, Binding::Global),
            row(Place::Absolute, Binding::Local),
            row(Place::Section(1), Binding::Weak),
        ];
        assert_eq!(letters_of(Format::Elf, &sections, &others), "UuB?_T");
    }

    #[test]
    fn more_flags_than_write_and_alloc_are_no_data() {
        let wax = [section("", ".wax", 7, 1)];
        let row = ("x", Place::Section(0), Binding::Global, 0);
        assert_eq!(letters_of(Format::Elf, &wax, &[row]), "?");
        let tls = [section("", ".tbss", 0x403, 8)];
        assert_eq!(letters_of(Format::Elf, &tls, &[row]), "B", "other flags do not decide");
    }

    #[test]
    fn macho_letters_come_from_segment_and_section_and_are_never_lower_case() {
        let sections = [
            section("__TEXT", "__text", 0, 0),
            section("__TEXT", "__rodata", 0, 0),
            section("__DATA", "__noptrdata", 0, 0),
            section("__DATA", "__bss", 0, 0),
            section("__DATA_CONST", "__bss", 0, 0),
        ];
        let rows: Vec<_> = IN.iter().map(|place| ("x", *place, Binding::Local, 0)).collect();
        assert_eq!(letters_of(Format::MachO, &sections, &rows), "TRDBR?");
        let others = [
            ("x", Place::Undefined, Binding::Global, 0),
            ("x", Place::Absolute, Binding::Local, 0),
        ];
        assert_eq!(letters_of(Format::MachO, &sections, &others), "UU");
    }

    #[test]
    fn pe_letters_come_from_characteristics() {
        let sections = [
            section("", ".text", 0x6000_0020, 0),
            section("", ".rdata", 0x4000_0040, 0),
            section("", ".data", 0xc000_0040, 0),
            section("", ".bss", 0xc000_0080, 0),
            section("", ".other", 0, 0),
        ];
        let rows: Vec<_> = IN.iter().map(|place| ("x", *place, Binding::Local, 0x1000)).collect();
        assert_eq!(letters_of(Format::Pe, &sections, &rows), "TRDB??");
        let others = [
            ("x", Place::Undefined, Binding::Global, 0),
            ("x", Place::Absolute, Binding::Local, 0),
            ("x", Place::Debug, Binding::Local, 0),
        ];
        assert_eq!(letters_of(Format::Pe, &sections, &others), "UC?");
    }

    #[test]
    fn pe_data_behind_runtime_bss_or_the_file_is_zeroed() {
        let data = [section("", ".data", 0xc000_0040, 0)];
        let at = |name, address| (name, Place::Section(0), Binding::Global, address);
        let rows = [
            at("a", 0x1000),
            at("runtime.bss", 0x1400),
            at("b", 0x13ff),
            at("c", 0x1401),
            at("d", 0x1800),
        ];
        assert_eq!(letters_of(Format::Pe, &data, &rows), "DBDBB");
        let without = [at("b", 0x17ff), at("d", 0x1800)];
        assert_eq!(letters_of(Format::Pe, &data, &without), "DB");
    }
}
