//! An object while its relocations are applied: its bytes, its GOT, and what could not be applied.

use std::collections::BTreeMap;

use super::forms::Form;
use crate::error::Fault;
use crate::input::Range;

/// Where the first section is put.
pub(in crate::image) const BASE: u64 = 0x40_0000;
/// Sections begin at multiples of this. No relocation needs a larger alignment.
const ALIGNMENT: u64 = 0x1000;
/// The distance between two undefined symbols, so that they have different addresses.
pub(super) const UNDEFINED_SIZE: u64 = 16;
/// No processor has addresses from here on.
pub(super) const HIGHEST: u64 = 1 << 47;

/// One reference that a relocation asks to be filled in.
pub(in crate::image) struct Fix {
    /// Offset in the object of the first byte to change.
    pub(in crate::image) at: u64,
    /// The address that this byte has.
    pub(in crate::image) address: u64,
    /// How the bytes hold the reference.
    pub(in crate::image) form: Form,
    /// The address referred to.
    pub(in crate::image) target: u64,
}

/// An object while its relocations are applied.
pub(in crate::image) struct Work {
    pub(super) bytes: Vec<u8>,
    undefined: u64,
    got: u64,
    pointer: u8,
    pub(super) words: BTreeMap<u64, u64>,
    pub(in crate::image) faults: Vec<Fault>,
    pub(super) unapplied: u64,
}

impl Work {
    /// Nothing is applied yet; `undefined` is the address of undefined symbol number 0, `pointer` in bytes.
    pub(super) fn new(bytes: Vec<u8>, undefined: u64, pointer: u8) -> Self {
        Self {
            bytes,
            undefined,
            got: 0,
            pointer,
            words: BTreeMap::new(),
            faults: Vec::new(),
            unapplied: 0,
        }
    }

    /// Makes room for a GOT behind the undefined ones of `rows` symbols.
    pub(in crate::image) fn count_symbols(&mut self, rows: u64) {
        let end = self.undefined.saturating_add(rows.saturating_mul(UNDEFINED_SIZE));
        self.got = aligned(end);
    }

    /// The address of the GOT entry of symbol `index`, whose own address is `value`.
    pub(in crate::image) fn got_entry(&mut self, index: u32, value: u64) -> u64 {
        let entry = self.got.saturating_add(u64::from(index) * u64::from(self.pointer));
        self.words.insert(entry, value);
        entry
    }

    /// The little-endian number of `size` bytes at `at`, with its sign.
    pub(in crate::image) fn stored(&self, at: u64, size: u8) -> i64 {
        let start = usize::try_from(at).unwrap_or(usize::MAX);
        let bytes = self.bytes.get(start..).and_then(|rest| rest.get(..size.into()));
        let value =
            bytes.unwrap_or_default().iter().rev().fold(0u64, |v, b| v << 8 | u64::from(*b));
        let unused = 64 - 8 * u32::from(size.clamp(1, 8));
        (value << unused).cast_signed() >> unused
    }

    /// Applies `fix`; false when its bytes are not there or its target is out of reach.
    pub(in crate::image) fn apply(&mut self, fix: &Fix) -> bool {
        let start = usize::try_from(fix.at).unwrap_or(usize::MAX);
        let bytes = self.bytes.get_mut(start..);
        bytes.is_some_and(|bytes| fix.form.write(bytes, fix.address, fix.target))
    }

    /// Notes a relocation that is not applied: the first is told, the others are counted.
    pub(in crate::image) fn refuse(
        &mut self,
        range: &Range,
        part: &str,
        at: u64,
        detail: impl FnOnce() -> String,
    ) {
        self.unapplied += 1;
        if self.unapplied == 1 {
            let place = range.base().saturating_add(at);
            self.faults.push(Fault::unsupported(part, place, detail()));
        }
    }
}

pub(super) fn aligned(address: u64) -> u64 {
    address.checked_next_multiple_of(ALIGNMENT).unwrap_or(HIGHEST)
}
