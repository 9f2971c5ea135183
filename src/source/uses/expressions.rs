//! Which names does an expression use: its operands, and the selectors, indices and calls behind them?

use super::literals::Keys;
use super::scopes::Declared;
use super::universe::CONVERSIONS;
use super::walk::{Life, Lost, Walk, Walked};

/// What kind of expression it may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// A constant, perhaps.
    Constant,
    Running,
}

impl Nature {
    pub(super) fn and(self, other: Self) -> Self {
        if self == Self::Constant { other } else { self }
    }
}

const BINARY: &[&[u8]] = &[
    b"||", b"&&", b"==", b"!=", b"<", b"<=", b">", b">=", b"+", b"-", b"|", b"^", b"*", b"/", b"%",
    b"<<", b">>", b"&", b"&^",
];

impl Walk<'_, '_> {
    /// One expression, or a type where a type may be written.
    pub(super) fn expression(&mut self) -> Walked<Nature> {
        self.deeper(Self::expression_here)
    }

    fn expression_here(&mut self) -> Walked<Nature> {
        let mut nature = self.unary()?;
        while BINARY.contains(&self.tokens.text()) {
            // The right operand may never be evaluated.
            let decides = matches!(self.tokens.text(), b"&&" | b"||");
            let from = self.found.len();
            self.tokens.at += 1;
            let right = self.unary()?;
            if decides && nature == Nature::Constant {
                self.doubt(from..self.found.len());
            } else {
                nature = nature.and(right);
            }
        }
        Ok(nature)
    }

    /// Expressions separated by commas; returns how many.
    pub(super) fn expressions(&mut self) -> Walked<usize> {
        let mut count = 1;
        self.expression()?;
        while self.tokens.eat(b",") {
            self.expression()?;
            count += 1;
        }
        Ok(count)
    }

    fn unary(&mut self) -> Walked<Nature> {
        let mut address = false;
        loop {
            match self.tokens.text() {
                b"<-" if self.tokens.ahead(1) == b"chan" => break,
                b"+" | b"-" | b"!" | b"^" | b"~" => {}
                b"*" | b"&" | b"<-" => address = true,
                _ => break,
            }
            self.tokens.at += 1;
        }
        let nature = self.operand()?;
        Ok(if address { Nature::Running } else { nature })
    }

    fn operand(&mut self) -> Walked<Nature> {
        let start = self.tokens.at;
        let mut nature = Nature::Running;
        let mut literal = None;
        match self.tokens.text() {
            _ if self.tokens.is_literal() => {
                self.tokens.at += 1;
                nature = Nature::Constant;
            }
            _ if self.tokens.is_identifier() => {
                self.tokens.at += 1;
                nature = self.nature_of(start);
                literal = Some(self.keys_of(start));
            }
            b"(" => {
                self.tokens.at += 1;
                nature = self.bracketed(Self::expression)?;
                self.want(b")")?;
            }
            b"func" => self.function_or_type()?,
            b"[" | b"map" | b"chan" | b"struct" | b"interface" | b"<-" => {
                self.a_type()?;
                if self.tokens.is(b"{") {
                    let fields = self.tokens.text_at(start) == b"struct";
                    self.literal(if fields { Keys::Fields } else { Keys::Expressions })?;
                }
            }
            _ => return Err(Lost),
        }
        self.behind(start, nature, literal)
    }

    /// Walks the content of brackets, where a brace begins a literal again.
    pub(super) fn bracketed<T>(&mut self, walk: impl FnOnce(&mut Self) -> Walked<T>) -> Walked<T> {
        let literals = std::mem::replace(&mut self.literals, true);
        let walked = walk(self);
        self.literals = literals;
        walked
    }

    /// Selectors, indices, calls and the body of a composite literal.
    fn behind(
        &mut self,
        start: usize,
        mut nature: Nature,
        mut literal: Option<Keys>,
    ) -> Walked<Nature> {
        let mut noted = !self.tokens.is_identifier_at(start);
        loop {
            let here = self.tokens.at;
            let selected = here == start + 1 && self.tokens.is(b".");
            if !noted && !selected {
                noted = true;
                self.take(start, here);
            }
            if selected && self.tokens.is_identifier_at(here + 1) {
                self.root_of_import(start);
            }
            match self.tokens.text() {
                b"." => {
                    self.tokens.at += 1;
                    if self.tokens.eat(b"(") {
                        if !self.tokens.eat(b"type") {
                            self.a_type()?;
                        }
                        self.want(b")")?;
                        (nature, literal) = (Nature::Running, None);
                    } else {
                        self.name()?;
                        literal = literal.map(|_| Keys::Unknown);
                    }
                }
                b"[" => {
                    self.index()?;
                    nature = Nature::Running;
                }
                b"(" => {
                    self.root_of_call(start);
                    nature = self.call(start)?;
                    literal = None;
                }
                b"{" if self.literals && literal.is_some() => {
                    self.literal(literal.unwrap_or(Keys::Unknown))?;
                    (nature, literal) = (Nature::Running, None);
                }
                _ => return Ok(nature),
            }
        }
    }

    /// Records the name at `start`; with its member it ends before `end`.
    fn take(&mut self, start: usize, end: usize) {
        // `go f()` and `defer f()` pass the function's value to the runtime.
        let handed = matches!(self.tokens.before(start), b"go" | b"defer");
        let called = self.tokens.text_at(end) == b"(" && !handed;
        let from = self.found.len();
        self.mention(start, !called);
        let taken = !called && self.is_taken(start, end);
        let dropped = self.discards && self.tokens.text_at(end) != b"(";
        for one in self.found.iter_mut().skip(from) {
            one.taken = taken;
            one.sure &= !dropped;
        }
    }

    /// Whether the value of the expression from `from` to `to` is certainly passed on or stored.
    fn is_taken(&self, mut from: usize, mut to: usize) -> bool {
        while self.tokens.before(from) == b"(" && self.tokens.text_at(to) == b")" {
            (from, to) = (from - 1, to + 1);
        }
        let compares = |text: &[u8]| matches!(text, b"==" | b"!=");
        let called = self.tokens.text_at(to) == b"(";
        !called
            && !compares(self.tokens.before(from))
            && !compares(self.tokens.text_at(to))
            && !self.discards
    }

    fn nature_of(&self, at: usize) -> Nature {
        let name = self.tokens.text_at(at);
        let constant = match self.scopes.get(name) {
            Some(Declared::Constant) => true,
            Some(Declared::Other) => false,
            // `true`, or the name of an import.
            None => self.known.is_constant(name) || !self.known.declares(name),
        };
        if constant { Nature::Constant } else { Nature::Running }
    }

    /// `[i]`, `[i:j]`, `[A, B]`.
    fn index(&mut self) -> Walked {
        self.want(b"[")?;
        self.bracketed(|walk| {
            while !walk.tokens.is(b"]") {
                if walk.tokens.eat(b":") || walk.tokens.eat(b",") {
                    continue;
                }
                walk.expression()?;
            }
            Ok(())
        })?;
        self.want(b"]")
    }

    /// `(a, b...)` after the expression that begins at `start`.
    fn call(&mut self, start: usize) -> Walked<Nature> {
        let (found, calls) = (self.found.len(), self.calls);
        let name = if self.scopes.get(self.tokens.text_at(start)).is_none() {
            self.tokens.text_at(start)
        } else {
            b""
        };
        let direct = self.tokens.at == start + 1;
        let sized = name == b"unsafe" && is_constant_of_unsafe(self.tokens.text_at(start + 2));
        let counted = direct && matches!(name, b"len" | b"cap");
        let (fixed, discards) = (self.fixed, std::mem::take(&mut self.discards));
        self.fixed |= sized;
        let opener = self.tokens.at;
        let mut nature = Nature::Constant;
        let prints = direct && matches!(name, b"print" | b"println") && !self.known.declares(name);
        self.want(b"(")?;
        self.bracketed(|walk| {
            while !walk.tokens.is(b")") {
                let (from, calls) = (walk.found.len(), walk.calls);
                nature = nature.and(walk.expression()?);
                if prints && walk.calls == calls {
                    walk.found.iter_mut().skip(from).for_each(|one| one.printed = true);
                }
                walk.tokens.eat(b"...");
                if !walk.tokens.eat(b",") && !walk.tokens.is(b")") {
                    return Err(Lost);
                }
            }
            Ok(())
        })?;
        self.want(b")")?;
        (self.fixed, self.discards) = (fixed, discards);
        if counted && self.calls == calls && !self.is_counted(opener) {
            // For an array it is a constant.
            self.doubt(found..self.found.len());
            return Ok(Nature::Constant);
        }
        if sized {
            return Ok(Nature::Constant);
        }
        let converts = direct && (CONVERSIONS.contains(&name) || self.known.is_type(name));
        if converts && nature == Nature::Constant {
            return Ok(Nature::Constant);
        }
        self.calls += usize::from(!converts);
        Ok(Nature::Running)
    }

    /// Whether the brackets hold only a variable whose length is not constant.
    fn is_counted(&self, opener: usize) -> bool {
        let name = self.tokens.text_at(opener + 1);
        self.tokens.text_at(opener + 2) == b")"
            && self.scopes.get(name).is_none()
            && self.known.is_counted(name)
    }

    /// Whether the statement is a call of the predeclared `panic`.
    pub(super) fn is_panic(&self) -> bool {
        self.tokens.is(b"panic")
            && self.tokens.ahead(1) == b"("
            && self.scopes.get(b"panic").is_none()
            && !self.known.declares(b"panic")
    }

    /// Walks code that runs only if a condition of that nature allows it.
    pub(super) fn under(&mut self, life: Life, walk: impl FnOnce(&mut Self) -> Walked) -> Walked {
        let before = self.life;
        self.life = before.max(life);
        let walked = walk(self);
        self.life = before;
        walked
    }
}

fn is_constant_of_unsafe(name: &[u8]) -> bool {
    matches!(name, b"Sizeof" | b"Alignof" | b"Offsetof")
}
