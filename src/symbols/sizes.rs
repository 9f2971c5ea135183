//! Which size does nm print where the format has none?
//!
//! Mach-O and PE store no sizes. Go's nm takes the distance to the next greater address among all
//! symbols (`cmd/internal/objfile/{macho,pe}.go`), whatever section that lies in. Names at one
//! address therefore share a size, the last address has 0, and an undefined Mach-O symbol, whose
//! address is 0, gets the address of the first section: 4294971392 on darwin/arm64.

use crate::image::{Format, SymbolTable};

/// Gives every symbol of `table` the size that nm prints. ELF's are kept as they are.
pub fn infer(format: Format, table: &mut SymbolTable) {
    if format == Format::Elf {
        return;
    }
    let mut order: Vec<u32> = (0u32..).zip(&table.symbols).map(|(index, _)| index).collect();
    let address = |table: &SymbolTable, index: u32| {
        table.symbols.get(index as usize).map_or(0, |symbol| symbol.address)
    };
    order.sort_unstable_by_key(|index| std::cmp::Reverse(address(table, *index)));
    // Downwards: the last address seen, and the last one that was greater.
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
