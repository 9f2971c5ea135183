//! Which of the bytes that the headers claim are not in the file?
//!
//! Collects claims (header tables, sections, segments, symbol and string tables) and makes one fault of all that are
//! truncated: a file cut in half lacks fifty sections, and one line tells as much as fifty. This file knows no
//! format.

use crate::error::Fault;
use crate::input::Range;

/// The claims of one image's headers, held against the bytes present.
#[derive(Debug)]
pub(super) struct Extents<'a> {
    range: &'a Range,
    first: Option<Fault>,
    cut: u64,
    needed: u64,
}

impl<'a> Extents<'a> {
    /// No claim yet against the bytes of `range`.
    pub(super) fn new(range: &'a Range) -> Self {
        Self { range, first: None, cut: 0, needed: 0 }
    }

    /// A header says that `part` is the `len` bytes at `offset` of the image.
    pub(super) fn claim(&mut self, offset: u64, len: u64, part: impl FnOnce() -> String) {
        if len == 0 {
            return;
        }
        let end = offset.saturating_add(len);
        self.needed = self.needed.max(end);
        if end <= self.range.len() {
            return;
        }
        self.cut += 1;
        let at = self.range.base().saturating_add(offset);
        if self.first.as_ref().is_none_or(|first| at < first.offset) {
            let present = self.range.len().saturating_sub(offset);
            self.first = Some(Fault::truncated(part(), at, len, present));
        }
    }

    /// One fault for all truncated parts: it names the one that begins first, and says how many others there are.
    pub(super) fn into_fault(self) -> Option<Fault> {
        let mut fault = self.first?;
        let (needed, present) = (self.needed, self.range.len());
        fault.detail = match self.cut - 1 {
            0 => format!("the image needs {needed} bytes, has {present}"),
            n => format!("the image needs {needed} bytes, has {present}; parts cut beside it: {n}"),
        };
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::File;
    use std::path::Path;
    use std::sync::Arc;

    fn range(len: usize) -> Range {
        Range::whole(Arc::new(File::from_bytes(Path::new("x"), vec![0; len])))
    }

    #[test]
    fn what_fits_is_no_fault() {
        let range = range(10);
        let mut extents = Extents::new(&range);
        extents.claim(0, 10, || "all".into());
        extents.claim(u64::MAX, 0, || "nothing at the end of the world".into());
        assert_eq!(extents.into_fault(), None);
    }

    #[test]
    fn the_first_cut_part_is_named_and_the_largest_end_told() {
        let range = range(10);
        let mut extents = Extents::new(&range);
        extents.claim(9, 1000, || "late".into());
        extents.claim(5, 6, || "early".into());
        extents.claim(u64::MAX, u64::MAX, || "far".into());
        let fault = extents.into_fault().expect("two parts are cut");
        assert_eq!(
            (fault.part.as_str(), fault.offset, fault.wanted, fault.present),
            ("early", 5, 6, 5)
        );
        assert!(fault.detail.contains("parts cut beside it: 2"), "{}", fault.detail);
    }
}
