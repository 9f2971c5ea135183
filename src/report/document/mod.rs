//! The documents: what each command found, in the fields of the public interface.
//!
//! There is one file for each command, and files for what several commands share. A document is made once, from what
//! an engine returned, and never changed. It knows no format but text.
//!
//! ```
//! use gonym::report::Document;
//! use gonym::report::document::rule::{Codes, CodesSummary};
//!
//! let (document, mut summary) = (Codes::new(Some("unused")), CodesSummary::default());
//! document.count(&mut summary);
//! assert_eq!(summary.codes, 3);
//! ```

pub mod about;
pub mod addr;
pub mod aliases;
pub mod check;
pub mod claim;
pub mod diff;
pub mod discover;
pub mod evidence;
pub mod explain;
pub mod fault;
pub mod info;
pub mod nm;
pub mod rule;
pub mod scan;
pub mod source;
pub mod symbol_rule;
pub mod trace;
pub mod why;

#[cfg(feature = "cli")]
use std::io::{self, Write};

use serde::Serialize;

#[cfg(feature = "cli")]
use super::detail::Detail;
use super::{Command, Reported};
use crate::outcome::Outcome;

pub use fault::FaultEntry;

/// What a command found: about one executable, or about everything if the command reads none.
pub trait Document: Serialize {
    /// What is counted over all documents of a report.
    type Summary: Serialize + Default;

    /// The command.
    const COMMAND: Command;

    /// The name of the report's list of documents. None if there is one document, whose fields are then the report's
    /// own.
    const LISTED_AS: Option<&'static str>;

    /// Everything to tell, in the order of the document.
    fn findings(&self) -> Vec<Reported>;

    /// Adds this document to the counts.
    fn count(&self, summary: &mut Self::Summary);

    /// The outcome of this document.
    fn outcome(&self) -> Outcome;

    /// Writes it for a person.
    ///
    /// # Errors
    /// What `out` reports.
    #[cfg(feature = "cli")]
    fn text(&self, out: &mut dyn Write, detail: Detail) -> io::Result<()>;

    /// Writes the text that follows all documents.
    ///
    /// # Errors
    /// What `out` reports.
    #[cfg(feature = "cli")]
    fn text_end(_summary: &Self::Summary, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}
