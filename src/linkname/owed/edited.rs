//! Is the source at hand the text that was compiled?
//!
//! The function table records where every function begins and which lines its code comes from, so an edit
//! that moved, renamed or removed a function shows. One that did not still leaves a file that is younger than
//! the binary. Folders of the module cache and of GOROOT carry their version; only others are asked.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Doubt, SourceGap, Standing};
use crate::binary::{Binary, Functions};
use crate::golang::names;
use crate::golang::pclntab::Function;
use crate::printable::printable;
use crate::source::build::{Build, BuiltPackage};
use crate::source::file::{Declaration, DeclarationKind, GoFile};
use crate::source::prefix;

/// What became of a file since the build.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    /// It is not the text that was compiled; what shows that.
    Edited(String),
    /// It was written after the binary was, and no function of it is there to compare.
    Younger,
    /// It was written after the binary was; all functions of it stand where the binary has them.
    Touched,
}

/// The files of a build that changed since, or may have.
pub(super) struct Changes {
    files: BTreeMap<PathBuf, Change>,
    /// Modules of which a file was edited for certain.
    edited: BTreeSet<String>,
}

impl Changes {
    pub(super) fn of(binary: &Binary, build: &Build) -> Self {
        let mut changes = Self { files: BTreeMap::new(), edited: BTreeSet::new() };
        let Ok(functions) = binary.functions() else { return changes };
        let asked: Vec<&BuiltPackage> = build.packages.iter().filter(|p| !has_version(p)).collect();
        let compiled = Compiled::of(functions, &asked);
        let built = binary.image.range.file().modified();
        for package in asked {
            // A file that cannot be read is a gap of the build already.
            let read = |path: &PathBuf| GoFile::parse(fs::read(path).unwrap_or_default());
            let files: Vec<GoFile> = package.files.iter().map(read).collect();
            let given = given_names(package, &files);
            for (path, file) in package.files.iter().zip(&files) {
                let code = compiled.in_file(&package.import_path, path);
                let code = code.iter().filter(|function| !given.contains(function.name()));
                let code: Vec<&Function<'_>> = code.collect();
                let younger = is_younger(path, built);
                let Some(change) = change(file, &code, younger) else { continue };
                if matches!(change, Change::Edited(_)) {
                    changes.edited.insert(package.module_path().to_owned());
                }
                changes.files.insert(path.clone(), change);
            }
        }
        changes
    }

    /// The modules of which a file was edited for certain.
    pub(super) fn edited_modules(&self) -> impl Iterator<Item = String> + '_ {
        self.edited.iter().cloned()
    }

    /// What is doubtful about a file: one edited file makes its whole module so.
    pub(super) fn doubt(&self, package: &BuiltPackage, file: &Path) -> Option<Doubt> {
        if self.edited.contains(package.module_path()) {
            return Some(Doubt::Weakens);
        }
        self.files.get(file).map(|change| match change {
            Change::Edited(_) | Change::Younger => Doubt::Weakens,
            Change::Touched => Doubt::Said,
        })
    }

    /// What is told of each module.
    pub(super) fn gaps(&self, build: &Build) -> Vec<SourceGap> {
        let mut modules: BTreeMap<String, Vec<&BuiltPackage>> = BTreeMap::new();
        for package in &build.packages {
            modules.entry(package.module_path().to_owned()).or_default().push(package);
        }
        let told = modules.into_iter().filter_map(|(module, packages)| {
            let own = packages.iter().any(|package| package.own);
            let files = packages.iter().flat_map(|package| &package.files);
            let changed = files.filter_map(|path| Some((path.as_path(), self.files.get(path)?)));
            gap(module, own, &changed.collect::<Vec<_>>())
        });
        told.collect()
    }
}

/// The one line about a module's changed files: the edited ones, or else the younger.
fn gap(module: String, own: bool, changed: &[(&Path, &Change)]) -> Option<SourceGap> {
    let edited = changed.iter().find_map(|(path, change)| match change {
        Change::Edited(shown) => Some((*path, shown)),
        _ => None,
    });
    let base = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (code, message, alike) = match edited {
        Some((path, shown)) => {
            let alike = changed.iter().filter(|(_, change)| matches!(change, Change::Edited(_)));
            let message = format!("{} is not what was compiled: {shown}", base(path));
            ("source-newer", message, alike.count())
        }
        None => {
            let message = format!("{} was written after the binary", base(changed.first()?.0));
            ("source-touched", message, changed.len())
        }
    };
    let more = alike.saturating_sub(1);
    let others = if more == 0 { String::new() } else { format!(" (and {more} more of its files)") };
    Some(SourceGap {
        standing: if own { Standing::Own } else { Standing::Dependency },
        code: code.to_owned(),
        module,
        message: message + &others,
        weakens: edited.is_some(),
    })
}

/// Whether the package's folder says of which version it is.
fn has_version(package: &BuiltPackage) -> bool {
    let named =
        |part: &std::ffi::OsStr| memchr::memmem::find(part.as_encoded_bytes(), b"@v").is_some();
    package.std || package.folder.iter().any(named)
}

/// Whether the file was written after the binary was.
fn is_younger(path: &Path, built: Option<SystemTime>) -> bool {
    let written = fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    written.zip(built).is_some_and(|(written, built)| written > built)
}

/// Symbols of the package that directives give to functions of another name.
fn given_names(package: &BuiltPackage, files: &[GoFile]) -> BTreeSet<Vec<u8>> {
    let symbol = |local: &[u8]| prefix::symbol(package.import_path.as_bytes(), local);
    let directives = files.iter().flat_map(|file| &file.linknames);
    let named = directives.filter_map(|found| Some((symbol(&found.local), found.remote.clone()?)));
    named.filter(|(own, remote)| own != remote).map(|(_, remote)| remote).collect()
}

fn change(file: &GoFile, code: &[&Function<'_>], younger: bool) -> Option<Change> {
    if code.is_empty() || moves_lines(&file.bytes) {
        return younger.then_some(Change::Younger);
    }
    let lines = Lines::of(&file.bytes);
    match code.iter().find_map(|function| contradicted(function, file, &lines)) {
        Some(shown) => Some(Change::Edited(shown)),
        None => younger.then_some(Change::Touched),
    }
}

/// Whether a `//line` comment may say that lines are other lines.
fn moves_lines(bytes: &[u8]) -> bool {
    let holds = |mark: &[u8]| memchr::memmem::find(bytes, mark).is_some();
    holds(b"//line ") || holds(b"/*line ")
}

/// The functions that were compiled from each file: by package, then by base name of the file.
struct Compiled<'a>(HashMap<&'a str, HashMap<&'a [u8], Vec<Function<'a>>>>);

impl<'a> Compiled<'a> {
    fn of(functions: &'a Functions, packages: &[&'a BuiltPackage]) -> Self {
        let mut compiled: HashMap<&str, HashMap<&[u8], Vec<Function<'_>>>> =
            packages.iter().map(|p| (p.import_path.as_str(), HashMap::new())).collect();
        for function in functions.table.functions() {
            // A pushed body bears another package's name: what its file declares is another.
            let package = names::import_path(function.name());
            let package = package.as_deref().and_then(|package| std::str::from_utf8(package).ok());
            let Some(files) = package.and_then(|package| compiled.get_mut(package)) else {
                continue;
            };
            if function.is_assembly() || names::is_derived(function.name()) {
                continue;
            }
            let file = functions.own_file(&function);
            let file = file.filter(|file| functions.folders.owner_of_file(file) == package);
            if let Some(base) = file.and_then(|file| file.rsplit(|byte| *byte == b'/').next()) {
                files.entry(base).or_default().push(function);
            }
        }
        Self(compiled)
    }

    fn in_file(&self, package: &str, path: &Path) -> &[Function<'a>] {
        let base = path.file_name().unwrap_or_default().as_encoded_bytes();
        let found = self.0.get(package).and_then(|files| files.get(base));
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

/// What shows that `function` was not compiled from `file`.
fn contradicted(function: &Function<'_>, file: &GoFile, lines: &Lines) -> Option<String> {
    let local = names::within_package(function.name());
    if local == b"init" || local.starts_with(b"init.") {
        return None;
    }
    let name = printable(local);
    let Some(declared) = declaration(file, local) else {
        let plain = !local.contains(&b'.') && !local.contains(&b'[');
        return plain.then(|| format!("it declares no {name}, which was compiled from it"));
    };
    // What has no body here was not compiled from here.
    if !declared.has_body {
        return None;
    }
    let (first, last) = lines.around(declared);
    if let Some(line) = function.start_line() {
        let moved = !(first..=declared.line).contains(&line);
        return moved
            .then(|| format!("{name} stands on line {}, in the binary on {line}", declared.line));
    }
    // Single lines are no witness: 1 stands for none, inlined code can leave some without a mark (go and
    // compile of 1.19 to 1.27: 3 to 12 files of about 1,200 have such a line; starting lines: none).
    let own = function.own_lines();
    let elsewhere = !own.is_empty() && !own.iter().any(|line| (first..=last).contains(line));
    elsewhere.then(|| format!("{name} has lines {first} to {last}, in the binary none of them"))
}

/// The function or method that a symbol without its package names.
fn declaration<'a>(file: &'a GoFile, local: &[u8]) -> Option<&'a Declaration> {
    let (receiver, name) = match memchr::memrchr(b'.', local) {
        Some(dot) if !local.ends_with(b"]") => (local.get(..dot), local.get(dot + 1..)?),
        _ => (None, local),
    };
    let plain = |name: &[u8]| -> Vec<u8> {
        let end = memchr::memchr(b'[', name).unwrap_or(name.len());
        name.get(..end).unwrap_or_default().to_vec()
    };
    let name = plain(name);
    let wanted = receiver.map(|receiver| {
        plain(
            receiver
                .strip_prefix(b"(*")
                .map(|r| r.strip_suffix(b")").unwrap_or(r))
                .unwrap_or(receiver),
        )
    });
    file.declarations.iter().find(|one| match (&one.kind, &wanted) {
        (DeclarationKind::Func, None) => one.name == name,
        (DeclarationKind::Method { receiver, .. }, Some(wanted)) => {
            one.name == name && receiver == wanted
        }
        _ => false,
    })
}

/// Offsets at which lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(bytes: &[u8]) -> Self {
        Self(std::iter::once(0).chain(memchr::memchr_iter(b'\n', bytes).map(|at| at + 1)).collect())
    }

    /// Line, from 1, of an offset.
    fn line(&self, offset: usize) -> u32 {
        u32::try_from(self.0.partition_point(|start| *start <= offset)).unwrap_or(u32::MAX)
    }

    /// The first and the last line of a declaration.
    fn around(&self, declared: &Declaration) -> (u32, u32) {
        let receiver = Some(declared.parameters.start).filter(|_| !declared.parameters.is_empty());
        let first = receiver.map_or(declared.line, |start| self.line(start).min(declared.line));
        let end = declared.body.end.max(declared.signature.end);
        (first, self.line(end.saturating_sub(1)).max(declared.line))
    }
}
