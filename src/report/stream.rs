//! How is one report written in every format that was asked for?
//!
//! A report has a beginning, one document for each executable (or one document if the command reads none), and an
//! end. Each document is written and dropped before the next one comes. Only counts, findings and faults are kept.

use std::io::{self, Write};

use super::document::{Document, FaultEntry};
use super::envelope::{Head, Tail};
use super::render::{Render, Renderer};
use crate::outcome::{Outcome, Status};

/// One format and where it goes.
pub struct Output {
    renderer: Renderer,
    to: Box<dyn Write>,
    /// Why nothing more can be written there.
    failed: Option<io::Error>,
}

impl Output {
    /// An output that `renderer` writes to `to`.
    #[must_use]
    pub fn new(renderer: Renderer, to: Box<dyn Write>) -> Self {
        Self { renderer, to, failed: None }
    }

    /// Writes if nothing has failed here yet. A failed output takes nothing from the others.
    fn write(&mut self, part: impl FnOnce(&mut Renderer, &mut dyn Write) -> io::Result<()>) {
        if self.failed.is_none() {
            let written = part(&mut self.renderer, &mut *self.to).and_then(|()| self.to.flush());
            self.failed = written.err();
        }
    }
}

/// A report that is being written.
pub struct Report<T: Document> {
    outputs: Vec<Output>,
    begun: bool,
    faults: Vec<FaultEntry>,
    summary: T::Summary,
    outcome: Outcome,
    documents: usize,
}

/// How a report ended.
#[non_exhaustive]
pub struct Ended {
    /// The status of the run.
    pub status: Status,
    /// Whether there was a document and nothing was asked of any document.
    pub nothing_asked: bool,
    /// For each output in order: the error if it is not whole.
    pub failed: Vec<Option<io::Error>>,
}

impl<T: Document> Report<T> {
    /// A report that is written to each of `outputs`.
    #[must_use]
    pub fn new(outputs: Vec<Output>) -> Self {
        Self {
            outputs,
            begun: false,
            faults: Vec::new(),
            summary: T::Summary::default(),
            outcome: Outcome::default(),
            documents: 0,
        }
    }

    /// Writes the heads with the first document. Nothing is written before that: an output may be an input under
    /// another name that is still to be read.
    fn begin(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        let head = Head::new(T::COMMAND);
        for output in &mut self.outputs {
            output.write(|renderer, to| renderer.begin::<T>(to, &head));
        }
    }

    /// Writes the next document.
    pub fn add(&mut self, document: &T) {
        self.begin();
        self.documents += 1;
        self.outcome = self.outcome.and(document.outcome());
        document.count(&mut self.summary);
        for output in &mut self.outputs {
            output.write(|renderer, to| renderer.document(to, document));
        }
    }

    /// Keeps the faults of an input for the end.
    pub fn fault(&mut self, faults: impl IntoIterator<Item = FaultEntry>) {
        self.faults.extend(faults);
    }

    /// Ends every output.
    #[must_use]
    pub fn end(mut self) -> Ended {
        self.begin();
        let status = self.outcome.status(!self.faults.is_empty());
        let tail = Tail { faults: &self.faults, summary: &self.summary, result: status };
        for output in &mut self.outputs {
            output.write(|renderer, to| renderer.end::<T>(to, &tail));
        }
        Ended {
            status,
            nothing_asked: self.documents > 0 && !self.outcome.asked,
            failed: self.outputs.into_iter().map(|output| output.failed).collect(),
        }
    }
}
