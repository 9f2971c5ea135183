//! The directives of a module for a person: each with its place and its mistakes.

use std::io::{self, Write};

use super::table::table;
use super::{counted, source};
use crate::printable::printable;
use crate::report::document::Document;
use crate::report::document::scan::{
    DirectiveEntry, RulesEntry, RulesSource, ScanSummary, ScannedSources,
};
use crate::report::words::Worded;

/// Writes what was found.
pub(in crate::report) fn sources(out: &mut dyn Write, report: &ScannedSources) -> io::Result<()> {
    // If the executable cannot be read, its fault is told elsewhere and there is nothing else to say.
    let Some(build) = &report.build else { return Ok(()) };
    let tags = match build.tags.as_slice() {
        [] => String::new(),
        tags => format!(", tags {}", printable(tags.join(",").as_bytes())),
    };
    writeln!(
        out,
        "as Go {} compiles for {}/{}{tags}{}",
        printable(build.go_version.as_bytes()),
        printable(build.goos.as_bytes()),
        printable(build.goarch.as_bytes()),
        if build.cgo { ", with cgo" } else { ", without cgo" }
    )?;
    writeln!(out, "{}", decided(&build.rules, &build.go_version))?;
    if !report.directives.is_empty() {
        let rows = report.directives.iter().map(row);
        table(out, ["WHERE", "FORM", "KIND", "LOCAL", "REMOTE", ""], rows)?;
    }
    for directive in report.directives.iter().filter(|directive| is_remarkable(directive)) {
        notes(out, directive)?;
    }
    let mut counts = ScanSummary::default();
    report.count(&mut counts);
    summary(out, &counts)
}

fn summary(out: &mut dyn Write, summary: &ScanSummary) -> io::Result<()> {
    // The table has rows of all three.
    let mut listed = counted(summary.directives, "directive");
    listed += &format!(", {} in this build", summary.selected);
    match summary.comments {
        0 => {}
        1 => listed += "; 1 comment that is no directive",
        comments => listed += &format!("; {comments} comments that are no directives"),
    }
    if summary.assembly > 0 {
        listed += &format!("; {} of others in assembly", counted(summary.assembly, "name"));
    }
    writeln!(
        out,
        "\n{listed}; {}, {}, {} advice",
        counted(summary.mistakes, "mistake"),
        counted(summary.warnings, "warning"),
        summary.advice
    )
}

/// What decides which symbols Go has.
fn decided(rules: &RulesEntry, asked: &str) -> String {
    let shown = |text: &Option<String>| printable(text.as_deref().unwrap_or_default().as_bytes());
    let (folder, version) = (shown(&rules.goroot), shown(&rules.version));
    match rules.source {
        RulesSource::Goroot => format!("Go's symbols as {folder} has them ({version})"),
        RulesSource::Tables => {
            let at_hand = match version.is_empty() {
                true => String::new(),
                false => format!("; the Go at hand is {version}"),
            };
            format!("Go's symbols as gonym's tables have them for {asked}{at_hand}")
        }
    }
}

fn row(directive: &DirectiveEntry) -> [String; 6] {
    let state = match (&directive.mistake, directive.selected) {
        (Some(mistake), _) => mistake.code.word().to_owned(),
        (None, false) => "not in this build".to_owned(),
        (None, true) => String::new(),
    };
    [
        place(directive),
        directive.form.word().to_owned(),
        directive.kind.word().to_owned(),
        directive.local.to_string(),
        directive.remote.to_string(),
        state,
    ]
}

fn place(directive: &DirectiveEntry) -> String {
    format!("{}:{}", printable(directive.file.as_bytes()), directive.line)
}

fn is_remarkable(directive: &DirectiveEntry) -> bool {
    let refused = directive.permission.as_ref().is_some_and(|p| p.blocked_since.is_some());
    !directive.notes.is_empty() || refused
}

fn notes(out: &mut dyn Write, directive: &DirectiveEntry) -> io::Result<()> {
    writeln!(out, "\n{}: {} = {}", place(directive), directive.local, directive.remote)?;
    for note in &directive.notes {
        source::write_note(out, note)?;
    }
    match &directive.permission {
        Some(permission) => source::write_permission(out, permission),
        None => Ok(()),
    }
}
