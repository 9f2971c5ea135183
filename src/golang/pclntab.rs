//! Which functions does the program have, where are they, and which source line does a pc belong to?
//!
//! The runtime needs this table for stack traces, so stripping does not remove it. Layouts of Go 1.2 to 1.27:
//! runtime/symtab.go (pcHeader, _func), cmd/link/internal/ld/pcln.go, internal/abi/symtab.go; their differences are
//! in `shape`.
//!
//! The input is the table's bytes, with relocations applied if they hold addresses, and `runtime.text`. Since 1.26
//! the header no longer holds the start of the text, and in an externally linked program the `.text` section begins
//! before it.
//!
//! ```no_run
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let Ok(functions) = binary.functions() else { continue };
//!     if let Some(function) = functions.table.find(0x47f0ee) {
//!         let line = function.decoded().position_at(0x47f0ee).map(|position| position.line);
//!         println!("{} {line:?}", String::from_utf8_lossy(function.name()));
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

mod function;
mod header;
mod shape;

pub use function::{Decoded, Files, Function, Position};
pub use header::Header;
pub use shape::{Caller, InlineShape};

use header::Span;
use shape::{SHAPE_102, SHAPE_112};

use super::bytes;
use crate::error::{Fault, Result};

/// The whole table.
#[derive(Debug)]
pub struct Pclntab {
    data: Vec<u8>,
    header: Header,
    inline: InlineShape,
    text: u64,
    file_offset: u64,
    functions: Vec<(u32, u32)>,
    end: u32,
    fault: Option<Fault>,
}

impl Pclntab {
    /// Reads the table in `data`. `text` is the address of `runtime.text`; a table that [holds
    /// addresses](Header::holds_addresses) does not need it.
    ///
    /// A damaged function entry ends the list and is kept as [`Pclntab::fault`].
    ///
    /// # Errors
    ///
    /// When the header is unusable. `file_offset` is where `data` begins in the file.
    pub fn parse(data: Vec<u8>, big_endian: bool, text: u64, file_offset: u64) -> Result<Self> {
        let header = Header::parse(&data, big_endian, file_offset)?;
        let [inline, ..] = *header.shape.inline else {
            return Err(Fault::unsupported("pclntab header", file_offset, "no inline trees"));
        };
        let (functions, end, fault) = (Vec::new(), 0, None);
        let mut table = Self { data, header, inline, text, file_offset, functions, end, fault };
        if header.holds_addresses() {
            table.text = table.pair(0).map_or(0, |(entry, _)| entry);
        }
        table.read_functab();
        if !header.shape.divided && table.counts_are_words() {
            table.header.shape = SHAPE_102;
            table.use_inline_shape(SHAPE_102.inline[0]);
        }
        Ok(table)
    }

    /// Whether the records are those of Go 1.2 to 1.11. These have a small number where later records have `funcID`
    /// and a count of one byte. Some function of the runtime has a `funcID`, and almost every function has
    /// `funcdata`, so later records have a large number there in either byte order.
    fn counts_are_words(&self) -> bool {
        let at = SHAPE_112.size - 4 + self.header.entry_size();
        let word = |record: u32| self.header.layout.u32(&self.data, self.record_start(record) + at);
        self.functions.iter().all(|(_, record)| word(*record).is_none_or(|count| count < 256))
    }

    /// Entry and record offset of pair `index` of functab. After the last function there is only an entry, and the
    /// record's offset is 0.
    fn pair(&self, index: usize) -> Option<(u64, u32)> {
        let size = self.header.entry_size();
        let layout = self.header.layout;
        let number = |at: usize| match size {
            4 => layout.u32(&self.data, at).map(u64::from),
            _ => layout.word(&self.data, at),
        };
        let at = self.functab_start().checked_add(index.checked_mul(2 * size)?)?;
        let record = number(at.checked_add(size)?).filter(|_| index < self.header.function_count);
        Some((number(at)?, u32::try_from(record.unwrap_or(0)).unwrap_or(u32::MAX)))
    }

    fn functab_start(&self) -> usize {
        usize::try_from(self.header.parts.functab).unwrap_or(usize::MAX)
    }

    /// An entry of functab, relative to the start of the text.
    fn relative(&self, entry: u64) -> Option<u32> {
        let base = if self.header.shape.absolute { self.text } else { 0 };
        u32::try_from(entry.checked_sub(base)?).ok()
    }

    fn read_functab(&mut self) {
        let count = self.header.function_count;
        let mut functions = Vec::with_capacity(count);
        let mut last = None;
        for index in 0..=count {
            let pair = self.pair(index);
            let entry = pair.and_then(|(entry, _)| self.relative(entry));
            let record = pair.map_or(0, |(_, record)| record);
            let problem = match (pair, entry) {
                (None, _) => Some(self.functab_cut(index)),
                (Some((present, _)), None) => {
                    Some(self.functab_invalid(index, last.unwrap_or(0), present))
                }
                (_, Some(entry)) if last.is_some_and(|last| entry < last) => {
                    Some(self.functab_invalid(index, last.unwrap_or(0), entry.into()))
                }
                (_, Some(entry)) if index == count => {
                    self.end = entry;
                    None
                }
                (_, Some(_)) => self.record_problem(index, record),
            };
            if problem.is_some() {
                self.end = last.unwrap_or(0);
                functions.pop();
                self.fault = problem;
                break;
            }
            last = entry;
            if index < count {
                functions.push((entry.unwrap_or(0), record));
            }
        }
        self.functions = functions;
    }

    fn functab_at(&self, index: usize) -> u64 {
        let at = index.saturating_mul(2 * self.header.entry_size());
        self.functab_start().saturating_add(at) as u64
    }

    fn functab_cut(&self, index: usize) -> Fault {
        let at = self.functab_at(index);
        let present = (self.data.len() as u64).saturating_sub(at);
        let wanted = 2 * self.header.entry_size() as u64;
        let part = format!("pclntab functab[{index}]");
        Fault::truncated(part, self.file_offset.saturating_add(at), wanted, present)
    }

    fn functab_invalid(&self, index: usize, wanted: u32, present: u64) -> Fault {
        let part = format!("pclntab functab[{index}]");
        let offset = self.file_offset.saturating_add(self.functab_at(index));
        Fault::invalid(part, offset, wanted.into(), present, "entries do not grow")
    }

    /// The fault of the `_func` record of functab entry `index`, if there is one.
    fn record_problem(&self, index: usize, record: u32) -> Option<Fault> {
        let at = self.record_start(record);
        let part = || format!("pclntab func[{index}]");
        let size = self.header.entry_size() + self.header.shape.size;
        let offset = self.file_offset.saturating_add(at as u64);
        if self.data.get(at..).is_none_or(|rest| rest.len() < size) {
            let present = self.data.len().saturating_sub(at) as u64;
            return Some(Fault::truncated(part(), offset, size as u64, present));
        }
        let name = at + self.header.entry_size() + shape::NAME;
        let name = self.header.layout.u32(&self.data, name)?;
        if self.name_at(name).is_none() {
            let names = self.header.parts.names;
            let room = names.end.saturating_sub(names.start);
            return Some(Fault::invalid(part(), offset, room, name.into(), "name offset"));
        }
        None
    }

    fn record_start(&self, record: u32) -> usize {
        let start = usize::try_from(self.header.parts.records).unwrap_or(usize::MAX);
        start.saturating_add(record as usize)
    }

    fn part(&self, span: Span) -> Option<&[u8]> {
        self.data.get(usize::try_from(span.start).ok()?..usize::try_from(span.end).ok()?)
    }

    /// The function name at `offset` of the name table.
    #[must_use]
    pub fn name_at(&self, offset: u32) -> Option<&[u8]> {
        let table = self.part(self.header.parts.names)?;
        // If names have a part of their own, a name begins where another one ended.
        let begins =
            !self.header.shape.divided || offset == 0 || table.get(offset as usize - 1) == Some(&0);
        begins.then(|| bytes::c_string(table, offset as usize)).flatten()
    }

    /// The damage in the table, if any: the functions from there on are missing.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Layout of inline trees.
    #[must_use]
    pub fn inline_shape(&self) -> InlineShape {
        self.inline
    }

    /// The possible layouts of inline trees for this table, the most likely first: Go 1.2 to 1.15 have the same
    /// magic. Reading trees decides which is right.
    #[must_use]
    pub fn inline_shapes(&self) -> &'static [InlineShape] {
        self.header.shape.inline
    }

    /// Sets the layout by which inline trees are read.
    pub fn use_inline_shape(&mut self, shape: InlineShape) {
        self.inline = shape;
    }

    /// Whether the version always records inlined calls, so that no inline tree means no inlined call. Before Go 1.9
    /// they were not recorded.
    #[must_use]
    pub fn always_records_inlining(&self) -> bool {
        !matches!(self.inline.caller, Caller::Index { .. })
    }

    /// The address that function entries are relative to.
    #[must_use]
    pub fn text(&self) -> u64 {
        self.text
    }

    /// All file names of the table, including those that only inlined code comes from.
    pub fn files(&self) -> impl Iterator<Item = &[u8]> {
        let table = self.part(self.header.parts.files).unwrap_or_default();
        let (names, offsets) = match self.header.shape.divided {
            true => (table, &[][..]),
            false => (&[][..], table),
        };
        // The first slot is the count.
        let offsets = offsets.chunks_exact(4).skip(1);
        let listed = offsets.filter_map(|slot| {
            bytes::c_string(&self.data, self.header.layout.u32(slot, 0)? as usize)
        });
        names.split(|byte| *byte == 0).chain(listed).filter(|name| !name.is_empty())
    }

    /// How many functions it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.functions.len()
    }

    /// Whether it holds no function.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }

    /// The function at `index`, in order of entry addresses.
    #[must_use]
    pub fn function(&self, index: usize) -> Option<Function<'_>> {
        let (entry, record) = *self.functions.get(index)?;
        let end = self.functions.get(index + 1).map_or(self.end, |(entry, _)| *entry);
        Some(Function {
            table: self,
            record: self.record_start(record),
            index,
            entry: self.text.wrapping_add(entry.into()),
            end: self.text.wrapping_add(end.into()),
        })
    }

    /// All functions, in order of entry addresses.
    pub fn functions(&self) -> impl ExactSizeIterator<Item = Function<'_>> + Clone {
        self.functions_at(0..self.functions.len())
    }

    fn functions_at(
        &self,
        indices: std::ops::Range<usize>,
    ) -> impl ExactSizeIterator<Item = Function<'_>> + Clone {
        // Every index below the length exists.
        indices.map(|index| {
            let (entry, record) = self.functions.get(index).copied().unwrap_or_default();
            let end = self.functions.get(index + 1).map_or(self.end, |(entry, _)| *entry);
            Function {
                table: self,
                record: self.record_start(record),
                index,
                entry: self.text.wrapping_add(entry.into()),
                end: self.text.wrapping_add(end.into()),
            }
        })
    }

    /// The functions with entries from `start` up to, but not including, `end`.
    pub fn functions_between(
        &self,
        start: u64,
        end: u64,
    ) -> impl ExactSizeIterator<Item = Function<'_>> + Clone {
        let before = |address: u64| {
            let offset = address.saturating_sub(self.text);
            self.functions.partition_point(|(entry, _)| u64::from(*entry) < offset)
        };
        let first = before(start);
        self.functions_at(first..before(end).max(first))
    }

    /// The function that contains `pc`.
    #[must_use]
    pub fn find(&self, pc: u64) -> Option<Function<'_>> {
        let offset = u32::try_from(pc.checked_sub(self.text)?).ok()?;
        if offset >= self.end {
            return None;
        }
        let after = self.functions.partition_point(|(entry, _)| *entry <= offset);
        self.function(after.checked_sub(1)?)
    }
}
