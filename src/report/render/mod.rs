//! The formats of a report, one file or folder each.
//!
//! Each format writes a beginning, the documents one by one, and an end. Text and JSON know the documents. A format
//! that others define sees [`Document::findings`] only. A new format is a file here, a variant of [`Renderer`] and a
//! word of the command line.
//!
//! ```
//! use gonym::report::document::rule::Codes;
//! use gonym::report::render::{Json, Renderer};
//! use gonym::report::{Output, Report};
//!
//! let output = Output::new(Renderer::Json(Json::default()), Box::new(std::io::sink()));
//! let mut report = Report::new(vec![output]);
//! report.add(&Codes::new(Some("detached")));
//! assert!(report.end().failed.iter().all(Option::is_none));
//! ```

mod json;
#[cfg(feature = "cli")]
pub(super) mod text;

use std::io::{self, Write};

use super::document::Document;
use super::envelope::{Head, Tail};
pub use json::Json;
#[cfg(feature = "cli")]
pub(crate) use json::line;
#[cfg(feature = "cli")]
pub use text::Text;

/// How a format writes a report.
pub trait Render {
    /// The beginning.
    ///
    /// # Errors
    /// What `out` reports.
    fn begin<T: Document>(&mut self, out: &mut dyn Write, head: &Head) -> io::Result<()>;

    /// The next document.
    ///
    /// # Errors
    /// What `out` reports.
    fn document<T: Document>(&mut self, out: &mut dyn Write, document: &T) -> io::Result<()>;

    /// The end.
    ///
    /// # Errors
    /// What `out` reports.
    fn end<T: Document>(
        &mut self,
        out: &mut dyn Write,
        tail: &Tail<'_, T::Summary>,
    ) -> io::Result<()>;
}

/// All formats.
#[non_exhaustive]
pub enum Renderer {
    /// For a person.
    #[cfg(feature = "cli")]
    Text(Text),
    /// One JSON document.
    Json(Json),
}

/// Passes a call on to the format.
macro_rules! each {
    ($renderer:expr, $format:ident => $call:expr) => {
        match $renderer {
            #[cfg(feature = "cli")]
            Renderer::Text($format) => $call,
            Renderer::Json($format) => $call,
        }
    };
}

impl Render for Renderer {
    fn begin<T: Document>(&mut self, out: &mut dyn Write, head: &Head) -> io::Result<()> {
        each!(self, format => format.begin::<T>(out, head))
    }

    fn document<T: Document>(&mut self, out: &mut dyn Write, document: &T) -> io::Result<()> {
        each!(self, format => format.document(out, document))
    }

    fn end<T: Document>(
        &mut self,
        out: &mut dyn Write,
        tail: &Tail<'_, T::Summary>,
    ) -> io::Result<()> {
        each!(self, format => format.end::<T>(out, tail))
    }
}
