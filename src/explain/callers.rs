//! Who refers to a subject, by package?

use std::collections::{BTreeMap, HashMap};

use super::places::Place;
use crate::binary::{Binary, Searched};
use crate::code::How;
use crate::finding::Owner;
use crate::golang::pclntab::Files;
use crate::linkname::discover::modules::Modules;
use crate::linkname::evidence::{Referent, SearchGap, Use, uses};
use crate::names;

/// A package whose code refers to the subject.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Caller {
    /// The package of the innermost function at the instructions; none where it is not known (generated code, code of
    /// other languages).
    pub package: Option<String>,
    /// Whose package it is; that of Go where the package is not known.
    pub owner: Owner,
    /// The instructions, in order of their addresses.
    pub sites: Vec<Site>,
}

/// An instruction that refers to the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Site {
    /// Its address.
    pub at: u64,
    /// The place of the subject that it refers to.
    pub to: u64,
    /// How it refers.
    pub how: How,
}

/// What refers to the places of a subject.
#[derive(Debug, Default)]
pub(super) struct Referred {
    pub(super) callers: Vec<Caller>,
    pub(super) words: Vec<(u64, u64)>,
    pub(super) gap: Option<SearchGap>,
    /// Calls by the function itself.
    pub(super) by_itself: usize,
    pub(super) undecoded: usize,
    pub(super) searched: Option<Searched>,
}

pub(super) fn of(binary: &Binary, places: &[Place<'_>]) -> Referred {
    if places.is_empty() {
        return Referred::default();
    }
    let asked: Vec<Referent> = places.iter().map(Place::referent).collect();
    let found = match uses(binary, &asked) {
        Ok(found) => found,
        Err(gap) => return Referred { gap: Some(gap), ..Referred::default() },
    };
    let (callers, by_itself) = grouped(binary, &found.instructions);
    Referred {
        callers,
        by_itself,
        words: found.words,
        gap: None,
        undecoded: found.undecoded,
        searched: found.searched,
    }
}

/// The uses by package, and how often the function calls itself. Jumps to its own start, such as those behind the growth
/// of its stack, are no uses.
fn grouped(binary: &Binary, uses: &[Use]) -> (Vec<Caller>, usize) {
    let Ok(functions) = binary.functions() else { return (Vec::new(), 0) };
    let mut by_itself = 0;
    let owners = functions.owners();
    let mut current: Option<Files<'_>> = None;
    let mut known: HashMap<(Option<u32>, i32), Option<&str>> = HashMap::new();
    let mut by_package: BTreeMap<Option<&str>, Vec<Site>> = BTreeMap::new();
    for Use { at, to, how } in uses.iter().copied() {
        let here = |code: &Files<'_>| (code.function.entry..code.function.end).contains(&at);
        if !current.as_ref().is_some_and(here) {
            current = functions.table.find(at).map(|function| function.files());
        }
        let Some(code) = current.as_ref() else { continue };
        let name = code.function.name();
        // A stub of the linker leads there for others, which are found themselves.
        if code.function.entry == to || names::trampoline_target(name).is_some() {
            by_itself += usize::from(code.function.entry == to && how == How::Call);
            continue;
        }
        let file = code.number_at(at);
        let package = file.and_then(|file| {
            *known.entry((code.function.unit(), file)).or_insert_with(|| {
                let name = code.name(file)?;
                owners.owner_of_file(name).or_else(|| owners.owner_of_assembly(name))
            })
        });
        by_package.entry(package).or_default().push(Site { at, to, how });
    }
    let modules = Modules::of(binary);
    let mut callers: Vec<Caller> = by_package
        .into_iter()
        .map(|(package, sites)| Caller {
            owner: package.map_or(Owner::Std, |package| modules.owner(package)),
            package: package.map(str::to_owned),
            sites,
        })
        .collect();
    callers.sort_by(|a, b| (a.owner, &a.package).cmp(&(b.owner, &b.package)));
    (callers, by_itself)
}
