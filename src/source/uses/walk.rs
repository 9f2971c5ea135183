//! The walk through a file: its position, what it has found, and its depth.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::cursor::Cursor;
use super::known::Known;
use super::places::Places;
use super::roots::Roots;
use super::scopes::Scopes;
use super::{Lines, Use};

/// The text is no declaration of Go, or its brackets are too deep for the stack.
pub(super) struct Lost;

pub(super) type Walked<T = ()> = Result<T, Lost>;

/// The deepest nesting of brackets, statements and operands. Go's own files (1.18 to 1.27) need less than a third of
/// that.
const DEEPEST: u32 = 160;

/// Whether the code here is compiled.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Life {
    #[default]
    Live,
    /// After a condition that may be constant.
    Doubtful,
    Dead,
}

/// A use whose place is not known yet.
pub(super) struct Found<'a> {
    name: &'a [u8],
    at: usize,
    line: u32,
    place: Option<usize>,
    life: Life,
    pub(super) sure: bool,
    pub(super) value: bool,
    pub(super) taken: bool,
    addressed: bool,
    /// Whether the runtime prints it, so that the compiler cannot drop it.
    pub(super) printed: bool,
    member: Option<&'a [u8]>,
}

pub(super) struct Walk<'a, 'n> {
    pub(super) tokens: Cursor<'a>,
    names: &'n BTreeSet<&'n [u8]>,
    pub(super) known: &'n Known,
    pub(super) scopes: Scopes<'a>,
    pub(super) places: Places,
    pub(super) found: Vec<Found<'a>>,
    pub(super) roots: Roots<'a>,
    /// The number of calls so far: an operand without a call may be a constant.
    pub(super) calls: usize,
    /// Whether a brace after a name begins a composite literal. It does not in the header of a statement.
    pub(super) literals: bool,
    /// Whether the walk is in a constant expression.
    pub(super) fixed: bool,
    /// Whether the values here are assigned to `_`.
    pub(super) discards: bool,
    pub(super) life: Life,
    depth: u32,
}

impl<'a, 'n> Walk<'a, 'n> {
    /// `empty` are the bodies of functions that are skipped.
    pub(super) fn of(
        bytes: &'a [u8],
        empty: &[Range<usize>],
        names: &'n BTreeSet<&'n [u8]>,
        known: &'n Known,
    ) -> Self {
        Self {
            tokens: Cursor::read(bytes, empty),
            names,
            known,
            scopes: Scopes::default(),
            places: Places::default(),
            found: Vec::new(),
            roots: Roots::default(),
            calls: 0,
            literals: true,
            fixed: false,
            discards: false,
            life: Life::Live,
            depth: 0,
        }
    }

    pub(super) fn finish(mut self) -> Vec<Use<'a>> {
        self.file();
        let Self { found, places, roots, .. } = self;
        let mut roots = roots.standing(&places);
        let mut lines: HashMap<usize, Arc<[Lines]>> = HashMap::new();
        let each = found.into_iter().map(|one| {
            let lives = match one.life {
                Life::Live => true,
                // No other statement leaves code on its lines.
                Life::Doubtful => one.place.is_some_and(|place| places.is_alone(place)),
                Life::Dead => false,
            };
            let place = match one.place {
                Some(at) => lines.entry(at).or_insert_with(|| places.lines(at).into()).clone(),
                None => [Lines { first: one.line, last: one.line }].into(),
            };
            let beside = match one.place {
                Some(at) if !one.printed => roots.beside(at, &place, one.at),
                Some(_) | None => [].into(),
            };
            Use {
                name: one.name,
                line: one.line,
                place,
                sure: one.sure && lives,
                value: one.value,
                taken: one.taken && one.sure && lives,
                addressed: one.addressed,
                member: one.member,
                beside,
            }
        });
        each.collect()
    }

    /// Every declaration of the file.
    fn file(&mut self) {
        while !self.tokens.is_over() {
            let (start, found) = (self.tokens.at, self.found.len());
            let walked = self.declaration();
            if walked.is_err() || !self.tokens.ends_statement() {
                self.give_up(start, found);
            }
            self.tokens.at += 1;
        }
    }

    /// In a declaration that was not understood every name is perhaps a use.
    fn give_up(&mut self, start: usize, found: usize) {
        self.found.truncate(found);
        (self.scopes, self.places.here) = (Scopes::default(), None);
        (self.literals, self.fixed, self.discards) = (true, false, false);
        (self.life, self.depth) = (Life::Live, 0);
        let end = self.tokens.end_of_declaration(start).max(self.tokens.at);
        for at in start..end {
            if self.is_named(at) {
                self.note(at, true);
                self.found.last_mut().into_iter().for_each(|one| one.sure = false);
            }
        }
        self.tokens.at = end;
    }

    /// Walks one level deeper.
    pub(super) fn deeper<T>(&mut self, walk: impl FnOnce(&mut Self) -> Walked<T>) -> Walked<T> {
        if self.depth == DEEPEST {
            return Err(Lost);
        }
        self.depth += 1;
        let walked = walk(self);
        self.depth -= 1;
        walked
    }

    pub(super) fn want(&mut self, text: &[u8]) -> Walked {
        if self.tokens.eat(text) { Ok(()) } else { Err(Lost) }
    }

    /// Moves past the identifier here.
    pub(super) fn name(&mut self) -> Walked<&'a [u8]> {
        if !self.tokens.is_identifier() {
            return Err(Lost);
        }
        let name = self.tokens.text();
        self.tokens.at += 1;
        Ok(name)
    }

    fn is_named(&self, at: usize) -> bool {
        self.tokens.is_identifier_at(at)
            && self.tokens.before(at) != b"."
            && self.names.contains(self.tokens.text_at(at))
    }

    /// Records the identifier at `at`, if it means one of the names.
    pub(super) fn mention(&mut self, at: usize, value: bool) {
        if self.is_named(at) && self.scopes.get(self.tokens.text_at(at)).is_none() {
            self.note(at, value);
        }
    }

    fn note(&mut self, at: usize, value: bool) {
        let member = self.tokens.text_at(at + 1) == b"." && self.tokens.is_identifier_at(at + 2);
        self.found.push(Found {
            name: self.tokens.text_at(at),
            at,
            line: self.tokens.line(at),
            place: self.places.here,
            life: self.life,
            sure: !self.fixed,
            value,
            taken: false,
            addressed: self.is_addressed(at),
            printed: false,
            member: member.then(|| self.tokens.text_at(at + 2)),
        });
    }

    /// Whether the address of the operand at `at` may be taken, with or without parentheses.
    fn is_addressed(&self, at: usize) -> bool {
        let (mut from, mut to) = (at, at + 1);
        while self.tokens.before(from) == b"(" {
            from -= 1;
        }
        while self.tokens.text_at(to) == b")" {
            to += 1;
        }
        self.tokens.before(from) == b"&" || matches!(self.tokens.text_at(to), b"." | b"[")
    }

    /// Records a name where the package declares it.
    pub(super) fn own(&mut self, at: usize) {
        if self.is_named(at) {
            let back = self.places.here.take();
            self.note(at, false);
            self.places.here = back;
        }
    }

    /// Marks the uses in `range` as not certain.
    pub(super) fn doubt(&mut self, range: Range<usize>) {
        self.found.get_mut(range).into_iter().flatten().for_each(|one| one.sure = false);
    }

    /// Walks a statement, or a header, as a place of its own.
    pub(super) fn place<T>(&mut self, walk: impl FnOnce(&mut Self) -> Walked<T>) -> Walked<T> {
        let first = self.tokens.at;
        let back = self.places.open(self.tokens.line(first));
        let walked = walk(self);
        let (last, alone) = self.extent(first);
        self.places.close(last, alone, back);
        walked
    }

    /// The last line of the code from token `first` to here, and whether nothing else is on its lines.
    pub(super) fn extent(&self, first: usize) -> (u32, bool) {
        let end = self.tokens.at;
        let last = self.tokens.written_before(end).filter(|last| *last >= first).unwrap_or(first);
        let (begins, ends) = (self.tokens.line(first), self.tokens.last_line(last));
        let before =
            self.tokens.written_before(first).is_none_or(|at| self.tokens.last_line(at) < begins);
        let behind = self.tokens.written_from(end).is_none_or(|at| self.tokens.line(at) > ends);
        (ends, before && behind)
    }
}
