//! The rules of judgement, in the order in which they are tried.
//!
//! Each rule answers one question of a case and passes on what it cannot decide.

use crate::code::How;
use crate::golang::names;
use crate::linkname::claim::{Claim, Form, Kind};
use crate::linkname::evidence::{
    Doubt, Evidence, Program, Provider, Reference, References, SearchGap, Site, SiteSource, Witness,
};
use crate::rules::{self, Insertion};

use super::{Gap, NoTrace, Proof, Refutation, Unused, Verdict};

/// One rule: a verdict, or `None` to let the next rule decide.
pub(super) type Rule = fn(&Case<'_>) -> Option<Verdict>;

/// The rules, in the order in which they are tried.
pub(super) const RULES: &[Rule] = &[
    wrong_program,
    variable,
    same_address,
    own_body,
    one_argument,
    kind_mismatch,
    owned_elsewhere,
    undefined_import,
    pushed,
    absent,
    package_absent,
    not_searched,
    referenced,
    not_called,
];

/// A claim before the judgement, with what the rules ask of it.
pub(super) struct Case<'a> {
    pub(super) claim: &'a Claim,
    pub(super) evidence: &'a Evidence,
}

impl<'a> Case<'a> {
    /// Where the remote stands as code that can be called.
    fn functions(&self) -> impl Iterator<Item = &'a Site> {
        let sites = self.evidence.remote.iter();
        sites.filter(|site| site.code && site.source != SiteSource::Inlined)
    }

    fn is_function(&self) -> bool {
        self.functions().any(|site| site.source == SiteSource::Pclntab)
    }

    /// Some symbol bears the remote's name, and Go's runtime knows no function of it: a variable, a
    /// mark of the linker, or code that is not Go's.
    fn is_no_go_function(&self) -> bool {
        let symbol = self.evidence.remote.iter().any(|site| site.source == SiteSource::Symtab);
        symbol && !self.is_function()
    }

    fn target_package(&self) -> Option<String> {
        let path = names::import_path(&self.claim.remote)?;
        Some(String::from_utf8_lossy(&path).into_owned())
    }

    /// Whether the remote belongs to the local package by its name.
    pub(super) fn is_own_target(&self) -> bool {
        self.target_package().is_some_and(|package| package == self.evidence.package)
    }

    pub(super) fn all_references(&self) -> impl Iterator<Item = &'a Reference> {
        match &self.evidence.references {
            References::Searched(references) => references.as_slice(),
            References::NotSearched(_) => &[],
        }
        .iter()
    }

    /// References from the local package's own code.
    pub(super) fn own_references(&self) -> impl Iterator<Item = &'a Reference> {
        let package = self.evidence.package.as_str();
        self.all_references().filter(move |r| r.from_package.as_deref() == Some(package))
    }

    /// Whether `reference` could not exist without a linkname.
    pub(super) fn proves(&self, reference: &Reference) -> bool {
        matches!(reference.how, How::Call | How::Jump)
            && reference.doubt.is_none()
            && reference.from_package.as_deref() == Some(self.evidence.package.as_str())
            && self.needs_linkname()
    }

    /// Whether nobody but the remote's own package may refer to it without a linkname.
    fn needs_linkname(&self) -> bool {
        let remote = self.claim.remote.as_slice();
        self.target_package().is_some()
            && !self.is_own_target()
            && !self.is_go_of_local()
            && !self.is_pushed_by_third()
            && !names::is_exported(remote)
            && !names::is_derived(remote)
            && !names::is_instance(remote)
            && self.evidence.insertion == Insertion::NotInserted
            && !rules::may_use_handle(&self.evidence.package, remote)
    }

    /// The local package's source, Go or assembly, made the remote's code, or may have made it.
    fn is_provided_by_local(&self) -> bool {
        let package = self.evidence.package.as_str();
        let assembly =
            |site: &Site| matches!(&site.provider, Provider::Assembly(p) if p == package);
        self.is_go_of_local() || self.functions().any(assembly)
    }

    /// The local package's Go source made the remote's code, or may have made it.
    pub(super) fn is_go_of_local(&self) -> bool {
        let package = self.evidence.package.as_str();
        self.functions().any(|site| match &site.provider {
            Provider::Package(p) | Provider::Doubtful(p) => p == package,
            Provider::Assembly(_) | Provider::Generated | Provider::Unknown => false,
        })
    }

    /// A third package's source made the remote's code. That package may have pushed a function with
    /// an exported name, which anybody calls without a directive; no push of the standard library has
    /// one (all of 1.18 to 1.27 read).
    fn is_pushed_by_third(&self) -> bool {
        let target = self.target_package();
        self.functions().any(|site| match &site.provider {
            Provider::Package(p) | Provider::Doubtful(p) => {
                Some(p) != target.as_ref() && *p != self.evidence.package && !is_standard(p)
            }
            Provider::Assembly(_) | Provider::Generated | Provider::Unknown => false,
        })
    }

    /// The claim names a body that the local package compiled itself under the local name.
    fn has_own_body(&self) -> bool {
        let package = Provider::Package(self.evidence.package.clone());
        self.evidence.local.iter().any(|site| site.code && site.provider == package)
    }
}

/// Standard packages have no dot in their path's first element (cmd/go, IsStandardImportPath).
fn is_standard(package: &str) -> bool {
    package != "main" && !package.split('/').next().is_some_and(|first| first.contains('.'))
}

fn gap(gap: Gap) -> Option<Verdict> {
    Some(Verdict::Unproven(gap))
}

fn search_gap(reason: SearchGap) -> Gap {
    match reason {
        SearchGap::Architecture => Gap::UnsupportedArch,
        SearchGap::Damaged => Gap::Incomplete,
        SearchGap::Uncertain => Gap::NoReferences,
    }
}

/// Nothing can be said without the function table: it is the witness of every rule below.
fn wrong_program(case: &Case<'_>) -> Option<Verdict> {
    match case.evidence.program {
        Program::Gc => None,
        Program::UnknownLayout => gap(Gap::UnknownGo),
        Program::Damaged => gap(Gap::Incomplete),
        Program::NotGc(_) => gap(Gap::NotGc),
    }
}

/// Variables are not judged yet, nor is what only the symbol table knows as code.
fn variable(case: &Case<'_>) -> Option<Verdict> {
    // pclntab up to 1.20 writes any type arguments as `[...]`, and symbols name shapes instead.
    let says = case.claim.kind == Kind::Var || names::is_instance(&case.claim.remote);
    let foreign_code = case.evidence.remote.iter().any(|site| site.code);
    let shows = case.is_no_go_function() && (case.claim.kind == Kind::Unknown || foreign_code);
    (says || shows).then_some(Verdict::Unproven(Gap::NotYetJudged))
}

/// A symbol of the local name at the remote's own address, both of them functions.
///
/// A marker or a neighbour without bytes stands at such an address by accident and proves nothing.
fn same_address(case: &Case<'_>) -> Option<Verdict> {
    if case.claim.form == Form::OneArg {
        return None;
    }
    let named = |site: &&Site| site.code && !site.mark && site.source == SiteSource::Symtab;
    let local = case.evidence.local.iter().filter(named);
    let mut local = local.map(|site| site.address);
    let same = local.any(|address| case.functions().any(|site| site.address == address));
    same.then_some(Verdict::InEffect(Proof::SameAddress))
}

/// A body under the local name: a linkname would have given it the remote's name.
fn own_body(case: &Case<'_>) -> Option<Verdict> {
    if case.claim.form == Form::OneArg || !case.has_own_body() {
        return None;
    }
    match &case.evidence.references {
        References::NotSearched(reason) => gap(search_gap(*reason)),
        // The witnesses disagree: another directive of the package may be the one in effect.
        References::Searched(_)
            if case.is_provided_by_local() || case.own_references().any(|r| case.proves(r)) =>
        {
            gap(Gap::Ambiguous)
        }
        References::Searched(_) => Some(Verdict::NotInEffect(Refutation::OwnBody)),
    }
}

/// One argument: the name is provided by another package, by assembly, or by the package itself.
///
/// That another package provides it is so whether or not this one declares it with a directive: with
/// and without it, the files have the same SHA-256 (1.22.10, 1.27.3).
fn one_argument(case: &Case<'_>) -> Option<Verdict> {
    if case.claim.form != Form::OneArg || !case.is_function() {
        return None;
    }
    let package = case.evidence.package.as_str();
    let by_go = |site: &Site| matches!(&site.provider, Provider::Package(p) if p == package);
    let by_assembly = |site: &Site| matches!(&site.provider, Provider::Assembly(p) if p == package);
    let others = |site: &Site| matches!(&site.provider, Provider::Package(p) if p != package);
    match () {
        () if case.functions().any(others) => gap(Gap::Ambiguous),
        () if case.functions().any(by_assembly) => Some(Verdict::NoTrace(NoTrace::OwnAssembly)),
        () if case.functions().any(by_go) => Some(Verdict::NoTrace(NoTrace::PermissionOnly)),
        () => gap(Gap::Ambiguous),
    }
}

fn kind_mismatch(case: &Case<'_>) -> Option<Verdict> {
    let mismatch = case.claim.kind == Kind::Func && case.is_no_go_function();
    mismatch.then_some(Verdict::NotInEffect(Refutation::KindMismatch))
}

/// A push whose remote is another package's code.
fn owned_elsewhere(case: &Case<'_>) -> Option<Verdict> {
    if case.claim.form != Form::Push {
        return None;
    }
    let package = case.evidence.package.as_str();
    let elsewhere =
        case.functions().any(|s| matches!(&s.provider, Provider::Package(p) if p != package));
    elsewhere.then_some(Verdict::NotInEffect(Refutation::OwnedElsewhere))
}

fn undefined_import(case: &Case<'_>) -> Option<Verdict> {
    // A name without a package is C's: the loader may well resolve it, as cgo_import_dynamic asks.
    let go_name = names::package(&case.claim.remote).is_some();
    let left = go_name && case.evidence.undefined && case.evidence.remote.is_empty();
    left.then_some(Verdict::NotInEffect(Refutation::UndefinedImport))
}

/// The remote's code comes out of the local package's source although its name says another.
fn pushed(case: &Case<'_>) -> Option<Verdict> {
    if case.is_own_target() || !case.is_provided_by_local() {
        return None;
    }
    let package = case.evidence.package.as_str();
    let own = Provider::Package(package.to_owned());
    if !case.functions().any(|site| site.provider == own) {
        // Assembly may define any name without a directive, but Go code that calls it needs one.
        if case.own_references().any(|reference| case.proves(reference)) {
            return None;
        }
        // `//line` can make any file foreign.
        return gap(Gap::Ambiguous);
    }
    let outside = case.all_references().any(|r| r.from_package.as_deref() != Some(package));
    let searched = matches!(case.evidence.references, References::Searched(_));
    let claimed = outside || !case.evidence.tables.is_empty() || !searched;
    Some(Verdict::InEffect(if claimed { Proof::ForeignFile } else { Proof::Unclaimed }))
}

/// The remote is in no list of functions.
fn absent(case: &Case<'_>) -> Option<Verdict> {
    if case.is_function() {
        return None;
    }
    if case.evidence.intrinsic {
        return Some(Verdict::NoTrace(NoTrace::Intrinsic));
    }
    // What this Go replaces by instructions is for a table to say that does not know it.
    if case.evidence.insertion == Insertion::UnknownVersion {
        return gap(Gap::UnknownGo);
    }
    let package = case.evidence.package.as_str();
    let mut inlined = case.evidence.remote.iter().filter(|site| site.source == SiteSource::Inlined);
    if let Some(site) = inlined.next() {
        let by_local = |p: &Provider| matches!(p, Provider::Package(p) | Provider::Doubtful(p) if p == package);
        let pushed = by_local(&site.provider) || inlined.any(|site| by_local(&site.provider));
        let reason = if pushed && !case.is_own_target() { Unused::Inlined } else { Unused::Absent };
        return Some(Verdict::Unused(reason));
    }
    // A C function, or `libc_getpid`, whose import has another name: known from source only.
    if names::package(&case.claim.remote).is_none() {
        return gap(match case.evidence.names.symtab {
            Witness::Whole => Gap::Ambiguous,
            Witness::Missing => Gap::NoNames,
            Witness::Damaged => Gap::Incomplete,
        });
    }
    match (case.claim.kind, case.evidence.names.symtab) {
        (Kind::Func, _) | (_, Witness::Whole) => Some(Verdict::Unused(Unused::Absent)),
        (_, Witness::Missing) => gap(Gap::NoNames),
        (_, Witness::Damaged) => gap(Gap::Incomplete),
    }
}

fn package_absent(case: &Case<'_>) -> Option<Verdict> {
    (!case.evidence.package_present).then_some(Verdict::Unproven(Gap::PackageAbsent))
}

fn not_searched(case: &Case<'_>) -> Option<Verdict> {
    match &case.evidence.references {
        References::NotSearched(reason) => gap(search_gap(*reason)),
        References::Searched(_) => None,
    }
}

/// The local package's code calls the remote, or refers to it in a way that proves nothing.
fn referenced(case: &Case<'_>) -> Option<Verdict> {
    if case.own_references().any(|reference| case.proves(reference)) {
        return Some(Verdict::InEffect(Proof::Referenced));
    }
    case.own_references().next()?;
    if case.evidence.intrinsic {
        return gap(Gap::Ambiguous);
    }
    gap(match case.evidence.insertion {
        Insertion::UnknownVersion => Gap::UnknownGo,
        _ => Gap::Ambiguous,
    })
}

/// The remote is there, all code was searched, and the local package does not refer to it.
fn not_called(case: &Case<'_>) -> Option<Verdict> {
    if case.evidence.intrinsic {
        return Some(Verdict::NoTrace(NoTrace::Intrinsic));
    }
    // Whether the compiler replaces its calls is for a table to say that does not know this Go.
    if case.evidence.insertion == Insertion::UnknownVersion {
        return gap(Gap::UnknownGo);
    }
    // A handle with an exported name is called from other packages.
    let by_others = names::is_exported(&case.claim.local) && case.all_references().next().is_some();
    // Whose table holds a function value, and whose code a doubtful reference is, nobody can tell.
    let unattributed = case
        .all_references()
        .any(|r| r.from_package.is_none() || r.doubt.is_some_and(is_misplaced));
    if by_others || unattributed || !case.evidence.tables.is_empty() {
        return gap(Gap::Ambiguous);
    }
    Some(Verdict::Unused(Unused::NotCalled))
}

/// A doubt about whose code the reference is.
fn is_misplaced(doubt: Doubt) -> bool {
    doubt == Doubt::Attribution
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkname::evidence::NameWitnesses;
    use crate::linkname::verdict::judge;

    /// A whole binary that holds the local package and leaves the remote to a loader.
    fn undefined() -> Evidence {
        let whole = Witness::Whole;
        Evidence {
            program: Program::Gc,
            names: NameWitnesses { symtab: whole, pclntab: whole, inlined: whole },
            local: Vec::new(),
            remote: Vec::new(),
            references: References::Searched(Vec::new()),
            tables: Vec::new(),
            undefined: true,
            package: "main".to_owned(),
            package_present: true,
            insertion: Insertion::NotInserted,
            intrinsic: false,
            other_spelling: None,
        }
    }

    /// golang/go#81051: a Go name that the C linker left undefined is nobody's. A C name that is left
    /// to the loader may be resolved there, and only source tells what it was linked for.
    #[test]
    fn an_undefined_go_name_is_refuted_and_an_undefined_c_name_is_not() {
        let judged = |pair: &str| judge(&Claim::parse_pair(pair).expect("a pair"), &undefined());
        let refuted = Verdict::NotInEffect(Refutation::UndefinedImport);
        assert_eq!(judged("func:main.nano=rumtime.nanotime"), refuted);
        assert_eq!(judged("func:main.pid=getpid"), Verdict::Unproven(Gap::Ambiguous));
    }
}
