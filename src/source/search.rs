//! Which Go files below a folder hold a directive, or what was meant as one?
//!
//! Most files hold none: their bytes are searched, and only what is found is lexed. Folders are not followed through
//! symbolic links, except the one that is asked for. Which build takes a file is not asked here.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::directive::{self, Linkname, Refused};
use super::lexer::Comments;
use super::near_miss::{self, NearMiss};

/// What the comments of one file say about linknames.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// Its directives, as the compiler reads them.
    pub linknames: Vec<Linkname>,
    /// Directives that the compiler refuses by themselves.
    pub refused: Vec<Refused>,
    /// Comments that have the shape of a directive and are none.
    pub near_misses: Vec<NearMiss>,
}

impl Remarks {
    /// Reads the comments of a file, and nothing else of it.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let mut remarks = Self::default();
        for comment in Comments::new(bytes) {
            match directive::read(bytes, &comment) {
                Some(Ok(linkname)) => remarks.linknames.push(linkname),
                Some(Err(refused)) => remarks.refused.push(refused),
                None => remarks.near_misses.extend(near_miss::read(bytes, &comment)),
            }
        }
        remarks
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.linknames.is_empty() && self.refused.is_empty() && self.near_misses.is_empty()
    }
}

/// What was found below a folder.
#[derive(Debug, Default)]
pub struct Found {
    /// Files that hold a directive or a near miss, in the order of their paths.
    pub files: Vec<(PathBuf, Remarks)>,
    /// How many files were searched.
    pub searched: usize,
    /// What could not be read, in the order of their paths.
    pub unread: Vec<(PathBuf, io::Error)>,
}

/// Whether a file may hold a directive or what was meant as one: what has none of this needs no lexer.
///
/// `o:` is rare in Go, so that one search with two bytes finds the word in every spelling.
#[must_use]
pub fn is_candidate(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, b"o:").any(|at| {
        let word = bytes.get(at + 2..).unwrap_or_default();
        let begins = word.first().is_some_and(|first| first.eq_ignore_ascii_case(&b'l'));
        begins && near_miss::begins_with_word(word)
    })
}

/// Searches every `.go` file below `folder`.
#[must_use]
pub fn below(folder: &Path) -> Found {
    let mut found = Found::default();
    // Debian's GOROOT/src is a symbolic link.
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let paths = go_files(folder, &mut found.unread);
    found.searched = paths.len();
    let read: Vec<(PathBuf, io::Result<Remarks>)> = paths
        .into_par_iter()
        .with_min_len(64)
        .map_init(Vec::new, |buffer, path| {
            let read = search(&path, buffer).transpose()?;
            Some((path, read))
        })
        .flatten()
        .collect();
    for (path, read) in read {
        match read {
            Ok(remarks) if remarks.is_empty() => {}
            Ok(remarks) => found.files.push((path, remarks)),
            Err(error) => found.unread.push((path, error)),
        }
    }
    found.files.sort_by(|(one, _), (other, _)| one.cmp(other));
    found.unread.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}

/// Room for most files; a longer one makes the buffer grow.
const ROOM: usize = 256 * 1024;

/// Reads a file into `buffer`, which all files of a thread share, and its comments if it is worth it.
fn search(path: &Path, buffer: &mut Vec<u8>) -> io::Result<Option<Remarks>> {
    let mut file = File::open(path)?;
    buffer.resize(buffer.len().max(ROOM), 0);
    let mut filled = 0;
    // `read_to_end` asks for size and position first: two system calls more for each of 8,000 files.
    loop {
        if filled == buffer.len() {
            buffer.resize(filled * 2, 0);
        }
        match file.read(buffer.get_mut(filled..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let bytes = buffer.get(..filled).unwrap_or_default();
    Ok(is_candidate(bytes).then(|| Remarks::read(bytes)))
}

fn go_files(folder: PathBuf, unread: &mut Vec<(PathBuf, io::Error)>) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder]);
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                unread.push((folder, error));
                continue;
            }
        };
        for entry in entries.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(_) if entry.file_name().as_encoded_bytes().ends_with(b".go") => {
                    files.push(entry.path());
                }
                _ => {}
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_the_word_is_a_candidate() {
        for text in ["//go:linkname a b.c", "// go:linkname a", "//Go:Linkname", "//go:LinkName a"]
        {
            assert!(is_candidate(text.as_bytes()), "{text}");
        }
        assert!(!is_candidate(b"//go:build linux"));
        assert!(!is_candidate(b"//go:noinline o:"));
    }

    #[test]
    fn a_folder_that_is_not_there_is_said() {
        let found = below(Path::new("/no/such/folder"));
        assert_eq!((found.files.len(), found.unread.len()), (0, 1));
    }
}
