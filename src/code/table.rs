//! An instruction set as a table of the instructions that matter to a search for addresses.
//!
//! A row says which instructions it stands for and what they do to an address. All other instructions are skipped.
//! The rows of an instruction set are in its own file; `scanner` reads them.

use super::How;

/// An instruction set as data.
pub(super) struct Isa {
    /// Byte order of its instructions, which need not be that of data.
    pub big_endian: bool,
    /// How long its instructions are.
    pub length: Length,
    /// What the program counter reads as, in bytes after the instruction's own address.
    pub pc_bias: u64,
    /// Bits of an address: sums are cut to it.
    pub address_bits: u32,
    /// Whether the instruction after a branch is executed before the branch.
    pub delay_slot: bool,
    /// The register that reads as the program counter, if one does.
    pub pc_register: Option<u8>,
    /// Registers that hold a base address which the caller knows.
    pub pinned: &'static [(u8, Pin)],
    /// The instructions; the first row that matches counts.
    pub rows: &'static [Row],
}

/// How long an instruction is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// Always four bytes.
    Four,
    /// RISC-V: two bytes unless both low bits are set.
    Compressed,
    /// Power: four bytes, or eight with a prefix (primary opcode 1).
    Prefixed,
    /// z/Architecture: two, four or six bytes, by the two high bits.
    TwoFourSix,
}

/// A base address that one register holds throughout the program.
#[derive(Clone, Copy)]
pub(super) enum Pin {
    /// The table of contents of 64-bit Power.
    Toc,
    /// The global pointer of MIPS and RISC-V.
    Gp,
}

/// Instructions of one form.
///
/// An instruction is read as one number in the byte order of its set; a prefix is the high half.
pub(super) struct Row {
    /// Bytes of the instruction.
    pub length: u8,
    /// The bits that are compared.
    pub mask: u64,
    /// The value of these bits.
    pub bits: u64,
    /// What the instruction does.
    pub act: Act,
}

/// What an instruction does to addresses.
pub(super) enum Act {
    /// Jumps to `base` + `imm`, or continues with the next instruction. A call changes all registers.
    Branch(How, Base, Imm),
    /// Always jumps to `base` + `imm`: the next instruction is reached from elsewhere.
    Away(Base, Imm),
    /// Jumps to an unknown place.
    Leave,
    /// Jumps to the address in the word at `base` + `imm`.
    Through(How, Base, Imm),
    /// Puts a part of an address into a register, which is no reference yet.
    Part(Reg, Base, Imm),
    /// Completes an address in a register.
    Address(Reg, Base, Imm),
    /// Reads memory at `base` + `imm`, into a register if that register can hold addresses.
    Load(Option<Reg>, Base, Imm),
    /// Writes memory at `base` + `imm`.
    Store(Base, Imm),
    /// Reads an address from a word of the code, relative to the program counter.
    Literal(Reg, Imm),
    /// Completes an address as the sum of two registers.
    Sum(Reg, Reg, Reg),
    /// Shifts the value of a register to the left, into another register.
    Shift(Reg, Reg, Imm),
    /// Puts another value into a register.
    Write(Reg),
    /// Nothing; keeps later rows from matching.
    Nothing,
}

/// What an immediate is relative to.
#[derive(Clone, Copy)]
pub(super) enum Base {
    /// Nothing: the immediate is absolute.
    Zero,
    /// The program counter.
    Pc,
    /// The program counter without that many of its low bits.
    Page(u32),
    /// A register, if its value is known.
    Register(Reg),
    /// A register, if its value is known, in the 4 GiB of the program counter.
    Near(Reg),
}

/// A register's number, as a field of the instruction.
#[derive(Clone, Copy)]
pub(super) struct Reg {
    /// Its lowest bit.
    pub shift: u8,
    /// How many bits; 0 for a register that the instruction does not name.
    pub bits: u8,
    /// What is added: the first register that a short form can name, or the register itself.
    pub plus: u8,
}

/// An immediate, put together from fields.
#[derive(Clone, Copy)]
pub(super) struct Imm {
    /// Lowest bit in the instruction, number of bits, lowest bit in the immediate.
    pub pieces: &'static [(u8, u8, u8)],
    /// Bits of a signed immediate, 0 for an unsigned one.
    pub signed: u32,
    /// Whether it is subtracted.
    pub negative: bool,
}

/// No immediate.
pub(super) const NOTHING: Imm = unsigned(&[]);

/// A signed immediate of `bits` bits.
pub(super) const fn signed(pieces: &'static [(u8, u8, u8)], bits: u32) -> Imm {
    Imm { pieces, signed: bits, negative: false }
}

/// An unsigned immediate.
pub(super) const fn unsigned(pieces: &'static [(u8, u8, u8)]) -> Imm {
    Imm { pieces, signed: 0, negative: false }
}

/// An instruction of four bytes.
pub(super) const fn word(mask: u32, bits: u32, act: Act) -> Row {
    Row { length: 4, mask: mask as u64, bits: bits as u64, act }
}

/// The register that Power's computed branches go to.
pub(super) const CTR: Reg = Reg { shift: 0, bits: 0, plus: 32 };
/// Power's link register.
pub(super) const LR: Reg = Reg { shift: 0, bits: 0, plus: 33 };

/// A register of five bits, the most common width.
pub(super) const fn five(shift: u8) -> Reg {
    Reg { shift, bits: 5, plus: 0 }
}

impl Act {
    /// Whether the next instruction finds other values in the registers.
    #[inline]
    pub(super) fn leaves(&self) -> bool {
        matches!(
            self,
            Self::Away(..) | Self::Leave | Self::Branch(How::Call, ..) | Self::Through(..)
        )
    }
}

impl Imm {
    /// Its value in `instruction`.
    #[inline]
    pub(super) fn of(&self, instruction: u64) -> i64 {
        let value = self.pieces.iter().fold(0u64, |value, (from, bits, to)| {
            value | (instruction >> from & ((1 << bits) - 1)) << to
        });
        let value = match self.signed {
            0 => value.cast_signed(),
            bits => (value << (64 - bits)).cast_signed() >> (64 - bits),
        };
        if self.negative { value.wrapping_neg() } else { value }
    }
}

impl Reg {
    /// Its number in `instruction`.
    #[inline]
    pub(super) fn of(self, instruction: u64) -> usize {
        (instruction >> self.shift & ((1 << self.bits) - 1)) as usize + usize::from(self.plus)
    }
}

impl Isa {
    /// Length and value of the instruction at `offset`; none if it is truncated.
    #[inline]
    pub(super) fn fetch(&self, code: &[u8], offset: usize) -> Option<(usize, u64)> {
        let rest = code.get(offset..)?;
        let big_endian = self.big_endian;
        if self.length == Length::Four {
            return Some((4, number(rest.first_chunk::<4>()?, big_endian)));
        }
        let length = self.length.of(rest, big_endian);
        let units = rest.get(..length)?.chunks(4);
        // Each word of a prefixed pair is in the set's own byte order.
        let joined =
            units.fold(0u64, |high, unit| high << (8 * unit.len()) | number(unit, big_endian));
        Some((length, joined))
    }
}

#[inline]
fn number(bytes: &[u8], big_endian: bool) -> u64 {
    let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    if big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
}

impl Length {
    /// Length of the instruction at the start of `bytes`; what is left if it is truncated.
    #[inline]
    pub(super) fn of(self, bytes: &[u8], big_endian: bool) -> usize {
        let first = bytes.first().copied().unwrap_or_default();
        match self {
            Self::Four => 4,
            Self::Compressed => {
                if first & 3 == 3 {
                    4
                } else {
                    2
                }
            }
            Self::Prefixed => {
                let high =
                    if big_endian { first } else { bytes.get(3).copied().unwrap_or_default() };
                if high >> 2 == 1 { 8 } else { 4 }
            }
            Self::TwoFourSix => match first >> 6 {
                0 => 2,
                3 => 6,
                _ => 4,
            },
        }
    }
}
