//! The rules of judgement for variables, in the order in which they are tried: is there one variable of that name,
//! and does the local package use it?
//!
//! The linker never refuses a variable, so that it is there proves nothing. The rules of `object_files` judge what is
//! left over here.

use crate::linkname::evidence::{Provider, Reference, References, Role, Site, Undefined, Witness};
use crate::names;

use super::case::{Case, provider};
use super::definers::*;
use super::either::{self, gap, search_gap};
use super::object_files::{self, known_from_source, without_dwarf};
use super::stack;
use super::{Gap, NoTrace, Proof, Refutation, Unused, Verdict};

/// The rules, in the order in which they are tried.
pub(super) const RULES: &[either::Rule] = &[
    either::wrong_program,
    either::not_a_directive,
    onto_function,
    same_address,
    own_variable,
    one_argument,
    of_cgo,
    either::dynamic_import,
    either::undefined_import,
    absent,
    package_absent,
    either::not_searched,
    not_referred,
    object_files::linker_defined,
    object_files::two_definitions,
    object_files::by_several,
    object_files::by_initialiser,
    object_files::by_unit,
    object_files::without_unit,
];

/// A variable cannot be linked to a Go function that has an ABI of its own: the linker keeps a second, private symbol
/// of that name.
///
/// Code of C and of assembly has the same ABI as data, so there is one symbol: with `var x_cgo_init byte` Go code
/// takes the address of such a function. The same is true of the wrapper that lets assembly call a Go function, and
/// of every function on ports that pass all arguments on the stack (386, arm and mips, linked from 1.26 on): code
/// wins over zeros (1.21 to 1.26; 1.27 refuses the wrapper).
fn onto_function(case: &Case<'_>) -> Option<Verdict> {
    if !case.is_function() {
        return None;
    }
    let go = |site: &Site| matches!(provider(site), Provider::Package(_) | Provider::Doubtful(_));
    let second = case.data().any(|site| site.role != Role::Mark);
    // A trampoline stands for its target.
    let made = |site: &Site| go(site) || names::trampoline_target(&site.name).is_some();
    let by_go = case.target_package().is_some()
        && !case.evidence.one_abi
        && case.functions().any(go)
        && case.functions().all(made);
    if second || by_go {
        return Some(Verdict::NotInEffect(Refutation::KindMismatch));
    }
    // For a directive in source the one symbol is the proof if the symbol table is whole: a second symbol would have
    // the name too.
    let whole = case.knows_source()
        && case.evidence.names.symtab == Witness::Whole
        && !has_local_symbol(case);
    let used = case.uses().next().is_some()
        || !case.evidence.tables.is_empty()
        || (case.is_sole() && case.evidence.pointed_to);
    match (whole, used) {
        (true, true) if case.functions().any(go) => {
            Some(known_from_source(case, Proof::DwarfOwner))
        }
        (true, true) => Some(Verdict::InEffect(Proof::CObject)),
        _ => gap(Gap::Ambiguous),
    }
}

/// A symbol of the local name at the remote's own address, both with bytes of their own.
fn same_address(case: &Case<'_>) -> Option<Verdict> {
    if case.is_one_argument() {
        return None;
    }
    let named = |site: &&Site| !site.code && site.role == Role::Name;
    let mut local = case.evidence.local.iter().filter(named);
    let same = local.any(|l| case.data().filter(named).any(|r| r.address == l.address));
    same.then_some(Verdict::InEffect(Proof::SameAddress))
}

/// A variable has the local name, which a directive would have replaced. Either the source at hand is not what was
/// compiled, or another package pushed a variable under that name.
fn has_local_symbol(case: &Case<'_>) -> bool {
    case.evidence.local.iter().any(|site| !site.code && site.role == Role::Name)
}

/// The local package's unit defines a variable of the local name, which a directive would have replaced.
fn own_variable(case: &Case<'_>) -> Option<Verdict> {
    let own = case.evidence.debug.local.iter().any(|site| site.go && site.unit == case.package());
    // Another directive may have given the variable that name.
    let pushed = case.directive().is_some_and(|directive| directive.local_is_pushed);
    if case.is_one_argument() || pushed {
        return None;
    }
    if !own {
        // Without DWARF nothing says which package it belongs to.
        return has_local_symbol(case).then(|| gap(Gap::Ambiguous)).flatten();
    }
    match &case.evidence.references {
        References::NotSearched(reason) => gap(search_gap(*reason)),
        References::Searched(_) if case.may_refer() || case.is_own_target() => gap(Gap::Ambiguous),
        References::Searched(_) => Some(Verdict::NotInEffect(Refutation::OwnBody)),
    }
}

/// One argument: the variable keeps its name, and the linker is told that others may refer to it.
fn one_argument(case: &Case<'_>) -> Option<Verdict> {
    if !case.is_one_argument() || !case.stands() {
        return None;
    }
    let unit = unit_of(case);
    match unit {
        Some(site) if site.unit == case.package() => {
            Some(Verdict::NoTrace(NoTrace::PermissionOnly))
        }
        Some(_) if case.knows_source() => Some(Verdict::InEffect(Proof::ForeignFile)),
        Some(_) => gap(Gap::Ambiguous),
        None if case.directive().is_some_and(|directive| directive.has_body) => {
            Some(Verdict::NoTrace(NoTrace::PermissionOnly))
        }
        None => gap(without_dwarf(case)),
    }
}

/// A variable that runtime/cgo defines, or code that cgo makes. Without cgo the runtime's own variable is all there
/// is.
fn of_cgo(case: &Case<'_>) -> Option<Verdict> {
    let name = case.claim.remote.as_slice();
    let wired = case.knows_source() && (name.starts_with(b"_cgo_") || name.starts_with(b"x_cgo_"));
    let alone = !case.stands() || (is_defined_by_local_name(case) && is_alone(case));
    (wired && alone).then_some(Verdict::Unused(Unused::Absent))
}

/// The remote's name has no package, and the local package's object file defines it.
fn is_defined_by_local_name(case: &Case<'_>) -> bool {
    unit_of(case).is_none_or(|site| site.unit == case.package())
}

fn absent(case: &Case<'_>) -> Option<Verdict> {
    if case.stands() {
        return None;
    }
    if case.evidence.undefined != Undefined::No {
        return gap(Gap::Ambiguous);
    }
    match case.evidence.names.symtab {
        // Nothing refers to the assembly, so the linker left it out.
        Witness::Whole if case.directive().is_some_and(|directive| directive.assembly) => {
            Some(Verdict::Unused(Unused::Absent))
        }
        _ if either::is_not_imported(case) => Some(Verdict::Unused(Unused::Absent)),
        // A name like `libc_getpid`, whose import has another name. Only source knows which.
        Witness::Whole if case.target_package().is_none() && !case.evidence.never_imported => {
            gap(Gap::Ambiguous)
        }
        Witness::Whole => Some(Verdict::Unused(Unused::Absent)),
        Witness::Missing => gap(Gap::NoNames),
        Witness::Damaged => gap(Gap::Incomplete),
    }
}

fn package_absent(case: &Case<'_>) -> Option<Verdict> {
    if is_defined_by_local(case) { None } else { either::package_absent(case) }
}

/// The remote is there, and the local package's code does not refer to it.
fn not_referred(case: &Case<'_>) -> Option<Verdict> {
    if case.uses().next().is_some() {
        return None;
    }
    if is_defined_by_local(case) || case.is_tabled() {
        return None;
    }
    if may_give_value(case) {
        return gap(without_dwarf(case));
    }
    // A function of the local package that was inlined in another package leaves its reference there, and a pointer
    // in data may be any package's. A package whose own unit defines the variable makes the references itself.
    let definer = unit_of(case).map(|site| site.unit.as_str());
    let by_definer =
        |r: &Reference| definer.is_some_and(|definer| r.is_of(definer)) && !stack::is_in_doubt(r);
    if case.evidence.package_possible {
        return gap(Gap::Ambiguous);
    }
    let perhaps = case.passed_on().any(|reference| !by_definer(reference))
        || !case.evidence.tables.is_empty();
    match perhaps || case.evidence.reached_behind {
        false => Some(Verdict::Unused(Unused::NotCalled)),
        true if is_phantom(case) => None,
        true => gap(Gap::Ambiguous),
    }
}

/// The directive gives the variable a value, and without DWARF nobody knows whether others read that value.
fn may_give_value(case: &Case<'_>) -> bool {
    case.directive().is_some_and(|directive| directive.has_body)
        && is_valued(case)
        && unit_of(case).is_none()
        && case.evidence.debug.witness != Witness::Whole
        && case.all_references().next().is_some()
}
