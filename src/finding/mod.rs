//! What is told beside a verdict: a code from one table, a level and a sentence.
//!
//! Directives, signatures, builds and damaged files all report with these types, so that a reader of a report needs
//! one list, `gonym rule`. This room knows neither sources nor binaries, and every room may import it.
//!
//! ```
//! use gonym::finding::{Code, Finding, Level};
//!
//! let finding = Finding::plain(Code::MissingUnsafe);
//! assert_eq!((finding.code.word(), finding.level), ("missing-unsafe", Level::Deny));
//! println!("{}: {}", finding.message, finding.code.help());
//! ```

mod codes;
mod group;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use codes::Code;
pub use group::Group;

/// How severe a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It works and could be better.
    Advice,
    /// It may be intended, and does something other than it seems to.
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

/// The part of the program that a source file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The main module.
    Main,
    /// A dependency.
    Dependency,
    /// Go's own packages.
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

/// A message about a directive, a claim, a module or an input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Its level here.
    pub level: Level,
    /// What it is about.
    pub code: Code,
    /// What is wrong and what to do, in one line. It may hold text of the input, made printable.
    pub message: String,
}

impl Finding {
    /// A finding of `code` with the table's level, and the help as its message.
    #[must_use]
    pub fn plain(code: Code) -> Self {
        Self::new(code, code.help())
    }

    /// A finding of `code` with the table's level.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { level: code.level(), code, message: message.into() }
    }

    /// The same finding with another level.
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

/// Records of evidence hold the word.
impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let found = Self::ALL.iter().find(|code| code.word() == word);
        found.copied().ok_or_else(|| D::Error::custom(format!("no code is called {word}")))
    }
}

impl Serialize for Owner {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}
