//! What a check comes to: what is accepted, and what the exit status says.

use crate::finding::Level;
use crate::linkname::verdict::{Gap, Verdict};
use crate::policy::{Because, RuleResult};
use crate::request::Accept;

use super::Checked;

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

/// What is left of a [`Checked`] once it is shown; those of several binaries are joined.
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
    /// What `checked` comes to.
    #[must_use]
    pub fn of(checked: &Checked) -> Self {
        let rules = || checked.rules.iter().map(|(_, outcome)| outcome);
        let failed_rule = rules().any(|rule| match rule.result {
            RuleResult::Holds => false,
            RuleResult::Fails => true,
            RuleResult::Unproven => rule.because != Because::Damaged,
        });
        let mut judged = checked.judged.iter();
        Self {
            fails: failed_rule
                || judged.any(|judged| !judged.holds && !is_of_input(judged.verdict))
                || checked.findings().any(|finding| finding.level == Level::Deny),
            lacks: checked.judged.iter().any(|judged| is_of_input(judged.verdict))
                || rules().any(|rule| rule.because == Because::Damaged)
                || checked.gaps.iter().any(|gap| gap.weakens),
            asked: !checked.judged.is_empty()
                || !checked.rules.is_empty()
                || !checked.folded.is_empty(),
        }
    }

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

/// Whether a claim holds. What source declares may be unused, or leave nothing to see.
pub(super) fn accepts(accept: Accept, verdict: Verdict, of_source: bool) -> bool {
    match verdict {
        Verdict::InEffect(_) => true,
        Verdict::NotInEffect(_) => false,
        Verdict::Unused(_) => of_source || accept.unused,
        Verdict::NoTrace(_) => of_source || accept.unproven,
        Verdict::Unproven(_) => accept.unproven,
    }
}

/// Whether only the input keeps the claim from being judged: a fault, or no Go program at all.
fn is_of_input(verdict: Verdict) -> bool {
    verdict.is_for_fault() || verdict == Verdict::Unproven(Gap::NotGc)
}
