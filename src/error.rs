//! What can go wrong, with enough detail that the reader of a CI log can act on it.
//!
//! A [`Fault`] is a defect of one input: it names the part, the file offset, the value wanted and the value present.
//! An [`Error`] stops a command. Neither knows a file format.
//!
//! ```
//! use gonym::error::Fault;
//!
//! let fault = Fault::truncated("ELF section header 17", 64, 40, 12);
//! assert!(fault.is_damage());
//! assert_eq!(fault.code.code().word(), "truncated");
//! ```

use std::fmt;
use std::io;

use crate::finding::Code;

/// The result of everything that reads an input.
pub type Result<T, E = Fault> = std::result::Result<T, E>;

/// The kind of a [`Fault`]. Its kebab-case word is stable, and reports use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FaultCode {
    /// The file does not exist or cannot be opened.
    NotFound,
    /// The operating system failed to read it.
    ReadFailed,
    /// A directory, pipe, socket or device: only regular files and standard input are read.
    NotRegular,
    /// Standard input beyond the documented limit.
    TooLarge,
    /// Not an executable of a known format.
    NotExecutable,
    /// A format or feature whose name is known but which is not read yet.
    Unsupported,
    /// The bytes that a header promises are not in the file.
    Truncated,
    /// A field holds a value that its format does not allow.
    InvalidValue,
    /// Two parts of the file contradict each other.
    Disagreement,
    /// The file changed while it was being read.
    Changed,
    /// A file that should belong to the input belongs to another.
    Mismatch,
}

impl FaultCode {
    /// Its row in the table of all codes.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::ReadFailed => Code::ReadFailed,
            Self::NotRegular => Code::NotRegular,
            Self::TooLarge => Code::TooLarge,
            Self::NotExecutable => Code::NotExecutable,
            Self::Unsupported => Code::Unsupported,
            Self::Truncated => Code::Truncated,
            Self::InvalidValue => Code::InvalidValue,
            Self::Disagreement => Code::Disagreement,
            Self::Changed => Code::Changed,
            Self::Mismatch => Code::Mismatch,
        }
    }
}

/// One defect of one input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub struct Fault {
    /// What kind of defect it is.
    pub code: FaultCode,
    /// The structure concerned, e.g. `ELF section header 17`.
    pub part: String,
    /// Where that structure begins, as an offset in bytes from the start of the file.
    pub offset: u64,
    /// What was wanted: bytes for [`FaultCode::Truncated`], else the expected or largest value.
    pub wanted: u64,
    /// What is there, in the unit of `wanted`.
    pub present: u64,
    /// A few words more where the numbers alone do not tell; may be empty.
    pub detail: String,
}

impl Fault {
    /// Whether bytes are missing or wrong. The other faults say that the file is not what was expected.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self.code {
            FaultCode::ReadFailed
            | FaultCode::Truncated
            | FaultCode::InvalidValue
            | FaultCode::Disagreement
            | FaultCode::Changed => true,
            FaultCode::NotFound
            | FaultCode::NotRegular
            | FaultCode::TooLarge
            | FaultCode::NotExecutable
            | FaultCode::Unsupported
            | FaultCode::Mismatch => false,
        }
    }

    /// `part` at `offset` needs `wanted` bytes, and the file has `present` of them.
    pub fn truncated(part: impl Into<String>, offset: u64, wanted: u64, present: u64) -> Self {
        Self::new(FaultCode::Truncated, part, offset, wanted, present, "")
    }

    /// `part` at `offset` holds `present`, where `wanted` (or at most `wanted`) is allowed.
    pub fn invalid(
        part: impl Into<String>,
        offset: u64,
        wanted: u64,
        present: u64,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(FaultCode::InvalidValue, part, offset, wanted, present, detail)
    }

    /// A format or feature that this version knows by name but does not read.
    pub fn unsupported(part: impl Into<String>, offset: u64, detail: impl Into<String>) -> Self {
        Self::new(FaultCode::Unsupported, part, offset, 0, 0, detail)
    }

    /// Any other fault.
    pub fn new(
        code: FaultCode,
        part: impl Into<String>,
        offset: u64,
        wanted: u64,
        present: u64,
        detail: impl Into<String>,
    ) -> Self {
        Self { code, part: part.into(), offset, wanted, present, detail: detail.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            FaultCode::Truncated => write!(
                f,
                "{} at offset {:#x} is cut: needs {} bytes, has {}",
                self.part, self.offset, self.wanted, self.present
            )?,
            FaultCode::InvalidValue => write!(
                f,
                "{} at offset {:#x} is invalid: wanted {:#x}, found {:#x}",
                self.part, self.offset, self.wanted, self.present
            )?,
            FaultCode::Disagreement => write!(
                f,
                "{} at offset {:#x} contradicts another part: wanted {}, found {}",
                self.part, self.offset, self.wanted, self.present
            )?,
            // These concern the whole file: reports name the file beside the fault.
            FaultCode::NotFound
            | FaultCode::ReadFailed
            | FaultCode::NotRegular
            | FaultCode::TooLarge
            | FaultCode::Changed => return f.write_str(&self.detail),
            FaultCode::NotExecutable | FaultCode::Unsupported | FaultCode::Mismatch => {
                f.write_str(&self.part)?;
            }
        }
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

/// Everything that stops a command.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The command line or a configuration file asks for something that does not exist.
    #[error("{0}")]
    Usage(String),
    /// An input is missing, damaged or no executable.
    #[error("{0}")]
    Input(#[from] Fault),
    /// The output could not be written.
    #[error("cannot write the output: {}", in_words(.0))]
    Write(#[from] io::Error),
}

/// What the operating system says about `error`, without the number that Rust appends: `No such file or directory (os
/// error 2)`.
#[must_use]
pub fn in_words(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}
