//! One change in the fields of the public interface.

use serde::{Serialize, Serializer};

use crate::diff::{Kind, LinknameChange, PairOutcome, Side};
use crate::finding::{Level, Owner};
use crate::linkname::claim::Form;
use crate::linkname::verdict::Verdict;
use crate::report::document::claim::VerdictEntry;
use crate::report::name::{Field, Name};
use crate::report::wording;
use crate::report::words::{Worded, as_word};

/// Something that changed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Change {
    /// What sort of change it is.
    #[serde(serialize_with = "as_word")]
    pub kind: Kind,
    /// What changed: a symbol, a setting's key, a module's path, `PACKAGE push REMOTE`, `LOCAL=REMOTE`.
    #[serde(flatten)]
    pub name: Field<Name>,
    /// In the old file; null where it is not there. Sizes are numbers of bytes.
    pub old: Option<Value>,
    /// In the new file.
    pub new: Option<Value>,
    /// `deny` for a kind that `--fail-on` names, `warn` where something is not in effect any more, else `advice`.
    pub level: Level,
    /// Whose package it is: of symbols and linknames.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Owner>,
    /// The import path of a symbol's package; empty where a name has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// Of a linkname: what each file says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linkname: Option<Box<LinknameEntry>>,
}

/// A side of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Bytes.
    Size(u64),
    /// Words, or an address.
    Text(String),
}

/// A linkname on which two files do not agree.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LinknameEntry {
    /// The package that refers or pushes.
    pub package: String,
    /// `pull`, `push` or `assembly`.
    #[serde(serialize_with = "as_word")]
    pub form: Form,
    /// The name that it refers to or provides.
    #[serde(flatten)]
    pub remote: Field<Name>,
    /// The module of the package, as far as it is recorded.
    pub module: Option<String>,
    /// The module's version.
    pub module_version: Option<String>,
    /// What the old file says.
    pub old: SideEntry,
    /// What the new file says.
    pub new: SideEntry,
    /// The change in one sentence.
    pub message: String,
}

/// What one file says of a linkname.
#[derive(Clone, Copy, Debug, Serialize)]
#[non_exhaustive]
pub struct SideEntry {
    /// `verdict` and `reason`.
    #[serde(flatten)]
    pub verdict: VerdictEntry,
    /// `firm`, `weak` or `possible`; null where the file does not betray it.
    pub confidence: Option<&'static str>,
}

/// A pair and what each file says of it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PairVerdicts {
    /// The local name.
    #[serde(flatten)]
    pub local: Field<Name>,
    /// The remote name.
    #[serde(flatten)]
    pub remote: Field<Name>,
    /// In the old file.
    pub old: SideEntry,
    /// In the new file.
    pub new: SideEntry,
    /// The verdict on the new file in one sentence.
    pub message: String,
}

impl LinknameEntry {
    pub(super) fn new(change: &LinknameChange) -> Self {
        let (module, module_version) = change.module.clone().unzip();
        Self {
            package: change.claim.package.clone(),
            form: change.claim.form,
            remote: Field::of("remote", &change.claim.remote),
            module,
            module_version,
            old: SideEntry::new(&change.old),
            new: SideEntry::new(&change.new),
            message: wording::linkname_change(change),
        }
    }
}

impl SideEntry {
    fn new(side: &Side) -> Self {
        let confidence = side.confidence.map(Worded::word);
        Self { verdict: VerdictEntry(side.verdict), confidence }
    }

    fn of(verdict: Verdict) -> Self {
        Self { verdict: VerdictEntry(verdict), confidence: None }
    }

    /// `in-effect (foreign-file)`, with the confidence if it is not firm.
    #[must_use]
    pub fn words(&self) -> String {
        let verdict = self.verdict.0;
        format!("{} ({})", verdict.word(), verdict.reason())
    }
}

impl PairVerdicts {
    pub(super) fn new(pair: &PairOutcome) -> Self {
        let (verdict, evidence) = &pair.new;
        Self {
            local: Field::of("local", &pair.claim.local),
            remote: Field::of("remote", &pair.claim.remote),
            old: SideEntry::of(pair.old.0),
            new: SideEntry::of(*verdict),
            message: wording::sentence(&pair.claim, evidence, *verdict).brief(),
        }
    }
}

/// Kinds as a list of their words.
pub(super) fn words<S: Serializer>(kinds: &[Kind], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(kinds.iter().map(|kind| kind.word()))
}
