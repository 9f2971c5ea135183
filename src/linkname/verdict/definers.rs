//! Who defines the variable that bears a remote's name: its owner, the local package, or nobody?

use crate::linkname::evidence::{DebugSite, Doubt, Frame, How, Reference, Role};
use crate::names;

use super::case::Case;

/// The Go unit that defines the remote.
pub(super) fn unit_of<'a>(case: &Case<'a>) -> Option<&'a DebugSite> {
    let addressed = |site: &&DebugSite| {
        let standing = |address| case.evidence.remote.iter().any(|data| data.address == address);
        site.address.is_none_or(standing)
    };
    let mut units = case.evidence.debug.remote.iter().filter(|site| site.go);
    units
        .clone()
        .find(|site| site.address.is_some() && addressed(site))
        .or_else(|| units.find(addressed))
}

/// The local package's object file defines the remote. Only a directive makes it do that.
pub(super) fn is_defined_by_local(case: &Case<'_>) -> bool {
    !case.is_own_target() && unit_of(case).is_some_and(|site| site.unit == case.package())
}

/// A variable of the remote's name stands beside a function of that name.
pub(super) fn is_second_symbol(case: &Case<'_>) -> bool {
    is_defined_by_local(case) && case.data().any(|site| site.role != Role::Mark)
}

/// Only the local package has the variable: neither the owner's object file defines it, nor does the owner's code use
/// it.
///
/// An initialised variable replaces the owner's zeros. If all of the owner's functions were inlined, the owner has no
/// unit, no function and no line of its own: `return v` is written at its caller's line (measured, 1.19 to 1.27). So
/// for an initialised variable the release must be known not to declare it.
///
/// Since 1.23 zeros replace smaller zeros: `var flag int64` replaces a `var flag bool` that only an inlined function
/// of its owner reads. So for zeros, too, another witness must say that the owner has none.
pub(super) fn is_phantom(case: &Case<'_>) -> bool {
    // The pointer in data may be how the owner reaches the variable.
    if case.has_strangers() || !case.evidence.tables.is_empty() {
        return false;
    }
    let owner = case.target_package();
    let Some(unit) = unit_of(case).filter(|_| owner.is_some()) else { return false };
    if Some(&unit.unit) == owner.as_ref() {
        return false;
    }
    // A value that another package's directive pushes or pulls, if there is a value, is no private copy. Zeros are:
    // whoever pulls them wanted the owner's variable and does not get it.
    let shared = case.is_used_by_claimants() || case.evidence.claimants.contains(&unit.unit);
    if shared && is_given(case) {
        return false;
    }
    let zeros = case.data().all(|site| site.zero_filled);
    // Source that says "declared nowhere" is not believed alone. `-overlay` compiles other text than is on disk, and
    // an inlined getter of the owner leaves its reference on a line that does not name the local variable. The lines
    // alone are not believed either: `flag = 1; println(lib.Flag())` is one line.
    let declares = case.directive().and_then(|directive| directive.owner_declares);
    if declares == Some(true) {
        return false;
    }
    case.evidence.undeclared
        || is_undeclarable(&case.claim.remote)
        || (zeros && case.evidence.owner_wins)
        || (declares == Some(false) && case.all_own_lines())
}

/// The remote's name has no package, so only directives have it. The local package defines it, as zeros or with its
/// directive's value, and no package of another directive uses it.
pub(super) fn is_nobodys(case: &Case<'_>) -> bool {
    let none = case.evidence.claimants.is_empty();
    let valued = case.directive().is_some_and(|directive| directive.has_body);
    let own = |reference: &Reference| {
        reference.is_of(case.package())
            || none && reference.frames.iter().any(|frame| frame.imports_local == Some(true))
    };
    let assembly = |reference: &Reference| reference.any_doubt() == Some(Doubt::Assembly);
    case.evidence.unowned
        && is_defined_by_local(case)
        && case.data().all(|site| (site.zero_filled || valued) && !site.foreign)
        && (none || case.evidence.tables.is_empty())
        && !case.is_used_by_claimants()
        && case.all_references().all(|reference| own(reference) && !assembly(reference))
}

/// No package can declare a variable of that name: its last part holds a dot, because the path before it was not
/// escaped.
pub(super) fn is_undeclarable(remote: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | 0x80..);
    let name = names::within_package(remote);
    name.contains(&b'.') && !name.starts_with(b".") && name.iter().all(letter)
}

/// Only the local package uses what the runtime declares for runtime/cgo: the program has no cgo.
pub(super) fn is_alone(case: &Case<'_>) -> bool {
    let others = case.third_references().next().is_some() || !case.evidence.tables.is_empty();
    let zeros = case.data().all(|site| site.zero_filled);
    !others && zeros
}

/// The owner's source declares the variable. There is one symbol of a name, whichever object file defines it in the
/// end.
pub(super) fn owner_declares(case: &Case<'_>) -> bool {
    case.directive().and_then(|directive| directive.owner_declares) == Some(true)
}

/// Some object file gives the variable a value.
pub(super) fn is_valued(case: &Case<'_>) -> bool {
    case.data().any(|site| !site.zero_filled && site.role != Role::Mark)
}

/// Some directive gives the variable a value, in data or by code of its package's `init`. Source alone is not enough:
/// `= 0` leaves the same bytes as no value.
pub(super) fn is_given(case: &Case<'_>) -> bool {
    let own = case.directive().is_some_and(|directive| directive.has_body);
    let said = own || case.evidence.given || !case.knows_source();
    is_valued(case) || (said && may_be_set(case))
}

/// Code that initialises a package's variables writes it, or takes its address in order to write: `var v = new(int)`
/// leaves that.
pub(super) fn may_be_set(case: &Case<'_>) -> bool {
    let initialises = |frame: &Frame| names::is_initialiser(&frame.function);
    let writes = |reference: &&Reference| reference.how != How::Load;
    let mut written = case.all_references().filter(writes);
    written.any(|reference| reference.frames.last().is_some_and(initialises))
}
