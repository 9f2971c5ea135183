//! The rules for functions and variables alike.

use crate::linkname::claim::{Form, Kind, Said};
use crate::linkname::evidence::{Program, References, SearchGap, Undefined, Witness};
use crate::names;

use super::case::Case;
use super::{Gap, Proof, Refutation, Unused, Verdict};

/// One rule: a verdict, or `None` to let the next rule decide.
pub(super) type Rule = fn(&Case<'_>) -> Option<Verdict>;

pub(super) fn gap(gap: Gap) -> Option<Verdict> {
    Some(Verdict::Unproven(gap))
}

pub(super) fn search_gap(reason: SearchGap) -> Gap {
    match reason {
        SearchGap::Architecture => Gap::UnsupportedArch,
        SearchGap::Damaged => Gap::Incomplete,
        SearchGap::Uncertain => Gap::NoReferences,
    }
}

/// Nothing can be said without the function table: it is the witness of every rule below.
pub(super) fn wrong_program(case: &Case<'_>) -> Option<Verdict> {
    match case.evidence.program {
        Program::Gc => None,
        Program::UnknownLayout => gap(Gap::UnknownGo),
        Program::Damaged => gap(Gap::Incomplete),
        Program::NotGc(_) => gap(Gap::NotGc),
    }
}

/// Source says that the compiler took the line for a comment, or never read its file. That decides, whatever the
/// binary holds.
pub(super) fn not_a_directive(case: &Case<'_>) -> Option<Verdict> {
    if case.directive().is_none_or(|directive| directive.not_a_directive.is_none()) {
        return None;
    }
    // The package refers to the remote, and no symbol has the local name: the source at hand is not the source that
    // was compiled.
    if case.evidence.local.is_empty() && case.own_references().next().is_some() {
        return gap(Gap::Ambiguous);
    }
    Some(Verdict::NotInEffect(Refutation::NotADirective))
}

/// The name that `//go:cgo_import_dynamic` gives is imported. The remote's own name is nowhere in the file.
pub(super) fn dynamic_import(case: &Case<'_>) -> Option<Verdict> {
    if !case.knows_source() || !(case.evidence.dynamic_import || is_imported_itself(case)) {
        return None;
    }
    // Go's own packages import the same names (`getpid`, `write`). So the import proves nothing about a variable that
    // nothing mentions.
    let unused = case.claim.kind == Kind::Var && case.directive().is_some_and(Said::is_mark);
    Some(match unused {
        true => Verdict::Unused(Unused::NotCalled),
        false => Verdict::InEffect(Proof::DynamicImport),
    })
}

/// The loader finds a variable by the remote's own name, and Go code reads it: `dlopen` under cgo.
fn is_imported_itself(case: &Case<'_>) -> bool {
    let left = matches!(case.evidence.undefined, Undefined::ToLoader | Undefined::ToLibrary);
    left && case.claim.kind == Kind::Var
        && case.target_package().is_none()
        && case.uses().any(|reference| case.settles(reference))
}

/// The name that `//go:cgo_import_dynamic` gives is not imported, and no system linker linked the program: none can
/// have found the name in a library.
pub(super) fn is_not_imported(case: &Case<'_>) -> bool {
    let named = case.directive().is_some_and(|directive| directive.import.is_some());
    let whole = case.evidence.names.symtab != Witness::Damaged;
    named && whole && !case.evidence.dynamic_import && !case.evidence.system_linker
}

pub(super) fn undefined_import(case: &Case<'_>) -> Option<Verdict> {
    // A name without a package is a C name: the loader may resolve it, as cgo_import_dynamic asks.
    let go_name = names::package(&case.claim.remote).is_some();
    if !go_name || case.stands() {
        return None;
    }
    match case.evidence.undefined {
        Undefined::ToLoader => Some(Verdict::NotInEffect(Refutation::UndefinedImport)),
        // `x.cfunc` is a valid name in C, and the libraries are not at hand.
        Undefined::ToLibrary => gap(Gap::Ambiguous),
        Undefined::No | Undefined::ToGoLibrary => None,
    }
}

pub(super) fn package_absent(case: &Case<'_>) -> Option<Verdict> {
    // Source says that the package was linked. A package without code uses nothing. Package main always has code; in
    // plugins up to 1.20 it has an import path that nothing records.
    let searched = matches!(case.evidence.references, References::Searched(_));
    let silent = case.knows_source() && case.package() != "main";
    if silent && searched && case.claim.form == Form::Pull {
        return None;
    }
    let absent = !case.evidence.package_present && !case.evidence.package_possible;
    absent.then_some(Verdict::Unproven(Gap::PackageAbsent))
}

pub(super) fn not_searched(case: &Case<'_>) -> Option<Verdict> {
    match &case.evidence.references {
        References::NotSearched(reason) => gap(search_gap(*reason)),
        References::Searched(_) => None,
    }
}
