//! Which register or stack slot carries each parameter and each result?
//!
//! The rules are those of cmd/compile/internal/abi/abiutils.go, described in abi-internal.md: a value goes into
//! registers whole or not at all, and results count registers from the first one again. This file does not know named
//! types.
//!
//! ```
//! use gonym::types::convention::{Agreement, Places};
//! use gonym::types::layout::Layout;
//! use gonym::types::machine::Machine;
//! use gonym::types::{Basic, Definitions, Name, Type};
//!
//! struct Nothing;
//!
//! impl Definitions for Nothing {
//!     fn underlying(&self, _: &Name) -> Type {
//!         Type::Unknown("nothing is declared")
//!     }
//!
//!     fn off_heap(&self, _: &Name) -> bool {
//!         false
//!     }
//! }
//!
//! let machine = Machine::of("amd64", 27).expect("a known platform");
//! let places = |basic: Basic| {
//!     let layout = Layout::of(&Type::Basic(basic), machine, &Nothing).expect("a known type");
//!     Places::of(machine, &[layout])
//! };
//! assert_eq!(places(Basic::Int64).agree(&places(Basic::Uint64)), Agreement::Equal);
//! assert_eq!(places(Basic::Int64).agree(&places(Basic::Float64)), Agreement::Places);
//! ```

use super::layout::{Content, Layout, Piece, round_up};
use super::machine::Machine;

/// Where the values of one half of a signature are passed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// What the integer registers hold, in order.
    pub integers: Vec<Piece>,
    /// What the float registers hold, in order.
    pub floats: Vec<Piece>,
    /// Parts of the stack that hold values, ascending and not touching: start and end.
    pub stack: Vec<(u64, u64)>,
    /// Pointers on the stack; `None` if there are too many to list.
    pub pointers: Option<Vec<(u64, Content)>>,
}

/// How one half of two signatures compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// The same bytes at the same places, and the garbage collector sees the same pointers.
    Equal,
    /// The same bytes, but a pointer on one side is no pointer on the other.
    Pointers,
    /// Different places, or a different number of bytes.
    Places,
}

impl Places {
    /// Assigns places to values of these layouts: all parameters (a receiver first) or all results.
    ///
    /// On the stack results begin where parameters end. Here they count from 0, so that the two halves of a signature
    /// can be compared separately.
    #[must_use]
    pub fn of(machine: Machine, layouts: &[Layout]) -> Self {
        let mut places = Self { pointers: Some(Vec::new()), ..Self::default() };
        let mut end = 0;
        for layout in layouts {
            if !into_registers(machine, layout, &mut places) {
                end = onto_stack(layout, end, &mut places);
            }
        }
        places
    }

    /// Compares these places with those of the other side.
    #[must_use]
    pub fn agree(&self, other: &Self) -> Agreement {
        let integers = agree(&self.integers, &other.integers);
        let floats = agree(&self.floats, &other.floats);
        let stack = match () {
            () if self.stack != other.stack => Agreement::Places,
            () if clash(self.pointers.as_deref(), other.pointers.as_deref()) => Agreement::Pointers,
            () => Agreement::Equal,
        };
        integers.max(floats).max(stack)
    }

    /// Whether no value is passed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.integers.is_empty() && self.floats.is_empty() && self.stack.is_empty()
    }
}

/// Whether one list has a pointer where the other certainly has none.
#[must_use]
pub fn clash(left: Option<&[(u64, Content)]>, right: Option<&[(u64, Content)]>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return false };
    lacks(left, right) || lacks(right, left)
}

fn lacks(has: &[(u64, Content)], other: &[(u64, Content)]) -> bool {
    has.iter().filter(|(_, content)| *content == Content::Pointer).any(|(at, content)| {
        let found = other.binary_search_by_key(at, |(at, _)| *at);
        let found = found.ok().and_then(|index| other.get(index));
        found.map_or(Content::Plain, |(_, content)| *content).clashes(*content)
    })
}

fn agree(left: &[Piece], right: &[Piece]) -> Agreement {
    let mut pairs = left.iter().zip(right);
    if left.len() != right.len() || pairs.any(|(left, right)| left.size != right.size) {
        return Agreement::Places;
    }
    let mut pairs = left.iter().zip(right);
    if pairs.any(|(left, right)| left.content.clashes(right.content)) {
        return Agreement::Pointers;
    }
    Agreement::Equal
}

fn into_registers(machine: Machine, layout: &Layout, places: &mut Places) -> bool {
    let Some(pieces) = layout.pieces.as_ref().filter(|_| layout.size > 0) else { return false };
    let floats = pieces.iter().filter(|piece| piece.float).count();
    let integers = pieces.len() - floats;
    if places.integers.len() + integers > machine.integers
        || places.floats.len() + floats > machine.floats
    {
        return false;
    }
    for piece in pieces {
        if piece.float { &mut places.floats } else { &mut places.integers }.push(*piece);
    }
    true
}

fn onto_stack(layout: &Layout, end: u64, places: &mut Places) -> u64 {
    let start = round_up(end, layout.align).unwrap_or(end);
    let stop = start.saturating_add(layout.size);
    if layout.size > 0 {
        match places.stack.last_mut() {
            Some(last) if last.1 == start => last.1 = stop,
            _ => places.stack.push((start, stop)),
        }
    }
    places.pointers = match (places.pointers.take(), &layout.pointers) {
        (Some(mut all), Some(more)) => {
            all.extend(more.iter().map(|(at, content)| (start.saturating_add(*at), *content)));
            Some(all)
        }
        _ => None,
    };
    stop
}
