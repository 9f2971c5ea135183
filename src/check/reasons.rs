//! Why is something in the program that a rule forbids?

use std::collections::{BTreeMap, BTreeSet};

use crate::binary::Binary;
use crate::policy::{Because, Demand, RuleOutcome, RuleResult, Subject, SymbolRule};
use crate::why::{Answer, Chains, named};

/// The chains that lead to what `rules` forbid and the binary has, by the rule's number. Code is read only for these.
pub(super) fn of(binary: &Binary, rules: &[(SymbolRule, RuleOutcome)]) -> BTreeMap<usize, Answer> {
    let broken = rules.iter().enumerate().filter(|(_, (rule, outcome))| {
        rule.demand == Demand::Forbid && outcome.result == RuleResult::Fails
    });
    let mut broken = broken.map(|(index, (rule, outcome))| (index, rule, outcome)).peekable();
    if broken.peek().is_none() {
        return BTreeMap::new();
    }
    let Ok(chains) = Chains::of(binary) else { return BTreeMap::new() };
    let answers =
        broken.map(|(index, rule, outcome)| (index, chains.to_any(names(binary, rule, outcome))));
    answers.filter(|(_, answer)| !answer.chain.is_empty()).collect()
}

/// What of the binary breaks `rule`.
fn names(binary: &Binary, rule: &SymbolRule, outcome: &RuleOutcome) -> Vec<Vec<u8>> {
    let packages = match (rule.subject, outcome.because) {
        (Subject::Pkg, because) => because != Because::IsName,
        (_, because) => because == Because::IsPackage,
    };
    if !packages {
        return outcome.matched.clone();
    }
    let paths = outcome.matched.iter().map(|path| [b"pkg:", path.as_slice()].concat());
    let all: BTreeSet<Vec<u8>> = paths.flat_map(|path| named(binary, &path).0).collect();
    all.into_iter().collect()
}
