//! Which address does a line ask for, as `go tool addr2line` and GNU's addr2line read it?
//!
//! Both tools answer every line: what is no address is answered like address 0, which no program has.
//!
//! ```
//! use gonym::trace::asked::Asked;
//!
//! assert_eq!(Asked::parse(b"47f0ee"), Asked::Address(0x47_f0ee));
//! assert_eq!(Asked::parse(b"main.go:3"), Asked::Reverse);
//! assert_eq!(Asked::parse_gnu(b" 0X47F0EE junk"), Asked::Address(0x47_f0ee));
//! ```

/// What one line asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What stands at an address.
    Address(u64),
    /// Which address a line of source has, which no tool answers.
    Reverse,
    /// Nothing that could be read.
    Junk,
}

impl Asked {
    /// As Go's tool reads it (cmd/addr2line/main.go, go1.27): hexadecimal with or without `0x`, and nothing else. A
    /// number of more than 64 bits is the largest one (`strconv.ParseUint`).
    #[must_use]
    pub fn parse(line: &[u8]) -> Self {
        if line.contains(&b':') {
            return Self::Reverse;
        }
        let digits = line.strip_prefix(b"0x").unwrap_or(line);
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Self::Junk;
        }
        Self::Address(number(digits))
    }

    /// As GNU's tool reads it (binutils/addr2line.c, `bfd_scan_vma`): blanks before it are skipped, and it ends with its
    /// last digit.
    #[must_use]
    pub fn parse_gnu(line: &[u8]) -> Self {
        let line = line.trim_ascii_start();
        let digits = line.strip_prefix(b"0x").or_else(|| line.strip_prefix(b"0X")).unwrap_or(line);
        let end = digits.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        match digits.get(..end) {
            Some(digits) if end > 0 => Self::Address(number(digits)),
            _ => Self::Junk,
        }
    }

    /// Whether `line` is an address in any spelling, or blank. A text whose first line is neither holds a trace.
    #[must_use]
    pub fn is_address_or_blank(line: &[u8]) -> bool {
        let line = line.trim_ascii();
        let digits = line.strip_prefix(b"0x").or_else(|| line.strip_prefix(b"0X")).unwrap_or(line);
        line.is_empty() || !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit)
    }

    /// The address that is answered.
    #[must_use]
    pub fn address(self) -> u64 {
        match self {
            Self::Address(address) => address,
            Self::Reverse | Self::Junk => 0,
        }
    }
}

/// The number of hexadecimal `digits`, at most the largest of 64 bits.
fn number(digits: &[u8]) -> u64 {
    let significant = digits.iter().skip_while(|digit| **digit == b'0');
    let mut value = 0u64;
    for (place, digit) in significant.enumerate() {
        if place == 16 {
            return u64::MAX;
        }
        let digit = char::from(*digit).to_digit(16).unwrap_or_default();
        value = value << 4 | u64::from(digit);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `go tool addr2line` 1.27.4 answered: for each `?` of address 0.
    #[test]
    fn what_is_no_address_for_gos_tool_is_junk() {
        for line in ["", "0x", "0X401000", " 401000", "401000 ", "1_0", "+10", "-1", "zz", "0x0x1"]
        {
            assert_eq!(Asked::parse(line.as_bytes()), Asked::Junk, "{line}");
        }
        assert_eq!(Asked::parse(b"main.go:3"), Asked::Reverse);
        assert_eq!(Asked::parse(b"0000000000000000000000401000"), Asked::Address(0x40_1000));
        assert_eq!(Asked::parse(b"ffffffffffffffffff"), Asked::Address(u64::MAX));
        assert_eq!(Asked::parse(b"0xffffffffffffffff"), Asked::Address(u64::MAX));
    }

    /// `addr2line -a -e c ' 0X1148 junk' zz` printed `0x0000000000001148` and `0x0000000000000000` (2.40).
    #[test]
    fn gnus_tool_reads_the_beginning_of_a_line() {
        assert_eq!(Asked::parse_gnu(b" 0X1148 junk"), Asked::Address(0x1148));
        assert_eq!(Asked::parse_gnu(b"zz"), Asked::Junk);
        assert_eq!(Asked::parse_gnu(b"main.go:3"), Asked::Junk);
    }

    #[test]
    fn a_trace_begins_with_what_is_no_address() {
        for line in ["", " ", "0X401000", " 401000\r", "deadbeef"] {
            assert!(Asked::is_address_or_blank(line.as_bytes()), "{line:?}");
        }
        for line in ["0x", "panic: x", "goroutine 1 [running]:", "main.go:3", "SIGQUIT: quit"] {
            assert!(!Asked::is_address_or_blank(line.as_bytes()), "{line:?}");
        }
    }
}
