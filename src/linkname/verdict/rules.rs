//! Which rules judge a claim?

use super::case::Case;
use super::either::Rule;
use super::{functions, variables};

/// The rules for what the claim is about.
pub(super) fn of(case: &Case<'_>) -> &'static [Rule] {
    if case.is_variable() { variables::RULES } else { functions::RULES }
}
