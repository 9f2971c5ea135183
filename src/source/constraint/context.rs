//! For which platform, with which tags and by which Go is this build made?
//!
//! Everything that a constraint or a file name may ask for, from the settings that a binary records or from flags and
//! environment. Settings that are not recorded have Go's own default.

use std::collections::{BTreeMap, BTreeSet};

use super::experiments;
use super::platforms::Platforms;

/// What a build satisfies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The operating system built for.
    pub goos: String,
    /// The architecture built for.
    pub goarch: String,
    /// Satisfied tags: the user's, those of experiments, of the instruction set, of `-race` and so on.
    pub tags: BTreeSet<String>,
    /// `27` of Go 1.27.3: `go1.1` to `go1.27` are satisfied.
    pub minor: u16,
    /// Whether files that import "C" are built.
    pub cgo: bool,
    /// `gc`, or `gccgo`.
    pub compiler: String,
    /// The platform names that file names and `unix` refer to.
    pub platforms: Platforms,
}

impl Context {
    /// The context of a build by Go 1.`minor` with the `settings` that its binary records.
    ///
    /// The keys are those of build information: `GOOS`, `GOARCH`, `CGO_ENABLED`, `-tags`, `-race`,
    /// `-compiler`, `GOEXPERIMENT`, `GOAMD64` and the like, `GOFIPS140`.
    #[must_use]
    pub fn from_settings(minor: u16, settings: &BTreeMap<String, String>) -> Self {
        let setting = |name: &str, default: &str| {
            settings
                .get(name)
                .filter(|value| !value.is_empty())
                .map_or(default, String::as_str)
                .to_owned()
        };
        let (goos, goarch) = (setting("GOOS", HOST.0), setting("GOARCH", HOST.1));
        let asked = setting("GOEXPERIMENT", "");
        let experiments = experiments::experiments(minor, &goos, &goarch, &asked);
        let mut tags: BTreeSet<String> =
            experiments.iter().map(|name| format!("goexperiment.{name}")).collect();
        tags.extend(experiments::levels(minor, &goarch, settings));
        tags.extend(split_tags(&setting("-tags", "")));
        tags.extend(fips(&setting("GOFIPS140", "off")));
        for mode in ["race", "msan", "asan"] {
            if setting(&format!("-{mode}"), "false") == "true" {
                tags.insert(mode.to_owned());
            }
        }
        let cgo = setting("CGO_ENABLED", "0") == "1";
        let compiler = setting("-compiler", "gc");
        Self { goos, goarch, tags, minor, cgo, compiler, platforms: Platforms::of(minor) }
    }

    /// The context of a build that `flags` (`-tags`, `-race`, …) and then `environment` describe.
    ///
    /// cgo is on as in Go: if this machine builds for itself, unless CGO_ENABLED decides.
    #[must_use]
    pub fn from_flags_and_environment(
        minor: u16,
        flags: &BTreeMap<String, String>,
        environment: &BTreeMap<String, String>,
    ) -> Self {
        let mut settings = environment.clone();
        for (key, value) in goflags(environment.get("GOFLAGS").map_or("", String::as_str)) {
            settings.insert(key, value);
        }
        settings.extend(flags.iter().map(|(key, value)| (key.clone(), value.clone())));
        let is = |name: &str, own: &str| {
            settings.get(name).is_none_or(|value| value.is_empty() || value == own)
        };
        let own = is("GOOS", HOST.0) && is("GOARCH", HOST.1);
        if settings.get("CGO_ENABLED").is_none_or(String::is_empty) {
            settings.insert("CGO_ENABLED".to_owned(), if own { "1" } else { "0" }.to_owned());
        }
        Self::from_settings(minor, &settings)
    }

    /// Whether `tag` holds (go/build, Context.matchTag).
    #[must_use]
    pub fn satisfies(&self, tag: &str) -> bool {
        let stands_for = match self.goos.as_str() {
            "android" => "linux",
            "illumos" => "solaris",
            "ios" => "darwin",
            _ => "",
        };
        let plain = tag == self.goos
            || tag == self.goarch
            || tag == self.compiler
            || (tag == "cgo" && self.cgo)
            || (!tag.is_empty() && tag == stands_for)
            || (tag == "unix" && self.platforms.unix.contains(&self.goos));
        let tag = if tag == "boringcrypto" { "goexperiment.boringcrypto" } else { tag };
        plain || self.tags.contains(tag) || self.is_release(tag)
    }

    fn is_release(&self, tag: &str) -> bool {
        let number = tag.strip_prefix("go1.").filter(|text| !text.starts_with(['0', '+']));
        number.and_then(|text| text.parse().ok()).is_some_and(|minor: u16| minor <= self.minor)
    }

    /// What a file name asks for and this build does not have: `arm64` of `x_linux_arm64.go`.
    ///
    /// The name counts up to its first dot and from its first `_` on, without `_test`.
    #[must_use]
    pub fn missing_for_name<'a>(&self, name: &'a str) -> Option<&'a str> {
        let stem = name.split('.').next().unwrap_or_default();
        let (_, suffixes) = stem.split_once('_')?;
        let mut words: Vec<&str> = suffixes.split('_').collect();
        if words.last() == Some(&"test") {
            words.pop();
        }
        let last = words.pop()?;
        let before = words.pop();
        let is_architecture = self.platforms.architectures.contains(last);
        let system =
            before.filter(|name| is_architecture && self.platforms.systems.contains(*name));
        let known = is_architecture || self.platforms.systems.contains(last);
        let asked = [known.then_some(last), system];
        asked.into_iter().flatten().find(|tag| !self.satisfies(tag))
    }
}

/// GOOS and GOARCH of the machine that gonym runs on, in Go's words.
const HOST: (&str, &str) = (host_system(), host_architecture());

const fn host_system() -> &'static str {
    match std::env::consts::OS.as_bytes() {
        b"macos" => "darwin",
        _ => std::env::consts::OS,
    }
}

const fn host_architecture() -> &'static str {
    match std::env::consts::ARCH.as_bytes() {
        b"x86" => "386",
        b"x86_64" => "amd64",
        b"aarch64" => "arm64",
        b"loongarch64" => "loong64",
        b"powerpc64" if cfg!(target_endian = "little") => "ppc64le",
        b"powerpc64" => "ppc64",
        _ => std::env::consts::ARCH,
    }
}

/// Separators are commas since Go 1.13, blanks before; build information keeps what was typed.
fn split_tags(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split([',', ' ']).filter(|tag| !tag.is_empty()).map(str::to_owned)
}

/// A frozen cryptographic module adds the tag of its version: `fips140v1.0` for v1.0.0
/// (cmd/go/internal/fips140, since 1.26; older sources ask for no such tag).
fn fips(value: &str) -> Option<String> {
    let mut parts = value.strip_prefix('v')?.split('.');
    let (major, minor) = (parts.next()?, parts.next()?);
    Some(format!("fips140v{major}.{minor}"))
}

/// `-tags=a,b -race` as settings.
fn goflags(text: &str) -> Vec<(String, String)> {
    let word = |word: &str| {
        let word = word.trim_matches(['"', '\'']);
        let name = word.trim_start_matches('-');
        let (name, value) = name.split_once('=').unwrap_or((name, "true"));
        (format!("-{name}"), value.trim_matches(['"', '\'']).to_owned())
    };
    text.split_whitespace().map(word).collect()
}
