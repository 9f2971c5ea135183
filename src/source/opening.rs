//! What does a Go file contain before its first declaration: its package and its imports?
//!
//! File selection and the walk along imports need no more, and most bytes of a build come after it. [`super::file`]
//! reads directives and declarations.
//!
//! ```
//! use gonym::source::opening::Opening;
//!
//! let opening = Opening::parse(b"package p\n\nimport (\n\t\"C\"\n\t\"fmt\"\n)\n");
//! assert_eq!(opening.package, b"p");
//! assert!(opening.imports_c());
//! ```

use super::lexer::{Lexer, TokenKind};

/// The beginning of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The name in the package clause; empty if there is none.
    pub package: Vec<u8>,
    /// The imported paths in order, as written between the quotes.
    pub imports: Vec<Vec<u8>>,
}

impl Opening {
    /// Reads the opening of a file.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let mut tokens = Tokens { lexer: Lexer::new(bytes), bytes };
        let mut opening = Self::default();
        if tokens.next() != Some((TokenKind::Keyword, b"package")) {
            return opening;
        }
        if let Some((TokenKind::Identifier, name)) = tokens.next() {
            opening.package = name.to_vec();
        }
        while tokens.next_but_semicolons() == Some((TokenKind::Keyword, b"import")) {
            tokens.import(&mut opening.imports);
        }
        opening
    }

    /// Whether the file needs cgo.
    #[must_use]
    pub fn imports_c(&self) -> bool {
        self.imports.iter().any(|path| path == b"C")
    }
}

struct Tokens<'a> {
    lexer: Lexer<'a>,
    bytes: &'a [u8],
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Option<(TokenKind, &'a [u8])> {
        let token = self.lexer.by_ref().find(|token| !token.is_comment());
        token.map(|token| (token.kind, token.text(self.bytes)))
    }

    fn next_but_semicolons(&mut self) -> Option<(TokenKind, &'a [u8])> {
        loop {
            match self.next() {
                Some((TokenKind::Semicolon | TokenKind::Newline, _)) => {}
                token => return token,
            }
        }
    }

    fn import(&mut self, imports: &mut Vec<Vec<u8>>) {
        let mut token = self.next();
        let grouped = token == Some((TokenKind::Operator, b"("));
        if grouped {
            token = self.next_but_semicolons();
        }
        loop {
            // The name of an import, or its path.
            if let Some((TokenKind::Identifier, _) | (TokenKind::Operator, b".")) = token {
                token = self.next();
            }
            let Some((TokenKind::String | TokenKind::RawString, path)) = token else { return };
            let inside = path.get(1..path.len().saturating_sub(1));
            imports.push(inside.unwrap_or_default().to_vec());
            if !grouped {
                return;
            }
            token = self.next_but_semicolons();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(text: &str) -> Vec<String> {
        let opening = Opening::parse(text.as_bytes());
        opening.imports.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect()
    }

    #[test]
    fn imports_are_read_in_every_form() {
        let text = "// package no\n/* import \"no\" */ package /* x */ p; import \"a\"\n\
                    import (\n b \"b/c\"; . `d`\n _ \"e\" // \"f\"\n)\nvar x = `import \"no\"`\nimport \"late\"";
        assert_eq!(imports(text), ["a", "b/c", "d", "e"]);
        assert_eq!(imports("package p\nfunc f() { }\nimport \"no\""), [""; 0]);
        assert_eq!(imports("import \"a\"\npackage p"), [""; 0]);
        assert_eq!(imports("\u{feff}package p\r\nimport \"a\"\r\n"), ["a"]);
    }

    #[test]
    fn broken_files_end() {
        for text in [
            "package",
            "package p import (",
            "package p; import \"",
            "/*",
            "package p; import x y z",
            "import import",
            "package p; import ((\"a\"",
        ] {
            let _ = imports(text);
        }
    }
}
