//! Does a function stand in the text where the binary has it? An answer for nearly all functions, without parsing.
//!
//! Reading what 1,400 packages declare costs as much as everything else that `check` does. A function whose first
//! line in the binary is `func NAME(` or `func (r T) NAME(` of the text is there, in code as gofmt writes it. Where
//! that does not show, [`super::text`] reads the file: it alone says that a text was edited.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memmem, memrchr};

use super::Calls;
use super::text::{key, lacks};
use crate::golang::pclntab::Function;
use crate::names;

/// The lines of a file, and what of it may be hidden in comments and raw strings.
pub(super) struct Sketch<'a> {
    bytes: &'a [u8],
    /// The lines that begin with `func `: number, from 1, and offset.
    heads: Vec<(u32, usize)>,
    /// Text in block comments, and whatever else follows the two characters.
    comments: Vec<Range<usize>>,
    /// Text in raw strings, and whatever else stands between two quotes of them.
    raw: Vec<Range<usize>>,
}

impl<'a> Sketch<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        let comments = comments(bytes);
        Self { bytes, heads: heads(bytes), raw: raw_strings(bytes, &comments), comments }
    }

    /// Whether `function` certainly stands in the text where the binary has it, and makes the calls that it has there.
    pub(super) fn confirms<'c>(&self, function: &Function<'c>, calls: &Calls<'c>) -> bool {
        let local = names::within_package(function.name());
        let (receiver, name) = key(local);
        // Nothing in a text has the name of a numbered function of the compiler.
        let numbered = name.first().is_some_and(u8::is_ascii_digit);
        if local == b"init" || local.starts_with(b"init.") || numbered {
            return true;
        }
        let Some(start) = function.start_line().and_then(|line| self.line(line)) else {
            return false;
        };
        if self.is_hidden(start) {
            return false;
        }
        let Some(head) = self.head(start, receiver, name) else { return false };
        let Some(text) = self.text(start, head) else { return false };
        calls.first(function, |called| lacks(text, called)).is_none()
    }

    /// The offset of a line, from 1, that begins with `func `.
    fn line(&self, line: u32) -> Option<usize> {
        let found = self.heads.binary_search_by_key(&line, |(line, _)| *line).ok()?;
        self.heads.get(found).map(|(_, offset)| *offset)
    }

    /// Whether the text at `at` may be in a block comment or a raw string.
    fn is_hidden(&self, at: usize) -> bool {
        is_in(&self.comments, at) || is_in(&self.raw, at)
    }

    /// The offset after the name of the function whose declaration begins at `start`, or of a method's receiver, if it
    /// has these names.
    fn head(&self, start: usize, receiver: &[u8], name: &[u8]) -> Option<usize> {
        let rest = self.bytes.get(start..)?.strip_prefix(b"func ")?;
        let offset = start + b"func ".len();
        if receiver.is_empty() {
            return begins(rest, name).then_some(offset + name.len());
        }
        let inside = rest.strip_prefix(b"(")?;
        let close = memchr(b')', inside)?;
        let (of, after) = (inside.get(..close)?, inside.get(close + 1..)?.strip_prefix(b" ")?);
        // A receiver without a name is seldom; a longer type, or one in another line, is left to the parser.
        let of = of.get(..memchr(b'[', of).unwrap_or(of.len()))?;
        let named = of.rsplit(|byte| matches!(byte, b' ' | b'*')).next()?;
        (named == receiver && begins(after, name)).then_some(offset)
    }

    /// The text from `head` to the end of the function that begins at `start`.
    fn text(&self, start: usize, head: usize) -> Option<&'a [u8]> {
        let rest = self.bytes.get(start..)?;
        let line = rest.get(..memchr(b'\n', rest).unwrap_or(rest.len()))?;
        let end = match line.trim_ascii_end().last()? {
            b'}' => line.len(),
            b'{' | b'(' | b',' => memmem::find(rest, b"\n}")? + b"\n}".len(),
            _ => return None,
        };
        let next = self.heads.partition_point(|(_, offset)| *offset <= start);
        let end = start + end;
        let alone = self.heads.get(next).is_none_or(|(_, next)| end <= *next);
        alone.then(|| self.bytes.get(head..end))?
    }
}

/// The lines that begin with `func `, but for a first line, which no declaration has.
fn heads(bytes: &[u8]) -> Vec<(u32, usize)> {
    let (mut line, mut counted) = (1, 0);
    let found = memmem::find_iter(bytes, b"\nfunc ").map(|end| {
        let between = bytes.get(counted..=end).unwrap_or_default();
        let lines = u32::try_from(memchr_iter(b'\n', between).count()).unwrap_or(u32::MAX);
        line = u32::saturating_add(line, lines);
        counted = end + 1;
        (line, counted)
    });
    found.collect()
}

/// Whether `text` begins with the identifier `name` and the bracket of parameters.
fn begins(text: &[u8], name: &[u8]) -> bool {
    let next = text.strip_prefix(name).and_then(<[u8]>::first);
    !name.is_empty() && matches!(next, Some(b'(' | b'['))
}

/// Every range from `/*` to the next `*/`, but for those that begin in a line of comment. What is in a comment is in one
/// of these; what looks like the beginning of one in a string only hides more.
fn comments(bytes: &[u8]) -> Vec<Range<usize>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(start) = bytes.get(at..).and_then(|rest| memmem::find(rest, b"/*")) {
        let start = at + start;
        if line_before(bytes, start).starts_with(b"//") {
            at = start + 2;
            continue;
        }
        let close = bytes.get(start + 2..).and_then(|rest| memmem::find(rest, b"*/"));
        at = close.map_or(bytes.len(), |close| start + 2 + close + 2);
        found.push(start..at);
    }
    found
}

/// The text of its line before `at`, without blanks at the beginning.
fn line_before(bytes: &[u8], at: usize) -> &[u8] {
    let before = bytes.get(..at).unwrap_or_default();
    let start = memrchr(b'\n', before).map_or(0, |end| end + 1);
    before.get(start..).unwrap_or_default().trim_ascii_start()
}

/// Every range from a quote of a raw string to the next. A quote in a line of comment, or between quotes of a
/// character, begins none; one in another string only hides more.
fn raw_strings(bytes: &[u8], comments: &[Range<usize>]) -> Vec<Range<usize>> {
    let (mut found, mut open) = (Vec::new(), None);
    for quote in memchr_iter(b'`', bytes) {
        match open.take() {
            Some(start) => found.push(start..quote + 1),
            None if is_no_quote(bytes, quote, comments) => {}
            None => open = Some(quote),
        }
    }
    found.extend(open.map(|start| start..bytes.len()));
    found
}

/// Whether the byte at `quote`, outside of raw strings, is text of a comment, or a character.
fn is_no_quote(bytes: &[u8], quote: usize, comments: &[Range<usize>]) -> bool {
    let character =
        bytes.get(quote.saturating_sub(1)..quote + 2).is_some_and(|text| text == b"'`'");
    // What looks like the beginning of a comment is one where a line begins.
    let begins_line = |comment: &Range<usize>| line_before(bytes, comment.start).is_empty();
    let comment = comments.get(comments.partition_point(|comment| comment.end <= quote));
    let inside = comment.filter(|comment| comment.contains(&quote));
    line_before(bytes, quote).starts_with(b"//") || character || inside.is_some_and(begins_line)
}

/// Whether `at` is in one of some ranges, which are in order.
fn is_in(ranges: &[Range<usize>], at: usize) -> bool {
    let next = ranges.get(ranges.partition_point(|range| range.end <= at));
    next.is_some_and(|range| range.contains(&at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str, line: u32, local: &str) -> bool {
        let sketch = Sketch::of(text.as_bytes());
        let Some(start) = sketch.line(line) else { return false };
        let (receiver, name) = key(local.as_bytes());
        let found = sketch.head(start, receiver, name).filter(|_| !sketch.is_hidden(start));
        found.is_some_and(|head| sketch.text(start, head).is_some())
    }

    #[test]
    fn functions_are_found_where_they_stand() {
        let text = "package p\n\nfunc f(x int) {\n\tg()\n}\n\nfunc (t *T[K]) m() int { return 1 }\n\
                    func (T) n(\n\tx int,\n) {\n}\nfunc h[K any]() {\n}\n";
        for (line, local) in
            [(3, "f"), (7, "(*T[...]).m"), (7, "(*T).m"), (8, "T.n"), (12, "h[...]")]
        {
            assert!(head(text, line, local), "{local}");
        }
        for (line, local) in [(2, "f"), (3, "g"), (7, "(*U).m"), (7, "m"), (3, "fo"), (12, "T.h")] {
            assert!(!head(text, line, local), "{local}");
        }
    }

    #[test]
    fn what_may_be_no_code_is_left_to_the_parser() {
        for text in [
            "/*\nfunc f() {\n}\n*/\n",
            "/* ` */ const x = `\nfunc f() {\n}\n`\n",
            "var x = \"/*\"\nfunc f() {\n}\n",
            "const x = `\nfunc f() {\n}\n`\n",
            "//\n//func f() {\n//}\n",
            "//\nfunc f()\n",
            "//\nfunc f() { g()\n}\n",
            "//\nfunc f() {\n\tg()\n\t}\nfunc g() {\n}\n",
        ] {
            assert!(!head(text, 2, "f"), "{text}");
        }
        for text in [
            "/* */ var y = `a`\nfunc f() {\n}\n",
            "\t// it`s\nfunc f() {\n}\n",
            "// a/*/b\nfunc f() {\n}\n",
            "/* it`s */\nfunc f() {\n}\n",
            "var c = '`'\nfunc f() {\n}\n",
        ] {
            assert!(head(text, 2, "f"), "{text}");
        }
    }
}
