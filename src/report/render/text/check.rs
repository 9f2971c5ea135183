//! `check` for a person: a table of the claims, details where something needs attention, then the rules.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::headline::headline;
use super::rules::rules;
use super::{claim, counted, source};
use crate::finding::Owner;
use crate::printable::printable;
use crate::report::Detail;
use crate::report::document::check::{CheckSummary, CheckedBinary};

/// Writes what was judged on one executable.
pub(in crate::report) fn binary(
    out: &mut dyn Write,
    binary: &CheckedBinary,
    detail: Detail,
) -> io::Result<()> {
    headline(out, &binary.about)?;
    claims(out, binary, detail)?;
    if !binary.claims.is_empty() && !binary.rules.is_empty() {
        writeln!(out)?;
    }
    rules(out, &binary.rules, detail)
}

fn claims(out: &mut dyn Write, binary: &CheckedBinary, detail: Detail) -> io::Result<()> {
    if !binary.claims.is_empty() {
        source::table(out, &binary.claims)?;
    }
    let is_shown = |one: &&_| detail.verbose || source::is_remarkable(one);
    for one in binary.claims.iter().filter(is_shown) {
        claim::evidence(out, one, detail)?;
    }
    rest(out, binary)
}

/// What is not listed: counts of folded claims, and modules without source.
fn rest(out: &mut dyn Write, binary: &CheckedBinary) -> io::Result<()> {
    for (whose, count) in &binary.folded {
        let (what, flag) = match whose {
            Owner::Std => ("Go's own packages", "--std"),
            Owner::Main | Owner::Dependency => ("dependencies", "check without --own"),
        };
        writeln!(out, "\n{count} more in {what} ({flag} judges them)")?;
    }
    for (whose, counts) in &binary.discovered {
        let total: usize = counts.values().sum();
        let each: Vec<String> = counts.iter().map(|(word, n)| format!("{n} {word}")).collect();
        let what = match whose {
            Owner::Std => "in Go's own packages",
            Owner::Main => "in the program's own",
            Owner::Dependency => "in dependencies",
        };
        let total = counted(total, "linkname");
        writeln!(out, "\n{total} discovered {what}, not judged: {}", each.join(", "))?;
    }
    for mistake in &binary.mistakes {
        writeln!(out, "\n{}:{}", printable(mistake.file.as_bytes()), mistake.line)?;
        source::write_note(out, &mistake.note)?;
    }
    Ok(())
}

/// Writes one line about everything that was judged, if anything was.
pub(in crate::report) fn summary(out: &mut dyn Write, summary: &CheckSummary) -> io::Result<()> {
    let mistakes = (summary.mistakes > 0).then(|| counted(summary.mistakes, "mistake"));
    let parts = [total("claim", &summary.verdicts), total("rule", &summary.rules), mistakes];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { Ok(()) } else { writeln!(out, "\n{}", parts.join("; ")) }
}

/// `3 claims: 2 in-effect, 1 unused`, or nothing when there were none.
fn total(noun: &str, counts: &BTreeMap<&'static str, usize>) -> Option<String> {
    let total: usize = counts.values().sum();
    let each: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
    (total > 0).then(|| format!("{}: {}", counted(total, noun), each.join(", ")))
}
