//! `explain`: everything about one name or address of an executable.
//!
//! ```no_run
//! use gonym::explain::find;
//! use gonym::report::document::explain::ExplainedBinary;
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let found = find(&binary, b"runtime.nanotime");
//!     let document = ExplainedBinary::new(&binary, ("app", true), b"runtime.nanotime", found, false);
//!     println!("{}", document.symbol.is_some());
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

mod parts;

#[cfg(feature = "cli")]
use std::io::{self, Write};

use serde::Serialize;

use super::Document;
use super::about::About;
use super::addr::AddressFrame;
use super::aliases::AliasName;
use super::discover::{DiscoveredClaim, entry};
use super::source::{self, PermissionEntry};
use crate::binary::Binary;
use crate::explain::{Explained, Found, Subject, explain};
use crate::linkname::evidence::SearchGap;
use crate::outcome::Outcome;
#[cfg(feature = "cli")]
use crate::report::Detail;
use crate::report::name::{Field, Name};
#[cfg(feature = "cli")]
use crate::report::render::text;
use crate::report::wording;
use crate::report::words::as_word_or_null;
use crate::report::{Command, Reported, address};
pub use parts::{CallerEntry, InlinedEntry, PlaceEntry, ReturnEntry, SiteEntry, WordEntry};

/// One executable and the subject that was asked about.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExplainedBinary {
    /// What it is.
    #[serde(flatten)]
    pub about: About,
    /// What was asked, as it was given.
    #[serde(flatten)]
    pub asked: Field<Name>,
    /// The subject; null if nothing was found, or several.
    pub symbol: Option<Box<SymbolEntry>>,
    /// The names that were meant, if they are several.
    #[serde(flatten)]
    pub matches: Field<Vec<Name>>,
    /// The nearest names, if nothing was found.
    #[serde(flatten)]
    pub nearest: Field<Vec<Name>>,
}

/// One function, variable or place.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SymbolEntry {
    /// Its name; null at an address that nothing is named after.
    #[serde(flatten)]
    pub name: Field<Option<Name>>,
    /// All names of its address, each with its class.
    pub names: Vec<AliasName>,
    /// Its first place; null if only inlined copies are left.
    #[serde(flatten)]
    pub place: Option<PlaceEntry>,
    /// Whether it is left undefined, for the loader or a later link.
    pub imported: bool,
    /// Its other places: ABI wrappers, and others of its name.
    pub others: Vec<PlaceEntry>,
    /// The address that was asked for, if one was, and how far it lies behind the first place, in bytes.
    pub asked: Option<AskedEntry>,
    /// The compilation unit: by DWARF, else the package that owns the unit of Go's function table.
    pub unit: Option<String>,
    /// Parameters and results, or the type of a variable; null without DWARF.
    #[serde(flatten)]
    pub signature: Field<Option<Name>>,
    /// Whether there is DWARF at all.
    pub has_dwarf: bool,
    /// The package whose source it is compiled from, where a witness says so.
    pub provided_by: Option<String>,
    /// The package that its name says.
    pub named_after: Option<String>,
    /// Functions that hold an inlined copy.
    pub inlined_into: Vec<InlinedEntry>,
    /// Who refers to it, by package.
    pub called_by: Vec<CallerEntry>,
    /// How many calls of its own there are in it.
    pub calls_itself: usize,
    /// Words of data that hold its address, or that of its function value.
    pub tables: Vec<WordEntry>,
    /// Why code was not searched for references.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_word_or_null")]
    pub gap: Option<SearchGap>,
    /// How many functions could not be decoded.
    pub undecoded: usize,
    /// The linknames that lead to it, as `discover` finds them.
    pub linkname: Vec<DiscoveredClaim>,
    /// What Go's rules say of a pull of it by a package outside the standard library.
    pub permission: Option<PermissionEntry>,
    /// The public API to use instead.
    pub replacement: Option<String>,
    /// The permission in words.
    #[serde(skip)]
    pub rules: String,
    /// The gap in words.
    #[serde(skip)]
    pub why: Option<&'static str>,
    /// The name without its package, for a person.
    #[serde(skip)]
    pub exported: bool,
}

/// The address that was asked for.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AskedEntry {
    /// It.
    pub address: String,
    /// How far it lies behind the first place, in bytes.
    pub offset: u64,
    /// The functions there: inlined ones, the innermost first, then the one that holds it.
    pub frames: Vec<AddressFrame>,
}

/// How many subjects were found.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct ExplainSummary {
    /// One if the subject was found.
    pub found: usize,
}

impl ExplainedBinary {
    /// The document about what was `found` in `binary`; `path` is its name in reports. With `whole` every reference is
    /// in it.
    #[must_use]
    pub fn new(
        binary: &Binary,
        (path, complete): (&str, bool),
        asked: &[u8],
        found: Found,
        whole: bool,
    ) -> Self {
        let listed = |names: Vec<Vec<u8>>| names.iter().map(|name| Name::new(name)).collect();
        let (mut symbol, mut matches, mut nearest) = (None, Vec::new(), Vec::new());
        match found {
            Found::One(subject) => symbol = Some(Box::new(described(binary, subject, whole))),
            Found::Several(names) => matches = listed(names),
            Found::Nothing(names) => nearest = listed(names),
        }
        Self {
            about: About::new(binary, path, complete),
            asked: Field::of("given", asked),
            symbol,
            matches: Field::new("matches", matches),
            nearest: Field::new("nearest", nearest),
        }
    }
}

fn described(binary: &Binary, subject: Subject, whole: bool) -> SymbolEntry {
    let explained = explain(binary, subject);
    let Explained { subject, places, declaration, permit, .. } = &explained;
    let mut entries = places.iter().map(|place| PlaceEntry::new(binary, place));
    let first = places.first();
    let start = first.map_or(0, |place| place.address);
    let asked = subject.address.map(|asked| AskedEntry {
        address: address(asked),
        offset: asked.wrapping_sub(start),
        frames: binary.at(asked).frames().iter().map(AddressFrame::new).collect(),
    });
    let aliases = first.into_iter().flat_map(|place| &place.aliases);
    let name = subject.name.as_deref();
    let provided = [&explained.folder, &explained.unit, &declaration.unit];
    SymbolEntry {
        name: Field::new("name", name.map(Name::new)),
        names: aliases.map(AliasName::of).collect(),
        place: entries.next(),
        imported: explained.imported,
        others: entries.collect(),
        asked,
        unit: declaration.unit.clone().or_else(|| explained.unit.clone()),
        signature: Field::new("signature", declaration.signature.as_deref().map(Name::new)),
        has_dwarf: declaration.present,
        provided_by: provided.into_iter().flatten().next().cloned(),
        named_after: explained.named.clone(),
        inlined_into: explained.inlined.iter().map(InlinedEntry::new).collect(),
        called_by: explained.callers.iter().map(|of| CallerEntry::new(binary, of, whole)).collect(),
        calls_itself: explained.calls_itself,
        tables: explained.words.iter().map(|word| WordEntry::new(binary, *word)).collect(),
        gap: explained.gap,
        undecoded: explained.undecoded,
        linkname: explained.linknames.iter().map(|one| entry(one, whole)).collect(),
        permission: permit.as_ref().map(source::permission),
        replacement: permit.as_ref().and_then(|permit| permit.replacement.clone()),
        rules: permit.as_ref().map(wording::pull_by_others).unwrap_or_default(),
        why: explained.gap.map(wording::not_searched),
        exported: name.is_some_and(crate::names::is_exported),
    }
}

impl Document for ExplainedBinary {
    type Summary = ExplainSummary;

    const COMMAND: Command = Command::Explain;
    const LISTED_AS: Option<&'static str> = None;

    fn findings(&self) -> Vec<Reported> {
        self.about.findings()
    }

    fn count(&self, summary: &mut ExplainSummary) {
        summary.found += usize::from(self.symbol.is_some());
    }

    fn outcome(&self) -> Outcome {
        let shown = self.symbol.is_some() || !self.matches.is_empty();
        Outcome { lacks: !shown, ..Outcome::SHOWN }
    }

    #[cfg(feature = "cli")]
    fn text(&self, out: &mut dyn Write, detail: Detail) -> io::Result<()> {
        text::explain::page(out, self, detail)
    }
}
