//! What `scan` found: every directive of a module's source, and what is wrong with it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{FaultEntry, Name, NoteEntry, PermissionEntry, SourceGap, Tool};
use crate::linkname::claim::{Form, Kind};

/// What `scan` found.
#[derive(Clone, Debug, Serialize)]
pub struct ScanReport {
    /// [`super::SCHEMA`].
    pub schema: u32,
    /// Who wrote it.
    pub tool: Tool,
    /// The build that the files were selected for.
    pub build: BuildEntry,
    /// By package, file and line.
    pub directives: Vec<ScannedDirective>,
    /// Modules whose source is missing.
    pub gaps: Vec<SourceGap>,
    /// Everything that could not be read.
    pub faults: Vec<FaultEntry>,
    /// How many directives, how many that the build compiles, how many notes of each level.
    pub summary: BTreeMap<&'static str, usize>,
}

/// Which build the files were selected for.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BuildEntry {
    /// Operating system, in Go's words.
    pub goos: String,
    /// Architecture, in Go's words.
    pub goarch: String,
    /// `1.27`.
    pub go_version: String,
    /// Build tags that were asked for.
    pub tags: Vec<String>,
    /// Whether cgo is on.
    pub cgo: bool,
}

/// One directive, or a comment that looks like one.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScannedDirective {
    /// Import path of the package that it stands in.
    pub package: String,
    /// The module that the package belongs to.
    pub module: String,
    /// The file, as it can be opened from the current folder.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// `linkname` or `linknamestd`.
    pub word: &'static str,
    /// The local name as it is written.
    pub local: Name,
    /// Its bytes in hex, when they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_hex: Option<String>,
    /// The remote symbol; with one argument the local one's own.
    pub remote: Name,
    /// Its bytes in hex, when they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_hex: Option<String>,
    /// How it is written.
    pub form: Form,
    /// What the names stand for.
    pub kind: Kind,
    /// Whether the local function has a body, the variable an initialiser.
    pub has_body: bool,
    /// Whether it stands in Go's own packages.
    pub std: bool,
    /// Whether this build compiles the file.
    pub selected: bool,
    /// The gravest thing that is wrong with it; advice is no mistake.
    pub mistake: Option<MistakeEntry>,
    /// Everything to know about it, most severe first.
    pub notes: Vec<NoteEntry>,
    /// What Go's own rules say of the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<PermissionEntry>,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MistakeEntry {
    /// Stable.
    pub code: String,
    /// What is so, and what to do.
    pub message: String,
}

impl ScannedDirective {
    /// The gravest of `notes`, if it is more than advice.
    #[must_use]
    pub fn mistake_of(notes: &[NoteEntry]) -> Option<MistakeEntry> {
        let first = notes.iter().find(|note| note.level != "advice")?;
        Some(MistakeEntry { code: first.code.clone(), message: first.message.clone() })
    }
}
