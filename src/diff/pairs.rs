//! What does each of two files say about the pairs that were asked?

use crate::binary::Binary;
use crate::linkname::claim::Claim;
use crate::linkname::evidence::{Evidence, gather};
use crate::linkname::verdict::{Verdict, judge};

/// A pair, judged on both files.
#[derive(Debug)]
#[non_exhaustive]
pub struct PairOutcome {
    /// The pair.
    pub claim: Claim,
    /// Of the old file.
    pub old: (Verdict, Evidence),
    /// Of the new file.
    pub new: (Verdict, Evidence),
}

impl PairOutcome {
    /// Whether the verdict or its reason is another one.
    #[must_use]
    pub fn is_change(&self) -> bool {
        self.old.0 != self.new.0
    }
}

/// Judges `pairs` as `check` does without source.
pub(super) fn judged(old: &Binary, new: &Binary, pairs: &[Claim]) -> Vec<PairOutcome> {
    let of = |binary: &Binary| {
        let all = pairs.iter().zip(gather(binary, pairs));
        all.map(|(claim, evidence)| (judge(claim, &evidence), evidence)).collect::<Vec<_>>()
    };
    let both = of(old).into_iter().zip(of(new));
    let outcome = |(claim, (old, new)): (&Claim, _)| PairOutcome { claim: claim.clone(), old, new };
    pairs.iter().zip(both).map(outcome).collect()
}
