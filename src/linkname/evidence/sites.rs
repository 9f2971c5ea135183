//! Where are the names of the claims: as symbols, as functions, as inlined functions?
//!
//! One pass over each list of names for all claims together. A claim's remote is compared exactly, except for
//! Mach-O's `_` and the ABI marks: a variable whose dotted path is not escaped links as a second, private symbol, and
//! treating the two as one would prove a falsehood. The local name may be given in either spelling.

mod place;
mod wanted;

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::binary::{Binary, Functions};
use crate::image::{Place, SymbolKind};
use crate::names;

use super::super::claim::Claim;
use super::{Provider, Site};
pub(super) use place::provider;
use place::{function_site, inlined_site, symbol_site};
use wanted::{Index, Side, local_name};

/// What the lists of names have for each claim.
#[derive(Debug)]
pub(super) struct Names {
    claims: Vec<Found>,
}

#[derive(Debug, Default)]
struct Found {
    local: Vec<Site>,
    remote: Vec<Site>,
    other_spelling: Option<Vec<u8>>,
    package_present: bool,
    package_possible: bool,
    target_present: bool,
    package: String,
    /// The local name as symbols spell it.
    local_name: Vec<u8>,
    /// The import path of the remote's package.
    target: Option<String>,
}

impl Names {
    pub(super) fn collect(
        binary: &Binary,
        functions: Option<&Functions>,
        claims: &[Claim],
    ) -> Self {
        let as_named = |package: &str| match functions {
            Some(functions) => functions.owners().as_named(package).to_owned(),
            None => package.to_owned(),
        };
        let found = claims.iter().map(|claim| Found {
            local_name: local_name(claim, &as_named(&claim.package)),
            package: as_named(&claim.package),
            target: names::import_text(&claim.remote),
            ..Found::default()
        });
        let mut all = Self { claims: found.collect() };
        let index = Index::new(claims, &all.claims);
        all.add_symbols(binary, &index);
        if let Some(functions) = functions {
            all.add_functions(binary, functions, &index);
            all.add_inlined(functions, &index);
            for found in &mut all.claims {
                // `main` is the package that `go test` writes, without a directive; the symbols of the tested command
                // have its import path.
                let written = functions.owners().is_test() && found.package == "main";
                found.package_present |= functions.owners().knows(&found.package);
                found.package_present &= !written;
                found.package_possible = !found.package_present
                    && !written
                    && functions.owners().may_hold(&found.package);
                let target = found.target.as_deref();
                found.target_present |= target.is_some_and(|t| functions.owners().knows(t));
            }
        }
        all
    }

    pub(super) fn local(&self, claim: usize) -> &[Site] {
        self.claims.get(claim).map_or(&[], |found| &found.local)
    }

    pub(super) fn remote(&self, claim: usize) -> &[Site] {
        self.claims.get(claim).map_or(&[], |found| &found.remote)
    }

    pub(super) fn package_present(&self, claim: usize) -> bool {
        self.claims.get(claim).is_some_and(|found| found.package_present)
    }

    /// Whether the local package, which nothing shows, may have code in the binary.
    pub(super) fn package_possible(&self, claim: usize) -> bool {
        self.claims.get(claim).is_some_and(|found| found.package_possible)
    }

    /// Whether the remote's package has another name in the binary than the remote.
    pub(super) fn target_present(&self, claim: usize) -> bool {
        self.claims.get(claim).is_some_and(|found| found.target_present)
    }

    /// The local name as symbols spell it.
    pub(super) fn local_name(&self, claim: usize) -> &[u8] {
        self.claims.get(claim).map_or(&[], |found| &found.local_name)
    }

    pub(super) fn package(&self, claim: usize) -> &str {
        self.claims.get(claim).map_or("", |found| &found.package)
    }

    pub(super) fn other_spelling(&self, claim: usize) -> Option<&[u8]> {
        self.claims.get(claim)?.other_spelling.as_deref()
    }

    /// The import path of the remote's package.
    pub(super) fn target_package(&self, claim: usize) -> Option<&str> {
        self.claims.get(claim)?.target.as_deref()
    }

    fn add(&mut self, name: &[u8], index: &Index<'_>, site: impl Fn() -> Site) {
        let Some(wanted) = index.wanting(name) else { return };
        for (claim, side) in wanted {
            let Some(found) = self.claims.get_mut(*claim) else { continue };
            match side {
                Side::Local => found.local.push(site()),
                Side::Remote => found.remote.push(site()),
                Side::OtherSpelling => found.other_spelling = Some(name.to_vec()),
            }
        }
    }

    fn add_symbols(&mut self, binary: &Binary, index: &Index<'_>) {
        let table = binary.symbols();
        let go_data = OnceCell::new();
        let mut packages = names::InOrder::default();
        for symbol in &table.symbols {
            let Place::Section(section) = symbol.place else { continue };
            if matches!(symbol.kind, SymbolKind::Section | SymbolKind::File) {
                continue;
            }
            let raw = table.name(symbol);
            let name = names::without_abi(binary.go_name(raw));
            if index.wanting(name).is_some() {
                self.add(name, index, || symbol_site(binary, &go_data, symbol, section, raw));
            } else if let Some(package) = packages.package(name) {
                self.mark_target(name, package, index);
            }
        }
    }

    fn add_functions(&mut self, binary: &Binary, functions: &Functions, index: &Index<'_>) {
        let mut packages = names::InOrder::default();
        for function in functions.table.functions() {
            let name = function.name();
            self.add(name, index, || function_site(binary, functions, &function));
            let Some(target) = names::trampoline_target(name) else {
                if let Some(package) = packages.package(name) {
                    self.mark_package(name, package, index);
                }
                continue;
            };
            // A trampoline belongs to no package: a call of it is a call of its target.
            self.add(target, index, || Site {
                provider: Provider::Generated,
                ..function_site(binary, functions, &function)
            });
        }
    }

    fn mark_package(&mut self, name: &[u8], package: &[u8], index: &Index<'_>) {
        for claim in index.packages.get(package).into_iter().flatten() {
            if let Some(found) = self.claims.get_mut(*claim) {
                found.package_present = true;
            }
        }
        if index.wanting(name).is_none() {
            self.mark_target(name, package, index);
        }
    }

    /// Records that another name of a remote's package is in the binary.
    fn mark_target(&mut self, name: &[u8], package: &[u8], index: &Index<'_>) {
        let Some(claims) = index.targets.get(package) else { return };
        // A trampoline is placed beside its callers, and its target is found by itself (riscv64, 1.21).
        if names::trampoline_target(name).is_some() {
            return;
        }
        for claim in claims {
            if let Some(found) = self.claims.get_mut(*claim) {
                found.target_present = true;
            }
        }
    }

    fn add_inlined(&mut self, functions: &Functions, index: &Index<'_>) {
        let Some(trees) = &functions.trees else { return };
        for function in functions.table.functions() {
            let named = trees.names(&functions.table, function);
            let wanted: BTreeSet<&[u8]> =
                named.filter(|name| index.wanting(name).is_some()).collect();
            for name in wanted {
                let Some(site) = inlined_site(functions, &function, name) else { continue };
                self.add(name, index, || site.clone());
            }
        }
    }
}
