//! Which files do a file's `//line` comments name?
//!
//! cmd/compile/internal/syntax (parser.go, updateBase): `//line FILE:LINE[:COLUMN]`, `/*line …*/`. Without FILE the
//! positions stay in the same file.

use memchr::memmem;

/// The files in `//line` comments, as written; empty for a comment without a file.
pub(crate) fn named_files(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    [&b"//line "[..], b"/*line "].into_iter().flat_map(move |mark| {
        memmem::find_iter(bytes, mark).map(move |at| {
            let rest = bytes.get(at + mark.len()..).unwrap_or_default();
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r' | b'*'));
            without_numbers(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default())
        })
    })
}

/// Whether a `//line` comment names one of the files `names` (base names), or no file.
#[must_use]
pub(crate) fn renumbers(bytes: &[u8], names: &[&[u8]]) -> bool {
    named_files(bytes).any(|file| {
        let base = file.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or(file);
        base.is_empty() || names.contains(&base)
    })
}

/// `FILE` of `FILE:LINE` and `FILE:LINE:COLUMN`.
fn without_numbers(place: &[u8]) -> &[u8] {
    let mut file = place.trim_ascii();
    for _ in 0..2 {
        let Some(colon) = memchr::memrchr(b':', file) else { break };
        let number = file.get(colon + 1..).unwrap_or_default();
        if !number.iter().all(u8::is_ascii_digit) {
            break;
        }
        file = file.get(..colon).unwrap_or_default();
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_comments_that_count_in_a_file_of_the_package() {
        let says = |text: &str| renumbers(text.as_bytes(), &[b"a.go", b"b.go"]);
        assert!(says("x\n//line b.go:10\n") && says("//line /src/a.go:10:2\n"));
        assert!(says("f(/*line a.go:3*/ x)") && says("//line :7\n"));
        assert!(!says("//line expr.y:10\n") && !says("//linear a.go:1\n") && !says("a.go"));
    }
}
