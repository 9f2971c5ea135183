//! With which switches was the program built, and does the file tell?
//!
//! The go command records most of them (cmd/go/internal/load/pkg.go, setBuildInfo). What it does not record, the code
//! shows: measured on hello programs of Go 1.18 to 1.27, `-race` is always recorded, `-cover` from 1.23 on only, and
//! with `-trimpath` the flags of the linker are dropped. Other builders record no setting at all.

use super::Binary;
use crate::golang::ldflags::Ldflags;

/// Whether a switch was on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// It was.
    On,
    /// It was not.
    Off,
    /// Nothing tells.
    Unknown,
}

impl Switch {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Unknown => "unknown",
        }
    }
}

/// The switches that change what a program does or what is checked about it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Switches {
    /// `-race`.
    pub race: Switch,
    /// `-msan`.
    pub msan: Switch,
    /// `-asan`.
    pub asan: Switch,
    /// `-cover`.
    pub cover: Switch,
    /// The system's linker was told, by recorded flags, to leave undefined names alone: calls of them lead to address 0,
    /// and an executable keeps no name of them (measured: 1.22.12, 1.27.4).
    pub ignores_undefined: Switch,
    /// `-ldflags=-checklinkname=0`: linknames were left unchecked.
    pub unchecked_linknames: Switch,
    /// Experiments that GOEXPERIMENT named, sorted.
    pub experiments: Vec<String>,
    /// GOFIPS140: the frozen module that the cryptography comes from, or `latest`.
    pub fips140: Option<String>,
    /// `fips140` of the recorded DefaultGODEBUG: `on`, `only` or `debug`.
    pub fips140_mode: Option<String>,
}

/// A switch that adds calls to every function, and a function of the runtime that only such calls bring along.
struct Instrument {
    setting: &'static str,
    function: &'static [u8],
}

/// src/runtime/race_amd64.s and its like, msan_amd64.s, asan_amd64.s: without the switch the files are left out, and
/// what stands for them is never called.
const RACE: Instrument = Instrument { setting: "-race", function: b"runtime.racefuncenter" };
const MSAN: Instrument = Instrument { setting: "-msan", function: b"runtime.msanread" };
const ASAN: Instrument = Instrument { setting: "-asan", function: b"runtime.asanread" };
/// cmd/compile/internal/coverage has the initialiser of each package call it, `runtime/coverage` does not.
const COVER: Instrument = Instrument { setting: "-cover", function: b"runtime.addCovMeta" };

/// What GNU's and LLVM's linkers, and Apple's, take for leave to keep undefined names.
const IGNORING: [&[u8]; 4] = [
    b"unresolved-symbols=ignore",
    b"--warn-unresolved-symbols",
    b"dynamic_lookup",
    b"-undefined,suppress",
];

impl Binary {
    /// The switches that the program was built with, as far as the file tells.
    #[must_use]
    pub fn switches(&self) -> Switches {
        let recorded = |key| self.build().and_then(|build| build.setting(key));
        let mode = recorded("DefaultGODEBUG")
            .and_then(|text| text.split(',').find_map(|pair| pair.trim().strip_prefix("fips140=")));
        Switches {
            race: self.instrumented(&RACE),
            msan: self.instrumented(&MSAN),
            asan: self.instrumented(&ASAN),
            cover: self.instrumented(&COVER),
            ignores_undefined: self.of_flags(|text| {
                IGNORING.iter().any(|flag| memchr::memmem::find(text.as_bytes(), flag).is_some())
            }),
            unchecked_linknames: self.of_flags(|text| Ldflags::parse(text).unchecked_linknames),
            experiments: self.experiments(),
            fips140: recorded("GOFIPS140").filter(|word| *word != "off").map(str::to_owned),
            fips140_mode: mode.map(str::to_owned),
        }
    }

    fn instrumented(&self, switch: &Instrument) -> Switch {
        let recorded = self.build().and_then(|build| build.setting(switch.setting));
        match (recorded, self.functions()) {
            (Some("true"), _) => Switch::On,
            (_, Ok(functions)) if functions.named(switch.function).next().is_some() => Switch::On,
            (_, Ok(functions)) if functions.table.fault().is_none() => Switch::Off,
            _ => Switch::Unknown,
        }
    }

    /// What the recorded flags of the linker say.
    fn of_flags(&self, says: impl Fn(&str) -> bool) -> Switch {
        match self.build().and_then(|build| build.setting("-ldflags")) {
            Some(text) if says(text) => Switch::On,
            Some(_) => Switch::Off,
            // The go command records the flags that it was given, but not with -trimpath.
            None if self.drops_flags() => Switch::Unknown,
            None => Switch::Off,
        }
    }

    /// Whether flags of the linker would not have been recorded: with `-trimpath`, or by another builder.
    #[must_use]
    pub fn drops_flags(&self) -> bool {
        let Some(build) = self.build() else { return true };
        build.settings.is_empty() || build.setting("-trimpath") == Some("true")
    }

    /// GOEXPERIMENT is recorded as a setting, and what differs from the release's own choice in the version.
    fn experiments(&self) -> Vec<String> {
        let Some(build) = self.build() else { return Vec::new() };
        let setting = build.setting("GOEXPERIMENT").unwrap_or_default();
        let both = setting.split(',').chain(build.version.experiments.split(','));
        let mut all: Vec<String> =
            both.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        all.sort();
        all.dedup();
        all
    }
}
