//! Which functions does the program have, where do they lie, and which source line is a pc from?
//!
//! The runtime needs this table for stack traces, so stripping does not remove it. Layout of Go 1.18
//! to 1.27: runtime/symtab.go (pcHeader, _func), cmd/link/internal/ld/pcln.go, internal/abi/symtab.go.
//! Older magics are recognised and named, not read. Takes the table's bytes and `runtime.text`: since
//! 1.26 the header no longer holds the start of the text, and in an externally linked program the
//! `.text` section begins before it.

use super::bytes::{self, Layout};
use crate::error::{Fault, Result};

/// Magic of Go 1.18 and 1.19.
const MAGIC_118: u32 = 0xffff_fff0;
/// Magic of Go 1.20 and later.
const MAGIC_120: u32 = 0xffff_fff1;
/// Magics that are older than what is read here, with the versions that wrote them.
const OLD_MAGICS: &[(u32, &str)] =
    &[(0xffff_fffa, "Go 1.16 to 1.17"), (0xffff_fffb, "Go 1.2 to 1.15")];

/// `_func.flag`: the function is written in assembly (internal/abi/symtab.go, FuncFlagAsm).
const FLAG_ASM: u8 = 4;
/// `pcdata` slot of the inline tree index (internal/abi/symtab.go, PCDATA_InlTreeIndex).
const PCDATA_INLINE_INDEX: u32 = 2;
/// `funcdata` slot of the inline tree (internal/abi/symtab.go, FUNCDATA_InlTree).
const FUNCDATA_INLINE_TREE: u32 = 3;
/// No file, no function data.
const NONE: u32 = u32::MAX;

/// The record sizes and offsets that differ between versions.
#[derive(Clone, Copy, Debug)]
struct Shape {
    /// Bytes of `_func` before its `pcdata` array.
    func_size: usize,
    /// Offset of `funcID`; `flag` follows at +1, `nfuncdata` at +3.
    func_id: usize,
    inline: InlineShape,
}

/// Layout of an inline tree's entries.
#[derive(Clone, Copy, Debug)]
pub struct InlineShape {
    /// Bytes of one entry.
    pub size: usize,
    /// Offset of the function name's offset.
    pub name: usize,
    /// Offset of the pc, relative to the function's entry, that stands for the call in the parent.
    pub parent_pc: usize,
}

const SHAPE_118: Shape =
    Shape { func_size: 40, func_id: 36, inline: InlineShape { size: 20, name: 12, parent_pc: 16 } };
const SHAPE_120: Shape =
    Shape { func_size: 44, func_id: 40, inline: InlineShape { size: 16, name: 4, parent_pc: 8 } };

/// The header: enough to recognise the table and to find moduledata by it.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    shape: Shape,
    layout: Layout,
    quantum: u64,
    function_count: usize,
    /// `textStart` as the header holds it: 0 since Go 1.26.
    pub text_start: u64,
    /// Offsets in the table of funcnametab, cutab, filetab, pctab and pclntable, in this order.
    pub parts: [u64; 5],
}

impl Header {
    /// Reads the header at the front of `data`.
    ///
    /// # Errors
    /// A fault at `offset` (of the table in the file) when the bytes are no header, or an old one.
    pub fn parse(data: &[u8], big_endian: bool, offset: u64) -> Result<Self> {
        let part = "pclntab header";
        let short = || Fault::truncated(part, offset, 72, data.len() as u64);
        let layout = Layout { big_endian, pointer: 8 };
        let magic = layout.u32(data, 0).ok_or_else(short)?;
        if let Some((_, versions)) = OLD_MAGICS.iter().find(|(old, _)| *old == magic) {
            return Err(Fault::unsupported(part, offset, format!("layout of {versions}")));
        }
        let shape = match magic {
            MAGIC_118 => SHAPE_118,
            MAGIC_120 => SHAPE_120,
            _ => return Err(Fault::invalid(part, offset, MAGIC_120.into(), magic.into(), "magic")),
        };
        let [zero1, zero2, quantum, pointer] =
            *data.get(4..).and_then(|d| d.first_chunk()).ok_or_else(short)?;
        if (zero1, zero2) != (0, 0) || !matches!(quantum, 1 | 2 | 4) || !matches!(pointer, 4 | 8) {
            let found = u32::from_be_bytes([zero1, zero2, quantum, pointer]);
            return Err(Fault::invalid(
                part,
                offset + 4,
                0x108,
                found.into(),
                "pad, pc quantum, pointer size",
            ));
        }
        let layout = Layout { big_endian, pointer };
        let word =
            |index: usize| layout.word(data, 8 + index * usize::from(pointer)).ok_or_else(short);
        let function_count = word(0)?;
        let header = Self {
            shape,
            layout,
            quantum: quantum.into(),
            function_count: usize::try_from(function_count).unwrap_or(usize::MAX),
            text_start: word(2)?,
            parts: [word(3)?, word(4)?, word(5)?, word(6)?, word(7)?],
        };
        // Every function costs at least its 8 bytes of functab: a larger count is not real.
        let room = (data.len() as u64).saturating_sub(header.parts[4]) / 8;
        if function_count == 0 || function_count > room {
            let detail = "number of functions";
            return Err(Fault::invalid(part, offset + 8, room, function_count, detail));
        }
        if !header.parts.is_sorted() {
            let detail = "offsets of the tables do not grow";
            return Err(Fault::invalid(part, offset, header.parts[4], header.parts[0], detail));
        }
        Ok(header)
    }

    /// The four bytes that a table begins with, for a scan of a section that has no own name.
    #[must_use]
    pub fn magics(big_endian: bool) -> [[u8; 4]; 2] {
        [MAGIC_118, MAGIC_120]
            .map(|magic| if big_endian { magic.to_be_bytes() } else { magic.to_le_bytes() })
    }

    /// Pointer size and byte order.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }
}

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

/// One function of the table.
#[derive(Clone, Copy, Debug)]
pub struct Function<'a> {
    table: &'a Pclntab,
    record: usize,
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
        // Every index below the length is there.
        (0..self.functions.len()).map(|index| {
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
