//! What a build's sources add to a judged claim.

use crate::linkname::owed::{Note, Owed, Permit, SourceFacts, Standing};

use super::{CheckedBinary, NoteEntry, PermissionEntry, PlacedNote, SourceEntry, SourceGap};

/// Adds what the sources say beside the claims; of those that are folded away no gap is told.
pub fn add(checked: &mut CheckedBinary, owed: &Owed, fold: &[Standing]) {
    checked.mistakes = owed
        .mistakes
        .iter()
        .map(|(file, line, about)| PlacedNote {
            file: file.clone(),
            line: *line,
            note: note(about),
        })
        .collect();
    let told = owed.gaps.iter().filter(|gap| !fold.contains(&gap.standing));
    checked.gaps = told
        .map(|gap| SourceGap {
            code: gap.code.clone(),
            module: gap.module.clone(),
            message: gap.message.clone(),
        })
        .collect();
}

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

pub(super) fn permission(permit: &Permit) -> PermissionEntry {
    let release = |minor: u16| format!("1.{minor}");
    PermissionEntry {
        state: permit.state.clone(),
        blocked_since: permit.blocked_since.map(release),
        needs_checklinkname0: permit.needs_flag,
        recorded: permit.flag_recorded,
        hall_of_shame: permit.shame.clone(),
        replacement: permit.replacement.clone(),
        replacement_since: permit.replacement_since.map(release),
    }
}
