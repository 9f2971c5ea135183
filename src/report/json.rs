//! A document as JSON: the exact names, and nothing that could steer a terminal.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

/// Writes `document` and a line end, indented.
///
/// # Errors
/// What `out` reports.
pub fn write(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    let formatter = Escaping { inner: PrettyFormatter::new() };
    document.serialize(&mut Serializer::with_formatter(&mut *out, formatter))?;
    out.write_all(b"\n")
}

/// Writes C1 controls, separators and bidirectional marks as `\uXXXX`, which JSON leaves raw.
struct Escaping<'a> {
    inner: PrettyFormatter<'a>,
}

/// Passes calls on to the formatter that indents.
macro_rules! indent {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {$(
        fn $name<W: ?Sized + Write>(&mut self, out: &mut W, $($argument: $kind),*) -> io::Result<()> {
            self.inner.$name(out, $($argument),*)
        }
    )*};
}

impl Formatter for Escaping<'_> {
    indent! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // Nearly every name: no character needs to be looked at.
        if fragment.bytes().all(|byte| byte < 0x7f) {
            return CompactFormatter.write_string_fragment(out, fragment);
        }
        let mut rest = fragment;
        while let Some(at) = rest.find(steers_output) {
            let (plain, tail) = rest.split_at(at);
            CompactFormatter.write_string_fragment(out, plain)?;
            let mut chars = tail.chars();
            if let Some(c) = chars.next() {
                write!(out, "\\u{:04x}", u32::from(c))?;
            }
            rest = chars.as_str();
        }
        CompactFormatter.write_string_fragment(out, rest)
    }
}

/// All of these lie in the basic plane, so one escape holds each.
fn steers_output(c: char) -> bool {
    crate::printable::steers_output(c) || c == '\u{7f}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_never_carries_a_raw_control() {
        let name = "a\u{9b}31m\u{202e}\n\"ö";
        let mut out = Vec::new();
        write(&mut out, &[name]).expect("writing to memory");
        let text = String::from_utf8(out).expect("UTF-8");
        assert_eq!(text, "[\n  \"a\\u009b31m\\u202e\\n\\\"ö\"\n]\n");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).expect("JSON"), [name]);
    }
}
