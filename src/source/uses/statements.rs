//! Statements, the blocks that they open, and code that never runs.

use super::expressions::Nature;
use super::scopes::Declared;
use super::walk::{Life, Lost, Walk, Walked};

/// Whether the code after a statement in its block can be reached.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    Ends,
}

const ASSIGNS: &[&[u8]] =
    &[b"=", b"+=", b"-=", b"*=", b"/=", b"%=", b"&=", b"|=", b"^=", b"<<=", b">>=", b"&^="];

impl Walk<'_, '_> {
    /// `{ … }`
    pub(super) fn block(&mut self) -> Walked {
        self.deeper(|walk| {
            walk.want(b"{")?;
            walk.scopes.open();
            walk.statements()?;
            walk.scopes.close();
            walk.want(b"}")
        })
    }

    /// Statements up to the end of their block or clause.
    fn statements(&mut self) -> Walked {
        let life = self.life;
        loop {
            match self.tokens.text() {
                _ if self.tokens.is_over() => return Err(Lost),
                b"}" | b"case" | b"default" => break,
                _ if self.tokens.ends_statement() => {
                    self.tokens.at += 1;
                    continue;
                }
                _ if self.is_label() => {
                    self.tokens.at += 2;
                    // A jump may lead to this label.
                    self.life = life;
                    continue;
                }
                _ => {}
            }
            if self.statement()? == Flow::Ends {
                self.life = Life::Dead;
            }
            if !self.tokens.ends_statement() && !self.tokens.is(b"}") {
                return Err(Lost);
            }
        }
        self.life = life;
        Ok(())
    }

    fn is_label(&self) -> bool {
        self.tokens.is_identifier() && self.tokens.ahead(1) == b":"
    }

    fn statement(&mut self) -> Walked<Flow> {
        match self.tokens.text() {
            b"{" => self.block()?,
            b"var" | b"const" | b"type" => self.group(false)?,
            b"if" => self.conditional()?,
            b"for" => self.scoped(Self::looped)?,
            b"switch" => self.scoped(Self::switched)?,
            b"select" => {
                self.tokens.at += 1;
                self.clauses(Life::Live, false)?;
            }
            b"break" | b"continue" | b"goto" | b"fallthrough" => {
                self.tokens.at += 1;
                // Labels have a scope of their own.
                self.tokens.at += usize::from(self.tokens.is_identifier());
                return Ok(Flow::Ends);
            }
            b"return" => {
                self.place(Self::returned)?;
                return Ok(Flow::Ends);
            }
            b"go" | b"defer" => self.place(|walk| {
                walk.tokens.at += 1;
                walk.expression().map(|_| ())
            })?,
            _ => {
                let ends = self.is_panic();
                self.place(Self::simple)?;
                return Ok(if ends { Flow::Ends } else { Flow::On });
            }
        }
        Ok(Flow::On)
    }

    fn scoped(&mut self, walk: impl FnOnce(&mut Self) -> Walked) -> Walked {
        self.deeper(|inner| {
            inner.scopes.open();
            walk(inner)?;
            inner.scopes.close();
            Ok(())
        })
    }

    fn returned(&mut self) -> Walked {
        self.tokens.at += 1;
        if self.tokens.ends_statement() || self.tokens.is(b"}") {
            return Ok(());
        }
        self.expressions().map(|_| ())
    }

    /// An expression, a send, a declaration with `:=`, an assignment, `x++`. Returns the nature if it is an
    /// expression.
    fn simple(&mut self) -> Walked<Nature> {
        let (start, found) = (self.tokens.at, self.found.len());
        if self.tokens.eat(b"range") {
            self.ranged()?;
            return Ok(Nature::Running);
        }
        let mut blank = Vec::new();
        let mut nature = Nature::Constant;
        loop {
            let first = self.tokens.at;
            nature = nature.and(self.expression()?);
            blank.push(self.tokens.at == first + 1 && self.tokens.text_at(first) == b"_");
            if !self.tokens.eat(b",") {
                break;
            }
        }
        let left = start..self.tokens.at;
        match self.tokens.text() {
            b":=" => {
                self.found.truncate(found);
                self.tokens.at += 1;
                self.assigned(&blank)?;
                for at in left {
                    if self.tokens.is_identifier_at(at) {
                        self.scopes.declare(self.tokens.text_at(at), Declared::Other);
                    }
                }
            }
            b"++" | b"--" => self.tokens.at += 1,
            b"<-" => {
                self.tokens.at += 1;
                self.expression()?;
            }
            text if ASSIGNS.contains(&text) => {
                self.tokens.at += 1;
                self.assigned(&blank)?;
            }
            _ => return Ok(nature),
        }
        Ok(Nature::Running)
    }

    /// The values after `=` and `:=`.
    fn assigned(&mut self, blank: &[bool]) -> Walked {
        if self.tokens.eat(b"range") {
            return self.ranged();
        }
        self.values(blank)
    }

    /// The range expression of a loop, which may be a function.
    fn ranged(&mut self) -> Walked {
        let start = self.tokens.at;
        self.expression()?;
        self.root_of_range(start);
        Ok(())
    }

    /// A statement's header; a brace after it begins the block.
    fn header<T>(&mut self, walk: impl FnOnce(&mut Self) -> Walked<T>) -> Walked<T> {
        let literals = std::mem::take(&mut self.literals);
        let walked = self.place(walk);
        self.literals = literals;
        walked
    }

    /// `if … { } else if … { } else { }`, with any number of branches.
    fn conditional(&mut self) -> Walked {
        let mut opened = 0;
        let life = self.life;
        loop {
            self.scopes.open();
            opened += 1;
            let never = self.tokens.ahead(1) == b"false" && self.tokens.ahead(2) == b"{";
            let nature = self.header(|walk| {
                walk.tokens.at += 1;
                walk.conditions()
            })?;
            let (then, otherwise) = match nature {
                Nature::Constant if never => (Life::Dead, Life::Live),
                Nature::Constant => (Life::Doubtful, Life::Doubtful),
                Nature::Running => (Life::Live, Life::Live),
            };
            self.under(then, Self::block)?;
            if !self.tokens.eat(b"else") {
                break;
            }
            self.life = self.life.max(otherwise);
            if !self.tokens.is(b"if") {
                self.block()?;
                break;
            }
        }
        self.life = life;
        (0..opened).for_each(|_| self.scopes.close());
        Ok(())
    }

    /// `[statement;] condition` up to the brace; returns the nature of the condition.
    fn conditions(&mut self) -> Walked<Nature> {
        let mut nature = Nature::Running;
        while !self.tokens.is(b"{") {
            if self.tokens.is_over() {
                return Err(Lost);
            }
            if self.tokens.ends_statement() {
                self.tokens.at += 1;
                nature = Nature::Running;
                continue;
            }
            nature = self.simple()?;
        }
        Ok(nature)
    }

    fn looped(&mut self) -> Walked {
        let never = self.tokens.ahead(1) == b"false";
        let bare = self.tokens.ahead(1) == b"{";
        let nature = self.header(|walk| {
            walk.tokens.at += 1;
            walk.conditions()
        })?;
        let life = match nature {
            Nature::Constant if never => Life::Dead,
            Nature::Constant if !bare => Life::Doubtful,
            _ => Life::Live,
        };
        self.under(life, Self::block)
    }

    fn switched(&mut self) -> Walked {
        let bare = self.tokens.ahead(1) == b"{";
        let nature = self.header(|walk| {
            walk.tokens.at += 1;
            walk.conditions()
        })?;
        let life = if nature == Nature::Constant { Life::Doubtful } else { Life::Live };
        self.clauses(life, bare)
    }

    /// The clauses of a switch or select between their braces. With `bare` each clause is a condition of its own.
    fn clauses(&mut self, life: Life, bare: bool) -> Walked {
        self.want(b"{")?;
        while !self.tokens.eat(b"}") {
            if self.tokens.is_over() {
                return Err(Lost);
            }
            if self.tokens.ends_statement() {
                self.tokens.at += 1;
                continue;
            }
            self.scopes.open();
            let nature = self.place(Self::case)?;
            let life = if bare && nature == Nature::Constant { Life::Doubtful } else { life };
            self.under(life, Self::statements)?;
            self.scopes.close();
        }
        Ok(())
    }

    /// `case a, b:` or `default:`.
    fn case(&mut self) -> Walked<Nature> {
        let mut nature = Nature::Running;
        if !self.tokens.eat(b"default") {
            self.want(b"case")?;
            nature = self.simple()?;
        }
        self.want(b":")?;
        Ok(nature)
    }
}
