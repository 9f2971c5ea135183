//! Declarations, in packages and in functions.

use super::scopes::Declared;
use super::walk::{Lost, Walk, Walked};

impl Walk<'_, '_> {
    /// One declaration of the package, or its clause.
    pub(super) fn declaration(&mut self) -> Walked {
        match self.tokens.text() {
            _ if self.tokens.ends_statement() => Ok(()),
            b"package" | b"import" => {
                self.tokens.at = self.tokens.end_of_declaration(self.tokens.at);
                Ok(())
            }
            b"func" => self.function(),
            b"var" | b"const" | b"type" => self.group(true),
            _ => Err(Lost),
        }
    }

    fn function(&mut self) -> Walked {
        self.want(b"func")?;
        self.scopes.open();
        let method = self.tokens.is(b"(");
        if method {
            let found = self.found.len();
            self.parameters()?;
            self.found.truncate(found);
            self.receiver_types();
        }
        let at = self.tokens.at;
        self.name()?;
        if !method {
            self.own(at);
        }
        if self.tokens.is(b"[") {
            self.type_parameters()?;
        }
        self.signature()?;
        if self.tokens.is(b"{") {
            self.block()?;
        }
        self.scopes.close();
        Ok(())
    }

    /// `(t *T[A, B])` declares `A` and `B`.
    fn receiver_types(&mut self) {
        let close = self.tokens.at.saturating_sub(2);
        if self.tokens.text_at(close) != b"]" {
            return;
        }
        let open = (0..close).rev().find(|at| self.tokens.text_at(*at) == b"[");
        for at in open.unwrap_or(close)..close {
            if self.tokens.is_identifier_at(at) {
                let name = self.tokens.text_at(at);
                self.scopes.declare(name, Declared::Other);
            }
        }
    }

    /// `var`, `const` or `type`, alone or in parentheses.
    pub(super) fn group(&mut self, package: bool) -> Walked {
        let word = self.tokens.text();
        self.tokens.at += 1;
        if !self.tokens.eat(b"(") {
            return self.spec(word, package);
        }
        while !self.tokens.eat(b")") {
            if self.tokens.is_over() {
                return Err(Lost);
            }
            if self.tokens.ends_statement() {
                self.tokens.at += 1;
                continue;
            }
            self.spec(word, package)?;
        }
        Ok(())
    }

    fn spec(&mut self, word: &[u8], package: bool) -> Walked {
        match word {
            b"type" => self.type_spec(),
            _ => self.place(|walk| walk.value_spec(word == b"const", package)),
        }
    }

    fn value_spec(&mut self, constant: bool, package: bool) -> Walked {
        let first = self.tokens.at;
        self.name()?;
        while self.tokens.eat(b",") {
            self.name()?;
        }
        let names = first..self.tokens.at;
        let blank: Vec<bool> =
            names.clone().step_by(2).map(|at| self.tokens.text_at(at) == b"_").collect();
        if package && !constant {
            names.clone().for_each(|at| self.own(at));
        }
        if !self.tokens.is(b"=") && !self.tokens.ends_statement() && !self.tokens.is(b")") {
            self.a_type()?;
        }
        if self.tokens.eat(b"=") {
            let fixed = self.fixed;
            self.fixed |= constant;
            self.values(&blank)?;
            self.fixed = fixed;
        }
        let declared = if constant { Declared::Constant } else { Declared::Other };
        for at in names.step_by(2) {
            self.scopes.declare(self.tokens.text_at(at), declared);
        }
        Ok(())
    }

    /// Values that are assigned; `blank` says which of them to `_`.
    pub(super) fn values(&mut self, blank: &[bool]) -> Walked {
        let mut dropped = Vec::new();
        let discards = self.discards;
        let mut count = 0;
        loop {
            let from = self.found.len();
            self.discards = blank.get(count).copied().unwrap_or_default();
            self.expression()?;
            if self.discards {
                dropped.push(from..self.found.len());
            }
            count += 1;
            if !self.tokens.eat(b",") {
                break;
            }
        }
        self.discards = discards;
        // `_, x = T(f), p.Get()`: what looks like a call may be a conversion.
        for range in dropped.into_iter().filter(|_| count > 1) {
            let found = self.found.get_mut(range).into_iter().flatten();
            found.filter(|one| one.value).for_each(|one| one.sure = false);
        }
        Ok(())
    }

    fn type_spec(&mut self) -> Walked {
        let name = self.name()?;
        self.scopes.declare(name, Declared::Other);
        self.scopes.open();
        if self.tokens.is(b"[") && self.is_parameter_list() {
            self.type_parameters()?;
        }
        self.tokens.eat(b"=");
        let walked = self.a_type();
        self.scopes.close();
        walked
    }

    /// Whether the brackets hold type parameters and not the length of an array: `[P any]`, `[P, Q T]`, `[P *T, …]`.
    fn is_parameter_list(&self) -> bool {
        let first = self.tokens.at + 1;
        if !self.tokens.is_identifier_at(first) {
            return false;
        }
        match self.tokens.text_at(first + 1) {
            b"*" | b"(" => {
                let close = self.tokens.closing(self.tokens.at).unwrap_or(first);
                (first..close)
                    .any(|at| matches!(self.tokens.text_at(at), b"," | b"interface" | b"~"))
            }
            b"," | b"~" => true,
            _ => self.begins_type(first + 1),
        }
    }
}
