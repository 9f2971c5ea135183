//! Which packages are below a folder, and what do they import?
//!
//! As `./...` of the `go` command: nested modules, `testdata`, `vendor` and names that begin with `_` or `.` are left
//! out, and links are not followed. If no binary tells the versions of modules, go.mod does.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::resolve::{Located, is_package};
use super::sources::{Sources, workspace};
use super::walk::{Part, Walk};
use super::{Build, BuildRecord, BuiltPackage, Dep, Gap, GapKind, Places};
use crate::source::cache::Files;
use crate::source::constraint::Context;
use crate::source::modules::{GoMod, Goroot, Module, module_above, requirements};

pub(super) fn module_packages(
    files: &Files,
    root: &Path,
    context: &Context,
    places: &Places,
    deps: bool,
) -> Build {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let start = Start::at(&root, places);
    let record = start.record(context, places);
    let mut sources = Sources::find(&record, places, files);
    if let Some(goroot) = start.goroot.clone() {
        sources.goroot = Some(goroot);
        sources.gaps.retain(|gap| gap.module != "std");
    }
    if !deps {
        // Only packages below the folder are asked for.
        sources.gaps.clear();
    }
    let settings = BTreeMap::new();
    let mut walk = Walk::new(context, &sources, &settings);
    for (path, folder) in start.folders(files, &root) {
        let std = start.goroot.is_some();
        let module = start.said.as_ref().filter(|_| !std).map(|(_, said)| main_module(said));
        let located = Located { path, folder, module, std, own: !std };
        walk.add(&located, Part::Plain, &located.path);
    }
    if deps {
        walk.start_implied(false);
        walk.run();
    }
    // go.mod may name modules that no package comes from; their source is not needed.
    let missed = std::mem::take(&mut walk.missed);
    let needed = |gap: &&Gap| gap.kind != GapKind::Missing || missed.contains(&gap.module);
    let mut build = walk.finish();
    for package in build.packages.iter_mut().filter(|package| is_program(files, package)) {
        "main".clone_into(&mut package.import_path);
    }
    build.gaps.extend(sources.gaps.iter().filter(needed).cloned());
    build.gaps.extend(start.missing.iter().filter(|_| deps).map(|module| Gap {
        module: module.path.clone(),
        kind: GapKind::Missing,
        detail: format!("go.mod of {}@{}", module.path, module.version),
    }));
    build.gaps.sort();
    build.gaps.dedup();
    build.goroot = sources.goroot.as_ref().map(|goroot| goroot.folder.clone());
    build.main_root = start.said.map(|(folder, _)| folder);
    build
}

/// Whether a package is a program, whose symbols begin with `main` whatever its path is.
fn is_program(files: &Files, package: &BuiltPackage) -> bool {
    let first = package.files.first().and_then(|file| files.opening(file).ok());
    first.is_some_and(|opening| opening.package == b"main")
}

fn main_module(said: &GoMod) -> Module {
    Module { path: said.module.clone(), version: "(devel)".to_owned() }
}

/// The module or installation that a folder belongs to.
#[derive(Default)]
pub(super) struct Start {
    /// The go.mod above it.
    pub(super) said: Option<(PathBuf, GoMod)>,
    /// The Go installation that it is part of.
    goroot: Option<Goroot>,
    /// The modules that its module builds with.
    pub(super) deps: Vec<Dep>,
    missing: Vec<Module>,
}

impl Start {
    pub(super) fn at(root: &Path, places: &Places) -> Self {
        let mut start = Self { said: module_above(root, "go.mod"), ..Self::default() };
        let own = start.said.as_ref().map(|(_, said)| said.module.as_str());
        if own.is_none_or(|path| ["std", "cmd"].contains(&path)) {
            start.goroot = root.ancestors().find_map(Goroot::at);
        }
        if start.goroot.is_none() {
            start.require(places);
        }
        start
    }

    fn require(&mut self, places: &Places) {
        let Some((folder, said)) = &self.said else { return };
        let mut roots = vec![(folder.clone(), said.clone())];
        let mut replaces = said.clone();
        if let Some((space, work)) = workspace(folder, places) {
            let used: Vec<(PathBuf, GoMod)> = work
                .uses
                .iter()
                .filter_map(|used| {
                    Some((space.join(used), GoMod::read(&space.join(used).join("go.mod"))?))
                })
                .collect();
            let same = |other: &(PathBuf, GoMod)| other.1.module == said.module;
            if used.iter().any(same) {
                replaces.replace.splice(0..0, work.replace.iter().cloned());
                roots.extend(used.into_iter().filter(|other| !same(other)));
            }
        }
        let cache = places.module_cache();
        let (chosen, missing) = requirements(&roots, &replaces, cache.as_deref());
        let members = roots.iter().skip(1).map(|(_, said)| main_module(said));
        let chosen = chosen.into_iter().map(|(path, version)| Module { path, version });
        self.deps = chosen
            .chain(members)
            .map(|module| Dep {
                replace: replaces.replaced(&module).cloned(),
                path: module.path,
                version: module.version,
            })
            .collect();
        self.missing = missing;
    }

    /// The record that a binary of this build would have.
    fn record(&self, context: &Context, places: &Places) -> BuildRecord {
        let own = self.said.as_ref().filter(|_| self.goroot.is_none());
        // Any patch release of the minor version will do: a module does not ask for one.
        let mut installed = places.goroots().into_iter().filter_map(|folder| Goroot::at(&folder));
        let go = installed
            .find(|goroot| goroot.minor() == Some(context.minor))
            .map_or_else(|| format!("go1.{}", context.minor), |goroot| goroot.version);
        BuildRecord {
            go,
            minor: context.minor,
            main_module: own.map(|(_, said)| main_module(said)),
            deps: self.deps.clone(),
            ..BuildRecord::default()
        }
    }

    /// Every package folder below `root`, with its import path.
    fn folders(&self, files: &Files, root: &Path) -> Vec<(String, PathBuf)> {
        let source = self.goroot.as_ref().map(|goroot| goroot.folder.join("src"));
        let source = source.map(|folder| folder.canonicalize().unwrap_or(folder));
        let from =
            source.as_ref().filter(|source| source.starts_with(root)).map_or(root, |source| source);
        let ignored = |path: &Path| {
            self.said.as_ref().is_some_and(|(module, said)| is_ignored(path, module, said))
        };
        let base = match (&source, &self.said) {
            (Some(source), _) => (source.clone(), String::new()),
            (None, Some((folder, said))) => (folder.clone(), said.module.clone()),
            (None, None) => (root.to_owned(), ".".to_owned()),
        };
        let mut found = Vec::new();
        let mut waiting = vec![from.to_owned()];
        while let Some(folder) = waiting.pop() {
            if is_package(files, &folder) {
                found.push((import_path(&base, &folder), folder.clone()));
            }
            let inside = inside(&folder, source.is_some()).into_iter();
            waiting.extend(inside.filter(|path| !ignored(path)));
        }
        found.sort();
        found
    }
}

fn import_path((root, module): &(PathBuf, String), folder: &Path) -> String {
    let rest = folder.strip_prefix(root).unwrap_or(folder).to_string_lossy().replace('\\', "/");
    match (module.is_empty(), rest.is_empty()) {
        (true, _) => rest,
        (false, true) => module.clone(),
        (false, false) => format!("{module}/{rest}"),
    }
}

/// Whether an `ignore` line names the folder: `./x` is at the module's root, `x` at any depth
/// (cmd/go/internal/search, IgnorePatterns).
fn is_ignored(folder: &Path, module: &Path, said: &GoMod) -> bool {
    let Ok(below) = folder.strip_prefix(module) else { return false };
    said.ignore.iter().any(|pattern| match pattern.strip_prefix("./") {
        Some(rooted) => below == Path::new(rooted),
        None => below.ends_with(pattern),
    })
}

/// The folders in `folder` that `./...` looks into.
fn inside(folder: &Path, goroot: bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let wanted = |entry: &fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with(['.', '_']) || name == "testdata";
        let vendored = name == "vendor" && !goroot;
        // A link does not count as a folder, so there are no loops.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let nested = !goroot && entry.path().join("go.mod").is_file();
        is_folder && !hidden && !vendored && !nested
    };
    entries.filter(wanted).map(|entry| entry.path()).collect()
}
