//! Which packages of a build name a remote, and which may hold inlined code of those?
//!
//! The packages are the directive's own, the remote's owner, and all others. A frame of another package can be
//! ignored only if that package is known to have no way to the remote.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use memchr::memmem;

use super::getters::Getters;
use super::{Scan, symbol};
use crate::linkname::neighbours::{Imports, Neighbours};
use crate::names;
use crate::source::build::BuiltPackage;
use crate::source::cache::{Bytes, Files};
use crate::source::directive::CgoImport;
use crate::source::file::GoFile;
use crate::source::package::Directive;

/// The assembly of each package: package, and the bytes of a file; none if it cannot be read.
pub(super) type AssemblyFiles = Vec<(usize, Option<Bytes>)>;

/// The imports of all packages, and whether every import was found.
pub(super) struct Graph {
    imports: Arc<Imports>,
    whole: bool,
    /// Whether some package has parts in C.
    c: bool,
}

impl Scan<'_> {
    /// What the sources of the build say about the remote of a directive of package `index`.
    pub(super) fn neighbours(
        &self,
        index: usize,
        directive: &Directive,
    ) -> Option<(Arc<Neighbours>, Option<Getters>)> {
        let package = self.packages.get(index)?;
        if !self.question.neighbours || package.std {
            return None;
        }
        let graph = self.graph.get_or_init(|| self.read_graph());
        let owner = names::import_text(&directive.remote);
        let named = self.naming(index, &directive.remote, owner.as_deref());
        let mut neighbours = Neighbours {
            imports: graph.imports.clone(),
            local: package.import_path.clone(),
            owner,
            names: named,
            framed: false,
            never_imported: graph.whole && self.is_never_imported(index, &directive.remote),
            unowned: false,
            called: Vec::new(),
            sole: graph.whole,
        };
        neighbours.unowned =
            neighbours.never_imported && !graph.c && self.is_unowned(&directive.remote);
        neighbours.sole &= self.is_sole_user(index, directive, &neighbours);
        if neighbours.sole {
            neighbours.called = self.callers(index, package, directive);
            neighbours.called.extend(self.carrying(index, directive));
        }
        let getters = self.getters(index, directive, &Arc::new(neighbours.clone()));
        neighbours.framed = graph.whole && getters.is_none();
        Some((Arc::new(neighbours), getters))
    }

    fn read_graph(&self) -> Graph {
        let all = &self.question.build.packages;
        let read = |index: usize| -> Option<(String, BTreeSet<String>, (bool, bool))> {
            let package = all.get(index)?;
            let mut imported = BTreeSet::new();
            let (mut whole, mut c) = (true, false);
            for path in &package.files {
                let opening = self.packages.files.opening(path).ok()?;
                for import in &opening.imports {
                    let text = names::path_text(import);
                    whole &= self.add_import(package, &text, &mut imported);
                    c |= text == "C";
                }
            }
            Some((package.import_path.clone(), imported, (whole, c)))
        };
        let each: Vec<_> = (0..all.len()).map(read).collect();
        let known = |index: usize| !self.is_doubtful(index);
        let whole = (0..all.len()).all(known)
            && each.iter().all(|one| one.as_ref().is_some_and(|(_, _, (whole, _))| *whole));
        let c = each.iter().flatten().any(|(_, _, (_, c))| *c);
        let believed = each.into_iter().enumerate().filter(|(index, _)| known(*index));
        let imports = believed.filter_map(|(_, one)| one.map(|(path, all, _)| (path, all)));
        Graph { imports: Arc::new(imports.collect()), whole, c }
    }

    /// Adds the package that `package` imports as `text`; returns whether it was found.
    fn add_import(&self, package: &BuiltPackage, text: &str, to: &mut BTreeSet<String>) -> bool {
        if text == "C" || text == "unsafe" {
            return true;
        }
        let vendored = format!("vendor/{text}");
        let found = match package.std && self.packages.named(&vendored).is_some() {
            true => vendored,
            false => text.to_owned(),
        };
        let known = self.packages.named(&found).is_some();
        to.insert(found);
        known
    }

    /// The packages other than `index` and the owner whose source names the remote, or may name it.
    fn naming(&self, index: usize, remote: &[u8], owner: Option<&str>) -> BTreeSet<String> {
        let all = &self.question.build.packages;
        let importers =
            self.importers.get_or_init(|| super::exported_wrappers::importers(self.packages, all));
        let importing = |of: usize| importers.get(&of).into_iter().flatten().copied();
        let mut found: BTreeSet<usize> = BTreeSet::new();
        for (other, number) in self.by_remote.get(remote).into_iter().flatten() {
            found.insert(*other);
            let handle = self.directive_at(*other, *number).filter(|_| *other != index);
            if handle.is_some_and(|one| names::is_exported(&symbol_of(all.get(*other), &one.local)))
            {
                found.extend(importing(*other));
            }
        }
        let owner_index = owner.and_then(|owner| self.packages.named(owner));
        if names::is_exported(remote) {
            found.extend(owner_index.into_iter().flat_map(importing));
        }
        let word = names::within_package(remote);
        let files = self.assembly_files.get_or_init(|| self.read_assembly());
        found.extend(
            files.iter().filter(|(_, bytes)| qualifies(text(bytes), word)).map(|(of, _)| *of),
        );
        found.remove(&index);
        let named = found.into_iter().filter(|other| Some(*other) != owner_index);
        named.filter_map(|other| Some(all.get(other)?.import_path.clone())).collect()
    }

    /// Whether no import assigns another name to a name without a package.
    fn is_never_imported(&self, index: usize, remote: &[u8]) -> bool {
        let whole = self.question.build.gaps.is_empty() && !self.is_doubtful(index);
        whole && names::package(remote).is_none() && self.imported(remote).is_none()
    }

    /// Whether a name without a package occurs only in directives.
    fn is_unowned(&self, remote: &[u8]) -> bool {
        let all = &self.question.build.packages;
        let files = self.assembly_files.get_or_init(|| self.read_assembly());
        let in_assembly = files.iter().any(|(_, bytes)| has_symbol(text(bytes), remote));
        let files = self.packages.files;
        !in_assembly && !all.iter().filter(|one| !one.std).any(|one| has_objects(one, files))
    }

    /// The import that `//go:cgo_import_dynamic` of some package assigns to a name without a package.
    pub(super) fn imported(&self, remote: &[u8]) -> Option<&Vec<u8>> {
        if names::package(remote).is_some() {
            return None;
        }
        self.imported.get_or_init(|| self.read_imported()).get(remote)
    }

    fn read_imported(&self) -> HashMap<Vec<u8>, Vec<u8>> {
        let files = self.question.build.packages.iter().flat_map(|package| &package.files);
        let each = files.map(|path| {
            let bytes = self.packages.files.read_or_empty(path);
            match memmem::find(&bytes, b"cgo_import_dynamic") {
                Some(_) => GoFile::parse(bytes).cgo_imports,
                None => Vec::new(),
            }
        });
        let pair = |one: CgoImport| (one.local.clone(), one.remote.unwrap_or(one.local));
        each.flatten().map(pair).collect()
    }

    pub(super) fn read_assembly(&self) -> AssemblyFiles {
        let all = self.question.build.packages.iter().enumerate();
        let files: Vec<_> = all
            .flat_map(|(index, one)| one.assembly.iter().map(move |path| (index, path)))
            .collect();
        let read = |(index, path): &(usize, &std::path::PathBuf)| {
            (*index, self.packages.files.read(path).ok())
        };
        files.iter().map(read).collect()
    }
}

/// The bytes of a file; a file that cannot be read names nothing.
pub(super) fn text(bytes: &Option<Bytes>) -> &[u8] {
    bytes.as_ref().map_or(&[], |bytes| bytes.as_slice())
}

/// Whether assembly names the symbol `name`: `name(SB)`, `name+8(SB)`, `name<ABIInternal>(SB)`.
pub(super) fn has_symbol(bytes: &[u8], name: &[u8]) -> bool {
    let in_word = |byte: Option<&u8>| {
        byte.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(*b, b'_' | 0x80..))
    };
    memmem::find_iter(bytes, name).any(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let after = bytes.get(at + name.len());
        (name.starts_with("·".as_bytes()) || !in_word(before))
            && matches!(after, Some(b'(' | b'+' | b'-' | b'<'))
    })
}

/// Whether the folder of the package holds object files, which `go` links unchanged.
fn has_objects(package: &BuiltPackage, files: &Files) -> bool {
    let folder = package.files.first().and_then(|file| file.parent());
    let Some(entries) = folder.and_then(|folder| files.folder(folder).ok()) else { return true };
    entries.iter().any(|entry| Path::new(&entry.name).extension().is_some_and(|e| e == "syso"))
}

/// Whether assembly names `word` with another package's path: `example·com∕q∕lib·word(SB)`.
fn qualifies(bytes: &[u8], word: &[u8]) -> bool {
    let dotted = ["·".as_bytes(), word].concat();
    let in_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    memmem::find_iter(bytes, &dotted).any(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let path = in_word(before) || before.is_some_and(|byte| *byte >= 0x80);
        path && !in_word(bytes.get(at + dotted.len()))
    })
}

fn symbol_of(package: Option<&BuiltPackage>, local: &[u8]) -> Vec<u8> {
    package.map(|package| symbol(package, local)).unwrap_or_default()
}
