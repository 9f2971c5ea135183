//! Where do the open brackets close, and what inside them matters even if they are skipped?
//!
//! Most of a Go file is bodies. Of a body only the end, comments to tools, and text that is not Go are wanted. So
//! names, numbers and operators are not split here; only what could hide a bracket or a comment is.

use super::spelling::is_finished;
use super::{Lexer, Token, TokenKind};

/// What [`Lexer::pass`] stopped after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source) enum Stop {
    /// The bracket that closed the last open one.
    Closed,
    /// A closing bracket of another kind than the open one.
    WrongBracket(Token),
    /// A comment that begins with `go:`, a literal or comment without an end, or a byte with which no token of Go
    /// begins.
    Token(Token),
}

/// What a byte means when text is skipped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    /// A letter, a digit, an operator, a blank.
    Plain,
    Opens,
    Closes,
    /// It may begin a comment.
    Slash,
    /// It begins a literal, is not ASCII, or begins no token of Go.
    Other,
}

const fn of(byte: u8) -> Byte {
    match byte {
        b'(' | b'[' | b'{' => Byte::Opens,
        b')' | b']' | b'}' => Byte::Closes,
        b'/' => Byte::Slash,
        b'\t' | b'\n' | b'\r' => Byte::Plain,
        ..b' ' | b'"' | b'\'' | b'`' | b'#' | b'$' | b'?' | b'@' | b'\\' | 0x7f.. => Byte::Other,
        _ => Byte::Plain,
    }
}

/// By value of the byte.
static BYTES: [Byte; 256] = {
    let mut bytes = [Byte::Plain; 256];
    let mut value = 0_u8;
    while value < u8::MAX {
        bytes[value as usize] = of(value);
        value += 1;
    }
    bytes[u8::MAX as usize] = of(u8::MAX);
    bytes
};

/// The closing bracket of `opening`.
pub(in crate::source) fn closing_of(opening: u8) -> u8 {
    match opening {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

/// Whether a comment begins with `go:`, in any case and after any blanks. Directives do, and so does everything that
/// was meant as one.
pub(in crate::source) fn is_to_a_tool(comment: &[u8]) -> bool {
    let text = comment.get(2..).unwrap_or_default();
    // `// text`: nearly every comment.
    if let [b' ', b'A'..=b'F' | b'H'..=b'Z' | b'a'..=b'f' | b'h'..=b'z', ..] = text {
        return false;
    }
    let begins = text.iter().position(|byte| !byte.is_ascii_whitespace());
    let text = text.get(begins.unwrap_or(0)..).unwrap_or_default();
    text.get(..3).is_some_and(|word| word.eq_ignore_ascii_case(b"go:"))
}

impl Lexer<'_> {
    /// Moves past blanks, line ends without meaning, and lines of comments for people.
    pub(in crate::source) fn pass_prose(&mut self) {
        if self.ended_by_comment {
            return;
        }
        loop {
            self.skip_blanks();
            let rest = self.rest();
            if !rest.starts_with(b"//") {
                return;
            }
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            if is_to_a_tool(rest.get(..length).unwrap_or_default()) {
                return;
            }
            self.at += length;
        }
    }

    /// Moves on until every bracket whose closing one is in `open` is closed, or to something that must be reported;
    /// `None` if the file ends first.
    ///
    /// After a closing bracket a line end is a semicolon, so that [`Iterator::next`] continues correctly.
    pub(in crate::source) fn pass(&mut self, open: &mut Vec<u8>) -> Option<Stop> {
        (self.ended_by_comment, self.may_end) = (false, true);
        let counted = self.at;
        loop {
            let rest = self.rest();
            let of = |byte: &u8| BYTES.get(usize::from(*byte)).copied().unwrap_or(Byte::Plain);
            let plain = rest.iter().position(|byte| of(byte) != Byte::Plain);
            self.at += plain.unwrap_or(rest.len());
            let start = self.at;
            let Some(first) = self.byte(0) else {
                self.count_lines(counted);
                return None;
            };
            match of(&first) {
                Byte::Opens => {
                    self.at += 1;
                    open.push(closing_of(first));
                }
                Byte::Closes => {
                    self.at += 1;
                    if open.pop().is_some_and(|wanted| wanted != first) {
                        return Some(Stop::WrongBracket(self.located(
                            TokenKind::Operator,
                            counted,
                            start,
                        )));
                    }
                    if open.is_empty() {
                        self.count_lines(counted);
                        return Some(Stop::Closed);
                    }
                }
                Byte::Slash if !matches!(self.byte(1), Some(b'/' | b'*')) => self.at += 1,
                _ => {
                    let kind = self.cut(first);
                    if self.is_told(kind, start) {
                        return Some(Stop::Token(self.located(kind, counted, start)));
                    }
                }
            }
        }
    }

    /// Whether the token from `start` that was just read must be reported.
    fn is_told(&self, kind: TokenKind, start: usize) -> bool {
        let text = self.bytes.get(start..self.at).unwrap_or_default();
        match kind {
            TokenKind::Identifier | TokenKind::Keyword => false,
            TokenKind::LineComment => is_to_a_tool(text),
            TokenKind::BlockComment => is_to_a_tool(text) || !is_finished(kind, text),
            _ => !is_finished(kind, text),
        }
    }

    /// The token from `start` that was just read; lines are counted up to `counted`.
    fn located(&mut self, kind: TokenKind, counted: usize, start: usize) -> Token {
        let end = self.at;
        self.at = start;
        self.count_lines(counted);
        let (line, column) = self.place();
        self.at = end;
        self.count_lines(start);
        Token { kind, start, end, line, column }
    }
}
