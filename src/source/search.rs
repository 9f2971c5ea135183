//! Which Go files below a folder hold a directive, or what was meant as one?
//!
//! Most files hold none: their bytes are searched, and only what is found is lexed. Folders are not followed through
//! symbolic links, except the one that is asked for. Which build takes a file is not asked here.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::file::GoFile;

/// What was found below a folder.
#[derive(Debug, Default)]
pub struct Found {
    /// Files that hold a directive or a near miss, in the order of their paths.
    pub files: Vec<(PathBuf, GoFile)>,
    /// How many files were searched.
    pub searched: usize,
    /// What could not be read, in the order of their paths.
    pub unread: Vec<(PathBuf, io::Error)>,
}

/// Whether a file may hold a directive or what was meant as one: what has none of this needs no lexer. A word that
/// is misspelt is not seen, only other ways to write the right one.
#[must_use]
pub fn is_candidate(bytes: &[u8]) -> bool {
    [&b"linkname"[..], b"LinkName", b"Linkname"]
        .iter()
        .any(|word| memchr::memmem::find(bytes, word).is_some())
}

/// Searches every `.go` file below `folder`.
#[must_use]
pub fn below(folder: &Path) -> Found {
    let mut found = Found::default();
    // Debian's GOROOT/src is a symbolic link.
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let paths = go_files(folder, &mut found.unread);
    found.searched = paths.len();
    let read: Vec<(PathBuf, io::Result<GoFile>)> = paths
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
            Ok(file) if file.is_silent() => {}
            Ok(file) => found.files.push((path, file)),
            Err(error) => found.unread.push((path, error)),
        }
    }
    found.files.sort_by(|(one, _), (other, _)| one.cmp(other));
    found.unread.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}

/// Reads a file into `buffer`, which all files of a thread share, and parses it if it is worth it.
fn search(path: &Path, buffer: &mut Vec<u8>) -> io::Result<Option<GoFile>> {
    buffer.clear();
    File::open(path)?.read_to_end(buffer)?;
    Ok(is_candidate(buffer).then(|| GoFile::parse(buffer.clone())))
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
        assert!(!is_candidate(b"//go:link a"));
    }

    #[test]
    fn a_folder_that_is_not_there_is_said() {
        let found = below(Path::new("/no/such/folder"));
        assert_eq!((found.files.len(), found.unread.len()), (0, 1));
    }
}
