//! `info`: what one executable is, how it was built, and what was taken from it.
//!
//! ```no_run
//! use gonym::report::document::info::InformedBinary;
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let document = InformedBinary::new(&binary, "app", true, None);
//!     println!("{} modules", document.modules.len());
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

use std::collections::BTreeMap;
#[cfg(feature = "cli")]
use std::io::{self, Write};

use serde::Serialize;

use super::Document;
use super::about::About;
use crate::binary::{Binary, Missing, Switch, Switches};
use crate::finding::Owner;
use crate::golang::buildinfo;
use crate::image::FileKind;
use crate::linkname::discover::{Confidence, Discovered, Linkname};
use crate::linkname::evidence::SearchGap;
use crate::outcome::Outcome;
use crate::printable::printable;
#[cfg(feature = "cli")]
use crate::report::Detail;
use crate::report::name::{Field, Name};
#[cfg(feature = "cli")]
use crate::report::render::text;
use crate::report::wording;
use crate::report::words::{Worded, as_word, as_word_or_null};
use crate::report::{Command, Reported, hex};

/// One executable and what it says about itself.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InformedBinary {
    /// What it is.
    #[serde(flatten)]
    pub about: About,
    /// `executable`, `position-independent` (a PIE or a shared library), `object` or `other`.
    #[serde(serialize_with = "as_word")]
    pub kind: FileKind,
    /// Bytes: of the slice or member, where it is one.
    pub size: u64,
    /// The main module.
    pub module: Option<ModuleEntry>,
    /// The other modules, in the order recorded.
    pub modules: Vec<ModuleEntry>,
    /// The build settings, in the order recorded.
    pub settings: Vec<SettingEntry>,
    /// Switches of the build, recorded or seen in the code.
    pub switches: SwitchesEntry,
    /// Shared libraries that the loader must find, in the file's order.
    #[serde(flatten)]
    pub libraries: Field<Vec<Name>>,
    /// Go names that nothing in it defines.
    #[serde(flatten)]
    pub undefined_go: Field<Vec<Name>>,
    /// Whether it takes such names from Go's own shared libraries (`-linkshared`).
    pub go_libraries: bool,
    /// Which build it is.
    pub build_ids: BuildIds,
    /// What it lacks, and what that costs.
    pub missing: Vec<MissingEntry>,
    /// With `--linknames`: how many it betrays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linknames: Option<LinknameCounts>,
}

/// A module of the build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ModuleEntry {
    /// Module path.
    pub path: String,
    /// As recorded: `v1.2.3`, `(devel)` or empty.
    pub version: String,
    /// What a `replace` line put in its place.
    pub replace: Option<Replacement>,
}

/// What stands for a module: a folder, without version, or another module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Replacement {
    /// Module path or folder.
    pub path: String,
    /// Its version; empty for a folder.
    pub version: String,
}

/// A build setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SettingEntry {
    /// `GOOS`, `-ldflags`, `vcs.revision`, …
    pub key: String,
    /// As recorded.
    pub value: String,
}

/// The switches; each is `on`, `off` or `unknown`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SwitchesEntry {
    /// `-race`.
    #[serde(serialize_with = "as_word")]
    pub race: Switch,
    /// `-msan`.
    #[serde(serialize_with = "as_word")]
    pub msan: Switch,
    /// `-asan`.
    #[serde(serialize_with = "as_word")]
    pub asan: Switch,
    /// `-cover`.
    #[serde(serialize_with = "as_word")]
    pub cover: Switch,
    /// `-ldflags=-checklinkname=0`; `unknown` where the flags are not recorded.
    #[serde(rename = "checklinkname0", serialize_with = "as_word")]
    pub unchecked_linknames: Switch,
    /// Flags of the system's linker that leave undefined names alone: calls of them lead to address 0.
    #[serde(serialize_with = "as_word")]
    pub ignores_undefined: Switch,
    /// GOEXPERIMENT.
    pub experiments: Vec<String>,
    /// GOFIPS140, unless it is off.
    pub fips140: Option<String>,
    /// `fips140` of DefaultGODEBUG: what the program does unless GODEBUG says otherwise.
    pub fips140_mode: Option<String>,
}

/// The identifications that a file carries; null where there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BuildIds {
    /// What `go tool buildid` prints.
    pub go: Option<String>,
    /// The system linker's note, in hex.
    pub gnu: Option<String>,
    /// Mach-O's, in hex.
    pub uuid: Option<String>,
    /// The debug file that `.gnu_debuglink` names.
    pub debug_link: Option<String>,
}

/// A part that is not there.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct MissingEntry {
    /// `symbols`, `dwarf`, `some-dwarf`, `functions`, `inline-trees`, `build-information` or `linker-flags`.
    #[serde(serialize_with = "as_word")]
    pub part: Missing,
    /// What that costs which command.
    pub costs: Vec<Cost>,
}

/// What a command cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cost {
    /// The command's word.
    pub command: &'static str,
    /// What is lost, in a few words.
    pub message: &'static str,
}

/// How many linknames a binary betrays.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LinknameCounts {
    /// By whose they are, and by confidence.
    pub counts: BTreeMap<Owner, BTreeMap<&'static str, usize>>,
    /// How many firm pulls outside Go's own packages the linker refuses without `-checklinkname=0`.
    pub needs_checklinkname0: usize,
    /// Why code was not searched, so that no pull was found.
    #[serde(serialize_with = "as_word_or_null")]
    pub gap: Option<SearchGap>,
    /// The gap in words.
    #[serde(skip)]
    pub why: Option<&'static str>,
}

/// How many executables there are.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct InfoSummary {
    /// All.
    pub binaries: usize,
}

impl InformedBinary {
    /// The document about `binary`; `path` is its name in reports. `found` are its linknames, if they are asked for.
    #[must_use]
    pub fn new(binary: &Binary, path: &str, complete: bool, found: Option<&Discovered>) -> Self {
        let build = binary.build();
        let undefined = binary.undefined_go();
        let settings = build.map(|build| build.settings.as_slice()).unwrap_or_default();
        let modules = build.map(|build| build.deps.as_slice()).unwrap_or_default();
        Self {
            about: About::new(binary, path, complete),
            kind: binary.image.kind,
            size: binary.image.range.len(),
            module: build.and_then(|build| build.main.as_ref()).map(module),
            modules: modules.iter().map(module).collect(),
            settings: settings.iter().map(setting).collect(),
            switches: switches(binary.switches()),
            libraries: names("libraries", binary.dynamic().libraries.iter().map(Vec::as_slice)),
            undefined_go: names("undefinedGo", undefined.names.iter().copied()),
            go_libraries: undefined.from_go_library,
            build_ids: build_ids(binary),
            missing: missing(&binary.missing()),
            linknames: found.map(counts),
        }
    }

    /// The recorded value of one setting.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.iter().find(|one| one.key == key).map(|one| one.value.as_str())
    }
}

fn module(module: &buildinfo::Module) -> ModuleEntry {
    let replace = module.replace.clone();
    ModuleEntry {
        path: module.path.clone(),
        version: module.version.clone(),
        replace: replace.map(|(path, version)| Replacement { path, version }),
    }
}

fn setting((key, value): &(String, String)) -> SettingEntry {
    SettingEntry { key: key.clone(), value: value.clone() }
}

fn switches(switches: Switches) -> SwitchesEntry {
    SwitchesEntry {
        race: switches.race,
        msan: switches.msan,
        asan: switches.asan,
        cover: switches.cover,
        unchecked_linknames: switches.unchecked_linknames,
        ignores_undefined: switches.ignores_undefined,
        experiments: switches.experiments,
        fips140: switches.fips140,
        fips140_mode: switches.fips140_mode,
    }
}

fn names<'a>(key: &'static str, names: impl Iterator<Item = &'a [u8]>) -> Field<Vec<Name>> {
    Field::new(key, names.map(Name::new).collect())
}

fn build_ids(binary: &Binary) -> BuildIds {
    let identity = binary.image.identity();
    BuildIds {
        go: identity.go_build_id.map(|id| printable(&id)),
        gnu: identity.build_id.map(|id| hex(&id)),
        uuid: identity.uuid.map(|id| hex(&id)),
        debug_link: identity.debug_link.map(|link| printable(&link.name)),
    }
}

fn missing(all: &[Missing]) -> Vec<MissingEntry> {
    let cost = |(command, message): &(&'static str, &'static str)| Cost { command, message };
    let entry = |part: &Missing| MissingEntry {
        part: *part,
        costs: wording::costs(*part, all).iter().map(cost).collect(),
    };
    all.iter().map(entry).collect()
}

fn counts(found: &Discovered) -> LinknameCounts {
    let mut counts: BTreeMap<Owner, BTreeMap<&'static str, usize>> = BTreeMap::new();
    for one in &found.linknames {
        let of_owner = counts.entry(one.owner).or_default();
        *of_owner.entry(one.confidence.word()).or_default() += 1;
    }
    let needs = |one: &&Linkname| {
        let firm = one.owner != Owner::Std && one.confidence == Confidence::Firm;
        firm && one.permit.as_ref().is_some_and(|permit| permit.needs_flag)
    };
    LinknameCounts {
        counts,
        needs_checklinkname0: found.linknames.iter().filter(needs).count(),
        gap: found.gap,
        why: found.gap.map(wording::not_searched),
    }
}

impl Document for InformedBinary {
    type Summary = InfoSummary;

    const COMMAND: Command = Command::Info;
    const LISTED_AS: Option<&'static str> = Some("binaries");

    fn findings(&self) -> Vec<Reported> {
        self.about.findings()
    }

    fn count(&self, summary: &mut InfoSummary) {
        summary.binaries += 1;
    }

    fn outcome(&self) -> Outcome {
        Outcome::SHOWN
    }

    #[cfg(feature = "cli")]
    fn text(&self, out: &mut dyn Write, detail: Detail) -> io::Result<()> {
        text::info::binary(out, self, detail)
    }
}
