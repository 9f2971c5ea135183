//! Which packages do the comments in a package's files list as users of a symbol?
//!
//! Go keeps a "hall of shame" (go.dev/issue/67401) in the comments above marks: a list with a dash before each
//! member. The list is about the directives in the same comment; else about those in the next comment; else about the
//! function below it. In some files it is about all directives that follow.

use std::collections::{BTreeMap, BTreeSet};

use crate::names;
use crate::source::file::{DeclarationKind, GoFile};
use crate::source::lexer::{Lexer, Token};

/// Symbols, each with the packages that are listed as pulling it.
pub(super) type Members = BTreeMap<String, BTreeSet<String>>;

/// Adds the lists in the comments of `file`, which belongs to the package `path`. `remotes` are the symbols that
/// directives of Go's own name.
pub(super) fn read(path: &str, file: &GoFile, remotes: &BTreeSet<&[u8]>, into: &mut Members) {
    let groups = Group::all(file);
    let mut for_file: Vec<String> = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let mut symbols = group.symbols(path, file);
        if group.members.is_empty() {
            symbols.retain(|symbol| !into.contains_key(symbol));
            add(into, symbols, &for_file);
            continue;
        }
        if group.of_file {
            for_file.clone_from(&group.members);
        }
        if symbols.is_empty()
            && let Some(next) = groups.get(at + 1).filter(|next| next.members.is_empty())
        {
            symbols = next.symbols(path, file);
        }
        if symbols.is_empty() {
            let below = group.function_below(path, file);
            symbols.extend(below.filter(|symbol| remotes.contains(symbol.as_bytes())));
        }
        add(into, symbols, &group.members);
    }
}

fn add(into: &mut Members, symbols: Vec<String>, members: &[String]) {
    if members.is_empty() {
        return;
    }
    for symbol in symbols {
        into.entry(symbol).or_default().extend(members.iter().cloned());
    }
}

/// Comments on consecutive lines.
struct Group {
    first: u32,
    last: u32,
    members: Vec<String>,
    /// Whether the list is about all directives of the file.
    of_file: bool,
}

impl Group {
    /// The groups of a file; none if no comment has a list.
    fn all(file: &GoFile) -> Vec<Self> {
        let holds = |word: &[u8]| memchr::memmem::find(&file.bytes, word).is_some();
        if !holds(b"shame") && !holds(b"notably") {
            return Vec::new();
        }
        let mut groups: Vec<(u32, u32, Vec<String>)> = Vec::new();
        for comment in Lexer::new(&file.bytes).filter(Token::is_comment) {
            let text = String::from_utf8_lossy(comment.text(&file.bytes)).into_owned();
            match groups.last_mut() {
                Some((_, last, texts)) if *last + 1 == comment.line => {
                    *last = comment.line;
                    texts.push(text);
                }
                _ => groups.push((comment.line, comment.line, vec![text])),
            }
        }
        groups.into_iter().map(|(first, last, texts)| Self::new(first, last, &texts)).collect()
    }

    fn new(first: u32, last: u32, texts: &[String]) -> Self {
        let words: Vec<&str> =
            texts.iter().map(|text| text.strip_prefix("//").unwrap_or(text).trim()).collect();
        let said = words.join(" ");
        let lists = ["hall of shame include", "using linkname, most notably:"];
        let lists = lists.iter().any(|words| said.contains(words));
        let members = words.iter().filter_map(|line| line.strip_prefix("- ")).filter(|_| lists);
        let members = members.filter_map(|line| line.split_whitespace().next());
        Self {
            first,
            last,
            members: members.map(str::to_owned).collect(),
            of_file: said.contains("access these symbols using linkname"),
        }
    }

    /// The symbols that directives in these comments name.
    fn symbols(&self, path: &str, file: &GoFile) -> Vec<String> {
        let here = |line: u32| (self.first..=self.last).contains(&line);
        let directives = file.linknames.iter().filter(|directive| here(directive.line));
        let named = directives.map(|directive| match &directive.remote {
            Some(remote) => remote.clone(),
            None => names::symbol(path.as_bytes(), &directive.local),
        });
        named.filter_map(|name| String::from_utf8(name).ok()).collect()
    }

    fn function_below(&self, path: &str, file: &GoFile) -> Option<String> {
        let below = file.declarations.iter().find(|one| one.line == self.last + 1)?;
        let local = match &below.kind {
            DeclarationKind::Func => below.name.clone(),
            DeclarationKind::Method { receiver, pointer: true } => {
                [b"(*", receiver.as_slice(), b").", &below.name].concat()
            }
            DeclarationKind::Method { receiver, .. } => {
                [receiver.as_slice(), b".", &below.name].concat()
            }
            _ => return None,
        };
        String::from_utf8(names::symbol(path.as_bytes(), &local)).ok()
    }
}
