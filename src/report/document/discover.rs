//! `discover`: one executable, and the linknames that it betrays.
//!
//! ```no_run
//! use gonym::linkname::discover::discover;
//! use gonym::report::Document;
//! use gonym::report::document::discover::{DiscoveredBinary, Listing};
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let found = discover(&binary);
//!     let document = DiscoveredBinary::new(&binary, "app", true, &found, Listing::default());
//!     println!("{} linknames", document.claims.len());
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

use std::collections::BTreeMap;
#[cfg(feature = "cli")]
use std::io::{self, Write};

use serde::Serialize;

use super::Document;
use super::about::About;
use super::claim::{ClaimScope, OriginEntry, VerdictEntry, provider_of, remote_address};
use super::evidence::{self, EvidenceEntry};
use super::source::{self, PermissionEntry};
use crate::binary::Binary;
use crate::finding::{Code, Owner};
use crate::linkname::claim::{Form, Kind};
use crate::linkname::discover::{Confidence, Discovered, Linkname};
use crate::linkname::evidence::SearchGap;
use crate::outcome::Outcome;
#[cfg(feature = "cli")]
use crate::report::Detail;
use crate::report::name::{Field, Name};
#[cfg(feature = "cli")]
use crate::report::render::text;
use crate::report::wording::{self, Sentence};
use crate::report::words::{Worded, as_word, as_word_or_null};
use crate::report::{Command, Reported, address};

/// How linknames are listed for a person, and how much of their evidence a document has.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listing {
    /// Those of Go's own packages too.
    pub std: bool,
    /// Below the modules of their packages.
    pub by_module: bool,
    /// All evidence.
    pub whole: bool,
}

/// One executable and its linknames.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DiscoveredBinary {
    /// What it is.
    #[serde(flatten)]
    pub about: About,
    /// The linknames: those of Go's own packages last, the firm ones first.
    pub claims: Vec<DiscoveredClaim>,
    /// What the bytes cannot tell apart from ordinary code.
    pub undecided: Undecided,
    /// Why code was not searched, so that no pull was found.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_word_or_null")]
    pub gap: Option<SearchGap>,
    /// The gap in words.
    #[serde(skip)]
    pub why: Option<&'static str>,
    /// The counts in words.
    #[serde(skip)]
    pub told: Vec<String>,
    /// How it is listed for a person.
    #[serde(skip)]
    pub listing: Listing,
}

/// A linkname that the binary betrays.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DiscoveredClaim {
    /// Always null: the local name reaches no binary.
    #[serde(flatten)]
    pub local: Field<Option<Name>>,
    /// The name that the package refers to or provides.
    #[serde(flatten)]
    pub remote: Field<Name>,
    /// The package that refers or pushes.
    pub package: String,
    /// `pull`, `push` or `assembly`.
    #[serde(serialize_with = "as_word")]
    pub form: Form,
    /// Always `func`.
    #[serde(serialize_with = "as_word")]
    pub kind: Kind,
    /// Always `package`.
    pub scope: ClaimScope,
    /// Always null: the directive's word is known from source only.
    pub word: Option<&'static str>,
    /// `discovered`.
    pub origin: OriginEntry,
    /// `verdict` and `reason`.
    #[serde(flatten)]
    pub verdict: VerdictEntry,
    /// The address of the remote.
    pub address: Option<String>,
    /// `firm`, `weak` or `possible`.
    #[serde(serialize_with = "as_word")]
    pub confidence: Confidence,
    /// The verdict in one sentence.
    pub message: Sentence,
    /// Always empty.
    pub warnings: Vec<Code>,
    /// What it rests on.
    pub evidence: Vec<EvidenceEntry>,
    /// The package that provides the remote's code, where a witness says so.
    pub provider: Option<String>,
    /// Who uses what is linked.
    pub users: Vec<String>,
    /// The packages that could hold the directive, if there are several.
    pub candidates: Vec<String>,
    /// `own`, `dependency` or `std`.
    pub standing: Owner,
    /// The module of the package, as far as it is recorded.
    pub module: Option<String>,
    /// The module's version.
    pub module_version: Option<String>,
    /// What Go's rules say of a pull from the standard library.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<PermissionEntry>,
    /// The same in words.
    #[serde(skip)]
    pub rules: String,
}

/// Pairs of a package and a name that are not claimed, because the bytes would be the same without a linkname.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Undecided {
    /// Compiler or linker call the function by themselves.
    pub compiler_inserted: usize,
    /// The name is exported.
    pub exported: usize,
    /// Values of unexported functions in data.
    pub function_value: usize,
    /// Null: variables are not looked for, with or without names.
    pub variable: Option<usize>,
    /// Functions in a foreign file that nothing else says were pushed.
    pub misplaced: usize,
}

/// How many linknames there are, by confidence, and in Go's own packages.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct DiscoverSummary {
    /// Outside Go's own packages, by the word of their confidence.
    #[serde(flatten)]
    pub outside: BTreeMap<&'static str, usize>,
    /// In Go's own packages.
    pub std: usize,
}

impl DiscoveredBinary {
    /// The document about `binary`; `path` is its name in reports. `complete` says whether the file holds what its
    /// headers promise.
    #[must_use]
    pub fn new(
        binary: &Binary,
        path: &str,
        complete: bool,
        found: &Discovered,
        listing: Listing,
    ) -> Self {
        let counts = found.counts;
        Self {
            about: About::new(binary, path, complete && found.gap != Some(SearchGap::Damaged)),
            claims: found.linknames.iter().map(|one| entry(one, listing.whole)).collect(),
            undecided: Undecided {
                compiler_inserted: counts.inserted,
                exported: counts.exported,
                function_value: counts.tabled,
                variable: None,
                misplaced: counts.misplaced,
            },
            gap: found.gap,
            why: found.gap.map(wording::not_searched),
            told: wording::undecided(&counts),
            listing,
        }
    }
}

pub(super) fn entry(one: &Linkname, whole: bool) -> DiscoveredClaim {
    let Linkname { claim, evidence, verdict, .. } = one;
    let (module, module_version) = one.module.clone().unzip();
    DiscoveredClaim {
        local: Field::new("local", None),
        remote: Field::of("remote", &claim.remote),
        package: evidence.package.clone(),
        form: claim.form,
        kind: claim.kind,
        scope: ClaimScope::Package,
        word: None,
        origin: OriginEntry { origin: claim.origin.word(), file: None, line: None },
        verdict: VerdictEntry(*verdict),
        address: remote_address(evidence).map(address),
        confidence: one.confidence,
        message: wording::sentence(claim, evidence, *verdict),
        warnings: Vec::new(),
        evidence: evidence::entries(claim, evidence, whole),
        provider: provider_of(evidence),
        users: one.users.clone(),
        candidates: one.candidates.clone(),
        standing: one.owner,
        module,
        module_version,
        permission: one.permit.as_ref().map(source::permission),
        rules: one.permit.as_ref().map(wording::permission).unwrap_or_default(),
    }
}

impl Document for DiscoveredBinary {
    type Summary = DiscoverSummary;

    const COMMAND: Command = Command::Discover;
    const LISTED_AS: Option<&'static str> = Some("binaries");

    fn findings(&self) -> Vec<Reported> {
        self.about.findings()
    }

    fn count(&self, summary: &mut DiscoverSummary) {
        for claim in &self.claims {
            match claim.standing {
                Owner::Std => summary.std += 1,
                Owner::Main | Owner::Dependency => {
                    *summary.outside.entry(claim.confidence.word()).or_default() += 1;
                }
            }
        }
    }

    fn outcome(&self) -> Outcome {
        Outcome { lacks: self.gap.is_some(), ..Outcome::SHOWN }
    }

    #[cfg(feature = "cli")]
    fn text(&self, out: &mut dyn Write, detail: Detail) -> io::Result<()> {
        text::discover::binary(out, self, detail)
    }
}
