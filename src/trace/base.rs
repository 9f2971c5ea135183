//! How far behind where it is linked to be was the program loaded?
//!
//! A frame with an address and an offset tells it: the address less offset and entry. It is a whole number of pages,
//! which tells functions of one name apart. In a plain panic of a position independent program only the line of the
//! signal has an address: it is that of the first frame or of one behind a `panic`, unless the runtime's own frames are
//! left out there.

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
    if votes.is_empty()
        && let Some(stop) = trace.stops.first()
    {
        let slides = stopped(trace, stop.before).flat_map(|frame| slides(names, frame, stop.pc));
        slides.for_each(|slide| *votes.entry(slide).or_default() += 1);
    }
    let most = votes.values().max().copied();
    let mut best = votes.into_iter().filter(|(_, count)| Some(*count) == most);
    match (best.next(), best.next()) {
        (Some((slide, _)), None) => Some(slide),
        _ => None,
    }
}

/// The frames of the goroutine that begins with frame `first` where a signal may have come: the innermost, and those that
/// stand behind a `panic`. The bodies that were inlined there come before the function that has the address.
fn stopped<'n, 't>(trace: &'n Trace<'t>, first: usize) -> impl Iterator<Item = &'n Frame<'t>> {
    let frames = trace.frames.get(first..).unwrap_or_default().iter().enumerate();
    let frames = frames.take_while(|(index, frame)| *index == 0 || !frame.after_gap);
    let calls = frames.map(|(_, frame)| frame).filter(|frame| frame.kind == Kind::Call);
    let mut here = true;
    calls.filter(move |frame| {
        let is_panic = frame.name == b"panic";
        std::mem::replace(&mut here, is_panic) && !is_panic
    })
}

/// The distances that the frame's functions of its name allow.
fn slides(names: &Names<'_>, frame: &Frame<'_>, pc: u64) -> Vec<u64> {
    let offset = frame.offset.unwrap_or(0);
    let functions = names.functions(frame.name).into_iter();
    let slides = functions.map(|function| pc.wrapping_sub(function.entry.wrapping_add(offset)));
    slides.filter(|slide| slide & PAGE == 0).collect()
}
