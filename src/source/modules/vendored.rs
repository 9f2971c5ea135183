//! What is in a vendor folder?
//!
//! `vendor/modules.txt` lists each module, its version, what replaced it, and which of its packages are there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::gomod::Module;

/// One module of a vendor folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vendored {
    /// Its version.
    pub version: String,
    /// What replaces it.
    pub replaced: Option<Module>,
}

/// A vendor folder's modules.txt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vendor {
    /// The modules by path.
    pub modules: BTreeMap<String, Vendored>,
    /// The module of each package.
    pub packages: BTreeMap<String, String>,
    /// Whether it was made for a workspace (since 1.22).
    pub workspace: bool,
}

impl Vendor {
    /// Reads `modules.txt` of the vendor folder `folder`.
    #[must_use]
    pub fn read(folder: &Path) -> Option<Self> {
        let path = folder.join("modules.txt");
        let about = fs::metadata(&path).ok()?;
        let bytes = if about.is_file() { fs::read(path).ok()? } else { return None };
        Some(Self::parse(&String::from_utf8_lossy(&bytes)))
    }

    /// Reads its text.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut vendor = Self::default();
        let mut current = String::new();
        for line in text.lines() {
            if let Some(notes) = line.strip_prefix("## ") {
                vendor.workspace |= notes.split(';').any(|note| note.trim() == "workspace");
            } else if let Some(header) = line.strip_prefix("# ") {
                current = vendor.module(header);
            } else if !line.trim().is_empty() && !line.starts_with('#') && !current.is_empty() {
                vendor.packages.insert(line.trim().to_owned(), current.clone());
            }
        }
        vendor
    }

    /// Reads `path [version] [=> path [version]]`. A line without a version only notes a replacement.
    fn module(&mut self, header: &str) -> String {
        let words: Vec<&str> = header.split_whitespace().collect();
        let (left, right) = match words.iter().position(|word| *word == "=>") {
            Some(arrow) => (words.get(..arrow), words.get(arrow + 1..)),
            None => (words.get(..), None),
        };
        let Some([path, version]) = left else { return String::new() };
        let replaced = right.and_then(|words| {
            let path = (*words.first()?).to_owned();
            let version = words.get(1).map_or_else(String::new, |version| (*version).to_owned());
            Some(Module { path, version })
        });
        let module = Vendored { version: (*version).to_owned(), replaced };
        self.modules.insert((*path).to_owned(), module);
        (*path).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_and_their_packages_are_read() {
        let vendor = Vendor::parse(
            "## workspace\n# a.b/c v1.2.3\n## explicit; go 1.18\na.b/c\na.b/c/d\n\
             # e/f v0.0.0 => ../f\n## explicit\ne/f\n# g v1.0.0 => h v1.1.0\ng/x\n# e/f => ../f\n",
        );
        assert!(vendor.workspace);
        assert_eq!(vendor.packages.get("a.b/c/d").map(String::as_str), Some("a.b/c"));
        assert_eq!(vendor.modules["a.b/c"].version, "v1.2.3");
        let replaced = vendor.modules["g"].replaced.clone().expect("replaced");
        assert_eq!((replaced.path.as_str(), replaced.version.as_str()), ("h", "v1.1.0"));
        assert_eq!(vendor.modules.len(), 3);
    }
}
