//! The table's header: which layout, how many functions, where its parts lie.

use crate::error::{Fault, Result};
use crate::golang::bytes::Layout;

/// Magic of Go 1.18 and 1.19.
const MAGIC_118: u32 = 0xffff_fff0;
/// Magic of Go 1.20 and later.
const MAGIC_120: u32 = 0xffff_fff1;
/// Magics that are older than what is read here, with the versions that wrote them.
const OLD_MAGICS: &[(u32, &str)] =
    &[(0xffff_fffa, "Go 1.16 to 1.17"), (0xffff_fffb, "Go 1.2 to 1.15")];

/// The record sizes and offsets that differ between versions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Bytes of `_func` before its `pcdata` array.
    pub(super) func_size: usize,
    /// Offset of `funcID`; `flag` follows at +1, `nfuncdata` at +3.
    pub(super) func_id: usize,
    pub(super) inline: InlineShape,
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
    pub(super) shape: Shape,
    pub(super) layout: Layout,
    pub(super) quantum: u64,
    pub(super) function_count: usize,
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
            return Err(Fault::unsupported(
                part,
                offset,
                format!("the layout of {versions} is not read yet"),
            ));
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
