//! What a check comes to: which claims hold, and what that makes of the run.

use crate::finding::Level;
use crate::linkname::verdict::{Gap, Verdict};
use crate::outcome::Outcome;
use crate::policy::{Because, RuleResult};
use crate::request::Accept;

use super::Checked;

impl Checked {
    /// What it comes to.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let rules = || self.rules.iter().map(|(_, outcome)| outcome);
        let failed_rule = rules().any(|rule| match rule.result {
            RuleResult::Holds => false,
            RuleResult::Fails => true,
            RuleResult::Unproven => rule.because != Because::Damaged,
        });
        let mut judged = self.judged.iter();
        Outcome {
            fails: failed_rule
                || judged.any(|judged| !judged.holds && !is_of_input(judged.verdict))
                || self.findings().any(|finding| finding.level == Level::Deny),
            lacks: self.judged.iter().any(|judged| is_of_input(judged.verdict))
                || rules().any(|rule| rule.because == Because::Damaged)
                || self.gaps.iter().any(|gap| gap.weakens),
            asked: !self.judged.is_empty() || !self.rules.is_empty() || !self.folded.is_empty(),
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
