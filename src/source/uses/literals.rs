//! Which names does a literal use: the keys and values of a composite one, the body of a function?

use super::walk::{Lost, Walk, Walked};

/// The kind of the keys in a composite literal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    Fields,
    Expressions,
    Unknown,
}

impl Walk<'_, '_> {
    pub(super) fn keys_of(&self, at: usize) -> Keys {
        let name = self.tokens.text_at(at);
        let fields = self.scopes.get(name).is_none() && self.known.is_struct(name);
        if fields { Keys::Fields } else { Keys::Unknown }
    }

    pub(super) fn literal(&mut self, keys: Keys) -> Walked {
        self.deeper(|walk| walk.bracketed(|walk| walk.elements(keys)))
    }

    fn elements(&mut self, keys: Keys) -> Walked {
        let brace = self.tokens.line(self.tokens.at);
        self.want(b"{")?;
        while !self.tokens.is(b"}") {
            let first = self.tokens.at;
            let back = self.places.open_element(self.tokens.line(first), brace);
            let walked = self.element(keys);
            let (last, alone) = self.extent(first);
            self.places.close(last, alone, back);
            walked?;
            if !self.tokens.eat(b",") && !self.tokens.is(b"}") {
                return Err(Lost);
            }
        }
        self.want(b"}")
    }

    /// `value` or `key: value`.
    fn element(&mut self, keys: Keys) -> Walked {
        let (start, found) = (self.tokens.at, self.found.len());
        self.value()?;
        if !self.tokens.eat(b":") {
            return Ok(());
        }
        let is_name = self.tokens.is_identifier_at(start) && self.tokens.at == start + 2;
        match keys {
            Keys::Fields => self.found.truncate(found),
            Keys::Unknown if is_name => self.doubt(found..self.found.len()),
            Keys::Unknown | Keys::Expressions => {}
        }
        self.value()
    }

    fn value(&mut self) -> Walked {
        if self.tokens.is(b"{") {
            return self.literal(Keys::Unknown);
        }
        self.expression().map(|_| ())
    }

    /// `func(…) {…}`, or only its type. The statements of a body have places of their own.
    pub(super) fn function_or_type(&mut self) -> Walked {
        self.tokens.at += 1;
        self.scopes.open();
        self.signature()?;
        if self.tokens.is(b"{") {
            let open = self.tokens.at;
            let close = self.tokens.closing(open).ok_or(Lost)?;
            self.places.body(self.tokens.line(open), self.tokens.line(close));
            let place = self.places.here.take();
            let discards = std::mem::take(&mut self.discards);
            self.bracketed(Self::block)?;
            (self.places.here, self.discards) = (place, discards);
        }
        self.scopes.close();
        Ok(())
    }
}
