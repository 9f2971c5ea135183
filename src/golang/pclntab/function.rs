//! One function of the table: name, file, unit, and the tables that map a pc to its source.

use std::collections::BTreeSet;

use super::Pclntab;
use super::shape::{Count, NAME, PCDATA_COUNT, PCFILE, PCLINE};
use crate::golang::bytes;

/// `_func.flag`: the function is written in assembly (internal/abi/symtab.go, FuncFlagAsm).
const FLAG_ASM: u8 = 4;
/// The slot of function data that says which function a wrapper wraps.
const WRAP_INFO: u32 = 7;
/// No file, no function data.
const NONE: u32 = u32::MAX;

/// One function of the table.
#[derive(Clone, Copy, Debug)]
pub struct Function<'a> {
    pub(super) table: &'a Pclntab,
    pub(super) record: usize,
    /// Its index in the table, in order of entry addresses.
    pub index: usize,
    /// Virtual address of its first instruction.
    pub entry: u64,
    /// Virtual address after its last byte: the next function's entry, so padding is included.
    pub end: u64,
}

/// A source position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position<'a> {
    /// File name as the compiler recorded it.
    pub file: &'a [u8],
    /// Line, from 1.
    pub line: u32,
}

impl<'a> Function<'a> {
    /// The 32-bit number at `offset` after the record's entry.
    fn field(&self, offset: usize) -> u32 {
        let at = self.record + self.table.header.entry_size() + offset;
        // Reading the table checked that the record is whole.
        self.table.header.layout.u32(&self.table.data, at).unwrap_or(NONE)
    }

    fn byte(&self, offset: usize) -> u8 {
        let at = self.record + self.table.header.entry_size() + offset;
        self.table.data.get(at).copied().unwrap_or(0)
    }

    /// Its name. An ABI wrapper has the same name as the assembly function that it wraps.
    #[must_use]
    pub fn name(&self) -> &'a [u8] {
        self.table.name_at(self.field(NAME)).unwrap_or_default()
    }

    /// Whether it is written in assembly. Since Go 1.18 a flag tells, before that the file's name.
    #[must_use]
    pub fn is_assembly(&self) -> bool {
        match self.table.header.shape.flags {
            Some(flags) => self.byte(flags) & FLAG_ASM != 0,
            None => self.file().is_some_and(|file| file.ends_with(b".s")),
        }
    }

    /// The offset that all functions of a compilation unit share; not recorded before Go 1.16.
    #[must_use]
    pub fn unit(&self) -> Option<u32> {
        self.table.header.shape.unit.map(|unit| self.field(unit))
    }

    /// The line, from 1, on which its declaration begins; recorded since Go 1.20 (runtime/runtime2.go, `_func`).
    #[must_use]
    pub fn start_line(&self) -> Option<u32> {
        let line = self.field(self.table.header.shape.start_line?);
        (line != 0 && line <= i32::MAX as u32).then_some(line)
    }

    /// The lines of its own code, without those of inlined functions.
    #[must_use]
    pub fn own_lines(&self) -> BTreeSet<u32> {
        let code = self.decoded();
        let starts = std::iter::once(self.entry).chain(code.lines.iter().map(|(end, _)| *end));
        let own = starts.zip(&code.lines).filter(|(start, _)| code.inline_index(*start).is_none());
        own.filter_map(|(_, (_, line))| u32::try_from(*line).ok())
            .filter(|line| *line > 0)
            .collect()
    }

    /// The file of the function's first instruction.
    #[must_use]
    pub fn file(&self) -> Option<&'a [u8]> {
        self.file_name(self.value_at(self.field(PCFILE), self.entry)?)
    }

    /// Whether its first instruction comes from an inlined function.
    #[must_use]
    pub fn begins_inlined(&self) -> bool {
        let index = self.inline_indices().and_then(|table| self.value_at(table, self.entry));
        index.is_some_and(|index| index >= 0)
    }

    /// The name of file `number`. Files are numbered within the unit, or within the program if there are no units.
    pub(in crate::golang) fn file_name(&self, number: i32) -> Option<&'a [u8]> {
        let parts = &self.table.header.parts;
        let number = u64::from(u32::try_from(number).ok()?);
        let data = &self.table.data;
        let Some(unit) = self.unit() else {
            // The first slot is the count.
            let slot = parts.files.start.checked_add(number.checked_mul(4)?)?;
            let known = number > 0 && slot < parts.files.end;
            let offset = self.table.header.layout.u32(data, usize::try_from(slot).ok()?)?;
            return known.then(|| bytes::c_string(data, offset as usize)).flatten();
        };
        self.unit_file(u64::from(unit).checked_add(number)?)
    }

    /// The file at `index` of the files of all units.
    fn unit_file(&self, index: u64) -> Option<&'a [u8]> {
        let parts = &self.table.header.parts;
        let slot = parts.units.checked_add(index.checked_mul(4)?)?;
        let offset = self.table.header.layout.u32(&self.table.data, usize::try_from(slot).ok()?)?;
        if offset == NONE {
            return None;
        }
        bytes::c_string(self.table.part(parts.files)?, offset as usize)
    }

    /// The largest inline tree index of the function's pcs.
    #[must_use]
    pub fn last_inline_index(&self) -> Option<u32> {
        let runs = self.values(self.inline_indices()?)?;
        runs.filter_map(|(_, value)| u32::try_from(value).ok()).max()
    }

    /// Where its inline tree is: relative to `go:func.*`, or as an address if the table [holds
    /// addresses](super::Header::holds_addresses). `None` if nothing is inlined.
    #[must_use]
    pub fn inline_tree(&self) -> Option<u64> {
        self.funcdata(self.table.inline.tree_slot)
    }

    /// Where the word is, relative to `go:func.*`, that says which function it wraps, if the compiler made it for a
    /// `go` or `defer` statement (internal/abi/symtab.go, FUNCDATA_WrapInfo; since 1.18).
    #[must_use]
    pub fn wrap_info(&self) -> Option<u64> {
        (!self.table.header.shape.absolute).then(|| self.funcdata(WRAP_INFO)).flatten()
    }

    /// Entry `slot` of its function data: an offset, or an address in tables that hold addresses.
    fn funcdata(&self, slot: u32) -> Option<u64> {
        let count = match self.table.header.shape.funcdata_count {
            Count::Byte(at) => self.byte(at).into(),
            Count::Word(at) => self.field(at),
        };
        if slot >= count {
            return None;
        }
        let behind = self.array_slot(self.field(PCDATA_COUNT))?;
        if !self.table.header.shape.absolute {
            let at = behind.checked_add(4 * slot as usize)?;
            let offset = self.table.header.layout.u32(&self.table.data, at)?;
            return (offset != NONE).then_some(offset.into());
        }
        // Addresses are aligned; the 32-bit slots before them need not be.
        let pointer = usize::from(self.table.header.layout.pointer);
        let start = usize::try_from(self.table.header.parts.records).ok()?;
        let aligned = behind.checked_sub(start)?.checked_next_multiple_of(pointer)?;
        let at = start.checked_add(aligned)?.checked_add(pointer * slot as usize)?;
        let address = self.table.header.layout.word(&self.table.data, at)?;
        (address != 0).then_some(address)
    }

    /// The table of inline tree indices.
    fn inline_indices(&self) -> Option<u32> {
        let slot = self.table.inline.index_slot;
        let at = (slot < self.field(PCDATA_COUNT)).then(|| self.array_slot(slot)).flatten()?;
        self.table.header.layout.u32(&self.table.data, at)
    }

    /// The place in the table of 32-bit slot `slot` of the arrays that follow the record.
    fn array_slot(&self, slot: u32) -> Option<usize> {
        let at = (slot as usize).checked_mul(4)?;
        let behind = self.table.header.entry_size() + self.table.header.shape.size;
        self.record.checked_add(behind)?.checked_add(at)
    }

    fn value_at(&self, table: u32, pc: u64) -> Option<i32> {
        self.values(table)?.find(|(end, _)| pc < *end).map(|(_, value)| value)
    }

    /// The function's position and inline tables, decoded once for many pcs.
    #[must_use]
    pub fn decoded(&self) -> Decoded<'a> {
        let runs = |table: Option<u32>| -> Vec<(u64, i32)> {
            table.and_then(|table| self.values(table)).into_iter().flatten().collect()
        };
        Decoded {
            function: *self,
            files: runs(Some(self.field(PCFILE))),
            lines: runs(Some(self.field(PCLINE))),
            inlined: runs(self.inline_indices()),
        }
    }

    /// File and line of the instruction at `pc` as Go's own tools read them: each by itself, the file empty and the line
    /// -1 where there is none (debug/gosym/pclntab.go, go12PCToFile and go12PCToLine, go1.27).
    ///
    /// A function without tables and without a unit (`go:buildid`) has the offset 0, and these tools read what stands
    /// there. The number of its unit is -1, to which they add in 32 bits.
    #[must_use]
    pub fn tool_position(&self, pc: u64) -> (&'a [u8], i32) {
        let number = self.tool_value(self.field(PCFILE), pc);
        let file = number.and_then(|number| match (self.unit(), u32::try_from(number)) {
            (Some(unit), Ok(number)) => self.unit_file(unit.wrapping_add(number).into()),
            _ => self.file_name(number),
        });
        (file.unwrap_or_default(), self.tool_value(self.field(PCLINE), pc).unwrap_or(-1))
    }

    fn tool_value(&self, table: u32, pc: u64) -> Option<i32> {
        if table != 0 {
            return self.value_at(table, pc);
        }
        let mut rest = self.table.part(self.table.header.parts.pctab)?;
        let (mut at, mut value) = (self.entry, -1i32);
        // What stands there is no table of this function: steps without code are no reason to stop.
        for step in 0..self.end.wrapping_sub(self.entry).saturating_mul(2) {
            let (delta, used) = bytes::uvarint(rest, 5)?;
            if delta == 0 && step > 0 {
                return None;
            }
            value = value.wrapping_add(signed(delta));
            rest = rest.get(used..)?;
            let (advance, used) = bytes::uvarint(rest, 5)?;
            rest = rest.get(used..)?;
            at = at.wrapping_add(advance.wrapping_mul(self.table.header.quantum));
            if pc < at {
                return Some(value);
            }
        }
        None
    }

    /// The files of the function's instructions, decoded once for many pcs: a third of [`Self::decoded`].
    #[must_use]
    pub fn files(&self) -> Files<'a> {
        let runs = self.values(self.field(PCFILE)).into_iter().flatten().collect();
        Files { function: *self, runs }
    }

    /// Decodes a pc-value table into pairs of an end address and the value up to there.
    ///
    /// Each step is a zig-zag value delta and a pc delta in quanta (runtime/symtab.go, step).
    fn values(&self, table: u32) -> Option<impl Iterator<Item = (u64, i32)> + use<'a>> {
        // runtime/symtab.go, pcvalue: offset 0 means that the function has no such table.
        let start = usize::try_from(table).ok().filter(|start| *start != 0)?;
        let mut rest = self.table.part(self.table.header.parts.pctab)?.get(start..)?;
        let (mut pc, mut value, mut first) = (self.entry, -1i32, true);
        let (quantum, function_end) = (self.table.header.quantum, self.end);
        Some(std::iter::from_fn(move || {
            let (delta, used) = bytes::uvarint(rest, 5)?;
            // A delta of 0 ends the table, except in the first step.
            if (delta == 0 && !first) || pc >= function_end {
                return None;
            }
            first = false;
            value = value.wrapping_add(signed(delta));
            rest = rest.get(used..)?;
            let (advance, used) = bytes::uvarint(rest, 5)?;
            // Every step covers code, so a table takes no more steps than its function has bytes.
            if advance == 0 {
                return None;
            }
            rest = rest.get(used..)?;
            pc = pc.wrapping_add(advance.wrapping_mul(quantum));
            Some((pc, value))
        }))
    }
}

/// The position and inline tables of one function; a lookup is a binary search.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// The function.
    pub function: Function<'a>,
    files: Vec<(u64, i32)>,
    lines: Vec<(u64, i32)>,
    inlined: Vec<(u64, i32)>,
}

/// The files of one function's instructions.
#[derive(Debug)]
pub struct Files<'a> {
    /// The function.
    pub function: Function<'a>,
    runs: Vec<(u64, i32)>,
}

impl<'a> Files<'a> {
    /// The number of the file of the instruction at `pc`, in the innermost inlined function. Numbers belong to the
    /// function's unit.
    #[must_use]
    pub fn number_at(&self, pc: u64) -> Option<i32> {
        at(&self.runs, pc)
    }

    /// The name of file `number`.
    #[must_use]
    pub fn name(&self, number: i32) -> Option<&'a [u8]> {
        self.function.file_name(number)
    }
}

impl<'a> Decoded<'a> {
    /// The source position of the instruction at `pc`, in the innermost inlined function.
    #[must_use]
    pub fn position_at(&self, pc: u64) -> Option<Position<'a>> {
        let file = self.function.file_name(at(&self.files, pc)?)?;
        let line = u32::try_from(at(&self.lines, pc)?).ok()?;
        Some(Position { file, line })
    }

    /// The inline tree entry of `pc`; `None` if nothing is inlined there.
    #[must_use]
    pub fn inline_index(&self, pc: u64) -> Option<u32> {
        u32::try_from(at(&self.inlined, pc)?).ok()
    }

    /// Ranges of inlined code: the first pc of each and its inline tree entry.
    pub fn inlined_runs(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        let starts =
            std::iter::once(self.function.entry).chain(self.inlined.iter().map(|(end, _)| *end));
        let runs = starts.zip(&self.inlined);
        runs.filter_map(|(start, (_, index))| Some((start, u32::try_from(*index).ok()?)))
    }
}

/// A zig-zag number.
fn signed(delta: u64) -> i32 {
    let delta = delta as u32;
    (delta >> 1) as i32 ^ -((delta & 1) as i32)
}

fn at(runs: &[(u64, i32)], pc: u64) -> Option<i32> {
    let index = runs.partition_point(|(end, _)| *end <= pc);
    runs.get(index).map(|(_, value)| *value)
}
