//! What `scan` found: every directive of a module's source, and what is wrong with it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::{FaultEntry, Name, PermissionEntry, SCHEMA, SourceGap, Tool, source};
use crate::finding::{Code, Finding, Level, Owner};
use crate::linkname::claim::{Form, Kind};
use crate::linkname::owed::Shown;
use crate::linkname::survey::Row;
use crate::printable::printable;
use crate::source::constraint::Context;
use crate::source::file::Fault;
use crate::source::modules::Goroot;

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
    /// Everything that could not be read, or not as Go.
    pub faults: Vec<FaultEntry>,
    /// How many directives, how many that the build compiles, how many notes of each level.
    pub summary: BTreeMap<&'static str, usize>,
    /// `holds`, `fails` or `incomplete`: what the exit codes 0, 1 and 3 say.
    pub result: &'static str,
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
    /// What says which symbols Go has, and which of them its linker lets others pull.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<RulesEntry>,
}

/// What decided about Go's own symbols.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RulesEntry {
    /// `GOROOT` or `tables`.
    pub source: &'static str,
    /// The installation at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goroot: Option<String>,
    /// Its version, `go1.26.8`; empty where it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl RulesEntry {
    /// The tables that gonym carries, where no installation was looked for.
    #[must_use]
    pub fn tables() -> Self {
        Self { source: "tables", goroot: None, version: None }
    }

    /// The installation at hand, whose source decides only if it is of the release that was asked for.
    #[must_use]
    pub fn of(goroot: Option<&Goroot>, decides: bool) -> Self {
        let folder = |goroot: &Goroot| printable(goroot.folder.as_os_str().as_encoded_bytes());
        Self {
            source: if decides { "GOROOT" } else { "tables" },
            goroot: goroot.map(folder),
            version: goroot.map(|goroot| goroot.version.clone()),
        }
    }
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
    /// Whether a compiler that reads the file takes it for a directive.
    pub is_directive: bool,
    /// Whether it stands in assembly, which defines or names the symbol without a directive.
    pub in_assembly: bool,
    /// The gravest thing that is wrong with it; advice is no mistake.
    pub mistake: Option<MistakeEntry>,
    /// Everything to know about it, most severe first.
    pub notes: Vec<Finding>,
    /// What Go's own rules say of the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<PermissionEntry>,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MistakeEntry {
    /// Stable.
    pub code: Code,
    /// What is so, and what to do.
    pub message: String,
}

/// The report about `rows`.
#[must_use]
pub fn report(
    context: &Context,
    rows: &[Row],
    gaps: Vec<SourceGap>,
    unread: &[(PathBuf, String)],
    broken: &[(PathBuf, Fault)],
) -> ScanReport {
    let shown = Shown::from_here();
    let directives: Vec<ScannedDirective> = rows.iter().map(|row| directive(row, &shown)).collect();
    let count = |holds: &dyn Fn(&ScannedDirective) -> bool| {
        directives.iter().filter(|directive| holds(directive)).count()
    };
    let notes = |level: Level| {
        directives.iter().flat_map(|d| &d.notes).filter(|n| n.level == level).count()
    };
    let summary = BTreeMap::from([
        ("directives", count(&|directive| directive.is_directive)),
        ("selected", count(&|directive| directive.is_directive && directive.selected)),
        ("assembly", count(&|directive| directive.in_assembly)),
        ("mistakes", notes(Level::Deny)),
        ("warnings", notes(Level::Warn)),
        ("advice", notes(Level::Advice)),
    ]);
    ScanReport {
        schema: SCHEMA,
        tool: Tool::default(),
        build: BuildEntry {
            goos: context.goos.clone(),
            goarch: context.goarch.clone(),
            go_version: format!("1.{}", context.minor),
            tags: context.tags.iter().filter(|tag| !is_of_toolchain(tag)).cloned().collect(),
            cgo: context.cgo,
            rules: None,
        },
        directives,
        gaps,
        faults: faults(&shown, unread, broken),
        summary,
        result: "holds",
    }
}

fn faults(
    shown: &Shown,
    unread: &[(PathBuf, String)],
    broken: &[(PathBuf, Fault)],
) -> Vec<FaultEntry> {
    let unread = unread.iter().map(|(path, why)| FaultEntry::unread(&shown.file(path), why));
    let broken = broken.iter().map(|(path, fault)| FaultEntry::syntax(&shown.file(path), fault));
    unread.chain(broken).collect()
}

/// Tags that no user gives: `goexperiment.…`, `amd64.v1`.
fn is_of_toolchain(tag: &str) -> bool {
    tag.contains('.')
}

fn directive(row: &Row, shown: &Shown) -> ScannedDirective {
    let notes: Vec<Finding> = row.notes.clone();
    let (local, remote) = (Name::new(&row.local), Name::new(&row.remote));
    ScannedDirective {
        package: row.path.clone(),
        module: row.module.clone(),
        file: shown.file(&row.file),
        line: row.line,
        column: row.column,
        word: row.word,
        local_hex: local.hex(),
        remote_hex: remote.hex(),
        local,
        remote,
        form: row.form,
        kind: row.kind,
        has_body: row.has_body,
        std: row.standing == Owner::Std,
        selected: row.selected,
        is_directive: !row.in_assembly
            && row.not_a_directive.is_none_or(|code| code.is_in_other_file()),
        in_assembly: row.in_assembly,
        mistake: ScannedDirective::mistake_of(&notes),
        notes,
        permission: row.permit.as_ref().map(source::permission),
    }
}

impl ScannedDirective {
    /// The gravest of `notes`, if it is more than advice.
    #[must_use]
    pub fn mistake_of(notes: &[Finding]) -> Option<MistakeEntry> {
        let first = notes.iter().find(|note| note.level != Level::Advice)?;
        Some(MistakeEntry { code: first.code, message: first.message.clone() })
    }
}
