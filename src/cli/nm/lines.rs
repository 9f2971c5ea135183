//! How does a row become a line of nm's output?
//!
//! Line format: `cmd/nm/nm.go` (go1.27). All lines go through one buffer without a String per name: formatting
//! 150,000 lines with `write!` cost as much as everything else together.

use std::io::{self, Write};

use crate::printable;
use crate::symbols::listing::{Listing, Row};

/// The buffer is written out when it holds more than this.
const FULL: usize = 1 << 16;

/// How many rows are fetched together. Rows that are sorted by name lie anywhere in memory; the processor then waits
/// for many of them at once.
const AT_ONCE: usize = 32;

/// Writes the lines of one listing.
pub(super) struct Lines<'a> {
    prefix: String,
    sizes: bool,
    out: &'a mut dyn Write,
    buffer: Vec<u8>,
}

impl<'a> Lines<'a> {
    /// A writer of lines that begin with `prefix`, with or without sizes.
    pub(super) fn new(prefix: String, sizes: bool, out: &'a mut dyn Write) -> Self {
        Self { prefix, sizes, out, buffer: Vec::with_capacity(FULL + 4096) }
    }

    /// Writes every row.
    pub(super) fn write(mut self, rows: &Listing) -> io::Result<()> {
        let mut rows = rows.rows();
        let mut some = Vec::with_capacity(AT_ONCE);
        loop {
            some.extend(
                rows.by_ref().take(AT_ONCE).map(|row| (row, printable::is_plain(row.name))),
            );
            if some.is_empty() {
                return self.out.write_all(&self.buffer);
            }
            for (row, plain) in some.drain(..) {
                self.line(&row, plain);
            }
            if self.buffer.len() >= FULL {
                self.out.write_all(&self.buffer)?;
                self.buffer.clear();
            }
        }
    }

    fn line(&mut self, row: &Row<'_>, plain: bool) {
        let buffer = &mut self.buffer;
        buffer.extend_from_slice(self.prefix.as_bytes());
        if row.letter == b'U' {
            buffer.extend_from_slice(b"        ");
        } else {
            push_number::<16>(buffer, row.address, 8);
        }
        if self.sizes {
            buffer.push(b' ');
            push_signed(buffer, row.size, 10);
        }
        buffer.extend_from_slice(&[b' ', row.letter, b' ']);
        if plain {
            buffer.extend_from_slice(row.name);
        } else {
            buffer.extend_from_slice(printable::listing(row.name).as_bytes());
        }
        buffer.push(b'\n');
    }
}

fn push_signed(buffer: &mut Vec<u8>, number: i64, width: usize) {
    if number >= 0 {
        return push_number::<10>(buffer, number.unsigned_abs(), width);
    }
    // Only a damaged table has a size like this; Go prints it with its sign.
    let text = number.to_string();
    buffer.resize(buffer.len() + width.saturating_sub(text.len()), b' ');
    buffer.extend_from_slice(text.as_bytes());
}

/// Writes `number` in `BASE` (at most 16), lower-case, padded with spaces to `width`. A longer number takes more
/// room.
fn push_number<const BASE: u64>(buffer: &mut Vec<u8>, mut number: u64, width: usize) {
    // The longest number has 20 decimal digits.
    let mut digits = [b' '; 20];
    let mut used = 0;
    for place in digits.iter_mut().rev() {
        // The remainder is below 16.
        let digit = (number % BASE) as u8;
        *place = if digit < 10 { b'0' + digit } else { b'a' - 10 + digit };
        used += 1;
        number /= BASE;
        if number == 0 {
            break;
        }
    }
    let shown = digits.len() - used.max(width.min(digits.len()));
    buffer.extend_from_slice(digits.get(shown..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Format;
    use crate::symbols::listing::Order;

    fn lines(sizes: bool, rows: &[(u64, u64, u8, &[u8])]) -> String {
        let mut listing = Listing::new(Format::Elf);
        for (address, size, letter, name) in rows {
            listing.push(*address, *size, *letter, name);
        }
        listing.sort(Order::Address);
        let mut out = Vec::new();
        Lines::new("f:\t".to_owned(), sizes, &mut out).write(&listing).expect("a Vec takes it");
        String::from_utf8(out).expect("printable")
    }

    #[test]
    fn lines_are_gos() {
        let rows: &[(u64, u64, u8, &[u8])] = &[
            (0, 7, b'U', b"getpid"),
            (0x47_e480, 12, b'T', b"main.main"),
            (0x100_0000_0000, 0, b'?', b""),
        ];
        let plain = "f:\t         U getpid\nf:\t  47e480 T main.main\nf:\t10000000000 ? \n";
        assert_eq!(lines(false, rows), plain);
        let sized = "f:\t                  7 U getpid\nf:\t  47e480         12 T main.main\nf:\t10000000000          0 ? \n";
        assert_eq!(lines(true, rows), sized);
    }

    #[test]
    fn a_size_with_the_sign_bit_is_negative_as_in_go() {
        let line = lines(true, &[(16, u64::MAX, b'T', b"x")]);
        assert_eq!(line, "f:\t      10         -1 T x\n");
    }

    #[test]
    fn a_name_cannot_forge_a_line() {
        let line = lines(false, &[(1, 0, b'T', b"a\n       2 T b\\n")]);
        assert_eq!(line, "f:\t       1 T a\\x0a       2 T b\\n\n");
    }
}
