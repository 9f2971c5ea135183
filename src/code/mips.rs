//! Which MIPS instructions refer to an address?
//!
//! Encodings: MIPS Architecture For Programmers, volume II-A. 32 and 64 bits and both byte orders share the rows. A
//! branch's delay slot follows it in memory and is read as the next instruction. tests/references.rs compares this
//! with llvm-objdump (`go tool objdump` does not know MIPS) and with the linker's relocations.

use super::How;
use super::table::{Act, Base, Imm, Isa, Length, NOTHING, Reg, Row, five, signed, unsigned, word};

/// MIPS of 32 bits, big-endian.
pub(super) static MIPS: Isa = isa(true, 32);
/// MIPS of 32 bits, little-endian.
pub(super) static MIPSLE: Isa = isa(false, 32);
/// MIPS of 64 bits, big-endian.
pub(super) static MIPS64: Isa = isa(true, 64);
/// MIPS of 64 bits, little-endian.
pub(super) static MIPS64LE: Isa = isa(false, 64);

const fn isa(big_endian: bool, address_bits: u32) -> Isa {
    // Branches count from the delay slot.
    Isa {
        big_endian,
        length: Length::Four,
        pc_bias: 4,
        address_bits,
        delay_slot: true,
        pc_register: None,
        pinned: &[],
        rows: ROWS,
    }
}

const RS: Reg = five(21);
const RT: Reg = five(16);
const RD: Reg = five(11);
const BASE: Base = Base::Register(RS);

const BRANCH: Imm = signed(&[(0, 16, 2)], 18);
const REGION: Imm = unsigned(&[(0, 26, 2)]);
const LOW: Imm = signed(&[(0, 16, 0)], 16);
const HIGH: Imm = signed(&[(0, 16, 16)], 32);
const SHIFT: Imm = unsigned(&[(6, 5, 0)]);
/// The shifts by 32 and more: 32 is in the opcode.
const SHIFT_32: Imm = unsigned(&[(6, 5, 0), (2, 1, 5)]);

/// An instruction whose opcode is its high 6 bits.
const fn six(opcode: u32, act: Act) -> Row {
    word(0xfc00_0000, opcode << 26, act)
}

/// One of the conditional branches of opcode 1, with or without a link.
const fn regimm(mask: u32, bits: u32, how: How) -> Row {
    word(0xfc00_0000 | mask << 16, 0x0400_0000 | bits << 16, Act::Branch(how, Base::Pc, BRANCH))
}

/// An instruction of opcode 0 on registers.
const fn special(mask: u32, bits: u32, act: Act) -> Row {
    word(0xfc00_003f | mask, bits, act)
}

const LOAD: Act = Act::Load(Some(RT), BASE, LOW);
const LOAD_FLOAT: Act = Act::Load(None, BASE, LOW);
const STORE: Act = Act::Store(BASE, LOW);
const TO: Act = Act::Branch(How::Jump, Base::Pc, BRANCH);
const FROM_RS: Act = Act::Part(RD, Base::Register(RS), NOTHING);
const FROM_RT: Act = Act::Part(RD, Base::Register(RT), NOTHING);

static ROWS: &[Row] = &[
    // j, jal; bltz, bgez and the likely ones, bltzal, bgezal (bal) and the likely ones.
    six(0x02, Act::Away(Base::Page(28), REGION)),
    six(0x03, Act::Branch(How::Call, Base::Page(28), REGION)),
    regimm(0x1c, 0x00, How::Jump),
    regimm(0x1c, 0x10, How::Call),
    // b; beq, bne, blez, bgtz and the likely ones; bc1f, bc1t.
    word(0xffff_0000, 0x1000_0000, Act::Away(Base::Pc, BRANCH)),
    six(0x04, TO),
    six(0x05, TO),
    six(0x06, TO),
    six(0x07, TO),
    six(0x14, TO),
    six(0x15, TO),
    six(0x16, TO),
    six(0x17, TO),
    word(0xffe0_0000, 0x4500_0000, TO),
    // jr, jalr.
    special(0x001f_f800, 0x0000_0008, Act::Away(BASE, NOTHING)),
    special(0x001f_0000, 0x0000_0009, Act::Branch(How::Call, BASE, NOTHING)),
    // lui; addiu, addi, daddiu, daddi. An ori after lui makes a number, not an address.
    word(0xffe0_0000, 0x3c00_0000, Act::Part(RT, Base::Zero, HIGH)),
    six(0x09, Act::Address(RT, BASE, LOW)),
    six(0x08, Act::Address(RT, BASE, LOW)),
    six(0x19, Act::Address(RT, BASE, LOW)),
    six(0x18, Act::Address(RT, BASE, LOW)),
    // daddu with R28, in which Go keeps the high half of its code's addresses (rt0_linux_mips64x.s).
    special(0x03e0_07c0, 0x0380_002d, Act::Part(RD, Base::Near(RT), NOTHING)),
    special(0x001f_07c0, 0x001c_002d, Act::Part(RD, Base::Near(RS), NOTHING)),
    // Moves: daddu, addu and or with R0.
    special(0x001f_07c0, 0x0000_002d, FROM_RS),
    special(0x001f_07c0, 0x0000_0021, FROM_RS),
    special(0x001f_07c0, 0x0000_0025, FROM_RS),
    special(0x03e0_07c0, 0x0000_002d, FROM_RT),
    special(0x03e0_07c0, 0x0000_0021, FROM_RT),
    special(0x03e0_07c0, 0x0000_0025, FROM_RT),
    // dsll, dsll32: the parts of a 64-bit address.
    special(0x03e0_0000, 0x0000_0038, Act::Shift(RD, RT, SHIFT)),
    special(0x03e0_0000, 0x0000_003c, Act::Shift(RD, RT, SHIFT_32)),
    // lb, lh, lwl, lw, lbu, lhu, lwr, lwu; ld, ldl, ldr; ll, lld; lwc1, ldc1.
    word(0xe000_0000, 0x8000_0000, LOAD),
    six(0x37, LOAD),
    six(0x1a, LOAD),
    six(0x1b, LOAD),
    six(0x30, LOAD),
    six(0x34, LOAD),
    six(0x31, LOAD_FLOAT),
    six(0x35, LOAD_FLOAT),
    // sb, sh, swl, sw; sdl, sdr, swr; sd; sc, scd; swc1, sdc1.
    word(0xf000_0000, 0xa000_0000, STORE),
    word(0xf800_0000, 0xb000_0000, STORE),
    six(0x2e, STORE),
    six(0x3f, STORE),
    six(0x38, STORE),
    six(0x3c, STORE),
    six(0x39, STORE),
    six(0x3d, STORE),
    // slti to xori; arithmetic on registers; what comes from other register files.
    six(0x0a, Act::Write(RT)),
    six(0x0b, Act::Write(RT)),
    six(0x0c, Act::Write(RT)),
    six(0x0d, Act::Write(RT)),
    six(0x0e, Act::Write(RT)),
    six(0x00, Act::Write(RD)),
    six(0x1c, Act::Write(RD)),
    six(0x1f, Act::Write(RT)),
    word(0xff80_0000, 0x4400_0000, Act::Write(RT)),
];

#[cfg(test)]
mod tests {
    use super::super::tests::found_in;
    use super::super::{How, InstructionSet};

    const SMALL: [InstructionSet; 2] = [InstructionSet::Mips, InstructionSet::Mipsle];
    const LARGE: [InstructionSet; 2] = [InstructionSet::Mips64, InstructionSet::Mips64le];

    fn found_by(sets: [InstructionSet; 2], words: &[u32], wanted: u64) -> Vec<(u64, How)> {
        let big: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        let little: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let found = found_in(sets[0], &big, wanted);
        assert_eq!(found, found_in(sets[1], &little, wanted), "byte orders");
        found
    }

    fn found(words: &[u32], wanted: u64) -> Vec<(u64, How)> {
        let found = found_by(SMALL, words, wanted);
        assert_eq!(found, found_by(LARGE, words, wanted), "32 and 64 bits");
        found
    }

    const NOP: u32 = 0;
    const LUI: u32 = 0x3c01_0002; // lui $1,2
    const ADDIU: u32 = 0x2421_ff00; // addiu $1,$1,-256
    const LW: u32 = 0x8c22_0100; // lw $2,256($1)
    const JAL: u32 = 0x0c00_4400; // jal 0x11000

    /// Words and meaning as `llvm-mc -triple=mips` and `-triple=mips64` give them.
    #[test]
    fn branches_count_from_the_delay_slot_and_jumps_from_its_region() {
        assert_eq!(found(&[JAL], 0x1_1000), [(0x1_0000, How::Call)]);
        assert_eq!(found(&[0x0800_4000], 0x1_0000), [(0x1_0000, How::Jump)]);
        assert_eq!(found(&[0x1000_ffff], 0x1_0000), [(0x1_0000, How::Jump)], "b -4");
        assert_eq!(found(&[0x0411_0400], 0x1_1004), [(0x1_0000, How::Call)], "bal 4096");
    }

    #[test]
    fn an_address_is_formed_by_two_instructions() {
        assert_eq!(found(&[LUI, ADDIU], 0x1_ff00), [(0x1_0004, How::Address)], "a carry");
        assert_eq!(found(&[LUI, LW], 0x2_0100), [(0x1_0004, How::Load)]);
        assert_eq!(found(&[LUI, 0xc420_0100], 0x2_0100), [(0x1_0004, How::Load)], "lwc1");
        assert_eq!(found(&[LUI, 0xac22_0100], 0x2_0100), [(0x1_0004, How::Store)], "sw");
        assert_eq!(found(&[LUI, 0x3421_0100], 0x2_0100), [], "lui and ori make a number");
        assert_eq!(found(&[LUI, 0x0043_0821, LW], 0x2_0100), [], "addu $1,$2,$3 between");
        assert_eq!(found(&[LUI, NOP, NOP, NOP, NOP, LW], 0x2_0100), [], "too far apart");
    }

    #[test]
    fn the_delay_slot_still_sees_what_the_registers_held() {
        assert_eq!(found(&[LUI, JAL, LW], 0x2_0100), [(0x1_0008, How::Load)]);
        assert_eq!(found(&[LUI, JAL, NOP, LW], 0x2_0100), []);
    }

    #[test]
    fn go_adds_the_high_half_of_an_address_from_r28() {
        let add = 0x0381_082d; // daddu $1,$gp,$1
        let found = |low| found_by(LARGE, &[LUI, add, low], 0x2_0100);
        assert_eq!(found(0x6421_0100), [(0x1_0008, How::Address)], "daddiu $1,$1,256");
        assert_eq!(found(0xdc22_0100), [(0x1_0008, How::Load)], "ld $2,256($1)");
        assert_eq!(found(0xfc22_0100), [(0x1_0008, How::Store)], "sd $2,256($1)");
    }
}
