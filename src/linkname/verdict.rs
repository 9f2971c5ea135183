//! The judgement: a pure function of a claim and its evidence.
//!
//! The rules stand in the order in which they are tried; each returns a verdict or passes on. No rule
//! here reads a binary. `Unproven` is never success: where the same bytes would exist without a
//! linkname, or where a witness that could overturn the answer is missing, that is what is said.

use crate::code::How;
use crate::golang::names;
use crate::rules::{self, Insertion};

use super::claim::{Claim, Form, Kind};
use super::evidence::{
    Evidence, Program, Provider, Reference, References, SearchGap, Site, SiteSource, Witness,
};

/// What is decided about a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Proven to be in effect.
    InEffect(Proof),
    /// Proven to be without effect.
    NotInEffect(Refutation),
    /// Nothing in the binary uses it.
    Unused(Unused),
    /// It leaves nothing in any binary.
    NoTrace(NoTrace),
    /// Nobody can tell from what is there.
    Unproven(Gap),
}

/// Why a claim is in effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Proof {
    /// Both names stand at one address and are one code.
    SameAddress,
    /// Code of the local package calls or jumps to the remote.
    Referenced,
    /// The remote's code is compiled from the local package's source, and others refer to it.
    ForeignFile,
    /// The remote's code is compiled from the local package's source; nobody outside refers to it.
    Unclaimed,
}

/// Why a claim is not in effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refutation {
    /// The local package compiled a body of its own under the local name.
    OwnBody,
    /// A function was claimed and the remote is a variable.
    KindMismatch,
    /// The remote's code comes from another package's file.
    OwnedElsewhere,
    /// The remote is left to the dynamic loader.
    UndefinedImport,
}

/// Why a claim is unused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unused {
    /// The remote is not in the binary.
    Absent,
    /// The remote is there; the local package does not refer to it.
    NotCalled,
    /// Every use of the pushed function was inlined.
    Inlined,
}

/// Why a claim leaves no trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoTrace {
    /// One argument and a body: only a permission for the linker.
    PermissionOnly,
    /// One argument, provided by the same package's assembly.
    OwnAssembly,
    /// The compiler replaces every use by instructions.
    Intrinsic,
}

/// Why a claim is unproven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gap {
    /// A witness that the answer needs is damaged.
    Incomplete,
    /// The answer needs code to be decoded, and this architecture's is not.
    UnsupportedArch,
    /// Not made by the gc toolchain.
    NotGc,
    /// The same bytes would exist without a linkname, or witnesses disagree.
    Ambiguous,
    /// The answer needs tables that this Go version is newer than.
    UnknownGo,
    /// Names of that kind are stripped.
    NoNames,
    /// The code could not be searched with certainty.
    NoReferences,
    /// The local package is not in the binary.
    PackageAbsent,
    /// A kind that this version does not judge.
    NotYetJudged,
}

impl Verdict {
    /// The verdict's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::InEffect(_) => "in-effect",
            Self::NotInEffect(_) => "not-in-effect",
            Self::Unused(_) => "unused",
            Self::NoTrace(_) => "no-trace",
            Self::Unproven(_) => "unproven",
        }
    }

    /// The reason's word; every reason belongs to one verdict.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::InEffect(Proof::SameAddress) => "same-address",
            Self::InEffect(Proof::Referenced) => "referenced",
            Self::InEffect(Proof::ForeignFile) => "foreign-file",
            Self::InEffect(Proof::Unclaimed) => "unclaimed",
            Self::NotInEffect(Refutation::OwnBody) => "own-body",
            Self::NotInEffect(Refutation::KindMismatch) => "kind-mismatch",
            Self::NotInEffect(Refutation::OwnedElsewhere) => "owned-elsewhere",
            Self::NotInEffect(Refutation::UndefinedImport) => "undefined-import",
            Self::Unused(Unused::Absent) => "absent",
            Self::Unused(Unused::NotCalled) => "not-called",
            Self::Unused(Unused::Inlined) => "inlined",
            Self::NoTrace(NoTrace::PermissionOnly) => "permission-only",
            Self::NoTrace(NoTrace::OwnAssembly) => "own-assembly",
            Self::NoTrace(NoTrace::Intrinsic) => "intrinsic",
            Self::Unproven(Gap::Incomplete) => "incomplete",
            Self::Unproven(Gap::UnsupportedArch) => "unsupported-arch",
            Self::Unproven(Gap::NotGc) => "not-gc",
            Self::Unproven(Gap::Ambiguous) => "ambiguous",
            Self::Unproven(Gap::UnknownGo) => "unknown-go",
            Self::Unproven(Gap::NoNames) => "no-names",
            Self::Unproven(Gap::NoReferences) => "no-references",
            Self::Unproven(Gap::PackageAbsent) => "package-absent",
            Self::Unproven(Gap::NotYetJudged) => "not-yet-judged",
        }
    }

    /// Whether only a fault of the file keeps the claim from being judged.
    #[must_use]
    pub fn is_for_fault(self) -> bool {
        self == Self::Unproven(Gap::Incomplete)
    }
}

/// One rule: a verdict, or `None` to let the next rule decide.
type Rule = fn(&Case<'_>) -> Option<Verdict>;

/// The rules, in the order in which they are tried.
const RULES: &[Rule] = &[
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

/// Judges `claim` by `evidence`.
#[must_use]
pub fn judge(claim: &Claim, evidence: &Evidence) -> Verdict {
    let case = Case { claim, evidence };
    RULES.iter().find_map(|rule| rule(&case)).unwrap_or(Verdict::Unproven(Gap::Ambiguous))
}

/// The form of the claim, as the evidence shows it where the claim does not say.
#[must_use]
pub fn form_of(claim: &Claim, evidence: &Evidence, verdict: Verdict) -> Form {
    match verdict {
        _ if claim.form != Form::Unknown => claim.form,
        Verdict::InEffect(Proof::ForeignFile | Proof::Unclaimed)
        | Verdict::Unused(Unused::Inlined) => Form::Push,
        Verdict::InEffect(Proof::Referenced) => Form::Pull,
        Verdict::Unproven(_) | Verdict::Unused(Unused::NotCalled)
            if (Case { claim, evidence }).own_references().next().is_some() =>
        {
            Form::Pull
        }
        _ => Form::Unknown,
    }
}

/// The references that a verdict shows: those of the local package, the proving ones first; of a
/// push those from outside, which use what the local package provides.
#[must_use]
pub fn shown_references<'a>(claim: &'a Claim, evidence: &'a Evidence) -> Vec<&'a Reference> {
    let case = Case { claim, evidence };
    let package = Some(evidence.package.as_str());
    let mut shown: Vec<&Reference> = if case.is_provided_by_local() && !case.is_own_target() {
        case.all_references().filter(|r| r.from_package.as_deref() != package).collect()
    } else {
        case.own_references().collect()
    };
    shown.sort_by_key(|reference| (!case.proves(reference), reference.at));
    shown
}

struct Case<'a> {
    claim: &'a Claim,
    evidence: &'a Evidence,
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
    fn is_own_target(&self) -> bool {
        self.target_package().is_some_and(|package| package == self.evidence.package)
    }

    fn all_references(&self) -> impl Iterator<Item = &'a Reference> {
        match &self.evidence.references {
            References::Searched(references) => references.as_slice(),
            References::NotSearched(_) => &[],
        }
        .iter()
    }

    /// References from the local package's own code.
    fn own_references(&self) -> impl Iterator<Item = &'a Reference> {
        let package = self.evidence.package.as_str();
        self.all_references().filter(move |r| r.from_package.as_deref() == Some(package))
    }

    /// Whether `reference` could not exist without a linkname.
    fn proves(&self, reference: &Reference) -> bool {
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
            && !self.is_provided_by_local()
            && !names::is_exported(remote)
            && !names::is_derived(remote)
            && !names::is_instance(remote)
            && self.evidence.insertion == Insertion::NotInserted
            && !rules::may_use_handle(&self.evidence.package, remote)
    }

    /// The local package's source made the remote's code, or may have made it.
    fn is_provided_by_local(&self) -> bool {
        let package = self.evidence.package.as_str();
        self.functions().any(|site| match &site.provider {
            Provider::Package(p) | Provider::Doubtful(p) | Provider::Assembly(p) => p == package,
            Provider::Generated | Provider::Unknown => false,
        })
    }

    /// The claim names a body that the local package compiled itself under the local name.
    fn has_own_body(&self) -> bool {
        let package = Provider::Package(self.evidence.package.clone());
        self.evidence.local.iter().any(|site| site.code && site.provider == package)
    }
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
        Program::OldLayout => gap(Gap::NotYetJudged),
        Program::Damaged => gap(Gap::Incomplete),
        Program::NotGc => gap(Gap::NotGc),
    }
}

/// Variables are not judged yet, nor is what only the symbol table knows as code.
fn variable(case: &Case<'_>) -> Option<Verdict> {
    let says = case.claim.kind == Kind::Var;
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
fn one_argument(case: &Case<'_>) -> Option<Verdict> {
    if case.claim.form != Form::OneArg || !case.is_function() {
        return None;
    }
    let package = case.evidence.package.as_str();
    let providers: Vec<&Provider> = case.functions().map(|site| &site.provider).collect();
    let is = |wanted: fn(&Provider, &str) -> bool| providers.iter().any(|p| wanted(p, package));
    if is(|provider, own| matches!(provider, Provider::Package(p) if p != own)) {
        return Some(Verdict::InEffect(Proof::ForeignFile));
    }
    if is(|provider, own| matches!(provider, Provider::Assembly(p) if p == own)) {
        return Some(Verdict::NoTrace(NoTrace::OwnAssembly));
    }
    if is(|provider, own| matches!(provider, Provider::Package(p) if p == own)) {
        return Some(Verdict::NoTrace(NoTrace::PermissionOnly));
    }
    gap(Gap::Ambiguous)
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
    let left = case.evidence.undefined && case.evidence.remote.is_empty();
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
        // Assembly may define any name without a directive; `//line` can make any file foreign.
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
    let package = case.evidence.package.as_str();
    let mut inlined = case.evidence.remote.iter().filter(|site| site.source == SiteSource::Inlined);
    if let Some(site) = inlined.next() {
        let by_local = |p: &Provider| matches!(p, Provider::Package(p) | Provider::Doubtful(p) if p == package);
        let pushed = by_local(&site.provider) || inlined.any(|site| by_local(&site.provider));
        let reason = if pushed && !case.is_own_target() { Unused::Inlined } else { Unused::Absent };
        return Some(Verdict::Unused(reason));
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
fn is_misplaced(doubt: super::evidence::Doubt) -> bool {
    doubt == super::evidence::Doubt::Attribution
}
