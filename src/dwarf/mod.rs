//! What do the compilers say about a name: which compilation unit defines it, where, in which file, with which type?
//!
//! This room reads DWARF 2 to 5 (32- and 64-bit, both byte orders) from the bytes of its sections. Only this folder
//! uses `gimli`. It knows no file format, no Go names and no linknames.
//!
//! Globals are at depth 1, directly below their unit. One walk reads the attributes of these entries and skips all
//! others. Few entries are wanted, so everything else about them (types, parameters, files) is read afterwards, by
//! offset.
//!
//! The cost is bounded by the size of the sections. Abbreviation tables must not overlap, and are parsed once for all
//! units that share one. Strings and ranges are counted against a budget. Depth is a counter. What cannot be read
//! gives a [`Fault`], and then absence proves nothing.
//!
//! ```no_run
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let Some(Ok(debug)) = binary.debug() else { continue };
//!     for entry in debug.find(&|name| name == b"runtime.ncpu").entries {
//!         let unit = &debug.units()[entry.unit];
//!         println!("defined by {}", gonym::printable::printable(&unit.name));
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

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
    /// Where each unit begins, in the order of `.debug_info`, which is also the order of `units`.
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
/// A function that was inlined and also has code of its own has two entries: one without an address, which describes
/// all copies, and one with the address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Entry {
    /// Which unit describes it: an index into [`DebugInfo::units`].
    pub unit: usize,
    /// Its offset in `.debug_info`, in bytes; it tells entries of one name apart.
    pub offset: u64,
    /// What it is.
    pub kind: EntryKind,
    /// Its name as `DW_AT_name` spells it, in Go the name of its symbol.
    pub name: Vec<u8>,
    /// Its address in memory. None for a declaration, and for the entry that describes inlined copies.
    pub address: Option<u64>,
    /// Whether the unit only declares it (`DW_AT_declaration`) and another unit defines it.
    pub declaration: bool,
    /// The file that declares it. Go records it for functions, never for variables. None where `.debug_line` was left
    /// out.
    pub file: Option<Vec<u8>>,
    /// The line of the declaration. Go records it for functions since 1.22.
    pub line: Option<u64>,
    /// The name of its type; for a C function that of the result.
    pub type_name: Option<Vec<u8>>,
    /// The size of that type in bytes.
    pub size: Option<u64>,
    /// The parameters of a subprogram, in order.
    pub parameters: Vec<Parameter>,
    /// Results that only the entry with the address has: Go leaves unnamed results out of the one that describes all
    /// copies.
    pub own_results: Vec<Parameter>,
}

/// A parameter or, in Go, a result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Parameter {
    /// Its name; Go calls unnamed results `~r0`.
    pub name: Vec<u8>,
    /// The name of its type, if it has one.
    pub type_name: Option<Vec<u8>>,
    /// The size of its type in bytes.
    pub size: Option<u64>,
    /// Whether it is a result (`DW_AT_variable_parameter`).
    pub is_result: bool,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// The entries, by unit and offset.
    pub entries: Vec<Entry>,
    /// The first fault: if there is one, a name that was not found may still be there.
    pub fault: Option<Fault>,
}

impl DebugInfo {
    /// Reads the sections, and the first entry of each unit.
    ///
    /// `section` is called with every name of [`NAMES`]; `.debug_info` must exist.
    ///
    /// # Errors
    ///
    /// When a section cannot be read or there is no `.debug_info`. For units that cannot be read see [`DebugInfo::fault`].
    pub fn read(
        big_endian: bool,
        section: impl FnMut(&str) -> Result<Option<Section>>,
    ) -> Result<Self> {
        let sections = Sections::load(big_endian, section)?;
        let (places, place_fault) = roots::places(&sections);
        let (units, unit_fault) = roots::units(&sections, &places);
        Ok(Self { fault: place_fault.or(unit_fault), sections, places, units })
    }

    /// The units, in the order of `.debug_info`. Two units can have the same name: Go puts the assembly of a package
    /// into a unit of its own.
    #[must_use]
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The first fault in reading the units themselves.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// Every global variable and subprogram whose name `wanted` accepts.
    #[must_use]
    pub fn find(&self, wanted: &(dyn Fn(&[u8]) -> bool + Sync)) -> Found {
        let walked = walk::walk(&self.sections, &self.places, wanted);
        let (entries, fault) = details::entries(&self.sections, &self.places, &walked.hits);
        Found { entries, fault: self.fault.clone().or(walked.fault).or(fault) }
    }

    /// Which addresses belong to which unit, sorted. A unit can have several ranges.
    #[must_use]
    pub fn unit_ranges(&self) -> (Vec<UnitRange>, Option<Fault>) {
        let (ranges, fault) = roots::ranges(&self.sections, &self.places);
        (ranges, self.fault.clone().or(fault))
    }
}
