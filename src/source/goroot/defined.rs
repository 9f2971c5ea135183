//! Which symbols does the object file of one package define, and which of them are marked?
//!
//! What the compiler makes of declarations and directives (cmd/compile/internal/noder, ssagen/abi.go). A mark is an
//! attribute of the symbol that a directive names, whichever declaration the directive is on, if this package defines
//! the symbol. This file knows no folders and no linker.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::names;
use crate::rules::{Mark, Symbol, SymbolKind};
use crate::source::assembly::Assembly;
use crate::source::directive::Word;
use crate::source::file::{Declaration, DeclarationKind, GoFile};

/// What a package declares, by the symbols' names.
#[derive(Default)]
struct Declared {
    /// Whether the function has a body.
    functions: BTreeMap<String, bool>,
    methods: BTreeSet<String>,
    /// Whether the variable has an initialiser.
    variables: BTreeMap<String, bool>,
}

/// The symbols that a package's files define.
pub(super) fn symbols(
    path: &str,
    goarch: &str,
    files: &[&GoFile],
    assembly: &Assembly,
) -> BTreeMap<String, Symbol> {
    let declared = declare(path, goarch, files);
    let own = |local: &[u8]| String::from_utf8(names::symbol(path.as_bytes(), local)).ok();
    let mut marks: BTreeMap<String, Mark> = BTreeMap::new();
    let mut renamed = BTreeSet::new();
    let mut found = BTreeMap::new();
    for linkname in files.iter().flat_map(|file| &file.linknames) {
        let Some(local) = own(&linkname.local) else { continue };
        let written = linkname.remote.clone().map(String::from_utf8);
        let Ok(remote) = written.unwrap_or_else(|| Ok(local.clone())) else { continue };
        let mark = if linkname.word == Word::LinknameStd { Mark::Std } else { Mark::Everybody };
        marks.insert(remote.clone(), mark);
        if remote != local {
            if let Some(kind) = declared.published(&local, &remote, assembly) {
                unite(&mut found, remote, Symbol { kind, mark });
            }
            renamed.insert(local);
        }
    }
    let mut define = |name: &String, kind: SymbolKind| {
        let mark = marks.get(name).copied().unwrap_or(Mark::Absent);
        let assembly = matches!(kind, SymbolKind::Assembly | SymbolKind::BareAssembly);
        let marked = assembly && mark != Mark::Absent;
        let kind = if marked { SymbolKind::Function } else { kind };
        unite(&mut found, name.clone(), Symbol { kind, mark });
    };
    let functions = declared.functions.iter().filter(|(_, body)| **body).map(|(name, _)| name);
    functions
        .filter(|name| !renamed.contains(*name))
        .for_each(|name| define(name, SymbolKind::Function));
    let in_assembly = |name: &String| assembly.data.contains(name.as_bytes());
    let variables = declared.variables.keys().filter(|name| !in_assembly(name));
    variables
        .filter(|name| !renamed.contains(*name))
        .for_each(|name| define(name, SymbolKind::Variable));
    declared.methods.iter().for_each(|name| define(name, SymbolKind::Function));
    for name in assembly.text.iter().filter_map(|name| String::from_utf8(name.clone()).ok()) {
        let known = declared.functions.contains_key(&name);
        define(&name, if known { SymbolKind::Assembly } else { SymbolKind::BareAssembly });
    }
    for name in assembly.data.iter().filter_map(|name| String::from_utf8(name.clone()).ok()) {
        // Its data replaces Go's variable, and the mark disappears with the variable.
        unite(&mut found, name, Symbol { kind: SymbolKind::AssemblyVariable, mark: Mark::Absent });
    }
    found
}

impl Declared {
    /// The symbol that a directive with another name publishes.
    fn published(&self, local: &str, remote: &str, assembly: &Assembly) -> Option<SymbolKind> {
        if self.variables.get(local) == Some(&true) {
            // Data replaces a definition without data: runtime/cgo fills syscall.cgo_libc_setegid.
            return Some(SymbolKind::Variable);
        }
        let body = self.functions.get(local)?;
        let elsewhere = assembly.text.contains(remote.as_bytes())
            || assembly.data.contains(remote.as_bytes())
            || self.methods.contains(remote);
        (*body || elsewhere).then_some(SymbolKind::Function)
    }
}

fn declare(path: &str, goarch: &str, files: &[&GoFile]) -> Declared {
    let mut declared = Declared::default();
    for file in files {
        for declaration in file.declarations.iter().filter(|one| one.name != b"_" && !one.generic) {
            let own = |local: &[u8]| String::from_utf8(names::symbol(path.as_bytes(), local)).ok();
            let Some(name) = own(&declaration.name) else { continue };
            match &declaration.kind {
                DeclarationKind::Func if declaration.name == b"init" => {}
                DeclarationKind::Func => {
                    let wasm = || goarch == "wasm" && is_wasm_import(file, declaration);
                    let body = declared.functions.entry(name).or_default();
                    *body = *body || declaration.has_body || wasm();
                }
                DeclarationKind::Var => {
                    declared.variables.insert(name, declaration.has_body);
                }
                DeclarationKind::Method { receiver, pointer } => {
                    let spelt = |before: &[u8], behind: &[u8]| {
                        own(&[before, receiver, behind, b".", &declaration.name].concat())
                    };
                    // Where it is needed, the compiler makes a method of the pointer from one of the value.
                    declared.methods.extend(spelt(b"(*", b")"));
                    declared.methods.extend((!pointer).then(|| spelt(b"", b"")).flatten());
                }
                DeclarationKind::Const | DeclarationKind::Type { .. } => {}
            }
        }
    }
    declared
}

/// Whether `//go:wasmimport` is in the comment lines just above. The compiler then writes the body.
fn is_wasm_import(file: &GoFile, declaration: &Declaration) -> bool {
    let above = usize::try_from(declaration.line).unwrap_or(0).saturating_sub(1);
    let lines: Vec<&[u8]> = file.bytes.split(|byte| *byte == b'\n').take(above).collect();
    let comments = lines.iter().rev().take_while(|line| line.starts_with(b"//"));
    comments.into_iter().any(|line| line.starts_with(b"//go:wasmimport "))
}

/// The functions that the runtime's assembly defines with its macro CALLFN (asm_*.s): `CALLFN(·call16, 16)`.
pub(super) fn call_frames(path: &str, text: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        let name =
            line.strip_prefix(b"CALLFN(").and_then(|rest| rest.split(|byte| *byte == b',').next());
        if let Some(local) = name.and_then(|name| name.strip_prefix("·".as_bytes())) {
            found.push(names::symbol(path.as_bytes(), local));
        }
    }
    found
}

/// Keeps the stronger of two definitions, because packages and builds define one name differently.
pub(super) fn unite(into: &mut BTreeMap<String, Symbol>, name: String, symbol: Symbol) {
    match into.entry(name) {
        Entry::Vacant(free) => {
            free.insert(symbol);
        }
        Entry::Occupied(mut held) => {
            if strength(symbol) > strength(*held.get()) {
                held.insert(symbol);
            }
        }
    }
}

/// The order of strength: marked before unmarked, Go before assembly, data before code. It is the order of the
/// letters in testdata/rules/harvest/symbols.go.
fn strength(symbol: Symbol) -> (Mark, u8) {
    let kind = match symbol.kind {
        SymbolKind::BareAssembly => 0,
        SymbolKind::Assembly => 1,
        SymbolKind::AssemblyVariable => 2,
        SymbolKind::Function => 3,
        SymbolKind::Variable => 4,
    };
    (symbol.mark, kind)
}

/// Whether the name is a method's: it has a second dot after the package's.
pub(super) fn is_method(name: &str) -> bool {
    names::within_package(name.as_bytes()).contains(&b'.')
}
