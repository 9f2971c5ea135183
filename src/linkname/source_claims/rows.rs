//! What does one scanned directive come to: which claim, and which findings?

use super::Doubt;
use crate::finding::{Code, Finding};
use crate::golang::ldflags::Ldflags;
use crate::linkname::claim::{Claim, Origin, Said};
use crate::linkname::permit::Permit;
use crate::linkname::scan::{self, ScannedDirective};
use crate::linkname::source_facts::SourceFacts;
use crate::printable::printable;
use crate::source::build::BuiltPackage;

/// The claim that a directive makes about the binary, and what is told beside its verdict.
pub(super) fn judged_as(
    row: ScannedDirective,
    package: &BuiltPackage,
    flags: Option<&Ldflags>,
    doubt: Option<Doubt>,
) -> (Claim, SourceFacts) {
    let stale = doubt == Some(Doubt::Weakens);
    let findings = findings(&row, package, flags, doubt);
    let ScannedDirective { local, remote, form, kind, said, facts, .. } = row;
    let claim = Claim {
        local: scan::symbol(package, &local),
        remote,
        package: package.import_path.clone(),
        form,
        kind,
        origin: Origin::Source(if stale { without_lines(said) } else { said }),
    };
    let permit = facts.permit.map(|permit| permit_of(permit, flags));
    (claim, SourceFacts { findings, permit, stale, ..facts })
}

/// What is left of a directive whose source may be another version's: its lines are no witness.
fn without_lines(said: Said) -> Said {
    Said {
        takes_value: false,
        owner_declares: None,
        mentions: None,
        around: Vec::new(),
        neighbours: None,
        ..said
    }
}

/// The findings of a row, with those that only the build shows.
fn findings(
    row: &ScannedDirective,
    package: &BuiltPackage,
    flags: Option<&Ldflags>,
    doubt: Option<Doubt>,
) -> Vec<Finding> {
    let mut findings = row.facts.findings.clone();
    let local = scan::symbol(package, &row.local);
    let set = flags.iter().flat_map(|flags| &flags.set_variables);
    if set.clone().any(|name| name.as_bytes() == local) && row.local != row.remote {
        let (local, remote) = (printable(&local), printable(&row.remote));
        findings.push(Finding::new(Code::FlagXIgnored, format!("-X {local} sets nothing: the directive gave the variable the name {remote}; set that one")));
    }
    // The linker sets the variable under the name that the directive gave it, whichever package defines that name.
    let remote = set.clone().any(|name| name.as_bytes() == row.remote);
    let lone = [Code::UnknownVariableTarget, Code::StaleVariableTarget];
    for finding in findings.iter_mut().filter(|finding| remote && lone.contains(&finding.code)) {
        finding.message = format!(
            "nothing else has a variable {}: the local one is private, and -X gave it its value",
            printable(&row.remote)
        );
    }
    if row.facts.permit.as_ref().is_some_and(|permit| permit.needs_flag) {
        let recorded = match flags {
            None => "builds with -trimpath record no flags",
            Some(flags) if flags.unchecked_linknames => "this build records it",
            Some(_) => "this build does not record it",
        };
        let since = row.facts.permit.as_ref().and_then(|permit| permit.blocked_since);
        let since = since.map(|minor| format!(" since 1.{minor}")).unwrap_or_default();
        findings.push(Finding::new(Code::NeedsFlag, format!("Go's linker refuses this{since}: it links only with -ldflags=-checklinkname=0; {recorded}")));
    }
    if let Some(doubt) = doubt {
        let message = match doubt {
            Doubt::Weakens => "the source may not be that of this build: its lines prove nothing",
            Doubt::Said => {
                "the file was written after the binary: it may not be that of this build"
            }
        };
        findings.push(Finding::new(Code::SourceDoubtful, message));
    }
    findings.sort_by(|a, b| (b.level, a.code.word()).cmp(&(a.level, b.code.word())));
    findings
}

fn permit_of(permit: Permit, flags: Option<&Ldflags>) -> Permit {
    let recorded = flags.map(|flags| flags.unchecked_linknames);
    Permit { flag_recorded: recorded.filter(|_| permit.needs_flag), ..permit }
}
