//! Of which packages and files does one build consist, and where do they lie?
//!
//! From the main package along imports, as the `go` command loads them. What a binary records comes in as
//! plain data, because this room knows no binary; what could not be found comes out as gaps, never in
//! silence.

mod below;
mod implied;
mod infer;
mod orphans;
mod proof;
mod resolve;
mod sources;
mod standard;
mod suffix;
mod walk;

use crate::finding::Code;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::cache::Files;
use super::constraint::Context;
pub use super::modules::Module;
use super::modules::Places;

/// A module that took part in the build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dep {
    /// Its path, as imports name it.
    pub path: String,
    /// The version asked for.
    pub version: String,
    /// What replaced it: a module and version, or a folder and no version or `(devel)`.
    pub replace: Option<Module>,
}

/// What is known of a build whose source is wanted.
#[derive(Clone, Debug, Default)]
pub struct BuildRecord {
    /// `go1.27.4`.
    pub go: String,
    /// `27`.
    pub minor: u16,
    /// Import path of package main; `command-line-arguments` for files, `….test` for a test.
    pub main_package: String,
    /// The main module.
    pub main_module: Option<Module>,
    /// The other modules.
    pub deps: Vec<Dep>,
    /// The settings that build information records: `GOOS`, `-tags`, `-race` and so on.
    pub settings: BTreeMap<String, String>,
    /// File names of the function table.
    pub compiled_files: BTreeSet<Vec<u8>>,
    /// Those of functions of package main, which tell the files of a `command-line-arguments`.
    pub main_files: BTreeSet<Vec<u8>>,
    /// The package that the binary names for a folder of compiled files, where it is known: the only
    /// witness of import paths for builds that record no modules.
    pub folders: BTreeMap<Vec<u8>, String>,
    /// Whether it is a test.
    pub test: bool,
}

/// Why a part of the source could not be had, or cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapKind {
    /// The module, GOROOT or file is not on this machine.
    Missing,
    /// The source at hand is of another version.
    OtherVersion,
    /// A package that is imported is not where it must be.
    PackageMissing,
    /// A file that was compiled is not in its folder: the source changed since.
    FileMissing,
    /// A file that was compiled is one that the selection leaves out: platform or tags are wrong.
    Rejected,
    /// Files were compiled from a folder that no import leads to.
    NotReached,
    /// A file that is selected cannot be read as Go.
    Broken,
}

impl GapKind {
    /// The code that reports give it.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::Missing => Code::SourceMissing,
            Self::OtherVersion => Code::OtherVersion,
            Self::PackageMissing => Code::PackageMissing,
            Self::FileMissing => Code::FileMissing,
            Self::Rejected => Code::FileRejected,
            Self::NotReached => Code::NotReached,
            Self::Broken => Code::PackageUnreadable,
        }
    }
}

/// What is missing or doubtful.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The module concerned; `std` for Go's own source, empty when it is not known.
    pub module: String,
    /// What kind of gap it is.
    pub kind: GapKind,
    /// Which package, file or version, and what is there instead. Holds text of the input.
    pub detail: String,
}

/// One package of a build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuiltPackage {
    /// The path that the binary's symbols name it by: `main` for package main.
    pub import_path: String,
    /// Its real import path, as `go list` prints it.
    pub path: String,
    /// Where its files lie.
    pub folder: PathBuf,
    /// Its module; `None` for the standard library and where there are no modules.
    pub module: Option<Module>,
    /// Whether it belongs to GOROOT.
    pub std: bool,
    /// Whether it belongs to the main module.
    pub own: bool,
    /// The .go files that are compiled.
    pub files: Vec<PathBuf>,
    /// The assembly files that are compiled.
    pub assembly: Vec<PathBuf>,
    /// The other .go and assembly files, and why each is left out.
    pub ignored: Vec<(PathBuf, super::selection::Reason)>,
}

impl BuiltPackage {
    /// The path of its module: `std` for Go's own packages, empty where there are no modules.
    #[must_use]
    pub fn module_path(&self) -> &str {
        let nameless = if self.std { "std" } else { "" };
        self.module.as_ref().map_or(nameless, |module| &module.path)
    }
}

/// The source of one build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Build {
    /// The packages, by path.
    pub packages: Vec<BuiltPackage>,
    /// What could not be found or is not to be trusted, sorted.
    pub gaps: Vec<Gap>,
    /// The installation that the standard library was read from.
    pub goroot: Option<PathBuf>,
    /// Where the main module lies.
    pub main_root: Option<PathBuf>,
    /// The folders of the function table, as it names them, that hold compiled files of a package: its import path as
    /// symbols name it, of a folder that holds external tests too that of the package that they test.
    pub folder_owners: BTreeMap<Vec<u8>, String>,
    /// The names without a folder in that table which `//line` comments of one package alone give to its code.
    pub file_owners: BTreeMap<Vec<u8>, String>,
}

/// Finds the source of the build that `record` describes.
#[must_use]
pub fn read(record: &BuildRecord, places: &Places) -> Build {
    read_through(&Files::default(), record, places)
}

/// The same; what is read stays in `files`.
#[must_use]
pub fn read_through(files: &Files, record: &BuildRecord, places: &Places) -> Build {
    let (record, inferred) = infer::complete(record, places);
    let record = &record;
    let settings = &record.settings;
    let context = Context::from_settings(record.minor, settings);
    let sources = sources::Sources::find(record, places, files);
    let mut walk = walk::Walk::new(&context, &sources, settings);
    walk.start(record);
    orphans::find_unreached(&mut walk, record);
    standard::find_unreached(&mut walk, record);
    suffix::find_unreached(&mut walk, record, places);
    let mut build = walk.finish();
    build.gaps.extend(sources.gaps.iter().cloned().chain(inferred));
    proof::compare(&mut build, record, &sources);
    build.gaps.sort();
    build.gaps.dedup();
    build.goroot = sources.goroot.as_ref().map(|goroot| goroot.folder.clone());
    build.main_root.clone_from(&sources.main_root);
    build
}

/// Every package below the module or folder at `root`, and with `deps` all that they import.
#[must_use]
pub fn module_packages(
    files: &Files,
    root: &Path,
    context: &Context,
    places: &Places,
    deps: bool,
) -> Build {
    below::module_packages(files, root, context, places, deps)
}
