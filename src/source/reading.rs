//! How is a source file read if it may be no file at all, or have no end?
//!
//! A folder or a pipe may be named x.go, and a sparse file of some gigabytes costs nothing to make.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Longer files are refused. The longest of Go's own has 4 MiB, generated ones have about 50.
pub(super) const LONGEST: usize = 256 << 20;

/// The bytes of a source file.
///
/// # Errors
///
/// The file cannot be read, is no regular file, or is longer than any source.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let (file, length) = open(path)?;
    let mut bytes = Vec::with_capacity(length);
    // A file has the length that it was opened with, whatever is appended meanwhile; asking for its end is one call in
    // five. Some file systems do not tell the length.
    let most = if length == 0 { LONGEST as u64 + 1 } else { length as u64 };
    file.take(most).read_to_end(&mut bytes)?;
    if bytes.len() > LONGEST { Err(too_long()) } else { Ok(bytes) }
}

/// Opens a source file and returns its length.
pub(super) fn open(path: &Path) -> io::Result<(File, usize)> {
    let file = system::open(path)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let length = usize::try_from(about.len()).unwrap_or(usize::MAX);
    if length > LONGEST { Err(too_long()) } else { Ok((file, length)) }
}

#[cfg(unix)]
mod system {
    use std::fs::{File, OpenOptions};
    use std::io;
    use std::os::unix::fs::OpenOptionsExt;
    use std::path::Path;

    use rustix::fs::OFlags;

    /// Opening a pipe waits for its writer unless told not to.
    pub(super) fn open(path: &Path) -> io::Result<File> {
        let flags = OFlags::NONBLOCK.bits().cast_signed();
        OpenOptions::new().read(true).custom_flags(flags).open(path)
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::{self, File};
    use std::io;
    use std::path::Path;

    /// Opening a pipe waits for its writer.
    pub(super) fn open(path: &Path) -> io::Result<File> {
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        File::open(path)
    }
}

/// The error for a file longer than [`LONGEST`].
pub(super) fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "longer than 256 MiB, which no source is")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_what_has_no_end_are_refused() {
        let folder = std::env::temp_dir().join(format!("gonym-reading-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("x.go");
        let sparse = File::create(&path).expect("a file");
        sparse.set_len(LONGEST as u64 + 1).expect("a sparse file");
        let refused = read(&path).expect_err("too long");
        assert!(refused.to_string().contains("256 MiB"), "{refused}");
        sparse.set_len(3).expect("a short file");
        assert_eq!(read(&path).expect("three bytes"), [0, 0, 0]);
        assert!(read(&folder).is_err());
        std::fs::remove_dir_all(&folder).expect("a folder");
    }
}
