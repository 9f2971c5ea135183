//! Which functions need a linkname to be referred to from another package?

use std::collections::HashMap;

use crate::binary::{Binary, Functions};
use crate::names;
use crate::rules::{self, Insertion};

use super::super::{Provider, sites};

/// What a reference from another package means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Class {
    /// Only a linkname leads there.
    Hidden,
    /// The name is exported, of a package that only some may import.
    Barred,
    /// Any package may call it.
    Exported,
    /// Compiler or linker call it by themselves.
    Inserted,
}

/// A function that others may refer to.
#[derive(Debug)]
pub(super) struct Callee<'a> {
    /// Its name.
    pub(super) name: &'a [u8],
    /// The number of the package in its name.
    pub(super) package: u32,
    pub(super) class: Class,
    /// The numbers of the packages whose files hold it under that name; only of hidden ones.
    pub(super) providers: Vec<u32>,
}

/// The functions of a program, by name and by entry. An ABI wrapper and what it wraps are one.
#[derive(Debug, Default)]
pub(super) struct Callees<'a> {
    pub(super) all: Vec<Callee<'a>>,
    by_entry: HashMap<u64, u32>,
    packages: Packages,
}

/// Import paths, numbered.
#[derive(Debug, Default)]
struct Packages {
    paths: Vec<Box<[u8]>>,
    numbers: HashMap<Box<[u8]>, u32>,
}

impl Packages {
    fn number(&mut self, path: &[u8]) -> u32 {
        if let Some(number) = self.numbers.get(path) {
            return *number;
        }
        let number = u32::try_from(self.paths.len()).unwrap_or(u32::MAX);
        self.paths.push(path.into());
        self.numbers.insert(path.into(), number);
        number
    }
}

impl<'a> Callees<'a> {
    /// All functions that have a package and that source can name, or those of them that have the name `only`.
    pub(super) fn of(binary: &Binary, functions: &'a Functions, only: Option<&[u8]>) -> Self {
        let minor = binary.build().and_then(|build| build.version.known_minor());
        let mut found = Self::default();
        let mut by_name: HashMap<&[u8], u32> = HashMap::new();
        for function in functions.table.functions() {
            let name = function.name();
            if only.is_some_and(|only| only != name) {
                continue;
            }
            let Some(path) = names::import_path(name) else { continue };
            let made = names::is_derived(name) || names::is_instance(name);
            if made || names::trampoline_target(name).is_some() {
                continue;
            }
            let number = *by_name.entry(name).or_insert_with(|| {
                let package = found.packages.number(&path);
                let class = class(minor, name, &path);
                found.all.push(Callee { name, package, class, providers: Vec::new() });
                u32::try_from(found.all.len() - 1).unwrap_or(u32::MAX)
            });
            found.by_entry.insert(function.entry, number);
            let Some(callee) = found.all.get_mut(number as usize) else { continue };
            if !matches!(callee.class, Class::Hidden | Class::Barred) {
                continue;
            }
            if let Provider::Package(of) | Provider::Doubtful(of) | Provider::Assembly(of) =
                sites::provider(functions, &function)
            {
                let of = found.packages.number(of.as_bytes());
                if !callee.providers.contains(&of) {
                    callee.providers.push(of);
                }
            }
        }
        found
    }

    /// The function that begins at `entry`, and its number.
    pub(super) fn at(&self, entry: u64) -> Option<(u32, &Callee<'a>)> {
        let number = *self.by_entry.get(&entry)?;
        Some((number, self.all.get(number as usize)?))
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = u64> {
        self.by_entry.keys().copied()
    }

    /// The number of the package `path`, which may have no function.
    pub(super) fn number(&mut self, path: &str) -> u32 {
        self.packages.number(path.as_bytes())
    }

    /// The import path of package number `package`.
    pub(super) fn path(&self, package: u32) -> String {
        let path = self.packages.paths.get(package as usize);
        path.map(|path| names::path_text(path)).unwrap_or_default()
    }
}

fn class(minor: Option<u16>, name: &[u8], package: &[u8]) -> Class {
    if matches!(rules::insertion(minor, name), Insertion::Inserted(_)) {
        return Class::Inserted;
    }
    if !names::is_exported(name) {
        return Class::Hidden;
    }
    // A method can be called on what a function returns.
    let function = !names::within_package(name).contains(&b'.');
    let barred = || package == b"main" || names::internal_to(&names::path_text(package)).is_some();
    if function && barred() { Class::Barred } else { Class::Exported }
}
