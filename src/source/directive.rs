//! What does the compiler read in a comment that begins with `//go:linkname`?
//!
//! Rules: cmd/compile/internal/noder (noder.go, pragma). One ASCII space follows the word, then fields separated by
//! any Unicode white space: two or three of them, with the word. Only white space may precede the comment on its
//! line. Whether the local name is declared, and what the remote is, is not known here.
//!
//! ```
//! use gonym::source::directive::Refusal;
//! use gonym::source::file::GoFile;
//!
//! let text = "package p\n\n//go:linkname a b.c\n//go:linkname a b.c d\n";
//! let file = GoFile::parse(text.as_bytes().to_vec());
//! assert_eq!(file.linknames[0].remote.as_deref(), Some(&b"b.c"[..]));
//! assert_eq!(file.refused[0].why, Refusal::Usage);
//! ```

use serde::{Deserialize, Serialize};

use super::lexer::{Token, TokenKind};

/// The word of a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// `//go:linkname`.
    Linkname,
    /// `//go:linknamestd`, which Go knows since 1.27: only packages of the standard library may pull with it.
    LinknameStd,
}

impl Word {
    /// The word as written after `//go:`.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Linkname => "linkname",
            Self::LinknameStd => "linknamestd",
        }
    }
}

/// The meaning of a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// The local name stands for a function or variable of another package.
    Pull,
    /// The local function's body, or the variable's initial value, gets another name.
    Push,
    /// Local and remote are the same name.
    OneArg,
    /// Assembly of the package defines the remote, and the local declaration gives its type.
    Assembly,
    /// Not given and not known from the binary, or the local name is nothing that can be linknamed.
    Unknown,
}

/// What the names of a directive denote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A function or method.
    Func,
    /// A variable of a package.
    Var,
    /// Neither, or not said.
    Unknown,
}

/// One directive as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linkname {
    /// Which of the two words.
    pub word: Word,
    /// The first argument: a name of the package.
    pub local: Vec<u8>,
    /// The second argument, verbatim.
    pub remote: Option<Vec<u8>>,
    /// Line of the comment, from 1.
    pub line: u32,
    /// Column of the comment in bytes, from 1.
    pub column: u32,
    /// Offset of the comment.
    pub offset: usize,
}

/// Why the compiler refuses a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `misplaced compiler directive`: something stands before it on its line.
    Misplaced,
    /// `usage: //go:linkname localname [linkname]`: no argument, or more than two.
    Usage,
}

/// A directive that the compiler refuses, whatever else the package contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub why: Refusal,
    /// Which word it begins with.
    pub word: Word,
    /// The fields behind the word.
    pub fields: Vec<Vec<u8>>,
    /// Line of the comment, from 1.
    pub line: u32,
    /// Column of the comment in bytes, from 1.
    pub column: u32,
}

/// Whether `comment` is `//go:noescape`.
pub(super) fn is_noescape(bytes: &[u8], comment: &Token) -> bool {
    let text = line_text(bytes, comment).unwrap_or_default();
    text.strip_prefix(b"go:noescape").is_some_and(|rest| rest.is_empty() || rest.starts_with(b" "))
}

/// The directive in `comment`, or why the compiler refuses it; `None` for all other comments.
pub(super) fn read(bytes: &[u8], comment: &Token) -> Option<Result<Linkname, Refused>> {
    let text = line_text(bytes, comment)?.strip_prefix(b"go:")?;
    let (word, arguments) = [Word::Linkname, Word::LinknameStd].into_iter().find_map(|word| {
        let rest = text.strip_prefix(word.text().as_bytes())?;
        Some((word, rest.strip_prefix(b" ")?))
    })?;
    let fields = fields(arguments);
    let (line, column) = (comment.line, comment.column);
    let refused = |why, fields| Some(Err(Refused { why, word, fields, line, column }));
    if !is_alone(bytes, comment) {
        return refused(Refusal::Misplaced, fields);
    }
    let (local, remote) = match fields.as_slice() {
        [local] => (local.clone(), None),
        [local, remote] => (local.clone(), Some(remote.clone())),
        _ => return refused(Refusal::Usage, fields),
    };
    Some(Ok(Linkname { word, local, remote, line, column, offset: comment.start }))
}

/// The text after the slashes of a line comment, without a carriage return at its end.
pub(super) fn line_text<'a>(bytes: &'a [u8], comment: &Token) -> Option<&'a [u8]> {
    if comment.kind != TokenKind::LineComment {
        return None;
    }
    let text = comment.text(bytes).get(2..)?;
    Some(text.strip_suffix(b"\r").unwrap_or(text))
}

/// Whether only white space stands before `token` on its line (scanner.go: `blank`).
pub(super) fn is_alone(bytes: &[u8], token: &Token) -> bool {
    let before = bytes.get(..token.start).unwrap_or_default();
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let line = before.get(line_start..).unwrap_or_default();
    let line =
        if line_start == 0 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}

/// Go's strings.Fields: splits at Unicode white space; bytes that are not UTF-8 are no white space.
pub(super) fn fields(text: &[u8]) -> Vec<Vec<u8>> {
    if text.is_ascii() {
        let blank = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' ');
        let words = text.split(blank).filter(|word| !word.is_empty());
        return words.map(<[u8]>::to_vec).collect();
    }
    let mut fields = Vec::new();
    let mut field = Vec::new();
    for chunk in text.utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_whitespace() {
                fields.push(std::mem::take(&mut field));
            } else {
                field.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        field.extend_from_slice(chunk.invalid());
    }
    fields.push(field);
    fields.retain(|field| !field.is_empty());
    fields
}

/// A symbol of a shared library that a file imports through the dynamic linker.
///
/// `//go:cgo_import_dynamic local remote "library"`; noder/lex.go and noder.go, pragcgo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CgoImport {
    /// The Go symbol that stands for it; `_` if only a library is imported.
    pub local: Vec<u8>,
    /// The symbol's name in the library, followed by `#` and a version if one is given.
    pub remote: Option<Vec<u8>>,
    /// The library's file name.
    pub library: Option<Vec<u8>>,
    /// Line, from 1.
    pub line: u32,
}

/// The import in `comment`.
pub(super) fn cgo_import(bytes: &[u8], comment: &Token) -> Option<CgoImport> {
    let arguments = line_text(bytes, comment)?.strip_prefix(b"go:cgo_import_dynamic ")?;
    let mut found = fields(arguments).into_iter();
    let local = found.next()?;
    let remote = found.next();
    let library = found.next().map(|library| unquoted(&library));
    Some(CgoImport { local, remote, library, line: comment.line })
}

/// The names in a `//go:cgo_…` comment.
pub(super) fn cgo_names(bytes: &[u8], comment: &Token) -> Vec<Vec<u8>> {
    let text = line_text(bytes, comment).filter(|text| text.starts_with(b"go:cgo_"));
    fields(text.unwrap_or_default()).into_iter().skip(1).collect()
}

fn unquoted(field: &[u8]) -> Vec<u8> {
    field.iter().copied().filter(|byte| *byte != b'"').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::lexer::Lexer;

    /// What the compiler makes of the last comment of `source`.
    fn last(source: &[u8]) -> Option<Result<Linkname, Refused>> {
        let comment = Lexer::new(source).filter(Token::is_comment).last().expect("a comment");
        read(source, &comment)
    }

    #[test]
    fn one_space_then_any_white_space() {
        for text in [
            "//go:linkname a b.c",
            "//go:linkname a\tb.c\r\n",
            "//go:linkname \t a\u{a0}b.c \u{c}",
            " \t\r //go:linkname a b.c",
            "x\n//go:linkname a b.c",
            "\u{feff}//go:linkname a b.c",
            "/* x */\n//go:linkname a b.c",
        ] {
            let found = last(text.as_bytes()).expect(text).expect(text);
            assert_eq!(
                (found.local, found.remote),
                (b"a".to_vec(), Some(b"b.c".to_vec())),
                "{text}"
            );
        }
        let one = last(b"//go:linknamestd a").expect("found").expect("read");
        assert_eq!((one.word, one.remote), (Word::LinknameStd, None));
    }

    #[test]
    fn what_the_compiler_refuses() {
        for (text, why) in [
            ("x //go:linkname a b.c", Refusal::Misplaced),
            ("/* x */ //go:linkname a b.c", Refusal::Misplaced),
            ("`\n` //go:linkname a b.c", Refusal::Misplaced),
            ("//go:linkname ", Refusal::Usage),
            ("//go:linkname a b.c // why", Refusal::Usage),
        ] {
            assert_eq!(last(text.as_bytes()).expect(text).expect_err(text).why, why, "{text}");
        }
    }

    #[test]
    fn what_is_no_directive() {
        for text in [
            "// go:linkname a b.c",
            "//go:linkname\ta b.c",
            "//go:linkname",
            "//go:linknames a b.c",
            "//Go:linkname a b.c",
            "/*go:linkname a b.c*/",
            "// x\\\n/* \n//go:linkname a b.c\n*/",
        ] {
            assert_eq!(last(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn fields_keep_bytes_that_are_no_text() {
        assert_eq!(fields(b"a\xff \xc2\xa0b"), [&b"a\xff"[..], b"b"]);
        assert!(fields(b" \t").is_empty());
    }

    #[test]
    fn imports_of_other_libraries() {
        let source = b"//go:cgo_import_dynamic libc_x x \"libc.so\"";
        let comment = Lexer::new(source).next().expect("a comment");
        let import = cgo_import(source, &comment).expect("an import");
        assert_eq!((import.local, import.remote), (b"libc_x".to_vec(), Some(b"x".to_vec())));
        assert_eq!(import.library, Some(b"libc.so".to_vec()));
    }
}
