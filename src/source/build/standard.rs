//! Which of Go's own packages were compiled although no import that was found reaches them?
//!
//! Those that only a missing module imports, and those that the `go` command adds for settings that the build did not
//! record: `-cover` up to 1.20. The function table names them.

use std::path::Path;

use super::BuildRecord;
use super::proof::{Names, is_generated};
use super::resolve::Located;
use super::sources::Table;
use super::walk::{Part, Walk};

/// Adds the packages of compiled folders that are in GOROOT.
pub(super) fn find_unreached(walk: &mut Walk<'_>, record: &BuildRecord) {
    let Some(goroot) = &walk.sources.goroot else { return };
    let source = goroot.folder.join("src");
    let table = Table::learn(&record.compiled_files);
    let names = Names::of(walk.packages.values(), &table, walk.sources, record);
    let built = table.built_goroot.as_ref().map(|root| format!("{root}/src/"));
    for (name, files) in &table.folders {
        // If the build was trimmed, folders of Go's own packages have only their import paths.
        let path = built.as_ref().map_or(Some(name.as_str()), |root| name.strip_prefix(root));
        let Some(path) = path.filter(|path| is_below(path) && names.folder(name).is_none()) else {
            continue;
        };
        let files: Vec<&String> = files.iter().filter(|file| !is_generated(file)).collect();
        let folder = source.join(path);
        if files.is_empty() || !files.iter().all(|file| folder.join(file).is_file()) {
            continue;
        }
        let located = Located { path: path.to_owned(), folder, std: true, ..Located::default() };
        walk.add(&located, Part::Plain, path);
    }
    walk.run();
}

/// Whether a path from the binary stays below the folder that it is joined to.
fn is_below(path: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    Path::new(path).is_relative() && path.split('/').all(plain) && !path.contains(':')
}
