//! Where does a file use what its package declares under a name, and where only the name?
//!
//! A parameter, a variable of a function, a field or a label may bear the name of a package's function, and
//! then a line that holds the name says nothing about the function. No scopes are resolved: in a declaration at
//! package level that declares the name once more, no use of it counts as sure.

use std::collections::BTreeSet;
use std::ops::Range;

use super::lexer::{Lexer, Token, TokenKind};

/// A name at a place, not behind a dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use<'a> {
    /// The name.
    pub name: &'a [u8],
    /// Line, from 1.
    pub line: u32,
    /// Whether it certainly stands for what the package declares.
    pub sure: bool,
    /// Whether it, or its member, may be used otherwise than in a call: passed on, stored, compared.
    pub value: bool,
    /// Whether it certainly is passed on or stored: not compared, not given to `_`, not called as `(f)(x)`.
    pub taken: bool,
    /// The name behind a dot that follows: `F` of `p.F`.
    pub member: Option<&'a [u8]>,
}

/// The uses of `names` in the bytes of a file, in its order.
#[must_use]
pub fn uses<'a>(bytes: &'a [u8], names: &BTreeSet<&[u8]>) -> Vec<Use<'a>> {
    let file = Words::read(bytes);
    let mut found = Vec::new();
    for part in file.declarations() {
        let here: Vec<usize> = part.clone().filter(|at| file.is_named(*at, names)).collect();
        let hidden: BTreeSet<&[u8]> = here
            .iter()
            .filter(|at| file.declares_again(**at, part.start))
            .map(|at| file.text(*at))
            .collect();
        found.extend(here.into_iter().map(|at| {
            let name = file.text(at);
            let own = file.is_own_declaration(at, part.start);
            let sure = own || !(hidden.contains(name) || file.is_other_name(at, part.start));
            let line = file.tokens.get(at).map_or(0, |token| token.line);
            let member = file.text(at + 1) == b"." && file.is_identifier(at + 2);
            let member = member.then(|| file.text(at + 2));
            let behind = if member.is_some() { at + 3 } else { at + 1 };
            // `go f()` and `defer f()` hand the function's value to the runtime.
            let called = file.text(behind) == b"(" && !matches!(file.before(at), b"go" | b"defer");
            let value = !own && !called;
            Use { name, line, sure, value, taken: value && file.is_taken(at, behind), member }
        }));
    }
    found
}

/// The tokens of a file without its comments.
struct Words<'a> {
    bytes: &'a [u8],
    tokens: Vec<Token>,
    /// Of each token.
    places: Vec<Place>,
}

/// Where a token stands. All of it is noted on the way through the file: who looks back from each token of a list
/// needs the square of its length.
#[derive(Clone, Copy, Default)]
struct Place {
    /// The bracket that encloses it; for a closing one its own.
    opener: Option<usize>,
    /// The first of the names and commas that stand before it without anything else between.
    names_from: usize,
    /// Whether its statement has an `=` before it.
    assigned: bool,
    /// Whether its statement has a `_` before it.
    blank: bool,
    /// Whether its statement has a `_` and behind that an `=` or `:=` before it.
    discarded: bool,
    /// Whether it ends a list of names behind `var`, `const` or `type`.
    declared: bool,
    /// Whether it begins a list of names before `:=`.
    defined: bool,
}

/// What a pair of brackets encloses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Enclosure {
    /// Receiver, type parameters, parameters or results.
    Signature,
    /// The fields of a struct or the methods of an interface.
    Members,
    /// `var (`, `const (`, `type (`.
    Group,
    /// Anything else.
    Plain,
}

impl<'a> Words<'a> {
    fn read(bytes: &'a [u8]) -> Self {
        let tokens: Vec<Token> = Lexer::new(bytes).filter(|token| !token.is_comment()).collect();
        let mut words = Self { bytes, tokens, places: Vec::new() };
        let mut open = Vec::new();
        for at in 0..words.tokens.len() {
            let place = Place { opener: open.last().copied(), ..words.place_behind(at) };
            words.places.push(place);
            match words.text(at) {
                b"(" | b"[" | b"{" => open.push(at),
                b")" | b"]" | b"}" => drop(open.pop()),
                _ => {}
            }
        }
        for at in (0..words.tokens.len()).rev() {
            let next = words.text(at + 1);
            let before_name = next == b"," && words.is_identifier(at + 2);
            let defined = next == b":=" || (before_name && words.place(at + 2).defined);
            words.places.get_mut(at).into_iter().for_each(|place| place.defined = defined);
        }
        words
    }

    /// What those before it tell of a token.
    fn place_behind(&self, at: usize) -> Place {
        let Some(last) = at.checked_sub(1).filter(|last| !self.ends_statement(*last)) else {
            return Place { names_from: at, ..Place::default() };
        };
        let (before, text) = (self.place(last), self.text(last));
        let behind_name =
            at.checked_sub(2).filter(|name| text == b"," && self.is_identifier(*name));
        let in_names = text == b"," || self.is_identifier(last);
        Place {
            names_from: if in_names { before.names_from } else { at },
            assigned: before.assigned || text == b"=",
            blank: before.blank || text == b"_",
            discarded: before.discarded || (before.blank && matches!(text, b"=" | b":=")),
            declared: match behind_name {
                Some(name) => self.place(name).declared,
                None => matches!(text, b"var" | b"const" | b"type"),
            },
            ..Place::default()
        }
    }

    fn place(&self, at: usize) -> Place {
        self.places.get(at).copied().unwrap_or_default()
    }

    fn text(&self, at: usize) -> &'a [u8] {
        self.tokens.get(at).map_or(b"", |token| token.text(self.bytes))
    }

    fn before(&self, at: usize) -> &'a [u8] {
        at.checked_sub(1).map_or(b"", |at| self.text(at))
    }

    fn is_identifier(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Identifier)
    }

    fn ends_statement(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(Token::ends_statement)
    }

    fn is_named(&self, at: usize, names: &BTreeSet<&[u8]>) -> bool {
        self.is_identifier(at) && self.before(at) != b"." && names.contains(self.text(at))
    }

    /// The tokens of each declaration at package level.
    fn declarations(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut start = 0;
        for at in (0..self.tokens.len()).filter(|at| self.ends_statement(*at)) {
            if self.opener(at).is_none() {
                found.push(start..at);
                start = at + 1;
            }
        }
        found.push(start..self.tokens.len());
        found
    }

    /// The bracket that encloses token `at`.
    fn opener(&self, at: usize) -> Option<usize> {
        self.place(at).opener
    }

    fn enclosure(&self, opener: usize, start: usize) -> Enclosure {
        match (self.text(opener), self.before(opener)) {
            (b"{", b"struct" | b"interface") => Enclosure::Members,
            (b"(", b"var" | b"const" | b"type") => Enclosure::Group,
            (b"(" | b"[", _) if self.is_signature(opener, start) => Enclosure::Signature,
            _ => Enclosure::Plain,
        }
    }

    /// Whether a signature's brackets open here: behind `func`, behind a name that follows it or its receiver,
    /// or behind another pair that does.
    fn is_signature(&self, opener: usize, start: usize) -> bool {
        let Some(mut before) = opener.checked_sub(1).filter(|before| *before >= start) else {
            return false;
        };
        // One name at most, and three pairs before it: receiver, type parameters, parameters.
        for _ in 0..5 {
            before = match self.text(before) {
                b"func" => return true,
                b")" | b"]" => match self.opener(before).and_then(|at| at.checked_sub(1)) {
                    Some(earlier) if earlier >= start => earlier,
                    _ => return false,
                },
                _ if self.is_identifier(before) && before > start => before - 1,
                _ => return false,
            };
        }
        false
    }

    /// Whether the name is that of the declaration at package level itself.
    fn is_own_declaration(&self, at: usize, start: usize) -> bool {
        match (self.text(start), self.opener(at)) {
            (b"func", None) => at == start + 1,
            (b"var", None) => self.is_in_name_list(at, start + 1),
            (b"var", Some(group)) if group == start + 1 => self.is_in_name_list(at, group + 1),
            _ => false,
        }
    }

    /// Whether only names and commas stand between `at` and the beginning of its line or of `from`.
    fn is_in_name_list(&self, at: usize, from: usize) -> bool {
        let first = self.place(at).names_from;
        if first > from {
            return self.ends_statement(first - 1);
        }
        // `a, b int`: the type is no name of the list.
        at == from || self.before(at) == b","
    }

    /// Whether a parameter or a variable of a function is declared under the name here.
    fn declares_again(&self, at: usize, start: usize) -> bool {
        // `p.T` among parameters is a type.
        if self.is_own_declaration(at, start) || self.text(at + 1) == b"." {
            return false;
        }
        let kind = self.opener(at).map(|opener| self.enclosure(opener, start));
        match kind {
            Some(Enclosure::Signature) => return true,
            Some(Enclosure::Group) => return !self.place(at).assigned,
            _ => {}
        }
        // `name, other :=`; `var other, name`, `const name`, `type name`.
        self.place(at).defined || self.place(at).declared
    }

    /// Whether the value of the name `from`, which ends before `to`, is certainly passed on or stored.
    fn is_taken(&self, mut from: usize, mut to: usize) -> bool {
        while self.before(from) == b"(" && self.text(to) == b")" {
            (from, to) = (from - 1, to + 1);
        }
        let compares = |text: &[u8]| matches!(text, b"==" | b"!=");
        let called = self.text(to) == b"(";
        !called
            && !compares(self.before(from))
            && !compares(self.text(to))
            && !self.place(from).discarded
    }

    /// A field, a method, a label or a key: the name of something else, or perhaps of something else.
    fn is_other_name(&self, at: usize, start: usize) -> bool {
        // No name of these kinds has a dot behind it.
        if self.text(at + 1) == b"." {
            return false;
        }
        let opener = self.opener(at);
        let members = opener.is_some_and(|o| self.enclosure(o, start) == Enclosure::Members);
        let method = opener.is_none() && self.text(start) == b"func";
        let label = matches!(self.before(at), b"goto" | b"break" | b"continue");
        let key = self.text(at + 1) == b":" && opener.is_none_or(|o| self.text(o) != b"[");
        members || method || label || key || self.text(start) == b"type"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line of a file with the name `f`: `sure`, `value` or both.
    fn shown(source: &str) -> Vec<String> {
        let names: BTreeSet<&[u8]> = [&b"f"[..]].into();
        let word = |found: &Use<'_>| {
            let sure = if found.sure { "sure" } else { "perhaps" };
            format!("{} {sure}{}", found.line, if found.value { " value" } else { "" })
        };
        uses(source.as_bytes(), &names).iter().map(word).collect()
    }

    #[test]
    fn declarations_calls_and_values_of_the_package() {
        let source = "package p\nfunc f(int) int\nfunc g(a []int) { _ = f(1); h(f); x.f() }\n\
            var t = []func(int) int{f}\nvar m = a[f(1):f(2)]\n// f\nvar s = \"f\"\n";
        assert_eq!(
            shown(source),
            ["2 sure", "3 sure", "3 sure value", "4 sure value", "5 sure", "5 sure"]
        );
        assert_eq!(shown("package p\nvar (\n\te, f int\n\tg = f\n)\n"), ["3 sure", "4 sure value"]);
        let names: BTreeSet<&[u8]> = [&b"q"[..]].into();
        let found = uses(b"package p\nimport q \"x\"\nvar a, b = q.F(q), x.q.G\n", &names);
        let members: Vec<_> = found.iter().map(|one| one.member).collect();
        assert_eq!(members, [None, Some(&b"F"[..]), None]);
        assert_eq!(shown("package p\nvar f, g = 1, 2\nvar h = g\n"), ["2 sure"]);
    }

    #[test]
    fn a_value_is_taken_where_it_is_passed_on_or_stored() {
        let names: BTreeSet<&[u8]> = [&b"f"[..]].into();
        let says = |text: &str| -> Vec<(bool, bool)> {
            let source = format!("package p\n{text}\n");
            uses(source.as_bytes(), &names).iter().map(|one| (one.value, one.taken)).collect()
        };
        for text in
            ["var t = f", "var t = []func(){f}", "func g() { h(f) }", "func g() { x, y = 1, (f) }"]
        {
            assert_eq!(says(text), [(true, true)], "{text}");
        }
        for text in [
            "var _ = f",
            "var _, t = f, f",
            "var _ func() = (f)",
            "func g() { _ = f }",
            "func g() { if f != nil {} }",
            "func g() { if nil == (f) {} }",
            "func g() { (f)(1) }",
            "func g() { ((f))(1) }",
            "func g() { go f() }",
            "func g() { defer f() }",
        ] {
            let found = says(text);
            assert!(!found.is_empty() && found.iter().all(|one| *one == (true, false)), "{text}");
        }
        assert_eq!(says("func g() { f(1) }"), [(false, false)]);
    }

    #[test]
    fn what_bears_the_name_inside_a_function_hides_it_there() {
        let hides = [
            "func g(f int) {\n _ = f\n}",
            "func g() (f int) {\n return f\n}",
            "func (f *T) g() {\n _ = f\n}",
            "func g() {\n f := l.Get()\n _ = f\n}",
            "func g() {\n a, f := l.Get()\n _ = f\n}",
            "func g() {\n f, a := l.Get()\n _ = f\n}",
            "func g() {\n var f int\n _ = f\n}",
            "func g() {\n var a, f = 1, 2\n _ = f\n}",
            "func g() {\n var (\n a = 1\n f = 2\n )\n _ = f\n}",
            "func g() {\n for f := range x {\n _ = f\n }\n}",
            "func g() {\n for i, f := range x {\n _ = f\n }\n}",
            "func g() {\n h(func(f int) {\n _ = f\n })\n}",
            "func g[f any](x f) {\n}",
            "var g = func(f int) int { return f }",
            "func g() {\n if f, ok := x[1]; ok {\n f()\n }\n}",
        ];
        for text in hides {
            let found = shown(&format!("package p\n{text}\n"));
            assert!(
                !found.is_empty() && found.iter().all(|one| one.contains("perhaps")),
                "{text}: {found:?}"
            );
        }
        assert_eq!(
            shown("package p\nfunc g(x *f.T) f.U {\n f.h()\n}\n").join(","),
            "2 sure value,2 sure value,3 sure"
        );
        // Another declaration is not concerned.
        let found = shown("package p\nfunc g(f int) {\n}\nfunc h() {\n f()\n}\n");
        assert_eq!(found, ["2 perhaps value", "5 sure"]);
    }

    /// With a look back from each of them this took minutes.
    #[test]
    fn long_lists_are_read_once() {
        let list = "f,".repeat(100_000);
        for text in [
            format!("func g() {{ h({list}f) }}"),
            format!("var {list}f = 1"),
            format!("func g() {{ {list}f := 1 }}"),
        ] {
            assert_eq!(shown(&format!("package p\n{text}\n")).len(), 100_001);
        }
    }

    #[test]
    fn fields_methods_labels_and_keys_are_other_names() {
        for text in [
            "type t struct {\n f func()\n}",
            "type t interface {\n f(int)\n}",
            "func (t T) f() {}",
            "func g() {\nf:\n for {\n break f\n }\n}",
            "var x = T{f: 1}",
            "func g() {\n var x struct{ f int }\n}",
        ] {
            let found = shown(&format!("package p\n{text}\n"));
            assert!(
                !found.is_empty() && found.iter().all(|one| one.contains("perhaps")),
                "{text}: {found:?}"
            );
        }
        assert_eq!(shown("package p\nfunc g() {\n x := T{a: f}\n}\n"), ["3 sure value"]);
        assert_eq!(shown("package p\nfunc g() {\n f = 1\n}\n"), ["3 sure value"]);
    }
}
