//! What was found, in the words and fields of the public interface.
//!
//! A command makes [`document`]s, and a [`Report`] writes them: [`render`] has the formats, `wording` the sentences.
//! The shape is stable: fields are added, never renamed, and [`SCHEMA`] grows when a meaning changes. Everything that
//! comes from a file passes through [`crate::printable`] here. Nothing is judged here.
//!
//! ```
//! use gonym::report::document::rule::Codes;
//!
//! let page = Codes::new(Some("detached"));
//! assert_eq!(page.codes[0].verdict, Some("not-in-effect"));
//! ```

mod detail;
pub mod document;
mod envelope;
mod name;
pub mod render;
mod reported;
mod shown;
mod stream;
pub mod wording;
mod words;

pub use detail::Detail;
pub use document::{Document, FaultEntry};
pub use envelope::{Command, Head, SCHEMA, Tail, Tool};
pub use name::{Field, Name, Named};
pub use reported::{Place, Reported, ReportedCode};
pub use shown::Shown;
pub use stream::{Ended, Output, Report};

/// Bytes as documents write them: two digits each.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An address as documents write it.
#[must_use]
pub fn address(value: u64) -> String {
    format!("{value:#x}")
}
