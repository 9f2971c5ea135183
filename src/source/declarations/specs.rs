//! What does one line of `import`, `var`, `const` or `type` declare?

use std::ops::Range;

use super::Reader;
use crate::source::file::{DeclarationKind, Import, Spec};
use crate::source::lexer::{Token, TokenKind};
use crate::source::literal::string_value;

impl Reader<'_> {
    pub(super) fn import(&mut self) {
        let name = (self.is_identifier(0) || self.is(b".")).then(|| self.text().to_vec());
        if name.is_some() {
            self.advance();
        }
        let Some(token) = self.here.filter(is_string) else {
            self.fault("import path");
            return self.skip_to(&[]);
        };
        let path = string_value(token.text(self.bytes));
        self.file.imports.push(Import { path, name, line: token.line });
        self.advance();
    }

    /// `a, b T = x, y` of `var` and `const`.
    pub(super) fn values(&mut self, kind: &DeclarationKind, spec: Spec, repeated: &mut Repeated) {
        let mut names = Vec::new();
        while self.is_identifier(0) {
            names.extend(self.here);
            self.advance();
            if !self.is(b",") {
                break;
            }
            self.advance();
        }
        if names.is_empty() {
            self.fault("name");
            return self.skip_to(&[]);
        }
        let start = self.offset();
        self.skip_to(&[b"="]);
        let mut signature = self.since(start);
        let mut body = self.nothing();
        let has_body = self.is(b"=");
        if has_body {
            self.advance();
            let start = self.offset();
            self.skip_to(&[]);
            body = self.since(start);
        }
        if *kind == DeclarationKind::Const {
            (signature, body) = repeated.next(has_body, signature, body);
        }
        for (name, position) in names.into_iter().zip(0..) {
            let mut declared = self.declaration(&name, kind.clone(), Spec { position, ..spec });
            declared.has_body = has_body;
            declared.signature = signature.clone();
            declared.body = body.clone();
            self.file.declarations.push(declared);
        }
    }

    pub(super) fn type_spec(&mut self, spec: Spec) {
        let Some(name) = self.here.filter(|token| token.kind == TokenKind::Identifier) else {
            self.fault("name of a type");
            return self.skip_to(&[]);
        };
        self.advance();
        let generic = self.is(b"[") && self.opens_type_parameters();
        let parameters = if generic { self.skip_brackets() } else { self.nothing() };
        let alias = self.is(b"=");
        if alias {
            self.advance();
        }
        let start = self.offset();
        self.skip_to(&[]);
        let signature = self.since(start);
        let mut declared = self.declaration(&name, DeclarationKind::Type { alias }, spec);
        declared.generic = generic;
        declared.parameters = parameters;
        declared.signature = signature;
        self.file.declarations.push(declared);
    }

    /// Whether the bracket after a type's name opens type parameters and not an array's length.
    ///
    /// syntax/parser.go, typeDecl: it does if a name comes first, and what follows is not an expression. `[P *T]` and
    /// `[P (T)]` are lengths, unless a comma follows or T cannot be an expression.
    fn opens_type_parameters(&mut self) -> bool {
        if !self.is_identifier(1) {
            return false;
        }
        match self.text_ahead(2) {
            b"," | b"[" | b"interface" | b"struct" | b"func" | b"map" | b"chan" | b"~" | b"<-" => {
                true
            }
            b"*" | b"(" => self.holds_type_only(),
            _ => self.is_identifier(2),
        }
    }

    /// Whether the current brackets contain a comma, or something that only a type has.
    fn holds_type_only(&mut self) -> bool {
        let mut depth = 0usize;
        let mut ahead = 0;
        while let Some(token) = self.token(ahead) {
            ahead += 1;
            match token.text(self.bytes) {
                b"(" | b"[" | b"{" => depth += 1,
                b")" | b"]" | b"}" => depth = depth.saturating_sub(1),
                b"," if depth == 1 => return true,
                b"interface" | b"struct" | b"func" | b"map" | b"chan" | b"~" => return true,
                _ => {}
            }
            if depth == 0 || token.ends_statement() {
                return false;
            }
        }
        false
    }
}

/// Type and values of the last constant that had its own.
#[derive(Default)]
pub(super) struct Repeated {
    signature: Range<usize>,
    body: Range<usize>,
}

impl Repeated {
    fn next(
        &mut self,
        has_body: bool,
        signature: Range<usize>,
        body: Range<usize>,
    ) -> (Range<usize>, Range<usize>) {
        if has_body {
            *self = Self { signature, body };
        }
        (self.signature.clone(), self.body.clone())
    }
}

fn is_string(token: &Token) -> bool {
    matches!(token.kind, TokenKind::String | TokenKind::RawString)
}
