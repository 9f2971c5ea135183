//! How are the entries of a unit laid out, and is the table that says so safe to use?
//!
//! Format: DWARF 5, section 7.5.3. Thousands of units share a table, which is parsed once for all of them. Its extent
//! is measured first, because a hostile file could have overlapping tables, which would be parsed a thousand times,
//! or entries with a thousand attributes of no bytes, which would keep a reader busy.

use std::collections::BTreeMap;
use std::sync::Arc;

use gimli::{Abbreviations, DebugAbbrevOffset, Reader, Section, SectionId};

use super::sections::{Sections, Slice, Trouble};
use crate::error::{Fault, FaultCode};

/// The longest table in bytes. Go's has 368 for a whole program; a large C++ unit has some 20,000.
const LONGEST: usize = 1 << 20;

/// The most attributes of one entry that take no bytes (`DW_FORM_flag_present`, `DW_FORM_implicit_const`).
const MOST_EMPTY: usize = 32;

/// Where each of the tables at `offsets` ends, or its fault.
pub(super) fn extents(
    sections: &Sections,
    offsets: impl IntoIterator<Item = usize>,
) -> BTreeMap<usize, Result<usize, Fault>> {
    let dwarf = sections.dwarf();
    let whole = *dwarf.debug_abbrev.reader();
    let mut found: BTreeMap<usize, Result<usize, Fault>> =
        offsets.into_iter().map(|offset| (offset, Ok(offset))).collect();
    let mut last = 0;
    for (&offset, end) in &mut found {
        let place = (SectionId::DebugAbbrev, offset);
        if offset < last {
            let detail = "it begins inside another table";
            let code = FaultCode::InvalidValue;
            *end = Err(sections.fault(code, "abbreviations", place, (last, offset), detail));
            continue;
        }
        let measured = measure(whole, offset);
        let (Ok(len) | Err((len, _))) = measured;
        last = offset.saturating_add(len);
        *end = measured.map(|len| offset + len).map_err(|(present, trouble)| {
            sections.unread("abbreviations", place, (LONGEST, present), trouble)
        });
    }
    found
}

/// The length of the table at `offset`. On failure how far it could be read, and why.
fn measure(whole: Slice<'_>, offset: usize) -> Result<usize, (usize, Trouble)> {
    let mut rest = whole;
    let fits = rest.skip(offset).is_ok();
    let mut rest = if fits { rest } else { Slice::new(&[], whole.endian()) };
    _ = rest.truncate(LONGEST);
    let start = rest.len();
    let mut table = rest;
    match skip_table(&mut table) {
        Ok(()) => Ok(start - table.len()),
        Err(error) => Err((start - table.len(), error.into())),
    }
}

fn skip_table(rest: &mut Slice<'_>) -> gimli::Result<()> {
    while rest.read_uleb128()? != 0 {
        rest.skip_leb128()?; // the tag
        rest.read_u8()?; // whether it has children
        let mut empty = 0;
        loop {
            let (name, form) = (rest.read_uleb128()?, rest.read_uleb128_u16()?);
            let form = gimli::DwForm(form);
            if form == gimli::DW_FORM_implicit_const {
                rest.skip_leb128()?;
            }
            if name == 0 && form.0 == 0 {
                break;
            }
            let is_empty = [gimli::DW_FORM_implicit_const, gimli::DW_FORM_flag_present];
            empty += usize::from(is_empty.contains(&form));
            if empty > MOST_EMPTY {
                return Err(gimli::Error::UnknownForm(form));
            }
        }
    }
    Ok(())
}

/// The table at `offset`, whose extent was checked before.
pub(super) fn parse(sections: &Sections, offset: usize) -> Result<Arc<Abbreviations>, Fault> {
    let parsed = sections.dwarf().debug_abbrev.abbreviations(DebugAbbrevOffset(offset));
    parsed.map(Arc::new).map_err(|error| {
        let place = (SectionId::DebugAbbrev, offset);
        sections.unread("abbreviations", place, (LONGEST, 0), error.into())
    })
}

/// The length of the table at `offset` in bytes; 0 if it has no end.
pub(super) fn len(sections: &Sections, offset: usize) -> usize {
    measure(*sections.dwarf().debug_abbrev.reader(), offset).unwrap_or(0)
}
