//! What `rule` explains: every code that a report can carry, findings' and verdicts' reasons alike.

use serde::Serialize;

use super::{SCHEMA, Tool};
use crate::finding::{Code, Group, Level};
use crate::linkname::verdict::Verdict;

/// The codes that were asked for.
#[derive(Clone, Debug, Serialize)]
pub struct CodesReport {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Who wrote it.
    pub tool: Tool,
    /// In the order of the tables: findings by group, then the reasons of each verdict.
    pub codes: Vec<CodeEntry>,
}

/// One code and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeEntry {
    /// Stable.
    pub code: &'static str,
    /// What it has in common with others: a heading.
    pub group: &'static str,
    /// How grave a finding is, where nothing speaks for another level; null for reasons, for gaps and for faults, which
    /// have an exit code of their own.
    pub level: Option<Level>,
    /// The verdict that a reason belongs to; null for findings.
    pub verdict: Option<&'static str>,
    /// What is so.
    pub title: &'static str,
    /// What to do about a finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<&'static str>,
    /// Where it is defined.
    pub reference: &'static str,
}

impl CodesReport {
    /// All codes, or those of the word `asked`: a code, or a verdict with all its reasons.
    #[must_use]
    pub fn new(asked: Option<&str>) -> Self {
        let findings = Code::ALL.iter().map(|code| of_finding(*code));
        let reasons = Verdict::ALL.iter().map(|verdict| of_reason(*verdict));
        let is_asked = |entry: &CodeEntry| {
            asked.is_none_or(|word| word == entry.code || entry.verdict == Some(word))
        };
        let codes = findings.chain(reasons).filter(is_asked).collect();
        Self { schema: SCHEMA, tool: Tool::default(), codes }
    }
}

fn of_finding(code: Code) -> CodeEntry {
    CodeEntry {
        code: code.word(),
        group: code.group().title(),
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
        group: "Reasons of verdicts",
        level: None,
        verdict: Some(verdict.word()),
        title: verdict.title(),
        help: None,
        reference: "gonym, Verdicts",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_word_means_one_thing() {
        let all = CodesReport::new(None).codes;
        let words: BTreeSet<&str> = all.iter().map(|entry| entry.code).collect();
        assert_eq!(words.len(), all.len());
        assert_eq!(CodesReport::new(Some("detached")).codes.len(), 1);
        assert_eq!(CodesReport::new(Some("no-such")).codes, []);
    }
}
