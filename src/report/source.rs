//! What a build's sources add to a judged claim.

use crate::linkname::owed::{Note, Permit, SourceFacts};

use super::{NoteEntry, PermissionEntry, SourceEntry};

/// The entry for what `facts` say.
pub(super) fn entry(facts: &SourceFacts) -> SourceEntry {
    SourceEntry {
        standing: facts.standing.word(),
        module: facts.module.clone(),
        notes: facts.notes.iter().map(note).collect(),
        permission: facts.permit.as_ref().map(permission),
    }
}

/// The entry for one note.
#[must_use]
pub fn note(note: &Note) -> NoteEntry {
    NoteEntry { level: note.level.word(), code: note.code.clone(), message: note.message.clone() }
}

fn permission(permit: &Permit) -> PermissionEntry {
    let release = |minor: u16| format!("1.{minor}");
    let (replacement, since) = permit.replacement.clone().unzip();
    PermissionEntry {
        state: permit.state.clone(),
        blocked_since: permit.blocked_since.map(release),
        needs_checklinkname0: permit.needs_flag,
        recorded: permit.flag_recorded,
        hall_of_shame: permit.shame.clone(),
        replacement,
        replacement_since: since.map(release),
    }
}
