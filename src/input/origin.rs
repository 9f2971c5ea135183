//! Which file does an executable lie in, and through which containers is it reached there?

use std::path::{Path, PathBuf};

/// Where the bytes of an executable come from. Containers hold containers: the slice of a fat file can be an archive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The file, by the name that it was opened by.
    pub path: PathBuf,
    /// The way to it in the file, from outside; none for a file that is the executable.
    pub steps: Vec<Step>,
}

/// One container that is gone through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Step {
    /// A slice of a fat Mach-O, by Go's name of its architecture.
    Slice(String),
    /// A member of an `ar` archive, by its name; names there need not differ.
    Member(Vec<u8>),
}

impl Origin {
    /// The file at `path` itself.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        Self { path: path.to_owned(), steps: Vec::new() }
    }

    /// What lies one step further inside.
    #[must_use]
    pub fn inside(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { path: self.path.clone(), steps }
    }

    /// Whether the file itself is the executable.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.steps.is_empty()
    }

    /// The architecture of the innermost slice that it lies in.
    #[must_use]
    pub fn slice(&self) -> Option<&str> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Slice(arch) => Some(arch.as_str()),
            Step::Member(_) => None,
        })
    }

    /// The name of the innermost archive member that it is.
    #[must_use]
    pub fn member(&self) -> Option<&[u8]> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Member(name) => Some(name.as_slice()),
            Step::Slice(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_nest_and_the_innermost_answers() {
        let file = Origin::of(Path::new("lib.a"));
        assert!(file.is_file() && file.slice().is_none() && file.member().is_none());
        let slice = file.inside(Step::Slice("arm64".to_owned()));
        let outer = slice.inside(Step::Member(b"pkg.a".to_vec()));
        let inner = outer.inside(Step::Member(b"go.o".to_vec()));
        assert_eq!((inner.slice(), inner.member()), (Some("arm64"), Some(&b"go.o"[..])));
        assert_eq!((inner.steps.len(), inner.path.as_path()), (3, Path::new("lib.a")));
        assert_eq!((outer.member(), file.steps.len()), (Some(&b"pkg.a"[..]), 0));
    }
}
