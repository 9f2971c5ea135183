//! Which names does compiled code use although only files that this build leaves out declare them?
//!
//! If `//go:build go1.20 && !go1.26` is on the one file that pulls a name, the directive vanishes with Go 1.26, and
//! code that uses the name does not compile. In other cases a file for another version or platform is not worth a
//! finding.

use std::collections::{BTreeMap, BTreeSet};

use super::Scan;
use super::packages::Spoken;
use crate::finding::{Code, Finding, Level};
use crate::printable::printable;
use crate::source::build::BuiltPackage;
use crate::source::file::{Declaration, DeclarationKind, GoFile};
use crate::source::uses::uses;

/// Predeclared names that a directive could be for. A file for an older Go may declare `min` itself.
const UNIVERSE: &[&[u8]] = &[
    b"append", b"cap", b"clear", b"close", b"complex", b"copy", b"delete", b"imag", b"len",
    b"make", b"max", b"min", b"new", b"nil", b"panic", b"print", b"println", b"real", b"recover",
];

/// For each name that the build does not declare, where it is first used: `main.go:5`.
pub(super) type Missed = BTreeMap<Vec<u8>, String>;

impl Scan<'_> {
    /// The names of directives in left-out files of package `index` that compiled code uses nevertheless. A build
    /// that was linked misses none.
    pub(super) fn missed(&self, index: usize, package: &BuiltPackage, spoken: &Spoken) -> Missed {
        let mut missed = Missed::new();
        let Some(parsed) = self.packages.parsed(index).filter(|_| self.question.is_to_be_linked)
        else {
            return missed;
        };
        // A folder may also hold the tests of another package, or a program that is run by its file name.
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
            // A name from `import .` needs no declaration.
            if file.imports.iter().any(|import| import.name.as_deref() == Some(b".")) {
                continue;
            }
            let base = printable(path.file_name().unwrap_or_default().as_encoded_bytes());
            for one in uses(file, &names, known).iter().filter(|one| one.sure) {
                missed.entry(one.name.to_vec()).or_insert_with(|| format!("{base}:{}", one.line));
            }
        }
        for used in self.uses_by_others(index, package, &names, &|_, _, _, _| false) {
            let mention = used.mention;
            let place = format!("{}:{}", printable(&mention.file), mention.line);
            let user = printable(mention.package.as_bytes());
            missed.entry(used.local).or_insert_with(|| format!("{place} of {user}"));
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

/// The finding about a directive in a left-out file whose name is used at `place`.
pub(super) fn finding(code: Code, place: &str) -> Finding {
    let message =
        format!("{place} uses the name, which no file of this build declares; {}", code.help());
    Finding::new(code, message).at(Level::Warn)
}
