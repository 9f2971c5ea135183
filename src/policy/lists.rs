//! Which names does a binary have, and which lists of names are whole?

use std::collections::{BTreeMap, BTreeSet};

use super::pattern::Pattern;
use super::{Because, Subject};
use crate::binary::{Binary, Functions, NameWitnesses, Witness};
use crate::names;

/// What has a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bearer {
    /// A Go function, inlined or not.
    pub(super) function: bool,
    /// A symbol in data.
    pub(super) data: bool,
}

/// Every name of one binary.
#[derive(Debug)]
pub(super) struct Lists {
    pub(super) names: BTreeMap<Vec<u8>, Bearer>,
    /// Functions whose type arguments are left out, and which no symbol table names: `F[...]`.
    pub(super) hidden: BTreeSet<Vec<u8>>,
    pub(super) searched: Vec<&'static str>,
    pub(super) witnesses: NameWitnesses,
    /// Headers or the loader's tables are damaged, or the file is no Go program.
    pub(super) damaged: bool,
    /// The program is linked with Go's shared libraries.
    pub(super) shared: bool,
}

/// How Go up to 1.20 writes all type arguments in the function table and in inline trees.
const HIDDEN: &[u8] = b"[...]";

impl Lists {
    /// Collects symbols, functions, inlined functions, imports and exports.
    pub(super) fn of(binary: &Binary) -> Self {
        let functions = binary.functions().ok();
        let mut all = Self {
            names: BTreeMap::new(),
            hidden: BTreeSet::new(),
            searched: Vec::new(),
            witnesses: binary.name_witnesses(),
            damaged: functions.is_none() || !binary.image.faults.is_empty(),
            shared: false,
        };
        all.add_symbols(binary, functions);
        if let Some(functions) = functions {
            all.add_functions(functions);
        }
        if binary.image.dynamic {
            let view = binary.dynamic();
            all.damaged |= !view.faults.is_empty();
            let imported = view.imports.iter().map(|import| import.name.as_slice());
            let exported = view.exports.iter().map(|export| export.name.as_slice());
            all.searched.push("dynamic");
            for name in imported.chain(exported).map(|name| binary.go_name(name)) {
                all.add(name, Bearer::default());
            }
        }
        all.shared = all.names.keys().any(|name| names::go_library(name).is_some());
        all
    }

    fn add_symbols(&mut self, binary: &Binary, functions: Option<&Functions>) {
        let table = binary.symbols();
        if table.symbols.is_empty() {
            return;
        }
        self.searched.push("symtab");
        for symbol in &table.symbols {
            let name = names::without_abi(binary.go_name(table.name(symbol)));
            // Up to 1.20 only symbols have the full names of instances.
            let function = names::is_instance(name) && begins_function(functions, symbol.address);
            self.add(name, Bearer { function, data: binary.is_in_data(symbol) });
        }
    }

    fn add_functions(&mut self, functions: &Functions) {
        let whole = self.witnesses.symtab == Witness::Whole;
        self.searched.push("pclntab");
        for function in functions.table.functions() {
            self.add_function(function.name(), whole);
        }
        let Some(trees) = &functions.trees else { return };
        self.searched.push("inlined");
        for function in functions.table.functions() {
            for name in trees.names(&functions.table, function) {
                self.add_function(name, false);
            }
        }
    }

    fn add_function(&mut self, name: &[u8], named_by_symbol: bool) {
        self.add(name, Bearer { function: true, data: false });
        let hides = memchr::memmem::find(name, HIDDEN).is_some();
        if hides && !named_by_symbol && !self.hidden.contains(name) {
            self.hidden.insert(name.to_vec());
        }
    }

    fn add(&mut self, name: &[u8], bearer: Bearer) {
        if name.is_empty() {
            return;
        }
        match self.names.get_mut(name) {
            Some(known) => {
                known.function |= bearer.function;
                known.data |= bearer.data;
            }
            None => _ = self.names.insert(name.to_vec(), bearer),
        }
    }

    /// The lists that were searched for `subject`.
    pub(super) fn searched(&self, subject: Subject) -> Vec<&'static str> {
        let of_subject = |list: &&'static str| match subject {
            Subject::Name => true,
            Subject::Var => *list == "symtab",
            Subject::Func | Subject::Pkg => ["pclntab", "inlined"].contains(list),
        };
        let files = (subject == Subject::Pkg && !self.searched.is_empty()).then_some("files");
        self.searched.iter().copied().filter(of_subject).chain(files).collect()
    }

    /// The names that equal `wanted`; if there are none, those that it covers.
    pub(super) fn matches(&self, subject: Subject, wanted: &Pattern) -> Vec<Vec<u8>> {
        let exact = self.exact(subject, wanted);
        if !exact.is_empty() || !wanted.is_wild() {
            return exact;
        }
        self.having(subject, |name| {
            wanted.covers(name) && (subject != Subject::Var || is_declared(name))
        })
    }

    /// The names that equal `wanted`.
    pub(super) fn exact(&self, subject: Subject, wanted: &Pattern) -> Vec<Vec<u8>> {
        self.having(subject, |name| wanted.is(name))
    }

    /// The instances of the generic function `generic`.
    pub(super) fn instances(&self, generic: &[u8]) -> Vec<Vec<u8>> {
        self.having(Subject::Name, |name| Pattern::is_instance_of(name, generic))
    }

    /// Functions with hidden type arguments that `wanted` may mean.
    pub(super) fn hidden(&self, wanted: &Pattern) -> Vec<Vec<u8>> {
        self.hidden.iter().filter(|name| wanted.could_be(name)).cloned().collect()
    }

    fn having(&self, subject: Subject, holds: impl Fn(&[u8]) -> bool) -> Vec<Vec<u8>> {
        let of_subject = |bearer: &Bearer| match subject {
            Subject::Func => bearer.function,
            Subject::Var => bearer.data,
            Subject::Name | Subject::Pkg => true,
        };
        let found = self.names.iter().filter(|(name, bearer)| of_subject(bearer) && holds(name));
        found.map(|(name, _)| name.clone()).collect()
    }

    /// Why a name that was not found may still have been there, if that is so.
    pub(super) fn gap(&self, subject: Subject) -> Option<Because> {
        let NameWitnesses { symtab, pclntab, inlined } = self.witnesses;
        let wanted = match subject {
            Subject::Name => vec![symtab, pclntab, inlined],
            Subject::Var => vec![symtab],
            Subject::Func | Subject::Pkg => vec![pclntab, inlined],
        };
        match () {
            () if self.damaged || wanted.contains(&Witness::Damaged) => Some(Because::Damaged),
            () if self.shared => Some(Because::SharedLibrary),
            () if wanted.contains(&Witness::Missing) => Some(Because::Stripped),
            () => None,
        }
    }
}

fn begins_function(functions: Option<&Functions>, address: u64) -> bool {
    let found = functions.and_then(|functions| functions.table.find(address));
    found.is_some_and(|function| function.entry == address)
}

/// Whether the variable is declared in source. Types, strings and function values are not, nor are the compiler's own
/// variables, whose names begin with a dot (`main..inittask`, `main..dict.F[int]`).
fn is_declared(name: &[u8]) -> bool {
    names::package(name).is_some()
        && !names::within_package(name).starts_with(b".")
        && !name.ends_with("\u{b7}f".as_bytes())
}
