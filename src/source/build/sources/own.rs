//! Where does the main module lie, and the workspace that it may be part of?

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{Gap, GapKind, Members, Order, Places, Table, vendor_of};
use crate::source::modules::{GoMod, Module, Vendor, cached, module_above};

/// The main module's places.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// The folder of its go.mod.
    pub(super) root: Option<PathBuf>,
    /// The vendor folder that Go would use.
    pub(super) vendor: Option<(PathBuf, Vendor)>,
    /// The folder of the go.work.
    pub(super) workspace: Option<PathBuf>,
    /// Modules that lie in the open: those of the workspace and those found on the way.
    pub(super) members: Members,
    /// Why it was not found.
    pub(super) gap: Option<Gap>,
}

pub(super) struct Finder<'a> {
    pub(super) order: &'a Order,
    pub(super) places: &'a Places,
    pub(super) table: &'a Table,
}

impl Finder<'_> {
    /// Finds the main module; of a build of single files, the module that they lie in.
    pub(super) fn main_module(&self) -> Own {
        let mut own = Own::default();
        self.collect_members(&mut own);
        let devel =
            self.order.deps.iter().find(|dep| dep.version == "(devel)" && dep.replace.is_none());
        let module = match (&self.order.main_module, devel) {
            (Some(module), _) => module.clone(),
            (None, Some(dep)) => Module { path: dep.path.clone(), version: String::new() },
            (None, None) => return own,
        };
        if self.is_goroot(&module) {
            return own;
        }
        own.root = own.members.get(&module.path).cloned().or_else(|| self.cached(&module));
        match &own.root {
            Some(root) => own.vendor = vendor(root, own.workspace.as_deref()),
            None => own.gap = Some(self.not_found(&module)),
        }
        own
    }

    /// `std` and `cmd` are modules of GOROOT.
    fn is_goroot(&self, module: &Module) -> bool {
        ["std", "cmd"].contains(&module.path.as_str())
    }

    /// Every module that is met above the current folder, above compiled files and in a go.work.
    fn collect_members(&self, own: &mut Own) {
        let mut seen = BTreeSet::new();
        for given in &self.places.given {
            match &given.module {
                Some(module) => {
                    own.members.entry(module.clone()).or_insert_with(|| given.folder.clone());
                }
                None => note_above(&given.folder, &mut seen, &mut own.members),
            }
        }
        let folders: Vec<PathBuf> = self.table.present().collect();
        for folder in &folders {
            note_above(folder, &mut seen, &mut own.members);
        }
        note_above(&self.places.here, &mut seen, &mut own.members);
        self.note_workspace(own);
    }

    fn note_workspace(&self, own: &mut Own) {
        let starts = own.members.values().cloned().chain([self.places.here.clone()]);
        let set = self.places.setting("GOWORK");
        let named = set.filter(|value| *value != "off").map(PathBuf::from);
        let named = named.and_then(|file| file.parent().map(Path::to_owned));
        let found = match set {
            Some("off") => None,
            _ => named.or_else(|| {
                starts
                    .into_iter()
                    .find_map(|start| module_above(&start, "go.work").map(|(folder, _)| folder))
            }),
        };
        let Some(folder) = found else { return };
        let said = GoMod::read(&folder.join("go.work")).unwrap_or_default();
        for used in &said.uses {
            let root = folder.join(used);
            if let Some(module) = GoMod::read(&root.join("go.mod")) {
                own.members.entry(module.module).or_insert(root);
            }
        }
        own.workspace = Some(folder);
    }

    /// `go install module@version` builds from the module cache.
    fn cached(&self, module: &Module) -> Option<PathBuf> {
        let named = self.table.root_of(module);
        let cache = self.places.module_cache();
        let cached = cache.and_then(|cache| cached(&cache, &module.path, &module.version));
        named.or(cached).filter(|folder| folder.is_dir())
    }

    fn not_found(&self, module: &Module) -> Gap {
        let here = module_above(&self.places.here, "go.mod");
        let detail = match here {
            Some((_, said)) => format!("the go.mod here is that of {}", said.module),
            None => "no go.mod in the current folder or above".to_owned(),
        };
        Gap { module: module.path.clone(), kind: GapKind::Missing, detail }
    }
}

/// Notes the module of the nearest go.mod above `folder`, and those of the go.mod files above that.
fn note_above(
    folder: &Path,
    seen: &mut BTreeSet<PathBuf>,
    members: &mut BTreeMap<String, PathBuf>,
) {
    for root in folder.ancestors() {
        if !seen.insert(root.to_owned()) {
            return;
        }
        // A module of the cache is named by its version, never as a member.
        let is_cached = root.file_name().is_some_and(|name| name.to_string_lossy().contains('@'));
        if is_cached {
            return;
        }
        if let Some(said) = GoMod::read(&root.join("go.mod")) {
            members.entry(said.module).or_insert_with(|| root.to_owned());
        }
    }
}

fn vendor(root: &Path, workspace: Option<&Path>) -> Option<(PathBuf, Vendor)> {
    if let Some(folder) = workspace {
        let said = GoMod::read(&folder.join("go.work")).unwrap_or_default();
        let inside = said.uses.iter().any(|used| {
            folder.join(used).canonicalize().ok().as_deref() == root.canonicalize().ok().as_deref()
        });
        if inside {
            return vendor_of(folder, &said, true);
        }
    }
    let said = GoMod::read(&root.join("go.mod")).unwrap_or_default();
    vendor_of(root, &said, false)
}
