//! A Go trace with each frame completed, in the trace's own form.
//!
//! What the runtime prints with GOTRACEBACK=system stands where it would print it: ` pc=0x…`, and frames that were left
//! out. What it never prints follows behind ` // `. Every other line is written byte for byte.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::report::document::trace::{FrameDoubt, FrameKind, TraceFrame, TraceStop, TracedBinary};

/// Writes the text.
pub(in crate::report) fn completed(out: &mut dyn Write, traced: &TracedBinary) -> io::Result<()> {
    // By the line that they stand on or in front of, from 0.
    let mut frames: BTreeMap<usize, &TraceFrame> = BTreeMap::new();
    let mut hidden: BTreeMap<usize, Vec<&TraceFrame>> = BTreeMap::new();
    let mut waiting = Vec::new();
    for frame in &traced.frames {
        match frame.text_line {
            Some(line) => {
                hidden.insert(line - 1, std::mem::take(&mut waiting));
                frames.insert(line - 1, frame);
            }
            None => waiting.push(frame),
        }
    }
    let stops: BTreeMap<usize, &TraceStop> =
        traced.stops.iter().map(|stop| (stop.text_line - 1, stop)).collect();
    for (number, line) in traced.text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        for frame in hidden.get(&number).into_iter().flatten() {
            left_out(out, frame)?;
        }
        let added =
            match (number.checked_sub(1).and_then(|call| frames.get(&call)), stops.get(&number)) {
                (Some(frame), _) => behind(frame),
                (_, Some(stop)) => stopped(stop),
                _ => String::new(),
            };
        let end =
            line.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |at| at + 1);
        let (text, end) = line.split_at(end);
        out.write_all(text)?;
        out.write_all(added.as_bytes())?;
        out.write_all(end)?;
    }
    out.flush()
}

/// A frame that the trace leaves out.
fn left_out(out: &mut dyn Write, frame: &TraceFrame) -> io::Result<()> {
    let (name, file) = (frame.printed.listing(), frame.shown.0.listing());
    writeln!(out, "{name}(...)\n\t{file}:{}{}", frame.line, behind(frame))
}

/// What is added to the place of a frame.
fn behind(frame: &TraceFrame) -> String {
    let mut notes: Vec<String> = Vec::new();
    let mut added = String::new();
    match (&frame.pc, &frame.address, frame.shown.1) {
        (Some(pc), _, false) => added = format!(" pc={pc}"),
        (None, Some(address), _) => notes.push(format!("{address} in the file")),
        _ => {}
    }
    if let (Some(pc), Some(address)) = (&frame.pc, &frame.address)
        && pc != address
    {
        notes.push(format!("{address} in the file"));
    }
    if frame.text_line.is_none() {
        notes.push("left out of the trace".to_owned());
    }
    if let Some(into) = &*frame.inlined_into {
        notes.push(format!("inlined into {}", into.listing()));
    }
    if frame.shortened {
        notes.push(frame.function.listing());
    }
    notes.extend(frame.aliases.iter().map(|alias| format!("also {}", alias.name.listing())));
    notes.extend(frame.calls.as_ref().map(|called| format!("calls {}", called.listing())));
    notes.extend(frame.package.as_ref().map(|package| format!("source of package {package}")));
    notes.extend(frame.doubt.map(|doubt| doubted(doubt, frame.kind).to_owned()));
    if !notes.is_empty() {
        added = format!("{added} // {}", notes.join("; "));
    }
    added
}

fn doubted(doubt: FrameDoubt, kind: FrameKind) -> &'static str {
    match (doubt, kind) {
        (FrameDoubt::NoFunction, _) => "not in this program",
        (FrameDoubt::OtherPlace, _) => "this program has another line there",
        (FrameDoubt::Ambiguous, _) => "several places of this program fit",
        (FrameDoubt::HiddenHolder, _) => "inlined into a function that is not shown",
    }
}

/// What is added to a line that says where the program was stopped.
fn stopped(stop: &TraceStop) -> String {
    match (&*stop.function, &stop.file, stop.line, &stop.address) {
        (Some(name), Some(file), Some(line), _) => format!(" // {} {file}:{line}", name.listing()),
        (Some(name), ..) => format!(" // {}, not Go code", name.listing()),
        (None, _, _, Some(_)) => " // not Go code".to_owned(),
        _ => String::new(),
    }
}
