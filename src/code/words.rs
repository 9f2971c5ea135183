//! Which words of data hold a wanted address?

use super::Wanted;

/// Addresses of the aligned, pointer-sized words in `data` that hold a wanted value, and the value.
pub fn words<'a>(
    data: &'a [u8],
    address: u64,
    pointer: u8,
    big_endian: bool,
    wanted: &'a Wanted,
) -> impl Iterator<Item = (u64, u64)> + 'a {
    let size = usize::from(pointer.max(1));
    let lead = (address.wrapping_neg() % size as u64) as usize;
    let aligned = data.get(lead..).unwrap_or_default();
    aligned.chunks_exact(size).enumerate().filter_map(move |(index, bytes)| {
        let value = number(bytes, big_endian);
        let at = address.wrapping_add((lead + index * size) as u64);
        wanted.contains(value).then_some((at, value))
    })
}

/// The number in the bytes of one word.
#[inline]
fn number(bytes: &[u8], big_endian: bool) -> u64 {
    let eight = bytes.try_into().map(|bytes| match big_endian {
        true => u64::from_be_bytes(bytes),
        false => u64::from_le_bytes(bytes),
    });
    eight.unwrap_or_else(|_| {
        let add = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        if big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_either_byte_order_at_aligned_addresses() {
        let wanted = Wanted::new([0x1122_3344]);
        let little = [0, 0, 0x44, 0x33, 0x22, 0x11, 0x44, 0x33, 0x22, 0x11];
        let found: Vec<_> = words(&little, 0x1002, 4, false, &wanted).collect();
        assert_eq!(found, [(0x1004, 0x1122_3344), (0x1008, 0x1122_3344)]);
        let big = [0x11, 0x22, 0x33, 0x44];
        assert_eq!(words(&big, 0x1000, 4, true, &wanted).count(), 1);
        assert_eq!(words(&big, 0x1001, 4, true, &wanted).count(), 0);
        let long = [0x44, 0x33, 0x22, 0x11, 0, 0, 0, 0];
        assert_eq!(words(&long, 0x1000, 8, false, &wanted).count(), 1);
        assert_eq!(words(&[0, 0, 0, 0, 0x11, 0x22, 0x33, 0x44], 0, 8, true, &wanted).count(), 1);
    }
}
