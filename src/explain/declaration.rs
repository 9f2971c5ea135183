//! What does DWARF say of a subject: its unit, its type, its parameters?

use std::collections::HashSet;

use crate::binary::Binary;
use crate::dwarf::{Entry, EntryKind, Parameter};
use crate::names;

/// What the compiler recorded for debuggers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Declaration {
    /// Whether there is any DWARF that can be read.
    pub present: bool,
    /// The name of the compilation unit, for Go the import path of its package.
    pub unit: Option<String>,
    /// The type of a variable, or the parameters and results of a function, as Go writes them.
    pub signature: Option<Vec<u8>>,
    /// The size of a variable's type in bytes.
    pub size: Option<u64>,
}

/// Looks up `name`; of several entries the one at `address` counts.
pub(super) fn of(binary: &Binary, name: &[u8], address: Option<u64>) -> Declaration {
    let Some(Ok(debug)) = binary.debug() else { return Declaration::default() };
    let mut declaration = Declaration { present: true, ..Declaration::default() };
    if name.is_empty() {
        return declaration;
    }
    let found = debug.find(&|other| names::without_abi(other) == name);
    let here = |entry: &&Entry| address.is_none() || entry.address == address;
    let defined = || found.entries.iter().filter(|entry| !entry.declaration);
    // The copies of an inlined function are described by an entry without an address.
    let Some(entry) = defined().find(here).or_else(|| defined().next()) else { return declaration };
    let unit = debug.units().get(entry.unit).filter(|unit| unit.is_go());
    declaration.unit = unit.map(|unit| names::path_text(&unit.name));
    declaration.size = entry.size.filter(|_| entry.kind == EntryKind::Variable);
    declaration.signature = match entry.kind {
        EntryKind::Variable => entry.type_name.clone(),
        // Of assembly no parameters are recorded.
        EntryKind::Subprogram if unit.is_some() && !is_assembly(binary, entry) => {
            Some(signature(entry))
        }
        EntryKind::Subprogram => None,
    };
    declaration
}

fn is_assembly(binary: &Binary, entry: &Entry) -> bool {
    let function = entry.address.and_then(|address| binary.at(address).function());
    function.is_some_and(|function| function.is_assembly())
}

/// Parameters and results as Go writes them; the receiver of a method is the first parameter.
fn signature(entry: &Entry) -> Vec<u8> {
    let all = entry.parameters.iter().chain(&entry.own_results);
    let (mut results, parameters): (Vec<&Parameter>, Vec<&Parameter>) =
        all.partition(|parameter| parameter.is_result);
    // Go lists some results twice.
    let mut seen = HashSet::new();
    results.retain(|result| seen.insert(&result.name));
    let named = results.iter().any(|result| !is_unnamed(&result.name));
    let mut out = b"func(".to_vec();
    list(&mut out, &parameters);
    out.push(b')');
    match (results.len(), named) {
        (0, _) => {}
        (1, false) => {
            out.push(b' ');
            list(&mut out, &results);
        }
        _ => {
            out.extend_from_slice(b" (");
            list(&mut out, &results);
            out.push(b')');
        }
    }
    out
}

fn list(out: &mut Vec<u8>, parameters: &[&Parameter]) {
    for (index, parameter) in parameters.iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(b", ");
        }
        if !is_unnamed(&parameter.name) {
            out.extend_from_slice(&parameter.name);
            out.push(b' ');
        }
        out.extend_from_slice(parameter.type_name.as_deref().unwrap_or(b"?"));
    }
}

/// Go calls parameters without a name `~p0`, and results `~r0`.
fn is_unnamed(name: &[u8]) -> bool {
    name.is_empty() || name.starts_with(b"~")
}
