//! The set of addresses that are looked for.
//!
//! It is asked about nearly every operand of a program, and nearly every answer is no.

/// More granules are not kept: 128 KiB of bits, which stay in a processor's cache.
const MOST_GRANULES: u64 = 1 << 20;

/// The same where all functions of a program are wanted: most jumps lead to a granule without an entry then.
const MOST_FOR_MANY: u64 = 1 << 23;

/// How many ranges are many.
const MANY: usize = 1 << 12;

/// Addresses to look for: single ones, and ranges whose every byte counts.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// First and last address of each range, in order; no two touch.
    ranges: Vec<(u64, u64)>,
    /// One bit for each 2^`shift` addresses from the first range on: whether a range has part in them.
    granules: Vec<u64>,
    /// For each word of `granules` how many ranges begin before its addresses; one more at the end.
    before: Vec<u32>,
    shift: u32,
}

impl Wanted {
    /// A set of single addresses.
    #[must_use]
    pub fn new(addresses: impl IntoIterator<Item = u64>) -> Self {
        Self::ranges(addresses.into_iter().map(|address| (address, 1)))
    }

    /// A set of ranges: start and length in bytes. The start is wanted even if the length is 0, which is the size of
    /// an empty struct and of many assembly symbols.
    #[must_use]
    pub fn ranges(ranges: impl IntoIterator<Item = (u64, u64)>) -> Self {
        let last = |start: u64, len: u64| start.saturating_add(len.max(1) - 1);
        let mut sorted: Vec<(u64, u64)> =
            ranges.into_iter().map(|(start, len)| (start, last(start, len))).collect();
        sorted.sort_unstable();
        sorted.dedup_by(|next, kept| {
            let overlaps = next.0 <= kept.1;
            if overlaps {
                kept.1 = kept.1.max(next.1);
            }
            overlaps
        });
        let mut wanted = Self { ranges: sorted, ..Self::default() };
        wanted.mark();
        wanted
    }

    fn mark(&mut self) {
        let (Some((first, _)), Some((_, last))) = (self.ranges.first(), self.ranges.last()) else {
            return;
        };
        let span = last - first;
        let most = if self.ranges.len() < MANY { MOST_GRANULES } else { MOST_FOR_MANY };
        self.shift = (u64::BITS - (span / most).leading_zeros()).min(u64::BITS - 1);
        self.granules = vec![0; (span >> self.shift) as usize / 64 + 1];
        for (start, end) in &self.ranges {
            let (from, to) = ((start - first) >> self.shift, (end - first) >> self.shift);
            let inside = self.granules.get_mut(from as usize / 64..=to as usize / 64);
            // Data of a program is a range of millions of granules: whole words at once.
            for (word, at) in inside.into_iter().flatten().zip(from / 64..) {
                let low = from.saturating_sub(at * 64);
                let high = (to - at * 64).min(63);
                *word |= u64::MAX << low & u64::MAX >> (63 - high);
            }
        }
        let mut begun = 0;
        let counts = (0..=self.granules.len() as u64).map(|word| {
            let rest = self.ranges.get(begun..).unwrap_or_default().iter();
            begun +=
                rest.take_while(|(start, _)| (start - first) >> self.shift < 64 * word).count();
            u32::try_from(begun).unwrap_or(u32::MAX)
        });
        self.before = counts.collect();
    }

    /// These and the addresses of `ranges`, as [`Wanted::ranges`] takes them.
    #[must_use]
    pub fn and(&self, ranges: impl IntoIterator<Item = (u64, u64)>) -> Self {
        let own =
            self.ranges.iter().map(|(start, last)| (*start, (last - start).saturating_add(1)));
        Self::ranges(own.chain(ranges))
    }

    /// Whether `address` is wanted.
    #[inline]
    #[must_use]
    pub fn contains(&self, address: u64) -> bool {
        // Nearly every address is outside: comparing with the two ends answers without a search.
        match (self.ranges.first(), self.ranges.last()) {
            (Some(first), Some(last)) if (first.0..=last.1).contains(&address) => {
                self.may_hold(address - first.0) && self.search(address, address - first.0)
            }
            _ => false,
        }
    }

    /// Whether a range has part in the granule of the address so far behind the first.
    #[inline]
    fn may_hold(&self, distance: u64) -> bool {
        let granule = distance >> self.shift;
        let word = self.granules.get(granule as usize / 64);
        word.is_some_and(|word| word >> (granule % 64) & 1 == 1)
    }

    fn search(&self, address: u64, distance: u64) -> bool {
        let word = (distance >> self.shift) as usize / 64;
        let bound = |word: usize| self.before.get(word).map_or(self.ranges.len(), |n| *n as usize);
        // The range that holds it begins in the word's addresses, or is the last one before them.
        let (first, end) = (bound(word).saturating_sub(1), bound(word + 1));
        let near = self.ranges.get(first..end).unwrap_or_default();
        let behind = near.partition_point(|(start, _)| *start <= address);
        let range = behind.checked_sub(1).and_then(|index| near.get(index));
        range.is_some_and(|(_, last)| address <= *last)
    }

    /// Whether all of `other` is wanted too.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.ranges.iter().all(|(start, last)| {
            let behind = self.ranges.partition_point(|(own, _)| own <= start);
            let range = behind.checked_sub(1).and_then(|index| self.ranges.get(index));
            range.is_some_and(|(_, end)| last <= end)
        })
    }

    /// First and last address of each range, in order.
    pub(super) fn spans(&self) -> impl Iterator<Item = (u64, u64)> {
        self.ranges.iter().copied()
    }

    /// Whether a range has part in the addresses from `first` to `last`.
    pub(super) fn has_between(&self, first: u64, last: u64) -> bool {
        let next = self.ranges.partition_point(|(_, end)| *end < first);
        self.ranges.get(next).is_some_and(|(start, _)| *start <= last)
    }

    /// Whether nothing is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wanted_set_holds_what_was_put_in() {
        let wanted = Wanted::new([5, 1, 5, 9]);
        assert!([1, 5, 9].into_iter().all(|address| wanted.contains(address)));
        assert!([0, 2, 10].into_iter().all(|address| !wanted.contains(address)));
        assert!(Wanted::new([]).is_empty());
    }

    #[test]
    fn ranges_hold_every_byte_whatever_their_order() {
        let wanted = Wanted::ranges([(0x20, 4), (0x10, 8), (0x12, 2), (0x30, 0), (u64::MAX, 9)]);
        let inside = [0x10, 0x17, 0x20, 0x23, 0x30, u64::MAX];
        assert!(inside.into_iter().all(|address| wanted.contains(address)));
        assert!(Wanted::ranges([(0, u64::MAX)]).contains(u64::MAX / 3));
        assert!(wanted.covers(&Wanted::ranges([(0x11, 7), (0x20, 4)])) && wanted.covers(&wanted));
        assert!(!wanted.covers(&Wanted::ranges([(0x11, 8)])) && !wanted.covers(&Wanted::new([1])));
        let far = Wanted::new([3, 5 << 40]);
        assert!(far.contains(3) && far.contains(5 << 40) && !far.contains(4 << 40));
        let outside = [0xf, 0x18, 0x1f, 0x24, 0x2f, 0x31, u64::MAX - 1];
        assert!(outside.into_iter().all(|address| !wanted.contains(address)));
    }
}
