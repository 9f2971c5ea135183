//! What do a build's sources say besides the two names of a directive?
//!
//! A [`Claim`] has what the judgement needs. Here is the rest, which a report shows: which
//! module the directive is in, what is wrong with it, what Go's own rules say about its target. [`read`] makes both
//! from the sources of one build. Only this file knows both source and binary.

mod build;
mod staleness;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::claim::{Claim, Directive, Mention, Origin};
use super::neighbours::Neighbours;
use super::permit::Permit;
use super::scan::{self, Described, Packages, Question, ScannedDirective};
use crate::binary::Binary;
use crate::dwarf::{EntryKind, Unit};
use crate::finding::{Code, Finding, Owner};
use crate::golang::folders::Told;
use crate::golang::ldflags::Ldflags;
use crate::names;
use crate::printable::printable;
use crate::source::build::{Build, BuildRecord, BuiltPackage};
use crate::source::cache::Files;
use crate::source::modules::Places;

/// What is known of a directive beyond its claim.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceFacts {
    /// Where the directive comes from: the main module, a dependency or Go.
    pub owner: Owner,
    /// The module, with its version if it has one; `std` for Go's own, empty if there are no modules.
    pub module: String,
    /// The directive's word: `linkname` or `linknamestd`.
    pub word: &'static str,
    /// The file as a person can find it: relative to its module, `example.com/m@v1.2.3/x.go` in a dependency.
    pub file: String,
    /// Most severe first.
    pub findings: Vec<Finding>,
    /// What Go's rules say, for a pull from Go's own packages.
    pub permit: Option<Permit>,
    /// Whether the source may be another build's.
    pub stale: bool,
}

/// A finding about a line that is no claim.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Placed {
    /// Whose source it is.
    pub owner: Owner,
    /// The file, as [`SourceFacts::file`].
    pub file: String,
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
        counted: of_go != OfGo::Shared,
        all_files: false,
        is_to_be_linked: false,
        broken: false,
        neighbours: true,
    };
    let mut rows = scan::scan_build(&question).rows;
    // A directive in another version of Go is no claim. If Go's own directives are asked for, it is shown with a
    // warning.
    rows.retain(|row| std || row.owner != Owner::Std || !doubtful.contains("std"));
    let unknown = places.given.iter().filter_map(|given| build::not_in_build(given, &record));
    let described = described(binary, &rows);
    scan::compare_described(&question, &mut rows, &described);
    let flags = build::ldflags(binary);
    let by_owner = |row: &ScannedDirective| {
        (row.owner, build.packages.get(row.package).map(|p| p.path.clone()))
    };
    rows.sort_by_cached_key(by_owner);
    let mut sources = SourceClaims {
        gaps: build
            .gaps
            .iter()
            .map(|gap| build::gap(gap, &record))
            .chain(unknown)
            .chain(changes.gaps(&build))
            .collect(),
        read: read_packages(&build, &doubtful, &changes),
        ..SourceClaims::default()
    };
    let shown = Shown::from_here();
    let believed = |mention: &Mention| is_believed(mention, &build, &changes);
    for mut row in rows {
        disbelieve(&mut row, &believed);
        if row.returned && !changes.is_settled(&row.file) {
            share(&mut row);
        }
        let Some(package) = build.packages.get(row.package) else { continue };
        let file = shown.file(&row.file);
        if row.local.is_empty() {
            let (owner, line) = (row.owner, row.line);
            let placed = |finding| Placed { owner, file: file.clone(), line, finding };
            sources.mistakes.extend(row.findings.into_iter().map(placed));
            continue;
        }
        let other = doubtful.contains(package.module_path()).then_some(Doubt::Weakens);
        let doubt = other.or_else(|| changes.doubt(package, &row.file));
        let stale = doubt == Some(Doubt::Weakens);
        let facts = SourceFacts {
            owner: row.owner,
            module: row.module.clone(),
            word: row.word,
            file,
            findings: findings(&row, package, flags.as_ref(), doubt),
            permit: row.permit.clone().map(|permit| permit_of(permit, flags.as_ref())),
            stale,
        };
        sources.claims.push(claim(&row, package, stale));
        sources.facts.push(facts);
    }
    Ok(sources)
}

/// The packages whose files are all there and certainly were compiled.
fn read_packages(
    build: &Build,
    doubtful: &BTreeSet<String>,
    changes: &staleness::Changes,
) -> BTreeSet<String> {
    let gone: BTreeSet<&str> = build.gaps.iter().map(|gap| gap.module.as_str()).collect();
    let sure = build.packages.iter().filter(|package| {
        !doubtful.contains(package.module_path())
            && !gone.contains(package.module_path())
            && package.files.iter().all(|file| changes.doubt(package, file).is_none())
    });
    sure.map(|package| package.import_path.clone()).collect()
}

/// Whether another package's file that uses a handle is the one that was compiled.
fn is_believed(mention: &Mention, build: &Build, changes: &staleness::Changes) -> bool {
    let user = build.packages.iter().find(|package| package.import_path == mention.package);
    let Some(user) = user.filter(|_| !mention.package.is_empty()) else { return true };
    let base = |path: &Path| path.file_name().map(|name| name.as_encoded_bytes().to_vec());
    let mut files = user.files.iter().filter(|path| base(path).as_ref() == Some(&mention.file));
    !files.any(|path| changes.doubt(user, path) == Some(Doubt::Weakens))
}

/// Lines of another version are not certain about a handle. They stay, because the handle is used there.
fn disbelieve(row: &mut ScannedDirective, believed: &dyn Fn(&Mention) -> bool) {
    let mut doubted = false;
    for mention in row.mentions.iter_mut().flatten().filter(|mention| !believed(mention)) {
        mention.sure = false;
        doubted = true;
    }
    if doubted {
        row.takes_value = false;
        let alone = |known: Arc<Neighbours>| Arc::new(known.without_functions());
        row.neighbours = row.neighbours.take().map(alone);
    }
}

/// If lines may have been changed after the build, they settle nothing that a call in them could leave too.
fn share(row: &mut ScannedDirective) {
    row.mentions.iter_mut().flatten().for_each(|mention| mention.shared = true);
}

/// The claim of a row.
fn claim(row: &ScannedDirective, package: &BuiltPackage, stale: bool) -> Claim {
    let base = row.file.file_name().map(|name| name.as_encoded_bytes().to_vec());
    Claim {
        local: scan::symbol(package, &row.local),
        remote: row.remote.clone(),
        package: package.import_path.clone(),
        form: row.form,
        kind: row.kind,
        origin: Origin::Source(Directive {
            file: base.unwrap_or_default(),
            line: row.line,
            has_body: row.has_body,
            takes_value: row.takes_value && !stale,
            local_is_pushed: row.local_is_pushed,
            assembly: row.assembly,
            owner_declares: row.owner_declares.filter(|_| !stale),
            // Lines of another version are no witness.
            mentions: row.mentions.clone().filter(|_| !stale),
            around: if stale { Vec::new() } else { row.around.clone() },
            import: row.import.clone(),
            neighbours: row.neighbours.clone().filter(|_| !stale),
            settled: row.settled,
            counted: row.counted,
            not_a_directive: row.not_a_directive.map(|code| code.word().to_owned()),
        }),
    }
}

/// The findings of a row, with those that only the build shows.
fn findings(
    row: &ScannedDirective,
    package: &BuiltPackage,
    flags: Option<&Ldflags>,
    doubt: Option<Doubt>,
) -> Vec<Finding> {
    let mut findings = row.findings.clone();
    let local = scan::symbol(package, &row.local);
    let set = flags.iter().flat_map(|flags| &flags.set_variables);
    if set.clone().any(|name| name.as_bytes() == local) && row.local != row.remote {
        let (local, remote) = (printable(&local), printable(&row.remote));
        findings.push(Finding::new(Code::FlagXIgnored, format!("-X {local} sets nothing: the directive gave the variable the name {remote}; set that one")));
    }
    // The linker sets the variable under the name that the directive gave it, whichever package defines that name.
    let remote = set.clone().any(|name| name.as_bytes() == row.remote);
    let lone = [Code::UnknownVariableTarget, Code::StaleVariableTarget];
    for finding in findings.iter_mut().filter(|finding| remote && lone.contains(&finding.code)) {
        finding.message = format!(
            "nothing else has a variable {}: the local one is private, and -X gave it its value",
            printable(&row.remote)
        );
    }
    if row.permit.as_ref().is_some_and(|permit| permit.needs_flag) {
        let recorded = match flags {
            None => "builds with -trimpath record no flags",
            Some(flags) if flags.unchecked_linknames => "this build records it",
            Some(_) => "this build does not record it",
        };
        let since = row.permit.as_ref().and_then(|permit| permit.blocked_since);
        let since = since.map(|minor| format!(" since 1.{minor}")).unwrap_or_default();
        findings.push(Finding::new(Code::NeedsFlag, format!("Go's linker refuses this{since}: it links only with -ldflags=-checklinkname=0; {recorded}")));
    }
    if let Some(doubt) = doubt {
        let message = match doubt {
            Doubt::Weakens => "the source may not be that of this build: its lines prove nothing",
            Doubt::Said => {
                "the file was written after the binary: it may not be that of this build"
            }
        };
        findings.push(Finding::new(Code::SourceDoubtful, message));
    }
    findings.sort_by(|a, b| (b.level, a.code.word()).cmp(&(a.level, b.code.word())));
    findings
}

fn permit_of(permit: Permit, flags: Option<&Ldflags>) -> Permit {
    let recorded = flags.map(|flags| flags.unchecked_linknames);
    Permit { flag_recorded: recorded.filter(|_| permit.needs_flag), ..permit }
}

/// Shows files as a person can open them: relative to the current folder if they are below it.
#[derive(Clone, Debug)]
pub struct Shown(Option<PathBuf>);

impl Shown {
    /// Names as seen from the current folder.
    #[must_use]
    pub fn from_here() -> Self {
        Self(std::env::current_dir().and_then(|here| here.canonicalize()).ok())
    }

    /// The name of `file`.
    #[must_use]
    pub fn file(&self, file: &Path) -> String {
        let below = self.0.as_deref().and_then(|here| file.strip_prefix(here).ok());
        below.unwrap_or(file).to_string_lossy().into_owned()
    }
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
