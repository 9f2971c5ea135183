//! What could not be read, as reports show it.
//!
//! ```
//! use gonym::error::Fault;
//! use gonym::report::FaultEntry;
//!
//! let entry = FaultEntry::new("app", &Fault::truncated("ELF header", 0, 64, 12));
//! assert_eq!((entry.code.word(), entry.wanted, entry.present), ("truncated", 64, 12));
//! ```

use serde::Serialize;

use crate::error::Fault;
use crate::finding::Code;
use crate::source::file::Fault as SyntaxFault;

/// A fault of one input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct FaultEntry {
    /// The file concerned.
    pub path: String,
    /// Stable code.
    pub code: Code,
    /// The structure concerned.
    pub part: String,
    /// Its offset in the file, in bytes.
    pub offset: u64,
    /// Bytes or value wanted.
    pub wanted: u64,
    /// Bytes or value present.
    pub present: u64,
    /// The line of a source file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in bytes, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// All of it in one sentence.
    pub message: String,
}

impl FaultEntry {
    /// `fault` in the file whose name in reports is `path`.
    #[must_use]
    pub fn new(path: &str, fault: &Fault) -> Self {
        Self {
            path: path.to_owned(),
            code: fault.code.code(),
            part: fault.part.clone(),
            offset: fault.offset,
            wanted: fault.wanted,
            present: fault.present,
            line: None,
            column: None,
            message: fault.to_string(),
        }
    }

    /// A file or folder that could not be read at all.
    #[must_use]
    pub fn unread(path: &str, error: &str) -> Self {
        Self {
            path: path.to_owned(),
            code: Code::Unreadable,
            part: "file".to_owned(),
            offset: 0,
            wanted: 0,
            present: 0,
            line: None,
            column: None,
            message: error.to_owned(),
        }
    }

    /// A source file that is not valid Go.
    #[must_use]
    pub fn syntax(path: &str, fault: &SyntaxFault) -> Self {
        let SyntaxFault { line, column, wanted } = *fault;
        let message = format!("{line}:{column}: no Go: wanted {wanted}");
        let entry = Self { code: Code::SyntaxError, ..Self::unread(path, &message) };
        Self { line: Some(line), column: Some(column), ..entry }
    }
}
