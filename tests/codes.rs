//! Can each code of the table appear?
//!
//! What needs no Go is made to appear here: mistakes by the programs of `testdata/source/mistakes`, signatures by a
//! module of two packages, what stands beside a verdict by the fixtures, gaps and faults by what is missing and
//! damaged. For the rest the test is named that makes it appear, and that this test speaks of the code.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gonym::finding::Code;
use serde_json::Value;

/// Codes that only a build by Go, or what no file can be made to do, shows: the test that does, and what it says of
/// the code.
const ELSEWHERE: &[(Code, &str, &str)] = &[
    (Code::NeedsFlag, "tests/scan_faults.rs", "\"needs-checklinkname-0\""),
    (Code::FlagXIgnored, "tests/owed.rs", "ldflags-x-ignored"),
    (Code::NoOwner, "tests/variables_elsewhere.rs", "\"no-owner\""),
    (Code::ReadFailed, "src/input/file.rs", "(FaultCode::ReadFailed, \"no more\")"),
    (Code::TooLarge, "src/input/file.rs", "(FaultCode::TooLarge, 4, 5)"),
    (Code::Changed, "src/input/file.rs", "(FaultCode::Changed, 6, 3)"),
    (Code::Disagreement, "src/image/inflate.rs", "(FaultCode::Disagreement, 7, claimed, present)"),
];

/// A folder that is new.
fn fresh(name: &str) -> PathBuf {
    let folder = common::scratch("codes").join(format!("{name}-{}", std::process::id()));
    _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a scratch folder");
    folder
}

fn put(folder: &Path, name: &str, text: &str) {
    let file = folder.join(name);
    fs::create_dir_all(file.parent().expect("a folder")).expect("a scratch folder");
    fs::write(file, text).expect("a scratch file");
}

/// Runs gonym in `folder` without any Go that it could look for, and gives its document.
fn document(folder: &Path, arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.args(arguments).arg("--format=json").current_dir(folder).env_clear();
    command.env("PATH", "/nowhere").env("HOME", "/nowhere").env("GOROOT", no_goroot());
    let Output { stdout, stderr, .. } = command.output().expect("gonym runs");
    serde_json::from_slice(&stdout).unwrap_or_else(|error| {
        panic!("{arguments:?}: {error}: {}", String::from_utf8_lossy(&stderr))
    })
}

/// A Go of no use, which is of a release near those that are asked for: another that is installed is not read.
fn no_goroot() -> PathBuf {
    let folder = common::scratch("codes").join("goroot");
    fs::create_dir_all(folder.join("src/runtime")).expect("a folder");
    fs::write(folder.join("VERSION"), "go1.28\n").expect("a file");
    folder
}

/// The codes of a document's findings and faults.
fn codes(document: &Value) -> BTreeSet<String> {
    let of = |list: &str| document[list].as_array().cloned().expect("a list").into_iter();
    let word = |entry: Value| entry["code"].as_str().expect("a code").to_owned();
    of("findings").chain(of("faults")).map(word).collect()
}

fn shown(folder: &Path, arguments: &[&str]) -> BTreeSet<String> {
    codes(&document(folder, arguments))
}

/// Every program of `testdata/source/mistakes`, and what `owed` misuses.
fn of_mistakes() -> BTreeSet<String> {
    let programs = common::testdata().join("source/mistakes");
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(programs).expect("the programs") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "txtar") {
            continue;
        }
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let module = fresh(&format!("mistakes/{name}"));
        put(&module, "go.mod", "module example.com/q\n\ngo 1.18\n");
        let text = fs::read_to_string(&path).expect("a program");
        for section in text.split("\n-- ").skip(1) {
            let (file, text) = section.split_once(" --\n").expect("-- FILE --");
            put(&module, &format!("{name}/{file}"), text);
        }
        seen.extend(scan(&module, "1.27"));
        if name.starts_with("std-word") {
            seen.extend(scan(&module, "1.22"));
        }
    }
    let owed = common::testdata().join("programs/owed");
    seen.extend(scan(&owed, "1.27"));
    seen.extend(scan(&owed, "1.99"));
    seen
}

/// The codes of a module for one platform.
fn scan(module: &Path, go: &str) -> BTreeSet<String> {
    shown(module, &["scan", "--goos=linux", "--goarch=amd64", "--go-version", go])
}

const LIB: &str = "package lib\n\n\
    type Doer interface{ Do() }\n\ntype Large struct{ A, B, C, D int64 }\n\n\
    func results() int { return 1 }\n\nfunc parameters(s string) {}\n\nfunc pointer(p *int) {}\n\n\
    func doer(d Doer) {}\n\nfunc pointee(l *Large) { l.D = 1 }\n\nfunc meaning(m map[string]int) {}\n\n\
    func defined() int { return 1 }\n\n\
    var size int64\n\nvar pointers [2]*int\n";

const MAIN: &str = "package main\n\nimport (\n\t_ \"unsafe\"\n\n\t_ \"example.com/s/lib\"\n)\n\n\
    type small struct{ a, b int64 }\n\n\
    //go:linkname results example.com/s/lib.results\nfunc results() string\n\n\
    //go:linkname parameters example.com/s/lib.parameters\nfunc parameters(n int)\n\n\
    //go:linkname pointer example.com/s/lib.pointer\nfunc pointer(p uintptr)\n\n\
    //go:linkname doer example.com/s/lib.doer\nfunc doer(d any)\n\n\
    //go:linkname pointee example.com/s/lib.pointee\nfunc pointee(s *small)\n\n\
    //go:linkname meaning example.com/s/lib.meaning\nfunc meaning(m map[int]string)\n\n\
    //go:linkname defined example.com/s/lib.defined\nfunc defined() int { return 2 }\n\n\
    //go:linkname size example.com/s/lib.size\nvar size int32\n\n\
    //go:linkname pointers example.com/s/lib.pointers\nvar pointers [2]uintptr\n\n\
    func main() {\n\tvar s small\n\tpointee(&s)\n}\n";

/// Two declarations of one thing that do not fit.
fn of_signatures() -> BTreeSet<String> {
    let folder = fresh("signatures");
    put(&folder, "go.mod", "module example.com/s\n\ngo 1.18\n");
    put(&folder, "lib/lib.go", LIB);
    put(&folder, "main.go", MAIN);
    put(&folder, "empty.s", "");
    scan(&folder, "1.27")
}

fn fixture(id: &str) -> String {
    common::fixture_named(id).path.display().to_string()
}

/// What stands beside a verdict, and rules that do not hold.
fn beside() -> BTreeSet<String> {
    let (spine, cgo) =
        (fixture("spine-go1.27-linux-amd64"), fixture("cgo-go1.27-linux-amd64-external"));
    let stripped = fixture("spine-go1.27-linux-amd64-stripped");
    let sources = common::testdata().join("programs");
    let pushed = "--pair=main.x=example.com/spine/lib.hook";
    let [called, other] =
        ["called", "other"].map(|x| format!("--pair=main.{x}=example.com/spine/lib.called"));
    [
        shown(&sources, &["check", &spine, pushed]),
        shown(&sources, &["check", &spine, &called, &other]),
        shown(&sources, &["check", &spine, "--require=no.such"]),
        shown(&sources, &["check", &stripped, "--forbid=no.such"]),
        shown(&sources, &["diff", &stripped, &spine, "--fail-on=symbols"]),
        shown(&sources.join("spine"), &["check", "--own", &spine]),
        shown(&sources.join("cgo"), &["check", &cgo, "--pair=main.nobody=runtime.nanotime"]),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The sources of `cgo`, with this done to them, held against the binary that they were before.
fn changed(name: &str, change: impl FnOnce(&Path)) -> BTreeSet<String> {
    let folder = fresh(name);
    let program = common::testdata().join("programs/cgo");
    for file in ["go.mod", "main.go", "impl/impl.go", "lib/lib.go"] {
        put(&folder, file, &fs::read_to_string(program.join(file)).expect("a source"));
    }
    change(&folder);
    shown(&folder, &["check", &fixture("cgo-go1.27-linux-amd64-external")])
}

/// An archive of C: nothing in it says what it was built from.
fn c_archive() -> String {
    let path = common::scratch("codes").join("elf.a");
    let bytes = common::gunzip(&common::testdata().join("formats/elf.a.gz"));
    fs::write(&path, bytes).expect("an archive");
    path.display().to_string()
}

/// What is missing of sources.
fn of_gaps() -> BTreeSet<String> {
    let cgo = fixture("cgo-go1.27-linux-amd64-external");
    let program = common::testdata().join("programs/cgo");
    let elsewhere = fresh("elsewhere");
    let remove = |name: &'static str| {
        move |folder: &Path| fs::remove_dir_all(folder.join(name)).expect("a folder")
    };
    let rewrite =
        |name: &'static str, text: &'static str| move |folder: &Path| put(folder, name, text);
    let main = "package main\n\nfunc main() {}\n";
    [
        shown(&elsewhere, &["check", &cgo]),
        shown(&elsewhere, &["check", &c_archive()]),
        shown(&program, &["check", &cgo, "--source=example.com/nobody=."]),
        changed("missing", remove("lib")),
        changed("rejected", rewrite("impl/impl.go", "//go:build ignore\n\npackage impl\n")),
        changed("unreadable", rewrite("lib/lib.go", "no Go\n")),
        changed("not-reached", rewrite("main.go", main)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is wrong with inputs.
fn of_faults() -> BTreeSet<String> {
    let folder = fresh("faults");
    let spine = fixture("spine-go1.27-linux-amd64");
    let whole = fs::read(&spine).expect("a fixture");
    let rule = "--require=main.main";
    let mut seen = BTreeSet::new();
    let files: [(&str, &[u8]); 4] = [
        ("text", b"no executable"),
        ("wasm", b"\0asm\x01\0\0\0"),
        ("cut", &whole[..whole.len() / 2]),
        ("archive", &[&b"!<arch>\n"[..], &[b' '; 60]].concat()),
    ];
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).expect("a file");
        seen.extend(shown(&folder, &["check", name, rule]));
    }
    seen.extend(shown(&folder, &["check", "nowhere", rule]));
    seen.extend(shown(&folder, &["check", ".", rule]));
    let stripped = fixture("spine-go1.27-linux-amd64-stripped");
    let other = fixture("nano-go1.27-linux-amd64");
    seen.extend(shown(&folder, &["check", &stripped, "--debug", &other, rule]));
    put(&folder, "go.mod", "module example.com/f\n\ngo 1.18\n");
    put(&folder, "main.go", "package main\n\nfunc (\n");
    seen.extend(scan(&folder, "1.27"));
    // A link that leads nowhere, where the system has links.
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere.go", folder.join("gone.go")).expect("a link");
    #[cfg(not(unix))]
    fs::create_dir(folder.join("gone.go")).expect("a folder");
    seen.extend(shown(&folder, &["scan", "--all-files", "--go-version=1.27"]));
    seen
}

#[test]
fn each_code_can_appear() {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (whence, codes) in [
        ("mistakes", of_mistakes()),
        ("signatures", of_signatures()),
        ("beside", beside()),
        ("gaps", of_gaps()),
        ("faults", of_faults()),
    ] {
        seen.extend(codes.into_iter().map(|code| (code, whence)));
    }
    let elsewhere: BTreeSet<&str> = ELSEWHERE.iter().map(|(code, _, _)| code.word()).collect();
    let words = || Code::ALL.iter().map(|code| code.word());
    let missing: Vec<&str> =
        words().filter(|word| !seen.contains_key(*word) && !elsewhere.contains(word)).collect();
    assert!(missing.is_empty(), "{missing:?}; seen {seen:#?}");
    let twice: Vec<&str> =
        words().filter(|word| seen.contains_key(*word) && elsewhere.contains(word)).collect();
    assert!(twice.is_empty(), "{twice:?} appear here: no other test need be named");
}

#[test]
fn the_other_tests_speak_of_their_codes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (code, file, words) in ELSEWHERE {
        let text = fs::read_to_string(root.join(file)).expect("a test");
        let tests = text.rsplit_once("mod tests {").map_or(text.as_str(), |(_, tests)| tests);
        assert!(tests.contains(words), "{file} says nothing of {}: {words}", code.word());
    }
}
