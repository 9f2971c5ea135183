//! Which words does the loader fill in, where a Mach-O file encodes them as chains?
//!
//! Format: `mach-o/fixup-chains.h` (`object` decodes it). `LC_DYLD_CHAINED_FIXUPS` tells where in each
//! page the first word of a chain lies. Each word holds its value, or the number of an import, and
//! the distance to the next word. A chain only goes forward, and the chains of a segment together have
//! no more words than its bytes have room for.

use object::Endianness;
use object::macho::{
    DYLD_CHAINED_IMPORT, DYLD_CHAINED_IMPORT_ADDEND, DYLD_CHAINED_IMPORT_ADDEND64,
    DYLD_CHAINED_PTR_32, DyldChainedFixupsHeader, DyldChainedImport32, DyldChainedImport64,
};
use object::pod;
use object::read::macho::{DyldChainedFixups, DyldChainedSegment, Fixup};

use super::{Segment, Tables};
use crate::error::{Fault, Result};
use crate::image::names::Names;
use crate::input::Range;

const PART: &str = "Mach-O chained fixups";
/// Words of kernel collections refer to other files of the collection.
const KERNEL: &str = "a pointer format of kernel collections is not read";

/// A word that the loader fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// With an address of this image.
    Rebase { address: u64, value: u64 },
    /// With the address of import number `import`, and `addend`.
    Bind { address: u64, import: u32, addend: i64 },
}

/// A symbol that chains refer to by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ChainedImport {
    /// Range of its name in the table of names.
    pub(super) name: (u32, u32),
    /// The library's number, from 1. One of 0 or less has a special meaning, such as the image itself.
    pub(super) library: i32,
    pub(super) addend: i64,
}

/// The fixups of one image, read but not walked yet.
pub(super) struct Chains {
    at: u64,
    bytes: Vec<u8>,
    endian: Endianness,
}

impl Chains {
    /// The table of `tables`; none when the file has no chained fixups.
    pub(super) fn read(range: &Range, tables: &Tables) -> Result<Option<Self>> {
        let Some((offset, len)) = tables.fixups.filter(|(_, len)| *len > 0) else {
            return Ok(None);
        };
        let bytes = range.read(PART, offset, len)?;
        let at = range.base().saturating_add(offset);
        Ok(Some(Self { at, bytes, endian: tables.endian }))
    }

    fn wrong(&self, error: object::read::Error) -> Fault {
        Fault::unsupported(PART, self.at, error.to_string())
    }

    fn parsed(&self) -> Result<DyldChainedFixups<'_, Endianness>> {
        DyldChainedFixups::parse(self.endian, &self.bytes).map_err(|error| self.wrong(error))
    }

    /// Calls `each` with every word of every chain, in the order of the chains.
    pub(super) fn each_word(
        &self,
        range: &Range,
        segments: &[Segment],
        mut each: impl FnMut(Word),
    ) -> Result<()> {
        let chains = self.parsed()?;
        let base = base(segments);
        let starts = chains.segments(self.endian).map_err(|error| self.wrong(error))?;
        for start in starts {
            let start = start.map_err(|error| self.wrong(error))?;
            let segment = self.segment(&start, segments, base)?;
            let name = format!("{PART} of segment {}", start.index());
            let bytes = range.read(&name, segment.offset, segment.file_size)?;
            self.walk(&start, segment, &bytes, base, &mut each)?;
        }
        Ok(())
    }

    /// The segment that `start` is about. It must lie at the address that `start` gives.
    fn segment<'s>(
        &self,
        start: &DyldChainedSegment<'_, Endianness>,
        segments: &'s [Segment],
        base: u64,
    ) -> Result<&'s Segment> {
        let told = base.wrapping_add(start.header().segment_offset.get(self.endian));
        let segment = segments.get(start.index() as usize);
        segment.filter(|segment| segment.address == told).ok_or_else(|| {
            let part = format!("{PART} of segment {}", start.index());
            let present = segment.map_or(0, |segment| segment.address);
            Fault::invalid(part, self.at, told, present, "the segment's address")
        })
    }

    fn walk(
        &self,
        start: &DyldChainedSegment<'_, Endianness>,
        segment: &Segment,
        bytes: &[u8],
        base: u64,
        each: &mut impl FnMut(Word),
    ) -> Result<()> {
        const SMALLEST_WORD: usize = 4;
        let limit = start.header().max_valid_pointer.get(self.endian);
        let is_32 = start.header().pointer_format.get(self.endian) == DYLD_CHAINED_PTR_32;
        let most = bytes.len() / SMALLEST_WORD;
        for (count, fixup) in start.fixups(self.endian, base, bytes).enumerate() {
            let (offset, fixup) = fixup.map_err(|error| self.wrong(error))?;
            if count >= most {
                let part = format!("{PART} of segment {}", start.index());
                let detail = "chains longer than the segment";
                return Err(Fault::invalid(part, self.at, most as u64, count as u64 + 1, detail));
            }
            let address = segment.address.wrapping_add(offset);
            each(match fixup {
                Fixup::Rebase(rebase) => {
                    let value = base.wrapping_add(rebase.target_offset);
                    let value = if is_32 { number_or_address(value, limit) } else { value };
                    Word::Rebase { address, value }
                }
                Fixup::Bind(bind) => {
                    Word::Bind { address, import: bind.ordinal, addend: bind.addend.into() }
                }
                Fixup::KernelCacheRebase(_) | Fixup::SegmentedRebase(_) => {
                    return Err(Fault::unsupported(PART, self.at, KERNEL));
                }
            });
        }
        Ok(())
    }

    /// The imports, and the names that they are ranges of.
    pub(super) fn imports(
        &self,
        range: &Range,
        faults: &mut Vec<Fault>,
    ) -> (Vec<ChainedImport>, Names) {
        let none = || (Vec::new(), Names::empty(PART));
        let Ok((header, _)) = pod::from_bytes::<DyldChainedFixupsHeader<Endianness>>(&self.bytes)
        else {
            return none();
        };
        if header.symbols_format.get(self.endian) != 0 {
            faults.push(Fault::unsupported(PART, self.at, "compressed names are not read"));
            return none();
        }
        let Some(size) = row_size(header, self.endian) else {
            let format = header.imports_format.get(self.endian).0;
            let detail = format!("imports of format {format} are not read");
            faults.push(Fault::unsupported(PART, self.at, detail));
            return none();
        };
        let start = header.imports_offset.get(self.endian) as usize;
        let rows = self.bytes.get(start..).unwrap_or_default();
        let count = header.imports_count.get(self.endian);
        let present = (rows.len() / size).min(count as usize);
        if present < count as usize {
            let wanted = u64::from(count) * size as u64;
            let part = format!("imports of {PART}");
            faults.push(Fault::truncated(part, self.at, wanted, rows.len() as u64));
        }
        let pool = header.symbols_offset.get(self.endian);
        let len = (self.bytes.len() as u64).saturating_sub(pool.into());
        let offset = self.at.saturating_sub(range.base()).saturating_add(pool.into());
        let mut names = Names::read(range, format!("names of {PART}"), offset, len, present as u64);
        let found = rows.chunks_exact(size).take(present).enumerate().map(|(index, row)| {
            let (library, name, addend) = import(row, self.endian);
            let name = names.span(name, || format!("import {index}")).unwrap_or_default();
            ChainedImport { name, library, addend }
        });
        let found = found.collect();
        (found, names)
    }
}

/// The preferred address of the Mach-O header. Offsets in chains count from it.
pub(super) fn base(segments: &[Segment]) -> u64 {
    let first = segments.iter().find(|segment| segment.offset == 0 && segment.file_size > 0);
    first.map_or(0, |segment| segment.address)
}

/// What a word of a 32-bit chain holds. A value above the last valid pointer is no address but a number with a bias
/// (`dyld_chained_starts_in_segment::max_valid_pointer`).
fn number_or_address(value: u64, limit: u32) -> u64 {
    const FIELD: u64 = 0x0400_0000;
    let limit = u64::from(limit);
    if limit == 0 || value <= limit {
        value
    } else {
        value.wrapping_sub((FIELD + limit) / 2) & 0xffff_ffff
    }
}

fn row_size(header: &DyldChainedFixupsHeader<Endianness>, endian: Endianness) -> Option<usize> {
    match header.imports_format.get(endian) {
        DYLD_CHAINED_IMPORT => Some(4),
        DYLD_CHAINED_IMPORT_ADDEND => Some(8),
        DYLD_CHAINED_IMPORT_ADDEND64 => Some(16),
        _ => None,
    }
}

/// Library, offset of the name and addend of one row of 4, 8 or 16 bytes.
fn import(row: &[u8], endian: Endianness) -> (i32, u32, i64) {
    let word = |at: usize| {
        let bytes = row.get(at..).unwrap_or_default();
        pod::from_bytes::<object::U32<Endianness>>(bytes).map_or(0, |(word, _)| word.get(endian))
    };
    let wide = |at: usize| {
        let bytes = row.get(at..).unwrap_or_default();
        pod::from_bytes::<object::U64<Endianness>>(bytes).map_or(0, |(word, _)| word.get(endian))
    };
    if row.len() == 16 {
        let row = DyldChainedImport64(wide(0));
        return (row.dylib().0, row.name_offset(), wide(8).cast_signed());
    }
    let addend = if row.len() == 8 { i64::from(word(4).cast_signed()) } else { 0 };
    let row = DyldChainedImport32(word(0));
    (row.dylib().0, row.name_offset(), addend)
}
