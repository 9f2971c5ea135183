//! How are tables of equal rows read without trusting their claimed size?
//!
//! Rows are read in pieces, so that a table of hundreds of megabytes costs one piece of memory beside
//! what is kept of it; rows behind the end of the file are a fault and never reserved. Knows no
//! format: rows are `object`'s plain structs.

use std::mem::size_of;

use object::pod::{self, Pod};

use super::Range;
use crate::error::{Fault, Result};

/// Bytes read at once: large enough that the system calls do not show, small beside any table.
const PIECE: usize = 1 << 18;

/// One plain struct at `offset` of the image.
pub(crate) fn read_one<T: Pod>(range: &Range, part: &str, offset: u64) -> Result<T> {
    let size = size_of::<T>() as u64;
    let bytes = range.read(part, offset, size)?;
    match pod::from_bytes::<T>(&bytes) {
        Ok((row, _)) => Ok(*row),
        Err(()) => Err(Fault::truncated(part, range.base().saturating_add(offset), size, 0)),
    }
}

/// As many whole rows of the `len` bytes at `offset` as the file holds.
pub(crate) fn rows_present<T: Pod>(range: &Range, offset: u64, len: u64) -> u64 {
    range.len().saturating_sub(offset).min(len) / size_of::<T>() as u64
}

/// Calls `row` with the index and content of every whole row in the `len` bytes at `offset`.
///
/// # Errors
/// After the rows that are present: when the table is cut, or when `len` is no multiple of the size
/// of a row.
pub(crate) fn each_row<T: Pod>(
    range: &Range,
    part: &str,
    offset: u64,
    len: u64,
    mut row: impl FnMut(u64, &T),
) -> Result<()> {
    let size = size_of::<T>() as u64;
    let present = rows_present::<T>(range, offset, len);
    let per_piece = (PIECE / size_of::<T>()) as u64;
    let mut index = 0;
    while index < present {
        let count = per_piece.min(present - index);
        let bytes = range.read(part, offset.saturating_add(index * size), count * size)?;
        let rows: &[T] = pod::slice_from_all_bytes(&bytes).unwrap_or_default();
        for (at, content) in (index..).zip(rows) {
            row(at, content);
        }
        index += count;
    }
    range.check(part, offset, len)?;
    if !len.is_multiple_of(size) {
        let at = range.base().saturating_add(offset);
        let detail = format!("its size is no multiple of {size}");
        return Err(Fault::invalid(part, at, len - len % size, len, detail));
    }
    Ok(())
}

/// The whole rows of the `len` bytes at `offset` that the file holds, and what is wrong with the rest.
pub(crate) fn read_rows<T: Pod>(
    range: &Range,
    part: &str,
    offset: u64,
    len: u64,
) -> (Vec<T>, Option<Fault>) {
    let mut rows = Vec::new();
    let fault = each_row::<T>(range, part, offset, len, |_, row| rows.push(*row)).err();
    (rows, fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::File;
    use object::{LittleEndian, U32};
    use std::path::Path;
    use std::sync::Arc;

    type Row = U32<LittleEndian>;

    fn range(len: usize) -> Range {
        let bytes = (0..len).map(|i| (i / 4) as u8 * u8::from(i % 4 == 0)).collect();
        Range::whole(Arc::new(File::from_bytes(Path::new("x"), bytes)))
    }

    fn numbers(range: &Range, offset: u64, len: u64) -> (Vec<u32>, Option<Fault>) {
        let (rows, fault) = read_rows::<Row>(range, "table", offset, len);
        (rows.iter().map(|row| row.get(LittleEndian)).collect(), fault)
    }

    #[test]
    fn whole_tables_are_read_whole() {
        assert_eq!(numbers(&range(16), 4, 12), (vec![1, 2, 3], None));
        assert_eq!(numbers(&range(16), 0, 0), (vec![], None));
    }

    #[test]
    fn a_cut_table_gives_the_rows_present_and_a_fault() {
        let (rows, fault) = numbers(&range(10), 4, u64::MAX);
        assert_eq!(rows, [1]);
        let fault = fault.expect("the table is cut");
        assert_eq!((fault.offset, fault.wanted, fault.present), (4, u64::MAX, 6));
    }

    #[test]
    fn a_size_between_two_rows_is_a_fault() {
        let (rows, fault) = numbers(&range(16), 0, 7);
        assert_eq!(rows, [0]);
        assert_eq!(fault.map(|f| (f.wanted, f.present)), Some((4, 7)));
    }

    #[test]
    fn tables_longer_than_a_piece_are_joined() {
        let range = range(PIECE * 2 + 8);
        let mut seen = 0;
        each_row::<Row>(&range, "table", 0, range.len(), |index, _| {
            assert_eq!(index, seen);
            seen += 1;
        })
        .expect("the table is whole");
        assert_eq!(seen, range.len() / 4);
    }
}
