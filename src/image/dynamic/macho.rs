//! What does the dynamic loader see of a Mach-O image?
//!
//! Undefined and external symbols of `LC_SYMTAB`; the library is the ordinal in `n_desc`
//! (`mach-o/nlist.h`, two-level namespace).

use goblin::mach::load_command::{LC_SYMTAB, SymtabCommand};
use goblin::mach::symbols::{N_WEAK_REF, Symbols};

use super::{DynamicView, Export, Import, context, failed};
use crate::error::Result;
use crate::image::Image;
use crate::image::macho::{self, Tables};

const PART: &str = "Mach-O symbol table";

pub(super) fn read(image: &Image, tables: &Tables) -> DynamicView {
    let mut view = DynamicView { libraries: tables.libraries.clone(), ..DynamicView::default() };
    // goblin reads one name for each row, without a limit. Reading the symbol table first shows
    // whether the names overlap too much.
    let table = macho::read_symbols(image, tables);
    if !table.faults.is_empty() {
        view.faults = table.faults;
        return view;
    }
    if table.symbols.is_empty() {
        return view;
    }
    drop(table);
    if let Err(fault) = read_symbols(image, tables, &mut view) {
        view.faults.push(fault);
    }
    view
}

fn read_symbols(image: &Image, tables: &Tables, view: &mut DynamicView) -> Result<()> {
    let Some(extent) = tables.symbol_extent() else { return Ok(()) };
    // goblin wants one buffer, with the names behind the rows.
    let mut bytes = image.range.read(PART, extent.rows_offset, extent.rows_len)?;
    let names = image.range.read("Mach-O symbol names", extent.names_offset, extent.names_len)?;
    bytes.extend_from_slice(&names);
    drop(names);
    let command = SymtabCommand {
        cmd: LC_SYMTAB,
        cmdsize: 24,
        symoff: 0,
        nsyms: extent.count,
        stroff: u32::try_from(extent.rows_len).unwrap_or(u32::MAX),
        strsize: u32::try_from(extent.names_len).unwrap_or(u32::MAX),
    };
    let wrong = |error| failed(image, PART, extent.rows_offset, &error);
    let symbols = Symbols::parse(&bytes, &command, context(image)).map_err(wrong)?;
    for symbol in symbols.iter() {
        // A name that is not UTF-8 is a fault and costs only its own symbol.
        let (name, row) = match symbol {
            Ok(symbol) => symbol,
            Err(error) => {
                view.faults.push(failed(image, PART, extent.rows_offset, &error));
                continue;
            }
        };
        if row.is_stab() {
            continue;
        }
        if row.is_undefined() {
            let weak = row.n_desc & N_WEAK_REF != 0;
            let library = library(&view.libraries, row.n_desc);
            view.imports.push(Import { name: name.into(), library, weak, slot: None });
        } else if row.is_global() && row.n_sect > 0 {
            let section = u32::try_from(row.n_sect - 1).ok();
            view.exports.push(Export { name: name.into(), address: row.n_value, size: 0, section });
        }
    }
    Ok(())
}

/// Ordinals count from 1; 0 is the image itself, and those from 253 on are special.
fn library(libraries: &[Vec<u8>], description: u16) -> Option<Vec<u8>> {
    let ordinal = usize::from(description >> 8);
    libraries.get(ordinal.checked_sub(1)?).cloned()
}
