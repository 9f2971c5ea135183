//! What does a GOROOT's own source say about pulls: its symbols with their marks, and its linker's lists?
//!
//! The embedded tables of `rules` were made by another program (testdata/rules/harvest) with the same rules. A GOROOT
//! at hand tells the same for its own patch release, and for a Go that is newer than the tables. Nothing here judges
//! a pull.
//!
//! ```no_run
//! use gonym::rules::{Handle, Pull, Release};
//! use gonym::source::constraint::Context;
//! use gonym::source::goroot::facts;
//!
//! let context = Context::from_settings(27, &Default::default());
//! let facts = facts("/usr/local/go".as_ref(), &context)?;
//! let release = Release::read(27, "linux", "amd64", facts);
//! let symbol = b"runtime.nanotime";
//! let pull = Pull { package: "main", std: false, symbol, handle: Handle::Function };
//! println!("{:?}", release.permission(&pull));
//! # Ok::<(), std::io::Error>(())
//! ```

mod defined;
mod shame;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use memchr::memmem::Finder;
use rayon::prelude::*;

use super::assembly::Assembly;
use super::cache::{Bytes, Files};
use super::constraint::Context;
use super::file::{DeclarationKind, GoFile};
use super::lexer::{Lexer, TokenKind};
use super::reading;
use super::selection;
use crate::rules::{Facts, Symbol, is_known_symbol};

/// Reads the standard library below `goroot` as builds for the context's platform see it, and the linker's lists if
/// the GOROOT has its commands.
///
/// Builds with and without cgo are combined. Where these have nothing, the builds for race, msan and asan are used
/// too: a mark is a property of the release, not of one build.
///
/// # Errors
///
/// There is no `src` to list, or something in it cannot be read: half of it would mislead.
pub fn facts(goroot: &Path, context: &Context) -> io::Result<Facts> {
    // In some distributions src is a link to another place.
    let source = fs::canonicalize(goroot.join("src"))?;
    let mut packages = Vec::new();
    walk(&source, "", &mut vec![source.clone()], &mut packages)?;
    let read = packages
        .into_par_iter()
        .map(|(path, folder)| Contents::read(&folder).map(|package| (path, folder, package)));
    let read: Vec<_> = read.collect::<io::Result<_>>()?;
    let remotes = remotes(read.iter().flat_map(|(_, _, package)| package.files.values()));
    let (mut symbols, mut others) = (BTreeMap::new(), BTreeMap::new());
    let mut members = shame::Members::new();
    for (path, folder, package) in &read {
        for file in package.files.values() {
            shame::read(path, file, &remotes, &mut members);
        }
        for (build, sanitizer) in builds(context) {
            let into = if sanitizer { &mut others } else { &mut symbols };
            for (name, symbol) in package.define(path, folder, &build) {
                defined::unite(into, name, symbol);
            }
        }
    }
    for (name, symbol) in others {
        symbols.entry(name).or_insert(symbol);
    }
    symbols.retain(|name, symbol| !defined::is_method(name) || is_worth_keeping(name, *symbol));
    Ok(facts_with(symbols, members, &source.join("cmd")))
}

/// One of Go's own packages, as one build compiles it.
pub struct Linked<'a> {
    /// Its import path.
    pub path: &'a str,
    /// Its files.
    pub files: &'a [GoFile],
    /// Its assembly.
    pub assembly: Vec<Bytes>,
}

/// What the packages of a build say about the symbols in `asked`; the linker's lists are those of `goroot`.
///
/// Symbols that only another build would have are not included, nor what a package publishes that is not linked.
#[must_use]
pub fn facts_of_build(
    goroot: &Path,
    goarch: &str,
    linked: &[Linked<'_>],
    asked: &BTreeSet<Vec<u8>>,
) -> Facts {
    let remotes: BTreeSet<&[u8]> = remotes(linked.iter().flat_map(|package| package.files));
    let (mut symbols, mut members) = (BTreeMap::new(), shame::Members::new());
    // Who speaks of a symbol writes the last part of its name.
    let words = asked.iter().map(|symbol| symbol.rsplit(|byte| *byte == b'.').next());
    let words: Vec<Finder<'_>> = words.map(|word| Finder::new(word.unwrap_or_default())).collect();
    for package in linked {
        let mut assembly = Assembly::default();
        for text in &package.assembly {
            assembly.read(package.path.as_bytes(), text);
            assembly.text.extend(defined::call_frames(package.path, text));
        }
        assembly.text.remove(b"NAME".as_slice());
        let files: Vec<&GoFile> = package.files.iter().collect();
        for (name, symbol) in defined::symbols(package.path, goarch, &files, &assembly) {
            if asked.contains(name.as_bytes()) {
                defined::unite(&mut symbols, name, symbol);
            }
        }
        let names_one = |file: &&GoFile| words.iter().any(|word| word.find(&file.bytes).is_some());
        let about = package.files.iter().filter(names_one);
        about.for_each(|file| shame::read(package.path, file, &remotes, &mut members));
    }
    symbols.retain(|name, symbol| !defined::is_method(name) || is_worth_keeping(name, *symbol));
    members.retain(|name, _| asked.contains(name.as_bytes()));
    facts_with(symbols, members, &goroot.join("src").join("cmd"))
}

fn remotes<'a>(files: impl Iterator<Item = &'a GoFile>) -> BTreeSet<&'a [u8]> {
    files.flat_map(|file| &file.linknames).filter_map(|it| it.remote.as_deref()).collect()
}

fn facts_with(
    symbols: BTreeMap<String, Symbol>,
    members: shame::Members,
    commands: &Path,
) -> Facts {
    let shame = members.into_iter().map(|(name, of)| (name, of.into_iter().collect())).collect();
    Facts { symbols, blocked: blocked(commands), by_index: by_index(commands), shame }
}

/// There are many methods, and only those that some directive marks are pulled.
fn is_worth_keeping(method: &str, symbol: Symbol) -> bool {
    symbol.mark != crate::rules::Mark::Absent || is_known_symbol(method)
}

/// The builds whose symbols count, and whether each is for a sanitizer.
fn builds(context: &Context) -> Vec<(Context, bool)> {
    let with = |cgo: bool, tag: &str| {
        let mut build = Context { cgo, ..context.clone() };
        for sanitizer in ["race", "msan", "asan"] {
            build.tags.remove(sanitizer);
        }
        build.tags.extend((!tag.is_empty()).then(|| tag.to_owned()));
        build
    };
    let sanitizers = ["race", "msan", "asan"].map(|tag| (with(true, tag), true));
    let plain = [(with(false, ""), false), (with(true, ""), false)];
    plain.into_iter().chain(sanitizers).collect()
}

/// A GOROOT has some 400 packages. Links that make many more of them are not followed to their end.
const MOST_PACKAGES: usize = 10_000;

/// The packages below a folder, each with its path, without commands and test data. Links are followed, as builds do,
/// but not to one of the folders `above`.
fn walk(
    folder: &Path,
    path: &str,
    above: &mut Vec<PathBuf>,
    packages: &mut Vec<(String, PathBuf)>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let skipped = name == "testdata" || name.starts_with('_') || name.starts_with('.');
        let outside = path.is_empty() && (name == "cmd" || name == "builtin");
        if skipped || outside || !leads(&entry)?.is_some_and(|kind| kind.is_dir()) {
            continue;
        }
        let real = fs::canonicalize(entry.path())?;
        if above.contains(&real) {
            continue;
        }
        if packages.len() == MOST_PACKAGES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "too many folders"));
        }
        let below = if path.is_empty() { name } else { format!("{path}/{name}") };
        packages.push((below.clone(), entry.path()));
        above.push(real);
        walk(&entry.path(), &below, above, packages)?;
        above.pop();
    }
    Ok(())
}

/// The kind of an entry, or of the target of its link; none if the target does not exist.
fn leads(entry: &fs::DirEntry) -> io::Result<Option<fs::FileType>> {
    let kind = entry.file_type()?;
    if !kind.is_symlink() {
        return Ok(Some(kind));
    }
    match fs::metadata(entry.path()) {
        Ok(about) => Ok(Some(about.file_type())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// All files of one package, for any build.
struct Contents {
    files: BTreeMap<OsString, GoFile>,
    assembly: BTreeMap<OsString, Bytes>,
    read: Files,
}

impl Contents {
    fn read(folder: &Path) -> io::Result<Self> {
        let (mut files, mut assembly) = (BTreeMap::new(), BTreeMap::new());
        let read = Files::default();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let text = name.as_encoded_bytes();
            let is_go = text.ends_with(b".go") && !text.ends_with(b"_test.go");
            let is_source = is_go || text.ends_with(b".s");
            // A folder or a pipe may be named x.go.
            if !is_source || !leads(&entry)?.is_some_and(|kind| kind.is_file()) {
                continue;
            }
            let text = read.read(&entry.path()).map_err(|e| io::Error::new(e.kind(), e))?;
            if is_go {
                files.insert(name, GoFile::parse(text));
            } else {
                assembly.insert(name, text);
            }
        }
        Ok(Self { files, assembly, read })
    }

    fn define(&self, path: &str, folder: &Path, build: &Context) -> BTreeMap<String, Symbol> {
        let names: Vec<_> = self.files.keys().chain(self.assembly.keys()).cloned().collect();
        let selected = selection::select(&self.read, folder, &names, build);
        let selected = selected.into_iter().filter(|(_, outcome)| outcome.is_selected());
        let (mut files, mut assembly) = (Vec::new(), Assembly::default());
        for (name, _) in selected {
            files.extend(self.files.get(&name));
            if let Some(text) = self.assembly.get(&name) {
                assembly.read(path.as_bytes(), text);
                assembly.text.extend(defined::call_frames(path, text));
            }
        }
        // The parameter of the runtime's macro CALLFN, which is not expanded.
        assembly.text.remove(b"NAME".as_slice());
        defined::symbols(path, &build.goarch, &files, &assembly)
    }
}

/// The body of a variable in a file of the linker or the assembler.
fn list(file: &Path, variable: &[u8]) -> Option<(GoFile, std::ops::Range<usize>)> {
    let file = GoFile::parse(reading::read(file).ok()?);
    let is_it = |kind: &DeclarationKind| *kind == DeclarationKind::Var;
    let found = file.declarations.iter().find(|one| is_it(&one.kind) && one.name == variable)?;
    let body = found.body.clone();
    Some((file, body))
}

/// The text of a string literal without its quotes; the lists have no escapes.
fn unquoted(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    text.strip_prefix('"')?.strip_suffix('"').map(str::to_owned)
}

/// `blockedLinknames` of cmd/link/internal/loader/loader.go: `"name": {"package", …},`. There is none before go1.23.
/// Without the linker's source the answer is `None`.
fn blocked(commands: &Path) -> Option<BTreeMap<String, Vec<String>>> {
    let loader = commands.join("link/internal/loader/loader.go");
    let mut blocked = BTreeMap::new();
    let Some((file, body)) = list(&loader, b"blockedLinknames") else {
        return loader.is_file().then_some(blocked);
    };
    let (mut depth, mut key) = (0_u32, String::new());
    for token in Lexer::within(&file.bytes, body) {
        match (token.kind, token.text(&file.bytes)) {
            (_, b"{") => depth += 1,
            (_, b"}") => depth = depth.saturating_sub(1),
            (TokenKind::String, text) if depth == 1 => {
                key = unquoted(text)?;
                blocked.insert(key.clone(), Vec::new());
            }
            (TokenKind::String, text) if depth == 2 => {
                blocked.entry(key.clone()).or_insert_with(Vec::new).push(unquoted(text)?);
            }
            _ => {}
        }
    }
    for packages in blocked.values_mut() {
        packages.sort();
    }
    Some(blocked)
}

/// The functions of cmd/internal/goobj/builtinlist.go with Go's internal ABI, `{"name", 1}`, for versions in which a
/// pull refers to them by index (cmd/internal/obj/sym.go, until go1.23).
fn by_index(commands: &Path) -> Option<Vec<String>> {
    let writer = reading::read(&commands.join("internal/obj/sym.go")).ok()?;
    if memchr::memmem::find(&writer, b"i != -1 && !rs.IsLinkname()").is_some() {
        return Some(Vec::new());
    }
    let (file, body) = list(&commands.join("internal/goobj/builtinlist.go"), b"builtins")?;
    let mut functions = Vec::new();
    let mut last = None;
    for token in Lexer::within(&file.bytes, body) {
        match (token.kind, token.text(&file.bytes)) {
            (TokenKind::String, text) => last = unquoted(text),
            (_, b"1") => functions.extend(last.take()),
            (_, b"{" | b"}") => last = None,
            _ => {}
        }
    }
    functions.sort();
    Some(functions)
}
