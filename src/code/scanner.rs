//! Which instructions of a function refer to an address, if a table describes the instruction set?
//!
//! The scan goes straight through a function and follows no branch: Go's assembler writes the parts of an address side
//! by side.

use super::registers::{Seen, State, Step};
use super::stubs::{LeadsTo, leads_to};
use super::table::{Act, Isa, Length, Pin, Row};
use super::toc::Toc;
use super::{Bases, Code, How, Wanted};

/// Instructions of the longest stub, of MIPS and Power.
const LONGEST_STUB: usize = 8;

/// A table prepared for the search: its rows, grouped by the first byte of the instruction.
pub(super) struct Scanner {
    isa: &'static Isa,
    /// Rows of each first byte: start and end in `rows`.
    buckets: Vec<(usize, usize)>,
    rows: Vec<&'static Row>,
    pinned: Vec<(usize, u64)>,
    toc: Toc,
}

impl Scanner {
    pub(super) fn new(isa: &'static Isa, bases: &Bases, toc: Toc) -> Self {
        let (mut buckets, mut rows) = (Vec::new(), Vec::new());
        for byte in 0..=u8::MAX {
            let start = rows.len();
            rows.extend(isa.rows.iter().filter(|row| {
                let shift = key_shift(isa, row.length.into());
                u64::from(byte) & (row.mask >> shift & 0xff) == row.bits >> shift & 0xff
            }));
            buckets.push((start, rows.len()));
        }
        let pinned = isa.pinned.iter().filter_map(|(register, pin)| {
            let value = match pin {
                Pin::Toc => bases.toc,
                Pin::Gp => bases.gp,
            };
            Some((usize::from(*register), value?))
        });
        Self { isa, buckets, rows, pinned: pinned.collect(), toc }
    }

    /// Calls `tell` for every reference of one function to a wanted address.
    pub(super) fn search(&self, code: Code<'_>, wanted: &Wanted, tell: &mut impl FnMut(Seen)) {
        self.scan(code, &mut |mut seen: Seen| {
            if matches!(seen.how, How::Call | How::Jump) {
                seen.to = self.toc.function(seen.to);
            }
            if !seen.through && !seen.computed && wanted.contains(seen.to) {
                tell(seen);
            }
        });
    }

    /// Calls `tell` for every reference of one function.
    pub(super) fn scan(&self, code: Code<'_>, tell: &mut impl FnMut(Seen)) {
        let mut state = State::default();
        let mut offset = 0;
        while let Some((length, instruction)) = self.isa.fetch(code.bytes, offset) {
            state.number += 1;
            if !state.is_literal(offset)
                && let Some(row) = self.row(length, instruction)
            {
                let at = code.address.wrapping_add(offset as u64);
                let step =
                    Step { isa: self.isa, pinned: &self.pinned, code, offset, at, instruction };
                if let Some(seen) = step.act(&row.act, &mut state) {
                    tell(seen);
                }
                if row.act.leaves() {
                    state.left = state.number + usize::from(self.isa.delay_slot);
                }
            }
            offset += length;
        }
    }

    /// Where the stub at the start of `code` leads: its first jump decides. None if it does anything but form an
    /// address.
    pub(super) fn stub(&self, code: Code<'_>) -> Option<LeadsTo> {
        let mut state = State::default();
        let mut offset = 0;
        for _ in 0..LONGEST_STUB {
            let (length, instruction) = self.isa.fetch(code.bytes, offset)?;
            state.number += 1;
            let at = code.address.wrapping_add(offset as u64);
            let step = Step { isa: self.isa, pinned: &self.pinned, code, offset, at, instruction };
            let row = self.row(length, instruction)?;
            let seen = step.act(&row.act, &mut state);
            match row.act {
                Act::Away(..) | Act::Through(How::Jump, ..) => {
                    return seen.map(|seen| leads_to(seen.to, seen.through));
                }
                Act::Branch(..) | Act::Write(_) | Act::Leave => return None,
                _ => {}
            }
            offset += length;
        }
        None
    }

    #[inline]
    fn row(&self, length: usize, instruction: u64) -> Option<&'static Row> {
        let key = instruction >> key_shift(self.isa, length) & 0xff;
        let (start, end) = *self.buckets.get(key as usize)?;
        let fits =
            |row: &&&Row| row.length as usize == length && instruction & row.mask == row.bits;
        self.rows.get(start..end)?.iter().find(fits).copied()
    }
}

/// The shift to the byte that groups the rows: the byte of the instruction that holds the opcode.
#[inline]
fn key_shift(isa: &Isa, length: usize) -> usize {
    if isa.length == Length::Compressed { 0 } else { 8 * (length - 1) }
}
