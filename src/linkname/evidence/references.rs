//! Which instructions refer to the remotes of the claims, and could they exist without a linkname?
//!
//! The code is decoded once for all claims. Each reference keeps every function of its inline stack. Each function is
//! attributed to a package by its file, not by the enclosing symbol: an inlined wrapper counts for its own package,
//! and so does the function that it was inlined into.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::binary::{Binary, Functions, Searched};
use crate::code::{How, InstructionSet, RawReference};
use crate::error::{Fault, FaultCode};
use crate::golang::inline::InlineTrees;
use crate::golang::pclntab::{Function, Position};

use super::behind::Behind;
use super::debug::CodeUnits;
use super::origins::{Origin, Origins, Whose, Witnesses};
use super::sites::Names;
use super::targets::{Target, Targets, by_remote};
use super::{Access, Doubt, Mentioned, Reference, References, SearchGap};
use crate::linkname::claim::{Claim, Named, Said};
use crate::linkname::neighbours::Neighbours;

/// What the search found. Its meaning for a claim is computed when asked for: for 650 claims on a binary of 160 MB
/// all references at once took 350 MB.
pub(super) struct Search<'a> {
    found: Result<Collected<'a>, SearchGap>,
}

impl Search<'_> {
    pub(super) fn of(&self, claim: usize) -> (References, Vec<(u64, u64)>) {
        match &self.found {
            Ok(found) => found.of(claim),
            Err(gap) => (References::NotSearched(*gap), Vec::new()),
        }
    }

    /// Whether some data points to the code of the claim's remote.
    pub(super) fn is_pointed_to(&self, claim: usize) -> bool {
        let Ok(Collected { targets, .. }) = &self.found else { return false };
        targets.of(claim).any(|target| targets.is_pointed_to(target))
    }

    /// Whether the claim's package refers to the bytes after its variable.
    pub(super) fn reaches_behind(&self, claim: usize) -> bool {
        self.found.as_ref().is_ok_and(|found| found.reached_behind.contains(&claim))
    }
}

/// Searches the code for references to the remote of every claim, or takes them from a search that is `known`.
pub(super) fn search<'a>(
    binary: &'a Binary,
    functions: Option<&'a Functions>,
    (claims, names): (&'a [Claim], &'a Names),
    known: Option<&Searched>,
) -> Search<'a> {
    let gap = |gap| Search { found: Err(gap) };
    let Some(functions) = functions else { return gap(SearchGap::Damaged) };
    if let Some(reason) = search_gap(binary) {
        return gap(reason);
    }
    // Without inline trees an inlined callback looks like a pull.
    let Some(trees) = &functions.trees else { return gap(SearchGap::Uncertain) };
    match collect(binary, functions, trees, (claims, names), known) {
        Ok(found) => Search { found: Ok(found) },
        Err(fault) if fault.code == FaultCode::Unsupported => gap(SearchGap::Uncertain),
        Err(fault) => {
            binary.keep_search_fault(fault);
            gap(SearchGap::Damaged)
        }
    }
}

/// Every reference to any remote.
struct Collected<'a> {
    claims: &'a [Claim],
    names: &'a Names,
    same_remote: HashMap<&'a [u8], Vec<usize>>,
    targets: Targets,
    references: Vec<RawReference>,
    origins: Origins,
    by_target: HashMap<u64, Vec<Lead>>,
    reached_behind: BTreeSet<usize>,
}

fn collect<'a>(
    binary: &'a Binary,
    functions: &'a Functions,
    trees: &'a InlineTrees,
    (claims, names): (&'a [Claim], &'a Names),
    known: Option<&Searched>,
) -> Result<Collected<'a>, Fault> {
    let targets = Targets::find(binary, claims, names, known)?;
    let behind = Behind::of(binary, claims, names);
    let found = binary.search_code_again(&targets.wanted(behind.wanted()), known)?;
    if let Some(function) = found.undecoded.iter().find_map(|entry| opaque(functions, *entry)) {
        let part = format!("code of {}", crate::printable::printable(function.name()));
        return Err(Fault::unsupported(part, 0, "holds bytes that are no instruction"));
    }
    let witnesses = Witnesses { functions, trees, units: CodeUnits::of(binary) };
    let origins = Origins::of(&witnesses, &found.references);
    let by_target = by_target(&found.references, &origins, &targets);
    let uses = found.references.iter().enumerate().flat_map(|(reference, raw)| {
        let frames = origins.get(reference).into_iter().flat_map(|of| origins.frames(of));
        frames.filter_map(|(code, _)| Some((raw.to, &**origins.package(code.package?)?)))
    });
    let reached_behind = behind.reached(names, uses);
    let same_remote = by_remote(claims);
    let references = found.references;
    Ok(Collected {
        claims,
        names,
        same_remote,
        targets,
        references,
        origins,
        by_target,
        reached_behind,
    })
}

impl Collected<'_> {
    fn of(&self, index: usize) -> (References, Vec<(u64, u64)>) {
        let Some(claim) = self.claims.get(index) else {
            return (References::NotSearched(SearchGap::Uncertain), Vec::new());
        };
        let own: Vec<&Target> = self.targets.of(index).collect();
        let leads = own.iter().filter_map(|target| self.by_target.get(&target.start)).flatten();
        let found = leads.filter_map(|lead| {
            let raw = *self.references.get(lead.reference)?;
            let origin = self.origins.get(lead.reference)?;
            Some(Found { raw, how: lead.how, target: lead.target, origin })
        });
        let found: Vec<Found<'_>> = found.collect();
        let same = self.same_remote.get(claim.remote.as_slice());
        let target = self.names.target_package(index);
        let search = ClaimSearch {
            origins: &self.origins,
            target: target.and_then(|target| self.origins.number(target)),
            directive: claim.directive(),
            package: self.names.package(index),
            known: RefCell::default(),
            others: others(self.claims, same, self.names, index),
        };
        let words = own.iter().flat_map(|target| self.targets.words_to(target));
        (References::Searched(search.references(found.iter())), words.collect())
    }
}

/// Other directives of the package and remote of claim `index`.
fn others<'a>(
    claims: &'a [Claim],
    same_remote: Option<&Vec<usize>>,
    names: &Names,
    index: usize,
) -> Vec<&'a Said> {
    let same = |other: &&usize| **other != index && names.package(**other) == names.package(index);
    let others = same_remote.into_iter().flatten().filter(same);
    others.filter_map(|other| claims.get(*other)?.directive()).collect()
}

/// A reference to a target, directly or through a word that holds its address.
struct Found<'a> {
    raw: RawReference,
    how: How,
    target: u64,
    origin: &'a Origin,
}

/// The same, with the reference by number.
struct Lead {
    reference: usize,
    how: How,
    target: u64,
}

/// The references by target, so that each claim visits only its own: visiting all of them cost 1.6 s instead of 1.0 s
/// for 200 claims on a binary of 160 MB.
fn by_target(
    references: &[RawReference],
    origins: &Origins,
    targets: &Targets,
) -> HashMap<u64, Vec<Lead>> {
    let mut grouped: HashMap<u64, Vec<Lead>> = HashMap::new();
    for (reference, raw) in references.iter().enumerate() {
        if origins.get(reference).is_none() {
            continue;
        }
        for (target, how) in targets.meant(raw).into_iter().chain(targets.named(raw)) {
            grouped.entry(target).or_default().push(Lead { reference, how, target });
        }
    }
    grouped
}

/// The function at `entry`, unless its code need not be read. Assembly has data between its instructions
/// (`crypto/internal/boring/sig.StandardCrypto`) and never proves a linkname. A function without a file is none
/// (`go:buildid` of PE and Mach-O).
fn opaque(functions: &Functions, entry: u64) -> Option<Function<'_>> {
    let function = functions.table.find(entry)?;
    (!function.is_assembly() && function.file().is_some()).then_some(function)
}

/// The search seen by one claim.
struct ClaimSearch<'a> {
    origins: &'a Origins,
    /// The number of the remote's package.
    target: Option<usize>,
    directive: Option<&'a Said>,
    /// The local package.
    package: &'a str,
    /// Other directives of the same package and remote.
    others: Vec<&'a Said>,
    /// What was asked of source, by the package's number.
    known: RefCell<HashMap<usize, (Access, Option<bool>)>>,
}

impl ClaimSearch<'_> {
    fn references<'f>(&self, found: impl Iterator<Item = &'f Found<'f>> + Clone) -> Vec<Reference> {
        // A function that forms the remote's own address compares a function value with it before it calls it
        // directly: a call that a profile devirtualised.
        let forms = found.clone().filter(|f| f.how == How::Address);
        let compared: BTreeSet<u64> = forms.map(|found| found.origin.function).collect();
        // A function that refers to itself (recursion, stack growth) says nothing of others.
        let of_others = found.filter(|found| found.origin.function != found.target);
        let mut references: Vec<Reference> =
            of_others.map(|found| self.reference(found, &compared)).collect();
        references.sort_by_key(|reference| (reference.at, reference.to));
        references
    }

    fn reference(&self, found: &Found<'_>, compared: &BTreeSet<u64>) -> Reference {
        let Found { raw, how, target, origin } = found;
        let branch = matches!(how, How::Call | How::Jump);
        let devirtualised = compared.contains(&origin.function) && branch;
        let callback = self.is_callback(origin).then_some(Doubt::Callback);
        let frames = self.origins.frames(origin);
        Reference {
            how: *how,
            at: raw.at,
            to: *target,
            frames: frames.map(|(code, line)| self.frame(code, line)).collect(),
            doubt: callback.or_else(|| devirtualised.then_some(Doubt::Devirtualised)),
        }
    }

    fn frame(&self, code: &Whose, line: u32) -> super::Frame {
        let position = code.file.as_deref().map(|file| Position { file, line });
        let package = code.package.and_then(|number| self.origins.package(number));
        let (access, imports_local) = self.known(code.package);
        super::Frame {
            function: code.function.clone(),
            package: package.cloned(),
            file: code.file.clone(),
            line,
            doubt: code.doubt,
            mentioned: self.mentioned(package.map(|package| &**package), position),
            called: self.calls(package.map(|package| &**package), position),
            access,
            imports_local,
        }
    }

    /// Whether the line calls the local name.
    fn calls(&self, from: Option<&str>, position: Option<Position<'_>>) -> bool {
        let by = from.filter(|from| *from != self.package).unwrap_or_default();
        let Some((directive, position)) = self.directive.zip(position) else { return false };
        directive.calls(by, position.file, position.line)
    }

    fn is_called(&self, by: &str, position: Position<'_>) -> bool {
        let neighbours = self.directive.and_then(|directive| directive.neighbours.as_ref());
        let here = |n: &Arc<Neighbours>| n.is_called(by, position.file, position.line);
        neighbours.is_some_and(here)
    }

    /// What source says of a package, by its number, and the remote.
    fn known(&self, package: Option<usize>) -> (Access, Option<bool>) {
        let neighbours = self.directive.and_then(|directive| directive.neighbours.as_ref());
        let (Some(neighbours), Some(number)) = (neighbours, package) else {
            return (Access::Unknown, None);
        };
        *self.known.borrow_mut().entry(number).or_insert_with(|| {
            let package = self.origins.package(number).map(|package| &**package);
            let package = package.unwrap_or_default();
            (neighbours.access(package), neighbours.imports_local(package))
        })
    }

    /// Which directive the line of a frame belongs to.
    fn mentioned(&self, from: Option<&str>, position: Option<Position<'_>>) -> Mentioned {
        let Some(position) = position else { return Mentioned::Unknown };
        let by = from.filter(|from| *from != self.package).unwrap_or_default();
        let stands = |directive: &Said| directive.mentions(by, position.file, position.line);
        let other = |d: &&Said| stands(d).flatten().is_some();
        match self.directive.and_then(stands) {
            None => Mentioned::Unknown,
            Some(Some(Named::Surely)) => Mentioned::This,
            Some(Some(Named::Shared)) => Mentioned::Shared,
            _ if from.is_some() && self.is_called(by, position) => Mentioned::Called,
            Some(None) if self.others.iter().any(other) => Mentioned::Other,
            Some(Some(Named::Perhaps) | None) => Mentioned::Nobody,
        }
    }

    /// Whether a frame beside others belongs to the remote's package: then that package may have passed its own
    /// function in, or refer to it itself, and the compiler saw through it.
    fn is_callback(&self, origin: &Origin) -> bool {
        let Some(target) = self.target else { return false };
        let mut frames = self.origins.frames(origin).map(|(code, _)| code.may_be_of(target));
        frames.clone().any(|of_target| of_target) && !frames.all(|of_target| of_target)
    }
}

/// Why this binary's code cannot be searched at all, if it cannot.
fn search_gap(binary: &Binary) -> Option<SearchGap> {
    if InstructionSet::of(&binary.image.arch).is_none() {
        return Some(SearchGap::Architecture);
    }
    None
}
