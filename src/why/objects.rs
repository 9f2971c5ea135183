//! Which bytes of data belong together, so that whoever refers to one has the others too?
//!
//! A symbol tells where a variable ends, and a type descriptor tells it itself. Anything else ends where the next thing
//! begins that something refers to: stripping leaves no other bound.

use std::collections::BTreeSet;

use super::numbers::{Numbers, Place};
use super::references::References;
use crate::binary::Binary;
use crate::golang::descriptor::{Descriptor, Descriptors};
use crate::image::{Format, SymbolKind};
use crate::names;

/// Words of `runtime.firstmoduledata` in the largest layout known (1.26: 75); those behind `modulehashes` hold no
/// address of the program.
const RECORD_WORDS: u64 = 80;

/// How data is divided.
pub(super) struct Objects {
    /// Start and end of what symbols name, in order; no two overlap.
    named: Vec<(Place, Place)>,
    /// Every place that something refers to, outside of what symbols name; and the starts of these.
    starts: Vec<Place>,
    pub(super) types: Option<Descriptors>,
    /// The runtime's record of the program, which holds addresses of everything.
    record: (Place, Place),
}

/// What an object is.
pub(super) enum Object {
    /// Bytes from a place up to another.
    Bytes(Place, Place),
    /// A type.
    Type(Descriptor, Place),
}

impl Objects {
    pub(super) fn of(binary: &Binary, numbers: &Numbers<'_>, references: &References) -> Self {
        let named = named(binary, numbers);
        let first_data = numbers.functions();
        let mut found =
            Self { named, starts: Vec::new(), types: types(binary), record: (Place::MAX, 0) };
        let record = binary.functions().ok().and_then(|functions| functions.moduledata.as_ref());
        if let Some(start) = record.and_then(|record| numbers.data_at(record.address)) {
            let size = RECORD_WORDS * u64::from(binary.layout().pointer);
            let end = (start.saturating_add(size as Place)).min(numbers.end(start));
            found.record = (start, found.named_at(start).map_or(end, |(_, end)| end));
        }
        let data = references.targets().filter(|place| *place >= first_data);
        let mut starts: Vec<Place> = data.map(|place| found.start_of(place)).collect();
        starts.extend(found.named.iter().map(|(start, _)| *start));
        starts.sort_unstable();
        starts.dedup();
        found.starts = starts;
        found.add_types(numbers);
        found
    }

    /// Adds the types that nothing but an offset in another type leads to.
    fn add_types(&mut self, numbers: &Numbers<'_>) {
        let Some(types) = &self.types else { return };
        // Descriptors of real programs do not overlap, and each offset takes four bytes.
        let mut budget = types.len() / 4;
        let mut open = self.starts.clone();
        let mut added: BTreeSet<Place> = BTreeSet::new();
        while let Some(start) = open.pop() {
            let Some(descriptor) = types.at(numbers.address(start)) else { continue };
            for (_, address) in types.named_types(&descriptor) {
                let Some(left) = budget.checked_sub(1) else { return };
                budget = left;
                let Some(place) = numbers.data_at(address).map(|place| self.start_of(place)) else {
                    continue;
                };
                if self.starts.binary_search(&place).is_err() && added.insert(place) {
                    open.push(place);
                }
            }
        }
        self.starts.extend(added);
        self.starts.sort_unstable();
    }

    fn named_at(&self, place: Place) -> Option<(Place, Place)> {
        let after = self.named.partition_point(|(start, _)| *start <= place);
        let found = *self.named.get(after.checked_sub(1)?)?;
        (place < found.1).then_some(found)
    }

    /// Whether a symbol names the object that begins at `start`.
    pub(super) fn is_named(&self, start: Place) -> bool {
        self.named_at(start).is_some()
    }

    /// Where the object begins that holds `place`.
    pub(super) fn start_of(&self, place: Place) -> Place {
        self.named_at(place).map_or(place, |(start, _)| start)
    }

    /// The number of an object among all, by its start.
    pub(super) fn index(&self, start: Place) -> Option<usize> {
        self.starts.binary_search(&start).ok()
    }

    /// Where object `index` begins.
    pub(super) fn start(&self, index: usize) -> Option<Place> {
        self.starts.get(index).copied()
    }

    /// How many objects there are.
    pub(super) fn count(&self) -> usize {
        self.starts.len()
    }

    /// The object that begins at `start`.
    pub(super) fn object(&self, numbers: &Numbers<'_>, start: Place) -> Object {
        if (self.record.0..self.record.1).contains(&start) {
            return Object::Bytes(start, start);
        }
        if let Some((_, end)) = self.named_at(start) {
            return Object::Bytes(start, end);
        }
        let address = numbers.address(start);
        if let Some(descriptor) = self.types.as_ref().and_then(|types| types.at(address)) {
            let size = descriptor.end.wrapping_sub(address) as Place;
            return Object::Type(descriptor, start.saturating_add(size));
        }
        let after = self.starts.partition_point(|other| *other <= start);
        let next = self.starts.get(after).copied().unwrap_or(Place::MAX);
        Object::Bytes(self.unnamed_from(numbers, start), next.min(numbers.end(start)))
    }

    /// Where unnamed data begins of which `start` is the first place that something refers to. Behind the end of a
    /// variable with a symbol nothing else can begin: the linker keeps only what is referred to, and nothing refers
    /// to a place in between.
    fn unnamed_from(&self, numbers: &Numbers<'_>, start: Place) -> Place {
        let before = self.starts.partition_point(|other| *other < start).checked_sub(1);
        let before = before.and_then(|index| self.starts.get(index)).copied();
        let end = before.and_then(|before| self.named_at(before)).map(|(_, end)| end);
        end.filter(|end| *end < start && numbers.end(*end) == numbers.end(start)).unwrap_or(start)
    }
}

/// Start and end of the variables that symbols name. In Mach-O and PE a symbol ends where the next one begins.
fn named(binary: &Binary, numbers: &Numbers<'_>) -> Vec<(Place, Place)> {
    let table = binary.symbols();
    let sized = binary.image.format == Format::Elf;
    let mut found: Vec<(Place, Place, bool)> = Vec::new();
    for symbol in &table.symbols {
        let is_variable = matches!(symbol.kind, SymbolKind::Object | SymbolKind::Unknown);
        if !is_variable || !binary.is_in_data(symbol) {
            continue;
        }
        let Some(start) = numbers.data_at(symbol.address) else { continue };
        let end = Place::try_from(symbol.size).unwrap_or(Place::MAX);
        let end = start.saturating_add(end).min(numbers.end(start));
        if sized && end == start {
            continue;
        }
        let keeps = !is_container(binary.go_name(table.name(symbol)));
        found.push((start, end, keeps));
    }
    found.sort_unstable();
    if !sized {
        let starts: Vec<Place> = found.iter().map(|(start, ..)| *start).collect();
        for (start, end, _) in &mut found {
            let next = starts.partition_point(|other| *other <= *start);
            let next = starts.get(next).copied().unwrap_or(Place::MAX);
            *end = next.min(numbers.end(*start));
        }
    }
    let mut kept: Vec<(Place, Place)> = Vec::new();
    for (start, end, keeps) in found {
        if keeps && kept.last().is_none_or(|(_, last)| *last <= start) {
            kept.push((start, end));
        }
    }
    kept
}

/// Whether the linker put many things under that name: `type:*`, `go:func.*`, `runtime.gcbits.*`, and marks of the
/// beginning of a part.
fn is_container(name: &[u8]) -> bool {
    let name = names::without_abi(name);
    let linkers: [&[u8]; 4] = [b"go:", b"go.", b"type:", b"type."];
    let is_linkers = linkers.iter().any(|prefix| name.starts_with(prefix));
    let single: [&[u8]; 4] =
        [b"go:itab.", b"go.itab.", b"go:main.inittasks", b"go:runtime.inittasks"];
    let marks: [&[u8]; 8] = [
        b"runtime.types",
        b"runtime.etypes",
        b"runtime.rodata",
        b"runtime.noptrdata",
        b"runtime.data",
        b"runtime.bss",
        b"runtime.noptrbss",
        b"runtime.gcbits.*",
    ];
    let is_single = single.iter().any(|prefix| name.starts_with(prefix));
    is_linkers && !is_single || name.ends_with(b".*") || marks.contains(&name)
}

/// The type data: what the record says, if types can be read there.
fn types(binary: &Binary) -> Option<Descriptors> {
    let record = binary.functions().ok()?.moduledata.as_ref()?;
    let minor = binary.build().and_then(|build| build.version.minor);
    record.types_candidates(minor).find_map(|(start, end)| {
        let section = binary.section_at(start)?;
        let stored = section.address.saturating_add(section.file_size);
        let data = binary.memory(start, end.min(stored).checked_sub(start)?).ok()?;
        let types = Descriptors::new(data, start, binary.layout());
        types.has_any().then_some(types)
    })
}
