//! What does the binary show about a claim? Plain data, collected for many claims at once.
//!
//! This is the only part of the heart that touches a [`Binary`]. Every witness is kept with what it
//! lacks: an empty list means "absent" only where the witness was read whole.

mod references;
mod sites;

use crate::binary::{Binary, Functions};
use crate::code::{How, InstructionSet};
use crate::error::FaultCode;
use crate::golang::toolchain::Toolchain;
use crate::rules::{self, Insertion};

use super::claim::Claim;
use sites::Names;

/// Everything that the judgement of one claim rests on.
#[derive(Clone, Debug)]
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
    /// The remote is an undefined symbol, left to a loader.
    pub undefined: bool,
    /// The local package as symbols name it: the program's own import path is `main` there.
    pub package: String,
    /// The local package has functions in the binary.
    pub package_present: bool,
    /// Whether compiler or linker insert references to the remote by themselves.
    pub insertion: Insertion,
    /// Whether the compiler replaces calls of the remote by instructions.
    pub intrinsic: bool,
    /// A symbol that differs from the remote only in the escaping of its path.
    pub other_spelling: Option<Vec<u8>>,
}

/// What the file is, as far as a judgement cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// How much of a witness there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Witness {
    /// Read whole: what it does not hold is not there.
    Whole,
    /// Stripped, or only part of the program's names.
    Missing,
    /// In the file, and damaged.
    Damaged,
}

/// How much there is of each list of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameWitnesses {
    /// The symbol table.
    pub symtab: Witness,
    /// The function table.
    pub pclntab: Witness,
    /// Inline trees.
    pub inlined: Witness,
}

/// Where a name stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Who says so.
    pub source: SiteSource,
    /// The name as the file spells it.
    pub name: Vec<u8>,
    /// Virtual address; for an inlined function the first instruction of its body there.
    pub address: u64,
    /// Size in bytes, 0 where it is not known.
    pub size: u64,
    /// Whether it lies in executable code.
    pub code: bool,
    /// A linker's mark, a container or a neighbour without bytes: no name of the code there.
    pub mark: bool,
    /// The section that holds it.
    pub section: Vec<u8>,
    /// The source file, where known.
    pub file: Option<Vec<u8>>,
    /// Whose source it is compiled from.
    pub provider: Provider,
}

/// Which list a [`Site`] comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SiteSource {
    /// The symbol table.
    Symtab,
    /// The function table.
    Pclntab,
    /// An inline tree: the body was copied into another function.
    Inlined,
}

/// Whose source a function is compiled from: folder and compilation unit of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum References {
    /// All of the program's Go code was decoded.
    Searched(Vec<Reference>),
    /// Why it was not.
    NotSearched(SearchGap),
}

/// Why code was not searched with certainty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchGap {
    /// This architecture is not decoded.
    Architecture,
    /// Code, data or relocations are cut off or damaged.
    Damaged,
    /// Something in the code or around it could not be read, though the file is whole.
    Uncertain,
}

/// One reference to the remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// How it refers.
    pub how: How,
    /// The function that the instruction was written in: the innermost one inlined there.
    pub from: Vec<u8>,
    /// The package of that source, as it is imported.
    pub from_package: Option<String>,
    /// The function that holds the instruction, when `from` was inlined into it.
    pub inlined_into: Option<Vec<u8>>,
    /// Address of the instruction.
    pub at: u64,
    /// Address of the remote.
    pub to: u64,
    /// Source file and line.
    pub file: Option<Vec<u8>>,
    /// Line, 0 when unknown.
    pub line: u32,
    /// Why the reference could exist without any linkname, if it could.
    pub doubt: Option<Doubt>,
}

/// Why a reference does not prove a linkname by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// Assembly needs no directive.
    Assembly,
    /// Written by the compiler, in no source file.
    Generated,
    /// A frame around it belongs to the remote's package: a callback that was inlined.
    Callback,
    /// The same function compares the remote's address: a call that a profile devirtualised.
    Devirtualised,
    /// File and name say different packages.
    Attribution,
}

/// Collects the evidence for each of `claims`, in their order.
#[must_use]
pub fn gather(binary: &Binary, claims: &[Claim]) -> Vec<Evidence> {
    let program = program(binary);
    let functions = binary.functions().ok();
    let names = Names::collect(binary, functions, claims);
    let witnesses = name_witnesses(binary, functions);
    let found = references::search(binary, functions, &names);
    let minor = binary.build().and_then(|build| build.version.known_minor());
    let undefined = undefined_names(binary, claims, &names);
    claims
        .iter()
        .enumerate()
        .map(|(index, claim)| {
            let (references, tables) = found.of(index);
            Evidence {
                program,
                names: witnesses,
                local: names.local(index).to_vec(),
                remote: names.remote(index).to_vec(),
                references,
                tables,
                undefined: undefined.contains(&index),
                package: names.package(index).to_owned(),
                package_present: names.package_present(index),
                insertion: rules::insertion(minor, &claim.remote),
                intrinsic: rules::is_intrinsic(&claim.remote),
                other_spelling: names.other_spelling(index).map(<[u8]>::to_vec),
            }
        })
        .collect()
}

fn program(binary: &Binary) -> Program {
    match binary.functions() {
        Ok(functions) if functions.table.fault().is_some() => Program::Damaged,
        Ok(_) => Program::Gc,
        Err(fault) if fault.part == "pclntab header" && fault.code == FaultCode::Unsupported => {
            Program::UnknownLayout
        }
        // What is cut off may be the very table that is missing.
        Err(fault) if fault.code == FaultCode::NotExecutable && binary.image.faults.is_empty() => {
            match binary.build() {
                None => Program::NotGc(binary.toolchain()),
                // PE has no section to find a table by that begins with an unknown magic.
                Some(_) => Program::UnknownLayout,
            }
        }
        Err(_) => Program::Damaged,
    }
}

/// Which names a file still has; also what reports call `names`.
#[must_use]
pub fn name_witnesses(binary: &Binary, functions: Option<&Functions>) -> NameWitnesses {
    let whole = |trees: bool| if trees { Witness::Whole } else { Witness::Missing };
    let pclntab = match functions {
        Some(functions) if functions.table.fault().is_some() => Witness::Damaged,
        Some(_) => Witness::Whole,
        None if binary.image.faults.is_empty() => Witness::Missing,
        None => Witness::Damaged,
    };
    NameWitnesses {
        symtab: sites::symtab_witness(binary, functions),
        pclntab,
        inlined: functions.map_or(Witness::Missing, |f| whole(f.trees.is_some())),
    }
}

/// Claims whose remote is left to a loader: undefined in either symbol table.
fn undefined_names(binary: &Binary, claims: &[Claim], names: &Names) -> Vec<usize> {
    // Asked last: the dynamic view reads the whole file.
    if !binary.image.dynamic || (0..claims.len()).all(|claim| !names.remote(claim).is_empty()) {
        return Vec::new();
    }
    let table = binary.symbols();
    let undefined = |symbol: &&crate::image::Symbol| symbol.place == crate::image::Place::Undefined;
    let in_symtab = table.symbols.iter().filter(undefined).map(|s| binary.go_name(table.name(s)));
    let in_dynamic = binary.dynamic().imports.iter().map(|import| binary.go_name(&import.name));
    let names: std::collections::HashSet<&[u8]> = in_symtab.chain(in_dynamic).collect();
    let claims = claims.iter().enumerate();
    claims
        .filter(|(_, claim)| names.contains(claim.remote.as_slice()))
        .map(|(index, _)| index)
        .collect()
}

/// Why this binary's code cannot be searched at all, if it cannot.
fn search_gap(binary: &Binary) -> Option<SearchGap> {
    if InstructionSet::of(&binary.image.arch).is_none() {
        return Some(SearchGap::Architecture);
    }
    None
}
