//! Which names in a file name or a constraint are operating systems and architectures?
//!
//! The lists of go/build, per Go version; if a GOROOT is at hand, they are read from its source. Other names are
//! plain words: `foo_riscos.go` is built everywhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Every GOOS of Go 1.19; `wasip1` came with 1.21 (go/build/syslist.go, internal/syslist since 1.24).
const SYSTEMS: &str = "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd \
                       openbsd plan9 solaris windows zos";
/// The systems for which `unix` holds: unchanged from 1.19 to 1.27.
const UNIX: &str =
    "aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris";
/// Every GOARCH that counts in file names: unchanged from 1.19 to 1.27.
const ARCHITECTURES: &str = "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 \
                             mips64le mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 \
                             s390x sparc sparc64 wasm";
const FIRST_WITH_WASIP1: u16 = 21;

/// The names of Go's platforms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platforms {
    /// Every known GOOS.
    pub systems: BTreeSet<String>,
    /// Every known GOARCH.
    pub architectures: BTreeSet<String>,
    /// The systems that satisfy `unix`.
    pub unix: BTreeSet<String>,
}

impl Platforms {
    /// The names in Go 1.`minor`.
    #[must_use]
    pub fn of(minor: u16) -> Self {
        let set = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let mut systems: BTreeSet<String> = set(SYSTEMS);
        if minor >= FIRST_WITH_WASIP1 {
            systems.insert("wasip1".to_owned());
        }
        Self { systems, architectures: set(ARCHITECTURES), unix: set(UNIX) }
    }

    /// The names that the source of a GOROOT lists, if it has all three lists.
    #[must_use]
    pub fn harvest(goroot: &Path) -> Option<Self> {
        let places = ["src/internal/syslist/syslist.go", "src/go/build/syslist.go"];
        let text = places.iter().find_map(|place| fs::read_to_string(goroot.join(place)).ok())?;
        let list = |name: &str| {
            let set = keys_of_map(&text, name)?;
            (!set.is_empty()).then_some(set)
        };
        Some(Self {
            systems: list("nownOS")?,
            architectures: list("nownArch")?,
            unix: list("nixOS")?,
        })
    }
}

/// The keys of `var …NAME = map[string]bool{ "key": true, … }`.
fn keys_of_map(text: &str, name: &str) -> Option<BTreeSet<String>> {
    let lines = text.lines().skip_while(|line| {
        let words = line.strip_prefix("var ").and_then(|rest| rest.split_once(" = "));
        !words.is_some_and(|(declared, _)| declared.ends_with(name))
    });
    let mut keys = BTreeSet::new();
    for line in lines.skip(1) {
        if line.starts_with('}') {
            return Some(keys);
        }
        let key = line.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"'));
        keys.extend(key.map(|(key, _)| key.to_owned()));
    }
    None
}
