//! The rows of cells that an earlier run has judged, so that a stopped one goes on where it was.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

use super::tally::Row;

/// A file with one row of JSON in each line; without a file nothing is kept.
pub struct Kept {
    rows: BTreeMap<String, Row>,
    file: Option<Mutex<File>>,
}

impl Kept {
    /// What `path` holds. A row that something was said against is asked again, and so is a line that
    /// the run was stopped in.
    pub fn open(path: Option<&Path>) -> Self {
        let Some(path) = path else { return Self { rows: BTreeMap::new(), file: None } };
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let read = text.lines().filter_map(|line| serde_json::from_str::<Row>(line).ok());
        let rows = read.filter(Row::holds).map(|row| (row.id.clone(), row)).collect();
        let mut file =
            OpenOptions::new().create(true).append(true).open(path).expect("a place for rows");
        if !text.is_empty() && !text.ends_with('\n') {
            writeln!(file).expect("the end of a line");
        }
        Self { rows, file: Some(Mutex::new(file)) }
    }

    /// The row of an earlier run.
    pub fn row(&self, id: &str) -> Option<&Row> {
        self.rows.get(id)
    }

    /// Keeps a row.
    pub fn keep(&self, row: &Row) {
        let Some(file) = &self.file else { return };
        let line = serde_json::to_string(row).expect("a row is JSON");
        writeln!(file.lock().expect("no earlier failure"), "{line}").expect("a row is written");
    }
}
