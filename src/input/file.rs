//! Which bytes does a file hold, and are they still the same ones?
//!
//! A file is read by ranges into owned buffers. It is never mapped: a mapped file that shrinks kills
//! the process by SIGBUS (measured on 4 of 4 tools that map). Every range is asked for with the name of the part
//! that it holds, so that a short file gives a fault with part, offset, wanted and present, before a byte of the claimed
//! size is reserved. Knows no format.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::error::{Fault, FaultCode, Result, in_words};

/// The most that is accepted from standard input, in bytes.
pub const STDIN_LIMIT: u64 = 1 << 30;

/// Bytes that are hashed at once.
const PIECE: u64 = 1 << 20;

/// One input, open for reading by ranges.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    len: u64,
    bytes: Bytes,
    sha256: OnceLock<[u8; 32]>,
}

#[derive(Debug)]
enum Bytes {
    OnDisk { handle: fs::File, opened: Identity },
    InMemory(Vec<u8>),
}

/// What tells that a file is still the one that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Identity {
    len: u64,
    modified: Option<SystemTime>,
    node: u64,
}

impl Identity {
    fn of(metadata: &fs::Metadata) -> Self {
        #[cfg(unix)]
        let node = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let node = 0;
        Self { len: metadata.len(), modified: metadata.modified().ok(), node }
    }
}

impl File {
    /// Opens a regular file, or reads standard input when `path` is `-`.
    ///
    /// # Errors
    /// [`FaultCode::NotFound`], [`FaultCode::NotRegular`], [`FaultCode::TooLarge`] or
    /// [`FaultCode::ReadFailed`].
    pub fn open(path: &Path) -> Result<Self> {
        if path.as_os_str() == "-" {
            return Self::from_stream(path, io::stdin().lock(), STDIN_LIMIT);
        }
        // Asked before opening: opening a FIFO for reading blocks until somebody writes to it.
        let kind = fs::metadata(path).map_err(|e| io_fault(FaultCode::NotFound, &e))?;
        if !kind.is_file() {
            return Err(not_regular());
        }
        let handle = fs::File::open(path).map_err(|e| io_fault(FaultCode::NotFound, &e))?;
        let opened = handle.metadata().map_err(|e| io_fault(FaultCode::ReadFailed, &e))?;
        if !opened.is_file() {
            return Err(not_regular());
        }
        let opened = Identity::of(&opened);
        let len = opened.len;
        Ok(Self::new(path, len, Bytes::OnDisk { handle, opened }))
    }

    /// A file whose bytes are already in memory; `path` is what reports call it.
    #[must_use]
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Self {
        Self::new(path, bytes.len() as u64, Bytes::InMemory(bytes))
    }

    fn new(path: &Path, len: u64, bytes: Bytes) -> Self {
        Self { path: path.to_owned(), len, bytes, sha256: OnceLock::new() }
    }

    fn from_stream(path: &Path, stream: impl Read, most: u64) -> Result<Self> {
        let mut bytes = Vec::new();
        stream
            .take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| io_fault(FaultCode::ReadFailed, &e))?;
        if bytes.len() as u64 > most {
            let detail = "standard input is read up to 1 GiB";
            let present = bytes.len() as u64;
            return Err(Fault::new(FaultCode::TooLarge, "-", 0, most, present, detail));
        }
        Ok(Self::from_bytes(path, bytes))
    }

    /// The name that the file was opened by.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its size in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// When it was written last, if it lies on disk and the system says so.
    #[must_use]
    pub fn modified(&self) -> Option<SystemTime> {
        match &self.bytes {
            Bytes::OnDisk { opened, .. } => opened.modified,
            Bytes::InMemory(_) => None,
        }
    }

    /// Whether it holds no byte at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The `len` bytes at `offset`, which hold `part`.
    ///
    /// # Errors
    /// [`FaultCode::Truncated`] when the file ends before that; nothing is allocated then.
    pub fn read(&self, part: &str, offset: u64, len: u64) -> Result<Vec<u8>> {
        let present = self.len.saturating_sub(offset);
        if len > present {
            return Err(Fault::truncated(part, offset, len, present));
        }
        let size = usize::try_from(len).map_err(|_| Fault::truncated(part, offset, len, 0))?;
        match &self.bytes {
            Bytes::InMemory(bytes) => usize::try_from(offset)
                .ok()
                .and_then(|start| bytes.get(start..)?.get(..size))
                .map(<[u8]>::to_vec)
                .ok_or_else(|| Fault::truncated(part, offset, len, present)),
            Bytes::OnDisk { handle, .. } => {
                let mut buffer = vec![0; size];
                read_exact_at(handle, &mut buffer, offset)
                    .map_err(|e| self.read_fault(part, offset, &e))?;
                Ok(buffer)
            }
        }
    }

    /// Hashes all its bytes with SHA-256, piece by piece, and keeps the result for [`File::sha256`]. The second call reads
    /// nothing.
    ///
    /// # Errors
    /// When a piece cannot be read.
    pub fn hash(&self) -> Result<()> {
        if self.sha256.get().is_some() {
            return Ok(());
        }
        let (mut hash, mut at) = (Sha256::new(), 0);
        while at < self.len {
            let piece = self.read("file", at, PIECE.min(self.len - at))?;
            hash.update(&piece);
            at += PIECE;
        }
        // Somebody who hashed at the same time has the same result.
        _ = self.sha256.set(hash.finalize().into());
        Ok(())
    }

    /// The SHA-256 of all its bytes, if [`File::hash`] was asked for.
    #[must_use]
    pub fn sha256(&self) -> Option<&[u8; 32]> {
        self.sha256.get()
    }

    /// Fails if the file is no longer the one that was opened: its size, time or inode differ.
    ///
    /// # Errors
    /// [`FaultCode::Changed`].
    pub fn check_unchanged(&self) -> Result<()> {
        let Bytes::OnDisk { handle, opened } = &self.bytes else { return Ok(()) };
        let now = handle.metadata().map(|m| Identity::of(&m));
        // The name is asked as well: a rename over the file leaves the open handle as it was.
        let named = fs::metadata(&self.path).map(|m| Identity::of(&m));
        match (now, named) {
            (Ok(now), Ok(named)) if now == *opened && named == *opened => Ok(()),
            (Ok(now), _) => Err(changed(opened.len, now.len)),
            (Err(_), _) => Err(changed(opened.len, 0)),
        }
    }

    fn read_fault(&self, part: &str, offset: u64, error: &io::Error) -> Fault {
        match self.check_unchanged() {
            Err(changed) => changed,
            Ok(()) => Fault::new(FaultCode::ReadFailed, part, offset, 0, 0, in_words(error)),
        }
    }
}

fn changed(opened: u64, now: u64) -> Fault {
    Fault::new(FaultCode::Changed, "file", 0, opened, now, "changed while being read")
}

fn not_regular() -> Fault {
    Fault::new(FaultCode::NotRegular, "file", 0, 0, 0, "not a regular file")
}

fn io_fault(code: FaultCode, error: &io::Error) -> Fault {
    Fault::new(code, "file", 0, 0, 0, in_words(error))
}

#[cfg(unix)]
fn read_exact_at(file: &fs::File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &fs::File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => {
                buffer = &mut buffer[n..];
                offset += n as u64;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("gonym-file-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a scratch folder");
        folder.join(name)
    }

    #[test]
    fn a_range_behind_the_end_is_refused_before_it_is_reserved() {
        let path = scratch("short");
        fs::write(&path, b"0123456789").expect("a file");
        for file in
            [File::open(&path).expect("the file"), File::from_bytes(&path, b"0123456789".to_vec())]
        {
            assert_eq!(file.read("head", 0, 4), Ok(b"0123".to_vec()));
            assert_eq!(file.read("nothing", 10, 0), Ok(Vec::new()));
            let fault = file.read("tail", 8, 1 << 62).expect_err("it is cut");
            let told = (fault.code, fault.part.as_str(), fault.offset, fault.wanted, fault.present);
            assert_eq!(told, (FaultCode::Truncated, "tail", 8, 1 << 62, 2));
            assert_eq!(file.read("far", u64::MAX, 1).expect_err("it is cut").present, 0);
        }
    }

    /// The two examples of FIPS 180-2, appendix B: one block, and a million letters.
    #[test]
    fn a_file_is_hashed_whole_and_only_when_asked() {
        let million = scratch("million");
        fs::write(&million, vec![b'a'; 1_000_000 + 1]).expect("a file");
        fs::File::options()
            .write(true)
            .open(&million)
            .and_then(|f| f.set_len(1_000_000))
            .expect("cut");
        for (file, wanted) in [
            (File::from_bytes(Path::new("x"), b"abc".to_vec()), "ba7816bf8f01cfea414140de5dae2223"),
            (File::open(&million).expect("the file"), "cdc76e5c9914fb9281a1c7e284d73e67"),
        ] {
            assert_eq!(file.sha256(), None);
            assert_eq!(file.hash(), Ok(()));
            let hex: String =
                file.sha256().into_iter().flatten().map(|b| format!("{b:02x}")).collect();
            assert_eq!((hex.len(), &hex[..32]), (64, wanted));
        }
        let cut = File::open(&million).expect("the file");
        fs::write(&million, b"short").expect("a shorter file");
        assert_eq!(cut.hash().map_err(|fault| fault.code), Err(FaultCode::Changed));
        assert_eq!(cut.sha256(), None);
    }

    #[test]
    fn a_file_that_shrinks_or_is_replaced_is_no_longer_the_one_opened() {
        let path = scratch("changing");
        fs::write(&path, b"before").expect("a file");
        let file = File::open(&path).expect("the file");
        assert_eq!(file.check_unchanged(), Ok(()));
        fs::write(&path, b"bef").expect("a shorter file");
        let fault = file.read("all", 0, 6).expect_err("three bytes are gone");
        assert_eq!((fault.code, fault.wanted, fault.present), (FaultCode::Changed, 6, 3));
        fs::remove_file(&path).expect("the file");
        assert!(file.check_unchanged().is_err(), "nothing bears the name any more");
    }

    #[test]
    fn a_stream_is_read_up_to_the_limit() {
        let stream = |bytes: &'static [u8], most| File::from_stream(Path::new("-"), bytes, most);
        let file = stream(b"bytes", 5).expect("a short stream");
        assert_eq!((file.len(), file.read("all", 0, 5)), (5, Ok(b"bytes".to_vec())));
        let fault = stream(b"bytes", 4).expect_err("a long stream");
        assert_eq!((fault.code, fault.wanted, fault.present), (FaultCode::TooLarge, 4, 5));
    }

    /// A disk that fails.
    struct Failing;

    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("no more"))
        }
    }

    #[test]
    fn what_the_system_fails_to_read_is_told() {
        let fault = File::from_stream(Path::new("-"), Failing, 4).expect_err("no stream");
        assert_eq!((fault.code, fault.detail.as_str()), (FaultCode::ReadFailed, "no more"));
    }

    #[cfg(unix)]
    #[test]
    fn only_regular_files_are_opened() {
        let fifo = scratch("fifo");
        _ = fs::remove_file(&fifo);
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo");
        let folder = std::env::temp_dir();
        for path in [fifo.as_path(), Path::new("/dev/null"), folder.as_path()] {
            let fault = File::open(path).expect_err("not a regular file");
            assert_eq!(fault.code, FaultCode::NotRegular, "{}", path.display());
        }
        let fault = File::open(&scratch("missing")).expect_err("no such file");
        assert_eq!(fault.code, FaultCode::NotFound);
    }
}
