//! How do names, which are bytes, appear in a document?
//!
//! A name is text under its key. If it is not UTF-8, the text is its escaped form, and its bytes in hex are beside
//! it. A [`Name`] can be put into a document only as a [`Field`], so that no document forgets the hex.

use std::fmt;
use std::ops::Deref;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::printable::{listing, printable};

/// A name from a file: bytes inside, shown only in a harmless form.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(Vec<u8>);

impl Name {
    /// The name that is these bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// The exact text if it is UTF-8 (the writer escapes what could steer a terminal), else the printable form.
    fn text(&self) -> String {
        std::str::from_utf8(&self.0).map_or_else(|_| printable(&self.0), str::to_owned)
    }

    /// As a line of a tool's listing shows it: only what could forge a line or steer a terminal is escaped.
    #[must_use]
    pub fn listing(&self) -> String {
        listing(&self.0)
    }

    /// Its bytes in hex, when they are not UTF-8.
    fn hex(&self) -> Option<String> {
        let is_text = std::str::from_utf8(&self.0).is_ok();
        (!is_text).then(|| self.0.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.0))
    }
}

/// A name, an optional name or a list of names, under its key. It is flattened into the struct that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<N> {
    key: &'static str,
    names: N,
}

impl<N: Named> Field<N> {
    /// `names` under `key`.
    pub fn new(key: &'static str, names: N) -> Self {
        Self { key, names }
    }
}

impl Field<Name> {
    /// The name that is these bytes, under `key`.
    #[must_use]
    pub fn of(key: &'static str, bytes: &[u8]) -> Self {
        Self::new(key, Name::new(bytes))
    }
}

impl<N> Deref for Field<N> {
    type Target = N;

    fn deref(&self) -> &N {
        &self.names
    }
}

impl fmt::Display for Field<Name> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.names.fmt(f)
    }
}

/// What can be put under a key: its text, and its bytes in hex where the text is not exact.
pub trait Named {
    /// As text.
    fn shown(&self) -> impl Serialize;
    /// As hex, if the text is not exact.
    fn hexed(&self) -> Option<impl Serialize>;
}

impl Named for Name {
    fn shown(&self) -> impl Serialize {
        self.text()
    }

    fn hexed(&self) -> Option<impl Serialize> {
        self.hex()
    }
}

impl Named for Option<Name> {
    fn shown(&self) -> impl Serialize {
        self.as_ref().map(Name::text)
    }

    fn hexed(&self) -> Option<impl Serialize> {
        self.as_ref().and_then(Name::hex)
    }
}

/// For each name its hex, or null if it is UTF-8.
impl Named for Vec<Name> {
    fn shown(&self) -> impl Serialize {
        self.iter().map(Name::text).collect::<Vec<_>>()
    }

    fn hexed(&self) -> Option<impl Serialize> {
        let all: Vec<Option<String>> = self.iter().map(Name::hex).collect();
        all.iter().any(Option::is_some).then_some(all)
    }
}

impl<N: Named> Serialize for Field<N> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry(self.key, &self.names.shown())?;
        if let Some(hex) = self.names.hexed() {
            map.serialize_entry(&format!("{}Hex", self.key), &hex)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Document {
        #[serde(flatten)]
        local: Field<Name>,
        #[serde(flatten)]
        holder: Field<Option<Name>>,
        #[serde(flatten)]
        matched: Field<Vec<Name>>,
    }

    fn written(local: &[u8], holder: Option<&[u8]>, matched: &[&[u8]]) -> String {
        let document = Document {
            local: Field::of("local", local),
            holder: Field::new("holder", holder.map(Name::new)),
            matched: Field::new("matched", matched.iter().map(|name| Name::new(name)).collect()),
        };
        serde_json::to_string(&document).expect("JSON")
    }

    #[test]
    fn hex_stands_beside_what_is_no_text_and_nowhere_else() {
        assert_eq!(
            written("ö\\".as_bytes(), None, &[b"a"]),
            r#"{"local":"ö\\","holder":null,"matched":["a"]}"#
        );
        assert_eq!(
            written(b"a\xff", Some(b"\xfe"), &[b"a", b"b\xff"]),
            r#"{"local":"a\\xff","localHex":"61ff","holder":"\\xfe","holderHex":"fe","matched":["a","b\\xff"],"matchedHex":[null,"62ff"]}"#
        );
    }
}
