//! Where do a file's package clause, imports and declarations begin and end?
//!
//! Reads the tokens of a file outside brackets and skips bodies by their brackets. Types and expressions are only
//! byte ranges here; other files read them.

mod brackets;
mod specs;

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use brackets::Receiver;
use specs::Repeated;

use super::directive;
use super::file::{Declaration, DeclarationKind, Fault, GoFile, Spec};
use super::header;
use super::lexer::{Lexer, Token, TokenKind, is_to_a_tool};

impl GoFile {
    /// Reads a file, however broken it is.
    #[must_use]
    pub fn parse(bytes: impl Into<Arc<Vec<u8>>>) -> Self {
        let bytes = bytes.into();
        let mut file =
            Self { constraint_lines: header::constraint_lines(&bytes), ..Self::default() };
        read(&mut file, &bytes);
        file.bytes = bytes;
        file
    }
}

/// Fills `file` with what `bytes` declare and what their comments say.
fn read(file: &mut GoFile, bytes: &[u8]) {
    // Go's own files declare something every 300 bytes; the list is long, and growing it copies it.
    file.declarations.reserve(bytes.len() / 512);
    let mut reader = Reader {
        file,
        bytes,
        lexer: Lexer::new(bytes),
        here: None,
        ahead: VecDeque::new(),
        at: 0,
        end: 0,
        open: Vec::new(),
        noescape: None,
    };
    reader.here = reader.pull();
    reader.read_file();
}

struct Reader<'a> {
    file: &'a mut GoFile,
    bytes: &'a [u8],
    lexer: Lexer<'a>,
    /// The next token to read; never a comment.
    here: Option<Token>,
    /// Tokens after it that were already read.
    ahead: VecDeque<Token>,
    /// How many tokens were read.
    at: usize,
    /// Offset after the last of them.
    end: usize,
    /// The open brackets while brackets are skipped; one list that is reused.
    open: Vec<u8>,
    /// Offset of the last `//go:noescape`.
    noescape: Option<usize>,
}

/// What a group such as `var (…)` consists of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Import,
    Var,
    Const,
    Type,
}

impl<'a> Reader<'a> {
    /// The token `ahead` places after the current one.
    fn token(&mut self, ahead: usize) -> Option<Token> {
        let Some(behind) = ahead.checked_sub(1) else { return self.here };
        while self.ahead.len() <= behind {
            let token = self.pull()?;
            self.ahead.push_back(token);
        }
        self.ahead.get(behind).copied()
    }

    /// The next token from the lexer.
    fn pull(&mut self) -> Option<Token> {
        loop {
            self.lexer.pass_prose();
            let token = self.lexer.next()?;
            if !self.passes(&token) {
                return Some(token);
            }
        }
    }

    /// Handles tokens outside the grammar; returns whether `token` is one.
    fn passes(&mut self, token: &Token) -> bool {
        if !token.is_finished(self.bytes) {
            let unknown = token.kind == TokenKind::Unknown;
            self.fault_at(token, if unknown { "token" } else { "end of a literal or comment" });
        }
        if !token.is_comment() {
            return false;
        }
        if is_to_a_tool(token.text(self.bytes)) {
            self.file.read_comment(self.bytes, token);
            if directive::is_noescape(self.bytes, token) {
                self.noescape = Some(token.start);
            }
        }
        true
    }

    /// Moves past the current token.
    fn advance(&mut self) {
        if let Some(token) = self.here {
            self.at += 1;
            self.end = token.end;
            self.here = self.ahead.pop_front().or_else(|| self.pull());
        }
    }

    fn text(&self) -> &'a [u8] {
        self.here.map(|token| token.text(self.bytes)).unwrap_or_default()
    }

    fn text_ahead(&mut self, ahead: usize) -> &'a [u8] {
        self.token(ahead).map(|token| token.text(self.bytes)).unwrap_or_default()
    }

    /// Whether the current token is `text`: a keyword or an operator.
    fn is(&self, text: &[u8]) -> bool {
        self.text() == text
    }

    fn is_identifier(&mut self, ahead: usize) -> bool {
        self.token(ahead).is_some_and(|token| token.kind == TokenKind::Identifier)
    }

    fn at_end(&self) -> bool {
        self.here.is_none_or(|token| token.ends_statement())
    }

    /// Offset where the current token begins, or the end of the file.
    fn offset(&self) -> usize {
        self.here.map_or(self.bytes.len(), |token| token.start)
    }

    /// The range read since `start`, without white space at the end; empty if nothing was read.
    fn since(&self, start: usize) -> Range<usize> {
        start..self.end.max(start)
    }

    /// An empty range after the last token that was read.
    fn nothing(&self) -> Range<usize> {
        self.end..self.end
    }

    fn fault(&mut self, wanted: &'static str) {
        match self.here {
            Some(token) => self.fault_at(&token, wanted),
            None => {
                let (line, column) = self.lexer.place();
                self.file.fault.get_or_insert(Fault { line, column, wanted });
            }
        }
    }

    fn fault_at(&mut self, token: &Token, wanted: &'static str) {
        let Token { line, column, .. } = *token;
        self.file.fault.get_or_insert(Fault { line, column, wanted });
    }

    fn read_file(&mut self) {
        if self.is(b"package") && self.is_identifier(1) {
            self.file.package = self.text_ahead(1).to_vec();
            self.advance();
            self.advance();
            self.end_declaration();
        } else {
            self.fault("package clause");
        }
        while self.here.is_some() {
            let before = self.at;
            if self.at_end() {
                self.advance();
                continue;
            }
            match self.text() {
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
            if self.at == before {
                // A closing bracket without an opening one.
                self.advance();
            }
        }
    }

    fn end_declaration(&mut self) {
        if !self.at_end() {
            self.fault("end of the declaration");
            self.skip_to(&[]);
        }
    }

    /// Moves to the first token in `stops`, or to the end of the statement or group. Brackets of every kind are
    /// skipped.
    fn skip_to(&mut self, stops: &[&[u8]]) {
        while let Some(token) = self.here {
            let text = token.text(self.bytes);
            if token.ends_statement() || (stops.contains(&text) && is_operator(&token)) {
                return;
            }
            match text {
                b"(" | b"[" | b"{" if is_operator(&token) => _ = self.skip_brackets(),
                b")" | b"]" | b"}" if is_operator(&token) => return,
                _ => self.advance(),
            }
        }
    }

    fn group(&mut self, group: Group) {
        let mut spec = Spec { group: self.offset(), index: 0, position: 0 };
        self.advance();
        if !self.is(b"(") {
            self.spec(group, spec, &mut Repeated::default());
            return;
        }
        self.advance();
        let mut repeated = Repeated::default();
        while self.here.is_some() && !self.is(b")") {
            if self.at_end() {
                self.advance();
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
                self.advance();
            }
        }
        if !self.is(b")") {
            self.fault("closing parenthesis");
        }
        self.advance();
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
        // A comment before this offset belongs to the declaration that ended there.
        let noescape = self.noescape.is_some_and(|offset| (self.end..keyword).contains(&offset));
        self.advance();
        let receiver = self.is(b"(").then(|| self.receiver());
        let Some(name) = self.here.filter(|token| token.kind == TokenKind::Identifier) else {
            self.fault("name of a function");
            return self.skip_to(&[]);
        };
        self.advance();
        let has_parameters = self.is(b"[");
        let parameters = if has_parameters { self.skip_brackets() } else { self.nothing() };
        let signature = self.skip_signature();
        let has_body = self.is(b"{");
        let body = if has_body { self.skip_brackets() } else { self.nothing() };
        let spec = Spec { group: keyword, ..Spec::default() };
        let (kind, of_generic, receiver) = receiver.map_or(
            (DeclarationKind::Func, false, parameters),
            |Receiver { name, pointer, generic, span }| {
                (DeclarationKind::Method { receiver: name, pointer }, generic, span)
            },
        );
        let mut declared = self.declaration(&name, kind, spec);
        declared.has_body = has_body;
        declared.generic = has_parameters || of_generic;
        declared.noescape = noescape;
        declared.signature = signature;
        declared.body = body;
        declared.parameters = receiver;
        self.file.declarations.push(declared);
    }

    /// Parameters and results. A brace is part of them only after `struct` and `interface`.
    fn skip_signature(&mut self) -> Range<usize> {
        let start = self.offset();
        while let Some(token) = self.here {
            let text = token.text(self.bytes);
            if token.ends_statement() || (is_operator(&token) && text == b"{") {
                break;
            }
            if is_operator(&token) && matches!(text, b"(" | b"[") {
                self.skip_brackets();
                continue;
            }
            self.advance();
            if matches!(text, b"struct" | b"interface") && self.is(b"{") {
                self.skip_brackets();
            }
        }
        self.since(start)
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

fn is_operator(token: &Token) -> bool {
    token.kind == TokenKind::Operator
}
