//! Where do the packages of a build come from when they are asked for one by one?
//!
//! A [`Shelf`] knows the files of each package and reads them at the first question: to compare the
//! signatures of a build some 20 of its packages are needed, of hundreds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::OnceLock;

use super::package::{Declared, ParsedPackage};
use crate::source::build::Build;
use crate::source::file::GoFile;
use crate::source::reading;

/// The packages of one build, read when they are asked for.
#[derive(Debug, Default)]
pub struct Shelf {
    packages: BTreeMap<String, Volume>,
    standard: BTreeSet<String>,
}

#[derive(Debug, Default)]
struct Volume {
    files: Vec<PathBuf>,
    read: OnceLock<Option<ParsedPackage>>,
}

impl Shelf {
    /// The packages of a build, by their real import paths: package main is not `main` here.
    #[must_use]
    pub fn of(build: &Build) -> Self {
        let mut shelf = Self::default();
        for package in &build.packages {
            shelf.add(&package.path, package.files.clone(), package.std);
        }
        shelf
    }

    /// Adds the package of this import path with the files that the build selects, and whether it is of
    /// the standard library or of cmd.
    pub fn add(&mut self, import_path: &str, files: Vec<PathBuf>, standard: bool) {
        self.packages.insert(import_path.to_owned(), Volume { files, read: OnceLock::new() });
        if standard {
            self.standard.insert(import_path.to_owned());
        }
    }

    /// Adds a package that was read already.
    pub fn add_parsed(&mut self, package: ParsedPackage, standard: bool) {
        let path = package.path().to_owned();
        if standard {
            self.standard.insert(path.clone());
        }
        let read = OnceLock::from(Some(package));
        self.packages.insert(path, Volume { files: Vec::new(), read });
    }
}

impl Declared for Shelf {
    /// A package of which a file cannot be read is not there: half of it would mislead.
    fn package(&self, import_path: &str) -> Option<&ParsedPackage> {
        let volume = self.packages.get(import_path)?;
        let read = || {
            let files = volume.files.iter().map(|file| reading::read(file).ok().map(GoFile::parse));
            Some(ParsedPackage::new(import_path, files.collect::<Option<_>>()?))
        };
        volume.read.get_or_init(read).as_ref()
    }

    fn has(&self, import_path: &str) -> bool {
        self.packages.contains_key(import_path)
    }

    fn is_standard(&self, import_path: &str) -> bool {
        self.standard.contains(import_path)
    }
}
