//! Which packages of a build may bring a remote into their code without the claim's directive, as sources say?
//!
//! Plain data that `scan` fills: who imports whom, and who names the remote. What is not among the packages that
//! were read and believed is not answered.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::evidence::Access;
use super::mention::Mention;
use crate::rules;

/// The packages that each package imports, by the paths that symbols name them by; of those that were read and are
/// believed.
pub type Imports = BTreeMap<String, BTreeSet<String>>;

/// What the sources of a build say about a remote, seen from the package of one directive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// Who imports whom; one list for all claims.
    pub imports: Arc<Imports>,
    /// The directive's package.
    pub local: String,
    /// The remote's package, where its name has one.
    pub owner: Option<String>,
    /// The other packages whose source names the remote, or may: by a directive, through another package's exported
    /// handle, as the owner's exported name, in assembly.
    pub names: BTreeSet<String>,
    /// Every function that hands the remote on leaves a frame where it is inlined, in all packages of the build: none
    /// is a single `return` of it.
    pub framed: bool,
    /// Whether nobody else's source names the remote, and the owner's in functions that are inlined nowhere: then what
    /// is found outside the owner's own code is the local package's.
    pub sole: bool,
    /// The remote's name has no package, and no `//go:cgo_import_dynamic` of the build gives it another one.
    pub never_imported: bool,
    /// The remote's name has no package, and no assembly, C or import of the build has it: whatever bears it, directives
    /// made.
    pub unowned: bool,
    /// Lines of functions of the local package that use the local name, and lines of other packages that call one;
    /// only where the local package is the sole user.
    pub called: Vec<Mention>,
}

impl Neighbours {
    /// The same where it is not certain what functions of the local package hold.
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

    /// Whether functions of the local package may have been inlined into code of `package`: it imports that one,
    /// directly or not. `None` where its source was not read.
    #[must_use]
    pub fn imports_local(&self, package: &str) -> Option<bool> {
        let local = |path: &str| path == self.local;
        self.imports.contains_key(package).then(|| self.reaches(package, &local))
    }

    /// Whether a line of `package`, whose name is empty for the local one, calls a function that uses the local name, or
    /// stands in one.
    #[must_use]
    pub fn is_called(&self, package: &str, file: &[u8], line: u32) -> bool {
        let base = file.rsplit(|byte| *byte == b'/').next().unwrap_or(file);
        // A call is recorded with its first line; a function has many.
        let lines = |m: &Mention| match package.is_empty() {
            true => m.line..=m.last.max(m.line),
            false => m.line..=m.line,
        };
        let mut sure = self.called.iter().filter(|mention| mention.sure);
        sure.any(|m| lines(m).contains(&line) && m.file == base && m.package == package)
    }

    /// Whether `package` imports one that is `wanted`, directly or not. One that was not read may import anything,
    /// but for Go's own, which import nobody else's.
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
