//! Every name of a binary, wherever it stands.

use crate::binary::Binary;
use crate::image::Place;
use crate::names;

/// Calls `tell` with every name of `binary`; many come several times.
pub(super) fn each_name(binary: &Binary, mut tell: impl FnMut(&[u8])) {
    let table = binary.symbols();
    let defined = table.symbols.iter().filter(|symbol| matches!(symbol.place, Place::Section(_)));
    for symbol in defined {
        tell(names::without_abi(binary.go_name(table.name(symbol))));
    }
    let Ok(functions) = binary.functions() else { return };
    for function in functions.table.functions() {
        tell(function.name());
        let inlined = functions.trees.iter();
        inlined.flat_map(|trees| trees.names(&functions.table, function)).for_each(&mut tell);
    }
}
