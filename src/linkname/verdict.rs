//! The judgement: a pure function of a claim and its evidence.
//!
//! `words` holds the verdicts and their reasons. `functions` and `variables` hold the rules, in the order in which
//! they are tried. Nothing here reads a binary.
//!
//! `Unproven` is never success. It is the answer where the same bytes would exist without a linkname, and where a
//! witness is missing that could overturn any other answer.
//!
//! ```
//! use gonym::linkname::verdict::{Gap, Proof, Verdict};
//!
//! let verdict = Verdict::InEffect(Proof::Referenced);
//! assert_eq!((verdict.word(), verdict.reason()), ("in-effect", "referenced"));
//! assert_eq!(Verdict::Unproven(Gap::NoDwarf).word(), "unproven");
//! ```

mod case;
mod definers;
mod either;
mod functions;
mod imports;
mod object_files;
mod proof;
mod rules;
mod stack;
mod variables;
mod words;

use super::claim::{Claim, Form};
use super::evidence::{Evidence, Reference};
use case::Case;
pub(crate) use case::provider;
pub use words::{Gap, NoTrace, Proof, Refutation, Unused, Verdict};

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

/// The references that a verdict shows. Of a pull these are the references of the local package, the proving ones
/// first; of a push those from outside, which use what the local package provides.
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
