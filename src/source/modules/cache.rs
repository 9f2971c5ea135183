//! What is a module's folder called in the module cache?
//!
//! Upper-case letters are written as `!` and the lower-case letter, because some file systems ignore case
//! (golang.org/x/mod/module, EscapePath and EscapeVersion).

use std::path::{Path, PathBuf};

use super::GoMod;

/// `path` or `version` as the module cache spells it.
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

/// Whether `folder` is a module's folder in a module cache, or below one. Other folders may be called `proj@v1.2.3`
/// too.
#[must_use]
pub fn is_cached(folder: &Path) -> bool {
    versioned(folder).any(|root| {
        let below_cache = || root.ancestors().any(|above| above.join("cache/download").is_dir());
        slashed(root).contains("/pkg/mod/") || below_cache()
    })
}

/// Whether `folder` is in a copy of a module cache: a module with its whole path and version as a cache spells them.
#[must_use]
pub fn is_copy_of_cached(folder: &Path) -> bool {
    versioned(folder).any(|root| match GoMod::read(&root.join("go.mod")) {
        None => true,
        Some(said) => slashed(root).contains(&format!("/{}@v", escaped(&said.module))),
    })
}

/// The folders from this one upwards that have a version in their names.
fn versioned(folder: &Path) -> impl Iterator<Item = &Path> {
    folder
        .ancestors()
        .filter(|path| path.file_name().is_some_and(|name| is_versioned(&name.to_string_lossy())))
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Whether a folder is named as a module is in the cache: `sys@v0.1.2`. Other folders have an `@` too, such as the
/// second workspace of a CI job.
fn is_versioned(folder: &str) -> bool {
    let version = folder.rsplit_once("@v").map(|(_, version)| version).unwrap_or_default();
    let mut parts = version.splitn(3, '.');
    let number = |part: Option<&str>| {
        part.is_some_and(|part| part.starts_with(|first: char| first.is_ascii_digit()))
    };
    number(parts.next()) && number(parts.next()) && number(parts.next())
}

/// The folder of a module in the cache at `root`, whether or not it exists.
///
/// `None` for names that could lead out of the cache: a binary may record anything.
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

    /// Fault D4: a project's own folder may be named like one of the cache.
    #[test]
    fn fault_d4_folders_that_only_look_cached() {
        let name = format!("gonym-cached-{}", std::process::id());
        let root = std::env::temp_dir().join(name);
        let folder = |path: &str, module: &str| {
            let folder = root.join(path);
            std::fs::create_dir_all(folder.join("sub")).expect("a folder");
            if !module.is_empty() {
                std::fs::write(folder.join("go.mod"), format!("module {module}\n"))
                    .expect("a file");
            }
            folder.join("sub")
        };
        std::fs::create_dir_all(root.join("own/cache/download")).expect("a folder");
        for (path, module, cached, copied) in [
            ("proj@v1.2.3", "example.com/q", false, false),
            ("copy/example.com/q@v1.2.3", "example.com/q", false, true),
            ("copy/example.com/old@v1.2.3", "", false, true),
            ("go/pkg/mod/example.com/fork@v1.2.3", "example.com/q", true, false),
            ("own/example.com/fork@v1.2.3", "example.com/q", true, false),
        ] {
            let folder = folder(path, module);
            assert_eq!(
                (is_cached(&folder), is_copy_of_cached(&folder)),
                (cached, copied),
                "{path}"
            );
        }
        std::fs::remove_dir_all(root).expect("a folder");
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
