//! Does a name match what a rule asks for? Knows no list of names.

use std::borrow::Cow;

use crate::names;

/// One spelling of a name or path, with its wildcards.
#[derive(Debug)]
pub(crate) struct Pattern {
    wanted: Vec<u8>,
}

impl Pattern {
    /// A pattern for each spelling of the name `text`.
    pub(crate) fn of_name(text: &[u8]) -> Self {
        Self { wanted: spelled(names::without_abi(text)).into_owned() }
    }

    /// A pattern for each spelling of the import path `text`.
    pub(crate) fn of_path(text: &[u8]) -> Self {
        Self { wanted: names::unescape(text).into_owned() }
    }

    /// Whether it can match more than one name.
    pub(crate) fn is_wild(&self) -> bool {
        self.wanted.iter().any(|byte| b"*?".contains(byte))
    }

    /// Whether it equals the name. A generic function's name also equals the names of its instances, which are its
    /// code.
    pub(crate) fn is(&self, name: &[u8]) -> bool {
        let name = spelled(name);
        *name == self.wanted[..]
            || (names::is_instance(&name)
                && !names::is_instance(&self.wanted)
                && without_type_arguments(&name) == self.wanted)
    }

    /// Whether its wildcards cover `name`.
    pub(crate) fn covers(&self, name: &[u8]) -> bool {
        !self.has_pointer_argument() && matches(&self.wanted, &spelled(name))
    }

    /// Whether it asks for an instance with pointer arguments. The `*` in `G[*int]` is no wildcard for any `G` of
    /// something that ends in `int`; no symbol has that name.
    fn has_pointer_argument(&self) -> bool {
        let start = memchr::memchr(b'[', &self.wanted).unwrap_or(self.wanted.len());
        let arguments = self.wanted.get(start..).unwrap_or_default();
        let begins =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'[' | b'(' | 0x80..);
        let pointer = |three: &[u8]| matches!(three, [b'[' | b',' | b']' | b'*', b'*', next] if begins(*next));
        self.instance().is_some() && arguments.windows(3).any(pointer)
    }

    /// Whether it equals this import path, or its wildcards cover it. `x/...` is x and every path below.
    pub(crate) fn covers_path(&self, path: &[u8]) -> bool {
        let tree = self.wanted.strip_suffix(b"/...");
        self.wanted == path
            || matches(&self.wanted, path)
            || tree
                .is_some_and(|tree| matches(tree, path) || matches(&[tree, b"/*"].concat(), path))
    }

    /// Whether it may mean `name`, a name without type arguments in a function table of Go up to 1.20: `F[...]`.
    pub(crate) fn could_be(&self, name: &[u8]) -> bool {
        let name = spelled(name);
        meet(&self.wanted, &name)
    }

    /// The instance that it asks for, if its type arguments are types: symbols name shapes instead.
    pub(crate) fn instance(&self) -> Option<Vec<u8>> {
        let by_shape = memchr::memmem::find(&self.wanted, b"go.shape.").is_some();
        (names::is_instance(&self.wanted) && !by_shape)
            .then(|| without_type_arguments(&self.wanted))
    }

    /// Whether `name` is an instance of the generic function `function`, or of one that its wildcards cover.
    pub(crate) fn is_instance_of(name: &[u8], function: &[u8]) -> bool {
        let name = spelled(name);
        if !names::is_instance(&name) {
            return false;
        }
        let generic = without_type_arguments(&name);
        generic == function || (has_wildcards(function) && matches(function, &generic))
    }
}

/// Whether `generic`, a name without type arguments, has wildcards: the `*` of `(*T).m` is a pointer.
fn has_wildcards(generic: &[u8]) -> bool {
    let before = [0].iter().chain(generic);
    before.zip(generic).any(|(before, byte)| *byte == b'?' || (*byte == b'*' && *before != b'('))
}

/// `name` in the spelling in which names are compared. Its path is unescaped, and the number of a local type follows
/// a dot, as in symbol tables; function tables have the compiler's `T\u{b7}2`.
fn spelled(name: &[u8]) -> Cow<'_, [u8]> {
    const DOT: &[u8] = "\u{b7}".as_bytes();
    let name = names::unescaped(name);
    if memchr::memmem::find(&name, DOT).is_none() {
        return name;
    }
    let mut out = Vec::with_capacity(name.len());
    let mut rest: &[u8] = &name;
    while let Some(at) = memchr::memmem::find(rest, DOT) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        out.push(b'.');
        rest = rest.get(at + DOT.len()..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// `name` without its bracketed parts: `lib.(*T[int]).m` becomes `lib.(*T).m`.
pub(crate) fn without_type_arguments(name: &[u8]) -> Vec<u8> {
    let mut depth = 0usize;
    let mut out = Vec::with_capacity(name.len());
    for byte in name {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(*byte),
            _ => {}
        }
    }
    out
}

/// Whether `name` matches `pattern`. Only `*` (any bytes) and `?` (one byte) are special, because Go names hold
/// `(*T)`, `[...]` and `{}`.
pub(crate) fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(byte) = name.get(n) {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p + 1, n));
                p += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted == byte => (p, n) = (p + 1, n + 1),
            _ => {
                let Some((after_star, taken)) = retry else { return false };
                retry = Some((after_star, taken + 1));
                (p, n) = (after_star, taken + 1);
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|b| *b == b'*'))
}

/// Whether some text in place of `...` in the brackets of `name` makes `pattern` cover it.
fn meet(pattern: &[u8], name: &[u8]) -> bool {
    const HIDDEN: &[u8] = b"[...]";
    // For each byte of the name one row: which prefixes of the pattern can end there.
    let mut row = vec![false; pattern.len() + 1];
    if let Some(first) = row.first_mut() {
        *first = true;
    }
    close_stars(pattern, &mut row);
    let mut rest = name;
    while let Some((byte, tail)) = rest.split_first() {
        let hidden = rest.starts_with(HIDDEN);
        row = after_byte(pattern, &row, *byte);
        rest = tail;
        if hidden {
            // Anything may follow, so every prefix that is longer than one that can end here can end here too.
            let reached = row.iter().position(|can| *can).unwrap_or(row.len());
            row.iter_mut().skip(reached).for_each(|can| *can = true);
            rest = tail.get(HIDDEN.len() - 2..).unwrap_or_default();
        }
    }
    row.last() == Some(&true)
}

/// The prefixes of `pattern` that can end after `byte`, given those in `row` before it.
fn after_byte(pattern: &[u8], row: &[bool], byte: u8) -> Vec<bool> {
    let mut next = vec![false; row.len()];
    for (index, wanted) in pattern.iter().enumerate() {
        let here = row.get(index) == Some(&true);
        let at = match wanted {
            b'*' => index,
            b'?' => index + 1,
            wanted if *wanted == byte => index + 1,
            _ => continue,
        };
        if let Some(can) = next.get_mut(at).filter(|_| here) {
            *can = true;
        }
    }
    close_stars(pattern, &mut next);
    next
}

/// A star may match nothing.
fn close_stars(pattern: &[u8], row: &mut [bool]) {
    for (index, wanted) in pattern.iter().enumerate() {
        if *wanted == b'*'
            && row.get(index) == Some(&true)
            && let Some(after) = row.get_mut(index + 1)
        {
            *after = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_take_linear_time_on_stars() {
        let name = vec![b'a'; 4000];
        assert!(!matches(b"*a*a*a*a*b", &name));
        assert!(matches(b"*a*a*a*", &name));
    }

    #[test]
    fn hidden_type_arguments_may_be_anything() {
        let could_be = |wanted: &str| Pattern::of_name(wanted.as_bytes()).could_be(b"q.G[...].f");
        for wanted in ["q.G[go.shape.int].f", "q.*T*", "q.G[?].*", "*secret*", "q.G[...].f"] {
            assert!(could_be(wanted), "{wanted}");
        }
        for wanted in ["q.H[int].f", "q.G[int].g", "p.*", "q.G"] {
            assert!(!could_be(wanted), "{wanted}");
        }
    }

    /// A pointer's `*` in a receiver or in a type argument is no wildcard: `(*S[int]).m` runs as `(*S[go.shape.int]).m`.
    #[test]
    fn methods_and_pointers_are_asked_for_by_types_too() {
        let perhaps = |wanted: &str, name: &str| {
            let generic = Pattern::of_name(wanted.as_bytes()).instance();
            generic.is_some_and(|generic| Pattern::is_instance_of(name.as_bytes(), &generic))
        };
        assert!(perhaps("q.(*S[int]).m", "q.(*S[go.shape.int]).m"));
        assert!(perhaps("q.G[*int]", "q.G[go.shape.*uint8]"));
        assert!(perhaps("q.G[[]*int].func1", "q.G[go.shape.[]*uint8].func1"));
        assert!(
            perhaps("q.*[int]", "q.G[go.shape.int]") && perhaps("q.?[int]", "q.G[go.shape.int]")
        );
        let covers =
            |wanted: &str, name: &str| Pattern::of_name(wanted.as_bytes()).covers(name.as_bytes());
        assert!(!covers("q.G[*int]", "q.G[go.shape.int]"));
        assert!(!covers("q.G[string,*int]", "q.G[string,go.shape.int]"));
        assert!(covers("q.G[*]", "q.G[go.shape.int]") && covers("q.*[?o.*", "q.G[go.shape.int]"));
        assert!(covers("q.G[go.shape.*uint8]*", "q.G[go.shape.*uint8].func1"));
        assert!(!perhaps("q.(*S[int]).m", "q.(*OtherS[go.shape.int]).m"));
        assert!(!perhaps("q.(*S[int]).m", "q.S[go.shape.int].m"));
        assert!(!perhaps("q.(*S[go.shape.int]).m", "q.(*S[go.shape.string]).m"));
    }

    #[test]
    fn a_local_type_has_two_spellings() {
        let name = "main.(*T\u{b7}2).m".as_bytes();
        assert!(Pattern::of_name(b"main.(*T.2).m").is(name));
        assert!(Pattern::of_name(name).is(b"main.(*T.2).m"));
    }

    #[test]
    fn paths() {
        let covers = |wanted: &str, path: &str| {
            Pattern::of_path(wanted.as_bytes()).covers_path(path.as_bytes())
        };
        assert!(covers("net/http/...", "net/http") && covers("net/http/...", "net/http/pprof"));
        assert!(!covers("net/http/...", "net/httpx") && !covers("net/http", "net/http/pprof"));
        assert!(
            covers("gopkg.in/yaml%2ev3", "gopkg.in/yaml.v3") && covers("*/pprof", "net/http/pprof")
        );
    }
}
