//! What does a Go file say before its first declaration: its package and its imports?
//!
//! File selection and the walk along imports need no more, and most of a build's bytes lie behind it:
//! a file is read in a small piece first and whole only if its imports reach further. Directives and
//! declarations are the business of [`super::file`].

use std::io::{self, Read};
use std::path::Path;

use super::lexer::{Lexer, TokenKind};
use super::reading;

/// Enough for the opening of nearly every file.
const FIRST_PIECE: u64 = 8 << 10;
/// Openings beyond this size are cut: the longest import blocks are a few hundred KB.
const LONGEST: u64 = 16 << 20;

/// The beginning of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The name in the package clause; empty when there is none.
    pub package: Vec<u8>,
    /// The imported paths in order, as written between the quotes.
    pub imports: Vec<Vec<u8>>,
    /// What was read, at least up to the first declaration.
    pub bytes: Vec<u8>,
}

impl Opening {
    /// Reads the opening of the file at `path`.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is none.
    pub fn read(path: &Path) -> io::Result<Self> {
        let (mut file, _) = reading::open(path)?;
        let mut bytes = Vec::new();
        Read::by_ref(&mut file).take(FIRST_PIECE).read_to_end(&mut bytes)?;
        let whole = (bytes.len() as u64) < FIRST_PIECE;
        if let (package, imports, true) = read_opening(&bytes, whole) {
            return Ok(Self { package, imports, bytes });
        }
        file.take(LONGEST).read_to_end(&mut bytes)?;
        Ok(Self::parse(bytes))
    }

    /// Reads the opening of a file that is at hand.
    #[must_use]
    pub fn parse(bytes: Vec<u8>) -> Self {
        let (package, imports, _) = read_opening(&bytes, true);
        Self { package, imports, bytes }
    }

    /// Whether the file needs cgo.
    #[must_use]
    pub fn imports_c(&self) -> bool {
        self.imports.iter().any(|path| path == b"C")
    }
}

/// Package, imports, and whether all of it was read: a token at the end of a piece may be cut.
fn read_opening(bytes: &[u8], whole: bool) -> (Vec<u8>, Vec<Vec<u8>>, bool) {
    let mut tokens = Tokens { lexer: Lexer::new(bytes), bytes, end: 0 };
    let (mut package, mut imports) = (Vec::new(), Vec::new());
    if tokens.next() == Some((TokenKind::Keyword, b"package")) {
        if let Some((TokenKind::Identifier, name)) = tokens.next() {
            package = name.to_vec();
        }
        while tokens.next_but_semicolons() == Some((TokenKind::Keyword, b"import")) {
            tokens.import(&mut imports);
        }
    }
    (package, imports, whole || tokens.end < bytes.len())
}

struct Tokens<'a> {
    lexer: Lexer<'a>,
    bytes: &'a [u8],
    /// Where the last token ended.
    end: usize,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Option<(TokenKind, &'a [u8])> {
        let token = self.lexer.by_ref().find(|token| !token.is_comment());
        self.end = token.map_or(self.bytes.len(), |token| token.end);
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
        let opening = Opening::parse(text.as_bytes().to_vec());
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

    #[test]
    fn an_opening_longer_than_the_first_piece_is_read_whole() {
        let folder = std::env::temp_dir().join(format!("gonym-opening-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("long.go");
        for length in [8_160, 8_170, 8_180, 8_192, 9_000] {
            let text = format!(
                "// {}\npackage p\nimport \"a\"\nimport \"b\"\nfunc f() {{}}",
                "x".repeat(length)
            );
            std::fs::write(&path, &text).expect("a file");
            let opening = Opening::read(&path).expect("readable");
            assert_eq!(opening.imports, [b"a".to_vec(), b"b".to_vec()], "{length}");
        }
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
