//! Which type or constant expression is in these bytes?
//!
//! A recursive descent over the tokens of `lexer`, as far as signatures, type declarations and
//! constants need it; function bodies are never read. The result for unknown syntax is `None`.
//!
//! ```
//! use gonym::source::types::expression::Expression;
//! use gonym::source::types::parse::Parser;
//!
//! let text = b"map[string]*T";
//! let parsed = Parser::new(text, 0..text.len()).type_();
//! assert!(matches!(parsed, Some(Expression::Map(..))));
//! ```

mod constant;
mod signature;
mod structure;

use std::ops::Range;
use std::sync::Arc;

use super::expression::Expression;
use crate::source::lexer::{Lexer, Token, TokenKind};
use crate::types::Direction;

/// The deepest nesting of expressions; the deepest in GOROOT is below 20.
const MOST_DEPTH: usize = 60;

/// The most operands of one expression, so that the tree stays shallow.
const MOST_OPERANDS: usize = 200;

/// Reads one declaration's bytes.
#[derive(Clone)]
pub struct Parser<'a> {
    bytes: &'a [u8],
    tokens: Lexer<'a>,
    /// The next token, and those after it that were already read.
    ahead: [Option<Token>; 3],
    depth: usize,
    operands: usize,
}

impl<'a> Parser<'a> {
    /// A parser of `part` alone.
    #[must_use]
    pub fn new(bytes: &'a [u8], part: Range<usize>) -> Self {
        let tokens = Lexer::within(bytes, part);
        let mut parser = Self { bytes, tokens, ahead: [None; 3], depth: 0, operands: 0 };
        parser.ahead = [parser.read(), parser.read(), parser.read()];
        parser
    }

    fn read(&mut self) -> Option<Token> {
        self.tokens.find(|token| !token.is_comment())
    }

    fn advance(&mut self) -> Option<Token> {
        let [first, second, third] = self.ahead;
        self.ahead = [second, third, self.read()];
        first
    }

    fn text(&self, ahead: usize) -> &'a [u8] {
        let token = self.ahead.get(ahead).copied().flatten();
        token.map_or(b"", |token| token.text(self.bytes))
    }

    fn kind(&self, ahead: usize) -> Option<TokenKind> {
        self.ahead.get(ahead).copied().flatten().map(|token| token.kind)
    }

    /// Whether the next token is this operator or keyword. Literals never look like either.
    pub fn is(&self, text: &[u8]) -> bool {
        self.text(0) == text
    }

    fn is_name(&self, ahead: usize) -> bool {
        self.kind(ahead) == Some(TokenKind::Identifier)
    }

    /// Takes the next token if it is this operator or keyword.
    pub fn take(&mut self, text: &[u8]) -> bool {
        let taken = self.is(text);
        if taken {
            self.advance();
        }
        taken
    }

    fn name(&mut self) -> Option<Arc<str>> {
        if !self.is_name(0) {
            return None;
        }
        let token = self.advance()?;
        std::str::from_utf8(token.text(self.bytes)).ok().map(Arc::from)
    }

    fn ends_statement(&self) -> bool {
        self.ahead[0].is_none_or(|token| token.ends_statement())
    }

    /// Reads one level deeper, if the limit allows.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth >= MOST_DEPTH {
            return None;
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// A type.
    pub fn type_(&mut self) -> Option<Expression> {
        self.deeper(Self::type_here)
    }

    fn type_here(&mut self) -> Option<Expression> {
        match self.text(0) {
            b"*" => {
                self.advance();
                Some(Expression::Pointer(Box::new(self.type_()?)))
            }
            b"(" => {
                self.advance();
                let inner = self.type_()?;
                self.take(b")").then_some(inner)
            }
            b"[" => self.slice_or_array(),
            b"map" => self.map(),
            b"chan" | b"<-" => self.channel(),
            b"func" => {
                self.advance();
                Some(Expression::Func(Box::new(self.signature()?)))
            }
            b"struct" => self.structure(),
            b"interface" => self.interface(),
            _ => self.type_name(true),
        }
    }

    /// `T`, `p.T`, `T[A]`. Without `indexed` a bracket after the name is not read.
    fn type_name(&mut self, indexed: bool) -> Option<Expression> {
        let mut name = Expression::Name(self.name()?);
        if self.is(b".") && self.is_name(1) {
            self.advance();
            name = Expression::Selector(Box::new(name), self.name()?);
        }
        if indexed && self.is(b"[") && self.text(1) != b"]" {
            self.advance();
            let arguments = self.list(b"]", Self::type_)?;
            name = Expression::Index(Box::new(name), arguments);
        }
        Some(name)
    }

    /// Items between commas up to `end`, which is consumed.
    fn list<T>(&mut self, end: &[u8], item: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut items = Vec::new();
        while !self.take(end) {
            items.push(item(self)?);
            if !self.take(b",") && !self.is(end) {
                return None;
            }
        }
        Some(items)
    }

    fn slice_or_array(&mut self) -> Option<Expression> {
        self.advance();
        if self.take(b"]") {
            return Some(Expression::Slice(Box::new(self.type_()?)));
        }
        let length = match self.take(b"...") {
            true => None,
            false => Some(Box::new(self.expression()?)),
        };
        if !self.take(b"]") {
            return None;
        }
        Some(Expression::Array(length, Box::new(self.type_()?)))
    }

    fn map(&mut self) -> Option<Expression> {
        self.advance();
        if !self.take(b"[") {
            return None;
        }
        let key = self.type_()?;
        if !self.take(b"]") {
            return None;
        }
        Some(Expression::Map(Box::new(key), Box::new(self.type_()?)))
    }

    fn channel(&mut self) -> Option<Expression> {
        let receives = self.take(b"<-");
        if !self.take(b"chan") {
            return None;
        }
        let direction = match receives {
            true => Direction::Receive,
            false if self.take(b"<-") => Direction::Send,
            false => Direction::Both,
        };
        Some(Expression::Chan(direction, Box::new(self.type_()?)))
    }
}
