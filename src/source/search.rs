//! Which Go files below a folder hold a directive, or what was meant as one?
//!
//! Most files hold none: their bytes are searched, and only what is found is lexed. Folders are not followed through
//! symbolic links, except the one that is asked for. Which build takes a file is not asked here.

use std::cell::Cell;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::directive::{self, Linkname, Refused};
use super::lexer::{Lexer, Stop};
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
        let mut lexer = Lexer::new(bytes);
        let mut open = Vec::new();
        while let Some(stop) = lexer.pass(&mut open) {
            let Stop::Token(comment) = stop else { continue };
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

/// A folder and the names of its Go files, sorted.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Where it lies.
    pub path: PathBuf,
    /// The names of its Go files, sorted.
    pub names: Vec<OsString>,
}

/// What was found below a folder.
#[derive(Debug)]
pub struct Found<T> {
    /// What was made of each folder where a file says something, in no order.
    pub folders: Vec<T>,
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

/// Searches every `.go` file below `folder`: `read` gets the bytes of those that may hold a directive, and `finish`
/// what it made of them, folder by folder.
pub fn below<H, T: Send>(
    folder: &Path,
    read: &(dyn Fn(&OsStr, &[u8]) -> Option<H> + Sync),
    finish: &(dyn Fn(&Folder, Vec<H>) -> T + Sync),
) -> Found<T> {
    // Debian's GOROOT/src is a symbolic link.
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let (folders, mut unread) = walk(folder);
    let searched = folders.iter().map(|folder| folder.names.len()).sum();
    let search = |folder: Folder| {
        let (hits, failed) = folder.search(read);
        let finished = (!hits.is_empty()).then(|| finish(&folder, hits));
        (finished, failed)
    };
    let all: Vec<(Option<T>, Vec<Unread>)> =
        folders.into_par_iter().with_min_len(8).map(search).collect();
    let mut folders = Vec::new();
    for (finished, failed) in all {
        folders.extend(finished);
        unread.extend(failed);
    }
    unread.sort_by(|(one, _), (other, _)| one.cmp(other));
    Found { folders, searched, unread }
}

/// A file or folder that could not be read.
type Unread = (PathBuf, io::Error);

thread_local! {
    /// The bytes of one file: the same memory for all that a thread reads.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl Folder {
    fn search<H>(
        &self,
        read: &(dyn Fn(&OsStr, &[u8]) -> Option<H> + Sync),
    ) -> (Vec<H>, Vec<Unread>) {
        let (mut hits, mut unread) = (Vec::new(), Vec::new());
        self.each(&self.names, &mut |name, bytes| match bytes {
            Ok(bytes) if is_candidate(bytes) => hits.extend(read(name, bytes)),
            Ok(_) => {}
            Err(error) => unread.push((self.path.join(name), error)),
        });
        (hits, unread)
    }

    /// Reads these files of the folder one after the other.
    pub fn each<'a>(
        &self,
        names: impl IntoIterator<Item = &'a OsString>,
        read: &mut dyn FnMut(&OsStr, io::Result<&[u8]>),
    ) {
        let mut buffer = BUFFER.take();
        for name in names {
            let length = fill(&self.path.join(name), &mut buffer);
            read(name, length.map(|length| buffer.get(..length).unwrap_or_default()));
        }
        BUFFER.set(buffer);
    }
}

/// Room for most files; a longer one makes the buffer grow.
const ROOM: usize = 64 * 1024;

/// Reads a file into `buffer` and returns its length; what stands behind it there is of others.
fn fill(path: &Path, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let mut file = File::open(path)?;
    buffer.resize(buffer.len().max(ROOM), 0);
    let mut filled = 0;
    // `read_to_end` asks for size and position first: two system calls more for each of 8,000 files.
    loop {
        if filled == buffer.len() {
            buffer.resize(filled * 2, 0);
        }
        match file.read(buffer.get_mut(filled..).unwrap_or_default()) {
            Ok(0) => return Ok(filled),
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Every folder with Go files, and what could not be listed.
fn walk(folder: PathBuf) -> (Vec<Folder>, Vec<Unread>) {
    let (mut found, mut unread, mut waiting) = (Vec::new(), Vec::new(), vec![folder]);
    while let Some(path) = waiting.pop() {
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) => {
                unread.push((path, error));
                continue;
            }
        };
        let mut names = Vec::new();
        for entry in entries.flatten() {
            let name = entry.file_name();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => waiting.push(path.join(name)),
                _ if !name.as_encoded_bytes().ends_with(b".go") => {}
                Ok(kind) if kind.is_file() => names.push(name),
                Ok(_) => match is_file(&path.join(&name)) {
                    Ok(true) => names.push(name),
                    Ok(false) => {}
                    Err(error) => unread.push((path.join(name), error)),
                },
                Err(error) => unread.push((path.join(name), error)),
            }
        }
        names.sort();
        if !names.is_empty() {
            found.push(Folder { path, names });
        }
    }
    (found, unread)
}

/// Whether a link leads to a file, as go/build asks; a pipe would have the search wait for ever.
fn is_file(path: &Path) -> io::Result<bool> {
    let about = fs::metadata(path)?;
    if about.is_file() || about.is_dir() {
        return Ok(about.is_file());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"))
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
        let found = below(Path::new("/no/such/folder"), &|_, _| Some(()), &|_, _| ());
        assert_eq!((found.folders.len(), found.unread.len()), (0, 1));
    }
}
