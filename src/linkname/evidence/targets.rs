//! Which addresses stand for the remotes of the claims, and what does a reference to one of them mean?
//!
//! A function is its entry, a variable every byte of it (a field of a struct is addressed by itself).
//! Code also refers to words that hold such an address: Go's function values, and the slots of a
//! global offset table.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::binary::Binary;
use crate::code::{How, RawReference, Wanted};
use crate::error::Fault;

use super::sites::Names;
use super::{Site, SiteSource};

/// The address that a remote stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    /// Its first byte.
    pub(super) start: u64,
    /// How many bytes stand for it: 1 of a function.
    len: u64,
    code: bool,
}

/// A word that holds the address of a target.
#[derive(Clone, Copy, Debug)]
struct Word {
    target: u64,
    /// A slot that the linker made, read to learn the address; else a function value.
    slot: bool,
}

/// The targets of all claims and the words that hold their addresses.
#[derive(Debug)]
pub(super) struct Targets {
    claims: Vec<BTreeSet<Target>>,
    all: BTreeMap<u64, Target>,
    words: HashMap<u64, Word>,
    /// Words that hold the address of a function value or of a variable, by the target.
    tables: HashMap<u64, Vec<(u64, u64)>>,
}

impl Targets {
    /// Finds the targets of every claim, and every word of the program's data that leads to one.
    ///
    /// # Errors
    /// When data is cut off or a relocation table could not be read.
    pub(super) fn find(binary: &Binary, names: &Names) -> Result<Self, Fault> {
        let claims: Vec<BTreeSet<Target>> =
            (0..names.len()).map(|claim| targets_of(names.remote(claim))).collect();
        let mut all: BTreeMap<u64, Target> = BTreeMap::new();
        for target in claims.iter().flatten() {
            let known = all.entry(target.start).or_insert(*target);
            known.len = known.len.max(target.len);
        }
        let mut found = Self { claims, all, words: HashMap::new(), tables: HashMap::new() };
        found.add_words(binary)?;
        Ok(found)
    }

    fn add_words(&mut self, binary: &Binary) -> Result<(), Fault> {
        let ranges = self.all.values().map(|target| (target.start, target.len));
        for (at, value) in binary.search_words(&Wanted::ranges(ranges))? {
            let Some(target) = self.target_at(value) else { continue };
            let slot = is_slot(binary, at);
            if slot || target.code {
                self.words.insert(at, Word { target: target.start, slot });
            } else {
                self.tables.entry(target.start).or_default().push((at, value));
            }
        }
        let values = self.words.iter().filter(|(_, word)| !word.slot).map(|(at, _)| *at);
        for table in binary.search_words(&Wanted::new(values))? {
            if let Some(word) = self.words.get(&table.1) {
                self.tables.entry(word.target).or_default().push(table);
            }
        }
        Ok(())
    }

    fn target_at(&self, address: u64) -> Option<Target> {
        let (start, target) = self.all.range(..=address).next_back()?;
        (address - start < target.len).then_some(*target)
    }

    /// Everything that code may refer to.
    pub(super) fn wanted(&self) -> Wanted {
        let targets = self.all.values().map(|target| (target.start, target.len));
        Wanted::ranges(targets.chain(self.words.keys().map(|word| (*word, 1))))
    }

    /// The targets of one claim.
    pub(super) fn of(&self, claim: usize) -> impl Iterator<Item = &Target> {
        self.claims.get(claim).into_iter().flatten()
    }

    /// Words of data that lead to `target`: address and value, in order of addresses.
    pub(super) fn words_to(&self, target: &Target) -> impl Iterator<Item = (u64, u64)> {
        self.tables.get(&target.start).into_iter().flatten().copied()
    }

    /// The target that `reference` means, and how it refers to it.
    pub(super) fn meant(&self, reference: &RawReference) -> Option<(u64, How)> {
        let Some(word) = self.words.get(&reference.to) else {
            return Some((self.target_at(reference.to)?.start, reference.how));
        };
        let how = match reference.how {
            how if reference.through => how,
            // What is read from a slot is the target's address.
            How::Load if word.slot => How::Address,
            How::Address => How::Funcval,
            how => how,
        };
        Some((word.target, how))
    }
}

/// The addresses of the remote: the function, its ABI wrapper, its trampolines, the variable.
fn targets_of(sites: &[Site]) -> BTreeSet<Target> {
    let standing = sites.iter().filter(|site| site.source != SiteSource::Inlined);
    let target = |site: &Site| Target {
        start: site.address,
        len: if site.code { 1 } else { site.size.max(1) },
        code: site.code,
    };
    standing.map(target).collect()
}

/// Whether the word at `address` is one of those that linkers make to reach what lies elsewhere.
fn is_slot(binary: &Binary, address: u64) -> bool {
    let section = binary.image.section_at(address);
    section.is_some_and(|section| memchr::memmem::find(&section.name, b"got").is_some())
}
