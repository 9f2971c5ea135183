//! Which data comes from object files that Go did not make?
//!
//! A variable that is linknamed onto a C object is in effect only if both names became one symbol. Go's own linker
//! marks every section of a host object with a container symbol, `main(.data)` (cmd/link/internal/loadelf/ldelf.go,
//! go1.27). A system linker puts Go's data between the marks that Go's linker set, and C's data outside them.

use std::ops::Range;

use crate::binary::Binary;
use crate::image::Place;
use crate::symbols::aliases::{self, Class};

/// Where Go's own data is, and which parts of it are not Go's.
#[derive(Debug)]
pub(super) struct GoData {
    /// The ranges between the linker's marks; empty if no mark is left.
    own: Vec<Range<u64>>,
    /// Sections of host objects, sorted and each byte in one: a program with much C has thousands.
    containers: Vec<Range<u64>>,
}

/// Marks around the data of Go's own objects (cmd/link/internal/ld/data.go, go1.27).
const MARKS: [(&[u8], &[u8]); 5] = [
    (b"runtime.noptrdata", b"runtime.enoptrdata"),
    (b"runtime.data", b"runtime.edata"),
    (b"runtime.bss", b"runtime.ebss"),
    (b"runtime.noptrbss", b"runtime.enoptrbss"),
    (b"runtime.rodata", b"runtime.erodata"),
];

impl GoData {
    pub(super) fn of(binary: &Binary) -> Self {
        let between = |(start, end): &(&[u8], &[u8])| {
            Some(binary.symbol_address(start)?..binary.symbol_address(end)?)
        };
        let table = binary.symbols();
        let containers = table.symbols.iter().filter_map(|symbol| {
            let Place::Section(section) = symbol.place else { return None };
            let section = binary.image.sections.get(section as usize);
            let name = table.name(symbol);
            let class = aliases::class_alone(binary.image.format, section, name, symbol);
            (class == Some(Class::Container) && symbol.size > 0)
                .then(|| symbol.address..symbol.address.saturating_add(symbol.size))
        });
        let own = MARKS.iter().filter_map(between).collect();
        Self { own, containers: joined(containers.collect()) }
    }

    /// Whether the data at `address` comes from an object file that Go did not make.
    pub(super) fn is_foreign(&self, address: u64) -> bool {
        let after = self.containers.partition_point(|range| range.start <= address);
        let before = after.checked_sub(1).and_then(|index| self.containers.get(index));
        let in_container = before.is_some_and(|range| range.contains(&address));
        let in_own = self.own.iter().any(|range| range.contains(&address));
        in_container || (!self.own.is_empty() && !in_own)
    }
}

/// `ranges` sorted, those that touch made one.
fn joined(mut ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut joined: Vec<Range<u64>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_any_container_are_foreign_and_bytes_between_marks_are_not() {
        let containers = joined(vec![40..50, 10..30, 12..14, 30..32]);
        assert_eq!(containers, [10..32, 40..50]);
        let data = GoData { own: vec![0..20, 60..80], containers };
        for address in 0..90 {
            let own = address < 10 || (60..80).contains(&address);
            assert_eq!(data.is_foreign(address), !own, "{address}");
        }
        let unmarked = GoData { own: Vec::new(), containers: joined(vec![4..6, 6..8]) };
        assert!(unmarked.is_foreign(7) && !unmarked.is_foreign(8) && !unmarked.is_foreign(3));
    }
}
