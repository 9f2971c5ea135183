//! The facts that a verdict rests on, one entry each.
//!
//! They are the entries of [`JudgedClaim::evidence`](super::claim::JudgedClaim::evidence).

use serde::Serialize;

use crate::code::How;
use crate::linkname::claim::Claim;
use crate::linkname::evidence::{
    Doubt, Evidence, Frame, Provider, Reference, Site, SiteSource, Undefined,
};
use crate::linkname::verdict::{provider, shown_references};
use crate::printable::printable;
use crate::report::address;
use crate::report::name::{Field, Name};
use crate::report::wording::Told;
use crate::report::words::{as_word, as_word_or_null};

/// The most references of one claim in a document without `-v`.
const SHOWN: usize = 8;

/// A function at an instruction.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct FrameEntry {
    /// Its name.
    #[serde(flatten)]
    pub function: Field<Name>,
    /// Its package.
    pub package: Option<String>,
    /// Source file of the instruction, or of the call of the frame before.
    pub file: Option<String>,
    /// Source line there.
    pub line: Option<u32>,
}

/// One fact.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum EvidenceEntry {
    /// An instruction that refers to the remote.
    Reference {
        /// `call`, `jump`, `funcval`, `address`, `load` or `store`.
        #[serde(serialize_with = "as_word")]
        how: How,
        /// The function it was written in.
        #[serde(flatten)]
        from: Field<Name>,
        /// That function's package.
        from_package: Option<String>,
        /// The remote.
        #[serde(flatten)]
        to: Field<Name>,
        /// Address of the instruction.
        at: String,
        /// Source file.
        file: Option<String>,
        /// Source line.
        line: Option<u32>,
        /// The function that holds the instruction, where `from` was inlined.
        #[serde(flatten)]
        inlined_into: Field<Option<Name>>,
        /// Every function at the instruction, the innermost first, the one that holds it last.
        frames: Vec<FrameEntry>,
        /// Why it could exist without a linkname.
        #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_word_or_null")]
        doubt: Option<Doubt>,
        /// The same in words.
        #[serde(skip)]
        told: Told,
    },
    /// A row of the symbol table.
    Symbol {
        /// Its name.
        #[serde(flatten)]
        name: Field<Name>,
        /// Its address.
        address: String,
        /// Its size in bytes, where the format gives one.
        size: u64,
        /// Its section.
        section: String,
    },
    /// A function of pclntab, or one that was inlined.
    Function {
        /// Its name.
        #[serde(flatten)]
        name: Field<Name>,
        /// Its entry, or the address of an inlined copy of its body.
        address: String,
        /// The source file of its body.
        file: Option<String>,
        /// The package that its source belongs to.
        package: Option<String>,
        /// Whether only inlined copies of its body are left.
        inlined: bool,
    },
    /// A DWARF unit that defines a variable of the remote's name.
    Unit {
        /// The unit's name. For Go it is the package's import path.
        #[serde(flatten)]
        name: Field<Name>,
    },
    /// A word of data that holds the address of a function value, or that points into a variable.
    Word {
        /// Where it stands.
        address: String,
        /// What it holds.
        value: String,
    },
    /// A name that the dynamic loader resolves.
    Import {
        /// The name.
        #[serde(flatten)]
        name: Field<Name>,
    },
}

/// The evidence for `claim`, references first. With `whole` all of it.
pub(super) fn entries(claim: &Claim, evidence: &Evidence, whole: bool) -> Vec<EvidenceEntry> {
    let most = if whole { usize::MAX } else { SHOWN };
    let references = shown_references(claim, evidence).into_iter().take(most);
    let references = references.map(|found| reference(found, &evidence.package, &claim.remote));
    let sites = first_of_each_source(evidence.remote.iter().chain(&evidence.local)).map(site);
    let words = evidence.tables.iter().take(most);
    let words = words
        .map(|(at, value)| EvidenceEntry::Word { address: address(*at), value: address(*value) });
    let units = evidence.debug.remote.iter();
    let units =
        units.map(|unit| EvidenceEntry::Unit { name: Field::of("name", unit.unit.as_bytes()) });
    let import = (evidence.undefined != Undefined::No)
        .then(|| EvidenceEntry::Import { name: Field::of("name", &claim.remote) });
    references.chain(sites).chain(words).chain(units).chain(import).collect()
}

/// One reference for each function: a function that was inlined in a hundred places is one fact.
fn first_of_each_source<'a>(
    sites: impl Iterator<Item = &'a Site>,
) -> impl Iterator<Item = &'a Site> {
    let mut seen = std::collections::BTreeSet::new();
    sites.filter(move |site| match site.source {
        SiteSource::Inlined => seen.insert((site.name.as_slice(), site.file.as_deref())),
        _ => true,
    })
}

fn reference(found: &Reference, package: &str, remote: &[u8]) -> EvidenceEntry {
    let innermost = found.innermost();
    let from = innermost.map_or(&[][..], |frame| &frame.function);
    let holder = found.inlined_into().map(|frame| Name::new(&frame.function));
    EvidenceEntry::Reference {
        how: found.how,
        from: Field::of("from", from),
        from_package: innermost.and_then(|frame| frame.package.as_deref()).map(str::to_owned),
        to: Field::of("to", remote),
        at: address(found.at),
        file: innermost.and_then(file_of),
        line: innermost.and_then(line_of),
        inlined_into: Field::new("inlinedInto", holder),
        frames: found.frames.iter().map(frame).collect(),
        doubt: found.any_doubt(),
        told: Told::new(found, package, &printable(remote)),
    }
}

fn frame(frame: &Frame) -> FrameEntry {
    FrameEntry {
        function: Field::of("function", &frame.function),
        package: frame.package.as_deref().map(str::to_owned),
        file: file_of(frame),
        line: line_of(frame),
    }
}

fn file_of(frame: &Frame) -> Option<String> {
    frame.file.as_deref().map(printable)
}

fn line_of(frame: &Frame) -> Option<u32> {
    Some(frame.line).filter(|line| *line != 0)
}

fn site(site: &Site) -> EvidenceEntry {
    let name = Field::of("name", &site.name);
    if site.source == SiteSource::Symtab {
        return EvidenceEntry::Symbol {
            name,
            address: address(site.address),
            size: site.size,
            section: printable(&site.section),
        };
    }
    EvidenceEntry::Function {
        name,
        address: address(site.address),
        file: site.file.as_deref().map(printable),
        package: match provider(site) {
            Provider::Package(p) | Provider::Doubtful(p) | Provider::Assembly(p) => Some(p),
            Provider::Generated | Provider::Unknown => None,
        },
        inlined: site.source == SiteSource::Inlined,
    }
}
