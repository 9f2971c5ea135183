//! `gonym rule`: every code that a report can carry, and what it means.

use clap::Args;

use super::output::Common;
use super::told;
use crate::error::Error;
use crate::printable::printable;
use crate::report::document::rule::Codes;

/// What the exit codes mean, for `--help`.
pub(super) const EXIT_CODES: &str = "\
Exit codes, the same in every format:
  0  the code is explained
  2  usage: no code of that name";

/// Arguments of `gonym rule`.
#[derive(Args, Debug)]
pub(super) struct Rule {
    /// The code to explain, as reports carry it [default: all of them]
    #[arg(value_name = "CODE")]
    code: Option<String>,
    #[command(flatten)]
    common: Common,
}

impl Rule {
    /// Runs the command; returns the exit code.
    pub(super) fn run(&self) -> u8 {
        self.try_run().unwrap_or_else(|error| told::stop(&error))
    }

    fn try_run(&self) -> Result<u8, Error> {
        self.common.check_files(&[])?;
        let codes = Codes::new(self.code.as_deref());
        if codes.codes.is_empty() {
            let asked = self.code.as_deref().unwrap_or_default();
            return Err(Error::Usage(format!(
                "{}: no report carries this code; gonym rule lists them all",
                printable(asked.as_bytes())
            )));
        }
        let mut report = self.common.report();
        report.add(&codes);
        self.common.end(report.end())
    }
}
