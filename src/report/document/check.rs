//! `check`: one executable, and what was judged on it.
//!
//! ```no_run
//! use gonym::Request;
//! use gonym::report::Document;
//! use gonym::report::document::check::CheckedBinary;
//!
//! let request = Request::default();
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let checked = gonym::check(&binary, &request);
//!     let document = CheckedBinary::new(&binary, "app", true, &checked, false);
//!     println!("{} findings", document.findings().len());
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

use std::collections::BTreeMap;
#[cfg(feature = "cli")]
use std::io::{self, Write};

use serde::Serialize;

use super::Document;
use super::about::About;
use super::claim::JudgedClaim;
use super::source::{self, PlacedNote, SourceGap};
use super::symbol_rule::JudgedRule;
use crate::binary::Binary;
use crate::check::Checked;
use crate::finding::{Level, Owner};
use crate::outcome::Outcome;
#[cfg(feature = "cli")]
use crate::report::Detail;
#[cfg(feature = "cli")]
use crate::report::render::text;
use crate::report::words::Worded;
use crate::report::{Command, Reported, Shown};

/// One executable and what was judged on it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct CheckedBinary {
    /// What it is.
    #[serde(flatten)]
    pub about: About,
    /// The claims, in the order given.
    pub claims: Vec<JudgedClaim>,
    /// The rules, in the order given.
    pub rules: Vec<JudgedRule>,
    /// How many directives of each owner were not asked for, and so not judged.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub folded: BTreeMap<Owner, usize>,
    /// With `--discovered`: linknames that are no claims, by whose they are and how certain they are.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub discovered: BTreeMap<Owner, BTreeMap<&'static str, usize>>,
    /// Comments that look like directives and are none, with their places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mistakes: Vec<PlacedNote>,
    /// Modules whose source is missing, or may be another build's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<SourceGap>,
    #[serde(skip)]
    outcome: Outcome,
}

/// How often each verdict was given, and counts that only the text report shows.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct CheckSummary {
    /// By the verdict's word.
    #[serde(flatten)]
    pub verdicts: BTreeMap<&'static str, usize>,
    /// How the rules came out.
    #[serde(skip)]
    pub rules: BTreeMap<&'static str, usize>,
    /// How many findings of level deny there are beside the verdicts: on the claims that are listed, and on comments
    /// that are no directives.
    #[serde(skip)]
    pub mistakes: usize,
}

impl CheckedBinary {
    /// The document about `binary`; `path` is its name in reports. `complete` says whether the file holds what its
    /// headers promise. With `whole` the document has all evidence.
    #[must_use]
    pub fn new(
        binary: &Binary,
        path: &str,
        complete: bool,
        checked: &Checked,
        whole: bool,
    ) -> Self {
        let shown = Shown::from_here();
        let claims = checked.judged.iter().map(|judged| JudgedClaim::new(judged, whole, &shown));
        let rules = checked.rules.iter().enumerate().map(|(index, (rule, outcome))| {
            JudgedRule::new(rule, outcome).with_chain(checked.reasons.get(&index))
        });
        Self {
            // Damage and DWARF are known only after the judgement, which reads what it needs.
            about: About::new(binary, path, complete && !checked.is_incomplete()),
            claims: claims.collect(),
            rules: rules.collect(),
            folded: checked.folded.clone(),
            discovered: discovered(checked),
            mistakes: checked.mistakes.iter().map(|one| source::placed(one, &shown)).collect(),
            gaps: checked.gaps.iter().map(source::gap).collect(),
            outcome: checked.outcome(),
        }
    }
}

fn discovered(checked: &Checked) -> BTreeMap<Owner, BTreeMap<&'static str, usize>> {
    let mut by_owner: BTreeMap<Owner, BTreeMap<&'static str, usize>> = BTreeMap::new();
    for ((owner, confidence), count) in &checked.discovered {
        by_owner.entry(*owner).or_default().insert(confidence.word(), *count);
    }
    by_owner
}

impl Document for CheckedBinary {
    type Summary = CheckSummary;

    const COMMAND: Command = Command::Check;
    const LISTED_AS: Option<&'static str> = Some("binaries");

    fn findings(&self) -> Vec<Reported> {
        let place = self.about.place();
        let mut all = self.about.findings();
        all.extend(self.claims.iter().flat_map(|claim| claim.findings(&place)));
        all.extend(self.rules.iter().filter_map(|rule| rule.finding(&place)));
        all.extend(self.mistakes.iter().map(PlacedNote::finding));
        all.extend(self.gaps.iter().map(|gap| gap.finding(&place)));
        all
    }

    fn count(&self, summary: &mut CheckSummary) {
        for claim in &self.claims {
            *summary.verdicts.entry(claim.verdict.0.word()).or_default() += 1;
        }
        for rule in &self.rules {
            *summary.rules.entry(rule.result.word()).or_default() += 1;
        }
        let beside = self.claims.iter().flat_map(JudgedClaim::notes);
        let beside = beside.chain(self.mistakes.iter().map(|placed| &placed.note));
        summary.mistakes += beside.filter(|note| note.level == Level::Deny).count();
    }

    fn outcome(&self) -> Outcome {
        self.outcome
    }

    #[cfg(feature = "cli")]
    fn text(&self, out: &mut dyn Write, detail: Detail) -> io::Result<()> {
        text::check::binary(out, self, detail)
    }

    #[cfg(feature = "cli")]
    fn text_end(summary: &CheckSummary, out: &mut dyn Write) -> io::Result<()> {
        text::check::summary(out, summary)
    }
}
