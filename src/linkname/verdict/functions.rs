//! The rules of judgement for functions, in the order in which they are tried.
//!
//! The linker refuses a function whose target is missing. So a pull is in effect wherever code of the local package
//! calls the target, and unused where no code does. The rules guard against code that would be the same without a
//! directive.

use crate::linkname::claim::{Form, Kind, Said};
use crate::linkname::evidence::{
    Doubt, Provider, Reference, References, Role, Site, SiteSource, Undefined, Witness,
};
use crate::names;
use crate::rules::Insertion;

use super::case::{Case, provider};
use super::either::{
    Rule, dynamic_import, gap, is_not_imported, not_a_directive, not_searched, package_absent,
    search_gap, undefined_import, wrong_program,
};
use super::{Gap, NoTrace, Proof, Refutation, Unused, Verdict};

/// The rules, in the order in which they are tried.
pub(super) const RULES: &[Rule] = &[
    wrong_program,
    not_a_directive,
    variable_onto_function,
    instance,
    same_address,
    own_body,
    one_argument,
    onto_variable,
    owned_elsewhere,
    dynamic_import,
    undefined_import,
    pushed,
    absent,
    package_absent,
    not_searched,
    referenced,
    not_called,
];

/// A variable that is linknamed onto a function becomes a second symbol of that name. If the local package's unit
/// defines such a variable, it comes from the directive.
fn variable_onto_function(case: &Case<'_>) -> Option<Verdict> {
    let onto = case.claim.kind == Kind::Unknown && super::definers::is_second_symbol(case);
    onto.then_some(Verdict::NotInEffect(Refutation::KindMismatch))
}

/// Up to 1.20 pclntab writes `[...]` for all type arguments, and symbols name shapes instead.
fn instance(case: &Case<'_>) -> Option<Verdict> {
    names::is_instance(&case.claim.remote).then_some(Verdict::Unproven(Gap::NotYetJudged))
}

/// A symbol of the local name at the remote's own address, both of them functions.
///
/// A marker or a neighbour without bytes stands at such an address by accident and proves nothing.
fn same_address(case: &Case<'_>) -> Option<Verdict> {
    if case.is_one_argument() {
        return None;
    }
    let named =
        |site: &&Site| site.code && site.role == Role::Name && site.source == SiteSource::Symtab;
    let local = case.evidence.local.iter().filter(named);
    let mut local = local.map(|site| site.address);
    let same = local.any(|address| case.functions().any(|site| site.address == address));
    same.then_some(Verdict::InEffect(Proof::SameAddress))
}

/// A body under the local name. A linkname would have given that body the remote's name.
fn own_body(case: &Case<'_>) -> Option<Verdict> {
    // Another directive of the package may have given the local name to another function.
    let pushed = case.directive().is_some_and(|directive| directive.local_is_pushed);
    if case.is_one_argument() || pushed || !case.has_own_body() {
        return None;
    }
    match &case.evidence.references {
        References::NotSearched(reason) => gap(search_gap(*reason)),
        // The witnesses disagree. Another directive of the package may be the one in effect, or may give the local
        // name to the body (`//go:linkname h main.f`).
        References::Searched(_) if case.is_provided_by_local() || case.may_refer() => {
            gap(Gap::Ambiguous)
        }
        References::Searched(_) => Some(Verdict::NotInEffect(Refutation::OwnBody)),
    }
}

/// One argument: the name is provided by another package, by assembly, or by the package itself.
///
/// Whether this package declares the name with a directive does not matter if another package provides it: with and
/// without the directive the files have the same SHA-256 (1.22.10, 1.27.3).
fn one_argument(case: &Case<'_>) -> Option<Verdict> {
    if !case.is_one_argument() {
        return None;
    }
    if case.directive().is_some_and(|directive| directive.has_body) {
        return Some(Verdict::NoTrace(NoTrace::PermissionOnly));
    }
    if !case.is_function() {
        return None;
    }
    if case.directive().is_some_and(|directive| directive.assembly) {
        return Some(Verdict::NoTrace(NoTrace::OwnAssembly));
    }
    let package = case.package();
    let by = |wanted: fn(Provider, &str) -> bool| {
        case.functions().any(|site| wanted(provider(site), package))
    };
    match () {
        () if by(|p, own| matches!(p, Provider::Assembly(p) if p != own))
            && case.knows_source() =>
        {
            Some(Verdict::InEffect(Proof::ForeignFile))
        }
        () if by(|p, own| matches!(p, Provider::Package(p) if p != own)) => {
            match case.knows_source() {
                true => Some(Verdict::InEffect(Proof::ForeignFile)),
                false => gap(Gap::Ambiguous),
            }
        }
        () if by(|p, own| matches!(p, Provider::Assembly(p) if p == own)) => {
            Some(Verdict::NoTrace(NoTrace::OwnAssembly))
        }
        () if by(|p, own| matches!(p, Provider::Package(p) if p == own)) => {
            // Source has no body for it. Only the name made the vote that the folder is the package's.
            match case.knows_source() {
                true => gap(Gap::Ambiguous),
                false => Some(Verdict::NoTrace(NoTrace::PermissionOnly)),
            }
        }
        () => gap(Gap::Ambiguous),
    }
}

/// A function was claimed, and the remote is a variable.
fn onto_variable(case: &Case<'_>) -> Option<Verdict> {
    let mismatch = case.claim.kind == Kind::Func && case.stands() && !case.is_code();
    mismatch.then_some(Verdict::NotInEffect(Refutation::KindMismatch))
}

/// A push whose remote is another package's code.
fn owned_elsewhere(case: &Case<'_>) -> Option<Verdict> {
    if case.claim.form != Form::Push {
        return None;
    }
    let package = case.package();
    let elsewhere =
        case.functions().any(|s| matches!(&provider(s), Provider::Package(p) if p != package));
    if elsewhere {
        return Some(Verdict::NotInEffect(Refutation::OwnedElsewhere));
    }
    // The only body of that name has a folder that is not the package's, because of `//line`.
    let open = |s: &Site| match provider(s) {
        Provider::Doubtful(p) => p != package,
        Provider::Unknown => true,
        Provider::Package(_) | Provider::Assembly(_) | Provider::Generated => false,
    };
    let listed = |s: &&Site| s.source == SiteSource::Pclntab;
    let moved = case.knows_source() && case.functions().filter(listed).any(open);
    moved.then_some(Verdict::Unproven(Gap::Ambiguous))
}

/// The remote's code comes from the local package's source, although the remote is another package's name.
fn pushed(case: &Case<'_>) -> Option<Verdict> {
    if case.is_own_target() && case.is_go_of_local() {
        return within_package(case);
    }
    if case.is_own_target() || !case.is_provided_by_local() {
        return None;
    }
    let package = case.package();
    let own = Provider::Package(package.to_owned());
    let assembly = Provider::Assembly(package.to_owned());
    if case.claim.form == Form::Assembly && case.knows_source() {
        let defined = case.functions().any(|site| provider(site) == assembly);
        return defined.then_some(Verdict::InEffect(Proof::ForeignFile));
    }
    // Two bodies of one name do not link. So where source says that the package pushes a body, the folder alone is
    // witness enough.
    let known = case.directive().is_some_and(|d| d.has_body && d.mentions.is_some());
    let in_folder = Provider::Doubtful(package.to_owned());
    let alone =
        known && case.functions().all(|site| is_silent(site) || provider(site) == in_folder);
    if !alone && !case.functions().any(|site| provider(site) == own) {
        // Assembly may define any name without a directive, but Go code that calls the name needs one.
        if case.own_references().any(|reference| case.proves(reference)) {
            return None;
        }
        // A Go declaration that nobody calls makes the compiler wrap the assembly function for Go code.
        let defined = case.functions().any(|site| provider(site) == assembly);
        if defined && case.directive().is_some_and(Said::is_mark) {
            return Some(Verdict::NoTrace(NoTrace::OwnAssembly));
        }
        // `//line` can give any file to another package.
        return gap(Gap::Ambiguous);
    }
    let outside = case.all_references().any(|reference| case.is_used_outside(reference));
    let searched = matches!(case.evidence.references, References::Searched(_));
    let claimed = outside || !case.evidence.tables.is_empty() || !searched;
    Some(Verdict::InEffect(if claimed { Proof::ForeignFile } else { Proof::Unclaimed }))
}

/// A site that does not tell a package: the symbol of a function, or code that the compiler wrote.
fn is_silent(site: &Site) -> bool {
    site.source == SiteSource::Symtab || provider(site) == Provider::Generated
}

/// A body that gets another name of its own package. A package with a second body of that name does not compile, so
/// one body is proof.
fn within_package(case: &Case<'_>) -> Option<Verdict> {
    let directive = case.directive().filter(|directive| directive.has_body)?;
    // The source is another version's: its lines prove nothing, and what it says was not compiled.
    if directive.mentions.is_none() {
        return gap(Gap::Ambiguous);
    }
    Some(Verdict::InEffect(Proof::ForeignFile))
}

/// The remote is in no list of functions.
fn absent(case: &Case<'_>) -> Option<Verdict> {
    if case.is_code() || case.evidence.undefined == Undefined::ToGoLibrary {
        return None;
    }
    if case.evidence.intrinsic {
        return Some(Verdict::NoTrace(NoTrace::Intrinsic));
    }
    // The tables do not know this Go version, so they cannot say which functions it replaces by instructions.
    if case.evidence.insertion == Insertion::UnknownVersion {
        return gap(Gap::UnknownGo);
    }
    let package = case.package();
    let mut inlined = case.evidence.remote.iter().filter(|site| site.source == SiteSource::Inlined);
    if let Some(site) = inlined.next() {
        let by_local = |p: &Provider| matches!(p, Provider::Package(p) | Provider::Doubtful(p) if p == package);
        let pushed = by_local(&provider(site)) || inlined.any(|site| by_local(&provider(site)));
        let reason = if pushed && !case.is_own_target() { Unused::Inlined } else { Unused::Absent };
        return Some(Verdict::Unused(reason));
    }
    // A call of nothing: the system linker was told to ignore the undefined target.
    if case.own_references().next().is_some() {
        return gap(Gap::Ambiguous);
    }
    if is_not_imported(case) {
        return Some(Verdict::Unused(Unused::Absent));
    }
    // A C function, or a name like `libc_getpid`, whose import has another name. Only source knows which.
    let gone = case.evidence.never_imported && case.evidence.names.symtab == Witness::Whole;
    if names::package(&case.claim.remote).is_none() && !gone {
        return gap(match case.evidence.names.symtab {
            Witness::Whole => Gap::Ambiguous,
            Witness::Missing => Gap::NoNames,
            Witness::Damaged => Gap::Incomplete,
        });
    }
    // A C object may define a Go name, and the pclntab of an external link does not list its functions.
    let listed = case.claim.kind == Kind::Func && !case.evidence.system_linker;
    match (listed, case.evidence.names.symtab) {
        (true, _) | (_, Witness::Whole) => Some(Verdict::Unused(Unused::Absent)),
        (_, Witness::Missing) => gap(Gap::NoNames),
        (_, Witness::Damaged) => gap(Gap::Incomplete),
    }
}

/// The local package's code calls the remote, or refers to it in another way.
fn referenced(case: &Case<'_>) -> Option<Verdict> {
    let mut proofs: Vec<Proof> =
        case.all_references().filter_map(|reference| case.proof_of(reference)).collect();
    proofs.sort_unstable();
    if let Some(proof) = proofs.first() {
        return Some(Verdict::InEffect(*proof));
    }
    case.own_references().next()?;
    if is_permission(case) {
        return Some(Verdict::NoTrace(NoTrace::PermissionOnly));
    }
    gap(match case.evidence.insertion {
        Insertion::UnknownVersion if !case.evidence.intrinsic => Gap::UnknownGo,
        _ => Gap::Ambiguous,
    })
}

/// The directive gives a second name to something of the same package, and nobody uses that name. It permits others
/// to pull a method (reflect/badlinkname.go, since 1.23).
fn is_permission(case: &Case<'_>) -> bool {
    let mark = |directive: &Said| directive.is_mark() && !directive.has_body;
    case.is_own_target() && case.directive().is_some_and(mark)
}

/// The remote is there, all code was searched, and the local package does not refer to it.
fn not_called(case: &Case<'_>) -> Option<Verdict> {
    if is_permission(case) {
        return Some(Verdict::NoTrace(NoTrace::PermissionOnly));
    }
    if case.evidence.intrinsic {
        return Some(Verdict::NoTrace(NoTrace::Intrinsic));
    }
    // The tables do not know this Go version, so they cannot say whether its compiler replaces the calls.
    if case.evidence.insertion == Insertion::UnknownVersion {
        return gap(Gap::UnknownGo);
    }
    // Other packages call a handle with an exported name.
    let by_others = names::is_exported(&case.claim.local) && case.all_references().next().is_some();
    // A table of functions that source fills is data: no instruction of the package forms the address.
    if case.is_tabled() {
        return Some(Verdict::InEffect(Proof::Funcval));
    }
    // Nobody can tell whose table holds a function value, or whose code a doubtful reference is. A value that a third
    // package takes may come from an inlined function of the local package.
    let mut frames = case.all_references().flat_map(|reference| &reference.frames);
    let unattributed =
        frames.any(|frame| frame.package.is_none() || frame.doubt.is_some_and(is_misplaced));
    let value = |reference: &Reference| !reference.is_branch();
    let passed_on = case.passed_on().any(value);
    if by_others
        || unattributed
        || passed_on
        || case.is_anybodys()
        || case.evidence.package_possible
        || !case.evidence.tables.is_empty()
    {
        return gap(Gap::Ambiguous);
    }
    Some(Verdict::Unused(Unused::NotCalled))
}

/// A doubt about the package that the reference belongs to.
fn is_misplaced(doubt: Doubt) -> bool {
    doubt == Doubt::Attribution
}
