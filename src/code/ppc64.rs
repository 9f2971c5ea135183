//! Which 64-bit Power instructions refer to an address?
//!
//! Encodings: Power ISA 3.1B, books I (1.6 and 3.3). Both byte orders share the rows. tests/references.rs compares
//! this with `go tool objdump` and with the linker's relocations.

use super::How;
use super::table::{
    Act, Base, CTR, Imm, Isa, LR, Length, NOTHING, Pin, Reg, Row, five, signed, word,
};

/// Big-endian Power.
pub(super) static PPC64: Isa = isa(true);
/// Little-endian Power.
pub(super) static PPC64LE: Isa = isa(false);

const fn isa(big_endian: bool) -> Isa {
    Isa {
        big_endian,
        length: Length::Prefixed,
        pc_bias: 0,
        address_bits: 64,
        delay_slot: false,
        pc_register: None,
        pinned: &[(2, Pin::Toc)],
        rows: ROWS,
    }
}

const RT: Reg = five(21);
const RA: Reg = five(16);
const BASE: Base = Base::Register(RA);

const LI: Imm = signed(&[(2, 24, 2)], 26);
const BD: Imm = signed(&[(2, 14, 2)], 16);
const D: Imm = signed(&[(0, 16, 0)], 16);
const DS: Imm = signed(&[(2, 14, 2)], 16);
const DQ: Imm = signed(&[(4, 12, 4)], 16);
const HIGH: Imm = signed(&[(0, 16, 16)], 32);
/// The immediate of a prefixed pair.
const D34: Imm = signed(&[(0, 16, 0), (32, 18, 16)], 34);

/// Reads memory at `imm` from a base register.
const fn load(mask: u32, bits: u32, imm: Imm) -> Row {
    word(mask, bits, Act::Load(Some(RT), BASE, imm))
}

const fn load_float(mask: u32, bits: u32, imm: Imm) -> Row {
    word(mask, bits, Act::Load(None, BASE, imm))
}

const fn store(mask: u32, bits: u32, imm: Imm) -> Row {
    word(mask, bits, Act::Store(BASE, imm))
}

/// A prefixed pair, relative to the program counter: the prefix's form and the suffix's opcode.
const fn prefixed(form: u64, opcode: u64, act: Act) -> Row {
    let pc_relative = form << 52 | 1 << 52;
    Row { length: 8, mask: 0xfff0_0000_fc00_0000, bits: pc_relative | opcode << 26, act }
}

/// Prefixes of suffixes that are instructions of their own (MLS), and of those that are not (8LS).
const MLS: u64 = 0x060;
const EIGHT_LS: u64 = 0x040;
const PREFIXED_LOAD: Act = Act::Load(Some(RT), Base::Pc, D34);
const PREFIXED_LOAD_FLOAT: Act = Act::Load(None, Base::Pc, D34);
const PREFIXED_STORE: Act = Act::Store(Base::Pc, D34);

static ROWS: &[Row] = &[
    // b, bl, ba, bla; bcl 20,31,.+4, which asks for the program counter; bc, bcl.
    word(0xfc00_0003, 0x4800_0000, Act::Away(Base::Pc, LI)),
    word(0xfc00_0003, 0x4800_0001, Act::Branch(How::Call, Base::Pc, LI)),
    word(0xfc00_0003, 0x4800_0002, Act::Away(Base::Zero, LI)),
    word(0xfc00_0003, 0x4800_0003, Act::Branch(How::Call, Base::Zero, LI)),
    word(0xffff_ffff, 0x429f_0005, Act::Part(LR, Base::Pc, BD)),
    word(0xfc00_0003, 0x4000_0000, Act::Branch(How::Jump, Base::Pc, BD)),
    word(0xfc00_0003, 0x4000_0001, Act::Branch(How::Call, Base::Pc, BD)),
    // bctr, bctrl, blr; mtctr, mflr.
    word(0xffff_ffff, 0x4e80_0420, Act::Away(Base::Register(CTR), NOTHING)),
    word(0xffff_ffff, 0x4e80_0421, Act::Branch(How::Call, Base::Register(CTR), NOTHING)),
    word(0xffff_ffff, 0x4e80_0020, Act::Away(Base::Register(LR), NOTHING)),
    word(0xfc1f_ffff, 0x7c09_03a6, Act::Part(CTR, Base::Register(RT), NOTHING)),
    word(0xfc1f_ffff, 0x7c08_02a6, Act::Part(RT, Base::Register(LR), NOTHING)),
    // lis, addis, li, addi. As a base, r0 stands for zero; addi r2,r2 ends what computes r2 itself.
    word(0xfc1f_0000, 0x3c00_0000, Act::Part(RT, Base::Zero, HIGH)),
    word(0xfc00_0000, 0x3c00_0000, Act::Part(RT, BASE, HIGH)),
    word(0xfc1f_0000, 0x3800_0000, Act::Write(RT)),
    word(0xffff_0000, 0x3842_0000, Act::Nothing),
    word(0xfc00_0000, 0x3800_0000, Act::Address(RT, BASE, D)),
    // Loads: at address zero, lwz, lbz, lhz, lha and their updating forms; ld, ldu, lwa.
    word(0xf01f_0000, 0x8000_0000, Act::Write(RT)),
    word(0xf01f_0000, 0xa000_0000, Act::Write(RT)),
    load(0xf000_0000, 0x8000_0000, D),
    load(0xf000_0000, 0xa000_0000, D),
    load(0xfc00_0000, 0xe800_0000, DS),
    // Stores: stw, stb (updating too); sth; std, stdu.
    store(0xf000_0000, 0x9000_0000, D),
    store(0xf800_0000, 0xb000_0000, D),
    store(0xfc00_0002, 0xf800_0000, DS),
    // Floats and vectors: lfs, lfd, stfs, stfd; lxsd, lxssp; lxv, stxv, stxsd, stxssp; lxvp, stxvp.
    load_float(0xf000_0000, 0xc000_0000, D),
    store(0xf000_0000, 0xd000_0000, D),
    load_float(0xfc00_0002, 0xe400_0002, DS),
    load_float(0xfc00_0007, 0xf400_0001, DQ),
    store(0xfc00_0007, 0xf400_0005, DQ),
    store(0xfc00_0002, 0xf400_0002, DS),
    load_float(0xfc00_000f, 0x1800_0000, DQ),
    store(0xfc00_000f, 0x1800_0001, DQ),
    // paddi; plwz, plbz, plhz, plha, plfs, plfd; pstw, pstb, psth, pstfs, pstfd.
    prefixed(MLS, 14, Act::Address(RT, Base::Pc, D34)),
    prefixed(MLS, 32, PREFIXED_LOAD),
    prefixed(MLS, 34, PREFIXED_LOAD),
    prefixed(MLS, 40, PREFIXED_LOAD),
    prefixed(MLS, 42, PREFIXED_LOAD),
    prefixed(MLS, 48, PREFIXED_LOAD_FLOAT),
    prefixed(MLS, 50, PREFIXED_LOAD_FLOAT),
    prefixed(MLS, 36, PREFIXED_STORE),
    prefixed(MLS, 38, PREFIXED_STORE),
    prefixed(MLS, 44, PREFIXED_STORE),
    prefixed(MLS, 52, PREFIXED_STORE),
    prefixed(MLS, 54, PREFIXED_STORE),
    // plwa, pld, pstd; plxsd, plxssp, plxv (two opcodes); pstxsd, pstxssp, pstxv (two opcodes).
    prefixed(EIGHT_LS, 41, PREFIXED_LOAD),
    prefixed(EIGHT_LS, 57, PREFIXED_LOAD),
    prefixed(EIGHT_LS, 61, PREFIXED_STORE),
    prefixed(EIGHT_LS, 42, PREFIXED_LOAD_FLOAT),
    prefixed(EIGHT_LS, 43, PREFIXED_LOAD_FLOAT),
    prefixed(EIGHT_LS, 50, PREFIXED_LOAD_FLOAT),
    prefixed(EIGHT_LS, 51, PREFIXED_LOAD_FLOAT),
    prefixed(EIGHT_LS, 46, PREFIXED_STORE),
    prefixed(EIGHT_LS, 47, PREFIXED_STORE),
    prefixed(EIGHT_LS, 54, PREFIXED_STORE),
    prefixed(EIGHT_LS, 55, PREFIXED_STORE),
    // Arithmetic that writes RT: mulli; subfic; addic; isel; indexed loads; mfspr; XO forms.
    word(0xfc00_0000, 0x1c00_0000, Act::Write(RT)),
    word(0xfc00_0000, 0x2000_0000, Act::Write(RT)),
    word(0xf800_0000, 0x3000_0000, Act::Write(RT)),
    word(0xfc00_003e, 0x7c00_001e, Act::Write(RT)),
    word(0xfc00_07fe, 0x7c00_002a, Act::Write(RT)),
    word(0xfc00_07fe, 0x7c00_002e, Act::Write(RT)),
    word(0xfc00_07fe, 0x7c00_00ae, Act::Write(RT)),
    word(0xfc00_077e, 0x7c00_022e, Act::Write(RT)),
    word(0xfc00_07fe, 0x7c00_02aa, Act::Write(RT)),
    word(0xfc00_07fe, 0x7c00_02a6, Act::Write(RT)),
    word(0xfc00_0038, 0x7c00_0010, Act::Write(RT)),
    // Logic that writes RA: rlw*, ori to andis., rld*; and to orc; shifts, extensions, counts.
    word(0xf000_0000, 0x5000_0000, Act::Write(RA)),
    word(0xf000_0000, 0x6000_0000, Act::Write(RA)),
    word(0xf800_0000, 0x7000_0000, Act::Write(RA)),
    word(0xfc00_0000, 0x7800_0000, Act::Write(RA)),
    word(0xfc00_003e, 0x7c00_0038, Act::Write(RA)),
    word(0xfc00_0038, 0x7c00_0030, Act::Write(RA)),
];

#[cfg(test)]
mod tests {
    use super::super::tests::found_in;
    use super::super::{Bases, Code, How, InstructionSet, LeadsTo, stubs};

    fn found(words: &[u32], wanted: u64) -> Vec<(u64, How)> {
        let little: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let big: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        let found = found_in(InstructionSet::Ppc64le, &little, wanted);
        assert_eq!(found, found_in(InstructionSet::Ppc64, &big, wanted), "byte orders");
        found
    }

    const NOP: u32 = 0x6000_0000;
    const LIS: u32 = 0x3c60_0002; // lis 3,2
    const ADDI: u32 = 0x3863_0100; // addi 3,3,256
    const LD: u32 = 0xe883_0100; // ld 4,256(3)

    /// Words and meaning as `llvm-mc -triple=powerpc64 -mcpu=pwr10` gives them.
    #[test]
    fn branches_forwards_and_backwards() {
        assert_eq!(found(&[0x4800_1001], 0x1_1000), [(0x1_0000, How::Call)]);
        assert_eq!(found(&[NOP, 0x4bff_fffc], 0x1_0000), [(0x1_0004, How::Jump)]);
        assert_eq!(found(&[0x4801_0003], 0x1_0000), [(0x1_0000, How::Call)], "bla 0x10000");
        assert_eq!(found(&[0x4200_0008], 0x1_0008), [(0x1_0000, How::Jump)], "bdnz");
    }

    #[test]
    fn an_address_is_formed_by_two_instructions() {
        let stores = [0x9083_0100, 0xf883_0100]; // stw 4,256(3); std
        let loads = [LD, 0xc823_0100, 0xf443_0109]; // lfd 1,256(3); lxv 34
        assert_eq!(found(&[LIS, ADDI], 0x2_0100), [(0x1_0004, How::Address)]);
        for load in loads {
            let bare = load & !0xf;
            let offset = if load >> 26 == 61 { load } else { bare };
            assert_eq!(found(&[LIS, offset], 0x2_0100), [(0x1_0004, How::Load)], "{load:#x}");
        }
        for store in stores {
            assert_eq!(found(&[LIS, store], 0x2_0100), [(0x1_0004, How::Store)], "{store:#x}");
        }
        // std 4,-256(3): the low part is signed.
        assert_eq!(found(&[LIS, 0xf883_ff00], 0x1_ff00), [(0x1_0004, How::Store)]);
        assert_eq!(found(&[LIS, NOP, NOP, NOP, NOP, ADDI], 0x2_0100), [], "too far apart");
        assert_eq!(found(&[LIS, 0x7ca3_2b78, LD], 0x2_0100), [], "mr 3,5 between");
        assert_eq!(found(&[LIS, 0x4800_1001, LD], 0x2_0100), [], "a call between");
    }

    #[test]
    fn prefixed_instructions_count_from_their_own_address() {
        let [pla, pld, pstd] =
            [[0x0610_000f, 0x3860_0100], [0x0410_0000, 0xe460_0100], [0x0413_ffff, 0xf460_fff8]];
        assert_eq!(found(&pla, 0x10_0100), [(0x1_0000, How::Address)]);
        assert_eq!(found(&pld, 0x1_0100), [(0x1_0000, How::Load)]);
        assert_eq!(found(&[NOP, NOP, pstd[0], pstd[1]], 0x1_0000), [(0x1_0008, How::Store)]);
    }

    #[test]
    fn a_trampoline_jumps_to_what_it_put_into_ctr() {
        // lis 12,2; addi 12,12,256; mtctr 12; bctr: cmd/link/internal/ppc64/asm.go, gentramp.
        let words = [0x3d80_0002, 0x398c_0100, 0x7d89_03a6, 0x4e80_0420];
        assert_eq!(found(&words, 0x2_0100), [(0x1_0004, How::Address)]);
        let bytes: Vec<u8> = words.iter().flat_map(|word| u32::to_be_bytes(*word)).collect();
        let code = [Code { address: 0x1_0000, bytes: &bytes }];
        let led = stubs(InstructionSet::Ppc64, &code, &Bases::default());
        assert_eq!(led.first().map(|stub| stub.leads_to), Some(LeadsTo::Address(0x2_0100)));
    }

    #[test]
    fn functions_that_compute_r2_refer_relative_to_it_and_are_entered_behind() {
        // addis 2,12,2; addi 2,2,-32768; addis 3,2,1; ld 4,256(3); bl to the third word.
        let words = [0x3c4c_0002, 0x3842_8000, 0x3c62_0001, LD, 0x4bff_fff9];
        assert_eq!(found(&words, 0x3_8100), [(0x1_000c, How::Load)]);
        assert_eq!(found(&words, 0x1_0000), [(0x1_0010, How::Call)]);
    }
}
