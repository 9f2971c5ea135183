//! How does a package's path stand in its symbols?
//!
//! cmd/internal/objabi/path.go, PathToPrefix: dots of the last element, quotes, percent signs, and what is no visible
//! ASCII character are written as `%` and two hexadecimal digits.

/// `path` as it begins the package's symbols.
#[must_use]
pub fn escaped(path: &[u8]) -> Vec<u8> {
    let last_element = memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1);
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

/// The symbol of the package's `name`.
#[must_use]
pub fn symbol(path: &[u8], name: &[u8]) -> Vec<u8> {
    let mut symbol = escaped(path);
    symbol.push(b'.');
    symbol.extend_from_slice(name);
    symbol
}

/// The package, as symbols write it, of a symbol that is no method of a type argument's.
#[must_use]
pub fn package(symbol: &[u8]) -> Option<&[u8]> {
    let head = symbol.get(..memchr::memchr2(b'[', b'(', symbol).unwrap_or(symbol.len()))?;
    let last_element = memchr::memrchr(b'/', head).map_or(0, |slash| slash + 1);
    let dot = memchr::memchr(b'.', head.get(last_element..)?)?;
    symbol.get(..last_element + dot)
}

/// Whether `remote` names something of the package `path` with its dots as they are imported, which no symbol is.
#[must_use]
pub fn is_unescaped(remote: &[u8], path: &[u8]) -> bool {
    remote.strip_prefix(path).is_some_and(|rest| rest.starts_with(b".")) && escaped(path) != path
}

/// Whether the last element of the path has a version behind a dot, `yaml.v3.f`: no package has a type
/// of such a name that has methods worth a directive.
#[must_use]
pub fn holds_bare_version(remote: &[u8]) -> bool {
    let last_element = memchr::memrchr(b'/', remote).map_or(0, |slash| slash + 1);
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
        }
        assert_eq!(symbol(b"x/d.v2", b"f"), b"x/d%2ev2.f");
        for symbol in ["a.b/c.f", "a.b/c.(*T).m", "a.b/c.T.m", "a.b/c.f[d.e/f.T]"] {
            assert_eq!(package(symbol.as_bytes()), Some(&b"a.b/c"[..]), "{symbol}");
        }
        assert_eq!(package(b"printf"), None);
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
