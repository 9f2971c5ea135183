//! Which tags does the toolchain itself satisfy: experiments and instruction-set levels?
//!
//! Measured with `go list -f '{{context.ToolTags}}' runtime` of Go 1.19.13, 1.20.14, 1.21.13, 1.22.12, 1.23.12,
//! 1.24.13, 1.25.14, 1.26.11 and 1.27.4 for nineteen platforms (tests/source_selection.rs repeats it). These tags
//! choose between files of Go's own source, so a wrong tag selects the wrong half of a package.

use std::collections::{BTreeMap, BTreeSet};

/// The platforms on which an experiment is on by default.
#[derive(Clone, Copy)]
enum Where {
    Everywhere,
    /// Platforms with an atomic exchange of bytes.
    Exchange,
    /// All but macOS, iOS and AIX, whose linkers cannot take DWARF 5.
    ModernDwarf,
}

/// An experiment, and the first and last minor version that has it on by default.
const DEFAULTS: &[(&str, u16, u16, Where)] = &[
    ("unified", 20, 20, Where::Everywhere),
    ("coverageredesign", 20, 24, Where::Everywhere),
    ("allocheaders", 22, 22, Where::Everywhere),
    ("exectracer2", 22, 22, Where::Everywhere),
    ("aliastypeparams", 24, 25, Where::Everywhere),
    ("swissmap", 24, 25, Where::Everywhere),
    ("spinbitmutex", 24, 24, Where::Exchange),
    ("synchashtriemap", 24, 25, Where::Everywhere),
    ("dwarf5", 25, u16::MAX, Where::ModernDwarf),
    ("greenteagc", 26, u16::MAX, Where::Everywhere),
    ("randomizedheapbase64", 26, u16::MAX, Where::Everywhere),
    ("jsonv2", 27, u16::MAX, Where::Everywhere),
    ("sizespecializedmalloc", 27, u16::MAX, Where::Everywhere),
];

/// The experiments that are on: the defaults of Go 1.`minor`, changed by what GOEXPERIMENT says.
pub(super) fn experiments(minor: u16, goos: &str, goarch: &str, asked: &str) -> BTreeSet<String> {
    let here = |place: Where| match place {
        Where::Everywhere => true,
        Where::Exchange => ["386", "amd64", "arm", "arm64", "ppc64", "ppc64le"].contains(&goarch),
        Where::ModernDwarf => !["darwin", "ios", "aix"].contains(&goos),
    };
    let mut on: BTreeSet<String> = DEFAULTS
        .iter()
        .filter(|(_, first, last, place)| (*first..=*last).contains(&minor) && here(*place))
        .map(|(name, ..)| (*name).to_owned())
        .collect();
    for word in asked.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        apply(word, &mut on);
    }
    // Not even GOEXPERIMENT=none changes the calling convention of a platform.
    for name in ["regabiwrappers", "regabiargs"] {
        if has_registers(minor, goarch) {
            on.insert(name.to_owned());
        } else {
            on.remove(name);
        }
    }
    on
}

/// Whether functions of the platform take arguments in registers: two experiments that are always on.
fn has_registers(minor: u16, goarch: &str) -> bool {
    match goarch {
        "amd64" | "arm64" | "ppc64" | "ppc64le" | "riscv64" => true,
        "loong64" => minor >= 22,
        "s390x" => minor >= 26,
        _ => false,
    }
}

/// One word of GOEXPERIMENT (internal/buildcfg, ParseGOEXPERIMENT).
fn apply(word: &str, on: &mut BTreeSet<String>) {
    match (word, word.strip_prefix("no")) {
        ("none", _) => on.clear(),
        ("regabi" | "noregabi", _) => {} // decided by the port
        (_, Some(name)) => {
            on.remove(name);
        }
        (_, None) => {
            on.insert(word.to_owned());
        }
    }
}

/// The tags of the instruction set, from 1.20 on: every level up to the one that is built for.
pub(super) fn levels(minor: u16, goarch: &str, settings: &BTreeMap<String, String>) -> Vec<String> {
    if minor < 20 {
        return Vec::new();
    }
    let setting = |name: &str, default: &str| {
        let value = settings.get(name).map_or("", String::as_str);
        if value.is_empty() { default.to_owned() } else { value.to_owned() }
    };
    let words = match goarch {
        "386" => vec![setting("GO386", "sse2")],
        "amd64" => up_to(1, &setting("GOAMD64", "v1"), "v"),
        // The toolchain of 1.20 was built with 5 as the default, later ones with 7.
        "arm" => up_to(5, &setting("GOARM", if minor == 20 { "5" } else { "7" }), ""),
        "arm64" if minor >= 23 => arm64(&setting("GOARM64", "v8.0")),
        "mips" | "mipsle" => vec![setting("GOMIPS", "hardfloat")],
        "mips64" | "mips64le" => vec![setting("GOMIPS64", "hardfloat")],
        "ppc64" | "ppc64le" => up_to(8, &setting("GOPPC64", "power8"), "power"),
        "riscv64" if minor >= 23 => riscv(&setting("GORISCV64", "rva20u64")),
        "wasm" => wasm(minor, &setting("GOWASM", "")),
        _ => Vec::new(),
    };
    words.into_iter().map(|word| format!("{goarch}.{word}")).collect()
}

/// `prefix`N for every N from `first` to the number in `value`; options after a comma are no levels.
fn up_to(first: u32, value: &str, prefix: &str) -> Vec<String> {
    let number = value.split(',').next().and_then(|word| word.strip_prefix(prefix)?.parse().ok());
    let last: u32 = number.unwrap_or(first);
    (first..=last.min(first + 16)).map(|level| format!("{prefix}{level}")).collect()
}

/// v9.N includes v8.(N+5).
fn arm64(value: &str) -> Vec<String> {
    let version = value.split(',').next().unwrap_or_default();
    let numbers = version.strip_prefix('v').and_then(|rest| rest.split_once('.'));
    let parse = |(major, minor): (&str, &str)| Some((major.parse().ok()?, minor.parse().ok()?));
    let (major, minor): (u32, u32) = numbers.and_then(parse).unwrap_or((8, 0));
    let levels = |major: u32, last: u32| (0..=last.min(9)).map(move |n| format!("v{major}.{n}"));
    if major == 9 {
        levels(9, minor).chain(levels(8, minor.saturating_add(5))).collect()
    } else {
        levels(major, minor).collect()
    }
}

fn riscv(value: &str) -> Vec<String> {
    let known = ["rva20u64", "rva22u64", "rva23u64"];
    let last = known.iter().position(|name| *name == value).unwrap_or(0);
    known.iter().take(last + 1).map(|name| (*name).to_owned()).collect()
}

/// Both features are always there since 1.26.
fn wasm(minor: u16, value: &str) -> Vec<String> {
    let asked = |name: &&str| minor >= 26 || value.split(',').any(|word| word.trim() == *name);
    ["satconv", "signext"]
        .iter()
        .filter(|name| asked(name))
        .map(|name| (*name).to_owned())
        .collect()
}
