//! References in x86 code of 64 and of 32 bits, decoded by iced-x86.
//!
//! A scan for the bytes E8 and E9 finds every call (0 missed of 227,677), 4 that are no calls, and no address that
//! LEA forms. Decoding everything costs 3 to 5 ms per MB of Go code.

mod lengths;
mod sieve;
mod thunks;

use iced_x86::{
    Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpAccess,
    OpKind, Register,
};

use super::registers::Seen;
use super::stubs::{LeadsTo, leads_to};
use super::{Bases, Code, How, Wanted};
pub(super) use sieve::Sieve;
use thunks::Counter;
pub(super) use thunks::{Thunk, thunk};

/// What a search of x86 code needs besides the code.
pub(super) struct X86<'a> {
    /// 64 or 32.
    pub bits: u32,
    /// Functions that return the program counter to position-independent code, in order.
    pub thunks: &'a [Thunk],
    /// Base addresses that only the caller knows.
    pub bases: Bases,
    /// What tells functions that refer to nothing wanted; code of 32 bits is read whole, because registers hold parts
    /// of addresses there.
    pub sieve: Option<Sieve<'a>>,
}

impl X86<'_> {
    /// Calls `tell` for every reference of one function to a wanted address. Returns false if some bytes are no
    /// instruction, and the function may refer to such an address.
    pub(super) fn search(
        &self,
        code: Code<'_>,
        wanted: &Wanted,
        tell: &mut impl FnMut(Seen),
    ) -> bool {
        if self.sieve.as_ref().is_some_and(|sieve| !sieve.may_refer(code)) {
            return true;
        }
        self.scan(code, &|to| wanted.contains(to), tell)
    }

    /// The same for the addresses that `takes` accepts.
    pub(super) fn scan(
        &self,
        code: Code<'_>,
        takes: &impl Fn(u64) -> bool,
        tell: &mut impl FnMut(Seen),
    ) -> bool {
        let mut decoder =
            Decoder::with_ip(self.bits, code.bytes, code.address, DecoderOptions::NONE);
        let mut instruction = Instruction::default();
        let mut counter = Counter::new(self.thunks);
        let mut factory = InstructionInfoFactory::new();
        let (mut at, mut complete) = (0, true);
        while let Some(rest) = code.bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let ip = code.address.wrapping_add(at as u64);
            if let Some(length) = self.passed(rest, ip, takes) {
                at += length;
                continue;
            }
            decoder.set_ip(ip);
            if decoder.set_position(at).is_err() {
                return false;
            }
            decoder.decode_out(&mut instruction);
            at = decoder.position();
            if instruction.is_invalid() {
                // The last function of a table can end in zero padding, truncated within an instruction.
                complete &= is_padding(code, instruction.ip());
                continue;
            }
            if let Some(seen) = self.target(&instruction, &counter, &mut factory, takes) {
                tell(seen);
            }
            if self.bits == 32 {
                counter.follow(&instruction);
            }
        }
        complete
    }

    /// The length of the instruction at `ip`, which begins `bytes`, if it certainly refers to nothing that `takes` takes.
    #[inline]
    fn passed(&self, bytes: &[u8], ip: u64, takes: &impl Fn(u64) -> bool) -> Option<usize> {
        let measured = lengths::measure(bytes).filter(|_| self.bits == 64)?;
        let end = ip.wrapping_add(measured.length as u64);
        let to = measured.distance.map(|distance| end.wrapping_add_signed(distance.into()));
        (!to.is_some_and(takes)).then_some(measured.length)
    }

    /// Where the stub that begins with `code` leads; none if it does anything but jump.
    pub(super) fn stub(&self, code: Code<'_>) -> Option<LeadsTo> {
        let decoder = Decoder::with_ip(self.bits, code.bytes, code.address, DecoderOptions::NONE);
        let passed = [Mnemonic::Endbr64, Mnemonic::Endbr32, Mnemonic::Nop];
        let first = decoder.into_iter().find(|next| !passed.contains(&next.mnemonic()))?;
        if first.mnemonic() != Mnemonic::Jmp {
            return None;
        }
        let mut factory = InstructionInfoFactory::new();
        let seen = self.target(&first, &Counter::new(&[]), &mut factory, &|_| true)?;
        (seen.how == How::Jump).then(|| leads_to(seen.to, seen.through))
    }

    fn target(
        &self,
        instruction: &Instruction,
        counter: &Counter<'_>,
        factory: &mut InstructionInfoFactory,
        takes: &impl Fn(u64) -> bool,
    ) -> Option<Seen> {
        let seen =
            |to, how, through| Seen { at: instruction.ip(), to, how, through, computed: false };
        let branch = branch(instruction);
        if let Some(how) = branch
            && instruction.op0_kind() != OpKind::Memory
        {
            let near = [OpKind::NearBranch16, OpKind::NearBranch32, OpKind::NearBranch64];
            let to = instruction.near_branch_target();
            let direct = near.contains(&instruction.op0_kind()) && takes(to);
            return direct.then(|| seen(to, how, false));
        }
        if let Some(to) = self.operand(instruction, counter).filter(|to| takes(*to)) {
            // With an index it is a table, of which one word is read.
            let through = branch.is_some() && instruction.memory_index() == Register::None;
            let how = branch.filter(|_| through).unwrap_or_else(|| access(instruction, factory));
            return Some(seen(to, how, through));
        }
        let to = self.immediate(instruction).filter(|to| takes(*to))?;
        Some(seen(to, How::Address, false))
    }

    /// The address of the memory operand, if the instruction alone tells it.
    fn operand(&self, instruction: &Instruction, counter: &Counter<'_>) -> Option<u64> {
        if instruction.is_ip_rel_memory_operand() {
            return Some(instruction.ip_rel_memory_address());
        }
        if instruction.memory_displ_size() < 4 && self.bits == 64 {
            return None;
        }
        let displacement = instruction.memory_displacement64();
        let base = match instruction.memory_base() {
            // With fs or gs an address is an offset in thread-local storage.
            Register::None => (instruction.memory_displ_size() >= 4
                && !matches!(instruction.memory_segment(), Register::FS | Register::GS))
            .then_some(0),
            Register::EBX => counter.value(Register::EBX).or(self.bases.got),
            other => counter.value(other),
        };
        Some(self.cut(base?.wrapping_add(displacement)))
    }

    /// An immediate that can be an address: only for IA-32 does Go's assembler write `MOVL $f(SB), AX` so.
    fn immediate(&self, instruction: &Instruction) -> Option<u64> {
        if self.bits != 32 || !matches!(instruction.mnemonic(), Mnemonic::Mov | Mnemonic::Push) {
            return None;
        }
        let last = instruction.op_count().checked_sub(1)?;
        let is_immediate = instruction.op_kind(last) == OpKind::Immediate32;
        is_immediate.then(|| instruction.immediate32().into())
    }

    fn cut(&self, address: u64) -> u64 {
        if self.bits == 32 { address & u64::from(u32::MAX) } else { address }
    }
}

fn branch(instruction: &Instruction) -> Option<How> {
    match instruction.flow_control() {
        FlowControl::Call | FlowControl::IndirectCall => Some(How::Call),
        FlowControl::UnconditionalBranch
        | FlowControl::ConditionalBranch
        | FlowControl::IndirectBranch => Some(How::Jump),
        _ => None,
    }
}

fn access(instruction: &Instruction, factory: &mut InstructionInfoFactory) -> How {
    if instruction.mnemonic() == Mnemonic::Lea {
        return How::Address;
    }
    let writes = factory.info(instruction).used_memory().iter().any(|memory| {
        matches!(
            memory.access(),
            OpAccess::Write | OpAccess::CondWrite | OpAccess::ReadWrite | OpAccess::ReadCondWrite
        )
    });
    if writes { How::Store } else { How::Load }
}

fn is_padding(code: Code<'_>, at: u64) -> bool {
    let offset = usize::try_from(at.wrapping_sub(code.address)).unwrap_or(usize::MAX);
    code.bytes.get(offset..).is_some_and(|rest| rest.iter().all(|byte| matches!(byte, 0 | 0xcc)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::found_in;
    use super::super::{Found, InstructionSet, search};
    use super::*;

    fn hows(set: InstructionSet, code: &[u8], wanted: u64) -> Vec<(u64, How)> {
        found_in(set, code, wanted)
    }

    /// Bytes and meaning as GNU as and objdump give them.
    #[test]
    fn each_way_to_refer_in_64_bits() {
        let code = [
            0xe8, 0xfb, 0x0f, 0x00, 0x00, // call 0x11000
            0xe9, 0xf6, 0x0f, 0x00, 0x00, // jmp 0x11000
            0x48, 0x8d, 0x05, 0xef, 0x0f, 0x00, 0x00, // lea 0xfef(%rip),%rax -> 0x11000
            0x48, 0x8b, 0x05, 0xe8, 0x0f, 0x00, 0x00, // mov 0xfe8(%rip),%rax -> 0x11000
            0x48, 0x89, 0x05, 0xe1, 0x0f, 0x00, 0x00, // mov %rax,0xfe1(%rip) -> 0x11000
            0x0f, 0x84, 0xdb, 0x0f, 0x00, 0x00, // je 0x11000
            0x48, 0x8b, 0x04, 0xc5, 0x00, 0x10, 0x01, 0x00, // mov 0x11000(,%rax,8),%rax
            0x64, 0x48, 0x8b, 0x04, 0x25, 0x00, 0x10, 0x01, 0x00, // mov %fs:0x11000,%rax
            0xb8, 0x00, 0x10, 0x01, 0x00, // mov $0x11000,%eax
        ];
        let expected = [
            (0x1_0000, How::Call),
            (0x1_0005, How::Jump),
            (0x1_000a, How::Address),
            (0x1_0011, How::Load),
            (0x1_0018, How::Store),
            (0x1_001f, How::Jump),
            (0x1_0025, How::Load),
        ];
        assert_eq!(hows(InstructionSet::Amd64, &code, 0x1_1000), expected);
    }

    #[test]
    fn a_word_that_says_where_to_go_is_gone_through() {
        let code = [
            0xff, 0x15, 0xfa, 0x0f, 0x00, 0x00, // call *0xffa(%rip) -> 0x11000
            0xff, 0x25, 0xf4, 0x0f, 0x00, 0x00, // jmp *0xff4(%rip) -> 0x11000
            0xff, 0x24, 0xc5, 0x00, 0x10, 0x01, 0x00, // jmp *0x11000(,%rax,8)
        ];
        let code = [Code { address: 0x1_0000, bytes: &code }];
        let wanted = Wanted::new([0x1_1000]);
        let found = search(InstructionSet::Amd64, &code, &wanted, &Bases::default());
        let ways: Vec<_> = found.references.iter().map(|r| (r.how, r.through)).collect();
        assert_eq!(ways, [(How::Call, true), (How::Jump, true), (How::Load, false)]);
    }

    #[test]
    fn each_way_to_refer_in_32_bits() {
        let code = [
            0xe8, 0xfb, 0x0f, 0x00, 0x00, // call 0x11000
            0x8d, 0x05, 0x00, 0x10, 0x01, 0x00, // lea 0x11000,%eax
            0xa1, 0x00, 0x10, 0x01, 0x00, // mov 0x11000,%eax
            0x89, 0x1d, 0x00, 0x10, 0x01, 0x00, // mov %ebx,0x11000
            0x68, 0x00, 0x10, 0x01, 0x00, // push $0x11000
            0xb8, 0x00, 0x10, 0x01, 0x00, // mov $0x11000,%eax
            0xc7, 0x04, 0x24, 0x00, 0x10, 0x01, 0x00, // movl $0x11000,(%esp)
            0x65, 0xa1, 0x00, 0x10, 0x01, 0x00, // mov %gs:0x11000,%eax
            0x8b, 0x84, 0x24, 0x00, 0x10, 0x01, 0x00, // mov 0x11000(%esp),%eax
            0x81, 0xfa, 0x00, 0x10, 0x01, 0x00, // cmp $0x11000,%edx
        ];
        let expected = [
            (0x1_0000, How::Call),
            (0x1_0005, How::Address),
            (0x1_000b, How::Load),
            (0x1_0010, How::Store),
            (0x1_0016, How::Address),
            (0x1_001b, How::Address),
            (0x1_0020, How::Address),
        ];
        assert_eq!(hows(InstructionSet::I386, &code, 0x1_1000), expected);
    }

    #[test]
    fn bytes_that_are_no_instruction_are_told() {
        let undecoded = |bytes: &[u8]| -> Found {
            let code = [Code { address: 0x1000, bytes }];
            search(InstructionSet::Amd64, &code, &Wanted::new([0x1001]), &Bases::default())
        };
        assert_eq!(undecoded(&[0x06, 0x90, 0x90]).undecoded, [0x1000]);
        assert!(undecoded(&[0xc3, 0, 0, 0]).undecoded.is_empty(), "padding");
    }
}
