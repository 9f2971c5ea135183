//! How are the rows of all files written: as lines, as one JSON document, or as a line of JSON for each?

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::listed::Listed;
use crate::outcome::Status;
use crate::report::document::nm::{ListedAbout, ListedBinary, ListedSummary, ListedSymbol};
use crate::report::render::{Json, Render, line};
use crate::report::{Command, Document, FaultEntry, Head, Tail};

/// A report of nm that is being written, file by file.
pub(super) struct Report {
    form: Form,
    faults: Vec<FaultEntry>,
    summary: ListedSummary,
}

enum Form {
    Text,
    Json(Box<Json>),
    /// A line says in `type` what it holds.
    Lines,
}

/// One line.
#[derive(Serialize)]
struct Line<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    body: T,
}

/// A symbol, with the place of its table, so that each line stands for itself.
#[derive(Serialize)]
struct SymbolLine<'a> {
    path: &'a str,
    slice: &'a Option<String>,
    member: &'a Option<String>,
    #[serde(flatten)]
    symbol: ListedSymbol,
}

impl Report {
    /// A report in the format of that word.
    pub(super) fn of(word: &str) -> Option<Self> {
        let form = match word {
            "text" => Form::Text,
            "json" => Form::Json(Box::default()),
            "ndjson" => Form::Lines,
            _ => return None,
        };
        Some(Self { form, faults: Vec::new(), summary: ListedSummary::default() })
    }

    /// Writes what stands before all files.
    pub(super) fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let head = Head::new(Command::Nm);
        match &mut self.form {
            Form::Text => Ok(()),
            Form::Json(json) => json.begin::<ListedBinary>(out, &head),
            Form::Lines => line(out, &Line { kind: "begin", body: head }),
        }
    }

    /// Writes the rows of a file, then its messages; returns true if there was any message.
    pub(super) fn add(
        &mut self,
        file: Listed,
        several_files: bool,
        sizes: bool,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> io::Result<bool> {
        match &mut self.form {
            Form::Text => file.write(several_files, sizes, out)?,
            Form::Json(json) => {
                let mut out = BufWriter::new(&mut *out);
                let mut documents = file.parts.iter().map(|part| &part.document);
                documents.try_for_each(|document| json.document(&mut out, document))?;
                out.flush()?;
            }
            Form::Lines => {
                let mut out = BufWriter::new(&mut *out);
                file.parts.iter().try_for_each(|part| lines(&mut out, &part.document))?;
                out.flush()?;
            }
        }
        let failed = file.tell_all(err);
        file.parts.iter().for_each(|part| part.document.count(&mut self.summary));
        self.faults.extend(file.faults);
        Ok(failed)
    }

    /// Writes what stands behind all files. `failed` says whether any of them has a message.
    pub(super) fn end(mut self, failed: bool, out: &mut dyn Write) -> io::Result<()> {
        let result = if failed { Status::Incomplete } else { Status::Holds };
        let tail = Tail { faults: &self.faults, summary: &self.summary, result };
        match &mut self.form {
            Form::Text => Ok(()),
            Form::Json(json) => json.end::<ListedBinary>(out, &tail),
            Form::Lines => line(out, &Line { kind: "end", body: tail }),
        }
    }
}

/// A line about the table, and one for each row.
fn lines(out: &mut dyn Write, document: &ListedBinary) -> io::Result<()> {
    let ListedBinary { about, symbols, .. } = document;
    let ListedAbout { path, slice, member, .. } = about;
    line(out, &Line { kind: "binary", body: about })?;
    symbols.rows().try_for_each(|row| {
        let body = SymbolLine { path, slice, member, symbol: ListedSymbol::new(symbols, &row) };
        line(out, &Line { kind: "symbol", body })
    })
}
