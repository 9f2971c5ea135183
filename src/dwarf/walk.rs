//! Where are the globals with a wanted name?
//!
//! One pass goes through the entries of every unit. Only variables and subprograms at depth 1 have their names read;
//! all others are skipped. A subprogram that was also inlined has no name of its own. It refers to the entry with the
//! name (`DW_AT_abstract_origin`), which for Go is often in another unit; so these are joined at the end.

use std::collections::BTreeMap;

use gimli::{AttributeValue as Value, UnitSectionOffset};

use super::EntryKind;
use super::budget::Budget;
use super::roots::{self, Opened, Place};
use super::sections::{Dwarf, Sections, Slice, Trouble};
use super::text::text;
use crate::error::{Fault, FaultCode};

/// How many entries without a name are kept for joining: 16 bytes each.
const MOST_NAMELESS: usize = 1 << 22;

/// How many entries without a name may follow each other: concrete, abstract, declaration.
const MOST_STEPS: usize = 4;

/// An entry with a wanted name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// Index of its unit.
    pub(super) unit: usize,
    /// Its offset in `.debug_info`.
    pub(super) offset: usize,
    /// The offset of the entry that holds what this one leaves out.
    pub(super) origin: Option<usize>,
    pub(super) kind: EntryKind,
    pub(super) name: Vec<u8>,
}

/// An entry whose name is in another entry.
#[derive(Clone, Copy, Debug)]
struct Nameless {
    offset: usize,
    origin: usize,
}

/// What was found in one unit.
#[derive(Default)]
struct InUnit {
    hits: Vec<Hit>,
    nameless: Vec<Nameless>,
    /// How far the unit could be read, and why not further.
    trouble: Option<(usize, Trouble)>,
}

/// What was found in all units.
pub(super) struct Walked {
    /// Sorted by unit and offset.
    pub(super) hits: Vec<Hit>,
    pub(super) fault: Option<Fault>,
}

/// Goes through all units.
pub(super) fn walk<'a>(
    sections: &'a Sections,
    places: &[Place],
    wanted: &(dyn Fn(&[u8]) -> bool + Sync),
) -> Walked {
    let budget = Budget::of(sections.len);
    let work = |index, dwarf: &Dwarf<'a>, opened: &Opened<'a>| {
        let mut walk =
            Walk { dwarf, opened, index, wanted, budget: &budget, found: InUnit::default() };
        let mut at = 0;
        let ended = walk.unit(&mut at);
        walk.found.trouble = ended.err().map(|trouble| (at, trouble));
        Ok(walk.found)
    };
    let done = roots::each(sections, places, work);
    let (units, mut fault) = roots::collect(sections, places, &budget, done);
    let (mut hits, mut nameless) = (Vec::new(), Vec::new());
    for (index, found) in units {
        if let (Some((present, trouble)), Some(place)) = (found.trouble, places.get(index)) {
            let told = || roots::unread(sections, index, place, present, trouble);
            fault = fault.or_else(|| Some(told()));
        }
        hits.extend(found.hits);
        nameless.extend(found.nameless);
    }
    if nameless.len() > MOST_NAMELESS {
        let place = (gimli::SectionId::DebugInfo, 0);
        let count = (MOST_NAMELESS, nameless.len());
        let (code, detail) = (FaultCode::InvalidValue, "more of them than are read");
        let told = || sections.fault(code, "entries without a name", place, count, detail);
        fault = fault.or_else(|| Some(told()));
        nameless.truncate(MOST_NAMELESS);
    }
    join(&mut hits, &nameless, places);
    Walked { hits, fault }
}

/// Adds the entries that refer to a hit, directly or through another.
fn join(hits: &mut Vec<Hit>, nameless: &[Nameless], places: &[Place]) {
    let mut origins: BTreeMap<usize, usize> =
        hits.iter().enumerate().map(|(index, hit)| (hit.offset, index)).collect();
    for _ in 0..MOST_STEPS {
        let known = hits.len();
        for entry in nameless {
            let Some(origin) = origins.get(&entry.origin).and_then(|index| hits.get(*index)) else {
                continue;
            };
            if origins.contains_key(&entry.offset) {
                continue;
            }
            let (kind, name) = (origin.kind, origin.name.clone());
            let unit = unit_at(places, entry.offset).unwrap_or(origin.unit);
            let (offset, origin) = (entry.offset, Some(entry.origin));
            origins.insert(offset, hits.len());
            hits.push(Hit { unit, offset, origin, kind, name });
        }
        if hits.len() == known {
            break;
        }
    }
    hits.sort_unstable();
}

/// The unit that holds the offset `offset` of `.debug_info`.
pub(super) fn unit_at(places: &[Place], offset: usize) -> Option<usize> {
    let index = places.partition_point(|place| place.offset <= offset).checked_sub(1)?;
    places.get(index).filter(|place| offset < place.end).map(|_| index)
}

struct Walk<'w, 'a> {
    dwarf: &'w Dwarf<'a>,
    opened: &'w Opened<'a>,
    index: usize,
    wanted: &'w (dyn Fn(&[u8]) -> bool + Sync),
    budget: &'w Budget,
    found: InUnit,
}

impl<'a> Walk<'_, 'a> {
    /// Goes through the unit; `at` is how far it got.
    fn unit(&mut self, at: &mut usize) -> Result<(), Trouble> {
        let header = &self.opened.unit.header;
        let UnitSectionOffset(start) = header.offset();
        let mut raw = header.entries_raw(&self.opened.unit.abbreviations, None)?;
        while !raw.is_empty() {
            let (depth, offset) = (raw.next_depth(), raw.next_offset().0);
            *at = offset;
            let Some(abbreviation) = raw.read_abbreviation()? else {
                if raw.next_depth() <= 0 {
                    return Ok(());
                }
                continue;
            };
            let kind = match abbreviation.tag() {
                gimli::DW_TAG_variable => Some(EntryKind::Variable),
                gimli::DW_TAG_subprogram => Some(EntryKind::Subprogram),
                _ => None,
            };
            match kind.filter(|_| depth == 1) {
                None => raw.skip_attributes(abbreviation.attributes())?,
                Some(kind) => {
                    let (mut name, mut origin) = (None, None);
                    for specification in abbreviation.attributes() {
                        let attribute = raw.read_attribute(*specification)?;
                        match attribute.name() {
                            gimli::DW_AT_name => name = Some(attribute.value()),
                            gimli::DW_AT_abstract_origin | gimli::DW_AT_specification => {
                                origin = reference(start, &attribute.value());
                            }
                            _ => {}
                        }
                    }
                    self.entry(kind, start.saturating_add(offset), name, origin)?;
                }
            }
            // A unit with one entry has no end mark for its children.
            if raw.next_depth() <= 0 {
                return Ok(());
            }
        }
        *at = self.opened.unit.header.length_including_self();
        Err(gimli::Error::UnexpectedEof(gimli::ReaderOffsetId(0)).into())
    }

    fn entry(
        &mut self,
        kind: EntryKind,
        offset: usize,
        name: Option<Value<Slice<'a>>>,
        origin: Option<usize>,
    ) -> Result<(), Trouble> {
        let Some(name) = name else {
            self.found.nameless.extend(origin.map(|origin| Nameless { offset, origin }));
            return Ok(());
        };
        let name = text(self.dwarf, &self.opened.unit, name, self.budget)?;
        if let Some(name) = name.filter(|name| (self.wanted)(name)) {
            let name = name.to_vec();
            self.found.hits.push(Hit { unit: self.index, offset, origin, kind, name });
        }
        Ok(())
    }
}

/// The offset in `.debug_info` that `value` refers to; `start` is where its unit begins.
pub(super) fn reference(start: usize, value: &Value<Slice<'_>>) -> Option<usize> {
    match value {
        Value::UnitRef(offset) => start.checked_add(offset.0),
        Value::DebugInfoRef(offset) => Some(offset.0),
        _ => None,
    }
}
