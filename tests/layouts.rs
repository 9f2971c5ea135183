//! Function tables of Go before 1.18, held against the tools of the versions that wrote them: names and
//! entries as `go tool nm` lists them, files and lines as `go tool addr2line` gives them, and inlined
//! calls as DWARF records them, read by Go's debug/dwarf.
//!
//! One version per layout runs wherever a Go is; `GONYM_LAYOUTS=full` builds with every version from 1.5
//! that has a layout of its own (tests/common/go.rs says what is skipped where there is none).

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::go::{self, Toolchain};
use gonym::binary::{Binary, Functions};
use gonym::golang::pclntab::Function;

/// Minors whose layouts differ from the one before, or that end such a run.
const EACH_LAYOUT: &[u16] = &[10, 12, 15, 17];
const EVERY_VERSION: &[u16] = &[5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17];

/// GOOS, GOARCH and flags of one build.
type Build = (&'static str, &'static str, &'static str);

/// Both byte orders, both pointer sizes, the formats, and addresses that relocations fill in.
const BUILDS: &[Build] = &[
    ("linux", "amd64", ""),
    ("linux", "386", ""),
    ("linux", "s390x", ""),
    ("linux", "mips", ""),
    ("windows", "amd64", ""),
    ("darwin", "amd64", ""),
    ("linux", "amd64", "-buildmode=pie"),
];

/// 1.5 has no port to mips, 1.8 none to a PIE without cgo.
fn exists(minor: u16, (_, arch, flags): Build) -> bool {
    match (arch, flags) {
        ("mips", _) => minor >= 8,
        ("s390x", _) => minor >= 7,
        // Internal linking of position-independent executables came with 1.15.
        (_, "-buildmode=pie") => minor >= 15,
        _ => true,
    }
}

#[test]
fn old_tables_are_read_as_their_own_tools_read_them_live_go_needed() {
    let full = std::env::var_os("GONYM_LAYOUTS").is_some_and(|value| value == "full");
    for minor in if full { EVERY_VERSION } else { EACH_LAYOUT } {
        let what = format!("the function table of go1.{minor}");
        let toolchain = match (go::toolchain(*minor), go::toolchain(go::WITNESS)) {
            (Ok(old), Ok(witness)) => Ok((old, witness)),
            (Err(why), _) | (_, Err(why)) => Err(why),
        };
        let (old, witness) = match toolchain {
            Ok(both) => both,
            Err(why) => {
                go::skip(&what, &why);
                continue;
            }
        };
        // All platforms with one version of each of the two magics, or with all.
        let every = full || matches!(minor, 15 | 17);
        let wanted = BUILDS.iter().take(if every { BUILDS.len() } else { 1 });
        for build in wanted.filter(|build| exists(*minor, **build)) {
            hold(&old, &witness, *build);
        }
    }
}

fn hold(old: &Toolchain, witness: &Toolchain, build: Build) {
    let file = compile(old, build);
    let binary = Binary::open(&file).expect("an executable").binaries.remove(0);
    let known = binary.functions().unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
    assert_eq!(known.table.fault(), None, "{}", file.display());
    assert_eq!(known.trees.is_some(), old.minor >= 9, "{}", file.display());
    assert_eq!(known.moduledata.is_some(), old.minor >= 5, "{}", file.display());
    let names = hold_names(old, &file, known);
    // Their addr2line applies no relocations, so a position-independent table holds nothing for it.
    let lines = if build.2.is_empty() { hold_lines(old, &file, known) } else { 0 };
    // DWARF has no inlined calls before 1.10, and 1.27 reads it out of ELF here.
    let dwarf = old.minor >= 10 && build.0 == "linux";
    let calls = if dwarf { hold_inlined(witness, &file, known) } else { 0 };
    go::say(&format!(
        "go{} {}/{} {}: {names} functions, {lines} lines, {calls} inlined calls",
        old.version, build.0, build.1, build.2
    ));
    fs::remove_file(&file).expect("a file that was built");
}

/// Builds testdata/programs/old in a GOPATH: modules are younger than half of these versions.
fn compile(old: &Toolchain, (os, arch, flags): Build) -> PathBuf {
    let path = common::scratch("layouts").join(format!("gopath-{}", std::process::id()));
    let source = common::testdata().join("programs/old");
    for folder in ["", "lib"] {
        let target = path.join("src/old").join(folder);
        fs::create_dir_all(&target).expect("a scratch folder");
        for entry in fs::read_dir(source.join(folder)).expect("sources") {
            let from = entry.expect("an entry").path();
            if from.is_file() {
                fs::copy(&from, target.join(from.file_name().expect("a name"))).expect("a copy");
            }
        }
    }
    let file = path.join(format!("old-{}-{os}-{arch}{}", old.minor, flags.replace('=', "-")));
    let mut command = old.command(&path);
    command.env("GOROOT", &old.root).env("GOPATH", &path).env("GO111MODULE", "off");
    command.env("GOOS", os).env("GOARCH", arch).env("CGO_ENABLED", "0").arg("build");
    command.args(flags.split_whitespace()).arg("-o").arg(&file).arg("old");
    let output = command.output().expect("go runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "go{}: {command:?}: {said}", old.version);
    let bytes = fs::read(&file).expect("the program");
    let version = format!("go{}", old.version);
    assert!(memchr::memmem::find(&bytes, version.as_bytes()).is_some(), "no {version} wrote it");
    file
}

/// A tool that these versions ship ready to run.
fn tool(old: &Toolchain, name: &str) -> Command {
    Command::new(old.root.join("pkg/tool/linux_amd64").join(name))
}

/// Every function stands where the linker put it, and none is missing.
fn hold_names(old: &Toolchain, file: &Path, known: &Functions) -> usize {
    let output = tool(old, "nm").arg(file).output().expect("nm runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let mut linked: BTreeSet<(u64, &str)> = BTreeSet::new();
    for line in text.lines() {
        let mut fields = line.trim_start().splitn(3, ' ');
        if let (Some(address), Some("T" | "t"), Some(name)) =
            (fields.next(), fields.next(), fields.next())
        {
            let address = u64::from_str_radix(address, 16).expect("an address");
            linked.insert((address, name.strip_suffix(".abi0").unwrap_or(name)));
        }
    }
    let has = |address, name: &str| {
        linked.contains(&(address, name)) || linked.contains(&(address, &format!("_{name}")))
    };
    for function in known.table.functions() {
        // PE keeps the middle dots of `f·dwrap·1` (1.17); the other symbol tables have `f.dwrap.1`.
        let name = std::str::from_utf8(function.name()).expect("UTF-8");
        let listed = has(function.entry, name) || has(function.entry, &name.replace('·', "."));
        assert!(listed, "{}: {name} {:#x}", file.display(), function.entry);
    }
    let entries: BTreeSet<u64> = known.table.functions().map(|function| function.entry).collect();
    let is_go = |name: &str| gonym::names::package(name.as_bytes()).is_some();
    let mark = |name: &str| gonym::symbols::markers::is_marker(name.as_bytes());
    // `runtime.gcbits.*` is a name: the linker's for a heap of symbols.
    let go = linked.iter().filter(|(_, name)| is_go(name) && !mark(name) && !name.ends_with('*'));
    // PE of Go 1.5 keeps read-only data behind the functions, in the same section.
    let end = known.table.functions().last().map_or(0, |function| function.end);
    for (address, name) in go.filter(|(address, _)| *address < end) {
        assert!(entries.contains(address), "{}: no {name} at {address:#x}", file.display());
    }
    assert!(known.table.len() > 800, "{}: {}", file.display(), known.table.len());
    known.table.len()
}

/// Files and lines at every function's entry and at pcs spread over its code.
fn hold_lines(old: &Toolchain, file: &Path, known: &Functions) -> usize {
    // The build id in the text of PE and Mach-O has no tables; addr2line reads some at offset 0, where
    // the runtime reads none (runtime/symtab.go, pcvalue).
    let code = known.table.functions().filter(|function| function.name() != b"go.buildid");
    let pcs: Vec<u64> = code.flat_map(|function| spread(&function)).collect();
    let mut command = tool(old, "addr2line");
    command.arg(file).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("addr2line runs");
    let mut input = child.stdin.take().expect("a pipe");
    let asked: String = pcs.iter().map(|pc| format!("{pc:#x}\n")).collect();
    let writer = std::thread::spawn(move || input.write_all(asked.as_bytes()));
    let output = child.wait_with_output().expect("addr2line ends");
    writer.join().expect("a thread").expect("a pipe");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let answers: Vec<&str> = text.lines().collect();
    assert_eq!(answers.len(), 2 * pcs.len(), "{}: two lines for each pc", file.display());
    let mut compared = 0;
    for (pc, answer) in pcs.iter().zip(answers.chunks(2)) {
        let function = known.table.find(*pc).expect("a function");
        assert_eq!(function.name(), answer[0].as_bytes(), "{}: {pc:#x}", file.display());
        let position = function.decoded().position_at(*pc).filter(|position| position.line > 0);
        let Some(position) = position else {
            // Code that no file is recorded for.
            let none = [":", "?:"].iter().any(|none| answer[1].starts_with(none));
            assert!(none || answer[1].ends_with(":0"), "{}: {pc:#x} {answer:?}", file.display());
            continue;
        };
        let ours = format!("{}:{}", String::from_utf8_lossy(position.file), position.line);
        assert_eq!(ours, answer[1], "{}: {pc:#x}", file.display());
        compared += 1;
    }
    assert!(compared > 5_000, "{}: {compared}", file.display());
    compared
}

/// The entry, and up to eight pcs more.
fn spread(function: &Function<'_>) -> Vec<u64> {
    let size = function.end - function.entry;
    (0..8.min(size)).map(|part| function.entry + part * size / 8).collect()
}

/// Outer function, line of the call, name of the inlined function.
type Inlined = BTreeSet<(u64, u32, String)>;

/// Every inlined call that DWARF knows is in the trees, called from the same line, and the other way
/// round.
fn hold_inlined(witness: &Toolchain, file: &Path, known: &Functions) -> usize {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/common/inlined.go");
    let arguments = ["run".as_ref(), source.as_os_str(), file.as_os_str()];
    let text = witness.output(&std::env::temp_dir(), arguments);
    let recorded = text.lines().map(|line| {
        let mut fields = line.splitn(3, '\t');
        let mut next = || fields.next().expect("three fields");
        let entry = u64::from_str_radix(next(), 16).expect("an address");
        (entry, next().parse().expect("a line"), next().to_owned())
    });
    let trees = known.trees.as_ref().expect("inline trees");
    // What the compiler's own wrappers inline is in DWARF since 1.12 only.
    let is_wrapper = |function: &Function<'_>| {
        trees.own_file(&known.table, function) == Some(b"<autogenerated>")
    };
    let written = |entry: u64| known.table.find(entry).is_some_and(|f| !is_wrapper(&f));
    let recorded: Inlined = recorded.filter(|(entry, ..)| written(*entry)).collect();
    let mut found = Inlined::new();
    for function in known.table.functions() {
        if is_wrapper(&function) {
            continue;
        }
        let code = function.decoded();
        for (pc, _) in code.inlined_runs() {
            let frames = trees.frames(&known.table, &code, pc);
            for pair in frames.windows(2) {
                let line = pair[1].position.expect("a position").line;
                let name = String::from_utf8(pair[0].name.to_vec()).expect("UTF-8");
                found.insert((function.entry, line, name));
            }
        }
    }
    let missing: Vec<_> = recorded.difference(&found).take(5).collect();
    let extra: Vec<_> = found.difference(&recorded).take(5).collect();
    let counts = (recorded.len(), found.len());
    assert!(
        missing.is_empty() && extra.is_empty(),
        "{}: {counts:?} missing {missing:?} extra {extra:?}",
        file.display()
    );
    assert!(found.len() > 300, "{}: {}", file.display(), found.len());
    found.len()
}
