//! Programs that the tables do not speak about, and programs that gc's toolchain did not make.
//!
//! A recorded version is patched in a fixture of go1.27: the program stays what it is, so every verdict
//! that changes does so for the version alone. Programs of gccgo are built where it is installed; what
//! TinyGo and UPX leave is made by hand after their sources, because neither can be had here.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{expect, go, judged};

const SPINE: &str = "spine-go1.27-linux-amd64";

/// The fixture with `version` recorded in place of its own.
fn with_version(version: &str) -> PathBuf {
    let mut bytes = fs::read(common::fixture_named(SPINE).path).expect("a fixture");
    let record = memchr::memmem::find_iter(&bytes, b"\xff Go buildinf:");
    // The record itself is aligned and carries flag 2: strings follow its header of 32 bytes.
    let record = record.into_iter().find(|at| at % 16 == 0 && bytes[at + 15] & 2 != 0);
    let start = record.expect("a record") + 32;
    let (old, rest) = string(&bytes, start);
    assert_eq!(old, b"go1.27.3");
    let (modules, end) = string(&bytes, rest);
    // The text of the modules takes up the difference, in a setting that nobody reads.
    let text = String::from_utf8_lossy(modules).into_owned();
    let line = "build\t-buildmode=exe\n";
    let (before, after) = text.split_once(line).expect("a setting");
    let len = line.len() + old.len() - version.len();
    let filler = format!("build\tx={}\n", "y".repeat(len - "build\tx=\n".len()));
    // The text holds bytes that are no UTF-8 at both ends: only its middle may be replaced.
    let at = memchr::memmem::find(modules, line.as_bytes()).expect("a setting");
    assert!(before.len() >= 16 && after.len() >= 16);
    let modules = [&modules[..at], filler.as_bytes(), &modules[at + line.len()..]].concat();
    let mut record = Vec::new();
    for part in [version.as_bytes(), &modules] {
        let mut len = part.len();
        while len >= 0x80 {
            record.push(len as u8 | 0x80);
            len >>= 7;
        }
        record.push(len as u8);
        record.extend(part);
    }
    assert_eq!(record.len(), end - start, "the record keeps its size");
    bytes[start..end].copy_from_slice(&record);
    let name: String = version.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let path = common::scratch("toolchains").join(format!("{name}-{}", std::process::id()));
    fs::write(&path, bytes).expect("a scratch file");
    path
}

/// A length-prefixed string, and where it ends.
fn string(bytes: &[u8], at: usize) -> (&[u8], usize) {
    let digits = bytes[at..].iter().position(|byte| byte & 0x80 == 0).expect("a length") + 1;
    let len = bytes[at..at + digits]
        .iter()
        .rev()
        .fold(0usize, |len, byte| len << 7 | usize::from(byte & 0x7f));
    let start = at + digits;
    (&bytes[start..start + len], start + len)
}

/// Outcome of every claim of the program `spine`, with its remote.
fn outcomes(file: &Path) -> Vec<(String, String)> {
    let expected = expect::expectations("spine");
    let mut pairs: Vec<String> = expected.iter().map(|line| line.pair.clone()).collect();
    pairs.sort();
    pairs.dedup();
    let judged = judged::judge(file, &pairs);
    pairs.into_iter().zip(judged).map(|(pair, judged)| (pair, judged[0].outcome.clone())).collect()
}

/// Whether a table could speak about the remote: names of the standard library, which no path with a
/// dot in its first element is, nor package main.
fn is_standard(pair: &str) -> bool {
    let remote = pair.rsplit('=').next().expect("a remote");
    let first = remote.split('/').next().expect("an element");
    !remote.starts_with("main.") && (first.len() == remote.len() || !first.contains('.'))
}

fn check_json(file: &Path) -> serde_json::Value {
    let arguments = ["check", "--format", "json", "--pair", "main.a=runtime.nanotime"];
    let mut arguments: Vec<&std::ffi::OsStr> = arguments.iter().map(AsRef::as_ref).collect();
    arguments.push(file.as_os_str());
    serde_json::from_slice(&common::gonym(arguments).stdout).expect("JSON")
}

/// How often the text report warns that the tables do not speak about the file.
fn warned(file: &Path) -> usize {
    let pair = "main.a=runtime.nanotime";
    let output =
        common::gonym(["check".as_ref(), file.as_os_str(), "--pair".as_ref(), pair.as_ref()]);
    String::from_utf8_lossy(&output.stdout).matches("go-outside-tables").count()
}

/// Newer than the tables, a development version, forks: what rests on a table is not said.
#[test]
fn a_version_outside_the_tables_lowers_what_rests_on_them() {
    let before = outcomes(&common::fixture_named(SPINE).path);
    for version in ["go1.28.0", "go1.28rc1", "devel go1.29-abcdef", "go1.27.3-fork.1", "go1.99"] {
        let file = with_version(version);
        let document = check_json(&file);
        assert_eq!(document["binaries"][0]["go"], version);
        assert_eq!(document["binaries"][0]["warnings"][0], "go-outside-tables", "{version}");
        assert_eq!(warned(&file), 1, "{version}: said once");
        let (mut lowered, mut kept) = (0, 0);
        for ((pair, was), (_, is)) in before.iter().zip(outcomes(&file)) {
            if *was == is {
                kept += 1;
                // Neither a call nor the absence of one says anything about such a name.
                let rests = matches!(
                    was.as_str(),
                    "in-effect/referenced" | "unused/not-called" | "unused/absent"
                );
                assert!(!rests || !is_standard(pair), "{version}: {pair} is still {is}");
                continue;
            }
            assert_eq!(is, "unproven/unknown-go", "{version}: {pair} was {was}");
            assert!(is_standard(pair), "{version}: {pair} was {was}");
            lowered += 1;
        }
        assert!(lowered >= 5 && kept >= 20, "{version}: {lowered} lowered, {kept} kept");
    }
}

/// Experiments are recorded behind a release, and are that release.
#[test]
fn experiments_of_a_release_are_the_release() {
    let before = outcomes(&common::fixture_named(SPINE).path);
    let file = with_version("go1.27.3 X:jsonv2");
    assert_eq!(outcomes(&file), before);
    assert_eq!(check_json(&file)["binaries"][0]["warnings"], serde_json::Value::Null);
    assert_eq!(warned(&file), 0);
}

/// A newer Go may change the table itself, and garble does so on purpose: nothing is damaged then.
#[test]
fn a_function_table_of_an_unknown_layout_is_named() {
    let mut bytes = fs::read(common::fixture_named(SPINE).path).expect("a fixture");
    let magic = memchr::memmem::find(&bytes, b"\xf1\xff\xff\xff\0\0\x01\x08").expect("a table");
    bytes[magic] = 0xf2;
    let file = common::scratch("toolchains").join(format!("magic-{}", std::process::id()));
    fs::write(&file, bytes).expect("a scratch file");
    for (pair, outcome) in outcomes(&file) {
        assert_eq!(outcome, "unproven/unknown-go", "{pair}");
    }
    let document = check_json(&file);
    let fault = &document["faults"][0];
    assert_eq!((&fault["code"], &fault["part"]), (&"unsupported".into(), &"pclntab header".into()));
    assert_eq!(document["binaries"][0]["complete"], true);
}

/// What gonym says of a file: the word for its maker, the reason and its sentence.
fn named(file: &Path) -> (String, String, String) {
    let document = check_json(file);
    let claim = &document["binaries"][0]["claims"][0];
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let maker = text(&document["binaries"][0]["toolchain"]);
    (maker, text(&claim["reason"]), text(&claim["message"]))
}

#[test]
fn programs_of_gccgo_are_named_live_gccgo_needed() {
    if Command::new("gccgo").arg("--version").output().is_err() {
        return go::say("SKIPPED, NOT TESTED: programs of gccgo: none is installed");
    }
    let folder = common::scratch("toolchains");
    let source = folder.join("hello.go");
    fs::write(&source, "package main\n\nfunc main() { println(1) }\n").expect("a source");
    for (flags, stripped) in [("", ""), ("", "-s"), ("-static-libgo", ""), ("-static-libgo", "-s")]
    {
        let file = folder.join(format!("gccgo{flags}{stripped}-{}", std::process::id()));
        let mut command = Command::new("gccgo");
        command.args([flags, stripped].iter().filter(|flag| !flag.is_empty()));
        let built = command.arg("-o").arg(&file).arg(&source).output().expect("gccgo runs");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let (maker, reason, message) = named(&file);
        assert_eq!((maker.as_str(), reason.as_str()), ("gccgo", "not-gc"), "{flags} {stripped}");
        assert!(message.contains("gccgo"), "{message}");
    }
}

/// C, alone and with the marks that TinyGo's runtime and UPX's stub leave.
#[test]
fn what_is_no_go_is_named_for_what_it_is_live_cc_needed() {
    if Command::new("cc").arg("--version").output().is_err() {
        return go::say("SKIPPED, NOT TESTED: programs of C: no cc is installed");
    }
    let folder = common::scratch("toolchains");
    let build = |name: &str, text: &str| {
        let source = folder.join(format!("{name}.c"));
        fs::write(&source, text).expect("a source");
        let file = folder.join(format!("{name}-{}", std::process::id()));
        let built = Command::new("cc").arg("-o").arg(&file).arg(&source).output().expect("cc runs");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        file
    };
    let plain = build("plain", "int main(void) { return 0; }\n");
    let tiny = build("tiny", "void tinygo_startTask(void) {}\nint main(void) { return 0; }\n");
    // UPX writes its magic behind the program headers; nothing reads the padding of e_ident.
    let packed = folder.join(format!("packed-{}", std::process::id()));
    let mut bytes = fs::read(&plain).expect("a program");
    bytes[9..13].copy_from_slice(b"UPX!");
    fs::write(&packed, bytes).expect("a scratch file");
    for (file, maker, says) in [
        (plain, "none", "nothing in it says that Go made it"),
        (tiny, "tinygo", "TinyGo made this program"),
        (packed, "upx", "packed by UPX"),
    ] {
        let (found, reason, message) = named(&file);
        assert_eq!((found.as_str(), reason.as_str()), (maker, "not-gc"));
        assert!(message.contains(says), "{message}");
    }
}
