//! Which files of a folder does this build compile, and why not the others?
//!
//! The rules of go/build in its order: the name, the package clause, the constraint, cgo. This file reads the
//! beginning of files. It does not know how the folder was found or what imports it.
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use gonym::source::constraint::Context;
//! use gonym::source::file::GoFile;
//! use gonym::source::selection::{Outcome, Reason, of_read};
//!
//! let settings = [("GOOS", "linux"), ("GOARCH", "amd64")];
//! let settings: BTreeMap<String, String> =
//!     settings.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
//! let context = Context::from_settings(27, &settings);
//! let file = GoFile::parse(b"package p\n".to_vec());
//! assert!(of_read("a_linux.go".as_ref(), &file, &context).is_selected());
//! let outcome = of_read("a_test.go".as_ref(), &file, &context);
//! assert_eq!(outcome, Outcome::Ignored(Reason::Test));
//! ```

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::cache::{self, Files};
use super::constraint::{self, Context, Expression, Malformed};
use super::file::GoFile;
use super::opening::Opening;
use crate::error::in_words;

/// Whether a build compiles a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It does.
    Selected,
    /// It does not.
    Ignored(Reason),
}

impl Outcome {
    /// Whether the build compiles the file.
    #[must_use]
    pub fn is_selected(&self) -> bool {
        *self == Self::Selected
    }
}

/// Why a file is not compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its name begins with `_` or `.`.
    Hidden,
    /// It is a test, by its name.
    Test,
    /// Its name asks for another platform: `arm64` of `a_arm64.go`.
    Suffix(String),
    /// Its constraint does not hold.
    Constraint(String),
    /// It imports "C", or is assembly for C's assembler, and the package is built without cgo.
    Cgo,
    /// It belongs to the package `documentation`, which is never built.
    Documentation,
    /// Go could not read it, and why.
    Broken(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hidden => f.write_str("its name begins with _ or ."),
            Self::Test => f.write_str("test file"),
            Self::Suffix(tag) => write!(f, "its name needs {tag}"),
            Self::Constraint(text) => write!(f, "needs {text}"),
            Self::Cgo => f.write_str("needs cgo"),
            Self::Documentation => f.write_str("package documentation"),
            Self::Broken(what) => f.write_str(what),
        }
    }
}

/// One file of a folder.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its name in the folder.
    pub name: OsString,
    /// Whether the build compiles it. For test files see `test`.
    pub outcome: Outcome,
    /// Whether `go test` compiles it: a `_test.go` file that nothing else excludes.
    pub test: bool,
    /// Whether it is assembly.
    pub assembly: bool,
    /// Its opening; empty for assembly, and for files that the name alone excludes.
    pub opening: Arc<Opening>,
}

impl Candidate {
    /// Whether the file is selected Go source.
    #[must_use]
    pub fn is_go(&self) -> bool {
        self.outcome.is_selected() && !self.assembly
    }
}

/// Which test files are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tests {
    /// All, because they are compiled or their imports are needed.
    Read,
    /// None: the name is enough.
    Named,
}

/// Every Go and assembly file of `folder` and what this build does with it, sorted by name.
///
/// # Errors
///
/// The folder cannot be listed.
pub fn folder(
    files: &Files,
    folder: &Path,
    context: &Context,
    tests: Tests,
) -> cache::Outcome<Vec<Candidate>> {
    let listed = files.folder(folder)?;
    let names = listed.iter().map(|entry| &entry.name).filter(|name| is_source(name));
    Ok(candidates(files, folder, names.cloned().collect(), context, tests))
}

/// What this build does with the files `names` in `folder`.
#[must_use]
pub fn select(
    files: &Files,
    folder: &Path,
    names: &[OsString],
    context: &Context,
) -> Vec<(OsString, Outcome)> {
    let names = names.iter().filter(|name| is_source(name)).cloned().collect();
    let candidates = candidates(files, folder, names, context, Tests::Named);
    candidates.into_iter().map(|candidate| (candidate.name, candidate.outcome)).collect()
}

/// What this build does with a Go file that was already read.
#[must_use]
pub fn of_read(name: &OsStr, file: &GoFile, context: &Context) -> Outcome {
    let text = name.to_string_lossy();
    let says = || {
        by_constraint(constraint::of_lines(&file.constraint_lines), context)
            .or_else(|| by_package(&file.package, file.imports_path(b"C"), context))
    };
    let reason = by_name(&text, context).or_else(says);
    let reason = reason.or(text.ends_with("_test.go").then_some(Reason::Test));
    reason.map_or(Outcome::Selected, Outcome::Ignored)
}

fn candidates(
    files: &Files,
    folder: &Path,
    names: BTreeSet<OsString>,
    context: &Context,
    tests: Tests,
) -> Vec<Candidate> {
    let examine = |name: OsString| candidate(files, folder, name, context, tests);
    let mut all: Vec<Candidate> = names.into_iter().filter_map(examine).collect();
    // .S and .sx files are for C's assembler, so they count only if the package uses cgo.
    let cgo = all.iter().any(|file| file.is_go() && file.opening.imports_c());
    for file in &mut all {
        if !cgo && is_c_assembly(&file.name) && file.outcome.is_selected() {
            file.outcome = Outcome::Ignored(Reason::Cgo);
        }
    }
    all
}

fn extension(name: &OsStr) -> &[u8] {
    let name = name.as_encoded_bytes();
    memchr::memrchr(b'.', name).and_then(|dot| name.get(dot..)).unwrap_or_default()
}

fn is_source(name: &OsStr) -> bool {
    matches!(extension(name), b".go" | b".s" | b".S" | b".sx")
}

fn is_c_assembly(name: &OsStr) -> bool {
    matches!(extension(name), b".S" | b".sx")
}

/// The candidate for `name`; `None` if it is no file.
fn candidate(
    files: &Files,
    folder: &Path,
    name: OsString,
    context: &Context,
    tests: Tests,
) -> Option<Candidate> {
    let path = folder.join(&name);
    let assembly = extension(&name) != b".go";
    let text = name.to_string_lossy().into_owned();
    let is_test = text.ends_with("_test.go");
    let mut opening = Arc::default();
    let reason = match by_name(&text, context) {
        Some(reason) => Some(reason),
        None if is_test && tests == Tests::Named => None,
        None => match files.opening(&path) {
            Ok(read) => {
                opening = read;
                by_content(&opening, &files.read_or_empty(&path), assembly, context)
            }
            // A folder may be named x.go, and go/build follows links only to files.
            Err(_) if !fs::metadata(&path).is_ok_and(|about| about.is_file()) => return None,
            Err(error) => Some(Reason::Broken(in_words(&error))),
        },
    };
    let test = is_test && reason.is_none();
    let reason = reason.or(is_test.then_some(Reason::Test));
    let outcome = reason.map_or(Outcome::Selected, Outcome::Ignored);
    Some(Candidate { name, outcome, test, assembly, opening })
}

fn by_name(name: &str, context: &Context) -> Option<Reason> {
    if name.starts_with(['_', '.']) {
        return Some(Reason::Hidden);
    }
    context.missing_for_name(name).map(|tag| Reason::Suffix(tag.to_owned()))
}

fn by_content(
    opening: &Opening,
    bytes: &[u8],
    assembly: bool,
    context: &Context,
) -> Option<Reason> {
    let reason = by_constraint(constraint::of_file(bytes), context);
    if reason.is_some() || assembly {
        return reason;
    }
    by_package(&opening.package, opening.imports_c(), context)
}

fn by_constraint(
    constraint: Result<Option<Expression>, Malformed>,
    context: &Context,
) -> Option<Reason> {
    match constraint {
        Err(malformed) => Some(Reason::Broken(malformed.0.to_owned())),
        Ok(Some(expression)) if !expression.holds(&|tag| context.satisfies(tag)) => {
            Some(Reason::Constraint(expression.to_string()))
        }
        Ok(_) => None,
    }
}

fn by_package(name: &[u8], imports_c: bool, context: &Context) -> Option<Reason> {
    match name {
        b"" => Some(Reason::Broken("no package clause".to_owned())),
        b"documentation" => Some(Reason::Documentation),
        _ => (imports_c && !context.cgo).then_some(Reason::Cgo),
    }
}
