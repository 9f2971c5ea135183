//! What `scan` found: every directive of a module's source, and what is wrong with it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{FaultEntry, Name, PermissionEntry, SCHEMA, SourceGap, Tool, source};
use crate::finding::{Code, Finding, Level, Owner};
use crate::linkname::claim::{Form, Kind};
use crate::linkname::owed::Shown;
use crate::linkname::survey::Row;
use crate::outcome::Status;
use crate::printable::printable;
use crate::scan::{Scanned, Selected};
use crate::source::modules::Goroot;

/// What `scan` found.
#[derive(Clone, Debug, Serialize)]
pub struct ScanReport {
    /// [`super::SCHEMA`].
    pub schema: u32,
    /// Who wrote it.
    pub tool: Tool,
    /// The build that the files were selected for; null where the executable that was to tell it cannot be read.
    pub build: Option<BuildEntry>,
    /// By package, file and line.
    pub directives: Vec<ScannedDirective>,
    /// Modules whose source is missing.
    pub gaps: Vec<SourceGap>,
    /// Everything that could not be read, or not as Go.
    pub faults: Vec<FaultEntry>,
    /// How many directives, how many that the build compiles, how many notes of each level.
    pub summary: BTreeMap<&'static str, usize>,
    /// `holds`, `fails` or `incomplete`: what the exit codes 0, 1 and 3 say.
    pub result: Status,
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
    pub rules: RulesEntry,
}

/// What decided about Go's own symbols.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RulesEntry {
    /// Which of the two it was.
    pub source: RulesSource,
    /// The installation at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goroot: Option<String>,
    /// Its version, `go1.26.8`; empty where it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// What can decide about Go's own symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum RulesSource {
    /// The source of an installation of the release that was asked for.
    #[serde(rename = "GOROOT")]
    Goroot,
    /// The tables that gonym carries.
    #[serde(rename = "tables")]
    Tables,
}

impl BuildEntry {
    fn new(selected: &Selected) -> Self {
        let context = &selected.context;
        Self {
            goos: context.goos.clone(),
            goarch: context.goarch.clone(),
            go_version: format!("1.{}", context.minor),
            tags: context.tags.iter().filter(|tag| !is_of_toolchain(tag)).cloned().collect(),
            cgo: context.cgo,
            rules: RulesEntry::new(selected),
        }
    }
}

impl RulesEntry {
    fn new(selected: &Selected) -> Self {
        let goroot = selected.goroot.as_ref();
        let folder = |goroot: &Goroot| printable(goroot.folder.as_os_str().as_encoded_bytes());
        Self {
            source: if selected.by_goroot { RulesSource::Goroot } else { RulesSource::Tables },
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

/// The report about what was found; `binary` is the executable that was named.
#[must_use]
pub fn report(scanned: &Scanned, binary: &str) -> ScanReport {
    let shown = Shown::from_here();
    let directives: Vec<ScannedDirective> =
        scanned.rows.iter().map(|row| directive(row, &shown)).collect();
    let count = |holds: &dyn Fn(&ScannedDirective) -> bool| {
        directives.iter().filter(|directive| holds(directive)).count()
    };
    let notes = |level: Level| scanned.findings().filter(|finding| finding.level == level).count();
    let summary = BTreeMap::from([
        ("directives", count(&|directive| directive.is_directive)),
        ("selected", count(&|directive| directive.is_directive && directive.selected)),
        ("assembly", count(&|directive| directive.in_assembly)),
        ("mistakes", notes(Level::Deny)),
        ("warnings", notes(Level::Warn)),
        ("advice", notes(Level::Advice)),
    ]);
    let faults = faults(scanned, &shown, binary);
    ScanReport {
        schema: SCHEMA,
        tool: Tool::default(),
        build: scanned.selected.as_ref().map(BuildEntry::new),
        directives,
        gaps: scanned.gaps.iter().map(source::source_gap).collect(),
        result: scanned.outcome().status(!faults.is_empty()),
        faults,
        summary,
    }
}

fn faults(scanned: &Scanned, shown: &Shown, binary: &str) -> Vec<FaultEntry> {
    let of_binary = scanned.fault.iter().map(|fault| FaultEntry::new(binary, fault));
    let unread =
        scanned.unread.iter().map(|(path, why)| FaultEntry::unread(&shown.file(path), why));
    let broken =
        scanned.broken.iter().map(|(path, fault)| FaultEntry::syntax(&shown.file(path), fault));
    of_binary.chain(unread).chain(broken).collect()
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
