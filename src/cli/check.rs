//! `gonym check`: judges every claim and rule, shows verdict and evidence.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::inputs::{self, Common, DebugFiles, Format};
use super::progress::Progress;
use crate::binary::Binary;
use crate::error::Error;
use crate::finding::{Code, Owner};
use crate::linkname::claim::Claim;
use crate::linkname::owed::{self, OfGo, Owed, SourceGap};
use crate::linkname::verdict::{Gap, Unused, Verdict};
use crate::policy::{Because, Demand, RuleResult, SymbolRule};
use crate::report::build::{self, Asked};
use crate::report::source;
use crate::report::{About, CheckReport, CheckedBinary, JudgedClaim, SCHEMA, Tool, json, text};
use crate::source::modules::{Places, module_above};

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
    common: Common,
}

impl Check {
    /// Runs the command; returns the exit code.
    pub(super) fn run(&self) -> u8 {
        self.try_run().unwrap_or_else(|error| inputs::stop(&error))
    }

    fn try_run(&self) -> Result<u8, Error> {
        self.common.check_files(&self.files)?;
        let claims: Vec<Claim> =
            self.pairs.iter().map(|pair| Claim::parse_pair(pair)).collect::<Result<_, _>>()?;
        let rules = self.rules()?;
        let debug = self.debug_files()?;
        let places = self.places(claims.is_empty() && rules.is_empty())?;
        // Beside the verdict a pair's names are held against the module's source, where that is at hand.
        let at_hand =
            if places.is_none() && !claims.is_empty() { Some(inputs::places(&[])?) } else { None };
        let waiting = Progress::start("judging");
        let checked = self.common.on_threads(|| {
            inputs::each_binary(&self.files, inputs::Needs::Go, debug, |binary, path, complete| {
                let about = build::about(binary, path, complete);
                match &places {
                    Some(places) => self.with_sources(binary, about, places, &claims, &rules),
                    None => {
                        let pairs = claims.len();
                        let (claims, rules) = (claims.as_slice(), rules.as_slice());
                        let whole = self.common.verbose;
                        let asked = Asked { claims, pairs, rules, whole, ..Asked::default() };
                        let (mut checked, verdicts) = build::check(binary, about, &asked);
                        let owed = at_hand.as_ref().and_then(|places| own_source(binary, places));
                        source::check_pairs(&mut checked, claims, owed.as_ref());
                        (checked, verdicts)
                    }
                }
            })
        })?;
        drop(waiting);
        let faults = inputs::all_faults(&checked);
        inputs::tell(&faults);
        let (mut binaries, verdicts): (Vec<CheckedBinary>, Vec<Vec<Verdict>>) =
            checked.into_iter().flat_map(|input| input.results).unzip();
        let verdicts = verdicts.concat();
        let claims = binaries.iter_mut().flat_map(|binary| &mut binary.claims);
        for (claim, verdict) in claims.zip(&verdicts) {
            claim.holds = self.accepts(claim, *verdict);
        }
        let code = self.exit_code(&binaries, &verdicts, !faults.is_empty());
        let summary = build::summary(verdicts);
        let result = inputs::result_word(code);
        let tool = Tool::default();
        let report = CheckReport { schema: SCHEMA, tool, binaries, faults, summary, result };
        let detail = text::Detail { verbose: self.common.verbose };
        let code = self.common.write(code, &|out, format| match format {
            Format::Text => text::check(out, &report, detail),
            Format::Json => json::write(out, &report),
        })?;
        let nothing = |binary: &CheckedBinary| {
            binary.claims.is_empty() && binary.rules.is_empty() && binary.folded.is_empty()
        };
        inputs::tell_gaps(report.binaries.iter().flat_map(|binary| &binary.gaps));
        if !report.binaries.is_empty() && report.binaries.iter().all(nothing) {
            inputs::no_claims();
        }
        Ok(code)
    }

    /// Where sources are looked for, if they are: when they are asked for, or nothing else is.
    fn places(&self, nothing_else: bool) -> Result<Option<Places>, Error> {
        if self.sources.is_empty() && !nothing_else {
            return Ok(None);
        }
        inputs::places(&self.sources).map(Some)
    }

    /// Judges the claims of the command line, then the directives of the binary's sources.
    fn with_sources(
        &self,
        binary: &Binary,
        about: About,
        places: &Places,
        pairs: &[Claim],
        rules: &[SymbolRule],
    ) -> (CheckedBinary, Vec<Verdict>) {
        let owed = owed::read(binary, places, self.of_go()).unwrap_or_else(|why| owed::Owed {
            gaps: vec![SourceGap {
                standing: Owner::Main,
                code: Code::SourceUnknown,
                module: about.path.clone(),
                message: why,
                weakens: true,
            }],
            ..owed::Owed::default()
        });
        let fold: &[Owner] = match (self.std, self.own) {
            (true, _) => &[],
            (false, false) => &[Owner::Std],
            (false, true) => &[Owner::Std, Owner::Dependency],
        };
        let claims = [pairs, &owed.claims].concat();
        let (facts, whole) = (owed.facts.as_slice(), self.common.verbose);
        let asked = Asked { claims: &claims, pairs: pairs.len(), facts, fold, rules, whole };
        let (mut checked, verdicts) = build::check(binary, about, &asked);
        source::check_pairs(&mut checked, pairs, Some(&owed));
        source::add(&mut checked, &owed, fold);
        (checked, verdicts)
    }

    /// What is not asked for is counted all the same.
    fn of_go(&self) -> OfGo {
        if self.std { OfGo::Explained } else { OfGo::Found }
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

    /// 1 when something asked does not hold although the file is whole or a mistake stands beside it, else 3 when an input is at
    /// fault or nothing was checked, else 0.
    fn exit_code(&self, binaries: &[CheckedBinary], verdicts: &[Verdict], faults: bool) -> u8 {
        let mut claims = binaries.iter().flat_map(|binary| &binary.claims).zip(verdicts);
        let failed_claim = claims.any(|(claim, verdict)| !claim.holds && !is_of_input(*verdict));
        let rules = || binaries.iter().flat_map(|binary| &binary.rules);
        let failed_rule = rules().any(|rule| match rule.result {
            RuleResult::Holds => false,
            RuleResult::Fails => true,
            RuleResult::Unproven => rule.reason != Because::Damaged,
        });
        let denied = binaries.iter().any(|binary| binary.denied() > 0);
        let of_input = verdicts.iter().any(|verdict| is_of_input(*verdict))
            || rules().any(|rule| rule.reason == Because::Damaged)
            || binaries.iter().any(|binary| binary.gaps.iter().any(|gap| gap.weakens));
        let folded = binaries.iter().any(|binary| !binary.folded.is_empty());
        let nothing = verdicts.is_empty() && rules().next().is_none() && !folded;
        match () {
            () if failed_claim || failed_rule || denied => inputs::FAILS,
            () if faults || of_input || nothing => inputs::INPUT,
            () => inputs::HOLDS,
        }
    }

    /// Whether a claim holds. What source declares may be unused, or leave nothing to see.
    fn accepts(&self, claim: &JudgedClaim, verdict: Verdict) -> bool {
        let of_source = claim.source.is_some();
        match verdict {
            Verdict::InEffect(_) => true,
            Verdict::NotInEffect(_) => false,
            Verdict::Unused(Unused::Absent | Unused::NotCalled | Unused::Inlined) => {
                of_source || self.allow_unused
            }
            Verdict::NoTrace(_) => of_source || self.allow_unproven,
            Verdict::Unproven(_) => self.allow_unproven,
        }
    }
}

/// The sources of `binary`, if the current folder is in the module that it was built from.
fn own_source(binary: &Binary, places: &Places) -> Option<Owed> {
    let main = binary.build()?.main.as_ref()?;
    let (_, here) = module_above(&places.here, "go.mod")?;
    (here.module == main.path).then(|| owed::read(binary, places, OfGo::Found).ok()).flatten()
}

/// Whether only the input keeps the claim from being judged: a fault, or no Go program at all.
fn is_of_input(verdict: Verdict) -> bool {
    verdict.is_for_fault() || verdict == Verdict::Unproven(Gap::NotGc)
}
