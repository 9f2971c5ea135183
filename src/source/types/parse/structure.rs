//! Which fields, methods and type parameters are between the braces and brackets of a type?

use std::ops::Range;
use std::sync::Arc;

use super::Parser;
use crate::source::lexer::TokenKind;
use crate::source::types::expression::{Expression, Operator, WrittenField, WrittenInterface};

impl Parser<'_> {
    pub(super) fn structure(&mut self) -> Option<Expression> {
        self.advance();
        if !self.take(b"{") {
            return None;
        }
        let mut fields = Vec::new();
        while !self.take(b"}") {
            let (names, type_) = self.field()?;
            let tag = self.tag();
            if names.is_empty() {
                fields.push(WrittenField { name: None, type_, tag });
            } else {
                let field = |name| WrittenField {
                    name: Some(name),
                    type_: type_.clone(),
                    tag: tag.clone(),
                };
                fields.extend(names.into_iter().map(field));
            }
            self.end_of_item()?;
        }
        Some(Expression::Struct(fields))
    }

    fn tag(&mut self) -> Option<Range<usize>> {
        let token = self.ahead[0]?;
        if !matches!(token.kind, TokenKind::String | TokenKind::RawString) {
            return None;
        }
        self.advance();
        Some(token.start..token.end)
    }

    /// Consumes the semicolon after a field or method; the last one may have none.
    fn end_of_item(&mut self) -> Option<()> {
        if self.is(b"}") {
            return Some(());
        }
        let ended = self.ahead[0]?.ends_statement();
        self.advance();
        ended.then_some(())
    }

    /// The names of a field and its type; no names if it is embedded.
    fn field(&mut self) -> Option<(Vec<Arc<str>>, Expression)> {
        if !self.is_name(0) {
            return Some((Vec::new(), self.type_()?));
        }
        if self.text(1) == b"[" {
            let (name, type_) = self.bracketed()?;
            return Some((name.into_iter().collect(), type_));
        }
        if self.text(1) != b"," && !self.begins_type(1) {
            return Some((Vec::new(), self.type_()?));
        }
        let mut names = vec![self.name()?];
        while self.take(b",") {
            names.push(self.name()?);
        }
        Some((names, self.type_()?))
    }

    pub(super) fn interface(&mut self) -> Option<Expression> {
        self.advance();
        if !self.take(b"{") {
            return None;
        }
        let mut interface = WrittenInterface::default();
        while !self.take(b"}") {
            if self.is_name(0) && self.text(1) == b"(" {
                let name = self.name()?;
                interface.methods.push((name, self.signature()?));
            } else {
                interface.embedded.push(self.union()?);
            }
            self.end_of_item()?;
        }
        Some(Expression::Interface(interface))
    }

    fn union(&mut self) -> Option<Expression> {
        let mut union = self.term()?;
        while self.take(b"|") {
            let right = self.term()?;
            union = Expression::Binary(Operator::Or, Box::new(union), Box::new(right));
        }
        Some(union)
    }

    fn term(&mut self) -> Option<Expression> {
        if self.take(b"~") {
            return Some(Expression::Unary(Operator::Tilde, Box::new(self.type_()?)));
        }
        self.type_()
    }

    /// The names of type parameters in their brackets.
    pub fn type_parameters(&mut self) -> Option<Vec<Arc<str>>> {
        if !self.take(b"[") {
            return None;
        }
        let mut names = Vec::new();
        while !self.take(b"]") {
            names.push(self.name()?);
            if self.take(b",") {
                continue;
            }
            self.union()?;
            if !self.take(b",") && !self.is(b"]") {
                return None;
            }
        }
        Some(names)
    }
}
