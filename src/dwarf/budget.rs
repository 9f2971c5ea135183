//! Has a search read more than the sections can honestly need?
//!
//! Names and ranges are referred to by offset, so a thousand entries can all point to one string of a megabyte. Every
//! byte that is read this way is counted. When the budget is used up, the search stops with a fault, which is the
//! same for every order of threads.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How often, on average, each byte may be read. Names that C units share are short compared with the entries that
/// refer to them: 0.4 times on a cgo program (measured).
const TIMES: usize = 8;

/// The least budget, because small inputs may read the same string again and again.
const AT_LEAST: usize = 1 << 20;

/// How much may still be read.
#[derive(Debug)]
pub(super) struct Budget {
    left: AtomicUsize,
}

impl Budget {
    /// The budget for sections of `len` bytes in total.
    pub(super) fn of(len: usize) -> Self {
        Self { left: AtomicUsize::new(len.saturating_mul(TIMES).saturating_add(AT_LEAST)) }
    }

    /// Counts `amount`; returns false once the budget is used up, and from then on.
    pub(super) fn spend(&self, amount: usize) -> bool {
        let take = |left: usize| Some(left.saturating_sub(amount));
        let before = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        before.is_ok_and(|left| left > amount)
    }

    /// Whether any request was refused.
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
