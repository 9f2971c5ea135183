//! `gonym info`: what a file is, how it was built, and what was taken from it.

use std::ffi::OsString;

use clap::Args;

use super::inputs::{self, DebugFiles, Hashing, Needs};
use super::output::Common;
use super::progress::Progress;
use super::told;
use crate::error::Error;
use crate::linkname::discover::discover;
use crate::report::document::info::InformedBinary;

/// What the exit codes mean, for `--help`.
pub(super) const EXIT_CODES: &str = "\
Exit codes, the same in every format:
  0  every file could be read
  2  usage
  3  an input is missing, damaged or no executable";

/// Arguments of `gonym info`.
#[derive(Args, Debug)]
pub(super) struct Info {
    /// Executables to look into; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<OsString>,
    /// Count the linknames that the binary betrays, which needs all of its code
    #[arg(long)]
    linknames: bool,
    #[command(flatten)]
    hashing: Hashing,
    #[command(flatten)]
    common: Common,
}

impl Info {
    /// Runs the command; returns the exit code.
    pub(super) fn run(&self) -> u8 {
        self.try_run().unwrap_or_else(|error| told::stop(&error))
    }

    fn try_run(&self) -> Result<u8, Error> {
        self.common.check_files(&self.files)?;
        let threads = self.common.threads()?;
        let mut waiting = Some(Progress::start("reading"));
        let mut report = self.common.report();
        inputs::each_file(
            &threads,
            &self.files,
            (Needs::Anything, DebugFiles::Found, self.hashing),
            |binary, path, complete| {
                let found = self.linknames.then(|| discover(binary));
                InformedBinary::new(binary, path, complete, found.as_ref())
            },
            |input| {
                drop(waiting.take());
                told::faults(&input.faults);
                input.results.iter().for_each(|binary| report.add(binary));
                report.fault(input.faults);
            },
        );
        self.common.end(report.end())
    }
}
