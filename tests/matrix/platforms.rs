//! The platforms that Go builds executables for, and which of them this matrix is about.

use std::collections::BTreeMap;

use super::common::go::Toolchain;

/// GOOS and GOARCH.
pub type Platform = (String, String);

/// Where the tests run, and what cgo is compiled for.
pub const HERE: (&str, &str) = ("linux", "amd64");

/// Systems whose executables are neither ELF nor Mach-O nor PE: XCOFF, Plan 9's a.out, WebAssembly.
const OTHER_FORMATS: [&str; 4] = ["aix", "plan9", "js", "wasip1"];

/// Whether Go's linker leaves an executable of that platform to a C linker, which nobody has here
/// (internal/platform/supported.go, MustLinkExternal, go1.27).
fn needs_c(os: &str, arch: &str) -> bool {
    os == "ios" || os == "android" && arch != "arm64"
}

/// The platforms of `go tool dist list` that are built, and how many are not and why.
pub fn of(go: &Toolchain) -> (Vec<Platform>, BTreeMap<&'static str, usize>) {
    let list = go.output(&std::env::temp_dir(), ["tool", "dist", "list"]);
    let mut skipped = BTreeMap::new();
    let mut built = Vec::new();
    for platform in list.lines() {
        let (os, arch) = platform.split_once('/').expect("OS/ARCH");
        let why = match () {
            () if OTHER_FORMATS.contains(&os) => "neither ELF nor Mach-O nor PE",
            () if needs_c(os, arch) => "needs a C linker for it",
            () => {
                built.push((os.to_owned(), arch.to_owned()));
                continue;
            }
        };
        *skipped.entry(why).or_default() += 1;
    }
    assert!(built.len() >= 30, "only {built:?}");
    (built, skipped)
}
