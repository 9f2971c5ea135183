//! Which lines of a text are frames of a Go trace, and what do they say?
//!
//! Grammar: runtime/traceback.go (1.19 to 1.27). A frame is two lines, `NAME(ARGUMENTS)` and `\tFILE:LINE`, where the
//! second may end with ` +0xOFFSET` and ` fp=0x… sp=0x… pc=0x…`. All other lines are left to whoever shows the text.
//!
//! ```
//! use gonym::trace::text::{Kind, Trace};
//!
//! let trace = Trace::read(b"main.f(...)\n\t/m.go:3\nmain.main()\n\t/m.go:7 +0x1d\n");
//! assert_eq!((trace.frames[0].kind, trace.frames[1].offset), (Kind::Inlined, Some(0x1d)));
//! ```

use std::borrow::Cow;

/// A text, and the frames in it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Trace<'t> {
    /// Its lines, without their ends.
    pub lines: Vec<&'t [u8]>,
    /// The frames in their order.
    pub frames: Vec<Frame<'t>>,
    /// Other lines that hold an address of code.
    pub stops: Vec<Stop>,
}

/// One frame as it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame<'t> {
    /// The number of its first line, from 0.
    pub at: usize,
    /// What it is.
    pub kind: Kind,
    /// Its function, as printed.
    pub name: &'t [u8],
    /// The file.
    pub file: &'t [u8],
    /// The line.
    pub line: u32,
    /// How far behind the function's entry its code goes on.
    pub offset: Option<u64>,
    /// The address at run time.
    pub pc: Option<u64>,
    /// Whether something else stands between the frame before and this one: no body in front is inlined into it.
    pub after_gap: bool,
}

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A function that holds the code.
    Call,
    /// A body that was inlined.
    Inlined,
    /// A frame of the goroutine that made this one, in short: the innermost body at its code.
    Ancestor,
    /// `created by`.
    Creator,
}

/// A line with an address of code that is no frame: `[signal … pc=0x…]`, `PC=0x… m=…`, `non-Go function at pc=0x…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stop {
    /// The number of the line.
    pub at: usize,
    /// The address at run time.
    pub pc: u64,
    /// The first frame behind it.
    pub before: usize,
}

impl<'t> Trace<'t> {
    /// Reads `text`.
    #[must_use]
    pub fn read(text: &'t [u8]) -> Self {
        let mut trace = Self { lines: lines(text), ..Self::default() };
        let (mut at, mut gap) = (0, true);
        while let Some(line) = trace.lines.get(at) {
            let place = trace.lines.get(at + 1).and_then(|line| place(line));
            if let (Some((kind, name)), Some(place)) = (called(line), place) {
                let kind = match kind {
                    Kind::Inlined if place.offset.is_some() => Kind::Ancestor,
                    kind => kind,
                };
                let Place { file, line, offset, pc } = place;
                let after_gap = std::mem::replace(&mut gap, false);
                trace.frames.push(Frame { at, kind, name, file, line, offset, pc, after_gap });
                at += 2;
                continue;
            }
            gap = true;
            let before = trace.frames.len();
            trace.stops.extend(stopped_at(line).map(|pc| Stop { at, pc, before }));
            at += 1;
        }
        trace
    }
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    if text.is_empty() {
        return Vec::new();
    }
    let lines = text.split(|byte| *byte == b'\n');
    lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect()
}

/// The function in the first line of a frame. Arguments hold no parentheses, so the last one begins them.
fn called(line: &[u8]) -> Option<(Kind, &[u8])> {
    if line.first().is_none_or(|byte| matches!(byte, b'\t' | b' ' | b'[')) {
        return None;
    }
    if let Some(creator) = line.strip_prefix(b"created by ") {
        let end = memchr::memmem::rfind(creator, b" in goroutine ").unwrap_or(creator.len());
        return Some((Kind::Creator, creator.get(..end)?));
    }
    let inside = line.strip_suffix(b")")?;
    let open = memchr::memrchr(b'(', inside)?;
    let kind = if inside.get(open + 1..)? == b"..." { Kind::Inlined } else { Kind::Call };
    inside.get(..open).filter(|name| !name.is_empty()).map(|name| (kind, name))
}

/// The second line of a frame.
struct Place<'t> {
    file: &'t [u8],
    line: u32,
    offset: Option<u64>,
    pc: Option<u64>,
}

fn place(line: &[u8]) -> Option<Place<'_>> {
    let mut rest = line.strip_prefix(b"\t")?;
    let mut marked = |mark: &[u8]| -> Option<u64> {
        let at = memchr::memmem::rfind(rest, mark)?;
        let value = hexadecimal(rest.get(at + mark.len()..)?)?;
        rest = rest.get(..at)?;
        Some(value)
    };
    let pc = marked(b" pc=0x");
    _ = marked(b" sp=0x");
    _ = marked(b" fp=0x");
    let offset = marked(b" +0x");
    let colon = memchr::memrchr(b':', rest)?;
    let digits = rest.get(colon + 1..)?;
    let line = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let file = rest.get(..colon).filter(|file| !file.is_empty())?;
    Some(Place { file, line, offset, pc })
}

/// All of `digits` as a number.
fn hexadecimal(digits: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The address in a line that says where the program was stopped.
fn stopped_at(line: &[u8]) -> Option<u64> {
    let digits = if line.starts_with(b"[signal ") {
        let at = memchr::memmem::rfind(line, b" pc=0x")?;
        line.get(at + 6..)?.strip_suffix(b"]")?
    } else if let Some(rest) = line.strip_prefix(b"PC=0x") {
        rest.get(..memchr::memchr(b' ', rest)?)?
    } else {
        line.strip_prefix(b"non-Go function at pc=0x")?
    };
    hexadecimal(digits)
}

/// `name` of the function table as a trace prints it (runtime/traceback.go, printFuncName and funcNameForPrint): since
/// 1.21 type arguments are shortened; before, the table's names are.
#[must_use]
pub fn printed(name: &[u8]) -> Cow<'_, [u8]> {
    if name == b"runtime.gopanic" {
        return Cow::Borrowed(b"panic");
    }
    let (Some(open), Some(close)) = (memchr::memchr(b'[', name), memchr::memrchr(b']', name))
    else {
        return Cow::Borrowed(name);
    };
    match (name.get(..open), name.get(close + 1..)) {
        (Some(before), Some(behind)) if open < close => {
            Cow::Owned([before, b"[...]", behind].concat())
        }
        _ => Cow::Borrowed(name),
    }
}

/// Whether a trace prints `name` of the function table as `shown`.
#[must_use]
pub fn is_printed_as(name: &[u8], shown: &[u8]) -> bool {
    name == shown || *printed(name) == *shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> (Kind, String, String, u32, Option<u64>, Option<u64>) {
        let trace = Trace::read(text.as_bytes());
        let [frame] = trace.frames.as_slice() else { panic!("{text}: {:?}", trace.frames) };
        let words = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        (frame.kind, words(frame.name), words(frame.file), frame.line, frame.offset, frame.pc)
    }

    /// Each line is one that a Go of 1.19 to 1.27 printed.
    #[test]
    fn frames_of_every_kind() {
        let f = |kind, name: &str, file: &str, line, offset, pc| {
            (kind, name.to_owned(), file.to_owned(), line, offset, pc)
        };
        for (text, wanted) in [
            (
                "main.(*T).M(0xc000012345, {0x1, 0x2?}, _, ...)\n\t/a b/m.go:7 +0x1d\n",
                f(Kind::Call, "main.(*T).M", "/a b/m.go", 7, Some(0x1d), None),
            ),
            (
                "main.square.area({...})\n\tC:/src/main.go:24\r\n",
                f(Kind::Call, "main.square.area", "C:/src/main.go", 24, None, None),
            ),
            (
                "lib.(*Node[...]).Find(...)\n\tlib/lib.go:3\n",
                f(Kind::Inlined, "lib.(*Node[...]).Find", "lib/lib.go", 3, None, None),
            ),
            (
                "main.work(...)\n\t/m.go:9 +0x25\n",
                f(Kind::Ancestor, "main.work", "/m.go", 9, Some(0x25), None),
            ),
            (
                "created by main.main.func1 in goroutine 1\n\t/m.go:9 +0x25\n",
                f(Kind::Creator, "main.main.func1", "/m.go", 9, Some(0x25), None),
            ),
            (
                "created by main.main\n\t/m.go:9 +0x25\n",
                f(Kind::Creator, "main.main", "/m.go", 9, Some(0x25), None),
            ),
            (
                "runtime.runFinalizers()\n\t/r/mfinal.go:193 fp=0xc1 sp=0xc2 pc=0x4a\n",
                f(Kind::Call, "runtime.runFinalizers", "/r/mfinal.go", 193, None, Some(0x4a)),
            ),
            (
                "panic({0x1?, 0x2?})\n\t/r/panic.go:884 +0x212 fp=0xc1 sp=0xc2 pc=0x4a\n",
                f(Kind::Call, "panic", "/r/panic.go", 884, Some(0x212), Some(0x4a)),
            ),
        ] {
            assert_eq!(only(text), wanted, "{text}");
        }
    }

    #[test]
    fn other_lines_are_no_frames() {
        for text in [
            "",
            "\n\n",
            "goroutine 1 [running]:\n",
            "main.main()\n",
            "main.main()\nmain.go:3\n",
            "f(x)\n\tsome text\n",
            "\tmain.go:3\n",
            "...11799 frames elided...\n\tm.go:1\n",
            "(x)\n\tm.go:1\n",
            "[x](y)\n\tm.go:1\n",
            "f(x)\n\tm.go:-1\n",
            "f(x)\n\tm.go:99999999999\n",
        ] {
            assert_eq!(Trace::read(text.as_bytes()).frames, [], "{text}");
        }
    }

    #[test]
    fn lines_that_tell_where_it_stopped() {
        let text = b"[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4b5b20]\n\
            PC=0x4851a2 m=0 sigcode=1 addr=0x0\nmain.f()\n\tm.go:1\nnon-Go function at pc=0x7f01\npc=0x1";
        let stops: Vec<(usize, u64, usize)> =
            Trace::read(text).stops.iter().map(|stop| (stop.at, stop.pc, stop.before)).collect();
        assert_eq!(stops, [(0, 0x4b_5b20, 0), (1, 0x48_51a2, 0), (4, 0x7f01, 1)]);
    }

    #[test]
    fn names_are_shortened_from_the_first_bracket_to_the_last() {
        let long = b"lib.(*Map[go.shape.int,lib.P[string]]).Each.func1";
        assert_eq!(*printed(long), b"lib.(*Map[...]).Each.func1"[..]);
        assert!(is_printed_as(b"runtime.gopanic", b"panic"));
        assert!(!is_printed_as(b"main.f", b"main.g"));
        assert_eq!(*printed(b"a]b["), b"a]b["[..]);
    }
}
