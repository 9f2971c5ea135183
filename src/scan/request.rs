//! What is asked of sources: which folder, which of its files, whose directives.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::version;
use crate::error::Error;
use crate::printable::printable;
use crate::rules;
use crate::source::constraint::{Context, Platforms};
use crate::source::modules::Places;

/// Everything that is asked.
#[derive(Debug)]
pub struct Request {
    /// A folder of the module, or of Go's own source.
    pub folder: PathBuf,
    /// Where sources, and Go itself, are looked for.
    pub places: Places,
    /// Which files.
    pub files: Files,
    /// Whether the directives of dependencies are asked for too.
    pub deps: bool,
    /// Whether those of Go's own packages are asked for too.
    pub std: bool,
}

impl Request {
    /// Whether the build was already linked: then its linker has accepted the pulls.
    pub(super) fn is_linked(&self) -> bool {
        matches!(self.files, Files::Of(_))
    }
}

/// Which files are read.
#[derive(Clone, Debug)]
pub enum Files {
    /// Those that a build for this target compiles.
    Built(Target),
    /// Every one below the folder; a build for this target compiles some of them.
    All(Target),
    /// Those that went into this executable.
    Of(PathBuf),
}

/// The build to select files for. What is missing here comes from the environment and from the Go that is installed.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// Operating system, in Go's words.
    pub goos: Option<String>,
    /// Architecture, in Go's words.
    pub goarch: Option<String>,
    /// Build tags, separated by commas.
    pub tags: Option<String>,
    /// The Go that compiles it, 1.N.
    pub minor: Option<u16>,
}

impl Target {
    /// The context that selects files.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for a platform that Go does not know.
    pub(super) fn context(&self, request: &Request) -> Result<Context, Error> {
        let given = [("GOOS", &self.goos), ("GOARCH", &self.goarch), ("-tags", &self.tags)];
        let given = given.into_iter().filter_map(|(key, value)| Some((key, value.clone()?)));
        let flags: BTreeMap<String, String> =
            given.map(|(key, value)| (key.to_owned(), value)).collect();
        let minor =
            self.minor.unwrap_or_else(|| version::at_hand(&request.folder, &request.places));
        let context =
            Context::from_flags_and_environment(minor, &flags, &request.places.settings());
        let known = Platforms::of(minor.max(rules::NEWEST_MINOR));
        if !known.systems.contains(&context.goos) {
            return Err(unknown("GOOS", &context.goos));
        }
        if !known.architectures.contains(&context.goarch) {
            return Err(unknown("GOARCH", &context.goarch));
        }
        Ok(context)
    }
}

fn unknown(what: &str, name: &str) -> Error {
    let name = printable(name.as_bytes());
    Error::Usage(format!("{what} {name}: Go knows none of this name"))
}
