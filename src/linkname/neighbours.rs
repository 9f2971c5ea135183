//! Which packages of a build may bring a remote into their code without the claim's directive, according to their
//! source?
//!
//! This is plain data that `scan` fills: which package imports which, and which packages name the remote. Nothing is
//! said about packages whose source was not read, or is not believed.
//!
//! ```
//! use gonym::linkname::evidence::Access;
//! use gonym::linkname::neighbours::Neighbours;
//!
//! let owner = Some("runtime".to_owned());
//! let neighbours = Neighbours { owner, ..Neighbours::default() };
//! assert_eq!(neighbours.access("runtime"), Access::Names);
//! assert_eq!(neighbours.access("example.com/unread"), Access::Unknown);
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::evidence::Access;
use super::mention::Mention;
use crate::rules;

/// The imports of each package, by the paths that symbols use. Only packages whose source was read and is believed
/// are listed.
pub type Imports = BTreeMap<String, BTreeSet<String>>;

/// What the sources of a build say about a remote, from the point of view of the package of one directive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The imports; one list for all claims.
    pub imports: Arc<Imports>,
    /// The directive's package.
    pub local: String,
    /// The remote's package, if its name has one.
    pub owner: Option<String>,
    /// The other packages whose source names the remote, or may name it: by a directive, through another package's
    /// exported handle, by the owner's exported name, or in assembly.
    pub names: BTreeSet<String>,
    /// Whether every function that passes the remote on leaves a frame where it is inlined, in all packages of the
    /// build: none is a single `return` of the remote.
    pub framed: bool,
    /// Whether no other package names the remote, and the owner names it only in functions that are inlined nowhere.
    /// Then every reference outside the owner's code is the local package's.
    pub sole: bool,
    /// The remote's name has no package, and no `//go:cgo_import_dynamic` of the build assigns another name to it.
    pub never_imported: bool,
    /// The remote's name has no package, and no assembly, C or import of the build has it: only directives give a
    /// symbol this name.
    pub unowned: bool,
    /// Lines of functions of the local package that use the local name, and lines of other packages that call such a
    /// function. Filled only if the local package is the only user.
    pub called: Vec<Mention>,
}

impl Neighbours {
    /// A copy for the case that the content of the local package's functions is not certain.
    #[must_use]
    pub fn without_functions(&self) -> Self {
        Self { called: Vec::new(), sole: false, ..self.clone() }
    }

    /// How code of `package` may come to refer to the remote.
    #[must_use]
    pub fn access(&self, package: &str) -> Access {
        if self.names.contains(package) || self.owner.as_deref() == Some(package) {
            return Access::Names;
        }
        if !self.imports.contains_key(package) {
            return Access::Unknown;
        }
        let brings = |path: &str| self.names.contains(path) || self.owner.as_deref() == Some(path);
        if !self.framed && self.reaches(package, &brings) { Access::Imports } else { Access::Free }
    }

    /// Whether functions of the local package may have been inlined into code of `package`, which is so if it imports
    /// the local package directly or indirectly. `None` if its source was not read.
    #[must_use]
    pub fn imports_local(&self, package: &str) -> Option<bool> {
        let local = |path: &str| path == self.local;
        self.imports.contains_key(package).then(|| self.reaches(package, &local))
    }

    /// Whether a line of `package` (empty for the local one) calls a function that uses the local name, or is part of
    /// one.
    #[must_use]
    pub fn is_called(&self, package: &str, file: &[u8], line: u32) -> bool {
        let base = file.rsplit(|byte| *byte == b'/').next().unwrap_or(file);
        // A call is recorded with its first line only; a function has many lines.
        let lines = |m: &Mention| match package.is_empty() {
            true => m.line..=m.last.max(m.line),
            false => m.line..=m.line,
        };
        let mut sure = self.called.iter().filter(|mention| mention.sure);
        sure.any(|m| lines(m).contains(&line) && m.file == base && m.package == package)
    }

    /// Whether `package` imports a package that `wanted` accepts, directly or indirectly. A package that was not read
    /// may import anything, except Go's own packages, which import only each other.
    fn reaches(&self, package: &str, wanted: &dyn Fn(&str) -> bool) -> bool {
        let mut seen = BTreeSet::from([package]);
        let mut open = vec![package];
        while let Some(here) = open.pop() {
            let Some(imported) = self.imports.get(here) else {
                if rules::is_standard(here) && !self.is_about_standard() {
                    continue;
                }
                return true;
            };
            for path in imported {
                if wanted(path) {
                    return true;
                }
                if seen.insert(path) {
                    open.push(path);
                }
            }
        }
        false
    }

    fn is_about_standard(&self) -> bool {
        self.owner.iter().chain(&self.names).chain([&self.local]).any(|p| rules::is_standard(p))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_bring_a_remote() {
        let imports = [
            ("main", &["a", "b", "lib"][..]),
            ("a", &["slices"]),
            ("b", &["c"]),
            ("c", &["lib"]),
            ("d", &["main.local"]),
            ("e", &["unread"]),
            ("lib", &[]),
        ];
        let imports: Imports = imports
            .iter()
            .map(|(path, all)| {
                ((*path).to_owned(), all.iter().map(|one| (*one).to_owned()).collect())
            })
            .collect();
        let neighbours = Neighbours {
            imports: Arc::new(imports),
            local: "main.local".to_owned(),
            owner: Some("lib".to_owned()),
            ..Neighbours::default()
        };
        assert_eq!(neighbours.access("a"), Access::Free);
        assert_eq!(neighbours.access("b"), Access::Imports);
        assert_eq!(neighbours.access("e"), Access::Imports);
        assert_eq!(neighbours.access("lib"), Access::Names);
        assert_eq!(neighbours.access("nobody"), Access::Unknown);
        assert_eq!(neighbours.imports_local("d"), Some(true));
        assert_eq!(neighbours.imports_local("a"), Some(false));
    }
}
