//! The bytes that debugging information is read from, and how faults in them get their place.

use gimli::{DwarfSections, EndianSlice, RunTimeEndian, SectionId};

use crate::error::{Fault, FaultCode, Result};

/// The sections that are read, by their names in the DWARF standard.
pub const NAMES: [&str; 9] = [
    ".debug_info",
    ".debug_abbrev",
    ".debug_str",
    ".debug_line_str",
    ".debug_str_offsets",
    ".debug_addr",
    ".debug_line",
    ".debug_ranges",
    ".debug_rnglists",
];

/// The content of one section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Its bytes, decompressed and relocated.
    pub bytes: Vec<u8>,
    /// Where it begins in the file, in bytes.
    pub offset: u64,
    /// Whether the file holds `bytes` unchanged, so that offsets in them are offsets in the file.
    pub stored: bool,
}

/// A reader over a part of a section.
pub(super) type Slice<'a> = EndianSlice<'a, RunTimeEndian>;

/// All sections, without those that nothing here reads.
pub(super) type Dwarf<'a> = gimli::Dwarf<Slice<'a>>;

/// A unit's header.
pub(super) type Header<'a> = gimli::UnitHeader<Slice<'a>>;

#[derive(Debug)]
pub(super) struct Sections {
    bytes: DwarfSections<Vec<u8>>,
    endian: RunTimeEndian,
    /// Name, offset in the file, and whether offsets inside count from there.
    places: Vec<(&'static str, u64, bool)>,
    /// The bytes of all sections together.
    pub(super) len: usize,
}

impl Sections {
    pub(super) fn load(
        big_endian: bool,
        mut section: impl FnMut(&str) -> Result<Option<Section>>,
    ) -> Result<Self> {
        let endian = if big_endian { RunTimeEndian::Big } else { RunTimeEndian::Little };
        let (mut places, mut len, mut info) = (Vec::new(), 0, false);
        let bytes = DwarfSections::load(|id: SectionId| -> Result<Vec<u8>> {
            let Some(name) = NAMES.into_iter().find(|name| *name == id.name()) else {
                return Ok(Vec::new());
            };
            let Some(found) = section(name)? else { return Ok(Vec::new()) };
            places.push((name, found.offset, found.stored));
            len += found.bytes.len();
            info |= id == SectionId::DebugInfo && !found.bytes.is_empty();
            Ok(found.bytes)
        })?;
        if !info {
            let detail = "there is no such section, or nothing in it";
            return Err(Fault::new(FaultCode::Unsupported, ".debug_info", 0, 1, 0, detail));
        }
        Ok(Self { bytes, endian, places, len })
    }

    pub(super) fn dwarf(&self) -> Dwarf<'_> {
        self.bytes.borrow(|bytes| EndianSlice::new(bytes, self.endian))
    }

    /// A fault at `at` of section `id`: `part`, with the numbers that [`Fault`] describes.
    pub(super) fn fault(
        &self,
        code: FaultCode,
        part: &str,
        (id, at): (SectionId, usize),
        (wanted, present): (usize, usize),
        detail: impl Into<String>,
    ) -> Fault {
        let name = id.name();
        let place = self.places.iter().find(|(known, ..)| *known == name);
        let (_, base, stored) = place.copied().unwrap_or((name, 0, false));
        let offset = if stored { base.saturating_add(at as u64) } else { base };
        let part = format!("DWARF {part} ({name}+{at:#x})");
        Fault::new(code, part, offset, wanted as u64, present as u64, detail)
    }

    /// The fault of `len` bytes of which only `present` could be read.
    pub(super) fn unread(
        &self,
        part: &str,
        place: (SectionId, usize),
        (len, present): (usize, usize),
        trouble: Trouble,
    ) -> Fault {
        let detail = format!("bytes, and bytes read before this: {trouble}");
        self.fault(FaultCode::InvalidValue, part, place, (len, present), detail)
    }

    /// The fault of a search that read more than the sections can honestly need.
    pub(super) fn overspent(&self) -> Fault {
        let detail = "its entries refer to the same strings, ranges or entries again and again";
        let place = (SectionId::DebugInfo, 0);
        self.fault(FaultCode::InvalidValue, "search", place, (self.len, self.len), detail)
    }
}

/// Why something could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Trouble {
    /// An error of gimli.
    #[error("{0}")]
    Read(#[from] gimli::Error),
    /// A string that is outside its section, or does not end there.
    #[error("a string lies outside {0}, or has no end")]
    Text(&'static str),
    /// An offset at which no unit has an entry.
    #[error("an offset leads to no entry")]
    Offset,
    /// Too much was read. It is reported once for the whole search.
    #[error("too much is looked at")]
    Budget,
}
