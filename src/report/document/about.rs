//! What an executable is and how much of it can be read: each document about an executable begins with this.

use serde::{Serialize, Serializer};

use crate::binary::{Binary, DebugState};
use crate::error::FaultCode;
use crate::finding::Code;
use crate::golang::toolchain::Toolchain;
use crate::image::Format;
use crate::linkname::evidence::{Witness, name_witnesses};
use crate::printable::printable;
use crate::report::words::as_word;
use crate::report::{Place, Reported};
use crate::rules;

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
    /// The toolchain that made it.
    pub toolchain: Maker,
    /// Import path of package main as recorded.
    pub main_path: Option<String>,
    /// Which linker wrote it.
    pub link_mode: LinkMode,
    /// The best list of names.
    pub names: NameList,
    /// `full`, `partial` or `none`.
    #[serde(serialize_with = "as_word")]
    pub dwarf: DebugState,
    /// The file that symbols or debugging information come from, if not from this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debug_file: Option<String>,
    /// Whether the file holds everything that its headers promise.
    pub complete: bool,
    /// Not computed by this command.
    pub sha256: Option<String>,
    /// Codes of what weakens every verdict on this file. They are told only here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Code>,
}

/// The toolchain that made an executable: `gc`, or the word of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Maker {
    /// Go's own toolchain.
    Gc,
    /// Another toolchain, or not a Go program.
    Other(Toolchain),
}

impl Serialize for Maker {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(match self {
            Self::Gc => "gc",
            Self::Other(toolchain) => toolchain.word(),
        })
    }
}

/// Which linker wrote an executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LinkMode {
    /// Go's linker.
    Internal,
    /// The system's linker.
    External,
    /// Nothing says.
    Unknown,
}

/// The best list of names that an executable has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NameList {
    /// The symbol table.
    Symtab,
    /// Go's function table: a stripped file.
    Pclntab,
    /// None.
    None,
}

impl About {
    /// Describes `binary`; `path` is its name in reports.
    #[must_use]
    pub fn new(binary: &Binary, path: &str, complete: bool) -> Self {
        let build = binary.build();
        let functions = binary.functions().ok();
        let witnesses = name_witnesses(binary, functions);
        let recorded = |key| build.and_then(|build| build.setting(key)).map(str::to_owned);
        let from_header = Some(binary.image.os.to_owned()).filter(|os| !os.is_empty());
        let from_runtime = functions.and_then(|functions| functions.goos()).map(str::to_owned);
        let main_path = build.map(|build| build.path.clone()).filter(|path| !path.is_empty());
        Self {
            path: path.to_owned(),
            slice: binary.slice.clone(),
            member: binary.member.as_deref().map(printable),
            format: binary.image.format,
            os: recorded("GOOS").or(from_header).or(from_runtime),
            arch: binary.image.arch.clone(),
            go: build.map(|build| build.version.text.clone()),
            toolchain: maker(binary),
            main_path,
            link_mode: match binary.image.external_link {
                Some(true) => LinkMode::External,
                Some(false) => LinkMode::Internal,
                None => LinkMode::Unknown,
            },
            // A truncated symbol table gives no names, although it may have held some.
            names: match (witnesses.symtab, functions) {
                (Witness::Whole, _) => NameList::Symtab,
                (_, Some(_)) => NameList::Pclntab,
                (_, None) => NameList::None,
            },
            dwarf: binary.debug_state(),
            debug_file: binary.debug_file().map(|path| path.to_string_lossy().into_owned()),
            complete,
            sha256: None,
            warnings: if outside_tables(binary) { vec![Code::GoOutsideTables] } else { Vec::new() },
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

/// Whether it is a Go program whose version is newer or older than the tables, is no release, or is not recorded.
fn outside_tables(binary: &Binary) -> bool {
    let version = binary.build().map(|build| &build.version);
    let gc = version.is_some() || binary.functions().is_ok();
    let known = version.and_then(|version| version.known_minor());
    gc && known.is_none_or(|minor| minor < rules::OLDEST_MINOR)
}

/// The toolchain that made the file. A function table or build information means the gc toolchain.
fn maker(binary: &Binary) -> Maker {
    match binary.functions() {
        Err(fault) if fault.code == FaultCode::NotExecutable && binary.build().is_none() => {
            match binary.toolchain() {
                // In a whole file a Go mark proves nothing: a C program may hold the mark of a library.
                Toolchain::NotGo if !binary.image.faults.is_empty() && binary.has_go_mark() => {
                    Maker::Gc
                }
                toolchain => Maker::Other(toolchain),
            }
        }
        _ => Maker::Gc,
    }
}
