//! Do files name each other in a circle?
//!
//! A path leads to the file that defines its last name, through what other files re-export. That a file names what
//! lies in its own folder (`scan.rs` the files of `scan/`) is how a room is built, and counts as no arrow.

use std::collections::{BTreeMap, BTreeSet};

use super::Source;

/// A path of names: of a module, or as code spells it.
type Names = Vec<String>;

/// One file.
#[derive(Default)]
struct File {
    path: String,
    /// What it defines.
    defined: BTreeSet<String>,
    /// What `use` brings into it: the name there, and the path.
    brought: BTreeMap<String, Names>,
    /// The paths that its code names, and what it imports for itself.
    named: Vec<Names>,
}

/// The files of each circle, by their paths below `src`.
pub fn of(sources: &[Source]) -> Vec<BTreeSet<String>> {
    let files: BTreeMap<Names, File> =
        sources.iter().filter(|s| s.room != "main").map(|s| (module(&s.path), read(s))).collect();
    let arrows: BTreeMap<&Names, BTreeSet<Names>> =
        files.iter().map(|(module, file)| (module, arrows(&files, module, file))).collect();
    let reached: BTreeMap<&Names, BTreeSet<Names>> =
        files.keys().map(|module| (module, reach(&arrows, module))).collect();
    let mut circles = BTreeSet::new();
    for (module, ends) in &reached {
        let back = ends.iter().filter(|end| reached[end].contains(*module));
        let circle: BTreeSet<String> = back.map(|end| files[end].path.clone()).collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

/// `linkname::scan` of `src/linkname/scan.rs`, nothing of `src/lib.rs`.
fn module(path: &str) -> Names {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs");
    let names = path.trim_end_matches("/mod").split('/').filter(|name| *name != "lib");
    names.map(str::to_owned).collect()
}

fn read(source: &Source) -> File {
    let code = source.code.split("#[cfg(test)]").next().unwrap_or_default();
    let mut file =
        File { path: source.path.trim_start_matches("src/").to_owned(), ..File::default() };
    let words = words(code);
    for pair in words.windows(2) {
        let defines = ["fn", "struct", "enum", "trait", "type", "const", "static", "mod"];
        if defines.contains(&pair[0].as_str()) {
            file.defined.insert(pair[1].clone());
        }
    }
    let (mut body, mut private, mut public) = (String::new(), Vec::new(), Vec::new());
    for statement in code.split_inclusive([';', '}']) {
        let (head, rest) = statement.split_once("use ").unwrap_or((statement, ""));
        // What stands before it on its own line; an attribute stands above.
        let begins = head.rsplit(['\n', ';', '}', '{']).next().unwrap_or_default().trim();
        let exported = begins.starts_with("pub");
        if !rest.is_empty() && (begins.is_empty() || exported) {
            // A group's own brace may have ended the statement.
            let from = statement.as_ptr() as usize - code.as_ptr() as usize + head.len() + 4;
            let whole = code[from..].split(';').next().unwrap_or_default();
            let to = if exported { &mut public } else { &mut private };
            to.extend(expand(whole, &[]));
        } else {
            body.push_str(statement);
        }
    }
    for (path, name) in private.iter().chain(&public) {
        file.brought.insert(name.clone(), path.clone());
    }
    let spoken: BTreeSet<String> = self::words(&body).into_iter().collect();
    let own = public.into_iter().filter(|(_, name)| spoken.contains(name));
    file.named = private.into_iter().chain(own).map(|(path, _)| path).collect();
    let spelt = paths(&body).into_iter().map(|path| match file.brought.get(&path[0]) {
        Some(from) => [from.as_slice(), &path[1..]].concat(),
        None => path,
    });
    let spelt: Vec<Names> = spelt.collect();
    file.named.extend(spelt);
    file
}

fn words(code: &str) -> Names {
    let parts = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    parts.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Every `a::b::c` of `code`.
fn paths(code: &str) -> Vec<Names> {
    let parts = code.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
    let paths = parts
        .filter(|part| part.contains("::"))
        .map(|part| part.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect());
    paths.filter(|path: &Names| path.len() > 1).collect()
}

/// The paths that `use TEXT` brings, and their names in the file.
fn expand(text: &str, before: &[String]) -> Vec<(Names, String)> {
    let text = text.trim();
    let Some((head, group)) = text.split_once('{') else {
        let (path, alias) = text.split_once(" as ").unwrap_or((text, ""));
        let mut whole = before.to_vec();
        whole.extend(path.split("::").map(|name| name.trim().to_owned()));
        if whole.last().is_some_and(|name| name == "self") {
            whole.pop();
        }
        let name = if alias.is_empty() { whole.last().cloned() } else { Some(alias.to_owned()) };
        return name.map(|name| (whole, name)).into_iter().collect();
    };
    let mut whole = before.to_vec();
    whole.extend(words(head));
    let (mut depth, mut from, mut found) = (0, 0, Vec::new());
    let inside = group.rsplit_once('}').map_or(group, |(inside, _)| inside);
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.extend(expand(&inside[from..at], &whole));
                from = at + 1;
            }
            _ => {}
        }
    }
    if !inside[from..].trim().is_empty() {
        found.extend(expand(&inside[from..], &whole));
    }
    found
}

/// The files that `file` names, but those of its own folder.
fn arrows(files: &BTreeMap<Names, File>, module: &Names, file: &File) -> BTreeSet<Names> {
    let named = file.named.iter().filter_map(|path| absolute(files, module, path));
    // A module that is brought for its name alone is no arrow yet: what is taken from it is.
    let taken = named.filter(|path| !files.contains_key(path));
    let found = taken.filter_map(|path| definer(files, &path, 8));
    found.filter(|end| !end.starts_with(module)).collect()
}

/// `path` from the crate's root; none of another crate's.
fn absolute(files: &BTreeMap<Names, File>, module: &Names, path: &Names) -> Option<Names> {
    let ups = path.iter().take_while(|name| *name == "super").count();
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([module.as_slice(), &path[1..]].concat()),
        "super" => {
            let above = module.len().checked_sub(ups)?;
            Some([&module[..above], &path[ups..]].concat())
        }
        first => {
            let below = [module.as_slice(), &[first.to_owned()]].concat();
            files.contains_key(&below).then(|| [module.as_slice(), path].concat())
        }
    }
}

/// The file that defines what `path` leads to.
fn definer(files: &BTreeMap<Names, File>, path: &Names, steps: usize) -> Option<Names> {
    let length = (0..path.len()).rev().find(|length| files.contains_key(&path[..*length]))?;
    let module = path[..length].to_vec();
    let (file, name) = (&files[&module], &path[length]);
    let from = file.brought.get(name).filter(|_| steps > 0 && !file.defined.contains(name));
    let from = from.and_then(|from| absolute(files, &module, from));
    match from {
        Some(from) if !files.contains_key(&from) => definer(files, &from, steps - 1),
        _ => Some(module),
    }
}

fn reach(arrows: &BTreeMap<&Names, BTreeSet<Names>>, from: &Names) -> BTreeSet<Names> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(next) = open.pop() {
        for end in arrows.get(next).into_iter().flatten() {
            if reached.insert(end.clone()) {
                open.push(end);
            }
        }
    }
    reached
}

/// A circle of three files, one arrow of which goes through a re-export; what a file's own folder holds is none.
#[test]
fn a_circle_is_found_through_re_exports() {
    let source = |path: &str, code: &str| Source {
        path: format!("src/{path}"),
        room: path.split(['/', '.']).next().unwrap_or_default().to_owned(),
        depth: 1,
        code: code.to_owned(),
        text: String::new(),
    };
    let sources = [
        source(
            "a.rs",
            "mod inner;\npub use inner::{Thing, other as another};\nuse crate::c::C;\nfn f() { inner::g() }",
        ),
        source(
            "a/inner.rs",
            "use crate::b::{self, B};\npub struct Thing; pub fn other() {} fn g() { b::h() }",
        ),
        source("b.rs", "pub struct B; pub fn h() {} fn k(t: crate::a::Thing) {}"),
        source("c.rs", "pub struct C;"),
        source("d.rs", "#[cfg(feature = \"\")]\nuse crate::e::E;\npub struct D;"),
        source("e.rs", "use crate::d::D;\npub struct E;"),
    ];
    let circle = |files: [&str; 2]| BTreeSet::from(files.map(str::to_owned));
    assert_eq!(of(&sources), [circle(["a/inner.rs", "b.rs"]), circle(["d.rs", "e.rs"])]);
}
