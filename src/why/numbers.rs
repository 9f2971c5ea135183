//! One number for every place that can be referred to: functions first, then every byte of data.
//!
//! A program of 160 MB has millions of references. With numbers of four bytes they take a fourth of what addresses and
//! names would.

use crate::binary::{Binary, Functions};
use crate::code::Wanted;
use crate::image::Section;

/// The number of a function (its index in Go's table) or of a byte of data.
pub(super) type Place = u32;

/// A section of data.
#[derive(Clone, Copy, Debug)]
struct Span {
    address: u64,
    size: u32,
    first: Place,
}

/// The numbers of one program.
#[derive(Debug)]
pub(super) struct Numbers<'a> {
    functions: &'a Functions,
    count: Place,
    spans: Vec<Span>,
    /// Whether some data has no number, because there is too much of it.
    pub(super) cut: bool,
}

impl<'a> Numbers<'a> {
    pub(super) fn of(binary: &Binary, functions: &'a Functions) -> Self {
        let count = Place::try_from(functions.table.len()).unwrap_or(Place::MAX);
        let is_data = |section: &&Section| {
            section.allocated && !section.executable && section.size > 0 && !section.compressed
        };
        let mut sections: Vec<&Section> = binary.image.sections.iter().filter(is_data).collect();
        sections.sort_by_key(|section| (section.address, section.size));
        let (mut spans, mut next, mut behind, mut cut) = (Vec::new(), count, 0, false);
        for section in sections {
            // Thread-local variables share addresses with what follows them, and forged sections with anything.
            if section.address < behind {
                continue;
            }
            let end = u32::try_from(section.size).ok().and_then(|size| next.checked_add(size));
            let Some(end) = end else {
                cut = true;
                continue;
            };
            spans.push(Span { address: section.address, size: end - next, first: next });
            (next, behind) = (end, section.address.saturating_add(section.size));
        }
        Self { functions, count, spans, cut }
    }

    /// Everything that has a number.
    pub(super) fn wanted(&self) -> Wanted {
        let entries = self.functions.table.functions().map(|function| (function.entry, 1));
        Wanted::ranges(
            entries.chain(self.spans.iter().map(|span| (span.address, span.size.into()))),
        )
    }

    /// How many functions there are.
    pub(super) fn functions(&self) -> Place {
        self.count
    }

    pub(super) fn is_function(&self, place: Place) -> bool {
        place < self.count
    }

    /// The number of what is at `address`: a function that begins there, or data.
    pub(super) fn at(&self, address: u64) -> Option<Place> {
        self.data_at(address).or_else(|| self.entry_at(address))
    }

    /// The number of the byte of data at `address`.
    pub(super) fn data_at(&self, address: u64) -> Option<Place> {
        let after = self.spans.partition_point(|span| span.address <= address);
        let span = self.spans.get(after.checked_sub(1)?)?;
        let offset = address - span.address;
        (offset < span.size.into()).then(|| span.first + offset as u32)
    }

    /// The number of the function that begins at `address`.
    pub(super) fn entry_at(&self, address: u64) -> Option<Place> {
        let function = self.functions.table.find(address)?;
        (function.entry == address).then(|| Place::try_from(function.index).ok()).flatten()
    }

    /// The address of a place.
    pub(super) fn address(&self, place: Place) -> u64 {
        if self.is_function(place) {
            return self.functions.table.function(place as usize).map_or(0, |f| f.entry);
        }
        let span = self.span(place);
        span.map_or(0, |span| span.address.wrapping_add((place - span.first).into()))
    }

    /// The number behind the last byte of the section of `place`.
    pub(super) fn end(&self, place: Place) -> Place {
        self.span(place).map_or(place, |span| span.first + span.size)
    }

    fn span(&self, place: Place) -> Option<&Span> {
        let after = self.spans.partition_point(|span| span.first <= place);
        self.spans.get(after.checked_sub(1)?)
    }
}
