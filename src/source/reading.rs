//! How is a source file read that may be no file at all, or one without an end?
//!
//! A folder or a pipe may be called x.go, and a sparse file of some gigabytes costs nothing to make.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Longer files are refused: the longest of Go's own has 4 MiB, generated ones have some 50.
pub(super) const LONGEST: usize = 256 << 20;

/// The bytes of a source file.
///
/// # Errors
///
/// The file cannot be read, is none, or is longer than any source.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let (file, length) = open(path)?;
    let mut bytes = Vec::with_capacity(length);
    // It may grow while it is read.
    file.take(LONGEST as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > LONGEST { Err(too_long()) } else { Ok(bytes) }
}

/// Opens a source file and tells its length.
pub(super) fn open(path: &Path) -> io::Result<(File, usize)> {
    // Whoever opens a pipe waits for its writer.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    let file = File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    if length > LONGEST { Err(too_long()) } else { Ok((file, length)) }
}

/// What is said of a file longer than [`LONGEST`].
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
        let opened = crate::source::opening::Opening::read(&path).expect_err("too long");
        assert_eq!(opened.to_string(), refused.to_string());
        sparse.set_len(3).expect("a short file");
        assert_eq!(read(&path).expect("three bytes"), [0, 0, 0]);
        assert!(read(&folder).is_err());
        std::fs::remove_dir_all(&folder).expect("a folder");
    }
}
