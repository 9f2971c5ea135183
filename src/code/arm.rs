//! Which instructions of 32-bit Arm refer to an address?
//!
//! Go's own functions are in the Arm state; Thumb code of C objects is never searched. Encodings: Arm ARM, A5. Go
//! forms every address from a word that follows the function's code (cmd/internal/obj/arm/asm5.go, go1.27); other
//! compilers also use MOVW and MOVT.

use super::How;
use super::table::{Act, Base, Imm, Isa, Length, NOTHING, Reg, Row, signed, unsigned, word};

/// 32-bit Arm, which is always little-endian in Go.
pub(super) static ARM: Isa = Isa {
    big_endian: false,
    length: Length::Four,
    pc_bias: 8,
    address_bits: 32,
    delay_slot: false,
    pc_register: Some(15),
    pinned: &[],
    rows: ROWS,
};

const fn four(shift: u8) -> Reg {
    Reg { shift, bits: 4, plus: 0 }
}

const RM: Reg = four(0);
const RD: Reg = four(12);
const RN: Reg = four(16);
const BASE: Base = Base::Register(RN);

const BRANCH: Imm = signed(&[(0, 24, 2)], 26);
const BRANCH_THUMB: Imm = signed(&[(24, 1, 1), (0, 24, 2)], 26);
const OFFSET: Imm = unsigned(&[(0, 12, 0)]);
const OFFSET_BACK: Imm = Imm { negative: true, ..OFFSET };
const OFFSET_SPLIT: Imm = unsigned(&[(0, 4, 0), (8, 4, 4)]);
const OFFSET_FLOAT: Imm = unsigned(&[(0, 8, 2)]);
const LOW_HALF: Imm = unsigned(&[(0, 12, 0), (16, 4, 12)]);
const HIGH_HALF: Imm = unsigned(&[(0, 12, 16), (16, 4, 28)]);
const BYTE: Imm = unsigned(&[(0, 8, 0)]);
const BYTE_AT_12: Imm = unsigned(&[(0, 8, 12)]);
const BYTE_AT_20: Imm = unsigned(&[(0, 8, 20)]);
const BYTE_AT_24: Imm = unsigned(&[(0, 8, 24)]);

static ROWS: &[Row] = &[
    // BLX to Thumb code; every other instruction without a condition.
    word(0xfe00_0000, 0xfa00_0000, Act::Branch(How::Call, Base::Pc, BRANCH_THUMB)),
    word(0xf000_0000, 0xf000_0000, Act::Nothing),
    // B, with and without a condition, BL.
    word(0xff00_0000, 0xea00_0000, Act::Away(Base::Pc, BRANCH)),
    word(0x0f00_0000, 0x0a00_0000, Act::Branch(How::Jump, Base::Pc, BRANCH)),
    word(0x0f00_0000, 0x0b00_0000, Act::Branch(How::Call, Base::Pc, BRANCH)),
    // BX, with and without a condition, BLX, and MOV to the program counter.
    word(0xffff_fff0, 0xe12f_ff10, Act::Away(Base::Register(RM), NOTHING)),
    word(0x0fff_fff0, 0x012f_ff10, Act::Branch(How::Jump, Base::Register(RM), NOTHING)),
    word(0x0fff_fff0, 0x012f_ff30, Act::Branch(How::Call, Base::Register(RM), NOTHING)),
    word(0x0fff_fff0, 0x01a0_f000, Act::Branch(How::Jump, Base::Register(RM), NOTHING)),
    // LDR of a word that follows the code, into the program counter: a far jump.
    word(0x0fff_f000, 0x059f_f000, Act::Through(How::Jump, Base::Pc, OFFSET)),
    word(0x0fff_f000, 0x051f_f000, Act::Through(How::Jump, Base::Pc, OFFSET_BACK)),
    word(0x0ff0_f000, 0x0590_f000, Act::Through(How::Jump, BASE, OFFSET)),
    // LDR with the base written back, as an entry of a procedure linkage table ends.
    word(0x0ff0_f000, 0x05b0_f000, Act::Through(How::Jump, BASE, OFFSET)),
    // Returns: LDR and LDM from the stack into the program counter.
    word(0xfe10_f000, 0xe410_f000, Act::Leave),
    word(0xfe10_8000, 0xe810_8000, Act::Leave),
    // LDR of a word of the code.
    word(0x0fff_0000, 0x059f_0000, Act::Literal(RD, OFFSET)),
    word(0x0fff_0000, 0x051f_0000, Act::Literal(RD, OFFSET_BACK)),
    // LDR, LDRB, STR, STRB.
    word(0x0fb0_0000, 0x0590_0000, Act::Load(Some(RD), BASE, OFFSET)),
    word(0x0fb0_0000, 0x0510_0000, Act::Load(Some(RD), BASE, OFFSET_BACK)),
    word(0x0fb0_0000, 0x0580_0000, Act::Store(BASE, OFFSET)),
    word(0x0fb0_0000, 0x0500_0000, Act::Store(BASE, OFFSET_BACK)),
    // LDRH, LDRSB, LDRSH, LDRD, STRH, STRD.
    word(0x0ff0_00f0, 0x01d0_00b0, Act::Load(Some(RD), BASE, OFFSET_SPLIT)),
    word(0x0ff0_00f0, 0x01d0_00d0, Act::Load(Some(RD), BASE, OFFSET_SPLIT)),
    word(0x0ff0_00f0, 0x01d0_00f0, Act::Load(Some(RD), BASE, OFFSET_SPLIT)),
    word(0x0ff0_00f0, 0x01c0_00d0, Act::Load(Some(RD), BASE, OFFSET_SPLIT)),
    word(0x0ff0_00f0, 0x01c0_00b0, Act::Store(BASE, OFFSET_SPLIT)),
    word(0x0ff0_00f0, 0x01c0_00f0, Act::Store(BASE, OFFSET_SPLIT)),
    // LDREX and STREX, whole words and pairs.
    word(0x0fd0_0fff, 0x0190_0f9f, Act::Load(Some(RD), BASE, NOTHING)),
    word(0x0fd0_0ff0, 0x0180_0f90, Act::Store(BASE, NOTHING)),
    // VLDR, VSTR.
    word(0x0fb0_0e00, 0x0d90_0a00, Act::Load(None, BASE, OFFSET_FLOAT)),
    word(0x0fb0_0e00, 0x0d80_0a00, Act::Store(BASE, OFFSET_FLOAT)),
    // MOVW, MOVT.
    word(0x0ff0_0000, 0x0300_0000, Act::Part(RD, Base::Zero, LOW_HALF)),
    word(0x0ff0_0000, 0x0340_0000, Act::Address(RD, Base::Register(RD), HIGH_HALF)),
    // Comparisons and hints write no register; arithmetic into the program counter is a return.
    word(0x0d80_0000, 0x0100_0000, Act::Nothing),
    word(0xfc00_f000, 0xe000_f000, Act::Leave),
    word(0x0fff_0ff0, 0x01a0_0000, Act::Part(RD, Base::Register(RM), NOTHING)),
    // MOV of a register. ADD of two registers; of an immediate, unrotated and rotated as procedure
    // linkage tables do it.
    word(0x0ff0_0ff0, 0x0080_0000, Act::Sum(RD, RN, RM)),
    word(0x0ff0_0f00, 0x0280_0000, Act::Address(RD, BASE, BYTE)),
    word(0x0ff0_0f00, 0x0280_0a00, Act::Part(RD, BASE, BYTE_AT_12)),
    word(0x0ff0_0f00, 0x0280_0600, Act::Part(RD, BASE, BYTE_AT_20)),
    word(0x0ff0_0f00, 0x0280_0400, Act::Part(RD, BASE, BYTE_AT_24)),
    // All other arithmetic, and a load at a register's offset.
    word(0x0c00_0000, 0x0000_0000, Act::Write(RD)),
    word(0x0e10_0010, 0x0610_0000, Act::Write(RD)),
];

#[cfg(test)]
mod tests {
    use super::super::tests::found_in;
    use super::super::{How, InstructionSet};

    fn found(words: &[u32], wanted: u64) -> Vec<(u64, How)> {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        found_in(InstructionSet::Arm, &bytes, wanted)
    }

    const NOP: u32 = 0xe320_f000;

    /// Words and meaning as GNU as and llvm-mc give them.
    #[test]
    fn branches_count_from_two_instructions_ahead() {
        assert_eq!(found(&[0xeb00_03fe], 0x1_1000), [(0x1_0000, How::Call)], "bl");
        assert_eq!(found(&[0x9b00_03fe], 0x1_1000), [(0x1_0000, How::Call)], "blls");
        assert_eq!(found(&[NOP, 0xeaff_fffd], 0x1_0000), [(0x1_0004, How::Jump)], "b");
        assert_eq!(found(&[0xfb00_03fe], 0x1_1002), [(0x1_0000, How::Call)], "blx to Thumb code");
    }

    #[test]
    fn the_word_behind_the_code_is_an_address_and_no_instruction() {
        let load = 0xe59f_b004; // ldr r11, [pc, #4]
        let read = 0xe59b_0008; // ldr r0, [r11, #8]
        let back = 0xe12f_ff1e; // bx lr
        let code = [load, read, back, 0x0002_0000];
        assert_eq!(found(&code, 0x2_0000), [(0x1_0000, How::Address)]);
        assert_eq!(found(&code, 0x2_0008), [(0x1_0004, How::Load)]);
        // The literal 0x0a00_0000 would be BEQ to 0x1_0014.
        assert_eq!(found(&[load, read, back, 0x0a00_0000], 0x1_0014), []);
        let relative = 0xe08f_b00b; // add r11, pc, r11: pc reads as 0x1_000c
        assert_eq!(
            found(&[load, relative, back, 0x0001_0000], 0x2_000c),
            [(0x1_0004, How::Address)]
        );
    }

    #[test]
    fn a_return_ends_what_registers_hold() {
        let load = 0xe59f_0004; // ldr r0, [pc, #4]
        let store = 0xe5c0_1004; // strb r1, [r0, #4]
        let filler = NOP;
        for back in [0xe28e_f000, 0xe49d_f034, 0xe8bd_8001, 0xe12f_ff1e] {
            let code = [load, back, store, 0x0002_0000];
            assert_eq!(found(&code, 0x2_0004), [], "{back:#x}");
        }
        assert_eq!(found(&[load, filler, store, 0x0002_0000], 0x2_0004), [(0x1_0008, How::Store)]);
    }

    #[test]
    fn two_halves_make_an_address() {
        let low = 0xe301_0234; // movw r0, #0x1234
        let high = 0xe340_0002; // movt r0, #2
        let store = 0xe580_1004; // str r1, [r0, #4]
        assert_eq!(found(&[low, high], 0x2_1234), [(0x1_0004, How::Address)]);
        assert_eq!(found(&[low, high, store], 0x2_1238), [(0x1_0008, How::Store)]);
        let test = 0xe350_0000; // cmp r0, #0
        assert_eq!(found(&[low, test, high], 0x2_1234), [(0x1_0008, How::Address)]);
        let other = 0xe3a0_0001; // mov r0, #1
        assert_eq!(found(&[low, other, high], 0x2_1234), []);
    }
}
