//! What the source says of a directive beyond its names, read from the package's own files.
//!
//! As simple as the programs of testdata allow: declarations start in column 1 on one line.

use std::fs;
use std::path::Path;

use gonym::linkname::claim::{Directive, Mention};

/// The directive on `local` in the package whose files lie beside `place`, a `FILE:LINE`.
pub fn of(place: &str, local: &str) -> Directive {
    let (file, line) = place.rsplit_once(':').expect("FILE:LINE");
    let line: u32 = line.parse().expect("a line");
    let name = local.rsplit('.').next().unwrap_or_default();
    let folder = Path::new(file).parent().expect("a folder");
    let mut directive = Directive {
        file: base(Path::new(file)),
        line,
        mentions: Some(Vec::new()),
        ..Directive::default()
    };
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a package")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "go"))
        .collect();
    files.sort();
    for path in &files {
        let text = fs::read_to_string(path).expect("a Go source");
        for (number, text) in (1..).zip(text.lines()) {
            if text.starts_with(&format!("//go:linkname {name} ")) {
                (directive.file, directive.line) = (base(path), number);
            }
            directive.has_body |= has_body(text, name);
            if mentions(text, name) {
                let mention = Mention { file: base(path), line: number, sure: true };
                directive.takes_value |= takes_value(text, name);
                directive.mentions.get_or_insert_default().push(mention);
            }
        }
    }
    directive
}

fn base(path: &Path) -> Vec<u8> {
    path.file_name().expect("a name").to_string_lossy().into_owned().into_bytes()
}

/// Whether code on this line, no declaration, names the function without calling it. That no source beside
/// takes its value is so in all programs of testdata that are judged by this.
fn takes_value(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let values = code.match_indices(name).any(|(at, _)| !code[at + name.len()..].starts_with('('));
    mentions(line, name) && values
}

/// `func NAME(…) {` or `var NAME … = …`
fn has_body(line: &str, name: &str) -> bool {
    let line = line.replace("interface{}", "any").replace("struct{}", "empty");
    let function = line.strip_prefix("func ").and_then(|rest| rest.strip_prefix(name));
    let variable = line.strip_prefix("var ").and_then(|rest| rest.strip_prefix(name));
    function.is_some_and(|rest| rest.starts_with('(') && rest.contains('{'))
        || variable.is_some_and(|rest| rest.starts_with(' ') && rest.contains('='))
}

/// Whether code on this line, not a comment, holds the name as a word.
fn mentions(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}
