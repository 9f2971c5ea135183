//! Which words does the loader fill with the address of a symbol, and which stubs lead to one?
//!
//! The rows are collected here, whatever format they come from: an ELF GOT, Mach-O binds and stubs, a
//! PE import address table. Each symbol's name is kept once, however many words ask for it.
//!
//! ```no_run
//! use gonym::printable::printable;
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let slots = binary.slots();
//!     for slot in slots.all() {
//!         println!("{:#x} holds the address of {}", slot.address, printable(slots.name(slot)));
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

use crate::error::Fault;

/// A word that the loader fills with a symbol's address, or a stub that jumps to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// Virtual address of the word or of the stub's first instruction.
    pub address: u64,
    /// A stub of machine code (Mach-O `__stubs`), not a word.
    pub stub: bool,
    /// What is added to the symbol's address.
    pub addend: i64,
    symbol: u32,
}

/// What a slot is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Target {
    name: (u32, u32),
    defined_at: Option<u64>,
}

/// All slots of an image, sorted by address.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    slots: Vec<Slot>,
    targets: Vec<Target>,
    names: Vec<u8>,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

impl Slots {
    /// The slots, sorted by address. An address has at most one word and one stub.
    #[must_use]
    pub fn all(&self) -> &[Slot] {
        &self.slots
    }

    /// The slot of the word or stub at `address`.
    #[must_use]
    pub fn at(&self, address: u64) -> Option<&Slot> {
        let index = self.slots.binary_search_by_key(&address, |slot| slot.address).ok()?;
        self.slots.get(index)
    }

    /// The symbol's name as stored in the file; `ORDINAL n` for a PE import by number.
    #[must_use]
    pub fn name(&self, slot: &Slot) -> &[u8] {
        let target = self.targets.get(slot.symbol as usize);
        let (start, len) = target.map_or((0, 0), |target| target.name);
        self.names.get(start as usize..).and_then(|tail| tail.get(..len as usize)).unwrap_or(b"")
    }

    /// Where this very image defines the symbol, without the addend.
    ///
    /// In an executable nobody overrides that. A shared library's own definition gives way to one
    /// of the executable or of a library that was loaded earlier.
    #[must_use]
    pub fn defined_at(&self, slot: &Slot) -> Option<u64> {
        self.targets.get(slot.symbol as usize)?.defined_at
    }

    /// What the loader stores there when this image's own definition wins and is not moved.
    #[must_use]
    pub fn value(&self, slot: &Slot) -> Option<u64> {
        Some(self.defined_at(slot)?.wrapping_add_signed(slot.addend))
    }

    /// None yet, and `faults`.
    pub(super) fn with_faults(faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Adds a symbol that slots may refer to; its number, unless there are too many names.
    pub(super) fn symbol(&mut self, name: &[u8], defined_at: Option<u64>) -> Option<u32> {
        let start = u32::try_from(self.names.len()).ok()?;
        let len = u32::try_from(name.len()).ok()?;
        start.checked_add(len)?;
        let index = u32::try_from(self.targets.len()).ok()?;
        self.names.extend_from_slice(name);
        self.targets.push(Target { name: (start, len), defined_at });
        Some(index)
    }

    /// Adds a word at `address`, which is filled with the address of `symbol` and `addend`.
    pub(super) fn push(&mut self, address: u64, symbol: u32, addend: i64) {
        self.slots.push(Slot { address, stub: false, addend, symbol });
    }

    /// Adds a stub at `address`, which jumps to `symbol`.
    pub(super) fn push_stub(&mut self, address: u64, symbol: u32) {
        self.slots.push(Slot { address, stub: true, addend: 0, symbol });
    }

    /// How many slots were added so far.
    pub(super) fn count(&self) -> usize {
        self.slots.len()
    }

    /// Sorts the slots. If an address has several, the one that was added first stays.
    pub(super) fn sorted(mut self) -> Self {
        self.slots.sort_by_key(|slot| slot.address);
        self.slots.dedup_by_key(|slot| slot.address);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_found_by_address_and_the_first_of_two_stays() {
        let mut slots = Slots::default();
        let here = slots.symbol(b"here", Some(0x1000)).expect("a symbol");
        let away = slots.symbol(b"away", None).expect("a symbol");
        slots.push(0x30, away, 0);
        slots.push(0x10, here, -8);
        slots.push(0x30, here, 0);
        slots.push_stub(0x20, away);
        let slots = slots.sorted();
        let rows: Vec<_> = slots
            .all()
            .iter()
            .map(|s| (s.address, s.stub, slots.name(s), slots.value(s)))
            .collect();
        let wanted: [(u64, bool, &[u8], Option<u64>); 3] = [
            (0x10, false, b"here", Some(0xff8)),
            (0x20, true, b"away", None),
            (0x30, false, b"away", None),
        ];
        assert_eq!(rows, wanted);
        assert_eq!(slots.at(0x20).map(|slot| slot.stub), Some(true));
        assert_eq!(slots.at(0x21), None);
    }
}
