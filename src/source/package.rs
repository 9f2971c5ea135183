//! What do the files of one package together say about its directives?
//!
//! A directive names a declaration that may be in any file of its package. Its form and kind follow from that
//! declaration, and so do most mistakes. Only other packages know what the remote is: `target` adds that. Which files
//! belong to the build is decided before.
//!
//! ```
//! use std::collections::BTreeSet;
//!
//! use gonym::source::file::GoFile;
//! use gonym::source::package::{Form, Kind, Package, join};
//!
//! let text = "package p\n\nimport _ \"unsafe\"\n\n//go:linkname now runtime.nanotime\nfunc now() int64\n";
//! let file = GoFile::parse(text.as_bytes().to_vec());
//! let (files, assembled) = ([&file], BTreeSet::new());
//! let package =
//!     Package { path: b"p", minor: 27, files: &files, left_out: &[], assembled: &assembled };
//! let directive = &join(&package).directives[0];
//! assert_eq!((directive.form, directive.kind), (Form::Pull, Kind::Func));
//! assert_eq!(directive.remote, b"runtime.nanotime");
//! ```

mod scope;

use std::collections::BTreeSet;

use scope::Scope;

pub use super::directive::{Form, Kind};
use super::directive::{Linkname, Word};
use super::file::GoFile;
use super::mistake::Mistake;
use crate::finding::Code;

/// The first minor version of Go that knows `//go:linknamestd`.
const STD_WORD_SINCE: u16 = 27;

/// The files of one package, as one build sees them.
#[derive(Clone, Copy, Debug)]
pub struct Package<'a> {
    /// Its path in symbols before escaping: `main` for a program.
    pub path: &'a [u8],
    /// Minor version of the Go that compiles it.
    pub minor: u16,
    /// The files that are compiled.
    pub files: &'a [&'a GoFile],
    /// Files of its folder that are not compiled.
    pub left_out: &'a [(LeftOut, &'a GoFile)],
    /// The symbols that its assembly defines, from `assembly::Assembly`.
    pub assembled: &'a BTreeSet<Vec<u8>>,
}

/// Why a file of the folder is not compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// It is a test.
    Test,
    /// A build constraint or its name excludes it.
    Excluded,
}

/// One directive, and what its package says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Directive {
    /// Which word.
    pub word: Word,
    /// The local name, without its package.
    pub local: Vec<u8>,
    /// The symbol that the local name stands for: the second argument verbatim, else the symbol of the local name.
    pub remote: Vec<u8>,
    /// The second argument.
    pub written_remote: Option<Vec<u8>>,
    /// What it does.
    pub form: Form,
    /// What the local name is.
    pub kind: Kind,
    /// Whether the local function has a body, the local variable an initial value.
    pub has_body: bool,
    /// Whether assembly of the package defines the body-less local function under the name of the remote.
    pub assembly_backed: bool,
    /// The file that holds it: an index into [`Package::files`].
    pub file: usize,
    /// Line of the comment, from 1.
    pub line: u32,
    /// Column of the comment in bytes, from 1.
    pub column: u32,
    /// Where the local name is declared: an index into [`Package::files`] and one into its declarations.
    pub declared: Option<(usize, usize)>,
    /// Its mistakes, as far as the package shows them.
    pub mistakes: Vec<Mistake>,
}

/// The directives and mistakes of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Joined {
    /// Its directives, by file and line.
    pub directives: Vec<Directive>,
    /// Mistakes that belong to no directive of the build: in comments that are no directives, in directives that the
    /// compiler refuses, and in files that are left out. The index of such a file continues after [`Package::files`].
    pub mistakes: Vec<Mistake>,
}

impl Joined {
    /// All mistakes, including those of directives, by file and line.
    #[must_use]
    pub fn all_mistakes(&self) -> Vec<&Mistake> {
        let of_directives = self.directives.iter().flat_map(|directive| &directive.mistakes);
        let mut all: Vec<&Mistake> = of_directives.chain(&self.mistakes).collect();
        all.sort();
        all
    }
}

/// Combines the files of a package.
#[must_use]
pub fn join(package: &Package<'_>) -> Joined {
    let scope = Scope::of(package.files);
    let mut joined = Joined::default();
    let mut seen = BTreeSet::new();
    for (number, file) in package.files.iter().enumerate() {
        for linkname in &file.linknames {
            if linkname.word == Word::LinknameStd && package.minor < STD_WORD_SINCE {
                joined.mistakes.push(mistake(number, linkname, Code::StdBefore127));
                continue;
            }
            let first = seen.insert(linkname.local.clone());
            let mut directive = scope.directive(package, number, linkname);
            if !first {
                directive.mistakes.push(mistake(number, linkname, Code::DuplicateLocal));
            }
            joined.directives.push(directive);
        }
        joined.mistakes.extend(scope.comments(number, file));
    }
    for ((why, file), number) in package.left_out.iter().zip(package.files.len()..) {
        let code = match why {
            LeftOut::Test => Code::TestFile,
            LeftOut::Excluded => Code::ExcludedFile,
        };
        joined.mistakes.extend(file.linknames.iter().map(|found| mistake(number, found, code)));
    }
    joined.mistakes.sort();
    joined
}

fn mistake(file: usize, linkname: &Linkname, code: Code) -> Mistake {
    let Linkname { line, column, local, .. } = linkname;
    Mistake { file, line: *line, column: *column, code, local: local.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(path: &str, files: &[&str], assembly: &[&str]) -> Joined {
        let files: Vec<GoFile> =
            files.iter().map(|text| GoFile::parse(text.as_bytes().to_vec())).collect();
        let files: Vec<&GoFile> = files.iter().collect();
        let assembled = assembly.iter().map(|name| name.as_bytes().to_vec()).collect();
        let (path, minor) = (path.as_bytes(), 27);
        join(&Package { path, minor, files: &files, left_out: &[], assembled: &assembled })
    }

    /// `form kind remote` of each directive.
    fn shown(joined: &Joined) -> Vec<String> {
        let one = |found: &Directive| {
            let remote = String::from_utf8_lossy(&found.remote);
            let backed = if found.assembly_backed { " backed" } else { "" };
            format!("{:?} {:?} {remote}{backed}", found.form, found.kind)
        };
        joined.directives.iter().map(one).collect()
    }

    #[test]
    fn forms_follow_from_the_declaration_wherever_it_stands() {
        let directives = "package p\nimport _ \"unsafe\"\n//go:linkname a x.a\n//go:linkname b x.b\n\
            //go:linkname c\n//go:linkname d p/q%2ev2.d\n//go:linkname e x.e\n//go:linkname v x.v\n\
            //go:linkname w x.w\n//go:linkname t x.t\n//go:linkname f\n";
        let names = "package p\nfunc a()\nfunc b() {}\nfunc c() {}\nfunc d()\nfunc e()\nvar v int\n\
            var w = 1\ntype t int\nfunc f()\n";
        let found = joined("p/q.v2", &[directives, names], &["x.e", "p/q%2ev2.a", "p/q%2ev2.f"]);
        assert_eq!(
            shown(&found),
            [
                "Pull Func x.a",
                "Push Func x.b",
                "OneArg Func p/q%2ev2.c",
                "OneArg Func p/q%2ev2.d",
                "Assembly Func x.e backed",
                "Pull Var x.v",
                "Push Var x.w",
                "Unknown Unknown x.t",
                "OneArg Func p/q%2ev2.f backed",
            ]
        );
        assert_eq!(found.directives[0].declared, Some((1, 0)));
    }

    #[test]
    fn c_symbols_without_a_dot_are_meant() {
        let codes = |file: &str, assembly: &[&str]| {
            let found = joined("p", &[file], assembly);
            found.all_mistakes().iter().map(|mistake| mistake.code).collect::<Vec<_>>()
        };
        let head = "package p\nimport _ \"unsafe\"\nvar x byte\n//go:linkname x ";
        assert_eq!(codes(&format!("{head}y"), &[]), [Code::DotlessRemote]);
        assert!(codes(&format!("{head}y"), &["y"]).is_empty());
        assert!(codes(&format!("{head}x"), &[]).is_empty());
        assert!(codes(&format!("{head}_cgo_init"), &[]).is_empty());
        assert!(codes(&format!("{head}y\n//go:cgo_import_dynamic y z \"l.so\"\n"), &[]).is_empty());
    }
}
