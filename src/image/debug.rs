//! Where does a file keep the debugging information that compilers left in it?
//!
//! Knows how each format spells the names of DWARF's sections, and none of their content.

use super::{Format, Image, Section};
use crate::error::Result;

impl Image {
    /// The section that DWARF calls `name` (`.debug_info`), however this file spells it:
    /// `__debug_info`, `.zdebug_info`, `__zdebug_info`; Mach-O has room for 16 bytes of it.
    ///
    /// A section without bytes in this file counts as missing: `strip --only-keep-debug` leaves code
    /// sections like that.
    #[must_use]
    pub fn debug_section(&self, name: &str) -> Option<&Section> {
        const MACHO_LONGEST: usize = 16;
        let bare = name.trim_start_matches('.');
        let spellings = match self.format {
            Format::MachO => [format!("__{bare}"), format!("__z{bare}")],
            Format::Elf | Format::Pe => [format!(".{bare}"), format!(".z{bare}")],
        };
        let called = |section: &&Section, wanted: &str| {
            let wanted = wanted.as_bytes();
            let room = if self.format == Format::MachO { MACHO_LONGEST } else { wanted.len() };
            section.name == wanted.get(..room).unwrap_or(wanted)
        };
        let mut stored = self.sections.iter().filter(|section| section.file_size > 0);
        stored.find(|section| spellings.iter().any(|wanted| called(section, wanted)))
    }

    /// The content of the section that DWARF calls `name`; see [`Image::debug_section`].
    ///
    /// # Errors
    /// As [`Image::read_section`].
    pub fn read_debug_section(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let Some(section) = self.debug_section(name) else { return Ok(None) };
        let mut content = self.read_section(section)?;
        // PE pads a section to the file's alignment: its content is as long as its size in memory.
        if !section.compressed {
            content.truncate(usize::try_from(section.size).unwrap_or(usize::MAX));
        }
        Ok(Some(content))
    }
}
