//! One JSON document, with exact names and nothing that could steer a terminal.
//!
//! It is written piece by piece, so that no report is in memory as a whole. The findings of all documents follow the
//! last document; they are all that is kept.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use super::Render;
use crate::report::document::Document;
use crate::report::envelope::{Head, Tail};
use crate::report::reported::Reported;

/// A JSON document that is being written, indented.
#[derive(Default)]
pub struct Json {
    object: Object,
    findings: Vec<Reported>,
    /// Whether the list of documents has an element yet.
    listed: bool,
}

impl Render for Json {
    fn begin<T: Document>(&mut self, out: &mut dyn Write, head: &Head) -> io::Result<()> {
        self.object.begin(out)?;
        self.object.fields(out, head)?;
        match T::LISTED_AS {
            Some(key) => self.object.begin_list(out, key),
            None => Ok(()),
        }
    }

    fn document<T: Document>(&mut self, out: &mut dyn Write, document: &T) -> io::Result<()> {
        self.findings.extend(document.findings());
        if T::LISTED_AS.is_none() {
            return self.object.fields(out, document);
        }
        let first = !std::mem::replace(&mut self.listed, true);
        self.object.item(out, first, document)
    }

    fn end<T: Document>(
        &mut self,
        out: &mut dyn Write,
        tail: &Tail<'_, T::Summary>,
    ) -> io::Result<()> {
        if T::LISTED_AS.is_some() {
            self.object.end_list(out)?;
        }
        self.object.field(out, "findings", &self.findings)?;
        self.object.fields(out, tail)?;
        self.object.end(out)
    }
}

/// The outermost object, field by field.
#[derive(Default)]
struct Object {
    indent: PrettyFormatter<'static>,
    /// Whether it has a field yet.
    filled: bool,
}

impl Object {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.indent.begin_object(out)
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.indent.end_object(out)?;
        out.write_all(b"\n")
    }

    fn key(&mut self, out: &mut dyn Write, key: &str) -> io::Result<()> {
        let first = !std::mem::replace(&mut self.filled, true);
        self.indent.begin_object_key(out, first)?;
        self.value(out, key, false)?;
        self.indent.end_object_key(out)?;
        self.indent.begin_object_value(out)
    }

    fn field(&mut self, out: &mut dyn Write, key: &str, value: &impl Serialize) -> io::Result<()> {
        self.key(out, key)?;
        self.value(out, value, false)?;
        self.indent.end_object_value(out)
    }

    /// Writes the fields of `value`, which is an object itself.
    fn fields(&mut self, out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
        self.value(out, value, true)
    }

    fn begin_list(&mut self, out: &mut dyn Write, key: &str) -> io::Result<()> {
        self.key(out, key)?;
        self.indent.begin_array(out)
    }

    fn item(&mut self, out: &mut dyn Write, first: bool, item: &impl Serialize) -> io::Result<()> {
        self.indent.begin_array_value(out, first)?;
        self.value(out, item, false)?;
        self.indent.end_array_value(out)
    }

    fn end_list(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.indent.end_array(out)?;
        self.indent.end_object_value(out)
    }

    /// Writes a value. With `open` the braces are left out, so that the fields of `value` continue this object.
    fn value(
        &mut self,
        out: &mut dyn Write,
        value: &(impl Serialize + ?Sized),
        open: bool,
    ) -> io::Result<()> {
        let Self { indent, filled } = self;
        let formatter = Escaping { indent, filled, open, depth: 0 };
        value.serialize(&mut Serializer::with_formatter(out, formatter)).map_err(io::Error::from)
    }
}

/// Writes C1 controls, separators and bidirectional marks as `\uXXXX`; serde_json leaves them as they are.
struct Escaping<'a> {
    indent: &'a mut PrettyFormatter<'static>,
    /// Whether the object that is continued has a field yet.
    filled: &'a mut bool,
    open: bool,
    depth: usize,
}

/// Passes calls on to the formatter that indents.
macro_rules! indent {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {$(
        fn $name<W: ?Sized + Write>(&mut self, out: &mut W, $($argument: $kind),*) -> io::Result<()> {
            self.indent.$name(out, $($argument),*)
        }
    )*};
}

impl Formatter for Escaping<'_> {
    indent! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object_value();
        end_object_value();
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        if self.open && self.depth == 1 { Ok(()) } else { self.indent.begin_object(out) }
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        if self.open && self.depth == 0 { Ok(()) } else { self.indent.end_object(out) }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if !self.open || self.depth != 1 {
            return self.indent.begin_object_key(out, first);
        }
        let first = !std::mem::replace(self.filled, true);
        self.indent.begin_object_key(out, first)
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        write_fragment(out, fragment)
    }
}

/// A string, in which nothing could steer a terminal.
fn write_fragment<W: ?Sized + Write>(out: &mut W, fragment: &str) -> io::Result<()> {
    // Nearly every name takes this way: no character needs a closer look.
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

/// Writes `value` on a line of its own, as a stream of JSON has it.
///
/// # Errors
/// What `out` reports.
#[cfg(feature = "cli")]
pub(crate) fn line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, OneLine))?;
    out.write_all(b"\n")
}

/// Leaves out every blank.
#[cfg(feature = "cli")]
struct OneLine;

#[cfg(feature = "cli")]
impl Formatter for OneLine {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        write_fragment(out, fragment)
    }
}

/// Whether the character could steer a terminal. All of these lie in the basic plane, so one escape holds each.
fn steers_output(c: char) -> bool {
    crate::printable::steers_output(c) || c.is_ascii_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Object, &mut Vec<u8>) -> io::Result<()>) -> String {
        let (mut object, mut out) = (Object::default(), Vec::new());
        object.begin(&mut out).expect("writing to memory");
        write(&mut object, &mut out).expect("writing to memory");
        object.end(&mut out).expect("writing to memory");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn a_document_never_carries_a_raw_control() {
        let name = "a\u{9b}31m\u{202e}\n\"ö";
        let text = written(|object, out| object.field(out, "n", &name));
        assert_eq!(text, "{\n  \"n\": \"a\\u009b31m\\u202e\\n\\\"ö\"\n}\n");
        let back: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(back["n"], name);
    }

    #[test]
    fn what_is_written_in_pieces_is_what_would_be_written_at_once() {
        let body = serde_json::json!({ "b": { "c": [1, {}], "d": {} }, "e": [] });
        let empty = serde_json::json!({});
        let text = written(|object, out| {
            object.fields(out, &serde_json::json!({ "a": 1 }))?;
            object.fields(out, &empty)?;
            object.fields(out, &body)?;
            object.begin_list(out, "f")?;
            object.item(out, true, &body)?;
            object.item(out, false, &empty)?;
            object.end_list(out)?;
            object.begin_list(out, "g")?;
            object.end_list(out)
        });
        let whole = serde_json::json!({
            "a": 1, "b": { "c": [1, {}], "d": {} }, "e": [], "f": [body, empty], "g": []
        });
        assert_eq!(text, format!("{}\n", serde_json::to_string_pretty(&whole).expect("JSON")));
    }
}
