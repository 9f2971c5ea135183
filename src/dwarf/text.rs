//! What is the string of an attribute?
//!
//! Strings are in the entry itself, or in a section that it points into. Those in sections are read up to a limit and
//! within a budget.

use gimli::{AttributeValue, Section, SectionId, Unit};

use super::budget::Budget;
use super::sections::{Dwarf, Slice, Trouble};

/// The longest name read, in bytes. Names of Go's generic functions reach a few thousand.
const LONGEST: usize = 1 << 16;

/// The string that `value` holds or points to. None if it is no string, or is in another file.
///
/// # Errors
///
/// When it is outside its section, does not end within [`LONGEST`] bytes, or the budget is used up.
pub(super) fn text<'a>(
    dwarf: &Dwarf<'a>,
    unit: &Unit<Slice<'a>>,
    value: AttributeValue<Slice<'a>>,
    budget: &Budget,
) -> Result<Option<&'a [u8]>, Trouble> {
    let (section, offset) = match value {
        AttributeValue::String(text) => return Ok(Some(text.slice())),
        AttributeValue::DebugStrRef(offset) => (SectionId::DebugStr, offset.0),
        AttributeValue::DebugLineStrRef(offset) => (SectionId::DebugLineStr, offset.0),
        AttributeValue::DebugStrOffsetsIndex(index) => {
            (SectionId::DebugStr, dwarf.string_offset(unit, index)?.0)
        }
        _ => return Ok(None),
    };
    let bytes = match section {
        SectionId::DebugStr => dwarf.debug_str.reader().slice(),
        _ => dwarf.debug_line_str.reader().slice(),
    };
    let rest = bytes.get(offset..).unwrap_or_default();
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    let end = memchr::memchr(0, rest);
    if !budget.spend(end.unwrap_or(rest.len())) {
        return Err(Trouble::Budget);
    }
    let inside = end.and_then(|end| rest.get(..end));
    inside.map(Some).ok_or(Trouble::Text(section.name()))
}
