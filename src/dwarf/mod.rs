//! What do the compilers say about a name: which unit defines it, where, in which file, of what type?
//!
//! Reads DWARF 2 to 5 (32- and 64-bit, both byte orders) out of the bytes of its sections. Only this
//! folder knows `gimli`; it knows no file format, no Go names and no linknames.
//!
//! Globals stand at depth 1, below their unit: one walk reads the attributes of those entries and only
//! skips all others. Entries of interest are few, so that everything else about them (types,
//! parameters, files) is read afterwards, by offset.
//!
//! Cost follows the bytes present. Abbreviation tables must not overlap and are parsed once for all
//! units that share one; strings and ranges that are looked at are counted against the sections; depth is a
//! counter. What could not be read is a [`Fault`]: then absence proves nothing.

mod abbreviations;
mod budget;
mod details;
mod lines;
mod roots;
mod sections;
mod text;
mod walk;

use crate::error::{Fault, Result};

pub use roots::{Unit, UnitRange};
use sections::Sections;
pub use sections::{NAMES, Section};

/// The debugging information of one executable.
#[derive(Debug)]
pub struct DebugInfo {
    sections: Sections,
    /// Where each unit begins, in the order of `.debug_info`; parallel to `units`.
    places: Vec<roots::Place>,
    units: Vec<Unit>,
    fault: Option<Fault>,
}

/// What an [`Entry`] describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// `DW_TAG_variable` outside every function.
    Variable,
    /// `DW_TAG_subprogram`.
    Subprogram,
}

/// A global variable or a function, as one unit describes it.
///
/// A function that was inlined and also stands by itself has two: one without an address, which holds
/// for all copies, and one with the address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Which unit describes it: an index into [`DebugInfo::units`].
    pub unit: usize,
    /// Where in `.debug_info` it stands, in bytes; tells entries of one name apart.
    pub offset: u64,
    /// What it is.
    pub kind: EntryKind,
    /// Its name as `DW_AT_name` spells it, in Go the name of its symbol.
    pub name: Vec<u8>,
    /// Where it lies in memory; none for a declaration, and for the description of inlined copies.
    pub address: Option<u64>,
    /// The unit only knows of it (`DW_AT_declaration`): another defines it.
    pub declaration: bool,
    /// The file that declares it. Go tells it of functions, never of variables.
    pub file: Option<Vec<u8>>,
    /// The line there. Go tells it of functions since 1.22.
    pub line: Option<u64>,
    /// Its type; of a subprogram in C the type of the result.
    pub type_name: Option<Vec<u8>>,
    /// The size of that type in bytes.
    pub size: Option<u64>,
    /// The parameters of a subprogram, in order.
    pub parameters: Vec<Parameter>,
}

/// A parameter or, in Go, a result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Parameter {
    /// Its name; Go calls unnamed results `~r0`.
    pub name: Vec<u8>,
    /// The name of its type, as far as it has one.
    pub type_name: Option<Vec<u8>>,
    /// The size of its type in bytes.
    pub size: Option<u64>,
    /// Whether it is a result (`DW_AT_variable_parameter`).
    pub is_result: bool,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The entries, by unit and offset.
    pub entries: Vec<Entry>,
    /// The first thing that could not be read: then a name that is not here may still be there.
    pub fault: Option<Fault>,
}

impl DebugInfo {
    /// Reads the sections, and of each unit its own entry.
    ///
    /// `section` is asked for every name of [`NAMES`]; `.debug_info` must be among them.
    ///
    /// # Errors
    /// When a section cannot be read or there is no `.debug_info`. Units that cannot be read are
    /// told by [`DebugInfo::fault`].
    pub fn read(
        big_endian: bool,
        section: impl FnMut(&str) -> Result<Option<Section>>,
    ) -> Result<Self> {
        let sections = Sections::load(big_endian, section)?;
        let (places, place_fault) = roots::places(&sections);
        let (units, unit_fault) = roots::units(&sections, &places);
        Ok(Self { fault: place_fault.or(unit_fault), sections, places, units })
    }

    /// The units, in the order of `.debug_info`. Two can have one name: Go puts the assembly of a
    /// package into a unit of its own.
    #[must_use]
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The first thing that could not be read of the units themselves.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// Every global variable and subprogram whose name `wanted` takes.
    #[must_use]
    pub fn find(&self, wanted: &(dyn Fn(&[u8]) -> bool + Sync)) -> Found {
        let walked = walk::walk(&self.sections, &self.places, wanted);
        let (entries, fault) = details::entries(&self.sections, &self.places, &walked.hits);
        Found { entries, fault: self.fault.clone().or(walked.fault).or(fault) }
    }

    /// Which addresses belong to which unit, sorted; a unit can have several ranges.
    #[must_use]
    pub fn unit_ranges(&self) -> (Vec<UnitRange>, Option<Fault>) {
        let (ranges, fault) = roots::ranges(&self.sections, &self.places);
        (ranges, self.fault.clone().or(fault))
    }
}
