//! Which function bodies contain one of some names at all? The others need not be split into tokens.
//!
//! Go's runtime has 6,000 functions, and the names of its directives are in about a hundred of them.

use std::collections::BTreeSet;
use std::ops::Range;

use memchr::memmem;

use crate::source::file::{DeclarationKind, GoFile};

/// Up to this many names are searched one by one: memchr is ten times as fast as reading words.
const FEW: usize = 4;

/// The names to search for: for each first byte the lengths of the names.
pub(super) struct Words<'n> {
    names: &'n BTreeSet<&'n [u8]>,
    lengths: [u64; 256],
}

impl<'n> Words<'n> {
    pub(super) fn of(names: &'n BTreeSet<&'n [u8]>) -> Self {
        let mut lengths = [0; 256];
        for name in names {
            let first = name.first().and_then(|first| lengths.get_mut(usize::from(*first)));
            first.into_iter().for_each(|lengths: &mut u64| *lengths |= length(name));
        }
        Self { names, lengths }
    }

    /// Whether one of the names may be a word in `bytes`, or in a comment there.
    pub(super) fn stand_in(&self, bytes: &[u8]) -> bool {
        if self.names.len() <= FEW {
            return self.names.iter().any(|name| stands_in(name, bytes));
        }
        let mut rest = bytes;
        while let Some(start) = rest.iter().position(|byte| is_of_word(*byte)) {
            rest = rest.get(start..).unwrap_or_default();
            let end = rest.iter().position(|byte| !is_of_word(*byte)).unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            rest = behind;
            if self.may_be(word) && self.names.contains(word) {
                return true;
            }
        }
        false
    }

    fn may_be(&self, word: &[u8]) -> bool {
        let first = word.first().and_then(|first| self.lengths.get(usize::from(*first)));
        first.is_some_and(|lengths| lengths & length(word) != 0)
    }
}

fn stands_in(name: &[u8], bytes: &[u8]) -> bool {
    let in_word = |byte: Option<&u8>| byte.is_some_and(|byte| is_of_word(*byte));
    memmem::find_iter(bytes, name).any(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        !in_word(before) && !in_word(bytes.get(at + name.len()))
    })
}

/// A bit for a length; all long words share one.
fn length(word: &[u8]) -> u64 {
    1 << word.len().min(63)
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The bodies of functions in `file` that contain none of the names, in order.
pub(super) fn bodies_without(file: &GoFile, words: &Words<'_>) -> Vec<Range<usize>> {
    // In a broken file the ends of bodies are not certain.
    if file.fault.is_some() {
        return Vec::new();
    }
    let functions = file
        .declarations
        .iter()
        .filter(|one| matches!(one.kind, DeclarationKind::Func | DeclarationKind::Method { .. }));
    let bodies = functions.map(|one| one.body.clone()).filter(|body| body.len() > 2);
    let bodies = bodies.filter(|body| !words.stand_in(file.text(body)));
    bodies.filter(|body| is_alone(&file.bytes, body)).collect()
}

/// Whether no other declaration shares the lines of a body. A call on a shared line would be beside its uses.
fn is_alone(bytes: &[u8], body: &Range<usize>) -> bool {
    let before = bytes.get(..body.start).unwrap_or_default();
    let line = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let before = before.get(line..).unwrap_or_default();
    let begins = [&b"func"[..], b")", b"\t", b" "].iter().any(|word| before.starts_with(word));
    let behind = bytes.get(body.end..).unwrap_or_default();
    let behind = behind.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    begins
        && !before.iter().any(|byte| matches!(byte, b';' | b'}'))
        && (behind.is_empty() || behind.starts_with(b"//"))
}
