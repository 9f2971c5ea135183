//! What does a compressed section hold?
//!
//! Formats: gABI chapter 4, "Section Compression" (`SHF_COMPRESSED`, a header in the file's byte
//! order), and the older GNU one that Go writes into Mach-O and wrote into PE and ELF (`.zdebug_*`,
//! `__zdebug_*`: "ZLIB" and eight bytes of size, most significant first). No memory is reserved for
//! the size that a header claims: the output grows with the stream. Knows no DWARF.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::ByteOrder;
use crate::error::{Fault, FaultCode, Result};

/// The most that one section is inflated to, in bytes.
pub const MOST_INFLATED: u64 = 256 << 20;

/// The most that a compressed byte is inflated to. Go's DWARF: 3.3 overall, 6.1 at worst.
pub const MOST_RATIO: u64 = 200;

const ELFCOMPRESS_ZLIB: u64 = 1;
const ELFCOMPRESS_ZSTD: u64 = 2;

/// The two kinds of header that a compressed section can begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// `Elf32_Chdr` or `Elf64_Chdr`: whether it is the wide one, and its byte order.
    Elf { wide: bool, order: ByteOrder },
    /// "ZLIB" and the size.
    Gnu,
}

/// A compressed section: its bytes, and where they lie, for faults.
pub(super) struct Compressed<'a> {
    pub(super) part: &'a str,
    /// From the start of the file.
    pub(super) offset: u64,
    pub(super) bytes: &'a [u8],
}

impl Compressed<'_> {
    /// The section's content.
    ///
    /// # Errors
    /// When the header is cut or of an unknown kind, when it claims more than is read, and when the
    /// stream is damaged or gives another size than the header says.
    pub(super) fn inflate(&self, header: Header) -> Result<Vec<u8>> {
        let (claimed, stream) = match header {
            Header::Elf { wide, order } => self.elf(wide, order)?,
            Header::Gnu => self.gnu()?,
        };
        self.check_claim(claimed)?;
        let mut content = Vec::new();
        // One byte more than claimed is asked for: it shows whether the stream goes on.
        let limited = ZlibDecoder::new(stream).take(claimed.saturating_add(1));
        let read = { limited }.read_to_end(&mut content);
        let present = content.len() as u64;
        if let Err(error) = read {
            let detail = format!("bytes inflated; then the zlib stream fails: {error}");
            return Err(Fault::invalid(self.part, self.offset, claimed, present, detail));
        }
        if present != claimed {
            let detail = "size in the header, and bytes that the zlib stream gives";
            let code = FaultCode::Disagreement;
            return Err(Fault::new(code, self.part, self.offset, claimed, present, detail));
        }
        Ok(content)
    }

    fn elf(&self, wide: bool, order: ByteOrder) -> Result<(u64, &[u8])> {
        let len = if wide { 24 } else { 12 };
        let (header, stream) = self.split(len)?;
        let word = |at: usize, size: usize| number(header.get(at..at + size), order);
        match word(0, 4) {
            ELFCOMPRESS_ZLIB => {}
            ELFCOMPRESS_ZSTD => {
                let detail = "compressed by zstd, which is not read";
                return Err(Fault::unsupported(self.part, self.offset, detail));
            }
            other => {
                let detail = "the kind of compression";
                return Err(Fault::invalid(
                    self.part,
                    self.offset,
                    ELFCOMPRESS_ZLIB,
                    other,
                    detail,
                ));
            }
        }
        let claimed = if wide { word(8, 8) } else { word(4, 4) };
        Ok((claimed, stream))
    }

    fn gnu(&self) -> Result<(u64, &[u8])> {
        const MAGIC: &[u8] = b"ZLIB";
        let (header, stream) = self.split(12)?;
        let Some(size) = header.strip_prefix(MAGIC) else {
            let wanted = number(Some(MAGIC), ByteOrder::Big);
            let found = number(header.get(..4), ByteOrder::Big);
            let detail = "a compressed section begins with ZLIB";
            return Err(Fault::invalid(self.part, self.offset, wanted, found, detail));
        };
        Ok((number(Some(size), ByteOrder::Big), stream))
    }

    fn split(&self, len: usize) -> Result<(&[u8], &[u8])> {
        self.bytes.split_at_checked(len).ok_or_else(|| {
            let part = format!("{} (compression header)", self.part);
            Fault::truncated(part, self.offset, len as u64, self.bytes.len() as u64)
        })
    }

    fn check_claim(&self, claimed: u64) -> Result<()> {
        if claimed > MOST_INFLATED {
            let mut fault = Fault::unsupported(self.part, self.offset, "");
            (fault.wanted, fault.present) = (MOST_INFLATED, claimed);
            fault.detail =
                format!("it claims {claimed} bytes, sections are inflated up to {MOST_INFLATED}");
            return Err(fault);
        }
        let allowed = (self.bytes.len() as u64).saturating_mul(MOST_RATIO);
        if claimed > allowed {
            let detail = format!("bytes claimed; at most {MOST_RATIO} for each compressed one");
            return Err(Fault::invalid(self.part, self.offset, allowed, claimed, detail));
        }
        Ok(())
    }
}

fn number(bytes: Option<&[u8]>, order: ByteOrder) -> u64 {
    let add = |value, byte: &u8| value << 8 | u64::from(*byte);
    match order {
        ByteOrder::Big => bytes.unwrap_or_default().iter().fold(0, add),
        ByteOrder::Little => bytes.unwrap_or_default().iter().rev().fold(0, add),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use std::io::Write;

    fn zlib(content: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).and_then(|()| encoder.finish()).expect("memory")
    }

    fn gnu(claimed: u64, stream: &[u8]) -> Result<Vec<u8>> {
        let bytes = [b"ZLIB", &claimed.to_be_bytes()[..], stream].concat();
        Compressed { part: "s", offset: 7, bytes: &bytes }.inflate(Header::Gnu)
    }

    fn elf(bytes: &[u8], wide: bool, order: ByteOrder) -> Result<Vec<u8>> {
        Compressed { part: "s", offset: 7, bytes }.inflate(Header::Elf { wide, order })
    }

    #[test]
    fn all_three_headers_are_read() {
        let stream = zlib(b"content");
        assert_eq!(gnu(7, &stream), Ok(b"content".to_vec()));
        let narrow = [&[0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 1], &stream[..]].concat();
        assert_eq!(elf(&narrow, false, ByteOrder::Big), Ok(b"content".to_vec()));
        let mut wide = vec![0; 24];
        (wide[0], wide[8]) = (1, 7);
        wide.extend(&stream);
        assert_eq!(elf(&wide, true, ByteOrder::Little), Ok(b"content".to_vec()));
    }

    #[test]
    fn zstd_and_the_unknown_are_named() {
        let fault = elf(&[2; 24], true, ByteOrder::Little).expect_err("unknown");
        assert_eq!((fault.code, fault.present), (FaultCode::InvalidValue, 0x0202_0202));
        let mut zstd = vec![0; 24];
        zstd[0] = 2;
        let fault = elf(&zstd, true, ByteOrder::Little).expect_err("zstd");
        assert!(fault.code == FaultCode::Unsupported && fault.detail.contains("zstd"), "{fault}");
        let fault = elf(&zstd[..9], true, ByteOrder::Little).expect_err("cut");
        assert_eq!((fault.code, fault.wanted, fault.present), (FaultCode::Truncated, 24, 9));
    }

    #[test]
    fn a_size_that_is_not_the_content_s_is_a_fault() {
        let stream = zlib(b"content");
        for claimed in [0, 6, 8] {
            let fault = gnu(claimed, &stream).expect_err("another size");
            let present = claimed.saturating_add(1).min(7);
            let told = (fault.code, fault.offset, fault.wanted, fault.present);
            assert_eq!(told, (FaultCode::Disagreement, 7, claimed, present));
        }
        let fault = gnu(7, &stream[..stream.len() / 2]).expect_err("a cut stream");
        assert_eq!(fault.code, FaultCode::InvalidValue);
    }

    #[test]
    fn bombs_are_refused_by_their_claim() {
        let stream = zlib(&vec![0; 1 << 20]);
        let fault = gnu(1 << 20, &stream).expect_err("1000 to 1");
        assert_eq!((fault.code, fault.present), (FaultCode::InvalidValue, 1 << 20));
        let fault = gnu(u64::MAX, &stream).expect_err("more than there is");
        assert_eq!((fault.code, fault.present), (FaultCode::Unsupported, u64::MAX));
    }
}
