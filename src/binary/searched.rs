//! A search of code and data, kept for a narrower question.
//!
//! To decode all code of a binary of 160 MB costs more than everything else that an answer about one function needs. So
//! who has searched it for many addresses, and then asks about some of them, hands over what was found.

use super::Binary;
use crate::code::{self, Code, Found, InstructionSet, Wanted};
use crate::error::Result;

/// What a search was about, and what it found.
#[derive(Clone, Debug)]
pub struct Searched {
    wanted: Wanted,
    /// What it found.
    pub found: Found,
    words: Vec<WordScan>,
}

/// Addresses, and the words of data that hold one of them: address and value, in order.
pub type WordScan = (Wanted, Vec<(u64, u64)>);

impl Searched {
    /// The same with what was learnt about words of data.
    #[must_use]
    pub fn with_words(self, words: Vec<WordScan>) -> Self {
        Self { words, ..self }
    }

    /// The words that hold one of `wanted`, if a scan was about all of them.
    #[must_use]
    pub fn words_to(&self, wanted: &Wanted) -> Option<Vec<(u64, u64)>> {
        let (_, words) = self.words.iter().find(|(asked, _)| asked.covers(wanted))?;
        Some(words.iter().copied().filter(|(_, value)| wanted.contains(*value)).collect())
    }
}

impl Binary {
    /// [`Binary::search_code_again`] with the answer kept.
    ///
    /// # Errors
    /// As there.
    pub fn search_again_and_keep(
        &self,
        wanted: Wanted,
        known: Option<&Searched>,
    ) -> Result<Searched> {
        Ok(Searched { found: self.search_code_again(&wanted, known)?, wanted, words: Vec::new() })
    }

    /// [`Binary::search_code`], out of what `known` found if that search was about all of `wanted`.
    ///
    /// # Errors
    /// As there.
    pub fn search_code_again(&self, wanted: &Wanted, known: Option<&Searched>) -> Result<Found> {
        let Some(known) = known.filter(|known| known.wanted.covers(wanted)) else {
            return self.search_code(wanted);
        };
        let references = &known.found.references;
        let asked = references.iter().filter(|reference| wanted.contains(reference.to));
        Ok(Found {
            references: asked.copied().collect(),
            undecoded: self.still_undecoded(&known.found.undecoded, wanted)?,
        })
    }

    /// Those of the functions at `entries` that may refer to `wanted`, and hold bytes that are no instruction.
    fn still_undecoded(&self, entries: &[u64], wanted: &Wanted) -> Result<Vec<u64>> {
        let Some(set) = InstructionSet::of(&self.image.arch) else { return Ok(Vec::new()) };
        let table = &self.functions().map_err(Clone::clone)?.table;
        let mut left = Vec::new();
        for function in entries.iter().filter_map(|entry| table.find(*entry)) {
            let bytes = self.memory(function.entry, function.end.saturating_sub(function.entry))?;
            let code = [Code { address: function.entry, bytes: &bytes }];
            left.extend(code::search(set, &code, wanted, &self.bases()).undecoded);
        }
        Ok(left)
    }
}
