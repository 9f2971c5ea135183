//! Which z/Architecture instructions refer to an address?
//!
//! Instructions are two, four or six bytes long. Encodings: z/Architecture Principles of Operation, appendix B. LARL
//! forms a whole address; if the address is odd, LA or AGHI adds the last bit. tests/references.rs compares this with
//! `go tool objdump` and with the linker's relocations.

use super::How;
use super::table::{Act, Base, Imm, Isa, Length, NOTHING, Reg, Row, signed, unsigned, word};

/// z/Architecture.
pub(super) static S390X: Isa = Isa {
    big_endian: true,
    length: Length::TwoFourSix,
    pc_bias: 0,
    address_bits: 64,
    delay_slot: false,
    pc_register: None,
    pinned: &[],
    rows: ROWS,
};

const fn four(shift: u8) -> Reg {
    Reg { shift, bits: 4, plus: 0 }
}

/// Registers of the six-byte forms, of the four-byte ones, and of RRE.
const R1_6: Reg = four(36);
const R1_4: Reg = four(20);
const R1_RRE: Reg = four(4);
const R2_RRE: Reg = four(0);
const BASE_6: Base = Base::Register(four(28));
const BASE_4: Base = Base::Register(four(12));

/// Relative immediates count halfwords.
const RELATIVE_32: Imm = signed(&[(0, 32, 1)], 33);
const RELATIVE_16: Imm = signed(&[(0, 16, 1)], 17);
/// The 16-bit immediate of the compare-and-branch forms.
const RELATIVE_RIE: Imm = signed(&[(16, 16, 1)], 17);
const SHORT: Imm = unsigned(&[(0, 12, 0)]);
const SHORT_6: Imm = unsigned(&[(16, 12, 0)]);
const LONG: Imm = signed(&[(16, 12, 0), (8, 8, 12)], 20);
const IMMEDIATE_16: Imm = signed(&[(0, 16, 0)], 16);
const IMMEDIATE_32: Imm = signed(&[(0, 32, 0)], 32);

const fn row(length: u8, mask: u64, bits: u64, act: Act) -> Row {
    Row { length, mask, bits, act }
}

/// RIL: a register or mask, and 32 bits that are relative to the instruction.
const fn ril(first: u64, opcode: u64, act: Act) -> Row {
    row(6, 0xff0f_0000_0000, first << 40 | opcode << 32, act)
}

/// RI: a register or mask and 16 bits.
const fn ri(first: u32, opcode: u32, act: Act) -> Row {
    word(0xff0f_0000, first << 24 | opcode << 16, act)
}

/// RIE: compare and branch, by the last byte.
const fn rie(mask: u64, opcode: u64, act: Act) -> Row {
    row(6, 0xff00_0000_0000 | mask, 0xec00_0000_0000 | opcode, act)
}

/// RX: a register and base + 12 bits, without an index.
const fn rx(opcode: u32, act: Act) -> Row {
    word(0xff0f_0000, opcode << 24, act)
}

/// RXY: a register and base + 20 bits, without an index.
const fn rxy(first: u64, opcode: u64, act: Act) -> Row {
    row(6, 0xff0f_0000_00ff, first << 40 | opcode, act)
}

/// RSY and SIY: no place for an index.
const fn rsy(first: u64, opcode: u64, act: Act) -> Row {
    row(6, 0xff00_0000_00ff, first << 40 | opcode, act)
}

/// SIL: a 16-bit immediate to base + 12 bits.
const fn sil(mask: u64, opcode: u64, act: Act) -> Row {
    row(6, 0xff00_0000_0000 | mask << 32, 0xe500_0000_0000 | opcode << 32, act)
}

const JUMP_32: Act = Act::Branch(How::Jump, Base::Pc, RELATIVE_32);
const JUMP_16: Act = Act::Branch(How::Jump, Base::Pc, RELATIVE_16);
const JUMP_RIE: Act = Act::Branch(How::Jump, Base::Pc, RELATIVE_RIE);
const RELATIVE_LOAD: Act = Act::Load(Some(R1_6), Base::Pc, RELATIVE_32);
const RELATIVE_READ: Act = Act::Load(None, Base::Pc, RELATIVE_32);
const RELATIVE_STORE: Act = Act::Store(Base::Pc, RELATIVE_32);
const LOAD: Act = Act::Load(Some(R1_4), BASE_4, SHORT);
const READ: Act = Act::Load(None, BASE_4, SHORT);
const STORE: Act = Act::Store(BASE_4, SHORT);
const LOAD_LONG: Act = Act::Load(Some(R1_6), BASE_6, LONG);
const READ_LONG: Act = Act::Load(None, BASE_6, LONG);
const STORE_LONG: Act = Act::Store(BASE_6, LONG);
const READ_6: Act = Act::Load(None, BASE_6, SHORT_6);
const STORE_6: Act = Act::Store(BASE_6, SHORT_6);

static ROWS: &[Row] = &[
    // BRASL; BRCL always, never, sometimes; LARL; BRCTH.
    ril(0xc0, 0x5, Act::Branch(How::Call, Base::Pc, RELATIVE_32)),
    row(6, 0xffff_0000_0000, 0xc0f4_0000_0000, Act::Away(Base::Pc, RELATIVE_32)),
    row(6, 0xffff_0000_0000, 0xc004_0000_0000, Act::Nothing),
    ril(0xc0, 0x4, JUMP_32),
    ril(0xc0, 0x0, Act::Address(R1_6, Base::Pc, RELATIVE_32)),
    ril(0xcc, 0x6, JUMP_32),
    // BRAS; BRC always, never, sometimes; BRCT, BRCTG; BRXH, BRXLE; long forms; compare and branch.
    ri(0xa7, 0x5, Act::Branch(How::Call, Base::Pc, RELATIVE_16)),
    word(0xffff_0000, 0xa7f4_0000, Act::Away(Base::Pc, RELATIVE_16)),
    word(0xffff_0000, 0xa704_0000, Act::Nothing),
    ri(0xa7, 0x4, JUMP_16),
    ri(0xa7, 0x6, JUMP_16),
    ri(0xa7, 0x7, JUMP_16),
    word(0xfe00_0000, 0x8400_0000, JUMP_16),
    rie(0xfe, 0x44, JUMP_RIE),
    rie(0xfe, 0x64, JUMP_RIE),
    rie(0xfe, 0x76, JUMP_RIE),
    rie(0xfc, 0x7c, JUMP_RIE),
    // LLHRL, LGHRL, LHRL, LLGHRL, LGRL, LGFRL, LRL, LLGFRL; STHRL, STGRL, STRL.
    ril(0xc4, 0x2, RELATIVE_LOAD),
    ril(0xc4, 0x4, RELATIVE_LOAD),
    ril(0xc4, 0x5, RELATIVE_LOAD),
    ril(0xc4, 0x6, RELATIVE_LOAD),
    ril(0xc4, 0x8, RELATIVE_LOAD),
    ril(0xc4, 0xc, RELATIVE_LOAD),
    ril(0xc4, 0xd, RELATIVE_LOAD),
    ril(0xc4, 0xe, RELATIVE_LOAD),
    ril(0xc4, 0x7, RELATIVE_STORE),
    ril(0xc4, 0xb, RELATIVE_STORE),
    ril(0xc4, 0xf, RELATIVE_STORE),
    // EXRL; the comparisons CGHRL to CLRL. PFDRL (2) only prefetches.
    ril(0xc6, 0x0, RELATIVE_READ),
    ril(0xc6, 0x4, RELATIVE_READ),
    ril(0xc6, 0x5, RELATIVE_READ),
    ril(0xc6, 0x6, RELATIVE_READ),
    ril(0xc6, 0x7, RELATIVE_READ),
    ril(0xc6, 0x8, RELATIVE_READ),
    ril(0xc6, 0xa, RELATIVE_READ),
    ril(0xc6, 0xc, RELATIVE_READ),
    ril(0xc6, 0xd, RELATIVE_READ),
    ril(0xc6, 0xe, RELATIVE_READ),
    ril(0xc6, 0xf, RELATIVE_READ),
    // BCR always, never, sometimes; BASR; LGR, LA, LAY, AGHI, AGFI.
    row(2, 0xfff0, 0x07f0, Act::Away(Base::Register(R2_RRE), NOTHING)),
    row(2, 0xfff0, 0x0700, Act::Nothing),
    row(2, 0xff00, 0x0700, Act::Branch(How::Jump, Base::Register(R2_RRE), NOTHING)),
    row(2, 0xff00, 0x0d00, Act::Branch(How::Call, Base::Register(R2_RRE), NOTHING)),
    word(0xffff_0000, 0xb904_0000, Act::Part(R1_RRE, Base::Register(R2_RRE), NOTHING)),
    rx(0x41, Act::Address(R1_4, BASE_4, SHORT)),
    rxy(0xe3, 0x71, Act::Address(R1_6, BASE_6, LONG)),
    ri(0xa7, 0xb, Act::Address(R1_4, Base::Register(R1_4), IMMEDIATE_16)),
    ril(0xc2, 0x8, Act::Address(R1_6, Base::Register(R1_6), IMMEDIATE_32)),
    // LA and LG with the base as their index, as Go writes them behind LARL to an odd address.
    word(0xff00_f000, 0x4100_0000, Act::Address(R1_4, Base::Register(four(16)), SHORT)),
    row(
        6,
        0xff00_f000_00ff,
        0xe300_0000_0004,
        Act::Load(Some(R1_6), Base::Register(four(32)), LONG),
    ),
    // L, LH, IC; C, CL; LD, LE; TM, CLI; ST, STC, STH; STD, STE; MVI, NI, OI; CS.
    rx(0x58, LOAD),
    rx(0x48, LOAD),
    rx(0x43, LOAD),
    rx(0x59, READ),
    rx(0x55, READ),
    rx(0x68, READ),
    rx(0x78, READ),
    word(0xff00_0000, 0x9100_0000, READ),
    word(0xff00_0000, 0x9500_0000, READ),
    rx(0x50, STORE),
    rx(0x42, STORE),
    rx(0x40, STORE),
    rx(0x60, STORE),
    rx(0x70, STORE),
    word(0xff00_0000, 0x9200_0000, STORE),
    word(0xff00_0000, 0x9400_0000, STORE),
    word(0xff00_0000, 0x9600_0000, STORE),
    word(0xff00_0000, 0xba00_0000, STORE),
    // LG, LGF, LGH, LLGF, LLGC, LLGH, LGB, LB, LLC, LLH, LHY, LY, LRVG, LRV, LT, LTG.
    rxy(0xe3, 0x04, LOAD_LONG),
    rxy(0xe3, 0x14, LOAD_LONG),
    rxy(0xe3, 0x15, LOAD_LONG),
    rxy(0xe3, 0x16, LOAD_LONG),
    rxy(0xe3, 0x90, LOAD_LONG),
    rxy(0xe3, 0x91, LOAD_LONG),
    rxy(0xe3, 0x77, LOAD_LONG),
    rxy(0xe3, 0x76, LOAD_LONG),
    rxy(0xe3, 0x94, LOAD_LONG),
    rxy(0xe3, 0x95, LOAD_LONG),
    rxy(0xe3, 0x78, LOAD_LONG),
    rxy(0xe3, 0x58, LOAD_LONG),
    rxy(0xe3, 0x0f, LOAD_LONG),
    rxy(0xe3, 0x1e, LOAD_LONG),
    rxy(0xe3, 0x12, LOAD_LONG),
    rxy(0xe3, 0x02, LOAD_LONG),
    // CG, CLG, CY, CLY; LDY, LEY; CLIY, TMY; VL.
    rxy(0xe3, 0x20, READ_LONG),
    rxy(0xe3, 0x21, READ_LONG),
    rxy(0xe3, 0x59, READ_LONG),
    rxy(0xe3, 0x55, READ_LONG),
    rxy(0xed, 0x65, READ_LONG),
    rxy(0xed, 0x64, READ_LONG),
    rsy(0xeb, 0x55, READ_LONG),
    rsy(0xeb, 0x51, READ_LONG),
    row(6, 0xff0f_0000_00ff, 0xe700_0000_0006, READ_6),
    // STG, STY, STCY, STHY, STRVG, STRV, STRVH; STDY, STEY, VST; MVIY, NIY, OIY, ASI, AGSI.
    rxy(0xe3, 0x24, STORE_LONG),
    rxy(0xe3, 0x50, STORE_LONG),
    rxy(0xe3, 0x72, STORE_LONG),
    rxy(0xe3, 0x70, STORE_LONG),
    rxy(0xe3, 0x2f, STORE_LONG),
    rxy(0xe3, 0x3e, STORE_LONG),
    rxy(0xe3, 0x3f, STORE_LONG),
    rxy(0xed, 0x67, STORE_LONG),
    rxy(0xed, 0x66, STORE_LONG),
    row(6, 0xff0f_0000_00ff, 0xe700_0000_000e, STORE_6),
    rsy(0xeb, 0x52, STORE_LONG),
    rsy(0xeb, 0x54, STORE_LONG),
    rsy(0xeb, 0x56, STORE_LONG),
    rsy(0xeb, 0x6a, STORE_LONG),
    rsy(0xeb, 0x7a, STORE_LONG),
    // LMG, STMG; CSY, CSG; LAN, LAO, LAX, LAA, LAAL and the 64-bit ones.
    rsy(0xeb, 0x04, LOAD_LONG),
    rsy(0xeb, 0x24, STORE_LONG),
    rsy(0xeb, 0x14, STORE_LONG),
    rsy(0xeb, 0x30, STORE_LONG),
    rsy(0xeb, 0xf4, STORE_LONG),
    rsy(0xeb, 0xf6, STORE_LONG),
    rsy(0xeb, 0xf7, STORE_LONG),
    rsy(0xeb, 0xf8, STORE_LONG),
    rsy(0xeb, 0xfa, STORE_LONG),
    rsy(0xeb, 0xe4, STORE_LONG),
    rsy(0xeb, 0xe6, STORE_LONG),
    rsy(0xeb, 0xe7, STORE_LONG),
    rsy(0xeb, 0xe8, STORE_LONG),
    rsy(0xeb, 0xea, STORE_LONG),
    // MVHHI, MVGHI, MVHI; the comparisons; MVC, XC and their kind, which write to their first place.
    sil(0xff, 0x44, STORE_6),
    sil(0xff, 0x48, STORE_6),
    sil(0xff, 0x4c, STORE_6),
    sil(0xf0, 0x50, READ_6),
    row(6, 0xff00_0000_0000, 0xd500_0000_0000, READ_6),
    row(6, 0xf000_0000_0000, 0xd000_0000_0000, STORE_6),
    // What puts something else into a register: LA and loads with an index, RR, RRE, RI, RIL, RIE and
    // shifts.
    word(0xff00_0000, 0x4100_0000, Act::Write(R1_4)),
    word(0xff00_0000, 0x4300_0000, Act::Write(R1_4)),
    word(0xff00_0000, 0x4800_0000, Act::Write(R1_4)),
    word(0xfc00_0000, 0x5400_0000, Act::Write(R1_4)),
    word(0xfc00_0000, 0x5800_0000, Act::Write(R1_4)),
    rsy(0xe3, 0x71, Act::Write(R1_6)),
    row(6, 0xff00_0000_0000, 0xe300_0000_0000, Act::Write(R1_6)),
    row(2, 0xf000, 0x1000, Act::Write(four(4))),
    word(0xff00_0000, 0xb900_0000, Act::Write(R1_RRE)),
    word(0xff00_0000, 0xa500_0000, Act::Write(R1_4)),
    ri(0xa7, 0x8, Act::Write(R1_4)),
    ri(0xa7, 0x9, Act::Write(R1_4)),
    row(6, 0xff00_0000_0000, 0xc000_0000_0000, Act::Write(R1_6)),
    row(6, 0xff00_0000_0000, 0xec00_0000_0000, Act::Write(R1_6)),
    row(6, 0xff00_0000_0000, 0xeb00_0000_0000, Act::Write(R1_6)),
];

#[cfg(test)]
mod tests {
    use super::super::tests::found_in;
    use super::super::{How, InstructionSet};

    fn found(parts: &[&[u8]], wanted: u64) -> Vec<(u64, How)> {
        found_in(InstructionSet::S390x, &parts.concat(), wanted)
    }

    /// A relative instruction to 0x1000 bytes behind itself.
    const fn far(first: u8, second: u8) -> [u8; 6] {
        [first, second, 0, 0, 8, 0]
    }

    const NOPR: &[u8] = &[0x07, 0x00];
    const LARL: &[u8] = &far(0xc0, 0x10); // larl %r1
    const LG: &[u8] = &[0xe3, 0x20, 0x10, 0x08, 0x00, 0x04]; // lg %r2,8(%r1)

    /// Bytes and meaning as `llvm-mc -triple=systemz -mcpu=z13` gives them.
    #[test]
    fn each_relative_instruction() {
        let rows = [
            (far(0xc0, 0xe5), How::Call),    // brasl %r14
            (far(0xc0, 0xf4), How::Jump),    // jg
            (far(0xc0, 0x84), How::Jump),    // jge
            (far(0xc0, 0x10), How::Address), // larl %r1
            (far(0xc4, 0x18), How::Load),    // lgrl %r1
            (far(0xc4, 0x1d), How::Load),    // lrl %r1
            (far(0xc6, 0x10), How::Load),    // exrl %r1
            (far(0xc4, 0x1b), How::Store),   // stgrl %r1
            (far(0xc4, 0x1f), How::Store),   // strl %r1
        ];
        for (bytes, how) in rows {
            assert_eq!(found(&[NOPR, &bytes], 0x1_1002), [(0x1_0002, how)], "{bytes:x?}");
        }
        assert_eq!(found(&[&[0xa7, 0xf4, 0x08, 0x00]], 0x1_1000), [(0x1_0000, How::Jump)], "j");
        // jg .-2
        let back = [0xc0, 0xf4, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(found(&[NOPR, &back], 0x1_0000), [(0x1_0002, How::Jump)]);
    }

    #[test]
    fn a_field_behind_an_address_that_was_formed() {
        assert_eq!(found(&[LARL, LG], 0x1_1008), [(0x1_0006, How::Load)]);
        let stores: [&[u8]; 3] = [
            &[0x50, 0x20, 0x10, 0x08],             // st %r2,8(%r1)
            &[0xe5, 0x48, 0x10, 0x08, 0x00, 0x01], // mvghi 8(%r1),1
            &[0xeb, 0x12, 0x10, 0x08, 0x00, 0xe8], // laag %r1,%r2,8(%r1)
        ];
        for store in stores {
            assert_eq!(found(&[LARL, store], 0x1_1008), [(0x1_0006, How::Store)], "{store:x?}");
        }
        let vector = [0xe7, 0x10, 0x10, 0x08, 0x00, 0x06]; // vl %v1,8(%r1)
        assert_eq!(found(&[LARL, &vector], 0x1_1008), [(0x1_0006, How::Load)]);
    }

    #[test]
    fn an_odd_address_takes_its_last_bit_from_an_index() {
        let la = [0x41, 0x11, 0x00, 0x01]; // la %r1,1(%r1,0)
        let lg = [0xe3, 0x21, 0x00, 0x01, 0x00, 0x04]; // lg %r2,1(%r1,0)
        assert_eq!(found(&[LARL, &la], 0x1_1001), [(0x1_0006, How::Address)]);
        assert_eq!(found(&[LARL, &lg], 0x1_1001), [(0x1_0006, How::Load)]);
    }

    #[test]
    fn a_register_that_is_written_holds_no_address() {
        let writes: [&[u8]; 4] = [
            &[0xb9, 0x04, 0x00, 0x12],             // lgr %r1,%r2
            &[0xa7, 0x19, 0x00, 0x01],             // lghi %r1,1
            &[0xe3, 0x10, 0x30, 0x08, 0x00, 0x04], // lg %r1,8(%r3)
            &far(0xc0, 0xe5),                      // brasl %r14: a call
        ];
        for write in writes {
            assert_eq!(found(&[LARL, write, LG], 0x1_1008), [], "{write:x?}");
        }
        assert_eq!(found(&[LARL, NOPR, LG], 0x1_1008), [(0x1_0008, How::Load)]);
    }
}
