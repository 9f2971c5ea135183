//! How do instructions and words hold a reference that a relocation fills in?
//!
//! The fields are those of the processors' manuals; which relocation type means which form stands in
//! each format's own table. Little-endian: every format and processor read here is.

/// How a reference is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::image) enum Form {
    /// Nothing that is searched for: offsets in thread-local storage, marks.
    Ignored,
    /// A word of so many bytes that holds the address.
    Absolute(u8),
    /// A word of so many bytes that holds the distance from its own first byte.
    Relative(u8),
    /// AArch64 B, BL: 26 bits of words.
    Branch26,
    /// AArch64 B.cond, CBZ and LDR (literal): 19 bits of words.
    Branch19,
    /// AArch64 TBZ: 14 bits of words.
    Branch14,
    /// AArch64 ADR: the distance in bytes.
    Adr21,
    /// AArch64 ADRP: the distance in pages.
    Page21,
    /// AArch64 ADD, LDR and STR: the offset in the page, in the instruction's own unit.
    Low12,
    /// AArch64 MOVZ, MOVK: 16 bits of the address, from this bit on.
    Move16(u8),
}

impl Form {
    /// Writes a reference to `target` into the bytes that lie at `address`; false when they are
    /// missing or cannot hold it.
    pub(super) fn write(self, bytes: &mut [u8], address: u64, target: u64) -> bool {
        let distance = target.wrapping_sub(address).cast_signed();
        let words = |bits: u32| fits(distance >> 2, bits);
        match self {
            Self::Ignored => true,
            Self::Absolute(size) => word(bytes, size, target),
            Self::Relative(size) => {
                (size >= 8 || fits(distance, u32::from(size) * 8).is_some())
                    && word(bytes, size, distance.cast_unsigned())
            }
            Self::Branch26 => field(bytes, words(26), 0x03ff_ffff, 0),
            Self::Branch19 => field(bytes, words(19), 0x7_ffff, 5),
            Self::Branch14 => field(bytes, words(14), 0x3fff, 5),
            Self::Adr21 => adr(bytes, fits(distance, 21)),
            Self::Page21 => {
                let pages = (target >> 12).wrapping_sub(address >> 12).cast_signed();
                adr(bytes, fits(pages, 21))
            }
            Self::Low12 => {
                let Some(instruction) = bytes.first_chunk().map(|b| u32::from_le_bytes(*b)) else {
                    return false;
                };
                let scale = scale(instruction);
                let offset = (target & 0xfff) as u32;
                let whole = offset.trailing_zeros() >= scale || offset == 0;
                whole && field(bytes, Some(offset >> scale), 0xfff, 10)
            }
            Self::Move16(from) => field(bytes, Some((target >> from & 0xffff) as u32), 0xffff, 5),
        }
    }
}

/// The low `bits` of `value`, if those hold all of it.
fn fits(value: i64, bits: u32) -> Option<u32> {
    let bound = 1i64 << (bits - 1);
    (-bound..bound).contains(&value).then_some(value as u32)
}

fn word(bytes: &mut [u8], size: u8, value: u64) -> bool {
    let Some(place) = bytes.get_mut(..usize::from(size)) else { return false };
    for (byte, from) in place.iter_mut().zip(value.to_le_bytes()) {
        *byte = from;
    }
    true
}

/// Puts `value` into the field `mask` of an instruction, shifted to where it stands.
fn field(bytes: &mut [u8], value: Option<u32>, mask: u32, shift: u32) -> bool {
    let (Some(value), Some(place)) = (value, bytes.first_chunk_mut::<4>()) else { return false };
    let instruction = u32::from_le_bytes(*place) & !(mask << shift);
    *place = (instruction | (value & mask) << shift).to_le_bytes();
    true
}

/// ADR and ADRP hold the two lowest bits apart.
fn adr(bytes: &mut [u8], value: Option<u32>) -> bool {
    let Some(value) = value else { return false };
    field(bytes, Some(value >> 2), 0x7_ffff, 5) && field(bytes, Some(value), 3, 29)
}

/// The unit of a load's or store's offset, as a power of two; 0 for ADD.
fn scale(instruction: u32) -> u32 {
    if instruction & 0x3b00_0000 != 0x3900_0000 {
        return 0;
    }
    let (size, vector, wide) = (instruction >> 30, instruction >> 26 & 1, instruction >> 23 & 1);
    if vector == 1 && size == 0 && wide == 1 { 4 } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: Form, instruction: u32, address: u64, target: u64) -> Option<u32> {
        let mut bytes = instruction.to_le_bytes();
        form.write(&mut bytes, address, target).then_some(u32::from_le_bytes(bytes))
    }

    /// Words as GNU as gives them for the same distances.
    #[test]
    fn each_field_of_aarch64() {
        let at = 0x1_0000;
        assert_eq!(written(Form::Branch26, 0x9400_0000, at, at + 0x1000), Some(0x9400_0400));
        assert_eq!(written(Form::Branch26, 0x1400_0000, at, at - 4), Some(0x17ff_ffff));
        assert_eq!(written(Form::Page21, 0x9000_0000, at, 0x1_1100), Some(0xb000_0000));
        assert_eq!(written(Form::Low12, 0x9100_0000, at, 0x1_1100), Some(0x9104_0000));
        assert_eq!(written(Form::Low12, 0xf940_0001, at, 0x1_1100), Some(0xf940_8001));
        assert_eq!(written(Form::Low12, 0xf940_0001, at, 0x1_1104), None, "no multiple of 8");
        assert_eq!(written(Form::Branch26, 0x9400_0000, at, at + (1 << 28)), None, "too far");
        assert_eq!(written(Form::Move16(16), 0xf2a0_0000, at, 0x1234_5678), Some(0xf2a2_4680));
    }

    #[test]
    fn words_are_written_where_they_fit() {
        let mut bytes = [0; 8];
        assert!(Form::Relative(4).write(&mut bytes, 0x1004, 0x1000));
        assert_eq!(bytes, [0xfc, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
        assert!(!Form::Relative(4).write(&mut bytes, 0, 1 << 40));
        assert!(!Form::Absolute(8).write(&mut bytes[..7], 0, 1));
        assert!(Form::Absolute(8).write(&mut bytes, 0, 0x0102));
        assert_eq!(bytes, [2, 1, 0, 0, 0, 0, 0, 0]);
    }
}
