//! Does a package itself allocate the values whose pointers it passes to one of its functions?
//!
//! A callee that writes more than the local type holds does harm only if local code allocated the value: a value from
//! another package has the size that that package's type has. Read from tokens: `new(T)`, `&T{…}`, a variable or
//! field of type T, `[n]T`; and in a call the argument `&x` or `new(…)`. A value that is made in another way is not
//! found.

use super::lexer::{Lexer, Token, TokenKind};

/// A question about a package's files.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// The type, if the package declares it; else empty.
    pub(crate) type_name: &'a [u8],
    /// The function that takes the pointer.
    pub(crate) function: &'a [u8],
    /// Which of its parameters, from 0.
    pub(crate) parameter: usize,
}

impl Asked<'_> {
    /// Whether the text of a file makes a value that it may pass to the function.
    #[must_use]
    pub(crate) fn is_allocated_in(&self, bytes: &[u8]) -> bool {
        let finder = memchr::memmem::find;
        let named = |name: &[u8]| !name.is_empty() && finder(bytes, name).is_some();
        if !named(self.type_name) && !named(self.function) {
            return false;
        }
        let tokens: Vec<Token> = Lexer::new(bytes).filter(|token| !token.is_comment()).collect();
        let file = File { bytes, tokens: &tokens };
        (0..tokens.len())
            .any(|at| self.is_value_of_type(&file, at) || self.is_call_with_own(&file, at))
    }

    /// Whether the type is used here to make a value of it.
    fn is_value_of_type(&self, file: &File<'_>, at: usize) -> bool {
        if self.type_name.is_empty() || file.text(at) != self.type_name {
            return false;
        }
        let (before, behind) = (file.before(at, 1), file.text(at + 1));
        let ends = file.ends(at + 1) || behind == b"=" || behind == b"}";
        match before {
            b"(" => file.before(at, 2) == b"new" && behind == b")",
            b"&" => behind == b"{",
            b":=" | b"=" if behind == b"{" => true,
            b"]" if file.before(at, 2) == b"[" => file.before(at, 4) == b"make",
            b"]" => true,
            // `x T` declares a variable or a field; `type x T` declares another type.
            _ => ends && file.is_name(at.wrapping_sub(1)) && file.before(at, 2) != b"type",
        }
    }

    /// Whether it is a call of the function whose argument is the address of a variable or of a new value.
    fn is_call_with_own(&self, file: &File<'_>, at: usize) -> bool {
        let called = file.text(at) == self.function
            && file.text(at + 1) == b"("
            && ![&b"func"[..], b".", b")"].contains(&file.before(at, 1));
        called && file.argument(at + 2, self.parameter).is_some_and(|at| file.makes_value(at))
    }
}

struct File<'a> {
    bytes: &'a [u8],
    tokens: &'a [Token],
}

impl<'a> File<'a> {
    fn text(&self, at: usize) -> &'a [u8] {
        self.tokens.get(at).map(|token| token.text(self.bytes)).unwrap_or_default()
    }

    fn before(&self, at: usize, back: usize) -> &'a [u8] {
        at.checked_sub(back).map(|at| self.text(at)).unwrap_or_default()
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Identifier)
    }

    fn ends(&self, at: usize) -> bool {
        let literal = [TokenKind::String, TokenKind::RawString];
        self.tokens
            .get(at)
            .is_none_or(|token| token.ends_statement() || literal.contains(&token.kind))
    }

    /// Where argument `number` begins, if the first one begins at `from`.
    fn argument(&self, from: usize, number: usize) -> Option<usize> {
        let (mut depth, mut seen) = (0_usize, 0_usize);
        for at in from..self.tokens.len() {
            if depth == 0 && seen == number {
                return Some(at);
            }
            match self.text(at) {
                b"(" | b"[" | b"{" => depth += 1,
                b")" | b"]" | b"}" => depth = depth.checked_sub(1)?,
                b"," if depth == 0 => seen += 1,
                _ => {}
            }
        }
        None
    }

    /// `&x`, `&T{`, `new(`.
    fn makes_value(&self, at: usize) -> bool {
        match self.text(at) {
            b"&" => self.is_name(at + 1) && [&b","[..], b")", b"{"].contains(&self.text(at + 2)),
            b"new" => self.text(at + 1) == b"(",
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_made(text: &str) -> bool {
        let asked = Asked { type_name: b"hiter", function: b"next", parameter: 1 };
        asked.is_allocated_in(format!("package p\n{text}\n").as_bytes())
    }

    #[test]
    fn values_are_made_here() {
        for text in [
            "func g() { next(m, &hiter{}) }",
            "func g() { it := new(hiter); _ = it }",
            "var it hiter",
            "var it hiter = other",
            "type iter struct {\n it hiter\n}",
            "type iter struct { it hiter }",
            "var its [4]hiter",
            "func g() { its := make([]hiter, 2); _ = its }",
            "func g() { it := hiter{}; _ = it }",
            "func g() { var x T; next(m, &x) }",
            "func g() { next(f(1, 2), new(T)) }",
        ] {
            assert!(is_made(text), "{text}");
        }
    }

    #[test]
    fn values_come_from_elsewhere() {
        for text in [
            "type hiter struct { a int }",
            "type other hiter",
            "func next(m T, it *hiter)",
            "func g(it *hiter) { next(m, it) }",
            "func g() { it := (*hiter)(p); next(m, it) }",
            "func g() { next(&x, f(2)) }",
            "func g() { next(m, &x.field) }",
            "func g() { x.next(m, &x) }",
            "var it *hiter",
            "var its []*hiter",
        ] {
            assert!(!is_made(text), "{text}");
        }
    }
}
