//! Does each public module show how it is used?

use super::Source;

/// Modules whose types are parts of other documents; their headers say of which.
const PARTS: &[&str] = &["src/report/document/evidence.rs", "src/report/document/source.rs"];

/// The public modules without an example in their header, and [`PARTS`] that have one.
fn wrong(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut open = vec![String::new()];
    while let Some(module) = open.pop() {
        let Some(source) = sources.iter().find(|source| is_of(source, &module)) else {
            wrong.push(format!("{module}: no file"));
            continue;
        };
        let header = source.text.lines().take_while(|line| line.starts_with("//!"));
        let is_part = PARTS.contains(&source.path.as_str());
        if header.into_iter().any(|line| line.starts_with("//! ```")) == is_part {
            wrong.push(format!("{}: an example, or none", source.path));
        }
        let named = source.code.lines().filter_map(|line| line.strip_prefix("pub mod "));
        open.extend(named.map(|rest| format!("{module}/{}", rest.trim_end_matches(';'))));
    }
    wrong
}

/// `/a/b` is `src/a/b.rs` or `src/a/b/mod.rs`; the crate's root is `src/lib.rs`.
fn is_of(source: &Source, module: &str) -> bool {
    let names = [format!("src{module}.rs"), format!("src{module}/mod.rs")];
    names.contains(&source.path) || (module.is_empty() && source.path == "src/lib.rs")
}

#[test]
fn each_public_module_has_an_example() {
    let wrong = wrong(&super::sources());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_nested_module_without_an_example_is_found() {
    let source = |path: &str, text: &str| Source {
        path: path.to_owned(),
        room: String::new(),
        depth: 1,
        code: text.to_owned(),
        text: text.to_owned(),
    };
    let example = "//! A room.\n//!\n//! ```\n//! a();\n//! ```\n";
    let sources = [
        source("src/lib.rs", &format!("{example}pub mod a;\nmod hidden;\n")),
        source("src/a/mod.rs", &format!("{example}pub mod b;\npub(crate) mod c;\n")),
        source("src/a/b.rs", "//! A file.\n"),
        source("src/a/c.rs", "//! A file.\n"),
    ];
    assert_eq!(wrong(&sources), ["src/a/b.rs: an example, or none"]);
}
