//! What does the name of a source folder say by itself?
//!
//! Names as the function table has them: rooted, trimmed to an import path, relative, or none at all.

use super::Package;
use crate::names::path_text;

/// The package that a folder's own path tells: a folder of the module cache, or below a vendor folder.
pub(super) fn said(folder: &[u8]) -> Option<Package> {
    let cached = find_after(folder, b"/pkg/mod/").filter(|path| path.contains(&b'@'));
    if let Some(cached) = cached {
        return Some(path_text(&without_case_marks(&without_version(cached))));
    }
    find_after(folder, b"/vendor/").map(path_text)
}

pub(super) fn is_standard(folder: &[u8]) -> bool {
    let first = folder.split(|b| *b == b'/').next().unwrap_or_default();
    !first.contains(&b'.')
}

/// Whether it is no import path: `go build -trimpath x.go` leaves `./x.go`, other builds leave a rooted path.
pub(super) fn is_local(folder: &[u8]) -> bool {
    folder.is_empty()
        || folder.starts_with(b".")
        || folder.starts_with(b"/")
        || folder.contains(&b':')
}

pub(super) fn ends_with_path(package: &[u8], folder: &[u8]) -> bool {
    package.strip_suffix(folder).is_some_and(|rest| rest.ends_with(b"/"))
}

pub(super) fn find_after<'a>(folder: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    let at = memchr::memmem::rfind(folder, mark)?;
    folder.get(at + mark.len()..)
}

/// `github.com/x/y@v1.2.3/z` is the folder of `github.com/x/y/z`.
pub(super) fn without_version(path: &[u8]) -> Vec<u8> {
    let Some(at) = memchr::memchr(b'@', path) else { return path.to_vec() };
    let (module, rest) = path.split_at(at);
    let tail = memchr::memchr(b'/', rest).and_then(|slash| rest.get(slash..)).unwrap_or_default();
    [module, tail].concat()
}

/// The module cache writes an upper-case letter as `!` and its lower-case form.
pub(super) fn without_case_marks(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    let mut upper = false;
    for byte in path {
        match byte {
            b'!' => upper = true,
            _ if upper => {
                out.push(byte.to_ascii_uppercase());
                upper = false;
            }
            _ => out.push(*byte),
        }
    }
    out
}

/// Whether the package `path` can be one of `module`.
pub(super) fn is_below(path: &str, module: &str) -> bool {
    let rest = path.strip_prefix(module).filter(|_| !module.is_empty());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A file name that tells no folder: `//line gen.go` leaves none, `../gen.go` up to go1.26 a relative one, and `go
/// build -trimpath x.go` leaves `./x.go`.
pub(super) fn is_bare(folder: &[u8]) -> bool {
    folder.is_empty() || folder.starts_with(b".")
}

/// Whether `replace` names a folder: a rooted path, or a relative one that begins with a dot (golang.org/ref/mod).
pub(super) fn is_folder(path: &str) -> bool {
    path.starts_with(['.', '/']) || path.as_bytes().get(1) == Some(&b':')
}

/// The module cache writes an upper-case letter as `!` and its lower-case form.
pub(super) fn with_case_marks(path: &str) -> String {
    let mark = |letter: char| match letter.is_ascii_uppercase() {
        true => format!("!{}", letter.to_ascii_lowercase()),
        false => letter.to_string(),
    };
    path.chars().map(mark).collect()
}

/// `path` joined to `root`.
pub(super) fn joined(root: &[u8], path: &str) -> Vec<u8> {
    let mut elements: Vec<&[u8]> = root.split(|byte| *byte == b'/').collect();
    for element in path.split('/') {
        match element {
            "" | "." => {}
            ".." if elements.len() > 1 => {
                elements.pop();
            }
            element => elements.push(element.as_bytes()),
        }
    }
    elements.join(&b'/')
}

/// `folder` up to the end of `wanted`, which must be whole path elements.
pub(super) fn root_at<'a>(folder: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let at = memchr::memmem::rfind(folder, wanted).filter(|_| !wanted.is_empty())?;
    let begins = at == 0 || folder.get(at - 1) == Some(&b'/');
    let root = folder.get(..at + wanted.len())?;
    (begins && is_within(folder, root)).then_some(root)
}

pub(super) fn is_within(folder: &[u8], root: &[u8]) -> bool {
    folder.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}
