//! Which compilation units are there, what does each say about itself, and which code belongs to it?
//!
//! Format: DWARF 5, sections 7.5.1 (headers) and 3.1 (the first entry of a unit). Type units hold no globals and are
//! left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use gimli::{
    Abbreviations, AttributeValue as Value, DebugInfoOffset, SectionId, UnitSectionOffset, UnitType,
};
use rayon::prelude::*;

use super::abbreviations;
use super::budget::Budget;
use super::sections::{Dwarf, Header, Sections, Slice, Trouble};
use super::text::text;
use crate::error::{Fault, FaultCode};

/// The most units read; a browser has 30,000, the largest Go programs 10,000.
const MOST_UNITS: usize = 1 << 18;

/// `DW_LANG_Go`.
const GO: u16 = 0x16;

/// What a compilation unit says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Unit {
    /// The import path for Go (not escaped, `main` for package main), the source file for C.
    pub name: Vec<u8>,
    /// `DW_LANG_*`; 0 if it is not recorded.
    pub language: u16,
    /// The compiler and, as Go writes it, its flags: `Go cmd/compile go1.27.3; -N; regabi`.
    pub producer: Vec<u8>,
    /// Whether it describes anything.
    pub has_entries: bool,
}

impl Unit {
    /// Whether a Go compiler wrote it; cgo adds units in C.
    #[must_use]
    pub fn is_go(&self) -> bool {
        self.language == GO
    }
}

/// Addresses that belong to one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnitRange {
    /// The first address.
    pub start: u64,
    /// One after the last.
    pub end: u64,
    /// Index into [`super::DebugInfo::units`].
    pub unit: usize,
}

/// Where a unit lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The offset of its header in `.debug_info`.
    pub(super) offset: usize,
    /// One after its last byte.
    pub(super) end: usize,
    /// The offset of its abbreviation table in `.debug_abbrev`.
    pub(super) abbreviations: usize,
}

/// A unit, ready for its entries to be read.
#[derive(Debug)]
pub(super) struct Opened<'a> {
    pub(super) unit: gimli::Unit<Slice<'a>>,
    /// The attributes of its first entry.
    pub(super) root: Vec<gimli::Attribute<Slice<'a>>>,
    has_entries: bool,
}

/// The results of units by index, and the first fault of the others.
pub(super) type Done<T> = (Vec<(usize, T)>, Option<Fault>);

/// The places of the units whose headers and tables can be read, and the first fault of the others.
pub(super) fn places(sections: &Sections) -> (Vec<Place>, Option<Fault>) {
    let dwarf = sections.dwarf();
    let (mut places, mut fault, mut next) = (Vec::new(), None, 0);
    let len = gimli::Section::reader(&dwarf.debug_info).slice().len();
    let mut headers = dwarf.units();
    while next < len {
        let place = (SectionId::DebugInfo, next);
        let header = match headers.next() {
            Ok(Some(header)) => header,
            Ok(None) => break,
            Err(error) => {
                let part = format!("header of unit {}", places.len());
                fault = Some(sections.unread(&part, place, (len - next, 0), error.into()));
                break;
            }
        };
        if places.len() == MOST_UNITS {
            let (code, detail) = (FaultCode::InvalidValue, "more units than are read");
            let count = (MOST_UNITS, MOST_UNITS + 1);
            fault = Some(sections.fault(code, "units", place, count, detail));
            break;
        }
        next = next.saturating_add(header.length_including_self());
        if is_type(&header) {
            continue;
        }
        let UnitSectionOffset(offset) = header.offset();
        let abbreviations = header.debug_abbrev_offset().0;
        places.push(Place { offset, end: next, abbreviations });
    }
    let extents = abbreviations::extents(sections, places.iter().map(|p| p.abbreviations));
    places.retain(|place| extents.get(&place.abbreviations).is_some_and(Result::is_ok));
    let damaged = extents.into_values().find_map(Result::err);
    (places, fault.or(damaged))
}

fn is_type(header: &Header<'_>) -> bool {
    matches!(header.type_(), UnitType::Type { .. } | UnitType::SplitType { .. })
}

/// The header at `place`; it was read before.
pub(super) fn header<'a>(dwarf: &Dwarf<'a>, place: &Place) -> Result<Header<'a>, Trouble> {
    Ok(dwarf.unit_header(DebugInfoOffset(place.offset))?)
}

/// Does `work` for every unit, in parallel. Results are in the order of units.
pub(super) fn each<'a, T: Send>(
    sections: &'a Sections,
    places: &[Place],
    work: impl Fn(usize, &Dwarf<'a>, &Opened<'a>) -> T + Sync,
) -> Done<T> {
    let dwarf = sections.dwarf();
    let mut by_table: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, place) in places.iter().enumerate() {
        by_table.entry(place.abbreviations).or_default().push(index);
    }
    let one = |index: usize, table: &Arc<Abbreviations>| {
        let place = places.get(index)?;
        let opened = header(&dwarf, place).and_then(|header| open(&dwarf, header, table));
        let done = opened.map(|opened| work(index, &dwarf, &opened));
        Some((index, done.map_err(|trouble| unread(sections, index, place, 0, trouble))))
    };
    let group =
        |(table, members): (&usize, &Vec<usize>)| match abbreviations::parse(sections, *table) {
            Ok(table) => members.par_iter().filter_map(|index| one(*index, &table)).collect(),
            Err(fault) => members.first().map(|index| (*index, Err(fault))).into_iter().collect(),
        };
    let done: Vec<Vec<(usize, Result<T, Fault>)>> = by_table.par_iter().map(group).collect();
    let mut done: Vec<_> = done.into_iter().flatten().collect();
    done.sort_by_key(|(index, _)| *index);
    let mut fault = None;
    let mut results = Vec::with_capacity(done.len());
    for (index, result) in done {
        match result {
            Ok(result) => results.push((index, result)),
            Err(found) => fault = fault.or(Some(found)),
        }
    }
    (results, fault)
}

/// The fault of a unit of which `present` bytes could be read.
pub(super) fn unread(
    sections: &Sections,
    index: usize,
    place: &Place,
    present: usize,
    trouble: Trouble,
) -> Fault {
    let at = (SectionId::DebugInfo, place.offset);
    let len = place.end.saturating_sub(place.offset);
    sections.unread(&format!("unit {index}"), at, (len, present), trouble)
}

/// Reads the first entry of a unit. gimli would read the line table as well.
pub(super) fn open<'a>(
    dwarf: &Dwarf<'a>,
    header: Header<'a>,
    table: &Arc<Abbreviations>,
) -> Result<Opened<'a>, Trouble> {
    let mut raw = header.entries_raw(table, None)?;
    let mut root = gimli::DebuggingInformationEntry::null();
    if !raw.read_entry(&mut root)? {
        return Err(gimli::Error::MissingUnitDie.into());
    }
    let has_entries = root.has_children() && !raw.is_empty() && raw.read_abbreviation()?.is_some();
    let mut unit = gimli::Unit {
        abbreviations: Arc::clone(table),
        name: None,
        comp_dir: None,
        low_pc: 0,
        str_offsets_base: gimli::DebugStrOffsetsBase::default_for_encoding_and_file(
            header.encoding(),
            gimli::DwarfFileType::Main,
        ),
        addr_base: gimli::DebugAddrBase(0),
        loclists_base: gimli::DebugLocListsBase(0),
        rnglists_base: gimli::DebugRngListsBase(0),
        line_program: None,
        dwo_id: None,
        header,
    };
    for attribute in root.attrs() {
        match (attribute.name(), attribute.value()) {
            (gimli::DW_AT_str_offsets_base, Value::DebugStrOffsetsBase(base)) => {
                unit.str_offsets_base = base;
            }
            (gimli::DW_AT_addr_base | gimli::DW_AT_GNU_addr_base, Value::DebugAddrBase(base)) => {
                unit.addr_base = base
            }
            (
                gimli::DW_AT_rnglists_base | gimli::DW_AT_GNU_ranges_base,
                Value::DebugRngListsBase(base),
            ) => unit.rnglists_base = base,
            _ => {}
        }
    }
    if let Some(low) = root.attr_value(gimli::DW_AT_low_pc) {
        unit.low_pc = dwarf.attr_address(&unit, low)?.unwrap_or(0);
    }
    Ok(Opened { unit, root: root.attrs().to_vec(), has_entries })
}

impl<'a> Opened<'a> {
    /// An attribute of the first entry.
    pub(super) fn attribute(&self, name: gimli::DwAt) -> Option<Value<Slice<'a>>> {
        self.root.iter().find(|attribute| attribute.name() == name).map(gimli::Attribute::value)
    }

    fn text(
        &self,
        dwarf: &Dwarf<'a>,
        name: gimli::DwAt,
        budget: &Budget,
    ) -> Result<Vec<u8>, Trouble> {
        let Some(value) = self.attribute(name) else { return Ok(Vec::new()) };
        Ok(text(dwarf, &self.unit, value, budget)?.unwrap_or_default().to_vec())
    }

    fn about(&self, dwarf: &Dwarf<'a>, budget: &Budget) -> Result<Unit, Trouble> {
        let language = match self.attribute(gimli::DW_AT_language) {
            Some(Value::Language(language)) => language.0,
            _ => 0,
        };
        Ok(Unit {
            name: self.text(dwarf, gimli::DW_AT_name, budget)?,
            language,
            producer: self.text(dwarf, gimli::DW_AT_producer, budget)?,
            has_entries: self.has_entries,
        })
    }

    /// The unit's own addresses.
    fn ranges(
        &self,
        dwarf: &Dwarf<'a>,
        index: usize,
        budget: &Budget,
    ) -> Result<Vec<UnitRange>, Trouble> {
        let mut found = Vec::new();
        let mut ranges = dwarf.unit_ranges(&self.unit)?;
        while let Some(range) = ranges.next()? {
            if !budget.spend(1) {
                return Err(Trouble::Budget);
            }
            if range.begin < range.end {
                found.push(UnitRange { start: range.begin, end: range.end, unit: index });
            }
        }
        Ok(found)
    }
}

/// What every unit says about itself, parallel to `places`. A unit that cannot be read is empty.
pub(super) fn units<'a>(sections: &'a Sections, places: &[Place]) -> (Vec<Unit>, Option<Fault>) {
    let budget = Budget::of(sections.len);
    let read = |_, dwarf: &Dwarf<'a>, opened: &Opened<'a>| opened.about(dwarf, &budget);
    let mut units = vec![Unit::default(); places.len()];
    let (found, fault) = collect(sections, places, &budget, each(sections, places, read));
    for (index, unit) in found {
        if let Some(place) = units.get_mut(index) {
            *place = unit;
        }
    }
    (units, fault)
}

/// Which addresses belong to which unit, sorted.
pub(super) fn ranges<'a>(
    sections: &'a Sections,
    places: &[Place],
) -> (Vec<UnitRange>, Option<Fault>) {
    let budget = Budget::of(sections.len);
    let read = |index, dwarf: &Dwarf<'a>, opened: &Opened<'a>| opened.ranges(dwarf, index, &budget);
    let (found, fault) = collect(sections, places, &budget, each(sections, places, read));
    let mut ranges: Vec<UnitRange> = found.into_iter().flat_map(|(_, ranges)| ranges).collect();
    ranges.sort_unstable();
    (ranges, fault)
}

/// Separates the results from the first fault. If the budget was used up there are no results, because which units
/// were refused depends on the order of threads.
pub(super) fn collect<T>(
    sections: &Sections,
    places: &[Place],
    budget: &Budget,
    (done, mut fault): Done<Result<T, Trouble>>,
) -> Done<T> {
    if budget.is_spent() {
        return (Vec::new(), Some(sections.overspent()));
    }
    let mut results = Vec::with_capacity(done.len());
    for (index, result) in done {
        match (result, places.get(index)) {
            (Ok(result), _) => results.push((index, result)),
            (Err(trouble), Some(place)) => {
                fault = fault.or_else(|| Some(unread(sections, index, place, 0, trouble)));
            }
            (Err(_), None) => {}
        }
    }
    (results, fault)
}
