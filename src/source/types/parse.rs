//! Which type or constant expression do these bytes hold?
//!
//! A recursive descent over the tokens of [`super::super::lexer`], as far as signatures, type
//! declarations and constants need it; function bodies are never read. What it does not know is `None`.

use std::ops::Range;
use std::sync::Arc;

use super::expression::{Expression, FuncType, Operator, WrittenField, WrittenInterface};
use crate::source::lexer::{Lexer, Token, TokenKind};
use crate::types::Direction;

/// How deep expressions lie in each other; the deepest in GOROOT is below 20.
const MOST_DEPTH: usize = 60;

/// How many operands one expression has, so that a tree stays shallow enough to be walked.
const MOST_OPERANDS: usize = 200;

/// Reads one declaration's bytes.
pub struct Parser<'a> {
    bytes: &'a [u8],
    tokens: Lexer<'a>,
    /// The token that is next, and those behind it that were already looked at.
    ahead: [Option<Token>; 3],
    depth: usize,
    operands: usize,
}

impl<'a> Parser<'a> {
    /// Reads `part` and nothing behind it.
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

    /// One level deeper, if there is room for it.
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

    /// `T`, `p.T`, `T[A]`. Without `indexed` a bracket behind the name is left alone.
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

    /// Items between commas up to `end`, which is taken.
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

    /// From `(` of the parameters to the end of the results.
    pub fn signature(&mut self) -> Option<FuncType> {
        let (parameters, variadic) = self.parameters()?;
        let results = match self.text(0) {
            b"(" => self.parameters()?.0,
            _ if self.begins_type(0) => vec![self.type_()?],
            _ => Vec::new(),
        };
        Some(FuncType { parameters, results, variadic })
    }

    /// Whether a type can begin with the token.
    fn begins_type(&self, ahead: usize) -> bool {
        let words: [&[u8]; 9] =
            [b"*", b"(", b"[", b"map", b"chan", b"<-", b"func", b"struct", b"interface"];
        self.is_name(ahead) || words.contains(&self.text(ahead))
    }

    /// A list in parentheses; one type per name, or one per entry where no names are.
    fn parameters(&mut self) -> Option<(Vec<Expression>, bool)> {
        if !self.take(b"(") {
            return None;
        }
        let entries = self.list(b")", Self::parameter)?;
        let variadic = entries.last().is_some_and(|entry| entry.variadic);
        let named = entries.iter().any(|entry| entry.named);
        if !named {
            return Some((entries.into_iter().map(|entry| entry.type_).collect(), variadic));
        }
        // `a, b T`: an entry that is only a name takes the type of the next one that has both.
        let (mut types, mut last) = (Vec::new(), None);
        for entry in entries.into_iter().rev() {
            if entry.named {
                last = Some(entry.type_);
            }
            types.push(last.clone()?);
        }
        types.reverse();
        Some((types, variadic))
    }

    fn parameter(&mut self) -> Option<Parameter> {
        if self.is_name(0) && self.text(1) != b"." {
            let bracketed = self.text(1) == b"[";
            if bracketed {
                return self.bracketed_parameter();
            }
            if self.text(1) == b"..." || self.begins_type(1) {
                self.advance();
                return self.parameter_type(true);
            }
        }
        self.parameter_type(false)
    }

    fn parameter_type(&mut self, named: bool) -> Option<Parameter> {
        let variadic = self.take(b"...");
        let type_ = self.type_()?;
        let type_ = if variadic { Expression::Slice(Box::new(type_)) } else { type_ };
        Some(Parameter { type_, named, variadic })
    }

    /// `a []T`, `a [N]T` or the instance `G[T]`.
    fn bracketed_parameter(&mut self) -> Option<Parameter> {
        let (named, type_) = self.bracketed()?;
        Some(Parameter { type_, named: named.is_some(), variadic: false })
    }

    /// A name and a bracket: either a name and its type, or an instance.
    fn bracketed(&mut self) -> Option<(Option<Arc<str>>, Expression)> {
        let name = self.name()?;
        if self.text(1) == b"]" || self.text(1) == b"..." {
            return Some((Some(name), self.type_()?));
        }
        self.advance();
        let mut inside = self.list(b"]", Self::expression)?;
        if self.begins_type(0) && inside.len() == 1 {
            let length = inside.pop().map(Box::new);
            return Some((Some(name), Expression::Array(length, Box::new(self.type_()?))));
        }
        Some((None, Expression::Index(Box::new(Expression::Name(name)), inside)))
    }

    fn structure(&mut self) -> Option<Expression> {
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

    /// Takes the semicolon behind a field or method; the last one may have none.
    fn end_of_item(&mut self) -> Option<()> {
        if self.is(b"}") {
            return Some(());
        }
        let ended = self.ahead[0]?.ends_statement();
        self.advance();
        ended.then_some(())
    }

    /// The names of a field and its type; no names where it is embedded.
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

    fn interface(&mut self) -> Option<Expression> {
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

    /// A constant expression, or the type of a conversion within one.
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
                    self.skip_braces()?;
                    Expression::Composite(Box::new(operand))
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

    fn skip_braces(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            let token = self.advance()?;
            if token.kind != TokenKind::Operator {
                continue;
            }
            match token.text(self.bytes) {
                b"{" => depth += 1,
                b"}" => depth = depth.saturating_sub(1),
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

struct Parameter {
    type_: Expression,
    named: bool,
    variadic: bool,
}
