//! On which lines does a package's source use a local name?

use serde::{Deserialize, Serialize};

use super::record;

/// Lines of a statement that mentions a local name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The file's name without its folder: builds record folders as they please.
    #[serde(with = "record")]
    pub file: Vec<u8>,
    /// The first line, from 1.
    pub line: u32,
    /// The last line; none, where only the first is known, is 0.
    #[serde(default)]
    pub last: u32,
    /// The package that uses an exported name of another one; empty for the directive's own.
    #[serde(default)]
    pub package: String,
    /// Whether the name there certainly is the package's, and leaves code: not a key that may be a field's, not in a
    /// constant expression.
    #[serde(default = "certain")]
    pub sure: bool,
    /// Whether an inlined function that returns the remote leaves the same there, for all that source and file
    /// say: one may stand on those lines, or the lines may have been written after the build.
    #[serde(default)]
    pub shared: bool,
    /// Whether the name is called there, and its value not used otherwise.
    #[serde(default)]
    pub called: bool,
}

impl Mention {
    /// Whether it is on that line of a file of that name.
    pub(super) fn holds(&self, file: &[u8], line: u32) -> bool {
        let base = file.rsplit(|byte| *byte == b'/').next().unwrap_or(file);
        (self.line..=self.last.max(self.line)).contains(&line) && self.file == base
    }
}

fn certain() -> bool {
    true
}
