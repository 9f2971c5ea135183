//! Rows for `nm -recover`: the functions of pclntab, where the symbol table is gone.

use crate::binary::Binary;
use crate::error::Fault;
use crate::image::Image;
use crate::input::Origin;
use crate::symbols::listing::Listing;

/// Adds a row with the letter `t` for each function of `image`; its size reaches to the next function's entry.
pub(super) fn functions(image: &Image, rows: &mut Listing) -> Vec<Fault> {
    let image = match Image::parse(image.range.clone()) {
        Ok(image) => image,
        Err(fault) => return vec![fault],
    };
    let origin = Origin::of(image.range.file().path());
    let binary = Binary::new(image, origin);
    match binary.functions() {
        Ok(functions) => {
            for function in functions.table.functions() {
                let size = function.end.saturating_sub(function.entry);
                rows.push(function.entry, size, b't', function.name());
            }
            functions.table.fault().cloned().into_iter().collect()
        }
        Err(fault) => vec![fault.clone()],
    }
}
