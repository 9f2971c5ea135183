//! A mistake in a linkname directive, with its position. The codes are in [`crate::finding`].
//!
//! ```
//! use std::collections::BTreeSet;
//!
//! use gonym::finding::Code;
//! use gonym::source::file::GoFile;
//! use gonym::source::package::{Package, join};
//!
//! let file = GoFile::parse(b"package p\n\n//go:linkname f runtime.f\nfunc f()\n".to_vec());
//! let (files, assembled) = ([&file], BTreeSet::new());
//! let package =
//!     Package { path: b"p", minor: 27, files: &files, left_out: &[], assembled: &assembled };
//! let joined = join(&package);
//! let mistake = joined.all_mistakes()[0];
//! assert_eq!((mistake.code, mistake.line), (Code::MissingUnsafe, 3));
//! ```

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
