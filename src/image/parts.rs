//! Which executables does one file hold: itself, the slices of a fat Mach-O, the members of an
//! archive, or the members of archives in slices?
//!
//! What each of them is, is [`crate::image::Image::parse`]'s question.

use super::file::Range;
use super::{archive, fat};
use crate::error::{Fault, Result};

/// One executable or object of a file.
#[derive(Clone, Debug)]
pub struct Part {
    /// Go's name of its architecture, in a fat file.
    pub slice: Option<String>,
    /// Its name, in an archive.
    pub member: Option<Vec<u8>>,
    /// Its bytes, as far as the file holds them.
    pub range: Range,
}

/// The executables of a file, and what is wrong with the tables that name them.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// Empty only for an archive without members.
    pub parts: Vec<Part>,
    /// Parts that are cut, and rows of tables that are not there.
    pub faults: Vec<Fault>,
}

/// The executables in `range`.
///
/// # Errors
/// When nothing can be listed at all: a fat file without a table, a thin archive.
pub fn parts(range: Range) -> Result<Parts> {
    let slices = fat::slices(range)?;
    let mut found = Parts { parts: Vec::new(), faults: slices.faults };
    for slice in slices.slices {
        let members = match archive::members(&slice.range) {
            Ok(members) => members,
            Err(fault) if slice.name.is_none() => return Err(fault),
            Err(fault) => {
                found.faults.push(fault);
                continue;
            }
        };
        let Some(members) = members else {
            found.parts.push(Part { slice: slice.name, member: None, range: slice.range });
            continue;
        };
        found.faults.extend(members.faults);
        found.parts.extend(members.members.into_iter().map(|member| Part {
            slice: slice.name.clone(),
            member: Some(member.name),
            range: member.range,
        }));
    }
    Ok(found)
}
