//! `gonym aliases`: the names that share an address, each with its class.

use std::ffi::OsString;

use clap::Args;

use super::inputs::{self, DebugFiles, Hashing, Needs};
use super::output::Common;
use super::told;
use crate::error::Error;
use crate::report::document::aliases::AliasedBinary;

/// What the exit codes mean, for `--help`.
pub(super) const EXIT_CODES: &str = "\
Exit codes, the same in every format:
  0  every file could be read
  2  usage
  3  an input is missing, damaged or no executable";

/// Arguments of `gonym aliases`.
#[derive(Args, Debug)]
pub(super) struct Aliases {
    /// Executables to look into; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<OsString>,
    /// Show every group: linker marks, zero-size objects and a plugin's pairs too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    hashing: Hashing,
    #[command(flatten)]
    common: Common,
}

impl Aliases {
    /// Runs the command; returns the exit code.
    pub(super) fn run(&self) -> u8 {
        self.try_run().unwrap_or_else(|error| told::stop(&error))
    }

    fn try_run(&self) -> Result<u8, Error> {
        self.common.check_files(&self.files)?;
        let threads = self.common.threads()?;
        let mut report = self.common.report();
        inputs::each_file(
            &threads,
            &self.files,
            (Needs::Symbols, DebugFiles::None, self.hashing),
            |binary, path, complete| AliasedBinary::new(binary, path, complete, self.all),
            |input| {
                told::faults(&input.faults);
                input.results.iter().for_each(|binary| report.add(binary));
                report.fault(input.faults);
            },
        );
        self.common.end(report.end())
    }
}
