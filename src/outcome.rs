//! What a run comes to, in the three words that are the exit codes 0, 1 and 3 in every format.
//!
//! An engine says what it found, here it becomes one status. Knows neither a binary nor a source; free to all.

use serde::{Serialize, Serializer};

/// What the exit codes 0, 1 and 3 say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Everything that was asked holds.
    Holds,
    /// Something that was asked does not hold although the file is whole, or a mistake stands beside it.
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

/// What an engine found, as far as the status needs it; those of several inputs are joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// A claim or rule does not hold, or there is a mistake.
    pub fails: bool,
    /// An answer is missing or weak for what the input lacks.
    pub lacks: bool,
    /// Something was asked.
    pub asked: bool,
}

impl Outcome {
    /// That of a command whose every input answers, if it can be read.
    pub const SHOWN: Self = Self { fails: false, lacks: false, asked: true };

    /// That of both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            fails: self.fails || other.fails,
            lacks: self.lacks || other.lacks,
            asked: self.asked || other.asked,
        }
    }

    /// The status of a run in which inputs had `faults` or none.
    #[must_use]
    pub fn status(self, faults: bool) -> Status {
        match () {
            () if self.fails => Status::Fails,
            () if faults || self.lacks || !self.asked => Status::Incomplete,
            () => Status::Holds,
        }
    }
}
