//! `scan`: every directive of a module's source, and what is wrong with it.
//!
//! ```no_run
//! use gonym::report::document::scan::ScannedSources;
//! use gonym::scan::{Files, Request, Target, scan};
//! use gonym::source::modules::Places;
//!
//! let here = std::env::current_dir()?;
//! let places = Places::of_this_process(here.clone(), Vec::new());
//! let files = Files::Built(Target::default());
//! let request = Request { folder: here, places, files, deps: false, std: false };
//! let document = ScannedSources::new(&scan(&request)?);
//! for directive in &document.directives {
//!     println!("{}:{} {}", directive.file, directive.line, directive.remote);
//! }
//! # Ok::<(), gonym::Error>(())
//! ```

#[cfg(feature = "cli")]
use std::io::{self, Write};

use serde::Serialize;

use super::source::{self, PermissionEntry, SourceGap};
use super::{Document, FaultEntry};
use crate::finding::{Code, Finding, Level, Owner};
use crate::linkname::claim::{Form, Kind};
use crate::linkname::scan::ScannedDirective;
use crate::outcome::Outcome;
use crate::printable::printable;
#[cfg(feature = "cli")]
use crate::report::Detail;
use crate::report::name::{Field, Name};
#[cfg(feature = "cli")]
use crate::report::render::text;
use crate::report::words::as_word;
use crate::report::{Command, Place, Reported, Shown};
use crate::rules;
use crate::scan::{Scanned, Selected};
use crate::source::modules::Goroot;

/// What `scan` found.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ScannedSources {
    /// The build that the files were selected for. Null if the named executable, which was to tell it, cannot be
    /// read.
    pub build: Option<BuildEntry>,
    /// By package, file and line.
    pub directives: Vec<DirectiveEntry>,
    /// Modules whose source is missing.
    pub gaps: Vec<SourceGap>,
    #[serde(skip)]
    outcome: Outcome,
    /// Whether the release is newer than the tables.
    #[serde(skip)]
    pub outside_tables: Option<Finding>,
}

/// The counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ScanSummary {
    /// Notes of level advice.
    pub advice: usize,
    /// Names of other packages in assembly.
    pub assembly: usize,
    /// Comments that were meant to be directives and are none.
    pub comments: usize,
    /// Directives.
    pub directives: usize,
    /// Notes of level deny.
    pub mistakes: usize,
    /// Directives that the build compiles.
    pub selected: usize,
    /// Notes of level warn.
    pub warnings: usize,
}

/// The build that the files were selected for.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
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
    /// What decides which symbols Go has, and which of them its linker lets others pull.
    pub rules: RulesEntry,
}

/// What decided about Go's own symbols.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RulesEntry {
    /// Which of the two decided.
    pub source: RulesSource,
    /// The installation at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goroot: Option<String>,
    /// Its version, `go1.26.8`; empty if it records none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// What can decide about Go's own symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
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

/// A directive, or a comment that looks like one.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DirectiveEntry {
    /// The import path of its package.
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
    #[serde(flatten)]
    pub local: Field<Name>,
    /// The remote symbol. With one argument it is the symbol of the local name.
    #[serde(flatten)]
    pub remote: Field<Name>,
    /// How the directive is written.
    #[serde(serialize_with = "as_word")]
    pub form: Form,
    /// What the names stand for.
    #[serde(serialize_with = "as_word")]
    pub kind: Kind,
    /// Whether the local function has a body, the variable an initialiser.
    pub has_body: bool,
    /// Whether it stands in Go's own packages.
    pub std: bool,
    /// Whether this build compiles the file.
    pub selected: bool,
    /// Whether a compiler that reads the file would take the line for a directive.
    pub is_directive: bool,
    /// Whether the line is in assembly, which defines or names the symbol without a directive.
    pub in_assembly: bool,
    /// The most serious finding above the level advice.
    pub mistake: Option<MistakeEntry>,
    /// All findings about it, most severe first.
    pub notes: Vec<Finding>,
    /// What Go's own rules say about the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<PermissionEntry>,
}

/// A mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MistakeEntry {
    /// Stable.
    pub code: Code,
    /// What is wrong, and what to do.
    pub message: String,
}

impl ScannedSources {
    /// The document for `scanned`.
    #[must_use]
    pub fn new(scanned: &Scanned) -> Self {
        let shown = Shown::from_here();
        Self {
            build: scanned.selected.as_ref().map(BuildEntry::new),
            directives: scanned.rows.iter().map(|row| directive(row, &shown)).collect(),
            gaps: scanned.gaps.iter().map(source::source_gap).collect(),
            outcome: scanned.outcome(),
            outside_tables: scanned.selected.as_ref().and_then(outside_tables),
        }
    }
}

/// The finding that the tables do not know the release.
fn outside_tables(selected: &Selected) -> Option<Finding> {
    let minor = selected.context.minor;
    (minor > rules::NEWEST_MINOR).then(|| {
        Finding::new(
            Code::GoOutsideTables,
            format!(
                "Go 1.{minor} is newer than what is known of Go's rules (1.{} to 1.{})",
                rules::OLDEST_MINOR,
                rules::NEWEST_MINOR
            ),
        )
    })
}

impl Document for ScannedSources {
    type Summary = ScanSummary;

    const COMMAND: Command = Command::Scan;
    const LISTED_AS: Option<&'static str> = None;

    fn findings(&self) -> Vec<Reported> {
        let build = Place::Module { module: None };
        let outside = self.outside_tables.iter();
        let mut all: Vec<Reported> =
            outside.map(|finding| Reported::new(finding, build.clone())).collect();
        all.extend(self.directives.iter().flat_map(DirectiveEntry::findings));
        all.extend(self.gaps.iter().map(SourceGap::finding_of_module));
        all
    }

    fn count(&self, summary: &mut ScanSummary) {
        for directive in &self.directives {
            summary.directives += usize::from(directive.is_directive);
            summary.selected += usize::from(directive.is_directive && directive.selected);
            summary.assembly += usize::from(directive.in_assembly);
            summary.comments += usize::from(!directive.is_directive && !directive.in_assembly);
            for note in &directive.notes {
                match note.level {
                    Level::Deny => summary.mistakes += 1,
                    Level::Warn => summary.warnings += 1,
                    Level::Advice => summary.advice += 1,
                }
            }
        }
    }

    fn outcome(&self) -> Outcome {
        self.outcome
    }

    #[cfg(feature = "cli")]
    fn text(&self, out: &mut dyn Write, _: Detail) -> io::Result<()> {
        text::scan::sources(out, self)
    }
}

/// What could not be read, or is not valid Go. `binary` is the name in reports of the executable that was named.
#[must_use]
pub fn faults(scanned: &Scanned, binary: &str) -> Vec<FaultEntry> {
    let shown = Shown::from_here();
    let of_binary = scanned.fault.iter().map(|fault| FaultEntry::new(binary, fault));
    let unread =
        scanned.unread.iter().map(|(path, why)| FaultEntry::unread(&shown.file(path), why));
    let broken =
        scanned.broken.iter().map(|(path, fault)| FaultEntry::syntax(&shown.file(path), fault));
    of_binary.chain(unread).chain(broken).collect()
}

/// Tags that only the toolchain sets: `goexperiment.…`, `amd64.v1`.
fn is_of_toolchain(tag: &str) -> bool {
    tag.contains('.')
}

fn directive(row: &ScannedDirective, shown: &Shown) -> DirectiveEntry {
    let notes: Vec<Finding> = row.facts.findings.clone();
    DirectiveEntry {
        package: row.path.clone(),
        module: row.facts.module.clone(),
        file: shown.file(&row.facts.file),
        line: row.said.line,
        column: row.column,
        word: row.facts.word,
        local: Field::of("local", &row.local),
        remote: Field::of("remote", &row.remote),
        form: row.form,
        kind: row.kind,
        has_body: row.said.has_body,
        std: row.facts.owner == Owner::Std,
        selected: row.selected,
        is_directive: !row.in_assembly
            && row.said.not_a_directive.is_none_or(|code| code.is_in_other_file()),
        in_assembly: row.in_assembly,
        mistake: mistake_of(&notes),
        notes,
        permission: row.facts.permit.as_ref().map(source::permission),
    }
}

/// The most serious of `notes`, if it is above the level advice.
fn mistake_of(notes: &[Finding]) -> Option<MistakeEntry> {
    let first = notes.iter().find(|note| note.level != Level::Advice)?;
    Some(MistakeEntry { code: first.code, message: first.message.clone() })
}

impl DirectiveEntry {
    /// All findings about it.
    fn findings(&self) -> impl Iterator<Item = Reported> {
        self.notes.iter().map(|note| {
            let (file, line, column) = (self.file.clone(), self.line, Some(self.column));
            Reported::new(note, Place::Line { file, line, column })
        })
    }
}
