//! The files that a build compiles, held against `go list`: the standard library, Go's own commands and
//! large modules, for several platforms and versions.
//!
//! Without a word each platform and version is tested once; `GONYM_SOURCE=full` takes every Go with cgo
//! on and off, more platforms, and third-party modules (which it downloads).

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use common::go::{self, Toolchain};
use gonym::source::cache::Files;
use gonym::source::constraint::{Context, Platforms};
use gonym::source::selection::{self, Candidate, Outcome, Reason, Tests};

const PLATFORMS: [(&str, &str); 4] =
    [("linux", "amd64"), ("windows", "arm64"), ("darwin", "arm64"), ("js", "wasm")];
const MORE_PLATFORMS: [(&str, &str); 15] = [
    ("linux", "arm64"),
    ("linux", "arm"),
    ("linux", "386"),
    ("linux", "mipsle"),
    ("linux", "mips64"),
    ("linux", "ppc64le"),
    ("linux", "riscv64"),
    ("linux", "s390x"),
    ("linux", "loong64"),
    ("aix", "ppc64"),
    ("android", "arm64"),
    ("illumos", "amd64"),
    ("ios", "arm64"),
    ("plan9", "386"),
    ("wasip1", "wasm"),
];
const FIRST: u16 = 19;
const REDUCED: [u16; 2] = [19, 27];

/// Go's own answer for each package, one line: folder and lists of files.
const TEMPLATE: &str = "{{.Dir}}\t{{join .GoFiles \",\"}}\t{{join .CgoFiles \",\"}}\t{{join .SFiles \",\"}}\t\
     {{join .IgnoredGoFiles \",\"}}\t{{join .TestGoFiles \",\"}}\t{{join .XTestGoFiles \",\"}}\t{{join .InvalidGoFiles \",\"}}";

fn full() -> bool {
    std::env::var_os("GONYM_SOURCE").is_some_and(|value| value == "full")
}

fn toolchains(minors: &[u16]) -> Vec<Toolchain> {
    let get = |minor: &u16| match go::toolchain(*minor) {
        Ok(toolchain) => Some(toolchain),
        Err(why) => {
            go::skip(&format!("file selection of go1.{minor}"), &why);
            None
        }
    };
    minors.iter().filter_map(get).collect()
}

fn all_minors() -> Vec<u16> {
    go::RELEASES.iter().map(|(minor, _)| *minor).filter(|minor| *minor >= FIRST).collect()
}

fn settings(platform: (&str, &str), cgo: bool, more: &[(&str, &str)]) -> BTreeMap<String, String> {
    let cgo = if cgo { "1" } else { "0" };
    let own = [("GOOS", platform.0), ("GOARCH", platform.1), ("CGO_ENABLED", cgo)];
    own.iter().chain(more).map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// What `go list` of this toolchain says, with the settings as its environment.
fn listed(
    toolchain: &Toolchain,
    folder: &Path,
    settings: &BTreeMap<String, String>,
    arguments: &[&str],
) -> String {
    let mut command = toolchain.command(folder);
    command.envs(settings.iter().filter(|(key, _)| !key.starts_with('-'))).arg("list");
    if let Some(tags) = settings.get("-tags") {
        command.arg(format!("-tags={tags}"));
    }
    let output = command.args(arguments).output().expect("go runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Names of one kind, sorted.
fn names(files: &[Candidate], wanted: impl Fn(&Candidate) -> bool) -> BTreeSet<OsString> {
    files.iter().filter(|file| wanted(file)).map(|file| file.name.clone()).collect()
}

/// The lists of one package in the order of the template, as gonym finds them.
fn ours(files: &[Candidate]) -> [BTreeSet<OsString>; 5] {
    let broken = |file: &Candidate| matches!(file.outcome, Outcome::Ignored(Reason::Broken(_)));
    let hidden = |file: &Candidate| file.outcome == Outcome::Ignored(Reason::Hidden);
    [
        names(files, |file| file.is_go() && !file.opening.imports_c()),
        names(files, |file| file.is_go() && file.opening.imports_c()),
        names(files, |file| file.outcome.is_selected() && file.assembly),
        names(files, |file| {
            let out = !file.outcome.is_selected() && !file.test && !file.assembly;
            out && !broken(file) && !hidden(file)
        }),
        names(files, |file| file.test),
    ]
}

/// Go's lists of one line, tests of both kinds together.
fn theirs<'a>(fields: &[&'a str]) -> [BTreeSet<OsString>; 5] {
    let set = |text: &'a str| text.split(',').filter(|name| !name.is_empty()).map(OsString::from);
    let [go, cgo, assembly, ignored, test, external] = fields else {
        panic!("a line of go list: {fields:?}")
    };
    [
        set(go).collect(),
        set(cgo).collect(),
        set(assembly).collect(),
        set(ignored).collect(),
        set(test).chain(set(external)).collect(),
    ]
}

/// Compares every package of `text`; returns how many files took part.
fn compare(what: &str, text: &str, context: &Context) -> usize {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let (folder, lists) = (fields[0], &fields[1..7]);
        let invalid: BTreeSet<OsString> = fields[7].split(',').map(OsString::from).collect();
        if folder.is_empty() {
            continue; // unsafe of old versions has no folder
        }
        let files = selection::folder(&Files::default(), Path::new(folder), context, Tests::Read)
            .expect("a folder");
        let (ours, theirs) = (ours(&files), theirs(lists));
        count += theirs.iter().map(BTreeSet::len).sum::<usize>();
        for (ours, theirs) in ours.iter().zip(&theirs) {
            let differ: Vec<_> =
                ours.symmetric_difference(theirs).filter(|name| !invalid.contains(*name)).collect();
            if !differ.is_empty() {
                wrong.push(format!("{folder}: {differ:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{what}: {} lists differ:\n{}", wrong.len(), wrong.join("\n"));
    count
}

#[test]
fn std_and_cmd_are_selected_as_go_list_does() {
    let minors = if full() { all_minors() } else { REDUCED.to_vec() };
    for toolchain in toolchains(&minors) {
        let folder = toolchain.root.join("src");
        let mut total = 0;
        for (platform, cgo) in
            PLATFORMS.iter().flat_map(|platform| [(platform, false), (platform, true)])
        {
            // A reduced run takes cgo only where a compiler is at hand in real builds.
            if cgo && !full() && platform.0 != "linux" {
                continue;
            }
            let settings = settings(*platform, cgo, &[]);
            let arguments = ["-e", "-deps", "-f", TEMPLATE, "std", "cmd"];
            let text = listed(&toolchain, &folder, &settings, &arguments);
            let context = Context::from_settings(toolchain.minor, &settings);
            let what = format!("go{} {platform:?} cgo {cgo}", toolchain.version);
            let count = compare(&what, &text, &context);
            assert!(count > 4_000, "{what}: only {count} files");
            total += count;
        }
        go::say(&format!("go{}: {total} files of std and cmd, 0 mismatches", toolchain.version));
    }
}

#[test]
fn toolchains_satisfy_the_tags_of_the_tables() {
    let levels: [(&str, &str, &str, &str); 12] = [
        ("linux", "amd64", "GOAMD64", "v3"),
        ("linux", "arm", "GOARM", "6"),
        ("linux", "arm", "GOARM", "5"),
        ("linux", "386", "GO386", "softfloat"),
        ("linux", "mips", "GOMIPS", "softfloat"),
        ("linux", "mips64le", "GOMIPS64", "softfloat"),
        ("linux", "ppc64le", "GOPPC64", "power9"),
        ("linux", "riscv64", "GORISCV64", "rva22u64"),
        ("linux", "arm64", "GOARM64", "v9.2,lse"),
        ("js", "wasm", "GOWASM", "signext"),
        ("linux", "amd64", "GOEXPERIMENT", "noregabi,boringcrypto"),
        ("linux", "amd64", "GOEXPERIMENT", "none"),
    ];
    for toolchain in toolchains(&all_minors()) {
        let more: &[(&str, &str)] = if full() { &MORE_PLATFORMS } else { &[] };
        let plain = PLATFORMS.iter().chain(more).map(|(os, arch)| (*os, *arch, "GOARM64", ""));
        // The settings that a version does not know yet change nothing there.
        for (os, arch, name, value) in plain.chain(levels) {
            let settings = settings((os, arch), false, &[(name, value)]);
            let arguments = ["-f", "{{join context.ToolTags \" \"}}", "runtime"];
            let folder = toolchain.root.join("src");
            let text = listed(&toolchain, &folder, &settings, &arguments);
            let theirs: BTreeSet<String> = text.split_whitespace().map(str::to_owned).collect();
            let ours = Context::from_settings(toolchain.minor, &settings).tags;
            assert_eq!(ours, theirs, "go{} {os}/{arch} {name}={value}", toolchain.version);
        }
    }
}

#[test]
fn platforms_are_those_of_every_goroot() {
    for toolchain in toolchains(&all_minors()) {
        let theirs = Platforms::harvest(&toolchain.root).expect("a GOROOT with source");
        assert_eq!(Platforms::of(toolchain.minor), theirs, "go{}", toolchain.version);
        assert!(theirs.systems.len() > 15 && theirs.architectures.len() > 20);
    }
}

/// Modules with many platforms, tags, cgo and assembly; each package below them is listed.
const MODULES: &[(&str, &str)] = &[
    ("golang.org/x/sys", "v0.35.0"),
    ("golang.org/x/net", "v0.43.0"),
    ("golang.org/x/tools", "v0.36.0"),
    ("golang.org/x/crypto", "v0.41.0"),
    ("golang.org/x/text", "v0.28.0"),
    ("gvisor.dev/gvisor", "v0.0.0-20230927004350-cbd86285d259"),
    ("github.com/ebitengine/purego", "v0.8.4"),
    ("github.com/bytedance/sonic", "v1.13.2"),
    ("github.com/shirou/gopsutil/v4", "v4.25.7"),
    ("github.com/klauspost/compress", "v1.18.0"),
    ("github.com/rclone/rclone", "v1.71.0"),
    ("github.com/aws/aws-sdk-go-v2", "v1.38.0"),
    ("github.com/goccy/go-json", "v0.10.5"),
    ("github.com/ugorji/go/codec", "v1.2.12"),
    ("github.com/quic-go/quic-go", "v0.53.0"),
    ("github.com/prometheus/procfs", "v0.17.0"),
    ("google.golang.org/api", "v0.247.0"),
    ("google.golang.org/grpc", "v1.74.2"),
    ("google.golang.org/protobuf", "v1.36.7"),
    ("google.golang.org/genproto", "v0.0.0-20250603155806-513f23925822"),
    ("k8s.io/kubernetes", "v1.31.0"),
    ("k8s.io/client-go", "v0.31.0"),
    ("k8s.io/apimachinery", "v0.31.0"),
    ("tailscale.com", "v1.70.0"),
    ("github.com/cockroachdb/pebble", "v1.1.2"),
    ("go.etcd.io/etcd/server/v3", "v3.5.15"),
];

#[test]
fn large_modules_are_selected_as_go_list_does() {
    if !full() {
        go::say("NOT TESTED without GONYM_SOURCE=full: file selection of third-party modules");
        return;
    }
    let Some(toolchain) = toolchains(&[go::WITNESS]).pop() else { return };
    let (mut total, mut distinct) = (0, 0);
    for (module, version) in MODULES {
        let folder = common::scratch(&format!("module-{}", module.replace('/', "-")));
        // A cache of its own, which is removed with the folder: some of them bring a gigabyte.
        let cache = folder.join("cache").to_string_lossy().into_owned();
        let more = [("GOMODCACHE", cache.as_str()), ("GOFLAGS", "-modcacherw")];
        let mut fetch = toolchain.command(&folder);
        fetch.envs(more).args(["mod", "download", "-json", &format!("{module}@{version}")]);
        let output = fetch.output().expect("go runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let dir = told.lines().find_map(|line| line.trim().strip_prefix("\"Dir\": \""));
        let dir = dir.expect("a folder").trim_end_matches("\",").to_owned();
        for platform in PLATFORMS.iter().chain(&[("freebsd", "amd64"), ("android", "arm64")]) {
            for (cgo, tags) in [(false, ""), (true, "netgo,foo,purego,js")] {
                let settings = settings(*platform, cgo, &[&more[..], &[("-tags", tags)]].concat());
                let text = listed_below(&toolchain, Path::new(&dir), &settings);
                let context = Context::from_settings(toolchain.minor, &settings);
                let count = compare(&format!("{module} {platform:?} cgo {cgo}"), &text, &context);
                total += count;
                distinct += if *platform == PLATFORMS[0] && !cgo { count } else { 0 };
            }
        }
        go::say(&format!("{module}: {distinct} files so far, judged {total} times, 0 mismatches"));
        fs::remove_dir_all(&folder).expect("removed");
    }
    assert!(distinct >= 16_000 && total > 160_000, "only {distinct} files, {total} times");
}

/// Every package below `dir`, whether or not what it imports is there.
fn listed_below(toolchain: &Toolchain, dir: &Path, settings: &BTreeMap<String, String>) -> String {
    listed(toolchain, dir, settings, &["-e", "-mod=mod", "-find", "-f", TEMPLATE, "./..."])
}
