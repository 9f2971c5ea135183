//! Public modules that really use linkname, each in a small program, built by two Go versions.
//!
//! The programs of testdata/modules print what they print only if their pulls and pushes work. What is
//! true of their directives comes from `go list -deps`, which names the files of the build, and from
//! go/parser, which reads them. Needs the modules: from the module cache, or from the proxy where
//! `GONYM_REQUIRE_GO=1`.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::go::{self, Order, Toolchain};
use gonym::rules::{Handle, Pull, Release};
use gonym::source::assembly::Assembly;
use gonym::source::file::GoFile;
use gonym::source::package::{self, Form, Kind, Package};
use serde_json::Value;

const PLATFORM: (&str, &str) = ("linux", "amd64");

/// Folder of testdata/modules, the Go versions that build it, and what the program prints. gvisor's
/// module excludes itself from go1.22 on, sonic's compiler from go1.25 on; quic-go asks for go1.23.
const MODULES: &[(&str, [u16; 2], &str)] = &[
    ("json-iterator", [19, 27], "{\"a\":[1,2]} <nil> <nil> map[a:[1 2]]\n"),
    ("sonic", [21, 24], "{\"a\":[1,2]} <nil> <nil> map[a:[1 2]]\n"),
    ("quic-go", [23, 27], "listens <nil>\n"),
    ("gvisor", [20, 21], "true\n"),
    ("purego", [19, 27], "7\n"),
    ("wireguard", [20, 27], "closed\n"),
    ("ugorji", [19, 27], "{\"a\":[1,2]} <nil> <nil> map[a:[1 2]]\n"),
    ("go-json", [19, 27], "{\"a\":[1,2]} <nil> <nil> map[a:[1 2]]\n"),
];

/// A directive of a function: package, local, remote, whether the local has a body.
type Directive = (String, String, String, bool);

/// A package of the build that is not Go's own.
struct Listed {
    path: String,
    folder: PathBuf,
    go: Vec<String>,
    assembly: Vec<String>,
}

#[test]
fn directives_of_public_modules_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("public modules", &why),
    };
    let parser = common::scratch("modules").join(format!("directives-{}", std::process::id()));
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("common");
    let arguments = ["build".as_ref(), "-o".as_ref(), parser.as_os_str(), "directives.go".as_ref()];
    witness.output(&sources, arguments);
    let mut judged = 0;
    for (name, minors, prints) in MODULES {
        for minor in minors {
            let what = format!("{name} with go1.{minor}");
            match go::toolchain(*minor).and_then(|go| modules(&go, name).map(|()| go)) {
                Ok(go) => {
                    examine(&go, &witness, &parser, name, prints);
                    judged += 1;
                }
                Err(why) => go::skip(&what, &why),
            }
        }
    }
    fs::remove_file(&parser).expect("a tool that was built");
    assert!(judged > 0 || !go::required(), "nothing was judged");
}

fn folder(name: &str) -> PathBuf {
    common::testdata().join("modules").join(name)
}

/// Whether the modules are there; without `GONYM_REQUIRE_GO` nothing is downloaded.
fn modules(go: &Toolchain, name: &str) -> Result<(), String> {
    let mut command = go.command(&folder(name));
    if !go::required() {
        command.env("GOPROXY", "off");
    }
    let output = command.args(["mod", "download"]).output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ")),
    }
}

fn examine(go: &Toolchain, witness: &Toolchain, parser: &Path, name: &str, prints: &str) {
    let file =
        common::scratch("modules").join(format!("{name}-{}-{}", go.minor, std::process::id()));
    let arguments = vec!["build", "."];
    go.build(
        &Order { folder: &folder(name), platform: PLATFORM, cgo: false, arguments },
        witness,
        &file,
    );
    let output = Command::new(&file).output().expect("the program runs");
    let what = format!("{name} by go{}", go.version);
    assert_eq!(String::from_utf8_lossy(&output.stdout), prints, "{what}");
    let packages = list(go, name);
    let truth = parsed(parser, go.minor, &packages);
    assert!(!truth.is_empty(), "{what} has no directive");
    let (read, pulls) = read(go.minor, &packages);
    let missing: Vec<_> = truth.difference(&read).collect();
    let invented: Vec<_> = read.difference(&truth).collect();
    assert!(
        missing.is_empty() && invented.is_empty(),
        "{what}: missing {missing:?}, invented {invented:?}"
    );
    let judged = judged(&what, name, &file, &truth);
    fs::remove_file(&file).expect("a program that was built");
    let release = Release::embedded(go.minor, PLATFORM.0, PLATFORM.1).expect("a known release");
    let refused = pulls.iter().filter(|(package, remote)| {
        let symbol = remote.as_bytes();
        !release
            .permission(&Pull { package, std: false, symbol, handle: Handle::Function })
            .is_allowed()
    });
    let refused: Vec<&str> = refused.map(|(_, remote)| remote.as_str()).collect();
    go::say(&format!(
        "{what}: {} directives, {} pulls, not allowed and so unused: {refused:?}; {judged}",
        truth.len(),
        pulls.len()
    ));
}

/// What `gonym check` says of the program in the folder of its module: every directive that go/parser
/// reads, and none beside, judged by a build that works.
fn judged(what: &str, name: &str, file: &Path, truth: &BTreeSet<Directive>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.current_dir(folder(name)).arg("check").arg(file).args(["--std", "--format=json"]);
    let output = command.output().expect("gonym runs");
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    assert_eq!(report["faults"], Value::Array(Vec::new()), "{what}: {said}");
    let binary = &report["binaries"][0];
    assert_eq!(binary["gaps"], Value::Null, "{what}: sources are missing");
    let claims = binary["claims"].as_array().expect("claims");
    let word = |claim: &Value, key: &str| claim[key].as_str().unwrap_or_default().to_owned();
    let (mut found, mut verdicts) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
    for claim in claims.iter().filter(|claim| claim["standing"] != "std") {
        let (verdict, local) = (word(claim, "verdict"), word(claim, "local"));
        *verdicts.entry(verdict.clone()).or_default() += 1;
        if claim["kind"] != "func" {
            continue;
        }
        assert_ne!(verdict, "not-in-effect", "{what}: {local}: {}", word(claim, "message"));
        let package = word(claim, "package");
        let name = local.rsplit('.').next().unwrap_or_default().to_owned();
        found.insert((package, name, word(claim, "remote")));
    }
    let names = truth.iter().map(|(p, l, r, _)| (p.clone(), l.clone(), r.clone()));
    let wanted: BTreeSet<_> = names.collect();
    let differing: Vec<_> = wanted.symmetric_difference(&found).collect();
    assert!(differing.is_empty(), "{what}: {differing:?}");
    let mismatched = |local: &str| {
        claims.iter().any(|claim| {
            let notes = claim["notes"].as_array().into_iter().flatten();
            let codes: Vec<&Value> = notes.map(|note| &note["code"]).collect();
            word(claim, "local").ends_with(local) && codes.contains(&&"signature-results".into())
        })
    };
    // Both are so in the sources: the handle has another result than its target.
    assert_eq!(mismatched("codec.mapiternext"), name == "ugorji", "{what}: mapiternext");
    let minor = truth_minor(what);
    assert_eq!(mismatched("sync.runtime_StoreReluintptr"), minor <= 25, "{what}: sync");
    format!("{verdicts:?}")
}

/// `19` of `NAME by go1.19.13`.
fn truth_minor(what: &str) -> u16 {
    let version = what.rsplit("go1.").next().unwrap_or_default();
    version.split('.').next().and_then(|minor| minor.parse().ok()).expect("a version")
}

/// The packages of the build, by `go list`.
fn list(go: &Toolchain, name: &str) -> Vec<Listed> {
    let mut command = go.command(&folder(name));
    command.envs([("GOOS", PLATFORM.0), ("GOARCH", PLATFORM.1), ("CGO_ENABLED", "0")]);
    let format = "{{if not .Standard}}{{.ImportPath}}\t{{.Dir}}\t{{join .GoFiles \",\"}}\t{{join .SFiles \",\"}}{{end}}";
    let output = command.args(["list", "-deps", "-f", format, "."]).output().expect("go runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("names");
    let names =
        |list: &str| list.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let row = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [path, folder, go, assembly] = fields[..] else { panic!("{line}") };
        Listed {
            path: path.to_owned(),
            folder: folder.into(),
            go: names(go),
            assembly: names(assembly),
        }
    };
    text.lines().filter(|line| !line.is_empty()).map(row).collect()
}

/// What go/parser reads from the files.
fn parsed(parser: &Path, minor: u16, packages: &[Listed]) -> BTreeSet<Directive> {
    let mut input = String::new();
    for package in packages {
        for name in &package.go {
            let path = package.folder.join(name);
            input += &format!("{}\t{minor}\t{}\n", package.path, path.display());
        }
    }
    let mut child =
        Command::new(parser).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("a thread").expect("all was written");
    assert!(output.status.success(), "go/parser refused a file");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let one = |line: &str| {
        let found: Value = serde_json::from_str(line).expect("JSON");
        let (package, local) = (text(&found["Package"]), text(&found["Local"]));
        let remote = match text(&found["Remote"]) {
            written if written.is_empty() => format!("{package}.{local}"),
            written => written,
        };
        (package, local, remote, found["HasBody"].as_bool().expect("a boolean"))
    };
    String::from_utf8_lossy(&output.stdout).lines().map(one).collect()
}

/// What gonym reads from the same files, and which of it are pulls: package and remote.
fn read(minor: u16, packages: &[Listed]) -> (BTreeSet<Directive>, BTreeSet<(String, String)>) {
    let (mut all, mut pulls) = (BTreeSet::new(), BTreeSet::new());
    for listed in packages {
        let content =
            |name: &String| fs::read(listed.folder.join(name)).expect("a file of the build");
        let files: Vec<GoFile> =
            listed.go.iter().map(|name| GoFile::parse(content(name))).collect();
        let files: Vec<&GoFile> = files.iter().collect();
        let mut assembly = Assembly::default();
        for name in &listed.assembly {
            assembly.read(listed.path.as_bytes(), &content(name));
        }
        let joined = package::join(&Package {
            path: listed.path.as_bytes(),
            minor,
            files: &files,
            left_out: &[],
            assembled: &assembly.text,
        });
        for directive in joined.directives.iter().filter(|one| one.kind == Kind::Func) {
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
            let (local, remote) = (text(&directive.local), text(&directive.remote));
            if directive.form == Form::Pull {
                pulls.insert((listed.path.clone(), remote.clone()));
            }
            // go/parser's side does not escape; a name of one argument is the path as it stands.
            let remote = match &directive.written_remote {
                Some(_) => remote,
                None => format!("{}.{local}", listed.path),
            };
            all.insert((listed.path.clone(), local, remote, directive.has_body));
        }
    }
    (all, pulls)
}
