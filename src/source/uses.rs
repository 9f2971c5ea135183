//! Where does a file use what its package declares under a name, and where does it only hold the name?
//!
//! A parameter, a variable of a function, a field or a label may bear the name of a package's function, and
//! then the name says nothing of the function: scopes are resolved as the compiler resolves them. Types are
//! not: whether `T{f: 1}` names a field, or whether `len(f)` is a constant, is then not sure.
//!
//! A use is sure where it stands for the package's declaration and leaves code at its place: not in a constant
//! expression, not given to `_`, not behind a condition that may be a constant on lines that it shares with others.

mod calls;
mod cursor;
mod declarations;
mod expressions;
mod known;
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

/// Some lines of a file, the last one among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lines {
    /// The first, from 1.
    pub first: u32,
    /// The last.
    pub last: u32,
}

/// A name that may stand for what the package declares, not behind a dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use<'a> {
    /// The name.
    pub name: &'a [u8],
    /// Its line, from 1.
    pub line: u32,
    /// The lines that a compiler may record for it: those of the statement, or of the element of a composite
    /// literal, without those of other statements within it.
    pub place: Arc<[Lines]>,
    /// Whether it certainly stands for what the package declares, and leaves code there.
    pub sure: bool,
    /// Whether it, or its member, may be used otherwise than in a call: passed on, stored, compared.
    pub value: bool,
    /// Whether it certainly is passed on or stored: not compared, not given to `_`, not called as `(f)(x)`.
    pub taken: bool,
    /// Of a variable: whether its address may be taken: `&v`, and `v.f` or `v[i]`, of which a method or a slice is one.
    pub addressed: bool,
    /// The name behind a dot that follows: `F` of `p.F`.
    pub member: Option<&'a [u8]>,
    /// What else stands on those lines that may be a function of anybody's, inlined there.
    pub beside: Arc<[Root<'a>]>,
}

/// The uses of `names` in a file, in its order; `known` is what its package declares.
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
