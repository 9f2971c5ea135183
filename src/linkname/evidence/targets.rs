//! Which addresses stand for the remotes of the claims, and what does a reference to one of them mean?
//!
//! For a function it is the entry, for a variable every byte (code can address a field of a struct). Code also refers
//! to words that hold such an address: Go's function values, and the slots of a global offset table.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::binary::{Binary, Searched, WordScan};
use crate::code::{How, RawReference, Wanted};
use crate::error::Fault;
use crate::names;

use super::sites::Names;
use super::{Site, SiteSource};
use crate::linkname::claim::{Claim, Kind};

/// An address that stands for a remote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    /// Its first byte.
    pub(super) start: u64,
    /// How many bytes stand for it; 1 for a function.
    len: u64,
    code: bool,
}

impl Target {
    /// The `len` bytes from `start` on.
    pub(super) fn new(start: u64, len: u64, code: bool) -> Self {
        Self { start, len, code }
    }
}

/// The target of a call that the system linker left undefined.
const NOWHERE: Target = Target { start: 0, len: 1, code: true };

/// A word that holds the address of a target.
#[derive(Clone, Copy, Debug)]
struct Word {
    target: u64,
    kind: WordKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WordKind {
    /// A function value: its address is what Go code passes around.
    Value,
    /// A slot that a linker made; code reads the target's address from it.
    Slot,
    /// A slot from which code reads the address of a function value.
    ValueSlot,
}

/// The targets of all claims and the words that hold their addresses.
#[derive(Debug)]
pub(super) struct Targets {
    claims: Vec<BTreeSet<Target>>,
    /// Whether calls may lead to address 0, because the system linker was told to ignore undefined names.
    nowhere: bool,
    all: BTreeMap<u64, Target>,
    words: HashMap<u64, Word>,
    /// Targets whose code a function value, or a pointer, leads to.
    pointed_to: HashSet<u64>,
    /// Words that hold the address of a function value or of a variable, by the target.
    tables: HashMap<u64, Vec<(u64, u64)>>,
    /// The scans of data that told all that.
    pub(super) scans: Vec<WordScan>,
}

impl Targets {
    /// Finds the targets of every claim, and every word of the program's data that points to one.
    ///
    /// # Errors
    ///
    /// When data is truncated or a relocation table could not be read.
    pub(super) fn find(
        binary: &Binary,
        claims: &[Claim],
        names: &Names,
        known: Option<&Searched>,
    ) -> Result<Self, Fault> {
        let variables: BTreeSet<usize> = (0..claims.len())
            .filter(|index| claims.get(*index).is_some_and(|claim| claim.kind == Kind::Var))
            .collect();
        let imported = LazyCell::new(|| Imported::of(binary));
        let claims = claims.iter().enumerate().map(|(index, claim)| {
            let sites = names.remote(index);
            if sites.is_empty() { imported.targets(claim) } else { targets_of(sites) }
        });
        let claims: Vec<BTreeSet<Target>> = claims.collect();
        let mut all: BTreeMap<u64, Target> = BTreeMap::new();
        for target in claims.iter().flatten() {
            let known = all.entry(target.start).or_insert(*target);
            known.len = known.len.max(target.len);
        }
        let nowhere = binary.image.external_link == Some(true)
            && claims.iter().any(BTreeSet::is_empty)
            && binary.section_at(NOWHERE.start).is_none();
        let (words, pointed_to, tables) = (HashMap::new(), HashSet::new(), HashMap::new());
        let scans = Vec::new();
        let mut found = Self { claims, nowhere, all, words, pointed_to, tables, scans };
        let starts = variables.iter().filter_map(|index| found.claims.get(*index)).flatten();
        let variables: BTreeSet<u64> = starts.map(|target| target.start).collect();
        found.add_words(binary, &variables, known)?;
        Ok(found)
    }

    /// The functions that begin at `entries`, as targets of no claim, and every word that points to one.
    ///
    /// # Errors
    ///
    /// As for [`Targets::find`].
    pub(super) fn of_functions(
        binary: &Binary,
        entries: impl Iterator<Item = u64>,
        known: Option<&Searched>,
    ) -> Result<Self, Fault> {
        let all = entries.map(|start| (start, Target::new(start, 1, true))).collect();
        Self::of_places(binary, all, known)
    }

    /// `all`, by their starts, as targets of no claim, and every word that points to one.
    ///
    /// # Errors
    ///
    /// As for [`Targets::find`].
    pub(super) fn of_places(
        binary: &Binary,
        all: BTreeMap<u64, Target>,
        known: Option<&Searched>,
    ) -> Result<Self, Fault> {
        let (words, pointed_to, tables) = (HashMap::new(), HashSet::new(), HashMap::new());
        let (claims, scans) = (Vec::new(), Vec::new());
        let mut found = Self { claims, nowhere: false, all, words, pointed_to, tables, scans };
        found.add_words(binary, &BTreeSet::new(), known)?;
        Ok(found)
    }

    /// Functions whose values stand in some data, which no instruction needs to form: tables and variables.
    pub(super) fn tabled(&self) -> impl Iterator<Item = u64> {
        self.tables.keys().copied()
    }

    /// Adds the words that point to targets. `variables` is code that a variable of a claim may stand for: a pointer
    /// to it is an ordinary word of data.
    fn add_words(
        &mut self,
        binary: &Binary,
        variables: &BTreeSet<u64>,
        known: Option<&Searched>,
    ) -> Result<(), Fault> {
        let ranges = self.all.values().map(|target| (target.start, target.len));
        let ranges = Wanted::ranges(ranges);
        let to_targets = pointers(binary, &ranges, known)?;
        for (at, value) in to_targets.iter().copied() {
            let Some(target) = self.target_at(value) else { continue };
            let kind = if is_slot(binary, at) { WordKind::Slot } else { WordKind::Value };
            if kind == WordKind::Value && target.code && variables.contains(&target.start) {
                self.tables.entry(target.start).or_default().push((at, value));
            }
            if kind == WordKind::Slot || target.code {
                self.words.insert(at, Word { target: target.start, kind });
            } else {
                self.tables.entry(target.start).or_default().push((at, value));
            }
        }
        let slots = binary.slots();
        if let Some(fault) = slots.faults.first().filter(|_| !self.all.is_empty()) {
            return Err(fault.clone());
        }
        for slot in slots.all() {
            let Some(target) = slots.value(slot).and_then(|value| self.target_at(value)) else {
                continue;
            };
            self.words.insert(slot.address, Word { target: target.start, kind: WordKind::Slot });
        }
        let values = self.words.iter().filter(|(_, word)| word.kind == WordKind::Value);
        self.pointed_to = values.clone().map(|(_, word)| word.target).collect();
        let values = Wanted::new(values.map(|(at, _)| *at));
        let to_values = pointers(binary, &values, known)?;
        for table in to_values.iter().copied() {
            let Some(word) = self.words.get(&table.1).copied() else { continue };
            if is_slot(binary, table.0) {
                self.words.insert(table.0, Word { kind: WordKind::ValueSlot, ..word });
            } else {
                self.tables.entry(word.target).or_default().push(table);
            }
        }
        self.scans = vec![(ranges, to_targets), (values, to_values)];
        Ok(())
    }

    fn target_at(&self, address: u64) -> Option<Target> {
        let (start, target) = self.all.range(..=address).next_back()?;
        (address - start < target.len).then_some(*target)
    }

    /// Everything that code may refer to, and `more`.
    pub(super) fn wanted(&self, more: impl Iterator<Item = (u64, u64)>) -> Wanted {
        let targets = self.all.values().map(|target| (target.start, target.len));
        let nowhere = self.nowhere.then_some((NOWHERE.start, NOWHERE.len));
        let words = self.words.keys().map(|word| (*word, 1));
        Wanted::ranges(targets.chain(words).chain(nowhere).chain(more))
    }

    /// The targets of one claim. If its remote is nowhere, the place where calls of nothing lead.
    pub(super) fn of(&self, claim: usize) -> impl Iterator<Item = &Target> {
        let own = self.claims.get(claim).into_iter();
        let nowhere = own.clone().any(|targets| targets.is_empty() && self.nowhere);
        own.flatten().chain(nowhere.then_some(&NOWHERE))
    }

    /// Words of data that point to `target`: address and value, in order of addresses.
    pub(super) fn words_to(&self, target: &Target) -> impl Iterator<Item = (u64, u64)> {
        self.tables.get(&target.start).into_iter().flatten().copied()
    }

    /// Whether a word of data holds the address of `target`'s code: a function value that Go made, or a pointer.
    pub(super) fn is_pointed_to(&self, target: &Target) -> bool {
        self.pointed_to.contains(&target.start)
    }

    /// The variable that `reference` names, if its value points to another target.
    pub(super) fn named(&self, reference: &RawReference) -> Option<(u64, How)> {
        self.words.get(&reference.to)?;
        let variable = self.target_at(reference.to).filter(|target| !target.code)?;
        Some((variable.start, reference.how))
    }

    /// The target that `reference` stands for, and how it refers to it.
    pub(super) fn meant(&self, reference: &RawReference) -> Option<(u64, How)> {
        if self.nowhere && reference.to == NOWHERE.start {
            let branch = matches!(reference.how, How::Call | How::Jump) && !reference.through;
            return branch.then_some((NOWHERE.start, reference.how));
        }
        let Some(word) = self.words.get(&reference.to) else {
            return Some((self.target_at(reference.to)?.start, reference.how));
        };
        let how = match (reference.how, word.kind) {
            (how, _) if reference.through => how,
            (How::Load, WordKind::Slot) => How::Address,
            (How::Load, WordKind::ValueSlot) | (How::Address, WordKind::Value) => How::Funcval,
            (how, _) => how,
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

/// The slots and stubs that the loader leads to other images, by the names that they ask for.
struct Imported<'a>(HashMap<&'a [u8], Vec<u64>>);

impl<'a> Imported<'a> {
    fn of(binary: &'a Binary) -> Self {
        let slots = binary.slots();
        let mut named: HashMap<&[u8], Vec<u64>> = HashMap::new();
        for slot in slots.all() {
            // Programs that share Go's libraries import `runtime.nanotime.abiinternal`.
            let name = names::without_abi(binary.go_name(slots.name(slot)));
            named.entry(name).or_default().push(slot.address);
        }
        Self(named)
    }

    /// Those that lead to the remote of `claim`.
    fn targets(&self, claim: &Claim) -> BTreeSet<Target> {
        let named = self.0.get(claim.remote.as_slice()).into_iter().flatten();
        named.map(|address| Target { start: *address, len: 1, code: true }).collect()
    }
}

/// The words of the program's data that hold one of `wanted`. The runtime's record of the program has no pointers in
/// this sense: the first function value, and the first variable of a section, are where a part begins (`etypes` of
/// 1.27 is the address of the first word of `.go.func`).
fn pointers(
    binary: &Binary,
    wanted: &Wanted,
    known: Option<&Searched>,
) -> Result<Vec<(u64, u64)>, Fault> {
    if let Some(words) = known.and_then(|known| known.words_to(wanted)) {
        return Ok(words);
    }
    let record = binary.functions().ok().and_then(|functions| functions.moduledata.as_ref());
    let mut words = binary.search_words(wanted)?;
    words.retain(|(at, _)| !record.is_some_and(|record| record.holds(*at)));
    Ok(words)
}

/// Whether the word at `address` is a slot that linkers make for reaching other images or distant data.
fn is_slot(binary: &Binary, address: u64) -> bool {
    let section = binary.section_at(address);
    section.is_some_and(|section| memchr::memmem::find(&section.name, b"got").is_some())
}

/// The claims about each remote.
pub(super) fn by_remote(claims: &[Claim]) -> HashMap<&[u8], Vec<usize>> {
    let mut found: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (index, claim) in claims.iter().enumerate() {
        found.entry(&claim.remote).or_default().push(index);
    }
    found
}
