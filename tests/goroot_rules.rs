//! The embedded tables of rules, against what gonym itself reads from a GOROOT.
//!
//! Two programs that share no code: testdata/rules/harvest wrote the tables with Go's own parser, and
//! `source::goroot` reads with gonym's lexer. What both say is held against compiler and linker in
//! permissions_live.rs. `GONYM_SOURCE=full` reads every release for more platforms.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use common::go::{self, RELEASES};
use gonym::rules::{Facts, Handle, Permission, Pull, Release, Unchecked};
use gonym::source::cache::Files;
use gonym::source::constraint::Context;
use gonym::source::file::{DeclarationKind, GoFile};
use gonym::source::goroot::{self, Linked};
use gonym::source::selection::{self, Candidate, Tests};

const MINORS: &[u16] = &[18, 23, 27];
const PLATFORMS: &[(&str, &str)] = &[("linux", "amd64")];
const MORE_PLATFORMS: &[(&str, &str)] = &[
    ("linux", "386"),
    ("windows", "arm64"),
    ("darwin", "arm64"),
    ("js", "wasm"),
    ("aix", "ppc64"),
];

fn context(minor: u16, platform: (&str, &str)) -> Context {
    let settings = [("GOOS", platform.0), ("GOARCH", platform.1)];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Context::from_settings(minor, &BTreeMap::from(settings))
}

#[test]
fn a_goroot_says_what_the_tables_say_live_go_needed() {
    let full = std::env::var_os("GONYM_SOURCE").is_some_and(|value| value == "full");
    for (minor, _) in RELEASES.iter().filter(|(minor, _)| full || MINORS.contains(minor)) {
        let toolchain = match go::toolchain(*minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("the rules of go1.{minor}"), &why);
                continue;
            }
        };
        for platform in PLATFORMS.iter().chain(MORE_PLATFORMS.iter().filter(|_| full)) {
            let read =
                goroot::facts(&toolchain.root, &context(*minor, *platform)).expect("a GOROOT");
            let release =
                Release::embedded(*minor, platform.0, platform.1).expect("a known release");
            let differences = differences(&read, &release.facts());
            let what = format!("go{} {platform:?}", toolchain.version);
            let many = differences.len();
            assert!(differences.is_empty(), "{what}: {many}\n{}", differences.join("\n"));
            let differences = of_runtime(&toolchain.root, &context(*minor, *platform), &read);
            assert!(differences.is_empty(), "{what}, the runtime alone: {differences:?}");
            go::say(&format!("{what}: {} symbols as in the tables", read.symbols.len()));
            assert!(read.symbols.len() > 8_000, "{what}: {}", read.symbols.len());
        }
    }
}

/// What the files of one build say of the runtime's functions with bodies, and the whole GOROOT does not.
fn of_runtime(root: &Path, context: &Context, whole: &Facts) -> Vec<String> {
    let (cache, folder) = (Files::default(), root.join("src/runtime"));
    let selected = selection::folder(&cache, &folder, context, Tests::Named).expect("a folder");
    let selected = selected.iter().filter(|one| one.outcome.is_selected());
    let (assembly, go): (Vec<_>, Vec<_>) = selected.partition(|one| one.assembly);
    let read = |one: &&Candidate| cache.read(&folder.join(&one.name)).expect("a file");
    let files: Vec<GoFile> = go.iter().map(read).map(GoFile::parse).collect();
    let assembly = assembly.iter().map(read).collect();
    let linked = Linked { path: "runtime", files: &files, assembly };
    let functions = files.iter().flat_map(|file| &file.declarations);
    let functions = functions.filter(|one| one.kind == DeclarationKind::Func && one.has_body);
    let names = functions.map(|one| [b"runtime.", one.name.as_slice()].concat());
    let asked: BTreeSet<Vec<u8>> = names.collect();
    let found = goroot::facts_of_build(root, &context.goarch, &[linked], &asked);
    assert!(found.symbols.len() > 1_000, "{} functions of the runtime", found.symbols.len());
    let told =
        found.symbols.iter().filter(|(name, symbol)| whole.symbols.get(*name) != Some(*symbol));
    let told = told.map(|(name, symbol)| format!("{name}: {symbol:?}"));
    let shame = found.shame.iter().filter(|(name, of)| whole.shame.get(*name) != Some(*of));
    told.chain(shame.map(|(name, of)| format!("{name}: {of:?}"))).collect()
}

fn differences(read: &Facts, table: &Facts) -> Vec<String> {
    let mut differences = Vec::new();
    for (name, symbol) in &read.symbols {
        if table.symbols.get(name) != Some(symbol) {
            differences
                .push(format!("{name}: read {symbol:?}, table {:?}", table.symbols.get(name)));
        }
    }
    for (name, symbol) in &table.symbols {
        if !read.symbols.contains_key(name) {
            differences.push(format!("{name}: not read, table {symbol:?}"));
        }
    }
    if read.blocked != table.blocked {
        differences.push(format!("blocked: read {:?}, table {:?}", read.blocked, table.blocked));
    }
    if read.by_index != table.by_index {
        differences.push(format!("by index: read {:?}, table {:?}", read.by_index, table.by_index));
    }
    let names: BTreeSet<&String> = read.shame.keys().chain(table.shame.keys()).collect();
    for name in names {
        let (read, table) = (read.shame.get(name), table.shame.get(name));
        if read != table {
            differences.push(format!("shame of {name}: read {read:?}, table {table:?}"));
        }
    }
    differences
}

/// A small GOROOT of a Go that no table knows, with each way in which a symbol comes to its mark.
const RUNTIME: &str = "package runtime\n\nimport _ \"unsafe\"\n\n//go:linkname one\nfunc one() {}\n\nfunc none() {}\n\n\
//go:linkname pushed other.pushed\nfunc pushed() {}\n\n//go:linknamestd std\nfunc std() {}\n\n\
//go:linkname marked runtime.T.m\nfunc marked(T)\n\ntype T int\n\nfunc (T) m() {}\nfunc (T) n() {}\n\n\
func asm()\n\n//go:linkname data\nvar data, zero int\n\nvar fromAssembly int\n";
const ASSEMBLY: &str = "TEXT ·asm(SB),0,$0\nTEXT ·bare(SB),0,$0\nGLOBL ·fromAssembly(SB), 8, $8\n";
const OTHER: &str = "package other\n\nfunc x() {}\n";
const LOADER: &str = "package loader\n\nvar blockedLinknames = map[string][]string{\n\
\t// a comment with \"a string\"\n\t\"runtime.one\": {\"b\", \"a\"},\n\t\"runtime.none\": {},\n}\n";

#[test]
fn every_way_to_a_mark_is_read_and_overrides_the_tables() {
    let root = common::scratch("goroot").join(std::process::id().to_string());
    let write = |path: &str, text: &str| {
        let path = root.join("src").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a scratch folder");
        fs::write(path, text).expect("a scratch file");
    };
    write("runtime/a.go", RUNTIME);
    write("runtime/a_amd64.s", ASSEMBLY);
    write("runtime/a_windows.go", "package runtime\n\nfunc windows() {}\n");
    write("other/a.go", OTHER);
    write("cmd/link/internal/loader/loader.go", LOADER);
    let facts = goroot::facts(&root, &context(28, ("linux", "amd64"))).expect("a GOROOT");
    fs::remove_dir_all(&root).expect("a scratch folder");
    let shown: Vec<String> = facts
        .symbols
        .iter()
        .map(|(name, symbol)| format!("{name} {:?} {:?}", symbol.kind, symbol.mark))
        .collect();
    let wanted = [
        "other.pushed Function Everybody",
        "other.x Function Absent",
        "runtime.T.m Function Everybody",
        "runtime.asm Assembly Absent",
        "runtime.bare BareAssembly Absent",
        "runtime.data Variable Everybody",
        "runtime.fromAssembly AssemblyVariable Absent",
        "runtime.none Function Absent",
        "runtime.one Function Everybody",
        "runtime.std Function Std",
        "runtime.zero Variable Absent",
    ];
    assert_eq!(shown, wanted);
    let release = Release::read(28, "linux", "amd64", facts);
    let ask = |symbol: &str, package, std, handle| {
        release.permission(&Pull { package, std, symbol: symbol.as_bytes(), handle })
    };
    let function = |symbol| ask(symbol, "main", false, Handle::Function);
    let allowed = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(function("runtime.one"), Permission::Blocked { allowed });
    assert_eq!(ask("runtime.one", "a", false, Handle::Function), Permission::Marked);
    assert_eq!(function("runtime.none"), Permission::Blocked { allowed: Vec::new() });
    assert_eq!(function("other.pushed"), Permission::Marked);
    assert_eq!(function("other.x"), Permission::NotMarked);
    assert_eq!(function("runtime.std"), Permission::StdOnly);
    assert_eq!(ask("runtime.std", "other", true, Handle::Function), Permission::Marked);
    assert_eq!(function("runtime.asm"), Permission::NotMarked);
    assert_eq!(function("runtime.bare"), Permission::NoGoSymbol);
    assert_eq!(function("runtime.nanotime"), Permission::Gone { since: 28 });
    assert_eq!(ask("runtime.zero", "main", false, Handle::Variable), Permission::NotMarked);
    let same = Permission::Unchecked(Unchecked::SamePackage);
    assert_eq!(ask("other.x", "other", true, Handle::Function), same);
}

/// A Go 1.27 whose runtime has what no other has, and lacks what the tables know.
#[test]
fn the_installation_at_hand_overrides_the_tables() {
    let root = common::scratch("goroot").join(format!("own-{}", std::process::id()));
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a scratch folder");
        fs::write(path, text).expect("a scratch file");
    };
    let pushes =
        "package runtime\n\nimport _ \"unsafe\"\n\n//go:linkname brandNew\nfunc brandNew() {}\n";
    write("go/VERSION", "go1.27.3\n");
    write("go/src/runtime/proc.go", &format!("{pushes}\nfunc nanotime() int64 {{ return 1 }}\n"));
    write("go/src/unsafe/unsafe.go", "package unsafe\n");
    write("app/go.mod", "module example.com/app\n\ngo 1.27\n");
    let pulls = "//go:linkname brandNew runtime.brandNew\nfunc brandNew()\n\n//go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n\n//go:linkname fastrand runtime.fastrand\nfunc fastrand() uint32\n";
    write(
        "app/main.go",
        &format!("package main\n\nimport _ \"unsafe\"\n\n{pulls}\nfunc main() {{}}\n"),
    );
    let mut scan = std::process::Command::new(env!("CARGO_BIN_EXE_gonym"));
    scan.args(["scan", "--goos=linux", "--goarch=amd64", "--go-version=1.27", "--format=json"]);
    scan.current_dir(root.join("app")).env("GOROOT", root.join("go"));
    let output = scan.output().expect("gonym runs");
    fs::remove_dir_all(&root).expect("a scratch folder");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report");
    let states: Vec<(&str, &str)> = report["directives"]
        .as_array()
        .expect("directives")
        .iter()
        .filter_map(|one| Some((one["local"].as_str()?, one["permission"]["state"].as_str()?)))
        .collect();
    // Every Go that the tables know marks nanotime; fastrand is gone since 1.22 in all of them.
    let wanted = [("brandNew", "marked"), ("nanotime", "not-marked"), ("fastrand", "gone")];
    assert_eq!(states, wanted, "{report:#}");
}

/// Builds follow links to packages and files, and take no folder or pipe for a file; neither may a reading of rules.
#[cfg(unix)]
#[test]
fn links_are_followed_and_what_is_no_file_is_passed_over() {
    let root = common::scratch("goroot").join(format!("links-{}", std::process::id()));
    let src = root.join("src");
    for folder in ["src/real/x.go", "elsewhere/linked"] {
        fs::create_dir_all(root.join(folder)).expect("a scratch folder");
    }
    fs::write(root.join("elsewhere/linked/a.go"), "package linked\n\nfunc f() {}\n").expect("a");
    let link = |to: &str, from: &str| {
        std::os::unix::fs::symlink(root.join(to), root.join(from)).expect("a link");
    };
    link("elsewhere/linked", "src/linked");
    link("elsewhere/linked/a.go", "src/real/a.go");
    link("src", "src/real/back");
    link("nowhere", "src/real/lost.go");
    let pipe = std::process::Command::new("mkfifo").arg(src.join("real/pipe.go")).status();
    assert!(pipe.expect("mkfifo runs").success());
    let facts = || goroot::facts(&root, &context(27, ("linux", "amd64")));
    let names: Vec<String> = facts().expect("a GOROOT").symbols.into_keys().collect();
    // What cannot be read leaves nothing to be said: half of a GOROOT would miss symbols that it has.
    let long = fs::File::create(src.join("real/long.go")).expect("a file");
    long.set_len(3 << 30).expect("a sparse file");
    let refused = facts();
    fs::remove_dir_all(&root).expect("a scratch folder");
    assert_eq!(names, ["linked.f", "real.f"]);
    assert!(refused.expect_err("too long").to_string().contains("256 MiB"));
}
