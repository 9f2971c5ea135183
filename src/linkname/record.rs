//! How are names, which are bytes, written in recorded claims and evidence?
//!
//! As text if they are UTF-8, else as a list of numbers: nothing is lost either way.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes in a record: a name, or an optional name.
pub(super) trait Recorded: Sized {
    fn bytes(&self) -> Option<&[u8]>;
    fn from_bytes(bytes: Option<Vec<u8>>) -> Option<Self>;
}

impl Recorded for Vec<u8> {
    fn bytes(&self) -> Option<&[u8]> {
        Some(self)
    }

    fn from_bytes(bytes: Option<Vec<u8>>) -> Option<Self> {
        bytes
    }
}

impl Recorded for Option<Vec<u8>> {
    fn bytes(&self) -> Option<&[u8]> {
        self.as_deref()
    }

    fn from_bytes(bytes: Option<Vec<u8>>) -> Option<Self> {
        Some(bytes)
    }
}

impl Recorded for Arc<[u8]> {
    fn bytes(&self) -> Option<&[u8]> {
        Some(self)
    }

    fn from_bytes(bytes: Option<Vec<u8>>) -> Option<Self> {
        bytes.map(Self::from)
    }
}

impl Recorded for Option<Arc<[u8]>> {
    fn bytes(&self) -> Option<&[u8]> {
        self.as_deref()
    }

    fn from_bytes(bytes: Option<Vec<u8>>) -> Option<Self> {
        Some(bytes.map(Arc::from))
    }
}

impl Recorded for Option<Arc<str>> {
    fn bytes(&self) -> Option<&[u8]> {
        self.as_deref().map(str::as_bytes)
    }

    fn from_bytes(bytes: Option<Vec<u8>>) -> Option<Self> {
        let text = bytes.map(String::from_utf8).transpose().ok()?;
        Some(text.map(Arc::from))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Form<'a> {
    Text(std::borrow::Cow<'a, str>),
    Bytes(Vec<u8>),
}

pub(super) fn serialize<S: Serializer>(
    value: &impl Recorded,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let form = value.bytes().map(|bytes| match std::str::from_utf8(bytes) {
        Ok(text) => Form::Text(text.into()),
        Err(_) => Form::Bytes(bytes.to_vec()),
    });
    form.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>, R: Recorded>(
    deserializer: D,
) -> Result<R, D::Error> {
    let bytes = Option::<Form<'_>>::deserialize(deserializer)?.map(|form| match form {
        Form::Text(text) => text.into_owned().into_bytes(),
        Form::Bytes(bytes) => bytes,
    });
    R::from_bytes(bytes).ok_or_else(|| serde::de::Error::custom("a name is missing"))
}
