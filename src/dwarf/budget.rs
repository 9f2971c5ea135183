//! Has more been looked at than the sections can honestly call for?
//!
//! Names and ranges are referred to by offset: a thousand entries can all point at one string of a
//! megabyte. What is looked at that way is counted, and when the count is used up the search stops
//! with a fault, the same one for every order in which threads came by.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How often, on average, each byte may be looked at. Names that C units share are short beside the
/// entries that refer to them: on a cgo program 0.4 times (measured).
const TIMES: usize = 8;

/// Small inputs may look at the same string again and again.
const AT_LEAST: usize = 1 << 20;

/// What may still be looked at.
#[derive(Debug)]
pub(super) struct Budget {
    left: AtomicUsize,
}

impl Budget {
    /// The budget of sections of `len` bytes together.
    pub(super) fn of(len: usize) -> Self {
        Self { left: AtomicUsize::new(len.saturating_mul(TIMES).saturating_add(AT_LEAST)) }
    }

    /// Counts `amount`; false when the budget is used up, and ever after.
    pub(super) fn spend(&self, amount: usize) -> bool {
        let take = |left: usize| Some(left.saturating_sub(amount));
        let before = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        before.is_ok_and(|left| left > amount)
    }

    /// Whether somebody was refused.
    pub(super) fn is_spent(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spent_budget_stays_spent() {
        let budget = Budget::of(0);
        assert!(budget.spend(AT_LEAST - 1) && !budget.is_spent());
        assert!(!budget.spend(2) && budget.is_spent());
        assert!(!budget.spend(0));
    }
}
