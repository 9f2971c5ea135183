//! Where does a name begin and end in a string table that may be hostile?
//!
//! A name must end with a NUL inside its table. How many bytes are read for all names together is
//! limited by the size of the table and the number of rows: otherwise a million rows that all point at
//! one name of many megabytes would take hours. Knows no format.

use crate::error::{Fault, FaultCode};
use crate::input::Range;

/// The limit is twice the table's size, and this many bytes for each row. In real tables names share
/// tails, so that together they are longer than the table; but no linker's table reaches the limit.
const PER_ROW: usize = 128;

/// A string table, and what was found wrong with the names asked of it.
#[derive(Debug)]
pub(super) struct Names {
    part: String,
    offset: u64,
    bytes: Vec<u8>,
    table_len: usize,
    claimed: u64,
    budget: usize,
    faults: Vec<Fault>,
    bad: u64,
}

/// A name: where it begins in the table and how many bytes it has, without the NUL.
pub(super) type Span = (u32, u32);

impl Names {
    /// Reads the string table of `len` bytes at `offset` for `rows` rows; a cut table gives the bytes
    /// present and a fault.
    pub(super) fn read(
        range: &Range,
        part: impl Into<String>,
        offset: u64,
        len: u64,
        rows: u64,
    ) -> Self {
        let part = part.into();
        let at = range.base().saturating_add(offset);
        let mut faults = Vec::new();
        if let Err(cut) = range.check(&part, offset, len) {
            faults.push(cut);
        }
        // Spans are u32, as every format's name offsets are.
        let limit = len.min(u64::from(u32::MAX));
        let bytes = range.read_up_to(&part, offset, limit).unwrap_or_else(|fault| {
            faults.push(fault);
            Vec::new()
        });
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        let budget = bytes.len().saturating_mul(2).saturating_add(rows.saturating_mul(PER_ROW));
        let table_len = bytes.len();
        Self { part, offset: at, bytes, table_len, claimed: len, budget, faults, bad: 0 }
    }

    /// A table without any name, for a file that has none.
    pub(super) fn empty(part: impl Into<String>) -> Self {
        Self {
            part: part.into(),
            offset: 0,
            bytes: Vec::new(),
            table_len: 0,
            claimed: 0,
            budget: 0,
            faults: Vec::new(),
            bad: 0,
        }
    }

    /// The name at `start`, which `row` refers to; none, and a fault, when it is not whole.
    pub(super) fn span(&mut self, start: u32, row: impl FnOnce() -> String) -> Option<Span> {
        let table = self.bytes.get(..self.table_len).unwrap_or_default();
        let Some(tail) = table.get(start as usize..) else {
            self.reject(start, row, "the name begins behind the table");
            return None;
        };
        if tail.is_empty() && start == 0 {
            return Some((0, 0));
        }
        let window = tail.get(..self.budget.saturating_add(1)).unwrap_or(tail);
        let Some(len) = memchr::memchr(0, window) else {
            // A search that finds no end has read as many bytes.
            self.budget = self.budget.saturating_sub(window.len());
            let why = if window.len() < tail.len() {
                "the names overlap more than those of any linker"
            } else {
                "the name has no end"
            };
            self.reject(start, row, why);
            return None;
        };
        self.budget = self.budget.saturating_sub(len);
        // Both fit: the table is at most u32::MAX bytes long.
        Some((start, u32::try_from(len).ok()?))
    }

    /// The `len` bytes at `start`, where `row` says how long its name is; none, and a fault, when it is not whole.
    pub(super) fn stated(
        &mut self,
        start: u32,
        len: u32,
        row: impl FnOnce() -> String,
    ) -> Option<Span> {
        let (from, count) = (start as usize, len as usize);
        if from.saturating_add(count) > self.table_len {
            self.reject(start, row, "the name ends behind the table");
            return None;
        }
        if count > self.budget {
            self.reject(start, row, "the names overlap more than those of any linker");
            return None;
        }
        self.budget -= count;
        Some((start, len))
    }

    /// A name with `suffix` behind it, which is kept behind the table.
    pub(super) fn suffixed(&mut self, name: Span, suffix: &[u8]) -> Option<Span> {
        let (start, len) = (self.bytes.len(), name.1 as usize);
        let from = name.0 as usize;
        let whole = from.checked_add(len).filter(|end| *end <= self.bytes.len())?;
        self.bytes.extend_from_within(from..whole);
        self.bytes.extend_from_slice(suffix);
        Some((u32::try_from(start).ok()?, u32::try_from(self.bytes.len() - start).ok()?))
    }

    /// Adds a name that stands in the row itself, not in the table.
    pub(super) fn push(&mut self, name: &[u8]) -> Option<Span> {
        let start = u32::try_from(self.bytes.len()).ok()?;
        let len = u32::try_from(name.len()).ok()?;
        start.checked_add(len)?;
        self.bytes.extend_from_slice(name);
        Some((start, len))
    }

    /// The bytes of `span`.
    pub(super) fn get(&self, span: Span) -> &[u8] {
        let start = span.0 as usize;
        self.bytes.get(start..start.saturating_add(span.1 as usize)).unwrap_or_default()
    }

    fn reject(&mut self, start: u32, row: impl FnOnce() -> String, why: &str) {
        self.bad += 1;
        if self.bad > 1 {
            return;
        }
        let part = format!("{} (name of {})", self.part, row());
        let at = self.offset.saturating_add(u64::from(start));
        let present = self.table_len as u64;
        // A name in the missing part of a truncated table: the row may be right.
        let code = if u64::from(start) < self.claimed && present < self.claimed {
            FaultCode::Truncated
        } else {
            FaultCode::InvalidValue
        };
        self.faults.push(Fault::new(code, part, at, self.claimed, present, why));
    }

    /// The bytes of the table and of the names pushed, and the faults: one for the table and one for
    /// the first bad name, which tells how many there are.
    pub(super) fn finish(mut self) -> (Vec<u8>, Vec<Fault>) {
        if self.bad > 1
            && let Some(last) = self.faults.last_mut()
        {
            last.detail = format!("{}; rows with such names: {}", last.detail, self.bad);
        }
        (self.bytes, self.faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::File;
    use std::path::Path;
    use std::sync::Arc;

    fn names(bytes: &[u8], claimed: u64, rows: u64) -> Names {
        let file = File::from_bytes(Path::new("x"), bytes.to_vec());
        Names::read(&Range::whole(Arc::new(file)), "strings", 0, claimed, rows)
    }

    #[test]
    fn a_name_ends_before_its_nul() {
        let mut table = names(b"\0main.main\0", 11, 1);
        assert_eq!(table.span(1, || "row".into()), Some((1, 9)));
        assert_eq!(table.span(6, || "row".into()), Some((6, 4)), "tails are shared");
        assert_eq!(table.get((1, 9)), b"main.main");
        assert_eq!(table.finish().1, []);
    }

    #[test]
    fn names_without_an_end_and_behind_the_end_are_one_fault() {
        let mut table = names(b"\0main", 5, 3);
        assert_eq!(table.span(1, || "row 1".into()), None);
        assert_eq!(table.span(5, || "row 2".into()), None);
        assert_eq!(table.span(u32::MAX, || "row 3".into()), None);
        let (_, faults) = table.finish();
        assert_eq!(faults.len(), 1);
        assert!(faults[0].part.contains("row 1"), "{}", faults[0]);
        assert!(faults[0].detail.ends_with("3"), "{}", faults[0]);
    }

    #[test]
    fn a_cut_table_says_so() {
        let mut table = names(b"\0a\0", 10, 1);
        assert_eq!(table.span(1, || "row".into()), Some((1, 1)));
        let (_, faults) = table.finish();
        assert_eq!(faults.iter().map(|f| (f.wanted, f.present)).collect::<Vec<_>>(), [(10, 3)]);
    }

    #[test]
    fn a_million_rows_on_one_long_name_are_stopped() {
        let mut long = vec![b'a'; 100_000];
        long.push(0);
        let mut table = names(&long, long.len() as u64, 100);
        let found = (0..1000).filter(|_| table.span(0, || "row".into()).is_some()).count();
        assert!((2..10).contains(&found), "{found}");
        let (_, faults) = table.finish();
        assert!(faults[0].detail.contains("overlap"), "{}", faults[0]);
    }

    #[test]
    fn a_million_rows_on_a_name_without_an_end_cost_no_more() {
        let long = vec![b'a'; 1_000_000];
        let mut table = names(&long, long.len() as u64, 1_000_000);
        // Each look would be a megabyte: a terabyte in all, minutes of work.
        let found = (0..1_000_000).filter(|_| table.span(0, || "row".into()).is_some()).count();
        assert_eq!(found, 0);
        assert_eq!(table.finish().1.len(), 1);
    }

    #[test]
    fn short_names_of_rows_stand_behind_the_table() {
        let mut table = names(b"abc\0", 4, 1);
        assert_eq!(table.push(b".text"), Some((4, 5)));
        assert_eq!(table.get((4, 5)), b".text");
        assert_eq!(table.span(4, || "row".into()), None, "the table itself did not grow");
    }
}
