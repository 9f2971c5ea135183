//! Where are the modules of this build, and its Go?
//!
//! For each module the places are tried in this order: what the user named; what the function table names, if it is
//! on this disk; the workspace and the main module's vendor folder; the module cache.

mod own;
mod table;

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{BuildRecord, Dep, Gap, GapKind};
use crate::source::cache::Files;
use crate::source::modules::{GoMod, Goroot, Module, Places, cached, find_goroot};

pub(super) use own::workspace;
pub(super) use table::Table;

/// A module and the folder that holds its packages.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    /// The module as imports name it.
    pub(super) module: Module,
    /// What replaced it; the function table may use either name.
    pub(super) replace: Option<Module>,
    /// Its folder; `None` if it was not found.
    pub(super) folder: Option<PathBuf>,
    /// Whether it is the main module.
    pub(super) own: bool,
    /// Whether the folder is in a vendor folder, which holds only the packages that are needed.
    pub(super) vendored: bool,
}

/// All places of one build.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// The current folder.
    pub(super) here: PathBuf,
    pub(super) goroot: Option<Goroot>,
    pub(super) main_root: Option<PathBuf>,
    /// The modules, longest path first.
    pub(super) trees: Vec<Tree>,
    /// Folders of GOPATH, for builds without modules.
    pub(super) gopath: Vec<PathBuf>,
    /// The folder of a frozen cryptographic module, and its version (GOFIPS140).
    pub(super) fips: Option<(PathBuf, String)>,
    pub(super) gaps: Vec<Gap>,
    pub(super) files: Files,
}

impl Sources {
    pub(super) fn find(record: &BuildRecord, places: &Places, files: &Files) -> Self {
        let table = Table::learn(&record.compiled_files);
        let (here, files) = (places.here.clone(), files.clone());
        let mut sources = Self { here, files, ..Self::default() };
        sources.find_goroot(record, places, &table);
        sources.find_fips(record, places);
        let finder = own::Finder { record, places, table: &table };
        let own = finder.main_module();
        sources.gaps.extend(own.gap.clone());
        sources.main_root.clone_from(&own.root);
        let modules = Modules { places, table: &table, own: &own };
        if let Some(main) = &record.main_module {
            let module = main.clone();
            sources.trees.push(Tree {
                module,
                folder: own.root.clone(),
                own: true,
                ..Tree::default()
            });
        }
        for dep in &record.deps {
            let tree = modules.find(dep, &mut sources.gaps);
            sources.trees.push(tree);
        }
        if record.main_module.is_none() && record.deps.is_empty() {
            sources.gopath = places.gopath();
        }
        sources.sort();
        sources
    }

    /// Sorts the modules so that an import belongs to the first match: the longest path.
    pub(super) fn sort(&mut self) {
        self.trees.sort_by(|one, other| {
            let key =
                |tree: &Tree| (std::cmp::Reverse(tree.module.path.len()), tree.module.clone());
            key(one).cmp(&key(other))
        });
    }

    fn find_goroot(&mut self, record: &BuildRecord, places: &Places, table: &Table) {
        let named = places.given.iter().filter(|given| given.module.as_deref() == Some("std"));
        let mut candidates: Vec<PathBuf> = named.map(|given| given.folder.clone()).collect();
        let forced = candidates.first().and_then(|folder| Goroot::at(folder));
        candidates.extend(table.goroot.clone());
        candidates.extend(places.goroots());
        let version = record.go.split_whitespace().next().unwrap_or_default();
        self.goroot = forced.or_else(|| find_goroot(&candidates, version));
        let found = match &self.goroot {
            Some(goroot) if goroot.version == version => return,
            Some(goroot) => (GapKind::OtherVersion, format!("{} for {version}", goroot.version)),
            None => (GapKind::Missing, format!("no Go installation with source; wanted {version}")),
        };
        self.gaps.push(Gap { module: "std".to_owned(), kind: found.0, detail: found.1 });
    }

    /// The `go` command unpacks a frozen cryptographic module into the module cache.
    fn find_fips(&mut self, record: &BuildRecord, places: &Places) {
        let setting = record.settings.get("GOFIPS140").filter(|value| value.starts_with('v'));
        let Some(version) = setting else { return };
        let cache = places.module_cache();
        let folder = cache.and_then(|cache| cached(&cache, "golang.org/fips140", version));
        match folder.map(|folder| folder.join("fips140")).filter(|folder| folder.is_dir()) {
            Some(folder) => self.fips = Some((folder, version.clone())),
            None => self.gaps.push(Gap {
                module: "std".to_owned(),
                kind: GapKind::Missing,
                detail: format!("golang.org/fips140@{version}"),
            }),
        }
    }
}

/// What is known about the main module when its requirements are looked for.
struct Modules<'a> {
    places: &'a Places,
    table: &'a Table,
    own: &'a own::Own,
}

impl Modules<'_> {
    fn find(&self, dep: &Dep, gaps: &mut Vec<Gap>) -> Tree {
        let module = Module { path: dep.path.clone(), version: dep.version.clone() };
        let replace = dep.replace.clone();
        let mut tree = Tree { module, replace, ..Tree::default() };
        let wanted = tree.replace.clone().unwrap_or_else(|| tree.module.clone());
        if let Some(folder) = self.given(&dep.path) {
            tree.folder = Some(folder);
        } else {
            self.look(&mut tree, &wanted, gaps);
        }
        if tree.folder.is_none() {
            let detail = match &tree.replace {
                Some(other) => {
                    format!("{}@{} => {} {}", dep.path, dep.version, other.path, other.version)
                }
                None => format!("{}@{}", dep.path, dep.version),
            };
            gaps.push(Gap { module: dep.path.clone(), kind: GapKind::Missing, detail });
        }
        tree
    }

    /// Looks in the vendor folder if Go would use it, then elsewhere. A vendor folder that Go would not use is the
    /// last resort.
    fn look(&self, tree: &mut Tree, wanted: &Module, gaps: &mut Vec<Gap>) {
        let default = self.own.vendor.as_ref().is_some_and(|vendor| vendor.used);
        let places = if default { [true, false] } else { [false, true] };
        for vendored in places {
            let module = &tree.module;
            tree.folder = if vendored {
                self.vendored(module, wanted, gaps)
            } else {
                self.elsewhere(module, wanted)
            };
            tree.vendored = vendored;
            if tree.folder.is_some() {
                return;
            }
        }
    }

    fn given(&self, path: &str) -> Option<PathBuf> {
        let mut given = self.places.given.iter();
        let found = given.find(|given| match &given.module {
            Some(module) => module == path,
            None => {
                GoMod::read(&given.folder.join("go.mod")).is_some_and(|said| said.module == path)
            }
        });
        found.map(|given| given.folder.clone())
    }

    /// Looks in the vendor folder.
    fn vendored(&self, module: &Module, wanted: &Module, gaps: &mut Vec<Gap>) -> Option<PathBuf> {
        let vendor = self.own.vendor.as_ref()?;
        let listed = vendor.listed.modules.get(&module.path)?;
        let root = vendor.folder.join(&module.path);
        if !root.is_dir() {
            return None;
        }
        let version = if module.version == listed.version { &listed.replaced } else { &None };
        let same = match (version, wanted.version.as_str()) {
            (Some(replaced), version) => replaced.version == version || replaced.version.is_empty(),
            (None, _) => module.version == listed.version,
        };
        if !same {
            gaps.push(Gap {
                module: module.path.clone(),
                kind: GapKind::OtherVersion,
                detail: format!("vendor holds {} for {}", listed.version, wanted.version),
            });
        }
        Some(root)
    }

    fn elsewhere(&self, module: &Module, wanted: &Module) -> Option<PathBuf> {
        if wanted.is_folder() {
            let workspace = self.own.workspace.as_ref().map(|(folder, _)| folder);
            let bases = [self.own.root.as_ref(), workspace];
            let folders = bases.into_iter().flatten().map(|base| base.join(&wanted.path));
            return folders.into_iter().find(|folder| folder.is_dir());
        }
        if let Some(folder) = self.table.root_of(wanted) {
            return Some(folder);
        }
        if wanted.version.is_empty() || wanted.version == "(devel)" {
            return self.own.members.get(&module.path).cloned();
        }
        let folder = cached(&self.places.module_cache()?, &wanted.path, &wanted.version)?;
        folder.is_dir().then_some(folder)
    }
}

/// The modules of a workspace, and their folders.
type Members = BTreeMap<String, PathBuf>;
