//! The parts of a page about one subject: places, inlined copies, references, words of data.

use serde::Serialize;

use crate::binary::Binary;
use crate::binary::lookup::Alias;
use crate::code::How;
use crate::explain::{Caller, Inlined, Place, Site};
use crate::finding::Owner;
use crate::printable::printable;
use crate::report::address;
use crate::report::document::aliases::AliasName;
use crate::report::name::{Field, Name};
use crate::report::words::as_word;
use crate::symbols::aliases::Class;

/// The most references of one package in a document without `-v`.
const SHOWN: usize = 3;

/// One place of the subject.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PlaceEntry {
    /// Virtual address of its first byte.
    pub address: String,
    /// Bytes.
    pub size: u64,
    /// The section.
    pub section: Option<String>,
    /// Where its first byte lies in the file; null where the loader makes it.
    pub file_offset: Option<u64>,
    /// The letter of `nm`; null without a symbol.
    pub letter: Option<char>,
    /// Whether it is code.
    pub code: bool,
    /// Whether the compiler made it, as it makes ABI wrappers.
    pub wrapper: bool,
    /// The source file.
    pub file: Option<String>,
    /// The line of its declaration, or of its first instruction.
    pub line: Option<u32>,
    /// Its return instructions; null where code is not decoded.
    pub returns: Option<Vec<ReturnEntry>>,
    /// Its jumps to other functions, which return for it.
    pub jumps: Vec<ReturnEntry>,
}

/// An instruction by which a function is left.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReturnEntry {
    /// Its address.
    pub address: String,
    /// Where it lies in the file, which is what a user probe takes.
    pub file_offset: Option<u64>,
}

/// A function that holds an inlined copy.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct InlinedEntry {
    /// Its name.
    #[serde(flatten)]
    pub function: Field<Name>,
    /// The first instruction of the copy.
    pub at: String,
    /// The source file of what was inlined.
    pub file: Option<String>,
    /// The line there.
    pub line: Option<u32>,
}

/// A package whose code refers to the subject.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CallerEntry {
    /// The package; null where it is not known.
    pub package: Option<String>,
    /// `own`, `dependency` or `std`.
    pub standing: Owner,
    /// How many instructions.
    pub count: usize,
    /// Those that are shown.
    pub sites: Vec<SiteEntry>,
}

/// An instruction that refers to the subject.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SiteEntry {
    /// `call`, `jump`, `funcval`, `address`, `load` or `store`.
    #[serde(serialize_with = "as_word")]
    pub how: How,
    /// The function it was written in.
    #[serde(flatten)]
    pub from: Field<Name>,
    /// Its address.
    pub at: String,
    /// Where it lies in the file.
    pub file_offset: Option<u64>,
    /// The place of the subject that it refers to.
    pub to: String,
    /// The source file.
    pub file: Option<String>,
    /// The line there.
    pub line: Option<u32>,
    /// The function that holds the instruction, if that is another one.
    #[serde(flatten)]
    pub inlined_into: Field<Option<Name>>,
}

/// A word of data.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct WordEntry {
    /// Its address.
    pub address: String,
    /// What it holds.
    pub value: String,
    /// The symbol that it lies in.
    #[serde(flatten)]
    pub symbol: Field<Option<Name>>,
}

impl PlaceEntry {
    pub(super) fn new(binary: &Binary, place: &Place<'_>) -> Self {
        let entry = |at: &u64| ReturnEntry {
            address: address(*at),
            file_offset: binary.at(*at).file_offset(),
        };
        let returns = place.returns.as_ref().map(|returns| returns.iter().map(entry).collect());
        Self {
            address: address(place.address),
            size: place.size,
            section: place.section.map(|section| printable(&section.name)),
            file_offset: place.file_offset,
            letter: place.letter.map(char::from),
            code: place.section.is_some_and(|section| section.executable),
            wrapper: place.wrapper,
            file: place.position.map(|position| printable(position.file)),
            line: place.position.map(|position| position.line),
            returns,
            jumps: place.jumps.iter().map(entry).collect(),
        }
    }
}

impl InlinedEntry {
    pub(super) fn new(inlined: &Inlined<'_>) -> Self {
        Self {
            function: Field::of("function", inlined.into),
            at: address(inlined.at),
            file: inlined.position.map(|position| printable(position.file)),
            line: inlined.position.map(|position| position.line),
        }
    }
}

impl CallerEntry {
    pub(super) fn new(binary: &Binary, caller: &Caller, whole: bool) -> Self {
        let shown = if whole { usize::MAX } else { SHOWN };
        Self {
            package: caller.package.clone(),
            standing: caller.owner,
            count: caller.sites.len(),
            sites: caller
                .sites
                .iter()
                .take(shown)
                .map(|site| SiteEntry::new(binary, site))
                .collect(),
        }
    }
}

impl SiteEntry {
    fn new(binary: &Binary, site: &Site) -> Self {
        let at = binary.at(site.at);
        let frames = at.frames();
        let innermost = frames.first();
        let position = innermost.and_then(|frame| frame.position);
        let outer = frames.last().filter(|_| frames.len() > 1);
        Self {
            how: site.how,
            from: Field::of("from", innermost.map(|frame| frame.function).unwrap_or_default()),
            at: address(site.at),
            file_offset: at.file_offset(),
            to: address(site.to),
            file: position.map(|position| printable(position.file)),
            line: position.map(|position| position.line),
            inlined_into: Field::new("inlinedInto", outer.map(|frame| Name::new(frame.function))),
        }
    }
}

impl WordEntry {
    pub(super) fn new(binary: &Binary, (at, value): (u64, u64)) -> Self {
        let symbol = binary.at(at).holding_symbol().map(|symbol| Name::new(symbol.name));
        Self { address: address(at), value: address(value), symbol: Field::new("symbol", symbol) }
    }
}

impl AliasName {
    /// A name among those at one address.
    pub(super) fn of(alias: &Alias<'_>) -> Self {
        let class: Class = alias.class;
        Self { name: Field::of("name", alias.symbol.name), class }
    }
}
