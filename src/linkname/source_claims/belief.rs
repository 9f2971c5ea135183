//! Which lines of the sources are certainly those that were compiled, and what is left of the others?

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::{Doubt, staleness};
use crate::linkname::claim::Mention;
use crate::linkname::neighbours::Neighbours;
use crate::linkname::scan::ScannedDirective;
use crate::source::build::Build;

/// The packages whose files are all there and certainly were compiled.
pub(super) fn read_packages(
    build: &Build,
    doubtful: &BTreeSet<String>,
    changes: &staleness::Changes,
) -> BTreeSet<String> {
    let gone: BTreeSet<&str> = build.gaps.iter().map(|gap| gap.module.as_str()).collect();
    let sure = build.packages.iter().filter(|package| {
        !doubtful.contains(package.module_path())
            && !gone.contains(package.module_path())
            && package.files.iter().all(|file| changes.doubt(package, file).is_none())
    });
    sure.map(|package| package.import_path.clone()).collect()
}

/// Whether another package's file that uses a handle is the one that was compiled.
pub(super) fn is_believed(mention: &Mention, build: &Build, changes: &staleness::Changes) -> bool {
    let user = build.packages.iter().find(|package| package.import_path == mention.package);
    let Some(user) = user.filter(|_| !mention.package.is_empty()) else { return true };
    let base = |path: &Path| path.file_name().map(|name| name.as_encoded_bytes().to_vec());
    let mut files = user.files.iter().filter(|path| base(path).as_ref() == Some(&mention.file));
    !files.any(|path| changes.doubt(user, path) == Some(Doubt::Weakens))
}

/// Lines of another version are not certain about a handle. They stay, because the handle is used there.
pub(super) fn disbelieve(row: &mut ScannedDirective, believed: &dyn Fn(&Mention) -> bool) {
    let mut doubted = false;
    for mention in row.said.mentions.iter_mut().flatten().filter(|mention| !believed(mention)) {
        mention.sure = false;
        doubted = true;
    }
    if doubted {
        row.said.takes_value = false;
        let alone = |known: Arc<Neighbours>| Arc::new(known.without_functions());
        row.said.neighbours = row.said.neighbours.take().map(alone);
    }
}

/// If lines may have been changed after the build, they settle nothing that a call in them could leave too.
pub(super) fn share(row: &mut ScannedDirective) {
    row.said.mentions.iter_mut().flatten().for_each(|mention| mention.shared = true);
}
