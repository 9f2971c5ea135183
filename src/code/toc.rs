//! What do r2 and a function's second entry tell in position-independent 64-bit Power code?
//!
//! A function that uses the table of contents first computes r2 from r12, which holds the function's own address. A
//! caller with the same r2 enters after these instructions, at the local entry (64-bit ELF V2 ABI 2.3.2; calls within
//! a program by cmd/link and ld do). Both are read without any symbol.

use super::Code;

/// Bytes of the two instructions that compute r2.
const PROLOGUE: u64 = 8;

/// What the functions of a program tell about r2.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Toc {
    /// What r2 holds, if all functions that compute it agree.
    pub base: Option<u64>,
    /// The local entries, in order.
    pub entries: Vec<u64>,
}

impl Toc {
    /// Reads the first instructions of every function.
    pub(super) fn learn(functions: &[Code<'_>], big_endian: bool) -> Self {
        let mut toc = Self::default();
        let mut agreed = true;
        for code in functions {
            let Some(base) = computed(*code, big_endian) else { continue };
            agreed &= toc.base.is_none_or(|first| first == base);
            toc.base = Some(base);
            toc.entries.push(code.address.wrapping_add(PROLOGUE));
        }
        toc.base = toc.base.filter(|_| agreed);
        toc.entries.sort_unstable();
        toc
    }

    /// The function that a branch to `to` enters. The function begins before `to` if `to` is a local entry.
    pub(super) fn function(&self, to: u64) -> u64 {
        let local = self.entries.binary_search(&to).is_ok();
        if local { to.wrapping_sub(PROLOGUE) } else { to }
    }
}

/// r2 of a function that begins `addis r2,r12,HIGH; addi r2,r2,LOW`.
fn computed(code: Code<'_>, big_endian: bool) -> Option<u64> {
    let (first, rest) = code.bytes.split_first_chunk::<4>()?;
    let second = rest.first_chunk::<4>()?;
    let word = |bytes: [u8; 4]| {
        if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    };
    let (addis, addi) = (word(*first), word(*second));
    if addis >> 16 != 0x3c4c || addi >> 16 != 0x3842 {
        return None;
    }
    let signed = |word: u32| i64::from((word & 0xffff) as u16 as i16);
    Some(code.address.wrapping_add_signed((signed(addis) << 16) + signed(addi)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words and meaning as `llvm-mc -triple=powerpc64le` gives them.
    #[test]
    fn functions_that_agree_tell_r2_and_their_second_entries() {
        let first = [0x4c, 0x3c, 0x42, 0x38]; // addis r2,r12,2
        let bytes = [2, 0, first[0], first[1], 0, 0x80, first[2], first[3]]; // addi r2,r2,-32768
        let later = [2, 0, first[0], first[1], 0xf0, 0x7f, first[2], first[3]];
        let [one, two] = [(0x1_0000, &bytes), (0x1_0010, &bytes)]
            .map(|(address, bytes)| Code { address, bytes: bytes.as_slice() });
        let agrees = Code { address: 0x1_0010, bytes: &later };
        let nop = Code { address: 0x1_0020, bytes: &[0, 0, 0, 0x60, 0, 0, 0, 0x60] };
        assert_eq!(Toc::learn(&[one, nop], false).base, Some(0x2_8000));
        let toc = Toc::learn(&[one, two], false);
        assert_eq!(toc, Toc { base: None, entries: vec![0x1_0008, 0x1_0018] }, "two bases");
        assert_eq!(toc.function(0x1_0018), 0x1_0010);
        assert_eq!(toc.function(0x1_0010), 0x1_0010);
        assert_eq!(Toc::learn(&[agrees], false).base, Some(0x3_8000), "0x10010 + 0x20000 + 0x7ff0");
    }
}
