//! Which file is meant by a number?
//!
//! Format: the header of a line table, DWARF 5, section 6.2.4. The program behind it is not run.

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
    /// Reads the header of the unit's line table; none where the unit has none.
    ///
    /// # Errors
    /// When it is damaged or longer than any.
    pub(super) fn read(
        dwarf: &Dwarf<'a>,
        opened: &Opened<'a>,
        budget: &Budget,
    ) -> Result<Option<Self>, Trouble> {
        let Some(Value::DebugLineRef(offset)) = opened.attribute(gimli::DW_AT_stmt_list) else {
            return Ok(None);
        };
        let len = header_length(dwarf, offset)?;
        if len > LONGEST || !budget.spend(len) {
            return Err(Trouble::Budget);
        }
        let size = opened.unit.header.address_size();
        let program = dwarf.debug_line.program(offset, size, None, None)?;
        Ok(Some(Self { header: program.header().clone() }))
    }

    /// The path of file `number`, from the compiler's folder where it is relative.
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
        let named = (file.directory_index() != 0).then(|| file.directory(&self.header)).flatten();
        let folder = match named {
            Some(folder) => text(dwarf, &opened.unit, folder, budget)?.unwrap_or_default(),
            None => &[],
        };
        if folder.is_empty() || name.starts_with(b"/") || name.get(1) == Some(&b':') {
            return Ok(Some(name.to_vec()));
        }
        Ok(Some([folder, b"/", name].concat()))
    }
}

/// The length of the header at `offset`, as it says itself.
fn header_length(dwarf: &Dwarf<'_>, offset: DebugLineOffset) -> Result<usize, Trouble> {
    let mut rest = *dwarf.debug_line.reader();
    rest.skip(offset.0)?;
    let (_, format) = rest.read_initial_length()?;
    if rest.read_u16()? >= 5 {
        rest.skip(2)?; // sizes of an address and of a segment selector
    }
    Ok(rest.read_offset(format)?)
}
