//! Which packages of a build have no importer whose source is here?
//!
//! Imports are followed from package main. If the main module was not found, the function table helps: every package
//! that left code, and whose module is here, is read, together with its imports.

use std::collections::BTreeSet;

use super::BuildRecord;
use super::resolve::Importer;
use super::walk::{Part, Walk};

/// Adds the compiled packages of the modules that were found, if the main module was not.
pub(super) fn find_unreached(walk: &mut Walk<'_>, record: &BuildRecord) {
    let main_is_missing = walk.sources.trees.iter().any(|tree| tree.own && tree.folder.is_none());
    if !main_is_missing {
        return;
    }
    let compiled: BTreeSet<&String> = record.folders.values().collect();
    for path in compiled {
        let located = walk.sources.locate(path, &Importer::default());
        if let Some(located) = located.filter(|found| found.module.is_some() && !found.own) {
            walk.add(&located, Part::Plain, &located.path);
        }
    }
    walk.run();
}
