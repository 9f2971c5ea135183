//! The table's header: which layout, how many functions, where the parts are.

use super::shape::{MAGICS, Shape};
use crate::error::{Fault, Result};
use crate::golang::bytes::Layout;

/// Bytes of the table from one offset up to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) end: u64,
}

/// Where the parts of the table are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parts {
    /// Offsets of names count from here.
    pub(super) names: Span,
    /// Offsets of file names by unit; unused if files are numbered for the whole program.
    pub(super) units: u64,
    /// File names, or their 32-bit offsets.
    pub(super) files: Span,
    /// Offsets of pc-value tables count from here.
    pub(super) pctab: Span,
    /// Pairs of entry and record offset.
    pub(super) functab: u64,
    /// Offsets of records count from here.
    pub(super) records: u64,
}

/// The header: enough to recognise the table, and to find moduledata with it.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    pub(super) shape: Shape,
    pub(super) layout: Layout,
    pub(super) quantum: u64,
    pub(super) function_count: usize,
    pub(super) parts: Parts,
    /// `textStart` as the header holds it: 0 since Go 1.26, and before 1.18.
    pub text_start: u64,
}

/// The header's name in faults.
const PART: &str = "pclntab header";

impl Header {
    /// Reads the header at the start of `data`, which contains the whole table or more.
    ///
    /// # Errors
    ///
    /// A fault at `offset` (of the table in the file) if the bytes are no header; an unsupported one if only the magic is unknown.
    pub fn parse(data: &[u8], big_endian: bool, offset: u64) -> Result<Self> {
        let short = || Fault::truncated(PART, offset, 72, data.len() as u64);
        let any = Layout { big_endian, pointer: 8 };
        let magic = any.u32(data, 0).ok_or_else(short)?;
        let shape = MAGICS.iter().find(|(known, _)| *known == magic).map(|(_, shape)| *shape);
        let [zero1, zero2, quantum, pointer] =
            *data.get(4..).and_then(|d| d.first_chunk()).ok_or_else(short)?;
        if (zero1, zero2) != (0, 0) || !matches!(quantum, 1 | 2 | 4) || !matches!(pointer, 4 | 8) {
            let found = u32::from_be_bytes([zero1, zero2, quantum, pointer]);
            let detail = "pad, pc quantum, pointer size";
            return Err(Fault::invalid(PART, offset + 4, 0x108, found.into(), detail));
        }
        // Everything but the magic is as expected: a newer Go, or one that garble changed.
        let shape = shape.ok_or_else(|| {
            Fault::unsupported(PART, offset, format!("magic {magic:#x} is of no layout known here"))
        })?;
        let layout = Layout { big_endian, pointer };
        let function_count = layout.word(data, 8).ok_or_else(short)?;
        let mut header = Self {
            shape,
            layout,
            quantum: quantum.into(),
            function_count: usize::try_from(function_count).unwrap_or(usize::MAX),
            parts: Parts::default(),
            text_start: 0,
        };
        if shape.divided {
            header.read_parts(data, offset)?;
        } else {
            header.parts.functab = 8 + u64::from(pointer);
        }
        header.check_count(data, offset, function_count)?;
        if !shape.divided {
            header.place_parts(data, offset)?;
        }
        Ok(header)
    }

    /// Every function takes at least its pair in functab, so a larger count is not real.
    fn check_count(&self, data: &[u8], offset: u64, count: u64) -> Result<()> {
        let pair = 2 * self.entry_size() as u64;
        let room = (data.len() as u64).saturating_sub(self.parts.functab) / pair;
        if count == 0 || count > room {
            return Err(Fault::invalid(PART, offset + 8, room, count, "number of functions"));
        }
        Ok(())
    }

    /// The parts as the header lists them since Go 1.16.
    fn read_parts(&mut self, data: &[u8], offset: u64) -> Result<()> {
        let pointer = usize::from(self.layout.pointer);
        let word = |index: usize| {
            let short = || Fault::truncated(PART, offset, 72, data.len() as u64);
            self.layout.word(data, 8 + index * pointer).ok_or_else(short)
        };
        let first = if self.shape.header_text { 3 } else { 2 };
        let at = [word(first)?, word(first + 1)?, word(first + 2)?, word(first + 3)?];
        let [names, units, files, pctab] = at;
        let functab = word(first + 4)?;
        if !at.is_sorted() || functab < pctab {
            let detail = "offsets of the tables do not grow";
            return Err(Fault::invalid(PART, offset, functab, names, detail));
        }
        if self.shape.header_text {
            self.text_start = word(2)?;
        }
        self.parts = Parts {
            names: Span { start: names, end: units },
            units,
            files: Span { start: files, end: pctab },
            pctab: Span { start: pctab, end: functab },
            functab,
            records: functab,
        };
        Ok(())
    }

    /// The parts of an undivided table: the offset of the file table follows functab, and names and pc-value tables
    /// are anywhere between the records.
    fn place_parts(&mut self, data: &[u8], offset: u64) -> Result<()> {
        let whole = Span { start: 0, end: data.len() as u64 };
        let pointer = u64::from(self.layout.pointer);
        let behind = self.parts.functab + (2 * self.function_count as u64 + 1) * pointer;
        let number = |at: u64| usize::try_from(at).ok().and_then(|at| self.layout.u32(data, at));
        let short = || Fault::truncated("pclntab file table", offset, behind + 4, whole.end);
        let files = u64::from(number(behind).ok_or_else(short)?);
        let count = u64::from(number(files).ok_or_else(short)?);
        let end = files.saturating_add(count.saturating_mul(4));
        if files <= behind || end > whole.end {
            let detail = "end of the file table";
            return Err(Fault::invalid(
                "pclntab file table",
                offset + files,
                whole.end,
                end,
                detail,
            ));
        }
        let files = Span { start: files, end };
        self.parts = Parts { names: whole, pctab: whole, files, ..self.parts };
        Ok(())
    }

    /// The first four bytes of a table, for searching a section that has no name of its own.
    #[must_use]
    pub fn magics(big_endian: bool) -> [[u8; 4]; 4] {
        MAGICS.map(|(magic, _)| if big_endian { magic.to_be_bytes() } else { magic.to_le_bytes() })
    }

    /// Pointer size and byte order.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Whether the table holds addresses, which the loader relocates, instead of offsets.
    #[must_use]
    pub fn holds_addresses(&self) -> bool {
        self.shape.absolute
    }

    /// The size of a function's entry in functab and in its record.
    pub(super) fn entry_size(&self) -> usize {
        if self.shape.absolute { self.layout.pointer.into() } else { 4 }
    }

    /// Where `runtime.moduledata` points into the table: index of the word, and offset in the table
    /// (runtime/symtab.go: the slices after the table's own address).
    #[must_use]
    pub fn landmarks(&self) -> Vec<(usize, u64)> {
        let parts = &self.parts;
        if !self.shape.divided {
            return vec![(3, parts.functab), (6, parts.files.start)];
        }
        let starts =
            [parts.names.start, parts.units, parts.files.start, parts.pctab.start, parts.functab];
        starts.into_iter().enumerate().map(|(part, start)| (3 * part + 1, start)).collect()
    }

    /// Whether the table is divided into parts with offsets of their own: since 1.16.
    #[must_use]
    pub fn is_divided(&self) -> bool {
        self.shape.divided
    }

    /// Index of the word of `runtime.moduledata` that holds `runtime.text`; `runtime.etext` follows.
    #[must_use]
    pub fn text_word(&self) -> usize {
        if self.shape.divided { 22 } else { 12 }
    }
}
