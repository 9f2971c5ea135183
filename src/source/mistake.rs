//! A mistake in a linkname directive, with its position. The codes are in [`crate::finding`].

use crate::finding::Code;

/// One mistake at one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The file: an index into the list that was given.
    pub file: usize,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// What is wrong.
    pub code: Code,
    /// The local name of the directive; empty if none is written.
    pub local: Vec<u8>,
}
