//! Which bytes of a file are one executable, table or member, and what is missing of them?
//!
//! Offsets are relative to the range, faults name those of the file. Knows no format.

use std::sync::Arc;

use super::File;
use crate::error::{Fault, Result};

/// A part of a [`File`] that is an executable by itself: the whole, or one slice of a fat Mach-O.
///
/// Offsets given to [`Range::read`] are relative to the range; faults name offsets in the file.
#[derive(Clone, Debug)]
pub struct Range {
    file: Arc<File>,
    base: u64,
    len: u64,
    /// Bytes that stand for the file's, from this offset in it on.
    replaced: Option<(Arc<Vec<u8>>, u64)>,
}

impl Range {
    /// The whole file.
    #[must_use]
    pub fn whole(file: Arc<File>) -> Self {
        let len = file.len();
        Self { file, base: 0, len, replaced: None }
    }

    /// The `len` bytes at `offset` of this range, which hold `part`; cut short when the range ends
    /// before, which is a fault that stands beside the shorter range.
    #[must_use]
    pub fn part(&self, part: &str, offset: u64, len: u64) -> (Self, Option<Fault>) {
        let present = self.len.saturating_sub(offset).min(len);
        let base = self.base.saturating_add(offset);
        let replaced = self.replaced.clone();
        let range = Self { file: Arc::clone(&self.file), base, len: present, replaced };
        let fault = (present < len).then(|| Fault::truncated(part, base, len, present));
        (range, fault)
    }

    /// The same range with other bytes: an object file whose relocations were applied. Faults go on
    /// naming offsets in the file.
    #[must_use]
    pub(crate) fn replaced(mut self, bytes: Vec<u8>) -> Self {
        self.len = self.len.min(bytes.len() as u64);
        self.replaced = Some((Arc::new(bytes), self.base));
        self
    }

    /// The file that the range lies in.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Where the range begins in the file, in bytes.
    #[must_use]
    pub fn base(&self) -> u64 {
        self.base
    }

    /// How many bytes the range holds.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the range holds no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The `len` bytes at `offset` of the range, which hold `part`.
    ///
    /// # Errors
    /// As [`File::read`]; the range's end counts as the file's.
    pub fn read(&self, part: &str, offset: u64, len: u64) -> Result<Vec<u8>> {
        self.check(part, offset, len)?;
        if let Some((bytes, base)) = &self.replaced {
            let start = self.base.saturating_sub(*base).saturating_add(offset);
            let range = usize::try_from(start).ok().zip(usize::try_from(len).ok());
            let found = range.and_then(|(start, len)| bytes.get(start..)?.get(..len));
            let cut = || Fault::truncated(part, self.base.saturating_add(offset), len, 0);
            return found.map(<[u8]>::to_vec).ok_or_else(cut);
        }
        self.file.read(part, self.base.saturating_add(offset), len)
    }

    /// Fails when the range ends before `offset + len`, without reading anything.
    ///
    /// # Errors
    /// [`FaultCode::Truncated`](crate::error::FaultCode::Truncated).
    pub fn check(&self, part: &str, offset: u64, len: u64) -> Result<()> {
        let present = self.len.saturating_sub(offset);
        if len > present {
            return Err(Fault::truncated(part, self.base.saturating_add(offset), len, present));
        }
        Ok(())
    }

    /// As many bytes at `offset` as the range holds, at most `len`.
    ///
    /// # Errors
    /// Only what the operating system reports.
    pub fn read_up_to(&self, part: &str, offset: u64, len: u64) -> Result<Vec<u8>> {
        let present = self.len.saturating_sub(offset);
        self.read(part, offset.min(self.len), len.min(present))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn offsets_of_a_range_are_its_own_and_its_faults_name_those_of_the_file() {
        let bytes = (0..100).collect();
        let whole = Range::whole(Arc::new(File::from_bytes(Path::new("x"), bytes)));
        let (slice, cut) = whole.part("slice", 40, 20);
        assert_eq!(cut, None);
        assert_eq!(slice.read("two", 1, 2), Ok(vec![41, 42]));
        let fault = slice.read("tail", 15, 10).expect_err("the slice ends before the file");
        assert_eq!((fault.offset, fault.wanted, fault.present), (55, 10, 5));
        assert_eq!(slice.read_up_to("tail", 15, 10), Ok(vec![55, 56, 57, 58, 59]));
        assert_eq!(slice.read_up_to("behind", 30, 10), Ok(Vec::new()));
        let (short, cut) = whole.part("long", 90, 20);
        assert_eq!(short.len(), 10);
        assert_eq!(
            cut.map(|fault| (fault.offset, fault.wanted, fault.present)),
            Some((90, 20, 10))
        );
    }
}
