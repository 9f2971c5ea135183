//! Which lines belong to a statement, or to an element of a composite literal?
//!
//! The compiler records a line of the statement, which need not be the line of the name. It may be the line of an
//! operator or an argument before it (1.18), or the first line of the literal that contains it (`[]int{⏎ n,⏎ c` is
//! recorded at the first line, 1.18 to 1.27), but never that of another element. The statements of a function literal
//! have places of their own.

use super::Lines;

/// A statement or an element.
struct Place {
    first: u32,
    last: u32,
    /// For an element: the place that contains it, and the line of its literal's brace.
    around: Option<(usize, u32)>,
    /// Lines inside it that hold only bodies of function literals, in order.
    bodies: Vec<Lines>,
    /// Whether no other statement has a token on its first or last line.
    alone: bool,
}

/// The places of a file.
#[derive(Default)]
pub(super) struct Places {
    all: Vec<Place>,
    /// The place of the current token.
    pub(super) here: Option<usize>,
}

impl Places {
    /// Begins a statement and returns the place that it interrupts.
    pub(super) fn open(&mut self, first: u32) -> Option<usize> {
        self.push(first, None)
    }

    /// Begins an element of a literal whose brace is on line `brace`.
    pub(super) fn open_element(&mut self, first: u32, brace: u32) -> Option<usize> {
        self.push(first, self.here.map(|around| (around, brace)))
    }

    fn push(&mut self, first: u32, around: Option<(usize, u32)>) -> Option<usize> {
        let place = Place { first, last: first, around, bodies: Vec::new(), alone: false };
        self.all.push(place);
        self.here.replace(self.all.len() - 1)
    }

    pub(super) fn close(&mut self, last: u32, alone: bool, back: Option<usize>) {
        if let Some(place) = self.here.and_then(|here| self.all.get_mut(here)) {
            (place.last, place.alone) = (last, alone);
        }
        self.here = back;
    }

    /// Records the body of a function literal between two braces.
    pub(super) fn body(&mut self, open: u32, close: u32) {
        let body = Lines { first: open.saturating_add(1), last: close.saturating_sub(1) };
        let mut next = self.here.filter(|_| body.first <= body.last);
        while let Some(place) = next.and_then(|at| self.all.get_mut(at)) {
            place.bodies.push(body);
            next = place.around.map(|(around, _)| around);
        }
    }

    /// Whether the statement that contains place `at` shares its lines with no other.
    pub(super) fn is_alone(&self, mut at: usize) -> bool {
        while let Some((around, _)) = self.all.get(at).and_then(|place| place.around) {
            at = around;
        }
        self.all.get(at).is_some_and(|place| place.alone)
    }

    /// The lines of place `at`, and the first lines of its literals.
    pub(super) fn lines(&self, at: usize) -> Vec<Lines> {
        let mut lines = Vec::new();
        let mut next = self.all.get(at).map(|place| (place, place.last));
        while let Some((place, last)) = next {
            place.without_bodies(last, &mut lines);
            next = place.around.and_then(|(at, brace)| Some((self.all.get(at)?, brace)));
        }
        lines
    }
}

impl Place {
    fn without_bodies(&self, last: u32, lines: &mut Vec<Lines>) {
        let mut first = self.first;
        for body in self.bodies.iter().filter(|body| body.first <= last) {
            lines.push(Lines { first, last: body.first - 1 });
            first = body.last + 1;
        }
        lines.push(Lines { first, last: last.max(first) });
    }
}
