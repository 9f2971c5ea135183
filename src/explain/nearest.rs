//! Which names of a binary look most like one that is not in it?

use std::collections::BTreeSet;

use super::names_of::each_name;
use crate::binary::Binary;
use crate::names;

/// More names are not offered.
const MOST: usize = 8;

/// Names that differ more are not offered: at most one in so many letters may be wrong.
const MOST_WRONG: usize = 3;

/// The names nearest to `asked`, the nearest first; none to what is no text. Those that end in what was asked, or hold it, come before those that
/// are only spelt alike.
pub(super) fn to(binary: &Binary, asked: &[u8]) -> Vec<Vec<u8>> {
    let Ok(asked) = std::str::from_utf8(asked) else { return Vec::new() };
    let asked = asked.to_lowercase();
    if asked.is_empty() {
        return Vec::new();
    }
    let mut best: BTreeSet<(Likeness, Vec<u8>)> = BTreeSet::new();
    each_name(binary, |name| {
        let worst = best.last().map(|(likeness, _)| *likeness).filter(|_| best.len() >= MOST);
        let Some(likeness) = likeness(&asked, name, worst) else { return };
        if worst.is_some_and(|worst| likeness > worst) {
            return;
        }
        best.insert((likeness, name.to_vec()));
        if best.len() > MOST {
            best.pop_last();
        }
    });
    best.into_iter().map(|(_, name)| name).collect()
}

/// How little a name is like another, the most alike first: what kind of likeness, then how much is left over or wrong.
type Likeness = (u8, usize);

fn likeness(asked: &str, name: &[u8], worst: Option<Likeness>) -> Option<Likeness> {
    let name = std::str::from_utf8(&names::unescaped(name)).ok()?.to_lowercase();
    let more = name.len().saturating_sub(asked.len());
    if name.ends_with(asked) {
        let before = name.len() - asked.len();
        let whole =
            before == 0 || name.as_bytes().get(before - 1).is_some_and(|b| b"./".contains(b));
        return Some((if whole { 0 } else { 2 }, more));
    }
    if name.contains(asked) {
        return Some((1, more));
    }
    if worst.is_some_and(|(kind, _)| kind < 3) {
        return None;
    }
    // Package and name apart: else `runtime.` would make everything of it alike.
    let ((path, local), (other_path, other)) = (names::split(asked), names::split(&name));
    let wrong = apart(path, other_path)? + apart(local, other)?;
    Some((3, wrong))
}

/// How many letters must be changed; none if they are too many.
fn apart(one: &str, other: &str) -> Option<usize> {
    let (len, other_len) = (one.chars().count(), other.chars().count());
    let most = len.max(other_len) / MOST_WRONG;
    // The lengths alone tell most names apart, and comparing letters is dear.
    if len.abs_diff(other_len) > most || len.max(other_len) > LONGEST {
        return None;
    }
    Some(strsim::levenshtein(one, other)).filter(|wrong| *wrong <= most)
}

/// Names with more characters are not compared letter by letter.
const LONGEST: usize = 200;
