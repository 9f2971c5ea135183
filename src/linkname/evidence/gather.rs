//! Collects the evidence of many claims in one pass over each witness.

use std::collections::{BTreeSet, HashSet};

use crate::binary::{Binary, Searched};
use crate::error::FaultCode;
use crate::image::{Place, Symbol};
use crate::linkname::claim::{Claim, Kind, Said};
use crate::linkname::neighbours::Neighbours;
use crate::names;
use crate::rules::{self, Inserter, Insertion};
use crate::types::machine::Machine;

use super::behind;
use super::debug::DebugNames;
use super::sites::Names;
use super::targets::by_remote;
use super::{Evidence, Program, References, SearchGap, Site, Undefined, references};

/// Collects the evidence for each of `claims`, in their order.
#[must_use]
pub fn gather(binary: &Binary, claims: &[Claim]) -> Vec<Evidence> {
    let mut all = Vec::with_capacity(claims.len());
    each(binary, claims, |_| true, |_, evidence| all.push(evidence));
    all
}

/// Passes the evidence of the `claims` that are asked for to `take`, by index and in their order. The others only take
/// part in it: they claim the same remotes.
pub fn each(
    binary: &Binary,
    claims: &[Claim],
    is_asked: impl Fn(usize) -> bool,
    take: impl FnMut(usize, Evidence),
) {
    each_known(binary, claims, None, is_asked, take);
}

/// [`each`] for who has searched the code already.
pub(in crate::linkname) fn each_known(
    binary: &Binary,
    claims: &[Claim],
    known: Option<&Searched>,
    is_asked: impl Fn(usize) -> bool,
    mut take: impl FnMut(usize, Evidence),
) {
    if claims.is_empty() {
        return;
    }
    let program = program(binary);
    let functions = binary.functions().ok();
    let names = Names::collect(binary, functions, claims);
    let debug = DebugNames::collect(binary, functions, claims, &names);
    let witnesses = binary.name_witnesses();
    let search = references::search(binary, functions, (claims, &names), known);
    let minor = binary.build().and_then(|build| build.version.known_minor());
    let loader = Loader::ask(binary, claims, &names);
    let same_remote = by_remote(claims);
    let main_path = main_path(binary);
    for (index, claim) in claims.iter().enumerate().filter(|(index, _)| is_asked(*index)) {
        let (references, tables) = search.of(index);
        let undefined = loader.undefined(claim, names.remote(index));
        // Calls go through slots that no symbol of this file fills, so the search had nothing to find.
        let references = match undefined {
            Undefined::ToGoLibrary => References::NotSearched(SearchGap::Uncertain),
            Undefined::No | Undefined::ToLoader | Undefined::ToLibrary => references,
        };
        let evidence = Evidence {
            program,
            names: witnesses,
            local: debug.with_units(names.local(index)),
            remote: debug.with_units(names.remote(index)),
            references,
            tables,
            pointed_to: search.is_pointed_to(index),
            reached_behind: search.reaches_behind(index),
            undefined,
            dynamic_import: loader.imports(claim),
            package: names.package(index).to_owned(),
            package_present: names.package_present(index),
            package_possible: names.package_possible(index),
            target_present: names.target_present(index),
            debug: debug.of(claim, names.local_name(index)),
            // If the tables do not know the version, `insertion` says so.
            linker_defined: is_linkers(minor, &claim.remote, names.remote(index)),
            claimants: claimants(claims, same_remote.get(claim.remote.as_slice()), &names, index),
            given: is_given(claims, same_remote.get(claim.remote.as_slice()), &names, index),
            undeclared: rules::is_undeclared(minor, &claim.remote),
            owner_wins: behind::kept_owners_size(minor),
            one_abi: is_of_one_abi(&binary.image.arch, minor),
            system_linker: binary.image.external_link != Some(false),
            never_imported: source_says(claim, |neighbours| neighbours.never_imported),
            unowned: source_says(claim, |neighbours| neighbours.unowned),
            main_path: main_path.clone(),
            insertion: insertion(binary, minor, &claim.remote),
            // Only calls by the callee's own name in Go's packages are replaced, never calls of a user's handle.
            intrinsic: rules::is_intrinsic(&claim.remote)
                && rules::is_standard(names.package(index)),
            other_spelling: names.other_spelling(index).map(<[u8]>::to_vec),
        };
        take(index, evidence);
    }
}

/// Whether the sources of the build say `what` about the claim's remote.
fn source_says(claim: &Claim, what: fn(&Neighbours) -> bool) -> bool {
    let neighbours = claim.directive().and_then(|directive| directive.neighbours.as_ref());
    neighbours.is_some_and(|neighbours| what(neighbours))
}

/// The import path of package main. Builders other than the `go` command record no modules and let any package import
/// any other (Bazel's rules do).
fn main_path(binary: &Binary) -> Option<String> {
    let build = binary.build().filter(|build| build.main.is_some())?;
    Some(build.path.clone()).filter(|path| !path.is_empty())
}

/// Whether all parameters are passed on the stack; possibly, if the platform is unknown.
fn is_of_one_abi(arch: &str, minor: Option<u16>) -> bool {
    let machine = Machine::of(arch, minor.unwrap_or(rules::NEWEST_MINOR));
    machine.is_none_or(|machine| !machine.has_registers())
}

/// Whether the linker defines `remote`. The marks of further text sections (`runtime.text.7`) are code in programs
/// that have such sections. In others the name is like any variable's.
fn is_linkers(minor: Option<u16>, remote: &[u8], sites: &[Site]) -> bool {
    let numbered = remote.last().is_some_and(u8::is_ascii_digit);
    let defined = rules::linker_defines(minor, remote).unwrap_or(true);
    defined && (!numbered || sites.iter().all(|site| site.code))
}

/// Whether compiler or linker insert references to `remote`: with `-gcflags=-d=maymorestack=F` every function of the
/// packages that it applies to calls F.
fn insertion(binary: &Binary, minor: Option<u16>, remote: &[u8]) -> Insertion {
    let flags = binary.build().and_then(|build| build.setting("-gcflags")).unwrap_or_default();
    let hook = flags.split_once("maymorestack=").map(|(_, rest)| rest.as_bytes());
    match hook.is_some_and(|hook| hook.starts_with(names::without_abi(remote))) {
        true => Insertion::Inserted(Inserter::Compiler),
        false => rules::insertion(minor, remote),
    }
}

/// Whether another directive gives the remote of claim `index` a value: one that the compiler reads, in source that is
/// certainly the build's.
fn is_given(claims: &[Claim], same: Option<&Vec<usize>>, names: &Names, index: usize) -> bool {
    same.into_iter().flatten().any(|other| {
        let gives = |claim: &Claim| {
            let read = |found: &Said| found.not_a_directive.is_none() && found.mentions.is_some();
            let sure = |found: &Said| found.has_body && read(found);
            claim.kind == Kind::Var && claim.directive().is_some_and(sure)
        };
        names.package(*other) != names.package(index) && claims.get(*other).is_some_and(gives)
    })
}

/// The packages of the other claims about the remote of claim `index`, in order. A pair that a user asks about must
/// not change what source shows.
fn claimants(
    claims: &[Claim],
    same: Option<&Vec<usize>>,
    names: &Names,
    index: usize,
) -> Vec<String> {
    let of_source = |index: usize| claims.get(index).is_some_and(|c| c.directive().is_some());
    let is_none = |claim: &Claim| claim.directive().is_some_and(|d| d.not_a_directive.is_some());
    // One directive may be asked about twice: `func:main.nano=…` and `main.nano=…`.
    let others = same.into_iter().flatten().filter(|other| {
        let another = names.package(**other) != names.package(index)
            || names.local_name(**other) != names.local_name(index);
        let comment = claims.get(**other).is_some_and(is_none);
        another && !comment && (!of_source(index) || of_source(**other))
    });
    let packages: BTreeSet<&str> = others.map(|other| names.package(*other)).collect();
    packages.into_iter().map(str::to_owned).collect()
}

fn program(binary: &Binary) -> Program {
    match binary.functions() {
        Ok(functions) if functions.table.fault().is_some() => Program::Damaged,
        Ok(_) => Program::Gc,
        Err(fault) if fault.part == "pclntab header" && fault.code == FaultCode::Unsupported => {
            Program::UnknownLayout
        }
        // The truncated part may hold the missing table.
        Err(fault) if fault.code == FaultCode::NotExecutable && binary.image.faults.is_empty() => {
            match binary.build() {
                None => Program::NotGc(binary.toolchain()),
                // PE has no section by which a table with an unknown magic could be found.
                Some(_) => Program::UnknownLayout,
            }
        }
        Err(_) => Program::Damaged,
    }
}

/// What is left to the dynamic loader.
#[derive(Debug, Default)]
struct Loader<'a> {
    imports: HashSet<&'a [u8]>,
    go_libraries: bool,
    /// Whether the binary needs a library that is not Go's.
    libraries: bool,
}

impl<'a> Loader<'a> {
    /// Reads the imports if answers may need them: the dynamic view reads the whole file.
    fn ask(binary: &'a Binary, claims: &[Claim], names: &Names) -> Self {
        let by_source = claims.iter().any(|c| c.directive().is_some_and(|d| d.import.is_some()));
        let absent = (0..claims.len()).any(|claim| names.remote(claim).is_empty());
        let table = binary.symbols();
        let undefined = |symbol: &&Symbol| symbol.place == Place::Undefined;
        let undefined = table.symbols.iter().filter(undefined);
        let mut imports: HashSet<&[u8]> =
            undefined.map(|symbol| binary.go_name(table.name(symbol))).collect();
        if binary.image.dynamic && (by_source || absent) {
            let dynamic = binary.dynamic().imports.iter();
            imports.extend(dynamic.map(|import| binary.go_name(&import.name)));
        }
        let go_libraries = imports.iter().any(|name| names::go_library(name).is_some());
        // In a shared build, an import from a Go library has its ABI in the name.
        let plain: Vec<&[u8]> = imports.iter().map(|name| names::without_abi(name)).collect();
        imports.extend(plain);
        let libraries = binary.image.dynamic && !binary.dynamic().libraries.is_empty();
        Self { imports, go_libraries, libraries }
    }

    fn undefined(&self, claim: &Claim, remote: &[super::Site]) -> Undefined {
        match self.imports.contains(claim.remote.as_slice()) && remote.is_empty() {
            false => Undefined::No,
            true if self.go_libraries => Undefined::ToGoLibrary,
            true if self.libraries => Undefined::ToLibrary,
            true => Undefined::ToLoader,
        }
    }

    fn imports(&self, claim: &Claim) -> bool {
        let import = claim.directive().and_then(|directive| directive.import.as_deref());
        import.is_some_and(|import| self.imports.contains(import))
    }
}
