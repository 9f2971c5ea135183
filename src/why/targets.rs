//! Which functions and variables are asked about?

use std::collections::BTreeSet;

use super::numbers::{Numbers, Place};
use super::objects::Objects;
use crate::binary::{Binary, Functions};
use crate::explain::{Found, find};
use crate::image;
use crate::names;
use crate::policy::pattern::Pattern;

/// What was asked, and what it stands for.
#[derive(Debug, Default)]
pub(super) struct Targets {
    /// The names that match, sorted.
    pub(super) names: Vec<Vec<u8>>,
    /// Functions and objects of data.
    pub(super) nodes: Vec<Place>,
    /// Functions that hold inlined bodies of the names, if nothing else is left of them.
    pub(super) holders: Vec<Place>,
}

/// The names in `binary` that `asked` stands for: a name, a pattern, an address, or `pkg:` and an import path. Sorted; the
/// second list has the nearest names if there are none.
#[must_use]
pub fn named(binary: &Binary, asked: &[u8]) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    if let Some(path) = asked.strip_prefix(b"pkg:") {
        return (of_package(binary, path), Vec::new());
    }
    let name = asked.strip_prefix(b"func:").or_else(|| asked.strip_prefix(b"var:"));
    match find(binary, name.unwrap_or(asked)) {
        Found::One(subject) => (subject.name.into_iter().collect(), Vec::new()),
        Found::Several(names) => (names, Vec::new()),
        Found::Nothing(nearest) => (Vec::new(), nearest),
    }
}

/// The functions and inlined functions of the packages that `path` covers.
fn of_package(binary: &Binary, path: &[u8]) -> Vec<Vec<u8>> {
    let pattern = Pattern::of_path(path);
    let mut found = BTreeSet::new();
    let mut packages = names::InOrder::default();
    let mut last: (&[u8], bool) = (b"", false);
    let Ok(functions) = binary.functions() else { return Vec::new() };
    for function in functions.table.functions() {
        let inlined = functions.trees.iter();
        let inlined = inlined.flat_map(|trees| trees.names(&functions.table, function));
        for name in std::iter::once(function.name()).chain(inlined) {
            let Some(package) = packages.package(name) else { continue };
            if package != last.0 {
                last = (package, pattern.covers_path(&names::unescaped(package)));
            }
            if last.1 && !found.contains(name) {
                found.insert(name.to_vec());
            }
        }
    }
    found.into_iter().collect()
}

/// The nodes of `names`.
pub(super) fn of(
    binary: &Binary,
    functions: &Functions,
    (numbers, objects): (&Numbers<'_>, &Objects),
    names: Vec<Vec<u8>>,
) -> Targets {
    let mut found = Targets { names, ..Targets::default() };
    let index = |index: usize| Place::try_from(index).ok();
    for name in &found.names {
        let named = functions.named_now(name);
        found.nodes.extend(named.iter().filter_map(|function| index(function.index)));
        // Function tables up to 1.20 leave out type arguments, which symbols have.
        let symbols = binary.named(name).symbols().map(|found| *found.symbol).collect::<Vec<_>>();
        let defined =
            symbols.iter().filter(|symbol| matches!(symbol.place, image::Place::Section(_)));
        let places = defined.filter_map(|symbol| numbers.at(symbol.address));
        found.nodes.extend(places.map(|place| objects.start_of(place)));
    }
    if found.nodes.is_empty() {
        let holding = found.names.iter().flat_map(|name| functions.inlining_now(name, usize::MAX));
        found.holders = holding.filter_map(|function| index(function.index)).collect();
    }
    found.nodes.sort_unstable();
    found.nodes.dedup();
    found.holders.sort_unstable();
    found.holders.dedup();
    found
}
