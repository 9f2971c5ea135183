//! Which size does nm print if the format records none?
//!
//! Mach-O, PE and Plan 9 a.out record no sizes. Go's nm takes the distance to the next greater address among all symbols
//! (`cmd/internal/objfile/{macho,pe,plan9obj}.go`), in any section. So names at one address have the same size, the last
//! address has 0, and an undefined Mach-O symbol, whose address is 0, gets the address of the first section:
//! 4294971392 on darwin/arm64.

use crate::image::{Format, SymbolTable};

/// Gives every symbol of `table` the size that nm prints. The sizes of ELF symbols stay as they are.
pub(crate) fn infer(format: Format, table: &mut SymbolTable) {
    if format != Format::Elf {
        distances(table);
    }
}

/// Gives every symbol of `table` the distance to the next greater address as its size.
pub(crate) fn distances(table: &mut SymbolTable) {
    let mut order: Vec<u32> = (0u32..).zip(&table.symbols).map(|(index, _)| index).collect();
    let address = |table: &SymbolTable, index: u32| {
        table.symbols.get(index as usize).map_or(0, |symbol| symbol.address)
    };
    order.sort_unstable_by_key(|index| std::cmp::Reverse(address(table, *index)));
    // From the highest address down: the current address, and the next greater one.
    let (mut current, mut greater) = (None, None);
    for index in order {
        let Some(symbol) = table.symbols.get_mut(index as usize) else { continue };
        if current != Some(symbol.address) {
            greater = current;
            current = Some(symbol.address);
        }
        symbol.size = greater.map_or(0, |next: u64| next.saturating_sub(symbol.address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Binding, Place, Symbol, SymbolKind};

    fn sizes(format: Format, addresses: &[u64]) -> Vec<u64> {
        let symbol = |address: &u64| Symbol {
            name_start: 0,
            name_len: 0,
            address: *address,
            size: 7,
            place: Place::Undefined,
            binding: Binding::Global,
            kind: SymbolKind::Unknown,
        };
        let symbols = addresses.iter().map(symbol).collect();
        let mut table = SymbolTable { symbols, ..SymbolTable::default() };
        infer(format, &mut table);
        table.symbols.iter().map(|symbol| symbol.size).collect()
    }

    #[test]
    fn a_size_is_the_distance_to_the_next_greater_address() {
        assert_eq!(sizes(Format::Pe, &[0x30, 0x10, 0x10, 0x18]), [0, 8, 8, 0x18]);
        assert!(sizes(Format::Pe, &[]).is_empty());
        assert_eq!(sizes(Format::Pe, &[5, 5]), [0, 0]);
    }

    #[test]
    fn an_undefined_symbol_of_darwin_has_the_size_of_the_unmapped_page() {
        assert_eq!(sizes(Format::MachO, &[0, 0x1_0000_1000, 0]), [4_294_971_392, 0, 4_294_971_392]);
    }

    #[test]
    fn elf_tells_its_sizes() {
        assert_eq!(sizes(Format::Elf, &[1, 2]), [7, 7]);
    }
}
