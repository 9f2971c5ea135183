//! The findings about comments that were meant to be directives, and about directives in files that are not compiled.

use super::left_out::{self, Missed};
use super::packages::Spoken;
use super::{Scan, ScannedDirective, symbol};
use crate::finding::Finding;
use crate::linkname::claim::{Form, Kind, Said};
use crate::source::build::BuiltPackage;
use crate::source::file::{DeclarationKind, GoFile};
use crate::source::mistake::Mistake;

impl Scan<'_> {
    /// The row for a comment that was meant to be a directive, or for a directive in a file that is not compiled.
    pub(super) fn mistake(
        &self,
        index: usize,
        package: &BuiltPackage,
        spoken: &Spoken,
        mistake: &Mistake,
        missed: &Missed,
    ) -> Option<ScannedDirective> {
        let parsed = self.packages.parsed(index)?;
        let compiled = parsed.files().get(mistake.file);
        let outside = mistake.file.checked_sub(parsed.files().len());
        let outside = outside.and_then(|number| spoken.left_out.get(number));
        let (path, file) = match (compiled, outside) {
            (Some(file), _) => (package.files.get(mistake.file)?, file),
            (None, Some((path, _, file))) => (path, file),
            (None, None) => return None,
        };
        let declared = parsed.files().iter().flat_map(|file| &file.declarations).find(|one| {
            one.name == mistake.local
                && matches!(one.kind, DeclarationKind::Func | DeclarationKind::Var)
        });
        let served =
            spoken.joined.directives.iter().any(|directive| directive.local == mistake.local);
        // A file for another platform that declares the local name means its own declaration.
        let its_own =
            outside.is_some() && file.declarations.iter().any(|one| one.name == mistake.local);
        let meant = declared.is_some() && !served && !its_own;
        let theirs = outside.and_then(|_| left_out::declared(file, &mistake.local));
        let missed = theirs.and_then(|_| missed.get(&mistake.local));
        let declared = declared.or(theirs.filter(|_| missed.is_some()));
        if outside.is_some() && !meant && missed.is_none() && !self.question.all_files {
            return None;
        }
        let remote = written_remote(file, mistake);
        let own = symbol(package, &mistake.local);
        let has_body = declared.is_some_and(|declared| declared.has_body);
        let remote = remote.unwrap_or_else(|| own.clone());
        let mut row = ScannedDirective {
            column: mistake.column,
            form: match () {
                () if remote == own => Form::OneArg,
                () if declared.is_none() => Form::Unknown,
                () if has_body => Form::Push,
                () => Form::Pull,
            },
            kind: match declared.map(|declared| &declared.kind) {
                Some(DeclarationKind::Var) => Kind::Var,
                Some(_) => Kind::Func,
                None => Kind::Unknown,
            },
            local: mistake.local.clone(),
            remote,
            selected: compiled.is_some(),
            ..ScannedDirective::of(index, package, path.clone())
        };
        row.said = Said {
            line: mistake.line,
            has_body,
            not_a_directive: Some(mistake.code),
            // No use of it leads to the remote: a reference on a line of another directive belongs to that directive.
            mentions: Some(Vec::new()),
            ..row.said
        };
        // A directive in a file for another platform serves that platform, and nothing is wrong with it.
        match missed {
            Some(place) => row.facts.findings.push(left_out::finding(mistake.code, place)),
            None if outside.is_none() || meant => {
                row.facts.findings.push(Finding::plain(mistake.code))
            }
            None => {}
        }
        Some(row)
    }
}

fn written_remote(file: &GoFile, mistake: &Mistake) -> Option<Vec<u8>> {
    let near = file.near_misses.iter().find(|near| near.line == mistake.line);
    let directive = file.linknames.iter().find(|found| found.line == mistake.line);
    let near = near.map(|near| near.remote.clone());
    near.or_else(|| directive.map(|found| found.remote.clone())).flatten()
}
