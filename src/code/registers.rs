//! What does an instruction refer to, given what the registers hold before it?
//!
//! A few instructions that follow each other form an address together. So what they put into registers is remembered
//! for a few instructions, and no longer.

use std::collections::BTreeSet;

use super::table::{Act, Base, Imm, Isa, NOTHING, Reg};
use super::{Code, How};

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
pub(super) struct State {
    held: [Held; REGISTERS],
    /// Number of the current instruction, from 1.
    pub number: usize,
    /// Number of the last instruction that still sees the register values from before a call or jump.
    pub left: usize,
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

    /// Whether the word at `offset` is data that the code loads.
    #[inline]
    pub(super) fn is_literal(&mut self, offset: usize) -> bool {
        while self.literals.first().is_some_and(|first| *first < offset) {
            self.literals.pop_first();
        }
        self.literals.first() == Some(&offset)
    }
}

/// The instruction that is scanned now.
pub(super) struct Step<'a> {
    pub isa: &'static Isa,
    /// Registers whose values the caller knows.
    pub pinned: &'a [(usize, u64)],
    pub code: Code<'a>,
    /// Where it begins in `code`.
    pub offset: usize,
    /// Its address.
    pub at: u64,
    pub instruction: u64,
}

impl Step<'_> {
    /// What the instruction does to the registers, and what it refers to.
    pub(super) fn act(&self, act: &Act, state: &mut State) -> Option<Seen> {
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
        self.at.wrapping_add(self.isa.pc_bias)
    }

    fn value(&self, state: &State, register: usize) -> Option<(u64, Kind)> {
        if self.isa.pc_register.map(usize::from) == Some(register) {
            return Some((self.pc(), Kind::Part));
        }
        let pinned = self.pinned.iter().find(|(pinned, _)| *pinned == register);
        let held = || state.get(register).map(|held| (held.value, held.kind));
        pinned.map(|(_, value)| (*value, Kind::Part)).or_else(held)
    }

    /// The word in the code at `imm` from the program counter.
    fn literal(&self, state: &mut State, imm: &Imm) -> Option<u64> {
        let distance = self.isa.pc_bias.wrapping_add_signed(imm.of(self.instruction));
        let place = usize::try_from((self.offset as u64).wrapping_add(distance)).ok()?;
        let (_, word) = self.isa.fetch(self.code.bytes, place)?;
        state.literals.insert(place);
        Some(word)
    }

    fn register(&self, register: Reg) -> usize {
        register.of(self.instruction)
    }

    fn cut(&self, address: u64) -> u64 {
        address & (u64::MAX >> (64 - self.isa.address_bits))
    }
}
