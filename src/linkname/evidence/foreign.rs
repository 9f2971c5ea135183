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
    /// Sections of host objects.
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
        Self { own: MARKS.iter().filter_map(between).collect(), containers: containers.collect() }
    }

    /// Whether the data at `address` comes from an object file that Go did not make.
    pub(super) fn is_foreign(&self, address: u64) -> bool {
        let within = |ranges: &[Range<u64>]| ranges.iter().any(|range| range.contains(&address));
        within(&self.containers) || (!self.own.is_empty() && !within(&self.own))
    }
}
