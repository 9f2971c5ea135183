//! Who refers to the remotes of the claims, and could that be without any linkname?
//!
//! The code is decoded once for all claims. Each reference is attributed to the function that its
//! instruction was written in, by file and inline tree and not by the enclosing symbol, so that an
//! inlined wrapper counts for its own package.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::binary::{Binary, Functions};
use crate::code::{How, RawReference, Wanted};
use crate::error::{Fault, FaultCode};
use crate::golang::folders::Folders;
use crate::golang::inline::{Frame, InlineTrees};
use crate::golang::names;
use crate::golang::pclntab::Function;

use super::sites::{self, Names};
use super::{Doubt, Provider, Reference, References, SearchGap, SiteSource};

/// What the search found, ready to be handed out claim by claim.
#[derive(Debug)]
pub(super) struct Search {
    claims: Vec<(References, Vec<(u64, u64)>)>,
}

impl Search {
    pub(super) fn of(&self, claim: usize) -> (References, Vec<(u64, u64)>) {
        let none = (References::NotSearched(SearchGap::Uncertain), Vec::new());
        self.claims.get(claim).cloned().unwrap_or(none)
    }
}

/// Searches the code for references to the remote of every claim.
pub(super) fn search(binary: &Binary, functions: Option<&Functions>, names: &Names) -> Search {
    let gap =
        |gap| Search { claims: vec![(References::NotSearched(gap), Vec::new()); names.len()] };
    let Some(functions) = functions else { return gap(SearchGap::Damaged) };
    if let Some(reason) = super::search_gap(binary) {
        return gap(reason);
    }
    // Without inline trees a callback that was inlined looks like a pull.
    let Some(trees) = &functions.trees else { return gap(SearchGap::Uncertain) };
    match collect(binary, functions, trees, names) {
        Ok(search) => search,
        Err(fault) if fault.code == FaultCode::Unsupported => gap(SearchGap::Uncertain),
        Err(_) => gap(SearchGap::Damaged),
    }
}

fn collect(
    binary: &Binary,
    functions: &Functions,
    trees: &InlineTrees,
    names: &Names,
) -> Result<Search, Fault> {
    let entries: BTreeMap<usize, BTreeSet<u64>> =
        (0..names.len()).map(|claim| (claim, entries_of(names, claim))).collect();
    let wanted = Wanted::new(entries.values().flatten().copied());
    let words: HashMap<u64, u64> = binary.search_words(&wanted)?.into_iter().collect();
    let tables = binary.search_words(&Wanted::new(words.keys().copied()))?;
    let targets = entries.values().flatten().chain(words.keys()).copied();
    let found = binary.search_code(&Wanted::new(targets))?;
    if let Some(function) = found.undecoded.iter().find_map(|entry| opaque(functions, *entry)) {
        let part = format!("code of {}", crate::printable::printable(function.name()));
        return Err(Fault::unsupported(part, 0, "holds bytes that are no instruction"));
    }
    let claims = entries.iter().map(|(claim, entries)| {
        let context = Context { functions, trees, target: names.target_package(*claim) };
        let target = |to: &u64| entries.contains(words.get(to).unwrap_or(to));
        let raw: Vec<RawReference> =
            found.references.iter().filter(|reference| target(&reference.to)).copied().collect();
        let compared = context.compared(&raw, entries);
        let references = raw.iter().filter_map(|raw| {
            let word = words.get(&raw.to).filter(|_| !entries.contains(&raw.to));
            context.reference(raw, word.copied(), &compared)
        });
        let of_claim =
            |word: &&(u64, u64)| words.get(&word.1).is_some_and(|to| entries.contains(to));
        let tables = tables.iter().filter(of_claim).copied().collect();
        (References::Searched(references.collect()), tables)
    });
    Ok(Search { claims: claims.collect() })
}

/// The function at `entry`, unless its code need not be read: assembly holds data between its
/// instructions (`crypto/internal/boring/sig.StandardCrypto`) and never proves a linkname, and a
/// function without a file is none (`go:buildid` of PE and Mach-O).
fn opaque(functions: &Functions, entry: u64) -> Option<Function<'_>> {
    let function = functions.table.find(entry)?;
    (!function.is_assembly() && function.file().is_some()).then_some(function)
}

/// Entry addresses of the remote's functions: the function, its ABI wrapper, its trampolines.
fn entries_of(names: &Names, claim: usize) -> BTreeSet<u64> {
    let sites = names.remote(claim).iter();
    let standing = sites.filter(|site| site.code && site.source != SiteSource::Inlined);
    standing.map(|site| site.address).collect()
}

struct Context<'a> {
    functions: &'a Functions,
    trees: &'a InlineTrees,
    /// The remote's package as it is imported.
    target: Option<&'a str>,
}

impl<'a> Context<'a> {
    /// Functions that form the remote's own address: they compare a function value with it before
    /// they call it directly (profile-guided devirtualisation).
    fn compared(&self, raw: &[RawReference], entries: &BTreeSet<u64>) -> BTreeSet<u64> {
        let forms = raw.iter().filter(|r| r.how == How::Address && entries.contains(&r.to));
        forms.filter_map(|r| self.functions.table.find(r.at)).map(|f| f.entry).collect()
    }

    fn reference(
        &self,
        raw: &RawReference,
        word: Option<u64>,
        compared: &BTreeSet<u64>,
    ) -> Option<Reference> {
        let function = self.functions.table.find(raw.at)?;
        // A function that refers to itself (recursion, stack growth) says nothing of others, and
        // neither does a trampoline.
        let to = word.unwrap_or(raw.to);
        if function.entry == to || names::trampoline_target(function.name()).is_some() {
            return None;
        }
        let frames = self.trees.frames(&self.functions.table, function, raw.at);
        let innermost = frames.first()?;
        let (package, attribution) = attribute(&self.functions.folders, &function, innermost);
        let devirtualised = compared.contains(&function.entry) && raw.how != How::Address;
        let doubt = attribution
            .or_else(|| self.is_callback(&frames).then_some(Doubt::Callback))
            .or_else(|| devirtualised.then_some(Doubt::Devirtualised));
        Some(Reference {
            how: if word.is_some() { funcval_or(raw.how) } else { raw.how },
            from: innermost.name.to_vec(),
            from_package: package,
            inlined_into: (!innermost.outermost).then(|| function.name().to_vec()),
            at: raw.at,
            to,
            file: innermost.position.map(|position| position.file.to_vec()),
            line: innermost.position.map_or(0, |position| position.line),
            doubt,
        })
    }

    /// Whether a frame around the innermost one belongs to the remote's package: then that package
    /// may have passed its own function in, and the compiler saw through it.
    fn is_callback(&self, frames: &[Frame<'_>]) -> bool {
        frames.iter().skip(1).any(|frame| {
            let named = names::import_path(frame.name);
            let named =
                named.as_deref().is_some_and(|n| self.target.is_some_and(|t| t.as_bytes() == n));
            let file = frame.position.map(|position| position.file);
            let owner = file.and_then(|file| self.functions.folders.owner_of_file(file));
            named || (owner.is_some() && owner == self.target)
        })
    }
}

/// Forming the address of a function value makes it one; other accesses keep their name.
fn funcval_or(how: How) -> How {
    if how == How::Address { How::Funcval } else { how }
}

/// The package that the code of `frame` was written in, and what makes that doubtful.
fn attribute(
    folders: &Folders,
    function: &Function<'_>,
    frame: &Frame<'_>,
) -> (Option<String>, Option<Doubt>) {
    if frame.outermost {
        return match sites::provider(folders, function) {
            Provider::Package(package) => (Some(package), None),
            Provider::Doubtful(package) => (Some(package), Some(Doubt::Attribution)),
            Provider::Assembly(package) => (Some(package), Some(Doubt::Assembly)),
            Provider::Generated => (named_package(frame.name), Some(Doubt::Generated)),
            Provider::Unknown => (named_package(frame.name), Some(Doubt::Attribution)),
        };
    }
    let file = frame.position.map(|position| position.file).unwrap_or_default();
    let named = named_package(frame.name);
    match folders.owner_of_file(file) {
        _ if file == b"<autogenerated>" => (named, Some(Doubt::Generated)),
        Some(owner) if named.as_deref() == Some(owner) => (named, None),
        Some(owner) => (Some(owner.to_owned()), Some(Doubt::Attribution)),
        None => (named, Some(Doubt::Attribution)),
    }
}

fn named_package(name: &[u8]) -> Option<String> {
    names::import_path(name).map(|path| String::from_utf8_lossy(&path).into_owned())
}
