//! How do bytes from a file become text that cannot harm a terminal, a log or a page?
//!
//! This is the only way into any output. A hostile file can have names with newlines, escape sequences and
//! bidirectional overrides; a raw newline forges a whole line of a listing. This file does not know where the bytes
//! come from.
//!
//! ```
//! use gonym::printable::printable;
//!
//! assert_eq!(printable(b"main.f\n0000 T main.forged"), "main.f\\x0a0000 T main.forged");
//! assert_eq!(printable(b"\xff"), "\\xff");
//! ```

use std::fmt::Write;

/// How much is escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// For reports. Everything invisible is escaped, and so is the backslash, so that the text can be turned back
    /// into the bytes.
    Reversible,
    /// For `nm`. Only what could forge a line or steer a terminal is escaped. A backslash stays, because real Go
    /// names hold it (`"json:\",omitempty\""`: 28 symbols of cmd/go).
    Listing,
}

/// `bytes` as text for reports; escapes can be turned back, see [`Mode::Reversible`].
#[must_use]
pub fn printable(bytes: &[u8]) -> String {
    escape(bytes, Mode::Reversible)
}

/// `bytes` as text for a listing, see [`Mode::Listing`].
#[must_use]
pub fn listing(bytes: &[u8]) -> String {
    escape(bytes, Mode::Listing)
}

/// Whether [`listing`] returns exactly these bytes. That is true for nearly every real name, and such a name can be
/// written without building a string.
#[must_use]
pub fn is_plain(bytes: &[u8]) -> bool {
    // The loop has no early exit: the compiler then checks 32 bytes at once.
    bytes.iter().fold(true, |plain, byte| plain & matches!(byte, 0x20..=0x7e))
}

fn escape(bytes: &[u8], mode: Mode) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            push(&mut out, c, mode);
        }
        for byte in chunk.invalid() {
            // Writing to a String cannot fail, here and below.
            _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

fn push(out: &mut String, c: char, mode: Mode) {
    match c {
        '\\' if mode == Mode::Reversible => out.push_str("\\\\"),
        ' '..='~' => out.push(c),
        '\0'..='\x7f' => _ = write!(out, "\\x{:02x}", u32::from(c)),
        _ if steers_output(c) || (mode == Mode::Reversible && is_invisible(c)) => {
            _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        _ => out.push(c),
    }
}

/// C1 controls, line and paragraph separators, bidirectional marks and overrides.
pub(crate) fn steers_output(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// Zero-width, combining, private-use and unassigned code points, by the standard library's tables. Names that differ
/// only in these look alike. Go identifiers hold only letters and digits.
fn is_invisible(c: char) -> bool {
    c.escape_debug().len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_names_pass_unchanged() {
        for name in ["main.(*T[go.shape.int]).m", "type:.eq.[2]string", "main.init·f", "a∕b.ö"]
        {
            assert_eq!(printable(name.as_bytes()), name);
            assert_eq!(listing(name.as_bytes()), name);
        }
    }

    #[test]
    fn nothing_can_forge_a_line_or_steer_a_terminal() {
        let name = "a\n0 T b\x1b[31m\r\u{9b}\u{202e}\u{2028}".as_bytes();
        let escaped = r"a\x0a0 T b\x1b[31m\x0d\u{9b}\u{202e}\u{2028}";
        assert_eq!(printable(name), escaped);
        assert_eq!(listing(name), escaped);
    }

    #[test]
    fn invalid_bytes_stay_distinct() {
        assert_eq!(printable(b"a\xff"), r"a\xff");
        assert_ne!(printable(b"a\xff"), printable(b"a\xfe"));
        assert_ne!(printable(b"a\xff"), printable(br"a\xff"), "the escape itself is escaped");
    }

    #[test]
    fn a_listing_keeps_backslashes_and_a_report_shows_the_invisible() {
        assert_eq!(listing(br#""json:\",omitempty\"""#), r#""json:\",omitempty\"""#);
        assert_eq!(printable("a\u{200b}\u{e000}b".as_bytes()), r"a\u{200b}\u{e000}b");
        assert_eq!(listing("a\u{200b}b".as_bytes()), "a\u{200b}b");
    }

    #[test]
    fn plain_means_that_a_listing_is_the_identity() {
        assert!(is_plain(br"main.(*T).m \ x"));
        assert!(!is_plain("ö".as_bytes()));
        assert!(!is_plain(b"\x7f"));
    }
}
