//! Where is the source of a build that records no modules, such as Bazel's?
//!
//! Its function table names files below a root that is not on this machine. A folder is found by the longest end of
//! its name that exists below the folders at hand and holds every file that was compiled from it.

use std::path::{Path, PathBuf};

use super::proof::{Names, is_generated};
use super::resolve::Located;
use super::sources::Table;
use super::walk::{Part, Walk};
use super::{BuildRecord, Places};

/// Adds the packages of compiled folders that no import reached.
pub(super) fn find_unreached(walk: &mut Walk<'_>, record: &BuildRecord, places: &Places) {
    // If modules are recorded, each has one place: a folder of the same name elsewhere belongs to something else.
    if record.main_module.is_some() || !record.deps.is_empty() {
        return;
    }
    let table = Table::learn(&record.compiled_files);
    let names = Names::of(walk.packages.values(), &table, walk.sources, record);
    let given = places.given.iter().map(|given| given.folder.clone());
    let roots: Vec<PathBuf> = given.chain([places.here.clone()]).collect();
    let root_of_go = table.built_goroot.as_ref().map(|root| format!("{root}/src/"));
    for (name, files) in &table.folders {
        let standard = root_of_go.as_ref().is_some_and(|root| name.starts_with(root.as_str()));
        let files: Vec<&String> = files.iter().filter(|file| !is_generated(file)).collect();
        if standard || files.is_empty() || name.is_empty() || names.folder(name).is_some() {
            continue;
        }
        let holds_all = |folder: &Path| files.iter().all(|file| folder.join(file).is_file());
        let Some(folder) = below_roots(name, &roots, &holds_all) else { continue };
        let named = record.folders.get(name.as_bytes());
        let import_path = named.map_or(name.as_str(), String::as_str);
        let path = if import_path == "main" { name } else { import_path };
        let own = !name.split('/').any(|part| part == "external" || part == "vendor");
        let located = Located { path: path.to_owned(), folder, own, ..Located::default() };
        walk.add(&located, Part::Plain, import_path);
    }
    walk.run();
    // A package that a compiled folder provides is not missing, whoever imports it.
    let found: Vec<String> =
        walk.packages.keys().map(|path| format!("{path}, imported by ")).collect();
    walk.gaps.retain(|gap| !found.iter().any(|path| gap.detail.starts_with(path)));
}

fn below_roots(
    name: &str,
    roots: &[PathBuf],
    holds_all: &dyn Fn(&Path) -> bool,
) -> Option<PathBuf> {
    let trimmed = name.trim_start_matches('/');
    let ends = std::iter::once(trimmed)
        .chain(trimmed.match_indices('/').filter_map(|(at, _)| trimmed.get(at + 1..)));
    for end in ends {
        let plain = end.split('/').all(|part| !part.is_empty() && part != "..");
        let mut folders = roots.iter().filter(|_| plain).map(|root| root.join(end));
        if let Some(folder) = folders.find(|folder| holds_all(folder)) {
            return Some(folder);
        }
    }
    None
}
