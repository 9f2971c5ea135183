//! References in code whose instruction set is described by a table.
//!
//! The scan goes straight through a function and remembers for a few instructions which address a register holds. It
//! follows no branch: Go's assembler writes the parts of an address side by side.

use std::collections::BTreeSet;

use super::stubs::{LeadsTo, leads_to};
use super::table::{Act, Base, Imm, Isa, Length, NOTHING, Pin, Reg, Row};
use super::toc::Toc;
use super::{Bases, Code, How, Wanted};

/// Go's assembler forms an address with neighbouring instructions; a C compiler may put others between them. After
/// this many instructions a register counts as changed.
const PAIR_DISTANCE: usize = 4;

/// The most registers of any set: Power's CTR and LR follow the numbered ones.
const REGISTERS: usize = 34;

/// What the scan finds in an instruction.
pub(super) struct Seen {
    /// Address of the instruction.
    pub at: u64,
    /// What it refers to.
    pub to: u64,
    /// How.
    pub how: How,
    /// Whether `to` is a word that a register was loaded from before the instruction jumped to the register's value.
    pub through: bool,
    /// Whether a register held the whole address, which was already found when it was formed. This is no direct call:
    /// an inlined function that returns another function leaves the same (`crypto/x509.parseNameConstraintsExtension`
    /// of go1.27, arm64).
    pub computed: bool,
}

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
        while let Some((length, instruction)) = self.fetch(code.bytes, offset) {
            state.number += 1;
            if !state.is_literal(offset)
                && let Some(row) = self.row(length, instruction)
            {
                let at = code.address.wrapping_add(offset as u64);
                let step = Step { scanner: self, code, offset, at, instruction };
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
            let (length, instruction) = self.fetch(code.bytes, offset)?;
            state.number += 1;
            let at = code.address.wrapping_add(offset as u64);
            let step = Step { scanner: self, code, offset, at, instruction };
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

    /// Length and value of the instruction at `offset`; none if it is truncated.
    #[inline]
    fn fetch(&self, code: &[u8], offset: usize) -> Option<(usize, u64)> {
        let rest = code.get(offset..)?;
        let big_endian = self.isa.big_endian;
        if self.isa.length == Length::Four {
            return Some((4, number(rest.first_chunk::<4>()?, big_endian)));
        }
        let length = self.isa.length.of(rest, big_endian);
        let units = rest.get(..length)?.chunks(4);
        // Each word of a prefixed pair is in the set's own byte order.
        let joined =
            units.fold(0u64, |high, unit| high << (8 * unit.len()) | number(unit, big_endian));
        Some((length, joined))
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

#[inline]
fn number(bytes: &[u8], big_endian: bool) -> u64 {
    let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    if big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
}

/// What a register holds.
#[derive(Clone, Copy, Default)]
struct Held {
    /// An address or a part of one. For a loaded register, the address of the word.
    value: u64,
    /// Number of the instruction that put it there, 0 for none.
    since: usize,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    /// A part of an address.
    #[default]
    Part,
    /// An address.
    Whole,
    /// What the word at the address holds.
    Loaded,
}

/// The state of the scan of one function.
struct State {
    held: [Held; REGISTERS],
    /// Number of the current instruction, from 1.
    number: usize,
    /// Number of the last instruction that still sees the register values from before a call or jump.
    left: usize,
    /// Offsets of words ahead that the code loads: they are data, not instructions.
    literals: BTreeSet<usize>,
}

impl Default for State {
    fn default() -> Self {
        let held = [Held::default(); REGISTERS];
        Self { held, number: 0, left: 0, literals: BTreeSet::new() }
    }
}

impl State {
    fn put(&mut self, register: usize, value: Option<u64>, kind: Kind) {
        let since = if value.is_some() { self.number } else { 0 };
        if let Some(held) = self.held.get_mut(register) {
            *held = Held { value: value.unwrap_or_default(), since, kind };
        }
    }

    fn get(&self, register: usize) -> Option<Held> {
        let held = *self.held.get(register)?;
        let same_path = self.number <= self.left || held.since > self.left;
        let near = self.number - held.since <= PAIR_DISTANCE;
        (held.since != 0 && same_path && near).then_some(held)
    }

    #[inline]
    fn is_literal(&mut self, offset: usize) -> bool {
        while self.literals.first().is_some_and(|first| *first < offset) {
            self.literals.pop_first();
        }
        self.literals.first() == Some(&offset)
    }
}

/// The instruction that is scanned now.
struct Step<'a> {
    scanner: &'a Scanner,
    code: Code<'a>,
    offset: usize,
    at: u64,
    instruction: u64,
}

impl Step<'_> {
    fn act(&self, act: &Act, state: &mut State) -> Option<Seen> {
        match act {
            Act::Branch(how, base, imm) => {
                let (to, kind) = self.sum(state, *base, imm)?;
                Some(self.goes(to, *how, kind))
            }
            Act::Away(base, imm) => {
                let (to, kind) = self.sum(state, *base, imm)?;
                Some(self.goes(to, How::Jump, kind))
            }
            Act::Through(how, base, imm) => {
                let to = self.known(state, *base, imm)?;
                Some(self.goes(to, *how, Kind::Loaded))
            }
            Act::Part(register, base, imm) => {
                let (value, kind) = self.sum(state, *base, imm).unzip();
                state.put(self.register(*register), value, kind.unwrap_or_default());
                None
            }
            Act::Address(register, base, imm) => {
                let to = self.known(state, *base, imm);
                self.complete(state, *register, to)
            }
            Act::Sum(register, left, right) => {
                let known = |part| self.known(state, Base::Register(part), &NOTHING);
                let sum = known(*left).zip(known(*right));
                self.complete(
                    state,
                    *register,
                    sum.map(|(left, right)| self.cut(left.wrapping_add(right))),
                )
            }
            Act::Load(register, base, imm) => {
                let to = self.known(state, *base, imm);
                if let Some(register) = register {
                    state.put(self.register(*register), to, Kind::Loaded);
                }
                self.seen(to, How::Load)
            }
            Act::Store(base, imm) => self.seen(self.known(state, *base, imm), How::Store),
            Act::Literal(register, imm) => {
                let word = self.literal(state, imm);
                self.complete(state, *register, word)
            }
            Act::Shift(register, from, imm) => {
                let shift = u32::try_from(imm.of(self.instruction)).ok()?;
                let value = self.known(state, Base::Register(*from), &NOTHING);
                state.put(self.register(*register), value?.checked_shl(shift), Kind::Part);
                None
            }
            Act::Write(register) => {
                state.put(self.register(*register), None, Kind::Part);
                None
            }
            Act::Leave | Act::Nothing => None,
        }
    }

    /// `register` now holds a whole address, which is a reference.
    fn complete(&self, state: &mut State, register: Reg, to: Option<u64>) -> Option<Seen> {
        state.put(self.register(register), to, Kind::Whole);
        self.seen(to, How::Address)
    }

    fn seen(&self, to: Option<u64>, how: How) -> Option<Seen> {
        Some(self.goes(to?, how, Kind::Part))
    }

    fn goes(&self, to: u64, how: How, kind: Kind) -> Seen {
        let (through, computed) = (kind == Kind::Loaded, kind == Kind::Whole);
        Seen { at: self.at, to, how, through, computed }
    }

    /// `base` + `imm`, if that is an address. The content of a loaded register is not known.
    fn known(&self, state: &State, base: Base, imm: &Imm) -> Option<u64> {
        self.sum(state, base, imm).filter(|(_, kind)| *kind != Kind::Loaded).map(|(to, _)| to)
    }

    /// `base` + `imm`, or the word that `base` was loaded from.
    fn sum(&self, state: &State, base: Base, imm: &Imm) -> Option<(u64, Kind)> {
        let pc = self.pc();
        let imm = imm.of(self.instruction);
        let (base, kind) = match base {
            Base::Zero => (0, Kind::Part),
            Base::Pc => (pc, Kind::Part),
            Base::Page(bits) => (pc >> bits << bits, Kind::Part),
            Base::Register(register) => self.value(state, self.register(register))?,
            Base::Near(register) => {
                let (low, kind) = self.value(state, self.register(register))?;
                (low.wrapping_add(pc >> 32 << 32), kind)
            }
        };
        let usable = kind != Kind::Loaded || imm == 0;
        usable.then(|| (self.cut(base.wrapping_add_signed(imm)), kind))
    }

    fn pc(&self) -> u64 {
        self.at.wrapping_add(self.scanner.isa.pc_bias)
    }

    fn value(&self, state: &State, register: usize) -> Option<(u64, Kind)> {
        if self.scanner.isa.pc_register.map(usize::from) == Some(register) {
            return Some((self.pc(), Kind::Part));
        }
        let pinned = self.scanner.pinned.iter().find(|(pinned, _)| *pinned == register);
        let held = || state.get(register).map(|held| (held.value, held.kind));
        pinned.map(|(_, value)| (*value, Kind::Part)).or_else(held)
    }

    /// The word in the code at `imm` from the program counter.
    fn literal(&self, state: &mut State, imm: &Imm) -> Option<u64> {
        let distance = self.scanner.isa.pc_bias.wrapping_add_signed(imm.of(self.instruction));
        let place = usize::try_from((self.offset as u64).wrapping_add(distance)).ok()?;
        let (_, word) = self.scanner.fetch(self.code.bytes, place)?;
        state.literals.insert(place);
        Some(word)
    }

    fn register(&self, register: Reg) -> usize {
        register.of(self.instruction)
    }

    fn cut(&self, address: u64) -> u64 {
        address & (u64::MAX >> (64 - self.scanner.isa.address_bits))
    }
}
