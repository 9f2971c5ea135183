//! What does one Go file contain: package, imports, constraints, directives and declarations?
//!
//! One pass of the lexer over the file's own text. How the files of a package belong together, and which build uses
//! the file, is not known here. A file that is not valid Go gives what could be read, and a fault.
//!
//! ```
//! use gonym::source::file::GoFile;
//!
//! let text = "package p\n\nimport \"fmt\"\n\nfunc hello() { fmt.Println() }\n";
//! let file = GoFile::parse(text.as_bytes().to_vec());
//! assert!(file.imports_path(b"fmt") && file.fault.is_none());
//! assert_eq!(file.declarations[0].name, b"hello");
//! assert_eq!(file.mentions(b"fmt"), [5]);
//! ```

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::directive::{self, CgoImport, Linkname, Refused};
use super::header::ConstraintLine;
use super::lexer::{Lexer, Token, TokenKind};
use super::near_miss::{self, NearMiss};

/// The content of one `.go` file.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct GoFile {
    /// The file.
    pub bytes: Arc<Vec<u8>>,
    /// The name in the package clause; empty if there is none.
    pub package: Vec<u8>,
    /// Its imports, in their order.
    pub imports: Vec<Import>,
    /// The lines before the package clause that are build constraints.
    pub constraint_lines: Vec<ConstraintLine>,
    /// Its linkname directives, as the compiler reads them.
    pub linknames: Vec<Linkname>,
    /// Directives that the compiler refuses for their form alone.
    pub refused: Vec<Refused>,
    /// Comments that look like a directive and are none.
    pub near_misses: Vec<NearMiss>,
    /// Its declarations in the scope of its package, and its methods.
    pub declarations: Vec<Declaration>,
    /// Its imports through the dynamic linker.
    pub cgo_imports: Vec<CgoImport>,
    /// All names in `//go:cgo_…` comments, which are C symbols.
    pub cgo_names: Vec<Vec<u8>>,
    /// The first thing that is not Go, if there is any; the text after it is read as well as possible.
    pub fault: Option<Fault>,
}

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The path, without its quotes.
    pub path: Vec<u8>,
    /// The name before it, which may be `_` or `.`.
    pub name: Option<Vec<u8>>,
    /// Line, from 1.
    pub line: u32,
}

/// Text that is not Go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// What was expected there.
    pub wanted: &'static str,
}

/// What a [`Declaration`] declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeclarationKind {
    /// A function; `init` and `_` among them.
    Func,
    /// A method.
    Method {
        /// Name of the receiver's type.
        receiver: Vec<u8>,
        /// Whether the receiver is a pointer.
        pointer: bool,
    },
    /// A variable.
    Var,
    /// A constant.
    Const,
    /// A type.
    Type {
        /// Whether it is declared with `=`.
        alias: bool,
    },
}

/// One name that a file declares outside of functions. Ranges are offsets into [`GoFile::bytes`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The name; `_` is kept.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: DeclarationKind,
    /// Line of the name, from 1.
    pub line: u32,
    /// Column of the name in bytes, from 1.
    pub column: u32,
    /// Whether a function has a body, a variable an initialiser, a constant a value of its own.
    pub has_body: bool,
    /// Whether it has type parameters, or is a method of a generic type.
    pub generic: bool,
    /// Whether the function has a `//go:noescape` comment.
    pub noescape: bool,
    /// For a function the parameters, from `(` on, and results. For a variable or constant the type, which may be
    /// empty. For a type its definition.
    pub signature: Range<usize>,
    /// The body with its braces, or the list of initial values; empty if there is none.
    pub body: Range<usize>,
    /// The type parameters of a function or type with their brackets, or the receiver of a method with its
    /// parentheses; else empty.
    pub parameters: Range<usize>,
    /// Its place in a group of declarations.
    pub spec: Spec,
}

/// The place of a name within `var (…)`, `const (…)` or `type (…)`.
///
/// A constant without a value repeats type and values of the specification before it: `signature` and `body` are then
/// those of the repeated one, and `has_body` is false.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// Offset of the keyword; the same for all names of one group.
    pub group: usize,
    /// Number of the specification within its group, from 0: the value of `iota`.
    pub index: u32,
    /// Number of the name within its specification, from 0.
    pub position: u32,
}

impl GoFile {
    /// Takes in what a comment that begins with `go:` says.
    pub(super) fn read_comment(&mut self, bytes: &[u8], comment: &Token) {
        match directive::read(bytes, comment) {
            Some(Ok(linkname)) => self.linknames.push(linkname),
            Some(Err(refused)) => self.refused.push(refused),
            None => {
                self.cgo_imports.extend(directive::cgo_import(bytes, comment));
                self.cgo_names.extend(directive::cgo_names(bytes, comment));
                self.near_misses.extend(near_miss::read(bytes, comment));
            }
        }
    }

    /// Lines on which `name` is an identifier that does not follow a dot. Each line once.
    #[must_use]
    pub fn mentions(&self, name: &[u8]) -> Vec<u32> {
        let mut lines = Vec::new();
        let mut behind_dot = false;
        for token in Lexer::new(&self.bytes).filter(|token| !token.is_comment()) {
            let text = token.text(&self.bytes);
            let named = token.kind == TokenKind::Identifier && text == name;
            if named && !behind_dot && lines.last() != Some(&token.line) {
                lines.push(token.line);
            }
            behind_dot = text == b".";
        }
        lines
    }

    /// Lines on which any of `names` is an identifier that does not follow a dot, in the file's order; a name once on
    /// each line.
    #[must_use]
    pub fn mentions_of(&self, names: &BTreeSet<&[u8]>) -> Vec<(&[u8], u32)> {
        let mut found: Vec<(&[u8], u32)> = Vec::new();
        let mut behind_dot = false;
        for token in Lexer::new(&self.bytes).filter(|token| !token.is_comment()) {
            let text = token.text(&self.bytes);
            if token.kind == TokenKind::Identifier && !behind_dot && names.contains(text) {
                found.push((text, token.line));
            }
            behind_dot = text == b".";
        }
        found.dedup();
        found
    }

    /// Whether it imports `path`, under any name.
    #[must_use]
    pub fn imports_path(&self, path: &[u8]) -> bool {
        self.imports.iter().any(|import| import.path == path)
    }

    /// The bytes of one of a declaration's ranges.
    #[must_use]
    pub fn text(&self, range: &Range<usize>) -> &[u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(source: &str) -> GoFile {
        let file = GoFile::parse(source.as_bytes().to_vec());
        assert_eq!(file.fault, None, "{source}");
        file
    }

    /// `kind name has_body [signature] [body]` of each declaration.
    fn shown(source: &str) -> Vec<String> {
        let file = parse(&format!("package p\n{source}"));
        let text = |range: &Range<usize>| String::from_utf8_lossy(file.text(range)).into_owned();
        let one = |found: &Declaration| {
            let kind = match &found.kind {
                DeclarationKind::Func => "func".to_owned(),
                DeclarationKind::Method { receiver, pointer } => {
                    let star = if *pointer { "*" } else { "" };
                    format!("method {star}{}", String::from_utf8_lossy(receiver))
                }
                DeclarationKind::Var => "var".to_owned(),
                DeclarationKind::Const => format!("const {}", found.spec.index),
                DeclarationKind::Type { alias } => if *alias { "alias" } else { "type" }.to_owned(),
            };
            let generic = if found.generic { " generic" } else { "" };
            let name = String::from_utf8_lossy(&found.name);
            format!("{kind} {name}{generic} [{}] [{}]", text(&found.signature), text(&found.body))
        };
        file.declarations.iter().map(one).collect()
    }

    #[test]
    fn functions_and_methods() {
        assert_eq!(
            shown("func f(a int) (b, c string) { if x { y } }\nfunc g()"),
            ["func f [(a int) (b, c string)] [{ if x { y } }]", "func g [()] []",]
        );
        assert_eq!(shown("func f() struct{ x int } { }"), ["func f [() struct{ x int }] [{ }]"]);
        assert_eq!(
            shown("func f(x interface{ m() }) func() interface{}"),
            ["func f [(x interface{ m() }) func() interface{}] []"]
        );
        assert_eq!(
            shown("func (t *T) m(); func (T) n() {}; func (l *List[K, V]) o()"),
            ["method *T m [()] []", "method T n [()] [{}]", "method *List o generic [()] []",]
        );
        assert_eq!(
            shown("func F[T interface{ ~int }](t T) T { return t }"),
            ["func F generic [(t T) T] [{ return t }]"]
        );
    }

    #[test]
    fn variables_and_constants() {
        assert_eq!(
            shown("var a, b T = 1, f(2)\nvar c [4]struct{ x int }"),
            ["var a [T] [1, f(2)]", "var b [T] [1, f(2)]", "var c [[4]struct{ x int }] []",]
        );
        assert_eq!(
            shown("var (\n\ta = func() {\n\t\tb = 2\n\t}\n\tc int; d = 3)"),
            ["var a [] [func() {\n\t\tb = 2\n\t}]", "var c [int] []", "var d [] [3]",]
        );
        assert_eq!(
            shown("const (\n\ta T = iota + 1\n\tb\n\n\t_; d)"),
            [
                "const 0 a [T] [iota + 1]",
                "const 1 b [T] [iota + 1]",
                "const 2 _ [T] [iota + 1]",
                "const 3 d [T] [iota + 1]",
            ]
        );
        assert!(shown("const ()\nvar ()\ntype ()\nimport ()").is_empty());
    }

    #[test]
    fn types_and_what_looks_like_type_parameters() {
        for (source, generic) in [
            ("[N]int", false),
            ("[]int", false),
            ("[N * 2]int", false),
            ("[P *C]int", false),
            ("[pkg.N]int", false),
            ("[P any] []P", true),
            ("[P *C,] int", true),
            ("[P *struct{}] int", true),
            ("[P, Q any] int", true),
            ("[P []int] int", true),
            ("[P ~int] int", true),
            ("[P interface{ m() }] int", true),
            ("[P (C)] int", false),
        ] {
            let found = shown(&format!("type T {source}"));
            assert_eq!(found[0].contains("generic"), generic, "{source}: {found:?}");
        }
        assert_eq!(
            shown("type A = B\ntype (\n\tC struct {\n\t\tx int\n\t}\n\tD int\n)"),
            ["alias A [B] []", "type C [struct {\n\t\tx int\n\t}] []", "type D [int] []",]
        );
    }

    #[test]
    fn imports_with_and_without_names() {
        let file = parse("package p; import \"a/b\"; import (\n\t_ `unsafe`\n\t. \"c\"; d \"e\")");
        let found: Vec<_> =
            file.imports.iter().map(|import| (&import.path[..], import.line)).collect();
        assert_eq!(found, [(&b"a/b"[..], 1), (b"unsafe", 2), (b"c", 3), (b"e", 3)]);
        assert_eq!(file.imports[2].name, Some(b".".to_vec()));
        assert!(file.imports_path(b"unsafe"));
    }

    #[test]
    fn noescape_belongs_to_the_next_function_only() {
        let file = parse(
            "package p\n//go:noescape\n\n// f\nfunc f()\nfunc g()\n//go:noescape\nvar x int\nfunc h()\n",
        );
        let marked: Vec<_> = file.declarations.iter().map(|found| found.noescape).collect();
        assert_eq!(marked, [true, false, false, false]);
    }

    #[test]
    fn a_name_is_mentioned_where_it_stands_alone() {
        let file = parse("package p\nvar x = y.x\n// x\nfunc f() { x(x); _ = \"x\"\n x.y() }\n");
        assert_eq!(file.mentions(b"x"), [2, 4, 5]);
    }

    #[test]
    fn broken_files_give_what_can_be_read() {
        for (source, names) in [
            ("", 0),
            ("package", 0),
            ("package p\n}\n)\nfunc f()\n", 1),
            ("package p\nfunc (\n", 0),
            ("package p\nvar (\n\tx int", 1),
            ("package p\nfunc f() {{{\nfunc g()", 1),
            ("package p\nimport x\nx y z\nconst = 3\nfunc f()", 1),
            ("package p\ntype T[\nvar )\nfunc ()()()\nfunc f[", 2),
        ] {
            let file = GoFile::parse(source.as_bytes().to_vec());
            assert!(file.fault.is_some(), "{source}");
            assert_eq!(file.declarations.len(), names, "{source}: {:?}", file.declarations);
        }
    }
}
