//! Which function, variable or address is meant?

use std::collections::BTreeSet;

use super::names_of::each_name;
use super::nearest;
use crate::binary::Binary;
use crate::image::Place;
use crate::names;
use crate::policy::pattern::Pattern;

/// What is explained: a name, an address, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subject {
    /// The name as the binary spells it, without the mark of an ABI; none at an address that nothing is named after.
    pub name: Option<Vec<u8>>,
    /// The address that was asked for; none if a name was.
    pub address: Option<u64>,
}

/// What a name or an address stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// One thing.
    One(Subject),
    /// Several names: a pattern, or a generic function with several instances. Sorted.
    Several(Vec<Vec<u8>>),
    /// Nothing; these names are nearest to it, the nearest first.
    Nothing(Vec<Vec<u8>>),
}

/// Finds what `asked` stands for in `binary`: an address in hexadecimal that begins with `0x`, a name in either
/// spelling, a pattern with `*` and `?`, or at last an address without `0x`.
#[must_use]
pub fn find(binary: &Binary, asked: &[u8]) -> Found {
    if let Some(digits) = asked.strip_prefix(b"0x").or_else(|| asked.strip_prefix(b"0X"))
        && let Some(address) = address(digits)
    {
        return at(binary, address);
    }
    // The name as it is, which an index answers.
    let exact = names::without_abi(binary.go_name(asked));
    let named = binary.named(exact);
    let is_there = named.functions().next().is_some()
        || named.symbols().any(|symbol| is_of_memory(symbol.symbol.place))
        || !named.marked_symbols().is_empty()
        || named.inlined().next().is_some();
    if is_there {
        return Found::One(Subject { name: Some(exact.to_vec()), address: None });
    }
    let pattern = Pattern::of_name(asked);
    let mut found = having(binary, |name| pattern.is(name));
    if found.is_empty() && pattern.is_wild() {
        found = having(binary, |name| pattern.covers(name));
    }
    if found.is_empty() {
        found = having(binary, |name| is_short_for(asked, name));
    }
    match (found.len(), address(asked)) {
        (0, Some(address)) if binary.section_at(address).is_some() => at(binary, address),
        (0, _) => Found::Nothing(nearest::to(binary, asked)),
        (1, _) => Found::One(Subject { name: found.into_iter().next(), address: None }),
        _ => Found::Several(found.into_iter().collect()),
    }
}

/// Whether `asked` is how a person writes `name`: as Go's traces do, `F[...]` for whatever type arguments
/// (runtime/traceback.go, `funcNameForPrint`), or without the package.
fn is_short_for(asked: &[u8], name: &[u8]) -> bool {
    let opening = memchr::memchr(b'[', name);
    let closing = memchr::memrchr(b']', name);
    if memchr::memmem::find(asked, b"[...]").is_some()
        && let Some((opening, closing)) = opening.zip(closing)
    {
        let before = name.get(..opening).unwrap_or_default();
        let behind = name.get(closing + 1..).unwrap_or_default();
        return [before, b"[...]", behind].concat() == asked;
    }
    let plain = !asked.is_empty() && !asked.iter().any(|byte| b"./".contains(byte));
    plain && names::package(name).is_some() && names::within_package(name) == asked
}

/// A symbol of a source file stands for nothing in memory.
fn is_of_memory(place: Place) -> bool {
    matches!(place, Place::Section(_) | Place::Undefined | Place::Common)
}

fn address(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?;
    // A sign would be taken too.
    let only_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    only_digits.then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

/// What is at `address`, which may lie within a function or variable.
fn at(binary: &Binary, address: u64) -> Found {
    let at = binary.at(address);
    if at.section().is_none() {
        return Found::Nothing(Vec::new());
    }
    let function = at.function().map(|function| function.name());
    let symbol =
        at.holding_symbol().or_else(|| at.symbol().filter(|s| s.symbol.address == address));
    let name = function.or_else(|| symbol.map(|symbol| names::without_abi(symbol.name)));
    let name = name.filter(|name| !name.is_empty()).map(<[u8]>::to_vec);
    Found::One(Subject { name, address: Some(address) })
}

/// The names in `binary` for which `holds` is true: symbols with a place, functions, inlined functions.
fn having(binary: &Binary, holds: impl Fn(&[u8]) -> bool) -> BTreeSet<Vec<u8>> {
    let mut found = BTreeSet::new();
    each_name(binary, |name| {
        if holds(name) && !found.contains(name) {
            found.insert(name.to_vec());
        }
    });
    found
}
