//! Lines of an input that somebody may be writing while they wait for answers.
//!
//! `bufio.Scanner` of Go's tool ends at a line that is too long for it, without a word; so does this.

use std::io::{self, BufRead, BufReader, Read};

/// The longest line, without its end (bufio/scan.go, MaxScanTokenSize, go1.27; measured).
const LONGEST: usize = 65_535;

/// The first line of standard input with its end, as far as it is not too long: it tells what the others are.
pub(super) fn first() -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut input = io::stdin().lock().take(LONGEST as u64 + 2);
    input.read_until(b'\n', &mut line)?;
    Ok(line)
}

/// The lines of `R`.
pub(super) struct Lines<R> {
    input: BufReader<R>,
}

impl<R: Read> Lines<R> {
    /// The lines of `input`.
    pub(super) fn new(input: BufReader<R>) -> Self {
        Self { input }
    }

    /// The next line without its end. `before_waiting` is called before more input is read, which may take forever.
    pub(super) fn next(
        &mut self,
        mut before_waiting: impl FnMut() -> io::Result<()>,
    ) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        loop {
            if self.input.buffer().is_empty() {
                before_waiting()?;
            }
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let end = memchr::memchr(b'\n', buffer);
            let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
            let last = end.is_some() || part.is_empty();
            let used = part.len() + usize::from(end.is_some());
            line.extend_from_slice(part);
            self.input.consume(used);
            if line.len() > LONGEST || used == 0 && line.is_empty() {
                return Ok(None);
            }
            if last {
                if line.ends_with(b"\r") {
                    line.pop();
                }
                return Ok(Some(line));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<Vec<u8>> {
        let mut lines = Lines::new(BufReader::with_capacity(3, text));
        std::iter::from_fn(|| lines.next(|| Ok(())).expect("memory")).collect()
    }

    #[test]
    fn lines_end_as_gos_scanner_ends_them() {
        assert_eq!(lines(b""), [b""; 0]);
        assert_eq!(lines(b"\n\r\nabcdef\r\ng"), [&b""[..], b"", b"abcdef", b"g"]);
        // Measured: `go tool addr2line` answers a line of 65,535 bytes, and none from one of 65,536 on.
        let long = |len: usize| [&b"1\n"[..], &vec![b'0'; len], b"\n2\n"].concat();
        assert_eq!(lines(&long(LONGEST)).len(), 3);
        assert_eq!(lines(&long(LONGEST + 1)).len(), 1);
    }

    #[test]
    fn answers_are_sent_before_more_is_waited_for() {
        let mut lines = Lines::new(BufReader::with_capacity(4, &b"a\nb\nc\n"[..]));
        let mut waited = Vec::new();
        for _ in 0..4 {
            let mut waits = 0;
            lines
                .next(|| {
                    waits += 1;
                    Ok(())
                })
                .expect("memory");
            waited.push(waits);
        }
        assert_eq!(waited, [1, 0, 1, 1]);
    }
}
