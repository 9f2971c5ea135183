//! What does one scanned directive come to: which claim, and which findings?

use super::Doubt;
use crate::finding::{Code, Finding};
use crate::golang::ldflags::Ldflags;
use crate::linkname::claim::{Claim, Directive, Origin};
use crate::linkname::permit::Permit;
use crate::linkname::scan::{self, ScannedDirective};
use crate::printable::printable;
use crate::source::build::BuiltPackage;

/// The claim of a row.
pub(super) fn claim(row: &ScannedDirective, package: &BuiltPackage, stale: bool) -> Claim {
    let base = row.file.file_name().map(|name| name.as_encoded_bytes().to_vec());
    Claim {
        local: scan::symbol(package, &row.local),
        remote: row.remote.clone(),
        package: package.import_path.clone(),
        form: row.form,
        kind: row.kind,
        origin: Origin::Source(Directive {
            file: base.unwrap_or_default(),
            line: row.line,
            has_body: row.has_body,
            takes_value: row.takes_value && !stale,
            local_is_pushed: row.local_is_pushed,
            assembly: row.assembly,
            owner_declares: row.owner_declares.filter(|_| !stale),
            // Lines of another version are no witness.
            mentions: row.mentions.clone().filter(|_| !stale),
            around: if stale { Vec::new() } else { row.around.clone() },
            import: row.import.clone(),
            neighbours: row.neighbours.clone().filter(|_| !stale),
            settled: row.settled,
            counted: row.counted,
            not_a_directive: row.not_a_directive.map(|code| code.word().to_owned()),
        }),
    }
}

/// The findings of a row, with those that only the build shows.
pub(super) fn findings(
    row: &ScannedDirective,
    package: &BuiltPackage,
    flags: Option<&Ldflags>,
    doubt: Option<Doubt>,
) -> Vec<Finding> {
    let mut findings = row.findings.clone();
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
    if row.permit.as_ref().is_some_and(|permit| permit.needs_flag) {
        let recorded = match flags {
            None => "builds with -trimpath record no flags",
            Some(flags) if flags.unchecked_linknames => "this build records it",
            Some(_) => "this build does not record it",
        };
        let since = row.permit.as_ref().and_then(|permit| permit.blocked_since);
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

pub(super) fn permit_of(permit: Permit, flags: Option<&Ldflags>) -> Permit {
    let recorded = flags.map(|flags| flags.unchecked_linknames);
    Permit { flag_recorded: recorded.filter(|_| permit.needs_flag), ..permit }
}
