//! The bytes of each file of a build. Each file is opened once, whoever asks for it.
//!
//! Selection, directives, declarations, uses and the search for edited files all need the same few hundred files.
//! What is read here is kept until the last of them is done. Only the head of a file is parsed here.
//!
//! ```no_run
//! use gonym::source::cache::Files;
//!
//! let files = Files::default();
//! let first = files.read("main.go".as_ref())?;
//! let again = files.read("main.go".as_ref())?;
//! assert_eq!((first, files.opened()), (again, 1));
//! # Ok::<(), std::sync::Arc<std::io::Error>>(())
//! ```

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::opening::Opening;
use super::reading;
use super::search;

/// The bytes of a file, shared by all users.
pub type Bytes = Arc<Vec<u8>>;

/// The result of reading; a failure is kept as well.
pub type Outcome<T> = Result<T, Arc<io::Error>>;

/// The files and folders of one build. A clone is the same cache.
#[derive(Clone, Debug, Default)]
pub struct Files(Arc<Shelves>);

#[derive(Debug, Default)]
struct Shelves {
    files: Shelf<Kept>,
    folders: Shelf<OnceLock<Outcome<Arc<Vec<Entry>>>>>,
    real: Shelf<OnceLock<Option<PathBuf>>>,
    opened: AtomicUsize,
}

/// By the text of a path: a `Path` is hashed element by element, which takes longer than to find it.
type Shelf<T> = Mutex<HashMap<OsString, Arc<T>>>;

/// What is kept of one file.
#[derive(Debug, Default)]
struct Kept {
    bytes: OnceLock<Outcome<Bytes>>,
    opening: OnceLock<Arc<Opening>>,
}

/// A file in a folder that a build may use: Go, assembly, or an object file to be linked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its name.
    pub name: OsString,
    /// Whether the listing says that it is a file. For a link the listing does not say where it leads.
    pub is_file: bool,
}

impl Files {
    /// The bytes of the file at `path`.
    ///
    /// # Errors
    ///
    /// As `reading::read`.
    pub fn read(&self, path: &Path) -> Outcome<Bytes> {
        let kept = slot(&self.0.files, path);
        kept.bytes.get_or_init(|| self.open(path)).clone()
    }

    /// The bytes of the file at `path`; empty if it cannot be read.
    #[must_use]
    pub fn read_or_empty(&self, path: &Path) -> Bytes {
        self.read(path).unwrap_or_default()
    }

    /// The bytes of a file that is not compiled, if it may hold a directive. A file without one is not needed again.
    #[must_use]
    pub fn candidate(&self, path: &Path) -> Option<Bytes> {
        let known = slot(&self.0.files, path);
        let bytes = match known.bytes.get() {
            Some(bytes) => bytes.clone(),
            None => self.open(path),
        };
        let bytes = bytes.ok().filter(|bytes| search::is_candidate(bytes))?;
        known.bytes.get_or_init(|| Ok(bytes)).clone().ok()
    }

    /// The content of the file at `path` before its first declaration.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn opening(&self, path: &Path) -> Outcome<Arc<Opening>> {
        let kept = slot(&self.0.files, path);
        let bytes = kept.bytes.get_or_init(|| self.open(path)).clone()?;
        Ok(kept.opening.get_or_init(|| Arc::new(Opening::parse(&bytes))).clone())
    }

    /// The sources and objects in `folder`, by name.
    ///
    /// # Errors
    ///
    /// The folder cannot be listed.
    pub fn folder(&self, folder: &Path) -> Outcome<Arc<Vec<Entry>>> {
        let kept = slot(&self.0.folders, folder);
        kept.get_or_init(|| list(folder).map(Arc::new).map_err(Arc::new)).clone()
    }

    /// The path of a folder with links resolved.
    #[must_use]
    pub fn real(&self, folder: &Path) -> Option<PathBuf> {
        slot(&self.0.real, folder).get_or_init(|| self.resolved(folder)).clone()
    }

    /// The folders above are resolved once, and a folder that is no link adds its name to them.
    fn resolved(&self, folder: &Path) -> Option<PathBuf> {
        let plain = || {
            let (parent, name) = (folder.parent()?, folder.file_name()?);
            let real = self.real(parent.is_absolute().then_some(parent)?)?.join(name);
            fs::symlink_metadata(&real).is_ok_and(|about| about.is_dir()).then_some(real)
        };
        plain().or_else(|| folder.canonicalize().ok())
    }

    /// How many files were opened.
    #[must_use]
    pub fn opened(&self) -> usize {
        self.0.opened.load(Ordering::Relaxed)
    }

    fn open(&self, path: &Path) -> Outcome<Bytes> {
        self.0.opened.fetch_add(1, Ordering::Relaxed);
        reading::read(path).map(Arc::new).map_err(Arc::new)
    }
}

fn slot<T: Default>(shelf: &Shelf<T>, path: &Path) -> Arc<T> {
    let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = shelf.get(path.as_os_str()) {
        return known.clone();
    }
    shelf.entry(path.into()).or_default().clone()
}

fn list(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let wanted = [&b".go"[..], b".s", b".S", b".sx", b".syso"];
        if wanted.iter().any(|end| name.as_encoded_bytes().ends_with(end)) {
            found.push(Entry { name, is_file: entry.file_type().is_ok_and(|kind| kind.is_file()) });
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_opened_once() {
        let folder = std::env::temp_dir().join(format!("gonym-cache-{}", std::process::id()));
        fs::create_dir_all(folder.join("x.go")).expect("a folder");
        let path = folder.join("a.go");
        fs::write(&path, "package p\nimport \"q\"\n").expect("a file");
        let files = Files::default();
        let opening = files.opening(&path).expect("readable");
        assert_eq!(opening.imports, [b"q".to_vec()]);
        fs::write(&path, "package other").expect("a file");
        assert_eq!(files.clone().read_or_empty(&path).as_slice(), b"package p\nimport \"q\"\n");
        assert!(files.candidate(&path).is_none());
        assert_eq!(files.opened(), 1);
        assert_eq!(files.real(&folder), folder.canonicalize().ok());
        assert_eq!(files.real(&folder.join("x.go")), folder.join("x.go").canonicalize().ok());
        assert_eq!(files.real(&folder.join("x.go/..")), folder.canonicalize().ok());
        assert_eq!(files.real(&folder.join("none")), None);
        let (missing, failed) = (folder.join("b.go"), files.read(&folder.join("b.go")));
        assert_eq!(failed.expect_err("no file").kind(), io::ErrorKind::NotFound);
        assert!(files.read(&missing).is_err());
        assert_eq!(files.opened(), 2);
        let listed = files.folder(&folder).expect("a folder");
        let listed: Vec<_> =
            listed.iter().map(|entry| (entry.name.to_str(), entry.is_file)).collect();
        assert_eq!(listed, [(Some("a.go"), true), (Some("x.go"), false)]);
        fs::remove_dir_all(&folder).expect("removed");
    }
}
