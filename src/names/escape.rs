//! How is an import path spelled in a symbol's name, and back?
//!
//! cmd/internal/objabi/path.go, PathToPrefix: dots of the last element, quotes, percent signs, and every byte that is
//! not visible ASCII become `%` and two hexadecimal digits.

use std::borrow::Cow;

/// `path` as the symbols of its package spell it: `gopkg.in/yaml.v3` becomes `gopkg.in/yaml%2ev3`.
#[must_use]
pub fn escaped(path: &[u8]) -> Vec<u8> {
    let last_element = last_element(path);
    let mut out = Vec::with_capacity(path.len());
    for (at, byte) in path.iter().copied().enumerate() {
        let dot = byte == b'.' && at >= last_element;
        if dot || byte <= b' ' || byte >= 0x7f || matches!(byte, b'%' | b'"') {
            out.push(b'%');
            out.extend([byte >> 4, byte & 15].map(hex_digit));
        } else {
            out.push(byte);
        }
    }
    out
}

fn hex_digit(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'a' + value - 10 }
}

/// Where the last element of a path begins.
pub(super) fn last_element(path: &[u8]) -> usize {
    memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1)
}

/// The import path of an escaped package path: `gopkg.in/yaml%2ev3` becomes `gopkg.in/yaml.v3`.
#[must_use]
pub fn unescape(path: &[u8]) -> Cow<'_, [u8]> {
    if !path.contains(&b'%') {
        return Cow::Borrowed(path);
    }
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%').then(|| tail.first_chunk().and_then(hex_byte)).flatten();
        out.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    Cow::Owned(out)
}

fn hex_byte(digits: &[u8; 2]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok()?;
    u8::from_str_radix(text, 16).ok()
}

/// The symbol of the name `local` in the package `path`.
#[must_use]
pub fn symbol(path: &[u8], local: &[u8]) -> Vec<u8> {
    let mut symbol = escaped(path);
    symbol.push(b'.');
    symbol.extend_from_slice(local);
    symbol
}

/// Whether `remote` spells the package `path` with unescaped dots. No symbol does.
#[must_use]
pub fn is_unescaped(remote: &[u8], path: &[u8]) -> bool {
    remote.strip_prefix(path).is_some_and(|rest| rest.starts_with(b".")) && escaped(path) != path
}

/// Whether the last path element has a version after a dot, as in `yaml.v3.f`. No package has a type of such a name
/// with methods that anybody links to.
#[must_use]
pub fn holds_bare_version(remote: &[u8]) -> bool {
    let last_element = last_element(remote);
    let parts = remote.get(last_element..).unwrap_or_default().split(|byte| *byte == b'.');
    let between: Vec<&[u8]> = parts.skip(1).collect();
    let Some((_, between)) = between.split_last() else { return false };
    last_element > 0 && between.iter().any(|part| is_version(part))
}

fn is_version(part: &[u8]) -> bool {
    let digits = part.strip_prefix(b"v").unwrap_or_default();
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_escaped_as_the_linker_does() {
        for (path, wanted) in [
            ("gopkg.in/yaml.v3", "gopkg.in/yaml%2ev3"),
            ("example.com", "example%2ecom"),
            ("a.b/c", "a.b/c"),
            ("a/b%\"\u{e4} c", "a/b%25%22%c3%a4%20c"),
            ("main", "main"),
        ] {
            assert_eq!(escaped(path.as_bytes()), wanted.as_bytes());
            assert_eq!(*unescape(wanted.as_bytes()), *path.as_bytes());
        }
        assert_eq!(symbol(b"x/d.v2", b"f"), b"x/d%2ev2.f");
        assert_eq!(*unescape(b"a%2"), *b"a%2");
        assert_eq!(*unescape(b"a%zz"), *b"a%zz");
        assert_eq!(*unescape(b"%25x"), *b"%x");
    }

    #[test]
    fn remotes_whose_dots_are_not_escaped() {
        assert!(is_unescaped(b"gopkg.in/a.v3x.f", b"gopkg.in/a.v3x"));
        assert!(!is_unescaped(b"gopkg.in/a%2ev3.f", b"gopkg.in/a.v3"));
        assert!(!is_unescaped(b"a.b/c.f", b"a.b/c"));
        assert!(holds_bare_version(b"gopkg.in/yaml.v3.f"));
        for fine in ["time.Time.String", "a.b/c.T.v", "a/c.v2", "gopkg.in/yaml%2ev3.f", "x.v2.f"] {
            assert!(!holds_bare_version(fine.as_bytes()), "{fine}");
        }
    }
}
