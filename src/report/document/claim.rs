//! A claim with its verdict, the evidence for it, and what source adds.
//!
//! ```no_run
//! use gonym::Request;
//! use gonym::report::Shown;
//! use gonym::report::document::claim::JudgedClaim;
//!
//! let (request, shown) = (Request::default(), Shown::from_here());
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     for judged in gonym::check(&binary, &request).judged {
//!         let entry = JudgedClaim::new(&judged, false, &shown);
//!         println!("{}: {} notes", entry.local, entry.notes().count());
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::evidence::{self, EvidenceEntry};
use super::source::{self, PairEntry, SourceEntry};
use crate::check::Judged;
use crate::finding::{Code, Finding, Level};
use crate::linkname::claim::{Claim, Form, Kind};
use crate::linkname::evidence::{Evidence, Provider, Site, SiteSource};
use crate::linkname::source_facts::SourceFacts;
use crate::linkname::verdict::{Proof, Verdict, form_of, provider};
use crate::names;
use crate::printable::printable;
use crate::report::name::{Field, Name};
use crate::report::wording::{self, Sentence};
use crate::report::words::as_word;
use crate::report::{Place, Reported, ReportedCode, Shown, address};

/// A claim with its judgement.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JudgedClaim {
    /// Local name as given.
    #[serde(flatten)]
    pub local: Field<Name>,
    /// Remote name as given.
    #[serde(flatten)]
    pub remote: Field<Name>,
    /// The local package.
    pub package: String,
    /// How the directive is written, as far as known.
    #[serde(serialize_with = "as_word")]
    pub form: Form,
    /// What the names stand for, as far as known.
    #[serde(serialize_with = "as_word")]
    pub kind: Kind,
    /// What the evidence is about.
    pub scope: ClaimScope,
    /// The directive's word, known from source only.
    pub word: Option<&'static str>,
    /// Who makes the claim.
    pub origin: OriginEntry,
    /// `verdict` and `reason`.
    #[serde(flatten)]
    pub verdict: VerdictEntry,
    /// Whether the verdict is what was asked for, with `--allow-unused` and `--allow-unproven` taken into account.
    pub holds: bool,
    /// The address of the remote.
    pub address: Option<String>,
    /// Set for discoveries only.
    pub confidence: Option<&'static str>,
    /// The verdict in one sentence.
    pub message: Sentence,
    /// Codes of the findings beside the verdict.
    pub warnings: Vec<Code>,
    /// What the verdict rests on.
    pub evidence: Vec<EvidenceEntry>,
    /// The package that provides the remote's code or variable, where a witness says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// What source adds; nothing for a pair.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceEntry>,
    /// For a pair: whether its names stand in the source of its package.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub pair: Option<PairEntry>,
    /// The severity if the claim does not hold.
    #[serde(skip)]
    pub level: Option<Level>,
}

/// A verdict as two fields: its word, and its reason's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerdictEntry(pub Verdict);

impl Serialize for VerdictEntry {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(2))?;
        map.serialize_entry("verdict", self.0.word())?;
        map.serialize_entry("reason", self.0.reason())?;
        map.end()
    }
}

/// What evidence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ClaimScope {
    /// One directive.
    Directive,
    /// Only the package: without source lines a reference proves the package and the remote, but not the local name.
    Package,
}

/// Where a claim comes from.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct OriginEntry {
    /// `argument` or `source`.
    #[serde(rename = "type")]
    pub origin: &'static str,
    /// The file that holds the claim, if one does.
    pub file: Option<String>,
    /// Its line there.
    pub line: Option<u32>,
}

impl JudgedClaim {
    /// The entry for `judged`; with `whole` it has all evidence.
    #[must_use]
    pub fn new(judged: &Judged, whole: bool, shown: &Shown) -> Self {
        let Judged { claim, evidence, verdict, source: facts, pair, holds } = judged;
        let (verdict, facts) = (*verdict, facts.as_ref());
        Self {
            local: Field::of("local", &claim.local),
            remote: Field::of("remote", &claim.remote),
            package: evidence.package.clone(),
            form: form_of(claim, evidence, verdict),
            kind: kind_of(claim, evidence),
            scope: scope_of(claim),
            word: facts.map(|facts| facts.word),
            origin: origin(claim, facts, shown),
            verdict: VerdictEntry(verdict),
            holds: *holds,
            address: remote_address(evidence).map(address),
            confidence: None,
            message: wording::sentence(claim, evidence, verdict),
            warnings: warnings(claim, facts, evidence, verdict),
            evidence: evidence::entries(claim, evidence, whole),
            provider: provider_of(evidence),
            source: facts.map(source::entry),
            pair: pair.as_ref().map(source::pair),
            level: judged.level(),
        }
    }

    /// The findings beside the verdict, most severe first.
    pub fn notes(&self) -> impl Iterator<Item = &Finding> {
        let of_pair = self.pair.iter().flat_map(|pair| &pair.notes);
        self.source.iter().flat_map(|source| &source.notes).chain(of_pair)
    }

    /// All findings about it: that it does not hold, and what is told beside the verdict.
    pub fn findings(&self, binary: &Place) -> Vec<Reported> {
        let place = self.place(binary);
        let failed = self.level.map(|level| Reported {
            code: ReportedCode::Reason(self.verdict.0),
            level,
            place: place.clone(),
            message: format!(
                "{} = {}: {}: {}",
                self.local,
                self.remote,
                self.verdict.0.word(),
                self.message.brief()
            ),
            help: None,
        });
        let noted: Vec<Code> = self.notes().map(|note| note.code).collect();
        let notes = self.notes().map(|note| Reported::new(note, place.clone()));
        let warnings = self.warnings.iter().filter(|code| !noted.contains(code));
        let warnings = warnings.map(|code| Reported::plain(*code, place.clone()));
        failed.into_iter().chain(notes).chain(warnings).collect()
    }

    /// The directive's line, or the remote's address in the executable.
    fn place(&self, binary: &Place) -> Place {
        match (&self.source, &self.origin.file, self.origin.line) {
            (Some(_), Some(file), Some(line)) => {
                Place::Line { file: file.clone(), line, column: None }
            }
            _ => binary.at(self.address.clone()),
        }
    }
}

pub(super) fn remote_address(evidence: &Evidence) -> Option<u64> {
    let standing = evidence.remote.iter().find(|site| site.source != SiteSource::Inlined);
    standing.map(|site| site.address)
}

/// The package that the remote's code comes from, or whose unit defines the variable.
pub(super) fn provider_of(evidence: &Evidence) -> Option<String> {
    let code = evidence.remote.iter().find_map(|site| match provider(site) {
        Provider::Package(package) | Provider::Assembly(package) => Some(package),
        Provider::Doubtful(_) | Provider::Generated | Provider::Unknown => None,
    });
    let unit = evidence.debug.remote.iter().find(|site| site.go).map(|site| site.unit.clone());
    code.or(unit)
}

fn kind_of(claim: &Claim, evidence: &Evidence) -> Kind {
    let function = evidence.remote.iter().any(|site| site.source != SiteSource::Symtab);
    match claim.kind {
        Kind::Unknown if function => Kind::Func,
        Kind::Unknown if evidence.remote.iter().any(|site| !site.code) => Kind::Var,
        kind => kind,
    }
}

fn origin(claim: &Claim, facts: Option<&SourceFacts>, shown: &Shown) -> OriginEntry {
    let directive = claim.directive();
    let file = facts.map(|facts| printable(shown.file(&facts.file).as_bytes()));
    OriginEntry {
        origin: claim.origin.word(),
        file: file.or_else(|| directive.map(|directive| printable(&directive.file))),
        line: directive.map(|directive| directive.line),
    }
}

fn scope_of(claim: &Claim) -> ClaimScope {
    match claim.directive() {
        Some(directive) if directive.mentions.is_some() => ClaimScope::Directive,
        _ => ClaimScope::Package,
    }
}

fn warnings(
    claim: &Claim,
    facts: Option<&SourceFacts>,
    evidence: &Evidence,
    verdict: Verdict,
) -> Vec<Code> {
    let target = names::import_path(&claim.remote);
    let is_third = |package: &str| {
        package != evidence.package && target.as_deref().is_some_and(|t| t != package.as_bytes())
    };
    let third = evidence.remote.iter().any(|site| match provider(site) {
        Provider::Package(package) => is_third(&package),
        _ => false,
    }) || evidence.debug.remote.iter().any(|site| site.go && is_third(&site.unit));
    let several =
        scope_of(claim) == ClaimScope::Package && evidence.claimants.contains(&evidence.package);
    let shared = matches!(verdict, Verdict::InEffect(Proof::LocalDefinition | Proof::DwarfOwner));
    let found = [
        (third, Code::DefinedBy),
        (several, Code::SeveralDirectives),
        (size_differs(evidence), Code::SignatureSize),
        (shared && evidence.unowned, Code::NoOwner),
    ];
    let of_binary = found.into_iter().filter_map(|(holds, warning)| holds.then_some(warning));
    let notes = facts.into_iter().flat_map(|facts| &facts.findings);
    let of_source = notes.filter(|note| note.level > Level::Advice).map(|note| note.code);
    let mut warnings: Vec<Code> = Vec::new();
    for warning in of_binary.chain(of_source) {
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    warnings
}

/// Whether the symbol has another size than its type in the unit: one of two declarations won.
fn size_differs(evidence: &Evidence) -> bool {
    evidence.debug.remote.iter().filter(|unit| unit.go).any(|unit| {
        let at = |site: &&Site| Some(site.address) == unit.address && site.exact_size;
        let symbol = evidence.remote.iter().find(at);
        unit.size.zip(symbol).is_some_and(|(size, site)| site.size != size)
    })
}
