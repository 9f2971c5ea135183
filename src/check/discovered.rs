//! The linknames that a binary betrays by itself, as claims of `check`.

use std::collections::BTreeSet;

use super::{Checked, Judged};
use crate::binary::Binary;
use crate::linkname::discover::{Confidence, discover};
use crate::linkname::verdict::Verdict;
use crate::request::Scope;

/// Adds what is certainly in effect and asked for to the claims of `checked`, unless another claim is about the same
/// package and remote. The rest is counted.
pub(super) fn add(binary: &Binary, scope: Scope, checked: &mut Checked) {
    let key = |judged: &Judged| (judged.evidence.package.clone(), judged.claim.remote.clone());
    let known: BTreeSet<(String, Vec<u8>)> = checked.judged.iter().map(key).collect();
    let found = discover(binary);
    checked.search_gap = found.gap;
    for one in found.linknames {
        if one.confidence != Confidence::Firm || !scope.asks(one.owner) {
            *checked.discovered.entry((one.owner, one.confidence)).or_default() += 1;
            continue;
        }
        if known.contains(&(one.evidence.package.clone(), one.claim.remote.clone())) {
            continue;
        }
        let holds = matches!(one.verdict, Verdict::InEffect(_));
        let (claim, evidence, verdict) = (one.claim, one.evidence, one.verdict);
        checked.judged.push(Judged { claim, evidence, verdict, source: None, pair: None, holds });
    }
}
