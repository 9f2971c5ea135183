//! Holds the expectations themselves against names and calls that Go's own tools show.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::cells::Cell;
use super::common::expect::Expectation;
use super::common::objdump::{self, Call};
use super::modes::Mode;

/// The names and calls of one file.
pub struct Witness {
    functions: BTreeSet<String>,
    calls: Vec<Call>,
}

/// Architectures whose calls Go's objdump names (cmd/internal/disasm, go1.27).
const NAMED: [&str; 9] =
    ["386", "amd64", "arm", "arm64", "loong64", "ppc64", "ppc64le", "riscv64", "s390x"];

impl Witness {
    /// Asks nm and objdump, where they can tell.
    pub fn ask(nm: &Path, tool: &Path, cell: &Cell, file: &Path) -> Option<Self> {
        // A plugin's main has another name, a call by way of a PLT has none, and archives are not read.
        let other = [Mode::Plugin, Mode::LinkShared, Mode::CArchive].contains(&cell.mode);
        // 1.24 was the last for windows/arm, whose files the witness does not know any more.
        let gone = cell.os == "windows" && cell.arch == "arm";
        if other || gone || !NAMED.contains(&cell.arch.as_str()) {
            return None;
        }
        let calls = objdump::calls(tool, file, "^(main|time|os|example.com/.*)[.]");
        Some(Self { functions: objdump::functions(nm, file), calls })
    }

    /// Whether the tools agree with an expectation; `None` where they do not show it.
    pub fn agrees(&self, folder: &Path, one: &Expectation) -> Option<bool> {
        let [only] = one.outcomes.as_slice() else { return None };
        let (local, remote) = one.names();
        let present = self.functions.contains(remote);
        match only.as_str() {
            "in-effect/referenced" if one.exists() => Some(self.is_called(folder, local, remote)),
            "unused/not-called" if present => Some(!self.is_called(folder, local, remote)),
            // The remote of a variable is no function.
            "unused/absent" => Some(!present),
            "in-effect/foreign-file" => Some(present),
            _ => None,
        }
    }

    fn is_called(&self, folder: &Path, local: &str, remote: &str) -> bool {
        let package = objdump::package(local);
        let own = own_files(folder, package);
        let named_by_line = named_by_line(folder);
        // A handle with an exported name is called from other packages.
        let name = local.rsplit('.').next().unwrap_or_default();
        let exported = name.starts_with(|c: char| c.is_uppercase());
        self.calls.iter().any(|call| {
            // A file that `//line` names is in no folder, and the standard library is not here: the symbol
            // says whose code it is.
            let nameless = own.is_empty() || named_by_line.contains(&call.file);
            let by_name = nameless && objdump::package(&call.from) == package;
            is_for(&call.to, remote) && (own.contains(&call.file) || by_name || exported)
        })
    }
}

/// Whether a call leads to `remote`, maybe by way of a trampoline: `NAME-tramp0`, `NAME+0-tramp0`.
fn is_for(to: &str, remote: &str) -> bool {
    let Some(rest) = to.strip_prefix(remote) else { return false };
    let rest = rest.strip_prefix("+0").unwrap_or(rest);
    rest.is_empty() || rest.strip_prefix("-tramp").is_some_and(|n| n.parse::<u32>().is_ok())
}

/// Base names of the files below `folder` that only a `//line` names.
fn named_by_line(folder: &Path) -> BTreeSet<String> {
    let (mut named, mut real) = (BTreeSet::new(), BTreeSet::new());
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let lines = text.lines().filter_map(|line| line.strip_prefix("//line "));
            let files = lines.filter_map(|line| line.split(':').next()?.rsplit('/').next());
            named.extend(files.map(str::to_owned));
            real.extend(path.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    &named - &real
}

/// Base names of the Go files of `package`, as far as they lie below `folder`.
fn own_files(folder: &Path, package: &str) -> BTreeSet<String> {
    let path = package.replace("%2e", ".");
    // An external test lies in the folder of what it tests.
    let path = path.strip_suffix("_test").unwrap_or(&path);
    let mods = fs::read_to_string(folder.join("go.mod")).expect("a go.mod");
    let module = mods.lines().find_map(|line| line.strip_prefix("module ")).expect("a module");
    let replaced =
        mods.lines().filter_map(|line| line.strip_prefix("replace ")?.split_once(" => "));
    let mut modules = std::iter::once((module, ".")).chain(replaced);
    let inside = modules.find_map(|(module, root)| {
        let rest = path.strip_prefix(module.trim())?;
        Some(folder.join(root.trim()).join(rest.trim_start_matches('/')))
    });
    let below = match inside {
        Some(below) => below,
        None if path == "main" => folder.to_owned(),
        None => folder.join("vendor").join(path),
    };
    let Ok(entries) = fs::read_dir(below) else { return BTreeSet::new() };
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names.filter_map(|name| name.into_string().ok()).filter(|name| name.ends_with(".go")).collect()
}
