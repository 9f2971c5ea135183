//! Where does the content of brackets end, and what is in the pair before a method's name?
//!
//! The content of brackets is not split into tokens, except for tokens that were already read.

use std::ops::Range;

use super::Reader;
use crate::source::lexer::{Stop, Token, TokenKind, closing_of};

impl Reader<'_> {
    /// Moves past the bracket that closes the current one.
    pub(super) fn skip_brackets(&mut self) -> Range<usize> {
        let start = self.offset();
        self.open.clear();
        while let Some(token) = self.here {
            let closed = self.closes_all(&token);
            if !closed && self.ahead.is_empty() {
                return start..self.skip_open();
            }
            self.advance();
            if closed {
                return start..token.end;
            }
        }
        self.fault("closing bracket");
        start..self.bytes.len()
    }

    /// Moves past the brackets that are open after the current token. No token was read there, so nothing needs to be
    /// split.
    fn skip_open(&mut self) -> usize {
        self.at += 1;
        self.here = None;
        while let Some(stop) = self.lexer.pass(&mut self.open) {
            match stop {
                Stop::Closed => {}
                Stop::WrongBracket(token) => self.wants_right(&token, false),
                Stop::Token(token) => _ = self.passes(&token),
            }
            if self.open.is_empty() {
                let end = self.lexer.offset();
                self.end = end;
                self.here = self.pull();
                return end;
            }
        }
        self.end = self.bytes.len();
        self.fault("closing bracket");
        self.end
    }

    /// Whether no bracket is open after `token`. A closing bracket of the wrong kind closes the open one too.
    fn closes_all(&mut self, token: &Token) -> bool {
        match token.text(self.bytes) {
            [opening @ (b'(' | b'[' | b'{')] => self.open.push(closing_of(*opening)),
            [closing @ (b')' | b']' | b'}')] => {
                let wanted = self.open.pop().unwrap_or(*closing);
                self.wants_right(token, wanted == *closing);
            }
            _ => {}
        }
        self.open.is_empty()
    }

    /// Reports `token` if it is not the expected closing bracket.
    fn wants_right(&mut self, token: &Token, is_right: bool) {
        if !is_right {
            self.fault_at(token, "closing bracket of the kind that was opened");
        }
    }

    /// Reads `(r *T[P])`: the last name outside the inner brackets is the type's.
    pub(super) fn receiver(&mut self) -> Receiver {
        let start = self.offset();
        let mut receiver =
            Receiver { name: Vec::new(), pointer: false, generic: false, span: 0..0 };
        let mut depth = 0usize;
        self.open.clear();
        while let Some(token) = self.here {
            match token.text(self.bytes) {
                b"[" => {
                    receiver.generic = true;
                    depth += 1;
                }
                b"]" => depth = depth.saturating_sub(1),
                b"*" if depth == 0 => receiver.pointer = true,
                text if depth == 0 && token.kind == TokenKind::Identifier => {
                    receiver.name = text.to_vec();
                }
                _ => {}
            }
            self.advance();
            if self.closes_all(&token) {
                receiver.span = start..self.end;
                return receiver;
            }
        }
        self.fault("closing parenthesis");
        receiver.span = start..self.bytes.len();
        receiver
    }
}

/// The parentheses between `func` and the name of a method.
pub(super) struct Receiver {
    pub(super) name: Vec<u8>,
    pub(super) pointer: bool,
    pub(super) generic: bool,
    pub(super) span: Range<usize>,
}
