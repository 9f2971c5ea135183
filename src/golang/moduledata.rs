//! Where is the runtime's own record of the program, and where does it say that text and inline trees are?
//!
//! `runtime.moduledata` begins with the address of pclntab and continues with slices of pclntab's parts. So it can be
//! found without symbols: searching for these words at their places gave exactly one hit in every binary measured.
//! Layout: runtime/symtab.go; the rows below are measured for 1.19, 1.22, 1.23, 1.25, 1.26 and 1.27, and read in
//! source for the other versions. Go before 1.5 has no such record.
//!
//! ```no_run
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let record = binary.functions().ok().and_then(|functions| functions.moduledata.as_ref());
//!     if let Some(record) = record {
//!         println!("Go's code lies from {:#x} to {:#x}", record.text, record.etext);
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

use super::pclntab::Header;

/// How many words are read: the largest index used, and some more in case a newer Go moves one.
const WORDS: usize = 56;

/// The least number of words in the record: 38 in 1.5.4, 69 or more in all since 1.16 (measured to 1.27.4).
const LEAST: (u64, u64) = (38, 56);

/// The index of the word with the address of `go:func.*`, and the first minor version that has it there.
const GOFUNC: &[(u16, usize)] = &[(27, 43), (20, 40), (0, 38)];

/// The indices of the words `types` and `etypes`, and the first minor version that has them there.
const TYPES: &[(u16, usize, usize)] = &[(27, 37, 39), (20, 37, 38), (0, 35, 36)];

/// The fields that are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moduledata {
    /// Virtual address of the record.
    pub address: u64,
    /// `runtime.text`: function entries are relative to it.
    pub text: u64,
    /// `runtime.etext`: the end of Go's code.
    pub etext: u64,
    /// How many bytes certainly belong to the record.
    size: u64,
    words: Vec<u64>,
}

impl Moduledata {
    /// Tries to read the record at `address`, for the table at `pclntab`. `word` gives the pointer-sized word at an
    /// address, after relocation.
    #[must_use]
    pub fn at(
        address: u64,
        pclntab: u64,
        header: &Header,
        word: &dyn Fn(u64) -> Option<u64>,
    ) -> Option<Self> {
        let size = u64::from(header.layout().pointer);
        let at = |index: usize| word(address.checked_add(index as u64 * size)?);
        if at(0)? != pclntab {
            return None;
        }
        for (index, part) in header.landmarks() {
            if at(index)? != pclntab.wrapping_add(part) {
                return None;
            }
        }
        // A word that cannot be read stays 0, and no table is at 0.
        let words: Vec<u64> = (0..WORDS).map(|index| at(index).unwrap_or(0)).collect();
        let text_word = header.text_word();
        let (text, etext) = (*words.get(text_word)?, *words.get(text_word + 1)?);
        let least = if header.is_divided() { LEAST.1 } else { LEAST.0 };
        (text < etext).then_some(Self { address, text, etext, size: least * size, words })
    }

    /// Addresses where type data may begin, from which the offsets within type data count, each with its end; those of
    /// this version first. Reading a type decides which is right.
    pub fn types_candidates(&self, minor: Option<u16>) -> impl Iterator<Item = (u64, u64)> + '_ {
        let own = TYPES.iter().find(|(first, ..)| minor.is_some_and(|minor| minor >= *first));
        let others = TYPES.iter().filter(move |row| Some(*row) != own);
        own.into_iter().chain(others).filter_map(|(_, start, end)| {
            let (start, end) = (*self.words.get(*start)?, *self.words.get(*end)?);
            (start != 0 && start < end).then_some((start, end))
        })
    }

    /// Whether the word at `address` is one of the record's own. Such a word tells where a part of the program begins
    /// or ends, which is also the address of what the linker put first there.
    #[must_use]
    pub fn holds(&self, address: u64) -> bool {
        address.checked_sub(self.address).is_some_and(|offset| offset < self.size)
    }

    /// Addresses where `go:func.*` may begin, the most likely first: the word of this version, then every word near
    /// it. Reading inline trees decides which is right.
    pub fn gofunc_candidates(&self, minor: Option<u16>) -> impl Iterator<Item = u64> + '_ {
        let index_of = |minor| GOFUNC.iter().find(|(first, _)| minor >= *first).map(|(_, i)| *i);
        let own = minor.and_then(index_of);
        let others = (30..50).filter(move |index| Some(*index) != own);
        own.into_iter()
            .chain(others)
            .filter_map(|index| self.words.get(index).copied())
            .filter(|address| *address != 0)
    }
}
