//! Which instructions refer to some addresses, whoever may do so?
//!
//! What `check` and `discover` call a reference, without asking what it proves.

use std::collections::BTreeMap;

use crate::binary::{Binary, Searched};
use crate::code::{How, InstructionSet};
use crate::error::FaultCode;

use super::SearchGap;
use super::targets::{Target, Targets};

/// Everything that refers to some places.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Uses {
    /// The instructions, in order of their addresses.
    pub instructions: Vec<Use>,
    /// Words of data that hold the address of a function's value or of a variable: address and value, in order.
    pub words: Vec<(u64, u64)>,
    /// The search, for further questions about the same places.
    pub searched: Option<Searched>,
    /// How many functions hold bytes that are no instruction, so that something may have been missed.
    pub undecoded: usize,
}

/// An instruction that refers to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// Its address.
    pub at: u64,
    /// The start of the place.
    pub to: u64,
    /// How it refers.
    pub how: How,
}

/// A place that is referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Referent {
    /// Virtual address of its first byte.
    pub start: u64,
    /// Its bytes. Of code only the first one counts.
    pub len: u64,
    /// Whether it is code.
    pub code: bool,
}

/// Searches `binary` for what refers to `places`.
///
/// # Errors
/// Why the code was not searched.
pub fn uses(binary: &Binary, places: &[Referent]) -> Result<Uses, SearchGap> {
    if InstructionSet::of(&binary.image.arch).is_none() {
        return Err(SearchGap::Architecture);
    }
    let gap = |fault: crate::error::Fault| match fault.code {
        FaultCode::Unsupported => SearchGap::Uncertain,
        _ => {
            binary.keep_search_fault(fault);
            SearchGap::Damaged
        }
    };
    let asked: BTreeMap<u64, Target> =
        places.iter().map(|place| (place.start, target(*place))).collect();
    let targets = Targets::of_places(binary, asked, None).map_err(gap)?;
    let wanted = targets.wanted(std::iter::empty());
    let searched = binary.search_again_and_keep(wanted, None).map_err(gap)?;
    let meant = searched.found.references.iter().filter_map(|raw| {
        let (to, how) = targets.meant(raw)?;
        Some(Use { at: raw.at, to, how })
    });
    let mut words: Vec<(u64, u64)> = places
        .iter()
        .flat_map(|place| targets.words_to(&target(*place)).collect::<Vec<_>>())
        .collect();
    words.sort_unstable();
    words.dedup();
    Ok(Uses {
        instructions: meant.collect(),
        words,
        undecoded: searched.found.undecoded.len(),
        searched: Some(searched.with_words(targets.scans)),
    })
}

fn target(place: Referent) -> Target {
    Target::new(place.start, if place.code { 1 } else { place.len.max(1) }, place.code)
}
