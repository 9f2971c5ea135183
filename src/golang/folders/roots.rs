//! Where are the files of each module?
//!
//! The build information comes first: the folder of package main, the versions in the module cache, the folders that
//! `replace` names. If it says nothing about a module, its root is voted for by folders whose functions name one of
//! its packages. A package may push into another module's package; so a vote does not count if the folder is known to
//! belong elsewhere, and a tie gives no answer.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::super::buildinfo::{BuildInfo, Module};
use super::Votes;
use super::spelling::{
    is_bare, is_below, is_folder, is_within, joined, root_at, said, with_case_marks,
};
use crate::names;

/// A folder, and the module whose root it is; `None` if several folders may be that module's root.
pub(super) type Root = (Vec<u8>, Option<String>);

/// The folders that may be a module's root. For each the number of votes by folders that name packages of this module
/// only, and the number of all votes.
type Ballot = BTreeMap<Vec<u8>, (usize, usize)>;

/// The roots of the modules of a build.
pub(super) fn of_modules(
    build: &BuildInfo,
    votes: &HashMap<&[u8], Votes>,
    main_folder: Option<&[u8]>,
) -> Vec<Root> {
    let folders: BTreeSet<&[u8]> = votes.keys().copied().filter(|f| !is_bare(f)).collect();
    let modules: Vec<&Module> =
        build.main.iter().chain(&build.deps).filter(|module| !module.path.is_empty()).collect();
    // Package main of a test is in no folder: the main module's root is voted for, and `replace` paths are below that
    // root.
    let elected = |main: &Module| {
        let roots = elect(build, &modules, votes, &folders, &BTreeMap::new());
        let mut own = roots.into_iter().filter(|(_, module)| module.as_ref() == Some(&main.path));
        own.next().map(|(root, _)| root)
    };
    let main = build.main.as_ref();
    let own = main
        .and_then(|main| main_root(&main.path, &build.path, main_folder).or_else(|| elected(main)));
    let mut known: BTreeMap<Vec<u8>, String> = BTreeMap::new();
    let at_versions = AtVersions::of(&folders);
    for module in &modules {
        for root in recorded(module, own.as_deref(), &folders, &at_versions) {
            known.insert(root, module.path.clone());
        }
    }
    if let (Some(own), Some(main)) = (own, &build.main) {
        known.insert(own, main.path.clone());
    }
    let voted = elect(build, &modules, votes, &folders, &known);
    let known = known.into_iter().map(|(root, module)| (root, Some(module)));
    known.chain(voted).collect()
}

/// Roots of packages if no modules are recorded (GOPATH): folders that end in the whole path of a package that their
/// functions name.
pub(super) fn of_sources(votes: &HashMap<&[u8], Votes>) -> Vec<Root> {
    let mut ballot = Ballot::new();
    for (folder, votes) in votes {
        for package in votes.keys().filter(|package| *package != "main") {
            let root = folder.strip_suffix(package.as_bytes());
            if let Some(root) = root.and_then(|root| root.strip_suffix(b"/")) {
                ballot.entry(root.to_vec()).or_default().1 += 1;
            }
        }
    }
    let most = ballot.iter().rev().max_by_key(|(_, count)| **count);
    most.map(|(root, _)| (root.clone(), Some(String::new()))).into_iter().collect()
}

/// The main module's root, found by the folder of package main.
fn main_root(module: &str, path: &str, main_folder: Option<&[u8]>) -> Option<Vec<u8>> {
    let tail = path.strip_prefix(module).filter(|_| is_below(path, module))?;
    let folder = main_folder.filter(|folder| !is_bare(folder))?;
    folder.strip_suffix(tail.as_bytes()).filter(|root| !root.is_empty()).map(<[u8]>::to_vec)
}

/// The folders of a program above which a path element has a version, by that element: a build of 230 modules has 1,500
/// folders, and each module asks.
struct AtVersions<'a>(HashMap<&'a [u8], BTreeSet<&'a [u8]>>);

impl<'a> AtVersions<'a> {
    fn of(folders: &BTreeSet<&'a [u8]>) -> Self {
        let mut found: HashMap<&[u8], BTreeSet<&[u8]>> = HashMap::new();
        for folder in folders.iter().filter(|folder| folder.contains(&b'@')) {
            let mut start = 0;
            for element in folder.split(|byte| *byte == b'/') {
                let end = start + element.len();
                if element.contains(&b'@') {
                    found.entry(element).or_default().insert(folder.get(..end).unwrap_or_default());
                }
                start = end + 1;
            }
        }
        Self(found)
    }

    /// The folders that end in `path`, whose last element has a version, and that hold folders of the program.
    fn roots(&self, path: &[u8]) -> BTreeSet<Vec<u8>> {
        let last = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
        let found = self.0.get(last).into_iter().flatten();
        found.filter(|root| root_at(root, path) == Some(**root)).map(|root| root.to_vec()).collect()
    }
}

/// The roots that follow from the build information, among the folders of the program.
fn recorded(
    module: &Module,
    own: Option<&[u8]>,
    folders: &BTreeSet<&[u8]>,
    at_versions: &AtVersions<'_>,
) -> BTreeSet<Vec<u8>> {
    let among = |wanted: &[u8]| -> BTreeSet<Vec<u8>> {
        folders.iter().filter_map(|folder| root_at(folder, wanted)).map(<[u8]>::to_vec).collect()
    };
    if let Some((path, _)) = module.replace.as_ref().filter(|(path, _)| is_folder(path)) {
        let root = match (path.strip_prefix('/'), own) {
            (None, Some(own)) if path.starts_with('.') => joined(own, path),
            (None, None) if path.starts_with('.') => return BTreeSet::new(),
            _ => path.trim_end_matches('/').as_bytes().to_vec(),
        };
        let there = folders.iter().any(|folder| is_within(folder, &root));
        return there.then_some(root).into_iter().collect();
    }
    let (path, version) = match &module.replace {
        Some((path, version)) => (path, version),
        None => (&module.path, &module.version),
    };
    if !version.starts_with('v') {
        return BTreeSet::new();
    }
    let cached = at_versions.roots(format!("{}@{version}", with_case_marks(path)).as_bytes());
    match cached.is_empty() {
        // GOROOT has a vendor folder too, and `vendor/` is part of the import paths of the packages below it.
        true => among(format!("vendor/{}", module.path).as_bytes())
            .into_iter()
            .filter(|root| own.is_none_or(|own| is_within(root, own)))
            .collect(),
        false => cached,
    }
}

/// The roots of modules that are not recorded, by votes. If a folder is where a known module has a package, and its
/// functions have names of that package, it is that package's folder, whatever other names they have.
fn elect(
    build: &BuildInfo,
    modules: &[&Module],
    votes: &HashMap<&[u8], Votes>,
    folders: &BTreeSet<&[u8]>,
    known: &BTreeMap<Vec<u8>, String>,
) -> Vec<Root> {
    let mut ballots: BTreeMap<&str, Ballot> = BTreeMap::new();
    let mut doubtful: BTreeMap<&str, Ballot> = BTreeMap::new();
    for folder in folders {
        let Some(named) = votes.get(folder) else { continue };
        if placed(folder, known).is_some_and(|p| named.contains_key(&p) || p == build.path) {
            continue;
        }
        let places: BTreeSet<(&str, &[u8])> =
            named.keys().flat_map(|package| places(package, modules, folder)).collect();
        let alone = usize::from(places.len() == 1);
        // A vendored or cached package that pushes into a root package bears that package's name alone, and
        // any folder would do as the root.
        let said = said(folder).is_some_and(|package| !named.contains_key(&package));
        let ballots = if said { &mut doubtful } else { &mut ballots };
        for (module, root) in places {
            let entry = ballots.entry(module).or_default().entry(root.to_vec()).or_default();
            *entry = (entry.0 + alone, entry.1 + 1);
        }
    }
    for (module, ballot) in doubtful {
        ballots.entry(module).or_insert(ballot);
    }
    let open = ballots.into_iter().filter(|(module, _)| !known.values().any(|m| m == module));
    open.flat_map(|(module, ballot)| counted(modules, module, ballot)).collect()
}

/// The module that a package belongs to, and its root if `folder` is the package's own. An external test is in the
/// folder of the package that it tests.
fn places<'a, 'f>(
    package: &str,
    modules: &[&'a Module],
    folder: &'f [u8],
) -> impl Iterator<Item = (&'a str, &'f [u8])> {
    let tested = package.strip_suffix("_test").and_then(|tested| place(tested, modules, folder));
    place(package, modules, folder).into_iter().chain(tested)
}

/// The module of `package`, and its root if `folder` is the package's folder.
fn place<'a, 'f>(
    package: &str,
    modules: &[&'a Module],
    folder: &'f [u8],
) -> Option<(&'a str, &'f [u8])> {
    let paths = modules.iter().map(|module| module.path.as_str());
    let module = paths.filter(|module| is_below(package, module)).max_by_key(|m| m.len())?;
    let tail = package.get(module.len()..).unwrap_or_default();
    folder.strip_suffix(tail.as_bytes()).map(|root| (module, root))
}

/// The winner of a ballot, or all candidates with the most votes.
fn counted(modules: &[&Module], module: &str, mut ballot: Ballot) -> Vec<Root> {
    // The folder of a replaced module ends in the path that `replace` gives, whatever that path is relative to.
    let replaced = modules.iter().find(|m| m.path == module).and_then(|m| m.replace.as_ref());
    if let Some((path, _)) = replaced.filter(|(path, _)| path.starts_with('.')) {
        let tail = path.trim_start_matches(['.', '/']).trim_end_matches('/');
        ballot.retain(|root, _| root_at(root, tail.as_bytes()) == Some(root));
    }
    let Some(best) = ballot.values().max().copied() else { return Vec::new() };
    let first: Vec<Vec<u8>> =
        ballot.into_iter().filter(|(_, count)| *count == best).map(|(root, _)| root).collect();
    let module = (first.len() == 1).then(|| module.to_owned());
    first.into_iter().map(|root| (root, module.clone())).collect()
}

/// The package at `folder` if there are no roots but the known ones.
fn placed(folder: &[u8], known: &BTreeMap<Vec<u8>, String>) -> Option<String> {
    let roots = known.iter().filter(|(root, _)| is_within(folder, root));
    let (root, module) = roots.max_by_key(|(root, _)| root.len())?;
    Some(format!("{module}{}", names::path_text(folder.get(root.len()..)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(path: &str, version: &str, replace: Option<&str>) -> Module {
        let replace = replace.map(|folder| (folder.to_owned(), String::new()));
        Module { path: path.to_owned(), version: version.to_owned(), replace }
    }

    fn roots(dep: Module, main: Option<&str>, folders: &[(&str, &[&str])]) -> Vec<Root> {
        let build = BuildInfo {
            version: crate::golang::version::GoVersion::parse("go1.27.4"),
            path: "example.com/a".to_owned(),
            main: Some(module("example.com/a", "(devel)", None)),
            deps: vec![dep],
            settings: Vec::new(),
        };
        let named = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), 1)).collect();
        let votes: HashMap<&[u8], Votes> =
            folders.iter().map(|(folder, names)| (folder.as_bytes(), named(names))).collect();
        of_modules(&build, &votes, main.map(str::as_bytes))
    }

    fn root(folder: &str, module: &str) -> Root {
        (folder.as_bytes().to_vec(), Some(module.to_owned()))
    }

    /// `hooks` pushes into the root package of module q: `/app/hooks` was taken for q's root.
    #[test]
    fn a_push_into_a_root_package_is_no_root() {
        let hooks: (&str, &[&str]) = ("/app/hooks", &["example.com/a/hooks", "example.com/q"]);
        let only: (&str, &[&str]) = ("/app/hooks", &["example.com/q"]);
        for hooks in [hooks, only] {
            let replaced = module("example.com/q", "v0.0.0", Some("./zq"));
            let folders = [("/app", &["main"][..]), hooks, ("/app/zq", &["example.com/q"])];
            let found = roots(replaced, Some("/app"), &folders);
            assert_eq!(found, [root("/app", "example.com/a"), root("/app/zq", "example.com/q")]);
            let cached = module("example.com/q", "v1.0.0", None);
            let lies = "/go/pkg/mod/example.com/q@v1.0.0";
            let folders = [("/app", &["main"][..]), hooks, (lies, &["example.com/q"])];
            let found = roots(cached.clone(), Some("/app"), &folders);
            assert_eq!(found, [root("/app", "example.com/a"), root(lies, "example.com/q")]);
            let lies = "/app/vendor/example.com/q";
            let folders = [("/app", &["main"][..]), hooks, (lies, &["example.com/q"])];
            let found = roots(cached, Some("/app"), &folders);
            assert_eq!(found, [root("/app", "example.com/a"), root(lies, "example.com/q")]);
        }
    }

    /// A workspace: the place of q is not recorded.
    #[test]
    fn a_tie_is_no_answer() {
        let dep = || module("example.com/q", "(devel)", None);
        let hooks: (&str, &[&str]) = ("/ws/a/hooks", &["example.com/a/hooks", "example.com/q"]);
        let only: (&str, &[&str]) = ("/ws/a/hooks", &["example.com/q"]);
        let q: (&str, &[&str]) = ("/ws/zq", &["example.com/q"]);
        let found = roots(dep(), Some("/ws/a"), &[("/ws/a", &["main"]), hooks, q]);
        assert_eq!(found, [root("/ws/a", "example.com/a"), root("/ws/zq", "example.com/q")]);
        let found = roots(dep(), Some("/ws/a"), &[("/ws/a", &["main"]), only, q]);
        let open = |folder: &str| (folder.as_bytes().to_vec(), None);
        assert_eq!(found, [root("/ws/a", "example.com/a"), open("/ws/a/hooks"), open("/ws/zq")]);
    }

    #[test]
    fn replaced_folders_are_relative_to_the_main_module() {
        assert_eq!(joined(b"/ws/app", "../zq/./x"), b"/ws/zq/x");
        assert_eq!(joined(b"/ws/app", "./zq"), b"/ws/app/zq");
        assert_eq!(with_case_marks("github.com/BurntSushi/toml"), "github.com/!burnt!sushi/toml");
        assert_eq!(root_at(b"/go/mod/q@v1.0.0/x", b"q@v1.0.0"), Some(&b"/go/mod/q@v1.0.0"[..]));
        assert_eq!(root_at(b"/go/mod/q@v1.0.0-rc", b"q@v1.0.0"), None);
    }
}
