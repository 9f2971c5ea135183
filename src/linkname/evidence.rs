//! What does the binary show about a claim? Plain data, collected for many claims at once.
//!
//! Here stand the facts; the files below collect them, the only part of the heart that touches a
//! [`crate::binary::Binary`]. Every witness is kept with what it lacks: an empty list means "absent"
//! only where the witness was read whole. Evidence can be written down and read again as JSON, so that
//! a judgement needs no binary.

mod behind;
mod debug;
mod foreign;
mod gather;
mod origins;
mod reference;
mod references;
mod sites;
mod targets;

pub use crate::binary::{NameWitnesses, Witness};
pub use gather::{each, gather};
pub use reference::{Access, Doubt, Frame, How, Mentioned, Reference};

use serde::{Deserialize, Serialize};

use crate::golang::toolchain::Toolchain;
use crate::rules::Insertion;

use super::record;

/// Everything that the judgement of one claim rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What sort of program it is.
    pub program: Program,
    /// Which names are left in the file.
    pub names: NameWitnesses,
    /// Where the local name stands as a symbol, function or inlined function.
    pub local: Vec<Site>,
    /// Where the remote name stands.
    pub remote: Vec<Site>,
    /// Who refers to the remote.
    pub references: References,
    /// Words of data that hold the address of a function value of the remote: a table of functions,
    /// an initialised variable. Address and value.
    pub tables: Vec<(u64, u64)>,
    /// Some word of data holds the address of the remote's code.
    #[serde(default)]
    pub pointed_to: bool,
    /// Code of the local package refers to bytes behind the remote that nobody may name: a larger declaration
    /// of a linker that kept the owner's size.
    #[serde(default)]
    pub reached_behind: bool,
    /// Whether the remote is an undefined symbol, left to a loader.
    pub undefined: Undefined,
    /// The import that source gives the remote's name (`//go:cgo_import_dynamic`) is imported.
    pub dynamic_import: bool,
    /// The local package as symbols name it: the program's own import path is `main` there.
    pub package: String,
    /// The local package has functions in the binary.
    pub package_present: bool,
    /// The remote's package has other names in the binary than the remote.
    pub target_present: bool,
    /// What DWARF says of both names.
    pub debug: Debug,
    /// The linker itself defines the remote: `runtime.text` and its like.
    pub linker_defined: bool,
    /// The remote's package is one of the standard library, and no file of this release declares the remote.
    #[serde(default)]
    pub undeclared: bool,
    /// Of two zero variables of one name this linker keeps the owner's: since 1.23 the larger one.
    #[serde(default)]
    pub owner_wins: bool,
    /// The port passes everything by the stack: functions of Go have the ABI that assembly and data have.
    #[serde(default)]
    pub one_abi: bool,
    /// A system linker may have added code of other languages, which no function table lists.
    #[serde(default)]
    pub system_linker: bool,
    /// The remote's name has no package, and no source of the build gives it an import of another name.
    #[serde(default)]
    pub never_imported: bool,
    /// The remote's name has no package, and of all sources of the build only directives have it.
    #[serde(default)]
    pub unowned: bool,
    /// The import path of package main, where modules are recorded: then Go's rules said who may import whom.
    #[serde(default)]
    pub main_path: Option<String>,
    /// Packages of the other claims about this remote, each once.
    pub claimants: Vec<String>,
    /// Another directive's variable has an initialiser, which may be code of its package's `init`.
    #[serde(default)]
    pub given: bool,
    /// Whether compiler or linker insert references to the remote by themselves.
    pub insertion: Insertion,
    /// Whether the compiler replaces calls of the remote by instructions.
    pub intrinsic: bool,
    /// A symbol that differs from the remote only in the escaping of its path.
    #[serde(with = "record")]
    pub other_spelling: Option<Vec<u8>>,
}

/// Whether a name is left to a loader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Undefined {
    /// It is not, or the binary defines it.
    No,
    /// It is, and nothing that the loader brings is Go.
    ToLoader,
    /// It is, and a library that the binary needs may define it.
    ToLibrary,
    /// It is, and the binary needs Go's own shared libraries (`-linkshared`).
    ToGoLibrary,
}

/// What DWARF says of a claim's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debug {
    /// How much of DWARF there is.
    pub witness: Witness,
    /// Variables of the local name.
    pub local: Vec<DebugSite>,
    /// Variables of the remote's name.
    pub remote: Vec<DebugSite>,
}

/// A variable that a compilation unit defines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DebugSite {
    /// The unit's name: of Go the package as it is imported, `main` for the program's own.
    pub unit: String,
    /// Whether Go's compiler made the unit.
    pub go: bool,
    /// Virtual address, where the unit says one.
    pub address: Option<u64>,
    /// Size of its type in bytes, where known.
    pub size: Option<u64>,
}

/// What the file is, as far as a judgement cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Program {
    /// Made by the gc toolchain, its function table read whole.
    Gc,
    /// Made by the gc toolchain with a layout that is not known: a newer Go, or a changed one.
    UnknownLayout,
    /// Made by the gc toolchain, and the function table is damaged.
    Damaged,
    /// No sign of the gc toolchain, but perhaps of another.
    NotGc(Toolchain),
}

/// Where a name stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Who says so.
    pub source: SiteSource,
    /// The name as the file spells it.
    #[serde(with = "record")]
    pub name: Vec<u8>,
    /// Virtual address; for an inlined function the first instruction of its body there.
    pub address: u64,
    /// Size in bytes, 0 where it is not known.
    pub size: u64,
    /// Whether `size` is the format's own, not the distance to the next name.
    pub exact_size: bool,
    /// Whether it lies in executable code.
    pub code: bool,
    /// What the name is to the bytes there.
    pub role: Role,
    /// It lies in bytes that the linker took from an object that Go did not make.
    pub foreign: bool,
    /// Its bytes are zero when the program starts, and stand in no file.
    pub zero_filled: bool,
    /// The section that holds it.
    #[serde(with = "record")]
    pub section: Vec<u8>,
    /// The source file, where known.
    #[serde(with = "record")]
    pub file: Option<Vec<u8>>,
    /// Whose source it is compiled from, by folder and unit of its file.
    pub provider: Provider,
    /// The DWARF unit that says it defines this function, where one does.
    pub unit: Option<String>,
}

/// What a name is to the bytes at its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Their name.
    Name,
    /// Perhaps their name: it has no bytes of its own, or the format does not tell.
    Unsized,
    /// A mark of the linker, or a container: not their name.
    Mark,
}

/// Which list a [`Site`] comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SiteSource {
    /// The symbol table.
    Symtab,
    /// The function table.
    Pclntab,
    /// An inline tree: the body was copied into another function.
    Inlined,
}

/// Whose source a function is compiled from: folder and compilation unit of its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Provider {
    /// This package's Go source, by two witnesses.
    Package(String),
    /// Witnesses disagree: `//line`, or a unit of nothing but foreign names.
    Doubtful(String),
    /// Assembly in this package's folder.
    Assembly(String),
    /// The compiler wrote it: a wrapper, in no source file.
    Generated,
    /// No witness.
    Unknown,
}

/// Whether the code was searched, and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum References {
    /// All of the program's Go code was decoded.
    Searched(Vec<Reference>),
    /// Why it was not.
    NotSearched(SearchGap),
}

/// Why code was not searched with certainty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SearchGap {
    /// This architecture is not decoded.
    Architecture,
    /// Code, data or relocations are cut off or damaged.
    Damaged,
    /// Something in the code or around it could not be read, though the file is whole.
    Uncertain,
}
