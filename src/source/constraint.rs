//! Does a build constraint hold in this build?
//!
//! `//go:build` expressions and the `// +build` lines that they replaced, as go/build reads them: where
//! a line must stand to count, what an expression may hold, and which line wins. This file sees the
//! text before the package clause; it knows neither folders nor file names.

mod context;
mod experiments;
mod platforms;

pub use context::Context;
pub use platforms::Platforms;

use std::fmt;

/// How many words an expression may hold: go/build/constraint allows 1,000 operators since Go 1.22.
const LONGEST: usize = 4_000;
/// How deep parentheses and `!` may nest.
const DEEPEST: usize = 500;

/// A boolean expression over build tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// Holds where the tag is satisfied.
    Tag(String),
    /// Holds where the other does not.
    Not(Box<Expression>),
    /// Holds where all of them hold.
    All(Vec<Expression>),
    /// Holds where one of them holds.
    Any(Vec<Expression>),
}

/// Why a constraint cannot be read; Go refuses to build such a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed(
    /// What is wrong, in a few words.
    pub &'static str,
);

impl Expression {
    /// Reads what follows the word of a `//go:build` line.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let mut parser = Parser { words: words(text)?, at: 0 };
        let expression = parser.any(0)?;
        match parser.words.get(parser.at) {
            None => Ok(expression),
            Some(_) => Err(Malformed("more text than one expression")),
        }
    }

    /// Reads what follows `+build`: blanks are "or", commas are "and".
    #[must_use]
    pub fn parse_legacy(text: &str) -> Self {
        let clause = |clause: &str| joined(clause.split(',').map(legacy_tag).collect(), Self::All);
        let clauses: Vec<Self> = text.split_whitespace().map(clause).collect();
        // An empty line asks for the tag `ignore`, as go/build has it.
        if clauses.is_empty() { Self::Tag("ignore".to_owned()) } else { joined(clauses, Self::Any) }
    }

    /// Whether it holds where `satisfied` says which tags do.
    pub fn holds(&self, satisfied: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Tag(tag) => satisfied(tag),
            Self::Not(inner) => !inner.holds(satisfied),
            Self::All(parts) => parts.iter().all(|part| part.holds(satisfied)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(satisfied)),
        }
    }
}

fn joined(mut parts: Vec<Expression>, join: impl Fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

fn legacy_tag(literal: &str) -> Expression {
    let ignore = || Expression::Tag("ignore".to_owned());
    if literal == "!" || literal.starts_with("!!") {
        return ignore();
    }
    let bare = literal.strip_prefix('!');
    let tag = bare.unwrap_or(literal);
    let valid = !tag.is_empty() && tag.chars().all(is_tag_character);
    let tag = if valid { Expression::Tag(tag.to_owned()) } else { ignore() };
    if bare.is_some() { Expression::Not(Box::new(tag)) } else { tag }
}

fn is_tag_character(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

/// Tags, parentheses and operators.
fn words(text: &str) -> Result<Vec<&str>, Malformed> {
    let mut words = Vec::new();
    let mut rest = text.trim_start_matches([' ', '\t']);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' | '!' => 1,
            '&' | '|' if rest.starts_with("&&") || rest.starts_with("||") => 2,
            c if is_tag_character(c) => rest.find(|c| !is_tag_character(c)).unwrap_or(rest.len()),
            _ => return Err(Malformed("a character that no tag may hold")),
        };
        let (word, after) = rest.split_at(length);
        words.push(word);
        rest = after.trim_start_matches([' ', '\t']);
    }
    if words.len() > LONGEST { Err(Malformed("too long")) } else { Ok(words) }
}

struct Parser<'a> {
    words: Vec<&'a str>,
    at: usize,
}

impl Parser<'_> {
    fn takes(&mut self, word: &str) -> bool {
        let there = self.words.get(self.at).is_some_and(|next| *next == word);
        self.at += usize::from(there);
        there
    }

    fn any(&mut self, depth: usize) -> Result<Expression, Malformed> {
        let mut parts = vec![self.all(depth)?];
        while self.takes("||") {
            parts.push(self.all(depth)?);
        }
        Ok(joined(parts, Expression::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Expression, Malformed> {
        let mut parts = vec![self.not(depth)?];
        while self.takes("&&") {
            parts.push(self.not(depth)?);
        }
        Ok(joined(parts, Expression::All))
    }

    fn not(&mut self, depth: usize) -> Result<Expression, Malformed> {
        if !self.takes("!") {
            return self.atom(depth);
        }
        if self.takes("!") {
            return Err(Malformed("a double negation"));
        }
        Ok(Expression::Not(Box::new(self.atom(depth)?)))
    }

    fn atom(&mut self, depth: usize) -> Result<Expression, Malformed> {
        if depth > DEEPEST {
            return Err(Malformed("too deep"));
        }
        if self.takes("(") {
            let inner = self.any(depth + 1)?;
            return if self.takes(")") { Ok(inner) } else { Err(Malformed("no )")) };
        }
        let word = self.words.get(self.at).ok_or(Malformed("an operand is missing"))?;
        if !word.starts_with(is_tag_character) {
            return Err(Malformed("an operator where a tag must stand"));
        }
        self.at += 1;
        Ok(Expression::Tag((*word).to_owned()))
    }
}

/// As `//go:build` writes it.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, between) = match self {
            Self::Tag(tag) => return f.write_str(tag),
            Self::Not(inner) if matches!(**inner, Self::Tag(_)) => return write!(f, "!{inner}"),
            Self::Not(inner) => return write!(f, "!({inner})"),
            Self::All(parts) => (parts, " && "),
            Self::Any(parts) => (parts, " || "),
        };
        for (index, part) in parts.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { between })?;
            match part {
                Self::Any(_) | Self::All(_) => write!(f, "({part})")?,
                Self::Tag(_) | Self::Not(_) => write!(f, "{part}")?,
            }
        }
        Ok(())
    }
}

/// The constraint that the beginning of a file asks for, if it asks for one.
///
/// # Errors
///
/// The `//go:build` line cannot be read, or there are two: Go does not build such a file.
pub fn of_file(bytes: &[u8]) -> Result<Option<Expression>, Malformed> {
    let region = Region::read(bytes)?;
    if let Some(line) = region.modern {
        let text = line.get(MODERN.len()..).unwrap_or_default();
        let text = std::str::from_utf8(text).map_err(|_| Malformed("text that is not UTF-8"))?;
        return Expression::parse(text.trim()).map(Some);
    }
    let lines = region.legacy.split(|byte| *byte == b'\n').filter_map(legacy_text);
    let expressions: Vec<Expression> = lines.map(|text| Expression::parse_legacy(&text)).collect();
    let asks = !expressions.is_empty();
    Ok(asks.then(|| joined(expressions, Expression::All)))
}

const MODERN: &[u8] = b"//go:build";

/// What stands before the first code, as go/build looks at it: by line.
struct Region<'a> {
    modern: Option<&'a [u8]>,
    /// Up to the last blank line of the leading blank and `//` lines: `+build` counts only there. It
    /// may lie inside of nothing but such lines, so no comment of the other kind begins in it.
    legacy: &'a [u8],
}

impl<'a> Region<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let (mut modern, mut end, mut at) = (None, 0, 0);
        let (mut leading, mut in_comment) = (true, false);
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |index| index + 1);
            let line = rest.get(..length).unwrap_or_default().trim_ascii();
            at += length;
            if line.is_empty() && leading {
                end = at;
                continue;
            }
            leading &= line.starts_with(b"//");
            if !in_comment && is_modern(line) && modern.replace(line).is_some() {
                return Err(Malformed("two //go:build lines"));
            }
            match after_comments(line, in_comment) {
                Some(open) => in_comment = open,
                None => break,
            }
        }
        Ok(Self { modern, legacy: bytes.get(..end).unwrap_or_default() })
    }
}

fn is_modern(line: &[u8]) -> bool {
    line.strip_prefix(MODERN).is_some_and(|rest| {
        rest.first().is_none_or(|byte| byte.is_ascii_whitespace() || *byte == 0x0b)
    })
}

/// Whether a comment is open at the end of `line`; `None` when the line holds code.
fn after_comments(mut line: &[u8], mut open: bool) -> Option<bool> {
    loop {
        if open {
            let Some(index) = memchr::memmem::find(line, b"*/") else { return Some(true) };
            line = line.get(index + 2..).unwrap_or_default().trim_ascii();
            open = false;
        } else if line.is_empty() || line.starts_with(b"//") {
            return Some(false);
        } else {
            line = line.strip_prefix(b"/*")?;
            open = true;
        }
    }
}

fn legacy_text(line: &[u8]) -> Option<String> {
    let rest = line.trim_ascii().strip_prefix(b"//")?.trim_ascii().strip_prefix(b"+build")?;
    // A constraint that is not UTF-8 names a tag that nobody sets.
    let text = String::from_utf8_lossy(rest);
    (text.is_empty() || text.starts_with(char::is_whitespace)).then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests;
