//! What was found, in the words and fields of the public interface.
//!
//! Commands build one of the documents below; [`json`] and [`text`] show it. The shape is stable:
//! fields are added, never renamed, and `schema` grows when a meaning changes. Everything that comes
//! out of a file passes through [`crate::printable`] on its way in here.

pub mod build;
mod chain;
pub mod codes;
mod fault;
pub mod json;
pub mod message;
mod rule;
pub mod scan;
pub mod source;
#[cfg(feature = "cli")]
pub mod text;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::finding::{Code, Finding};
use crate::linkname::claim::{Form, Kind};
use crate::outcome::Status;
use crate::printable::printable;
pub use chain::Told;
pub use fault::FaultEntry;
pub use rule::JudgedRule;
pub use source::{PairEntry, PermissionEntry, PlacedNote, SourceEntry, SourceGap};

/// Version of the JSON documents.
pub const SCHEMA: u32 = 1;

/// Who wrote a document.
#[derive(Clone, Debug, Serialize)]
pub struct Tool {
    /// `gonym`.
    pub name: &'static str,
    /// This crate's version.
    pub version: &'static str,
}

impl Default for Tool {
    fn default() -> Self {
        Self { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") }
    }
}

/// What `check` found.
#[derive(Clone, Debug, Serialize)]
pub struct CheckReport {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Who wrote it.
    pub tool: Tool,
    /// One entry per executable: a file, or a slice of a fat one.
    pub binaries: Vec<CheckedBinary>,
    /// Everything that is wrong with the inputs.
    pub faults: Vec<FaultEntry>,
    /// How often each verdict was given.
    pub summary: BTreeMap<&'static str, usize>,
    /// `holds`, `fails` or `incomplete` (an input is missing or damaged, or nothing was asked): what the
    /// exit codes 0, 1 and 3 say.
    pub result: Status,
}

/// One executable and what was judged on it.
#[derive(Clone, Debug, Serialize)]
pub struct CheckedBinary {
    /// What it is.
    #[serde(flatten)]
    pub about: About,
    /// The claims, in the order given.
    pub claims: Vec<JudgedClaim>,
    /// The rules, in the order given.
    pub rules: Vec<JudgedRule>,
    /// Directives that were judged and are not listed: by whose they are, how often each verdict was given.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub folded: BTreeMap<&'static str, BTreeMap<&'static str, usize>>,
    /// Comments that were meant as directives and claim nothing, with their place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mistakes: Vec<PlacedNote>,
    /// Modules whose source is missing, or may not be that of this build.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<SourceGap>,
    /// How many findings of level deny stand beside what was asked: beside the claims that are listed, and on
    /// lines that claim nothing.
    #[serde(skip)]
    pub denied: usize,
}

/// What an executable is and how much of it can be read.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// The path as given.
    pub path: String,
    /// Architecture of the slice, in a fat file.
    pub slice: Option<String>,
    /// Name of the archive member.
    pub member: Option<String>,
    /// `elf`, `macho` or `pe`.
    pub format: &'static str,
    /// Go's name of the operating system, where known.
    pub os: Option<String>,
    /// Go's name of the architecture.
    pub arch: String,
    /// Go's version as recorded.
    pub go: Option<String>,
    /// `gc`, or what else is known of its maker: `gccgo`, `tinygo`, `upx`, `none`.
    pub toolchain: &'static str,
    /// Import path of package main as recorded.
    pub main_path: Option<String>,
    /// `internal`, `external` or `unknown`.
    pub link_mode: &'static str,
    /// The best list of names: `symtab`, `pclntab` or `none`.
    pub names: &'static str,
    /// `full`, `partial` or `none`.
    pub dwarf: &'static str,
    /// The file that symbols or debugging information were taken from, if not this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debug_file: Option<String>,
    /// Whether everything that the headers promise is there.
    pub complete: bool,
    /// Not computed by this command.
    pub sha256: Option<String>,
    /// Codes of what weakens every verdict on this file; told once, here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Code>,
}

/// A claim with its judgement.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JudgedClaim {
    /// Local name as given.
    pub local: Name,
    /// The local name's bytes in hex, when they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_hex: Option<String>,
    /// Remote name as given.
    pub remote: Name,
    /// The remote name's bytes in hex, when they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_hex: Option<String>,
    /// The local package.
    pub package: String,
    /// How the directive is written, as far as known.
    pub form: Form,
    /// What the names stand for, as far as known.
    pub kind: Kind,
    /// What the evidence is about: one directive, or only the package.
    pub scope: &'static str,
    /// The directive's word, known from source only.
    pub word: Option<&'static str>,
    /// Who makes the claim.
    pub origin: OriginEntry,
    /// The verdict's word.
    pub verdict: &'static str,
    /// The reason's word.
    pub reason: &'static str,
    /// Whether that is what was asked for, `--allow-unused` and `--allow-unproven` counted in.
    pub holds: bool,
    /// Where the remote stands.
    pub address: Option<String>,
    /// Set for discoveries only.
    pub confidence: Option<&'static str>,
    /// The verdict in one sentence.
    pub message: String,
    /// Codes of what is remarkable beside the verdict.
    pub warnings: Vec<Code>,
    /// What the verdict rests on.
    pub evidence: Vec<EvidenceEntry>,
    /// The package that provides the remote's code or variable, where a witness says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// What source adds; nothing for a pair.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceEntry>,
    /// For a pair: whether its names stand in the source of its package.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub pair: Option<PairEntry>,
}

impl JudgedClaim {
    /// What to know beside the verdict, most severe first.
    pub fn notes(&self) -> impl Iterator<Item = &Finding> {
        let of_pair = self.pair.iter().flat_map(|pair| &pair.notes);
        self.source.iter().flat_map(|source| &source.notes).chain(of_pair)
    }
}

/// Who makes a claim, and where it stands.
#[derive(Clone, Debug, Serialize)]
pub struct OriginEntry {
    /// `argument` or `source`.
    #[serde(rename = "type")]
    pub origin: &'static str,
    /// The file that holds the claim, if one does.
    pub file: Option<String>,
    /// Its line there.
    pub line: Option<u32>,
}

/// A function at an instruction.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FrameEntry {
    /// Its name.
    pub function: Name,
    /// Its bytes in hex, when they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_hex: Option<String>,
    /// Its package.
    pub package: Option<String>,
    /// Source file of the instruction, or of the call of the frame before.
    pub file: Option<String>,
    /// Source line there.
    pub line: Option<u32>,
}

/// One fact.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum EvidenceEntry {
    /// An instruction that refers to the remote.
    Reference {
        /// `call`, `jump`, `funcval`, `address`, `load` or `store`.
        how: &'static str,
        /// The function it was written in.
        from: Name,
        /// Its bytes in hex, when they are not UTF-8.
        #[serde(skip_serializing_if = "Option::is_none")]
        from_hex: Option<String>,
        /// That function's package.
        from_package: Option<String>,
        /// The remote.
        to: Name,
        /// Address of the instruction.
        at: String,
        /// Source file.
        file: Option<String>,
        /// Source line.
        line: Option<u32>,
        /// The function that holds the instruction, where `from` was inlined.
        inlined_into: Option<Name>,
        /// Every function at the instruction, the innermost first, the one that holds it last.
        frames: Vec<FrameEntry>,
        /// Why it could exist without a linkname.
        #[serde(skip_serializing_if = "Option::is_none")]
        doubt: Option<&'static str>,
        /// The same in plain words.
        #[serde(skip)]
        told: Told,
    },
    /// A row of the symbol table.
    Symbol {
        /// Its name.
        name: Name,
        /// Its bytes in hex, when they are not UTF-8.
        #[serde(skip_serializing_if = "Option::is_none")]
        name_hex: Option<String>,
        /// Its address.
        address: String,
        /// Its size in bytes, where the format gives one.
        size: u64,
        /// Its section.
        section: String,
    },
    /// A function of pclntab, or one that was inlined.
    Function {
        /// Its name.
        name: Name,
        /// Its bytes in hex, when they are not UTF-8.
        #[serde(skip_serializing_if = "Option::is_none")]
        name_hex: Option<String>,
        /// Its entry, or where its body was copied to.
        address: String,
        /// The source file of its body.
        file: Option<String>,
        /// The package that its source belongs to.
        package: Option<String>,
        /// Whether only copies of its body are left.
        inlined: bool,
    },
    /// A unit of DWARF that defines a variable of the remote's name.
    Unit {
        /// The unit's name: of Go the package.
        name: Name,
    },
    /// A word of data that holds the address of a function value, or that points into a variable.
    Word {
        /// Where it stands.
        address: String,
        /// What it holds.
        value: String,
    },
    /// A name left to the dynamic loader.
    Import {
        /// The name.
        name: Name,
    },
}

/// What `aliases` found.
#[derive(Clone, Debug, Serialize)]
pub struct AliasReport {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Who wrote it.
    pub tool: Tool,
    /// One entry per executable.
    pub binaries: Vec<AliasedBinary>,
    /// Everything that is wrong with the inputs.
    pub faults: Vec<FaultEntry>,
}

/// One executable and its names that share an address.
#[derive(Clone, Debug, Serialize)]
pub struct AliasedBinary {
    /// What it is.
    #[serde(flatten)]
    pub about: About,
    /// The groups, in order of section and address.
    pub groups: Vec<AliasGroup>,
    /// How many groups there are that mean nothing and were left out.
    #[serde(rename = "groupsOmitted")]
    pub omitted: usize,
}

/// Names at one address.
#[derive(Clone, Debug, Serialize)]
pub struct AliasGroup {
    /// The address.
    pub address: String,
    /// The section.
    pub section: String,
    /// The names, sorted.
    pub names: Vec<AliasName>,
}

/// One of several names at an address.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AliasName {
    /// The name.
    pub name: Name,
    /// The name's bytes in hex, when they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_hex: Option<String>,
    /// What it is there: `alias`, `marker`, …
    pub class: &'static str,
}

/// A name out of a file: bytes inside, and shown only in a harmless form.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(Vec<u8>);

impl Name {
    /// The name in these bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// Its bytes in hex, when they are not UTF-8 and a document must carry them beside the text.
    #[must_use]
    pub fn hex(&self) -> Option<String> {
        std::str::from_utf8(&self.0)
            .is_err()
            .then(|| self.0.iter().map(|b| format!("{b:02x}")).collect())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.0))
    }
}

/// The exact text where it is UTF-8 (the writer escapes what could steer a terminal), else the
/// printable form.
impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.serialize_str(&printable(&self.0)),
        }
    }
}

/// An address as documents write it.
#[must_use]
pub fn address(value: u64) -> String {
    format!("{value:#x}")
}
