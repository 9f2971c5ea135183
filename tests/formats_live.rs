//! Does an archive for C programs, object by object, say what the program says that a linker makes of it?
//!
//! The same c-archive is read as it is, its relocations applied in memory, and after a C compiler has
//! linked it: what each Go function calls, jumps to and takes the address of must be the same. Slots and
//! words of linked files are held against readelf. Needs Go and a C compiler; what is missing is said.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::go::{self, Toolchain};
use gonym::binary::Binary;
use gonym::code::Wanted;
use rayon::prelude::*;
use serde_json::Value;

/// A platform whose objects are linked here: how, and whether every Go must be able to.
struct Target {
    platform: (&'static str, &'static str),
    /// The C compiler.
    compiler: &'static str,
}

const TARGETS: &[Target] = &[
    Target { platform: ("linux", "amd64"), compiler: "gcc" },
    Target { platform: ("linux", "arm64"), compiler: "aarch64-linux-gnu-gcc" },
    // `GONYM_ZIG` is a zig program; scripts stand for it with the target's triple.
    Target { platform: ("windows", "amd64"), compiler: "zig x86_64-windows-gnu" },
    Target { platform: ("darwin", "arm64"), compiler: "zig aarch64-macos" },
    Target { platform: ("darwin", "amd64"), compiler: "zig x86_64-macos" },
];

/// The oldest linker that c-archives are judged of here, and the newest.
const MINORS: [u16; 2] = [22, 27];

/// The program of `target`'s compiler; a script in `folder` where it needs arguments.
fn compiler(target: &Target, folder: &Path) -> Result<PathBuf, String> {
    let Some(triple) = target.compiler.strip_prefix("zig ") else {
        let runs = Command::new(target.compiler).arg("--version").output();
        return runs
            .map(|_| target.compiler.into())
            .map_err(|e| format!("{}: {e}", target.compiler));
    };
    let zig = std::env::var("GONYM_ZIG").map_err(|_| "GONYM_ZIG names no zig".to_owned())?;
    let script = folder.join(format!("cc-{triple}"));
    fs::write(&script, format!("#!/bin/sh\nexec {zig} cc -target {triple} \"$@\"\n"))
        .expect("a script");
    let made = Command::new("chmod").arg("+x").arg(&script).status().expect("chmod");
    assert!(made.success(), "chmod");
    Ok(script)
}

fn build(toolchain: &Toolchain, target: &Target, compiler: &Path, mode: &[&str], file: &Path) {
    let folder = common::testdata().join("programs/carchive");
    let mut command = toolchain.command(&folder);
    command.env("GOOS", target.platform.0).env("GOARCH", target.platform.1);
    command.env("CGO_ENABLED", "1").env("CC", compiler);
    command.arg("build").args(mode).arg("-o").arg(file).arg(".");
    let output = command.output().expect("go runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "go{}: {said}", toolchain.version);
}

/// Links the archive into a program, leaving what nobody defines to be 0.
fn link(target: &Target, compiler: &Path, archive: &Path, program: &Path) {
    let source = program.with_extension("c");
    fs::copy(common::testdata().join("programs/carchive/caller.txt"), &source).expect("a C file");
    let mut command = Command::new(compiler);
    command.arg(&source).arg(archive).arg("-o").arg(program);
    match target.platform.0 {
        "linux" => _ = command.args(["-lpthread", "-Wl,--unresolved-symbols=ignore-all"]),
        // What is undefined in a program of these stops the linker: the caller defines it.
        goos => {
            let symbol = if goos == "darwin" { "_rumtime.nanotime" } else { "rumtime.nanotime" };
            let mut text = fs::read_to_string(&source).expect("the C file");
            text += &format!("\nlong missing_in_go(void) __asm__(\"{symbol}\");\n");
            text.push_str("long missing_in_go(void) { return 0; }\n");
            fs::write(&source, text).expect("the C file");
        }
    }
    let output = command.output().expect("the compiler runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", compiler.display());
}

/// Function, offset in it, how, and the function referred to with the offset in it.
type References = BTreeSet<(Vec<u8>, u64, &'static str, Vec<u8>, u64)>;

fn references(path: &Path) -> References {
    let opened = Binary::open(path).expect("a file");
    let binaries: Vec<&Binary> = opened.binaries.iter().filter(|binary| binary.is_go()).collect();
    let [binary] = binaries.as_slice() else { panic!("{}: not one of Go", path.display()) };
    let functions = binary.functions().expect("a function table");
    assert!(functions.trees.is_some(), "{}: inline trees", path.display());
    assert_eq!(binary.relocations().faults, [], "{}", path.display());
    let wanted = Wanted::new(functions.table.functions().map(|function| function.entry));
    let found = binary.search_code(&wanted).expect("code");
    let row = |reference: &gonym::code::RawReference| {
        let from = functions.table.find(reference.at)?;
        let to = functions.table.find(reference.to)?;
        let (at, inside) = (reference.at - from.entry, reference.to - to.entry);
        Some((from.name().to_vec(), at, reference.how.word(), to.name().to_vec(), inside))
    };
    let rows: References = found.references.iter().filter_map(row).collect();
    assert!(rows.len() > 5000, "{}: {} references", path.display(), rows.len());
    rows
}

/// Unit, kind, name, distance from where a function begins, line, and the parameters.
type Described =
    BTreeSet<(Vec<u8>, String, Vec<u8>, Option<u64>, Option<u64>, Vec<gonym::dwarf::Parameter>)>;

/// What the compilers say of each function of package main and of the runtime, and of their variables;
/// none where a linker leaves that to the objects, as Apple's do.
fn described(path: &Path) -> Option<Described> {
    let opened = Binary::open(path).expect("a file");
    let mut binaries = opened.binaries.iter().filter(|binary| binary.is_go());
    let binary = binaries.next().expect("an object of Go");
    let debug = binary.debug()?.expect("debugging information that can be read");
    let found = debug.find(&|name| name.starts_with(b"main.") || name.starts_with(b"runtime."));
    assert_eq!(found.fault, None, "{}", path.display());
    let functions = binary.functions().expect("a function table");
    let row = |entry: &gonym::dwarf::Entry| {
        let unit = debug.units().get(entry.unit).expect("a unit").name.clone();
        // Where a function begins is told by its table, which no linker strips.
        let holder = entry.address.and_then(|at| functions.table.find(at));
        let own = holder.filter(|function| function.name() == entry.name);
        let distance = own.zip(entry.address).map(|(own, at)| at.wrapping_sub(own.entry));
        let (kind, name) = (format!("{:?}", entry.kind), entry.name.clone());
        (unit, kind, name, distance, entry.line, entry.parameters.clone())
    };
    let rows: Described = found.entries.iter().map(row).collect();
    let placed = rows.iter().filter(|row| row.3 == Some(0)).count();
    assert!(placed > 1000, "{}: {placed} of {} begin a function", path.display(), rows.len());
    Some(rows)
}

/// Verdict and reason of each pair.
fn judged(path: &Path, pairs: &[&str]) -> Vec<String> {
    let mut arguments = vec!["check".into(), path.as_os_str().to_owned()];
    arguments.extend(["--format".into(), "json".into()]);
    arguments.extend(pairs.iter().flat_map(|pair| ["--pair".into(), (*pair).into()]));
    let output = common::gonym(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    assert_eq!(report["faults"], Value::Array(Vec::new()), "{said}");
    let binaries = report["binaries"].as_array().expect("binaries");
    assert_eq!(binaries.len(), 1, "{}: C objects are not judged", path.display());
    if path.extension().is_some_and(|extension| extension == "a") {
        assert_eq!(binaries[0]["member"], "go.o");
    }
    let claims = binaries[0]["claims"].as_array().expect("claims");
    let word = |claim: &Value, key: &str| claim[key].as_str().unwrap_or_default().to_owned();
    claims
        .iter()
        .map(|claim| format!("{}/{}", word(claim, "verdict"), word(claim, "reason")))
        .collect()
}

/// What the sources of testdata/programs/carchive say; the last two have no directive.
const TRUTH: &[(&str, &[&str])] = &[
    ("main.nanotime=runtime.nanotime", &["in-effect/referenced"]),
    ("main.secret=example.com/carchive/impl.secret", &["in-effect/referenced"]),
    // A function value is no proof without source.
    ("main.held=example.com/carchive/impl.held", &["unproven/ambiguous"]),
    ("main.unused=example.com/carchive/impl.unused", &["unused/not-called"]),
    ("main.pushed=example.com/carchive/impl.Pushed", &["in-effect/foreign-file"]),
    ("main.missing=rumtime.nanotime", &["not-in-effect/undefined-import"]),
    ("main.never=rumtime.never", &["unused/absent", "unproven/no-names"]),
    ("fmt.secret=example.com/carchive/impl.secret", &["unused/not-called"]),
];

#[test]
fn an_archive_refers_as_the_program_that_is_linked_of_it() {
    let folder = common::scratch("carchive");
    let compilers: Vec<_> =
        TARGETS.iter().map(|target| (target, compiler(target, &folder))).collect();
    let cells: Vec<_> =
        MINORS.iter().flat_map(|m| compilers.iter().map(move |c| (*m, c))).collect();
    cells.par_iter().for_each(|(minor, (target, compiler))| {
        archive_and_program(&folder, *minor, target, compiler.as_deref());
    });
}

/// One version's archive for one platform, beside the program that is linked of it.
fn archive_and_program(
    folder: &Path,
    minor: u16,
    target: &Target,
    compiler: Result<&Path, &String>,
) {
    let (goos, goarch) = target.platform;
    let what = format!("the c-archive of {goos}/{goarch} by go1.{minor}");
    let ready = go::toolchain(minor).and_then(|go| Ok((go, compiler.map_err(String::clone)?)));
    let (toolchain, compiler) = match ready {
        Ok(ready) => ready,
        // Of the compilers only the machine's own is asked of everybody.
        Err(why) if target.compiler == "gcc" => return go::skip(&what, &why),
        Err(why) => return go::say(&format!("SKIPPED, NOT TESTED: {what}: {why}")),
    };
    let archive = folder.join(format!("{goos}-{goarch}-{minor}.a"));
    build(&toolchain, target, compiler, &["-buildmode=c-archive", "-tags=missing"], &archive);
    let pairs: Vec<&str> = TRUTH.iter().map(|(pair, _)| *pair).collect();
    for ((pair, wanted), found) in TRUTH.iter().zip(judged(&archive, &pairs)) {
        assert!(wanted.contains(&found.as_str()), "{what}: {pair}: {found}");
    }
    let program = folder.join(format!("{goos}-{goarch}-{minor}.exe"));
    link(target, compiler, &archive, &program);
    let (object, linked) = (references(&archive), references(&program));
    let differing: Vec<_> = object.symmetric_difference(&linked).take(5).collect();
    assert!(differing.is_empty(), "{what}: {differing:?}");
    let object_says = described(&archive).expect("objects have debugging information");
    let program_says = described(&program).unwrap_or_else(|| object_says.clone());
    let differing: Vec<_> = object_says.symmetric_difference(&program_says).take(5).collect();
    assert!(differing.is_empty(), "{what}: {differing:?}");
    let counts = (object.len(), object_says.len());
    go::say(&format!("{what}: {} references, {} entries, as linked", counts.0, counts.1));
}

/// Address, symbol and addend.
type Slots = BTreeSet<(u64, String, i64)>;
/// Address and value.
type Words = BTreeSet<(u64, u64)>;

/// The slots and words that `readelf -rW` names.
fn readelf(file: &Path) -> Option<(Slots, Words)> {
    let output = Command::new("readelf").arg("-rW").arg(file).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = |text: &str| u64::from_str_radix(text, 16).ok();
    let (mut slots, mut words) = (BTreeSet::new(), BTreeSet::new());
    for line in text.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [offset, _, kind, rest @ ..] = fields.as_slice() else { continue };
        let Some(offset) = number(offset).filter(|_| kind.starts_with("R_")) else { continue };
        let fills = ["GLOB_DAT", "JUMP_SLOT", "JUMP_SLO", "X86_64_64", "ABS64"];
        match rest {
            [value] if kind.ends_with("_RELATIVE") || kind.ends_with("_RELATIV") => {
                words.insert((offset, number(value)?));
            }
            [value, name, sign, addend] if fills.iter().any(|end| kind.ends_with(end)) => {
                let addend = number(addend)? as i64 * if *sign == "-" { -1 } else { 1 };
                let name = name.split('@').next().unwrap_or_default().to_owned();
                slots.insert((offset, name, addend));
                let value = number(value)?;
                if value > 0 {
                    words.insert((offset, value.wrapping_add_signed(addend)));
                }
            }
            _ => {}
        }
    }
    Some((slots, words))
}

#[test]
fn slots_and_words_are_those_that_readelf_names() {
    let folder = common::scratch("slots");
    let what = "slots against readelf";
    let toolchain = match go::toolchain(27) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip(what, &why),
    };
    for target in TARGETS.iter().filter(|target| target.platform.0 == "linux") {
        let compiler = match compiler(target, &folder) {
            Ok(compiler) => compiler,
            Err(why) => {
                go::say(&format!("SKIPPED, NOT TESTED: {what} of {}: {why}", target.compiler));
                continue;
            }
        };
        let library = folder.join(format!("{}.so", target.platform.1));
        build(&toolchain, target, &compiler, &["-buildmode=c-shared"], &library);
        let Some((slots, words)) = readelf(&library) else {
            return go::skip(what, "no readelf");
        };
        assert!(slots.len() > 20 && words.len() > 1000, "{} {}", slots.len(), words.len());
        let opened = Binary::open(&library).expect("a library");
        let [binary] = opened.binaries.as_slice() else { panic!("one binary") };
        let found = binary.slots();
        assert_eq!(found.faults, []);
        let name = |slot| String::from_utf8_lossy(found.name(slot)).into_owned();
        let own: BTreeSet<_> =
            found.all().iter().map(|slot| (slot.address, name(slot), slot.addend)).collect();
        assert_eq!(own, slots, "{}", target.compiler);
        let own: BTreeSet<_> =
            binary.relocations().words.iter().map(|word| (word.address, word.value)).collect();
        assert_eq!(own, words, "{}", target.compiler);
        go::say(&format!("{}: {} slots, {} words", target.compiler, slots.len(), words.len()));
    }
}
