//! Where does a file use a name that its package declares, and where does the same name mean something else?
//!
//! A parameter, a local variable, a field or a label may have the name of a package's function. Scopes are resolved
//! as the compiler resolves them, so these are told apart. Types are not known: whether `T{f: 1}` names a field, or
//! `len(f)` is a constant, is not certain.
//!
//! A use is sure if it means the package's declaration and leaves code at its place. It is not sure in a constant
//! expression, if it is assigned to `_`, or after a condition that may be constant, on lines that it shares with
//! other code.
//!
//! ```
//! use std::collections::BTreeSet;
//!
//! use gonym::source::file::GoFile;
//! use gonym::source::uses::{Known, uses};
//!
//! let text = "package p\n\nfunc f()\n\nfunc g() { f() }\n\nfunc h(f func()) { f() }\n";
//! let file = GoFile::parse(text.as_bytes().to_vec());
//! let known = Known::of(std::slice::from_ref(&file));
//! let names = BTreeSet::from([&b"f"[..]]);
//! let lines: Vec<u32> = uses(&file, &names, &known).iter().map(|one| one.line).collect();
//! // The declaration and the call in `g`; what `h` calls is its parameter.
//! assert_eq!(lines, [3, 5]);
//! ```

mod calls;
mod cursor;
mod declarations;
mod expressions;
mod known;
mod literals;
mod places;
mod roots;
mod scopes;
mod statements;
mod types;
mod universe;
mod walk;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use known::Known;
pub use roots::Root;
use walk::Walk;
use words::{Words, bodies_without};

use super::file::GoFile;

/// A range of lines in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lines {
    /// The first, from 1.
    pub first: u32,
    /// The last.
    pub last: u32,
}

/// A name that may mean the package's declaration; it does not follow a dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use<'a> {
    /// The name.
    pub name: &'a [u8],
    /// Its line, from 1.
    pub line: u32,
    /// The lines that a compiler may record for it: those of the statement, or of the element of a composite literal,
    /// without those of other statements inside.
    pub place: Arc<[Lines]>,
    /// Whether it certainly means the package's declaration, and leaves code there.
    pub sure: bool,
    /// Whether it, or its member, may be used in another way than by a call: passed on, stored, compared.
    pub value: bool,
    /// Whether it certainly is passed on or stored: not compared, not assigned to `_`, not called as `(f)(x)`.
    pub taken: bool,
    /// Whether the address of a variable may be taken: by `&v`, or by `v.f` or `v[i]`, which may be a method or a
    /// slice.
    pub addressed: bool,
    /// The name after a following dot: `F` of `p.F`.
    pub member: Option<&'a [u8]>,
    /// What else on these lines may be an inlined function of any package.
    pub beside: Arc<[Root<'a>]>,
}

/// The uses of `names` in a file, in its order; `known` has the declarations of its package.
#[must_use]
pub fn uses<'a>(file: &'a GoFile, names: &BTreeSet<&[u8]>, known: &Known) -> Vec<Use<'a>> {
    let words = Words::of(names);
    if !words.stand_in(&file.bytes) {
        return Vec::new();
    }
    Walk::of(&file.bytes, &bodies_without(file, &words), names, known).finish()
}

#[cfg(test)]
mod tests;
