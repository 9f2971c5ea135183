//! Which linknames does only one of two files betray, and of which others is it less or more certain?
//!
//! Both files are searched as `discover` searches them. What is found in one file only is claimed of the other too, so
//! that it is not merely "gone": what one file is not sure of for want of DWARF is no change. A push whose name has a body of its own package now is `owned-elsewhere`, and that is
//! all that tells the two files apart, because names, sizes and letters stay the same.

use std::collections::BTreeMap;

use crate::binary::Binary;
use crate::finding::Owner;
use crate::linkname::claim::{Claim, Form};
use crate::linkname::discover::{Confidence, Linkname, discover};
use crate::linkname::evidence::{self, Evidence, SearchGap};
use crate::linkname::verdict::{Verdict, judge};

/// What one file says of a linkname.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Side {
    /// How certain it is; none if the file does not betray it.
    pub confidence: Option<Confidence>,
    /// What that file proves about it.
    pub verdict: Verdict,
}

/// A linkname that the two files do not agree about.
#[derive(Debug)]
#[non_exhaustive]
pub struct LinknameChange {
    /// Package and remote, as a claim.
    pub claim: Claim,
    /// Whose package it is.
    pub owner: Owner,
    /// The module of that package and its version, of the new file if that betrays it.
    pub module: Option<(String, String)>,
    /// What the old file says.
    pub old: Side,
    /// What the new file says.
    pub new: Side,
    /// What that rests on, in the new file.
    pub evidence: Evidence,
}

impl LinknameChange {
    /// Whether both files betray it, with other verdicts.
    #[must_use]
    pub fn is_of_verdict(&self) -> bool {
        self.old.confidence.is_some() && self.new.confidence.is_some()
    }
}

/// The linknames of two files.
#[derive(Debug)]
#[non_exhaustive]
pub struct Linknames {
    /// Those that differ: Go's own last, by package and remote.
    pub changes: Vec<LinknameChange>,
    /// How many are the same in both.
    pub same: usize,
    /// How many are not told, because only the lack of DWARF, symbols or a version in one file makes it unsure of them.
    pub doubtful: usize,
    /// Why a file's code was not searched: then calls are not compared, and pushes alone are.
    pub gap: Option<SearchGap>,
}

/// What tells linknames apart. How a name is written in a binary says nothing about the directive's local name.
type Key = (bool, String, &'static str, Vec<u8>);

pub(super) fn compare(old: &Binary, new: &Binary) -> Linknames {
    let was = discover(old);
    let old_gap = was.gap;
    // Its evidence is as much as all of its references, and says nothing about the new file.
    let was: Vec<Betrayed> = was.linknames.into_iter().map(|one| betrayed(one).0).collect();
    let is = discover(new);
    let gap = old_gap.or(is.gap);
    let is = is.linknames.into_iter().map(betrayed);
    let kept = |one: &Betrayed| gap.is_none() || one.claim.form != Form::Pull;
    let mut was: BTreeMap<Key, Betrayed> =
        was.into_iter().filter(kept).map(|one| (key(one.owner, &one.claim), one)).collect();
    let mut found = Linknames { changes: Vec::new(), same: 0, doubtful: 0, gap };
    let alike = has_the_same(old, new);
    let sure = |side: Side| alike || side.confidence == Some(Confidence::Firm);
    let mut come = Vec::new();
    for (one, evidence) in is.filter(|(one, _)| kept(one)) {
        match was.remove(&key(one.owner, &one.claim)) {
            // Which instruction shows it, and who else uses it, differs with every edit.
            Some(old) if old.side == one.side => found.same += 1,
            Some(old) if !(sure(old.side) && sure(one.side)) => found.doubtful += 1,
            None if !sure(one.side) => found.doubtful += 1,
            Some(old) => found.changes.push(one.change(old.side, evidence)),
            None => come.push((one, evidence)),
        }
    }
    let (gone, unsure): (Vec<Betrayed>, Vec<Betrayed>) =
        was.into_values().partition(|one| sure(one.side));
    found.doubtful += unsure.len();
    let in_new = judged(new, gone.iter());
    found.changes.extend(gone.into_iter().zip(in_new).map(|(one, (new, evidence))| {
        let Betrayed { claim, owner, module, side: old } = one;
        LinknameChange { claim, owner, module, old, new, evidence }
    }));
    let in_old = judged(old, come.iter().map(|(one, _)| one));
    let come = come.into_iter().zip(in_old);
    found.changes.extend(come.map(|((one, evidence), (old, _))| one.change(old, evidence)));
    found.changes.sort_by_cached_key(|change| key(change.owner, &change.claim));
    found
}

/// Whether both files have the same sorts of witnesses left, and tables that cover their Go or none.
fn has_the_same(old: &Binary, new: &Binary) -> bool {
    let (old, new) = (old.facts(), new.facts());
    (old.dwarf, old.names, old.outside_tables) == (new.dwarf, new.names, new.outside_tables)
}

/// A linkname without its evidence.
struct Betrayed {
    claim: Claim,
    owner: Owner,
    module: Option<(String, String)>,
    side: Side,
}

impl Betrayed {
    /// As the new file betrays it, beside what the old one says.
    fn change(self, old: Side, evidence: Evidence) -> LinknameChange {
        let Self { claim, owner, module, side: new } = self;
        LinknameChange { claim, owner, module, old, new, evidence }
    }
}

fn betrayed(one: Linkname) -> (Betrayed, Evidence) {
    let side = Side { confidence: Some(one.confidence), verdict: one.verdict };
    let Linkname { claim, owner, module, evidence, .. } = one;
    (Betrayed { claim, owner, module, side }, evidence)
}

fn key(owner: Owner, claim: &Claim) -> Key {
    let form = match claim.form {
        Form::Pull => "pull",
        Form::Assembly => "assembly",
        _ => "push",
    };
    (owner == Owner::Std, claim.package.clone(), form, claim.remote.clone())
}

/// What `binary`, which does not betray them, says of `linknames`.
fn judged<'a>(
    binary: &Binary,
    linknames: impl Iterator<Item = &'a Betrayed>,
) -> Vec<(Side, Evidence)> {
    let claims: Vec<Claim> = linknames.map(|one| one.claim.clone()).collect();
    let all = claims.iter().zip(evidence::gather(binary, &claims));
    let side = |(claim, evidence): (&Claim, Evidence)| {
        (Side { confidence: None, verdict: judge(claim, &evidence) }, evidence)
    };
    all.map(side).collect()
}
