//! Which functions of 64-bit code certainly refer to no wanted address?
//!
//! An address stands in an instruction as four bytes: a distance from the instruction's end, or the address itself.
//! So a function none of whose bytes begins such a number refers to nothing, whatever its instructions are. To look at
//! every byte takes less time than to measure every instruction.

use std::ops::Range;

use super::super::Code;
use super::super::wanted::Wanted;

/// 2^15 addresses share a bit, so that the bits of all low halves of addresses are 16 KiB.
const SHIFT: u32 = 15;
const WORDS: usize = 1 << (u32::BITS - SHIFT - 6);

/// How far behind the four bytes an instruction can end: it has an immediate of 1, 2 or 4 bytes, or none.
const BEHIND: [u64; 4] = [0, 1, 2, 4];

/// How far a distance in one byte reaches, and what stands before it.
const NEAR: u64 = 0x84;

/// The low halves of wanted addresses.
pub(in crate::code) struct Sieve<'a> {
    wanted: &'a Wanted,
    granules: Box<[u64; WORDS]>,
}

impl<'a> Sieve<'a> {
    pub(in crate::code) fn of(wanted: &'a Wanted) -> Self {
        let mut granules = Box::new([0_u64; WORDS]);
        for (first, last) in wanted.spans() {
            // A range that is larger than all low halves takes part in each.
            let start = first.saturating_sub(4) >> SHIFT;
            let count = ((last >> SHIFT) - start).min(WORDS as u64 * 64 - 1);
            for granule in start..=start + count {
                if let Some(word) = granules.get_mut((granule / 64) as usize % WORDS) {
                    *word |= 1 << (granule % 64);
                }
            }
        }
        Self { wanted, granules }
    }

    /// Whether an instruction of `code` may refer to a wanted address.
    pub(in crate::code) fn may_refer(&self, code: Code<'_>) -> bool {
        let Code { address, bytes } = code;
        let end = address.saturating_add(bytes.len() as u64);
        if self.wanted.has_between(address.saturating_sub(NEAR), end.saturating_add(NEAR)) {
            return true;
        }
        let behind = (address as u32).wrapping_add(4);
        let (mut at, mut eight) = (0, bytes.first_chunk::<8>());
        while let Some(next) = eight {
            let next = u64::from_le_bytes(*next);
            if self.may_hold(next, behind.wrapping_add(at as u32))
                && self.names_in(code, at..at + 4)
            {
                return true;
            }
            at += 4;
            eight = bytes.get(at..).and_then(<[u8]>::first_chunk);
        }
        self.names_in(code, at..bytes.len())
    }

    /// Whether one of the four numbers that begin in the first four of eight bytes may be the distance of a wanted
    /// address from `behind` and the number's place, or such an address. There is no branch: it decides per block.
    #[inline]
    fn may_hold(&self, eight: u64, behind: u32) -> bool {
        let mut may = false;
        for place in 0..4 {
            let number = (eight >> (8 * place)) as u32;
            may |= self.is_marked(behind.wrapping_add(place).wrapping_add(number))
                | self.is_marked(number);
        }
        may
    }

    #[inline]
    fn is_marked(&self, low: u32) -> bool {
        let granule = low >> SHIFT;
        let word = self.granules.get((granule / 64) as usize);
        word.is_some_and(|word| word >> (granule % 64) & 1 == 1)
    }

    /// Whether four bytes that begin in `places` tell a wanted address.
    fn names_in(&self, code: Code<'_>, places: Range<usize>) -> bool {
        places.into_iter().any(|at| {
            let four = code.bytes.get(at..).and_then(<[u8]>::first_chunk);
            let number = four.map(|four| u32::from_le_bytes(*four));
            let behind = (code.address as u32).wrapping_add(at as u32).wrapping_add(4);
            let target = |number: u32| behind.wrapping_add(number);
            let marked = |number: &u32| self.is_marked(*number) || self.is_marked(target(*number));
            number.filter(marked).is_some_and(|number| self.names(code, at, number))
        })
    }

    /// Whether the four bytes at `at`, whose value is `number`, tell a wanted address in any of the ways that
    /// instructions have. With a prefix 67 an address is cut to four bytes.
    fn names(&self, code: Code<'_>, at: usize, number: u32) -> bool {
        let signed = number.cast_signed();
        let end = code.address.wrapping_add(at as u64 + 4);
        let relative =
            BEHIND.map(|behind| end.wrapping_add(behind).wrapping_add_signed(signed.into()));
        let eight = code.bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
        let absolute = [
            u64::from(number),
            i64::from(signed).cast_unsigned(),
            eight.map_or(u64::from(number), u64::from_le_bytes),
        ];
        let cut = relative.map(|address| address & u64::from(u32::MAX));
        let all = relative.into_iter().chain(cut).chain(absolute);
        all.into_iter().any(|address| self.wanted.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_refer(bytes: &[u8], wanted: &[(u64, u64)]) -> bool {
        let wanted = Wanted::ranges(wanted.iter().copied());
        Sieve::of(&wanted).may_refer(Code { address: 0x40_0000, bytes })
    }

    /// Bytes as GNU as gives them.
    #[test]
    fn what_an_instruction_may_say_passes() {
        let cases: [(&[u8], u64); 9] = [
            (&[0xe8, 0xfb, 0xff, 0x0f, 0x00], 0x50_0000), // call
            (&[0x48, 0x8d, 0x05, 0xf9, 0xff, 0x0f, 0x00], 0x50_0000), // lea 0xffff9(%rip)
            (&[0x80, 0x3d, 0xf9, 0xff, 0x0f, 0x00, 0x01], 0x50_0000), // cmpb $1
            (&[0x66, 0x81, 0x3d, 0xf7, 0xff, 0x0f, 0, 1, 0], 0x50_0000), // cmpw $1
            (&[0x81, 0x3d, 0xf6, 0xff, 0x0f, 0x00, 1, 0, 0, 0], 0x50_0000), // cmpl $1
            (&[0x48, 0x8b, 0x04, 0xc5, 0x00, 0x00, 0x50, 0x00], 0x50_0000), // mov 0x500000(,%rax,8)
            (&[0xa1, 0, 0, 0x50, 0, 1, 0, 0, 0], 0x1_0050_0000), // movabs 0x100500000
            (&[0x67, 0x8b, 0x04, 0x25, 0, 0, 0, 0xf0], 0xf000_0000), // mov 0xf0000000(,%eiz)
            (&[0x74, 0x10], 0x40_0012),                   // je
        ];
        for (bytes, wanted) in cases {
            assert!(may_refer(bytes, &[(wanted, 1)]), "{bytes:x?}");
            assert!(!may_refer(bytes, &[(wanted + 0x1000, 1)]), "{bytes:x?}");
            assert!(may_refer(bytes, &[(wanted - 0x2_0000, 0x2_0004), (1 << 40, 3)]));
        }
        assert!(may_refer(cases[0].0, &[(0, u64::MAX)]));
    }
}
