//! Where is the main module, and the workspace that it may belong to?

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{BuildRecord, Gap, GapKind, Members, Places, Table};
use crate::source::modules::{GoMod, Module, Vendor, cached, is_cached, module_above};

/// The places of the main module.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// The folder of its go.mod.
    pub(super) root: Option<PathBuf>,
    /// Its vendor folder, or that of the workspace.
    pub(super) vendor: Option<VendorFolder>,
    /// The folder of the go.work file, and its content.
    pub(super) workspace: Option<(PathBuf, GoMod)>,
    /// Modules outside the module cache: those of the workspace and those found on the way.
    pub(super) members: Members,
    /// Why it was not found.
    pub(super) gap: Option<Gap>,
}

/// A vendor folder.
#[derive(Debug)]
pub(super) struct VendorFolder {
    pub(super) folder: PathBuf,
    pub(super) listed: Vendor,
    /// Whether the build took its packages from there.
    pub(super) used: bool,
}

pub(super) struct Finder<'a> {
    pub(super) record: &'a BuildRecord,
    pub(super) places: &'a Places,
    pub(super) table: &'a Table,
}

impl Finder<'_> {
    /// Finds the main module. For a build of single files that is the module of these files.
    pub(super) fn main_module(&self) -> Own {
        let mut own = Own::default();
        self.collect_members(&mut own);
        let devel =
            self.record.deps.iter().find(|dep| dep.version == "(devel)" && dep.replace.is_none());
        let module = match (&self.record.main_module, devel) {
            (Some(module), _) => module.clone(),
            (None, Some(dep)) => Module { path: dep.path.clone(), version: String::new() },
            (None, None) => return own,
        };
        if self.is_goroot(&module) {
            return own;
        }
        own.root = own.members.get(&module.path).cloned().or_else(|| self.cached(&module));
        match &own.root {
            Some(root) => own.vendor = self.vendor(root, own.workspace.as_ref()),
            None => own.gap = Some(self.not_found(&module)),
        }
        own
    }

    /// Whether it is `std` or `cmd`, which are modules of GOROOT.
    fn is_goroot(&self, module: &Module) -> bool {
        ["std", "cmd"].contains(&module.path.as_str())
    }

    /// Collects every module above the current folder, above compiled files and in a go.work.
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
        let mut starts = own.members.values().chain([&self.places.here]);
        let found = starts.find_map(|start| workspace(start, self.places));
        drop(starts);
        let Some((folder, said)) = found else { return };
        for used in &said.uses {
            let root = folder.join(used);
            if let Some(module) = GoMod::read(&root.join("go.mod")) {
                own.members.entry(module.module).or_insert(root);
            }
        }
        own.workspace = Some((folder, said));
    }

    /// The module in the module cache, from which `go install module@version` builds.
    fn cached(&self, module: &Module) -> Option<PathBuf> {
        let named = self.table.root_of(module);
        let cache = self.places.module_cache();
        let cached = cache.and_then(|cache| cached(&cache, &module.path, &module.version));
        named.or(cached).filter(|folder| folder.is_dir())
    }

    fn vendor(&self, root: &Path, workspace: Option<&(PathBuf, GoMod)>) -> Option<VendorFolder> {
        if let Some((folder, said)) = workspace {
            let real = root.canonicalize().ok();
            let inside = said.uses.iter().any(|used| folder.join(used).canonicalize().ok() == real);
            if inside {
                return self.vendor_of(folder, said, true);
            }
        }
        let said = GoMod::read(&root.join("go.mod")).unwrap_or_default();
        self.vendor_of(root, &said, false)
    }

    /// Whether the vendor folder was used. The function table tells. If it does not, the `go` command's default
    /// applies (cmd/go/internal/modload, setDefaultBuildMod): since go 1.14 in go.mod.
    fn vendor_of(&self, root: &Path, said: &GoMod, workspace: bool) -> Option<VendorFolder> {
        let folder = root.join("vendor");
        let listed = Vendor::read(&folder)?;
        let default = said.minor.is_some_and(|minor| minor >= 14) && listed.workspace == workspace;
        let wanted = self.record.deps.iter().map(|dep| (dep, dep.replace.as_ref()));
        let elsewhere = || {
            wanted.clone().any(|(dep, replace)| {
                let module = Module { path: dep.path.clone(), version: dep.version.clone() };
                match replace.filter(|other| other.is_folder()) {
                    Some(other) => self.table.names_below(&root.join(&other.path)),
                    None => self.table.root_of(replace.unwrap_or(&module)).is_some(),
                }
            })
        };
        let used = self.table.names_below(&folder) || (default && !elsewhere());
        Some(VendorFolder { folder, listed, used })
    }

    /// Why the main module's source is not known: what is in the folder that the user named, or else here.
    fn not_found(&self, module: &Module) -> Gap {
        let named = self.places.given.iter().find(|given| given.module.is_none());
        let folder = named.map_or(&self.places.here, |given| &given.folder);
        let (place, within) = match named {
            Some(_) => (format!("in {}", folder.display()), folder.display().to_string()),
            None => ("here".to_owned(), "the current folder".to_owned()),
        };
        let detail = match module_above(folder, "go.mod") {
            Some((_, said)) if said.module.is_empty() => {
                format!("the go.mod {place} names no module")
            }
            Some((_, said)) => format!("the go.mod {place} is that of {}", said.module),
            None => format!("no go.mod in {within} or above"),
        };
        Gap { module: module.path.clone(), kind: GapKind::Missing, detail }
    }
}

/// Adds the module of the nearest go.mod above `folder`, and those of the go.mod files above that one.
fn note_above(
    folder: &Path,
    seen: &mut BTreeSet<PathBuf>,
    members: &mut BTreeMap<String, PathBuf>,
) {
    for root in folder.ancestors() {
        if !seen.insert(root.to_owned()) {
            return;
        }
        // A module in the cache is known by its version, and is never a member.
        if is_cached(root) {
            return;
        }
        if let Some(said) = GoMod::read(&root.join("go.mod")) {
            members.entry(said.module).or_insert_with(|| root.to_owned());
        }
    }
}

/// The workspace of `folder`: the file that GOWORK names, which may have any name, or the nearest go.work above.
pub(in crate::source::build) fn workspace(
    folder: &Path,
    places: &Places,
) -> Option<(PathBuf, GoMod)> {
    match places.setting("GOWORK") {
        Some("off") => None,
        Some(file) => Some((Path::new(file).parent()?.to_owned(), GoMod::read(Path::new(file))?)),
        None => module_above(folder, "go.work"),
    }
}
