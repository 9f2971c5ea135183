//! What is a source file called in reports?

use std::path::{Path, PathBuf};

/// Shows files as a person can open them: relative to the current folder if they are below it.
#[derive(Clone, Debug)]
pub struct Shown(Option<PathBuf>);

impl Shown {
    /// Names as seen from the current folder.
    #[must_use]
    pub fn from_here() -> Self {
        Self(std::env::current_dir().and_then(|here| here.canonicalize()).ok())
    }

    /// The name of `file`.
    #[must_use]
    pub fn file(&self, file: &Path) -> String {
        let below = self.0.as_deref().and_then(|here| file.strip_prefix(here).ok());
        below.unwrap_or(file).to_string_lossy().into_owned()
    }
}
