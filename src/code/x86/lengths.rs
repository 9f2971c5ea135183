//! How long is an instruction of 64-bit code, and which address does it tell by itself?
//!
//! Of the 17 million instructions of a program of 161 MB a few thousand refer to an address that is looked for. iced
//! decodes one in 15 ns; here the common ones are measured by the shape of their opcode. What has no shape in these
//! tables is iced's to decode, and so is whatever refers to a wanted address: the tables are right, not complete.

/// An instruction of which only the extent is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measured {
    /// Its bytes.
    pub length: usize,
    /// How far behind its end the address lies that it names, if it names one.
    pub distance: Option<i32>,
}

/// What follows an opcode, in one byte: the number of bytes of an immediate, and flags. What is 0 is iced's.
type Shape = u8;

const KNOWN: Shape = 0x80;
/// A ModRM byte, and what that asks for.
const OPERAND: Shape = KNOWN | 0x40;
/// The same, and the operand has to be memory.
const MEMORY: Shape = OPERAND | 0x20;
/// The immediate is the distance of a branch.
const BRANCH: Shape = KNOWN | 0x10;
const IMMEDIATE: Shape = 0x0f;

/// Opcodes of one byte from the first to the last: Intel's manual, volume 2, appendix A.
const SHORT: &[(u8, u8, Shape)] = &[
    (0x50, 0x5f, KNOWN), // push, pop
    (0x63, 0x63, OPERAND),
    (0x68, 0x68, KNOWN | 4),
    (0x69, 0x69, OPERAND | 4),
    (0x6a, 0x6a, KNOWN | 1),
    (0x6b, 0x6b, OPERAND | 1),
    (0x70, 0x7f, BRANCH | 1),
    (0x80, 0x80, OPERAND | 1),
    (0x81, 0x81, OPERAND | 4),
    (0x83, 0x83, OPERAND | 1),
    (0x84, 0x8b, OPERAND), // test, xchg, mov
    (0x8d, 0x8d, MEMORY),  // lea
    (0x90, 0x99, KNOWN),
    (0xa8, 0xa8, KNOWN | 1),
    (0xa9, 0xa9, KNOWN | 4),
    (0xb0, 0xb7, KNOWN | 1),
    (0xb8, 0xbf, KNOWN | 4), // behind REX.W of 8 bytes
    (0xc0, 0xc1, OPERAND | 1),
    (0xc3, 0xc3, KNOWN),
    (0xcc, 0xcc, KNOWN),
    (0xd0, 0xd3, OPERAND),
    (0xe8, 0xe9, BRANCH | 4),
    (0xeb, 0xeb, BRANCH | 1),
];

/// Opcodes behind 0f that need no other prefix.
const LONG: &[(u8, u8, Shape)] = &[
    (0x0b, 0x0b, KNOWN),       // ud2
    (0x10, 0x11, OPERAND),     // movups
    (0x1f, 0x1f, OPERAND),     // nop
    (0x28, 0x29, OPERAND),     // movaps
    (0x2e, 0x2f, OPERAND),     // ucomiss, comiss
    (0x40, 0x4f, OPERAND),     // cmov
    (0x51, 0x51, OPERAND),     // sqrtps
    (0x54, 0x59, OPERAND),     // andps to mulps
    (0x5c, 0x5f, OPERAND),     // subps to maxps
    (0x80, 0x8f, BRANCH | 4),  // jcc
    (0x90, 0x9f, OPERAND),     // setcc
    (0xa3, 0xa3, OPERAND),     // bt
    (0xa4, 0xa4, OPERAND | 1), // shld
    (0xa5, 0xa5, OPERAND),
    (0xab, 0xab, OPERAND),     // bts
    (0xac, 0xac, OPERAND | 1), // shrd
    (0xad, 0xad, OPERAND),
    (0xaf, 0xb1, OPERAND), // imul, cmpxchg
    (0xb3, 0xb3, OPERAND), // btr
    (0xb6, 0xb7, OPERAND), // movzx
    (0xbb, 0xbf, OPERAND), // btc, bsf, bsr, movsx
    (0xc0, 0xc1, OPERAND), // xadd
    (0xc8, 0xcf, KNOWN),   // bswap
];

/// Behind 66 and 0f.
const PACKED: &[(u8, u8, Shape)] = &[
    (0x10, 0x11, OPERAND),
    (0x1f, 0x1f, OPERAND),
    (0x28, 0x29, OPERAND),
    (0x2e, 0x2f, OPERAND), // ucomisd, comisd
    (0x40, 0x4f, OPERAND),
    (0x54, 0x59, OPERAND),
    (0x60, 0x6f, OPERAND),
    (0x70, 0x70, OPERAND | 1), // pshufd
    (0x74, 0x76, OPERAND),     // pcmpeq
    (0x7e, 0x7f, OPERAND),
    (0xaf, 0xaf, OPERAND),
    (0xb6, 0xb7, OPERAND),
    (0xd4, 0xd4, OPERAND),
    (0xd6, 0xd6, OPERAND), // movq
    (0xeb, 0xeb, OPERAND),
    (0xef, 0xef, OPERAND), // pxor
    (0xfe, 0xfe, OPERAND),
];

/// Behind f3 or f2 and 0f: what works on single numbers of floating point, and counts bits.
const SCALAR: &[(u8, u8, Shape)] = &[
    (0x10, 0x11, OPERAND), // movss, movsd
    (0x2a, 0x2a, OPERAND), // cvtsi2ss
    (0x2c, 0x2d, OPERAND),
    (0x51, 0x51, OPERAND),
    (0x58, 0x5a, OPERAND),
    (0x5c, 0x5f, OPERAND),
];
const SCALAR_F3: &[(u8, u8, Shape)] = &[
    (0x5b, 0x5b, OPERAND),
    (0x6f, 0x6f, OPERAND), // movdqu
    (0x7e, 0x7f, OPERAND),
    (0xb8, 0xb8, OPERAND), // popcnt
    (0xbc, 0xbd, OPERAND), // tzcnt, lzcnt
];

static BY_OPCODE: [Shape; 256] = table(&[SHORT, ARITHMETIC]);
static BEHIND_0F: [Shape; 256] = table(&[LONG]);
static BEHIND_66_0F: [Shape; 256] = table(&[PACKED]);
static BEHIND_F3_0F: [Shape; 256] = table(&[SCALAR, SCALAR_F3]);
static BEHIND_F2_0F: [Shape; 256] = table(&[SCALAR]);

/// add, or, adc, sbb, and, sub, xor, cmp: eight rows alike.
const ARITHMETIC: &[(u8, u8, Shape)] = &{
    let mut rows = [(0, 0, 0); 24];
    let mut row = 0;
    while row < 8 {
        let first = (row as u8) << 3;
        rows[3 * row] = (first, first | 3, OPERAND);
        rows[3 * row + 1] = (first | 4, first | 4, KNOWN | 1);
        rows[3 * row + 2] = (first | 5, first | 5, KNOWN | 4);
        row += 1;
    }
    rows
};

const fn table(lists: &[&[(u8, u8, Shape)]]) -> [Shape; 256] {
    let mut table = [0; 256];
    let mut list = 0;
    while list < lists.len() {
        let mut row = 0;
        while row < lists[list].len() {
            let (first, last, shape) = lists[list][row];
            let mut opcode = first as usize;
            while opcode <= last as usize {
                table[opcode] = shape;
                opcode += 1;
            }
            row += 1;
        }
        list += 1;
    }
    table
}

/// Measures the instruction that `bytes` begin with; none where iced has to decode it.
#[inline]
pub(super) fn measure(bytes: &[u8]) -> Option<Measured> {
    let mut at = 0;
    let mut byte = *bytes.first()?;
    let prefix = matches!(byte, 0x66 | 0xf2 | 0xf3).then_some(byte);
    if prefix.is_some() {
        at += 1;
        byte = *bytes.get(at)?;
    }
    let wide = byte & 0xf8 == 0x48;
    if byte & 0xf0 == 0x40 {
        at += 1;
        byte = *bytes.get(at)?;
    }
    let long = byte == 0x0f;
    if long {
        at += 1;
        byte = *bytes.get(at)?;
    }
    let shapes = match (long, prefix) {
        (false, _) => &BY_OPCODE,
        (true, None) => &BEHIND_0F,
        (true, Some(0x66)) => &BEHIND_66_0F,
        (true, Some(0xf3)) => &BEHIND_F3_0F,
        (true, Some(_)) => &BEHIND_F2_0F,
    };
    let behind = bytes.get(at + 1..)?;
    let mut shape = *shapes.get(usize::from(byte))?;
    if !long {
        if shape == 0 {
            shape = by_operand(byte, *behind.first()?);
        }
        // 66 cuts an immediate of four bytes, and means little to a branch.
        let cut = shape & IMMEDIATE == 4 || shape & BRANCH == BRANCH;
        if prefix.is_some_and(|prefix| prefix != 0x66 || cut) {
            return None;
        }
        if wide && matches!(byte, 0xb8..=0xbf) {
            shape += 4;
        }
    }
    extent(behind, shape, at + 1)
}

/// Opcodes whose ModRM byte says which instruction they are.
fn by_operand(opcode: u8, operand: u8) -> Shape {
    match (opcode, operand >> 3 & 7) {
        (0xc6, 0) | (0xf6, 0) => OPERAND | 1,
        (0xc7, 0) | (0xf7, 0) => OPERAND | 4,
        (0xf6 | 0xf7, 2..) => OPERAND,
        // inc, dec, and of ff calls, jumps and push.
        (0xfe | 0xff, 0 | 1) | (0xff, 2 | 4 | 6) => OPERAND,
        _ => 0,
    }
}

/// The whole of an instruction of `shape`, of which `before` bytes stand before `behind`.
#[inline]
fn extent(behind: &[u8], shape: Shape, before: usize) -> Option<Measured> {
    if shape & KNOWN == 0 {
        return None;
    }
    let immediate = usize::from(shape & IMMEDIATE);
    if shape & OPERAND != OPERAND {
        let distance = match shape & BRANCH == BRANCH {
            true => Some(distance(behind, immediate)?),
            false => None,
        };
        return Measured { length: before + immediate, distance }.within(before + behind.len());
    }
    let operand = *behind.first()?;
    let (mode, register) = (operand >> 6, operand & 7);
    if shape & MEMORY == MEMORY && mode == 3 {
        return None;
    }
    let displaced = match mode {
        1 => 1,
        2 => 4,
        0 if register == 5 => 4,
        _ => 0,
    };
    let scaled = mode != 3 && register == 4;
    // Without a base it is an address by itself.
    if scaled && mode == 0 && behind.get(1)? & 7 == 5 {
        return None;
    }
    let relative = mode == 0 && register == 5;
    let distance = if relative { Some(distance(behind.get(1..)?, 4)?) } else { None };
    let length = before + 1 + usize::from(scaled) + displaced + immediate;
    Measured { length, distance }.within(before + behind.len())
}

/// A signed number of one or of four bytes.
#[inline]
fn distance(bytes: &[u8], length: usize) -> Option<i32> {
    if length == 1 {
        return Some(i32::from(bytes.first()?.cast_signed()));
    }
    Some(i32::from_le_bytes(*bytes.first_chunk()?))
}

impl Measured {
    /// Nothing where it ends behind the code.
    #[inline]
    fn within(self, length: usize) -> Option<Self> {
        (self.length <= length).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use iced_x86::{Decoder, DecoderOptions, Instruction, Register};

    use super::*;

    const ADDRESS: u64 = 0x4000_0000;

    /// What iced makes of an instruction: its length, and the address that it tells by itself.
    fn decoded(bytes: &[u8]) -> Option<(usize, Option<u64>)> {
        let mut decoder = Decoder::with_ip(64, bytes, ADDRESS, DecoderOptions::NONE);
        let mut found = Instruction::default();
        decoder.decode_out(&mut found);
        let branch = found.near_branch_target();
        let absolute = found.memory_displ_size() >= 4 && found.memory_base() == Register::None;
        let told = match (branch, found.is_ip_rel_memory_operand()) {
            (0, true) => Some(found.ip_rel_memory_address()),
            (0, false) => absolute.then(|| found.memory_displacement64()),
            (to, _) => Some(to),
        };
        (!found.is_invalid()).then_some((found.len(), told))
    }

    /// Every opcode with every ModRM byte, behind every prefix, is as long as iced finds it and refers to the same.
    #[test]
    fn what_is_measured_is_what_iced_decodes() {
        let prefixes =
            [&b""[..], b"\x66", b"\xf2", b"\xf3", b"\x66\xf2", b"\xf0", b"\x64", b"\x67"];
        let rexes = [&b""[..], b"\x40", b"\x41", b"\x44", b"\x48", b"\x4c", b"\x4f"];
        let mut measured = 0;
        for (prefix, rex) in prefixes.iter().flat_map(|p| rexes.map(move |r| (*p, r))) {
            for (escape, opcode) in (0..=255).flat_map(|o| [(&b""[..], o), (&b"\x0f"[..], o)]) {
                for (operand, scaled) in (0..=255).flat_map(|o| [(o, 0x24), (o, 0x85)]) {
                    let tail = [opcode, operand, scaled, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77];
                    let bytes = [prefix, rex, escape, &tail, &[0x90; 4]].concat();
                    let Some(found) = measure(&bytes) else { continue };
                    let told = found.distance.map(|distance| {
                        (ADDRESS + found.length as u64).wrapping_add_signed(distance.into())
                    });
                    assert_eq!(decoded(&bytes), Some((found.length, told)), "{bytes:02x?}");
                    // Cut off, it is none.
                    let cut = bytes.get(..found.length - 1).unwrap_or_default();
                    assert_eq!(measure(cut), None, "{cut:02x?}");
                    measured += 1;
                }
            }
        }
        assert!(measured > 500_000, "{measured}");
    }
}
