//! One function of the table: name, file, unit, and the tables that lead from a pc to its source.

use super::Pclntab;
use crate::golang::bytes;

/// `_func.flag`: the function is written in assembly (internal/abi/symtab.go, FuncFlagAsm).
const FLAG_ASM: u8 = 4;
/// `pcdata` slot of the inline tree index (internal/abi/symtab.go, PCDATA_InlTreeIndex).
const PCDATA_INLINE_INDEX: u32 = 2;
/// `funcdata` slot of the inline tree (internal/abi/symtab.go, FUNCDATA_InlTree).
const FUNCDATA_INLINE_TREE: u32 = 3;
/// No file, no function data.
const NONE: u32 = u32::MAX;

/// One function of the table.
#[derive(Clone, Copy, Debug)]
pub struct Function<'a> {
    pub(super) table: &'a Pclntab,
    pub(super) record: usize,
    /// Its place in the table, in order of entry addresses.
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
    fn field(&self, offset: usize) -> u32 {
        // The record was checked to be whole when the table was read.
        self.table.header.layout.u32(&self.table.data, self.record + offset).unwrap_or(NONE)
    }

    fn byte(&self, offset: usize) -> u8 {
        self.table.data.get(self.record + offset).copied().unwrap_or(0)
    }

    /// Its name; an ABI wrapper and the assembly that it wraps have the same one.
    #[must_use]
    pub fn name(&self) -> &'a [u8] {
        self.table.name_at(self.field(4)).unwrap_or_default()
    }

    /// Whether it is written in assembly.
    #[must_use]
    pub fn is_assembly(&self) -> bool {
        self.byte(self.table.header.shape.func_id + 1) & FLAG_ASM != 0
    }

    /// What all functions of one compilation unit have in common.
    #[must_use]
    pub fn unit(&self) -> u32 {
        self.field(32)
    }

    /// The file of the function's first instruction.
    #[must_use]
    pub fn file(&self) -> Option<&'a [u8]> {
        self.file_name(self.value_at(self.field(20), self.entry)?)
    }

    /// Whether its first instruction comes from a function inlined there.
    #[must_use]
    pub fn begins_inlined(&self) -> bool {
        let index =
            self.pcdata(PCDATA_INLINE_INDEX).and_then(|table| self.value_at(table, self.entry));
        index.is_some_and(|index| index >= 0)
    }

    fn file_name(&self, number: i32) -> Option<&'a [u8]> {
        let [_, units, files, pctab, _] = self.table.header.parts;
        let number = u32::try_from(number).ok()?;
        let slot = u64::from(self.unit()).checked_add(number.into())?.checked_mul(4)?;
        let slot = usize::try_from(units.checked_add(slot)?).ok()?;
        let offset = self.table.header.layout.u32(&self.table.data, slot)?;
        if offset == NONE {
            return None;
        }
        let table = self.table.data.get(files as usize..pctab as usize)?;
        bytes::c_string(table, offset as usize)
    }

    /// The largest inline tree index that any pc of the function has.
    #[must_use]
    pub fn last_inline_index(&self) -> Option<u32> {
        let runs = self.values(self.pcdata(PCDATA_INLINE_INDEX)?)?;
        runs.filter_map(|(_, value)| u32::try_from(value).ok()).max()
    }

    /// Where its inline tree lies, relative to `go:func.*`; `None` when nothing is inlined.
    #[must_use]
    pub fn inline_tree(&self) -> Option<u32> {
        let count = u32::from(self.byte(self.table.header.shape.func_id + 3));
        if FUNCDATA_INLINE_TREE >= count {
            return None;
        }
        let slot = self.field(28).checked_add(FUNCDATA_INLINE_TREE)?;
        let offset = self.array_slot(slot)?;
        (offset != NONE).then_some(offset)
    }

    fn pcdata(&self, slot: u32) -> Option<u32> {
        let offset = (slot < self.field(28)).then(|| self.array_slot(slot)).flatten()?;
        (offset != 0).then_some(offset)
    }

    /// The 32-bit number at `slot` of the arrays that follow the fixed part: pcdata, then funcdata.
    fn array_slot(&self, slot: u32) -> Option<u32> {
        let at = (slot as usize).checked_mul(4)?;
        let at = self.record.checked_add(self.table.header.shape.func_size)?.checked_add(at)?;
        self.table.header.layout.u32(&self.table.data, at)
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
            files: runs(Some(self.field(20))),
            lines: runs(Some(self.field(24))),
            inlined: runs(self.pcdata(PCDATA_INLINE_INDEX)),
        }
    }

    /// Decodes a pc-value table: pairs of an end address and the value up to there.
    ///
    /// Each step is a zig-zag value delta and a pc delta in quanta (runtime/symtab.go, step).
    fn values(&self, table: u32) -> Option<impl Iterator<Item = (u64, i32)> + use<'a>> {
        let pctab = self.table.header.parts[3].checked_add(table.into())?;
        let end = self.table.header.parts[4] as usize;
        let mut rest = self.table.data.get(usize::try_from(pctab).ok()?..end)?;
        let (mut pc, mut value, mut first) = (self.entry, -1i32, true);
        let (quantum, function_end) = (self.table.header.quantum, self.end);
        Some(std::iter::from_fn(move || {
            let (delta, used) = bytes::uvarint(rest, 5)?;
            // A delta of 0 ends the table, except at its very first step.
            if (delta == 0 && !first) || pc >= function_end {
                return None;
            }
            first = false;
            let delta = delta as u32;
            let signed = (delta >> 1) as i32 ^ -((delta & 1) as i32);
            value = value.wrapping_add(signed);
            rest = rest.get(used..)?;
            let (advance, used) = bytes::uvarint(rest, 5)?;
            // Every step covers code, so a table costs no more than its function has bytes.
            if advance == 0 {
                return None;
            }
            rest = rest.get(used..)?;
            pc = pc.wrapping_add(advance.wrapping_mul(quantum));
            Some((pc, value))
        }))
    }
}

/// Position and inline tables of one function; a question costs a binary search.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// The function.
    pub function: Function<'a>,
    files: Vec<(u64, i32)>,
    lines: Vec<(u64, i32)>,
    inlined: Vec<(u64, i32)>,
}

impl<'a> Decoded<'a> {
    /// Position of the instruction at `pc`, in the innermost function inlined there.
    #[must_use]
    pub fn position_at(&self, pc: u64) -> Option<Position<'a>> {
        let file = self.function.file_name(at(&self.files, pc)?)?;
        let line = u32::try_from(at(&self.lines, pc)?).ok()?;
        Some(Position { file, line })
    }

    /// The inline tree's entry that `pc` belongs to; `None` when nothing is inlined there.
    #[must_use]
    pub fn inline_index(&self, pc: u64) -> Option<u32> {
        u32::try_from(at(&self.inlined, pc)?).ok()
    }

    /// Stretches of code that were inlined: the first pc of each and its entry in the inline tree.
    pub fn inlined_runs(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        let starts =
            std::iter::once(self.function.entry).chain(self.inlined.iter().map(|(end, _)| *end));
        let runs = starts.zip(&self.inlined);
        runs.filter_map(|(start, (_, index))| Some((start, u32::try_from(*index).ok()?)))
    }
}

fn at(runs: &[(u64, i32)], pc: u64) -> Option<i32> {
    let index = runs.partition_point(|(end, _)| *end <= pc);
    runs.get(index).map(|(_, value)| *value)
}
