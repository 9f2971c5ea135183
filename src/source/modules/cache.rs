//! Under which name does a module lie in the module cache?
//!
//! Upper-case letters are written as `!` and the lower-case letter, because file systems fold case
//! (golang.org/x/mod/module, EscapePath and EscapeVersion).

use std::path::{Path, PathBuf};

/// `path` or `version` as the cache writes it.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_uppercase() {
            name.push('!');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

/// Whether a folder is named as the cache names a module's: `sys@v0.1.2`. Other folders have an `@` too, such as the
/// second workspace of a job.
#[must_use]
pub fn is_versioned(folder: &str) -> bool {
    let version = folder.rsplit_once("@v").map(|(_, version)| version).unwrap_or_default();
    let mut parts = version.splitn(3, '.');
    let number = |part: Option<&str>| {
        part.is_some_and(|part| part.starts_with(|first: char| first.is_ascii_digit()))
    };
    number(parts.next()) && number(parts.next()) && number(parts.next())
}

/// The folder of a module in the cache at `root`, whether or not it is there.
///
/// `None` for names that could leave the cache: what a binary records is not to be trusted.
#[must_use]
pub fn cached(root: &Path, path: &str, version: &str) -> Option<PathBuf> {
    let plain = |text: &str| {
        !text.is_empty()
            && !text.contains(['\\', ':', '\0'])
            && text.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
    };
    let fine = plain(path) && plain(version) && !version.contains('/');
    fine.then(|| root.join(format!("{}@{}", escaped(path), escaped(version))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_case_is_escaped() {
        let folder = cached(Path::new("c"), "github.com/Azure/Sdk", "v1.0.0-RC1");
        assert_eq!(folder.as_deref(), Some(Path::new("c/github.com/!azure/!sdk@v1.0.0-!r!c1")));
    }

    #[test]
    fn folders_with_a_version() {
        for name in ["sys@v0.1.2", "m@v1.0.0-2026.x", "!azure@v1.2.3+incompatible"] {
            assert!(is_versioned(name), "{name}");
        }
        for name in ["app", "work@2", "work@v2", "job@v2.1", "a@version.of.it"] {
            assert!(!is_versioned(name), "{name}");
        }
    }

    #[test]
    fn a_module_cannot_leave_the_cache() {
        for (path, version) in
            [("../x", "v1"), ("/etc", "v1"), ("a", "v1/../.."), ("", "v1"), ("a", "")]
        {
            assert_eq!(cached(Path::new("c"), path, version), None);
        }
    }
}
