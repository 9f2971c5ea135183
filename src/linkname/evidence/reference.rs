//! One reference to a remote, and the packages that it may belong to. Plain data.
//!
//! The code of a reference belongs to every function that was inlined there: what `slices.SortFunc(x, cmp)` leaves
//! stands on a line of slices, inside a function of main, and the use of `cmp` is main's. So a reference keeps
//! all frames; whose it is, is for the judgement to ask. A thousand references share the same few names.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use crate::code::How;
use crate::linkname::record;

/// One reference to the remote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// How it refers.
    pub how: How,
    /// Address of the instruction.
    pub at: u64,
    /// Address of the remote.
    pub to: u64,
    /// The functions at the instruction: the innermost inlined one first, the function that contains the instruction
    /// last.
    pub frames: Vec<Frame>,
    /// Why the reference could exist without a linkname, whichever package it belongs to.
    pub doubt: Option<Doubt>,
}

/// A function at an instruction: the one that contains it, or an inlined one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Its name.
    #[serde(with = "record")]
    pub function: Arc<[u8]>,
    /// The package of its source, as it is imported.
    #[serde(default, with = "record")]
    pub package: Option<Arc<str>>,
    /// The source file of the instruction, or of the call of the frame before.
    #[serde(with = "record")]
    pub file: Option<Arc<[u8]>>,
    /// Line there, 0 when unknown.
    pub line: u32,
    /// Why its package is doubtful, or its code is no proof.
    pub doubt: Option<Doubt>,
    /// Which directive its line belongs to.
    pub mentioned: Mentioned,
    /// Whether the line calls the claim's local name itself.
    #[serde(default = "by_itself")]
    pub called: bool,
    /// What source says about its package and the remote.
    #[serde(default)]
    pub access: Access,
    /// Whether its package imports the local package, directly or indirectly, according to source.
    #[serde(default)]
    pub imports_local: Option<bool>,
}

/// Recorded evidence without the field means that no more was asked.
fn by_itself() -> bool {
    true
}

/// Whether a line of source mentions the local name of a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mentioned {
    /// The source was not read.
    Unknown,
    /// The line mentions the claim's own local name.
    This,
    /// It does, but an inlined function that returns the remote may leave the same code there.
    Shared,
    /// It mentions the local name of another claim of the same package and remote, and not this claim's.
    Other,
    /// It mentions none of them.
    Nobody,
    /// It calls a function of the local package that uses the local name, or is part of one, and no other package's
    /// source names the remote.
    Called,
}

/// How code of a package may come to refer to the remote without the claim's directive, according to source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Access {
    /// The source of the package was not read.
    #[default]
    Unknown,
    /// The package names the remote: by its own directive, through another package's handle, or in assembly.
    Names,
    /// It imports such a package, directly or indirectly. An inlined function of that package leaves the same code.
    Imports,
    /// Neither.
    Free,
}

/// Why a reference does not prove a linkname by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Doubt {
    /// Assembly, which needs no directive.
    Assembly,
    /// The compiler wrote it; it is in no source file.
    Generated,
    /// One of its frames belongs to the remote's package: an inlined callback.
    Callback,
    /// The same function compares the remote's address: a call that a profile devirtualised.
    Devirtualised,
    /// File and name say different packages.
    Attribution,
}

impl Frame {
    /// Whether its line certainly mentions the claim's own local name.
    #[must_use]
    pub fn is_named(&self) -> bool {
        matches!(self.mentioned, Mentioned::This | Mentioned::Shared)
    }
}

impl Reference {
    /// The function in whose source the instruction was written.
    #[must_use]
    pub fn innermost(&self) -> Option<&Frame> {
        self.frames.first()
    }

    /// The function that contains the instruction, if others were inlined into it.
    #[must_use]
    pub fn inlined_into(&self) -> Option<&Frame> {
        self.frames.get(1..).and_then(<[Frame]>::last)
    }

    /// Whether one of the frames belongs to `package`.
    #[must_use]
    pub fn is_of(&self, package: &str) -> bool {
        self.frames.iter().any(|frame| frame.package.as_deref() == Some(package))
    }

    /// Whether the instruction calls or jumps to the remote directly, without a value that was passed on.
    #[must_use]
    pub fn is_branch(&self) -> bool {
        matches!(self.how, How::Call | How::Jump)
    }

    /// What makes it doubtful: first the instruction, then the innermost doubtful frame.
    #[must_use]
    pub fn any_doubt(&self) -> Option<Doubt> {
        self.doubt.or_else(|| self.frames.iter().find_map(|frame| frame.doubt))
    }
}
