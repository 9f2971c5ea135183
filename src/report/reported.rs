//! A finding as every format shows it: code, level, place, message, help.
//!
//! A format that others define sees nothing else of a document. A claim or rule that was asked for and does not hold
//! is a finding too, so that a report fails exactly if it has a finding of level `deny`.

use serde::{Serialize, Serializer};

use crate::finding::{Code, Finding, Level};
use crate::linkname::verdict::Verdict;

/// A finding with its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reported {
    /// What it is about; `gonym rule` explains it.
    pub code: ReportedCode,
    /// Its level here.
    pub level: Level,
    /// Where it stands.
    pub place: Place,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do about it. None for a claim that does not hold: its message says what was seen.
    pub help: Option<&'static str>,
}

impl Reported {
    /// `finding` at `place`.
    #[must_use]
    pub fn new(finding: &Finding, place: Place) -> Self {
        Self {
            code: ReportedCode::Finding(finding.code),
            level: finding.level,
            place,
            message: finding.message.clone(),
            help: Some(finding.code.help()),
        }
    }

    /// A finding of `code` with the table's level and title.
    #[must_use]
    pub fn plain(code: Code, place: Place) -> Self {
        let title = code.title().trim_end_matches('.');
        Self::new(&Finding::new(code, title), place)
    }
}

/// A code that `gonym rule` explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReportedCode {
    /// A code of the table of findings.
    Finding(Code),
    /// The reason of a verdict.
    Reason(Verdict),
}

impl ReportedCode {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Finding(code) => code.word(),
            Self::Reason(verdict) => verdict.reason(),
        }
    }
}

impl Serialize for ReportedCode {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.word())
    }
}

/// Where a finding stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Place {
    /// On a line of a source file.
    Line {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u32,
        /// The column in bytes, from 1, where it is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        column: Option<u32>,
    },
    /// In an executable.
    Binary {
        /// Its path as given.
        binary: String,
        /// Architecture of the slice, in a fat file.
        #[serde(skip_serializing_if = "Option::is_none")]
        slice: Option<String>,
        /// Name of the archive member.
        #[serde(skip_serializing_if = "Option::is_none")]
        member: Option<String>,
        /// The address in memory, if the finding is about one place.
        #[serde(skip_serializing_if = "Option::is_none")]
        address: Option<String>,
    },
    /// In the sources of a module, or of the whole build.
    Module {
        /// Its path; none for the build.
        #[serde(skip_serializing_if = "Option::is_none")]
        module: Option<String>,
    },
}

impl Place {
    /// The same executable, at an address.
    #[must_use]
    pub fn at(&self, address: Option<String>) -> Self {
        match self.clone() {
            Self::Binary { binary, slice, member, .. } => {
                Self::Binary { binary, slice, member, address }
            }
            other => other,
        }
    }
}
