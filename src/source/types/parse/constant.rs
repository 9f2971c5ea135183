//! Which constant expression do the next tokens form?

use std::sync::Arc;

use super::{MOST_OPERANDS, Parser};
use crate::source::lexer::TokenKind;
use crate::source::types::expression::{Element, Expression, Operator};

impl Parser<'_> {
    /// A constant expression, or the type in a conversion.
    pub fn expression(&mut self) -> Option<Expression> {
        self.deeper(|parser| parser.binary(1))
    }

    fn binary(&mut self, least: u8) -> Option<Expression> {
        let mut left = self.unary()?;
        while let Some((operator, precedence)) = self.binary_operator(least) {
            self.operands += 1;
            if self.operands > MOST_OPERANDS {
                return None;
            }
            self.advance();
            let right = self.deeper(|parser| parser.binary(precedence + 1))?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        Some(left)
    }

    fn binary_operator(&self, least: u8) -> Option<(Operator, u8)> {
        let operator = Operator::binary(self.text(0))?;
        (self.kind(0) == Some(TokenKind::Operator) && operator.1 >= least).then_some(operator)
    }

    fn unary(&mut self) -> Option<Expression> {
        let operator = Operator::unary(self.text(0));
        match operator.filter(|_| self.kind(0) == Some(TokenKind::Operator)) {
            Some(operator) => {
                self.advance();
                let operand = self.deeper(Self::unary)?;
                Some(Expression::Unary(operator, Box::new(operand)))
            }
            None => self.primary(),
        }
    }

    fn primary(&mut self) -> Option<Expression> {
        let mut operand = self.operand()?;
        loop {
            self.operands += 1;
            if self.operands > MOST_OPERANDS {
                return None;
            }
            operand = match self.text(0) {
                b"." => {
                    self.advance();
                    Expression::Selector(Box::new(operand), self.name()?)
                }
                b"(" => {
                    self.advance();
                    let arguments = self.deeper(|parser| parser.list(b")", Self::expression))?;
                    Expression::Call(Box::new(operand), arguments)
                }
                b"[" => {
                    self.advance();
                    let arguments = self.deeper(|parser| parser.list(b"]", Self::expression))?;
                    Expression::Index(Box::new(operand), arguments)
                }
                b"{" => {
                    let elements = match &operand {
                        Expression::Array(None, _) => self.elements()?,
                        _ => self.skip_braces().map(|()| Vec::new())?,
                    };
                    Expression::Composite(Box::new(operand), elements)
                }
                _ => return Some(operand),
            };
        }
    }

    fn operand(&mut self) -> Option<Expression> {
        let token = self.ahead[0]?;
        let part = token.start..token.end;
        match token.kind {
            TokenKind::Identifier => Some(Expression::Name(self.name()?)),
            TokenKind::Number => {
                self.advance();
                let text = std::str::from_utf8(token.text(self.bytes)).ok()?;
                Some(Expression::Number(Arc::from(text)))
            }
            TokenKind::Character => {
                self.advance();
                Some(Expression::Character(part))
            }
            TokenKind::String | TokenKind::RawString => {
                self.advance();
                Some(Expression::Text(part))
            }
            _ if self.is(b"(") => {
                self.advance();
                let inner = self.expression()?;
                self.take(b")").then_some(inner)
            }
            _ if self.is(b"*") => {
                self.advance();
                let inner = self.deeper(Self::unary)?;
                Some(Expression::Pointer(Box::new(inner)))
            }
            _ => self.type_(),
        }
    }

    /// The elements of an array literal: their number, and those that have an index.
    fn elements(&mut self) -> Option<Vec<Element>> {
        self.advance();
        let mut elements = Vec::new();
        while !self.take(b"}") {
            let operands = self.operands;
            if self.clone().skip_element()? {
                elements.push(Element::At(self.expression()?));
                self.operands = operands;
                self.skip_element()?;
            } else if let Some(Element::Plain(count)) = elements.last_mut() {
                *count = count.saturating_add(1);
            } else {
                elements.push(Element::Plain(1));
            }
            self.skip_element()?;
            self.take(b",");
        }
        Some(elements)
    }

    /// Moves to the end of an element, or past the colon which shows that it was only the index.
    fn skip_element(&mut self) -> Option<bool> {
        loop {
            match (self.kind(0)?, self.text(0)) {
                (TokenKind::Operator, b"," | b"}") => return Some(false),
                (TokenKind::Operator, b":") => {
                    self.advance();
                    return Some(true);
                }
                (TokenKind::Operator, b"{" | b"(" | b"[") => self.skip_braces()?,
                _ => _ = self.advance()?,
            }
        }
    }

    /// Moves past the bracket that closes the current one.
    fn skip_braces(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            let token = self.advance()?;
            if token.kind != TokenKind::Operator {
                continue;
            }
            match token.text(self.bytes) {
                b"{" | b"(" | b"[" => depth += 1,
                b"}" | b")" | b"]" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// The expressions between commas up to the end of the statement.
    pub fn expressions(&mut self) -> Option<Vec<Expression>> {
        let mut all = vec![self.expression()?];
        while self.take(b",") {
            all.push(self.expression()?);
        }
        (self.ends_statement() || self.is(b")")).then_some(all)
    }
}
