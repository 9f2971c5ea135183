//! Which expressions on the lines of a statement may be another function that the compiler inlines there?
//!
//! A function whose body is one expression leaves no frame where it is inlined. What it returns is on the line of its
//! caller, as if the caller had named it (1.18 to 1.27).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::Lines;
use super::places::Places;

/// Something that may be, or may contain, a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root<'a> {
    /// A member of an import: the name of the import in the file, and the member's name.
    Member(&'a [u8], &'a [u8]),
    /// A call of a function that the package declares.
    Function(&'a [u8]),
    /// A method of the package's declaration of that name, or a function that it contains.
    Method(&'a [u8]),
    /// A call of something unknown.
    Call,
}

/// A root with its position.
struct Placed<'a> {
    root: Root<'a>,
    /// Its token.
    at: usize,
    line: u32,
    place: Option<usize>,
}

/// The roots of a file, in its order.
#[derive(Default)]
pub(super) struct Roots<'a>(Vec<Placed<'a>>);

impl<'a> Roots<'a> {
    /// Notes one at token `at`, on `line` and in `place`.
    pub(super) fn note(&mut self, root: Root<'a>, at: usize, line: u32, place: Option<usize>) {
        self.0.push(Placed { root, at, line, place });
    }

    /// Those of every line.
    pub(super) fn standing(self, places: &Places) -> Standing<'a> {
        let mut by_place: BTreeMap<Option<usize>, Few<'a>> = BTreeMap::new();
        let mut lines: HashMap<u32, Few<'a>> = HashMap::new();
        for one in self.0 {
            by_place.entry(one.place).or_default().add(one.root, one.at);
            lines.entry(one.line).or_default().add(one.root, one.at);
        }
        for (place, few) in by_place {
            let its = place.map(|at| places.lines(at)).unwrap_or_default();
            for line in its.iter().flat_map(|lines| lines.first..=lines.last) {
                lines.entry(line).or_default().merge(&few);
            }
        }
        Standing { lines, known: HashMap::new() }
    }
}

/// Different roots, each with its token; if there are many, only that fact.
#[derive(Clone, Default)]
struct Few<'a> {
    roots: BTreeSet<(Root<'a>, usize)>,
    many: bool,
}

/// If there are more roots on the lines of one statement, they are not listed.
const MOST: usize = 64;

impl<'a> Few<'a> {
    fn add(&mut self, root: Root<'a>, at: usize) {
        if self.roots.len() < MOST {
            self.roots.insert((root, at));
        } else {
            self.many = true;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.many |= other.many;
        if !self.many {
            other.roots.iter().for_each(|(root, at)| self.add(*root, *at));
        }
    }
}

/// The roots of each line.
pub(super) struct Standing<'a> {
    lines: HashMap<u32, Few<'a>>,
    /// By the place of a use.
    known: HashMap<usize, Few<'a>>,
}

impl<'a> Standing<'a> {
    /// The roots on the `lines` of `place` that may leave code there, except the token `at`.
    pub(super) fn beside(&mut self, place: usize, lines: &[Lines], at: usize) -> Arc<[Root<'a>]> {
        let found = self.known.entry(place).or_insert_with(|| {
            let mut found = Few::default();
            let each = lines.iter().flat_map(|lines| lines.first..=lines.last);
            each.filter_map(|line| self.lines.get(&line)).for_each(|few| found.merge(few));
            found
        });
        if found.many {
            return [Root::Call].into();
        }
        let others = found.roots.iter().filter(|(_, own)| *own != at);
        let others: BTreeSet<Root<'a>> = others.map(|(root, _)| *root).collect();
        others.into_iter().collect()
    }
}
