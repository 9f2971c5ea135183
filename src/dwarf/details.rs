//! What does an entry tell besides its name: address, file, type, parameters?
//!
//! Single entries are read by offset. What an entry leaves out is in the entry that it refers to
//! (`DW_AT_abstract_origin`, `DW_AT_specification`).

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use gimli::{Abbreviations, AttributeValue as Value, Operation, UnitOffset, UnitSectionOffset};

use super::budget::Budget;
use super::lines::Files;
use super::roots::{self, Opened, Place};
use super::sections::{Dwarf, Sections, Slice, Trouble};
use super::text::text;
use super::walk::{Hit, reference, unit_at};
use super::{Entry, Parameter, abbreviations};
use crate::error::Fault;

/// How many entries are followed from a type until one has a name and a size.
const MOST_STEPS: usize = 16;

/// How many parameters of a subprogram are read; the compiler's limit is far below.
const MOST_PARAMETERS: usize = 1024;

/// How many units are kept open; the types of one package are in few units.
const MOST_OPEN: usize = 64;

/// One entry: its unit, its place and its attributes.
struct Die<'a> {
    unit: Rc<Opened<'a>>,
    index: usize,
    offset: usize,
    tag: gimli::DwTag,
    has_children: bool,
    attributes: Vec<gimli::Attribute<Slice<'a>>>,
}

impl<'a> Die<'a> {
    fn value(&self, name: gimli::DwAt) -> Option<Value<Slice<'a>>> {
        self.attributes.iter().find(|a| a.name() == name).map(gimli::Attribute::value)
    }

    /// The offset in `.debug_info` of the entry that attribute `name` refers to.
    fn reference(&self, name: gimli::DwAt) -> Option<usize> {
        let UnitSectionOffset(start) = self.unit.unit.header.offset();
        reference(start, &self.value(name)?)
    }
}

/// The details of `hits`, in their order, and the first fault.
pub(super) fn entries(
    sections: &Sections,
    places: &[Place],
    hits: &[Hit],
) -> (Vec<Entry>, Option<Fault>) {
    let mut reader = Details {
        sections,
        places,
        dwarf: sections.dwarf(),
        tables: BTreeMap::new(),
        open: BTreeMap::new(),
        files: None,
        budget: Budget::of(sections.len),
    };
    let (mut entries, mut fault) = (Vec::with_capacity(hits.len()), None);
    for hit in hits {
        let (entry, trouble) = reader.entry(hit);
        let place = places.get(hit.unit);
        if let (Some(trouble), Some(place), None) = (trouble, place, &fault) {
            let present = hit.offset.saturating_sub(place.offset);
            fault = Some(roots::unread(sections, hit.unit, place, present, trouble));
        }
        entries.push(entry);
        if reader.budget.is_spent() {
            return (entries, Some(sections.overspent()));
        }
    }
    (entries, fault)
}

struct Details<'a> {
    sections: &'a Sections,
    places: &'a [Place],
    dwarf: Dwarf<'a>,
    tables: BTreeMap<usize, Arc<Abbreviations>>,
    open: BTreeMap<usize, Rc<Opened<'a>>>,
    /// The files of the last unit that was read; entries are read in the order of units.
    files: Option<(usize, Option<Files<'a>>)>,
    budget: Budget,
}

impl<'a> Details<'a> {
    /// The entry with everything that could be read, and the first fault.
    fn entry(&mut self, hit: &Hit) -> (Entry, Option<Trouble>) {
        let mut entry = Entry {
            unit: hit.unit,
            offset: hit.offset as u64,
            kind: hit.kind,
            name: hit.name.clone(),
            address: None,
            declaration: false,
            file: None,
            line: None,
            type_name: None,
            size: None,
            parameters: Vec::new(),
            own_results: Vec::new(),
        };
        let trouble = self.fill(&mut entry, hit).err();
        (entry, trouble)
    }

    fn fill(&mut self, entry: &mut Entry, hit: &Hit) -> Result<(), Trouble> {
        let die = self.die(hit.offset)?;
        entry.address = self.address(&die)?;
        entry.declaration = die.value(gimli::DW_AT_declaration).is_some();
        let mut chain = vec![die];
        let mut next = hit.origin;
        while let Some(origin) = next.filter(|_| chain.len() < MOST_STEPS) {
            let die = self.die(origin)?;
            next = die
                .reference(gimli::DW_AT_abstract_origin)
                .or_else(|| die.reference(gimli::DW_AT_specification));
            chain.push(die);
        }
        let says = |name| chain.iter().find_map(|die| Some((die.value(name)?, die)));
        if let Some((Value::Udata(line), _)) = says(gimli::DW_AT_decl_line) {
            entry.line = Some(line);
        }
        if let Some((Value::FileIndex(file), die)) = says(gimli::DW_AT_decl_file) {
            entry.file = self.file(die.index, file)?;
        }
        if let Some(offset) = chain.iter().find_map(|die| die.reference(gimli::DW_AT_type)) {
            (entry.type_name, entry.size) = self.type_at(offset)?;
        }
        if entry.kind == super::EntryKind::Subprogram
            // The abstract entry, which describes all copies, has all parameters; a concrete one may have lost some.
            && let Some(die) = chain.iter().rev().find(|die| die.has_children)
        {
            entry.parameters = self.parameters(die)?;
            let concrete =
                chain.first().filter(|first| first.offset != die.offset && first.has_children);
            if let Some(concrete) = concrete
                && !entry.parameters.iter().any(|parameter| parameter.is_result)
            {
                entry.own_results = self.parameters(concrete)?;
                entry.own_results.retain(|parameter| parameter.is_result);
            }
        }
        Ok(())
    }

    /// The entry at `offset` of `.debug_info`.
    fn die(&mut self, offset: usize) -> Result<Die<'a>, Trouble> {
        let index = unit_at(self.places, offset).ok_or(Trouble::Offset)?;
        let unit = self.unit(index)?;
        let UnitSectionOffset(start) = unit.unit.header.offset();
        let within = UnitOffset(offset.checked_sub(start).ok_or(Trouble::Offset)?);
        let mut entry = gimli::DebuggingInformationEntry::null();
        let mut raw = unit.unit.header.entries_raw(&unit.unit.abbreviations, Some(within))?;
        if !raw.read_entry(&mut entry)? {
            return Err(Trouble::Offset);
        }
        self.spend(1 + entry.attrs().len())?;
        let (tag, has_children) = (entry.tag(), entry.has_children());
        let attributes = entry.attrs().to_vec();
        Ok(Die { unit, index, offset, tag, has_children, attributes })
    }

    fn spend(&self, amount: usize) -> Result<(), Trouble> {
        if self.budget.spend(amount) { Ok(()) } else { Err(Trouble::Budget) }
    }

    fn unit(&mut self, index: usize) -> Result<Rc<Opened<'a>>, Trouble> {
        if let Some(open) = self.open.get(&index) {
            return Ok(Rc::clone(open));
        }
        let place = self.places.get(index).ok_or(Trouble::Offset)?;
        let table = self.table(place.abbreviations)?;
        let header = roots::header(&self.dwarf, place)?;
        let opened = Rc::new(roots::open(&self.dwarf, header, &table)?);
        if self.open.len() >= MOST_OPEN {
            self.open.clear();
            self.tables.clear();
        }
        self.open.insert(index, Rc::clone(&opened));
        self.tables.insert(place.abbreviations, table);
        Ok(opened)
    }

    fn table(&mut self, offset: usize) -> Result<Arc<Abbreviations>, Trouble> {
        if let Some(table) = self.tables.get(&offset) {
            return Ok(Arc::clone(table));
        }
        // The cost of parsing it was limited when its extent was measured.
        self.spend(abbreviations::len(self.sections, offset))?;
        abbreviations::parse(self.sections, offset).map_err(|_| Trouble::Offset)
    }

    /// Where the entry is in memory: `DW_OP_addr` alone, or the start of its code.
    fn address(&self, die: &Die<'a>) -> Result<Option<u64>, Trouble> {
        let unit = &die.unit.unit;
        if let Some(Value::Exprloc(expression)) = die.value(gimli::DW_AT_location) {
            let mut operations = expression.operations(unit.encoding());
            let address = match operations.next()? {
                Some(Operation::Address { address }) => Some(address),
                Some(Operation::AddressIndex { index }) => Some(self.dwarf.address(unit, index)?),
                _ => None,
            };
            // Further operations compute another address, such as a thread's own copy.
            return Ok(address.filter(|_| operations.next() == Ok(None)));
        }
        if let Some(low) = die.value(gimli::DW_AT_low_pc) {
            return Ok(self.dwarf.attr_address(unit, low)?);
        }
        let Some(ranges) = die.value(gimli::DW_AT_ranges) else { return Ok(None) };
        let Some(mut ranges) = self.dwarf.attr_ranges(unit, ranges)? else { return Ok(None) };
        Ok(ranges.next()?.map(|range| range.begin))
    }

    fn file(&mut self, index: usize, number: u64) -> Result<Option<Vec<u8>>, Trouble> {
        let opened = self.unit(index)?;
        if self.files.as_ref().is_none_or(|(known, _)| *known != index) {
            // Stored before it is read, so that a damaged table is read once and not for each entry.
            self.files = Some((index, None));
            self.files = Some((index, Files::read(&self.dwarf, &opened, &self.budget)?));
        }
        let Some((_, Some(files))) = &self.files else { return Ok(None) };
        files.path(&self.dwarf, &opened, number, &self.budget)
    }

    /// Name and size of the type at `offset`.
    fn type_at(&mut self, offset: usize) -> Result<(Option<Vec<u8>>, Option<u64>), Trouble> {
        let (mut name, mut size, mut next) = (None, None, Some(offset));
        for _ in 0..MOST_STEPS {
            let Some(offset) = next else { break };
            let die = self.die(offset)?;
            if name.is_none() {
                name = self.name(&die)?;
            }
            size = die.value(gimli::DW_AT_byte_size).and_then(|value| value.udata_value());
            let pointer = u64::from(die.unit.unit.header.address_size());
            let pointers = [
                gimli::DW_TAG_pointer_type,
                gimli::DW_TAG_reference_type,
                gimli::DW_TAG_rvalue_reference_type,
                gimli::DW_TAG_subroutine_type,
            ];
            if pointers.contains(&die.tag) {
                size = size.or(Some(pointer));
            }
            // Once a named type is found, only its size is looked for, through types that have the size of the next
            // one.
            let passes = [
                gimli::DW_TAG_typedef,
                gimli::DW_TAG_const_type,
                gimli::DW_TAG_volatile_type,
                gimli::DW_TAG_restrict_type,
                gimli::DW_TAG_atomic_type,
            ];
            next = die.reference(gimli::DW_AT_type);
            if size.is_some() || !passes.contains(&die.tag) {
                break;
            }
        }
        Ok((name, size))
    }

    fn name(&self, die: &Die<'a>) -> Result<Option<Vec<u8>>, Trouble> {
        let Some(value) = die.value(gimli::DW_AT_name) else { return Ok(None) };
        let name = text(&self.dwarf, &die.unit.unit, value, &self.budget)?;
        Ok(name.map(<[u8]>::to_vec))
    }

    fn parameters(&mut self, die: &Die<'a>) -> Result<Vec<Parameter>, Trouble> {
        let unit = &die.unit.unit;
        let UnitSectionOffset(start) = unit.header.offset();
        let within = UnitOffset(die.offset.saturating_sub(start));
        let mut raw = unit.header.entries_raw(&unit.abbreviations, Some(within))?;
        let (mut found, mut cost) = (Vec::new(), 0);
        while !raw.is_empty() && found.len() < MOST_PARAMETERS {
            let (depth, offset) = (raw.next_depth(), raw.next_offset().0);
            let Some(abbreviation) = raw.read_abbreviation()? else {
                if raw.next_depth() <= 0 {
                    break;
                }
                continue;
            };
            if depth == 1 && abbreviation.tag() == gimli::DW_TAG_formal_parameter {
                found.push(start.saturating_add(offset));
            }
            raw.skip_attributes(abbreviation.attributes())?;
            cost += 1 + abbreviation.attributes().len();
        }
        self.spend(cost)?;
        found.into_iter().map(|offset| self.parameter(offset)).collect()
    }

    fn parameter(&mut self, offset: usize) -> Result<Parameter, Trouble> {
        let mut die = self.die(offset)?;
        if let Some(origin) = die.reference(gimli::DW_AT_abstract_origin) {
            die = self.die(origin)?;
        }
        let name = self.name(&die)?.unwrap_or_default();
        let (type_name, size) = match die.reference(gimli::DW_AT_type) {
            Some(offset) => self.type_at(offset)?,
            None => (None, None),
        };
        let is_result = die.value(gimli::DW_AT_variable_parameter) == Some(Value::Flag(true));
        Ok(Parameter { name, type_name, size, is_result })
    }
}
