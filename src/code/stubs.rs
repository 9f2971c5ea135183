//! Where does a stub lead? A stub is code that only jumps to another function.
//!
//! Linkers make stubs where a call does not reach its target, and where only the loader knows the target: entries of
//! a procedure linkage table, veneers, Go's own trampolines. Few of them have a name in any table.

use super::toc::Toc;
use super::{Bases, Code, Decoder, InstructionSet, Wanted};

/// Where a stub leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadsTo {
    /// To this address.
    Address(u64),
    /// To the address in the word at this address.
    Slot(u64),
}

/// A stub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stub {
    /// Address of its first instruction.
    pub entry: u64,
    /// Where it leads.
    pub leads_to: LeadsTo,
}

pub(super) fn leads_to(to: u64, through: bool) -> LeadsTo {
    if through { LeadsTo::Slot(to) } else { LeadsTo::Address(to) }
}

/// The stubs among `entries`. Each entry begins where something calls, and may be longer than the stub: a stub is
/// read up to its jump.
#[must_use]
pub fn stubs(set: InstructionSet, entries: &[Code<'_>], bases: &Bases) -> Vec<Stub> {
    let nothing = Wanted::default();
    let decoder = Decoder::new(set, &nothing, &[], bases, Toc::default());
    let read = |code: &Code<'_>| {
        let leads_to = match &decoder {
            Decoder::Table(scanner) => scanner.stub(*code),
            Decoder::X86(x86) => x86.stub(*code),
        };
        Some(Stub { entry: code.address, leads_to: leads_to? })
    };
    entries.iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stub(set: InstructionSet, bytes: &[u8], bases: &Bases) -> Option<LeadsTo> {
        let found = stubs(set, &[Code { address: 0x1_0000, bytes }], bases);
        found.first().map(|stub| stub.leads_to)
    }

    fn words(set: InstructionSet, words: &[u32]) -> Option<LeadsTo> {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        stub(set, &bytes, &Bases::default())
    }

    /// Entries of procedure linkage tables as GNU ld writes them.
    #[test]
    fn entries_of_linkage_tables_lead_to_a_slot() {
        // adrp x16, 0x11000; ldr x17, [x16, #0x28]; add x16, x16, #0x28; br x17
        let code = [0xb000_0010, 0xf940_1611, 0x9100_a210, 0xd61f_0220];
        assert_eq!(words(InstructionSet::Arm64, &code), Some(LeadsTo::Slot(0x1_1028)));
        // adrp x16, 0x11000; ldr x16, [x16, #0x28]; br x16: an entry of Mach-O's __stubs
        let code = [0xb000_0010, 0xf940_1610, 0xd61f_0200];
        assert_eq!(words(InstructionSet::Arm64, &code), Some(LeadsTo::Slot(0x1_1028)));
        // add ip, pc, #0x500000; add ip, ip, #0x60000; ldr pc, [ip, #0xc14]!
        let code = [0xe28f_c605, 0xe28c_ca60, 0xe5bc_fc14];
        assert_eq!(words(InstructionSet::Arm, &code), Some(LeadsTo::Slot(0x57_0c1c)));
        // auipc t3, 0x4e9; ld t3, 1048(t3); jalr t1, t3
        let code = [0x004e_9e17, 0x418e_3e03, 0x000e_0367];
        assert_eq!(words(InstructionSet::Riscv64, &code), Some(LeadsTo::Slot(0x4f_9418)));
        let none = Bases::default();
        let jump = [0xff, 0x25, 0xfa, 0x0f, 0, 0]; // jmp *0xffa(%rip)
        assert_eq!(stub(InstructionSet::Amd64, &jump, &none), Some(LeadsTo::Slot(0x1_1000)));
        let marked = [0xf3, 0x0f, 0x1e, 0xfa, 0xf2, 0xff, 0x25, 0xf5, 0x0f, 0, 0]; // endbr64; bnd jmp
        assert_eq!(stub(InstructionSet::Amd64, &marked, &none), Some(LeadsTo::Slot(0x1_1000)));
        let based = [0xff, 0xa3, 0x10, 0, 0, 0]; // jmp *0x10(%ebx)
        let got = Bases { got: Some(0x2_0000), ..none };
        assert_eq!(stub(InstructionSet::I386, &based, &got), Some(LeadsTo::Slot(0x2_0010)));
        assert_eq!(stub(InstructionSet::I386, &based, &none), None);
    }

    /// Trampolines as Go's linker writes them, and veneers as GNU ld does.
    #[test]
    fn trampolines_lead_to_a_function() {
        // adrp x27, 0x11000; add x27, x27, #0x28; br x27
        let code = [0xb000_001b, 0x9100_a37b, 0xd61f_0360];
        assert_eq!(words(InstructionSet::Arm64, &code), Some(LeadsTo::Address(0x1_1028)));
        // auipc t6, 0x100; jr 8(t6)
        let code = [0x0010_0f97, 0x008f_8067];
        assert_eq!(words(InstructionSet::Riscv64, &code), Some(LeadsTo::Address(0x11_0008)));
        // ldr pc, [pc, #-4] and the word behind it
        let code = [0xe51f_f004, 0x0002_0000];
        assert_eq!(words(InstructionSet::Arm, &code), Some(LeadsTo::Slot(0x1_0004)));
        // ldr ip, [pc]; bx ip; the word
        let code = [0xe59f_c000, 0xe12f_ff1c, 0x0002_0000];
        assert_eq!(words(InstructionSet::Arm, &code), Some(LeadsTo::Address(0x2_0000)));
    }

    #[test]
    fn a_function_that_does_more_is_no_stub() {
        let none = Bases::default();
        // sub $8,%rsp; jmp 0x11000
        let code = [0x48, 0x83, 0xec, 0x08, 0xe9, 0xf7, 0x0f, 0, 0];
        assert_eq!(stub(InstructionSet::Amd64, &code, &none), None);
        // mov x0, #1; b 0x11000
        assert_eq!(words(InstructionSet::Arm64, &[0xd280_0020, 0x1400_03ff]), None);
        // bl 0x11000; ret
        assert_eq!(words(InstructionSet::Arm64, &[0x9400_0400, 0xd65f_03c0]), None);
        assert_eq!(stub(InstructionSet::Amd64, &[], &none), None);
    }
}
