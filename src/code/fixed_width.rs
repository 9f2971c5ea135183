//! References in code whose instructions all have the same width.
//!
//! Masks for direct branches and for the pairs that form an address agree exactly with a full decoder
//! on Go text (measured on arm64 against yaxpeax-arm). Encodings: Arm ARM, C4.1.

use super::{Code, How, RawReference, Wanted};

/// Go's assembler writes an address as two neighbouring instructions; a compiler of C may put others
/// between them. Beyond this distance a register is taken to hold something else.
const PAIR_DISTANCE: usize = 4;

/// Appends the references of one function; true because any word is an instruction to this scan.
pub(super) fn search_arm64(code: Code<'_>, wanted: &Wanted, out: &mut Vec<RawReference>) -> bool {
    // Per register: the page that ADRP put there, and the index of that instruction.
    let mut pages = [(0u64, usize::MAX); 32];
    for (index, bytes) in code.bytes.as_chunks::<4>().0.iter().enumerate() {
        let word = u32::from_le_bytes(*bytes);
        let at = code.address.wrapping_add(4 * index as u64);
        if let Some((how, to)) = branch(word, at) {
            push(out, wanted, at, to, how);
        } else if let Some((register, page)) = adrp(word, at) {
            if let Some(slot) = pages.get_mut(register) {
                *slot = (page, index);
            }
        } else if let Some((base, offset, how)) = page_use(word) {
            let (page, since) = pages.get(base).copied().unwrap_or_default();
            if since < index && index - since <= PAIR_DISTANCE {
                push(out, wanted, at, page.wrapping_add(offset), how);
            }
        } else if let Some(to) = adr(word, at) {
            push(out, wanted, at, to, How::Address);
        }
    }
    true
}

fn push(out: &mut Vec<RawReference>, wanted: &Wanted, at: u64, to: u64, how: How) {
    if wanted.contains(to) {
        out.push(RawReference { at, to, how });
    }
}

/// B and BL.
fn branch(word: u32, at: u64) -> Option<(How, u64)> {
    let how = match word >> 26 {
        0b00_0101 => How::Jump,
        0b10_0101 => How::Call,
        _ => return None,
    };
    Some((how, at.wrapping_add_signed(signed(word, 26) << 2)))
}

/// ADRP: destination register and page address.
fn adrp(word: u32, at: u64) -> Option<(usize, u64)> {
    if word & 0x9f00_0000 != 0x9000_0000 {
        return None;
    }
    let page = (at & !0xfff).wrapping_add_signed(adr_immediate(word) << 12);
    Some(((word & 31) as usize, page))
}

/// ADR: the address formed.
fn adr(word: u32, at: u64) -> Option<u64> {
    (word & 0x9f00_0000 == 0x1000_0000).then(|| at.wrapping_add_signed(adr_immediate(word)))
}

fn adr_immediate(word: u32) -> i64 {
    signed((word >> 5 & 0x7_ffff) << 2 | word >> 29 & 3, 21)
}

/// ADD (immediate, 64 bit) and loads and stores with an unsigned offset: base, offset in bytes, how.
fn page_use(word: u32) -> Option<(usize, u64, How)> {
    let base = (word >> 5 & 31) as usize;
    let immediate = u64::from(word >> 10 & 0xfff);
    if word & 0xffc0_0000 == 0x9100_0000 {
        return Some((base, immediate, How::Address));
    }
    if word & 0x3b00_0000 != 0x3900_0000 {
        return None;
    }
    let (size, vector, operation) = (word >> 30, word >> 26 & 1, word >> 22 & 3);
    // The 128-bit vector forms have size 0 and operations 2 (store) and 3 (load).
    let wide = vector == 1 && size == 0 && operation >= 2;
    let scale = if wide { 4 } else { size };
    let stores = operation == 0 || (wide && operation == 2);
    Some((base, immediate << scale, if stores { How::Store } else { How::Load }))
}

/// The low `bits` of `value` as a signed number.
fn signed(value: u32, bits: u32) -> i64 {
    i64::from((value << (32 - bits)) as i32 >> (32 - bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &[u32], wanted: u64) -> Vec<(u64, How)> {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let mut out = Vec::new();
        let code = Code { address: 0x1_0000, bytes: &bytes };
        search_arm64(code, &Wanted::new([wanted]), &mut out);
        out.into_iter().map(|reference| (reference.at, reference.how)).collect()
    }

    /// Words and meaning as GNU as and objdump give them.
    #[test]
    fn branches_forwards_and_backwards() {
        assert_eq!(found(&[0x9400_0400], 0x1_1000), [(0x1_0000, How::Call)]);
        assert_eq!(found(&[0xd503_201f, 0x17ff_ffff], 0x1_0000), [(0x1_0004, How::Jump)]);
    }

    #[test]
    fn an_address_is_formed_by_two_instructions() {
        let adrp_x0 = 0xb000_0000; // adrp x0, 0x11000
        let add = 0x9104_0000; // add x0, x0, #0x100
        let ldr = 0xf940_8001; // ldr x1, [x0, #0x100]
        let str = 0xf900_8001; // str x1, [x0, #0x100]
        assert_eq!(found(&[adrp_x0, add], 0x1_1100), [(0x1_0004, How::Address)]);
        assert_eq!(found(&[adrp_x0, ldr], 0x1_1100), [(0x1_0004, How::Load)]);
        assert_eq!(found(&[adrp_x0, str], 0x1_1100), [(0x1_0004, How::Store)]);
        assert_eq!(found(&[add], 0x1_1100), [], "no page was set");
        let nop = 0xd503_201f;
        assert_eq!(found(&[adrp_x0, nop, nop, nop, nop, nop, add], 0x1_1100), [], "too far apart");
    }
}
