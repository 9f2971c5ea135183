//! Which packages belong to a build although no file imports them?
//!
//! The imports of code that cgo generates, and the packages that the linker needs (cmd/go/internal/load: LinkerDeps,
//! externalLinkingReason and Package.load, of 1.19 to 1.27).

use std::collections::BTreeMap;

use crate::source::constraint::Context;

/// The imports of the code that cgo generates for a package.
pub(super) fn of_cgo(path: &str, std: bool) -> Vec<&'static str> {
    let mut implied = vec!["unsafe"];
    if !(std && path == "runtime/cgo") {
        implied.push("runtime/cgo");
    }
    let without_syscall = ["runtime/cgo", "runtime/race", "runtime/msan", "runtime/asan"];
    if !(std && without_syscall.contains(&path)) {
        implied.push("syscall");
    }
    implied
}

/// The packages that the compiler adds to one that imports `simd`, on platforms that have it (since 1.27).
pub(super) fn of_simd(context: &Context, imports: &dyn Fn(&str) -> bool) -> Option<&'static str> {
    let port = ["amd64", "arm64", "wasm"].contains(&context.goarch.as_str());
    (context.minor >= 27 && port && imports("simd")).then_some("simd/internal/bridge")
}

/// The packages that the linker needs in addition to package main.
pub(super) fn of_linker(
    context: &Context,
    settings: &BTreeMap<String, String>,
) -> Vec<&'static str> {
    let is_set = |name: &str| settings.get(name).is_some_and(|value| value == "true");
    let mut implied = vec!["runtime"];
    if context.cgo && links_externally(context, settings) {
        implied.push("runtime/cgo");
    }
    if context.goarch == "arm" {
        implied.push("math");
    }
    let modes = [("-race", "runtime/race"), ("-msan", "runtime/msan"), ("-asan", "runtime/asan")];
    implied.extend(modes.iter().filter(|(flag, _)| is_set(flag)).map(|(_, path)| *path));
    if is_set("-cover") && context.minor >= 20 {
        implied.push("runtime/coverage");
    }
    implied
}

fn links_externally(context: &Context, settings: &BTreeMap<String, String>) -> bool {
    let (goos, goarch) = (context.goos.as_str(), context.goarch.as_str());
    let mode = settings.get("-buildmode").map_or("", String::as_str);
    let always = match goos {
        "android" => goarch != "arm64",
        "ios" => goarch == "arm64",
        _ => false,
    };
    // By default, programs for these systems can be linked without the system's linker; with -buildmode=pie they
    // cannot.
    let pie = mode == "pie" && !links_pie_internally(goos, goarch);
    let shared = mode == "plugin" || (mode == "c-shared" && goarch != "wasm");
    always
        || pie
        || shared
        || asks_for_external(settings.get("-ldflags").map_or("", String::as_str))
}

fn links_pie_internally(goos: &str, goarch: &str) -> bool {
    match goos {
        "android" => goarch == "arm64",
        "darwin" => ["amd64", "arm64"].contains(&goarch),
        "linux" => ["amd64", "arm64", "loong64", "ppc64", "ppc64le", "s390x"].contains(&goarch),
        "windows" => ["386", "amd64", "arm64"].contains(&goarch),
        _ => false,
    }
}

/// The last `-linkmode` wins.
fn asks_for_external(flags: &str) -> bool {
    let words: Vec<&str> =
        flags.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
    let mut external = false;
    for (index, word) in words.iter().enumerate() {
        let word = word.trim_start_matches('-');
        let mode = match word.strip_prefix("linkmode=") {
            None if word == "linkmode" => words.get(index + 1).copied(),
            mode => mode,
        };
        external = mode.map_or(external, |mode| mode == "external");
    }
    external
}
