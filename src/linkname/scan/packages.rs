//! The packages of one build, each read when first needed and kept.
//!
//! All questions about the sources of one binary are answered from here, so that no file is lexed twice.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::source::assembly::Assembly;
use crate::source::build::{Build, BuiltPackage};
use crate::source::cache::Files;
use crate::source::directive::Linkname;
use crate::source::file::GoFile;
use crate::source::package::{self, Joined, LeftOut};
use crate::source::positions::Positions;
use crate::source::search::{self, Remarks};
use crate::source::selection::Reason;
use crate::source::types::{Declared, ParsedPackage};

/// The packages of a build, by the paths that symbols use.
#[derive(Debug)]
pub struct Packages<'a> {
    /// The build that they are from.
    pub build: &'a Build,
    /// Its files.
    pub files: &'a Files,
    minor: u16,
    by_path: HashMap<&'a str, usize>,
    /// Whether a file may hold a directive, or what was meant as one.
    speak: Vec<OnceLock<bool>>,
    assembly: Vec<OnceLock<Assembly>>,
    parsed: Vec<OnceLock<ParsedPackage>>,
    positions: Vec<OnceLock<Positions>>,
}

/// What one package says about linknames, and the files that say it.
pub(super) struct Spoken {
    pub(super) joined: Joined,
    /// Files of the package that the build leaves out and that hold a directive.
    pub(super) left_out: Vec<(PathBuf, LeftOut, GoFile)>,
}

impl<'a> Packages<'a> {
    /// The packages of `build`, which Go 1.`minor` compiles.
    #[must_use]
    pub fn of(build: &'a Build, minor: u16, files: &'a Files) -> Self {
        let mut by_path = HashMap::new();
        for (index, package) in build.packages.iter().enumerate() {
            // No package imports main, and its symbols begin with `main`, whatever its path is.
            by_path.insert(package.import_path.as_str(), index);
        }
        // Without a binary there may be several programs, so `main` means none of them.
        let programs = build.packages.iter().filter(|package| package.import_path == "main");
        if programs.count() > 1 {
            by_path.remove("main");
        }
        let speak = build.packages.iter().map(|_| OnceLock::new()).collect();
        let assembly = build.packages.iter().map(|_| OnceLock::new()).collect();
        let parsed = build.packages.iter().map(|_| OnceLock::new()).collect();
        let positions = build.packages.iter().map(|_| OnceLock::new()).collect();
        Self { build, files, minor, by_path, speak, assembly, parsed, positions }
    }

    /// The package with this index in the build.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&'a BuiltPackage> {
        self.build.packages.get(index)
    }

    pub(super) fn named(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// What the files of package `index` declare.
    #[must_use]
    pub fn parsed(&self, index: usize) -> Option<&ParsedPackage> {
        let package = self.build.packages.get(index)?;
        let parse = || ParsedPackage::new(&package.import_path, self.lexed(package));
        Some(self.parsed.get(index)?.get_or_init(parse))
    }

    /// A file that cannot be read is a gap of the build already: `source::build` opened it.
    fn lexed(&self, package: &BuiltPackage) -> Vec<GoFile> {
        let read = |path: &PathBuf| GoFile::parse(self.files.read_or_empty(path));
        package.files.iter().map(read).collect()
    }

    /// Whether a file of package `index` may hold a directive, or what was meant as one.
    #[must_use]
    pub fn speaks(&self, index: usize) -> bool {
        let says = |path: &PathBuf| search::is_candidate(&self.files.read_or_empty(path));
        let files = || self.build.packages.get(index).map(|package| &package.files);
        let any = || files().is_some_and(|files| files.iter().any(says));
        self.speak.get(index).is_some_and(|speaks| *speaks.get_or_init(any))
    }

    /// The remotes of the directives of package `index`. Only comments are read.
    pub(super) fn remotes(&self, index: usize) -> Vec<Vec<u8>> {
        let Some(package) = self.build.packages.get(index) else { return Vec::new() };
        let texts = package.files.iter().map(|path| self.files.read_or_empty(path));
        let said = texts.filter(|text| search::is_candidate(text)).map(|text| Remarks::read(&text));
        let linknames = said.flat_map(|remarks| remarks.linknames);
        let remote =
            |found: Linkname| found.remote.unwrap_or_else(|| super::symbol(package, &found.local));
        linknames.map(remote).collect()
    }

    /// What the assembly of package `index` says, as far as it can be read.
    pub(super) fn assembly(&self, index: usize) -> Option<&Assembly> {
        let package = self.build.packages.get(index)?;
        let read = || {
            let mut assembly = Assembly::default();
            for bytes in package.assembly.iter().filter_map(|path| self.files.read(path).ok()) {
                assembly.read(package.import_path.as_bytes(), &bytes);
            }
            assembly
        };
        Some(self.assembly.get(index)?.get_or_init(read))
    }

    /// What a compiler records for the lines of package `index`.
    pub(super) fn positions(&self, index: usize) -> Option<&Positions> {
        let (package, parsed) = (self.build.packages.get(index)?, self.parsed(index)?);
        let read = || Positions::of(&base_names(package), parsed.files());
        Some(self.positions.get(index)?.get_or_init(read))
    }

    /// What a package says about linknames; none if none of its files has the word. If `broken` files are asked for,
    /// a package of the main module is read whole nevertheless.
    pub(super) fn spoken(&self, index: usize, with_left_out: bool, broken: bool) -> Option<Spoken> {
        let package = self.build.packages.get(index)?;
        let left_out = if with_left_out { left_out(package, self.files) } else { Vec::new() };
        let speaks = !left_out.is_empty() || self.speaks(index);
        let parsed = (speaks || (broken && package.own)).then(|| self.parsed(index))??;
        if !speaks {
            return None;
        }
        let files: Vec<&GoFile> = parsed.files().iter().collect();
        let others: Vec<(LeftOut, &GoFile)> =
            left_out.iter().map(|(_, why, file)| (*why, file)).collect();
        let joined = package::join(&package::Package {
            path: package.import_path.as_bytes(),
            minor: self.minor,
            files: &files,
            left_out: &others,
            assembled: &self.assembly(index)?.text,
        });
        Some(Spoken { joined, left_out })
    }
}

impl Declared for Packages<'_> {
    fn package(&self, import_path: &str) -> Option<&ParsedPackage> {
        self.parsed(self.named(import_path)?)
    }
}

/// The packages whose source may say what the build's types are. Of those that may be another version, only packages
/// of the asking module are used; what needs others stays unresolved.
pub(super) struct Believed<'a> {
    pub(super) packages: &'a Packages<'a>,
    pub(super) doubtful: &'a BTreeSet<String>,
    /// The module of the package that asks. For Go's own nothing is believed.
    pub(super) asker: &'a str,
}

impl Declared for Believed<'_> {
    fn package(&self, import_path: &str) -> Option<&ParsedPackage> {
        let index = self.packages.named(import_path)?;
        let module = self.packages.get(index)?.module_path();
        let own = module == self.asker && module != "std";
        (own || !self.doubtful.contains(module)).then(|| self.packages.parsed(index))?
    }
}

/// Files in the package's folder that hold a directive and are not compiled. No build of the main module compiles the
/// tests of another one: they were a quarter of all files that a check of 1,470 packages opened.
fn left_out(package: &BuiltPackage, files: &Files) -> Vec<(PathBuf, LeftOut, GoFile)> {
    let go = package.ignored.iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "go"));
    let why = |path: &PathBuf| match path.to_string_lossy().ends_with("_test.go") {
        true => package.own.then_some(LeftOut::Test),
        false => Some(LeftOut::Excluded),
    };
    let read = |(path, _): &(PathBuf, Reason)| {
        let why = why(path)?;
        Some((path.clone(), why, GoFile::parse(files.candidate(path)?)))
    };
    go.filter_map(read).collect()
}

/// The names of a package's files without the folder.
pub(crate) fn base_names(package: &BuiltPackage) -> Vec<&[u8]> {
    let names = package.files.iter().map(|path| path.file_name().unwrap_or_default());
    names.map(|name| name.as_encoded_bytes()).collect()
}
