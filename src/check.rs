//! The engine of `check`: judges what is asked of a binary and collects the findings.
//!
//! Only here do claims meet sources, and only here is it decided what holds. A [`Checked`] is complete: a report
//! shows it and judges nothing.
//!
//! ```no_run
//! use gonym::{Binary, Claim, Request, check};
//!
//! let pairs = vec![Claim::parse_pair("main.runtimeNano=runtime.nanotime")?];
//! let request = Request { pairs, ..Request::default() };
//! for binary in Binary::open("app".as_ref())?.binaries {
//!     for judged in check(&binary, &request).judged {
//!         println!("{} ({})", judged.verdict.word(), judged.verdict.reason());
//!     }
//! }
//! # Ok::<(), gonym::Error>(())
//! ```

mod discovered;
mod outcome;
mod reasons;

use std::collections::{BTreeMap, HashSet};

use crate::binary::Binary;
use crate::finding::{Code, Finding, Owner};
use crate::linkname::claim::Claim;
use crate::linkname::discover::Confidence;
use crate::linkname::evidence::{Evidence, SearchGap, each, gather};
use crate::linkname::source_claims::{self, OfGo, Placed, SourceClaims, SourceGap};
use crate::linkname::source_facts::SourceFacts;
use crate::linkname::verdict::{Verdict, judge};
use crate::policy::{RuleOutcome, Searchable, SymbolRule};
use crate::printable::printable;
use crate::request::{Request, Scope, Sources};
use crate::source::modules::{Places, module_above};
use crate::why::Answer;

/// What was found about one binary.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Checked {
    /// The claims that were asked for: pairs first, then directives.
    pub judged: Vec<Judged>,
    /// How many directives of each owner were not asked for, and so not judged.
    pub folded: BTreeMap<Owner, usize>,
    /// Discovered linknames that are no claims: those of Go's own packages, and what is not certain.
    pub discovered: BTreeMap<(Owner, Confidence), usize>,
    /// Why code was not searched for linknames, if that was asked.
    pub search_gap: Option<SearchGap>,
    /// The rules and how they came out, in the order given.
    pub rules: Vec<(SymbolRule, RuleOutcome)>,
    /// For each rule that something forbidden breaks: the chain of references that leads to it, by the rule's number.
    pub reasons: BTreeMap<usize, Answer>,
    /// Comments that look like directives and are none.
    pub mistakes: Vec<Placed>,
    /// Modules whose source is missing or doubtful.
    pub gaps: Vec<SourceGap>,
}

/// A claim, its evidence and the verdict.
#[derive(Debug)]
#[non_exhaustive]
pub struct Judged {
    /// The claim.
    pub claim: Claim,
    /// What the verdict rests on.
    pub evidence: Evidence,
    /// The verdict.
    pub verdict: Verdict,
    /// For a directive: what its source says.
    pub source: Option<SourceFacts>,
    /// For a pair: whether source knows its names.
    pub pair: Option<PairNames>,
    /// Whether the verdict is what was asked for.
    pub holds: bool,
}

/// What source says about a pair's names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PairNames {
    /// Whether the source of the package was read: only then is it known whether a directive has the local name.
    pub checked: bool,
    /// The finding that no directive has the names.
    pub finding: Option<Finding>,
}

impl Judged {
    /// The findings beside the verdict, most severe first.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let of_source = self.source.iter().flat_map(|facts| &facts.findings);
        of_source.chain(self.pair.iter().flat_map(|pair| &pair.finding))
    }
}

impl Checked {
    /// All findings: those beside the claims that were asked for, and those of comments that are no directives.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let beside = self.judged.iter().flat_map(Judged::findings);
        beside.chain(self.mistakes.iter().map(|placed| &placed.finding))
    }

    /// Whether a witness that some verdict needs is damaged.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.judged.iter().any(|judged| judged.verdict.is_for_fault())
    }
}

/// Judges what `request` asks of `binary`.
#[must_use]
pub fn check(binary: &Binary, request: &Request) -> Checked {
    let mut checked = of_sources(binary, request);
    checked.reasons = reasons::of(binary, &checked.rules);
    if request.discovered {
        discovered::add(binary, request.scope, &mut checked);
    }
    checked
}

fn of_sources(binary: &Binary, request: &Request) -> Checked {
    match &request.sources {
        Sources::Ignored => with_names(binary, request, None),
        Sources::Names(places) => with_names(binary, request, own_source(binary, places).as_ref()),
        Sources::Claims(places) => {
            let of_go = match request.scope {
                Scope::Everything => OfGo::Explained,
                // A pair may have a name of Go's own.
                _ if !request.pairs.is_empty() => OfGo::Found,
                _ => OfGo::Shared,
            };
            match source_claims::read(binary, places, of_go) {
                Ok(sources) => with_sources(binary, request, sources),
                Err(why) => with_sources(binary, request, without_source(binary, why)),
            }
        }
    }
}

/// Judges the pairs and rules of `request`, and the directives of `sources` that it asks for. The others are counted.
#[must_use]
pub fn with_sources(binary: &Binary, request: &Request, sources: SourceClaims) -> Checked {
    let mut checked = Checked { rules: judged_rules(binary, &request.rules), ..Checked::default() };
    let (claims, facts) = taking_part(request, &sources);
    let is_asked = |index: usize| {
        let facts: Option<&Option<&SourceFacts>> = facts.get(index);
        facts.is_some_and(|facts| facts.is_none_or(|facts| request.scope.asks(facts.owner)))
    };
    each(binary, &claims, is_asked, |index, evidence| {
        let (Some(claim), Some(source)) = (claims.get(index), facts.get(index)) else { return };
        let verdict = judge(claim, &evidence);
        let pair = source.is_none().then(|| names(claim, &evidence.package, Some(&sources)));
        let holds = outcome::accepts(request.accept, verdict, source.is_some());
        let (claim, source) = (claim.clone(), source.cloned());
        checked.judged.push(Judged { claim, evidence, verdict, source, pair, holds });
    });
    for facts in sources.facts.iter().filter(|facts| !request.scope.asks(facts.owner)) {
        *checked.folded.entry(facts.owner).or_default() += 1;
    }
    if sources.others > 0 {
        *checked.folded.entry(Owner::Std).or_default() += sources.others;
    }
    let asked = |placed: &Placed| request.scope.asks(placed.owner);
    checked.mistakes = sources.mistakes.into_iter().filter(asked).collect();
    let told = sources.gaps.into_iter().filter_map(|gap| told(gap, request.scope));
    checked.gaps = told.collect();
    checked
}

/// The claims that are asked for, pairs first, and the directives that share the remote of one; each with what source
/// says about it. Who else claims a remote is part of an answer about it.
fn taking_part<'a>(
    request: &Request,
    sources: &'a SourceClaims,
) -> (Vec<Claim>, Vec<Option<&'a SourceFacts>>) {
    let found = || sources.claims.iter().zip(&sources.facts);
    let asked = found().filter(|(_, facts)| request.scope.asks(facts.owner));
    let asked = asked.map(|(claim, _)| claim).chain(&request.pairs);
    let remotes: HashSet<&[u8]> = asked.map(|claim| claim.remote.as_slice()).collect();
    let pairs = request.pairs.iter().map(|pair| (pair.clone(), None));
    let shares = |claim: &Claim| remotes.contains(claim.remote.as_slice());
    let sharing = found().filter(|(claim, _)| shares(claim));
    pairs.chain(sharing.map(|(claim, facts)| (claim.clone(), Some(facts)))).unzip()
}

/// Judges the pairs and rules only, and looks up the pairs' names in the sources, if there are any.
fn with_names(binary: &Binary, request: &Request, sources: Option<&SourceClaims>) -> Checked {
    let claims = &request.pairs;
    let judged = claims.iter().zip(gather(binary, claims)).map(|(claim, evidence)| {
        let verdict = judge(claim, &evidence);
        let holds = outcome::accepts(request.accept, verdict, false);
        let pair = Some(names(claim, &evidence.package, sources));
        Judged { claim: claim.clone(), evidence, verdict, source: None, pair, holds }
    });
    Checked {
        judged: judged.collect(),
        rules: judged_rules(binary, &request.rules),
        ..Checked::default()
    }
}

fn judged_rules(binary: &Binary, rules: &[SymbolRule]) -> Vec<(SymbolRule, RuleOutcome)> {
    if rules.is_empty() {
        return Vec::new();
    }
    let searchable = Searchable::of(binary);
    rules.iter().map(|rule| (rule.clone(), searchable.judge(rule))).collect()
}

/// The sources of `binary`, if the current folder is in the module that it was built from.
fn own_source(binary: &Binary, places: &Places) -> Option<SourceClaims> {
    let main = binary.build()?.main.as_ref()?;
    let (_, here) = module_above(&places.here, "go.mod")?;
    (here.module == main.path)
        .then(|| source_claims::read(binary, places, OfGo::Found).ok())
        .flatten()
}

/// Nothing says which sources the binary was built from.
fn without_source(binary: &Binary, why: String) -> SourceClaims {
    let path = binary.image.range.file().path();
    let module = path.to_string_lossy().into_owned();
    let gap = SourceGap {
        owner: Owner::Main,
        code: Code::SourceUnknown,
        module,
        message: why,
        weakens: true,
    };
    SourceClaims { gaps: vec![gap], ..SourceClaims::default() }
}

/// The gap as reports tell it. A gap in what is not asked for is told only if a directive that is asked for needs
/// that source.
fn told(gap: SourceGap, scope: Scope) -> Option<SourceGap> {
    if scope.asks(gap.owner) {
        return Some(gap);
    }
    let behind = [Code::SourceMissing, Code::OtherVersion].contains(&gap.code);
    behind.then_some(SourceGap { weakens: false, ..gap })
}

/// The binary proves only which package refers to the remote. Source tells which local name does.
fn names(pair: &Claim, package: &str, sources: Option<&SourceClaims>) -> PairNames {
    let known = sources.and_then(|sources| Some((sources, sources.has_directive(pair, package)?)));
    let missing = known.filter(|(_, there)| !there);
    PairNames {
        checked: known.is_some(),
        finding: missing.map(|(sources, _)| no_such_directive(pair, package, sources)),
    }
}

fn no_such_directive(pair: &Claim, package: &str, sources: &SourceClaims) -> Finding {
    let (local, remote) = (printable(&pair.local), printable(&pair.remote));
    let others: Vec<String> =
        sources.locals_on(pair, package).iter().map(|name| printable(name)).collect();
    let instead = match others.as_slice() {
        [] => format!("package {} has none on {remote}", printable(package.as_bytes())),
        names => format!("on {remote} there is {}", names.join(", ")),
    };
    let message = format!("the source has no //go:linkname of {local} and {remote}; {instead}");
    Finding::new(Code::NoSuchDirective, message)
}
