//! Which executables does one file hold: one, or a slice for each architecture of a fat Mach-O?
//!
//! Format: `mach-o/fat.h`, always big-endian. Only the table of slices is read here; what a slice
//! holds is [`crate::image::Image::parse`]'s question. A slice that is itself fat is not opened.

use std::mem::size_of;

use object::macho::{FatArch32, FatArch64};
use object::pod::Pod;
use object::read::macho::FatArch;

use super::Range;
use super::rows::{read_one, read_rows};
use crate::error::{Fault, Result};

const MAGIC_32: [u8; 4] = [0xca, 0xfe, 0xba, 0xbe];
const MAGIC_64: [u8; 4] = [0xca, 0xfe, 0xba, 0xbf];
/// `struct fat_header`: the magic and the number of slices.
const HEADER_SIZE: u64 = 8;
/// The most slices that are read. `lipo` knows about twenty architectures.
const MOST_SLICES: u32 = 64;
/// A Java class file has the same magic, with its version in place of the number of slices: 45 is
/// the oldest. `file(1)` draws the line in the same place.
const LEAST_JAVA: u32 = 45;

/// One executable of a file.
#[derive(Clone, Debug)]
pub(crate) struct Slice {
    /// Go's name of its architecture; none when the file is not fat.
    pub(crate) name: Option<String>,
    /// Its bytes, as far as the file holds them.
    pub(crate) range: Range,
}

/// The executables of a file, and what is wrong with the table that names them.
#[derive(Clone, Debug)]
pub(crate) struct Slices {
    /// At least one.
    pub(crate) slices: Vec<Slice>,
    /// Slices that are cut, and rows of the table that are not there.
    pub(crate) faults: Vec<Fault>,
}

/// The executables in `range`: the range itself, unless it is a fat Mach-O.
///
/// # Errors
/// When nothing can be listed: the table of slices is missing or claims what no fat file has.
pub(crate) fn slices(range: Range) -> Result<Slices> {
    let header = range.read_up_to("fat Mach-O header", 0, HEADER_SIZE)?;
    let is_64 = match header.get(..4) {
        Some(magic) if magic == MAGIC_32 => false,
        Some(magic) if magic == MAGIC_64 => true,
        _ => return Ok(thin(range)),
    };
    range.check("fat Mach-O header", 0, HEADER_SIZE)?;
    let count = match header.get(4..) {
        Some(&[a, b, c, d]) => u32::from_be_bytes([a, b, c, d]),
        _ => 0,
    };
    if !is_64 && count >= LEAST_JAVA && is_java(&range) {
        return Ok(thin(range));
    }
    if count == 0 || count > MOST_SLICES {
        let detail = "the number of slices";
        let (part, at) = ("fat Mach-O header", range.base().saturating_add(4));
        return Err(Fault::invalid(part, at, MOST_SLICES.into(), count.into(), detail));
    }
    if is_64 { read::<FatArch64>(&range, count) } else { read::<FatArch32>(&range, count) }
}

fn thin(range: Range) -> Slices {
    Slices { slices: vec![Slice { name: None, range }], faults: Vec::new() }
}

/// Whether what follows is no table of slices: its first number is no processor's. In a class it is
/// the size of the constant pool and the tag of the first constant; processors are numbered to 24,
/// beside two bits for the word size.
fn is_java(range: &Range) -> bool {
    const FLAGS: u32 = 0xff00_0000;
    const MOST_PROCESSOR: u32 = 100;
    let row = read_one::<FatArch32>(range, "fat Mach-O slice", HEADER_SIZE);
    row.map_or(true, |row| row.cputype().0 & !FLAGS > MOST_PROCESSOR)
}

fn read<A: FatArch + Pod>(range: &Range, count: u32) -> Result<Slices> {
    let part = "table of fat Mach-O slices";
    let len = u64::from(count) * size_of::<A>() as u64;
    let (rows, fault) = read_rows::<A>(range, part, HEADER_SIZE, len);
    if rows.is_empty() {
        return Err(fault.unwrap_or_else(|| Fault::truncated(part, range.base(), len, 0)));
    }
    let mut found = Slices { slices: Vec::new(), faults: fault.into_iter().collect() };
    for (index, row) in rows.iter().enumerate() {
        // The number of a little-endian ppc64 is the same, and no such slice was ever made.
        let name = arch(row.cputype().0);
        let (offset, len) = row.file_range();
        let (slice, cut) = range.part(&format!("fat Mach-O slice {index} ({name})"), offset, len);
        found.faults.extend(cut);
        found.slices.push(Slice { name: Some(name), range: slice });
    }
    Ok(found)
}

/// Go's name of a processor, or its number.
pub(crate) fn arch(cputype: u32) -> String {
    let name = match cputype {
        7 => "386",
        0x0100_0007 => "amd64",
        12 => "arm",
        0x0100_000c => "arm64",
        18 => "ppc",
        0x0100_0012 => "ppc64",
        _ => return format!("cputype-{cputype:#x}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::File;
    use std::path::Path;
    use std::sync::Arc;

    fn range(words: &[u32], bytes: usize) -> Range {
        let mut file: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        file.resize(bytes.max(file.len()), 0);
        Range::whole(Arc::new(File::from_bytes(Path::new("x"), file)))
    }

    #[test]
    fn a_thin_file_is_one_slice_without_a_name() {
        let found = slices(range(&[0x7f45_4c46], 64)).expect("thin");
        assert_eq!((found.slices.len(), &found.slices[0].name), (1, &None));
    }

    #[test]
    fn slices_are_named_as_go_names_architectures() {
        let words = [0xcafe_babe, 2, 0x0100_0007, 3, 64, 16, 4, 0x0100_000c, 0, 80, 16, 4];
        let found = slices(range(&words, 96)).expect("fat");
        let named: Vec<_> = found
            .slices
            .iter()
            .map(|s| (s.name.as_deref(), s.range.base(), s.range.len()))
            .collect();
        assert_eq!(named, [(Some("amd64"), 64, 16), (Some("arm64"), 80, 16)]);
        assert_eq!(found.faults, []);
    }

    #[test]
    fn wide_tables_are_read() {
        let words = [0xcafe_babf, 1, 0x0100_000c, 0, 0, 64, 0, 16, 4, 0];
        let found = slices(range(&words, 80)).expect("fat");
        assert_eq!(found.slices[0].range.base(), 64);
    }

    #[test]
    fn a_cut_slice_is_a_fault_and_the_others_go_on() {
        let words = [0xcafe_babe, 2, 0x0100_0007, 3, 64, 1000, 4, 0x0100_000c, 0, 80, 16, 4];
        let found = slices(range(&words, 96)).expect("fat");
        assert_eq!(found.slices.len(), 2);
        assert_eq!(found.faults.len(), 1);
        assert_eq!((found.faults[0].wanted, found.faults[0].present), (1000, 32));
    }

    #[test]
    fn a_java_class_is_thin_and_too_many_slices_are_a_fault() {
        let class = slices(range(&[0xcafe_babe, 52, 0x0012_0a00, 0x0200_0307, 0x0004_0c00], 400));
        assert_eq!(class.expect("a Java class").slices.len(), 1);
        let many = [0xcafe_babe, 65, 0x0100_0007, 3, 8192, 16, 12];
        assert_eq!(slices(range(&many, 9000)).expect_err("65 slices").present, 65);
        assert!(slices(range(&[0xcafe_babe, 0], 64)).is_err());
        assert!(slices(range(&[0xcafe_babe], 0)).is_err(), "only the magic");
    }
}
