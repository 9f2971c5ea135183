//! Which packages does a build reach from its main package?
//!
//! Every package is listed once, so that cycles and links end. A package that cannot be found is a gap.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::implied;
use super::resolve::{Importer, Located};
use super::sources::Sources;
use super::{Build, BuildRecord, BuiltPackage, Gap, GapKind};
use crate::error::in_words;
use crate::source::constraint::Context;
use crate::source::selection::{self, Candidate, Outcome, Reason, Tests};

/// The imports of a test's main package besides the package under test (cmd/go/internal/load, TestMainDeps).
const TEST_MAIN: [&str; 4] = ["os", "reflect", "testing", "testing/internal/testdeps"];

/// Which files of a folder a package consists of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The files that are no tests.
    Plain,
    /// These, and the tests of the same package.
    Tested,
    /// The tests in the package `…_test`.
    External,
}

/// A walk along imports.
pub(super) struct Walk<'a> {
    pub(super) context: &'a Context,
    pub(super) sources: &'a Sources,
    settings: &'a BTreeMap<String, String>,
    pub(super) packages: BTreeMap<String, BuiltPackage>,
    waiting: Vec<(String, Importer)>,
    asked: BTreeSet<(String, String)>,
    /// Missing modules that some import leads to.
    pub(super) missed: BTreeSet<String>,
    pub(super) gaps: Vec<Gap>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        context: &'a Context,
        sources: &'a Sources,
        settings: &'a BTreeMap<String, String>,
    ) -> Self {
        let (packages, waiting, gaps) = (BTreeMap::new(), Vec::new(), Vec::new());
        let (asked, missed) = (BTreeSet::new(), BTreeSet::new());
        Self { context, sources, settings, packages, waiting, asked, missed, gaps }
    }

    /// Starts from the package that `record` names as main.
    pub(super) fn start(&mut self, record: &BuildRecord) {
        let path = record.main_package.as_str();
        // Up to 1.26 the test of a program has the program's own path.
        let tested = record.test.then(|| path.strip_suffix(".test").unwrap_or(path));
        match tested.unwrap_or(path) {
            "" => {}
            "command-line-arguments" => self.start_files(record, tested.is_some()),
            path => self.start_package(path, tested.is_some()),
        }
        self.start_implied(tested.is_some());
        self.run();
    }

    fn start_package(&mut self, path: &str, test: bool) {
        let Some(located) = self.sources.locate(path, &Importer::default()) else {
            self.not_found(path, &Importer::default());
            return;
        };
        if !test {
            self.add(&located, Part::Plain, "main");
            return;
        }
        let name = located.path.clone();
        self.add(&located, Part::Tested, &name);
        let external = Located { path: format!("{name}_test"), ..located };
        self.add(&external, Part::External, &external.path);
    }

    pub(super) fn start_implied(&mut self, test: bool) {
        let importer = Importer { path: "runtime".to_owned(), std: true, ..Importer::default() };
        let linked = implied::of_linker(self.context, self.settings);
        let of_test = if test { &TEST_MAIN[..] } else { &[] };
        for path in linked.into_iter().chain(of_test.iter().copied()) {
            self.ask(path, &importer);
        }
    }

    /// Starts from the files of `go build x.go`. Build information does not name them, but the functions of main do.
    fn start_files(&mut self, record: &BuildRecord, test: bool) {
        // A trimmed build names the files as they were typed.
        let here = &self.sources.here;
        let mut files: Vec<PathBuf> = Vec::new();
        for name in &record.main_files {
            let path = here.join(String::from_utf8_lossy(name).trim_start_matches("./"));
            let source =
                ["go", "s"].iter().any(|end| path.extension().is_some_and(|ext| ext == *end));
            if source && path.is_file() {
                files.push(path);
            }
        }
        let folder = files.first().and_then(|file| file.parent()).map(Path::to_owned);
        let complete = !files.is_empty() && files.len() == record.main_files.len();
        let detail = if complete {
            "the files named on the command line are known by their functions only"
        } else {
            "the files named on the command line were not found"
        };
        let kind = GapKind::FileMissing;
        self.gaps.push(Gap { module: String::new(), kind, detail: detail.to_owned() });
        let Some(folder) = folder else { return };
        let names: Vec<_> = files.iter().filter_map(|file| file.file_name()).collect();
        let all = selection::folder(&self.sources.files, &folder, self.context, Tests::Read)
            .unwrap_or_default();
        let chosen: Vec<Candidate> =
            all.into_iter().filter(|file| names.contains(&file.name.as_os_str())).collect();
        let path = "command-line-arguments".to_owned();
        let located = Located { path, folder, own: true, ..Located::default() };
        let part = if test { Part::Tested } else { Part::Plain };
        self.add_files(&located, part, "main", chosen);
    }

    /// Adds a package with the files in its folder.
    pub(super) fn add(&mut self, located: &Located, part: Part, import_path: &str) {
        if self.packages.contains_key(&located.path) {
            return;
        }
        // Nothing imports the tests of other packages.
        let tests = if part == Part::Plain { Tests::Named } else { Tests::Read };
        match selection::folder(&self.sources.files, &located.folder, self.context, tests) {
            Ok(files) => self.add_files(located, part, import_path, files),
            Err(error) => self.gaps.push(Gap {
                module: module_name(located),
                kind: GapKind::PackageMissing,
                detail: format!("{}: {}", located.path, in_words(&error)),
            }),
        }
    }

    fn add_files(&mut self, located: &Located, part: Part, name: &str, files: Vec<Candidate>) {
        let mut package = BuiltPackage {
            import_path: name.to_owned(),
            path: located.path.clone(),
            folder: located.folder.clone(),
            module: located.module.clone(),
            std: located.std,
            own: located.own,
            ..BuiltPackage::default()
        };
        let importer = Importer {
            path: located.path.clone(),
            folder: located.folder.clone(),
            std: located.std,
        };
        let mut imports: BTreeSet<String> = BTreeSet::new();
        for file in files {
            let path = located.folder.join(&file.name);
            if belongs(&file, part) {
                let opening = file.opening.imports.iter();
                imports.extend(opening.map(|path| String::from_utf8_lossy(path).into_owned()));
                if file.assembly {
                    package.assembly.push(path)
                } else {
                    package.files.push(path)
                }
                continue;
            }
            if let Outcome::Ignored(reason) = file.outcome {
                if let Reason::Broken(what) = &reason {
                    let detail = format!("{}: {what}", path.display());
                    self.gaps.push(Gap {
                        module: module_name(located),
                        kind: GapKind::Broken,
                        detail,
                    });
                }
                package.ignored.push((path, reason));
            }
        }
        // A package without `…_test` files has no external test package.
        if part == Part::External && package.files.is_empty() {
            return;
        }
        self.packages.insert(located.path.clone(), package);
        self.follow(imports, &importer);
    }

    fn follow(&mut self, mut imports: BTreeSet<String>, importer: &Importer) {
        if imports.remove("C") {
            for path in implied::of_cgo(&importer.path, importer.std) {
                self.ask(path, importer);
            }
        }
        let simd = implied::of_simd(self.context, &|path| imports.contains(path));
        imports.extend(simd.map(str::to_owned));
        for path in imports {
            self.ask(&path, importer);
        }
    }

    fn ask(&mut self, path: &str, importer: &Importer) {
        // The answer depends on the importer only because of vendor folders: those of std, of cmd, of a place in
        // GOPATH.
        let asker = if importer.std {
            importer
                .path
                .split('/')
                .next()
                .filter(|head| *head == "cmd")
                .unwrap_or("std")
                .to_owned()
        } else if self.sources.gopath.is_empty() && !path.starts_with('.') {
            String::new()
        } else {
            importer.path.clone()
        };
        if self.asked.insert((path.to_owned(), asker)) {
            self.waiting.push((path.to_owned(), importer.clone()));
        }
    }

    /// Follows imports until none is left.
    pub(super) fn run(&mut self) {
        while let Some((path, importer)) = self.waiting.pop() {
            match self.sources.locate(&path, &importer) {
                Some(located) => self.add(&located, Part::Plain, &located.path),
                None => self.not_found(&path, &importer),
            }
        }
    }

    fn not_found(&mut self, path: &str, importer: &Importer) {
        let homes = self.sources.missing_homes(path, importer);
        if !homes.is_empty() {
            self.missed.extend(homes.into_iter().map(str::to_owned));
            return;
        }
        let by = if importer.path.is_empty() { "the binary" } else { &importer.path };
        let detail = format!("{path}, imported by {by}");
        let module = if importer.std { "std".to_owned() } else { String::new() };
        self.gaps.push(Gap { module, kind: GapKind::PackageMissing, detail });
    }

    /// What the walk found.
    pub(super) fn finish(self) -> Build {
        let packages = self.packages.into_values().collect();
        Build { packages, gaps: self.gaps, ..Build::default() }
    }
}

fn belongs(file: &Candidate, part: Part) -> bool {
    let external = file.opening.package.ends_with(b"_test");
    match part {
        Part::Plain => file.outcome.is_selected(),
        Part::Tested => file.outcome.is_selected() || (file.test && !external),
        Part::External => file.test && external,
    }
}

pub(super) fn module_name(located: &Located) -> String {
    match &located.module {
        Some(module) => module.path.clone(),
        None if located.std => "std".to_owned(),
        None => String::new(),
    }
}
