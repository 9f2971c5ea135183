//! Which names does compiled code use that only files declare which this build leaves out?
//!
//! `//go:build go1.20 && !go1.26` on the one file that pulls a name makes the directive vanish with Go 1.26, and what
//! used the name does not compile. Elsewhere a file for another version or platform is nothing to speak of.

use std::collections::{BTreeMap, BTreeSet};

use super::Scan;
use super::packages::Spoken;
use crate::finding::{Code, Finding, Level};
use crate::printable::printable;
use crate::source::build::BuiltPackage;
use crate::source::file::{Declaration, DeclarationKind, GoFile};
use crate::source::uses::uses;

/// What every package may use without declaring it, of the kinds that a directive can be for: a file for an older Go
/// may well declare `min`.
const UNIVERSE: &[&[u8]] = &[
    b"append", b"cap", b"clear", b"close", b"complex", b"copy", b"delete", b"imag", b"len",
    b"make", b"max", b"min", b"new", b"nil", b"panic", b"print", b"println", b"real", b"recover",
];

/// Where each name that the build does not declare is first used: `main.go:5`.
pub(super) type Missed = BTreeMap<Vec<u8>, String>;

impl Scan<'_> {
    /// The names of directives in left-out files of package `index` that compiled code uses all the same. Of a build
    /// that was linked nothing is missing.
    pub(super) fn missed(&self, index: usize, package: &BuiltPackage, spoken: &Spoken) -> Missed {
        let mut missed = Missed::new();
        let Some(parsed) = self.packages.parsed(index).filter(|_| self.question.is_to_be_linked)
        else {
            return missed;
        };
        // A folder may hold the tests of another package, or a program that is run by its file's name.
        let files = spoken.left_out.iter().map(|(_, _, file)| file);
        let files = files.filter(|file| file.package == parsed.name());
        let mut names: BTreeSet<&[u8]> = files
            .flat_map(|file| {
                file.linknames.iter().filter(|one| declared(file, &one.local).is_some())
            })
            .map(|one| one.local.as_slice())
            .collect();
        let here = |name: &[u8]| {
            parsed.files().iter().any(|file| file.declarations.iter().any(|one| one.name == name))
        };
        names.retain(|name| !UNIVERSE.contains(name) && !here(name));
        if names.is_empty() {
            return missed;
        }
        let known = parsed.known();
        for (file, path) in parsed.files().iter().zip(&package.files) {
            // What `import .` brings needs no declaration.
            if file.imports.iter().any(|import| import.name.as_deref() == Some(b".")) {
                continue;
            }
            let base = printable(path.file_name().unwrap_or_default().as_encoded_bytes());
            for one in uses(file, &names, known).iter().filter(|one| one.sure) {
                missed.entry(one.name.to_vec()).or_insert_with(|| format!("{base}:{}", one.line));
            }
        }
        for handled in self.handled(index, package, &names, &|_, _, _, _| false) {
            let mention = handled.mention;
            let place = format!("{}:{}", printable(&mention.file), mention.line);
            let user = printable(mention.package.as_bytes());
            missed.entry(handled.local).or_insert_with(|| format!("{place} of {user}"));
        }
        missed
    }
}

/// The function or variable that `file` declares under `name`.
pub(super) fn declared<'a>(file: &'a GoFile, name: &[u8]) -> Option<&'a Declaration> {
    file.declarations.iter().find(|one| {
        one.name == name && matches!(one.kind, DeclarationKind::Func | DeclarationKind::Var)
    })
}

/// What is wrong with a directive whose name is used at `place`, and whose file is left out.
pub(super) fn finding(code: Code, place: &str) -> Finding {
    let message =
        format!("{place} uses the name, which no file of this build declares; {}", code.help());
    Finding::new(code, message).at(Level::Warn)
}
