//! Everything that code and data refer to, each pair once, as numbers.

use super::numbers::{Numbers, Place};
use crate::binary::{Binary, Functions};
use crate::code::{How, RawReference};
use crate::error::Fault;

/// Bits of a distance from a function's entry; the others are how it refers.
const DISTANCE: u32 = 29;

/// One reference of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference {
    /// What it refers to.
    pub(super) to: Place,
    /// How, in the three high bits, and how far behind the function's entry.
    site: u32,
}

impl Reference {
    fn new(to: Place, raw: &RawReference, entry: u64) -> Option<Self> {
        let distance = u32::try_from(raw.at.checked_sub(entry)?).ok()?;
        let how = match raw.how {
            How::Call => 0,
            How::Jump => 1,
            _ => 2,
        };
        (distance >> DISTANCE == 0).then_some(Self { to, site: how << DISTANCE | distance })
    }

    /// How it refers: by a call, a jump, or by forming, reading or writing an address.
    pub(super) fn how(self) -> How {
        match self.site >> DISTANCE {
            0 => How::Call,
            1 => How::Jump,
            _ => How::Address,
        }
    }

    /// How far its instruction lies behind the function's entry, in bytes.
    pub(super) fn distance(self) -> u64 {
        (self.site & ((1 << DISTANCE) - 1)).into()
    }
}

/// All references of one program.
#[derive(Debug, Default)]
pub(super) struct References {
    /// For each function where its references begin; one more at the end.
    first: Vec<u32>,
    all: Vec<Reference>,
    /// Those through stubs of a linker, with their functions; sorted.
    through: Vec<(Place, Reference)>,
    /// Words of data that hold an address: where they are, and what they hold. Sorted.
    words: Vec<(Place, Place)>,
    /// What the runtime's record of the program holds: where things begin that nothing else may refer to.
    bounds: Vec<Place>,
    /// How many functions hold bytes that are no instruction.
    pub(super) undecoded: usize,
}

impl References {
    /// Reads all code and all data.
    ///
    /// # Errors
    /// When code is not searched or cut off, or data or relocations are.
    pub(super) fn of(
        binary: &Binary,
        functions: &Functions,
        numbers: &Numbers<'_>,
    ) -> Result<Self, Fault> {
        let wanted = numbers.wanted();
        let mut found = Self { first: vec![0], ..Self::default() };
        let through = binary.each_reference(&wanted, &mut |piece| {
            found.undecoded += piece.undecoded.len();
            found.add(functions, numbers, &piece.references);
        })?;
        found.add_through(functions, numbers, &through);
        found.first.resize(numbers.functions() as usize + 1, found.all.len() as u32);
        found.through.sort_unstable();
        found.through.dedup_by_key(|(from, reference)| (*from, reference.to));
        let record = functions.moduledata.as_ref();
        let words = binary.search_words(&wanted)?.into_iter();
        let words = words.filter(|(at, value)| {
            let of_record = record.is_some_and(|record| record.holds(*at));
            found.bounds.extend(numbers.data_at(*value).filter(|_| of_record));
            !of_record
        });
        let numbered =
            words.filter_map(|(at, value)| Some((numbers.data_at(at)?, numbers.at(value)?)));
        let words = numbered.collect();
        found.words = words;
        found.words.sort_unstable();
        Ok(found)
    }

    /// Adds `raws`, which are in order of their instructions. Sections that are not in order of addresses are forged, or
    /// of an object file; their references are kept as if they came through stubs.
    fn add(&mut self, functions: &Functions, numbers: &Numbers<'_>, raws: &[RawReference]) {
        let mut rest = raws;
        while let Some(first) = rest.first() {
            let Some(function) = functions.table.find(first.at) else { return };
            let count = rest.partition_point(|raw| raw.at < function.end).max(1);
            let (own, others) = rest.split_at(count);
            rest = others;
            if function.index + 1 < self.first.len() {
                self.add_through(functions, numbers, own);
                continue;
            }
            self.first.resize(function.index + 1, self.all.len() as u32);
            let known =
                |raw: &RawReference| Reference::new(numbers.at(raw.to)?, raw, function.entry);
            let mut of_function: Vec<Reference> = own.iter().filter_map(known).collect();
            of_function.sort_unstable();
            of_function.dedup_by_key(|reference| reference.to);
            self.all.extend(of_function);
        }
    }

    fn add_through(&mut self, functions: &Functions, numbers: &Numbers<'_>, raws: &[RawReference]) {
        let known = raws.iter().filter_map(|raw| {
            let function = functions.table.find(raw.at)?;
            let reference = Reference::new(numbers.at(raw.to)?, raw, function.entry)?;
            Some((Place::try_from(function.index).ok()?, reference))
        });
        self.through.extend(known);
    }

    /// What `function` refers to, in order of numbers; then what it refers to through stubs.
    pub(super) fn of_function(&self, function: Place) -> impl Iterator<Item = Reference> + '_ {
        let bound = |index: usize| self.first.get(index).map_or(0, |at| *at as usize);
        let (start, end) = (bound(function as usize), bound(function as usize + 1));
        let own = self.all.get(start..end.max(start)).unwrap_or_default();
        let from = self.through.partition_point(|(other, _)| *other < function);
        let through = self.through.get(from..).unwrap_or_default().iter();
        let through = through.take_while(move |(other, _)| *other == function);
        own.iter().copied().chain(through.map(|(_, reference)| *reference))
    }

    /// The words from `start` to `end`: where they are and what they hold.
    pub(super) fn words(&self, start: Place, end: Place) -> &[(Place, Place)] {
        let first = self.words.partition_point(|(at, _)| *at < start);
        let rest = self.words.get(first..).unwrap_or_default();
        rest.get(..rest.partition_point(|(at, _)| *at < end)).unwrap_or_default()
    }

    /// What the word at `place` holds, if it holds an address.
    pub(super) fn word(&self, place: Place) -> Option<Place> {
        let found = self.words.binary_search_by_key(&place, |(at, _)| *at).ok()?;
        self.words.get(found).map(|(_, value)| *value)
    }

    /// Everything that is referred to.
    pub(super) fn targets(&self) -> impl Iterator<Item = Place> + '_ {
        let of_code = self.all.iter().map(|reference| reference.to);
        let through = self.through.iter().map(|(_, reference)| reference.to);
        let of_data = self.words.iter().map(|(_, to)| *to);
        of_code.chain(through).chain(of_data).chain(self.bounds.iter().copied())
    }

    /// How many words hold an address.
    pub(super) fn count_words(&self) -> usize {
        self.words.len()
    }
}
