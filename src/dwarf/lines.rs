//! Which file does a file number stand for?
//!
//! Format: the header of a line table, DWARF 5, section 6.2.4. The line program after it is not run.

use gimli::{AttributeValue as Value, DebugLineOffset, LineProgramHeader, Reader, Section};

use super::budget::Budget;
use super::roots::Opened;
use super::sections::{Dwarf, Slice, Trouble};
use super::text::text;

/// The longest header read, in bytes: some 10,000 files with long paths.
const LONGEST: usize = 1 << 20;

/// The files of one unit.
#[derive(Debug)]
pub(super) struct Files<'a> {
    header: LineProgramHeader<Slice<'a>>,
}

impl<'a> Files<'a> {
    /// Reads the header of the unit's line table; none if the unit has no table.
    ///
    /// # Errors
    ///
    /// When it is damaged or too long.
    pub(super) fn read(
        dwarf: &Dwarf<'a>,
        opened: &Opened<'a>,
        budget: &Budget,
    ) -> Result<Option<Self>, Trouble> {
        let Some(Value::DebugLineRef(offset)) = opened.attribute(gimli::DW_AT_stmt_list) else {
            return Ok(None);
        };
        if dwarf.debug_line.reader().is_empty() {
            return Ok(None);
        }
        let len = header_length(dwarf, offset)?;
        if len > LONGEST || !budget.spend(len) {
            return Err(Trouble::Budget);
        }
        let size = opened.unit.header.address_size();
        let folder = match opened.attribute(gimli::DW_AT_comp_dir) {
            Some(value) => text(dwarf, &opened.unit, value, budget)?,
            None => None,
        };
        let folder = folder.map(|folder| Slice::new(folder, dwarf.debug_line.reader().endian()));
        let program = dwarf.debug_line.program(offset, size, folder, None)?;
        Ok(Some(Self { header: program.header().clone() }))
    }

    /// The path of file `number`; relative paths start from the compiler's folder.
    pub(super) fn path(
        &self,
        dwarf: &Dwarf<'a>,
        opened: &Opened<'a>,
        number: u64,
        budget: &Budget,
    ) -> Result<Option<Vec<u8>>, Trouble> {
        let Some(file) = self.header.file(number) else { return Ok(None) };
        let Some(name) = text(dwarf, &opened.unit, file.path_name(), budget)? else {
            return Ok(None);
        };
        let mut path = Vec::new();
        // Folder 0 is the compiler's working folder; the others are relative to it.
        let own = Some(file.directory_index()).filter(|index| *index != 0);
        let folders = [Some(0), own].into_iter().flatten();
        for folder in folders.filter_map(|index| self.header.directory(index)) {
            join(&mut path, text(dwarf, &opened.unit, folder, budget)?.unwrap_or_default());
        }
        join(&mut path, name);
        Ok(Some(path))
    }
}

/// Extends `path` by `next`.
fn join(path: &mut Vec<u8>, next: &[u8]) {
    if next.starts_with(b"/") || next.get(1) == Some(&b':') {
        path.clear();
    }
    // With -trimpath Go's compiler records "." as its folder.
    if next.is_empty() || next == b"." {
        return;
    }
    if !path.is_empty() && path.last() != Some(&b'/') {
        path.push(b'/');
    }
    path.extend_from_slice(next);
}

/// The length of the header at `offset`, as the header says.
fn header_length(dwarf: &Dwarf<'_>, offset: DebugLineOffset) -> Result<usize, Trouble> {
    let mut rest = *dwarf.debug_line.reader();
    rest.skip(offset.0)?;
    let (_, format) = rest.read_initial_length()?;
    if rest.read_u16()? >= 5 {
        rest.skip(2)?; // sizes of an address and of a segment selector
    }
    Ok(rest.read_offset(format)?)
}
