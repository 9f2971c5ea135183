//! What an executable is and how much of it can be read: each document about an executable begins with this.
//!
//! ```no_run
//! use gonym::report::document::about::About;
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let about = About::new(&binary, "app", true);
//!     println!("{} for {}", about.format.word(), about.arch);
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

use serde::Serialize;

use crate::binary::{Binary, DebugState, LinkMode, Maker, NameList};
use crate::finding::Code;
use crate::image::Format;
use crate::printable::printable;
use crate::report::words::as_word;
use crate::report::{Place, Reported, hex};

/// An executable.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct About {
    /// The path as given.
    pub path: String,
    /// Architecture of the slice, in a fat file.
    pub slice: Option<String>,
    /// Name of the archive member.
    pub member: Option<String>,
    /// `elf`, `macho` or `pe`.
    #[serde(serialize_with = "as_word")]
    pub format: Format,
    /// Go's name of the operating system, where known.
    pub os: Option<String>,
    /// Go's name of the architecture.
    pub arch: String,
    /// Go's version as recorded.
    pub go: Option<String>,
    /// What made it.
    #[serde(serialize_with = "as_word")]
    pub toolchain: Maker,
    /// Import path of package main as recorded.
    pub main_path: Option<String>,
    /// Whose linker wrote it.
    #[serde(serialize_with = "as_word")]
    pub link_mode: LinkMode,
    /// The best list of names.
    #[serde(serialize_with = "as_word")]
    pub names: NameList,
    /// `full`, `partial` or `none`.
    #[serde(serialize_with = "as_word")]
    pub dwarf: DebugState,
    /// The file that symbols or debugging information come from, if not from this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debug_file: Option<String>,
    /// Whether the file holds everything that its headers promise.
    pub complete: bool,
    /// SHA-256 in hex of the file at `path`, whole also where the executable is a slice or member of it. None unless the
    /// file [was hashed](crate::input::File::hash).
    pub sha256: Option<String>,
    /// Codes of what weakens every verdict on this file. They are told only here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Code>,
}

impl About {
    /// Describes `binary`; `path` is its name in reports.
    #[must_use]
    pub fn new(binary: &Binary, path: &str, complete: bool) -> Self {
        let facts = binary.facts();
        Self {
            path: path.to_owned(),
            slice: binary.origin.slice().map(str::to_owned),
            member: binary.origin.member().map(printable),
            format: facts.format,
            os: facts.os.map(str::to_owned),
            arch: facts.arch.to_owned(),
            go: facts.go.map(|version| version.text.clone()),
            toolchain: facts.maker,
            main_path: facts.main_path.map(str::to_owned),
            link_mode: facts.link_mode,
            names: facts.names,
            dwarf: facts.dwarf,
            debug_file: facts.debug_file.map(|path| path.to_string_lossy().into_owned()),
            complete,
            sha256: binary.image.range.file().sha256().map(|hash| hex(hash)),
            warnings: if facts.outside_tables { vec![Code::GoOutsideTables] } else { Vec::new() },
        }
    }

    /// The executable as the place of a finding.
    #[must_use]
    pub fn place(&self) -> Place {
        Place::Binary {
            binary: self.path.clone(),
            slice: self.slice.clone(),
            member: self.member.clone(),
            address: None,
        }
    }

    /// What weakens every verdict on it.
    #[must_use]
    pub fn findings(&self) -> Vec<Reported> {
        self.warnings.iter().map(|code| Reported::plain(*code, self.place())).collect()
    }
}
