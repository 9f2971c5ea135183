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
        let value = bytes.iter().enumerate().fold(0u64, |value, (place, byte)| {
            let shift = if big_endian { size - 1 - place } else { place };
            value | u64::from(*byte) << (8 * shift)
        });
        let at = address.wrapping_add((lead + index * size) as u64);
        wanted.contains(value).then_some((at, value))
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
    }
}
