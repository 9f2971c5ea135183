//! What is known about one name or address of an executable?
//!
//! Every witness is asked: the symbol table, Go's function table, inline trees, DWARF, the code that refers to it, and
//! Go's own rules. Nothing here needs source.
//!
//! ```no_run
//! use gonym::explain::{Found, explain, find};
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     if let Found::One(subject) = find(&binary, b"runtime.nanotime") {
//!         let explained = explain(&binary, subject);
//!         println!("{} places, {} packages refer", explained.places.len(), explained.callers.len());
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

mod callers;
mod declaration;
mod find;
mod names_of;
mod nearest;
mod places;

use crate::binary::Binary;
use crate::linkname::discover::{Linkname, discover_one, rule_of};
use crate::linkname::evidence::SearchGap;
use crate::linkname::permit::Permit;
use crate::names;
use crate::rules::Handle;
pub use callers::{Caller, Site};
pub use declaration::Declaration;
pub use find::{Found, Subject, find};
pub use places::{Inlined, Place};

/// Everything about one subject.
#[derive(Debug)]
#[non_exhaustive]
pub struct Explained<'a> {
    /// What was asked for.
    pub subject: Subject,
    /// Where it stands: first the function itself, then its ABI wrapper and others of its name. Empty if only inlined
    /// copies of it are left.
    pub places: Vec<Place<'a>>,
    /// Whether it is a name that the loader, or a later link, looks up elsewhere.
    pub imported: bool,
    /// The functions that hold an inlined copy, in order of their entries.
    pub inlined: Vec<Inlined<'a>>,
    /// What DWARF says of it.
    pub declaration: Declaration,
    /// The package in its name.
    pub named: Option<String>,
    /// The package in whose folder its source lies.
    pub folder: Option<String>,
    /// The package of its compilation unit in Go's function table.
    pub unit: Option<String>,
    /// Who refers to it, the program's own packages first.
    pub callers: Vec<Caller>,
    /// How many calls of its own there are in it.
    pub calls_itself: usize,
    /// Words of data that hold its address, or that of its function value: address and value.
    pub words: Vec<(u64, u64)>,
    /// Why the code was not searched, if it was not.
    pub gap: Option<SearchGap>,
    /// How many functions could not be decoded, so that a reference may have been missed.
    pub undecoded: usize,
    /// Linknames that lead to it, if the binary betrays any.
    pub linknames: Vec<Linkname>,
    /// What Go's rules say of a pull of it by a package outside the standard library.
    pub permit: Option<Permit>,
}

/// Collects everything about `subject`.
#[must_use]
pub fn explain(binary: &Binary, subject: Subject) -> Explained<'_> {
    let places = places::of(binary, &subject);
    let name = subject.name.clone().unwrap_or_default();
    let referred = callers::of(binary, &places);
    let function = places.iter().find_map(|place| place.function);
    let functions = binary.functions().ok();
    let unit = function
        .zip(functions)
        .and_then(|(function, functions)| functions.owners().unit(function.unit())?.owner.clone());
    let folder = function.zip(functions).and_then(|(function, functions)| {
        let file = functions.own_file(&function)?;
        let owners = functions.owners();
        owners.owner_of_file(file).or_else(|| owners.owner_of_assembly(file)).map(str::to_owned)
    });
    let linknames = match function {
        Some(function) => {
            discover_one(binary, function.name(), referred.searched.as_ref()).linknames
        }
        None => Vec::new(),
    };
    let data = places.first().is_some_and(|place| !place.referent().code);
    let handle = if data { Handle::Variable } else { Handle::Function };
    Explained {
        imported: places.is_empty() && places::is_imported(binary, &name),
        inlined: places::inlined(binary, &name),
        declaration: declaration::of(binary, &name, places.first().map(|place| place.address)),
        named: names::import_text(&name),
        folder,
        unit,
        callers: referred.callers,
        calls_itself: referred.by_itself,
        words: referred.words,
        gap: referred.gap,
        undecoded: referred.undecoded,
        linknames,
        permit: rule_of(binary, &name, handle),
        places,
        subject,
    }
}
