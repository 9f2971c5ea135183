//! `why`: the chain of references that leads to one name of an executable.
//!
//! ```no_run
//! use gonym::report::document::why::WhyBinary;
//! use gonym::why::why;
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let answer = why(&binary, b"net/http.ListenAndServe");
//!     let document = WhyBinary::new(&binary, "app", true, b"net/http.ListenAndServe", &answer);
//!     println!("{} steps", document.chain.len());
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

#[cfg(feature = "cli")]
use std::io::{self, Write};

use serde::Serialize;

use super::Document;
use super::about::About;
use crate::binary::Binary;
use crate::outcome::Outcome;
use crate::printable::printable;
#[cfg(feature = "cli")]
use crate::report::Detail;
use crate::report::name::{Field, Name};
#[cfg(feature = "cli")]
use crate::report::render::text;
use crate::report::words::{as_word, as_word_or_null};
use crate::report::{Command, Reported, address, wording};
use crate::why::{Answer, Gap, Inlined, Kind, Manner, Root, Step};

/// More names that match are counted, not listed.
const MOST_NAMES: usize = 100;

/// One executable and the chain that was asked for.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WhyBinary {
    /// What it is.
    #[serde(flatten)]
    pub about: About,
    /// What was asked for.
    #[serde(flatten)]
    pub asked: Field<Name>,
    /// The first names that match.
    #[serde(flatten)]
    pub matches: Field<Vec<Name>>,
    /// How many names match.
    pub match_count: usize,
    /// The nearest names, if none matches.
    #[serde(flatten)]
    pub nearest: Field<Vec<Name>>,
    /// What the chain begins with; null without a chain.
    #[serde(serialize_with = "as_word_or_null")]
    pub roots: Option<Root>,
    /// From the root to the nearest of what was asked for; empty if there is no chain.
    pub chain: Vec<StepEntry>,
    /// The name that was inlined into the last function of the chain.
    pub inlined: Option<InlinedName>,
    /// Who refers to it, if there is no chain.
    pub referrers: Vec<StepEntry>,
    /// What could not be followed, in words; empty where there is a chain.
    pub not_followed: Vec<String>,
    #[serde(skip)]
    damaged: bool,
}

/// One step of a chain.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StepEntry {
    /// What is reached: a function, or data; null if it has no name.
    #[serde(flatten)]
    pub function: Field<Option<Name>>,
    /// `function`, `type`, `itab`, `variable` or `data`.
    #[serde(serialize_with = "as_word")]
    pub kind: Kind,
    /// Its address.
    pub address: String,
    /// How the step before leads here; null at the root.
    #[serde(serialize_with = "as_word_or_null")]
    pub how: Option<Manner>,
    /// The instruction or word of the step before that leads here; null at the root.
    pub at: Option<String>,
    /// The source file of that instruction; at the root, of the function. Null in data.
    pub file: Option<String>,
    /// The line there.
    pub line: Option<u32>,
    /// The function that the instruction was written in, if it was inlined into the step before.
    #[serde(flatten)]
    pub inlined_from: Field<Option<Name>>,
    /// Whether the word is only taken to belong to the data of the step before: nothing tells where that ends.
    pub inferred: bool,
}

/// A name that nothing but inlined bodies is left of.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct InlinedName {
    /// It.
    #[serde(flatten)]
    pub function: Field<Name>,
    /// Where its body begins.
    pub at: String,
    /// Its source file.
    pub file: Option<String>,
    /// The line there.
    pub line: Option<u32>,
}

/// How many chains there are.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct WhySummary {
    /// One if there is a chain.
    pub chains: usize,
}

impl WhyBinary {
    /// The document about `answer`, which was given about `asked` and `binary`; `path` is its name in reports.
    #[must_use]
    pub fn new(binary: &Binary, path: &str, complete: bool, asked: &[u8], answer: &Answer) -> Self {
        let listed = |names: &[Vec<u8>]| {
            names.iter().take(MOST_NAMES).map(|name| Name::new(name)).collect::<Vec<_>>()
        };
        let gaps = if answer.chain.is_empty() { answer.gaps.as_slice() } else { &[] };
        let not_followed = gaps.iter().map(|gap| wording::not_followed(*gap));
        Self {
            about: About::new(binary, path, complete),
            asked: Field::of("asked", asked),
            matches: Field::new("matches", listed(&answer.names)),
            match_count: answer.names.len(),
            nearest: Field::new("nearest", listed(&answer.nearest)),
            roots: answer.root,
            chain: steps(&answer.chain),
            inlined: answer.inlined.as_ref().map(InlinedName::new),
            referrers: steps(&answer.referrers),
            not_followed: not_followed.collect(),
            damaged: gaps.contains(&Gap::Damaged),
        }
    }
}

/// The entries of `steps`.
pub(in crate::report) fn steps(steps: &[Step]) -> Vec<StepEntry> {
    steps.iter().map(StepEntry::new).collect()
}

impl StepEntry {
    fn new(step: &Step) -> Self {
        let name = Some(&step.name).filter(|name| !name.is_empty());
        Self {
            function: Field::new("function", name.map(|name| Name::new(name))),
            kind: step.kind,
            address: address(step.address),
            how: step.how,
            at: step.at.map(address),
            file: step.file.as_deref().map(printable),
            line: step.line,
            inlined_from: Field::new("inlinedFrom", step.from.as_deref().map(Name::new)),
            inferred: step.inferred,
        }
    }
}

impl InlinedName {
    pub(in crate::report) fn new(inlined: &Inlined) -> Self {
        Self {
            function: Field::of("function", &inlined.name),
            at: address(inlined.at),
            file: inlined.file.as_deref().map(printable),
            line: inlined.line,
        }
    }
}

impl Document for WhyBinary {
    type Summary = WhySummary;

    const COMMAND: Command = Command::Why;
    const LISTED_AS: Option<&'static str> = None;

    fn findings(&self) -> Vec<Reported> {
        self.about.findings()
    }

    fn count(&self, summary: &mut WhySummary) {
        summary.chains += usize::from(!self.chain.is_empty());
    }

    fn outcome(&self) -> Outcome {
        let there = self.match_count > 0;
        let lacks = !there || self.damaged;
        Outcome { fails: !lacks && self.chain.is_empty(), lacks, asked: true }
    }

    #[cfg(feature = "cli")]
    fn text(&self, out: &mut dyn Write, detail: Detail) -> io::Result<()> {
        text::why::chain(out, self, detail)
    }
}
