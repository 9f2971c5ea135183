//! How does one report reach every format that was asked for?
//!
//! A report has a beginning, a document for each executable (or the one of a command that reads none) and an end.
//! Each document is written and forgotten before the next one comes; only counts, findings and faults are kept.

use std::io::{self, Write};

use super::document::{Document, FaultEntry};
use super::envelope::{Head, Tail};
use super::render::{Render, Renderer};
use crate::outcome::{Outcome, Status};

/// One format and where it goes.
pub struct Output {
    renderer: Renderer,
    to: Box<dyn Write>,
    /// Why nothing more is written there.
    failed: Option<io::Error>,
}

impl Output {
    /// What `renderer` writes goes to `to`.
    #[must_use]
    pub fn new(renderer: Renderer, to: Box<dyn Write>) -> Self {
        Self { renderer, to, failed: None }
    }

    /// Goes on where nothing failed yet: a place that cannot be written to takes nothing from the others.
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

/// What became of a report.
pub struct Ended {
    /// What the run comes to.
    pub status: Status,
    /// Whether there was a document, and nothing had been asked of any.
    pub nothing_asked: bool,
    /// For each output in the order given: why it is not whole, if it is not.
    pub failed: Vec<Option<io::Error>>,
}

impl<T: Document> Report<T> {
    /// A report that goes to each of `outputs`.
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

    /// Nothing is written before there is something to say: an output may be what is still to be read, under
    /// another name.
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

    /// Keeps what is wrong with an input for the end.
    pub fn fault(&mut self, faults: impl IntoIterator<Item = FaultEntry>) {
        self.faults.extend(faults);
    }

    /// Ends it everywhere.
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
