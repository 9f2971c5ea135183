//! `gonym explain`: one page about one name or address.

use std::ffi::{OsStr, OsString};

use clap::Args;

use super::chosen::Choice;
use super::output::Common;
use super::told;
use crate::error::Error;
use crate::explain::find;
use crate::report::document::explain::ExplainedBinary;

/// What the exit codes mean, for `--help`.
pub(super) const EXIT_CODES: &str = "\
NAME is the name of a symbol or function in either spelling (gopkg.in/yaml.v3.f, gopkg.in/yaml%2ev3.f),
or a pattern with * and ?; an address is hexadecimal with 0x. It works on stripped files: functions keep
their names, variables have only addresses there.

Exit codes, the same in every format:
  0  there was something to show; if several names match they are listed
  2  usage
  3  the file is missing, damaged, or no Go executable; or nothing of that name is in it";

/// Arguments of `gonym explain`.
#[derive(Args, Debug)]
pub(super) struct Explain {
    /// The executable
    #[arg(value_name = "FILE")]
    file: OsString,
    /// What is explained
    #[arg(value_name = "NAME|ADDRESS")]
    subject: OsString,
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    common: Common,
}

impl Explain {
    /// Runs the command; returns the exit code.
    pub(super) fn run(&self) -> u8 {
        self.try_run().unwrap_or_else(|error| told::stop(&error))
    }

    fn try_run(&self) -> Result<u8, Error> {
        self.common.check_files(std::slice::from_ref(&self.file))?;
        let threads = self.common.threads()?;
        let chosen = self.choice.open(&self.file)?;
        told::faults(&chosen.faults);
        let mut report = self.common.report::<ExplainedBinary>();
        if let Some(binary) = &chosen.binary {
            let asked = OsStr::as_encoded_bytes(&self.subject);
            let complete = chosen.faults.is_empty();
            let document = threads.install(|| {
                let found = find(binary, asked);
                let path = (chosen.path.as_str(), complete);
                ExplainedBinary::new(binary, path, asked, found, self.common.verbose)
            });
            report.add(&document);
        }
        report.fault(chosen.faults);
        self.common.end(report.end())
    }
}
