//! What does the dynamic loader see of an image: needed libraries, imports, exports?
//!
//! `goblin` reads the tables. It is slow on hostile counts (2^28 claimed symbols: 9 seconds), recurses
//! without bound over a Mach-O export trie, and rejects a whole file for one name that is not UTF-8.
//! So it is given only what was checked before. An image with faults is not given to it, and every
//! count is first compared with the bytes present. Tries and opcode streams are not read: the symbol
//! table has the same names. If `goblin` fails, everything else about the image is still reported.
//!
//! ```no_run
//! use gonym::printable::printable;
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     for import in &binary.dynamic().imports {
//!         println!("needs {}", printable(&import.name));
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

mod elf;
mod macho;
mod pe;

use super::slots::Slots;
use super::{Detail, Image};
use crate::error::{Fault, FaultCode};

/// The dynamic loader's view of an image. Static executables have an empty one.
#[derive(Clone, Debug, Default)]
pub struct DynamicView {
    /// Libraries that must be loaded, in the file's order. Names are bytes, here and below.
    pub libraries: Vec<Vec<u8>>,
    /// Symbols that others must provide (the undefined dynamic symbols), in the file's order.
    pub imports: Vec<Import>,
    /// Symbols that others may use, in the file's order.
    pub exports: Vec<Export>,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

/// A symbol that the image needs from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its name as stored; `ORDINAL n` for a PE import by number.
    pub name: Vec<u8>,
    /// The library that must provide it, where the format tells: Mach-O and PE.
    pub library: Option<Vec<u8>>,
    /// Whether the image runs without it.
    pub weak: bool,
    /// PE: virtual address of its word in the import address table.
    pub slot: Option<u64>,
}

/// A symbol that the image offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Its name as stored.
    pub name: Vec<u8>,
    /// Virtual address (PE: image base included).
    pub address: u64,
    /// Size in bytes; 0 in Mach-O and PE, which do not tell.
    pub size: u64,
    /// Index into [`Image::sections`], where it lies in one.
    pub section: Option<u32>,
}

/// Reads the dynamic view.
#[must_use]
pub fn read(image: &Image) -> DynamicView {
    if !image.faults.is_empty() {
        let detail = "not read, because the headers are damaged";
        let at = image.range.base();
        let fault = Fault::new(FaultCode::Disagreement, "dynamic view", at, 0, 0, detail);
        return DynamicView { faults: vec![fault], ..DynamicView::default() };
    }
    match &image.detail {
        Detail::Elf(tables) => elf::read(image, tables),
        Detail::MachO(tables) => macho::read(image, tables),
        Detail::Pe(tables) => pe::read(image, tables),
    }
}

/// The words of the import address tables of a PE image.
pub(super) fn read_pe_slots(image: &Image, tables: &super::pe::Tables) -> Slots {
    let view = if image.faults.is_empty() { pe::read(image, tables) } else { read(image) };
    let mut slots = Slots::with_faults(view.faults);
    for import in &view.imports {
        let symbol = import.slot.and_then(|_| slots.symbol(&import.name, None));
        if let (Some(address), Some(symbol)) = (import.slot, symbol) {
            slots.push(address, symbol, 0);
        }
    }
    slots.sorted()
}

/// What `goblin` could not read, as a fault of `part` at `offset` of the image.
fn failed(image: &Image, part: &str, offset: u64, error: &goblin::error::Error) -> Fault {
    let at = image.range.base().saturating_add(offset);
    Fault::new(FaultCode::InvalidValue, part, at, 0, 0, error.to_string())
}

/// The context in which `goblin` reads `image`.
fn context(image: &Image) -> goblin::container::Ctx {
    use goblin::container::{Container, Ctx, Endian};
    let container = if image.pointer_size == 8 { Container::Big } else { Container::Little };
    let order = match image.byte_order {
        super::ByteOrder::Little => Endian::Little,
        super::ByteOrder::Big => Endian::Big,
    };
    Ctx::new(container, order)
}
