//! Work on many threads, with results taken one by one in the order of the items.
//!
//! Only a few results wait for their turn, so that a thousand inputs need the memory of a few.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;

use rayon::ThreadPool;

/// How many results per thread may be under way or waiting, so that the others can go on while one takes long.
const AHEAD: usize = 2;

/// Does `work` on each of `items` and passes the results to `take` in the order of the items.
pub(super) fn in_order<I: Sync, T: Send>(
    threads: &ThreadPool,
    items: &[I],
    work: impl Fn(&I) -> T + Sync,
    mut take: impl FnMut(T),
) {
    let ahead = AHEAD * threads.current_num_threads().max(1);
    let (done, results) = mpsc::channel();
    let work = &work;
    // The thread that takes results is not in the pool, so that no work stops while it waits.
    threads.in_place_scope(|scope| {
        let begin = |index: usize| {
            let Some(item) = items.get(index) else { return };
            let done = done.clone();
            scope.spawn(move |_| {
                let result = catch_unwind(AssertUnwindSafe(|| work(item)));
                // The receiver is gone only if it panicked.
                _ = done.send((index, result));
            });
        };
        (0..ahead).for_each(begin);
        let mut waiting = BTreeMap::new();
        for next in 0..items.len() {
            while !waiting.contains_key(&next) {
                let Ok((index, result)) = results.recv() else { return };
                waiting.insert(index, result);
            }
            begin(next + ahead);
            match waiting.remove(&next) {
                Some(Ok(result)) => take(result),
                Some(Err(panic)) => resume_unwind(panic),
                None => {}
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn results_come_in_order_and_few_wait() {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("threads");
        let items: Vec<usize> = (0..200).collect();
        let (made, taken, most) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        let mut seen = Vec::new();
        let work = |item: &usize| {
            let waiting = made.fetch_add(1, Ordering::SeqCst) + 1 - taken.load(Ordering::SeqCst);
            most.fetch_max(waiting, Ordering::SeqCst);
            // The first of every ten items is slow.
            let pause = if item.is_multiple_of(10) { 5 } else { 0 };
            std::thread::sleep(std::time::Duration::from_millis(pause));
            *item
        };
        in_order(&threads, &items, work, |item| {
            seen.push(item);
            taken.fetch_add(1, Ordering::SeqCst);
        });
        assert_eq!(seen, items);
        assert!(most.load(Ordering::SeqCst) <= 3 * AHEAD + 1, "{most:?}");
    }

    #[test]
    fn a_panic_is_passed_on() {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("threads");
        let result = catch_unwind(AssertUnwindSafe(|| {
            in_order(&threads, &[1, 2, 3], |item| assert_ne!(*item, 2, "no"), |()| {});
        }));
        assert!(result.is_err());
    }
}
