//! What surrounds the documents of a run: who wrote them, what is wrong with the inputs, and what it comes to.

use serde::Serialize;

use super::document::FaultEntry;
use crate::outcome::Status;

/// Version of the JSON documents.
pub const SCHEMA: u32 = 2;

/// The program that wrote a report.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Tool {
    /// `gonym`.
    pub name: &'static str,
    /// This crate's version.
    pub version: &'static str,
}

/// The command that a report comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Command {
    /// `check`.
    Check,
    /// `scan`.
    Scan,
    /// `discover`.
    Discover,
    /// `aliases`.
    Aliases,
    /// `rule`.
    Rule,
    /// `addr`.
    Addr,
    /// `explain`.
    Explain,
    /// `info`.
    Info,
    /// `diff`.
    Diff,
    /// `nm`.
    Nm,
    /// `why`.
    Why,
}

/// What every report begins with.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Head {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Who wrote it.
    pub tool: Tool,
    /// The command.
    pub command: Command,
}

impl Head {
    /// The head of a report of `command`.
    #[must_use]
    pub fn new(command: Command) -> Self {
        let tool = Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };
        Self { schema: SCHEMA, tool, command }
    }
}

/// What every report ends with, after its findings.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Tail<'a, S> {
    /// Everything that is wrong with the inputs.
    pub faults: &'a [FaultEntry],
    /// Counts over all documents.
    pub summary: &'a S,
    /// `holds`, `fails` or `incomplete`: the exit codes 0, 1 and 3.
    pub result: Status,
}
