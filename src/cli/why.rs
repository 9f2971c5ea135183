//! `gonym why`: the chain of references that leads to one name.

use std::ffi::{OsStr, OsString};

use clap::Args;

use super::chosen::Choice;
use super::output::Common;
use super::told;
use crate::error::Error;
use crate::report::document::why::WhyBinary;
use crate::why::why;

/// What the exit codes mean, for `--help`.
pub(super) const EXIT_CODES: &str = "\
NAME is the name of a function or variable in either spelling (gopkg.in/yaml.v3.f, gopkg.in/yaml%2ev3.f),
a pattern with * and ?, an address with 0x, or pkg: and an import path (pkg:net/http/...); of several names
the nearest is shown. The chain begins at main.main, an initialiser, the runtime's entry or an exported
function. It goes through calls and jumps, function values, variables, and the method tables of types; code
of other languages is not followed. It works on stripped files; there, where data ends is inferred.

Exit codes, the same in every format:
  0  there is a chain
  1  the name is in the file, and no chain was found
  2  usage
  3  the file is missing, damaged, or no Go executable; or nothing of that name is in it";

/// Arguments of `gonym why`.
#[derive(Args, Debug)]
pub(super) struct Why {
    /// The executable
    #[arg(value_name = "FILE")]
    file: OsString,
    /// What the chain leads to
    #[arg(value_name = "NAME|PATTERN|pkg:PATH")]
    subject: OsString,
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    common: Common,
}

impl Why {
    /// Runs the command; returns the exit code.
    pub(super) fn run(&self) -> u8 {
        self.try_run().unwrap_or_else(|error| told::stop(&error))
    }

    fn try_run(&self) -> Result<u8, Error> {
        self.common.check_files(std::slice::from_ref(&self.file))?;
        let threads = self.common.threads()?;
        let mut chosen = self.choice.open(&self.file)?;
        let mut report = self.common.report::<WhyBinary>();
        if let Some(binary) = &chosen.binary {
            let asked = OsStr::as_encoded_bytes(&self.subject);
            let complete = chosen.faults.is_empty();
            let answer = threads.install(|| why(binary, asked));
            let fault = binary.search_fault();
            let complete = complete && fault.is_none();
            report.add(&WhyBinary::new(binary, &chosen.path, complete, asked, &answer));
            chosen.add_fault(fault);
        }
        told::faults(&chosen.faults);
        report.fault(chosen.faults);
        self.common.end(report.end())
    }
}
