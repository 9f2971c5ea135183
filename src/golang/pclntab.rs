//! Which functions does the program have, where do they lie, and which source line is a pc from?
//!
//! The runtime needs this table for stack traces, so stripping does not remove it. Layout of Go 1.18
//! to 1.27: runtime/symtab.go (pcHeader, _func), cmd/link/internal/ld/pcln.go, internal/abi/symtab.go.
//! Older magics are recognised and named, not read. Takes the table's bytes and `runtime.text`: since
//! 1.26 the header no longer holds the start of the text, and in an externally linked program the
//! `.text` section begins before it.

mod function;
mod header;

pub use function::{Decoded, Function, Position};
pub use header::{Header, InlineShape};

use super::bytes;
use crate::error::{Fault, Result};

/// The whole table.
#[derive(Debug)]
pub struct Pclntab {
    data: Vec<u8>,
    header: Header,
    text: u64,
    file_offset: u64,
    functions: Vec<(u32, u32)>,
    end: u32,
    fault: Option<Fault>,
}

impl Pclntab {
    /// Reads the table in `data`; `text` is the address of `runtime.text`.
    ///
    /// A damaged function entry ends the list there and is kept as [`Pclntab::fault`].
    ///
    /// # Errors
    /// When the header is unusable. `file_offset` is where `data` begins in the file.
    pub fn parse(data: Vec<u8>, big_endian: bool, text: u64, file_offset: u64) -> Result<Self> {
        let header = Header::parse(&data, big_endian, file_offset)?;
        let mut table =
            Self { data, header, text, file_offset, functions: Vec::new(), end: 0, fault: None };
        table.read_functab();
        Ok(table)
    }

    fn read_functab(&mut self) {
        let start = self.header.parts[4] as usize;
        let count = self.header.function_count;
        let mut functions = Vec::with_capacity(count);
        let mut last = None;
        for index in 0..=count {
            let at = start.saturating_add(index * 8);
            let entry = self.header.layout.u32(&self.data, at);
            let record = self.header.layout.u32(&self.data, at + 4).unwrap_or(0);
            let problem = match entry {
                None => Some(self.functab_cut(index, at)),
                Some(entry) if last.is_some_and(|last| entry < last) => {
                    Some(self.functab_invalid(index, at, last.unwrap_or(0), entry))
                }
                Some(entry) if index == count => {
                    self.end = entry;
                    None
                }
                Some(_) => self.record_problem(index, record),
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

    fn functab_cut(&self, index: usize, at: usize) -> Fault {
        let present = self.data.len().saturating_sub(at) as u64;
        Fault::truncated(
            format!("pclntab functab[{index}]"),
            self.file_offset + at as u64,
            8,
            present,
        )
    }

    fn functab_invalid(&self, index: usize, at: usize, wanted: u32, present: u32) -> Fault {
        let part = format!("pclntab functab[{index}]");
        let detail = "entries do not grow";
        Fault::invalid(part, self.file_offset + at as u64, wanted.into(), present.into(), detail)
    }

    /// What is wrong with the `_func` record that functab entry `index` leads to, if anything.
    fn record_problem(&self, index: usize, record: u32) -> Option<Fault> {
        let at = self.record_start(record);
        let part = || format!("pclntab func[{index}]");
        let size = self.header.shape.func_size;
        let offset = self.file_offset.saturating_add(at as u64);
        if self.data.get(at..).is_none_or(|rest| rest.len() < size) {
            let present = self.data.len().saturating_sub(at) as u64;
            return Some(Fault::truncated(part(), offset, size as u64, present));
        }
        let name = self.header.layout.u32(&self.data, at + 4)?;
        if self.name_at(name).is_none() {
            let room = self.header.parts[1].saturating_sub(self.header.parts[0]);
            return Some(Fault::invalid(part(), offset + 4, room, name.into(), "name offset"));
        }
        None
    }

    fn record_start(&self, record: u32) -> usize {
        (self.header.parts[4] as usize).saturating_add(record as usize)
    }

    /// The function name at `offset` of funcnametab.
    #[must_use]
    pub fn name_at(&self, offset: u32) -> Option<&[u8]> {
        let [names, end, ..] = self.header.parts;
        let table = self.data.get(names as usize..end as usize)?;
        // A name begins where another one ended.
        let begins = offset == 0 || table.get(offset as usize - 1) == Some(&0);
        begins.then(|| bytes::c_string(table, offset as usize)).flatten()
    }

    /// What is damaged in the table, if anything: functions from there on are missing.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Layout of inline tree entries in this version.
    #[must_use]
    pub fn inline_shape(&self) -> InlineShape {
        self.header.shape.inline
    }

    /// The address that function entries are relative to.
    #[must_use]
    pub fn text(&self) -> u64 {
        self.text
    }

    /// Every file name of the table, those that only inlined code comes from too.
    pub fn files(&self) -> impl Iterator<Item = &[u8]> {
        let [_, _, files, end, _] = self.header.parts;
        let table = self.data.get(files as usize..end as usize).unwrap_or_default();
        table.split(|byte| *byte == 0).filter(|name| !name.is_empty())
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
        // Every index below the length is there.
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

    /// The functions that begin at `start` or behind it, and before `end`.
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

    /// The function whose code holds `pc`.
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
