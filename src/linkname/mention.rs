//! On which lines does a package's source use a local name?

use serde::{Deserialize, Serialize};

use super::record;

/// The lines of a statement that mentions a local name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The file's name without its folder, because the recorded folder depends on the build.
    #[serde(with = "record")]
    pub file: Vec<u8>,
    /// The first line, from 1.
    pub line: u32,
    /// The last line; 0 if only the first is known.
    #[serde(default)]
    pub last: u32,
    /// The package that uses an exported name of another package; empty for the directive's own package.
    #[serde(default)]
    pub package: String,
    /// Whether the name certainly means the package's declaration and leaves code there. It does not if it may be a
    /// field's key, or is in a constant expression.
    #[serde(default = "certain")]
    pub sure: bool,
    /// Whether an inlined function that returns the remote may leave the same code there. Source and file cannot
    /// exclude it if such a function may be on these lines, or if the lines may have been changed after the build.
    #[serde(default)]
    pub shared: bool,
    /// Whether the name is called there, and its value is not used in another way.
    #[serde(default)]
    pub called: bool,
}

impl Mention {
    /// Whether the lines are those of `line` in `file`. Numbers tell most mentions apart, and a comparison of texts costs
    /// a call: of 650 claims on a program of 70 packages it was a quarter of all time.
    pub(super) fn holds(&self, file: &[u8], line: u32) -> bool {
        (self.line..=self.last.max(self.line)).contains(&line) && self.file == base(file)
    }
}

/// The name of a file without its folder.
fn base(file: &[u8]) -> &[u8] {
    let folder = memchr::memrchr(b'/', file).map_or(0, |slash| slash + 1);
    file.get(folder..).unwrap_or(file)
}

fn certain() -> bool {
    true
}
