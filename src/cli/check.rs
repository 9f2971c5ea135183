//! `gonym check`: judges every claim and rule, shows verdict and evidence.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::inputs::{self, DebugFiles, Hashing, Needs};
use super::output::Common;
use super::progress::Progress;
use super::told;
use crate::check::check;
use crate::error::Error;
use crate::linkname::claim::Claim;
use crate::policy::{Demand, SymbolRule};
use crate::report::document::check::CheckedBinary;
use crate::report::document::source::SourceGap;
use crate::request::{Accept, Request, Scope, Sources};

/// What the exit codes mean, for `--help`.
pub(super) const EXIT_CODES: &str = "\
Exit codes, the same in every format:
  0  everything asked holds
  1  a claim or rule fails, or could not be proven although the file is whole; or a mistake stands
     beside a verdict (warnings and advice are none)
  2  usage
  3  an input is missing, damaged or not Go, or there was nothing to check (1 wins over 3)";

/// Arguments of `gonym check`.
#[derive(Args, Debug)]
pub(super) struct Check {
    /// Executables to check; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<OsString>,
    /// Claim that LOCAL is linked to REMOTE, e.g. main.nanotime=runtime.nanotime. Without a pair or a
    /// rule every directive of the binary's sources is judged
    #[arg(long = "pair", value_name = "[func:|var:]LOCAL=REMOTE")]
    pairs: Vec<String>,
    /// The name must be in the binary (`*` and `?` are wildcards where nothing matches exactly)
    #[arg(long, value_name = "[func:|pkg:|var:]NAME")]
    require: Vec<String>,
    /// The name must leave no trace in the binary; the same wildcards. A plain name is unproven on a stripped
    /// file; func:NAME (a Go function) and pkg:PATH (any code of a package) are answered there too
    #[arg(long, value_name = "[func:|pkg:|var:]NAME")]
    forbid: Vec<String>,
    /// Judge the directives of the binary's sources, and look for a module's source (without MODULE for
    /// the main module's) in DIR
    #[arg(long = "source", value_name = "[MODULE=]DIR")]
    sources: Vec<OsString>,
    /// Judge the linknames that the binary betrays by itself, too: those that gonym discover calls firm, Go's
    /// own only with --std. The others are counted
    #[arg(long)]
    discovered: bool,
    /// Scope: Go's own directives are asked for too, else they are counted; the exit code answers what is asked
    #[arg(long)]
    std: bool,
    /// Scope: only the main module's directives are asked for; the exit code answers what is asked
    #[arg(long, conflicts_with = "std")]
    own: bool,
    /// Take symbols and debugging information that FILE lacks from this one, which must be of the same
    /// build; without it they are looked for where debuggers do
    #[arg(long, value_name = "FILE")]
    debug: Option<PathBuf>,
    /// Accept claims that cannot be proven from this binary (`unproven`, `no-trace`); not rules
    #[arg(long)]
    allow_unproven: bool,
    /// Accept claims that nothing in this binary uses (`unused`)
    #[arg(long)]
    allow_unused: bool,
    #[command(flatten)]
    hashing: Hashing,
    #[command(flatten)]
    common: Common,
}

impl Check {
    /// Runs the command; returns the exit code.
    pub(super) fn run(&self) -> u8 {
        self.try_run().unwrap_or_else(|error| told::stop(&error))
    }

    fn try_run(&self) -> Result<u8, Error> {
        self.common.check_files(&self.files)?;
        let request = self.request()?;
        let debug = self.debug_files()?;
        let threads = self.common.threads()?;
        let mut waiting = Some(Progress::start("judging"));
        let mut report = self.common.report();
        let mut gaps: Vec<SourceGap> = Vec::new();
        inputs::each_file(
            &threads,
            &self.files,
            (Needs::Go, debug, self.hashing),
            |binary, path, complete| {
                let checked = check(binary, &request);
                CheckedBinary::new(binary, path, complete, &checked, self.common.verbose)
            },
            |input| {
                // From here on the report itself shows the progress.
                drop(waiting.take());
                told::faults(&input.faults);
                for binary in &input.results {
                    report.add(binary);
                    gaps.extend(binary.gaps.iter().cloned());
                }
                report.fault(input.faults);
            },
        );
        let ended = report.end();
        let nothing_asked = ended.nothing_asked;
        let code = self.common.end(ended)?;
        told::gaps(&gaps);
        if nothing_asked {
            told::no_claims();
        }
        Ok(code)
    }

    fn request(&self) -> Result<Request, Error> {
        let pairs: Vec<Claim> =
            self.pairs.iter().map(|pair| Claim::parse_pair(pair)).collect::<Result<_, _>>()?;
        let rules = self.rules()?;
        let nothing_else = pairs.is_empty() && rules.is_empty() && !self.discovered;
        let sources = match () {
            () if !self.sources.is_empty() || nothing_else => {
                Sources::Claims(inputs::places(&self.sources)?)
            }
            // The names of pairs are looked up in the module's source, if it is at hand.
            () if !pairs.is_empty() => Sources::Names(inputs::places(&[])?),
            () => Sources::Ignored,
        };
        let scope = match (self.std, self.own) {
            (true, _) => Scope::Everything,
            (false, true) => Scope::Main,
            (false, false) => Scope::Modules,
        };
        let accept = Accept { unused: self.allow_unused, unproven: self.allow_unproven };
        Ok(Request { pairs, rules, sources, discovered: self.discovered, scope, accept })
    }

    fn debug_files(&self) -> Result<DebugFiles<'_>, Error> {
        match (&self.debug, self.files.len()) {
            (None, _) => Ok(DebugFiles::Found),
            (Some(path), 1) => Ok(DebugFiles::At(path)),
            (Some(_), _) => Err(Error::Usage("--debug belongs to one FILE".to_owned())),
        }
    }

    fn rules(&self) -> Result<Vec<SymbolRule>, Error> {
        let require = self.require.iter().map(|name| (Demand::Require, name));
        let forbid = self.forbid.iter().map(|name| (Demand::Forbid, name));
        require.chain(forbid).map(|(demand, name)| SymbolRule::parse(demand, name)).collect()
    }
}
