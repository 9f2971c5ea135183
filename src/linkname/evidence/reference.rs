//! What is one reference to a remote, and whose code is it? Plain data.
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
    /// The functions at the instruction, the innermost one that was inlined there first, the function that holds it
    /// last.
    pub frames: Vec<Frame>,
    /// Why it could exist without any linkname whoever's code it is, if it could.
    pub doubt: Option<Doubt>,
}

/// A function at an instruction: the one that holds it, or one that was inlined there.
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
    /// What makes its package doubtful, or its code no proof.
    pub doubt: Option<Doubt>,
    /// Whose directive its line belongs to.
    pub mentioned: Mentioned,
    /// The line calls the claim's local name by itself.
    #[serde(default = "by_itself")]
    pub called: bool,
    /// What source says of its package and the remote.
    #[serde(default)]
    pub access: Access,
    /// Whether its package imports the local one, directly or not, as source says.
    #[serde(default)]
    pub imports_local: Option<bool>,
}

/// Evidence that was recorded without the word asked for no more.
fn by_itself() -> bool {
    true
}

/// Whether a line of source mentions the local name of a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mentioned {
    /// No source was looked at.
    Unknown,
    /// The claim's own local name stands on it.
    This,
    /// It does, and an inlined function that returns the remote may leave the same there.
    Shared,
    /// The local name of another claim of the same package and remote stands on it, and this one's
    /// does not.
    Other,
    /// None of them stands on it.
    Nobody,
    /// It calls a function of the local package that uses the local name, or stands in one, and nobody else's source
    /// names the remote.
    Called,
}

/// How code of a package may come to refer to the remote without the claim's directive, as source says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Access {
    /// No source of the package was looked at.
    #[default]
    Unknown,
    /// It names the remote itself: by a directive of its own, through another package's handle, in assembly.
    Names,
    /// It imports, directly or not, one that does: a function of that one, inlined there, leaves the same.
    Imports,
    /// It does neither.
    Free,
}

/// Why a reference does not prove a linkname by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Doubt {
    /// Assembly needs no directive.
    Assembly,
    /// Written by the compiler, in no source file.
    Generated,
    /// A frame of it belongs to the remote's package: a callback that was inlined.
    Callback,
    /// The same function compares the remote's address: a call that a profile devirtualised.
    Devirtualised,
    /// File and name say different packages.
    Attribution,
}

impl Frame {
    /// Whether the claim's own local name certainly stands on its line.
    #[must_use]
    pub fn is_named(&self) -> bool {
        matches!(self.mentioned, Mentioned::This | Mentioned::Shared)
    }
}

impl Reference {
    /// The function that the instruction was written in.
    #[must_use]
    pub fn innermost(&self) -> Option<&Frame> {
        self.frames.first()
    }

    /// The function that holds the instruction, where others were inlined into it.
    #[must_use]
    pub fn inlined_into(&self) -> Option<&Frame> {
        self.frames.get(1..).and_then(<[Frame]>::last)
    }

    /// Whether code of `package` is among the frames.
    #[must_use]
    pub fn is_of(&self, package: &str) -> bool {
        self.frames.iter().any(|frame| frame.package.as_deref() == Some(package))
    }

    /// The instruction calls or jumps to the remote: no value was passed on that led there.
    #[must_use]
    pub fn is_branch(&self) -> bool {
        matches!(self.how, How::Call | How::Jump)
    }

    /// What makes it doubtful: of the instruction first, then of the innermost frame that is.
    #[must_use]
    pub fn any_doubt(&self) -> Option<Doubt> {
        self.doubt.or_else(|| self.frames.iter().find_map(|frame| frame.doubt))
    }
}
