//! What does a go.mod or go.work say?
//!
//! The line grammar of golang.org/x/mod/modfile: directives, blocks in parentheses, quoted words, comments. A line
//! that cannot be read is ignored; the `go` command would have refused the build.

use std::fs;
use std::path::{Path, PathBuf};

/// A module and its version.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Module {
    /// Its path.
    pub path: String,
    /// Its version; empty or `(devel)` if it has none.
    pub version: String,
}

/// A `replace` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The module that is replaced; an empty version means every version.
    pub old: Module,
    /// What replaces it: a module, or a folder without a version.
    pub new: Module,
}

/// A go.mod or go.work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoMod {
    /// The module's path; empty in a go.work.
    pub module: String,
    /// `21` of `go 1.21.3`.
    pub minor: Option<u16>,
    /// What it requires.
    pub require: Vec<Module>,
    /// What it replaces.
    pub replace: Vec<Replacement>,
    /// The versions that must not be chosen.
    pub exclude: Vec<Module>,
    /// The folders of a go.work.
    pub uses: Vec<String>,
    /// Folders that `./...` leaves out (since 1.25).
    pub ignore: Vec<String>,
}

impl GoMod {
    /// Reads the file at `path`, if it can be read.
    #[must_use]
    pub fn read(path: &Path) -> Option<Self> {
        let about = fs::metadata(path).ok()?;
        let bytes = if about.is_file() { fs::read(path).ok()? } else { return None };
        Some(Self::parse(&String::from_utf8_lossy(&bytes)))
    }

    /// Reads its text.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut said = Self::default();
        let mut block: Option<String> = None;
        for line in text.lines() {
            let words = words(line);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            match (words.as_slice(), &block) {
                ([], _) => {}
                ([")"], Some(_)) => block = None,
                ([word, "("], None) => block = Some((*word).to_owned()),
                (words, Some(word)) => {
                    let word = word.clone();
                    said.take(&word, words);
                }
                ([word, rest @ ..], None) => said.take(word, rest),
            }
        }
        said
    }

    fn take(&mut self, word: &str, arguments: &[&str]) {
        match (word, arguments) {
            ("module", [path]) => self.module = (*path).to_owned(),
            ("go", [version]) => {
                let minor = version
                    .strip_prefix("1.")
                    .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
                self.minor = minor.and_then(|digits| digits.parse().ok());
            }
            ("require", [path, version]) => self.require.push(module(path, version)),
            ("exclude", [path, version]) => self.exclude.push(module(path, version)),
            ("use", [folder]) => self.uses.push((*folder).to_owned()),
            ("ignore", [folder]) => self.ignore.push((*folder).to_owned()),
            ("replace", arguments) => self.replace.extend(replacement(arguments)),
            _ => {}
        }
    }

    /// What replaces `wanted`: a line for its version counts before one for all versions.
    #[must_use]
    pub fn replaced(&self, wanted: &Module) -> Option<&Module> {
        let of_path = || self.replace.iter().filter(|line| line.old.path == wanted.path);
        let exact = of_path().find(|line| line.old.version == wanted.version);
        exact.or_else(|| of_path().find(|line| line.old.version.is_empty())).map(|line| &line.new)
    }
}

impl Module {
    /// Whether this is a folder, as the right side of `replace` may be.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        let drive = self.path.as_bytes().get(1) == Some(&b':');
        self.path.starts_with(['.', '/', '\\']) || drive
    }
}

/// The nearest file `name` (go.mod, go.work) in `folder` or above, and its content.
pub fn module_above(folder: &Path, name: &str) -> Option<(PathBuf, GoMod)> {
    folder.ancestors().find_map(|root| Some((root.to_owned(), GoMod::read(&root.join(name))?)))
}

fn module(path: &str, version: &str) -> Module {
    Module { path: path.to_owned(), version: version.to_owned() }
}

fn replacement(arguments: &[&str]) -> Option<Replacement> {
    let arrow = arguments.iter().position(|word| *word == "=>")?;
    let side = |words: &[&str]| match words {
        [path] => Some(module(path, "")),
        [path, version] => Some(module(path, version)),
        _ => None,
    };
    Some(Replacement {
        old: side(arguments.get(..arrow)?)?,
        new: side(arguments.get(arrow + 1..)?)?,
    })
}

/// The words of a line, without its comment. Quotes and back quotes enclose one word.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            break;
        }
        let (word, after) = match first {
            '"' | '`' => {
                let inside = rest.get(1..).unwrap_or_default();
                inside.split_once(first).unwrap_or((inside, ""))
            }
            '(' | ')' => rest.split_at(1),
            _ => rest.split_at(plain_word(rest)),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

/// The length of a word up to a blank or a parenthesis; a comment may follow without a blank.
fn plain_word(text: &str) -> usize {
    let end = text.find(|c: char| c.is_whitespace() || c == '(' || c == ')').unwrap_or(text.len());
    text.find("//").map_or(end, |comment| comment.min(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_line_is_read() {
        let text = "// Deprecated: x\nmodule \"example.com/A\" // c\n\ngo 1.21rc2\ntoolchain go1.22.1\n\
                    require (\n\ta.b/c v1.2.3 // indirect\n\t`d/e` v0.0.0\n)\nrequire f v1.0.0\n\
                    replace a.b/c => ../c\nreplace (\n\td/e v0.0.0 => g/h v1.1.0\n)\nexclude f v1.0.1\n\
                    retract [v1.0.0, v1.1.0]\nignore ./x\nbroken (\n)\n";
        let said = GoMod::parse(text);
        assert_eq!((said.module.as_str(), said.minor), ("example.com/A", Some(21)));
        assert_eq!(
            said.require,
            [module("a.b/c", "v1.2.3"), module("d/e", "v0.0.0"), module("f", "v1.0.0")]
        );
        assert_eq!(said.replaced(&module("a.b/c", "v9.0.0")), Some(&module("../c", "")));
        assert_eq!(said.replaced(&module("d/e", "v0.0.0")), Some(&module("g/h", "v1.1.0")));
        assert_eq!(said.replaced(&module("d/e", "v0.0.1")), None);
        assert_eq!(
            (said.exclude.len(), said.ignore.as_slice()),
            (1, ["./x".to_owned()].as_slice())
        );
    }

    #[test]
    fn a_workspace_is_read() {
        let said = GoMod::parse("go 1.18\nuse (\n\t.\n\t./b // x\n)\nuse ../c\n");
        assert_eq!(said.uses, [".", "./b", "../c"]);
    }

    #[test]
    fn broken_text_ends() {
        for text in
            ["require (", ")", "module", "replace =>", "replace a =>", "\"", "((", "module a b c"]
        {
            let _ = GoMod::parse(text);
        }
    }
}
