//! Which section holds an address, by a binary search?
//!
//! Sections of a program do not overlap, with two exceptions: those of thread-local variables, because only copies of
//! them are in memory, and forged ones. Where sections overlap, the answer is that of
//! [`Image::section_at`](crate::image::Image::section_at): the first in the file's order.

use std::collections::BTreeSet;

use crate::image::Section;

/// The addresses at which the answer changes, sorted, each with the section from there on.
#[derive(Debug, Default)]
pub(super) struct SectionMap(Vec<(u64, Option<u32>)>);

impl SectionMap {
    /// Of all sections, in the file's order.
    pub(super) fn of(sections: &[Section]) -> Self {
        let mut bounds: Vec<(u64, bool, u32)> = Vec::new();
        for (index, section) in (0u32..).zip(sections) {
            if section.allocated && section.size > 0 {
                bounds.extend(bounds_of(section).into_iter().flatten().map(|b| (b.0, b.1, index)));
            }
        }
        bounds.sort_unstable();
        let (mut open, mut map) = (BTreeSet::new(), Vec::new());
        for here in bounds.chunk_by(|a, b| a.0 == b.0) {
            for (_, begins, index) in here {
                _ = if *begins { open.insert(*index) } else { open.remove(index) };
            }
            map.extend(here.first().map(|(at, ..)| (*at, open.first().copied())));
        }
        Self(map)
    }

    /// The number of the section that holds `address`.
    pub(super) fn at(&self, address: u64) -> Option<u32> {
        let after = self.0.partition_point(|(start, _)| *start <= address);
        self.0.get(after.checked_sub(1)?)?.1
    }
}

/// Where `section` begins (true), and the address after its end (false). A forged one may wrap around to 0.
fn bounds_of(section: &Section) -> [Option<(u64, bool)>; 3] {
    let last = section.address.wrapping_add(section.size - 1);
    let end = last.checked_add(1).map(|end| (end, false));
    let again = (last < section.address).then_some((0, true));
    [Some((section.address, true)), end, again]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(address: u64, size: u64, allocated: bool) -> Section {
        Section {
            name: Vec::new(),
            segment: Vec::new(),
            address,
            size,
            offset: 0,
            file_size: 0,
            flags: 0,
            kind: 1,
            allocated,
            writable: false,
            executable: false,
            compressed: false,
        }
    }

    #[test]
    fn the_first_section_that_holds_an_address_answers() {
        let sections = [
            section(0, 100, false),
            section(16, 16, true),
            section(64, 32, true),
            section(24, 64, true),
            section(70, 0, true),
            section(u64::MAX - 3, 8, true),
        ];
        let map = SectionMap::of(&sections);
        for address in (0..128).chain(u64::MAX - 8..=u64::MAX) {
            let first = sections.iter().position(|section| section.contains(address));
            assert_eq!(map.at(address).map(|index| index as usize), first, "{address:#x}");
        }
        assert_eq!(SectionMap::of(&[]).at(0), None);
    }
}
