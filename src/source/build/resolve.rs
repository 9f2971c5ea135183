//! Which folder does an import stand for?
//!
//! In the `go` command's order: the standard library with its own vendor folders; then modules, by the longest path
//! that contains the package, or GOPATH with its vendor folders.

use std::fs;
use std::path::{Path, PathBuf};

use super::sources::Sources;
use crate::source::cache::Files;
use crate::source::modules::Module;

/// The package that an import leads to.
#[derive(Clone, Debug, Default)]
pub(super) struct Located {
    /// The path that `go list` prints, `vendor/…` included.
    pub(super) path: String,
    pub(super) folder: PathBuf,
    pub(super) module: Option<Module>,
    pub(super) std: bool,
    pub(super) own: bool,
}

/// The importing package.
#[derive(Clone, Debug, Default)]
pub(super) struct Importer {
    pub(super) path: String,
    pub(super) folder: PathBuf,
    pub(super) std: bool,
}

impl Sources {
    /// The package that `path` stands for in a file of `importer`.
    pub(super) fn locate(&self, path: &str, importer: &Importer) -> Option<Located> {
        if !is_plain(path) {
            return self.relative(path, importer);
        }
        if importer.std {
            return self.in_goroot(path, importer);
        }
        let head = path.split('/').next().unwrap_or_default();
        let standard = if head.contains('.') { None } else { self.in_goroot(path, importer) };
        standard.or_else(|| self.in_modules(path)).or_else(|| self.in_gopath(path, importer))
    }

    /// The modules that were not found and may contain `path`; that is reported once, for the module.
    pub(super) fn missing_homes(&self, path: &str, importer: &Importer) -> Vec<&str> {
        let head = path.split('/').next().unwrap_or_default();
        let standard = importer.std || !head.contains('.');
        let missing = self.trees.iter().filter(|tree| tree.folder.is_none());
        let mut homes: Vec<&str> = missing
            .map(|tree| tree.module.path.as_str())
            .filter(|module| rest_of(path, module).is_some())
            .collect();
        homes.extend((standard && self.goroot.is_none()).then_some("std"));
        homes
    }

    fn in_goroot(&self, path: &str, importer: &Importer) -> Option<Located> {
        let source = self.goroot.as_ref()?.folder.join("src");
        if let (Some(rest), Some((folder, version))) =
            (rest_of(path, "crypto/internal/fips140"), &self.fips)
        {
            let rest = rest_of(rest, version).unwrap_or(rest);
            let parts = ["crypto/internal/fips140", version, rest];
            let path = parts.join("/").trim_end_matches('/').to_owned();
            let folder = folder.join(version).join(rest);
            return Some(Located { path, folder, std: true, ..Located::default() });
        }
        let vendor = if importer.path.starts_with("cmd/") { "cmd/vendor" } else { "vendor" };
        let vendored = importer.std.then(|| format!("{vendor}/{path}"));
        let names = vendored.into_iter().chain([path.to_owned()]);
        let found = |path: String| {
            let folder = source.join(&path);
            // unsafe and others have only one file; a folder that holds only folders is no package.
            is_package(&self.files, &folder).then_some(Located {
                path,
                folder,
                std: true,
                ..Located::default()
            })
        };
        names.into_iter().find_map(found)
    }

    fn in_modules(&self, path: &str) -> Option<Located> {
        self.trees.iter().find_map(|tree| {
            let folder = tree.folder.as_ref()?;
            let rest = rest_of(path, &tree.module.path)?;
            let folder = if rest.is_empty() { folder.clone() } else { folder.join(rest) };
            is_package(&self.files, &folder).then(|| Located {
                path: path.to_owned(),
                folder,
                module: Some(tree.module.clone()),
                std: false,
                own: tree.own,
            })
        })
    }

    /// Looks in the vendor folders from the importer's folder upwards, then in GOPATH itself.
    fn in_gopath(&self, path: &str, importer: &Importer) -> Option<Located> {
        for root in &self.gopath {
            let source = root.join("src");
            let above =
                importer.folder.ancestors().take_while(|folder| folder.starts_with(&source));
            let vendored = above.map(|folder| folder.join("vendor").join(path));
            let mut folders = vendored.chain([source.join(path)]);
            if let Some(folder) = folders.find(|folder| is_package(&self.files, folder)) {
                let relative = folder.strip_prefix(&source).ok()?;
                let path = relative.to_string_lossy().replace('\\', "/");
                let own = importer.path.is_empty();
                return Some(Located { path, folder, own, ..Located::default() });
            }
        }
        None
    }

    /// `./x`: only files outside modules may import so.
    fn relative(&self, path: &str, importer: &Importer) -> Option<Located> {
        let dots = path.starts_with("./") || path.starts_with("../");
        if !dots || importer.folder.as_os_str().is_empty() {
            return None;
        }
        let folder = importer.folder.join(path).canonicalize().ok()?;
        let shown = folder.to_string_lossy().replace('\\', "/");
        let path = format!("_{shown}");
        is_package(&self.files, &folder).then_some(Located { path, folder, ..Located::default() })
    }
}

/// What follows `prefix` in `path`, without the slash.
pub(super) fn rest_of<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(prefix)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// Whether the path has no `..`, which would lead out of a module: a binary or a file may name anything.
fn is_plain(path: &str) -> bool {
    let fine = |part: &str| !part.is_empty() && part != "." && part != "..";
    !path.contains(['\\', '\0', ':']) && path.split('/').all(fine)
}

/// Whether `folder` holds a Go file.
pub(super) fn is_package(files: &Files, folder: &Path) -> bool {
    let Ok(entries) = files.folder(folder) else { return false };
    entries.iter().any(|entry| {
        let name = entry.name.as_encoded_bytes();
        let named = name.ends_with(b".go") && !name.starts_with(b"_") && !name.starts_with(b".");
        // Links to files are followed; a folder may be called x.go.
        let is_file = || fs::metadata(folder.join(&entry.name)).is_ok_and(|about| about.is_file());
        named && (entry.is_file || is_file())
    })
}
