//! Which package does a source folder belong to, by its path and by the names of its functions?
//!
//! The rules in the order in which they are tried: GOROOT, trimmed paths, module cache, vendor folder, roots of
//! modules, and last the votes.

use std::collections::{BTreeSet, HashMap};

use super::roots::{self, Root};
use super::spelling::{
    ends_with_path, find_after, is_bare, is_below, is_local, is_standard, said, without_version,
};
use super::{Package, Votes, folder_of, majority};
use crate::golang::buildinfo::BuildInfo;
use crate::golang::pclntab::Pclntab;
use crate::names::path_text;

/// The last Go 1.N whose test binaries do not record every module (`go version -m` of 1.24 to 1.27).
const LAST_PARTIAL: u16 = 26;

/// The paths that tell an owner without votes.
pub(super) struct Rules<'a> {
    /// What precedes the import path of standard packages in file names. `None` if paths were trimmed and the folder
    /// is the import path.
    goroot: Option<&'a [u8]>,
    trimmed: bool,
    /// Module roots: prefix of file names, and module path.
    roots: Vec<Root>,
    /// The build information, if it lists the modules of the build. Then names alone tell no folder's owner.
    modules: Option<&'a BuildInfo>,
    /// Whether modules may be missing from the list: test binaries up to 1.26 leave out what only an external test
    /// imports.
    partial: bool,
    /// In such binaries: the packages that have a folder with a matching path. A folder with another path, all of
    /// whose functions are named by such a package, probably pushes into it.
    placed: BTreeSet<Package>,
    /// Path of the main module, for builds whose file names are relative to it.
    main_module: Option<&'a str>,
}

impl<'a> Rules<'a> {
    pub(super) fn new(
        table: &'a Pclntab,
        build: Option<&'a BuildInfo>,
        votes: &HashMap<&[u8], Votes>,
        main_folder: Option<&[u8]>,
        is_test: bool,
    ) -> Self {
        let folder = runtime_folder(table);
        let trimmed = folder == Some(b"runtime");
        let goroot = folder.and_then(|folder| folder.strip_suffix(b"/runtime"));
        let main_module =
            build.and_then(|build| build.main.as_ref()).map(|main| main.path.as_str());
        let modules = build.filter(|_| main_module.is_some());
        let roots = match modules {
            Some(build) => roots::of_modules(build, votes, main_folder),
            None => roots::of_sources(votes),
        };
        let partial = is_test
            && build
                .and_then(|build| build.version.minor)
                .is_none_or(|minor| minor <= LAST_PARTIAL);
        let named = votes.iter().filter(|_| partial).filter_map(|(at, votes)| by_suffix(at, votes));
        let placed = named.collect();
        Self { goroot, trimmed, roots, modules, partial, placed, main_module }
    }

    pub(super) fn owner(&self, folder: &[u8], votes: &Votes) -> Option<Package> {
        if let Some(rest) = self.goroot.and_then(|goroot| folder.strip_prefix(goroot))
            && let Some(path) = rest.strip_prefix(b"/")
        {
            return Some(path_text(path));
        }
        if self.trimmed && !is_local(folder) {
            return self.trimmed_folder(folder, votes);
        }
        if is_bare(folder) {
            return self.bare_folder(votes);
        }
        match self.by_root(folder) {
            Some((_, None)) => return None,
            Some((root, Some(module))) => {
                let owner = below(folder, root, module);
                return owner.filter(|_| self.possible(folder, votes).is_none());
            }
            None => {}
        }
        if let Some(said) = said(folder) {
            return Some(said);
        }
        // With `-gcflags=all=-trimpath=$PWD` file names are relative to the main module.
        if let (Some(module), false) = (self.main_module, is_local(folder)) {
            return Some(format!("{module}/{}", path_text(folder)));
        }
        if self.modules.is_some() {
            // The main module's root is known, and no module has a root here. `//line` can name any folder, and a
            // push has the same function names as the owner (same SHA-256, 1.22 and 1.27).
            return if self.knows_main_root() { None } else { alone(votes) };
        }
        let voted = || match self.partial {
            true => self.named_only(votes),
            false => majority(votes),
        };
        by_suffix(folder, votes).or_else(voted)
    }

    /// The package that all functions of a folder name, in a test binary that records no modules.
    fn named_only(&self, votes: &Votes) -> Option<Package> {
        alone(votes).filter(|package| !self.placed.contains(package))
    }

    /// Whether only the names of its functions tell the owner of `folder`. A package of nothing but pushes has the
    /// names of another package.
    pub(super) fn is_guess(&self, folder: &[u8], votes: &Votes) -> bool {
        let named = self.partial && self.modules.is_none() && by_suffix(folder, votes).is_none();
        named
            && self.owner(folder, votes).is_some_and(|owner| Some(owner) == self.named_only(votes))
    }

    /// The package that owns a folder, unless a module that is not recorded has its root there, below the known root
    /// (`replace example.com/dep => ./dep`). Only the folder's path tells the owner.
    pub(super) fn possible(&self, folder: &[u8], votes: &Votes) -> Option<Package> {
        let (root, module) = self.by_root(folder).filter(|_| self.partial)?;
        let named = |owner: &Package| votes.is_empty() || votes.contains_key(owner);
        below(folder, root, module?).filter(|owner| !named(owner))
    }

    /// A file name without a folder tells no package. Two exceptions: package main, whose files some builds record
    /// without a folder, and the root of a module whose files have relative names.
    fn bare_folder(&self, votes: &Votes) -> Option<Package> {
        alone(votes)
            .filter(|package| package == "main" || Some(package.as_str()) == self.main_module)
    }

    /// A trimmed folder is the import path; below a vendor folder its last part is. If names show that the build was
    /// trimmed to its own root, it is the end of the path (`lib/lib.go` of `example.com/m/lib`).
    fn trimmed_folder(&self, folder: &[u8], votes: &Votes) -> Option<Package> {
        let own = path_text(&without_version(folder));
        let modules = self.modules.iter().flat_map(|build| build.main.iter().chain(&build.deps));
        let in_module = modules.map(|module| module.path.as_str()).any(|path| is_below(&own, path));
        if !is_standard(folder) || in_module {
            return Some(find_after(folder, b"/vendor/").map_or(own, path_text));
        }
        let longer = votes.keys().find(|package| ends_with_path(package.as_bytes(), folder));
        match longer {
            Some(package) if !votes.contains_key(&own) => Some(package.clone()),
            _ => Some(own),
        }
    }

    /// The paths of the modules that took part, if the build records all of them.
    pub(super) fn all_modules(&self) -> Option<Vec<String>> {
        let build = self.modules.filter(|_| !self.partial)?;
        Some(build.main.iter().chain(&build.deps).map(|module| module.path.clone()).collect())
    }

    fn knows_main_root(&self) -> bool {
        self.roots
            .iter()
            .any(|(_, module)| module.is_some() && module.as_deref() == self.main_module)
    }

    /// The innermost root that holds `folder`.
    fn by_root(&self, folder: &[u8]) -> Option<(&[u8], Option<&str>)> {
        let inside = |(root, _): &&Root| {
            folder
                .strip_prefix(root.as_slice())
                .is_some_and(|r| r.is_empty() || r.starts_with(b"/"))
        };
        let (root, module) = self.roots.iter().filter(inside).max_by_key(|(root, _)| root.len())?;
        Some((root, module.as_deref()))
    }
}

/// The package at `folder`, below the root of its module.
fn below(folder: &[u8], root: &[u8], module: &str) -> Option<Package> {
    let tail = folder.strip_prefix(root)?;
    if let Some(vendored) = find_after(tail, b"/vendor/") {
        return Some(path_text(vendored));
    }
    Some(format!("{module}{}", path_text(tail)).trim_start_matches('/').to_owned())
}

/// The package that all functions of a folder name.
fn alone(votes: &Votes) -> Option<Package> {
    let mut named = votes.keys();
    named.next().filter(|_| named.next().is_none()).cloned()
}

/// The folder of the runtime's own files: that of runtime.main, or in a plugin, which has no runtime.main, that of
/// another function of package runtime.
fn runtime_folder(table: &Pclntab) -> Option<&[u8]> {
    let folder = |wanted: fn(&[u8]) -> bool| {
        let mut named = table.functions().filter(|function| wanted(function.name()));
        named.find_map(|function| {
            let folder = folder_of(function.file()?);
            (folder == b"runtime" || folder.ends_with(b"/runtime")).then_some(folder)
        })
    };
    folder(|name| name == b"runtime.main").or_else(|| folder(|name| name.starts_with(b"runtime.")))
}

/// The package, among those in the functions' names, whose path shares the longest end with `folder`. For an external
/// test that is the package that it tests.
fn by_suffix(folder: &[u8], votes: &Votes) -> Option<Package> {
    let shared = |package: &str| {
        let ours = folder.rsplit(|b| *b == b'/');
        ours.zip(package.as_bytes().rsplit(|b| *b == b'/')).take_while(|(a, b)| a == b).count()
    };
    let tested = votes.keys().filter_map(|package| package.strip_suffix("_test"));
    let named = votes.keys().map(String::as_str).chain(tested);
    let best = named.map(|package| (shared(package), package)).max()?;
    (best.0 > 0).then(|| best.1.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn votes(pairs: &[(&str, usize)]) -> Votes {
        pairs.iter().map(|(package, count)| ((*package).to_owned(), *count)).collect()
    }

    fn rules(
        goroot: Option<&'static [u8]>,
        trimmed: bool,
        roots: &[(&str, &str)],
    ) -> Rules<'static> {
        let roots = roots
            .iter()
            .map(|(root, module)| (root.as_bytes().to_vec(), Some((*module).to_owned())));
        let main_module = Some("example.com/app");
        let roots = roots.collect();
        Rules {
            goroot,
            trimmed,
            roots,
            modules: None,
            partial: false,
            placed: BTreeSet::new(),
            main_module,
        }
    }

    #[test]
    fn each_path_rule() {
        let plain = rules(Some(b"/usr/lib/go/src"), false, &[("/src/app", "example.com/app")]);
        let trimmed = rules(None, true, &[]);
        let none = votes(&[]);
        let owner = |rules: &Rules<'_>, folder: &str| rules.owner(folder.as_bytes(), &none);
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(
            owner(&plain, "/usr/lib/go/src/runtime/internal/syscall"),
            is("runtime/internal/syscall")
        );
        assert_eq!(
            owner(&plain, "/usr/lib/go/src/vendor/golang.org/x/net"),
            is("vendor/golang.org/x/net")
        );
        assert_eq!(
            owner(&plain, "/go/pkg/mod/github.com/!burnt/toml@v1.0.0/internal"),
            is("github.com/Burnt/toml/internal")
        );
        assert_eq!(owner(&plain, "/src/app/vendor/github.com/x/y"), is("github.com/x/y"));
        assert_eq!(owner(&plain, "/src/app/internal/z"), is("example.com/app/internal/z"));
        assert_eq!(owner(&trimmed, "net/http"), is("net/http"));
        assert_eq!(owner(&trimmed, "github.com/x/y@v1.2.3/z"), is("github.com/x/y/z"));
        assert_eq!(owner(&trimmed, "example.com/app"), is("example.com/app"));
    }

    #[test]
    fn a_build_trimmed_to_its_own_root_is_not_the_standard_library() {
        let trimmed = rules(None, true, &[]);
        let lib = votes(&[("example.com/m/lib", 3)]);
        assert_eq!(trimmed.owner(b"lib", &lib), Some("example.com/m/lib".to_owned()));
        let main = votes(&[("main", 3)]);
        assert_eq!(trimmed.owner(b"", &main), Some("main".to_owned()));
    }

    #[test]
    fn a_package_of_nothing_but_pushes_keeps_its_folder() {
        let trimmed = rules(None, true, &[]);
        let pushes = votes(&[("syscall", 4)]);
        assert_eq!(
            trimmed.owner(b"runtime/internal/syscall", &pushes),
            Some("runtime/internal/syscall".to_owned())
        );
        assert_eq!(
            trimmed.owner(b"example.com/m/impl", &votes(&[("example.com/m/lib", 2)])),
            Some("example.com/m/impl".to_owned())
        );
    }
}
