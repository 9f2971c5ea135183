//! What do a build's sources say besides the two names of a directive?
//!
//! A [`Claim`] has what the judgement needs. Here is the rest, which a report shows: which
//! module the directive is in, what is wrong with it, what Go's own rules say about its target. [`read`] makes both
//! from the sources of one build. Only this file knows both source and binary.
//!
//! ```no_run
//! use gonym::linkname::source_claims::{OfGo, read};
//! use gonym::source::modules::Places;
//!
//! let places = Places::of_this_process(std::env::current_dir()?, Vec::new());
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let sources = read(&binary, &places, OfGo::Found)?;
//!     for (claim, facts) in sources.claims.iter().zip(&sources.facts) {
//!         println!("{} in {}", String::from_utf8_lossy(&claim.local), facts.file.display());
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod belief;
mod build;
mod rows;
mod staleness;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use belief::{disbelieve, is_believed, read_packages, share};
use rows::judged_as;

use super::claim::{Claim, Mention};
use super::scan::{self, Described, Packages, Question, ScannedDirective};
use super::source_facts::SourceFacts;
use crate::binary::Binary;
use crate::dwarf::{EntryKind, Unit};
use crate::finding::{Code, Finding, Owner};
use crate::golang::folders::Told;
use crate::names;
use crate::source::build::BuildRecord;
use crate::source::cache::Files;
use crate::source::modules::Places;

/// A finding about a line that is no claim.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Placed {
    /// Whose source it is.
    pub owner: Owner,
    /// The file.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: u32,
    /// The finding.
    pub finding: Finding,
}

/// A module whose directives are not known for certain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct SourceGap {
    /// Whose source it is.
    pub owner: Owner,
    /// What kind of gap it is.
    pub code: Code,
    /// The module.
    pub module: String,
    /// Where gonym looked, what it found, and what would help.
    pub message: String,
    /// Whether an answer may be wrong or missing because of it. If not, it is only a note.
    pub weakens: bool,
}

/// What a doubt about source means for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    /// What only the source says is not believed.
    Weakens,
    /// The doubt is only told.
    Said,
}

/// Everything that the sources of a build say.
#[derive(Debug, Default)]
pub struct SourceClaims {
    /// One claim for each directive: first the main module's, then those of dependencies, then Go's own.
    pub claims: Vec<Claim>,
    /// The facts about each claim.
    pub facts: Vec<SourceFacts>,
    /// Mistakes in lines that are no claims.
    pub mistakes: Vec<Placed>,
    /// Modules whose source is missing or is another build's.
    pub gaps: Vec<SourceGap>,
    /// Packages, as symbols spell them, whose source was read and is the build's. A directive that is not among the
    /// claims is not in these.
    pub read: BTreeSet<String>,
    /// How many directives of Go's own packages are not among the claims: those that nobody asked for.
    pub others: usize,
}

impl SourceClaims {
    /// Whether the source has a directive with the names of a pair; none if the package's source is not certainly
    /// known.
    #[must_use]
    pub fn has_directive(&self, pair: &Claim, package: &str) -> Option<bool> {
        let own = |claim: &&Claim| claim.package == package;
        let local = names::within_package(&pair.local);
        let same = |claim: &Claim| {
            names::within_package(&claim.local) == local
                && names::unescaped(names::without_abi(&claim.remote))
                    == names::unescaped(names::without_abi(&pair.remote))
        };
        if self.claims.iter().filter(own).any(same) {
            return Some(true);
        }
        // cgo writes its own directives into a file that is not part of the source.
        let of_cgo = local.starts_with(b"_cgo") || local.starts_with(b"_Cgo");
        (self.read.contains(package) && !of_cgo).then_some(false)
    }

    /// The local names of the directives of `package` on the remote of `pair`, each once.
    #[must_use]
    pub fn locals_on(&self, pair: &Claim, package: &str) -> BTreeSet<Vec<u8>> {
        let own = |claim: &&Claim| claim.package == package && claim.remote == pair.remote;
        self.claims.iter().filter(own).map(|claim| claim.local.clone()).collect()
    }
}

/// What `binary` records about the build that made it.
///
/// # Errors
///
/// What is not recorded.
pub fn build_record(binary: &Binary) -> Result<BuildRecord, String> {
    build::record(binary)
}

/// How much is needed about Go's own directives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfGo {
    /// Only directives whose remote another package shares: they take part in answers about that remote.
    Shared,
    /// All are found.
    Found,
    /// All are found and explained.
    Explained,
}

/// Reads the directives that went into `binary` from the sources in `places`.
///
/// # Errors
///
/// Why nothing tells which sources those are.
pub fn read(binary: &Binary, places: &Places, of_go: OfGo) -> Result<SourceClaims, String> {
    read_through(&Files::default(), binary, places, of_go)
}

/// The same; the files that are read are kept in `files`.
///
/// # Errors
/// As [`read`].
pub fn read_through(
    files: &Files,
    binary: &Binary,
    places: &Places,
    of_go: OfGo,
) -> Result<SourceClaims, String> {
    let std = of_go == OfGo::Explained;
    let record = build_record(binary)?;
    let (goos, goarch) = build::platform(binary);
    let build = crate::source::build::read_through(files, &record, places);
    let told = Told { folders: build.folder_owners.clone(), files: build.file_owners.clone() };
    binary.tell_folders(&told);
    let packages = Packages::of(&build, record.minor, files);
    let changes = staleness::Changes::of(binary, &packages);
    let mut doubtful = build::doubtful(&build);
    doubtful.extend(changes.edited_modules(&build));
    let question = Question {
        build: &build,
        packages: &packages,
        doubtful: &doubtful,
        minor: record.minor,
        goos: &goos,
        goarch: &goarch,
        std,
        alone: of_go != OfGo::Shared,
        all_files: false,
        is_to_be_linked: false,
        broken: false,
        neighbours: true,
    };
    let scan::ScannedBuild { mut rows, alone, .. } = scan::scan_build(&question);
    // A directive in another version of Go is no claim. If Go's own directives are asked for, it is shown with a
    // warning.
    rows.retain(|row| std || row.facts.owner != Owner::Std || !doubtful.contains("std"));
    let unknown = places.given.iter().filter_map(|given| build::not_in_build(given, &record));
    let described = described(binary, &rows);
    scan::compare_described(&question, &mut rows, &described);
    let flags = build::ldflags(binary);
    let by_owner = |row: &ScannedDirective| {
        (row.facts.owner, build.packages.get(row.package).map(|p| p.path.clone()))
    };
    rows.sort_by_cached_key(by_owner);
    let mut sources = SourceClaims {
        others: if doubtful.contains("std") { 0 } else { alone },
        gaps: build
            .gaps
            .iter()
            .map(|gap| build::gap(gap, &record, &places.given))
            .chain(unknown)
            .chain(changes.gaps(&build))
            .collect(),
        read: read_packages(&build, &doubtful, &changes),
        ..SourceClaims::default()
    };
    let believed = |mention: &Mention| is_believed(mention, &build, &changes);
    for mut row in rows {
        disbelieve(&mut row, &believed);
        if row.returned && !changes.is_settled(&row.facts.file) {
            share(&mut row);
        }
        let Some(package) = build.packages.get(row.package) else { continue };
        if row.local.is_empty() {
            let (owner, line, file) = (row.facts.owner, row.said.line, row.facts.file);
            let placed = |finding| Placed { owner, file: file.clone(), line, finding };
            sources.mistakes.extend(row.facts.findings.into_iter().map(placed));
            continue;
        }
        let other = doubtful.contains(package.module_path()).then_some(Doubt::Weakens);
        let doubt = other.or_else(|| changes.doubt(package, &row.facts.file));
        let (claim, facts) = judged_as(row, package, flags.as_ref(), doubt);
        sources.claims.push(claim);
        sources.facts.push(facts);
    }
    Ok(sources)
}

/// What DWARF says about the targets that no source declares; one walk.
fn described(binary: &Binary, rows: &[ScannedDirective]) -> BTreeMap<Vec<u8>, Described> {
    let wanted: BTreeSet<&[u8]> =
        rows.iter().filter(|row| row.wants_dwarf()).map(|row| row.remote.as_slice()).collect();
    let mut found = BTreeMap::new();
    if wanted.is_empty() {
        return found;
    }
    let Some(Ok(debug)) = binary.debug() else { return found };
    for entry in debug.find(&|name| wanted.contains(name)).entries {
        let go = debug.units().get(entry.unit).is_some_and(Unit::is_go);
        if entry.address.is_none() || entry.declaration || !go {
            continue;
        }
        let described = match entry.kind {
            EntryKind::Subprogram => Described::Function(entry.parameters),
            EntryKind::Variable => Described::Variable(entry.type_name, entry.size),
        };
        found.insert(entry.name, described);
    }
    found
}
