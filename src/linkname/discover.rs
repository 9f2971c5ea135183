//! Which linknames are in effect, as far as the binary alone betrays it?
//!
//! What looks like a linkname is claimed and judged as a pair from the command line would be, so `discover` and `check`
//! cannot disagree. The local name of a pull never reaches a binary: a discovery is about a package.
//!
//! ```no_run
//! use gonym::linkname::discover::{Confidence, discover};
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let found = discover(&binary);
//!     let firm = found.linknames.iter().filter(|one| one.confidence == Confidence::Firm);
//!     println!("{} linknames are certainly in effect", firm.count());
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

pub(crate) mod modules;

use std::collections::BTreeSet;

use super::claim::{Claim, Form, Kind, Origin};
use super::evidence::{
    self, Evidence, Reference, References, SearchGap, Suspects, suspects, suspects_of,
};
use super::permit::Permit;
use super::scan::permit_of_release;
use super::verdict::{Gap, Proof, Verdict, judge};
use crate::binary::{Binary, Searched};
use crate::finding::Owner;
use crate::golang::ldflags::Ldflags;
use crate::names;
use crate::rules::{self, Handle, Insertion, Pull, Release};
pub use evidence::Counts;
use modules::Modules;

/// What was found in one binary.
#[derive(Debug)]
#[non_exhaustive]
pub struct Discovered {
    /// The linknames, pulls and pushes by package and remote, what others wrote before what is Go's own.
    pub linknames: Vec<Linkname>,
    /// What the bytes cannot tell apart from ordinary code.
    pub counts: Counts,
    /// Why code was not searched: then no pull was found.
    pub gap: Option<SearchGap>,
}

/// How certain it is that a linkname is in effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Nothing but a linkname leaves these bytes.
    Firm,
    /// The value of the function is taken, and an inlined function that returns it leaves the same bytes.
    Weak,
    /// A witness is missing or doubtful, or assembly did it, which needs no directive.
    Possible,
}

/// A linkname that the binary betrays.
#[derive(Debug)]
#[non_exhaustive]
pub struct Linkname {
    /// Package and remote, as a claim. Its local name is a placeholder.
    pub claim: Claim,
    /// What the binary shows about it.
    pub evidence: Evidence,
    /// What that proves.
    pub verdict: Verdict,
    /// How certain it is.
    pub confidence: Confidence,
    /// Who uses what is linked: of a pull the package itself, of a push the other packages that refer to it.
    pub users: Vec<String>,
    /// The packages that could hold the directive, if there are several.
    pub candidates: Vec<String>,
    /// Whose package it is.
    pub owner: Owner,
    /// The module of that package and its version, as the build information has them.
    pub module: Option<(String, String)>,
    /// What Go's rules say of a pull from the standard library.
    pub permit: Option<Permit>,
}

/// The local name of a linkname whose local name nobody knows.
const UNKNOWN_LOCAL: &[u8] = b"?";

/// Finds the linknames that `binary` betrays.
#[must_use]
pub fn discover(binary: &Binary) -> Discovered {
    judge_all(binary, suspects(binary))
}

/// Finds the linknames that `binary` betrays of the function `name`, as symbols spell it. Nothing is counted. A search of
/// the code that is `known` is used if it was about that function.
#[must_use]
pub fn discover_one(binary: &Binary, name: &[u8], known: Option<&Searched>) -> Discovered {
    judge_all(binary, suspects_of(binary, name, known))
}

fn judge_all(binary: &Binary, suspects: Suspects) -> Discovered {
    let Suspects { pushes, pulls, counts, gap, searched } = suspects;
    let mut claims = Vec::new();
    let mut notes: Vec<(bool, Vec<String>)> = Vec::new();
    for push in pushes {
        let form = if push.assembly { Form::Assembly } else { Form::Push };
        claims.push(claim(&push.package, push.name, form));
        notes.push((false, Vec::new()));
    }
    for pull in pulls {
        claims.push(claim(&pull.package, pull.name, Form::Pull));
        notes.push((pull.direct, pull.candidates));
    }
    let modules = Modules::of(binary);
    let release = release(binary);
    // Builds with -trimpath record no flags.
    let flags = binary.build().and_then(|build| build.setting("-ldflags")).map(Ldflags::parse);
    let mut notes = notes.into_iter();
    let mut linknames = Vec::new();
    evidence::each_known(
        binary,
        &claims,
        searched.as_ref(),
        |_| true,
        |index, evidence| {
            let Some(claim) = claims.get(index) else { return };
            let (direct, mut candidates) = notes.next().unwrap_or_default();
            let mut verdict = judged(claim, &evidence);
            if direct
                && verdict == Verdict::Unproven(Gap::Ambiguous)
                && let Some(holder) = handle(claim, &evidence)
            {
                candidates.push(holder.to_owned());
                verdict = Verdict::InEffect(Proof::Referenced);
            }
            let Some(confidence) = confidence(claim, verdict, direct) else { return };
            let owner = modules.owner(&claim.package);
            linknames.push(Linkname {
                users: users(claim, &evidence),
                candidates: if candidates.len() > 1 { candidates } else { Vec::new() },
                owner,
                module: modules.module(&claim.package),
                permit: release
                    .as_ref()
                    .and_then(|release| permit(release, flags.as_ref(), claim, owner)),
                claim: claim.clone(),
                evidence,
                verdict,
                confidence,
            });
        },
    );
    linknames.sort_by(|a, b| order(a).cmp(&order(b)));
    Discovered { linknames, counts, gap }
}

type Order<'a> = (bool, Confidence, &'a str, bool, &'a [u8]);

fn order(one: &Linkname) -> Order<'_> {
    let Linkname { claim, confidence, owner, .. } = one;
    let push = claim.form != Form::Pull;
    (*owner == Owner::Std, *confidence, &claim.package, push, &claim.remote)
}

fn claim(package: &str, remote: Vec<u8>, form: Form) -> Claim {
    let local = [&*names::escaped(package.as_bytes()), b".", UNKNOWN_LOCAL].concat();
    let (package, kind, origin) = (package.to_owned(), Kind::Func, Origin::Discovered);
    Claim { local, remote, package, form, kind, origin }
}

fn judged(claim: &Claim, evidence: &Evidence) -> Verdict {
    match claim.form {
        // It needs no directive, whoever refers to it.
        Form::Assembly => Verdict::Unproven(Gap::Ambiguous),
        _ => judge(claim, evidence),
    }
}

/// The package of Go's own whose exported handle explains a call that is certainly there. As a pair that call proves
/// nothing, because the directive is not the caller's; that there is one is certain.
fn handle(claim: &Claim, evidence: &Evidence) -> Option<&'static str> {
    let holder = rules::handle_of(&claim.package, &claim.remote)?;
    let References::Searched(references) = &evidence.references else { return None };
    let own = |reference: &&Reference| reference.is_of(&claim.package);
    let certain = |reference: &Reference| reference.is_branch() && reference.any_doubt().is_none();
    let free = evidence.insertion == Insertion::NotInserted;
    (free && references.iter().filter(own).any(certain)).then_some(holder)
}

/// How certain a linkname of that verdict is; none if there is no linkname.
fn confidence(claim: &Claim, verdict: Verdict, direct: bool) -> Option<Confidence> {
    match verdict {
        _ if claim.form == Form::Assembly => Some(Confidence::Possible),
        Verdict::InEffect(_) => Some(Confidence::Firm),
        Verdict::Unproven(Gap::Ambiguous) if claim.form == Form::Pull && !direct => {
            Some(Confidence::Weak)
        }
        Verdict::Unproven(_) => Some(Confidence::Possible),
        Verdict::NotInEffect(_) | Verdict::Unused(_) | Verdict::NoTrace(_) => None,
    }
}

fn users(claim: &Claim, evidence: &Evidence) -> Vec<String> {
    if claim.form == Form::Pull {
        return vec![claim.package.clone()];
    }
    let References::Searched(references) = &evidence.references else { return Vec::new() };
    let innermost = references.iter().filter_map(|reference| reference.innermost());
    let packages: BTreeSet<&str> = innermost.filter_map(|frame| frame.package.as_deref()).collect();
    let others = packages.into_iter().filter(|package| *package != claim.package);
    others.map(str::to_owned).collect()
}

/// What the rules of the Go that made `binary` say of a pull of `symbol` by a package outside the standard library; none
/// if it is no symbol of the standard library, or no table covers this Go. `handle` is what the puller would declare.
#[must_use]
pub fn rule_of(binary: &Binary, symbol: &[u8], handle: Handle) -> Option<Permit> {
    let package = names::import_text(symbol).filter(|path| rules::is_standard(path))?;
    // In a program of Go's own, main may be the package that is asked about.
    if package == "main" {
        return None;
    }
    let pull = Pull { package: "main", std: false, symbol, handle };
    permit_of_release(&release(binary)?, &pull)
}

/// The rules of the Go that made the binary.
fn release(binary: &Binary) -> Option<Release> {
    let facts = binary.facts();
    Release::embedded(facts.go?.known_minor()?, facts.os?, facts.arch)
}

fn permit(
    release: &Release,
    flags: Option<&Ldflags>,
    claim: &Claim,
    owner: Owner,
) -> Option<Permit> {
    let Claim { package, remote: symbol, .. } = claim;
    let pull = Pull { package, std: owner == Owner::Std, symbol, handle: Handle::Function };
    let permit = (claim.form == Form::Pull).then(|| permit_of_release(release, &pull)).flatten()?;
    let recorded = flags.map(|flags| flags.unchecked_linknames);
    Some(Permit { flag_recorded: recorded.filter(|_| permit.needs_flag), ..permit })
}
