//! The outcome of a run in three words, which are the exit codes 0, 1 and 3 in every format.
//!
//! An engine says what it found; here that becomes one status. This room knows neither binaries nor sources, and
//! every room may import it.
//!
//! ```
//! use gonym::outcome::{Outcome, Status};
//!
//! let claim_fails = Outcome { fails: true, asked: true, ..Outcome::default() };
//! assert_eq!(claim_fails.and(Outcome::SHOWN).status(false), Status::Fails);
//! ```

use serde::{Serialize, Serializer};

/// The meaning of the exit codes 0, 1 and 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Everything that was asked holds.
    Holds,
    /// Something that was asked does not hold although the file is whole, or there is a mistake beside it.
    Fails,
    /// An input is missing or damaged, or nothing was asked.
    Incomplete,
}

impl Status {
    /// `holds`, `fails` or `incomplete`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Incomplete => "incomplete",
        }
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// What the status needs to know about an engine's result. The outcomes of several inputs are joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// A claim or rule does not hold, or there is a mistake.
    pub fails: bool,
    /// An answer is missing or weak because of what the input lacks.
    pub lacks: bool,
    /// Something was asked.
    pub asked: bool,
}

impl Outcome {
    /// The outcome of a command that only shows its inputs: it holds if they can be read.
    pub const SHOWN: Self = Self { fails: false, lacks: false, asked: true };

    /// The outcome of both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            fails: self.fails || other.fails,
            lacks: self.lacks || other.lacks,
            asked: self.asked || other.asked,
        }
    }

    /// The status of a run; `faults` says whether any input had one.
    #[must_use]
    pub fn status(self, faults: bool) -> Status {
        match () {
            () if self.fails => Status::Fails,
            () if faults || self.lacks || !self.asked => Status::Incomplete,
            () => Status::Holds,
        }
    }
}
