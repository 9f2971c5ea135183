//! Does a build constraint hold in this build?
//!
//! `//go:build` expressions and the `// +build` lines that they replaced, as go/build reads them: what an expression
//! may hold, and which line counts. [`super::header`] knows where such a line must be. This file knows neither
//! folders nor file names.
//!
//! ```
//! use gonym::source::constraint::Expression;
//!
//! let expression = Expression::parse("linux && !cgo").expect("a constraint");
//! assert!(expression.holds(&|tag| tag == "linux"));
//! assert!(!expression.holds(&|tag| tag == "linux" || tag == "cgo"));
//! ```

mod context;
mod experiments;
mod platforms;

pub use context::Context;
pub use platforms::Platforms;

use std::fmt;

use super::header::{ConstraintForm, ConstraintLine, constraint_lines};

/// The most words in an expression: go/build/constraint allows 1,000 operators since Go 1.22.
const LONGEST: usize = 4_000;
/// The deepest nesting of parentheses and `!`.
const DEEPEST: usize = 500;

/// A boolean expression over build tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// Holds if the tag is satisfied.
    Tag(String),
    /// Holds if the inner expression does not.
    Not(Box<Expression>),
    /// Holds if all of them hold.
    All(Vec<Expression>),
    /// Holds if one of them holds.
    Any(Vec<Expression>),
}

/// Why a constraint cannot be read; Go refuses to build such a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed(
    /// What is wrong, in a few words.
    pub &'static str,
);

impl Expression {
    /// Reads the text after `//go:build`.
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

    /// Reads the text after `+build`: blanks mean "or", commas mean "and".
    #[must_use]
    pub fn parse_legacy(text: &str) -> Self {
        let clause = |clause: &str| joined(clause.split(',').map(legacy_tag).collect(), Self::All);
        let clauses: Vec<Self> = text.split_whitespace().map(clause).collect();
        // An empty line asks for the tag `ignore`, as in go/build.
        if clauses.is_empty() { Self::Tag("ignore".to_owned()) } else { joined(clauses, Self::Any) }
    }

    /// Whether it holds if `satisfied` says which tags do.
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

/// The constraint at the beginning of a file, if there is one.
///
/// # Errors
///
/// The `//go:build` line cannot be read, or there are two: Go does not build such a file.
pub fn of_file(bytes: &[u8]) -> Result<Option<Expression>, Malformed> {
    of_lines(&constraint_lines(bytes))
}

/// The constraint that these header lines of a file give.
///
/// # Errors
///
/// As [`of_file`].
pub fn of_lines(lines: &[ConstraintLine]) -> Result<Option<Expression>, Malformed> {
    let text = |line: &ConstraintLine| String::from_utf8_lossy(&line.text).into_owned();
    let of = |form| lines.iter().filter(move |line| line.form == form).map(text);
    let mut modern = of(ConstraintForm::GoBuild);
    match (modern.next(), modern.next()) {
        (Some(_), Some(_)) => Err(Malformed("two //go:build lines")),
        // A constraint that is not UTF-8 holds the replacement character, which no tag may.
        (Some(text), None) => Expression::parse(&text).map(Some),
        (None, _) => {
            let legacy = of(ConstraintForm::PlusBuild).map(|text| Expression::parse_legacy(&text));
            let legacy: Vec<Expression> = legacy.collect();
            let asks = !legacy.is_empty();
            Ok(asks.then(|| joined(legacy, Expression::All)))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn context(goos: &str, goarch: &str, more: &[(&str, &str)]) -> Context {
        let mut settings: BTreeMap<String, String> =
            more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        settings.insert("GOOS".to_owned(), goos.to_owned());
        settings.insert("GOARCH".to_owned(), goarch.to_owned());
        Context::from_settings(27, &settings)
    }

    fn holds(text: &str) -> Option<bool> {
        let linux = context("linux", "amd64", &[("-tags", "foo,bar")]);
        Expression::parse(text).ok().map(|expression| expression.holds(&|tag| linux.satisfies(tag)))
    }

    #[test]
    fn expressions_follow_go_precedence() {
        assert_eq!(holds("linux"), Some(true));
        assert_eq!(holds("!linux || foo && bar"), Some(true));
        assert_eq!(holds("(windows || linux) && !amd64"), Some(false));
        assert_eq!(holds("go1.27 && !go1.28 && unix && gc"), Some(true));
        assert_eq!(holds("cgo"), Some(false));
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for text in
            ["", "!!linux", "linux &&", "(linux", "linux windows", "a&b", "a, b", "&& a", "()"]
        {
            assert_eq!(holds(text), None, "{text:?}");
        }
        let deep = "(".repeat(100_000);
        assert!(Expression::parse(&deep).is_err());
    }

    #[test]
    fn an_expression_is_shown_as_it_would_be_written() {
        for text in ["linux", "!linux", "a && (b || !c)", "!(a || b)"] {
            assert_eq!(Expression::parse(text).expect("a constraint").to_string(), text);
        }
    }

    #[test]
    fn legacy_lines_count_only_before_a_blank_line() {
        let asks = |text: &str| {
            of_file(text.as_bytes()).expect("readable").map(|expression| expression.to_string())
        };
        assert_eq!(
            asks("// +build linux,!cgo darwin\n\npackage a\n").as_deref(),
            Some("(linux && !cgo) || darwin")
        );
        assert_eq!(asks("// +build linux\npackage a\n"), None);
        assert_eq!(asks("//+build a\n// +build b\n\n// doc\npackage a").as_deref(), Some("a && b"));
        assert_eq!(asks("//go:build a\n// +build b\n\npackage a").as_deref(), Some("a"));
        assert_eq!(asks("// +build\n\npackage a").as_deref(), Some("ignore"));
        assert_eq!(asks("// +builder a\n\npackage a"), None);
        assert_eq!(asks("/* x */\n// +build a\n\npackage a"), None);
    }

    #[test]
    fn modern_lines_count_anywhere_before_code() {
        let asks = |text: &str| of_file(text.as_bytes()).map(|found| found.map(|e| e.to_string()));
        assert_eq!(asks("/* c\n*/ // d\n//go:build a\npackage p"), Ok(Some("a".to_owned())));
        assert_eq!(asks("/*\n//go:build a\n*/\npackage p"), Ok(None));
        assert_eq!(asks("package p\n//go:build a\n"), Ok(None));
        assert_eq!(asks("//go:builder a\npackage p"), Ok(None));
        assert_eq!(asks("// //go:build a\npackage p"), Ok(None));
        assert!(asks("//go:build a\n//go:build b\npackage p").is_err());
        assert!(asks("//go:build\npackage p").is_err());
    }

    #[test]
    fn only_what_follows_the_first_underline_is_a_suffix() {
        let linux = context("linux", "amd64", &[]);
        for (name, missing) in [
            ("windows.go", None),
            ("a_windows.go", Some("windows")),
            ("a_linux_arm64.go", Some("arm64")),
            ("a_windows_amd64.go", Some("windows")),
            ("linux_arm64.go", Some("arm64")),
            ("a_windows_test.go", Some("windows")),
            ("a_windows.pb.go", Some("windows")),
            ("a_windows_x.go", None),
            ("a_test.go", None),
            ("a_riscos.go", None),
            ("a_amd64_windows.go", Some("windows")),
            ("a_unix.go", None),
        ] {
            assert_eq!(linux.missing_for_name(name), missing, "{name}");
        }
        let tagged = context("linux", "amd64", &[("-tags", "windows")]);
        assert_eq!(tagged.missing_for_name("a_windows.go"), None);
    }

    #[test]
    fn systems_stand_for_others() {
        assert!(context("android", "arm64", &[]).satisfies("linux"));
        assert!(context("ios", "arm64", &[]).satisfies("darwin"));
        assert!(context("illumos", "amd64", &[]).satisfies("solaris"));
        assert!(!context("js", "wasm", &[]).satisfies("unix"));
        let boring = context("linux", "amd64", &[("GOEXPERIMENT", "boringcrypto,nojsonv2")]);
        assert!(boring.satisfies("boringcrypto") && !boring.satisfies("goexperiment.jsonv2"));
        assert!(!boring.satisfies("go1.027") && !boring.satisfies(""));
    }

    #[test]
    fn flags_come_before_the_environment() {
        let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let environment =
            map(&[("GOOS", "windows"), ("GOARCH", "arm64"), ("GOFLAGS", "-tags=a -race")]);
        let context =
            Context::from_flags_and_environment(27, &map(&[("-tags", "b")]), &environment);
        assert_eq!((context.goos.as_str(), context.goarch.as_str()), ("windows", "arm64"));
        assert!(context.satisfies("b") && !context.satisfies("a") && context.satisfies("race"));
        assert!(!context.cgo, "another platform is built without C");
    }
}
