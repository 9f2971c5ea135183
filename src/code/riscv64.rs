//! Which instructions of 64-bit RISC-V refer to an address?
//!
//! Encodings: The RISC-V Instruction Set Manual, volume I, chapters 2 and 4, and chapter 27 for compressed
//! instructions. Go writes compressed instructions from 1.26 on, C compilers always.

use super::How;
use super::table::{
    Act, Base, Imm, Isa, Length, NOTHING, Pin, Reg, Row, five, signed, unsigned, word,
};

/// RISC-V of 64 bits with the extensions G and C.
pub(super) static RISCV64: Isa = Isa {
    big_endian: false,
    length: Length::Compressed,
    pc_bias: 0,
    address_bits: 64,
    delay_slot: false,
    pc_register: None,
    pinned: &[(3, Pin::Gp)],
    rows: ROWS,
};

const RD: Reg = five(7);
const RS1: Reg = five(15);
const BASE: Base = Base::Register(RS1);

const JAL: Imm = signed(&[(21, 10, 1), (20, 1, 11), (12, 8, 12), (31, 1, 20)], 21);
const BRANCH: Imm = signed(&[(8, 4, 1), (25, 6, 5), (7, 1, 11), (31, 1, 12)], 13);
const UPPER: Imm = signed(&[(12, 20, 12)], 32);
const LOWER: Imm = signed(&[(20, 12, 0)], 12);
const STORED: Imm = signed(&[(7, 5, 0), (25, 7, 5)], 12);

/// The registers of compressed instructions: any, and the eight that three bits can name.
const SHORT_RD: Reg = five(7);
const SHORT_RS2: Reg = five(2);
const SHORT_RD3: Reg = Reg { shift: 2, bits: 3, plus: 8 };
const SHORT_RS3: Reg = Reg { shift: 7, bits: 3, plus: 8 };
const SHORT_BASE: Base = Base::Register(SHORT_RS3);

const SHORT_JUMP: Imm = signed(
    &[(12, 1, 11), (11, 1, 4), (9, 2, 8), (8, 1, 10), (7, 1, 6), (6, 1, 7), (3, 3, 1), (2, 1, 5)],
    12,
);
const SHORT_BRANCH: Imm = signed(&[(12, 1, 8), (10, 2, 3), (5, 2, 6), (3, 2, 1), (2, 1, 5)], 9);
const SHORT_ADD: Imm = signed(&[(12, 1, 5), (2, 5, 0)], 6);
const SHORT_UPPER: Imm = signed(&[(12, 1, 17), (2, 5, 12)], 18);
const SHORT_4: Imm = unsigned(&[(10, 3, 3), (6, 1, 2), (5, 1, 6)]);
const SHORT_8: Imm = unsigned(&[(10, 3, 3), (5, 2, 6)]);

const fn half(mask: u32, bits: u32, act: Act) -> Row {
    Row { length: 2, mask: mask as u64, bits: bits as u64, act }
}

static ROWS: &[Row] = &[
    // JAL without and with a link register, conditional branches, JALR.
    word(0x0fff, 0x006f, Act::Away(Base::Pc, JAL)),
    word(0x007f, 0x006f, Act::Branch(How::Call, Base::Pc, JAL)),
    word(0x007f, 0x0063, Act::Branch(How::Jump, Base::Pc, BRANCH)),
    word(0x7fff, 0x0067, Act::Away(BASE, LOWER)),
    // An entry of a procedure linkage table leaves its own address in t1.
    word(0x7fff, 0x0367, Act::Away(BASE, LOWER)),
    word(0x707f, 0x0067, Act::Branch(How::Call, BASE, LOWER)),
    // AUIPC, LUI, ADDI.
    word(0x007f, 0x0017, Act::Part(RD, Base::Pc, UPPER)),
    word(0x007f, 0x0037, Act::Part(RD, Base::Zero, UPPER)),
    word(0x707f, 0x0013, Act::Address(RD, BASE, LOWER)),
    // Loads and stores of integers and floating-point numbers.
    word(0x007f, 0x0003, Act::Load(Some(RD), BASE, LOWER)),
    word(0x007f, 0x0007, Act::Load(None, BASE, LOWER)),
    word(0x007f, 0x0023, Act::Store(BASE, STORED)),
    word(0x007f, 0x0027, Act::Store(BASE, STORED)),
    // LR; SC and the other atomic operations.
    word(0xf9f0_007f, 0x1000_002f, Act::Load(Some(RD), BASE, NOTHING)),
    word(0x0000_007f, 0x0000_002f, Act::Store(BASE, NOTHING)),
    // All other arithmetic, on 64 and on 32 bits.
    word(0x005f, 0x0013, Act::Write(RD)),
    word(0x007f, 0x001b, Act::Write(RD)),
    word(0x007f, 0x003b, Act::Write(RD)),
    // C.J, C.BEQZ, C.BNEZ, C.JR, C.JALR.
    half(0xe003, 0xa001, Act::Away(Base::Pc, SHORT_JUMP)),
    half(0xe003, 0xc001, Act::Branch(How::Jump, Base::Pc, SHORT_BRANCH)),
    half(0xe003, 0xe001, Act::Branch(How::Jump, Base::Pc, SHORT_BRANCH)),
    half(0xf07f, 0x8002, Act::Away(Base::Register(SHORT_RD), NOTHING)),
    half(0xf07f, 0x9002, Act::Branch(How::Call, Base::Register(SHORT_RD), NOTHING)),
    // C.MV, C.ADDI, C.LUI; C.ADDI16SP leaves sp, which holds no address of a symbol.
    half(0xf003, 0x8002, Act::Part(SHORT_RD, Base::Register(SHORT_RS2), NOTHING)),
    half(0xe003, 0x0001, Act::Address(SHORT_RD, Base::Register(SHORT_RD), SHORT_ADD)),
    half(0xef83, 0x6101, Act::Nothing),
    half(0xe003, 0x6001, Act::Part(SHORT_RD, Base::Zero, SHORT_UPPER)),
    // C.LW, C.LD, C.FLD, C.SW, C.SD, C.FSD.
    half(0xe003, 0x4000, Act::Load(Some(SHORT_RD3), SHORT_BASE, SHORT_4)),
    half(0xe003, 0x6000, Act::Load(Some(SHORT_RD3), SHORT_BASE, SHORT_8)),
    half(0xe003, 0x2000, Act::Load(None, SHORT_BASE, SHORT_8)),
    half(0xe003, 0xc000, Act::Store(SHORT_BASE, SHORT_4)),
    half(0xe003, 0xe000, Act::Store(SHORT_BASE, SHORT_8)),
    half(0xe003, 0xa000, Act::Store(SHORT_BASE, SHORT_8)),
    // C.ADDI4SPN, C.LI, C.ADDIW, C.SLLI, C.LWSP, C.LDSP, C.ADD, and arithmetic on the eight registers.
    half(0xe003, 0x0000, Act::Write(SHORT_RD3)),
    half(0xe003, 0x4001, Act::Write(SHORT_RD)),
    half(0xe003, 0x2001, Act::Write(SHORT_RD)),
    half(0xe003, 0x0002, Act::Write(SHORT_RD)),
    half(0xe003, 0x4002, Act::Write(SHORT_RD)),
    half(0xe003, 0x6002, Act::Write(SHORT_RD)),
    half(0xf003, 0x9002, Act::Write(SHORT_RD)),
    half(0xe003, 0x8001, Act::Write(SHORT_RS3)),
];

#[cfg(test)]
mod tests {
    use super::super::tests::found_in;
    use super::super::{How, InstructionSet};

    fn found(code: &[u8], wanted: u64) -> Vec<(u64, How)> {
        found_in(InstructionSet::Riscv64, code, wanted)
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// Bytes and meaning as llvm-mc gives them.
    #[test]
    fn calls_near_and_far() {
        assert_eq!(found(&words(&[0x0000_10ef]), 0x1_1000), [(0x1_0000, How::Call)], "jal");
        assert_eq!(found(&words(&[0x13, 0xffdf_f06f]), 0x1_0000), [(0x1_0004, How::Jump)], "j");
        // auipc ra, 0x100; jalr ra, -16(ra)
        let far = words(&[0x0010_0097, 0xff00_80e7]);
        assert_eq!(found(&far, 0x10_fff0), [(0x1_0004, How::Call)]);
        // auipc t6, 0x100; jr 8(t6)
        let jump = words(&[0x0010_0f97, 0x008f_8067]);
        assert_eq!(found(&jump, 0x11_0008), [(0x1_0004, How::Jump)]);
    }

    #[test]
    fn addresses_loads_and_stores() {
        let upper = 0x0001_0517; // auipc a0, 0x10
        let add = 0xff05_0513; // addi a0, a0, -16
        let load = 0xff05_3583; // ld a1, -16(a0)
        let store = 0xfeb5_3823; // sd a1, -16(a0)
        assert_eq!(found(&words(&[upper, add]), 0x1_fff0), [(0x1_0004, How::Address)]);
        assert_eq!(found(&words(&[upper, load]), 0x1_fff0), [(0x1_0004, How::Load)]);
        assert_eq!(found(&words(&[upper, store]), 0x1_fff0), [(0x1_0004, How::Store)]);
        let other = 0x00c5_8533; // add a0, a1, a2
        assert_eq!(found(&words(&[upper, other, load]), 0x1_fff0), []);
    }

    #[test]
    fn compressed_instructions_are_two_bytes() {
        // nop; j .-2; auipc a0, 0x10; c.ld a1, 8(a0)
        let code = [0x01, 0x00, 0xfd, 0xbf, 0x17, 0x05, 0x01, 0x00, 0x0c, 0x65];
        assert_eq!(found(&code, 0x1_0000), [(0x1_0002, How::Jump)]);
        assert_eq!(found(&code, 0x2_000c), [(0x1_0008, How::Load)]);
        // nop; auipc a0, 0x10; c.mv a1, a0; c.sd a2, 16(a1); c.beqz a0, .-10
        let code = [1, 0, 0x17, 0x05, 1, 0, 0xaa, 0x85, 0x90, 0xe9, 0x7d, 0xd9];
        assert_eq!(found(&code, 0x2_0012), [(0x1_0008, How::Store)]);
        assert_eq!(found(&code, 0x1_0000), [(0x1_000a, How::Jump)]);
    }
}
