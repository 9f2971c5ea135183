//! What stands at an address, and where does a name stand?
//!
//! Both are answered out of indices that are made on the first question and kept: no question walks a table. What is
//! told here are the witnesses side by side, row by row: the symbol table, Go's function table, the inline trees. Whether
//! a name is there by a linkname is [`crate::linkname`]'s question.
//!
//! ```no_run
//! use gonym::binary::Binary;
//! use gonym::printable::printable;
//!
//! for binary in Binary::open("app".as_ref())?.binaries {
//!     for frame in binary.at(0x47f0ee).frames() {
//!         println!("{} ({})", printable(frame.function), frame.package.unwrap_or("?"));
//!     }
//!     let named = binary.named(b"runtime.nanotime");
//!     let rows = named.symbols().map(|symbol| symbol.row);
//!     println!("rows {:?}, inlined only: {}", rows.collect::<Vec<_>>(), named.is_inlined_only());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod at;
mod by_name;
mod named;
mod rows;
mod sections;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use super::Binary;
use crate::image::{Section, Symbol};
use rows::Rows;
use sections::SectionMap;

pub use at::{Alias, At, CodeFrame};
pub(super) use by_name::ByName;
pub use named::{Inlined, Named};

/// A symbol with its name. It is its row: names need not differ.
#[derive(Clone, Copy, Debug)]
pub struct NamedSymbol<'a> {
    /// Which row of the symbol table it is, from 0.
    pub row: u32,
    /// The row.
    pub symbol: &'a Symbol,
    /// Its name as Go wrote it.
    pub name: &'a [u8],
}

/// The indices of one binary.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    rows: OnceLock<Rows>,
    by_name: OnceLock<ByName>,
    sections: OnceLock<SectionMap>,
}

impl Binary {
    /// What stands at `address`.
    #[must_use]
    pub fn at(&self, address: u64) -> At<'_> {
        At::new(self, address)
    }

    /// Where `name`, as symbols spell it, stands.
    #[must_use]
    pub fn named<'a>(&'a self, name: &'a [u8]) -> Named<'a> {
        Named::new(self, name)
    }

    /// The section that holds `address`; of several the first of the file.
    #[must_use]
    pub fn section_at(&self, address: u64) -> Option<&Section> {
        let map = self.lookup.sections.get_or_init(|| SectionMap::of(&self.image.sections));
        self.image.sections.get(map.at(address)? as usize)
    }

    /// Whether a symbol of any section has that address.
    #[must_use]
    pub fn has_symbol_at(&self, address: u64) -> bool {
        self.rows().any_at(address)
    }

    /// Where the next symbol of its section begins behind `symbol`.
    #[must_use]
    pub fn next_symbol(&self, symbol: &Symbol) -> Option<u64> {
        let section = self.section_of(symbol)?;
        self.rows().next(self.symbols(), (section, symbol.place), symbol.address)
    }

    /// The symbol of row `row`.
    #[must_use]
    pub fn symbol(&self, row: u32) -> Option<NamedSymbol<'_>> {
        let table = self.symbols();
        let symbol = table.symbols.get(row as usize)?;
        Some(NamedSymbol { row, symbol, name: self.go_name(table.name(symbol)) })
    }

    fn rows(&self) -> &Rows {
        self.lookup.rows.get_or_init(|| Rows::of(&self.image, self.symbols()))
    }

    /// The symbols of that very name, by row.
    fn symbols_named<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = NamedSymbol<'a>> + 'a {
        let table = self.symbols();
        let index = self.lookup.by_name.get_or_init(|| {
            let rows = (0u32..).zip(&table.symbols);
            ByName::of(rows.map(|(row, symbol)| (row, self.go_name(table.name(symbol)))))
        });
        let found = index.perhaps(name).filter_map(|row| self.symbol(row));
        found.filter(move |symbol| symbol.name == name)
    }
}
