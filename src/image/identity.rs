//! What shows that two files belong to one build?
//!
//! Formats: `NT_GNU_BUILD_ID` and Go's own note (cmd/link/internal/ld/elf.go, go1.27) in ELF, `.gnu_debuglink` in ELF
//! and PE (GDB manual, "Separate Debug Files"), `LC_UUID` in Mach-O. A file name or a folder proves nothing: the
//! debug file of yesterday's build has the same.
//!
//! ```no_run
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let identity = binary.image.identity();
//!     println!("GNU build ID: {:x?}, UUID: {:x?}", identity.build_id, identity.uuid);
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

use super::{ByteOrder, Detail, Format, Image};
use crate::error::Result;
use crate::input::File;

/// Bytes of a file that are summed at once.
const PIECE: u64 = 1 << 20;

/// The longest note section read: a build id has 20 bytes, Go's 83.
const LONGEST_NOTE: u64 = 4096;

/// The identifications that a file carries; each may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The system linker's, from `.note.gnu.build-id`.
    pub build_id: Option<Vec<u8>>,
    /// Go's, from `.note.go.buildid` in ELF, from the first bytes of the code in Mach-O and PE.
    pub go_build_id: Option<Vec<u8>>,
    /// Mach-O's `LC_UUID`.
    pub uuid: Option<[u8; 16]>,
    /// The debug file that `.gnu_debuglink` names.
    pub debug_link: Option<DebugLink>,
}

/// A file that holds what was stripped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugLink {
    /// Its name, without a folder.
    pub name: Vec<u8>,
    /// CRC-32 of all its bytes.
    pub crc: u32,
}

impl Image {
    /// The identifications that the file carries. A damaged one counts as missing.
    #[must_use]
    pub fn identity(&self) -> Identity {
        let uuid = match &self.detail {
            Detail::MachO(tables) => tables.uuid,
            Detail::Elf(_) | Detail::Pe(_) => None,
        };
        Identity {
            build_id: self.note(b".note.gnu.build-id", b"GNU\0"),
            go_build_id: self.note(b".note.go.buildid", b"Go\0\0").or_else(|| self.text_build_id()),
            uuid,
            debug_link: self.debug_link(),
        }
    }

    /// The build id that Go puts in front of the code where the format has no notes: `\xff Go build ID: "…"\n \xff`
    /// (cmd/internal/buildid/buildid.go, go1.27). Up to 1.23 Go's own linker gives Mach-O no UUID either.
    fn text_build_id(&self) -> Option<Vec<u8>> {
        let text = self.sections.iter().find(|section| section.executable)?;
        let length = text.file_size.min(LONGEST_NOTE);
        if self.format == Format::Elf || length == 0 {
            return None;
        }
        let bytes = self.range.read("code", text.offset, length).ok()?;
        let content = bytes.strip_prefix(b"\xff Go build ID: \"")?;
        let end = memchr::memmem::find(content, b"\"\n \xff")?;
        content.get(..end).filter(|id| !id.is_empty()).map(<[u8]>::to_vec)
    }

    fn small_section(&self, name: &[u8]) -> Option<Vec<u8>> {
        let section = self.section_named(name).filter(|section| section.file_size > 0)?;
        (section.file_size <= LONGEST_NOTE).then(|| self.read_section(section).ok()).flatten()
    }

    /// The content of the first note in section `name` if `owner` wrote it.
    fn note(&self, name: &[u8], owner: &[u8]) -> Option<Vec<u8>> {
        let bytes = self.small_section(name)?;
        let (sizes, rest) = bytes.split_at_checked(12)?;
        let size = usize::try_from(self.word(sizes.get(4..8)?)).ok()?;
        let content = rest.strip_prefix(owner)?.get(..size)?;
        (!content.is_empty()).then(|| content.to_vec())
    }

    fn debug_link(&self) -> Option<DebugLink> {
        let bytes = self.small_section(b".gnu_debuglink")?;
        let end = memchr::memchr(0, &bytes)?;
        let name = bytes.get(..end)?.to_vec();
        let at = (end + 1).next_multiple_of(4);
        let crc = self.word(bytes.get(at..at + 4)?);
        (!name.is_empty()).then_some(DebugLink { name, crc })
    }

    fn word(&self, bytes: &[u8]) -> u32 {
        let word = <[u8; 4]>::try_from(bytes).unwrap_or_default();
        match self.byte_order {
            ByteOrder::Little => u32::from_le_bytes(word),
            ByteOrder::Big => u32::from_be_bytes(word),
        }
    }
}

/// CRC-32 of all bytes of `file`, as `.gnu_debuglink` has it.
///
/// # Errors
/// When the file cannot be read.
pub fn crc32(file: &File) -> Result<u32> {
    let (mut sum, mut at) = (flate2::Crc::new(), 0);
    while at < file.len() {
        let piece = file.read("debug file", at, PIECE.min(file.len() - at))?;
        sum.update(&piece);
        at += PIECE;
    }
    Ok(sum.sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_sum_is_the_one_that_gdb_documents() {
        // The check value of CRC-32/ISO-HDLC.
        let file = File::from_bytes(Path::new("x"), b"123456789".to_vec());
        assert_eq!(crc32(&file), Ok(0xcbf4_3926));
    }
}
