//! Who refers to which address, from where, and how?
//!
//! The input is the code of functions and a set of wanted addresses. The output is the instructions that call one of
//! them, jump to it, load from it, store to it or form it. This room knows no file, no symbol and no package; the
//! caller decides what a reference means.
//!
//! ```
//! use gonym::code::{Bases, Code, How, InstructionSet, Wanted, search};
//!
//! // call 0x11000
//! let function = Code { address: 0x1_0000, bytes: &[0xe8, 0xfb, 0x0f, 0x00, 0x00] };
//! let wanted = Wanted::new([0x1_1000]);
//! let found = search(InstructionSet::Amd64, &[function], &wanted, &Bases::default());
//! assert_eq!(found.references[0].how, How::Call);
//! ```

mod arm;
mod arm64;
mod loong64;
mod mips;
mod ppc64;
mod registers;
mod returns;
mod riscv64;
mod s390x;
mod scanner;
mod stubs;
mod table;
mod toc;
mod wanted;
mod words;
mod x86;

use rayon::prelude::*;

use registers::Seen;
pub use returns::returns;
use scanner::Scanner;
pub use stubs::{LeadsTo, Stub, stubs};
use table::Isa;
use toc::Toc;
pub use wanted::Wanted;
pub use words::words;
use x86::{Sieve, Thunk, X86};

/// The instruction sets of Go's linker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstructionSet {
    /// x86-64.
    Amd64,
    /// IA-32.
    I386,
    /// AArch64, always little-endian in Go.
    Arm64,
    /// 32-bit Arm, always little-endian in Go.
    Arm,
    /// RISC-V of 64 bits.
    Riscv64,
    /// 64-bit Power, big-endian.
    Ppc64,
    /// 64-bit Power, little-endian.
    Ppc64le,
    /// z/Architecture.
    S390x,
    /// LoongArch of 64 bits.
    Loong64,
    /// MIPS of 32 bits, big-endian.
    Mips,
    /// MIPS of 32 bits, little-endian.
    Mipsle,
    /// MIPS of 64 bits, big-endian.
    Mips64,
    /// MIPS of 64 bits, little-endian.
    Mips64le,
}

/// Each instruction set that is searched: its GOARCH, and its table if it has one.
const SETS: &[(&str, InstructionSet, Option<&Isa>)] = &[
    ("386", InstructionSet::I386, None),
    ("amd64", InstructionSet::Amd64, None),
    ("arm64", InstructionSet::Arm64, Some(&arm64::ARM64)),
    ("arm", InstructionSet::Arm, Some(&arm::ARM)),
    ("riscv64", InstructionSet::Riscv64, Some(&riscv64::RISCV64)),
    ("ppc64", InstructionSet::Ppc64, Some(&ppc64::PPC64)),
    ("ppc64le", InstructionSet::Ppc64le, Some(&ppc64::PPC64LE)),
    ("s390x", InstructionSet::S390x, Some(&s390x::S390X)),
    ("loong64", InstructionSet::Loong64, Some(&loong64::LOONG64)),
    ("mips", InstructionSet::Mips, Some(&mips::MIPS)),
    ("mipsle", InstructionSet::Mipsle, Some(&mips::MIPSLE)),
    ("mips64", InstructionSet::Mips64, Some(&mips::MIPS64)),
    ("mips64le", InstructionSet::Mips64le, Some(&mips::MIPS64LE)),
];

impl InstructionSet {
    /// The instruction set of a GOARCH, if it can be searched. Only sets that were compared with another decoder are
    /// here (tests/references.rs).
    #[must_use]
    pub fn of(goarch: &str) -> Option<Self> {
        SETS.iter().find(|(name, ..)| *name == goarch).map(|(_, set, _)| *set)
    }

    /// Whether a function can be read without the others: no thunks that return the program counter, no table of
    /// contents whose address others tell.
    #[must_use]
    pub fn is_read_alone(self) -> bool {
        !matches!(self, Self::I386 | Self::Ppc64 | Self::Ppc64le)
    }

    fn table(self) -> Option<&'static Isa> {
        SETS.iter().find(|(_, set, _)| *set == self).and_then(|(.., table)| *table)
    }
}

/// Base addresses that some registers hold throughout the program and that the code does not show.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bases {
    /// What r2 holds in 64-bit Power code that uses a table of contents. If the functions compute r2, their value
    /// counts instead.
    pub toc: Option<u64>,
    /// What `gp` holds in MIPS and RISC-V code that uses a global pointer.
    pub gp: Option<u64>,
    /// The global offset table of position-independent code for IA-32.
    pub got: Option<u64>,
}

/// How an instruction refers to an address.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[non_exhaustive]
pub enum How {
    /// A direct call.
    Call,
    /// A direct jump: a tail call.
    Jump,
    /// Forms the address of a read-only word that holds the target's address (Go's function value).
    Funcval,
    /// Forms the target's own address.
    Address,
    /// Reads memory there.
    Load,
    /// Writes memory there.
    Store,
}

impl How {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Jump => "jump",
            Self::Funcval => "funcval",
            Self::Address => "address",
            Self::Load => "load",
            Self::Store => "store",
        }
    }
}

/// One instruction that refers to a wanted address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RawReference {
    /// Address of the instruction.
    pub at: u64,
    /// The wanted address, or the address inside a wanted range.
    pub to: u64,
    /// How it refers.
    pub how: How,
    /// Whether `to` is a word that is read to learn where the call or jump goes.
    pub through: bool,
}

/// The code of one function.
#[derive(Clone, Copy, Debug)]
pub struct Code<'a> {
    /// Virtual address of the first byte.
    pub address: u64,
    /// The bytes, padding included.
    pub bytes: &'a [u8],
}

/// What a search found, and what could not be decoded.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The references, in order of their instructions.
    pub references: Vec<RawReference>,
    /// Entries of functions that may refer to a wanted address, but hold bytes that are no instruction, in order.
    pub undecoded: Vec<u64>,
}

/// How many functions one task searches: few enough to share the work, enough to be worth a task.
const SHARD: usize = 512;

/// Searches `functions` for references to `wanted`, on all threads of the current pool.
#[must_use]
pub fn search(
    set: InstructionSet,
    functions: &[Code<'_>],
    wanted: &Wanted,
    bases: &Bases,
) -> Found {
    if wanted.is_empty() {
        return Found::default();
    }
    let thunks = thunks(set, functions);
    let toc = learn_toc(set, functions);
    let bases = Bases { toc: toc.base.or(bases.toc), ..*bases };
    let decoder = Decoder::new(set, wanted, &thunks, &bases, toc);
    let shards: Vec<Found> = functions
        .par_chunks(SHARD)
        .map(|shard| {
            let mut found = Found::default();
            for code in shard {
                decoder.search(*code, wanted, &mut found);
            }
            found
        })
        .collect();
    // Shards come back in order, so the result does not depend on the number of threads.
    let mut all = Found::default();
    for shard in shards {
        all.references.extend(shard.references);
        all.undecoded.extend(shard.undecoded);
    }
    all
}

/// The decoder of an instruction set.
enum Decoder<'a> {
    Table(Scanner),
    X86(X86<'a>),
}

impl<'a> Decoder<'a> {
    fn new(
        set: InstructionSet,
        wanted: &'a Wanted,
        thunks: &'a [Thunk],
        bases: &Bases,
        toc: Toc,
    ) -> Self {
        if let Some(isa) = set.table() {
            return Self::Table(Scanner::new(isa, bases, toc));
        }
        let bits = if set == InstructionSet::I386 { 32 } else { 64 };
        let sieve = (bits == 64).then(|| Sieve::of(wanted));
        Self::X86(X86 { bits, thunks, bases: *bases, sieve })
    }

    fn search(&self, code: Code<'_>, wanted: &Wanted, found: &mut Found) {
        let references = &mut found.references;
        let mut tell = |Seen { at, to, how, through, .. }| {
            references.push(RawReference { at, to, how, through });
        };
        match self {
            // A table takes any number for an instruction; iced finds bytes that are none.
            Self::Table(scanner) => scanner.search(code, wanted, &mut tell),
            Self::X86(x86) => {
                if !x86.search(code, wanted, &mut tell) {
                    found.undecoded.push(code.address);
                }
            }
        }
    }
}

fn learn_toc(set: InstructionSet, functions: &[Code<'_>]) -> Toc {
    match set {
        InstructionSet::Ppc64 => Toc::learn(functions, true),
        InstructionSet::Ppc64le => Toc::learn(functions, false),
        _ => Toc::default(),
    }
}

fn thunks(set: InstructionSet, functions: &[Code<'_>]) -> Vec<Thunk> {
    if set != InstructionSet::I386 {
        return Vec::new();
    }
    let mut thunks: Vec<Thunk> = functions.iter().filter_map(|code| x86::thunk(*code)).collect();
    thunks.sort_unstable_by_key(|thunk| thunk.address);
    thunks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What refers to `wanted` in `bytes` at 0x1_0000.
    pub(super) fn found_in(set: InstructionSet, bytes: &[u8], wanted: u64) -> Vec<(u64, How)> {
        let code = [Code { address: 0x1_0000, bytes }];
        let found = search(set, &code, &Wanted::new([wanted]), &Bases::default());
        found.references.into_iter().map(|reference| (reference.at, reference.how)).collect()
    }

    #[test]
    fn what_was_not_held_against_another_decoder_is_not_searched() {
        assert_eq!(InstructionSet::of("amd64"), Some(InstructionSet::Amd64));
        assert_eq!(InstructionSet::of("sparc64"), None);
        for (name, set, table) in SETS {
            assert_eq!(InstructionSet::of(name), Some(*set));
            let decoded = matches!(set, InstructionSet::Amd64 | InstructionSet::I386);
            assert_eq!(decoded, table.is_none(), "{name}");
        }
    }
}
