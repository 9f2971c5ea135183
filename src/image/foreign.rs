//! What is a file that is neither ELF, Mach-O nor PE?
//!
//! Known by its first bytes alone, so that it is refused by name.

use crate::error::{Fault, FaultCode};
use crate::input::Range;

/// Formats that are recognised by their first bytes and refused by name.
const NAMED_FORMATS: &[(&[u8], &str)] = &[
    // `input` opens archives, so this is one inside another.
    (b"!<arch>\n", "an archive inside an archive"),
    (b"!<thin>\n", "an archive inside an archive"),
    (b"<bigaf>\n", "AIX archives are not read yet"),
    (b"\x01\xdf", "XCOFF is not read yet"),
    (b"\x01\xf7", "XCOFF is not read yet"),
    // `input` opens fat files, so this is one inside another, or a Java class, which begins with the same bytes.
    (b"\xca\xfe\xba\xbe", "a Java class, or a fat file inside a fat file"),
    (b"\xca\xfe\xba\xbf", "a fat file inside a fat file"),
    (b"\0asm", "Wasm is not read yet"),
    (b"\0\0go1ld", "Go object files are not read yet"),
    (b"go object ", "Go object files are not read yet"),
    // Plan 9 a.out magics for 386, amd64 and arm (cmd/internal/objfile, debug/plan9obj).
    (b"\0\0\x01\xeb", "Plan 9 a.out is not read yet"),
    (b"\0\0\x8a\x97", "Plan 9 a.out is not read yet"),
    (b"\0\0\x06\x47", "Plan 9 a.out is not read yet"),
];

/// Why a file that begins with `magic` is not read.
pub(super) fn fault(range: &Range, magic: &[u8]) -> Fault {
    let named = NAMED_FORMATS.iter().find(|(prefix, _)| magic.starts_with(prefix));
    if let Some((_, detail)) = named {
        return Fault::new(FaultCode::Unsupported, "file", range.base(), 0, 0, *detail);
    }
    let detail = if magic.is_empty() { "the file is empty" } else { "not ELF, Mach-O or PE" };
    let present = magic.iter().take(4).fold(0, |value, byte| value << 8 | u64::from(*byte));
    Fault::new(FaultCode::NotExecutable, "file", range.base(), 0, present, detail)
}
