//! `diff`: two executables, and what changed from one to the other.
//!
//! ```no_run
//! use gonym::binary::Binary;
//! use gonym::diff::{Wanted, diff};
//! use gonym::report::document::diff::{Compared, Operand};
//!
//! let open = |path: &str| Binary::open(path.as_ref()).map(|mut opened| opened.binaries.remove(0));
//! let (old, new) = (open("app-1")?, open("app-2")?);
//! let found = diff(&old, &new, &Wanted::default());
//! let side = |binary, path| Operand { binary, path, complete: true };
//! let document = Compared::new(side(&old, "app-1"), side(&new, "app-2"), &found, &[]);
//! println!("{} changes", document.changes.len());
//! # Ok::<(), gonym::error::Fault>(())
//! ```

mod changes;
mod entry;

use std::collections::BTreeMap;
#[cfg(feature = "cli")]
use std::io::{self, Write};

use serde::Serialize;

use super::Document;
use super::about::About;
use crate::binary::Binary;
use crate::diff::{Difference, Kind, Listed};
use crate::finding::{Code, Finding};
use crate::linkname::evidence::SearchGap;
use crate::outcome::Outcome;
#[cfg(feature = "cli")]
use crate::report::Detail;
#[cfg(feature = "cli")]
use crate::report::render::text;
use crate::report::wording;
use crate::report::words::{as_word, as_word_or_null};
use crate::report::{Command, Reported};

pub use entry::{Change, LinknameEntry, PairVerdicts, SideEntry, Value};

/// One of the two executables.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'a> {
    /// It.
    pub binary: &'a Binary,
    /// Its name in reports.
    pub path: &'a str,
    /// Whether the file holds what its headers promise.
    pub complete: bool,
}

/// Two executables, compared.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Compared {
    /// The old one.
    pub old: About,
    /// The new one.
    pub new: About,
    /// `symbols`, or `functions` where a file has no symbol table: then variables and aliases are not compared.
    #[serde(serialize_with = "as_word")]
    pub compared: Listed,
    /// Why linknames that are calls are not compared.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_word_or_null")]
    pub gap: Option<SearchGap>,
    /// What changed: the build, linknames, verdicts, aliases, then symbols, the program's own first.
    pub changes: Vec<Change>,
    /// How many symbols have the same size at another address.
    pub moved: usize,
    /// How many symbols are the same in both.
    pub same: usize,
    /// How many linknames both files betray with the same verdict.
    pub same_linknames: usize,
    /// How many are not told, because only what was stripped makes one file unsure of them.
    pub doubtful_linknames: usize,
    /// The pairs that were asked, with the verdicts on both files.
    pub pairs: Vec<PairVerdicts>,
    /// The kinds of changes that must not be there.
    #[serde(serialize_with = "entry::words")]
    pub fail_on: Vec<Kind>,
    /// Which of them could not be compared.
    #[serde(serialize_with = "entry::words")]
    pub unknown: Vec<Kind>,
    /// The gap in words.
    #[serde(skip)]
    pub why: Option<&'static str>,
}

/// How many changes there are, by kind.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct DiffSummary {
    /// By the word of their kind.
    #[serde(flatten)]
    pub kinds: BTreeMap<&'static str, usize>,
}

impl Compared {
    /// The document about `found`; a change of a kind in `fail_on` makes the run fail.
    #[must_use]
    pub fn new(old: Operand<'_>, new: Operand<'_>, found: &Difference, fail_on: &[Kind]) -> Self {
        let about = |one: Operand<'_>| About::new(one.binary, one.path, one.complete);
        let (was, is) = (about(old), about(new));
        let mut fail_on = fail_on.to_vec();
        fail_on.sort_unstable();
        fail_on.dedup();
        let unknown = fail_on.iter().filter(|kind| !is_known(**kind, old, new, found)).copied();
        Self {
            compared: found.listed,
            gap: found.linknames.gap,
            changes: changes::all(old.binary, new.binary, (&was, &is), found, &fail_on),
            moved: found.symbols.moved,
            same: found.symbols.same,
            same_linknames: found.linknames.same,
            doubtful_linknames: found.linknames.doubtful,
            pairs: found.pairs.iter().map(PairVerdicts::new).collect(),
            unknown: unknown.collect(),
            why: found.linknames.gap.map(wording::not_searched),
            old: was,
            new: is,
            fail_on,
        }
    }

    /// The changes of one kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.kind == kind)
    }

    /// One finding for each kind that must not be there and is.
    fn denied(&self) -> impl Iterator<Item = Reported> {
        self.fail_on.iter().filter_map(|kind| {
            let names: Vec<String> = self.of(*kind).map(|change| change.name.to_string()).collect();
            let message = wording::denied(*kind, &names)?;
            Some(Reported::new(&Finding::new(Code::Differs, message), self.new.place()))
        })
    }
}

fn records_settings(binary: &Binary) -> bool {
    binary.build().is_some_and(|build| !build.settings.is_empty())
}

/// Whether both files have what changes of `kind` are seen in.
fn is_known(kind: Kind, old: Operand<'_>, new: Operand<'_>, found: &Difference) -> bool {
    match kind {
        Kind::Go => old.binary.build().is_some() && new.binary.build().is_some(),
        Kind::Module => {
            changes::records_modules(old.binary) && changes::records_modules(new.binary)
        }
        Kind::Setting => records_settings(old.binary) || records_settings(new.binary),
        Kind::Linkname => found.linknames.gap.is_none(),
        Kind::Verdict => found.linknames.gap.is_none() || !found.pairs.is_empty(),
        Kind::Alias => found.listed == Listed::Symbols,
        _ => true,
    }
}

impl Document for Compared {
    type Summary = DiffSummary;

    const COMMAND: Command = Command::Diff;
    const LISTED_AS: Option<&'static str> = None;

    fn findings(&self) -> Vec<Reported> {
        let weak = self.old.findings().into_iter().chain(self.new.findings());
        weak.chain(self.denied()).collect()
    }

    fn count(&self, summary: &mut DiffSummary) {
        for change in &self.changes {
            *summary.kinds.entry(change.kind.word()).or_default() += 1;
        }
    }

    fn outcome(&self) -> Outcome {
        let fails = self.fail_on.iter().any(|kind| self.of(*kind).next().is_some());
        Outcome { fails, lacks: !self.unknown.is_empty(), ..Outcome::SHOWN }
    }

    #[cfg(feature = "cli")]
    fn text(&self, out: &mut dyn Write, detail: Detail) -> io::Result<()> {
        text::diff::compared(out, self, detail)
    }
}
