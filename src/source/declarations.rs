//! Where do a file's package clause, imports and declarations begin and end?
//!
//! Reads tokens at the level of the file and steps over bodies by their brackets. Types and expressions
//! are spans here: what they mean is for those who ask.

mod specs;

use std::ops::Range;

use specs::Repeated;

use super::file::{Declaration, DeclarationKind, Fault, GoFile, Spec};
use super::lexer::{Token, TokenKind};

/// Fills `file` with what `tokens`, which hold no comments, declare. `noescape` are the offsets of
/// `//go:noescape` comments.
pub(super) fn read(file: &mut GoFile, bytes: &[u8], tokens: &[Token], noescape: &[usize]) {
    let mut reader = Reader { file, bytes, tokens, at: 0, noescape, declared_until: 0 };
    reader.read_file();
}

struct Reader<'a> {
    file: &'a mut GoFile,
    bytes: &'a [u8],
    tokens: &'a [Token],
    at: usize,
    noescape: &'a [usize],
    /// Offset behind the declaration before this one: comments from there on belong to this one.
    declared_until: usize,
}

/// What `var (…)` and the like consist of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Import,
    Var,
    Const,
    Type,
}

impl<'a> Reader<'a> {
    fn token(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + ahead)
    }

    fn text(&self, ahead: usize) -> &'a [u8] {
        self.token(ahead).map(|token| token.text(self.bytes)).unwrap_or_default()
    }

    /// Whether the token here is `text`: a keyword or an operator.
    fn is(&self, text: &[u8]) -> bool {
        self.text(0) == text
    }

    fn is_identifier(&self, ahead: usize) -> bool {
        self.token(ahead).is_some_and(|token| token.kind == TokenKind::Identifier)
    }

    fn at_end(&self) -> bool {
        self.token(0).is_none_or(Token::ends_statement)
    }

    /// Offset at which the token here begins, or the file ends.
    fn offset(&self) -> usize {
        self.token(0).map_or(self.bytes.len(), |token| token.start)
    }

    /// Offset at which the token before this one ends.
    fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.end)
    }

    /// What was read from `start` on, without the white space behind it; empty where nothing was.
    fn since(&self, start: usize) -> Range<usize> {
        start..self.end().max(start)
    }

    fn fault(&mut self, wanted: &'static str) {
        let last = self.tokens.last();
        let line = self.token(0).or(last).map_or(1, |token| token.line);
        self.file.fault.get_or_insert(Fault { line, wanted });
    }

    fn read_file(&mut self) {
        if self.is(b"package") && self.is_identifier(1) {
            self.file.package = self.text(1).to_vec();
            self.at += 2;
            self.end_declaration();
        } else {
            self.fault("package clause");
        }
        while self.token(0).is_some() {
            let before = self.at;
            if self.at_end() {
                self.at += 1;
                continue;
            }
            match self.text(0) {
                b"import" => self.group(Group::Import),
                b"var" => self.group(Group::Var),
                b"const" => self.group(Group::Const),
                b"type" => self.group(Group::Type),
                b"func" => self.function(),
                _ => {
                    self.fault("declaration");
                    self.skip_to(&[]);
                }
            }
            self.end_declaration();
            // A closing bracket that nothing opened.
            self.at += usize::from(self.at == before);
        }
    }

    fn end_declaration(&mut self) {
        if !self.at_end() {
            self.fault("end of the declaration");
            self.skip_to(&[]);
        }
        self.declared_until = self.end();
    }

    /// Moves to the first token of `stops`, or to the end of the statement or of the group it stands in.
    /// Brackets of every kind are stepped over.
    fn skip_to(&mut self, stops: &[&[u8]]) {
        while let Some(token) = self.token(0) {
            let text = token.text(self.bytes);
            if token.ends_statement() || (stops.contains(&text) && is_operator(token)) {
                return;
            }
            match text {
                b"(" | b"[" | b"{" if is_operator(token) => _ = self.skip_brackets(),
                b")" | b"]" | b"}" if is_operator(token) => return,
                _ => self.at += 1,
            }
        }
    }

    /// Moves behind the bracket that closes the one that opens here.
    fn skip_brackets(&mut self) -> Range<usize> {
        let start = self.offset();
        let mut depth = 0usize;
        while let Some(token) = self.token(0) {
            self.at += 1;
            if is_operator(token) {
                match token.text(self.bytes) {
                    b"(" | b"[" | b"{" => depth += 1,
                    b")" | b"]" | b"}" => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            if depth == 0 {
                return start..token.end;
            }
        }
        self.fault("closing bracket");
        start..self.bytes.len()
    }

    fn group(&mut self, group: Group) {
        let mut spec = Spec { group: self.offset(), index: 0, position: 0 };
        self.at += 1;
        if !self.is(b"(") {
            self.spec(group, spec, &mut Repeated::default());
            return;
        }
        self.at += 1;
        let mut repeated = Repeated::default();
        while self.token(0).is_some() && !self.is(b")") {
            if self.at_end() {
                self.at += 1;
                continue;
            }
            let before = self.at;
            self.spec(group, spec, &mut repeated);
            spec.index = spec.index.saturating_add(1);
            if !self.at_end() && !self.is(b")") {
                self.fault("end of the specification");
                self.skip_to(&[]);
            }
            if self.at == before {
                self.at += 1;
            }
        }
        if !self.is(b")") {
            self.fault("closing parenthesis");
        }
        self.at += 1;
    }

    fn spec(&mut self, group: Group, spec: Spec, repeated: &mut Repeated) {
        match group {
            Group::Import => self.import(),
            Group::Type => self.type_spec(spec),
            Group::Var => self.values(&DeclarationKind::Var, spec, repeated),
            Group::Const => self.values(&DeclarationKind::Const, spec, repeated),
        }
    }

    fn function(&mut self) {
        let keyword = self.offset();
        let noescape =
            self.noescape.iter().any(|offset| (self.declared_until..keyword).contains(offset));
        self.at += 1;
        let receiver = self.is(b"(").then(|| self.receiver());
        let Some(name) = self.token(0).filter(|token| token.kind == TokenKind::Identifier) else {
            self.fault("name of a function");
            return self.skip_to(&[]);
        };
        self.at += 1;
        let has_parameters = self.is(b"[");
        let parameters = if has_parameters { self.skip_brackets() } else { self.end()..self.end() };
        let signature = self.skip_signature();
        let has_body = self.is(b"{");
        let body = if has_body { self.skip_brackets() } else { self.end()..self.end() };
        let spec = Spec { group: keyword, ..Spec::default() };
        let (kind, of_generic, receiver) = receiver.map_or(
            (DeclarationKind::Func, false, parameters),
            |Receiver { name, pointer, generic, span }| {
                (DeclarationKind::Method { receiver: name, pointer }, generic, span)
            },
        );
        let mut declared = self.declaration(name, kind, spec);
        declared.has_body = has_body;
        declared.generic = has_parameters || of_generic;
        declared.noescape = noescape;
        declared.signature = signature;
        declared.body = body;
        declared.parameters = receiver;
        self.file.declarations.push(declared);
    }

    /// Parameters and results. A brace belongs to them only behind `struct` and `interface`.
    fn skip_signature(&mut self) -> Range<usize> {
        let start = self.offset();
        while let Some(token) = self.token(0) {
            let text = token.text(self.bytes);
            if token.ends_statement() || (is_operator(token) && text == b"{") {
                break;
            }
            if is_operator(token) && matches!(text, b"(" | b"[") {
                self.skip_brackets();
                continue;
            }
            self.at += 1;
            if matches!(text, b"struct" | b"interface") && self.is(b"{") {
                self.skip_brackets();
            }
        }
        self.since(start)
    }

    /// `(r *T[P])`: the last name outside of brackets is the type's.
    fn receiver(&mut self) -> Receiver {
        let first = self.at;
        let span = self.skip_brackets();
        let inside = self.tokens.get(first..self.at).unwrap_or_default();
        let mut receiver = Receiver { name: Vec::new(), pointer: false, generic: false, span };
        let mut depth = 0usize;
        for token in inside {
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
        }
        receiver
    }

    fn declaration(&self, name: &Token, kind: DeclarationKind, spec: Spec) -> Declaration {
        let nothing = name.end..name.end;
        Declaration {
            name: name.text(self.bytes).to_vec(),
            kind,
            line: name.line,
            column: name.column,
            has_body: false,
            generic: false,
            noescape: false,
            signature: nothing.clone(),
            body: nothing.clone(),
            parameters: nothing,
            spec,
        }
    }
}

struct Receiver {
    name: Vec<u8>,
    pointer: bool,
    generic: bool,
    span: Range<usize>,
}

fn is_operator(token: &Token) -> bool {
    token.kind == TokenKind::Operator
}
