//! Which rules judge a claim?

use super::case::Case;
use super::{Verdict, functions, variables};

/// One rule: a verdict, or `None` to let the next rule decide.
pub(super) type Rule = fn(&Case<'_>) -> Option<Verdict>;

/// The rules for what the claim is about.
pub(super) fn of(case: &Case<'_>) -> &'static [Rule] {
    if case.is_variable() { variables::RULES } else { functions::RULES }
}
