//! What did the recorded `-ldflags` tell the linker about linknames and variables?
//!
//! The text is split as cmd/internal/quoted splits it: at blanks; a field that begins with a quote ends at the same
//! quote. The linker reads Go flags: `-name value`, `-name=value`, with one dash or two (cmd/internal/objabi/flag.go,
//! go1.27). Builds with -trimpath do not record the flags.
//!
//! ```
//! use gonym::golang::ldflags::Ldflags;
//!
//! let flags = Ldflags::parse("-s -X 'main.title=a b' --checklinkname=0");
//! assert_eq!(flags.set_variables, ["main.title"]);
//! assert!(flags.unchecked_linknames);
//! ```

/// The flags that matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ldflags {
    /// The symbols that `-X` sets, as written: `main.version`.
    pub set_variables: Vec<String>,
    /// Whether linknames were left unchecked (`-checklinkname=0`).
    pub unchecked_linknames: bool,
}

impl Ldflags {
    /// Reads the recorded value of `-ldflags`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut found = Self::default();
        let fields = fields(text);
        let mut fields = fields.iter().map(String::as_str);
        while let Some(field) = fields.next() {
            let Some(flag) = field.strip_prefix('-') else { continue };
            let flag = flag.strip_prefix('-').unwrap_or(flag);
            let (name, value) = match flag.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (flag, None),
            };
            match name {
                "X" => {
                    let assignment = value.or_else(|| fields.next()).unwrap_or_default();
                    let symbol = assignment.split_once('=').map(|(symbol, _)| symbol.to_owned());
                    found.set_variables.extend(symbol);
                }
                "checklinkname" => found.unchecked_linknames = value.is_some_and(is_false),
                _ => {}
            }
        }
        found
    }
}

/// The words that strconv.ParseBool takes for false.
fn is_false(text: &str) -> bool {
    ["0", "f", "F", "false", "FALSE", "False"].contains(&text)
}

fn fields(text: &str) -> Vec<String> {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
    let mut fields = Vec::new();
    let mut rest = text.trim_start_matches(blank);
    while let Some(first) = rest.chars().next() {
        let quoted = match first {
            '\'' | '"' => rest.get(1..).and_then(|inner| inner.split_once(first)),
            _ => None,
        };
        let (field, tail) =
            quoted.unwrap_or_else(|| rest.split_at(rest.find(blank).unwrap_or(rest.len())));
        fields.push(field.to_owned());
        rest = tail.trim_start_matches(blank);
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_as_the_linker_reads_them() {
        let text =
            "-s -w -X main.version=1.2 '-X=main.note=a b' -X \"main.c=d e\" --checklinkname=0";
        let found = Ldflags::parse(text);
        assert_eq!(found.set_variables, ["main.version", "main.note", "main.c"]);
        assert!(found.unchecked_linknames);
        assert_eq!(Ldflags::parse("-checklinkname=1 -X"), Ldflags::default());
        assert!(!Ldflags::parse("-checklinkname=0 -checklinkname=true").unchecked_linknames);
        assert_eq!(Ldflags::parse("'unclosed -X a=b").set_variables, ["a"]);
    }
}
