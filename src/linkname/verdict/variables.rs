//! The rules of judgement for variables, in the order in which they are tried.
//!
//! The linker never refuses a variable: if nobody defines the remote, the local package's own object
//! does, and the program has a private zero of that name. So the question is whose object the symbol
//! comes from, and only DWARF's units say that. A unit of the local package that defines another
//! package's name is the work of a directive and of nothing else; every reference to a variable could
//! also come from an inlined function of its owner.

use crate::linkname::evidence::{
    DebugSite, Doubt, Frame, How, Provider, Reference, References, Role, Site, Undefined, Witness,
};
use crate::names;

use super::case::{Case, provider};
use super::functions::{self, gap, search_gap};
use super::stack;
use super::{Gap, NoTrace, Proof, Refutation, Unused, Verdict};
use crate::rules::Insertion;

/// The rules, in the order in which they are tried.
pub(super) const RULES: &[super::rules::Rule] = &[
    functions::wrong_program,
    functions::not_a_directive,
    onto_function,
    same_address,
    own_variable,
    one_argument,
    of_cgo,
    functions::dynamic_import,
    functions::undefined_import,
    absent,
    package_absent,
    functions::not_searched,
    not_referred,
    linker_defined,
    two_definitions,
    by_several,
    by_initialiser,
    by_unit,
    without_unit,
];

/// A variable cannot lead to a function of Go that has an ABI of its own: the linker keeps a second, private symbol
/// of that name.
///
/// Code of C and of assembly has the same ABI as data has, and there is one symbol: `var x_cgo_init byte`
/// is how Go code takes the address of such a function. So has the wrapper that lets assembly call a function of
/// Go, and on ports that pass everything by the stack every function (386, arm and mips, linked from 1.26 on): code
/// beats zeros (1.21 to 1.26; 1.27 refuses the wrapper).
fn onto_function(case: &Case<'_>) -> Option<Verdict> {
    if !case.is_function() {
        return None;
    }
    let go = |site: &Site| matches!(provider(site), Provider::Package(_) | Provider::Doubtful(_));
    let second = case.data().any(|site| site.role != Role::Mark);
    // Trampolines stand for their target.
    let made = |site: &Site| go(site) || names::trampoline_target(&site.name).is_some();
    let by_go = case.target_package().is_some()
        && !case.evidence.one_abi
        && case.functions().any(go)
        && case.functions().all(made);
    if second || by_go {
        return Some(Verdict::NotInEffect(Refutation::KindMismatch));
    }
    // Of a directive in source the one symbol is the proof, where the table of symbols is whole; another
    // would bear the name too.
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

/// A variable bears the local name, which a directive would have taken from it: the source at hand is not the one
/// that was compiled, or another package pushed a variable under that name.
fn has_local_symbol(case: &Case<'_>) -> bool {
    case.evidence.local.iter().any(|site| !site.code && site.role == Role::Name)
}

/// The local package's unit defines a variable of the local name: a directive would have taken it.
fn own_variable(case: &Case<'_>) -> Option<Verdict> {
    let own = case.evidence.debug.local.iter().any(|site| site.go && site.unit == case.package());
    // Another directive may have given the variable that name.
    let pushed = case.directive().is_some_and(|directive| directive.local_is_pushed);
    if case.is_one_argument() || pushed {
        return None;
    }
    if !own {
        // Without DWARF nothing says whose it is.
        return has_local_symbol(case).then(|| gap(Gap::Ambiguous)).flatten();
    }
    match &case.evidence.references {
        References::NotSearched(reason) => gap(search_gap(*reason)),
        References::Searched(_) if case.may_refer() || case.is_own_target() => gap(Gap::Ambiguous),
        References::Searched(_) => Some(Verdict::NotInEffect(Refutation::OwnBody)),
    }
}

/// One argument: the variable keeps its name, and the linker learns that others may refer to it.
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

/// What runtime/cgo, or code that cgo makes, defines: without cgo the runtime's variable is all there is.
fn of_cgo(case: &Case<'_>) -> Option<Verdict> {
    let name = case.claim.remote.as_slice();
    let wired = case.knows_source() && (name.starts_with(b"_cgo_") || name.starts_with(b"x_cgo_"));
    let alone = !case.stands() || (is_defined_by_local_name(case) && is_alone(case));
    (wired && alone).then_some(Verdict::Unused(Unused::Absent))
}

/// The local package's object defines the remote, whose name has no package.
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
        // Assembly that the linker left out: nothing refers to it.
        Witness::Whole if case.directive().is_some_and(|directive| directive.assembly) => {
            Some(Verdict::Unused(Unused::Absent))
        }
        _ if functions::is_not_imported(case) => Some(Verdict::Unused(Unused::Absent)),
        // `libc_getpid`, whose import has another name: known from source only.
        Witness::Whole if case.target_package().is_none() && !case.evidence.never_imported => {
            gap(Gap::Ambiguous)
        }
        Witness::Whole => Some(Verdict::Unused(Unused::Absent)),
        Witness::Missing => gap(Gap::NoNames),
        Witness::Damaged => gap(Gap::Incomplete),
    }
}

fn package_absent(case: &Case<'_>) -> Option<Verdict> {
    if is_defined_by_local(case) { None } else { functions::package_absent(case) }
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
    // A function of the local package that was inlined elsewhere leaves its reference there, and a
    // pointer in data is anybody's. A package whose own unit defines the variable refers for itself.
    let definer = unit_of(case).map(|site| site.unit.as_str());
    let by_definer =
        |r: &Reference| definer.is_some_and(|definer| r.is_of(definer)) && !stack::is_in_doubt(r);
    let perhaps = case.passed_on().any(|reference| !by_definer(reference))
        || !case.evidence.tables.is_empty();
    match perhaps || case.evidence.reached_behind {
        false => Some(Verdict::Unused(Unused::NotCalled)),
        true if is_phantom(case) => None,
        true => gap(Gap::Ambiguous),
    }
}

/// The directive gives the variable a value, and without DWARF nobody knows whether it is the one that others read.
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
    // Some linker defines it; whether this one does is for a table to say.
    if case.evidence.insertion == Insertion::UnknownVersion {
        return gap(Gap::UnknownGo);
    }
    if is_defined_by_local(case) {
        return Some(Verdict::InEffect(Proof::LinkerDefined));
    }
    Some(known_from_source(case, Proof::LinkerDefined))
}

/// Two symbols of one name: Go's private one and that of an object that Go did not make.
fn two_definitions(case: &Case<'_>) -> Option<Verdict> {
    let named: Vec<&Site> = case.data().filter(|site| site.role != Role::Mark).collect();
    // A pointer in data leads to it as well, and the unit tells whose it is.
    let unit = unit_of(case).filter(|site| site.unit == case.package()).and_then(|s| s.address);
    let own = |site: &&&Site| {
        Some(site.address) == unit || case.own_references().any(|r| r.to == site.address)
    };
    let own = named.iter().filter(|site| !site.foreign).find(own)?;
    let two = named.iter().any(|site| site.foreign && site.address != own.address);
    two.then_some(Verdict::NotInEffect(Refutation::TwoDefinitions))
}

/// A directive gives the variable a value, and another package's refers to it: a push and its pull, whether or not
/// a package of that name declares it too. DWARF has it in the unit of the object that the linker read first, which
/// may be the puller's (measured, 1.22: `var v *int = new(int)`).
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
    // No value of its own, and yet there is one.
    if own_unit {
        let pulls = !case.is_own_target() && used();
        return pulls.then_some(Verdict::InEffect(Proof::LocalDefinition));
    }
    let pulls = claimants.contains(&unit.unit) && used();
    pulls.then_some(Verdict::InEffect(Proof::DwarfOwner))
}

/// Some object gives the variable a value.
fn is_valued(case: &Case<'_>) -> bool {
    case.data().any(|site| !site.zero_filled && site.role != Role::Mark)
}

/// Some directive gives it one, be it by code of its package's `init`: what source says alone may be `= 0`, which
/// leaves the same bytes as nothing.
fn is_given(case: &Case<'_>) -> bool {
    let own = case.directive().is_some_and(|directive| directive.has_body);
    let said = own || case.evidence.given || !case.knows_source();
    is_valued(case) || (said && may_be_set(case))
}

/// Initialisers of a package's variables write it, or take its address to: what `var v = new(int)` leaves.
fn may_be_set(case: &Case<'_>) -> bool {
    let initialises = |frame: &Frame| names::within_package(&frame.function) == b"init";
    let writes = |reference: &&Reference| reference.how != How::Load;
    let mut written = case.all_references().filter(writes);
    written.any(|reference| reference.frames.last().is_some_and(initialises))
}

/// Several directives in source give the variable one name, and the owner's own is among them if the name has
/// an owner: they share what one of them defines. `_cgo_init` is the runtime's, and runtime/cgo's.
fn by_several(case: &Case<'_>) -> Option<Verdict> {
    let claimants = &case.evidence.claimants;
    let owner = case.target_package();
    let expected = owner.is_none_or(|owner| claimants.contains(&owner));
    if !case.knows_source() || !expected || claimants.is_empty() {
        return None;
    }
    let unit = unit_of(case)?;
    if unit.unit == case.package() {
        // Nobody owns it: it is shared with those alone that use it.
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

/// The owner's source has the variable, whoever defines it in the end: of one name there is one symbol.
fn owner_declares(case: &Case<'_>) -> bool {
    case.directive().and_then(|directive| directive.owner_declares) == Some(true)
}

/// Another object than the owner's defines the variable, and the owner's code uses it.
fn shared(case: &Case<'_>) -> Verdict {
    if is_defined_by_local(case) {
        return Verdict::InEffect(Proof::LocalDefinition);
    }
    known_from_source(case, Proof::OwnerRefers)
}

/// One symbol, and its bytes are those of a C object.
fn c_object(case: &Case<'_>) -> Option<Verdict> {
    if case.data().any(|site| !site.foreign && site.role != Role::Mark) {
        return gap(Gap::Ambiguous);
    }
    if is_defined_by_local(case) {
        return Some(Verdict::InEffect(Proof::CObject));
    }
    Some(known_from_source(case, Proof::CObject))
}

/// No unit of DWARF defines the variable: assembly or C does, or DWARF was left out.
fn without_unit(case: &Case<'_>) -> Option<Verdict> {
    if case.data().any(|site| site.foreign) {
        return c_object(case);
    }
    if case.owner_references().next().is_some() {
        return Some(known_from_source(case, Proof::OwnerRefers));
    }
    match case.evidence.debug.witness {
        // The local package's own object would have said so: assembly defines it.
        Witness::Whole => Some(known_from_source(case, Proof::DwarfOwner)),
        _ => gap(without_dwarf(case)),
    }
}

/// Nobody else defines it, unless the linker of a Go that no table knows does.
fn detached(case: &Case<'_>) -> Verdict {
    match case.evidence.insertion {
        Insertion::UnknownVersion => Verdict::Unproven(Gap::UnknownGo),
        _ => Verdict::NotInEffect(Refutation::Detached),
    }
}

/// What everybody but the source leaves open.
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

/// The Go unit that defines the remote.
fn unit_of<'a>(case: &Case<'a>) -> Option<&'a DebugSite> {
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

/// The local package's object defines the remote, which only a directive makes it do.
pub(super) fn is_defined_by_local(case: &Case<'_>) -> bool {
    !case.is_own_target() && unit_of(case).is_some_and(|site| site.unit == case.package())
}

/// A variable of the remote's name stands beside a function of that name.
pub(super) fn is_second_symbol(case: &Case<'_>) -> bool {
    is_defined_by_local(case) && case.data().any(|site| site.role != Role::Mark)
}

/// Nobody but the local package has it: neither the owner's object nor its code.
///
/// An initialised variable displaces the owner's zeros, and an owner all of whose functions were inlined has
/// no unit, no function and no line of its own: `return v` is written at its caller's line (measured, 1.19 to
/// 1.27). So of an initialised one the release must be known not to declare it.
///
/// Zeros displace smaller zeros, since 1.23: `var flag int64` over a `var flag bool` that only an inlined function
/// of its owner reads. So of zeros, too, something else must say that nobody has them.
fn is_phantom(case: &Case<'_>) -> bool {
    // A pointer in data may be the owner's way to it.
    if case.has_strangers() || !case.evidence.tables.is_empty() {
        return false;
    }
    let owner = case.target_package();
    let Some(unit) = unit_of(case).filter(|_| owner.is_some()) else { return false };
    if Some(&unit.unit) == owner.as_ref() {
        return false;
    }
    // A value that another package's directive pushed or pulls, if it is one, is nobody's private copy. Zeros are: who
    // pulls them wanted the owner's variable, and does not get it.
    let shared = case.is_used_by_claimants() || case.evidence.claimants.contains(&unit.unit);
    if shared && is_given(case) {
        return false;
    }
    let zeros = case.data().all(|site| site.zero_filled);
    // That it is declared nowhere is not believed alone: `-overlay` compiles other text than is on disk, and a getter
    // of the owner that was inlined leaves its reference on a line that does not name the local variable. Nor are the
    // lines alone: `flag = 1; println(lib.Flag())` is one.
    let declares = case.directive().and_then(|directive| directive.owner_declares);
    if declares == Some(true) {
        return false;
    }
    case.evidence.undeclared
        || is_undeclarable(&case.claim.remote)
        || (zeros && case.evidence.owner_wins)
        || (declares == Some(false) && case.all_own_lines())
}

/// Zeros of the local package, or its directive's own value, under a name without a package: only directives have that
/// name, and no package of another one uses it.
fn is_nobodys(case: &Case<'_>) -> bool {
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

/// No package can declare a variable of that name: an unescaped path, whose end looks like a name with a dot.
fn is_undeclarable(remote: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | 0x80..);
    let name = names::within_package(remote);
    name.contains(&b'.') && !name.starts_with(b".") && name.iter().all(letter)
}

/// Nobody but the local package uses what the runtime declares for runtime/cgo: there is no cgo.
fn is_alone(case: &Case<'_>) -> bool {
    let others = case.third_references().next().is_some() || !case.evidence.tables.is_empty();
    let zeros = case.data().all(|site| site.zero_filled);
    !others && zeros
}
