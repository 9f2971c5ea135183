//! What do the bytes of a token tell: is it a keyword, how long is an operator, is a literal closed?

use super::TokenKind;

/// Whether a literal or comment is closed. Text that is no token is not.
pub(super) fn is_finished(kind: TokenKind, text: &[u8]) -> bool {
    match kind {
        TokenKind::String => is_quoted(text, b'"'),
        TokenKind::Character => is_quoted(text, b'\''),
        TokenKind::RawString => text.len() > 1 && text.ends_with(b"`"),
        TokenKind::BlockComment => text.len() > 3 && text.ends_with(b"*/"),
        TokenKind::Unknown => false,
        _ => true,
    }
}

/// Whether `text`, which begins with `quote`, ends with one that is not escaped.
fn is_quoted(text: &[u8], quote: u8) -> bool {
    let Some(([_, inside @ ..], last)) = text.split_last().map(|(last, rest)| (rest, last)) else {
        return false;
    };
    *last == quote && inside.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0
}

/// Whether a word is one of Go's 25 keywords.
pub(super) fn is_keyword(word: &[u8]) -> bool {
    // All keywords begin with one of these letters; most names are not compared at all.
    let may_be = (2..=11).contains(&word.len()) && matches!(word.first(), Some(b'b'..=b'v'));
    may_be
        && matches!(
            word,
            b"break"
                | b"case"
                | b"chan"
                | b"const"
                | b"continue"
                | b"default"
                | b"defer"
                | b"else"
                | b"fallthrough"
                | b"for"
                | b"func"
                | b"go"
                | b"goto"
                | b"if"
                | b"import"
                | b"interface"
                | b"map"
                | b"package"
                | b"range"
                | b"return"
                | b"select"
                | b"struct"
                | b"switch"
                | b"type"
                | b"var"
        )
}

/// How many bytes the operator that `rest` begins with has; 0 where it begins with none.
pub(super) fn operator_length(rest: &[u8]) -> usize {
    match rest {
        [b'&', b'^', b'=', ..]
        | [b'.', b'.', b'.', ..]
        | [b'<', b'<', b'=', ..]
        | [b'>', b'>', b'=', ..] => 3,
        [b'!' | b'%' | b'*' | b'/' | b':' | b'=' | b'^', b'=', ..]
        | [b'&', b'&' | b'=' | b'^', ..]
        | [b'+', b'+' | b'=', ..]
        | [b'-', b'-' | b'=', ..]
        | [b'<', b'-' | b'<' | b'=', ..]
        | [b'>', b'=' | b'>', ..]
        | [b'|', b'=' | b'|', ..] => 2,
        [first, ..] => usize::from(b"!%&()*+,-./:<=>[]^{|}~".contains(first)),
        [] => 0,
    }
}
