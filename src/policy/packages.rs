//! Which packages have code in a binary?
//!
//! Packages are found by the names of functions, and by the folder or compilation unit that the code comes from: a
//! package that only pushes has no function of its own name. A package whose code left no instruction is not seen:
//! bodies folded to constants, data, types.

use std::collections::{BTreeMap, BTreeSet};

use super::pattern::Pattern;
use crate::binary::{Binary, Functions};
use crate::golang::pclntab::Function;
use crate::names;

/// For each import path, what shows that the package has code: function names, or a file's name if no function shows
/// it.
#[derive(Debug, Default)]
pub(super) struct Packages(BTreeMap<Vec<u8>, BTreeSet<Vec<u8>>>);

impl Packages {
    /// The packages of `binary`.
    pub(super) fn of(binary: &Binary) -> Self {
        let mut all = Self::default();
        let Ok(functions) = binary.functions() else { return all };
        for function in functions.table.functions() {
            all.add_function(functions, &function);
            let inlined = functions.trees.iter();
            for name in inlined.flat_map(|trees| trees.names(&functions.table, function)) {
                all.add_name(name);
            }
        }
        for file in functions.table.files() {
            let Some(owner) = owner(functions, file) else { continue };
            // A function tells more than its file.
            let shown = all.0.entry(owner.as_bytes().to_vec()).or_default();
            if shown.is_empty() {
                shown.insert(file.to_vec());
            }
        }
        all.add_main_path(binary, functions);
        all
    }

    /// What shows the packages that `wanted` covers, sorted.
    pub(super) fn covered(&self, wanted: &Pattern) -> Vec<Vec<u8>> {
        let covered = self.0.iter().filter(|(path, _)| wanted.covers_path(path));
        let shown: BTreeSet<&Vec<u8>> = covered.flat_map(|(_, shown)| shown).collect();
        shown.into_iter().cloned().collect()
    }

    /// What shows the package of exactly this path.
    pub(super) fn exact(&self, path: &[u8]) -> Vec<Vec<u8>> {
        let shown = self.0.get(&*names::unescape(path));
        shown.into_iter().flatten().cloned().collect()
    }

    fn add_name(&mut self, name: &[u8]) {
        if let Some(package) = names::import_path(name) {
            self.add(&package, name);
        }
    }

    fn add_function(&mut self, functions: &Functions, function: &Function<'_>) {
        let name = function.name();
        self.add_name(name);
        // A generic function is compiled into the packages that use it.
        if names::is_instance(name) {
            return;
        }
        let file = functions.own_file(function).and_then(|file| owner(functions, file));
        let unit = functions.folders().unit(function.unit()).and_then(|unit| unit.owner.as_deref());
        for package in file.into_iter().chain(unit) {
            self.add(package.as_bytes(), name);
        }
    }

    fn add(&mut self, package: &[u8], name: &[u8]) {
        let shown = match self.0.get_mut(package) {
            Some(shown) => shown,
            None => self.0.entry(package.to_vec()).or_default(),
        };
        if !shown.contains(name) {
            shown.insert(name.to_vec());
        }
    }

    /// A rule may name package main by its import path too.
    fn add_main_path(&mut self, binary: &Binary, functions: &Functions) {
        let Some(path) = binary.build().map(|build| build.path.as_str()) else { return };
        if functions.folders().as_named(path) == "main"
            && let Some(shown) = self.0.get(&b"main"[..]).cloned()
        {
            self.0.insert(path.as_bytes().to_vec(), shown);
        }
    }
}

/// The package whose folder holds `file`.
fn owner<'a>(functions: &'a Functions, file: &[u8]) -> Option<&'a str> {
    let folders = functions.folders();
    folders.owner_of_file(file).or_else(|| folders.owner_of_assembly(file))
}
