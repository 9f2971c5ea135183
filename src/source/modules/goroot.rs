//! Which Go installation holds the source of a Go version?
//!
//! The first line of the file `VERSION` tells an installation's version. An installation of another version is an
//! answer too, and is reported as such.

use std::fs;
use std::path::{Path, PathBuf};

/// A Go installation with source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goroot {
    /// The folder that holds `src`.
    pub folder: PathBuf,
    /// `go1.27.3`; empty if it records none.
    pub version: String,
}

impl Goroot {
    /// The installation at `folder`, if it holds source.
    #[must_use]
    pub fn at(folder: &Path) -> Option<Self> {
        if !folder.join("src/runtime").is_dir() {
            return None;
        }
        let text = fs::read_to_string(folder.join("VERSION")).unwrap_or_default();
        let version = text.lines().next().unwrap_or_default().trim().to_owned();
        Some(Self { folder: folder.to_owned(), version })
    }

    /// `27` of go1.27.3.
    #[must_use]
    pub fn minor(&self) -> Option<u16> {
        numbers(&self.version).map(|(minor, _)| minor)
    }
}

/// The best of `candidates` for `version`: the same version, else the nearest patch of the same minor version, else
/// the nearest minor version. If several are equal, the first one.
#[must_use]
pub fn find_goroot(candidates: &[PathBuf], version: &str) -> Option<Goroot> {
    let (minor, patch) = numbers(version).unwrap_or_default();
    let mut best: Option<(bool, u16, u16, Goroot)> = None;
    for goroot in candidates.iter().filter_map(|folder| Goroot::at(folder)) {
        let (its_minor, its_patch) = numbers(&goroot.version).unwrap_or_default();
        let distance =
            (goroot.version != version, its_minor.abs_diff(minor), its_patch.abs_diff(patch));
        if best.as_ref().is_none_or(|(other, a, b, _)| distance < (*other, *a, *b)) {
            best = Some((distance.0, distance.1, distance.2, goroot));
        }
    }
    best.map(|(.., goroot)| goroot)
}

/// Minor and patch.
fn numbers(version: &str) -> Option<(u16, u16)> {
    let mut parts = version.strip_prefix("go1.")?.split(|c: char| !c.is_ascii_digit());
    let minor = parts.next()?.parse().ok()?;
    Some((minor, parts.next().and_then(|text| text.parse().ok()).unwrap_or(0)))
}
