//! Memory of a linked ELF file of 64 bits, little-endian, without relocations.

use std::path::Path;

/// The bytes that are loaded.
pub struct Memory {
    data: Vec<u8>,
    /// Address, offset and length of each segment.
    segments: Vec<(u64, u64, u64)>,
}

fn number(data: &[u8], at: u64, size: usize) -> u64 {
    let at = usize::try_from(at).expect("an offset");
    data[at..at + size].iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

impl Memory {
    pub fn of(file: &Path) -> Self {
        let data = std::fs::read(file).expect("a file");
        assert_eq!(&data[..6], b"\x7fELF\x02\x01");
        let (start, count) = (number(&data, 32, 8), number(&data, 56, 2));
        let headers = (0..count).map(|index| start + index * 56);
        let loaded = headers.filter(|at| number(&data, *at, 4) == 1);
        let segments = loaded
            .map(|at| {
                (number(&data, at + 16, 8), number(&data, at + 8, 8), number(&data, at + 32, 8))
            })
            .collect();
        Self { data, segments }
    }

    /// The number of `size` bytes at `address`.
    pub fn number(&self, address: u64, size: usize) -> Option<u64> {
        let inside = |segment: &&(u64, u64, u64)| {
            address.checked_sub(segment.0).is_some_and(|offset| offset + size as u64 <= segment.2)
        };
        let (start, offset, _) = self.segments.iter().find(inside)?;
        Some(number(&self.data, offset + (address - start), size))
    }

    pub fn word(&self, address: u64) -> Option<u64> {
        self.number(address, 8)
    }
}
