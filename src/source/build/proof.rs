//! Does the source that was found agree with the files that the binary says were compiled?
//!
//! A name in the function table proves that the file was compiled; a missing name proves nothing (files without code
//! leave none). If the selection leaves out a compiled file, platform or tags are wrong. If a compiled file is
//! missing, the source has changed. If no import reaches a compiled folder, a package was missed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::sources::{Sources, Table};
use super::{Build, BuildRecord, BuiltPackage, Gap, GapKind, Module};
use crate::source::cache::Files;
use crate::source::modules::{escaped, is_cached};
use crate::source::renumber::named_files;
use crate::source::selection::Reason;

/// The names that folders have in a function table.
#[derive(Default)]
pub(super) struct Names {
    /// Whole names, and their folders.
    whole: BTreeMap<String, PathBuf>,
    /// Ends of names, from a slash on, and their folders.
    ends: BTreeMap<String, PathBuf>,
}

impl Names {
    /// The names of every package's folder.
    pub(super) fn of<'a>(
        packages: impl Iterator<Item = &'a BuiltPackage> + Clone,
        table: &Table,
        sources: &Sources,
        record: &BuildRecord,
    ) -> Self {
        let mut names = Self::default();
        let moved = moved_root(packages.clone(), record);
        for package in packages {
            let folder = &package.folder;
            names.note(slashed(folder), folder);
            if let Some(canonical) = sources.files.real(folder) {
                names.note(slashed(&canonical), folder);
            }
            // A frozen cryptographic module is in the module cache, wherever that was when it was compiled.
            let folder_name = slashed(folder);
            if let Some(end) = folder_name.find("/golang.org/fips140@").filter(|_| package.std) {
                let end =
                    folder_name.get(end..).unwrap_or_default().trim_end_matches('/').to_owned();
                names.ends.entry(end).or_insert_with(|| folder.clone());
            }
            if package.std {
                names.note(package.path.clone(), folder);
                let root = table.built_goroot.as_deref().unwrap_or("$GOROOT");
                names.note(format!("{root}/src/{}", package.path), folder);
            }
            if package.path == "command-line-arguments" {
                names.note(".".to_owned(), folder);
            }
            names.note_module(package, sources);
            if package.module.is_none() && !package.std {
                // Bazel's folders do not have the import path as name; the binary's symbols tell the package.
                let own = record.folders.iter().filter(|(_, path)| **path == package.import_path);
                for (name, _) in own {
                    names.note(String::from_utf8_lossy(name).into_owned(), folder);
                }
            }
            if let (true, Some((built, root))) = (package.own, &moved)
                && let Ok(rest) = folder.strip_prefix(root)
            {
                names.note(slashed(&Path::new(built).join(rest)), folder);
            }
        }
        names
    }

    fn note(&mut self, name: String, folder: &Path) {
        let name = name.trim_end_matches('/').to_owned();
        self.whole.entry(name).or_insert_with(|| folder.to_owned());
    }

    /// Adds the module's names: `module@version/rest` if trimmed, and the same, escaped, at the end of a cache path.
    fn note_module(&mut self, package: &BuiltPackage, sources: &Sources) {
        let Some(module) = &package.module else {
            self.note(package.path.clone(), &package.folder);
            return;
        };
        self.note(package.path.clone(), &package.folder);
        let tree = sources.trees.iter().find(|tree| tree.module == *module);
        let replace = tree.and_then(|tree| tree.replace.clone());
        let path =
            package.path.strip_suffix("_test").filter(|_| !package.folder.ends_with(&package.path));
        let path = path.unwrap_or(&package.path);
        let Some(rest) = path.strip_prefix(&module.path) else { return };
        for Module { path, version } in [Some(module.clone()), replace].into_iter().flatten() {
            self.note(format!("{path}@{version}{rest}"), &package.folder);
            let end = format!("/{}@{}{rest}", escaped(&path), escaped(&version));
            self.ends.entry(end).or_insert_with(|| package.folder.clone());
        }
    }

    /// The folder that a name in the function table stands for.
    pub(super) fn folder(&self, name: &str) -> Option<&PathBuf> {
        let end = || name.match_indices('/').find_map(|(at, _)| self.ends.get(name.get(at..)?));
        self.whole.get(name).or_else(end)
    }
}

/// Where the main module was when it was built, and where it is now. Package main tells: the folder of most of its
/// compiled files, because `//line` can name others.
fn moved_root<'a>(
    mut packages: impl Iterator<Item = &'a BuiltPackage>,
    record: &BuildRecord,
) -> Option<(String, PathBuf)> {
    let main = packages.find(|package| package.import_path == "main" && package.own)?;
    let here: BTreeSet<String> = main.files.iter().filter_map(|path| base_name(path)).collect();
    let mut built: BTreeMap<String, usize> = BTreeMap::new();
    for file in &record.main_files {
        let name = String::from_utf8_lossy(file).replace('\\', "/");
        let rooted = is_rooted(&name);
        let Some((folder, base)) = name.rsplit_once('/').filter(|_| rooted) else { continue };
        *built.entry(folder.to_owned()).or_default() += usize::from(here.contains(base));
    }
    let (built, _) = built.into_iter().filter(|(_, files)| *files > 0).max_by_key(|(_, n)| *n)?;
    let rest = main.path.strip_prefix(&main.module.as_ref()?.path)?;
    let root = slashed(&main.folder);
    Some((built.strip_suffix(rest)?.to_owned(), PathBuf::from(root.strip_suffix(rest)?)))
}

fn base_name(path: &Path) -> Option<String> {
    path.file_name().map(|name| name.to_string_lossy().into_owned())
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Whether no source folder holds the file: cgo, the compiler and `go test` generate it.
pub(super) fn is_generated(name: &str) -> bool {
    let source = name.ends_with(".go") || name.ends_with(".s");
    !source || name.starts_with("_cgo_") || name == "_testmain.go"
}

/// The files that `//line` comments in the build's sources name, in any folder.
fn named_by_line(build: &Build, files: &Files) -> BTreeSet<String> {
    let asked = build.packages.iter().filter(|package| !package.std && !is_cached(&package.folder));
    let mut named = BTreeSet::new();
    for path in asked.flat_map(|package| &package.files) {
        let text = files.read_or_empty(path);
        named.extend(named_files(&text).map(|file| {
            String::from_utf8_lossy(file).replace('\\', "/").trim_start_matches("./").to_owned()
        }));
    }
    named
}

/// Whether the names of a folder's files come from `//line` comments.
fn is_by_line(folder: &str, files: &[&String], named: &BTreeSet<String>) -> bool {
    files.iter().all(|file| {
        let whole = format!("{folder}/{file}");
        named.iter().any(|name| {
            !name.is_empty() && (whole == *name || whole.ends_with(&format!("/{name}")))
        })
    })
}

/// Adds a gap for everything that disagrees.
pub(super) fn compare(build: &mut Build, record: &BuildRecord, sources: &Sources) {
    let table = Table::learn(&record.compiled_files);
    let names = Names::of(build.packages.iter(), &table, sources, record);
    let mut folders: BTreeMap<&Path, Folder<'_>> = BTreeMap::new();
    for package in &build.packages {
        folders.entry(&package.folder).or_default().join(package);
    }
    let mut owners = BTreeMap::new();
    // If Go's source is another version's, its files differ, and that is already reported.
    let other =
        build.gaps.iter().any(|gap| gap.module == "std" && gap.kind == GapKind::OtherVersion);
    let (mut gaps, mut tests, mut by_line) = (Vec::new(), Vec::new(), None);
    for (name, files) in &table.folders {
        let files: Vec<&String> = files.iter().filter(|file| !is_generated(file)).collect();
        // A relative `//line` leaves a name without a folder.
        if files.is_empty() || name.is_empty() {
            continue;
        }
        let found = names.folder(name).and_then(|folder| folders.get(folder.as_path()));
        // A build that was not trimmed writes rooted names; any other name comes from a `//line` comment.
        let written = table.built_goroot.is_none() || is_rooted(name);
        let own = found.filter(|_| written);
        if let Some(owner) = own.and_then(|folder| folder.owner(&files)) {
            owners.insert(name.clone().into_bytes(), owner.to_owned());
        }
        tests.extend(own.into_iter().flat_map(|folder| folder.test_files(name, &files)));
        match found {
            Some(folder) if folder.std && other => {}
            Some(folder) => gaps.extend(folder.doubts(name, &files, &sources.files)),
            None if is_of_missing(name, sources, &table, other) => {}
            None if is_by_line(
                name,
                &files,
                by_line.get_or_insert_with(|| named_by_line(build, &sources.files)),
            ) => {}
            None => gaps.push(Gap {
                module: String::new(),
                kind: GapKind::NotReached,
                detail: name.clone(),
            }),
        }
    }
    build.gaps.extend(gaps);
    build.folder_owners = owners;
    build.file_owners = file_owners(build, &table, &sources.files);
    build.file_owners.extend(tests);
}

fn is_rooted(name: &str) -> bool {
    name.starts_with('/') || name.as_bytes().get(1) == Some(&b':')
}

/// The packages of files without a folder: if only one package names such a file by `//line`, in any spelling, or has
/// a file of that name, it is that package's.
fn file_owners(build: &Build, table: &Table, files: &Files) -> BTreeMap<Vec<u8>, String> {
    let bare = table.folders.get("").into_iter().flatten().filter(|file| file.ends_with(".go"));
    let bare: BTreeSet<&[u8]> = bare.map(String::as_bytes).collect();
    if bare.is_empty() {
        return BTreeMap::new();
    }
    let mut named: BTreeMap<&[u8], BTreeSet<&str>> = BTreeMap::new();
    for package in build.packages.iter().filter(|package| !package.std) {
        for path in &package.files {
            let text = files.read_or_empty(path);
            let own = path.file_name().unwrap_or_default().as_encoded_bytes();
            for name in named_files(&text).chain([own]) {
                let base = name.rsplit(|byte| matches!(byte, b'/' | b'\\')).next();
                if let Some(file) = base.and_then(|base| bare.get(base)) {
                    named.entry(*file).or_default().insert(&package.import_path);
                }
            }
        }
    }
    let sole = named.into_iter().filter(|(_, packages)| packages.len() == 1);
    sole.filter_map(|(file, packages)| Some((file.to_vec(), (*packages.first()?).to_owned())))
        .collect()
}

/// The files that the packages of one folder have.
#[derive(Default)]
struct Folder<'a> {
    module: String,
    std: bool,
    import_paths: Vec<&'a str>,
    sources: Vec<&'a Path>,
    compiled: BTreeSet<String>,
    /// The packages of `_test.go` files: the tested one, or its external tests.
    tests: BTreeMap<String, &'a str>,
    ignored: BTreeMap<String, &'a Reason>,
}

impl<'a> Folder<'a> {
    fn join(&mut self, package: &'a BuiltPackage) {
        let name =
            |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.std = package.std;
        self.module = package.module_path().to_owned();
        self.import_paths.push(&package.import_path);
        self.sources.extend(package.files.iter().map(PathBuf::as_path));
        let tests = package.files.iter().map(|path| (name(path), package.import_path.as_str()));
        self.tests.extend(tests.filter(|(file, _)| file.ends_with("_test.go")));
        let files = package.files.iter().chain(&package.assembly);
        self.compiled.extend(files.map(|path| name(path)));
        let ignored = package.ignored.iter();
        self.ignored.extend(ignored.map(|(path, reason)| (name(path), reason)));
    }

    /// The package that owns the folder, if one of `files` is certainly its source.
    fn owner(&self, files: &[&String]) -> Option<&'a str> {
        let there = files.iter().any(|file| self.compiled.contains(*file));
        let shortest = self.import_paths.iter().min_by_key(|path| path.len());
        let tests = |path: &&str| shortest.is_some_and(|s| path.strip_prefix(s) == Some("_test"));
        let mut plain = self.import_paths.iter().filter(|path| !tests(path));
        let (only, more) = (plain.next(), plain.next());
        only.filter(|_| there && more.is_none()).copied()
    }

    /// The packages of the tests among `files` of the folder that the table calls `folder`.
    fn test_files(&self, folder: &str, files: &[&String]) -> Vec<(Vec<u8>, String)> {
        let owned = files.iter().filter_map(|file| Some((*file, self.tests.get(*file)?)));
        owned
            .map(|(file, of)| (format!("{folder}/{file}").into_bytes(), (*of).to_owned()))
            .collect()
    }

    /// A gap for every file of this folder that the build compiled and the packages do not have.
    fn doubts(&self, folder: &str, files: &[&String], cache: &Files) -> Vec<Gap> {
        let mut gaps: Vec<(&String, Gap)> =
            files.iter().filter_map(|file| Some((*file, self.doubt(folder, file)?))).collect();
        if gaps.iter().any(|(_, gap)| gap.kind == GapKind::FileMissing) {
            let named = self.named_by_line(cache);
            gaps.retain(|(file, gap)| gap.kind != GapKind::FileMissing || !named.contains(*file));
        }
        gaps.into_iter().map(|(_, gap)| gap).collect()
    }

    /// The names without a folder that `//line` comments in its own files give to code. Up to 1.26 the function table
    /// has them unchanged, in 1.27 with the folder of the file before them (measured).
    fn named_by_line(&self, cache: &Files) -> BTreeSet<String> {
        let mut named = BTreeSet::new();
        for path in &self.sources {
            let text = cache.read_or_empty(path);
            let names = named_files(&text).map(|name| String::from_utf8_lossy(name).into_owned());
            named.extend(names.map(|name| name.trim_start_matches("./").to_owned()));
        }
        named
    }

    fn doubt(&self, folder: &str, file: &str) -> Option<Gap> {
        if self.compiled.contains(file) {
            return None;
        }
        let (kind, detail) = match self.ignored.get(file) {
            Some(reason) => (GapKind::Rejected, format!("{folder}/{file}: {reason}")),
            None => (GapKind::FileMissing, format!("{folder}/{file}")),
        };
        Some(Gap { module: self.module.clone(), kind, detail })
    }
}

/// Whether the folder belongs to a module that was not found, or to a Go that was not found or is only there as
/// `other_go`.
fn is_of_missing(name: &str, sources: &Sources, table: &Table, other_go: bool) -> bool {
    let of_tree = sources.trees.iter().filter(|tree| tree.folder.is_none()).any(|tree| {
        let modules = [Some(&tree.module), tree.replace.as_ref()];
        let named = |module: &Module| {
            name.contains(&format!("{}@{}", escaped(&module.path), escaped(&module.version)))
                || name.contains(&format!("{}@{}", module.path, module.version))
                || name == module.path
                || name.starts_with(&format!("{}/", module.path))
        };
        tree.own || modules.into_iter().flatten().any(named)
    });
    let root = table.built_goroot.as_deref();
    let standard = root.map_or_else(
        || !name.split('/').next().unwrap_or_default().contains('.'),
        |root| name.starts_with(root),
    );
    // If Go is at hand, only a package that some release has is known to be from another Go.
    let of_other = other_go && (root.is_some() || crate::rules::is_standard(name));
    of_tree || (standard && (sources.goroot.is_none() || of_other))
}
