//! Where does a function return?
//!
//! Whoever probes the results of a Go function must probe each of its returns: a kernel's return probe changes the
//! return address on the stack, and Go moves stacks. Encodings: the manuals named in the files of the instruction sets;
//! tests/explain_live.rs compares them with `go tool objdump`.

use iced_x86::{Decoder, DecoderOptions, FlowControl};

use super::{Code, InstructionSet};

/// Bytes of a return instruction, the bits of it that are compared, and their value.
type Row = (usize, u64, u64);

/// The returns of each instruction set that a table describes.
const RETURNS: &[(InstructionSet, &[Row])] = &[
    (InstructionSet::Arm64, &[(4, 0xffff_fc1f, 0xd65f_0000)]),
    // Whatever the condition: LDR pc, [sp], #n; BX lr; MOV pc, lr; ADD pc, lr, #0 (cmd/internal/obj/arm/asm5.go).
    (
        InstructionSet::Arm,
        &[
            (4, 0x0fff_f000, 0x049d_f000),
            (4, 0x0fff_ffff, 0x012f_ff1e),
            (4, 0x0fff_ffff, 0x01a0_f00e),
            (4, 0x0fff_ffff, 0x028e_f000),
        ],
    ),
    (InstructionSet::Riscv64, &[(4, 0xffff_ffff, 0x0000_8067), (2, 0xffff, 0x8082)]),
    // BCLR without a link, whatever the condition.
    (InstructionSet::Ppc64, &[(4, 0xfc00_ffff, 0x4c00_0020)]),
    (InstructionSet::Ppc64le, &[(4, 0xfc00_ffff, 0x4c00_0020)]),
    // BR %r14.
    (InstructionSet::S390x, &[(2, 0xffff, 0x07fe)]),
    (InstructionSet::Loong64, &[(4, 0xffff_ffff, 0x4c00_0020)]),
    (InstructionSet::Mips, &[(4, 0xffff_ffff, 0x03e0_0008)]),
    (InstructionSet::Mipsle, &[(4, 0xffff_ffff, 0x03e0_0008)]),
    (InstructionSet::Mips64, &[(4, 0xffff_ffff, 0x03e0_0008)]),
    (InstructionSet::Mips64le, &[(4, 0xffff_ffff, 0x03e0_0008)]),
];

/// The addresses of the instructions by which `code` returns, in order.
///
/// ```
/// use gonym::code::{Code, InstructionSet, returns};
///
/// let code = Code { address: 0x1000, bytes: &[0x90, 0xc3, 0xcc] };
/// assert_eq!(returns(InstructionSet::Amd64, code), [0x1001]);
/// ```
#[must_use]
pub fn returns(set: InstructionSet, code: Code<'_>) -> Vec<u64> {
    let Some(isa) = set.table() else { return x86(set, code) };
    let rows = RETURNS.iter().find(|(of, _)| *of == set).map_or(&[][..], |(_, rows)| rows);
    let (mut found, mut offset) = (Vec::new(), 0);
    while let Some((length, instruction)) = isa.fetch(code.bytes, offset) {
        let is_return =
            rows.iter().any(|(size, mask, bits)| *size == length && instruction & mask == *bits);
        if is_return {
            found.push(code.address.wrapping_add(offset as u64));
        }
        offset += length;
    }
    found
}

fn x86(set: InstructionSet, code: Code<'_>) -> Vec<u64> {
    let bits = if set == InstructionSet::I386 { 32 } else { 64 };
    let decoder = Decoder::with_ip(bits, code.bytes, code.address, DecoderOptions::NONE);
    let returns = decoder.into_iter().filter(|next| next.flow_control() == FlowControl::Return);
    returns.map(|next| next.ip()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::SETS;

    #[test]
    fn every_table_has_returns() {
        for (name, set, table) in SETS {
            let told = RETURNS.iter().any(|(of, rows)| of == set && !rows.is_empty());
            assert_eq!(told, table.is_some(), "{name}");
        }
    }

    /// Bytes by `go tool objdump` of Go 1.26 of small functions.
    #[test]
    fn returns_are_found_between_other_instructions() {
        let cases: [(InstructionSet, &[u8], &[u64]); 4] = [
            (InstructionSet::Arm64, &[0xe0, 3, 1, 0xaa, 0xc0, 3, 0x5f, 0xd6], &[4]),
            (InstructionSet::S390x, &[0xb9, 4, 0, 0x2f, 7, 0xfe, 7, 0xfe], &[4, 6]),
            (InstructionSet::Riscv64, &[0x82, 0x80, 0x67, 0x80, 0, 0], &[0, 2]),
            (InstructionSet::I386, &[0xc2, 4, 0, 0x0f, 0x0b, 0xc3], &[0, 5]),
        ];
        for (set, bytes, wanted) in cases {
            assert_eq!(returns(set, Code { address: 0, bytes }), wanted, "{set:?}");
        }
    }
}
