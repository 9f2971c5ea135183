//! A verdict in plain words, for a reader who knows nothing about the binary.
//!
//! All sentences of a report are made here. Documents keep them, formats show them.
//!
//! ```no_run
//! use gonym::Request;
//! use gonym::report::wording::sentence;
//!
//! let request = Request::default();
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     for judged in gonym::check(&binary, &request).judged {
//!         println!("{}", sentence(&judged.claim, &judged.evidence, judged.verdict).brief());
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

mod ambiguous;
mod diff;
mod discover;
mod in_effect;
mod info;
mod not_in_effect;
mod reference;
mod rules;
mod sentence;
mod unproven;
mod unused;
mod why;

use crate::linkname::claim::Claim;
use crate::linkname::evidence::{Evidence, Provider, Reference, References, Site};
use crate::linkname::verdict::{Gap, Verdict, provider, shown_references};
use crate::names;
use crate::printable::printable;

pub(super) use diff::{denied, linkname_change};
pub(super) use discover::{not_searched, permission, pull_by_others, undecided};
pub(super) use info::costs;
pub use reference::Told;
pub(super) use rules::{prefix, rule};
pub use sentence::Sentence;
pub(super) use why::not_followed;

/// The verdict in one sentence, or two.
#[must_use]
pub fn sentence(claim: &Claim, evidence: &Evidence, verdict: Verdict) -> Sentence {
    let subject = Subject {
        local: printable(&claim.local),
        remote: printable(&claim.remote),
        package: printable(evidence.package.as_bytes()),
        claim,
        evidence,
    };
    match verdict {
        Verdict::InEffect(proof) => subject.in_effect(proof),
        Verdict::NotInEffect(reason) => Sentence::plain(subject.not_in_effect(reason)),
        Verdict::Unused(reason) => Sentence::plain(subject.unused(reason)),
        Verdict::NoTrace(reason) => Sentence::plain(subject.no_trace(reason)),
        Verdict::Unproven(Gap::Ambiguous) => subject.ambiguous(),
        Verdict::Unproven(gap) => Sentence::plain(subject.unproven(gap)),
    }
}

/// The subject of a sentence, its names ready to be shown.
struct Subject<'a> {
    claim: &'a Claim,
    evidence: &'a Evidence,
    local: String,
    remote: String,
    package: String,
}

impl Subject<'_> {
    /// The unit that defines the remote as a variable.
    fn definer(&self) -> String {
        self.definer_or("no Go package")
    }

    fn definer_or(&self, unknown: &str) -> String {
        let unit = self.evidence.debug.remote.iter().find(|site| site.go);
        unit.map_or_else(
            || unknown.to_owned(),
            |site| format!("package {}", printable(site.unit.as_bytes())),
        )
    }

    /// The remote's package.
    fn target(&self) -> String {
        let path = names::import_path(&self.claim.remote);
        path.map_or_else(String::new, |path| printable(&path))
    }

    /// Whether code of the remote's own package refers to it.
    fn has_owner_reference(&self) -> bool {
        let References::Searched(references) = &self.evidence.references else { return false };
        let target = self.target();
        references.iter().any(|found| found.is_of(&target))
    }

    /// One reference in plain words.
    fn told(&self, reference: &Reference) -> Told {
        Told::new(reference, &self.evidence.package, &self.remote)
    }

    /// The first reference of the evidence, in words.
    fn first_reference(&self) -> Option<Told> {
        let shown = shown_references(self.claim, self.evidence);
        shown.first().map(|first| self.told(first))
    }

    fn own_reference(&self) -> String {
        if let Some(first) = self.first_reference() {
            return first.brief;
        }
        match self.evidence.tables.first() {
            Some((address, _)) => format!("{}'s data at {address:#x} leads to it", self.package),
            None => format!("{} refers to it", self.package),
        }
    }

    fn remote_sites(&self) -> impl Iterator<Item = &Site> {
        self.evidence.remote.iter()
    }

    /// The local package's file that provides the remote.
    fn provided_file(&self) -> String {
        let file = self.remote_sites().find_map(|site| site.file.as_deref());
        file.map(printable).unwrap_or_default()
    }

    /// The package whose assembly defines the remote.
    fn assembler(&self) -> Option<String> {
        self.remote_sites().find_map(|site| match provider(site) {
            Provider::Assembly(package) => Some(printable(package.as_bytes())),
            _ => None,
        })
    }

    /// The package whose source the remote's code certainly comes from.
    fn provider(&self) -> Option<String> {
        self.remote_sites().find_map(|site| match provider(site) {
            Provider::Package(package) => Some(printable(package.as_bytes())),
            _ => None,
        })
    }
}
