//! Which registers hold an address from the program counter in position-independent code for IA-32?
//!
//! IA-32 has no addresses relative to the program counter. The code calls a function that returns its return address,
//! and forms addresses from that (cmd/internal/obj/x86/obj6.go, rewriteToPcrel, go1.27; C compilers call it
//! `__x86.get_pc_thunk.bx`).

use iced_x86::{Code as Opcode, Instruction, Mnemonic, OpKind, Register};

use crate::code::Code;

/// For how many instructions the register counts: Go uses it at once, C compilers within a few instructions.
const LASTS: usize = 4;

/// A function that returns the program counter to its caller.
#[derive(Clone, Copy, Debug)]
pub(in crate::code) struct Thunk {
    /// Where it begins.
    pub address: u64,
    register: Register,
}

/// The thunk that `code` is, if it is `mov (%esp),%REG; ret`.
pub(in crate::code) fn thunk(code: Code<'_>) -> Option<Thunk> {
    let [0x8b, modrm, 0x24, 0xc3, ..] = code.bytes else { return None };
    let register = match modrm {
        0x04 => Register::EAX,
        0x0c => Register::ECX,
        0x14 => Register::EDX,
        0x1c => Register::EBX,
        0x2c => Register::EBP,
        0x34 => Register::ESI,
        0x3c => Register::EDI,
        _ => return None,
    };
    Some(Thunk { address: code.address, register })
}

/// The registers of one function that hold an address from the program counter.
pub(super) struct Counter<'a> {
    thunks: &'a [Thunk],
    /// Register, its value, and for how many more instructions it counts.
    held: Vec<(Register, u64, usize)>,
}

impl<'a> Counter<'a> {
    /// The state before the first instruction; `thunks` in order of addresses.
    pub(super) fn new(thunks: &'a [Thunk]) -> Self {
        Self { thunks, held: Vec::new() }
    }

    /// The value of `register`, if it comes from the program counter.
    pub(super) fn value(&self, register: Register) -> Option<u64> {
        self.held.iter().find(|(held, ..)| *held == register).map(|(_, value, _)| *value)
    }

    /// Updates the registers after `instruction`.
    pub(super) fn follow(&mut self, instruction: &Instruction) {
        if self.thunks.is_empty() {
            return;
        }
        let formed = self.formed(instruction);
        let written = (instruction.op_count() > 0 && instruction.op0_kind() == OpKind::Register)
            .then(|| instruction.op0_register());
        self.held.retain_mut(|(register, _, left)| {
            *left = left.saturating_sub(1);
            *left > 0 && (!is_write(instruction) || written != Some(*register))
        });
        if let Some((register, value)) = formed {
            self.held.retain(|(held, ..)| *held != register);
            self.held.push((register, value & u64::from(u32::MAX), LASTS));
        }
    }

    fn formed(&self, instruction: &Instruction) -> Option<(Register, u64)> {
        match instruction.code() {
            Opcode::Call_rel32_32 => {
                let to = instruction.near_branch_target();
                let index = self.thunks.binary_search_by_key(&to, |thunk| thunk.address).ok()?;
                Some((self.thunks.get(index)?.register, instruction.next_ip()))
            }
            Opcode::Add_EAX_imm32 | Opcode::Add_rm32_imm32 | Opcode::Add_rm32_imm8 => {
                let register = instruction.op0_register();
                let value = self.value(register)?;
                Some((register, value.wrapping_add(instruction.immediate(1))))
            }
            Opcode::Lea_r32_m if instruction.memory_index() == Register::None => {
                let value = self.value(instruction.memory_base())?;
                let sum = value.wrapping_add(instruction.memory_displacement64());
                Some((instruction.op0_register(), sum))
            }
            _ => None,
        }
    }
}

fn is_write(instruction: &Instruction) -> bool {
    !matches!(instruction.mnemonic(), Mnemonic::Cmp | Mnemonic::Test | Mnemonic::Push)
}

#[cfg(test)]
mod tests {
    use crate::code::{Bases, Code, How, InstructionSet, Wanted, search};

    /// Bytes and meaning as GNU as and objdump give them for IA-32.
    const CODE: &[u8] = &[
        0xe8, 0x23, 0x00, 0x00, 0x00, // call 0x10028
        0x8d, 0x81, 0xfb, 0x0f, 0x00, 0x00, // lea 0xffb(%ecx),%eax -> 0x11000
        0xe8, 0x18, 0x00, 0x00, 0x00, // call 0x10028
        0x81, 0xc1, 0xf0, 0x0f, 0x00, 0x00, // add $0xff0,%ecx -> 0x11000
        0x8b, 0x81, 0xf0, 0xff, 0xff, 0xff, // mov -0x10(%ecx),%eax -> 0x10ff0
        0x31, 0xc9, // xor %ecx,%ecx
        0x8b, 0x81, 0xf0, 0xff, 0xff, 0xff, // mov -0x10(%ecx),%eax
        0xc3, 0x90, 0x90, 0x90,
    ];
    const THUNK: &[u8] = &[0x8b, 0x0c, 0x24, 0xc3]; // mov (%esp),%ecx; ret

    #[test]
    fn an_address_is_formed_from_the_program_counter() {
        let code =
            [Code { address: 0x1_0000, bytes: CODE }, Code { address: 0x1_0028, bytes: THUNK }];
        let find = |wanted| {
            let wanted = Wanted::new([wanted]);
            let found = search(InstructionSet::I386, &code, &wanted, &Bases::default());
            found.references.iter().map(|r| (r.at, r.how)).collect::<Vec<_>>()
        };
        assert_eq!(find(0x1_1000), [(0x1_0005, How::Address)]);
        assert_eq!(find(0x1_0ff0), [(0x1_0016, How::Load)]);
    }
}
