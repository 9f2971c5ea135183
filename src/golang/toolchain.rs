//! Which toolchain made a program that has no function table of gc?
//!
//! gccgo and TinyGo compile Go without pclntab, and a packer hides everything behind its own loader. A user who reads
//! only "not Go" would look for the mistake in the wrong place. This file takes names and the first bytes of the
//! file. It does not know formats.
//!
//! ```
//! use gonym::golang::toolchain::{Signs, Toolchain};
//!
//! let signs = Signs {
//!     head: b"\x7fELF...",
//!     sections: &|| vec![b".text"],
//!     symbols: &|| vec![b"tinygo_startTask"],
//!     libraries: &Vec::new,
//! };
//! assert_eq!(Toolchain::recognise(&signs), Toolchain::TinyGo);
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of a program without gc's function table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Toolchain {
    /// GCC's Go front end.
    Gccgo,
    /// TinyGo.
    TinyGo,
    /// Compressed by UPX, which hides the content.
    Upx,
    /// No sign of Go.
    NotGo,
}

/// Signs of the toolchain. Each is asked for only if the signs before it told nothing.
pub struct Signs<'a> {
    /// The first bytes of the file; [`HEAD`] of them are enough.
    pub head: &'a [u8],
    /// The names of its sections.
    pub sections: &'a dyn Fn() -> Vec<&'a [u8]>,
    /// The names of its symbols, as Go or C spells them.
    pub symbols: &'a dyn Fn() -> Vec<&'a [u8]>,
    /// Shared libraries that it needs.
    pub libraries: &'a dyn Fn() -> Vec<&'a [u8]>,
}

/// How many bytes of a file can show a packer.
pub const HEAD: u64 = 4096;

/// Prefixes of names that only one toolchain writes.
struct Marks {
    toolchain: Toolchain,
    /// Bytes that occur in the file's first page.
    head: &'static [&'static [u8]],
    sections: &'static [&'static [u8]],
    symbols: &'static [&'static [u8]],
    libraries: &'static [&'static [u8]],
}

/// In the order in which they are tried: a packer hides the others.
const MARKS: [Marks; 3] = [
    Marks {
        toolchain: Toolchain::Upx,
        // `l_info` after the program headers (UPX: src/stub/src/include/linux.h), and the section names of PE.
        head: &[b"UPX!"],
        sections: &[b"UPX0", b"UPX1"],
        symbols: &[],
        libraries: &[],
    },
    Marks {
        toolchain: Toolchain::Gccgo,
        head: &[],
        // The export data of package main remains after strip (measured: gccgo 12.2, shared and static libgo).
        sections: &[b".go_export"],
        symbols: &[b"__go_init_main", b"__go_go"],
        libraries: &[b"libgo.so."],
    },
    Marks {
        toolchain: Toolchain::TinyGo,
        head: &[],
        sections: &[],
        // The assembly functions of its runtime: tinygo_startTask, tinygo_scanCurrentStack (TinyGo:
        // src/internal/task/task_stack_amd64.S, src/runtime/asm_amd64.S).
        symbols: &[b"tinygo_"],
        libraries: &[],
    },
];

impl Toolchain {
    /// The toolchain of the file with these `signs`.
    #[must_use]
    pub fn recognise(signs: &Signs<'_>) -> Self {
        let in_head = |mark: &&[u8]| memchr::memmem::find(signs.head, mark).is_some();
        let begin = |names: &[&[u8]], marks: &[&[u8]]| {
            names.iter().any(|name| marks.iter().any(|mark| name.starts_with(mark)))
        };
        let found = MARKS.iter().find(|marks| {
            marks.head.iter().any(in_head)
                || !marks.sections.is_empty() && begin(&(signs.sections)(), marks.sections)
                || !marks.symbols.is_empty() && begin(&(signs.symbols)(), marks.symbols)
                || !marks.libraries.is_empty() && begin(&(signs.libraries)(), marks.libraries)
        });
        found.map_or(Self::NotGo, |marks| marks.toolchain)
    }

    /// The word in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Gccgo => "gccgo",
            Self::TinyGo => "tinygo",
            Self::Upx => "upx",
            Self::NotGo => "none",
        }
    }
}

/// The name for use inside a sentence.
impl fmt::Display for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gccgo => "gccgo made this program, which writes no Go function table",
            Self::TinyGo => "TinyGo made this program, which writes no Go function table",
            Self::Upx => "the file is packed by UPX: unpack it first (upx -d)",
            Self::NotGo => "nothing in it says that Go made it",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognise(
        head: &[u8],
        sections: &[&str],
        symbols: &[&str],
        libraries: &[&str],
    ) -> Toolchain {
        let bytes = |names: &[&str]| -> Vec<Vec<u8>> {
            names.iter().map(|name| name.as_bytes().to_vec()).collect()
        };
        let (sections, symbols, libraries) = (bytes(sections), bytes(symbols), bytes(libraries));
        fn all(names: &[Vec<u8>]) -> Vec<&[u8]> {
            names.iter().map(Vec::as_slice).collect()
        }
        Toolchain::recognise(&Signs {
            head,
            sections: &|| all(&sections),
            symbols: &|| all(&symbols),
            libraries: &|| all(&libraries),
        })
    }

    #[test]
    fn each_maker_by_each_of_its_marks() {
        let packed = b"\x7fELF\x02\x01\x01 and headers \x00\x00\x00\x00UPX!\x0d\x0c";
        assert_eq!(recognise(packed, &[], &[], &[]), Toolchain::Upx);
        assert_eq!(recognise(b"MZ", &["UPX0", "UPX1", ".rsrc"], &[], &[]), Toolchain::Upx);
        assert_eq!(recognise(b"", &[".text", ".go_export"], &[], &[]), Toolchain::Gccgo);
        assert_eq!(recognise(b"", &[], &["main", "__go_init_main"], &[]), Toolchain::Gccgo);
        assert_eq!(recognise(b"", &[], &[], &["libgo.so.21"]), Toolchain::Gccgo);
        assert_eq!(recognise(b"", &[], &["tinygo_startTask"], &[]), Toolchain::TinyGo);
    }

    #[test]
    fn what_only_sounds_like_go_is_not_go() {
        let sections = [".text", ".go_exports_not"];
        assert_eq!(
            recognise(b"", &[".text", ".go"], &["main", "go_main"], &["libgo2.so"]),
            Toolchain::NotGo
        );
        assert_eq!(
            recognise(b"\x7fELF", &sections[..1], &["tinygo"], &["libc.so.6"]),
            Toolchain::NotGo
        );
    }
}
