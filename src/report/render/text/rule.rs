//! The list of codes for a person, and the page about one.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::finding::Level;
use crate::report::document::rule::{CodeEntry, Codes};

/// Writes the page about one code, or the list of several under their headings.
pub(in crate::report) fn codes(out: &mut dyn Write, report: &Codes) -> io::Result<()> {
    if let [entry] = report.codes.as_slice() {
        return page(out, entry);
    }
    let widest = report.codes.iter().map(|entry| entry.code.len()).max().unwrap_or_default();
    let mut heading = None;
    for entry in &report.codes {
        if heading != Some(entry.group) {
            let space = if heading.is_none() { "" } else { "\n" };
            writeln!(out, "{space}{}", entry.group.title())?;
            heading = Some(entry.group);
        }
        let (kind, style) = kind(entry);
        let title = entry.title.trim_end_matches('.');
        writeln!(out, "  {:widest$}  {style}{kind:13}{style:#}  {title}", entry.code)?;
    }
    writeln!(out, "\n{} codes; gonym rule CODE explains one", report.codes.len())
}

fn page(out: &mut dyn Write, entry: &CodeEntry) -> io::Result<()> {
    let (kind, style) = kind(entry);
    writeln!(out, "{} ({style}{kind}{style:#}; {})", entry.code, entry.group.title())?;
    writeln!(out, "  {}", entry.title)?;
    if let Some(help) = entry.help {
        writeln!(out, "  {help}")?;
    }
    writeln!(out, "  Defined in: {}", entry.reference)
}

/// The level, or the verdict that a reason belongs to.
fn kind(entry: &CodeEntry) -> (&'static str, Style) {
    match (entry.level, entry.verdict) {
        (Some(level), _) => (level.word(), color(level)),
        (None, verdict) => (verdict.unwrap_or("exit 3"), Style::new()),
    }
}

/// The colour that text gives a level.
pub(super) fn color(level: Level) -> Style {
    match level {
        Level::Deny => AnsiColor::Red.on_default(),
        Level::Warn => AnsiColor::Yellow.on_default(),
        Level::Advice => AnsiColor::Cyan.on_default(),
    }
}
