//! `rule`: every code that a report can carry, those of findings and the reasons of verdicts.
//!
//! ```
//! use gonym::report::document::rule::Codes;
//!
//! let entry = &Codes::new(Some("missing-unsafe")).codes[0];
//! assert_eq!(entry.group.title(), "Directives that the compiler refuses");
//! assert!(entry.verdict.is_none());
//! ```

#[cfg(feature = "cli")]
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::Document;
use crate::finding::{Code, Group, Level};
use crate::linkname::verdict::Verdict;
use crate::outcome::Outcome;
#[cfg(feature = "cli")]
use crate::report::Detail;
#[cfg(feature = "cli")]
use crate::report::render::text;
use crate::report::{Command, Reported};

/// The codes that were asked for.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Codes {
    /// In the order of the tables: findings by group, then the reasons of each verdict.
    pub codes: Vec<CodeEntry>,
}

/// One code and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CodeEntry {
    /// Stable.
    pub code: &'static str,
    /// What the code has in common with others.
    pub group: CodeGroup,
    /// The severity of a finding, unless the case gives another level. Null for reasons, and for gaps and faults,
    /// which have an exit code of their own.
    pub level: Option<Level>,
    /// The verdict that a reason belongs to; null for findings.
    pub verdict: Option<&'static str>,
    /// What is wrong.
    pub title: &'static str,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<&'static str>,
    /// Where it is defined.
    pub reference: &'static str,
}

impl Codes {
    /// All codes, or those that `asked` names: one code, or a verdict with all its reasons.
    #[must_use]
    pub fn new(asked: Option<&str>) -> Self {
        let findings = Code::ALL.iter().map(|code| of_finding(*code));
        let reasons = Verdict::ALL.iter().map(|verdict| of_reason(*verdict));
        let is_asked = |entry: &CodeEntry| {
            asked.is_none_or(|word| word == entry.code || entry.verdict == Some(word))
        };
        let codes = findings.chain(reasons).filter(is_asked).collect();
        Self { codes }
    }
}

/// How many codes are listed.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct CodesSummary {
    /// The number of codes.
    pub codes: usize,
}

impl Document for Codes {
    type Summary = CodesSummary;

    const COMMAND: Command = Command::Rule;
    const LISTED_AS: Option<&'static str> = None;

    fn findings(&self) -> Vec<Reported> {
        Vec::new()
    }

    fn count(&self, summary: &mut CodesSummary) {
        summary.codes += self.codes.len();
    }

    fn outcome(&self) -> Outcome {
        Outcome::SHOWN
    }

    #[cfg(feature = "cli")]
    fn text(&self, out: &mut dyn Write, _: Detail) -> io::Result<()> {
        text::rule::codes(out, self)
    }
}

/// What codes have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeGroup {
    /// A group of findings.
    Finding(Group),
    /// Reasons of verdicts.
    Reason,
}

impl CodeGroup {
    /// The heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Finding(group) => group.title(),
            Self::Reason => "Reasons of verdicts",
        }
    }
}

impl Serialize for CodeGroup {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.title())
    }
}

fn of_finding(code: Code) -> CodeEntry {
    CodeEntry {
        code: code.word(),
        group: CodeGroup::Finding(code.group()),
        level: Some(code.level()).filter(|_| !matches!(code.group(), Group::Gap | Group::Fault)),
        verdict: None,
        title: code.title(),
        help: Some(code.help()),
        reference: code.group().reference(),
    }
}

fn of_reason(verdict: Verdict) -> CodeEntry {
    CodeEntry {
        code: verdict.reason(),
        group: CodeGroup::Reason,
        level: None,
        verdict: Some(verdict.word()),
        title: verdict.title(),
        help: verdict.help(),
        reference: Group::Beside.reference(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_word_means_one_thing() {
        let all = Codes::new(None).codes;
        let words: BTreeSet<&str> = all.iter().map(|entry| entry.code).collect();
        assert_eq!(words.len(), all.len());
        assert_eq!(Codes::new(Some("detached")).codes.len(), 1);
        assert_eq!(Codes::new(Some("no-such")).codes, []);
    }
}
