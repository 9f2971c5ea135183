//! Lines about addresses, as `go tool addr2line` and as GNU's addr2line write them.
//!
//! Go: cmd/addr2line/main.go (go1.27). GNU: binutils/addr2line.c (2.40), but for a function without a known line, where
//! GNU writes `?` and LLVM 0: 0 is a number for whoever reads the lines.

use std::io::{self, Write};

use crate::report::document::addr::{AddressFrame, Answer, GnuLines, LineStyle};
use crate::trace::asked::Asked;

/// Writes the lines of one answer.
pub(in crate::report) fn answer(
    out: &mut dyn Write,
    answer: &Answer,
    style: LineStyle,
) -> io::Result<()> {
    match style {
        LineStyle::Go => go(out, answer),
        LineStyle::Gnu(lines) => gnu(out, answer, lines),
    }
}

fn go(out: &mut dyn Write, answer: &Answer) -> io::Result<()> {
    if answer.read.0 == Asked::Reverse {
        return out.write_all(b"!reverse translation not implemented\n");
    }
    match (&*answer.function, &answer.tool) {
        (Some(function), Some((file, line))) => {
            writeln!(out, "{}\n{}:{line}", function.listing(), file.listing())
        }
        _ => out.write_all(b"?\n?:0\n"),
    }
}

fn gnu(out: &mut dyn Write, answer: &Answer, lines: GnuLines) -> io::Result<()> {
    let (asked, digits) = answer.read;
    if lines.addresses {
        let after = if lines.pretty { ": " } else { "\n" };
        write!(out, "0x{:0digits$x}{after}", asked.address())?;
    }
    let shown = if lines.inlines { answer.frames.len() } else { 1 };
    for (index, frame) in answer.frames.iter().take(shown).enumerate() {
        if lines.pretty && index > 0 {
            out.write_all(b" (inlined by) ")?;
        }
        gnu_frame(out, frame, lines)?;
    }
    if !answer.frames.is_empty() {
        return Ok(());
    }
    match (&answer.foreign, lines.functions, lines.pretty) {
        (_, false, _) => out.write_all(b"??:0\n"),
        (Some(name), _, false) => writeln!(out, "{}\n??:0", name.listing()),
        (Some(name), _, true) => writeln!(out, "{} at ??:0", name.listing()),
        (None, _, false) => out.write_all(b"??\n??:0\n"),
        (None, _, true) => out.write_all(b"?? ??:0\n"),
    }
}

fn gnu_frame(out: &mut dyn Write, frame: &AddressFrame, lines: GnuLines) -> io::Result<()> {
    if lines.functions {
        let after = if lines.pretty { " at " } else { "\n" };
        write!(out, "{}{after}", frame.function.listing())?;
    }
    match &frame.place {
        Some((file, line)) => writeln!(out, "{}:{line}", file.listing()),
        None => out.write_all(b"??:0\n"),
    }
}
