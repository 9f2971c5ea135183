//! What does the debugging information of a binary say, and how much of the program does it cover?

use super::Binary;
use crate::dwarf::{DebugInfo, Section};
use crate::error::{Fault, Result};
use crate::image::{FileKind, Image};

/// How much of the program its debugging information describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DebugState {
    /// All of it: every Go unit has entries, and all could be read.
    Full,
    /// A part: it is damaged, or units have no entries, or there are only line tables.
    Partial,
    /// There is none.
    None,
}

impl DebugState {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Partial => "partial",
            Self::None => "none",
        }
    }
}

impl Binary {
    /// The debugging information, its own or its debug file's; none where neither has `.debug_info`.
    ///
    /// If single units could not be read, [`DebugInfo::fault`] says so. If nothing could be read, that is
    /// the error.
    pub fn debug(&self) -> Option<Result<&DebugInfo, &Fault>> {
        let found = self.debug.get_or_init(|| self.debug_image(".debug_info").map(read));
        found.as_ref().map(Result::as_ref)
    }

    /// How much of the program the debugging information describes. If no answer has read it yet, its
    /// sections alone decide: inflating and reading it costs more than most answers (0.6 s for a file of
    /// 161 MB).
    pub fn debug_state(&self) -> DebugState {
        let has = |name| self.debug_image(name).is_some();
        match self.debug.get() {
            Some(Some(Ok(info))) if is_full(info) => DebugState::Full,
            Some(Some(_)) => DebugState::Partial,
            None if has(".debug_info") && has(".debug_abbrev") => DebugState::Full,
            _ if has(".debug_info") || has(".debug_line") => DebugState::Partial,
            _ => DebugState::None,
        }
    }

    /// What is wrong with the debugging information, if an answer had to read it.
    pub fn debug_fault(&self) -> Option<Fault> {
        match self.debug.get()?.as_ref()? {
            Ok(info) => info.fault().cloned(),
            Err(fault) => Some(fault.clone()),
        }
    }

    /// The image that has the section that DWARF calls `name`: the binary or its debug file.
    fn debug_image(&self, name: &str) -> Option<&Image> {
        let images = std::iter::once(&self.image).chain(&self.detached);
        images.into_iter().find(|image| image.debug_section(name).is_some())
    }
}

fn is_full(info: &DebugInfo) -> bool {
    let mut go = info.units().iter().filter(|unit| unit.is_go()).peekable();
    info.fault().is_none() && go.peek().is_some() && go.all(|unit| unit.has_entries)
}

fn read(image: &Image) -> Result<DebugInfo> {
    let base = image.range.base();
    // Names and addresses are 0 until relocations are applied. tests/formats_live.rs compares the result with a linker's
    // output for the same object.
    if image.kind == FileKind::Relocatable && !image.is_linked() {
        let part = "debugging information of an object file";
        return Err(Fault::unsupported(part, base, "its relocations are not applied"));
    }
    let big_endian = image.byte_order == crate::image::ByteOrder::Big;
    DebugInfo::read(big_endian, |name| {
        // Only files of declarations stand there, which no answer needs. It is a third of what would be inflated.
        let section = image.debug_section(name).filter(|_| name != ".debug_line");
        let Some(section) = section else { return Ok(None) };
        let bytes = image.read_debug_section(name)?.unwrap_or_default();
        let offset = base.saturating_add(section.offset);
        Ok(Some(Section { bytes, offset, stored: !section.compressed }))
    })
}
