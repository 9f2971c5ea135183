//! Which executables may one file hold: itself, the slices of a fat Mach-O, the members of an archive, or the members
//! of archives in slices?

use std::path::Path;
use std::sync::Arc;

use super::archive::{self, GoPackage};
use super::{File, Origin, Range, Step, fat};
use crate::error::{Fault, Result};

/// A range of bytes that may be an executable or an object.
#[derive(Clone, Debug)]
pub struct Part {
    /// Where it lies.
    pub origin: Origin,
    /// Its bytes, as far as the file holds them.
    pub range: Range,
}

/// An open file and what it holds.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The file.
    pub file: Arc<File>,
    /// Empty only for an archive without members.
    pub parts: Vec<Part>,
    /// Parts that are cut, and rows of tables that are not there.
    pub faults: Vec<Fault>,
}

/// Opens the file at `path`, and whatever it contains; `-` is standard input.
///
/// # Errors
/// When the file cannot be read, or nothing in it can be listed: a fat file without a table, a thin archive.
pub fn open(path: &Path) -> Result<Contents> {
    open_file(File::open(path)?)
}

/// What `file` contains.
///
/// # Errors
/// When nothing in it can be listed.
pub fn open_file(file: File) -> Result<Contents> {
    contents(file, GoPackage::Refused)
}

/// As [`open`], and the archive of a Go package is opened too. Its members are Go objects, which can be listed and not
/// judged.
///
/// # Errors
/// As [`open`].
pub fn open_to_list(path: &Path) -> Result<Contents> {
    contents(File::open(path)?, GoPackage::Listed)
}

fn contents(file: File, package: GoPackage) -> Result<Contents> {
    let file = Arc::new(file);
    let origin = Origin::of(file.path());
    let slices = fat::slices(Range::whole(Arc::clone(&file)))?;
    let mut contents = Contents { file, parts: Vec::new(), faults: slices.faults };
    for slice in slices.slices {
        let origin = match slice.name {
            Some(arch) => origin.inside(Step::Slice(arch)),
            None => origin.clone(),
        };
        match archive::members(&slice.range, package) {
            Ok(None) => contents.parts.push(Part { origin, range: slice.range }),
            Ok(Some(members)) => contents.add(&origin, members),
            Err(fault) if origin.is_file() => return Err(fault),
            Err(fault) => contents.faults.push(fault),
        }
    }
    Ok(contents)
}

impl Contents {
    fn add(&mut self, archive: &Origin, found: archive::Members) {
        self.faults.extend(found.faults);
        self.parts.extend(found.members.into_iter().map(|member| Part {
            origin: archive.inside(Step::Member(member.name)),
            range: member.range,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive as `ar` writes it (`ar.h`): a header of 60 bytes in front of each member.
    fn archive(members: &[(&str, &str)]) -> Vec<u8> {
        let mut bytes = b"!<arch>\n".to_vec();
        for (name, content) in members {
            let (name, size) = (format!("{name}/"), content.len());
            let header = format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, 0, 644);
            bytes.extend_from_slice(header.as_bytes());
            bytes.extend_from_slice(content.as_bytes());
            bytes.resize(bytes.len().next_multiple_of(2), b'\n');
        }
        bytes
    }

    /// A fat file as `lipo` writes it (`mach-o/fat.h`): processor, subtype, offset, size and alignment of each slice.
    fn fat(slices: &[(u32, Vec<u8>)]) -> Vec<u8> {
        let mut words = vec![0xcafe_babe, slices.len() as u32];
        let mut content = vec![0; 4096];
        for (processor, bytes) in slices {
            words.extend([*processor, 0, content.len() as u32, bytes.len() as u32, 4]);
            content.extend_from_slice(bytes);
            content.resize(content.len().next_multiple_of(16), 0);
        }
        for (to, word) in content.chunks_exact_mut(4).zip(words) {
            to.copy_from_slice(&word.to_be_bytes());
        }
        content
    }

    /// The way to each part, and its bytes.
    fn parts(bytes: Vec<u8>) -> Vec<(Vec<Step>, String)> {
        let opened = open_file(File::from_bytes(Path::new("x"), bytes)).expect("an input");
        assert_eq!(opened.faults, []);
        let part = |part: Part| {
            assert_eq!(part.origin.path, Path::new("x"));
            let bytes = part.range.read("all", 0, part.range.len()).expect("bytes");
            (part.origin.steps, String::from_utf8_lossy(&bytes).into_owned())
        };
        opened.parts.into_iter().map(part).collect()
    }

    fn slice(arch: &str) -> Step {
        Step::Slice(arch.to_owned())
    }

    fn member(name: &str) -> Step {
        Step::Member(name.as_bytes().to_vec())
    }

    #[test]
    fn a_file_that_is_no_container_is_its_own_part() {
        assert_eq!(parts(b"\x7fELF".to_vec()), [(vec![], "\x7fELF".to_owned())]);
        assert_eq!(parts(Vec::new()), [(vec![], String::new())]);
    }

    #[test]
    fn members_of_one_name_are_two_parts() {
        let found = parts(archive(&[("go.o", "one"), ("go.o", "two")]));
        let named = |text: &str| (vec![member("go.o")], text.to_owned());
        assert_eq!(found, [named("one"), named("two")]);
        assert_eq!(parts(archive(&[])), []);
    }

    #[test]
    fn an_archive_in_a_slice_is_two_steps() {
        let library = archive(&[("a.o", "a"), ("b.o", "b")]);
        let found = parts(fat(&[(0x0100_0007, library), (0x0100_000c, b"arm".to_vec())]));
        let wanted = [
            (vec![slice("amd64"), member("a.o")], "a".to_owned()),
            (vec![slice("amd64"), member("b.o")], "b".to_owned()),
            (vec![slice("arm64")], "arm".to_owned()),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_slice_that_cannot_be_listed_does_not_hide_the_others() {
        let thin = b"!<thin>\n".to_vec();
        let bytes = fat(&[(7, thin.clone()), (12, b"arm".to_vec())]);
        let opened = open_file(File::from_bytes(Path::new("x"), bytes)).expect("an input");
        assert_eq!((opened.parts.len(), opened.faults.len()), (1, 1));
        assert_eq!(opened.parts[0].origin.slice(), Some("arm"));
        assert!(open_file(File::from_bytes(Path::new("x"), thin)).is_err(), "nothing but that");
    }
}
