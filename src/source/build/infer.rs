//! What can be said about a build that its binary does not record?
//!
//! Test binaries record no build before Go 1.24 and not everything until 1.26, and a record can be stripped. The
//! function table still shows the folder of package main or of the tests, whether C took part, and the race detector.

use std::path::Path;

use super::below::Start;
use super::sources::Table;
use super::{BuildRecord, Dep, Gap, GapKind, Module, Places};
use crate::source::modules::{escaped, module_above};

/// `record` completed with what its files show, and the gaps in that.
pub(super) fn complete(record: &BuildRecord, places: &Places) -> (BuildRecord, Vec<Gap>) {
    let mut record = record.clone();
    let table = Table::learn(&record.compiled_files);
    let holds = |end: &str| {
        table.folders.keys().any(|name| name == end || name.ends_with(&format!("/src/{end}")))
    };
    // Go 1.20 does not record -cover.
    let noticed = [
        ("CGO_ENABLED", "runtime/cgo", "1"),
        ("-race", "runtime/race", "true"),
        ("-cover", "runtime/coverage", "true"),
    ];
    for (setting, folder, value) in noticed {
        if holds(folder) && !record.settings.contains_key(setting) {
            record.settings.insert(setting.to_owned(), value.to_owned());
        }
    }
    // The name of a program's folder may end as a test's does.
    if !table.folders.is_empty() {
        record.test = table.folders.values().any(|files| files.contains("_testmain.go"));
    }
    if !record.main_package.is_empty() || record.main_module.is_some() || !record.deps.is_empty() {
        let gaps = add_of_external_tests(&mut record, &table, places);
        return (record, gaps);
    }
    let gap =
        main_folder(&record, &table).and_then(|folder| infer(&mut record, &folder, &table, places));
    (record, gap.into_iter().collect())
}

/// Adds the modules that only the external tests of a package import: 1.24 to 1.26 record only those of the package
/// itself (measured; 1.27 records all). No witness tells which version of them was compiled, unless a folder replaces
/// them.
fn add_of_external_tests(record: &mut BuildRecord, table: &Table, places: &Places) -> Vec<Gap> {
    let Some(main) = record.main_module.clone().filter(|_| record.test) else { return Vec::new() };
    let tested = main_folder(record, table).filter(|folder| Path::new(folder).is_absolute());
    let tested = tested.and_then(|folder| module_above(Path::new(&folder), "go.mod"));
    let found = tested.or_else(|| module_above(&places.here, "go.mod"));
    let Some((root, _)) = found.filter(|(_, said)| said.module == main.path) else {
        return Vec::new();
    };
    let mut gaps = Vec::new();
    for dep in Start::at(&root, places).deps {
        let known = record.deps.iter().any(|one| one.path == dep.path);
        let Some(certain) = is_compiled(&dep, table, &root, places).filter(|_| !known) else {
            continue;
        };
        if !certain {
            let detail = format!(
                "the binary does not record {}, which a test imports: its version is the one that go.mod asks for",
                dep.path
            );
            let module = dep.path.clone();
            gaps.push(Gap { module, kind: GapKind::OtherVersion, detail });
        }
        record.deps.push(dep);
    }
    gaps
}

/// Whether files of a module were compiled, or may have been. If so, the inner answer says whether they certainly had
/// its version: from the module cache, from `vendor`, or from the folder that replaces it.
fn is_compiled(dep: &Dep, table: &Table, root: &Path, places: &Places) -> Option<bool> {
    let cached = format!("{}@", escaped(&dep.path));
    let of_version = format!("{cached}{}", escaped(&dep.version));
    let vendored = format!("vendor/{}", dep.path);
    let cache = places.module_cache().map(|path| path.to_string_lossy().replace('\\', "/"));
    let is_cache = |above: &str| above.ends_with("/pkg/mod") || Some(above) == cache.as_deref();
    // What a cache is called on the machine that built is not known: another name leaves a doubt.
    let is_rooted = |above: &str| above.starts_with('/') || above.contains(':');
    let may_be_cached = |above: &str| {
        above.is_empty() || is_cache(above) || is_rooted(above) && !above.contains("/pkg/mod/")
    };
    let replaced = dep.replace.as_ref().and_then(|to| root.join(&to.path).canonicalize().ok());
    let mut names = table.folders.keys();
    // A folder has no version. It may hold only variables, which do not appear in a table of functions.
    if replaced.is_some() {
        return Some(!names.any(|name| holds(name, &cached, may_be_cached)));
    }
    let is_certain = |name: &String| {
        holds(name, &vendored, |_| true)
            || holds(name, &of_version, |above| above.is_empty() || is_cache(above))
    };
    match names.clone().any(is_certain) {
        true => Some(true),
        false if names.any(|name| holds(name, &cached, may_be_cached)) => Some(false),
        // The vendor folder may hold only variables too.
        false => root.join("vendor").join(&dep.path).is_dir().then_some(true),
    }
}

/// Whether whole elements of the path `name` spell `wanted`: `vendor/example.com/dep` is not in
/// `/q/vendor/example.com/depot`, nor v1.2.0 in v1.2.0-rc1. What ends in `@` ends within an element. `may_follow` is
/// asked for the folder before them: `example.com/dep@v1.2.0` in `/m/pkg/mod/other.org` is another module.
fn holds(name: &str, wanted: &str, may_follow: impl Fn(&str) -> bool) -> bool {
    name.match_indices(wanted).any(|(at, _)| {
        let before = name.get(..at).unwrap_or_default();
        let behind = name.get(at + wanted.len()..).unwrap_or_default();
        let ends = wanted.ends_with('@') || behind.is_empty() || behind.starts_with('/');
        let above = before.strip_suffix('/').or(before.is_empty().then_some(""));
        ends && above.is_some_and(&may_follow)
    })
}

/// The folder of package main, or that of the package under test.
fn main_folder(record: &BuildRecord, table: &Table) -> Option<String> {
    if record.test {
        let tested = table
            .folders
            .iter()
            .find(|(_, files)| files.iter().any(|file| file.ends_with("_test.go")));
        return tested.map(|(folder, _)| folder.clone());
    }
    let file = String::from_utf8_lossy(record.main_files.first()?).replace('\\', "/");
    file.rsplit_once('/').map(|(folder, _)| folder.to_owned())
}

fn infer(record: &mut BuildRecord, folder: &str, table: &Table, places: &Places) -> Option<Gap> {
    let root = table.built_goroot.as_ref().map(|root| format!("{root}/src/"));
    let below = |root: &Path| {
        Some(Path::new(folder).strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/"))
    };
    if let Some(path) = root.as_ref().and_then(|root| folder.strip_prefix(root.as_str())) {
        set_main(record, path);
        return None;
    }
    if let Some((root, said)) =
        module_above(Path::new(folder), "go.mod").filter(|_| Path::new(folder).is_absolute())
    {
        let path = format!("{}/{}", said.module, below(&root)?);
        set_main(record, path.trim_end_matches('/'));
        return require(record, &root, table, places);
    }
    if let Some(path) = places.gopath().iter().find_map(|root| below(&root.join("src"))) {
        set_main(record, &path);
        return None;
    }
    // A trimmed name is the import path itself, with the version in it if it came from the module cache.
    if let Some((path, rest)) = folder.split_once('@') {
        let (version, rest) = rest.split_once('/').unwrap_or((rest, ""));
        set_main(record, format!("{path}/{rest}").trim_end_matches('/'));
        record.main_module = Some(Module { path: path.to_owned(), version: version.to_owned() });
        return None;
    }
    let (root, said) = module_above(&places.here, "go.mod")?;
    let own = folder == said.module || folder.starts_with(&format!("{}/", said.module));
    let standard = record.test && !folder.split('/').next().unwrap_or_default().contains('.');
    if own || standard {
        set_main(record, folder);
    }
    if own { require(record, &root, table, places) } else { None }
}

fn set_main(record: &mut BuildRecord, path: &str) {
    let end = if record.test { ".test" } else { "" };
    record.main_package = format!("{path}{end}");
}

/// Uses the modules that go.mod asks for now. Only the names of compiled folders can show that the build had these
/// versions.
fn require(record: &mut BuildRecord, root: &Path, table: &Table, places: &Places) -> Option<Gap> {
    let start = Start::at(root, places);
    let (_, said) = start.said.as_ref()?;
    record.main_module = Some(Module { path: said.module.clone(), version: "(devel)".to_owned() });
    record.deps.clone_from(&start.deps);
    let detail = "the binary records no modules: versions are those that go.mod asks for";
    let gap =
        Gap { module: said.module.clone(), kind: GapKind::OtherVersion, detail: detail.to_owned() };
    let certain = |dep: &Dep| is_compiled(dep, table, root, places) == Some(true);
    (!start.deps.iter().all(certain)).then_some(gap)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiled(files: &[&str]) -> Table {
        Table::learn(&files.iter().map(|file| file.as_bytes().to_vec()).collect())
    }

    /// What the names of compiled files say of the version of `example.com/Dep`.
    #[test]
    fn a_version_is_certain_where_the_names_of_folders_bear_it() {
        let root = std::env::temp_dir();
        let cached =
            Dep { path: "example.com/Dep".to_owned(), version: "v1.2.0".to_owned(), replace: None };
        let this_folder = Module { path: ".".to_owned(), version: String::new() };
        let replaced = Dep { replace: Some(this_folder), ..cached.clone() };
        let environment = [("GOMODCACHE".to_owned(), "/own/cache".to_owned())];
        let places = Places::new(root.clone(), Vec::new(), environment.into());
        let cases: [(&[&str], Option<bool>, Option<bool>); 12] = [
            (&["/m/pkg/mod/example.com/!dep@v1.2.0/use/use.go"], Some(true), Some(false)),
            (&["/m/pkg/mod/example.com/!dep@v1.3.0/use/use.go"], Some(false), Some(false)),
            (&["/q/vendor/example.com/Dep/use/use.go"], Some(true), Some(true)),
            (&["/q/q.go"], None, Some(true)),
            (&["/m/pkg/mod/example.com/!dep@v1.2.0-rc1/use/use.go"], Some(false), Some(false)),
            (&["/q/vendor/example.com/Depot/use/use.go"], None, Some(true)),
            (&["/m/pkg/mod/xexample.com/!dep@v1.2.0/use/use.go"], None, Some(true)),
            (&["/m/pkg/mod/other.org/example.com/!dep@v1.2.0/use/use.go"], None, Some(true)),
            (&["example.com/!dep@v1.2.0/use/use.go"], Some(true), Some(false)),
            (&["other.org/example.com/!dep@v1.2.0/use/use.go"], None, Some(true)),
            (&["/own/cache/example.com/!dep@v1.2.0/use/use.go"], Some(true), Some(false)),
            (&["/a/cache/example.com/!dep@v1.2.0/use/use.go"], Some(false), Some(false)),
        ];
        for (files, by_version, by_folder) in cases {
            let table = compiled(files);
            assert_eq!(is_compiled(&cached, &table, &root, &places), by_version, "{files:?}");
            assert_eq!(is_compiled(&replaced, &table, &root, &places), by_folder, "{files:?}");
        }
    }
}
