//! What is worth telling beside a verdict: a code out of one table, how grave it is, and a sentence.
//!
//! Directives, signatures, builds and damaged files all tell what they find in these words, so that whoever reads a
//! report needs one list, `gonym rule`. Knows neither a source nor a binary; free to all.

mod codes;
mod group;

use serde::{Serialize, Serializer};

pub use codes::Code;
pub use group::Group;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It works, and could be better.
    Advice,
    /// It may be meant, and works otherwise than it reads.
    Warn,
    /// It does not do what it says.
    Deny,
}

impl Level {
    /// `advice`, `warn` or `deny`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// Whose source something stands in, seen from the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The main module's.
    Main,
    /// A dependency's.
    Dependency,
    /// Go's own.
    Std,
}

impl Owner {
    /// The word used in reports: `own`, `dependency` or `std`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Main => "own",
            Self::Dependency => "dependency",
            Self::Std => "std",
        }
    }
}

/// Something to know about a directive, a claim, a module or an input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// How grave it is here.
    pub level: Level,
    /// What it is about.
    pub code: Code,
    /// What is so, and what to do, in one line. Holds text of the input, made printable.
    pub message: String,
}

impl Finding {
    /// `code` at its own level, told in its own words.
    #[must_use]
    pub fn plain(code: Code) -> Self {
        Self::new(code, code.help())
    }

    /// `code` at its own level.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { level: code.level(), code, message: message.into() }
    }

    /// The same at another level.
    #[must_use]
    pub fn at(self, level: Level) -> Self {
        Self { level, ..self }
    }
}

impl Serialize for Level {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl Serialize for Owner {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}
