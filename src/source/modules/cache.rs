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
    fn a_module_cannot_leave_the_cache() {
        for (path, version) in
            [("../x", "v1"), ("/etc", "v1"), ("a", "v1/../.."), ("", "v1"), ("a", "")]
        {
            assert_eq!(cached(Path::new("c"), path, version), None);
        }
    }
}
