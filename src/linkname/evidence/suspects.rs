//! Which functions look as if a linkname led to them, whoever's directive that may be?
//!
//! Every function of the table is looked at: whose file it comes from, and which other packages refer to it. Nothing
//! here decides: what is found is claimed and then judged as any claim is. What no bytes could tell apart from
//! ordinary code is counted.

mod callees;
mod referred;

use crate::binary::{Binary, Functions, Searched};
use crate::error::FaultCode;
use crate::golang::pclntab::Function;
use crate::names;

use super::{Provider, SearchGap, sites};
use referred::referred;

/// What looks as if a linkname led to it.
#[derive(Debug, Default)]
pub(in crate::linkname) struct Suspects {
    /// Functions that come from another package's file than their name says, in order of their names.
    pub(in crate::linkname) pushes: Vec<Push>,
    /// Functions that another package refers to although it may not name them, in order of packages and names.
    pub(in crate::linkname) pulls: Vec<Pull>,
    /// What the bytes cannot tell apart from ordinary code.
    pub(in crate::linkname) counts: Counts,
    /// Why code was not searched, so that there are no pulls.
    pub(in crate::linkname) gap: Option<SearchGap>,
    /// What refers to the functions that were looked at.
    pub(in crate::linkname) searched: Option<Searched>,
}

/// A function whose file is another package's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::linkname) struct Push {
    /// Its name.
    pub(in crate::linkname) name: Vec<u8>,
    /// The package whose file it comes from.
    pub(in crate::linkname) package: String,
    /// Whether it is written in assembly, which may define any name.
    pub(in crate::linkname) assembly: bool,
    /// Whether folder and unit agree.
    pub(in crate::linkname) sure: bool,
}

/// A package that refers to a function of another one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::linkname) struct Pull {
    /// The package: of a call, the one whose code calls.
    pub(in crate::linkname) package: String,
    /// The function.
    pub(in crate::linkname) name: Vec<u8>,
    /// Whether a call or jump leads there.
    pub(in crate::linkname) direct: bool,
    /// All packages of the instructions that could hold the directive.
    pub(in crate::linkname) candidates: Vec<String>,
}

/// How many pairs of a package and a name of another one are undecidable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Functions that the compiler or the linker may have called.
    pub inserted: usize,
    /// Functions with exported names, which packages that import theirs may call.
    pub exported: usize,
    /// Functions whose values stand in data: nobody knows who put them there.
    pub tabled: usize,
    /// Functions whose file is foreign although nothing else says that they were pushed (`//line`).
    pub misplaced: usize,
}

/// Searches `binary` for what looks as if a linkname led to it.
pub(in crate::linkname) fn suspects(binary: &Binary) -> Suspects {
    search(binary, None, None)
}

/// The same for the function `name` alone, out of a search that is `known` if it was about it; nothing is counted.
pub(in crate::linkname) fn suspects_of(
    binary: &Binary,
    name: &[u8],
    known: Option<&Searched>,
) -> Suspects {
    Suspects { counts: Counts::default(), ..search(binary, Some(name), known) }
}

/// Searches for all functions, or for those of the name `only`.
fn search(binary: &Binary, only: Option<&[u8]>, known: Option<&Searched>) -> Suspects {
    let mut found = Suspects::default();
    let Ok(functions) = binary.functions() else {
        found.gap = Some(SearchGap::Damaged);
        return found;
    };
    found.pushes = pushes(functions, only, &mut found.counts);
    match referred(binary, functions, (only, known), &mut found.counts) {
        Ok((pulls, searched)) => {
            found.pulls = pulls;
            found.searched = Some(searched);
        }
        Err(gap) => found.gap = Some(gap),
    }
    found
}

fn pushes(functions: &Functions, only: Option<&[u8]>, counts: &mut Counts) -> Vec<Push> {
    let mut found = Vec::new();
    let is_asked = |function: &Function<'_>| only.is_none_or(|name| function.name() == name);
    for function in functions.table.functions().filter(is_asked) {
        let Some(push) = push(functions, &function) else { continue };
        if !push.sure && !push.assembly {
            counts.misplaced += 1;
        }
        found.push(push);
    }
    found.sort();
    found.dedup_by(|one, other| (&one.name, &one.package) == (&other.name, &other.package));
    found
}

/// `function` as a push, if it comes from another package's file.
fn push(functions: &Functions, function: &Function<'_>) -> Option<Push> {
    let name = function.name();
    let named = names::import_path(name)?;
    if names::is_derived(name) || names::is_instance(name) {
        return None;
    }
    let (package, sure, assembly) = match sites::provider(functions, function) {
        Provider::Package(package) => (package, true, false),
        Provider::Doubtful(package) => (package, false, false),
        Provider::Assembly(package) => (package, true, true),
        Provider::Generated | Provider::Unknown => return None,
    };
    let foreign = *package.as_bytes() != *named && names::trampoline_target(name).is_none();
    foreign.then(|| Push { name: name.to_vec(), package, assembly, sure })
}

/// Why a search that failed says nothing.
fn gap_of(binary: &Binary, fault: crate::error::Fault) -> SearchGap {
    if fault.code == FaultCode::Unsupported {
        return SearchGap::Uncertain;
    }
    binary.keep_search_fault(fault);
    SearchGap::Damaged
}
