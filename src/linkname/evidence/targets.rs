//! Which addresses stand for the remotes of the claims, and what does a reference to one of them mean?
//!
//! A function is its entry, a variable every byte of it (a field of a struct is addressed by itself).
//! Code also refers to words that hold such an address: Go's function values, and the slots of a
//! global offset table.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::binary::Binary;
use crate::code::{How, RawReference, Wanted};
use crate::error::Fault;
use crate::names;

use super::sites::Names;
use super::{Provider, Site, SiteSource};
use crate::linkname::claim::{Claim, Directive, Form, Kind};

/// The address that a remote stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    /// Its first byte.
    pub(super) start: u64,
    /// How many bytes stand for it: 1 of a function.
    len: u64,
    code: bool,
}

/// Whether nobody asks where code refers to the claim's remote: its verdict is only counted, and the same whoever does
/// (`verdict`, `one_argument` and `pushed`). Every function calls `runtime.morestack_noctxt` and many call the map's:
/// of a program of 161 MB that was half of all references.
fn is_settled(claim: &Claim, package: &str, sites: &[Site]) -> bool {
    let Some(directive) = claim.directive() else { return false };
    let counted = directive.counted && directive.not_a_directive.is_none();
    directive.settled || counted && is_decided_by_sites(claim, directive, package, sites)
}

/// Whether the places where the remote stands decide by themselves: a mark on assembly or on data, or the code of
/// `package` under another name.
fn is_decided_by_sites(
    claim: &Claim,
    directive: &Directive,
    package: &str,
    sites: &[Site],
) -> bool {
    let mut functions = sites.iter().filter(|site| site.source == SiteSource::Pclntab).peekable();
    let pushed = |site: &Site| matches!(&site.provider, Provider::Package(own) if own == package);
    match (claim.form, claim.kind) {
        (Form::OneArg, Kind::Var) => !sites.is_empty() && sites.iter().all(|site| !site.code),
        _ if functions.peek().is_none() => false,
        (Form::OneArg, Kind::Func) => directive.assembly,
        (Form::Push, Kind::Func) => {
            directive.has_body && directive.mentions.is_some() && functions.all(pushed)
        }
        _ => false,
    }
}

/// Where a call leads whose target the system linker left undefined.
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
    /// A slot that a linker made, read to learn the target's address.
    Slot,
    /// A slot read to learn the address of a function value.
    ValueSlot,
}

/// The targets of all claims and the words that hold their addresses.
#[derive(Debug)]
pub(super) struct Targets {
    claims: Vec<BTreeSet<Target>>,
    /// A system linker told to ignore undefined names lets calls of them lead to address 0.
    nowhere: bool,
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
    pub(super) fn find(binary: &Binary, claims: &[Claim], names: &Names) -> Result<Self, Fault> {
        let variables: BTreeSet<usize> = (0..claims.len())
            .filter(|index| claims.get(*index).is_some_and(|claim| claim.kind == Kind::Var))
            .collect();
        let settled = claims.iter().enumerate();
        let settled: Vec<bool> = settled
            .map(|(index, claim)| is_settled(claim, names.package(index), names.remote(index)))
            .collect();
        let claims = claims.iter().zip(&settled).enumerate().map(|(index, (claim, settled))| {
            let sites = names.remote(index);
            match (settled, sites.is_empty()) {
                (true, _) => BTreeSet::new(),
                (false, true) => imported(binary, claim),
                (false, false) => targets_of(sites),
            }
        });
        let claims: Vec<BTreeSet<Target>> = claims.collect();
        let mut all: BTreeMap<u64, Target> = BTreeMap::new();
        for target in claims.iter().flatten() {
            let known = all.entry(target.start).or_insert(*target);
            known.len = known.len.max(target.len);
        }
        let nowhere = binary.image.external_link == Some(true)
            && settled.iter().zip(&claims).any(|(settled, targets)| !settled && targets.is_empty())
            && binary.image.section_at(NOWHERE.start).is_none();
        let (words, tables) = (HashMap::new(), HashMap::new());
        let mut found = Self { claims, nowhere, all, words, tables };
        let starts = variables.iter().filter_map(|index| found.claims.get(*index)).flatten();
        let variables: BTreeSet<u64> = starts.map(|target| target.start).collect();
        found.add_words(binary, &variables)?;
        Ok(found)
    }

    /// `variables`: code that a variable of a claim may stand for: a pointer to it is a word like any other's.
    fn add_words(&mut self, binary: &Binary, variables: &BTreeSet<u64>) -> Result<(), Fault> {
        let ranges = self.all.values().map(|target| (target.start, target.len));
        for (at, value) in pointers(binary, &Wanted::ranges(ranges))? {
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
        let values = Wanted::new(values.map(|(at, _)| *at));
        for table in pointers(binary, &values)? {
            let Some(word) = self.words.get(&table.1).copied() else { continue };
            if is_slot(binary, table.0) {
                self.words.insert(table.0, Word { kind: WordKind::ValueSlot, ..word });
            } else {
                self.tables.entry(word.target).or_default().push(table);
            }
        }
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

    /// The targets of one claim; of one that stands nowhere, where calls of nothing lead.
    pub(super) fn of(&self, claim: usize) -> impl Iterator<Item = &Target> {
        let own = self.claims.get(claim).into_iter();
        let nowhere = own.clone().any(|targets| targets.is_empty() && self.nowhere);
        own.flatten().chain(nowhere.then_some(&NOWHERE))
    }

    /// Words of data that lead to `target`: address and value, in order of addresses.
    pub(super) fn words_to(&self, target: &Target) -> impl Iterator<Item = (u64, u64)> {
        self.tables.get(&target.start).into_iter().flatten().copied()
    }

    /// Whether a word of data holds the address of `target`'s code: the function value that Go makes of it, or a
    /// pointer.
    pub(super) fn is_pointed_to(&self, target: &Target) -> bool {
        let mut words = self.words.values();
        words.any(|word| word.target == target.start && word.kind == WordKind::Value)
    }

    /// The variable that `reference` names, where its value leads to another target.
    pub(super) fn named(&self, reference: &RawReference) -> Option<(u64, How)> {
        self.words.get(&reference.to)?;
        let variable = self.target_at(reference.to).filter(|target| !target.code)?;
        Some((variable.start, reference.how))
    }

    /// The target that `reference` means, and how it refers to it.
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

/// The slots and stubs that the loader leads to the remote in another image.
fn imported(binary: &Binary, claim: &Claim) -> BTreeSet<Target> {
    let slots = binary.slots();
    // Programs that share Go's libraries import `runtime.nanotime.abiinternal`.
    let name = |slot| names::without_abi(binary.go_name(slots.name(slot)));
    let named = slots.all().iter().filter(|slot| name(slot) == claim.remote);
    named.map(|slot| Target { start: slot.address, len: 1, code: true }).collect()
}

/// The words of the program's data that hold one of `wanted`. The runtime's record of the program is no pointer to
/// anything: the first function value, and the first variable of a section, stand where a part begins
/// (`etypes` of 1.27 is the address of the first word of `.go.func`).
fn pointers(binary: &Binary, wanted: &Wanted) -> Result<Vec<(u64, u64)>, Fault> {
    let record = binary.functions().ok().and_then(|functions| functions.moduledata.as_ref());
    let mut words = binary.search_words(wanted)?;
    words.retain(|(at, _)| !record.is_some_and(|record| record.holds(*at)));
    Ok(words)
}

/// Whether the word at `address` is one of those that linkers make to reach what lies elsewhere.
fn is_slot(binary: &Binary, address: u64) -> bool {
    let section = binary.image.section_at(address);
    section.is_some_and(|section| memchr::memmem::find(&section.name, b"got").is_some())
}
