//! Which tokens does a Go file consist of?
//!
//! Tokens as cmd/compile/internal/syntax/scanner.go splits them, with comments, because directives are comments. A
//! line end that means a semicolon is a token too. This file knows no grammar. Text that is no token of Go is
//! [`TokenKind::Unknown`], and reading goes on after it, as in the compiler.

mod passing;
mod spelling;

use std::ops::Range;

pub(super) use passing::{Stop, closing_of, is_to_a_tool};
use spelling::{is_finished, is_keyword, operator_length};

/// What a [`Token`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name that is no keyword.
    Identifier,
    /// One of Go's 25 keywords.
    Keyword,
    /// An integer, floating-point or imaginary literal.
    Number,
    /// `'x'`.
    Character,
    /// `"…"`.
    String,
    /// `` `…` ``.
    RawString,
    /// An operator or a delimiter other than a semicolon.
    Operator,
    /// A semicolon that is written.
    Semicolon,
    /// A line end, or the end of the file, that means a semicolon; it covers no byte.
    Newline,
    /// `// …`, without the line end.
    LineComment,
    /// `/* … */`.
    BlockComment,
    /// A byte with which no token of Go begins.
    Unknown,
}

/// A token and its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// Offset of its first byte.
    pub(crate) start: usize,
    /// Offset after its last byte.
    pub(crate) end: usize,
    /// Line, from 1.
    pub(crate) line: u32,
    /// Column in bytes, from 1.
    pub(crate) column: u32,
}

impl Token {
    /// The bytes of the token; `bytes` is the text that it was read from.
    #[must_use]
    pub(crate) fn text<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether it is a comment of either form.
    #[must_use]
    pub(crate) fn is_comment(&self) -> bool {
        matches!(self.kind, TokenKind::LineComment | TokenKind::BlockComment)
    }

    /// Whether the literal or comment is closed; `bytes` is the text that it was read from.
    #[must_use]
    pub(crate) fn is_finished(&self, bytes: &[u8]) -> bool {
        is_finished(self.kind, self.text(bytes))
    }

    /// Whether it ends a statement: a semicolon, written or not.
    #[must_use]
    pub(crate) fn ends_statement(&self) -> bool {
        matches!(self.kind, TokenKind::Semicolon | TokenKind::Newline)
    }
}

/// The tokens of some bytes, in order.
#[derive(Clone, Debug)]
pub(crate) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    line_start: usize,
    /// Whether a line end here means a semicolon.
    may_end: bool,
    /// Whether a comment of several lines included one.
    ended_by_comment: bool,
}

impl<'a> Lexer<'a> {
    /// Reads a whole file. A byte order mark is skipped at the beginning only, as in source.go.
    #[must_use]
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { bytes, at, line: 1, line_start: 0, may_end: false, ended_by_comment: false }
    }

    /// Reads a part of a file. Offsets count from the beginning of the file, lines and columns from the beginning of
    /// the part.
    #[must_use]
    pub(crate) fn within(bytes: &'a [u8], part: Range<usize>) -> Self {
        let bytes = bytes.get(..part.end).unwrap_or(bytes);
        Self {
            bytes,
            at: part.start,
            line: 1,
            line_start: part.start,
            may_end: false,
            ended_by_comment: false,
        }
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        while let Some(byte) = self.byte(0) {
            match byte {
                b' ' | b'\t' | b'\r' => {}
                b'\n' if !self.may_end => {
                    self.line = self.line.saturating_add(1);
                    self.line_start = self.at + 1;
                }
                _ => return,
            }
            self.at += 1;
        }
    }

    /// Moves to a token at `offset`. A line end before it means no semicolon.
    pub(super) fn skip_to(&mut self, offset: usize) {
        let start = self.at;
        self.at = offset.clamp(start, self.bytes.len());
        (self.may_end, self.ended_by_comment) = (false, false);
        self.count_lines(start);
    }

    /// Current offset.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// Current line and column.
    pub(super) fn place(&self) -> (u32, u32) {
        (self.line, self.column())
    }

    /// Current column.
    fn column(&self) -> u32 {
        u32::try_from(self.at - self.line_start).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Counts the lines that end within `start..self.at`.
    fn count_lines(&mut self, start: usize) {
        let covered = self.bytes.get(start..self.at).unwrap_or_default();
        if let Some(last) = memchr::memrchr(b'\n', covered) {
            let lines = memchr::memchr_iter(b'\n', covered).count();
            self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
            self.line_start = start + last + 1;
        }
    }

    /// Moves past the current token and returns its kind.
    fn advance(&mut self, first: u8) -> TokenKind {
        let start = self.at;
        let kind = self.cut(first);
        if matches!(kind, TokenKind::RawString | TokenKind::BlockComment) {
            self.count_lines(start);
        }
        kind
    }

    /// As [`Self::advance`], but without counting the lines inside the token.
    fn cut(&mut self, first: u8) -> TokenKind {
        match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(),
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(1).is_some_and(|next| next.is_ascii_digit()) => self.number(),
            b'"' => self.quoted(b'"', TokenKind::String),
            b'\'' => self.quoted(b'\'', TokenKind::Character),
            b'`' => self.raw_string(),
            b'/' if self.byte(1) == Some(b'/') => self.line_comment(),
            b'/' if self.byte(1) == Some(b'*') => self.block_comment(),
            b';' => {
                self.at += 1;
                TokenKind::Semicolon
            }
            _ => self.operator(),
        }
    }

    fn word(&mut self) -> TokenKind {
        let start = self.at;
        loop {
            let ascii = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
            self.at += self.rest().iter().take_while(|byte| ascii(byte)).count();
            let Some(length) = self.foreign_letter() else { break };
            self.at += length;
        }
        if self.at == start {
            // A character that identifiers do not have, with its continuation bytes.
            self.at += 1;
            while self.byte(0).is_some_and(|byte| byte & 0xc0 == 0x80) {
                self.at += 1;
            }
            return TokenKind::Unknown;
        }
        let word = self.bytes.get(start..self.at).unwrap_or_default();
        if is_keyword(word) { TokenKind::Keyword } else { TokenKind::Identifier }
    }

    /// The length of the letter or digit here, if it is not ASCII.
    fn foreign_letter(&self) -> Option<usize> {
        if self.byte(0)?.is_ascii() {
            return None;
        }
        let few = self.rest().get(..4).unwrap_or(self.rest());
        let letter = few.utf8_chunks().next()?.valid().chars().next()?;
        letter.is_alphanumeric().then(|| letter.len_utf8())
    }

    fn number(&mut self) -> TokenKind {
        let hexadecimal = matches!(self.rest(), [b'0', b'x' | b'X', ..]);
        let exponents: &[u8] = if hexadecimal { b"pP" } else { b"eE" };
        let mut seen_dot = false;
        while let Some(byte) = self.byte(0) {
            let signed = exponents.contains(&byte) && matches!(self.byte(1), Some(b'+' | b'-'));
            let more = byte.is_ascii_alphanumeric() || byte == b'_' || (byte == b'.' && !seen_dot);
            if !more {
                break;
            }
            seen_dot |= byte == b'.';
            self.at += 1 + usize::from(signed);
        }
        TokenKind::Number
    }

    /// An interpreted string or a character. An unfinished one ends with its line.
    fn quoted(&mut self, quote: u8, kind: TokenKind) -> TokenKind {
        self.at += 1;
        while let Some(byte) = self.byte(0) {
            match byte {
                b'\n' => break,
                // Other bytes after a backslash do not matter: only these two could be misread.
                b'\\' if matches!(self.byte(1), Some(next) if next == quote || next == b'\\') => {
                    self.at += 2;
                }
                _ => self.at += 1,
            }
            if byte == quote {
                break;
            }
        }
        kind
    }

    fn raw_string(&mut self) -> TokenKind {
        let start = self.at;
        let inside = self.bytes.get(start + 1..).unwrap_or_default();
        self.at = memchr::memchr(b'`', inside).map_or(self.bytes.len(), |end| start + end + 2);
        TokenKind::RawString
    }

    fn line_comment(&mut self) -> TokenKind {
        let rest = self.rest();
        self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        TokenKind::LineComment
    }

    fn block_comment(&mut self) -> TokenKind {
        let start = self.at;
        let inside = self.bytes.get(start + 2..).unwrap_or_default();
        let end = memchr::memmem::find(inside, b"*/");
        self.at = end.map_or(self.bytes.len(), |end| start + end + 4);
        TokenKind::BlockComment
    }

    fn operator(&mut self) -> TokenKind {
        let length = operator_length(self.rest());
        self.at += length.max(1);
        if length == 0 { TokenKind::Unknown } else { TokenKind::Operator }
    }

    /// Whether a line end after the token means a semicolon.
    fn ends_line(token: &Token, text: &[u8]) -> bool {
        match token.kind {
            TokenKind::Identifier
            | TokenKind::Number
            | TokenKind::Character
            | TokenKind::String
            | TokenKind::RawString => true,
            TokenKind::Keyword => {
                matches!(text, b"break" | b"continue" | b"fallthrough" | b"return")
            }
            TokenKind::Operator => matches!(text, b")" | b"]" | b"}" | b"++" | b"--"),
            _ => false,
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        if !self.ended_by_comment {
            self.skip_blanks();
        }
        let (start, line, column) = (self.at, self.line, self.column());
        let kind = match self.byte(0) {
            _ if self.ended_by_comment => TokenKind::Newline,
            Some(b'\n') | None if self.may_end => TokenKind::Newline,
            None => return None,
            Some(first) => self.advance(first),
        };
        let token = Token { kind, start, end: self.at, line, column };
        self.ended_by_comment = self.may_end && kind == TokenKind::BlockComment && self.line > line;
        if !token.is_comment() && kind != TokenKind::Unknown {
            self.may_end = Self::ends_line(&token, token.text(self.bytes));
        }
        Some(token)
    }
}

#[cfg(test)]
mod tests;
