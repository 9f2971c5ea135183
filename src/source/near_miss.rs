//! Which comments were meant to be a linkname directive and are none?
//!
//! Only the form of a directive counts: a word that is nearly `go:linkname`, a name, and perhaps a second name, and
//! nothing else. Prose has other words around it, and a commented-out directive keeps its own slashes. `package`
//! checks whether the name is declared. No compiler reports these lines.
//!
//! ```
//! use gonym::finding::Code;
//! use gonym::source::file::GoFile;
//!
//! let file = GoFile::parse(b"package p\n\n// go:linkname f runtime.f\nfunc f()\n".to_vec());
//! assert_eq!(file.near_misses[0].code, Code::BlankBeforeWord);
//! assert_eq!(file.near_misses[0].local, b"f");
//! ```

use super::directive::{self, fields, is_alone, line_text};
use super::lexer::{Token, TokenKind};
use crate::finding::Code;

/// A comment that is nearly a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// Why it is no directive.
    pub code: Code,
    /// The local name that was meant; empty if there is only the word.
    pub local: Vec<u8>,
    /// The remote that was meant.
    pub remote: Option<Vec<u8>>,
    /// Line of the comment, from 1.
    pub line: u32,
    /// Column of the comment in bytes, from 1.
    pub column: u32,
}

/// The near miss in `comment`, if it is one. `comment` must not be a directive.
pub(super) fn read(bytes: &[u8], comment: &Token) -> Option<NearMiss> {
    let text = match comment.kind {
        TokenKind::LineComment => line_text(bytes, comment)?,
        _ => comment.text(bytes).strip_prefix(b"/*")?.strip_suffix(b"*/")?,
    };
    let inside = text.trim_ascii_start();
    // `GO:` is not searched for; see `search::is_candidate`.
    if !inside.first()?.eq_ignore_ascii_case(&b'g')
        || inside.get(1..3)? != b"o:"
        || !may_be_meant(inside.get(3..)?)
        || !is_alone(bytes, comment)
    {
        return None;
    }
    let fields = fields(inside);
    let (word, arguments) = fields.split_first()?;
    let word = word.get(3..)?;
    let code = if comment.kind == TokenKind::BlockComment {
        is_word(&word.to_ascii_lowercase()).then_some(Code::BlockComment)?
    } else {
        line_code(text, inside, word, arguments.is_empty())?
    };
    let (local, remote) = match arguments {
        [] if code == Code::BareDirective => (Vec::new(), None),
        [local] if is_name(local) => (local.clone(), None),
        [local, remote] if is_name(local) && is_remote(remote) => {
            (local.clone(), Some(remote.clone()))
        }
        _ => return None,
    };
    Some(NearMiss { code, local, remote, line: comment.line, column: comment.column })
}

/// Why a line comment is no directive. `inside` is `text` without leading blanks.
fn line_code(text: &[u8], inside: &[u8], word: &[u8], is_bare: bool) -> Option<Code> {
    let lower = word.to_ascii_lowercase();
    if !is_word(&lower) {
        return begins_with_word(word).then_some(Code::UnknownWord);
    }
    if lower != word || !inside.starts_with(b"go:") {
        return Some(Code::WrongCase);
    }
    if inside.len() != text.len() {
        return Some(Code::BlankBeforeWord);
    }
    // With exactly one space after the word the compiler takes it for a directive.
    match inside.get(3 + word.len()) {
        None => is_bare.then_some(Code::BareDirective),
        Some(b' ') => None,
        Some(_) => Some(Code::TabAfterWord),
    }
}

fn is_word(word: &[u8]) -> bool {
    [directive::Word::Linkname, directive::Word::LinknameStd]
        .iter()
        .any(|known| known.text().as_bytes() == word)
}

/// Whether `text` begins with the word, or with nearly the word, in any case. Only such text is a near miss, because
/// files without it are skipped as a whole, and the findings of one file must not depend on another file.
pub(super) fn begins_with_word(text: &[u8]) -> bool {
    if !text.first().is_some_and(|first| first.eq_ignore_ascii_case(&b'l')) {
        return false;
    }
    let letters = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    let length = text.iter().take(32).take_while(|byte| letters(byte)).count();
    let word = text.get(..length).unwrap_or_default();
    is_word_in_some_case(word) || is_nearly(word)
}

fn is_word_in_some_case(word: &[u8]) -> bool {
    [directive::Word::Linkname, directive::Word::LinknameStd]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known.text().as_bytes()))
}

/// Whether the first word of `text` is the word or nearly so, in any case. This quick test comes before the text is
/// split into fields, which takes more time than all the rest.
fn may_be_meant(text: &[u8]) -> bool {
    let ends = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' ' | 0x80..);
    let length = text.iter().position(ends).unwrap_or(text.len());
    let word = text.get(..length).unwrap_or_default();
    // A character outside ASCII may be white space.
    let foreign = text.get(length).is_some_and(|byte| !byte.is_ascii());
    foreign || is_word_in_some_case(word) || is_nearly(word)
}

/// Whether one or two letters of `linkname` were added, lost or changed, in any case.
fn is_nearly(word: &[u8]) -> bool {
    let wanted = b"linkname";
    if word.len().abs_diff(wanted.len()) > 2 {
        return false;
    }
    let mut row: [usize; 9] = std::array::from_fn(|column| column);
    for (letter, above) in word.iter().zip(1..) {
        let mut diagonal = above - 1;
        let mut left = above;
        let mut next = [above; 9];
        let columns = wanted.iter().zip(row.iter().skip(1)).zip(next.iter_mut().skip(1));
        for ((known, over), column) in columns {
            let changed = usize::from(!known.eq_ignore_ascii_case(letter));
            left = (diagonal + changed).min(left + 1).min(over + 1);
            diagonal = *over;
            *column = left;
        }
        row = next;
    }
    row.last().is_some_and(|distance| *distance <= 2)
}

fn is_name(word: &[u8]) -> bool {
    let starts = word.first().is_some_and(|first| !first.is_ascii_digit());
    starts && word.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80)
}

/// Whether it may be a symbol of a package: it has a dot, and not only at its end, as in a sentence.
fn is_remote(word: &[u8]) -> bool {
    memchr::memchr(b'.', word).is_some_and(|dot| dot > 0) && !word.ends_with(b".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::lexer::Lexer;

    fn code(source: &str) -> Option<&'static str> {
        let comment = Lexer::new(source.as_bytes()).find(Token::is_comment).expect("a comment");
        read(source.as_bytes(), &comment).map(|near| near.code.word())
    }

    #[test]
    fn what_was_meant_as_a_directive() {
        for (source, wanted) in [
            ("// go:linkname a b.c", "blank-before-word"),
            ("//\tgo:linkname a", "blank-before-word"),
            ("// go:linknamestd a b.c", "blank-before-word"),
            ("//go:linkname\ta b.c", "tab-after-word"),
            ("//go:linkname\u{a0}a b.c", "tab-after-word"),
            ("//go:linknames a b.c", "unknown-word"),
            ("//go:link_name a b.c", "unknown-word"),
            ("//go:linkame a", "unknown-word"),
            ("//Go:linkname a b.c", "wrong-case"),
            ("//go:LinkName a b.c", "wrong-case"),
            ("/*go:linkname a b.c*/", "block-comment"),
            ("/* go:linkname a\tb.c\n*/", "block-comment"),
            ("//go:linkname", "bare-directive"),
        ] {
            assert_eq!(code(source), Some(wanted), "{source}");
        }
    }

    #[test]
    fn prose_and_other_directives() {
        for source in [
            "// go:linkname is evil",
            "// go:linkname a b",
            "// go:linkname a b.",
            "// go:linkname",
            "// use go:linkname a b.c",
            "// go:linkname a b.c d",
            "// //go:linkname a b.c",
            "//go:linkname a b.c",
            "//go:noinline",
            "//go:linux a",
            "//go:embed name",
            "//go:line a",
            "x // go:linkname a b.c",
            "// go:",
            "//go:linkname 1 b.c\t",
            "/*\nThe go:linkname a b.c\n*/",
        ] {
            assert_eq!(code(source), None, "{source}");
        }
    }
}
