//! Every directive below a folder, whatever build compiles it: other platforms' and tests' too.
//!
//! No package is read whole: what a file does not say itself is looked up in the other files of its
//! folder, and no other package is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Row, Standing, note};
use crate::linkname::claim::{Form, Kind};
use crate::source::constraint::Context;
use crate::source::file::{DeclarationKind, GoFile};
use crate::source::mistake::Code;
use crate::source::package::{self, Joined};
use crate::source::search;
use crate::source::selection;

/// What the folder belongs to.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Where it begins.
    pub root: PathBuf,
    /// The import path of its first folder; empty for Go's own.
    pub path: String,
    /// Whether it is Go's own.
    pub std: bool,
}

/// A folder and the name in the package clause.
type Package = (PathBuf, Vec<u8>);

/// Finds every directive below `folder`, by file and line; and what could not be read.
#[must_use]
pub fn all_files(
    folder: &Path,
    tree: &Tree,
    context: &Context,
) -> (Vec<Row>, Vec<(PathBuf, String)>, usize) {
    let found = search::below(folder);
    let mut packages: BTreeMap<Package, Vec<(PathBuf, GoFile)>> = BTreeMap::new();
    let parse = |(path, _): (PathBuf, search::Remarks)| {
        // It was read a moment ago; a file that is gone since says nothing.
        let file = GoFile::parse(fs::read(&path).unwrap_or_default());
        (path, file)
    };
    let files: Vec<(PathBuf, GoFile)> = found.files.into_par_iter().map(parse).collect();
    for (path, file) in files {
        let parent = path.parent().unwrap_or(Path::new("")).to_owned();
        packages.entry((parent, file.package.clone())).or_default().push((path, file));
    }
    let unread = found.unread.into_iter().map(|(path, error)| (path, error.to_string())).collect();
    let packages: Vec<_> = packages.into_iter().collect();
    let rows = packages
        .into_par_iter()
        .map(|((folder, name), files)| rows(tree, context, &folder, &name, files));
    let mut rows = rows.collect::<Vec<_>>().concat();
    rows.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    (rows, unread, found.searched)
}

fn rows(
    tree: &Tree,
    context: &Context,
    folder: &Path,
    name: &[u8],
    mut files: Vec<(PathBuf, GoFile)>,
) -> Vec<Row> {
    let path = import_path(tree, folder);
    let symbols = if name == b"main" { "main".to_owned() } else { path.clone() };
    let hits = files.len();
    let wanted = declared_elsewhere(&files);
    if !wanted.is_empty() {
        files.extend(others(folder, name, &files, &wanted));
    }
    let parsed: Vec<&GoFile> = files.iter().map(|(_, file)| file).collect();
    let joined = package::join(&package::Package {
        path: symbols.as_bytes(),
        minor: context.minor,
        files: &parsed,
        left_out: &[],
        assembled: &BTreeSet::new(),
    });
    let names: Vec<OsString> = files
        .iter()
        .take(hits)
        .filter_map(|(path, _)| path.file_name().map(OsString::from))
        .collect();
    let selected: BTreeMap<OsString, bool> = selection::select(folder, &names, context)
        .into_iter()
        .map(|(name, outcome)| (name, outcome.is_selected()))
        .collect();
    let place = |index: usize| {
        let path = files.get(index).map(|(path, _)| path.clone()).unwrap_or_default();
        let selected = path.file_name().and_then(|name| selected.get(name)).copied();
        (path, selected.unwrap_or(false))
    };
    joined_rows(tree, &path, &joined, &place)
}

fn joined_rows(
    tree: &Tree,
    path: &str,
    joined: &Joined,
    place: &dyn Fn(usize) -> (PathBuf, bool),
) -> Vec<Row> {
    let row = |index: usize, line: u32, column: u32| {
        let (file, selected) = place(index);
        Row {
            package: 0,
            path: path.to_owned(),
            module: if tree.std { "std".to_owned() } else { tree.path.clone() },
            standing: if tree.std { Standing::Std } else { Standing::Own },
            file,
            line,
            column,
            word: "linkname",
            local: Vec::new(),
            remote: Vec::new(),
            form: Form::Unknown,
            kind: Kind::Unknown,
            has_body: false,
            assembly: false,
            selected,
            not_a_directive: None,
            owner_declares: None,
            mentions: None,
            takes_value: false,
            local_is_pushed: false,
            import: None,
            notes: Vec::new(),
            permit: None,
            compared: false,
        }
    };
    let directives = joined.directives.iter().map(|directive| Row {
        word: directive.word.text(),
        local: directive.local.clone(),
        remote: directive.remote.clone(),
        form: super::form(directive.form),
        kind: super::kind(directive.kind),
        has_body: directive.has_body,
        assembly: directive.assembly_backed,
        // Which files are compiled together is not known here: only what one file shows is told.
        notes: directive
            .mistakes
            .iter()
            .filter(|mistake| mistake.code != Code::DuplicateLocal)
            .map(|mistake| note(mistake.code))
            .collect(),
        ..row(directive.file, directive.line, directive.column)
    });
    let others = joined.mistakes.iter().map(|mistake| Row {
        local: mistake.local.clone(),
        not_a_directive: Some(mistake.code),
        notes: vec![note(mistake.code)],
        ..row(mistake.file, mistake.line, mistake.column)
    });
    let mut rows: Vec<Row> = directives.chain(others).collect();
    for row in &mut rows {
        row.tidy();
    }
    rows
}

/// The local names of directives that no file of `files` declares.
fn declared_elsewhere(files: &[(PathBuf, GoFile)]) -> BTreeSet<Vec<u8>> {
    let all = || files.iter().map(|(_, file)| file);
    let declared: BTreeSet<&[u8]> = all()
        .flat_map(|file| &file.declarations)
        .filter(|one| matches!(one.kind, DeclarationKind::Func | DeclarationKind::Var))
        .map(|one| one.name.as_slice())
        .collect();
    let locals = all().flat_map(|file| &file.linknames).map(|linkname| &linkname.local);
    locals.filter(|local| !declared.contains(local.as_slice())).cloned().collect()
}

/// The other files of the same package that seem to declare one of `wanted`.
fn others(
    folder: &Path,
    name: &[u8],
    known: &[(PathBuf, GoFile)],
    wanted: &BTreeSet<Vec<u8>>,
) -> Vec<(PathBuf, GoFile)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let known: BTreeSet<&Path> = known.iter().map(|(path, _)| path.as_path()).collect();
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| {
        path.extension().is_some_and(|extension| extension == "go")
            && !known.contains(path.as_path())
    });
    paths.sort();
    let openings: Vec<[Vec<u8>; 3]> = wanted.iter().map(|name| declarations_of(name)).collect();
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).ok()?;
        let holds = |text: &Vec<u8>| memchr::memmem::find(&bytes, text).is_some();
        let declares = openings.iter().flatten().any(holds);
        declares.then(|| (path, GoFile::parse(bytes)))
    };
    paths.into_iter().filter_map(read).filter(|(_, file)| file.package == name).collect()
}

/// How a line that declares `name` begins: a function, a variable, one of a group.
fn declarations_of(name: &[u8]) -> [Vec<u8>; 3] {
    [
        [b"func ", name, b"("].concat(),
        [b"var ", name, b" "].concat(),
        [b"\n\t", name, b" "].concat(),
    ]
}

fn import_path(tree: &Tree, folder: &Path) -> String {
    let below = folder.strip_prefix(&tree.root).unwrap_or(Path::new(""));
    let parts = below.iter().map(|part| part.to_string_lossy().into_owned());
    let first = Some(tree.path.clone()).filter(|path| !path.is_empty());
    first.into_iter().chain(parts).collect::<Vec<_>>().join("/")
}
