//! Which rows of a symbol table stand at an address, hold it, or come next?
//!
//! The rows are sorted by address. ELF has sizes, and a symbol may lie inside another (a C function in the container of
//! its object, a mark in a function). So the row just before an address may not be the one that holds it, and for each
//! position the next outer row is kept. Mach-O and PE have no sizes: there a symbol ends where the next one begins.

use std::sync::OnceLock;

use crate::image::{Format, Image, Place, Section, Symbol, SymbolKind, SymbolTable};

/// The deepest nesting of symbols that is followed. Real symbols lie at most in one container.
const DEEPEST: usize = 64;

const NONE: u32 = u32::MAX;

/// The rows that lie in a section, by address.
#[derive(Debug)]
pub(in crate::binary) struct Rows {
    /// Address and row, sorted.
    order: Vec<(u64, u32)>,
    /// For each position the last one before it whose symbol contains this one's. Made when somebody asks what holds an
    /// address: most answers need only which addresses have a symbol.
    outer: OnceLock<Vec<u32>>,
}

impl Rows {
    /// Of all rows of `table`.
    pub(in crate::binary) fn of(table: &SymbolTable) -> Self {
        let rows = (0u32..).zip(&table.symbols);
        let placed = rows.filter(|(_, symbol)| matches!(symbol.place, Place::Section(_)));
        let mut order: Vec<(u64, u32)> =
            placed.map(|(row, symbol)| (symbol.address, row)).collect();
        // The stable sort is the faster one here: it merges the few sorted runs that linkers write.
        order.sort();
        Self { order, outer: OnceLock::new() }
    }

    /// Whether each of `addresses`, which mostly ascend, has a row of any kind.
    pub(in crate::binary) fn have_all(&self, addresses: impl Iterator<Item = u64>) -> bool {
        let (mut rest, mut last) = (self.order.as_slice(), 0);
        for address in addresses {
            if address < last {
                rest = &self.order;
            }
            last = address;
            let passed = rest.iter().take_while(|(at, _)| *at < address).count();
            rest = rest.get(passed..).unwrap_or_default();
            if rest.first().is_none_or(|(at, _)| *at != address) {
                return false;
            }
        }
        true
    }

    /// The rows at `address`, ascending.
    pub(super) fn at(&self, address: u64) -> impl Iterator<Item = u32> + '_ {
        let first = self.order.partition_point(|(at, _)| *at < address);
        let here = self.order.get(first..).unwrap_or_default().iter();
        here.take_while(move |(at, _)| *at == address).map(|(_, row)| *row)
    }

    /// The address of the next symbol of `section`, which is `place`, behind `address`.
    pub(super) fn next(
        &self,
        table: &SymbolTable,
        (section, place): (&Section, Place),
        address: u64,
    ) -> Option<u64> {
        let after = self.order.partition_point(|(at, _)| *at <= address);
        let behind = self.order.get(after..).unwrap_or_default().iter();
        let mut inside = behind.take_while(|(at, _)| *at < end_of(section));
        let same = |row: u32| table.symbols.get(row as usize).is_some_and(|s| s.place == place);
        inside.find(|(_, row)| same(*row)).map(|(at, _)| *at)
    }

    /// Where the symbol begins that holds `address`, and in which section: the innermost one with bytes, or what
    /// stands at `address` itself.
    pub(super) fn holder(
        &self,
        image: &Image,
        table: &SymbolTable,
        address: u64,
    ) -> Option<(u64, Place)> {
        let mut at = self.order.partition_point(|(start, _)| *start <= address).checked_sub(1)?;
        let outer = self.outer.get_or_init(|| match image.format {
            Format::Elf => outer(image, table, &self.order),
            Format::MachO | Format::Pe => Vec::new(),
        });
        let mut empty = None;
        for _ in 0..DEEPEST {
            let (start, row) = *self.order.get(at)?;
            let symbol = table.symbols.get(row as usize)?;
            let end = end(image, symbol);
            if end.is_some_and(|end| address < end) {
                return Some((start, symbol.place));
            }
            empty = empty.or((end.is_some() && start == address).then_some((start, symbol.place)));
            at = match outer.get(at) {
                Some(&NONE) => break,
                Some(outer) => *outer as usize,
                // Rows that name nothing in memory (a section, a file) may be among them.
                None => at.checked_sub(1)?,
            };
        }
        empty
    }
}

/// For each position of `order` the nearest one before it whose symbol goes on after this one's end.
fn outer(image: &Image, table: &SymbolTable, order: &[(u64, u32)]) -> Vec<u32> {
    let mut open: Vec<(u32, u64)> = Vec::new();
    let positions = (0u32..).zip(order).map(|(position, (start, row))| {
        let symbol = table.symbols.get(*row as usize);
        let end = symbol.and_then(|symbol| end(image, symbol)).unwrap_or(0);
        while open.last().is_some_and(|(_, open)| open <= start || *open <= end) {
            open.pop();
        }
        let outer = open.last().map_or(NONE, |(position, _)| *position);
        if end > *start {
            open.push((position, end));
        }
        outer
    });
    positions.collect()
}

/// Where a symbol of something in memory ends. In Mach-O and PE that is the end of its section, if no other symbol
/// begins before.
fn end(image: &Image, symbol: &Symbol) -> Option<u64> {
    let section = section_of(image, symbol)?;
    Some(match image.format {
        Format::Elf => symbol.address.saturating_add(symbol.size),
        Format::MachO | Format::Pe => end_of(section),
    })
}

/// The section of a symbol of something in memory. Thread-local variables do not count: theirs are no addresses.
pub(super) fn section_of<'a>(image: &'a Image, symbol: &Symbol) -> Option<&'a Section> {
    let Place::Section(index) = symbol.place else { return None };
    let section = image.sections.get(index as usize).filter(|section| section.allocated);
    match symbol.kind {
        SymbolKind::Section | SymbolKind::File | SymbolKind::Tls => None,
        SymbolKind::Unknown | SymbolKind::Func | SymbolKind::Object => section,
    }
}

fn end_of(section: &Section) -> u64 {
    section.address.saturating_add(section.size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Binding;

    fn symbol(address: u64, size: u64, place: Place, kind: SymbolKind) -> Symbol {
        let (name_start, name_len, binding) = (0, 0, Binding::Global);
        Symbol { name_start, name_len, address, size, place, binding, kind }
    }

    /// The image of a file of ELF, with as many sections as the fixture has.
    fn image() -> Image {
        let file = crate::input::File::from_bytes(
            std::path::Path::new("x"),
            crate::image::fixture::unpacked("nano-go1.27-linux-amd64-stripped").expect("a fixture"),
        );
        Image::parse(crate::input::Range::whole(std::sync::Arc::new(file))).expect("ELF")
    }

    #[test]
    fn the_innermost_symbol_with_bytes_holds_an_address() {
        let image = image();
        let text = (0u32..).zip(&image.sections).find(|(_, s)| s.name == b".text").expect("code").0;
        let place = Place::Section(text);
        let func = |address, size| symbol(address, size, place, SymbolKind::Func);
        let symbols = vec![
            func(100, 100),
            func(110, 10),
            func(120, 0),
            func(125, 30),
            symbol(130, 50, place, SymbolKind::Section),
            symbol(3, 400, place, SymbolKind::Tls),
            symbol(131, 9, Place::Absolute, SymbolKind::Func),
            func(150, 20),
            func(200, 0),
        ];
        let table = SymbolTable { symbols, present: true, ..SymbolTable::default() };
        let rows = Rows::of(&table);
        let holder = |at| rows.holder(&image, &table, at).map(|(start, _)| start);
        for address in 0..300 {
            let named = table.symbols.iter().filter(|s| section_of(&image, s).is_some());
            let inside =
                named.clone().filter(|s| s.address <= address && address < s.address + s.size);
            let exact = named.filter(|s| s.address == address).map(|s| s.address).max();
            let wanted = inside.map(|s| s.address).max().or(exact);
            assert_eq!(holder(address), wanted, "{address}");
        }
        assert_eq!(rows.at(130).collect::<Vec<_>>(), [4]);
        assert!(rows.have_all([130, 130, 200, 100].into_iter()));
        assert!(!rows.have_all([130, 131].into_iter()), "a row of no section");
        assert!(!rows.have_all([1000].into_iter()));
    }
}
