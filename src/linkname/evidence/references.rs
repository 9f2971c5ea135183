//! Which instructions refer to the remotes of the claims, and could they exist without a linkname?
//!
//! The code is decoded once for all claims. Each reference keeps every function of its inline stack. Each function is
//! attributed to a package by its file, not by the enclosing symbol: an inlined wrapper counts for its own package,
//! and so does the function that it was inlined into.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::binary::{Binary, Functions};
use crate::code::{How, RawReference};
use crate::error::{Fault, FaultCode};
use crate::golang::inline::{Frame, InlineTrees};
use crate::golang::pclntab::{Decoded, Function, Position};
use crate::names;

use super::behind::Behind;
use super::debug::CodeUnits;
use super::gather::{by_remote, search_gap};
use super::sites::{self, Names};
use super::targets::{Target, Targets};
use super::{Access, Doubt, Mentioned, Provider, Reference, References, SearchGap};
use crate::linkname::claim::{Claim, Directive, Named};
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

/// Searches the code for references to the remote of every claim.
pub(super) fn search<'a>(
    binary: &'a Binary,
    functions: Option<&'a Functions>,
    claims: &'a [Claim],
    names: &'a Names,
) -> Search<'a> {
    let gap = |gap| Search { found: Err(gap) };
    let Some(functions) = functions else { return gap(SearchGap::Damaged) };
    if let Some(reason) = search_gap(binary) {
        return gap(reason);
    }
    // Without inline trees an inlined callback looks like a pull.
    let Some(trees) = &functions.trees else { return gap(SearchGap::Uncertain) };
    match collect(binary, functions, trees, (claims, names)) {
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
    functions: &'a Functions,
    claims: &'a [Claim],
    names: &'a Names,
    same_remote: HashMap<&'a [u8], Vec<usize>>,
    targets: Targets,
    references: Vec<RawReference>,
    /// The origin of each reference.
    origins: Vec<Option<Origin<'a>>>,
    by_target: HashMap<u64, Vec<Lead>>,
    reached_behind: BTreeSet<usize>,
}

fn collect<'a>(
    binary: &'a Binary,
    functions: &'a Functions,
    trees: &'a InlineTrees,
    (claims, names): (&'a [Claim], &'a Names),
) -> Result<Collected<'a>, Fault> {
    let targets = Targets::find(binary, claims, names)?;
    let behind = Behind::of(binary, claims, names);
    let found = binary.search_code(&targets.wanted(behind.wanted()))?;
    if let Some(function) = found.undecoded.iter().find_map(|entry| opaque(functions, *entry)) {
        let part = format!("code of {}", crate::printable::printable(function.name()));
        return Err(Fault::unsupported(part, 0, "holds bytes that are no instruction"));
    }
    let origins =
        origins(&Witnesses { functions, trees, units: CodeUnits::of(binary) }, &found.references);
    let by_target = by_target(&found.references, &origins, &targets);
    let reached_behind = (0..claims.len()).filter(|claim| behind.has(*claim)).filter(|claim| {
        let reaches = |package: &str, to| {
            package == names.package(*claim) && behind.reaches(*claim, package, to)
        };
        let mut found = found.references.iter().zip(&origins);
        found.any(|(raw, origin)| {
            let mut owners = origin.iter().flat_map(|origin| &origin.owners);
            owners.any(|owner| owner.package.as_ref().is_some_and(|p| reaches(p, raw.to)))
        })
    });
    let (same_remote, reached_behind) = (by_remote(claims), reached_behind.collect());
    let references = found.references;
    Ok(Collected {
        functions,
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
            let origin = self.origins.get(lead.reference)?.as_ref()?;
            Some(Found { raw, how: lead.how, target: lead.target, origin })
        });
        let found: Vec<Found<'_>> = found.collect();
        let same = self.same_remote.get(claim.remote.as_slice());
        let search = ClaimSearch {
            functions: self.functions,
            target: self.names.target_package(index),
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
) -> Vec<&'a Directive> {
    let same = |other: &&usize| **other != index && names.package(**other) == names.package(index);
    let others = same_remote.into_iter().flatten().filter(same);
    others.filter_map(|other| claims.get(*other)?.directive()).collect()
}

/// A reference to a target, directly or through a word that holds its address.
struct Found<'a> {
    raw: RawReference,
    how: How,
    target: u64,
    origin: &'a Origin<'a>,
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
    origins: &[Option<Origin<'_>>],
    targets: &Targets,
) -> HashMap<u64, Vec<Lead>> {
    let mut grouped: HashMap<u64, Vec<Lead>> = HashMap::new();
    for (reference, (raw, origin)) in references.iter().zip(origins).enumerate() {
        if origin.is_none() {
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

/// Where a reference comes from, for any claim: the frames at its instruction, and the package of each.
struct Origin<'a> {
    function: Function<'a>,
    frames: Vec<Frame<'a>>,
    /// The owner of each frame.
    owners: Vec<Owner>,
}

/// The package that a frame belongs to.
#[derive(Clone, Debug)]
struct Owner {
    package: Option<Arc<str>>,
    doubt: Option<Doubt>,
}

/// The owners of the frames of one function: by name, file, and whether it is the function itself.
type Owners<'a> = HashMap<(&'a [u8], Option<&'a [u8]>, bool), Owner>;

/// What tells which package an instruction belongs to.
struct Witnesses<'a> {
    functions: &'a Functions,
    trees: &'a InlineTrees,
    units: CodeUnits<'a>,
}

/// The origin of each reference, in their order; `None` for code of no package: trampolines.
///
/// References are sorted by address, so that each function's tables are decoded once.
fn origins<'a>(witnesses: &Witnesses<'a>, references: &[RawReference]) -> Vec<Option<Origin<'a>>> {
    let mut origins = Vec::with_capacity(references.len());
    let mut current: Option<Decoded<'a>> = None;
    let mut known = Owners::new();
    for reference in references {
        let here =
            |code: &Decoded<'_>| (code.function.entry..code.function.end).contains(&reference.at);
        if !current.as_ref().is_some_and(here) {
            current =
                witnesses.functions.table.find(reference.at).map(|function| function.decoded());
            known.clear();
        }
        let origin =
            current.as_ref().and_then(|code| origin(witnesses, code, reference.at, &mut known));
        origins.push(origin);
    }
    origins
}

fn origin<'a>(
    Witnesses { functions, trees, units }: &Witnesses<'a>,
    code: &Decoded<'a>,
    at: u64,
    known: &mut Owners<'a>,
) -> Option<Origin<'a>> {
    let function = code.function;
    if names::trampoline_target(function.name()).is_some() {
        return None;
    }
    let frames = trees.frames(&functions.table, code, at);
    let owners = frames.iter().map(|frame| {
        let file = frame.position.map(|position| position.file);
        let owner = || owner(functions, units, &function, frame);
        known.entry((frame.name, file, frame.outermost)).or_insert_with(owner).clone()
    });
    let owners = owners.collect();
    Some(Origin { function, frames, owners })
}

fn owner(
    functions: &Functions,
    units: &CodeUnits<'_>,
    function: &Function<'_>,
    frame: &Frame<'_>,
) -> Owner {
    let (mut package, mut doubt) = attribute(functions, function, frame);
    // `//line` can give any file to another package; the unit of a plain function tells the package.
    let plain =
        frame.outermost && !names::is_derived(frame.name) && !names::is_instance(frame.name);
    let open = doubt.is_none_or(|doubt| doubt == Doubt::Attribution);
    if plain
        && open
        && (doubt.is_some() || package != named_package(frame.name))
        && let Some(unit) = units.package(functions, function.entry)
    {
        (package, doubt) = (Some(unit), None);
    }
    Owner { package: package.map(Arc::from), doubt }
}

/// The search from the point of view of one claim.
struct ClaimSearch<'a> {
    functions: &'a Functions,
    /// The import path of the remote's package.
    target: Option<&'a str>,
    directive: Option<&'a Directive>,
    /// The local package.
    package: &'a str,
    /// Other directives of the same package and remote.
    others: Vec<&'a Directive>,
    /// What source says, by package.
    known: RefCell<HashMap<String, (Access, Option<bool>)>>,
}

impl ClaimSearch<'_> {
    fn references<'f>(&self, found: impl Iterator<Item = &'f Found<'f>> + Clone) -> Vec<Reference> {
        // A function that forms the remote's own address compares a function value with it before it calls it
        // directly: a call that a profile devirtualised.
        let forms = found.clone().filter(|f| f.how == How::Address);
        let compared: BTreeSet<u64> = forms.map(|found| found.origin.function.entry).collect();
        // A function that refers to itself (recursion, stack growth) tells nothing about others.
        let of_others = found.filter(|found| found.origin.function.entry != found.target);
        let mut references: Vec<Reference> =
            of_others.map(|found| self.reference(found, &compared)).collect();
        references.sort_by_key(|reference| (reference.at, reference.to));
        references
    }

    fn reference(&self, found: &Found<'_>, compared: &BTreeSet<u64>) -> Reference {
        let Found { raw, how, target, origin } = found;
        let branch = matches!(how, How::Call | How::Jump);
        let devirtualised = compared.contains(&origin.function.entry) && branch;
        let callback = self.is_callback(&origin.frames).then_some(Doubt::Callback);
        let frames = origin.frames.iter().zip(&origin.owners);
        Reference {
            how: *how,
            at: raw.at,
            to: *target,
            frames: frames.map(|(frame, owner)| self.frame(frame, owner)).collect(),
            doubt: callback.or_else(|| devirtualised.then_some(Doubt::Devirtualised)),
        }
    }

    fn frame(&self, frame: &Frame<'_>, owner: &Owner) -> super::Frame {
        let position = frame.position;
        let (access, imports_local) = self.known(owner.package.as_deref());
        super::Frame {
            function: frame.name.to_vec(),
            package: owner.package.as_deref().map(str::to_owned),
            file: position.map(|position| position.file.to_vec()),
            line: position.map_or(0, |position| position.line),
            doubt: owner.doubt,
            mentioned: self.mentioned(owner.package.as_deref(), position),
            called: self.calls(owner.package.as_deref(), position),
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

    /// What source says about a package and the remote.
    fn known(&self, package: Option<&str>) -> (Access, Option<bool>) {
        let neighbours = self.directive.and_then(|directive| directive.neighbours.as_ref());
        let (Some(neighbours), Some(package)) = (neighbours, package) else {
            return (Access::Unknown, None);
        };
        let mut known = self.known.borrow_mut();
        if let Some(found) = known.get(package) {
            return *found;
        }
        let found = (neighbours.access(package), neighbours.imports_local(package));
        known.insert(package.to_owned(), found);
        found
    }

    /// Which directive the line of a frame belongs to.
    fn mentioned(&self, from: Option<&str>, position: Option<Position<'_>>) -> Mentioned {
        let Some(position) = position else { return Mentioned::Unknown };
        let by = from.filter(|from| *from != self.package).unwrap_or_default();
        let stands = |directive: &Directive| directive.mentions(by, position.file, position.line);
        let other = |d: &&Directive| stands(d).flatten().is_some();
        match self.directive.and_then(stands) {
            None => Mentioned::Unknown,
            Some(Some(Named::Surely)) => Mentioned::This,
            Some(Some(Named::Shared)) => Mentioned::Shared,
            _ if from.is_some() && self.is_called(by, position) => Mentioned::Called,
            Some(None) if self.others.iter().any(other) => Mentioned::Other,
            Some(Some(Named::Perhaps) | None) => Mentioned::Nobody,
        }
    }

    /// Whether one of several frames belongs to the remote's package. That package may have passed its own function
    /// in, or may refer to it itself, and the compiler inlined it.
    fn is_callback(&self, frames: &[Frame<'_>]) -> bool {
        let Some(target) = self.target else { return false };
        let owners = |frame: &Frame<'_>| {
            let file = frame.position.map(|position| position.file);
            let owner = file.and_then(|file| self.functions.owners().owner_of_file(file));
            owner == Some(target)
                || names::import_path(frame.name).is_some_and(|named| *named == *target.as_bytes())
        };
        frames.iter().any(owners) && !frames.iter().all(owners)
    }
}

/// The package in whose source the code of `frame` was written, and why that is doubtful.
fn attribute(
    functions: &Functions,
    function: &Function<'_>,
    frame: &Frame<'_>,
) -> (Option<String>, Option<Doubt>) {
    if frame.outermost {
        return match sites::provider(functions, function) {
            Provider::Package(package) => (Some(package), None),
            Provider::Doubtful(package) => (Some(package), Some(Doubt::Attribution)),
            Provider::Assembly(package) => (Some(package), Some(Doubt::Assembly)),
            Provider::Generated if initialises(functions, frame) => {
                (named_package(frame.name), None)
            }
            Provider::Generated => (named_package(frame.name), Some(Doubt::Generated)),
            Provider::Unknown => (named_package(frame.name), Some(Doubt::Attribution)),
        };
    }
    let file = frame.position.map(|position| position.file).unwrap_or_default();
    let named = named_package(frame.name);
    match functions.owners().owner_of_file(file) {
        _ if file == b"<autogenerated>" => (named, Some(Doubt::Generated)),
        Some(owner) if named.as_deref() == Some(owner) => (named, None),
        Some(owner) => (Some(owner.to_owned()), Some(Doubt::Attribution)),
        None => (named, Some(Doubt::Attribution)),
    }
}

/// Whether an instruction of a package's initialiser was written in its source. The compiler makes this function,
/// which begins in `<autogenerated>` (1.27; in 1.19 in the source); calls in the initialisers of variables are on
/// their own lines.
fn initialises(functions: &Functions, frame: &Frame<'_>) -> bool {
    let file = frame.position.map(|position| position.file).unwrap_or_default();
    let owner = functions.owners().owner_of_file(file);
    names::within_package(frame.name) == b"init"
        && owner.is_some()
        && owner == named_package(frame.name).as_deref()
}

fn named_package(name: &[u8]) -> Option<String> {
    names::import_text(name)
}
