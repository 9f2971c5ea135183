//! The outcome of a check: which claims hold, and the exit status of the run.

use crate::finding::Level;
use crate::linkname::verdict::{Gap, Verdict};
use crate::outcome::Outcome;
use crate::policy::{Because, RuleOutcome};
use crate::request::Accept;

use super::{Checked, Judged};

impl Judged {
    /// The severity if the claim does not hold. A claim that cannot be judged because of the input fails no check.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        match (self.holds, is_of_input(self.verdict)) {
            (true, _) => None,
            (false, true) => Some(Level::Warn),
            (false, false) => Some(Level::Deny),
        }
    }
}

impl Checked {
    /// The outcome of this binary.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let rules = || self.rules.iter().map(|(_, outcome)| outcome);
        let of_claims = self.judged.iter().filter_map(Judged::level);
        let of_rules = rules().filter_map(RuleOutcome::level);
        let beside = self.findings().map(|finding| finding.level);
        Outcome {
            fails: of_claims.chain(of_rules).chain(beside).any(|level| level == Level::Deny),
            lacks: self.judged.iter().any(|judged| is_of_input(judged.verdict))
                || rules().any(|rule| rule.because == Because::Damaged)
                || self.search_gap.is_some()
                || self.gaps.iter().any(|gap| gap.weakens),
            asked: !self.judged.is_empty()
                || !self.rules.is_empty()
                || !self.folded.is_empty()
                || !self.discovered.is_empty(),
        }
    }
}

/// Whether a claim holds. A directive that comes from source may also be unused, or leave no trace.
pub(super) fn accepts(accept: Accept, verdict: Verdict, of_source: bool) -> bool {
    match verdict {
        Verdict::InEffect(_) => true,
        Verdict::NotInEffect(_) => false,
        Verdict::Unused(_) => of_source || accept.unused,
        Verdict::NoTrace(_) => of_source || accept.unproven,
        Verdict::Unproven(_) => accept.unproven,
    }
}

/// Whether the claim cannot be judged because of the input: a fault, or a file that is no Go program.
fn is_of_input(verdict: Verdict) -> bool {
    verdict.is_for_fault() || verdict == Verdict::Unproven(Gap::NotGc)
}
