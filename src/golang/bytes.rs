//! Numbers read from a slice, in either byte order, never from beyond its end.
//!
//! ```
//! use gonym::golang::bytes::Layout;
//!
//! let layout = Layout { big_endian: false, pointer: 4 };
//! assert_eq!(layout.word(&[1, 2, 0, 0], 0), Some(0x201));
//! assert_eq!(layout.u16(&[1], 0), None);
//! ```

/// Byte order and pointer size of the program that Go's structures are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Most significant byte first.
    pub big_endian: bool,
    /// Bytes in a pointer: 4 or 8.
    pub pointer: u8,
}

impl Layout {
    /// The 16-bit number at `offset`.
    #[must_use]
    pub fn u16(self, data: &[u8], offset: usize) -> Option<u16> {
        let bytes = array(data, offset)?;
        Some(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    /// The 32-bit number at `offset`.
    #[must_use]
    pub fn u32(self, data: &[u8], offset: usize) -> Option<u32> {
        let bytes = array(data, offset)?;
        Some(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    /// The 64-bit number at `offset`.
    #[must_use]
    pub fn u64(self, data: &[u8], offset: usize) -> Option<u64> {
        let bytes = array(data, offset)?;
        Some(if self.big_endian { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }

    /// The pointer-sized number at `offset`.
    #[must_use]
    pub fn word(self, data: &[u8], offset: usize) -> Option<u64> {
        match self.pointer {
            4 => self.u32(data, offset).map(u64::from),
            _ => self.u64(data, offset),
        }
    }

    /// Replaces the pointer-sized number at `offset`, if all of it lies in `data`.
    pub fn put_word(self, data: &mut [u8], offset: usize, value: u64) {
        let (big, little) = (value.to_be_bytes(), value.to_le_bytes());
        let size = usize::from(self.pointer).min(big.len());
        let bytes = if self.big_endian { big.get(big.len() - size..) } else { little.get(..size) };
        let place = data.get_mut(offset..).and_then(|rest| rest.get_mut(..size));
        if let (Some(place), Some(bytes)) = (place, bytes) {
            place.copy_from_slice(bytes);
        }
    }
}

fn array<const N: usize>(data: &[u8], offset: usize) -> Option<[u8; N]> {
    data.get(offset..)?.first_chunk().copied()
}

/// The bytes from `offset` up to the next NUL, or `None` when there is none.
#[must_use]
pub fn c_string(data: &[u8], offset: usize) -> Option<&[u8]> {
    let rest = data.get(offset..)?;
    rest.get(..memchr::memchr(0, rest)?)
}

/// An unsigned LEB128 number of at most `max_bytes` bytes at the front of `data`, and its length.
#[must_use]
pub fn uvarint(data: &[u8], max_bytes: usize) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (index, byte) in data.iter().take(max_bytes).enumerate() {
        value |= u64::from(byte & 0x7f).checked_shl(7 * index as u32)?;
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}
