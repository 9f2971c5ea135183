//! Types, as far as they contain names: lengths of arrays, and the declarations in a signature.

use super::scopes::Declared;
use super::walk::{Lost, Walk, Walked};

impl<'a> Walk<'a, '_> {
    /// Whether a type begins with token `at`.
    pub(super) fn begins_type(&self, at: usize) -> bool {
        self.tokens.is_identifier_at(at)
            || matches!(
                self.tokens.text_at(at),
                b"*" | b"(" | b"[" | b"func" | b"chan" | b"map" | b"struct" | b"interface" | b"<-"
            )
    }

    pub(super) fn a_type(&mut self) -> Walked {
        self.deeper(Self::a_type_here)
    }

    fn a_type_here(&mut self) -> Walked {
        match self.tokens.text() {
            b"*" | b"~" => {
                self.tokens.at += 1;
                self.a_type()
            }
            b"(" => {
                self.tokens.at += 1;
                self.a_type()?;
                self.want(b")")
            }
            b"[" => self.array(),
            b"map" => {
                self.tokens.at += 1;
                self.want(b"[")?;
                self.a_type()?;
                self.want(b"]")?;
                self.a_type()
            }
            b"<-" | b"chan" => {
                self.tokens.eat(b"<-");
                self.want(b"chan")?;
                self.tokens.eat(b"<-");
                self.a_type()
            }
            b"func" => {
                self.tokens.at += 1;
                self.scopes.open();
                let walked = self.signature();
                self.scopes.close();
                walked
            }
            b"struct" => self.structure(),
            b"interface" => self.interface(),
            _ => self.named_type(),
        }
    }

    fn named_type(&mut self) -> Walked {
        let at = self.tokens.at;
        self.name()?;
        let fixed = std::mem::replace(&mut self.fixed, true);
        self.mention(at, false);
        self.fixed = fixed;
        if self.tokens.eat(b".") {
            self.name()?;
        }
        if self.tokens.is(b"[") {
            self.arguments()?;
        }
        Ok(())
    }

    /// `[A, B]` after a generic type.
    fn arguments(&mut self) -> Walked {
        self.want(b"[")?;
        while !self.tokens.eat(b"]") {
            self.a_type()?;
            if !self.tokens.eat(b",") && !self.tokens.is(b"]") {
                return Err(Lost);
            }
        }
        Ok(())
    }

    /// `[]T`, `[...]T`, `[N]T`.
    fn array(&mut self) -> Walked {
        self.want(b"[")?;
        if !self.tokens.eat(b"...") && !self.tokens.is(b"]") {
            self.constant()?;
        }
        self.want(b"]")?;
        self.a_type()
    }

    /// A constant expression.
    pub(super) fn constant(&mut self) -> Walked {
        let fixed = std::mem::replace(&mut self.fixed, true);
        let literals = std::mem::replace(&mut self.literals, true);
        let walked = self.expression();
        (self.fixed, self.literals) = (fixed, literals);
        walked.map(|_| ())
    }

    fn structure(&mut self) -> Walked {
        self.tokens.at += 1;
        self.want(b"{")?;
        while !self.tokens.eat(b"}") {
            self.field()?;
            if self.tokens.is_literal() {
                self.tokens.at += 1;
            }
            self.end_of_member()?;
        }
        Ok(())
    }

    /// Whether the name here is followed by its type: `a T`, `a []T`, `a [N]T`, not `T[A]`.
    fn names_field(&self) -> bool {
        let behind = self.tokens.at + 1;
        if self.tokens.text_at(behind) != b"[" {
            return self.begins_type(behind) || self.tokens.text_at(behind) == b"...";
        }
        let closing = self.tokens.closing(behind);
        closing.is_some_and(|closing| self.begins_type(closing + 1))
    }

    fn field(&mut self) -> Walked {
        let named =
            self.tokens.is_identifier() && (self.tokens.ahead(1) == b"," || self.names_field());
        if named {
            self.name()?;
            while self.tokens.eat(b",") {
                self.name()?;
            }
        }
        self.a_type()
    }

    fn end_of_member(&mut self) -> Walked {
        if self.tokens.is(b"}") {
            return Ok(());
        }
        if !self.tokens.ends_statement() || self.tokens.is_over() {
            return Err(Lost);
        }
        self.tokens.at += 1;
        Ok(())
    }

    fn interface(&mut self) -> Walked {
        self.tokens.at += 1;
        self.want(b"{")?;
        while !self.tokens.eat(b"}") {
            if self.tokens.is_identifier() && self.tokens.ahead(1) == b"(" {
                self.tokens.at += 1;
                self.scopes.open();
                let walked = self.signature();
                self.scopes.close();
                walked?;
            } else {
                self.union()?;
            }
            self.end_of_member()?;
        }
        Ok(())
    }

    fn union(&mut self) -> Walked {
        self.a_type()?;
        while self.tokens.eat(b"|") {
            self.a_type()?;
        }
        Ok(())
    }

    /// `[P any, Q ~int | string]`, which declares names.
    pub(super) fn type_parameters(&mut self) -> Walked {
        self.want(b"[")?;
        while !self.tokens.eat(b"]") {
            let name = self.name()?;
            self.scopes.declare(name, Declared::Other);
            if !self.tokens.eat(b",") {
                self.union()?;
                if !self.tokens.eat(b",") && !self.tokens.is(b"]") {
                    return Err(Lost);
                }
            }
        }
        Ok(())
    }

    /// Parameters and results; they declare names in the open block.
    pub(super) fn signature(&mut self) -> Walked {
        self.parameters()?;
        if self.tokens.is(b"(") {
            return self.parameters();
        }
        if self.begins_type(self.tokens.at) { self.a_type() } else { Ok(()) }
    }

    /// `(a, b int, c ...string)` or `(int, p.T)`: either all entries have names or none.
    pub(super) fn parameters(&mut self) -> Walked {
        self.want(b"(")?;
        let mut names: Vec<&'a [u8]> = Vec::new();
        let mut named = false;
        while !self.tokens.eat(b")") {
            let single = matches!(self.tokens.ahead(1), b"," | b")");
            if self.tokens.is_identifier() && single {
                names.push(self.name()?);
            } else {
                if self.tokens.is_identifier() && self.names_field() {
                    named = true;
                    names.push(self.name()?);
                }
                self.tokens.eat(b"...");
                self.a_type()?;
            }
            if !self.tokens.eat(b",") && !self.tokens.is(b")") {
                return Err(Lost);
            }
        }
        for name in names.into_iter().filter(|_| named) {
            self.scopes.declare(name, Declared::Other);
        }
        Ok(())
    }
}
