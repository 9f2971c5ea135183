//! What do a build's sources say beside the two names of a directive?
//!
//! A [`Claim`](super::claim::Claim) holds what the judgement needs; here is the rest that a report
//! shows: whose directive it is, what is wrong with it, what Go's own rules say of its target.
//! [`read`] makes both out of the sources of one build; it alone knows source and binary.

mod build;
mod staleness;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::claim::{Claim, Directive, Mention, Origin};
use super::neighbours::Neighbours;
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

/// What Go's own rules say of a pull's target; see [`crate::rules`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permit {
    /// `unchecked`, `marked`, `std-only`, `blocked`, `not-marked`, `gone` or `unknown`.
    pub state: String,
    /// The first Go 1.N that refuses it.
    pub blocked_since: Option<u16>,
    /// The packages that a blocked name is left to.
    pub allowed: Vec<String>,
    /// Whether the linker refuses a reference to it.
    pub refused: bool,
    /// Whether the link needs `-checklinkname=0`: the linker refuses it, and compiled code refers to it.
    pub needs_flag: bool,
    /// Whether the build information records that flag; none where it records no flags.
    pub flag_recorded: Option<bool>,
    /// The packages that Go's source lists as pulling it, the hall of shame.
    pub shame: Vec<String>,
    /// What to use instead.
    pub replacement: Option<String>,
    /// The first Go 1.N that has it, if not every known release does.
    pub replacement_since: Option<u16>,
}

/// What is known of a directive beyond its claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFacts {
    /// Whose it is.
    pub owner: Owner,
    /// The module, with its version where it has one; `std` for Go's own, empty where there are no modules.
    pub module: String,
    /// The directive's word: `linkname` or `linknamestd`.
    pub word: &'static str,
    /// The file as people find it again: relative to its module, `example.com/m@v1.2.3/x.go` in a dependency.
    pub file: String,
    /// Most severe first.
    pub findings: Vec<Finding>,
    /// For a pull out of Go's own packages.
    pub permit: Option<Permit>,
    /// The source may not be that of the build.
    pub stale: bool,
}

/// A finding on a line that claims nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Whose source it is.
    pub owner: Owner,
    /// The file, as [`SourceFacts::file`].
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// What is so there.
    pub finding: Finding,
}

/// A module whose directives are not known for certain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceGap {
    /// Whose source it is.
    pub owner: Owner,
    /// What kind of gap it is.
    pub code: Code,
    /// The module.
    pub module: String,
    /// Where was looked, what was found, and what would help.
    pub message: String,
    /// Whether an answer may be wrong or missing for it; else it is only worth knowing.
    pub weakens: bool,
}

/// What it means for an answer that its source is not certainly that of the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    /// What only the source says is not believed.
    Weakens,
    /// It is said.
    Said,
}

/// Everything that the sources of a build say about it.
#[derive(Debug, Default)]
pub struct SourceClaims {
    /// One claim for each directive: the main module's first, then dependencies', then Go's own.
    pub claims: Vec<Claim>,
    /// What is known of each claim.
    pub facts: Vec<SourceFacts>,
    /// Mistakes that claim nothing.
    pub mistakes: Vec<Placed>,
    /// Modules whose source is missing or not that of the build.
    pub gaps: Vec<SourceGap>,
    /// Packages, as symbols name them, whose source was read and is that of the build: a directive that is not
    /// among the claims is not in it.
    pub read: BTreeSet<String>,
}

impl SourceClaims {
    /// What the source says of a pair that somebody asks about: whether it has a directive of these names, or
    /// none where the package's source is not certainly known.
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
        // cgo writes directives of its own, into a file that no source holds.
        let of_cgo = local.starts_with(b"_cgo") || local.starts_with(b"_Cgo");
        (self.read.contains(package) && !of_cgo).then_some(false)
    }

    /// The local names of the directives that `package` has on the remote of `pair`, each once.
    #[must_use]
    pub fn locals_on(&self, pair: &Claim, package: &str) -> BTreeSet<Vec<u8>> {
        let own = |claim: &&Claim| claim.package == package && claim.remote == pair.remote;
        self.claims.iter().filter(own).map(|claim| claim.local.clone()).collect()
    }
}

/// What `binary` records of the build that made it.
///
/// # Errors
/// What is not recorded.
pub fn build_record(binary: &Binary) -> Result<BuildRecord, String> {
    build::record(binary)
}

/// How much of Go's own directives is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfGo {
    /// Those of packages that share a remote with another's, which have a part in answers about that.
    Shared,
    /// Each is found.
    Found,
    /// And explained.
    Explained,
}

/// Reads the directives that went into `binary` out of the sources that `places` lead to.
///
/// # Errors
/// Why nothing says which sources those are.
pub fn read(binary: &Binary, places: &Places, of_go: OfGo) -> Result<SourceClaims, String> {
    read_through(&Files::default(), binary, places, of_go)
}

/// The same; what is read stays in `files`.
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
    // What another version of Go holds is no claim; asked for, it is shown with a warning.
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

/// The packages whose files are all there, and certainly those that were compiled.
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

/// Whether the file of another package that uses a handle is the one that was compiled.
fn is_believed(mention: &Mention, build: &Build, changes: &staleness::Changes) -> bool {
    let user = build.packages.iter().find(|package| package.import_path == mention.package);
    let Some(user) = user.filter(|_| !mention.package.is_empty()) else { return true };
    let base = |path: &Path| path.file_name().map(|name| name.as_encoded_bytes().to_vec());
    let mut files = user.files.iter().filter(|path| base(path).as_ref() == Some(&mention.file));
    !files.any(|path| changes.doubt(user, path) == Some(Doubt::Weakens))
}

/// What lines of another version say of a handle is not sure. They stay: the handle is used there.
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

/// Lines that may have been written after the build settle nothing that a call on them would leave as well.
fn share(row: &mut ScannedDirective) {
    row.mentions.iter_mut().flatten().for_each(|mention| mention.shared = true);
}

/// The claim that a row makes.
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
            // Lines of another version lead nowhere.
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

/// What the build adds to what the sources say.
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
    // The linker sets it under the name that the directive gave it, whoever defines that.
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

/// Files as people can open them: relative to the current folder where they lie below.
#[derive(Clone, Debug)]
pub struct Shown(Option<PathBuf>);

impl Shown {
    /// As seen from the current folder.
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

/// What DWARF says of the targets that no source declares, in one walk.
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
