//! Which LoongArch instructions refer to an address?
//!
//! Encodings: LoongArch Reference Manual, volume 1, appendix B. Addresses are relative to the instruction before Go
//! 1.20 (`pcaddu12i`), and to its page since (`pcalau12i`). tests/references.rs compares this with `go tool objdump`.

use super::How;
use super::table::{Act, Base, Imm, Isa, Length, NOTHING, Reg, Row, five, signed, word};

/// LoongArch of 64 bits.
pub(super) static LOONG64: Isa = Isa {
    big_endian: false,
    length: Length::Four,
    pc_bias: 0,
    address_bits: 64,
    delay_slot: false,
    pc_register: None,
    pinned: &[],
    rows: ROWS,
};

const RD: Reg = five(0);
const RJ: Reg = five(5);
const BASE: Base = Base::Register(RJ);

const BRANCH_26: Imm = signed(&[(10, 16, 2), (0, 10, 18)], 28);
const BRANCH_21: Imm = signed(&[(10, 16, 2), (0, 5, 18)], 23);
const BRANCH_16: Imm = signed(&[(10, 16, 2)], 18);
const LOW_12: Imm = signed(&[(10, 12, 0)], 12);
const LOW_14: Imm = signed(&[(10, 14, 2)], 16);
const HIGH_2: Imm = signed(&[(5, 20, 2)], 22);
const HIGH_12: Imm = signed(&[(5, 20, 12)], 32);
const HIGH_18: Imm = signed(&[(5, 20, 18)], 38);

/// An instruction whose opcode is its high 6 bits.
const fn six(opcode: u32, act: Act) -> Row {
    word(0xfc00_0000, opcode << 26, act)
}

/// An instruction whose opcode is its high 7 bits.
const fn seven(opcode: u32, act: Act) -> Row {
    word(0xfe00_0000, opcode << 25, act)
}

/// An instruction whose opcode is its high 8 bits.
const fn eight(opcode: u32, act: Act) -> Row {
    word(0xff00_0000, opcode << 24, act)
}

/// An instruction whose opcode is its high 10 bits.
const fn ten(opcode: u32, act: Act) -> Row {
    word(0xffc0_0000, opcode << 22, act)
}

const LOAD: Act = Act::Load(Some(RD), BASE, LOW_12);
const LOAD_FLOAT: Act = Act::Load(None, BASE, LOW_12);
const STORE: Act = Act::Store(BASE, LOW_12);
const LOAD_14: Act = Act::Load(Some(RD), BASE, LOW_14);
const STORE_14: Act = Act::Store(BASE, LOW_14);
const BRANCH: Act = Act::Branch(How::Jump, Base::Pc, BRANCH_16);

static ROWS: &[Row] = &[
    // b, bl; jirl without and with a link; beqz, bnez, bceqz and bcnez; beq to bgeu.
    six(0x14, Act::Away(Base::Pc, BRANCH_26)),
    six(0x15, Act::Branch(How::Call, Base::Pc, BRANCH_26)),
    word(0xfc00_001f, 0x4c00_0000, Act::Away(BASE, BRANCH_16)),
    six(0x13, Act::Branch(How::Call, BASE, BRANCH_16)),
    six(0x10, Act::Branch(How::Jump, Base::Pc, BRANCH_21)),
    six(0x11, Act::Branch(How::Jump, Base::Pc, BRANCH_21)),
    six(0x12, Act::Branch(How::Jump, Base::Pc, BRANCH_21)),
    six(0x16, BRANCH),
    six(0x17, BRANCH),
    six(0x18, BRANCH),
    six(0x19, BRANCH),
    six(0x1a, BRANCH),
    six(0x1b, BRANCH),
    // pcaddi, pcalau12i, pcaddu12i, pcaddu18i; addi.w, addi.d; a move.
    seven(0x0c, Act::Address(RD, Base::Pc, HIGH_2)),
    seven(0x0d, Act::Part(RD, Base::Page(12), HIGH_12)),
    seven(0x0e, Act::Part(RD, Base::Pc, HIGH_12)),
    seven(0x0f, Act::Part(RD, Base::Pc, HIGH_18)),
    ten(0x00a, Act::Address(RD, BASE, LOW_12)),
    ten(0x00b, Act::Address(RD, BASE, LOW_12)),
    word(0xffff_fc00, 0x0015_0000, Act::Part(RD, BASE, NOTHING)),
    // ld.b, ld.h, ld.w, ld.d, ld.bu, ld.hu, ld.wu; st.b, st.h, st.w, st.d.
    ten(0x0a0, LOAD),
    ten(0x0a1, LOAD),
    ten(0x0a2, LOAD),
    ten(0x0a3, LOAD),
    ten(0x0a8, LOAD),
    ten(0x0a9, LOAD),
    ten(0x0aa, LOAD),
    ten(0x0a4, STORE),
    ten(0x0a5, STORE),
    ten(0x0a6, STORE),
    ten(0x0a7, STORE),
    // fld.s, fld.d, fst.s, fst.d; vld, vst, xvld, xvst.
    ten(0x0ac, LOAD_FLOAT),
    ten(0x0ae, LOAD_FLOAT),
    ten(0x0ad, STORE),
    ten(0x0af, STORE),
    ten(0x0b0, LOAD_FLOAT),
    ten(0x0b1, STORE),
    ten(0x0b2, LOAD_FLOAT),
    ten(0x0b3, STORE),
    // ll.w, sc.w, ll.d, sc.d; ldptr.w, stptr.w, ldptr.d, stptr.d.
    eight(0x20, LOAD_14),
    eight(0x21, STORE_14),
    eight(0x22, LOAD_14),
    eight(0x23, STORE_14),
    eight(0x24, LOAD_14),
    eight(0x25, STORE_14),
    eight(0x26, LOAD_14),
    eight(0x27, STORE_14),
    // Arithmetic on registers and bit fields; slti, sltui; lu52i.d to xori; addu16i.d; lu12i.w, lu32i.d;
    // loads at a register's offset.
    eight(0x00, Act::Write(RD)),
    eight(0x02, Act::Write(RD)),
    eight(0x03, Act::Write(RD)),
    six(0x04, Act::Write(RD)),
    seven(0x0a, Act::Write(RD)),
    seven(0x0b, Act::Write(RD)),
    word(0xfff0_0000, 0x3800_0000, Act::Write(RD)),
    word(0xfff0_0000, 0x3820_0000, Act::Write(RD)),
];

#[cfg(test)]
mod tests {
    use super::super::tests::found_in;
    use super::super::{How, InstructionSet};

    fn found(words: &[u32], wanted: u64) -> Vec<(u64, How)> {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        found_in(InstructionSet::Loong64, &bytes, wanted)
    }

    const NOP: u32 = 0x0340_0000;
    const PAGE: u32 = 0x1a00_0024; // pcalau12i $a0,1
    const ADDI: u32 = 0x02c4_0084; // addi.d $a0,$a0,256
    const LD: u32 = 0x28c4_0085; // ld.d $a1,$a0,256

    /// Words and meaning as `llvm-mc -triple=loongarch64` gives them.
    #[test]
    fn branches_forwards_and_backwards() {
        assert_eq!(found(&[0x5410_0000], 0x1_1000), [(0x1_0000, How::Call)]);
        assert_eq!(found(&[NOP, 0x53ff_ffff], 0x1_0000), [(0x1_0004, How::Jump)]);
        assert_eq!(found(&[NOP, 0x43ff_fc9f], 0x1_0000), [(0x1_0004, How::Jump)], "beqz");
    }

    #[test]
    fn an_address_is_formed_by_two_instructions() {
        assert_eq!(found(&[PAGE, ADDI], 0x1_1100), [(0x1_0004, How::Address)]);
        assert_eq!(found(&[NOP, PAGE, LD], 0x1_1100), [(0x1_0008, How::Load)], "of the page");
        assert_eq!(found(&[PAGE, 0x28fc_0085], 0x1_0f00), [(0x1_0004, How::Load)], "-256");
        assert_eq!(found(&[PAGE, 0x2601_0085], 0x1_1100), [(0x1_0004, How::Load)], "ldptr.d");
        assert_eq!(found(&[PAGE, 0x2b84_0080], 0x1_1100), [(0x1_0004, How::Load)], "fld.d");
        assert_eq!(found(&[PAGE, 0x29c4_0085], 0x1_1100), [(0x1_0004, How::Store)], "st.d");
        assert_eq!(found(&[PAGE, NOP, NOP, NOP, NOP, ADDI], 0x1_1100), [], "too far apart");
        assert_eq!(found(&[PAGE, 0x0010_98a4, LD], 0x1_1100), [], "add.d $a0,$a1,$a2 between");
        assert_eq!(found(&[PAGE, 0x5410_0000, LD], 0x1_1100), [], "a call between");
        // pcaddi $a0,64
        assert_eq!(found(&[NOP, 0x1800_0804], 0x1_0104), [(0x1_0004, How::Address)]);
    }

    #[test]
    fn older_go_counts_from_the_instruction() {
        let high = 0x1c00_0024; // pcaddu12i $a0,1
        assert_eq!(found(&[NOP, high, LD], 0x1_1104), [(0x1_0008, How::Load)]);
    }

    #[test]
    fn a_far_call_is_two_instructions() {
        let high = 0x1e00_002c; // pcaddu18i $t0,1
        assert_eq!(found(&[high, 0x4c01_0180], 0x5_0100), [(0x1_0004, How::Jump)]);
        assert_eq!(found(&[high, 0x4c01_0181], 0x5_0100), [(0x1_0004, How::Call)]);
    }
}
