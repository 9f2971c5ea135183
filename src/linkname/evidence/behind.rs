//! Does code read past the end of a variable, as if it had declared it larger?
//!
//! If two zero variables have one name, linkers up to 1.22 keep the owner's size. A larger local declaration then
//! reads and writes what follows the variable (`var v [4]int64` linked to an `int64`). Its use of the fourth element
//! is a reference to a neighbour's address, and that may be the only trace of the directive.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::binary::Binary;
use crate::image::{Place, SymbolKind};
use crate::linkname::claim::{Claim, Kind};
use crate::names;
use crate::rules::{self, Insertion};

use super::sites::Names;

/// How far after a variable such references are searched. Larger variables are rare, and every reference takes time.
const FAR: u64 = 1 << 16;

/// The first minor version whose linker keeps the larger of two zero variables (golang/go#72032).
const LARGER_WINS: u16 = 23;

/// The bytes after the variables of the claims.
#[derive(Debug, Default)]
pub(super) struct Behind {
    ranges: Vec<Option<Range<u64>>>,
    neighbours: BTreeMap<u64, Neighbour>,
    /// The addresses of the claimed variables, with the packages that claim them.
    claimed: BTreeSet<(u64, String)>,
}

/// A symbol of data.
#[derive(Debug)]
struct Neighbour {
    package: String,
    /// Its end; unknown for Mach-O and PE.
    end: Option<u64>,
    /// Whether other packages need a directive to refer to it.
    hidden: bool,
}

impl Behind {
    /// The bytes to search; none if the linker gives a variable the size of its largest declaration.
    pub(super) fn of(binary: &Binary, claims: &[Claim], names: &Names) -> Self {
        let minor = binary.build().and_then(|build| build.version.known_minor());
        if !kept_owners_size(minor) {
            return Self::default();
        }
        let ranges: Vec<Option<Range<u64>>> = claims
            .iter()
            .enumerate()
            .map(|(index, claim)| {
                let site = names.remote(index).iter().find(|site| !site.code)?;
                let end = site.address.saturating_add(site.size.max(1));
                let section = binary.section_at(site.address)?;
                let last =
                    section.address.saturating_add(section.size).min(end.saturating_add(FAR));
                (claim.kind != Kind::Func && end < last).then_some(end..last)
            })
            .collect();
        if ranges.iter().all(Option::is_none) {
            return Self::default();
        }
        let claimed = (0..claims.len()).flat_map(|index| {
            let package = names.package(index);
            names.remote(index).iter().map(move |site| (site.address, package.to_owned()))
        });
        Self { neighbours: neighbours(binary, minor), claimed: claimed.collect(), ranges }
    }

    /// Start and length of the ranges to search.
    pub(super) fn wanted(&self) -> impl Iterator<Item = (u64, u64)> {
        self.ranges.iter().flatten().map(|range| (range.start, range.end - range.start))
    }

    /// The claims whose package refers to what lies behind their variable. `uses` are all addresses that code refers
    /// to, each with a package whose code that is.
    pub(super) fn reached<'a>(
        &self,
        names: &Names,
        uses: impl Iterator<Item = (u64, &'a str)>,
    ) -> BTreeSet<usize> {
        if self.ranges.iter().all(Option::is_none) {
            return BTreeSet::new();
        }
        let mut uses: Vec<(u64, &str)> = uses.collect();
        uses.sort_unstable();
        let ranges = self.ranges.iter().enumerate();
        let asked = ranges.filter_map(|(claim, range)| Some((claim, range.as_ref()?)));
        let reached = asked.filter(|(claim, range)| {
            let first = uses.partition_point(|(to, _)| *to < range.start);
            let mut inside = uses.iter().skip(first).take_while(|(to, _)| *to < range.end);
            let own = |package: &str| package == names.package(*claim);
            inside.any(|(to, package)| own(package) && self.reaches(*claim, package, *to))
        });
        reached.map(|(claim, _)| claim).collect()
    }

    /// Whether code of `package` that refers to `address` may mean the variable of `claim`: what lies there is
    /// nothing that the package may name.
    fn reaches(&self, claim: usize, package: &str, address: u64) -> bool {
        let range = self.ranges.get(claim).and_then(Option::as_ref);
        let near = self.neighbours.range(..=address).next_back();
        let Some((at, near)) = near.filter(|_| range.is_some_and(|r| r.contains(&address))) else {
            return false;
        };
        let within = near.end.is_none_or(|end| address < end);
        let accounted = within && self.claimed.contains(&(*at, package.to_owned()));
        near.package != package && !accounted && (near.hidden || !within)
    }
}

/// Whether the linker of Go 1.`minor` keeps the owner's size if two zero variables have one name.
pub(super) fn kept_owners_size(minor: Option<u16>) -> bool {
    minor.is_some_and(|minor| minor < LARGER_WINS)
}

fn neighbours(binary: &Binary, minor: Option<u16>) -> BTreeMap<u64, Neighbour> {
    let table = binary.symbols();
    let named = table.symbols.iter().filter_map(|symbol| {
        let Place::Section(section) = symbol.place else { return None };
        let code = binary.image.sections.get(section as usize).is_none_or(|s| s.executable);
        if code || matches!(symbol.kind, SymbolKind::Section | SymbolKind::File) {
            return None;
        }
        let name = binary.go_name(table.name(symbol));
        let package = names::import_text(name)?;
        let hidden = !names::is_exported(name)
            && rules::insertion(minor, name) == Insertion::NotInserted
            && rules::linker_defines(minor, name) == Some(false);
        let end = (symbol.size > 0).then(|| symbol.address.saturating_add(symbol.size));
        Some((symbol.address, Neighbour { package, end, hidden }))
    });
    named.collect()
}
