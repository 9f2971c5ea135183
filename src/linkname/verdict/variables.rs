//! The rules of judgement for variables, in the order in which they are tried.
//!
//! The linker never refuses a variable. If nobody defines the remote, the local package's object file defines it, and
//! the program has a private zero of that name. So the question is which object file the symbol comes from, and only
//! DWARF's compilation units tell. A unit of the local package that defines another package's name proves a
//! directive. A reference proves none: an inlined function of the owner leaves the same.

use crate::linkname::evidence::{Provider, Reference, References, Role, Site, Undefined, Witness};
use crate::names;

use super::case::{Case, provider};
use super::definers::*;
use super::either::{self, gap, search_gap};
use super::stack;
use super::{Gap, NoTrace, Proof, Refutation, Unused, Verdict};
use crate::rules::Insertion;

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
    linker_defined,
    two_definitions,
    by_several,
    by_initialiser,
    by_unit,
    without_unit,
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

fn linker_defined(case: &Case<'_>) -> Option<Verdict> {
    if !case.evidence.linker_defined {
        return None;
    }
    // The linker of some version defines it. The tables do not know whether this version's does.
    if case.evidence.insertion == Insertion::UnknownVersion {
        return gap(Gap::UnknownGo);
    }
    if is_defined_by_local(case) {
        return Some(Verdict::InEffect(Proof::LinkerDefined));
    }
    Some(known_from_source(case, Proof::LinkerDefined))
}

/// Two symbols of one name: Go's private one, and one of an object file that Go did not make.
fn two_definitions(case: &Case<'_>) -> Option<Verdict> {
    let named: Vec<&Site> = case.data().filter(|site| site.role != Role::Mark).collect();
    // A pointer in data leads to it as well; the unit tells the package.
    let unit = unit_of(case).filter(|site| site.unit == case.package()).and_then(|s| s.address);
    let own = |site: &&&Site| {
        Some(site.address) == unit || case.own_references().any(|r| r.to == site.address)
    };
    let own = named.iter().filter(|site| !site.foreign).find(own)?;
    let two = named.iter().any(|site| site.foreign && site.address != own.address);
    two.then_some(Verdict::NotInEffect(Refutation::TwoDefinitions))
}

/// A directive gives the variable a value, and another package's directive refers to it: a push and its pull, whether
/// or not a package of that name declares the variable too. DWARF names the unit of the object file that the linker
/// read first, which may be the puller's (measured, 1.22: `var v *int = new(int)`).
fn by_initialiser(case: &Case<'_>) -> Option<Verdict> {
    let claimants = &case.evidence.claimants;
    if !case.knows_source() || !is_given(case) || claimants.is_empty() {
        return None;
    }
    let unit = unit_of(case)?;
    let own_unit = unit.unit == case.package();
    let used = || case.uses().any(|r| case.settles(r));
    let has_body = case.directive().is_some_and(|directive| directive.has_body);
    if has_body && (own_unit || claimants.contains(&unit.unit)) {
        let pushes = case.is_used_by_claimants();
        return pushes.then_some(Verdict::InEffect(Proof::LocalDefinition));
    }
    // The directive gives no value, and yet the variable has one.
    if own_unit {
        let pulls = !case.is_own_target() && used();
        return pulls.then_some(Verdict::InEffect(Proof::LocalDefinition));
    }
    let pulls = claimants.contains(&unit.unit) && used();
    pulls.then_some(Verdict::InEffect(Proof::DwarfOwner))
}

/// Several directives in source give the variable one name, and if the name has an owner, the owner's directive is
/// among them. They share the definition of one of them. `_cgo_init` is shared by the runtime and runtime/cgo.
fn by_several(case: &Case<'_>) -> Option<Verdict> {
    let claimants = &case.evidence.claimants;
    let owner = case.target_package();
    let expected = owner.is_none_or(|owner| claimants.contains(&owner));
    if !case.knows_source() || !expected || claimants.is_empty() {
        return None;
    }
    let unit = unit_of(case)?;
    if unit.unit == case.package() {
        // The name has no owner: only the packages that use it share it.
        let shared = !case.evidence.unowned || case.is_used_by_claimants();
        return shared.then_some(Verdict::InEffect(Proof::LocalDefinition));
    }
    let by_other = claimants.contains(&unit.unit) && case.uses().any(|r| case.settles(r));
    by_other.then_some(Verdict::InEffect(Proof::DwarfOwner))
}

/// DWARF names the unit that defines the variable.
fn by_unit(case: &Case<'_>) -> Option<Verdict> {
    let unit = unit_of(case)?;
    if case.data().any(|site| site.foreign) {
        return c_object(case);
    }
    let owner = case.target_package();
    match unit.unit.as_str() {
        unit if Some(unit) == owner.as_deref() => Some(known_from_source(case, Proof::DwarfOwner)),
        _ if case.owner_references().next().is_some() || owner_declares(case) => Some(shared(case)),
        _ if is_phantom(case) || is_nobodys(case) => Some(detached(case)),
        _ => gap(Gap::Ambiguous),
    }
}

/// An object file that is not the owner's defines the variable, and the owner's code uses it.
fn shared(case: &Case<'_>) -> Verdict {
    if is_defined_by_local(case) {
        return Verdict::InEffect(Proof::LocalDefinition);
    }
    known_from_source(case, Proof::OwnerRefers)
}

/// There is one symbol, and its bytes come from a C object.
fn c_object(case: &Case<'_>) -> Option<Verdict> {
    if case.data().any(|site| !site.foreign && site.role != Role::Mark) {
        return gap(Gap::Ambiguous);
    }
    if is_defined_by_local(case) {
        return Some(Verdict::InEffect(Proof::CObject));
    }
    Some(known_from_source(case, Proof::CObject))
}

/// No DWARF unit defines the variable: assembly or C defines it, or DWARF was left out.
fn without_unit(case: &Case<'_>) -> Option<Verdict> {
    if case.data().any(|site| site.foreign) {
        return c_object(case);
    }
    if case.owner_references().next().is_some() {
        return Some(known_from_source(case, Proof::OwnerRefers));
    }
    match case.evidence.debug.witness {
        // If the local package's object file defined it, DWARF would say so: assembly defines it.
        Witness::Whole => Some(known_from_source(case, Proof::DwarfOwner)),
        _ => gap(without_dwarf(case)),
    }
}

/// Nobody else defines the variable, unless the linker of a Go version that no table knows does.
fn detached(case: &Case<'_>) -> Verdict {
    match case.evidence.insertion {
        Insertion::UnknownVersion => Verdict::Unproven(Gap::UnknownGo),
        _ => Verdict::NotInEffect(Refutation::Detached),
    }
}

/// The verdict where only source can decide: `proof` if the lines settle it, else unproven.
fn known_from_source(case: &Case<'_>, proof: Proof) -> Verdict {
    if case.knows_source() && (case.is_tabled() || case.uses().any(|r| case.settles(r))) {
        return Verdict::InEffect(proof);
    }
    match case.evidence.insertion {
        Insertion::UnknownVersion if case.knows_source() => Verdict::Unproven(Gap::UnknownGo),
        _ => Verdict::Unproven(Gap::Ambiguous),
    }
}

fn without_dwarf(case: &Case<'_>) -> Gap {
    match case.evidence.debug.witness {
        Witness::Damaged => Gap::Incomplete,
        Witness::Whole => Gap::Ambiguous,
        Witness::Missing => Gap::NoDwarf,
    }
}
