//! Which packages and files make up one build, and where are they?
//!
//! They are found from the main package along imports, as the `go` command loads them. The record of a binary is
//! passed in as plain data, because this room knows no binary. Whatever cannot be found is returned as a gap.
//!
//! ```no_run
//! use gonym::source::build::{BuildRecord, read};
//! use gonym::source::modules::{Module, Places};
//!
//! let places = Places::of_this_process(std::env::current_dir()?, Vec::new());
//! let record = BuildRecord {
//!     go: "go1.27.3".to_owned(),
//!     minor: 27,
//!     main_package: "example.com/m".to_owned(),
//!     main_module: Some(Module { path: "example.com/m".to_owned(), ..Module::default() }),
//!     ..BuildRecord::default()
//! };
//! for package in read(&record, &places).packages {
//!     println!("{}: {} files", package.path, package.files.len());
//! }
//! # Ok::<(), std::io::Error>(())
//! ```

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

/// A module of the build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dep {
    /// Its path, as imports name it.
    pub path: String,
    /// The version asked for.
    pub version: String,
    /// What replaced it: a module with a version, or a folder with no version or `(devel)`.
    pub replace: Option<Module>,
}

/// What is known about the build whose source is wanted.
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
    /// The files of functions of package main, which tell the files of a `command-line-arguments` build.
    pub main_files: BTreeSet<Vec<u8>>,
    /// The package that the binary names for a folder of compiled files, if known. For builds that record no modules
    /// this is the only witness of import paths.
    pub folders: BTreeMap<Vec<u8>, String>,
    /// Whether it is a test.
    pub test: bool,
}

/// Why a part of the source is missing, or cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum GapKind {
    /// The module, GOROOT or file is not on this machine.
    Missing,
    /// The source at hand is of another version.
    OtherVersion,
    /// A package that is imported is not in its folder.
    PackageMissing,
    /// A file that was compiled is not in its folder: the source changed since.
    FileMissing,
    /// A file that was compiled would not be selected for this build: platform or tags are wrong.
    Rejected,
    /// Files were compiled from a folder that no import reaches.
    NotReached,
    /// A selected file cannot be read as Go.
    Broken,
}

impl GapKind {
    /// Its row in the table of codes.
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
#[non_exhaustive]
pub struct Gap {
    /// The module concerned; `std` for Go's own source, empty when it is not known.
    pub module: String,
    /// What kind of gap it is.
    pub kind: GapKind,
    /// Which package, file or version it is about, and what is there instead. Holds text of the input.
    pub detail: String,
}

/// One package of a build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuiltPackage {
    /// The path that the binary's symbols have: `main` for package main, but not in a plugin.
    pub import_path: String,
    /// Its real import path, as `go list` prints it.
    pub path: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Its module; `None` for the standard library, and if there are no modules.
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
    /// The path of its module: `std` for Go's own packages, empty if there are no modules.
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
    /// What could not be found or cannot be trusted, sorted.
    pub gaps: Vec<Gap>,
    /// The installation that the standard library was read from.
    pub goroot: Option<PathBuf>,
    /// The folder of the main module.
    pub main_root: Option<PathBuf>,
    /// The path of package main in the symbols of a plugin.
    pub plugin: Option<String>,
    /// The folders in the function table, by their names there, that hold compiled files of a package, with its
    /// import path as symbols spell it. A folder that also holds external tests has the path of the package that they
    /// test.
    pub folder_owners: BTreeMap<Vec<u8>, String>,
    /// File names without a folder in that table that only one package's `//line` comments give to its code, and that
    /// package.
    pub file_owners: BTreeMap<Vec<u8>, String>,
}

/// Finds the source of the build that `record` describes.
#[must_use]
pub fn read(record: &BuildRecord, places: &Places) -> Build {
    read_through(&Files::default(), record, places)
}

/// The same; the files that are read are kept in `files`.
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
    if settings.get("-buildmode").is_some_and(|mode| mode == "plugin") {
        name_plugin(&mut build, &record.main_package);
    }
    build.gaps.sort();
    build.gaps.dedup();
    build.goroot = sources.goroot.as_ref().map(|goroot| goroot.folder.clone());
    build.main_root.clone_from(&sources.main_root);
    build
}

/// Package main of a plugin is compiled under its import path (cmd/go/internal/work/gc.go, pkgPath, go1.27). If it was
/// built from files that the command line named, the path is `plugin/unnamed-` and a hash that nothing records.
fn name_plugin(build: &mut Build, path: &str) {
    if path == "command-line-arguments" {
        return;
    }
    let packages = build.packages.iter_mut().map(|package| &mut package.import_path);
    let owners = build.folder_owners.values_mut().chain(build.file_owners.values_mut());
    for named in packages.chain(owners).filter(|named| *named == "main") {
        path.clone_into(named);
    }
    build.plugin = Some(path.to_owned());
}

/// Every package below the module or folder at `root`; with `deps` also all packages that they import.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_main_of_a_plugin_has_its_import_path() {
        let package =
            |path: &str| BuiltPackage { import_path: path.to_owned(), ..BuiltPackage::default() };
        let owners =
            [(b"/src/p".to_vec(), "main".to_owned()), (b"/src/q".to_vec(), "x.com/q".to_owned())];
        let build = Build {
            packages: vec![package("main"), package("x.com/q")],
            folder_owners: owners.clone().into(),
            file_owners: owners.into(),
            ..Build::default()
        };
        let mut plugin = build.clone();
        name_plugin(&mut plugin, "x.com/p");
        let paths: Vec<&str> = plugin.packages.iter().map(|one| one.import_path.as_str()).collect();
        assert_eq!(paths, ["x.com/p", "x.com/q"]);
        for owners in [&plugin.folder_owners, &plugin.file_owners] {
            let owners: Vec<&str> = owners.values().map(String::as_str).collect();
            assert_eq!(owners, ["x.com/p", "x.com/q"]);
        }
        assert_eq!(plugin.plugin.as_deref(), Some("x.com/p"));
        let mut of_files = build.clone();
        name_plugin(&mut of_files, "command-line-arguments");
        assert_eq!(of_files, build, "nothing records the hash in its path");
    }
}
