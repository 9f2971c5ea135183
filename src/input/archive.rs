//! Which members does an `ar` archive hold?
//!
//! Format: `ar.h`, the GNU/System V table of long names (`//`), the BSD names in front of the data
//! (`#1/length`), and Microsoft's two linker members ("PE Format", "Archive File Format"). Only the
//! headers are read here: what a member holds is [`crate::image::Image::parse`]'s question.

use super::Range;
use crate::error::{Fault, FaultCode, Result};

const MAGIC: &[u8] = b"!<arch>\n";
const THIN_MAGIC: &[u8] = b"!<thin>\n";
const HEADER: u64 = 60;
const PART: &str = "archive member header";
/// Go's own package archives begin with this member (cmd/internal/archive).
const GO_PACKAGE: &[u8] = b"__.PKGDEF";
/// Empty members that `go build` leaves for the linker in an archive with cgo (cmd/go, `preferlinkext`).
const GO_SIGNS: [&[u8]; 2] = [b"preferlinkext", b"dynimportfail"];
/// Names of the BSD tables of symbols, and those of GNU, Microsoft and Go's tables all lead by `/`.
const BSD_TABLE: &[u8] = b"__.SYMDEF";

/// One member.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Its name, as bytes; names need not differ.
    pub(crate) name: Vec<u8>,
    /// Its bytes, as far as the file holds them.
    pub(crate) range: Range,
}

/// The members of an archive, its own tables left out, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members {
    /// In the file's order.
    pub(crate) members: Vec<Member>,
    /// Members that are cut, and what ends the list too early.
    pub(crate) faults: Vec<Fault>,
}

/// What is done with the archive of a Go package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GoPackage {
    /// Its members are listed: Go objects, and those of C.
    Listed,
    /// It is refused by name.
    Refused,
}

/// The members of the archive in `range`; none when it is no archive.
///
/// # Errors
/// [`FaultCode::Unsupported`] for thin archives, which hold no members, and for Go's own packages unless they are
/// listed.
pub(crate) fn members(range: &Range, package: GoPackage) -> Result<Option<Members>> {
    let magic = range.read_up_to("archive magic", 0, MAGIC.len() as u64)?;
    if magic == THIN_MAGIC {
        let detail = "a thin archive holds no members, only the names of files";
        return Err(unsupported(range, detail));
    }
    if magic != MAGIC {
        return Ok(None);
    }
    let first = range.read_up_to(PART, MAGIC.len() as u64, GO_PACKAGE.len() as u64)?;
    if first == GO_PACKAGE && package == GoPackage::Refused {
        return Err(unsupported(range, "the archive of a Go package: only gonym nm lists it"));
    }
    let mut walk = Walk { range, names: Vec::new(), found: Members::default() };
    let mut at = MAGIC.len() as u64;
    while at < range.len() {
        match walk.member(at) {
            Ok(next) => at = next,
            Err(fault) => {
                walk.found.faults.push(fault);
                break;
            }
        }
    }
    Ok(Some(walk.found))
}

fn unsupported(range: &Range, detail: &str) -> Fault {
    Fault::new(FaultCode::Unsupported, "file", range.base(), 0, 0, detail)
}

struct Walk<'a> {
    range: &'a Range,
    /// The table of long names, once it was met.
    names: Vec<u8>,
    found: Members,
}

impl Walk<'_> {
    /// Reads the member whose header is at `at`; where the next one begins, which is further on.
    fn member(&mut self, at: u64) -> Result<u64> {
        let header = self.range.read(PART, at, HEADER)?;
        let field = |from: usize, to: usize| header.get(from..to).unwrap_or_default();
        let place = self.range.base().saturating_add(at);
        if field(58, 60) != b"`\n" {
            let present = field(58, 60).iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
            return Err(Fault::invalid(PART, place, 0x600a, present, "the end of the header"));
        }
        let size = decimal(field(48, 58)).ok_or_else(|| {
            Fault::invalid(PART, place + 48, 0, 0, "the size is no decimal number")
        })?;
        let data = at.saturating_add(HEADER);
        let next = data.saturating_add(size).saturating_add(size & 1);
        let short = trimmed(field(0, 16));
        match short {
            b"//" => self.names = self.range.read("archive names", data, size)?,
            // Tables of symbols: `/` of GNU and Microsoft, `/SYM64/`, `/<ECSYMBOLS>/`.
            b"/" => {}
            _ if short.starts_with(b"/") && !short.get(1..2).is_some_and(is_digit) => {}
            _ if short.starts_with(BSD_TABLE) => {}
            // What a package exports is no object (cmd/internal/archive, `EntryPkgDef`).
            GO_PACKAGE => self.range.check("archive member __.PKGDEF", data, size)?,
            _ if size == 0 && GO_SIGNS.contains(&short) => {}
            _ => self.add(short, place, data, size)?,
        }
        Ok(next)
    }

    fn add(&mut self, short: &[u8], place: u64, data: u64, size: u64) -> Result<()> {
        let (mut start, mut len) = (data, size);
        let name = if let Some(digits) = short.strip_prefix(b"#1/") {
            let wanted = decimal(digits).filter(|wanted| *wanted <= size).ok_or_else(|| {
                Fault::invalid(PART, place, size, 0, "the length of the name in front of the data")
            })?;
            let name = self.range.read("archive member name", data, wanted)?;
            (start, len) = (data.saturating_add(wanted), size - wanted);
            // Padded with zeros, so that the data lies at a multiple of 8.
            name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec()
        } else if let Some(digits) = short.strip_prefix(b"/") {
            self.long_name(digits).ok_or_else(|| {
                let table = self.names.len() as u64;
                Fault::invalid(PART, place, table, 0, "a long name that the table does not hold")
            })?
        } else {
            short.strip_suffix(b"/").unwrap_or(short).to_vec()
        };
        if name.starts_with(BSD_TABLE) {
            return Ok(());
        }
        let part = format!("archive member {}", crate::printable::printable(&name));
        let (range, cut) = self.range.part(&part, start, len);
        self.found.faults.extend(cut);
        self.found.members.push(Member { name, range });
        Ok(())
    }

    /// The name at the offset that `digits` spell: it ends with `/` and a newline (GNU) or with a zero
    /// (Microsoft).
    fn long_name(&self, digits: &[u8]) -> Option<Vec<u8>> {
        const LONGEST: usize = 4096;
        let start = usize::try_from(decimal(digits)?).ok()?;
        let tail = self.names.get(start..)?;
        let tail = tail.get(..LONGEST).unwrap_or(tail);
        let end = tail.iter().position(|byte| matches!(byte, b'\n' | 0))?;
        let name = tail.get(..end)?;
        Some(name.strip_suffix(b"/").unwrap_or(name).to_vec())
    }
}

fn is_digit(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(u8::is_ascii_digit)
}

fn trimmed(field: &[u8]) -> &[u8] {
    let end = field.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
    field.get(..end).unwrap_or_default()
}

/// A decimal number of at most 10 digits, padded with spaces.
fn decimal(field: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(trimmed(field)).ok()?;
    digits.parse().ok().filter(|_| digits.len() <= 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::File;
    use std::path::Path;
    use std::sync::Arc;

    fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for (name, data) in members {
            bytes.extend(format!("{name:<16}{:<32}{:<10}`\n", "", data.len()).bytes());
            bytes.extend_from_slice(data);
            bytes.extend(std::iter::repeat_n(b'\n', data.len() % 2));
        }
        bytes
    }

    fn read(bytes: Vec<u8>) -> Result<Option<Members>> {
        let file = Arc::new(File::from_bytes(Path::new("x.a"), bytes));
        members(&Range::whole(file), GoPackage::Refused)
    }

    fn named(bytes: Vec<u8>) -> (Vec<(String, Vec<u8>)>, Vec<Fault>) {
        let found = read(bytes).expect("an archive").expect("an archive");
        let row = |member: &Member| {
            let data = member.range.read("all", 0, member.range.len()).expect("its bytes");
            (String::from_utf8_lossy(&member.name).into_owned(), data)
        };
        (found.members.iter().map(row).collect(), found.faults)
    }

    /// Names as GNU ar, macOS's ar and lib.exe write them.
    #[test]
    fn names_of_every_kind() {
        let gnu = archive(&[
            ("/", b"symbols"),
            ("//", b"a-name-longer-than-fifteen.o/\n"),
            ("go.o/", b"one"),
            ("/0", b"two!"),
        ]);
        let (found, faults) = named(gnu);
        let wanted = [("go.o".into(), b"one".to_vec())];
        assert_eq!(found.get(..1), Some(&wanted[..]));
        assert_eq!(found.get(1).map(|m| m.0.as_str()), Some("a-name-longer-than-fifteen.o"));
        assert_eq!(faults, []);
        let bsd =
            archive(&[("#1/20", b"__.SYMDEF SORTED\0\0\0\0table"), ("#1/8", b"go.o\0\0\0\0data")]);
        assert_eq!(named(bsd).0, [("go.o".into(), b"data".to_vec())]);
        let coff = archive(&[("/", b"1"), ("/", b"2"), ("//", b"go.obj\0"), ("/0", b"x")]);
        assert_eq!(named(coff).0, [("go.obj".into(), b"x".to_vec())]);
    }

    #[test]
    fn what_is_cut_is_told_and_the_rest_is_listed() {
        let whole = archive(&[("a.o/", b"aaaa"), ("b.o/", b"bbbb")]);
        for len in MAGIC.len()..whole.len() {
            let found = read(whole[..len].to_vec()).expect("an archive").expect("an archive");
            let between = [MAGIC.len(), MAGIC.len() + 64].contains(&len);
            assert_eq!(found.faults.is_empty(), between, "{len}");
        }
    }

    #[test]
    fn thin_archives_and_go_packages_are_named() {
        let thin = read(b"!<thin>\nx".to_vec()).expect_err("thin");
        assert!(thin.detail.contains("thin"), "{thin}");
        let go = read(archive(&[("__.PKGDEF", b"go object")])).expect_err("a Go package");
        assert_eq!(go.code, FaultCode::Unsupported);
        assert!(read(b"\x7fELF".to_vec()).expect("no archive").is_none());
    }

    #[test]
    fn sizes_and_names_that_lie_end_the_list() {
        for (at, byte) in [(8 + 48, b'x'), (8 + 58, b'x')] {
            let mut bytes = archive(&[("a.o/", b"aaaa")]);
            bytes[at] = byte;
            let found = read(bytes).expect("an archive").expect("an archive");
            assert_eq!((found.members.len(), found.faults.len()), (0, 1));
        }
        let (found, faults) = named(archive(&[("/7", b"aaaa")]));
        assert_eq!((found.len(), faults.len()), (0, 1), "no table of names");
    }
}
