//! A report for a person: a short table, then the evidence in plain words.
//!
//! Colours are written as escape sequences; the output drops them where they are not wanted.

pub(in crate::report) mod addr;
pub(in crate::report) mod aliases;
pub(in crate::report) mod check;
mod claim;
pub(in crate::report) mod diff;
pub(in crate::report) mod discover;
pub(in crate::report) mod explain;
mod headline;
pub(in crate::report) mod info;
pub(in crate::report) mod rule;
mod rules;
pub(in crate::report) mod scan;
mod source;
mod table;
pub(in crate::report) mod trace;
pub(in crate::report) mod why;

use std::io::{self, Write};

use super::Render;
use crate::report::Detail;
use crate::report::document::Document;
use crate::report::envelope::{Head, Tail};

/// Text that is being written.
#[derive(Debug, Default)]
pub struct Text {
    detail: Detail,
    begun: bool,
}

impl Text {
    /// A text format with this much detail.
    #[must_use]
    pub fn new(detail: Detail) -> Self {
        Self { detail, begun: false }
    }
}

impl Render for Text {
    fn begin<T: Document>(&mut self, _: &mut dyn Write, _: &Head) -> io::Result<()> {
        Ok(())
    }

    fn document<T: Document>(&mut self, out: &mut dyn Write, document: &T) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            writeln!(out)?;
        }
        document.text(out, self.detail)
    }

    /// Faults are diagnostics and go to standard error.
    fn end<T: Document>(
        &mut self,
        out: &mut dyn Write,
        tail: &Tail<'_, T::Summary>,
    ) -> io::Result<()> {
        T::text_end(tail.summary, out)
    }
}

/// `1 mistake`, `3 mistakes`.
fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
