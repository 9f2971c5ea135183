//! What is the value of a string literal?
//!
//! strconv.Unquote for both forms of strings. An escape that Go does not have stands for itself: such a file does not
//! compile, but its text is still worth showing.

/// The bytes that a string token stands for.
#[must_use]
pub(crate) fn string_value(token: &[u8]) -> Vec<u8> {
    let inside = token.get(1..token.len().saturating_sub(1)).unwrap_or_default();
    if token.first() == Some(&b'`') {
        return inside.iter().copied().filter(|byte| *byte != b'\r').collect();
    }
    let mut value = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some((&first, behind)) = rest.split_first() {
        let length = if first == b'\\' { escape(behind, &mut value) } else { None };
        if length.is_none() {
            value.push(first);
        }
        rest = behind.get(length.unwrap_or(0)..).unwrap_or_default();
    }
    value
}

/// Appends the value of the escape after a backslash; returns its length without the backslash.
fn escape(text: &[u8], value: &mut Vec<u8>) -> Option<usize> {
    let first = *text.first()?;
    let simple = b"abfnrtv\\\"'".iter().position(|known| *known == first);
    if let Some(byte) = simple.and_then(|at| b"\x07\x08\x0c\n\r\t\x0b\\\"'".get(at)) {
        value.push(*byte);
        return Some(1);
    }
    let (skipped, digits, radix) = match first {
        b'x' => (1, 2, 16),
        b'u' => (1, 4, 16),
        b'U' => (1, 8, 16),
        b'0'..=b'7' => (0, 3, 8),
        _ => return None,
    };
    let digits = text.get(skipped..skipped + digits)?;
    let number = u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?;
    if matches!(first, b'u' | b'U') {
        value.extend_from_slice(char::from_u32(number)?.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        value.push(u8::try_from(number).ok()?);
    }
    Some(skipped + digits.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_stand_for_bytes() {
        for (token, wanted) in [
            (r#""a/b""#, &b"a/b"[..]),
            (r#""\x61\142\u00e9\\\"\n""#, b"ab\xc3\xa9\\\"\n"),
            (r#""\xff\377""#, b"\xff\xff"),
            ("`a\\x\r\n`", b"a\\x\n"),
            (r#""\q\x1""#, b"\\q\\x1"),
            (r#""\u""#, b"\\u"),
            ("\"", b""),
        ] {
            assert_eq!(string_value(token.as_bytes()), wanted, "{token}");
        }
    }
}
