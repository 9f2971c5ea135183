//! Where does one name stand: as a symbol, as a function, as a body that was inlined?

use super::NamedSymbol;
use crate::binary::Binary;
use crate::golang::pclntab::{Function, Position};
use crate::names;

/// The places of one name. Each list is looked up when a method asks for it.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    binary: &'a Binary,
    name: &'a [u8],
}

/// A function into which a body of the name was inlined.
#[derive(Clone, Copy, Debug)]
pub struct Inlined<'a> {
    /// The function that holds it.
    pub into: Function<'a>,
    /// The first instruction of the inlined body.
    pub at: u64,
    /// The line of that instruction in the body's own file.
    pub position: Option<Position<'a>>,
}

impl<'a> Named<'a> {
    pub(super) fn new(binary: &'a Binary, name: &'a [u8]) -> Self {
        Self { binary, name }
    }

    /// The symbols of this very name, defined or not, by row.
    pub fn symbols(&self) -> impl Iterator<Item = NamedSymbol<'a>> + use<'a> {
        self.binary.symbols_named(self.name)
    }

    /// The symbols of this name with the mark of an ABI (`runtime.memmove.abi0`), by mark and row.
    #[must_use]
    pub fn marked_symbols(&self) -> Vec<NamedSymbol<'a>> {
        let marked = names::ABI_MARKS.iter().map(|mark| [self.name, mark].concat());
        let rows = marked.flat_map(|name| {
            self.binary.symbols_named(&name).map(|symbol| symbol.row).collect::<Vec<_>>()
        });
        rows.filter_map(|row| self.binary.symbol(row)).collect()
    }

    /// The functions of this name, in order of their entries.
    pub fn functions(&self) -> impl Iterator<Item = Function<'a>> + use<'a> {
        let Self { binary, name } = *self;
        binary.functions().into_iter().flat_map(move |functions| functions.named(name))
    }

    /// The functions that hold a body of this name, in order of their entries.
    pub fn inlined(&self) -> impl Iterator<Item = Inlined<'a>> + use<'a> {
        let Self { binary, name } = *self;
        binary.functions().into_iter().flat_map(move |functions| {
            functions.inlining(name).filter_map(move |into| {
                let (at, frame) = functions.first_inlined(&into, name)?;
                Some(Inlined { into, at, position: frame.position })
            })
        })
    }

    /// Whether only inlined bodies are left of it.
    #[must_use]
    pub fn is_inlined_only(&self) -> bool {
        self.symbols().next().is_none()
            && self.functions().next().is_none()
            && self.inlined().next().is_some()
    }
}
