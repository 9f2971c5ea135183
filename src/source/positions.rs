//! Which file and line does a compiler record for a line of a package's source?
//!
//! `//line FILE:LINE` and similar comments change them (cmd/compile/internal/syntax, parser.go, updateBase, measured
//! with 1.18, 1.22 and 1.27). If two lines of the package are recorded as the same line, that line is no proof: code
//! of either line may be meant.

use std::collections::{HashMap, HashSet};

use memchr::memmem;

use super::file::GoFile;
use super::lexer::{Lexer, TokenKind};
use super::uses::Lines;

/// The file that is recorded for a directive without a file and a column.
const NO_FILE: &[u8] = b"??";

/// A place from which on positions change.
#[derive(Debug)]
struct Mark {
    /// The line that is recorded as `line`.
    from: u32,
    /// Whether something precedes it on that line.
    within: bool,
    /// The file's name without its folder.
    file: Vec<u8>,
    line: u32,
}

/// The marks of a file, and its lines with code.
#[derive(Debug)]
struct Marked {
    name: Vec<u8>,
    marks: Vec<Mark>,
    lines: Vec<u32>,
}

/// Positions that are recorded for more than one line of a package.
type Shared = HashSet<(Vec<u8>, u32)>;

/// Lines as the compiler records them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// The file's name without its folder.
    pub(crate) file: Vec<u8>,
    /// Its lines.
    pub(crate) lines: Lines,
    /// Whether no other line of the package is recorded as one of these.
    pub(crate) alone: bool,
}

/// The positions of one package.
#[derive(Debug)]
pub(crate) struct Positions {
    names: Vec<Vec<u8>>,
    /// None if no file has a `//line` comment.
    marked: Option<(Vec<Marked>, Shared)>,
}

impl Positions {
    /// The positions of `files`; `names` are the files' names without folders.
    #[must_use]
    pub(crate) fn of(names: &[&[u8]], files: &[GoFile]) -> Self {
        let names: Vec<Vec<u8>> = names.iter().map(|name| name.to_vec()).collect();
        if !files.iter().any(|file| may_have_marks(&file.bytes)) {
            return Self { names, marked: None };
        }
        let marked: Vec<Marked> =
            names.iter().zip(files).map(|(name, file)| Marked::read(name, &file.bytes)).collect();
        let shared = shared(&marked);
        Self { names, marked: Some((marked, shared)) }
    }

    /// What the compiler records for lines of file number `file`.
    #[must_use]
    pub(crate) fn recorded(&self, file: usize, lines: Lines) -> Vec<Recorded> {
        let Some((marked, shared)) = &self.marked else {
            let file = self.names.get(file).cloned().unwrap_or_default();
            return vec![Recorded { file, lines, alone: true }];
        };
        let Some(marked) = marked.get(file) else { return Vec::new() };
        let mut found: Vec<Recorded> = Vec::new();
        let from = marked.lines.partition_point(|line| *line < lines.first);
        for line in marked.lines.iter().skip(from).take_while(|line| **line <= lines.last) {
            for (file, line) in marked.positions(*line) {
                let alone = !shared.contains(&(file.to_vec(), line));
                let next = found.last_mut().filter(|last| {
                    last.file == file && last.alone == alone && last.lines.last + 1 == line
                });
                match next {
                    Some(last) => last.lines.last = line,
                    None => found.push(Recorded {
                        file: file.to_vec(),
                        lines: Lines { first: line, last: line },
                        alone,
                    }),
                }
            }
        }
        found
    }
}

/// Whether a comment may change positions: `//line` does only at the beginning of a line.
fn may_have_marks(bytes: &[u8]) -> bool {
    let begins = |at: usize| at.checked_sub(1).is_none_or(|at| bytes.get(at) == Some(&b'\n'));
    memmem::find_iter(bytes, b"//line ").any(begins) || memmem::find(bytes, b"/*line ").is_some()
}

/// The positions that are recorded for more than one line of the package.
fn shared(marked: &[Marked]) -> Shared {
    let mut owners: HashMap<(Vec<u8>, u32), (usize, u32)> = HashMap::new();
    let mut shared = Shared::new();
    for (number, file) in marked.iter().enumerate() {
        for line in &file.lines {
            for (name, recorded) in file.positions(*line) {
                let position = (name.to_vec(), recorded);
                let owner = owners.entry(position.clone()).or_insert((number, *line));
                if *owner != (number, *line) {
                    shared.insert(position);
                }
            }
        }
    }
    shared
}

impl Marked {
    fn read(name: &[u8], bytes: &[u8]) -> Self {
        let mut marked = Self { name: name.to_vec(), marks: Vec::new(), lines: Vec::new() };
        let mut file = name.to_vec();
        for token in Lexer::new(bytes) {
            let text = token.text(bytes);
            let said = match token.kind {
                TokenKind::Newline => continue,
                TokenKind::LineComment if token.column == 1 => text.strip_prefix(b"//line "),
                TokenKind::BlockComment => text.strip_prefix(b"/*line "),
                TokenKind::LineComment => None,
                _ => {
                    marked.hold(token.line, text);
                    continue;
                }
            };
            let block = token.kind == TokenKind::BlockComment;
            let said =
                said.and_then(|said| if block { said.strip_suffix(b"*/") } else { Some(said) });
            let one_line = said.filter(|said| !said.contains(&b'\n'));
            let Some((written, line)) = one_line.and_then(read) else { continue };
            match written {
                Written::Same => {}
                Written::None => file = NO_FILE.to_vec(),
                Written::File(path) => file = base(path).to_vec(),
            }
            let from = if block { token.line } else { token.line.saturating_add(1) };
            marked.marks.push(Mark { from, within: block, file: file.clone(), line });
        }
        marked
    }

    /// Adds the lines of a token.
    fn hold(&mut self, first: u32, text: &[u8]) {
        let more = memchr::memchr_iter(b'\n', text).count();
        let last = first.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
        let from = self.lines.last().map_or(first, |known| first.max(known.saturating_add(1)));
        self.lines.extend(from..=last);
    }

    /// What a line is recorded as: one position, and another one after each `//line` comment within the line.
    fn positions(&self, line: u32) -> impl Iterator<Item = (&[u8], u32)> {
        let behind = self.marks.partition_point(|mark| mark.from <= line);
        let within = |mark: &&Mark| mark.from == line && mark.within;
        let here = self.marks.get(..behind).unwrap_or_default();
        let last = here.iter().rev().take_while(within).count();
        let before = behind - last;
        let earlier = before.checked_sub(1).and_then(|at| self.marks.get(at));
        let earlier = earlier.map_or((self.name.as_slice(), line), |mark| mark.at(line));
        let inside = self.marks.get(before..behind).unwrap_or_default();
        std::iter::once(earlier).chain(inside.iter().map(move |mark| mark.at(line)))
    }
}

impl Mark {
    fn at(&self, line: u32) -> (&[u8], u32) {
        (&self.file, self.line.saturating_add(line.saturating_sub(self.from)))
    }
}

/// The file in a `//line` comment.
enum Written<'a> {
    /// The same file as before.
    Same,
    None,
    File(&'a [u8]),
}

/// `FILE:LINE` or `FILE:LINE:COLUMN`.
fn read(said: &[u8]) -> Option<(Written<'_>, u32)> {
    let said = said.strip_suffix(b"\r").unwrap_or(said);
    let (rest, last) = digits(said)?;
    let (file, line, column) = match digits(rest) {
        Some((file, line)) => (file, line, Some(last)),
        None => (rest, last, None),
    };
    let valid = |number: u32| number != 0 && number <= i32::MAX.unsigned_abs();
    if !valid(line) || !column.is_none_or(valid) {
        return None;
    }
    let written = match (file, column) {
        (b"", Some(_)) => Written::Same,
        (b"", None) => Written::None,
        _ => Written::File(file),
    };
    Some((written, line))
}

/// The text before the last colon, and the number after it.
fn digits(text: &[u8]) -> Option<(&[u8], u32)> {
    let colon = memchr::memrchr(b':', text)?;
    let number = std::str::from_utf8(text.get(colon + 1..)?).ok()?;
    let plain = number.bytes().all(|byte| byte.is_ascii_digit());
    Some((text.get(..colon)?, number.parse().ok().filter(|_| plain)?))
}

fn base(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The positions of every line of two files.
    fn shown(a: &str, b: &str) -> Vec<String> {
        let files = [a, b].map(|text| GoFile::parse(text.as_bytes().to_vec()));
        let positions = Positions::of(&[b"a.go", b"b.go"], &files);
        let all = positions.recorded(0, Lines { first: 1, last: 99 });
        let word = |one: &Recorded| {
            let file = String::from_utf8_lossy(&one.file).into_owned();
            let shared = if one.alone { "" } else { " shared" };
            format!("{file}:{}-{}{shared}", one.lines.first, one.lines.last)
        };
        all.iter().map(word).collect()
    }

    /// As `go tool objdump` shows it of programs of 1.18, 1.22 and 1.27.
    #[test]
    fn lines_as_the_compiler_records_them() {
        let says = |text: &str| shown(text, "package p\n").join(" ");
        assert_eq!(says("package p\nvar a = 1\n"), "a.go:1-99");
        assert_eq!(
            says("package p\n//line x.go:20\nvar a = 1\n\nvar b\n"),
            "a.go:1-1 x.go:20-20 x.go:22-22"
        );
        assert_eq!(says("package p\n//line /s/x.go:20:3\nvar a\n"), "a.go:1-1 x.go:20-20");
        assert_eq!(says("package p\n//line :70\nvar a\n"), "a.go:1-1 ??:70-70");
        assert_eq!(says("package p\n//line :70:1\nvar a\n"), "a.go:1-1 a.go:70-70");
        assert_eq!(says("package p\nx(1, /*line y.go:5:2*/ f(\n2))\n"), "a.go:1-2 y.go:5-6");
        for none in [
            "  //line x.go:3",
            "//line x.go",
            "//line x.go:0",
            "//line x.go:3:0",
            "//line x.go:a",
            "//liner x:3",
            "/*line x.go:3\n*/",
            "//line x.go:-3",
        ] {
            let found = says(&format!("package p\n{none}\nvar a\n"));
            assert!(found.starts_with("a.go") && !found.contains("x.go"), "{none}: {found}");
        }
    }

    #[test]
    fn a_line_that_two_are_recorded_as_is_shared() {
        assert_eq!(
            shown("package p\nvar a\n//line a.go:2\nvar b\nvar c\n", "package q\n"),
            ["a.go:1-1", "a.go:2-2 shared", "a.go:2-2 shared", "a.go:3-3"]
        );
        assert_eq!(
            shown("package p\n//line b.go:1\nvar b\nvar c\n", "package q\n"),
            ["a.go:1-1", "b.go:1-1 shared", "b.go:2-2"]
        );
    }
}
