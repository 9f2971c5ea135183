//! Who refers to which address, from where, and how?
//!
//! Takes the bytes of functions and a set of wanted addresses; gives the instructions that call, jump
//! to, load, store or form one of them. It knows no file, no symbol and no package: what a reference
//! means is for the caller to say.

mod fixed_width;
mod x86;

use rayon::prelude::*;

/// The instruction sets that can be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstructionSet {
    /// x86-64.
    Amd64,
    /// AArch64, always little-endian in Go.
    Arm64,
}

impl InstructionSet {
    /// The instruction set of a GOARCH, if it can be searched.
    #[must_use]
    pub fn of(goarch: &str) -> Option<Self> {
        match goarch {
            "amd64" => Some(Self::Amd64),
            "arm64" => Some(Self::Arm64),
            _ => None,
        }
    }
}

/// How an instruction refers to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
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
    /// The wanted address.
    pub to: u64,
    /// How it refers.
    pub how: How,
}

/// The code of one function.
#[derive(Clone, Copy, Debug)]
pub struct Code<'a> {
    /// Virtual address of the first byte.
    pub address: u64,
    /// The bytes, padding included.
    pub bytes: &'a [u8],
}

/// Addresses to look for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    sorted: Vec<u64>,
}

impl Wanted {
    /// A set of addresses.
    #[must_use]
    pub fn new(addresses: impl IntoIterator<Item = u64>) -> Self {
        let mut sorted: Vec<u64> = addresses.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        Self { sorted }
    }

    /// Whether `address` is wanted.
    #[must_use]
    pub fn contains(&self, address: u64) -> bool {
        // Nearly every address lies outside: the two ends answer without a search.
        match (self.sorted.first(), self.sorted.last()) {
            (Some(first), Some(last)) if (*first..=*last).contains(&address) => {
                self.sorted.binary_search(&address).is_ok()
            }
            _ => false,
        }
    }

    /// Whether nothing is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }
}

/// What a search found, and whether all of the code could be read.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The references, in order of their instructions.
    pub references: Vec<RawReference>,
    /// Addresses of functions that hold bytes which are no instruction, in order.
    pub undecoded: Vec<u64>,
}

/// Functions that one task searches: small enough to share the work, large enough to pay for it.
const SHARD: usize = 512;

/// Searches `functions` for references to `wanted`, on all threads of the current pool.
#[must_use]
pub fn search(set: InstructionSet, functions: &[Code<'_>], wanted: &Wanted) -> Found {
    if wanted.is_empty() {
        return Found::default();
    }
    let shards: Vec<Found> = functions
        .par_chunks(SHARD)
        .map(|shard| {
            let mut found = Found::default();
            for code in shard {
                let complete = match set {
                    InstructionSet::Amd64 => x86::search(*code, wanted, &mut found.references),
                    InstructionSet::Arm64 => {
                        fixed_width::search_arm64(*code, wanted, &mut found.references)
                    }
                };
                if !complete {
                    found.undecoded.push(code.address);
                }
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

/// Addresses of the aligned, pointer-sized words in `data` that hold a wanted value.
pub fn words<'a>(
    data: &'a [u8],
    address: u64,
    pointer: u8,
    big_endian: bool,
    wanted: &'a Wanted,
) -> impl Iterator<Item = (u64, u64)> + 'a {
    let size = usize::from(pointer.max(1));
    let lead = (address.wrapping_neg() % size as u64) as usize;
    let aligned = data.get(lead..).unwrap_or_default();
    aligned.chunks_exact(size).enumerate().filter_map(move |(index, bytes)| {
        let value = bytes.iter().enumerate().fold(0u64, |value, (place, byte)| {
            let shift = if big_endian { size - 1 - place } else { place };
            value | u64::from(*byte) << (8 * shift)
        });
        let at = address.wrapping_add((lead + index * size) as u64);
        wanted.contains(value).then_some((at, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_either_byte_order_at_aligned_addresses() {
        let wanted = Wanted::new([0x1122_3344]);
        let little = [0, 0, 0x44, 0x33, 0x22, 0x11, 0x44, 0x33, 0x22, 0x11];
        let found: Vec<_> = words(&little, 0x1002, 4, false, &wanted).collect();
        assert_eq!(found, [(0x1004, 0x1122_3344), (0x1008, 0x1122_3344)]);
        let big = [0x11, 0x22, 0x33, 0x44];
        assert_eq!(words(&big, 0x1000, 4, true, &wanted).count(), 1);
        assert_eq!(words(&big, 0x1001, 4, true, &wanted).count(), 0);
    }

    #[test]
    fn a_wanted_set_holds_what_was_put_in() {
        let wanted = Wanted::new([5, 1, 5, 9]);
        assert!([1, 5, 9].into_iter().all(|address| wanted.contains(address)));
        assert!([0, 2, 10].into_iter().all(|address| !wanted.contains(address)));
        assert!(Wanted::new([]).is_empty());
    }
}
