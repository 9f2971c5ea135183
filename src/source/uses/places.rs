//! Which lines does a statement, or an element of a composite literal, take?
//!
//! Compilers record a line of the statement, not always that of the name: the one of an operator before it, of an
//! argument before it (1.18), the first one of the literal that holds it (`[]int{⏎ n,⏎ c` is recorded at the first
//! line, 1.18 to 1.27), never that of another element. The statements of a function literal are places of
//! their own.

use super::Lines;

/// Statement or element.
struct Place {
    first: u32,
    last: u32,
    /// For an element the place around it, and the line on which its literal's brace stands.
    around: Option<(usize, u32)>,
    /// Lines that hold nothing but bodies of function literals, in their order.
    bodies: Vec<Lines>,
    /// No other statement has a token on its first and last line.
    alone: bool,
}

/// The places of a file.
#[derive(Default)]
pub(super) struct Places {
    all: Vec<Place>,
    /// Where the walk is.
    pub(super) here: Option<usize>,
}

impl Places {
    /// Begins a statement and gives the place that it interrupts.
    pub(super) fn open(&mut self, first: u32) -> Option<usize> {
        self.push(first, None)
    }

    /// Begins an element of a literal whose brace stands on `brace`.
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

    /// The body of a function literal stands between two braces here.
    pub(super) fn body(&mut self, open: u32, close: u32) {
        let body = Lines { first: open.saturating_add(1), last: close.saturating_sub(1) };
        let mut next = self.here.filter(|_| body.first <= body.last);
        while let Some(place) = next.and_then(|at| self.all.get_mut(at)) {
            place.bodies.push(body);
            next = place.around.map(|(around, _)| around);
        }
    }

    /// Whether the statement around place `at` shares its lines with no other.
    pub(super) fn is_alone(&self, mut at: usize) -> bool {
        while let Some((around, _)) = self.all.get(at).and_then(|place| place.around) {
            at = around;
        }
        self.all.get(at).is_some_and(|place| place.alone)
    }

    /// The lines of place `at`, and those that its literals begin on.
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
