//! What does a Go file say before its first declaration: its package and its imports?
//!
//! File selection and the walk along imports need no more, and most of a build's bytes lie behind it:
//! a file is read in a small piece first and whole only if its imports reach further. Comments and
//! strings are told apart here; directives and declarations are the business of others.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Enough for the header of nearly every file.
const FIRST_PIECE: u64 = 8 << 10;
/// Headers beyond this size are cut: the longest import blocks are a few hundred KB.
const LONGEST: u64 = 16 << 20;

/// The beginning of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The name in the package clause; empty when there is none.
    pub package: Vec<u8>,
    /// The imported paths in order, as written between the quotes.
    pub imports: Vec<Vec<u8>>,
    /// What was read, at least up to the first declaration.
    pub bytes: Vec<u8>,
}

impl Header {
    /// Reads the header of the file at `path`.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is none.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let mut bytes = Vec::new();
        Read::by_ref(&mut file).take(FIRST_PIECE).read_to_end(&mut bytes)?;
        let mut scanner = Scanner { bytes: &bytes, at: 0 };
        let whole = (bytes.len() as u64) < FIRST_PIECE;
        if let (package, imports, true) = scanner.header(whole) {
            return Ok(Self { package, imports, bytes });
        }
        file.take(LONGEST).read_to_end(&mut bytes)?;
        Ok(Self::parse(bytes))
    }

    /// Reads the header of a file that is at hand.
    #[must_use]
    pub fn parse(bytes: Vec<u8>) -> Self {
        let (package, imports, _) = Scanner { bytes: &bytes, at: 0 }.header(true);
        Self { package, imports, bytes }
    }

    /// Whether the file needs cgo.
    #[must_use]
    pub fn imports_c(&self) -> bool {
        self.imports.iter().any(|path| path == b"C")
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a [u8]),
    Text(&'a [u8]),
    Mark(u8),
    End,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Package, imports, and whether the header ended before the bytes did (or they are the whole).
    fn header(&mut self, whole: bool) -> (Vec<u8>, Vec<Vec<u8>>, bool) {
        let mut imports = Vec::new();
        if self.bytes.starts_with(b"\xef\xbb\xbf") {
            self.at = 3;
        }
        let mut package = Vec::new();
        if self.next() == Token::Word(b"package") {
            if let Token::Word(name) = self.next() {
                package = name.to_vec();
            }
            while self.next_but_marks(b";") == Token::Word(b"import") {
                self.import(&mut imports);
            }
        }
        // A token at the very end of a piece may be cut.
        (package, imports, whole || self.at < self.bytes.len())
    }

    fn import(&mut self, imports: &mut Vec<Vec<u8>>) {
        let mut token = self.next();
        let grouped = token == Token::Mark(b'(');
        if grouped {
            token = self.next_but_marks(b";");
        }
        loop {
            match token {
                // The name of an import; what is no import ends the loop by its own next token.
                Token::Word(_) | Token::Mark(b'.') => {
                    let Token::Text(path) = self.next() else { return };
                    imports.push(path.to_vec());
                }
                Token::Text(path) => imports.push(path.to_vec()),
                Token::Mark(_) | Token::End => return,
            }
            if !grouped {
                return;
            }
            token = self.next_but_marks(b";");
        }
    }

    fn next_but_marks(&mut self, skipped: &[u8]) -> Token<'a> {
        loop {
            match self.next() {
                Token::Mark(mark) if skipped.contains(&mark) => {}
                token => return token,
            }
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Token<'a> {
        self.skip_blanks_and_comments();
        let rest = self.rest();
        let Some(first) = rest.first().copied() else { return Token::End };
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
        match first {
            b'"' | b'`' => self.text(first),
            byte if is_word(&byte) => {
                let length = rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len());
                self.at += length;
                Token::Word(rest.get(..length).unwrap_or_default())
            }
            _ => {
                self.at += 1;
                Token::Mark(first)
            }
        }
    }

    fn text(&mut self, quote: u8) -> Token<'a> {
        let body = self.rest().get(1..).unwrap_or_default();
        let Some(length) = memchr::memchr(quote, body) else {
            self.at = self.bytes.len();
            return Token::End;
        };
        self.at += length + 2;
        Token::Text(body.get(..length).unwrap_or_default())
    }

    fn skip_blanks_and_comments(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
            self.at += blank.count();
            let rest = self.rest();
            let comment = if rest.starts_with(b"//") {
                memchr::memchr(b'\n', rest)
            } else if rest.starts_with(b"/*") {
                let body = rest.get(2..).unwrap_or_default();
                memchr::memmem::find(body, b"*/").map(|index| index + 4)
            } else {
                return;
            };
            self.at += comment.unwrap_or(rest.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(text: &str) -> Vec<String> {
        let header = Header::parse(text.as_bytes().to_vec());
        header.imports.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect()
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
    fn a_header_longer_than_the_first_piece_is_read_whole() {
        let folder = std::env::temp_dir().join(format!("gonym-header-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("long.go");
        for length in [8_160, 8_170, 8_180, 8_192, 9_000] {
            let text = format!(
                "// {}\npackage p\nimport \"a\"\nimport \"b\"\nfunc f() {{}}",
                "x".repeat(length)
            );
            std::fs::write(&path, &text).expect("a file");
            let header = Header::read(&path).expect("readable");
            assert_eq!(header.imports, [b"a".to_vec(), b"b".to_vec()], "{length}");
        }
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
