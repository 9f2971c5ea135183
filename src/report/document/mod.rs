//! The documents: what each command found, in the fields of the public interface.
//!
//! One file for each command, and files for what several of them hold. A document is made once, out of what an engine
//! returned, and never changed; it knows no format but its own words for text.

pub mod about;
pub mod aliases;
pub mod check;
pub mod claim;
pub mod evidence;
pub mod fault;
pub mod rule;
pub mod scan;
pub mod source;
pub mod symbol_rule;

#[cfg(feature = "cli")]
use std::io::{self, Write};

use serde::Serialize;

#[cfg(feature = "cli")]
use super::detail::Detail;
use super::{Command, Reported};
use crate::outcome::Outcome;

pub use fault::FaultEntry;

/// What a command found: of one executable, or of everything where it reads none.
pub trait Document: Serialize {
    /// What is counted over all documents of a report.
    type Summary: Serialize + Default;

    /// The command.
    const COMMAND: Command;

    /// The field of the report that lists the documents; none where there is one, whose fields are the report's own.
    const LISTED_AS: Option<&'static str>;

    /// Everything to be told, in the order in which it stands in the document.
    fn findings(&self) -> Vec<Reported>;

    /// Adds this document to what is counted.
    fn count(&self, summary: &mut Self::Summary);

    /// What it comes to.
    fn outcome(&self) -> Outcome;

    /// Writes it for a person.
    ///
    /// # Errors
    /// What `out` reports.
    #[cfg(feature = "cli")]
    fn text(&self, out: &mut dyn Write, detail: Detail) -> io::Result<()>;

    /// Writes for a person what stands behind all documents.
    ///
    /// # Errors
    /// What `out` reports.
    #[cfg(feature = "cli")]
    fn text_end(_summary: &Self::Summary, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}
