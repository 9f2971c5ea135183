//! The rules for a variable that is there and is used, in the order in which they are tried: which object file
//! defines it?
//!
//! If nobody else defines the remote, the local package's object file does, and the program has a private zero of that
//! name. Only DWARF's compilation units tell. A unit of the local package that defines another package's name proves a
//! directive. A reference proves none: an inlined function of the owner leaves the same.

use crate::linkname::evidence::{Role, Site, Witness};
use crate::rules::Insertion;

use super::case::Case;
use super::definers::*;
use super::either::gap;
use super::{Gap, Proof, Refutation, Verdict};

/// The linker itself defines the variable.
pub(super) fn linker_defined(case: &Case<'_>) -> Option<Verdict> {
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
pub(super) fn two_definitions(case: &Case<'_>) -> Option<Verdict> {
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
pub(super) fn by_initialiser(case: &Case<'_>) -> Option<Verdict> {
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
pub(super) fn by_several(case: &Case<'_>) -> Option<Verdict> {
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
pub(super) fn by_unit(case: &Case<'_>) -> Option<Verdict> {
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
pub(super) fn without_unit(case: &Case<'_>) -> Option<Verdict> {
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
pub(super) fn known_from_source(case: &Case<'_>, proof: Proof) -> Verdict {
    if case.knows_source() && (case.is_tabled() || case.uses().any(|r| case.settles(r))) {
        return Verdict::InEffect(proof);
    }
    match case.evidence.insertion {
        Insertion::UnknownVersion if case.knows_source() => Verdict::Unproven(Gap::UnknownGo),
        _ => Verdict::Unproven(Gap::Ambiguous),
    }
}

/// Why no DWARF unit answers.
pub(super) fn without_dwarf(case: &Case<'_>) -> Gap {
    match case.evidence.debug.witness {
        Witness::Damaged => Gap::Incomplete,
        Witness::Whole => Gap::Ambiguous,
        Witness::Missing => Gap::NoDwarf,
    }
}
