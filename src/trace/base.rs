//! How far behind where it is linked to be was the program loaded?
//!
//! A frame with an address and an offset tells it: the address less offset and entry. It is a whole number of pages,
//! which tells functions of one name apart. In a plain panic of a position independent program only the line of the
//! signal has an address: it is that of the first frame, unless the runtime's own frames are left out there.

use std::collections::BTreeMap;

use super::fit::Names;
use super::text::{Frame, Kind, Trace};

/// The bits of an address within the smallest page of any system.
const PAGE: u64 = 0xfff;

/// How many frames are asked: each alone says enough, and they check each other.
const MOST_ASKED: usize = 4096;

/// The distance that most frames agree on.
pub(super) fn deduced(names: &Names<'_>, trace: &Trace<'_>) -> Option<u64> {
    let mut votes: BTreeMap<u64, usize> = BTreeMap::new();
    let with_address =
        trace.frames.iter().filter(|frame| frame.pc.is_some() && frame.kind == Kind::Call);
    for frame in with_address.take(MOST_ASKED) {
        for slide in slides(names, frame, frame.pc.unwrap_or_default()) {
            *votes.entry(slide).or_default() += 1;
        }
    }
    if votes.is_empty() {
        for stop in trace.stops.iter().take(1) {
            let holds = |frame: &&Frame<'_>| frame.kind == Kind::Call && is_own(frame.name);
            let first = trace.frames.get(stop.before..).unwrap_or_default().iter().find(holds);
            let slides = first.map(|frame| slides(names, frame, stop.pc)).unwrap_or_default();
            // One frame alone tells it only if it tells one thing.
            if let [slide] = slides.as_slice() {
                votes.insert(*slide, 1);
            }
        }
    }
    let most = votes.values().max().copied();
    let mut best = votes.into_iter().filter(|(_, count)| Some(*count) == most);
    match (best.next(), best.next()) {
        (Some((slide, _)), None) => Some(slide),
        _ => None,
    }
}

/// Whether a signal may have come in the frame: `panic` stands in front of the frame where it came.
fn is_own(name: &[u8]) -> bool {
    name != b"panic"
}

/// The distances that the frame's functions of its name allow.
fn slides(names: &Names<'_>, frame: &Frame<'_>, pc: u64) -> Vec<u64> {
    let offset = frame.offset.unwrap_or(0);
    let functions = names.functions(frame.name).into_iter();
    let slides = functions.map(|function| pc.wrapping_sub(function.entry.wrapping_add(offset)));
    slides.filter(|slide| slide & PAGE == 0).collect()
}
