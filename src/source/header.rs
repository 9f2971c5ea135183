//! Which lines at the head of a file may be build constraints?
//!
//! go/build (build.go, parseFileHeader and shouldBuild) reads the head by lines, not by tokens, up to the first text
//! that is not a comment. A `// +build` line counts only if a blank line is between it and that text. Other files
//! know what the lines mean. Assembly files have the same kind of head.
//!
//! ```
//! use gonym::source::header::{ConstraintForm, constraint_lines};
//!
//! let lines = constraint_lines(b"//go:build linux\n\npackage p\n");
//! assert_eq!(lines[0].form, ConstraintForm::GoBuild);
//! assert_eq!(lines[0].text, b"linux");
//! ```

/// How a constraint is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstraintForm {
    /// `//go:build …`.
    GoBuild,
    /// `// +build …`.
    PlusBuild,
}

/// A line that go/build takes for a constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConstraintLine {
    /// Which of the two forms.
    pub form: ConstraintForm,
    /// The text after `//go:build` or `+build`, trimmed.
    pub text: Vec<u8>,
    /// Line, from 1.
    pub line: u32,
}

/// The constraints of a file in order: `//go:build` lines, and the `// +build` lines that count.
///
/// More than one `//go:build` line is an error in go/build; all are returned.
#[must_use]
pub fn constraint_lines(bytes: &[u8]) -> Vec<ConstraintLine> {
    let head = Head::read(bytes);
    let counts = |found: &ConstraintLine| {
        found.form == ConstraintForm::GoBuild || found.line <= head.last_blank
    };
    head.found.into_iter().filter(counts).collect()
}

#[derive(Default)]
struct Head {
    found: Vec<ConstraintLine>,
    /// The last blank line before anything but a line comment. `+build` lines after it do not count.
    last_blank: u32,
    in_block: bool,
}

impl Head {
    fn read(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut head = Self::default();
        let mut only_line_comments = true;
        for (line, number) in bytes.split(|byte| *byte == b'\n').zip(1u32..) {
            let line = line.trim_ascii();
            if line.is_empty() && only_line_comments {
                head.last_blank = number;
                continue;
            }
            only_line_comments &= line.starts_with(b"//");
            head.found.extend(constraint(line, number, head.in_block));
            if !head.only_comments(line) {
                break;
            }
        }
        head
    }

    /// Whether `line` has only comments, or parts of one.
    fn only_comments(&mut self, line: &[u8]) -> bool {
        let mut rest = line;
        while !rest.is_empty() {
            if self.in_block {
                let Some(end) = memchr::memmem::find(rest, b"*/") else { return true };
                self.in_block = false;
                rest = rest.get(end + 2..).unwrap_or_default().trim_ascii();
            } else if rest.starts_with(b"//") {
                return true;
            } else if let Some(inside) = rest.strip_prefix(b"/*") {
                self.in_block = true;
                rest = inside.trim_ascii();
            } else {
                return false;
            }
        }
        true
    }
}

fn constraint(line: &[u8], number: u32, in_block: bool) -> Option<ConstraintLine> {
    let comment = line.strip_prefix(b"//")?;
    let ends_word = |rest: &[u8]| rest.first().is_none_or(u8::is_ascii_whitespace);
    let (form, rest) = if let Some(rest) = comment.strip_prefix(b"go:build") {
        // The old form is recognised in block comments too, the new one is not.
        (ConstraintForm::GoBuild, (!in_block).then_some(rest)?)
    } else {
        (ConstraintForm::PlusBuild, comment.trim_ascii_start().strip_prefix(b"+build")?)
    };
    ends_word(rest).then(|| ConstraintLine { form, text: rest.trim_ascii().to_vec(), line: number })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(source: &str) -> Vec<(u32, String)> {
        let shown = |found: ConstraintLine| {
            let mark = if found.form == ConstraintForm::GoBuild { "go:" } else { "+" };
            (found.line, format!("{mark}{}", String::from_utf8_lossy(&found.text)))
        };
        constraint_lines(source.as_bytes()).into_iter().map(shown).collect()
    }

    #[test]
    fn the_new_form_counts_up_to_the_package_clause() {
        assert_eq!(lines("//go:build a && b\npackage p"), [(1, "go:a && b".to_owned())]);
        assert_eq!(lines("/* x\n*/ // y\n  //go:build a\r\npackage p"), [(3, "go:a".to_owned())]);
        assert!(lines("package p\n//go:build a\n").is_empty());
        assert!(lines("//go:builda\n// go:build a\npackage p").is_empty());
        assert!(lines("/*\n//go:build a\n*/\npackage p").is_empty());
    }

    #[test]
    fn the_old_form_needs_a_blank_line_behind_it() {
        assert_eq!(lines("// +build a,b c\n\npackage p"), [(1, "+a,b c".to_owned())]);
        assert_eq!(lines("//+build a\n// text\n\npackage p"), [(1, "+a".to_owned())]);
        assert!(lines("// +build a\npackage p").is_empty());
        assert!(lines("// +build a\n/* x */\n\npackage p").is_empty());
    }
}
