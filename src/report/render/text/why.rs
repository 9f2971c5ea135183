//! `why` for a person: one line for each step, the root first.

use std::io::{self, Write};

use anstyle::Style;

use super::counted;
use super::headline::headline;
use crate::binary::NameList;
use crate::report::Detail;
use crate::report::document::why::{InlinedName, StepEntry, WhyBinary};
use crate::why::{Kind, Manner, Root};

/// More names that match are counted without `-v`.
const MOST_NAMES: usize = 8;

/// Columns up to the place of a step; longer names push it further.
const PLACE: usize = 72;

/// Writes the chain, or why there is none.
pub(in crate::report) fn chain(
    out: &mut dyn Write,
    document: &WhyBinary,
    detail: Detail,
) -> io::Result<()> {
    headline(out, &document.about)?;
    writeln!(out)?;
    if document.match_count == 0 {
        return missing(out, document);
    }
    if document.match_count > 1 {
        several(out, document, detail)?;
    }
    if document.chain.is_empty() {
        return none(out, document);
    }
    steps(out, document.roots, &document.chain, "", detail)?;
    match &document.inlined {
        Some(name) => inlined(out, name, ""),
        None => Ok(()),
    }
}

/// Writes the lines of a chain, each behind `indent`.
pub(super) fn steps(
    out: &mut dyn Write,
    root: Option<Root>,
    chain: &[StepEntry],
    indent: &str,
    detail: Detail,
) -> io::Result<()> {
    let mut before: Option<&StepEntry> = None;
    for step in chain {
        let told = match (before, root) {
            (None, Some(root)) => {
                format!("{}{}", named(step), rooted(root, step))
            }
            _ => format!("  {}{}", does(before, step), named(step)),
        };
        let place = place(step, before.is_none(), detail);
        let taken = indent.len() + told.chars().count();
        let gap = if place.is_empty() { 0 } else { PLACE.saturating_sub(taken).max(2) };
        let style = if before.is_none() { Style::new().bold() } else { Style::new() };
        writeln!(out, "{indent}{style}{told}{style:#}{:gap$}{place}", "")?;
        before = Some(step);
    }
    Ok(())
}

/// Writes that the last function holds an inlined body of `name`.
pub(super) fn inlined(out: &mut dyn Write, name: &InlinedName, indent: &str) -> io::Result<()> {
    let place = short(name.file.as_deref(), name.line);
    writeln!(out, "{indent}  which holds an inlined body of {}  {place}", *name.function)
}

fn rooted(root: Root, step: &StepEntry) -> String {
    match root {
        Root::Main => String::new(),
        Root::Init => "  (initialiser)".to_owned(),
        Root::Runtime => "  (entry of the program)".to_owned(),
        Root::Export => {
            let kind = if step.kind == Kind::Function { "exported" } else { "exported data" };
            format!("  ({kind})")
        }
    }
}

fn does(before: Option<&StepEntry>, step: &StepEntry) -> String {
    let verb = match (step.how, before.map(|before| before.kind)) {
        (Some(Manner::Call), _) => "calls ",
        (Some(Manner::Jump), _) => "jumps to ",
        (Some(Manner::Funcval), _) => "takes the function value of ",
        (Some(Manner::Address), _) => "refers to ",
        (Some(Manner::Table), Some(Kind::Type)) if step.kind == Kind::Function => {
            let of = before.map(named).unwrap_or_default();
            return format!("through the method table of {of}: ");
        }
        (Some(Manner::Table), Some(Kind::Function)) => "wraps ",
        (Some(Manner::Table), Some(Kind::Itab)) => "whose method table holds ",
        (Some(Manner::Table), _) if step.inferred => {
            "which (if it goes so far) holds the address of "
        }
        (Some(Manner::Table) | None, _) => "which holds the address of ",
    };
    verb.to_owned()
}

fn named(step: &StepEntry) -> String {
    match (&*step.function, step.kind) {
        (Some(name), Kind::Type) => format!("type {name}"),
        (Some(name), _) => name.to_string(),
        (None, _) => format!("data at {}", step.address),
    }
}

/// Where a step comes from: the line, and with `-v` the instruction or word.
fn place(step: &StepEntry, root: bool, detail: Detail) -> String {
    let mut told = short(step.file.as_deref(), step.line);
    if let Some(from) = &*step.inlined_from {
        told = format!("{told} in {from}, inlined");
    }
    match &step.at {
        Some(at) if detail.verbose || (told.is_empty() && !root) => {
            if told.is_empty() {
                format!("at {at}")
            } else {
                format!("{told} at {at}")
            }
        }
        _ => told,
    }
}

fn short(file: Option<&str>, line: Option<u32>) -> String {
    let file = file.map(|file| file.rsplit('/').next().unwrap_or(file));
    match (file, line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        (Some(file), None) => file.to_owned(),
        _ => String::new(),
    }
}

fn several(out: &mut dyn Write, document: &WhyBinary, detail: Detail) -> io::Result<()> {
    let shown = if detail.verbose { usize::MAX } else { MOST_NAMES };
    let names: Vec<String> = document.matches.iter().take(shown).map(ToString::to_string).collect();
    let more = document.match_count.saturating_sub(names.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let count = counted(document.match_count, "name");
    writeln!(out, "{count} match ({}{more}); the nearest:\n", names.join(", "))
}

fn missing(out: &mut dyn Write, document: &WhyBinary) -> io::Result<()> {
    writeln!(out, "Nothing of that name is in this file.")?;
    if document.about.names != NameList::Symtab {
        writeln!(out, "The names of variables are stripped from it.")?;
    }
    if !document.nearest.is_empty() {
        writeln!(out, "Nearest names:")?;
    }
    document.nearest.iter().try_for_each(|name| writeln!(out, "  {name}"))
}

fn none(out: &mut dyn Write, document: &WhyBinary) -> io::Result<()> {
    writeln!(out, "No chain of references was found that leads to it.")?;
    for gap in &document.not_followed {
        writeln!(out, "  {gap}")?;
    }
    if document.referrers.is_empty() {
        return writeln!(out, "Nothing that was read refers to it.");
    }
    writeln!(out, "Nothing leads to what refers to it:")?;
    for step in &document.referrers {
        let place = short(step.file.as_deref(), step.line);
        let at = step.at.as_deref().unwrap_or_default();
        writeln!(out, "  {} at {at} {place}", named(step))?;
    }
    Ok(())
}
