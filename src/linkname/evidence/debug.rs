//! What does DWARF say about the names of the claims: which unit defines them, and how large are they?
//!
//! Units are named by package, whatever `//line` says about files. DWARF is walked once, and only if an answer needs
//! it: for the owner of a variable there is no other witness, for functions there are two.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use crate::binary::{Binary, Functions};
use crate::dwarf::{DebugInfo, Entry, EntryKind, UnitRange};
use crate::linkname::claim::{Claim, Kind};
use crate::names;

use super::sites::Names;
use super::{Debug, DebugSite, Provider, Site, SiteSource, Witness};

/// What DWARF says about all claims.
#[derive(Debug)]
pub(super) struct DebugNames {
    witness: Witness,
    variables: HashMap<Vec<u8>, Vec<DebugSite>>,
    /// The package whose unit defines the function at an address.
    functions: HashMap<u64, String>,
}

impl DebugNames {
    /// Looks up in DWARF the names that an answer may depend on.
    pub(super) fn collect(
        binary: &Binary,
        functions: Option<&Functions>,
        claims: &[Claim],
        names: &Names,
    ) -> Self {
        let wanted = wanted(claims, names);
        let nothing =
            |witness| Self { witness, variables: HashMap::new(), functions: HashMap::new() };
        if wanted.is_empty() {
            return nothing(Witness::Missing);
        }
        match binary.debug() {
            None if binary.image.faults.is_empty() => nothing(Witness::Missing),
            None | Some(Err(_)) => nothing(Witness::Damaged),
            Some(Ok(info)) => Self::find(info, functions, &wanted),
        }
    }

    fn find(info: &DebugInfo, functions: Option<&Functions>, wanted: &HashSet<&[u8]>) -> Self {
        let found = info.find(&|name| wanted.contains(name));
        let any_go = info.units().iter().any(|unit| unit.is_go() && unit.has_entries);
        let mut names = Self {
            witness: match found.fault {
                Some(_) => Witness::Damaged,
                None if any_go => Witness::Whole,
                None => Witness::Missing,
            },
            variables: HashMap::new(),
            functions: HashMap::new(),
        };
        for entry in found.entries.into_iter().filter(|entry| !entry.declaration) {
            let Some(unit) = info.units().get(entry.unit) else { continue };
            let package = names::path_text(&unit.name);
            let package = match functions {
                Some(functions) if unit.is_go() => functions.owners().as_named(&package).to_owned(),
                _ => package,
            };
            names.add(entry, package, unit.is_go());
        }
        names
    }

    fn add(&mut self, entry: Entry, unit: String, go: bool) {
        match (entry.kind, entry.address) {
            (EntryKind::Subprogram, Some(address)) if go => {
                self.functions.insert(address, unit);
            }
            (EntryKind::Subprogram, _) => {}
            (EntryKind::Variable, address) => {
                let site = DebugSite { unit, go, address, size: entry.size };
                self.variables.entry(entry.name).or_default().push(site);
            }
        }
    }

    /// What DWARF says about both names of a claim.
    pub(super) fn of(&self, claim: &Claim, local: &[u8]) -> Debug {
        let named = |name: &[u8]| self.variables.get(name).cloned().unwrap_or_default();
        Debug { witness: self.witness, local: named(local), remote: named(&claim.remote) }
    }

    /// `sites` with the units that define them.
    pub(super) fn with_units(&self, sites: &[Site]) -> Vec<Site> {
        let unit = |site: &Site| self.functions.get(&site.address).cloned();
        sites.iter().map(|site| Site { unit: unit(site), ..site.clone() }).collect()
    }
}

/// Which package's unit contains an address. Used only if file and name disagree.
pub(super) struct CodeUnits<'a> {
    binary: &'a Binary,
    ranges: OnceCell<Vec<UnitRange>>,
}

impl<'a> CodeUnits<'a> {
    pub(super) fn of(binary: &'a Binary) -> Self {
        Self { binary, ranges: OnceCell::new() }
    }

    /// The package of the unit that contains `address`. For generic code and closures that is the package that uses
    /// them.
    pub(super) fn package(&self, functions: &Functions, address: u64) -> Option<String> {
        let info = self.binary.debug()?.ok()?;
        let ranges = self.ranges.get_or_init(|| match info.unit_ranges() {
            (ranges, None) => ranges,
            (_, Some(_)) => Vec::new(),
        });
        let after = ranges.partition_point(|range| range.start <= address);
        let range = ranges.get(after.checked_sub(1)?).filter(|range| address < range.end)?;
        let unit = info.units().get(range.unit).filter(|unit| unit.is_go())?;
        let package = names::path_text(&unit.name);
        Some(functions.owners().as_named(&package).to_owned())
    }
}

/// The names to look up: both names of every claim on a variable; and functions whose other witnesses name another
/// package than the symbol does, or none.
fn wanted<'a>(claims: &'a [Claim], names: &'a Names) -> HashSet<&'a [u8]> {
    let mut wanted = HashSet::new();
    for (index, claim) in claims.iter().enumerate() {
        let (local, remote) = (names.local(index), names.remote(index));
        let data = |sites: &[Site]| sites.iter().any(|site| !site.code);
        let variable = claim.kind != Kind::Func && (data(local) || data(remote));
        let target = names.target_package(index);
        let moved = |site: &Site| match &site.provider {
            Provider::Package(package) => Some(package.as_str()) != target,
            Provider::Doubtful(_) | Provider::Unknown => true,
            Provider::Assembly(_) | Provider::Generated => false,
        };
        let functions = remote.iter().filter(|site| site.source == SiteSource::Pclntab);
        if variable || functions.clone().any(moved) {
            wanted.insert(claim.remote.as_slice());
            wanted.insert(names.local_name(index));
        }
    }
    wanted
}
