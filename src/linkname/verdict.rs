//! The judgement: a pure function of a claim and its evidence.
//!
//! Here stand the words: verdicts and their reasons; `functions` and `variables` hold the rules in the
//! order in which they are tried.
//! Nothing here reads a binary. `Unproven` is never success: where the same bytes would exist without
//! a linkname, or where a witness that could overturn the answer is missing, that is what is said.

mod case;
mod functions;
mod imports;
mod proof;
mod rules;
mod stack;
mod variables;

use super::claim::{Claim, Form};
use super::evidence::{Evidence, Reference};
use case::Case;
pub(crate) use case::provider;

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
    /// Known from source: the local package takes the remote's function value.
    Funcval,
    /// The remote's code is compiled from the local package's source, and others refer to it.
    ForeignFile,
    /// Known from source and referred to: the owner's unit defines the variable.
    DwarfOwner,
    /// Known from source and referred to: the owner's code uses the variable.
    OwnerRefers,
    /// The linker itself defines the variable.
    LinkerDefined,
    /// Known from source: the import that it names is imported.
    DynamicImport,
    /// The local package's definition of the variable won, and the owner's code uses it.
    LocalDefinition,
    /// The variable is a C object's, and there is one symbol of it.
    CObject,
    /// The remote's code is compiled from the local package's source; nobody outside refers to it.
    Unclaimed,
}

/// Why a claim is not in effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refutation {
    /// The local package compiled a body of its own under the local name.
    OwnBody,
    /// Nobody else defines the variable: it is the local package's private copy.
    Detached,
    /// A function was claimed and the remote is a variable, or the reverse.
    KindMismatch,
    /// Two symbols bear the remote's name, and the local package refers to its own.
    TwoDefinitions,
    /// The remote's code comes from another package's file.
    OwnedElsewhere,
    /// The remote is left to the dynamic loader.
    UndefinedImport,
    /// Known from source: what looks like a directive is none to the compiler.
    NotADirective,
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
    /// A variable whose owner's code does not refer to it, and no DWARF says who defines it.
    NoDwarf,
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
            Self::InEffect(Proof::Funcval) => "funcval",
            Self::InEffect(Proof::ForeignFile) => "foreign-file",
            Self::InEffect(Proof::DwarfOwner) => "dwarf-owner",
            Self::InEffect(Proof::OwnerRefers) => "owner-refers",
            Self::InEffect(Proof::LinkerDefined) => "linker-defined",
            Self::InEffect(Proof::DynamicImport) => "dynamic-import",
            Self::InEffect(Proof::LocalDefinition) => "local-definition",
            Self::InEffect(Proof::CObject) => "c-object",
            Self::InEffect(Proof::Unclaimed) => "unclaimed",
            Self::NotInEffect(Refutation::OwnBody) => "own-body",
            Self::NotInEffect(Refutation::Detached) => "detached",
            Self::NotInEffect(Refutation::KindMismatch) => "kind-mismatch",
            Self::NotInEffect(Refutation::TwoDefinitions) => "two-definitions",
            Self::NotInEffect(Refutation::OwnedElsewhere) => "owned-elsewhere",
            Self::NotInEffect(Refutation::UndefinedImport) => "undefined-import",
            Self::NotInEffect(Refutation::NotADirective) => "not-a-directive",
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
            Self::Unproven(Gap::NoDwarf) => "no-dwarf",
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

/// Judges `claim` by `evidence`.
#[must_use]
pub fn judge(claim: &Claim, evidence: &Evidence) -> Verdict {
    let case = Case { claim, evidence };
    let rules = rules::of(&case).iter();
    rules.copied().find_map(|rule| rule(&case)).unwrap_or(Verdict::Unproven(Gap::Ambiguous))
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
    let mut shown: Vec<&Reference> = if case.is_go_of_local() && !case.is_own_target() {
        case.all_references().filter(|reference| case.is_used_outside(reference)).collect()
    } else if case.own_references().next().is_none() {
        case.uses().filter(|reference| case.proves(reference) || case.settles(reference)).collect()
    } else {
        case.own_references().collect()
    };
    shown.sort_by_key(|reference| (!case.proves(reference), reference.at));
    shown
}
