//! What does the binary show about a claim? Plain data, collected for many claims at once.
//!
//! This file has the facts, the files below collect them. They are the only part of `linkname` that reads a
//! [`crate::binary::Binary`]. Every witness is kept together with what it lacks: an empty list means "absent" only if
//! the witness was read whole. Evidence can be written as JSON and read again, so that a judgement needs no binary.
//!
//! ```no_run
//! use gonym::Claim;
//! use gonym::linkname::evidence::{References, gather};
//!
//! let claims = [Claim::parse_pair("main.runtimeNano=runtime.nanotime")?];
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     for evidence in gather(&binary, &claims) {
//!         if let References::Searched(references) = &evidence.references {
//!             println!("{} references", references.len());
//!         }
//!     }
//! }
//! # Ok::<(), gonym::Error>(())
//! ```

mod behind;
mod debug;
mod foreign;
mod gather;
mod origins;
mod reference;
mod references;
mod sites;
mod suspects;
mod targets;
mod uses;

pub use crate::binary::{NameWitnesses, Witness};
pub(super) use gather::each_known;
pub use gather::{each, gather};
pub use reference::{Access, Doubt, Frame, How, Mentioned, Reference};
pub use suspects::Counts;
pub(super) use suspects::{Suspects, suspects, suspects_of};
pub use uses::{Referent, Use, Uses, uses};

use serde::{Deserialize, Serialize};

use crate::golang::toolchain::Toolchain;
use crate::rules::Insertion;

use super::record;

/// Everything that the verdict on one claim is based on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What sort of program it is.
    pub program: Program,
    /// Which names are left in the file.
    pub names: NameWitnesses,
    /// Where the local name is a symbol, a function or an inlined function.
    pub local: Vec<Site>,
    /// Where the remote name is.
    pub remote: Vec<Site>,
    /// The references to the remote.
    pub references: References,
    /// Words of data that hold the address of a function value of the remote, such as a table of functions or an
    /// initialised variable. Address and value.
    pub tables: Vec<(u64, u64)>,
    /// Whether some word of data holds the address of the remote's code.
    #[serde(default)]
    pub pointed_to: bool,
    /// The local package reads past the end of the remote: its declaration is larger, and the linker (Go <= 1.22)
    /// kept the owner's smaller size.
    #[serde(default)]
    pub reached_behind: bool,
    /// Whether the remote is an undefined symbol that a loader resolves.
    pub undefined: Undefined,
    /// Whether the import that source assigns to the remote's name (`//go:cgo_import_dynamic`) is imported.
    pub dynamic_import: bool,
    /// The local package as symbols spell it: `main` for the program's own import path.
    pub package: String,
    /// Whether the local package has functions in the binary.
    pub package_present: bool,
    /// Whether it may have some all the same if it is not known to: code whose package cannot be told.
    #[serde(default)]
    pub package_possible: bool,
    /// Whether the remote's package has other names in the binary than the remote.
    pub target_present: bool,
    /// What DWARF says about both names.
    pub debug: Debug,
    /// Whether the linker itself defines the remote, as it does `runtime.text`.
    pub linker_defined: bool,
    /// Whether the remote's package belongs to the standard library, and no file of this release declares the remote.
    #[serde(default)]
    pub undeclared: bool,
    /// Whether this linker keeps the owner's zero variable if there are two of one name. Since 1.23 it keeps the
    /// larger one.
    #[serde(default)]
    pub owner_wins: bool,
    /// Whether the platform passes all values on the stack: Go functions then have the ABI of assembly and data.
    #[serde(default)]
    pub one_abi: bool,
    /// Whether a system linker may have added code of other languages, which no function table lists.
    #[serde(default)]
    pub system_linker: bool,
    /// The remote's name has no package, and no source of the build assigns an import of another name to it.
    #[serde(default)]
    pub never_imported: bool,
    /// The remote's name has no package, and in all sources of the build only directives have it.
    #[serde(default)]
    pub unowned: bool,
    /// The import path of package main, if modules are recorded: then Go's rules decided which package may import
    /// which.
    #[serde(default)]
    pub main_path: Option<String>,
    /// Packages of the other claims about this remote, each once.
    pub claimants: Vec<String>,
    /// Whether another directive's variable has an initialiser, which may be code of its package's `init`.
    #[serde(default)]
    pub given: bool,
    /// Whether compiler or linker insert references to the remote.
    pub insertion: Insertion,
    /// Whether the compiler replaces calls of the remote by instructions.
    pub intrinsic: bool,
    /// A symbol that differs from the remote only in the escaping of its path.
    #[serde(with = "record")]
    pub other_spelling: Option<Vec<u8>>,
}

/// Whether a loader resolves a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Undefined {
    /// No, or the binary defines it.
    No,
    /// Yes, and none of the libraries that it loads is Go.
    ToLoader,
    /// Yes, and a library that the binary needs may define it.
    ToLibrary,
    /// Yes, and the binary needs Go's own shared libraries (`-linkshared`).
    ToGoLibrary,
}

/// What DWARF says about a claim's names.
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
    /// The unit's name: for Go the import path of its package, `main` for the program's own.
    pub unit: String,
    /// Whether Go's compiler made the unit.
    pub go: bool,
    /// Virtual address, if the unit has one.
    pub address: Option<u64>,
    /// Size of its type in bytes, where known.
    pub size: Option<u64>,
}

/// What the file is, as far as a verdict depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Program {
    /// Made by the gc toolchain, its function table read whole.
    Gc,
    /// Made by the gc toolchain with an unknown layout: a newer Go, or a modified one.
    UnknownLayout,
    /// Made by the gc toolchain, and the function table is damaged.
    Damaged,
    /// No sign of the gc toolchain, perhaps of another one.
    NotGc(Toolchain),
}

/// Where a name stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The list that has it.
    pub source: SiteSource,
    /// The name as the file spells it.
    #[serde(with = "record")]
    pub name: Vec<u8>,
    /// Virtual address. For an inlined function the first instruction of the inlined body.
    pub address: u64,
    /// Size in bytes; 0 if it is unknown.
    pub size: u64,
    /// Whether `size` is recorded in the file, and not the distance to the next name.
    pub exact_size: bool,
    /// Whether it is in executable code.
    pub code: bool,
    /// How the name relates to the bytes there.
    pub role: Role,
    /// Whether its bytes come from an object file that Go did not make.
    pub foreign: bool,
    /// Whether its bytes are zero at the start of the program and are not in the file.
    pub zero_filled: bool,
    /// The section that holds it.
    #[serde(with = "record")]
    pub section: Vec<u8>,
    /// The source file, where known.
    #[serde(with = "record")]
    pub file: Option<Vec<u8>>,
    /// The package whose source it is compiled from, by folder and unit of its file.
    pub provider: Provider,
    /// The DWARF unit that defines this function, if one does.
    pub unit: Option<String>,
}

/// How a name relates to the bytes at its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// It is their name.
    Name,
    /// It may be their name: it has no bytes of its own, or the format records no sizes.
    Unsized,
    /// It is a mark of the linker, or a container, and not their name.
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

/// The package whose source a function is compiled from, by folder and compilation unit of its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Provider {
    /// Go source of this package; two witnesses agree.
    Package(String),
    /// The witnesses disagree, because of `//line` or of a unit with only foreign names.
    Doubtful(String),
    /// Assembly in this package's folder.
    Assembly(String),
    /// The compiler wrote it, such as a wrapper: it is in no source file.
    Generated,
    /// No witness tells.
    Unknown,
}

/// The references that were found, or why there was no search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum References {
    /// All of the program's Go code was decoded.
    Searched(Vec<Reference>),
    /// The code was not searched, and why.
    NotSearched(SearchGap),
}

/// Why code was not searched with certainty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SearchGap {
    /// This architecture is not decoded.
    Architecture,
    /// Code, data or relocations are cut off or damaged.
    Damaged,
    /// Something in the code or around it could not be read, although the file is whole.
    Uncertain,
}
