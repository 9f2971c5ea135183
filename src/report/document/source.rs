//! What a build's sources add to a judged claim.
//!
//! These are parts of a [`JudgedClaim`](super::claim::JudgedClaim), of the document of `check` and of that of `scan`.

use serde::Serialize;

use crate::check::PairNames;
use crate::finding::{Code, Finding, Level, Owner};
use crate::linkname::permit::Permit;
use crate::linkname::source_claims::{self, Placed};
use crate::linkname::source_facts::SourceFacts;
use crate::report::{Place, Reported, Shown};
use crate::source::build;

/// What source says about a claim.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SourceEntry {
    /// `own`, `dependency` or `std`.
    pub standing: Owner,
    /// The module that the directive stands in.
    pub module: String,
    /// The findings beside the verdict, most severe first.
    pub notes: Vec<Finding>,
    /// What Go's own rules say about the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<PermissionEntry>,
}

/// What source says about a pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PairEntry {
    /// Whether the source of the package was read: only then is it known whether a directive has the local name.
    pub name_checked: bool,
    /// `no-such-directive`, if none has it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Finding>,
}

/// What Go's own rules say about the target of a pull.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PermissionEntry {
    /// `unchecked`, `marked`, `std-only`, `blocked`, `not-marked`, `gone` or `unknown`.
    pub state: String,
    /// `1.23`: the first Go that refuses it.
    pub blocked_since: Option<String>,
    /// Whether the link needs `-ldflags=-checklinkname=0`.
    pub needs_checklinkname0: bool,
    /// Whether the build information records that flag; null where it records no flags.
    pub recorded: Option<bool>,
    /// The packages that Go's source lists as pulling the target.
    pub hall_of_shame: Vec<String>,
    /// The public API to use instead.
    pub replacement: Option<String>,
    /// The first Go version that has it.
    pub replacement_since: Option<String>,
}

/// A finding about a line that is no claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlacedNote {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The finding.
    #[serde(flatten)]
    pub note: Finding,
}

/// A module whose directives are not known for certain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SourceGap {
    /// What kind of gap it is.
    pub code: Code,
    /// The module, or the package in it.
    pub module: String,
    /// Where gonym looked, what it found, and what would help.
    pub message: String,
    /// Whether an answer may be wrong or missing because of it, which changes the exit code. If not, it is only a
    /// note.
    pub weakens: bool,
}

impl PlacedNote {
    /// The gap as a finding.
    #[must_use]
    pub fn finding(&self) -> Reported {
        let (file, line) = (self.file.clone(), self.line);
        Reported::new(&self.note, Place::Line { file, line, column: None })
    }
}

impl SourceGap {
    /// The gap as a finding about an executable.
    #[must_use]
    pub fn finding(&self, binary: &Place) -> Reported {
        let message = match self.module.as_str() {
            "" => self.message.clone(),
            module => format!("{module}: {}", self.message),
        };
        self.reported(message, binary.clone())
    }

    /// The gap as a finding, if no executable was named.
    #[must_use]
    pub fn finding_of_module(&self) -> Reported {
        let module = Some(self.module.clone()).filter(|module| !module.is_empty());
        self.reported(self.message.clone(), Place::Module { module })
    }

    fn reported(&self, message: String, place: Place) -> Reported {
        let level = if self.weakens { self.code.level() } else { Level::Advice };
        Reported::new(&Finding::new(self.code, message).at(level), place)
    }
}

/// The entry for a finding about a line that is no claim.
pub(super) fn placed(placed: &Placed, shown: &Shown) -> PlacedNote {
    PlacedNote { file: shown.file(&placed.file), line: placed.line, note: placed.finding.clone() }
}

/// The entry for a gap.
pub(super) fn gap(gap: &source_claims::SourceGap) -> SourceGap {
    SourceGap {
        code: gap.code,
        module: gap.module.clone(),
        message: gap.message.clone(),
        weakens: gap.weakens,
    }
}

/// The entry for a gap in a build's sources, if no binary says whether it weakens an answer.
pub(super) fn source_gap(gap: &build::Gap) -> SourceGap {
    SourceGap {
        code: gap.kind.code(),
        module: gap.module.clone(),
        message: gap.detail.clone(),
        weakens: true,
    }
}

/// The entry for what source says about a pair's names.
pub(super) fn pair(names: &PairNames) -> PairEntry {
    let notes = names.finding.iter().cloned().collect();
    PairEntry { name_checked: names.checked, notes }
}

/// The entry for what `facts` say.
pub(super) fn entry(facts: &SourceFacts) -> SourceEntry {
    SourceEntry {
        standing: facts.owner,
        module: facts.module.clone(),
        notes: facts.findings.clone(),
        permission: facts.permit.as_ref().map(permission),
    }
}

pub(super) fn permission(permit: &Permit) -> PermissionEntry {
    let release = |minor: u16| format!("1.{minor}");
    PermissionEntry {
        state: permit.state.clone(),
        blocked_since: permit.blocked_since.map(release),
        needs_checklinkname0: permit.needs_flag,
        recorded: permit.flag_recorded,
        hall_of_shame: permit.shame.clone(),
        replacement: permit.replacement.clone(),
        replacement_since: permit.replacement_since.map(release),
    }
}
