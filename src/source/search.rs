//! Which Go files below a folder have a directive, or a comment that was meant to be one?
//!
//! Most files have none. Their bytes are searched, and only files with a match are lexed. Symbolic links to folders
//! are not followed, except for the folder that is asked for. Which build uses a file does not matter here.
//!
//! ```no_run
//! use gonym::source::search::{Remarks, below};
//!
//! let read = |_: &std::ffi::OsStr, bytes: &[u8]| Some(Remarks::read(bytes).linknames.len());
//! let found = below("src".as_ref(), &read, &|folder, counts| {
//!     (folder.path.clone(), counts.iter().sum::<usize>())
//! });
//! for (folder, directives) in found.folders {
//!     println!("{}: {directives}", folder.display());
//! }
//! ```

mod folder;

use std::cell::Cell;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use folder::{Handle, Kind, leads_to_file};
use rayon::Scope;

use super::directive::{self, Linkname, Refused};
use super::lexer::{Lexer, Stop};
use super::near_miss::{self, NearMiss};

/// What the comments of one file say about linknames.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// Its directives, as the compiler reads them.
    pub linknames: Vec<Linkname>,
    /// Directives that the compiler refuses for their form alone.
    pub refused: Vec<Refused>,
    /// Comments that look like a directive and are none.
    pub near_misses: Vec<NearMiss>,
}

impl Remarks {
    /// Reads only the comments of a file.
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

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.linknames.is_empty() && self.refused.is_empty() && self.near_misses.is_empty()
    }
}

/// A folder and the names of its Go files.
#[derive(Debug)]
pub struct Folder {
    /// Its path.
    pub path: PathBuf,
    /// The names of its Go files, sorted.
    pub names: Vec<OsString>,
    handle: Handle,
}

/// What was found below a folder.
#[derive(Debug)]
pub struct Found<T> {
    /// The results for folders in which a file has a match, in no order.
    pub folders: Vec<T>,
    /// How many files were searched.
    pub searched: usize,
    /// What could not be read, in the order of their paths.
    pub unread: Vec<(PathBuf, io::Error)>,
}

/// Whether a file may have a directive or a comment that was meant to be one; if not, it needs no lexer.
///
/// `o:` is rare in Go, so one search for two bytes finds the word in every spelling.
#[must_use]
pub fn is_candidate(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, b"o:")
        .any(|at| near_miss::begins_with_word(bytes.get(at + 2..).unwrap_or_default()))
}

/// Searches every `.go` file below `folder`. `read` gets the bytes of files that may have a directive; `finish` gets
/// the results of `read`, folder by folder.
pub fn below<H, T: Send>(
    folder: &Path,
    read: &(dyn Fn(&OsStr, &[u8]) -> Option<H> + Sync),
    finish: &(dyn Fn(&Folder, Vec<H>) -> T + Sync),
) -> Found<T> {
    // Debian's GOROOT/src is a symbolic link.
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    let found = Mutex::new(Found { folders: Vec::new(), searched: 0, unread: Vec::new() });
    let walk = Walk { read, finish, found: &found };
    rayon::scope(|scope| walk.visit(scope, folder));
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.unread.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}

/// A file or folder that could not be read.
type Unread = (PathBuf, io::Error);

/// A search in progress.
struct Walk<'a, H, T> {
    read: &'a (dyn Fn(&OsStr, &[u8]) -> Option<H> + Sync),
    finish: &'a (dyn Fn(&Folder, Vec<H>) -> T + Sync),
    found: &'a Mutex<Found<T>>,
}

impl<H, T> Clone for Walk<'_, H, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H, T> Copy for Walk<'_, H, T> {}

impl<'a, H, T: Send> Walk<'a, H, T> {
    /// Searches one folder. Folders in it are left to any free thread.
    fn visit(self, scope: &Scope<'a>, path: PathBuf) {
        let mut unread = Vec::new();
        let mut below = Vec::new();
        let opened = Folder::open(&path, &mut below, &mut unread);
        for folder in below {
            scope.spawn(move |scope| self.visit(scope, folder));
        }
        let (mut searched, mut finished) = (0, None);
        match opened {
            Ok(folder) => {
                let hits = folder.search(self.read, &mut unread);
                finished = (!hits.is_empty()).then(|| (self.finish)(&folder, hits));
                searched = folder.names.len();
            }
            Err(error) => unread.push((path, error)),
        }
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.folders.extend(finished);
        found.searched += searched;
        found.unread.extend(unread);
    }
}

thread_local! {
    /// The bytes of one file; a thread uses the same memory for all files.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl Folder {
    /// Lists a folder. Folders in it are added to `below`.
    fn open(path: &Path, below: &mut Vec<PathBuf>, unread: &mut Vec<Unread>) -> io::Result<Self> {
        let mut names: Vec<OsString> = Vec::new();
        let handle = Handle::list(path, &mut |name, kind| {
            if matches!(kind, Ok(Kind::Folder)) {
                return below.push(path.join(name));
            }
            if !name.as_encoded_bytes().ends_with(b".go") {
                return;
            }
            let is_file = match kind {
                Ok(Kind::File) => Ok(true),
                Ok(_) => leads_to_file(&path.join(name)),
                Err(error) => Err(error),
            };
            match is_file {
                Ok(true) => names.push(name.to_owned()),
                Ok(false) => {}
                Err(error) => unread.push((path.join(name), error)),
            }
        })?;
        names.sort();
        Ok(Self { path: path.to_owned(), names, handle })
    }

    fn search<H>(
        &self,
        read: &(dyn Fn(&OsStr, &[u8]) -> Option<H> + Sync),
        unread: &mut Vec<Unread>,
    ) -> Vec<H> {
        let mut hits = Vec::new();
        self.each(&self.names, &mut |name, bytes| match bytes {
            Ok(bytes) if is_candidate(bytes) => hits.extend(read(name, bytes)),
            Ok(_) => {}
            Err(error) => unread.push((self.path.join(name), error)),
        });
        hits
    }

    /// Reads these files of the folder one after another.
    pub fn each<'a>(
        &self,
        names: impl IntoIterator<Item = &'a OsString>,
        read: &mut dyn FnMut(&OsStr, io::Result<&[u8]>),
    ) {
        let mut buffer = BUFFER.take();
        for name in names {
            let length = self.handle.read(&self.path, name, &mut buffer);
            read(name, length.map(|length| buffer.get(..length).unwrap_or_default()));
        }
        BUFFER.set(buffer);
    }
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
        // A line that is no candidate has no finding, even if the file is read because of another line.
        for text in
            ["//go:inkname a b.c", "//go:l1nkname a b.c", "//go:link-name a", "//GO:linkname a"]
        {
            assert!(!is_candidate(text.as_bytes()), "{text}");
            assert!(Remarks::read(text.as_bytes()).is_empty(), "{text}");
        }
        assert!(!is_candidate(b"//go:noinline o:"));
    }

    #[test]
    fn a_folder_that_is_not_there_is_said() {
        let found = below(Path::new("/no/such/folder"), &|_, _| Some(()), &|_, _| ());
        assert_eq!((found.folders.len(), found.unread.len()), (0, 1));
    }
}
