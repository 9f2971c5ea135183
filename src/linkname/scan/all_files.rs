//! Every directive below a folder, in the files of all builds: other platforms and tests included.
//!
//! No package is read whole. What a file does not say itself is looked up in the other files of its folder; other
//! packages are not read.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use memchr::memmem::Finder;

use super::ScannedDirective;
use crate::error::in_words;
use crate::finding::{Code, Finding, Owner};
use crate::source::constraint::Context;
use crate::source::file::{DeclarationKind, Fault, GoFile};
use crate::source::mistake::Mistake;
use crate::source::package::{self, Directive};
use crate::source::search::{self, Folder};
use crate::source::selection;

/// The tree that the folder belongs to.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Its root folder.
    pub root: PathBuf,
    /// The import path of its root folder; empty for Go's own source.
    pub path: String,
    /// Whether it is Go's own.
    pub std: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub struct AllFiles {
    /// Every directive, by file and line.
    pub rows: Vec<ScannedDirective>,
    /// Files with a directive that are not valid Go, and why.
    pub broken: Vec<(PathBuf, Fault)>,
    /// What could not be read.
    pub unread: Vec<(PathBuf, String)>,
    /// How many files were searched.
    pub searched: usize,
}

/// A file with a directive, or with a comment that was meant to be one.
struct Hit {
    name: OsString,
    file: GoFile,
}

/// A hit with its findings.
struct Told {
    path: PathBuf,
    fault: Option<Fault>,
    rows: Vec<ScannedDirective>,
}

/// Finds every directive below `folder`, by file and line, and the files that could not be read.
#[must_use]
pub fn all_files(folder: &Path, tree: &Tree, context: &Context) -> AllFiles {
    let read = |name: &OsStr, bytes: &[u8]| {
        let file = Some(GoFile::parse(bytes.to_vec())).filter(speaks)?;
        Some(Hit { name: name.to_owned(), file })
    };
    let found =
        search::below(folder, &read, &|folder, hits| of_folder(tree, context, folder, hits));
    let mut told: Vec<Told> = found.folders.into_iter().flatten().collect();
    // The order in which paths compare, part by part, at a tenth of the cost.
    told.sort_by_cached_key(|told| {
        let bytes = told.path.as_os_str().as_encoded_bytes().iter();
        bytes.map(|byte| if *byte == b'/' { 0 } else { *byte }).collect::<Vec<u8>>()
    });
    let mut all = AllFiles {
        unread: found.unread.into_iter().map(|(path, why)| (path, in_words(&why))).collect(),
        searched: found.searched,
        ..AllFiles::default()
    };
    for Told { path, fault, rows } in told {
        all.rows.extend(rows);
        all.broken.extend(fault.map(|fault| (path, fault)));
    }
    all
}

/// The directives in the files of one folder, which may belong to several packages.
fn of_folder(tree: &Tree, context: &Context, folder: &Folder, hits: Vec<Hit>) -> Vec<Told> {
    let mut packages: BTreeMap<Vec<u8>, Vec<Hit>> = BTreeMap::new();
    for hit in hits {
        packages.entry(hit.file.package.clone()).or_default().push(hit);
    }
    let of_package = |hits: Vec<Hit>| {
        let rows = rows(tree, context, folder, &hits);
        let told = |(hit, rows): (Hit, Vec<ScannedDirective>)| Told {
            path: folder.path.join(hit.name),
            fault: hit.file.fault,
            rows,
        };
        hits.into_iter().zip(rows).map(told).collect::<Vec<Told>>()
    };
    packages.into_values().flat_map(of_package).collect()
}

/// Whether a file has a directive, or a comment that was meant to be one.
fn speaks(file: &GoFile) -> bool {
    !(file.linknames.is_empty() && file.refused.is_empty() && file.near_misses.is_empty())
}

/// The rows of each hit of one package.
fn rows(
    tree: &Tree,
    context: &Context,
    folder: &Folder,
    hits: &[Hit],
) -> Vec<Vec<ScannedDirective>> {
    let path = import_path(tree, &folder.path);
    let name = hits.first().map(|hit| hit.file.package.as_slice()).unwrap_or_default();
    let wanted = declared_elsewhere(hits);
    let others = if wanted.is_empty() { Vec::new() } else { others(folder, hits, &wanted) };
    let others = others.iter().filter(|file| file.package == name);
    let files: Vec<&GoFile> = hits.iter().map(|hit| &hit.file).chain(others).collect();
    let joined = package::join(&package::Package {
        path: if name == b"main" { name } else { path.as_bytes() },
        minor: context.minor,
        files: &files,
        left_out: &[],
        assembled: &BTreeSet::new(),
    });
    let of_hit = |(index, hit): (usize, &Hit)| {
        let selected = selection::of_read(&hit.name, &hit.file, context).is_selected();
        let nothing = nothing(tree, &path, folder.path.join(&hit.name), selected);
        let directives = joined.directives.iter().filter(|found| found.file == index);
        let mistakes = joined.mistakes.iter().filter(|found| found.file == index);
        let mut rows: Vec<ScannedDirective> =
            directives.map(|found| of_directive(found, &nothing)).collect();
        rows.extend(mistakes.map(|found| of_mistake(found, &nothing)));
        rows.sort_by_key(|row| (row.said.line, row.column));
        rows
    };
    hits.iter().enumerate().map(|(index, hit)| of_hit((index, hit))).collect()
}

/// An empty row for this file.
fn nothing(tree: &Tree, path: &str, file: PathBuf, selected: bool) -> ScannedDirective {
    let (module, owner) = match tree.std {
        true => ("std".to_owned(), Owner::Std),
        false => (tree.path.clone(), Owner::Main),
    };
    ScannedDirective { selected, ..ScannedDirective::at(path.to_owned(), module, owner, file) }
}

fn of_directive(directive: &Directive, nothing: &ScannedDirective) -> ScannedDirective {
    // It is not known which files are compiled together, so only findings that one file shows are told.
    let told = directive.mistakes.iter().filter(|mistake| mistake.code != Code::DuplicateLocal);
    let mut row = ScannedDirective {
        column: directive.column,
        local: directive.local.clone(),
        remote: directive.remote.clone(),
        form: directive.form,
        kind: directive.kind,
        ..nothing.clone()
    };
    row.said.line = directive.line;
    row.said.has_body = directive.has_body;
    row.said.assembly = directive.assembly_backed;
    row.facts.word = directive.word.text();
    row.facts.findings = told.map(|mistake| Finding::plain(mistake.code)).collect();
    row.tidy();
    row
}

fn of_mistake(mistake: &Mistake, nothing: &ScannedDirective) -> ScannedDirective {
    let mut row = ScannedDirective {
        column: mistake.column,
        local: mistake.local.clone(),
        ..nothing.clone()
    };
    row.said.line = mistake.line;
    row.said.not_a_directive = Some(mistake.code);
    row.facts.findings.push(Finding::plain(mistake.code));
    row.tidy();
    row
}

/// The local names of directives that none of these files declares.
fn declared_elsewhere(hits: &[Hit]) -> BTreeSet<Vec<u8>> {
    let all = || hits.iter().map(|hit| &hit.file);
    let locals = all().flat_map(|file| &file.linknames).map(|linkname| linkname.local.as_slice());
    let mut wanted: HashSet<&[u8]> = locals.collect();
    for declaration in all().flat_map(|file| &file.declarations) {
        if matches!(declaration.kind, DeclarationKind::Func | DeclarationKind::Var) {
            wanted.remove(declaration.name.as_slice());
        }
    }
    wanted.into_iter().map(<[u8]>::to_vec).collect()
}

/// The other files of the folder that may declare one of `wanted`.
fn others(folder: &Folder, hits: &[Hit], wanted: &BTreeSet<Vec<u8>>) -> Vec<GoFile> {
    let known: BTreeSet<&OsStr> = hits.iter().map(|hit| hit.name.as_os_str()).collect();
    let names: Vec<Finder<'_>> = wanted.iter().map(Finder::new).collect();
    let mut found = Vec::new();
    let others = folder.names.iter().filter(|name| !known.contains(name.as_os_str()));
    folder.each(others, &mut |_, bytes| {
        // A file that cannot be read was reported when it was searched.
        let declaring = bytes.ok().filter(|bytes| names.iter().any(|name| mentions(bytes, name)));
        found.extend(declaring.map(|bytes| GoFile::parse(bytes.to_vec())));
    });
    found
}

/// Whether the name occurs as a whole word that does not follow a dot. Only the parser can tell whether that is a
/// declaration: there are too many forms (`var a, b int`, `b=1` in a group, `func b[T any]()`).
fn mentions(bytes: &[u8], name: &Finder<'_>) -> bool {
    let continues = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    name.find_iter(bytes).any(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let behind = bytes.get(at + name.needle().len());
        before.is_none_or(|byte| *byte != b'.' && !continues(byte))
            && !behind.is_some_and(continues)
    })
}

fn import_path(tree: &Tree, folder: &Path) -> String {
    let below = folder.strip_prefix(&tree.root).unwrap_or(Path::new(""));
    let parts = below.iter().map(|part| part.to_string_lossy().into_owned());
    let first = Some(tree.path.clone()).filter(|path| !path.is_empty());
    first.into_iter().chain(parts).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_declare_a_name_is_looked_at() {
        let name = Finder::new(b"b");
        for text in [
            "var a, b int32",
            "var b, a int32",
            "var (\n\tb, a int\n)",
            "var b=1",
            "var\tb int",
            "func b[T any]()",
            "func b ()",
        ] {
            assert!(mentions(text.as_bytes(), &name), "{text}");
        }
        for text in ["var ab int", "var b_ int", "var b\u{e4} int", "x.b()"] {
            assert!(!mentions(text.as_bytes(), &name), "{text}");
        }
    }
}
