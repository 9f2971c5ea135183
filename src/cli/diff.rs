//! `gonym diff`: what changed from one executable to another.

use std::ffi::OsString;

use clap::Args;

use super::chosen::{Choice, Chosen};
use super::output::Common;
use super::progress::Progress;
use super::told;
use crate::diff::{Kind, Wanted, diff};
use crate::error::Error;
use crate::linkname::claim::Claim;
use crate::report::document::diff::{Compared, Operand};

/// What the exit codes mean, for `--help`.
pub(super) const EXIT_CODES: &str = "\
Kinds of changes: go, setting, module, library, linkname (only one file betrays it), verdict (of
a linkname or a --pair), alias, symbol (only one file has it), size. A symbol that only moved is
counted; -v lists it (address). Where a file is stripped, functions are compared instead of symbols.

Exit codes, the same in every format:
  0  both files could be read
  1  something of a kind that --fail-on names changed
  2  usage
  3  a file is missing, damaged or not Go; or what --fail-on names could not be compared";

/// Arguments of `gonym diff`.
#[derive(Args, Debug)]
pub(super) struct Diff {
    /// The executable before
    #[arg(value_name = "OLD")]
    old: OsString,
    /// The executable after; one of the two may be `-`, standard input
    #[arg(value_name = "NEW")]
    new: OsString,
    /// Judge a claim on both files and compare the verdicts; may be given several times
    #[arg(long = "pair", value_name = "[func:|var:]LOCAL=REMOTE")]
    pairs: Vec<String>,
    /// Kinds of changes that make the command fail, whoever's package it is: linknames, verdicts, symbols, settings, …
    #[arg(long, value_name = "KIND,…", value_delimiter = ',', value_parser = kind)]
    fail_on: Vec<Kind>,
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    common: Common,
}

fn kind(word: &str) -> Result<Kind, String> {
    let known = Kind::ALL.iter().filter(|kind| **kind != Kind::Address);
    let words: Vec<&str> = known.map(|kind| kind.word()).collect();
    let found = Kind::of(word).filter(|kind| *kind != Kind::Address);
    found.ok_or_else(|| format!("wanted one or more of {}", words.join(", ")))
}

impl Diff {
    /// Runs the command; returns the exit code.
    pub(super) fn run(&self) -> u8 {
        self.try_run().unwrap_or_else(|error| told::stop(&error))
    }

    fn try_run(&self) -> Result<u8, Error> {
        self.common.check_files(&[self.old.clone(), self.new.clone()])?;
        let pairs: Vec<Claim> =
            self.pairs.iter().map(|pair| Claim::parse_pair(pair)).collect::<Result<_, _>>()?;
        let threads = self.common.threads()?;
        let waiting = Progress::start("comparing");
        let (old, new) = (self.choice.open(&self.old)?, self.choice.open(&self.new)?);
        told::faults(&old.faults);
        told::faults(&new.faults);
        let mut report = self.common.report::<Compared>();
        if let (Some(old), Some(new)) = (operand(&old), operand(&new)) {
            let wanted = Wanted { pairs, moved: self.common.verbose };
            let document = threads.install(|| {
                let found = diff(old.binary, new.binary, &wanted);
                Compared::new(old, new, &found, &self.fail_on)
            });
            drop(waiting);
            report.add(&document);
        }
        report.fault(old.faults);
        report.fault(new.faults);
        self.common.end(report.end())
    }
}

fn operand(chosen: &Chosen) -> Option<Operand<'_>> {
    let binary = chosen.binary.as_ref()?;
    Some(Operand { binary, path: &chosen.path, complete: chosen.faults.is_empty() })
}
