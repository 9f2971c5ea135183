//! Which bytes of the file does a Mach-O load command claim beside segments and sections?
//!
//! Format: `mach-o/loader.h`. A table of commands and of where in them the offsets and sizes stand.

use object::pod;
use object::{Endianness, U32, U64};

/// One claim: where its offset and its size stand in the command, and how many bytes the size counts by.
struct Claim {
    kind: u32,
    what: &'static str,
    offset_at: usize,
    size_at: usize,
    unit: u64,
}

const fn claim(
    kind: u32,
    what: &'static str,
    offset_at: usize,
    size_at: usize,
    unit: u64,
) -> Claim {
    Claim { kind, what, offset_at, size_at, unit }
}

/// Names of the tables from which the loader fills words.
pub(super) const CHAINED_FIXUPS: &str = "chained fixups";
pub(super) const INDIRECT_SYMBOLS: &str = "indirect symbols";
/// Plain, lazy and weak.
pub(super) const BINDS: [&str; 3] =
    ["binding information", "lazy binding information", "weak binding information"];

const LC_NOTE: u32 = 0x31;
const LC_SYMTAB: u32 = 0x2;

/// Kind of the command, what it claims, where offset and size stand, and the bytes of one entry.
const CLAIMS: &[Claim] = &[
    claim(LC_SYMTAB, "symbol names", 16, 20, 1),
    claim(0xb, "table of contents", 32, 36, 8),
    claim(0xb, "referenced symbols", 48, 52, 4),
    claim(0xb, INDIRECT_SYMBOLS, 56, 60, 4),
    claim(0xb, "external relocations", 64, 68, 8),
    claim(0xb, "local relocations", 72, 76, 8),
    claim(0x16, "two-level hints", 8, 12, 4),
    claim(0x1d, "code signature", 8, 12, 1),
    claim(0x1e, "segment split information", 8, 12, 1),
    claim(0x21, "encrypted range", 8, 12, 1),
    claim(0x2c, "encrypted range", 8, 12, 1),
    claim(0x22, "rebase information", 8, 12, 1),
    claim(0x22, BINDS[0], 16, 20, 1),
    claim(0x22, BINDS[2], 24, 28, 1),
    claim(0x22, BINDS[1], 32, 36, 1),
    claim(0x22, "export information", 40, 44, 1),
    claim(0x26, "function starts", 8, 12, 1),
    claim(0x29, "data in code", 8, 12, 1),
    claim(0x2b, "code signing requirements", 8, 12, 1),
    claim(0x2e, "optimization hints", 8, 12, 1),
    claim(0x36, "atom information", 8, 12, 1),
    claim(0x33, "exports trie", 8, 12, 1),
    claim(0x34, CHAINED_FIXUPS, 8, 12, 1),
];

/// `LC_REQ_DYLD`: the loader must know the command. The fields are the same with and without it.
const REQUIRED: u32 = 0x8000_0000;

/// What, offset and length of everything that the command of `kind` claims.
pub(super) fn of_command(
    kind: u32,
    bytes: &[u8],
    endian: Endianness,
    is_64: bool,
) -> Vec<(&'static str, u64, u64)> {
    let mut found = Vec::new();
    for claim in CLAIMS.iter().filter(|claim| claim.kind == kind & !REQUIRED) {
        let fields = (word(bytes, claim.offset_at, endian), word(bytes, claim.size_at, endian));
        if let (Some(offset), Some(count)) = fields {
            found.push((claim.what, offset, count * claim.unit));
        }
    }
    if kind == LC_SYMTAB
        && let (Some(offset), Some(count)) = (word(bytes, 8, endian), word(bytes, 12, endian))
    {
        found.push(("symbol table", offset, count * if is_64 { 16 } else { 12 }));
    }
    if kind == LC_NOTE
        && let (Some(offset), Some(size)) = (wide(bytes, 24, endian), wide(bytes, 32, endian))
    {
        found.push(("note", offset, size));
    }
    found
}

fn word(bytes: &[u8], at: usize, endian: Endianness) -> Option<u64> {
    let (word, _) = pod::from_bytes::<U32<Endianness>>(bytes.get(at..)?).ok()?;
    Some(word.get(endian).into())
}

fn wide(bytes: &[u8], at: usize, endian: Endianness) -> Option<u64> {
    let (word, _) = pod::from_bytes::<U64<Endianness>>(bytes.get(at..)?).ok()?;
    Some(word.get(endian))
}
