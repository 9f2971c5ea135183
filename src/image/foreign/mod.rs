//! What is a file that is neither ELF, Mach-O nor PE, and what is its symbol table?
//!
//! Plan 9 a.out, XCOFF and Go's object files are listed as Go's nm lists them, and nothing more is known of them: no
//! claim is judged there. Every other format is refused by name.
//!
//! ```no_run
//! use gonym::image::foreign::Foreign;
//!
//! for part in gonym::input::open_to_list("p.a".as_ref())?.parts {
//!     if let Some(object) = Foreign::read(&part.range) {
//!         println!("{}: {} symbols", object.format.word(), object.table.symbols.len());
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

mod goobj;
mod plan9;
mod xcoff;

use super::{Section, SymbolTable};
use crate::error::{Fault, FaultCode};
use crate::input::Range;

/// A format of which only the symbol table is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ForeignFormat {
    /// A Go object file, as the compiler and the assembler write it.
    GoObject,
    /// XCOFF, of AIX.
    Xcoff,
    /// Plan 9 a.out.
    Plan9,
}

impl ForeignFormat {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::GoObject => "goobj",
            Self::Xcoff => "xcoff",
            Self::Plan9 => "plan9",
        }
    }

    /// The format of a file that begins with `magic`.
    fn of(magic: &[u8]) -> Option<Self> {
        let (_, format, _) = LISTED.iter().find(|(prefix, ..)| magic.starts_with(prefix))?;
        Some(*format)
    }
}

/// The symbol table of a file of such a format.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Foreign {
    /// The format.
    pub format: ForeignFormat,
    /// Go's name of the operating system, where the file tells.
    pub os: Option<String>,
    /// Go's name of the architecture, where the file tells.
    pub arch: Option<String>,
    /// Where bytes of symbols lie. A Go object has one without a name, for all data.
    pub sections: Vec<Section>,
    /// The rows that Go's nm lists, and what is wrong with the file.
    pub table: SymbolTable,
    /// nm's letter of each row. It is decided where the row is read, by fields that no other format has.
    pub letters: Vec<u8>,
    /// Whether the table records sizes.
    pub sized: bool,
    /// Where the object begins in the file, in bytes.
    pub base: u64,
}

impl Foreign {
    /// Reads the symbol table in `range`. None if it is of another format.
    #[must_use]
    pub fn read(range: &Range) -> Option<Self> {
        let magic = range.read_up_to("file header", 0, 16).ok()?;
        let format = ForeignFormat::of(&magic)?;
        let mut found = Self {
            format,
            os: None,
            arch: None,
            sections: Vec::new(),
            table: SymbolTable::default(),
            letters: Vec::new(),
            sized: format != ForeignFormat::Plan9,
            base: range.base(),
        };
        let read = match format {
            ForeignFormat::GoObject => goobj::read(range, &mut found),
            ForeignFormat::Xcoff => xcoff::read(range, &mut found),
            ForeignFormat::Plan9 => plan9::read(range, &mut found),
        };
        found.table.faults.extend(read.err());
        Some(found)
    }
}

/// A section of which only the place is known. `file_size` is 0 where the file holds no bytes of it.
fn section(name: &[u8], address: u64, size: u64, offset: u64, file_size: u64) -> Section {
    Section {
        name: name.to_vec(),
        segment: Vec::new(),
        address,
        size,
        offset,
        file_size,
        flags: 0,
        kind: 0,
        allocated: true,
        writable: false,
        executable: false,
        compressed: false,
    }
}

/// The first bytes of the formats that are listed, and what every other command says of them.
const LISTED: &[(&[u8], ForeignFormat, &str)] = &[
    (b"go object ", ForeignFormat::GoObject, "a Go object file: only gonym nm lists it"),
    (b"\x01\xdf", ForeignFormat::Xcoff, "XCOFF: only gonym nm lists it"),
    (b"\x01\xf7", ForeignFormat::Xcoff, "XCOFF: only gonym nm lists it"),
    // Plan 9 a.out magics for 386, amd64 and arm (cmd/internal/objfile, debug/plan9obj).
    (b"\0\0\x01\xeb", ForeignFormat::Plan9, "Plan 9 a.out: only gonym nm lists it"),
    (b"\0\0\x8a\x97", ForeignFormat::Plan9, "Plan 9 a.out: only gonym nm lists it"),
    (b"\0\0\x06\x47", ForeignFormat::Plan9, "Plan 9 a.out: only gonym nm lists it"),
];

/// Formats that are recognised by their first bytes and refused by name.
const REFUSED: &[(&[u8], &str)] = &[
    // `input` opens archives, so this is one inside another.
    (b"!<arch>\n", "an archive inside an archive"),
    (b"!<thin>\n", "an archive inside an archive"),
    (b"<bigaf>\n", "AIX archives are not read yet"),
    // `input` opens fat files, so this is one inside another, or a Java class, which begins with the same bytes.
    (b"\xca\xfe\xba\xbe", "a Java class, or a fat file inside a fat file"),
    (b"\xca\xfe\xba\xbf", "a fat file inside a fat file"),
    (b"\0asm", "Wasm is not read yet"),
    (b"\0\0go1ld", "Go objects of before Go 1.3 are not read"),
];

/// Why a file that begins with `magic` is no [`super::Image`].
pub(super) fn fault(range: &Range, magic: &[u8]) -> Fault {
    let listed = LISTED.iter().map(|(prefix, _, detail)| (*prefix, *detail));
    let mut named = listed.chain(REFUSED.iter().copied());
    if let Some((_, detail)) = named.find(|(prefix, _)| magic.starts_with(prefix)) {
        return Fault::new(FaultCode::Unsupported, "file", range.base(), 0, 0, detail);
    }
    let detail = if magic.is_empty() { "the file is empty" } else { "not ELF, Mach-O or PE" };
    let present = magic.iter().take(4).fold(0, |value, byte| value << 8 | u64::from(*byte));
    Fault::new(FaultCode::NotExecutable, "file", range.base(), 0, present, detail)
}
