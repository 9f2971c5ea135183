//! What do the file names of a function table tell about where source is?
//!
//! A build that was not trimmed names every file by its place on the machine that built it. If that is this machine,
//! the names lead to GOROOT, to the main module and into the module cache.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::source::modules::{Module, escaped};

/// The folders of a function table.
#[derive(Debug, Default)]
pub(in crate::source::build) struct Table {
    /// The names of the files in each folder.
    pub(in crate::source::build) folders: BTreeMap<String, BTreeSet<String>>,
    /// Folders whose last element has a version, and that are above or among the folders of the table; by that element.
    versions: BTreeMap<String, BTreeSet<String>>,
    /// The GOROOT in the names, if it is on this disk.
    pub(super) goroot: Option<PathBuf>,
    /// The path before `/src/runtime` in the names, whether it exists here or not.
    pub(in crate::source::build) built_goroot: Option<String>,
}

impl Table {
    pub(in crate::source::build) fn learn(files: &BTreeSet<Vec<u8>>) -> Self {
        let mut table = Self::default();
        for file in files {
            let name = String::from_utf8_lossy(file).replace('\\', "/");
            let (folder, name) = name.rsplit_once('/').unwrap_or(("", &name));
            table.folders.entry(folder.to_owned()).or_default().insert(name.to_owned());
        }
        for folder in table.folders.keys().filter(|folder| folder.contains('@')) {
            let mut end = 0;
            for element in folder.split('/') {
                let root = folder.get(..end + element.len()).filter(|_| element.contains('@'));
                if let Some(root) = root {
                    table.versions.entry(element.to_owned()).or_default().insert(root.to_owned());
                }
                end += element.len() + 1;
            }
        }
        let runtime = table.folders.iter().find_map(|(folder, names)| {
            let root = folder.strip_suffix("/src/runtime")?;
            names.contains("proc.go").then(|| root.to_owned())
        });
        table.goroot = runtime.as_ref().map(PathBuf::from).filter(|root| root.is_dir());
        table.built_goroot = runtime;
        table
    }

    /// The folders that exist on this disk and are not below GOROOT.
    pub(super) fn present(&self) -> impl Iterator<Item = PathBuf> + '_ {
        let root = self.built_goroot.as_deref().map(|root| format!("{root}/src/"));
        let outside = move |folder: &&String| {
            !root.as_ref().is_some_and(|root| folder.starts_with(root.as_str()))
        };
        let folders = self.folders.keys().filter(outside).map(PathBuf::from);
        folders.filter(|folder| folder.is_absolute() && folder.is_dir())
    }

    /// Whether files of `folder`, or of folders below it, were compiled.
    pub(super) fn names_below(&self, folder: &Path) -> bool {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let below = |name: &Path| name.starts_with(folder) || name.starts_with(&real);
        self.folders.keys().any(|name| below(Path::new(name)))
    }

    /// The folder `…/path@version` with files of `module`, if it is on this disk.
    pub(super) fn root_of(&self, module: &Module) -> Option<PathBuf> {
        if module.version.is_empty() {
            return None;
        }
        let end = format!("/{}@{}", escaped(&module.path), escaped(&module.version));
        let last = end.rsplit('/').next().and_then(|last| self.versions.get(last));
        let root = last.into_iter().flatten().find(|root| root.ends_with(&end)).map(PathBuf::from);
        root.filter(|root| root.is_absolute() && root.is_dir())
    }
}
