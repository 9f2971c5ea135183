//! One reference in words: who refers to the remote, how, where, and through which inlined functions.
//!
//! `main.applied calls lib.cmp at 0x47e485, through third.Apply inlined at main.go:42`. What the judgement concludes
//! from it is not told here.

use crate::code::How;
use crate::linkname::evidence::{Frame, Mentioned, Reference};
use crate::printable::printable;

/// A reference in plain words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told {
    /// Files without their folders.
    pub brief: String,
    /// Files as the binary records them.
    pub full: String,
}

impl Told {
    /// A reference to `remote` in words. If a frame of `package` is there, the reference is told as that package's.
    pub(in crate::report) fn new(reference: &Reference, package: &str, remote: &str) -> Self {
        Self {
            brief: sentence(reference, package, remote, base),
            full: sentence(reference, package, remote, |file| file),
        }
    }
}

fn sentence(
    reference: &Reference,
    package: &str,
    remote: &str,
    shown: fn(&[u8]) -> &[u8],
) -> String {
    let at = speaker(reference, package);
    let Some(frame) = reference.frames.get(at) else { return String::new() };
    let from = printable(&frame.function);
    let holder = reference.frames.get(at + 1..).and_then(<[Frame]>::last);
    let holder = holder.map(|holder| format!(" (inlined into {})", printable(&holder.function)));
    let within = reference.frames.get(..at).unwrap_or_default();
    let through: Vec<String> = within.iter().rev().map(|f| printable(&f.function)).collect();
    let place =
        frame.file.as_deref().map(|file| format!("{}:{}", printable(shown(file)), frame.line));
    let place = match (through.is_empty(), place) {
        (true, None) => String::new(),
        (true, Some(place)) => format!(", {place}"),
        (false, None) => format!(", through {} inlined there", through.join(" and ")),
        (false, Some(place)) => format!(", through {} inlined at {place}", through.join(" and ")),
    };
    let does = verb(reference.how);
    format!("{from}{} {does} {remote} at {:#x}{place}", holder.unwrap_or_default(), reference.at)
}

/// The frame that is named as the caller: the one whose line names the local name, else the local package's, else the
/// innermost one.
fn speaker(reference: &Reference, package: &str) -> usize {
    let names = |frame: &Frame| {
        matches!(frame.mentioned, Mentioned::This | Mentioned::Shared | Mentioned::Called)
    };
    let own = |frame: &Frame| frame.package.as_deref() == Some(package);
    let found = reference.frames.iter().position(names);
    found.or_else(|| reference.frames.iter().position(own)).unwrap_or(0)
}

fn verb(how: How) -> &'static str {
    match how {
        How::Call => "calls",
        How::Jump => "jumps to",
        How::Funcval => "takes the function value of",
        How::Address => "takes the address of",
        How::Load => "reads",
        How::Store => "writes",
    }
}

fn base(file: &[u8]) -> &[u8] {
    file.rsplit(|byte| *byte == b'/').next().unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkname::evidence::Access;

    fn frame(function: &str, package: &str, place: &str, line: u32, mentioned: Mentioned) -> Frame {
        Frame {
            function: function.as_bytes().into(),
            package: Some(package.into()),
            file: Some(place.as_bytes().into()),
            line,
            doubt: None,
            mentioned,
            called: false,
            access: Access::Unknown,
            imports_local: None,
        }
    }

    #[test]
    fn the_chain_is_told_from_the_line_that_names_the_local_name() {
        let frames = vec![
            frame("a.Load", "a", "/x/a/a.go", 3, Mentioned::Nobody),
            frame("b.Get", "b", "/x/b/b.go", 5, Mentioned::Nobody),
            frame("main.use", "main", "/x/main.go", 42, Mentioned::This),
        ];
        let mut reference = Reference { how: How::Load, at: 0x10, to: 0x20, frames, doubt: None };
        assert_eq!(
            Told::new(&reference, "main", "lib.v").brief,
            "main.use reads lib.v at 0x10, through b.Get and a.Load inlined at main.go:42"
        );
        let outer = frame("main.main", "main", "/x/main.go", 50, Mentioned::Nobody);
        reference.frames.push(outer);
        assert_eq!(
            Told::new(&reference, "main", "lib.v").full,
            "main.use (inlined into main.main) reads lib.v at 0x10, through b.Get and a.Load inlined at /x/main.go:42"
        );
        reference.frames.drain(..2);
        assert_eq!(
            Told::new(&reference, "main", "lib.v").brief,
            "main.use (inlined into main.main) reads lib.v at 0x10, main.go:42"
        );
    }
}
