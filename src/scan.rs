//! The engine of `scan`: finds the directives of a module, of a folder or of an executable's build, and their
//! mistakes.
//!
//! Here it is decided which directives are asked for and what the outcome is. A [`Scanned`] is complete: a report
//! shows it and judges nothing.
//!
//! ```no_run
//! use gonym::scan::{Files, Request, Target, scan};
//! use gonym::source::modules::Places;
//!
//! let here = std::env::current_dir()?;
//! let places = Places::of_this_process(here.clone(), Vec::new());
//! let files = Files::Built(Target::default());
//! let scanned = scan(&Request { folder: here, places, files, deps: false, std: false })?;
//! for finding in scanned.findings() {
//!     println!("{}: {}", finding.code.word(), finding.message);
//! }
//! # Ok::<(), gonym::Error>(())
//! ```

mod request;
mod version;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::binary::Binary;
use crate::error::{Error, Fault, FaultCode};
use crate::finding::{Finding, Level};
use crate::linkname::scan::{
    self, AllFiles, Packages, Question, ScannedBuild, ScannedDirective, Tree,
};
use crate::linkname::source_claims;
use crate::outcome::Outcome;
use crate::printable::printable;
use crate::source::build::{self, Build, BuiltPackage, Gap};
use crate::source::cache;
use crate::source::constraint::Context;
use crate::source::file;
use crate::source::modules::{Goroot, module_above};

pub use request::{Files, Request, Target};
pub use version::minor_of;

/// What was found.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Scanned {
    /// The build that files were selected for; none if the named executable, which was to tell it, cannot be read.
    pub selected: Option<Selected>,
    /// Every directive that was asked for: the main module's first, by package, file and line.
    pub rows: Vec<ScannedDirective>,
    /// What is missing of the sources.
    pub gaps: Vec<Gap>,
    /// Files and folders that could not be read, and why.
    pub unread: Vec<(PathBuf, String)>,
    /// Files that are not valid Go, and where.
    pub broken: Vec<(PathBuf, file::Fault)>,
    /// What is wrong with the executable that was named.
    pub fault: Option<Fault>,
    /// How many packages, or files where each is read by itself, were searched.
    pub searched: usize,
}

/// The build that files were selected for, and what decides which symbols Go has.
#[derive(Debug)]
#[non_exhaustive]
pub struct Selected {
    /// The platform, the release and the tags.
    pub context: Context,
    /// The installation at hand, where one was looked for.
    pub goroot: Option<Goroot>,
    /// Whether that installation decides about Go's own symbols; if not, the tables do.
    pub by_goroot: bool,
}

impl Scanned {
    /// The findings of all directives, most severe first for each directive.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.rows.iter().flat_map(|row| &row.facts.findings)
    }

    /// The outcome. A file that cannot be read, or is not valid Go, may hold what was asked for.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome {
            fails: self.findings().any(|finding| finding.level == Level::Deny),
            lacks: !self.unread.is_empty()
                || !self.broken.is_empty()
                || !self.gaps.is_empty()
                || self.fault.is_some(),
            asked: self.searched > 0,
        }
    }
}

/// Finds what `request` asks for.
///
/// # Errors
/// [`Error::Usage`] for a platform that Go does not know, and for a folder that belongs to no module.
pub fn scan(request: &Request) -> Result<Scanned, Error> {
    match &request.files {
        Files::Of(path) => Ok(of_binary(request, path).unwrap_or_else(unreadable)),
        Files::All(target) => Ok(all_files(request, target.context(request)?)),
        Files::Built(target) => of_module(request, target.context(request)?),
    }
}

/// An executable that cannot be read gives its fault and nothing else.
fn unreadable(fault: Fault) -> Scanned {
    Scanned { fault: Some(fault), ..Scanned::default() }
}

/// The directives of the build that made an executable.
fn of_binary(request: &Request, path: &Path) -> Result<Scanned, Fault> {
    let unsuitable = |code, why: &str| Fault::new(code, why, 0, 0, 0, "");
    let opened = Binary::open(path)?;
    let none = || unsuitable(FaultCode::NotExecutable, "no executable");
    let binary = opened.binaries.first().ok_or_else(none)?;
    let record = source_claims::build_record(binary)
        .map_err(|why| unsuitable(FaultCode::Unsupported, &why))?;
    let context = Context::from_settings(record.minor, &record.settings);
    let files = cache::Files::default();
    let build = build::read_through(&files, &record, &request.places);
    Ok(of_build(request, (&build, &files), context, false))
}

/// The directives of every file below the folder, each file read by itself.
fn all_files(request: &Request, context: Context) -> Scanned {
    let found = scan::all_files(&request.folder, &tree(&request.folder), &context);
    let AllFiles { rows, broken, unread, searched } = found;
    let selected = Some(Selected { context, goroot: None, by_goroot: false });
    Scanned { selected, rows, broken, unread, searched, ..Scanned::default() }
}

/// What a folder belongs to: Go's own source, or a module.
fn tree(folder: &Path) -> Tree {
    if let Some(goroot) = folder.ancestors().find_map(Goroot::at) {
        let root = goroot.folder.join("src").canonicalize().unwrap_or(goroot.folder);
        return Tree { root, path: String::new(), std: true };
    }
    match module_above(folder, "go.mod") {
        Some((root, said)) => Tree { root, path: said.module, std: false },
        None => Tree { root: folder.to_owned(), path: String::new(), std: false },
    }
}

/// The directives of the module, or of Go's own source, that the folder is part of.
fn of_module(request: &Request, context: Context) -> Result<Scanned, Error> {
    let of_go = request.folder.ancestors().any(|above| Goroot::at(above).is_some());
    if !of_go && module_above(&request.folder, "go.mod").is_none() {
        return Err(Error::Usage(format!(
            "{}: neither a module nor Go's own source; --all-files reads any folder",
            printable(request.folder.as_os_str().as_encoded_bytes())
        )));
    }
    // Dependencies are read even if their directives are not listed: the targets of directives are looked up there.
    let (files, folder) = (cache::Files::default(), &request.folder);
    let build = build::module_packages(&files, folder, &context, &request.places, true);
    Ok(of_build(request, (&build, &files), context, of_go))
}

fn of_build(
    request: &Request,
    (build, files): (&Build, &cache::Files),
    context: Context,
    of_go: bool,
) -> Scanned {
    let goroot = build.goroot.as_deref().and_then(Goroot::at);
    // Go's source of another version says nothing about this version's symbols; the tables do.
    let by_goroot = goroot.as_ref().is_some_and(|goroot| goroot.minor() == Some(context.minor));
    let doubtful: BTreeSet<String> =
        (!by_goroot && !of_go).then(|| "std".to_owned()).into_iter().collect();
    // In Go's own source Go's own directives are asked for.
    let std = of_go || request.std;
    let ScannedBuild { mut rows, mut broken, .. } = scan::scan_build(&Question {
        build,
        packages: &Packages::of(build, context.minor, files),
        doubtful: &doubtful,
        minor: context.minor,
        goos: &context.goos,
        goarch: &context.goarch,
        std,
        alone: true,
        all_files: false,
        is_to_be_linked: !request.is_linked(),
        broken: true,
        neighbours: false,
    });
    let is_asked = |index: usize| {
        build.packages.get(index).is_some_and(|package| match package.std {
            true => std,
            false => package.own || request.deps,
        })
    };
    rows.retain(|row| is_asked(row.package));
    broken.retain(|broken| is_asked(broken.package));
    rows.sort_by_key(|row| row.facts.owner);
    // The packages that a module imports are not its own.
    let is_own = |package: &&BuiltPackage| of_go || !package.std;
    Scanned {
        rows,
        gaps: told_gaps(request, build),
        broken: broken.into_iter().map(|broken| (broken.file, broken.fault)).collect(),
        searched: build.packages.iter().filter(is_own).count(),
        selected: Some(Selected { context, goroot, by_goroot }),
        ..Scanned::default()
    }
}

/// The gaps to tell. If dependencies are not listed, only the gaps of the module itself.
fn told_gaps(request: &Request, build: &Build) -> Vec<Gap> {
    let all = request.deps || request.is_linked();
    let own = build.packages.iter().filter(|package| package.own);
    let own: BTreeSet<&str> =
        own.filter_map(|package| Some(package.module.as_ref()?.path.as_str())).collect();
    let is_told = |gap: &&Gap| all || gap.module.is_empty() || own.contains(gap.module.as_str());
    build.gaps.iter().filter(is_told).cloned().collect()
}
