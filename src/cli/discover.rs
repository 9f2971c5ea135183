//! `gonym discover`: the linknames that a binary betrays without its source.

use std::ffi::OsString;

use clap::Args;

use super::inputs::{self, DebugFiles, Hashing, Needs};
use super::output::Common;
use super::progress::Progress;
use super::told;
use crate::error::Error;
use crate::linkname::discover::discover;
use crate::report::document::discover::{DiscoveredBinary, Listing};

/// What the exit codes mean, for `--help`.
pub(super) const EXIT_CODES: &str = "\
Exit codes, the same in every format:
  0  every file could be read
  2  usage
  3  an input is missing, damaged, not Go, or of an architecture that is not decoded";

/// Arguments of `gonym discover`.
#[derive(Args, Debug)]
pub(super) struct Discover {
    /// Executables to look into; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<OsString>,
    /// List those of Go's own packages too, which are counted otherwise
    #[arg(long)]
    std: bool,
    /// Group by the module and version that the build information records
    #[arg(long)]
    by_module: bool,
    #[command(flatten)]
    hashing: Hashing,
    #[command(flatten)]
    common: Common,
}

impl Discover {
    /// Runs the command; returns the exit code.
    pub(super) fn run(&self) -> u8 {
        self.try_run().unwrap_or_else(|error| told::stop(&error))
    }

    fn try_run(&self) -> Result<u8, Error> {
        self.common.check_files(&self.files)?;
        let threads = self.common.threads()?;
        let mut waiting = Some(Progress::start("searching"));
        let mut report = self.common.report();
        let listing =
            Listing { std: self.std, by_module: self.by_module, whole: self.common.verbose };
        inputs::each_file(
            &threads,
            &self.files,
            (Needs::Go, DebugFiles::Found, self.hashing),
            |binary, path, complete| {
                DiscoveredBinary::new(binary, path, complete, &discover(binary), listing)
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
