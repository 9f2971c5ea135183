//! Which version of each module does a main module build with?
//!
//! This is needed if no binary tells: minimal version selection over the go.mod files in the module cache. After a
//! successful build they are all there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::cache::{cached, escaped};
use super::gomod::{GoMod, Module};
use super::version::compare_versions;

/// The version of every module that `roots` (the main module, or those of a workspace) need, and the modules whose
/// go.mod is missing.
#[must_use]
pub fn requirements(
    roots: &[(PathBuf, GoMod)],
    replaces: &GoMod,
    cache: Option<&Path>,
) -> (BTreeMap<String, String>, Vec<Module>) {
    let mut chosen: BTreeMap<String, String> = BTreeMap::new();
    let mut seen: BTreeSet<Module> = BTreeSet::new();
    let mut missing = Vec::new();
    let mut waiting: Vec<Module> =
        roots.iter().flat_map(|(_, said)| said.require.clone()).collect();
    let own: BTreeSet<&str> = roots.iter().map(|(_, said)| said.module.as_str()).collect();
    // Since 1.17 a main module lists all modules that its packages need. What these require in turn raises no version
    // that matters.
    let pruned = roots.iter().all(|(_, said)| said.minor.is_some_and(|minor| minor >= 17));
    let folder = roots.first().map_or(Path::new("."), |(folder, _)| folder.as_path());
    while let Some(module) = waiting.pop() {
        let skipped = own.contains(module.path.as_str()) || replaces.exclude.contains(&module);
        if skipped || !seen.insert(module.clone()) {
            continue;
        }
        let newer = chosen
            .get(&module.path)
            .is_none_or(|known| compare_versions(known, &module.version).is_lt());
        if newer {
            chosen.insert(module.path.clone(), module.version.clone());
        }
        if pruned {
            continue;
        }
        match go_mod(&module, replaces, folder, cache) {
            Some(said) => waiting.extend(said.require),
            None => missing.push(module),
        }
    }
    (chosen, missing)
}

/// The go.mod of `module`, or of its replacement.
fn go_mod(module: &Module, replaces: &GoMod, folder: &Path, cache: Option<&Path>) -> Option<GoMod> {
    let module = replaces.replaced(module).unwrap_or(module);
    if module.is_folder() {
        return GoMod::read(&folder.join(&module.path).join("go.mod"));
    }
    let cache = cache?;
    // If no package of a module is needed, only its go.mod is downloaded.
    let place = cached(&cache.join("cache/download"), &module.path, &module.version);
    place.as_ref()?;
    let alone = cache
        .join("cache/download")
        .join(escaped(&module.path))
        .join(format!("@v/{}.mod", escaped(&module.version)));
    GoMod::read(&alone)
}
