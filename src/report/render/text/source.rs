//! What a person sees of claims from source: where each directive is, and what to know about it.

use std::io::{self, Write};

use super::table;
use crate::finding::{Code, Finding, Level, Owner};
use crate::linkname::verdict::Verdict;
use crate::printable::printable;
use crate::report::document::claim::JudgedClaim;
use crate::report::document::source::{PermissionEntry, SourceEntry};

/// The table of claims. Claims from source have their place in it.
pub(super) fn table(out: &mut dyn Write, claims: &[JudgedClaim]) -> io::Result<()> {
    let words = |claim: &JudgedClaim| {
        let verdict = claim.verdict.0;
        let names = [claim.local.to_string(), claim.remote.to_string()];
        let [local, remote] = names;
        [verdict.word().to_owned(), verdict.reason().to_owned(), local, remote]
    };
    if claims.iter().all(|claim| claim.source.is_none()) {
        let header = ["VERDICT", "REASON", "LOCAL", "REMOTE"];
        return table::table(out, header, claims.iter().map(words));
    }
    let rows = claims.iter().map(|claim| {
        let [verdict, reason, local, remote] = words(claim);
        [verdict, reason, local, remote, where_it_stands(claim)]
    });
    table::table(out, ["VERDICT", "REASON", "LOCAL", "REMOTE", "WHERE"], rows)
}

fn where_it_stands(claim: &JudgedClaim) -> String {
    let file = claim.origin.file.as_deref().map(|file| printable(file.as_bytes()));
    match (file, claim.origin.line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        _ => String::new(),
    }
}

/// `, main.go:12`, for a claim from source.
pub(super) fn place(claim: &JudgedClaim) -> String {
    match claim.source {
        Some(_) => format!(", {}", where_it_stands(claim)),
        None => String::new(),
    }
}

/// Whether a claim is explained without `-v`. Of claims from source only those that need attention are.
pub(super) fn is_remarkable(claim: &JudgedClaim) -> bool {
    let Some(source) = &claim.source else { return true };
    let settled =
        matches!(claim.verdict.0, Verdict::InEffect(_) | Verdict::NoTrace(_) | Verdict::Unused(_));
    // In other people's code only mistakes are told without `-v`.
    let own = source.standing == Owner::Main;
    let noted = source.notes.iter().any(|note| own || note.level != Level::Advice);
    let warned = claim.warnings.iter().any(|warning| *warning != Code::DefinedBy);
    !settled || warned || noted || (own && is_refused(source))
}

/// Whether Go refuses the target, in this or in a later version.
fn is_refused(source: &SourceEntry) -> bool {
    source.permission.as_ref().is_some_and(|permission| permission.blocked_since.is_some())
}

/// The warnings that a note already explains.
pub(super) fn told(claim: &JudgedClaim) -> Vec<Code> {
    let notes = claim.source.iter().flat_map(|source| &source.notes);
    notes.map(|note| note.code).collect()
}

/// Writes the notes, and what Go's rules say about the target.
pub(super) fn notes(out: &mut dyn Write, claim: &JudgedClaim) -> io::Result<()> {
    for note in claim.notes() {
        write_note(out, note)?;
    }
    match claim.source.as_ref().and_then(|source| source.permission.as_ref()) {
        Some(permission) => write_permission(out, permission),
        None => Ok(()),
    }
}

/// Writes one note, indented below its subject.
pub(super) fn write_note(out: &mut dyn Write, note: &Finding) -> io::Result<()> {
    let word = match note.level {
        Level::Deny => "mistake",
        Level::Warn => "warning",
        Level::Advice => "advice",
    };
    let style = super::rule::color(note.level);
    writeln!(
        out,
        "  {style}{word}{style:#}: {}: {}",
        note.code.word(),
        printable(note.message.as_bytes())
    )
}

/// Writes what Go's rules say about a target, indented below its subject.
pub(super) fn write_permission(
    out: &mut dyn Write,
    permission: &PermissionEntry,
) -> io::Result<()> {
    if !permission.hall_of_shame.is_empty() {
        let members: Vec<String> =
            permission.hall_of_shame.iter().map(|member| printable(member.as_bytes())).collect();
        writeln!(
            out,
            "  Go keeps it for the packages that pull it already: {}",
            members.join(", ")
        )?;
    }
    if let Some(replacement) = &permission.replacement {
        let since = permission.replacement_since.as_deref();
        let since = since.map(|since| format!(" (since Go {since})")).unwrap_or_default();
        let replacement = printable(replacement.as_bytes());
        writeln!(out, "  instead of the pull, use {replacement}{since}")?;
    }
    Ok(())
}
