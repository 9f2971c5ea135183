//! The tokens of a file, a position among them, and which bracket closes which.

use std::ops::Range;

use crate::source::lexer::{Lexer, Token, TokenKind};

/// The tokens of a file without comments, and a position among them.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    tokens: Vec<Token>,
    /// For each opening bracket the one that closes it.
    closing: Vec<Option<usize>>,
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    /// Splits a file into tokens; of the bodies in `empty` only the braces.
    pub(super) fn read(bytes: &'a [u8], empty: &[Range<usize>]) -> Self {
        let mut tokens: Vec<Token> = Vec::new();
        let (mut lexer, mut empty) = (Lexer::new(bytes), empty.iter().peekable());
        while let Some(token) = lexer.next() {
            if !token.is_comment() {
                tokens.push(token);
            }
            if let Some(body) = empty.next_if(|body| body.start <= token.start) {
                lexer.skip_to(body.end.saturating_sub(1));
            }
        }
        let mut closing = vec![None; tokens.len()];
        let mut open: Vec<usize> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            match token.text(bytes) {
                b"(" | b"[" | b"{" => open.push(at),
                b")" | b"]" | b"}" => {
                    let opener = open.pop().and_then(|opener| closing.get_mut(opener));
                    opener.into_iter().for_each(|slot| *slot = Some(at));
                }
                _ => {}
            }
        }
        Self { bytes, tokens, closing, at: 0 }
    }

    pub(super) fn is_over(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn text_at(&self, at: usize) -> &'a [u8] {
        self.tokens.get(at).map_or(b"", |token| token.text(self.bytes))
    }

    pub(super) fn text(&self) -> &'a [u8] {
        self.text_at(self.at)
    }

    /// The text of the token `ahead` places after the current one.
    pub(super) fn ahead(&self, ahead: usize) -> &'a [u8] {
        self.text_at(self.at + ahead)
    }

    pub(super) fn before(&self, at: usize) -> &'a [u8] {
        at.checked_sub(1).map_or(b"", |at| self.text_at(at))
    }

    pub(super) fn is(&self, text: &[u8]) -> bool {
        !self.is_over() && self.text() == text
    }

    pub(super) fn kind_at(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    pub(super) fn is_identifier_at(&self, at: usize) -> bool {
        self.kind_at(at) == Some(TokenKind::Identifier)
    }

    pub(super) fn is_identifier(&self) -> bool {
        self.is_identifier_at(self.at)
    }

    pub(super) fn is_literal(&self) -> bool {
        matches!(
            self.kind_at(self.at),
            Some(
                TokenKind::Number | TokenKind::Character | TokenKind::String | TokenKind::RawString
            )
        )
    }

    pub(super) fn ends_statement_at(&self, at: usize) -> bool {
        self.tokens.get(at).is_none_or(Token::ends_statement)
    }

    pub(super) fn ends_statement(&self) -> bool {
        self.ends_statement_at(self.at)
    }

    /// Moves past the current token, if it is `text`.
    pub(super) fn eat(&mut self, text: &[u8]) -> bool {
        let here = self.is(text);
        self.at += usize::from(here);
        here
    }

    /// The token that closes the bracket `opener`.
    pub(super) fn closing(&self, opener: usize) -> Option<usize> {
        self.closing.get(opener).copied().flatten()
    }

    /// The line on which token `at` begins.
    pub(super) fn line(&self, at: usize) -> u32 {
        self.tokens.get(at).map_or(0, |token| token.line)
    }

    /// The line on which token `at` ends.
    pub(super) fn last_line(&self, at: usize) -> u32 {
        let Some(token) = self.tokens.get(at) else { return 0 };
        if token.kind != TokenKind::RawString {
            return token.line;
        }
        let lines = memchr::memchr_iter(b'\n', token.text(self.bytes)).count();
        token.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX))
    }

    /// The last token before the current one that is written in the file.
    pub(super) fn written_before(&self, at: usize) -> Option<usize> {
        (0..at).rev().find(|at| self.kind_at(*at) != Some(TokenKind::Newline))
    }

    /// The first token from `at` on that is written in the file.
    pub(super) fn written_from(&self, at: usize) -> Option<usize> {
        (at..self.tokens.len()).find(|at| self.kind_at(*at) != Some(TokenKind::Newline))
    }

    /// The first token after `start` that ends the declaration that begins there.
    pub(super) fn end_of_declaration(&self, start: usize) -> usize {
        let mut at = start;
        while at < self.tokens.len() && !self.ends_statement_at(at) {
            at = self.closing(at).unwrap_or(at) + 1;
        }
        at
    }
}
