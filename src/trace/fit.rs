//! Which place of a program is a printed frame?
//!
//! A frame names its function and how far behind its entry it goes on. Names are not unique: assembly and its wrapper
//! have one, and a printed name stands for all instances. So every place that fits name, offset and address is looked
//! at, and the one whose lines are printed is taken. Since a return address is the instruction behind the call, the
//! lines are those of the byte before it, but for a frame that was stopped there (runtime/traceback.go, symPC).

use std::collections::HashMap;
use std::ops::Range;

use super::text::{Frame, Kind, Trace, printed};
use super::{Doubt, Found, Holder, prints};
use crate::binary::Binary;
use crate::binary::lookup::CodeFrame;
use crate::golang::pclntab::Function;

/// More functions of one printed name than this are not looked at: real programs have some dozen instances.
const MOST_INSTANCES: usize = 1024;

/// The functions of a program by the names that traces print.
pub(super) struct Names<'a> {
    binary: &'a Binary,
    /// Those whose printed name is another than their own.
    shortened: HashMap<Vec<u8>, Vec<usize>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(binary: &'a Binary) -> Self {
        let mut shortened: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for function in binary.functions().iter().flat_map(|all| all.table.functions()) {
            let name = printed(function.name());
            if *name != *function.name() {
                shortened.entry(name.into_owned()).or_default().push(function.index);
            }
        }
        Self { binary, shortened }
    }

    /// The functions that a trace prints as `shown`, in order of their entries.
    pub(super) fn functions(&self, shown: &[u8]) -> Vec<Function<'a>> {
        let Ok(functions) = self.binary.functions() else { return Vec::new() };
        let named = functions.named_now(shown);
        let short = self.shortened.get(shown).map(Vec::as_slice).unwrap_or_default();
        let short = short.iter().filter_map(|index| functions.table.function(*index));
        let mut all: Vec<Function<'a>> =
            named.into_iter().chain(short).take(MOST_INSTANCES).collect();
        all.sort_by_key(|function| function.entry);
        all.dedup_by_key(|function| function.entry);
        all
    }
}

/// The frames of a trace against a program.
pub(super) struct Fit<'a, 't, 'n> {
    binary: &'a Binary,
    names: &'n Names<'a>,
    trace: &'n Trace<'t>,
    slide: Option<u64>,
}

/// A place that fits a frame, and how well.
struct Candidate<'a> {
    holder: Holder<'a>,
    /// How many printed frames are explained by it.
    explained: usize,
    /// Whether it is the byte before the address that is shown, as of a call.
    is_call: bool,
}

impl<'a, 't, 'n> Fit<'a, 't, 'n> {
    pub(super) fn new(
        binary: &'a Binary,
        names: &'n Names<'a>,
        trace: &'n Trace<'t>,
        slide: Option<u64>,
    ) -> Self {
        Self { binary, names, trace, slide }
    }

    /// Finds frame `index`; those of `before` may be bodies that were inlined into it.
    pub(super) fn holder(&mut self, before: Range<usize>, index: usize) -> Found<'a> {
        let Some(frame) = self.trace.frames.get(index) else {
            return Found::Not(Doubt::NoFunction);
        };
        let places = self.places(frame);
        if places.is_empty() {
            return Found::Not(Doubt::NoFunction);
        }
        let stopped = |address: u64| {
            let at = self.slide.map(|slide| address.wrapping_add(slide));
            self.trace.stops.iter().any(|stop| Some(stop.pc) == at)
        };
        let mut best: Vec<Candidate<'a>> = Vec::new();
        for (function, address) in places {
            // The entry is no return address, and neither is where a signal came.
            let exact = address == function.entry || frame.kind == Kind::Ancestor;
            let behind = address.wrapping_sub(1);
            let tried = match (exact, stopped(address)) {
                (true, _) => [Some(address), None],
                (false, true) => [Some(address), Some(behind)],
                (false, false) => [Some(behind), Some(address)],
            };
            // Of the two the one that explains more of what is printed; the first one, if both explain as much.
            let tried = tried.into_iter().flatten();
            let found = tried
                .filter_map(|at| self.candidate(frame, index, &before, &function, address, at));
            best.extend(
                found
                    .reduce(|one, other| if other.explained > one.explained { other } else { one }),
            );
        }
        best.sort_by_key(|found| (std::cmp::Reverse(found.explained), !found.is_call));
        let most = best.first().map(|found| found.explained);
        best.retain(|found| Some(found.explained) == most);
        match best.len() {
            0 => Found::Not(Doubt::OtherPlace),
            1 => best
                .pop()
                .map_or(Found::Not(Doubt::OtherPlace), |found| Found::Holder(found.holder)),
            _ => Found::Not(Doubt::Ambiguous),
        }
    }

    /// The functions that `frame` may be, each with its address there.
    fn places(&self, frame: &Frame<'t>) -> Vec<(Function<'a>, u64)> {
        let offset = frame.offset.unwrap_or(0);
        let functions = match frame.kind {
            Kind::Ancestor => self.ancestors(frame.name),
            _ => self.names.functions(frame.name),
        };
        let places = functions.into_iter().filter_map(|function| {
            let address = function.entry.checked_add(offset)?;
            // A call that never returns can be the last instruction.
            (address <= function.end).then_some((function, address))
        });
        let is_there = |address: u64| match (frame.pc, self.slide) {
            (Some(pc), Some(slide)) => address.wrapping_add(slide) == pc,
            _ => true,
        };
        places.filter(|(_, address)| is_there(*address)).collect()
    }

    /// The innermost body is all that an ancestor's frame names: functions of that name, and those it was inlined into.
    fn ancestors(&self, shown: &[u8]) -> Vec<Function<'a>> {
        let mut all = self.names.functions(shown);
        let Ok(functions) = self.binary.functions() else { return all };
        all.extend(functions.inlining_now(shown, MOST_INSTANCES));
        all.sort_by_key(|function| function.entry);
        all.dedup_by_key(|function| function.entry);
        all
    }

    fn candidate(
        &self,
        frame: &Frame<'t>,
        index: usize,
        before: &Range<usize>,
        function: &Function<'a>,
        address: u64,
        at: u64,
    ) -> Option<Candidate<'a>> {
        let frames = self.binary.at(at).frames();
        // The end of one function is the beginning of the next.
        if frames.is_empty() || !(function.entry..function.end).contains(&at) {
            return None;
        }
        let printed_by = match frame.kind {
            Kind::Call | Kind::Inlined => self.call(frame, index, before, &frames)?,
            Kind::Creator => creator(frame, index, &frames)?,
            Kind::Ancestor => innermost(frame, index, &frames)?,
        };
        let explained = printed_by.iter().flatten().count();
        let frames = frames.into_iter().zip(printed_by).collect();
        let holder = Holder { address, entry: function.entry, frames };
        Some(Candidate { holder, explained, is_call: at != address })
    }

    /// The function that holds the code is this frame; the frames right before it may be what was inlined there. The
    /// runtime leaves some out, and prints the others in their order.
    fn call(
        &self,
        frame: &Frame<'t>,
        index: usize,
        before: &Range<usize>,
        frames: &[CodeFrame<'a>],
    ) -> Option<Vec<Option<usize>>> {
        let (last, inlined) = frames.split_last()?;
        if !prints(frame, last.function, last.position) {
            return None;
        }
        let mut printed_by = vec![None; frames.len()];
        if let Some(place) = printed_by.last_mut() {
            *place = Some(index);
        }
        let mut shown = before.clone().rev().peekable();
        for (body, place) in inlined.iter().zip(&mut printed_by).rev() {
            let Some(candidate) = shown.peek().and_then(|number| self.trace.frames.get(*number))
            else {
                break;
            };
            if prints(candidate, body.function, body.position) {
                *place = shown.next();
            }
        }
        Some(printed_by)
    }
}

/// `created by` names the function that holds the code, with the place of the innermost body (printcreatedby1).
fn creator(
    frame: &Frame<'_>,
    index: usize,
    frames: &[CodeFrame<'_>],
) -> Option<Vec<Option<usize>>> {
    let last = frames.last()?;
    let position = frames.first()?.position;
    prints(frame, last.function, position).then(|| {
        let mut printed_by = vec![None; frames.len()];
        if let Some(place) = printed_by.last_mut() {
            *place = Some(index);
        }
        printed_by
    })
}

/// An ancestor's frame names the innermost body (printAncestorTracebackFuncInfo).
fn innermost(
    frame: &Frame<'_>,
    index: usize,
    frames: &[CodeFrame<'_>],
) -> Option<Vec<Option<usize>>> {
    let first = frames.first()?;
    prints(frame, first.function, first.position).then(|| {
        let mut printed_by = vec![None; frames.len()];
        if let Some(place) = printed_by.first_mut() {
            *place = Some(index);
        }
        printed_by
    })
}
