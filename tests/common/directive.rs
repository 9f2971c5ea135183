//! What the source says of a directive beyond its names, read from the package's own files.
//!
//! As simple as the programs of testdata allow: declarations start in column 1 on one line.

use std::fs;
use std::path::Path;

use gonym::linkname::claim::{Mention, Said};

/// The directive on `local` in the package whose files lie beside `place`, a `FILE:LINE`.
pub fn of(place: &str, local: &str) -> Said {
    let (file, line) = place.rsplit_once(':').expect("FILE:LINE");
    let line: u32 = line.parse().expect("a line");
    let name = local.rsplit('.').next().unwrap_or_default();
    let folder = Path::new(file).parent().expect("a folder");
    let mut directive =
        Said { file: base(Path::new(file)), line, mentions: Some(Vec::new()), ..Said::default() };
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a package")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "go"))
        .collect();
    files.sort();
    if local.chars().rev().take_while(|c| *c != '.').last().is_some_and(char::is_uppercase) {
        directive.mentions = Some(by_others(folder, local));
    }
    for path in &files {
        let text = fs::read_to_string(path).expect("a Go source");
        for (number, text) in (1..).zip(text.lines()) {
            if text.starts_with(&format!("//go:linkname {name} ")) {
                (directive.file, directive.line) = (base(path), number);
                let remote = text.split_whitespace().nth(2).unwrap_or_default();
                directive.owner_declares = owner_declares(folder, remote);
            }
            directive.has_body |= has_body(text, name);
            let mut words = text.split_whitespace();
            directive.local_is_pushed |= words.next() == Some("//go:linkname")
                && words.next().is_some_and(|other| other != name)
                && words.next() == Some(local);
            if mentions(text, name) {
                let package = String::new();
                let mention = Mention {
                    file: base(path),
                    line: number,
                    last: number,
                    package,
                    sure: true,
                    shared: false,
                    called: true,
                };
                directive.takes_value |= takes_value(text, name);
                directive.mentions.get_or_insert_default().push(mention);
            }
        }
    }
    directive
}

/// Whether the remote's package, one of the program's module, declares a variable of that name; `None` of packages
/// elsewhere.
fn owner_declares(folder: &Path, remote: &str) -> Option<bool> {
    let root = folder.ancestors().find(|above| above.join("go.mod").is_file())?;
    let said = fs::read_to_string(root.join("go.mod")).expect("a go.mod");
    let module = said.lines().find_map(|line| line.strip_prefix("module ")).expect("a module");
    let (owner, name) = remote.rsplit_once('.')?;
    let below = owner.strip_prefix(module)?.trim_start_matches('/');
    let last = owner.rsplit('/').next().unwrap_or_default();
    // A path whose dots are not escaped is no package's, and of one that nobody imports nothing is linked.
    let imported = format!("\"{}\"", owner.replace("%2e", "."));
    if last.contains('.') || !holds(root, &|text| text.contains(&imported)) {
        return Some(false);
    }
    let declaration = format!("var {name} ");
    let declares = |text: &str| text.lines().any(|line| line.starts_with(&declaration));
    Some(holds(&root.join(below.replace("%2e", ".")), &declares))
}

/// Whether a Go file in `folder` or below it holds what is looked for.
fn holds(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.expect("an entry").path()).any(|path| match path.is_dir() {
        true => holds(&path, wanted),
        false => {
            path.extension().is_some_and(|extension| extension == "go")
                && wanted(&fs::read_to_string(&path).expect("a Go source"))
        }
    })
}

/// Where the other packages of the program use an exported name: `handle.Name` behind an import without a name.
fn by_others(folder: &Path, local: &str) -> Vec<Mention> {
    let root = folder.ancestors().find(|above| above.join("go.mod").is_file());
    let Some(root) = root else { return Vec::new() };
    let said = fs::read_to_string(root.join("go.mod")).expect("a go.mod");
    let module = said.lines().find_map(|line| line.strip_prefix("module ")).expect("a module");
    let qualified = local.rsplit('/').next().expect("a package and a name");
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(here) = folders.pop() {
        let mut paths: Vec<_> =
            fs::read_dir(&here).expect("a folder").map(|e| e.expect("an entry").path()).collect();
        paths.sort();
        let below = here.strip_prefix(root).expect("below").to_string_lossy().into_owned();
        let package =
            if below.is_empty() { "main".to_owned() } else { format!("{module}/{below}") };
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if here != folder && path.extension().is_some_and(|e| e == "go") {
                let text = fs::read_to_string(&path).expect("a Go source");
                let lines = (1..).zip(text.lines()).filter(|(_, text)| mentions(text, qualified));
                found.extend(lines.map(|(line, _)| Mention {
                    file: base(&path),
                    line,
                    last: line,
                    package: package.clone(),
                    sure: true,
                    shared: false,
                    called: true,
                }));
            }
        }
    }
    found
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
