//! What does a binary say about the build that made it, as `source` needs it?

use std::collections::{BTreeMap, BTreeSet};

use super::SourceGap;
use crate::binary::{Binary, Functions};
use crate::finding::{Code, Owner};
use crate::golang::buildinfo;
use crate::golang::ldflags::Ldflags;
use crate::names;
use crate::source::build::{Build, BuildRecord, Dep, Gap, GapKind, Module};
use crate::source::modules::Given;

/// The build as the binary records it.
///
/// # Errors
///
/// What is not recorded.
pub(super) fn record(binary: &Binary) -> Result<BuildRecord, String> {
    let build = binary.build().ok_or(
        "it records no build information, so nothing says which sources it was built from",
    )?;
    let minor = build.version.known_minor().ok_or("nothing says which release of Go built it")?;
    let mut record = BuildRecord {
        go: build.version.text.clone(),
        minor,
        main_package: build.path.clone(),
        main_module: build.main.as_ref().map(module),
        deps: build.deps.iter().map(dep).collect(),
        settings: build.settings.iter().cloned().collect(),
        test: build.path.ends_with(".test"),
        ..BuildRecord::default()
    };
    // Builds before 1.20 record experiments only in the version.
    let experiments = &build.version.experiments;
    if !experiments.is_empty() {
        record.settings.entry("GOEXPERIMENT".to_owned()).or_insert_with(|| experiments.clone());
    }
    let (goos, goarch) = platform(binary);
    record.settings.entry("GOOS".to_owned()).or_insert(goos);
    record.settings.entry("GOARCH".to_owned()).or_insert(goarch);
    if let Ok(functions) = binary.functions() {
        record.compiled_files = functions.table.files().map(<[u8]>::to_vec).collect();
        record.main_files = main_files(functions);
        record.folders = folders(functions);
    }
    Ok(record)
}

fn module(module: &buildinfo::Module) -> Module {
    Module { path: module.path.clone(), version: module.version.clone() }
}

fn dep(module: &buildinfo::Module) -> Dep {
    let replace = module.replace.clone();
    Dep {
        path: module.path.clone(),
        version: module.version.clone(),
        replace: replace.map(|(path, version)| Module { path, version }),
    }
}

/// The files of package main's functions. A closure of a generic function, or of an inlined one, has the name of the
/// package that it was compiled into, but is in the file of the package that wrote it: `main.main.Keys[...].func1` in
/// `maps/iter.go`.
fn main_files(functions: &Functions) -> BTreeSet<Vec<u8>> {
    let of_main = functions.table.functions().filter(|f| names::package(f.name()) == Some(b"main"));
    let own = of_main.filter_map(|function| {
        let file = functions.own_file(&function)?;
        let written = match functions.folders().owner_of_file(file) {
            Some(owner) => owner == "main",
            None => !names::is_derived(function.name()),
        };
        written.then(|| file.to_vec())
    });
    own.collect()
}

/// The package of each folder with a compiled file.
fn folders(functions: &Functions) -> BTreeMap<Vec<u8>, String> {
    let mut folders = BTreeMap::new();
    for file in functions.table.files() {
        let Some(slash) = memchr::memrchr(b'/', file) else { continue };
        let Some(folder) = file.get(..slash) else { continue };
        if let Some(owner) = functions.folders().owner_of_file(file) {
            folders.entry(folder.to_vec()).or_insert_with(|| owner.to_owned());
        }
    }
    folders
}

/// GOOS and GOARCH.
pub(super) fn platform(binary: &Binary) -> (String, String) {
    let recorded = |key| binary.build().and_then(|build| build.setting(key)).map(str::to_owned);
    let goos = binary.goos().map(str::to_owned).unwrap_or_default();
    (goos, recorded("GOARCH").unwrap_or_else(|| binary.image.arch.clone()))
}

/// The linker flags; none if the build records no flags.
pub(super) fn ldflags(binary: &Binary) -> Option<Ldflags> {
    let build = binary.build()?;
    let recorded = build.setting("-ldflags").map(Ldflags::parse);
    let trimmed = build.setting("-trimpath") == Some("true");
    recorded.or_else(|| (!trimmed).then(Ldflags::default))
}

/// A gap as reports show it. `given` are the folders that the user named.
pub(super) fn gap(gap: &Gap, record: &BuildRecord, given: &[Given]) -> SourceGap {
    let own = record.main_module.as_ref().is_some_and(|module| module.path == gap.module);
    SourceGap {
        owner: match gap.module.as_str() {
            "std" => Owner::Std,
            "" => Owner::Main,
            _ if own => Owner::Main,
            _ => Owner::Dependency,
        },
        code: gap.kind.code(),
        module: gap.module.clone(),
        message: match (gap.kind, own || gap.module.is_empty()) {
            (GapKind::Missing, true) if download(&gap.module, record).is_some() => {
                let command = download(&gap.module, record).unwrap_or_default();
                format!("{}; {command} fetches it, --source DIR says where it lies", gap.detail)
            }
            // A GOROOT that is named says nothing about where the module is.
            (GapKind::Missing, true) if given.iter().all(is_std) => {
                format!("{}; run gonym in the module's folder, or give --source DIR", gap.detail)
            }
            (GapKind::Missing, true) => {
                let module = if own { gap.module.as_str() } else { "the main module" };
                format!("{}; --source has to name the folder of {module}", gap.detail)
            }
            (GapKind::Missing, false) => {
                let says = format!("--source {}=DIR says where it lies", gap.module);
                match download(&gap.module, record) {
                    Some(command) => format!("{}; {command} fetches it, {says}", gap.detail),
                    None => format!("{}; {says}", gap.detail),
                }
            }
            _ => gap.detail.clone(),
        },
        weakens: true,
    }
}

fn is_std(given: &Given) -> bool {
    given.module.as_deref() == Some("std")
}

/// The command that downloads a module, if it has a version that a proxy can know.
fn download(module: &str, record: &BuildRecord) -> Option<String> {
    let dep = record.deps.iter().find(|dep| dep.path == module);
    let dep = dep.map(|dep| {
        dep.replace
            .clone()
            .unwrap_or_else(|| Module { path: dep.path.clone(), version: dep.version.clone() })
    });
    let main = record.main_module.as_ref().filter(|main| main.path == module).cloned();
    let wanted = dep.or(main)?;
    // A modified checkout has a version that was never published.
    let published = wanted.version.starts_with('v') && !wanted.version.ends_with("+dirty");
    published.then(|| format!("go mod download {}@{}", wanted.path, wanted.version))
}

/// Modules whose files may not be those that were compiled.
pub(super) fn doubtful(build: &Build) -> BTreeSet<String> {
    let kinds = [GapKind::OtherVersion, GapKind::FileMissing, GapKind::Rejected];
    let gaps = build.gaps.iter().filter(|gap| kinds.contains(&gap.kind));
    gaps.map(|gap| gap.module.clone()).collect()
}

/// The gap for a `--source` that names a module which is not in the build.
pub(super) fn not_in_build(given: &Given, record: &BuildRecord) -> Option<SourceGap> {
    let name = given.module.as_ref().filter(|name| *name != "std")?;
    let main = record.main_module.iter().map(|module| &module.path);
    let known = main.chain(record.deps.iter().map(|dep| &dep.path)).any(|path| path == name);
    (!known).then(|| SourceGap {
        owner: Owner::Main,
        code: Code::SourceNotInBuild,
        module: name.clone(),
        message: "--source names a module that build information does not".to_owned(),
        weakens: true,
    })
}
