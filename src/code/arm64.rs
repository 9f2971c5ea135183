//! Which arm64 instructions refer to an address?
//!
//! Encodings: Arm ARM, C4.1. tests/references.rs compares it with `go tool objdump` on Go code.

use super::How;
use super::table::{Act, Base, Imm, Isa, Length, NOTHING, Reg, Row, five, signed, unsigned, word};

/// AArch64; its instructions are little-endian always.
pub(super) static ARM64: Isa = Isa {
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
const RN: Reg = five(5);
const BASE: Base = Base::Register(RN);

const BRANCH_26: Imm = signed(&[(0, 26, 2)], 28);
const BRANCH_19: Imm = signed(&[(5, 19, 2)], 21);
const BRANCH_14: Imm = signed(&[(5, 14, 2)], 16);
const ADR: Imm = signed(&[(29, 2, 0), (5, 19, 2)], 21);
const ADRP: Imm = signed(&[(29, 2, 12), (5, 19, 14)], 33);
const UNSCALED: Imm = signed(&[(12, 9, 0)], 9);
const PAIR_4: Imm = signed(&[(15, 7, 2)], 9);
const PAIR_8: Imm = signed(&[(15, 7, 3)], 10);
const PAIR_16: Imm = signed(&[(15, 7, 4)], 11);
/// The unsigned offset of loads and stores, by the logarithm of their size.
const OFFSETS: [Imm; 5] = [
    unsigned(&[(10, 12, 0)]),
    unsigned(&[(10, 12, 1)]),
    unsigned(&[(10, 12, 2)]),
    unsigned(&[(10, 12, 3)]),
    unsigned(&[(10, 12, 4)]),
];

/// A load or store with an unsigned offset: bits 31 to 30 and 26, the operation, the size.
const fn store(size: u32, vector: u32, operation: u32, offset: usize) -> Row {
    offset_row(size, vector, operation, Act::Store(BASE, OFFSETS[offset]))
}

const fn load(size: u32, vector: u32, operation: u32, offset: usize) -> Row {
    let into = if vector == 0 { Some(RD) } else { None };
    offset_row(size, vector, operation, Act::Load(into, BASE, OFFSETS[offset]))
}

const fn offset_row(size: u32, vector: u32, operation: u32, act: Act) -> Row {
    word(0xffc0_0000, size << 30 | 0x3900_0000 | vector << 26 | operation << 22, act)
}

static ROWS: &[Row] = &[
    // B, BL, B.cond, CBZ and CBNZ, TBZ and TBNZ.
    word(0xfc00_0000, 0x1400_0000, Act::Away(Base::Pc, BRANCH_26)),
    word(0xfc00_0000, 0x9400_0000, Act::Branch(How::Call, Base::Pc, BRANCH_26)),
    word(0xff00_0010, 0x5400_0000, Act::Branch(How::Jump, Base::Pc, BRANCH_19)),
    word(0x7e00_0000, 0x3400_0000, Act::Branch(How::Jump, Base::Pc, BRANCH_19)),
    word(0x7e00_0000, 0x3600_0000, Act::Branch(How::Jump, Base::Pc, BRANCH_14)),
    // NOP, BTI and the other hints.
    word(0xffff_f01f, 0xd503_201f, Act::Nothing),
    // BR and RET, BLR.
    word(0xffff_fc1f, 0xd61f_0000, Act::Away(BASE, NOTHING)),
    word(0xffff_fc1f, 0xd65f_0000, Act::Away(BASE, NOTHING)),
    word(0xffff_fc1f, 0xd63f_0000, Act::Branch(How::Call, BASE, NOTHING)),
    // ADRP, ADR, ADD (immediate, 64 bit, not shifted), MOV of a register.
    word(0x9f00_0000, 0x9000_0000, Act::Part(RD, Base::Page(12), ADRP)),
    word(0x9f00_0000, 0x1000_0000, Act::Address(RD, Base::Pc, ADR)),
    word(0xffc0_0000, 0x9100_0000, Act::Address(RD, BASE, OFFSETS[0])),
    word(0xffe0_ffe0, 0xaa00_03e0, Act::Part(RD, Base::Register(five(16)), NOTHING)),
    // Loads and stores: LDR and STR of each size, sign-extending loads, vectors up to 128 bits.
    store(0, 0, 0, 0),
    load(0, 0, 1, 0),
    load(0, 0, 2, 0),
    load(0, 0, 3, 0),
    store(1, 0, 0, 1),
    load(1, 0, 1, 1),
    load(1, 0, 2, 1),
    load(1, 0, 3, 1),
    store(2, 0, 0, 2),
    load(2, 0, 1, 2),
    load(2, 0, 2, 2),
    store(3, 0, 0, 3),
    load(3, 0, 1, 3),
    store(0, 1, 0, 0),
    load(0, 1, 1, 0),
    store(0, 1, 2, 4),
    load(0, 1, 3, 4),
    store(1, 1, 0, 1),
    load(1, 1, 1, 1),
    store(2, 1, 0, 2),
    load(2, 1, 1, 2),
    store(3, 1, 0, 3),
    load(3, 1, 1, 3),
    // LDUR and STUR of 64 and 32 bits.
    word(0xbfe0_0c00, 0xb800_0000, Act::Store(BASE, UNSCALED)),
    word(0xbfe0_0c00, 0xb840_0000, Act::Load(Some(RD), BASE, UNSCALED)),
    // LDR of a literal: 64 and 32 bits.
    word(0xbf00_0000, 0x1800_0000, Act::Load(Some(RD), Base::Pc, BRANCH_19)),
    // STP and LDP: 32, 64 and 128 bits.
    word(0xffc0_0000, 0x2900_0000, Act::Store(BASE, PAIR_4)),
    word(0xffc0_0000, 0x2940_0000, Act::Load(Some(RD), BASE, PAIR_4)),
    word(0xffc0_0000, 0xa900_0000, Act::Store(BASE, PAIR_8)),
    word(0xffc0_0000, 0xa940_0000, Act::Load(Some(RD), BASE, PAIR_8)),
    word(0xffc0_0000, 0xad00_0000, Act::Store(BASE, PAIR_16)),
    word(0xffc0_0000, 0xad40_0000, Act::Load(None, BASE, PAIR_16)),
    // LDXR, LDAXR, LDAR and STXR, STLXR, STLR, of one register and of two; CAS.
    word(0x3fa0_0000, 0x08a0_0000, Act::Store(BASE, NOTHING)),
    word(0x3f40_0000, 0x0840_0000, Act::Load(Some(RD), BASE, NOTHING)),
    word(0x3f40_0000, 0x0800_0000, Act::Store(BASE, NOTHING)),
    // LDAPR; LDADD, SWP and the like.
    word(0x3fff_fc00, 0x38bf_c000, Act::Load(Some(RD), BASE, NOTHING)),
    word(0x3f20_0c00, 0x3820_0000, Act::Store(BASE, NOTHING)),
    // All other arithmetic, by immediates and by registers, and loads at a register's offset.
    word(0x1c00_0000, 0x1000_0000, Act::Write(RD)),
    word(0x0e00_0000, 0x0a00_0000, Act::Write(RD)),
    word(0x3f60_0c00, 0x3860_0800, Act::Write(RD)),
];

#[cfg(test)]
mod tests {
    use super::super::tests::found_in;
    use super::super::{How, InstructionSet};

    fn found(words: &[u32], wanted: u64) -> Vec<(u64, How)> {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        found_in(InstructionSet::Arm64, &bytes, wanted)
    }

    const NOP: u32 = 0xd503_201f;
    const ADRP_X0: u32 = 0xb000_0000; // adrp x0, 0x11000
    const ADD: u32 = 0x9104_0000; // add x0, x0, #0x100

    /// Words and meaning as GNU as and objdump give them.
    #[test]
    fn branches_forwards_and_backwards() {
        assert_eq!(found(&[0x9400_0400], 0x1_1000), [(0x1_0000, How::Call)]);
        assert_eq!(found(&[NOP, 0x17ff_ffff], 0x1_0000), [(0x1_0004, How::Jump)]);
        assert_eq!(found(&[NOP, 0x54ff_ffe1], 0x1_0000), [(0x1_0004, How::Jump)], "b.ne");
        assert_eq!(found(&[NOP, 0xb4ff_ffe0], 0x1_0000), [(0x1_0004, How::Jump)], "cbz");
        assert_eq!(found(&[NOP, 0x36ff_ffe0], 0x1_0000), [(0x1_0004, How::Jump)], "tbz");
    }

    #[test]
    fn an_address_is_formed_by_two_instructions() {
        let ldr = 0xf940_8001; // ldr x1, [x0, #0x100]
        let str = 0xf900_8001; // str x1, [x0, #0x100]
        assert_eq!(found(&[ADRP_X0, ADD], 0x1_1100), [(0x1_0004, How::Address)]);
        assert_eq!(found(&[ADRP_X0, ldr], 0x1_1100), [(0x1_0004, How::Load)]);
        assert_eq!(found(&[ADRP_X0, str], 0x1_1100), [(0x1_0004, How::Store)]);
        assert_eq!(found(&[ADD], 0x1_1100), [], "no page was set");
        assert_eq!(found(&[ADRP_X0, NOP, NOP, NOP, NOP, NOP, ADD], 0x1_1100), [], "too far apart");
    }

    #[test]
    fn an_address_that_was_formed_is_used() {
        let ldp = 0xa941_0801; // ldp x1, x2, [x0, #0x10]
        let ldur = 0xf85f_8001; // ldur x1, [x0, #-8]
        let stur = 0xf81f_8001; // stur x1, [x0, #-8]
        let vector = 0x3dc0_0401; // ldr q1, [x0, #0x10]
        assert_eq!(found(&[ADRP_X0, ADD, ldp], 0x1_1110), [(0x1_0008, How::Load)]);
        assert_eq!(found(&[ADRP_X0, ADD, ldur], 0x1_10f8), [(0x1_0008, How::Load)]);
        assert_eq!(found(&[ADRP_X0, ADD, stur], 0x1_10f8), [(0x1_0008, How::Store)]);
        assert_eq!(found(&[ADRP_X0, ADD, vector], 0x1_1110), [(0x1_0008, How::Load)]);
        // ADD has replaced the page in the register by an address.
        assert_eq!(found(&[ADRP_X0, ADD, ldp], 0x1_1010), []);
    }

    /// What the compiler makes of `return getter()()` with an inlined getter, in a caller without a pull.
    #[test]
    fn a_call_by_a_register_tells_the_address_only() {
        let call = 0xd63f_0000; // blr x0
        assert_eq!(found(&[ADRP_X0, ADD, call], 0x1_1100), [(0x1_0004, How::Address)]);
    }

    #[test]
    fn what_follows_a_call_or_a_jump_finds_other_values() {
        let call = 0x9400_0400; // bl
        let jump = 0x1400_0002; // b
        let branch = 0x5400_0041; // b.ne
        assert_eq!(found(&[ADRP_X0, call, ADD], 0x1_1100), []);
        assert_eq!(found(&[ADRP_X0, jump, ADD], 0x1_1100), []);
        assert_eq!(found(&[ADRP_X0, branch, ADD], 0x1_1100), [(0x1_0008, How::Address)]);
    }

    #[test]
    fn a_register_that_is_written_holds_no_address() {
        let writes = [
            0xd280_0020, // mov x0, #1
            0x8b02_0020, // add x0, x1, x2
            0xf862_6820, // ldr x0, [x1, x2]
            0xaa01_03e0, // mov x0, x1
            0xf940_0020, // ldr x0, [x1]
        ];
        for write in writes {
            assert_eq!(found(&[ADRP_X0, write, ADD], 0x1_1100), [], "{write:#x}");
        }
        let copy = 0xaa00_03e1; // mov x1, x0
        let add = 0x9104_0022; // add x2, x1, #0x100
        assert_eq!(found(&[ADRP_X0, copy, add], 0x1_1100), [(0x1_0008, How::Address)]);
    }
}
