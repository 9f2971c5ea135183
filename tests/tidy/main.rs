//! The repository's own rules: who may import whom, what every file begins with, where text may leave.
//!
//! The architecture is the folders of `src`; a test holds them apart because a review forgets. Every
//! `crate::` and `super::` path is read, not only `use` lines.

mod circles;
mod examples;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may name. `rules`, `names`, `finding`, `outcome`, `error` and `printable` are free to all.
const ROOMS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("printable", &[]),
    ("names", &[]),
    ("finding", &[]),
    ("outcome", &[]),
    ("rules", &[]),
    ("input", &[]),
    ("image", &["input"]),
    ("golang", &[]),
    ("symbols", &["image"]),
    ("types", &[]),
    ("source", &["types"]),
    ("code", &[]),
    ("dwarf", &[]),
    ("binary", &["input", "image", "golang", "code", "dwarf", "symbols"]),
    ("linkname", &["image", "golang", "code", "dwarf", "symbols", "binary", "source", "types"]),
    ("policy", &["golang", "binary"]),
    ("explain", &["image", "golang", "code", "symbols", "dwarf", "binary", "linkname", "policy"]),
    ("why", &["image", "golang", "code", "binary", "policy", "explain"]),
    ("request", &["source", "linkname", "policy"]),
    ("check", &["binary", "source", "linkname", "policy", "why", "request"]),
    ("scan", &["binary", "source", "linkname"]),
    ("trace", &["image", "golang", "symbols", "binary"]),
    (
        "report",
        &[
            "image", "golang", "code", "symbols", "binary", "source", "linkname", "policy",
            "check", "scan", "trace", "explain", "why",
        ],
    ),
    (
        "cli",
        &[
            "input", "image", "golang", "code", "symbols", "binary", "source", "linkname",
            "policy", "request", "check", "scan", "trace", "explain", "why", "report",
        ],
    ),
];

const FREE: &[&str] = &["error", "printable", "names", "finding", "outcome", "rules"];

/// Files of the heart, by how their path begins, and the rooms that even they must not name: a judgement sees claim
/// and evidence alone.
const STRICTER: &[(&str, &[&str])] = &[
    ("src/linkname/verdict", &["binary", "image", "symbols", "golang", "code", "dwarf", "source"]),
    ("src/linkname/claim.rs", &["binary", "image", "symbols", "code"]),
];

/// Crates that only one room may name.
const CRATES: &[(&str, &[&str])] = &[
    ("object", &["input", "image"]),
    ("goblin", &["image"]),
    ("flate2", &["image"]),
    ("gimli", &["dwarf"]),
    ("iced_x86", &["code"]),
    ("rustix", &["source"]),
    ("clap", &["cli"]),
    ("anstream", &["cli"]),
    ("comfy_table", &["report"]),
    ("anstyle", &["report"]),
    ("serde_json", &["report"]),
];

/// Where bytes become text although some may be lost, by how the path begins: import paths, what the linker wrote as
/// text, and sources with the names of their files.
const LOSSY: &[&str] = &["src/names.rs", "src/golang/buildinfo.rs", "src/source/"];

struct Source {
    /// Relative to the repository, with `/`.
    path: String,
    room: String,
    /// How many modules deep the file is: 1 for `src/error.rs`.
    depth: usize,
    /// Without comments and string literals.
    code: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    collect(&root.join("src"), &mut paths);
    paths.sort();
    let sources: Vec<Source> = paths.iter().map(|path| source(root, path)).collect();
    assert!(sources.len() > 30, "only {} files", sources.len());
    sources
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path())
    {
        if entry.is_dir() {
            collect(&entry, paths);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            paths.push(entry);
        }
    }
}

fn source(root: &Path, path: &Path) -> Source {
    let relative = path.strip_prefix(root).expect("below the root");
    let parts: Vec<String> =
        relative.iter().skip(1).map(|part| part.to_string_lossy().into_owned()).collect();
    let modules = parts.iter().filter(|part| *part != "mod.rs").count();
    let text = fs::read_to_string(path).expect("a source file");
    Source {
        path: relative.to_string_lossy().replace('\\', "/"),
        room: parts[0].trim_end_matches(".rs").to_owned(),
        depth: modules,
        code: without_comments(&text),
        text,
    }
}

/// The code of a file: what stands in comments and string literals is left out, line by line.
fn without_comments(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '"' => 1 + end_of_string(&rest[1..]),
            'r' if rest.starts_with("r\"") => 3 + rest[2..].find('"').unwrap_or(rest.len() - 3),
            'r' if rest.starts_with("r#\"") => 5 + rest[3..].find("\"#").unwrap_or(rest.len() - 5),
            // A quote, or an escape, as a character; else a lifetime.
            '\'' if rest[1..].starts_with(['"', '\\']) => 2 + rest[2..].find('\'').unwrap_or(0),
            _ => 0,
        };
        if skipped == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            code.push_str(if c == '/' { "" } else { "\"\"" });
            rest = &rest[skipped.min(rest.len())..];
        }
    }
    code
}

/// Where the literal that `rest` is inside of ends, with its quote.
fn end_of_string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// The first names behind every `prefix` in `code`: `a` of `crate::a::b`, `a` and `b` of
/// `crate::{a, b::c}`.
fn named_behind(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = code[at + prefix.len()..].trim_start();
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group_heads(group)),
            None => found.extend(head(rest)),
        }
    }
    found
}

fn group_heads(group: &str) -> Vec<String> {
    let (mut depth, mut heads, mut fresh) = (0, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            _ if fresh && !c.is_whitespace() => {
                heads.extend(head(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    heads
}

fn head(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

#[test]
fn rooms_import_only_what_they_may() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !["lib", "main"].contains(&source.room.as_str()))
    {
        let may = allowed
            .get(source.room.as_str())
            .unwrap_or_else(|| panic!("room {} is not in the table", source.room));
        let mut named = named_behind(&source.code, "crate::");
        // From a room's own file `super` is the crate; `super::super` and so on from below.
        named.extend(named_behind(&source.code, &"super::".repeat(source.depth)));
        let stricter = STRICTER
            .iter()
            .find(|(path, _)| source.path.starts_with(path))
            .map(|(_, rooms)| *rooms);
        for name in named.iter().filter(|name| allowed.contains_key(name.as_str())) {
            let fine = *name == source.room
                || FREE.contains(&name.as_str())
                || may.contains(&name.as_str());
            if !fine || stricter.is_some_and(|rooms| rooms.contains(&name.as_str())) {
                wrong.push(format!("{} names {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The two halves of one format, which may name each other: what is shown and how, where a word stands and how it is
/// filled in.
const HALVES: &[(&str, &str)] = &[
    ("image/elf/relocations.rs", "image/elf/slots.rs"),
    ("report/document/addr.rs", "report/render/text/addr.rs"),
    ("report/document/aliases.rs", "report/render/text/aliases.rs"),
    ("report/document/check.rs", "report/render/text/check.rs"),
    ("report/document/discover.rs", "report/render/text/discover.rs"),
    ("report/document/explain.rs", "report/render/text/explain.rs"),
    ("report/document/rule.rs", "report/render/text/rule.rs"),
    ("report/document/scan.rs", "report/render/text/scan.rs"),
    ("report/document/trace.rs", "report/render/text/trace.rs"),
    ("report/document/why.rs", "report/render/text/why.rs"),
];

#[test]
fn no_files_name_each_other_in_a_circle() {
    let halves = HALVES.iter().map(|(one, other)| [*one, *other].map(str::to_owned).into());
    let halves: Vec<BTreeSet<String>> = halves.collect();
    assert_eq!(circles::of(&sources()), halves);
}

#[test]
fn crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (name, rooms) in CRATES {
            let used = !named_behind(&source.code, &format!("{name}::")).is_empty();
            if used && !rooms.contains(&source.room.as_str()) {
                wrong.push(format!("{} names {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_answers() {
    for source in sources() {
        assert!(source.text.starts_with("//! "), "{} does not open with //!", source.path);
    }
}

/// Lossy text maps two names to one, and raw text reaches a terminal.
#[test]
fn bytes_become_text_in_few_places() {
    let mut wrong = Vec::new();
    let mut lossy: BTreeSet<&str> = BTreeSet::new();
    for source in sources() {
        let code = source.code.split("#[cfg(test)]").next().unwrap_or_default();
        if code.contains("from_utf8_lossy") {
            match LOSSY.iter().find(|begins| source.path.starts_with(**begins)) {
                Some(begins) => _ = lossy.insert(begins),
                None => wrong.push(format!("{} makes lossy text", source.path)),
            }
        }
        let prints = ["print!(", "println!(", "eprint!(", "eprintln!(", "dbg!("];
        if prints.iter().any(|word| code.contains(word)) && source.room != "cli" {
            wrong.push(format!("{} prints", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(lossy.len(), LOSSY.len(), "only {lossy:?} need leave");
}

#[test]
fn nothing_in_src_can_panic_or_hide_a_panic() {
    let mut wrong = Vec::new();
    for source in sources() {
        let code = source.code.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
        for word in [
            ".unwrap()",
            ".expect(",
            "panic!(",
            "todo!(",
            "unimplemented!(",
            "unreachable!(",
            "unsafe ",
        ] {
            if code.contains(word) {
                wrong.push(format!("{} holds {word}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whoever shows a report is given types: a word that changes changes nothing else.
#[test]
fn formats_match_types_and_no_words() {
    let formats: Vec<Source> =
        sources().into_iter().filter(|s| s.path.starts_with("src/report/render/")).collect();
    assert!(formats.len() > 5, "only {} files", formats.len());
    // A literal is `""` here.
    let compares = ["\"\" =>", "\"\" |", "== \"\"", "!= \"\"", "(\"\") =>", "\"\") =>"];
    let code = |source: &Source| source.code.split("#[cfg(test)]").next().map(str::to_owned);
    let wrong = formats.iter().filter(|source| {
        code(source).is_some_and(|code| compares.iter().any(|compare| code.contains(compare)))
    });
    let wrong: Vec<&str> = wrong.map(|source| source.path.as_str()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// The rules above are only as good as the reader of paths.
#[test]
fn the_reader_of_paths_sees_every_form() {
    let code = "use crate::{image::file, error, a::{b, c}};\nlet x = crate::policy::Rule; mycrate::no; use super::super::code;";
    let named: Vec<String> = named_behind(code, "crate::").into_iter().collect();
    assert_eq!(named, ["a", "error", "image", "policy"]);
    assert_eq!(named_behind(code, "super::super::").into_iter().collect::<Vec<_>>(), ["code"]);
    assert!(!without_comments("a // crate::cli\n\"crate::cli\" b").contains("crate"));
}
