//! What gonym says of a pull, against the linker that decides and the object files that it reads.
//!
//! True is what comes out of Go: programs of one directive each either link or are refused, and the
//! flags that compiler and assembler wrote into the archives of the standard library are read by Go's
//! own reader. `GONYM_SOURCE=full` asks about every release and many more symbols.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::go::{self, Toolchain};
use gonym::rules::{Handle, Mark, Permission, Pull, Release, Symbol, SymbolKind};

const PLATFORM: (&str, &str) = ("linux", "amd64");

/// Releases whose linkers are asked.
const LINKED: &[u16] = &[22, 23, 25, 27];
const MORE_LINKED: &[u16] = &[18, 19, 20, 21, 24, 26];

/// Releases whose object files are read.
const READ: &[u16] = &[27];
const MORE_READ: &[u16] = &[23, 24, 25, 26];

/// Answers that differ from the linker's here, each with the reason.
const EXPLAINED: &[(&str, &str)] = &[
    ("syscall.cgo_libc_", "runtime/cgo marks them, and these programs have no cgo"),
    ("runtime.libfuzzerHook", "internal/fuzz pushes them, and only tests contain it"),
    ("runtime.tls_g", "assembly below an #ifdef of other platforms: here nobody defines it"),
];

fn full() -> bool {
    std::env::var_os("GONYM_SOURCE").is_some_and(|value| value == "full")
}

fn toolchains(minors: &[u16], more: &[u16], what: &str) -> Vec<Toolchain> {
    let mut found = Vec::new();
    for minor in minors.iter().chain(more.iter().filter(|_| full())) {
        match go::toolchain(*minor) {
            Ok(toolchain) => found.push(toolchain),
            Err(why) => go::skip(what, &why),
        }
    }
    found
}

fn release(minor: u16) -> Release {
    Release::embedded(minor, PLATFORM.0, PLATFORM.1).expect("a known release")
}

fn owner(symbol: &str) -> &str {
    let slash = symbol.rfind('/').map_or(0, |at| at + 1);
    let dot = symbol[slash..].find('.');
    dot.map_or("", |dot| &symbol[..slash + dot])
}

/// A sample that is the same in every run: names in the order of a hash.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn ask(release: &Release, name: &str, handle: Handle) -> Permission {
    release.permission(&Pull { package: "main", std: false, symbol: name.as_bytes(), handle })
}

/// What became of a program of one directive.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Links,
    Refused,
    Undefined,
    Otherwise(String),
}

fn expected(permission: &Permission, handle: Handle) -> Fate {
    if permission.needs_checklinkname_0() {
        return Fate::Refused;
    }
    // A variable that nobody defines is a private zero.
    if permission.is_allowed() || handle != Handle::Function {
        return Fate::Links;
    }
    Fate::Undefined
}

#[test]
fn permissions_are_what_the_linkers_decide_live_go_needed() {
    let toolchains = toolchains(LINKED, MORE_LINKED, "permissions against the linker");
    if toolchains.is_empty() {
        return;
    }
    let linked: Vec<BTreeSet<String>> = toolchains.iter().map(packages_of_fmt).collect();
    let sample = sample(&toolchains, &linked, if full() { 8 } else { 2 });
    assert!(sample.len() >= 48, "only {} symbols", sample.len());
    let mut wrong = Vec::new();
    let mut seen = BTreeMap::new();
    for toolchain in &toolchains {
        let release = release(toolchain.minor);
        let fates = link(toolchain, &sample);
        for ((name, handle), fate) in sample.iter().zip(fates) {
            let permission = ask(&release, name, *handle);
            *seen.entry(format!("{fate:.9?}")).or_insert(0) += 1;
            let explained = EXPLAINED.iter().any(|(one, _)| name.starts_with(one));
            if fate != expected(&permission, *handle) && !explained {
                wrong.push(format!(
                    "go1.{} {name} {handle:?}: {permission:?}, but {fate:?}",
                    toolchain.minor
                ));
            }
        }
    }
    go::say(&format!("{} symbols x {} releases: {seen:?}", sample.len(), toolchains.len()));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(seen.len() >= 3, "only {seen:?}");
}

/// The packages that a program which imports fmt contains.
fn packages_of_fmt(toolchain: &Toolchain) -> BTreeSet<String> {
    let list = toolchain.output(&toolchain.root.join("src"), ["list", "-deps", "fmt"]);
    list.lines().map(str::to_owned).collect()
}

/// For each answer that any of the releases gives, the first symbols by their hash.
fn sample(
    toolchains: &[Toolchain],
    linked: &[BTreeSet<String>],
    each: usize,
) -> Vec<(String, Handle)> {
    let releases: Vec<Release> = toolchains.iter().map(|one| release(one.minor)).collect();
    let facts: Vec<_> = releases.iter().map(Release::facts).collect();
    let mut names: BTreeSet<&String> =
        facts.iter().flat_map(|facts| facts.symbols.keys()).collect();
    // Where a release has the symbol, the program must contain the package.
    names.retain(|name| {
        facts.iter().zip(linked).all(|(facts, packages)| {
            !facts.symbols.contains_key(*name) || packages.contains(owner(name))
        })
    });
    let mut names: Vec<&String> = names.into_iter().collect();
    names.sort_by_key(|name| hash(name));
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut sample = Vec::new();
    for name in names {
        let kinds: BTreeSet<bool> =
            facts.iter().filter_map(|facts| Some(facts.symbols.get(name)?.is_variable())).collect();
        for is_variable in kinds {
            let handle = if is_variable { Handle::Variable } else { Handle::Function };
            let classes: Vec<String> = releases
                .iter()
                .map(|release| format!("{handle:?} {:.12?}", ask(release, name, handle)))
                .collect();
            if classes.iter().any(|class| taken.get(class).is_none_or(|count| *count < each)) {
                sample.push((name.clone(), handle));
                for class in classes {
                    *taken.entry(class).or_default() += 1;
                }
            }
        }
    }
    sample
}

/// Builds one program for each symbol, all by one command, and reads what the linker said of each.
fn link(toolchain: &Toolchain, sample: &[(String, Handle)]) -> Vec<Fate> {
    let folder =
        common::scratch("links").join(format!("{}-{}", toolchain.minor, std::process::id()));
    for (at, (name, handle)) in sample.iter().enumerate() {
        let program = folder.join(format!("p{at}"));
        fs::create_dir_all(&program).expect("a scratch folder");
        fs::write(program.join("main.go"), source(name, *handle)).expect("a scratch file");
    }
    fs::write(folder.join("go.mod"), "module gonym.test/links\n\ngo 1.18\n")
        .expect("a scratch file");
    let out = folder.join("out");
    fs::create_dir_all(&out).expect("a scratch folder");
    let mut command = toolchain.command(&folder);
    command.envs([("GOOS", PLATFORM.0), ("GOARCH", PLATFORM.1), ("CGO_ENABLED", "0")]);
    let output = command.args(["build", "-ldflags=-s -w", "-o"]).arg(&out).arg("./...").output();
    let output = output.expect("go runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let of = sections(&said);
    let fates = (0..sample.len()).map(|at| {
        let built = out.join(format!("p{at}")).is_file();
        let said = of.get(&format!("gonym.test/links/p{at}")).map_or("", String::as_str);
        fate(built, said, &sample[at].0)
    });
    let fates = fates.collect();
    fs::remove_dir_all(&folder).expect("a scratch folder");
    fates
}

fn source(name: &str, handle: Handle) -> String {
    let (declaration, usage) = match handle {
        Handle::Function => ("func handle()", "handle()"),
        // One byte: a larger variable than the remote replaces it, and nothing is checked.
        _ => ("var handle byte", "println(handle)"),
    };
    format!(
        "package main\n\nimport (\n\t_ \"fmt\"\n\t_ \"unsafe\"\n)\n\n//go:linkname handle {name}\n{declaration}\n\n\
         var never bool\n\nfunc main() {{\n\tif never {{\n\t\t{usage}\n\t}}\n}}\n"
    )
}

/// What `go build` printed below each `# package`.
fn sections(said: &str) -> BTreeMap<String, String> {
    let mut sections: BTreeMap<String, String> = BTreeMap::new();
    let mut package = String::new();
    for line in said.lines() {
        match line.strip_prefix("# ") {
            Some(name) => package = name.to_owned(),
            None => {
                writeln!(sections.entry(package.clone()).or_default(), "{line}").expect("a string")
            }
        }
    }
    sections
}

fn fate(built: bool, said: &str, name: &str) -> Fate {
    if built {
        return Fate::Links;
    }
    if said.contains(&format!("invalid reference to {name}\n")) {
        return Fate::Refused;
    }
    if said.contains(&format!("relocation target {name} not defined")) {
        return Fate::Undefined;
    }
    Fate::Otherwise(said.to_owned())
}

/// One symbol of an object file.
#[derive(Clone, Copy, Debug)]
struct Row {
    internal: bool,
    text: bool,
    assembly: bool,
    wrapper: bool,
    mark: Mark,
}

#[test]
fn every_symbol_is_what_the_object_files_say_live_go_needed() {
    let toolchains = toolchains(READ, MORE_READ, "symbols against object files");
    for toolchain in toolchains {
        let objects = object_files(&toolchain);
        let facts = release(toolchain.minor).facts();
        let mut wrong = Vec::new();
        let (mut same, mut only_elsewhere) = (0, 0);
        for (name, symbol) in &facts.symbols {
            match objects.get(name).map(|rows| seen(rows, toolchain.minor)) {
                Some(seen) if seen == *symbol => same += 1,
                // All that this assembler writes looks marked, and may be pulled either way.
                Some(Symbol { kind: SymbolKind::Assembly, .. })
                    if toolchain.minor < 27 && symbol.mark == Mark::Everybody =>
                {
                    same += 1;
                }
                Some(seen) => wrong.push(format!("{name}: {symbol:?}, the object file {seen:?}")),
                None if is_of_another_build(name) => only_elsewhere += 1,
                None => wrong.push(format!("{name}: {symbol:?}, and in no object file")),
            }
        }
        let marked = objects.iter().filter(|(name, rows)| {
            let marked = rows.iter().any(|row| row.mark != Mark::Absent && !row.assembly);
            marked && is_written_in_source(name) && !facts.symbols.contains_key(*name)
        });
        wrong.extend(marked.map(|(name, rows)| format!("{name} is marked: {rows:?}")));
        go::say(&format!(
            "go1.{}: {same} symbols as in the object files, {only_elsewhere} of other builds",
            toolchain.minor
        ));
        assert!(
            wrong.is_empty(),
            "go1.{}: {} wrong:\n{}",
            toolchain.minor,
            wrong.len(),
            wrong.join("\n")
        );
        assert!(same > 8_000, "only {same}");
    }
}

/// What the linker finds under the name, in the words of the table.
fn seen(rows: &[Row], minor: u16) -> Symbol {
    let assembly = rows.iter().any(|row| row.assembly);
    // The assembler of go1.23 to 1.26 sets the mark on all that it writes.
    let marks = |row: &&Row| !row.assembly || minor >= 27;
    let mark = |text: bool| {
        let ours = rows.iter().filter(|row| row.text == text).filter(marks);
        ours.map(|row| row.mark).max().unwrap_or(Mark::Absent)
    };
    let text = rows.iter().any(|row| row.text);
    let (kind, mark) = match (text, assembly) {
        (false, true) => (SymbolKind::AssemblyVariable, Mark::Absent),
        (false, false) => (SymbolKind::Variable, mark(false)),
        (true, _) if mark(true) != Mark::Absent => (SymbolKind::Function, mark(true)),
        (true, true) if rows.iter().any(|row| row.internal) => (SymbolKind::Assembly, Mark::Absent),
        (true, true) => (SymbolKind::BareAssembly, Mark::Absent),
        (true, false) if rows.iter().all(|row| row.wrapper || !row.text) => {
            (SymbolKind::Assembly, Mark::Absent)
        }
        (true, false) => (SymbolKind::Function, Mark::Absent),
    };
    Symbol { kind, mark }
}

/// Symbols that the default build with cgo does not have.
fn is_of_another_build(name: &str) -> bool {
    const PARTS: &[&str] = &["race", "Race", "asan", "ASan", "msan", "MSan"];
    // What os/user does without cgo; a variable of the runtime's race detector; a symbol of
    // thread-local storage, which the linker places.
    const NAMES: &[&str] = &[
        "runtime.qq",
        "runtime.dash",
        "runtime.isvalidaddr",
        "vendor/golang.org/x/net/quic.quicSync",
        "runtime.tls_g",
    ];
    name.starts_with("os/user.")
        || NAMES.contains(&name)
        || PARTS.iter().any(|part| name.contains(part))
}

/// Whether source can declare the name: not what compiler and cgo make.
fn is_written_in_source(name: &str) -> bool {
    let made =
        name.ends_with(".args_stackmap") || name.contains("_cgo_") || name.contains("_Cfunc_");
    !made && !name.contains(':') && name.contains('.')
}

/// The symbols of all packages of the standard library, by Go's own reader.
fn object_files(toolchain: &Toolchain) -> BTreeMap<String, Vec<Row>> {
    let folder =
        common::scratch("marks").join(format!("{}-{}", toolchain.minor, std::process::id()));
    fs::create_dir_all(&folder).expect("a scratch folder");
    let reader = object_reader(toolchain, &folder);
    let mut list = toolchain.command(&toolchain.root.join("src"));
    list.env("CGO_ENABLED", "1").args(["list", "-export", "-f", "{{.Export}}", "std"]);
    let archives = list.output().expect("go runs");
    assert!(archives.status.success(), "{}", String::from_utf8_lossy(&archives.stderr));
    let names = folder.join("archives");
    let text = String::from_utf8(archives.stdout).expect("paths");
    let text: String = text
        .lines()
        .filter(|line| !line.is_empty())
        .fold(String::new(), |all, line| all + line + "\n");
    fs::File::create(&names)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .expect("a scratch file");
    let stdin = fs::File::open(&names).expect("a scratch file");
    let output = Command::new(reader).stdin(Stdio::from(stdin)).output().expect("the reader runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::remove_dir_all(&folder).expect("a scratch folder");
    let mut symbols: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let mut fields = line.rsplitn(5, ' ');
        let mut next = || fields.next().expect("five fields").to_owned();
        let (mark, origin, kind, abi, name) = (next(), next(), next(), next(), next());
        // A static symbol of assembly has an ABI of its own.
        if name.is_empty() || abi.len() > 1 {
            continue;
        }
        let mark = match mark.as_str() {
            "m" => Mark::Everybody,
            "s" => Mark::Std,
            _ => Mark::Absent,
        };
        let row = Row {
            internal: abi == "1",
            text: kind == "T",
            assembly: origin == "s",
            wrapper: origin == "w",
            mark,
        };
        symbols.entry(name).or_default().push(row);
    }
    symbols
}

/// Builds testdata/witness/marks as a command of this Go. Go refuses overlays below its module cache,
/// where fetched toolchains lie, so it is shown the same folder under another name.
fn object_reader(toolchain: &Toolchain, folder: &Path) -> PathBuf {
    let root = folder.join("goroot");
    std::os::unix::fs::symlink(&toolchain.root, &root).expect("a link");
    let source = common::testdata().join("witness").join("marks").join("main.go");
    let place = root.join("src/cmd/gonymmarks/main.go");
    let overlay = serde_json::json!({ "Replace": { place.to_str().expect("a path"): source } });
    let overlay_file = folder.join("overlay.json");
    fs::write(&overlay_file, overlay.to_string()).expect("a scratch file");
    let reader = folder.join("reader");
    let mut command = toolchain.command(&root.join("src"));
    command
        .env("GOROOT", &root)
        .arg("build")
        .arg("-overlay")
        .arg(&overlay_file)
        .arg("-o")
        .arg(&reader);
    let output = command.arg("cmd/gonymmarks").output().expect("go runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    reader
}
