//! Does `gonym scan` say of a module what compiler and linker of the asked Go say when they build it?
//!
//! Each module here was once scanned wrongly, or is of a kind with one that was. True is what `go build` does: it
//! links, or names the reference that it refuses. Needs Go, and says so where there is none.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::go::{self, Toolchain};
use serde_json::Value;

const GOMOD: (&str, &str) = ("go.mod", "module example.com/q\n\ngo 1.18\n");
const EMPTY: (&str, &str) = ("e.s", "");

/// A module that is removed behind the test.
struct Module(PathBuf);

impl Module {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = common::scratch("scan-faults").join(format!("{name}-{}", std::process::id()));
        for (file, text) in [GOMOD].iter().chain(files) {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a scratch folder");
            fs::write(path, text).expect("a scratch file");
        }
        Self(folder)
    }

    /// A module of one program in a folder for each of `programs`: its name, and its files without the folder.
    fn of_programs(name: &str, programs: &[(String, Vec<(&str, String)>)]) -> Self {
        let files = programs.iter().flat_map(|(program, files)| {
            files.iter().map(move |(file, text)| (format!("{program}/{file}"), text.as_str()))
        });
        let files: Vec<(String, &str)> = files.collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(f, t)| (f.as_str(), *t)).collect();
        Self::new(name, &files)
    }

    /// Scans for linux and `arch` as Go 1.`minor`, with `root` as the only installation at hand.
    fn scan(&self, minor: u16, arch: &str, root: &Path, more: &[&str]) -> Scanned {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
        command.args(["scan", "--goos=linux"]).arg(format!("--goarch={arch}")).args(more);
        command.arg(format!("--go-version=1.{minor}")).current_dir(&self.0);
        command.env("GOROOT", root).env("GOMODCACHE", self.0.join("no-cache")).env("GOFLAGS", "");
        command.env("CGO_ENABLED", "0").env("PATH", "/nowhere");
        let Output { status, stdout, stderr } = command.output().expect("gonym runs");
        Scanned {
            exit: status.code(),
            stdout: String::from_utf8(stdout).expect("text"),
            stderr: String::from_utf8(stderr).expect("text"),
        }
    }

    /// What `go build` prints; nothing where it succeeds.
    fn build(&self, toolchain: &Toolchain, arch: &str, flags: &[&str], out: &Path) -> String {
        let mut command = toolchain.command(&self.0);
        command.env("GOOS", "linux").env("GOARCH", arch).env("CGO_ENABLED", "0");
        let output = command.arg("build").args(flags).arg("-o").arg(out).arg("./...").output();
        let output = output.expect("go runs");
        let said = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.success(), said.is_empty(), "{said}");
        said
    }

    /// What `go build ./...` says of each program that it does not build: the lines below its `# package`.
    fn refusals(&self, toolchain: &Toolchain, arch: &str) -> BTreeMap<String, String> {
        let out = self.0.join("out");
        fs::create_dir_all(&out).expect("a scratch folder");
        let said = self.build(toolchain, arch, &[], &out);
        let mut sections: BTreeMap<String, String> = BTreeMap::new();
        let mut program = String::new();
        for line in said.lines() {
            match line.strip_prefix("# example.com/q/") {
                Some(path) => program = path.split('/').next().unwrap_or_default().to_owned(),
                None => sections.entry(program.clone()).or_default().push_str(line),
            }
        }
        sections
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Scanned {
    exit: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Scanned {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|_| panic!("{}{}", self.stdout, self.stderr))
    }
}

/// `local form level:code,…` of each directive.
fn rows(report: &Value) -> Vec<String> {
    report["directives"].as_array().expect("directives").iter().map(row).collect()
}

fn row(row: &Value) -> String {
    let notes = row["notes"].as_array().expect("notes").iter().map(note).collect::<Vec<_>>();
    let word = |key: &str| row[key].as_str().unwrap_or_default();
    format!("{} {} {}", word("local"), word("form"), notes.join(",")).trim_end().to_owned()
}

/// The rows of each program of [`Module::of_programs`].
fn by_program(report: &Value) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in report["directives"].as_array().expect("directives") {
        let file = one["file"].as_str().unwrap_or_default();
        let program = file.split('/').next().unwrap_or_default();
        found.entry(program.to_owned()).or_default().push(row(one));
    }
    found
}

fn note(note: &Value) -> String {
    let word = |key: &str| note[key].as_str().unwrap_or_default();
    format!("{}:{}", word("level"), word("code"))
}

fn toolchains(minors: &[u16], what: &str) -> Vec<Toolchain> {
    let found = minors.iter().map(|minor| go::toolchain(*minor));
    found.filter_map(|found| found.map_err(|why| go::skip(what, &why)).ok()).collect()
}

/// What imports and declares each pull; whether 1.22 links it is known by linking it.
const PULLS: &[(&str, &[&str], &str)] = &[
    (
        "allglen",
        &[],
        "//go:linkname allglen runtime.allglen\nvar allglen uintptr\n\nfunc main() {}\n",
    ),
    (
        "munmap",
        &["syscall"],
        "//go:linkname munmap syscall.munmap\nfunc munmap(a, n uintptr) error\n\nfunc main() { munmap(0, 0) }\n",
    ),
    (
        "zoneCache",
        &["net"],
        "//go:linkname zone net.zoneCache\nvar zone byte\n\nfunc main() { println(&zone) }\n",
    ),
    (
        "never-reached",
        &["syscall"],
        "//go:linkname munmap syscall.munmap\nfunc munmap(a, n uintptr) error\n\nfunc never() { munmap(0, 0) }\n\nfunc main() {}\n",
    ),
    (
        "in-a-table",
        &["net"],
        "//go:linkname sort net.byPref.sort\nfunc sort(a, b, c int)\n\nvar table = []func(a, b, c int){sort}\n\nfunc main() {}\n",
    ),
    (
        "method-of-pointer",
        &["os"],
        "//go:linkname pread os.(*File).pread\nfunc pread(f uintptr, b []byte, off int64) (int, error)\n\nfunc main() { go pread(0, nil, 0) }\n",
    ),
    (
        "unmentioned",
        &["syscall"],
        "//go:linkname munmap syscall.munmap\nfunc munmap(a, n uintptr) error\n\nfunc main() {}\n",
    ),
    (
        "shadowed",
        &["net"],
        "//go:linkname sort net.byPref.sort\nfunc sort(a, b, c int)\n\nfunc main() { sort := 1; println(sort) }\n",
    ),
    (
        "marked",
        &[],
        "//go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n\nfunc main() { println(nanotime()) }\n",
    ),
];

fn pull(imports: &[&str], rest: &str) -> Vec<(&'static str, String)> {
    let imports: String = imports.iter().map(|path| format!("import _ {path:?}\n")).collect();
    let main = format!("package main\n\nimport _ \"unsafe\"\n{imports}\n{rest}");
    vec![("e.s", String::new()), ("main.go", main)]
}

fn pulls(minor: u16) -> Module {
    let programs =
        PULLS.iter().map(|(name, imports, rest)| ((*name).to_owned(), pull(imports, rest)));
    Module::of_programs(&format!("pulls-{minor}"), &programs.collect::<Vec<_>>())
}

#[test]
fn fault_e1_e2_a_refusal_is_a_mistake_exactly_where_the_linker_refuses_live_go_needed() {
    let mut refused = 0;
    for toolchain in toolchains(&[22, 23, 27], "refusals against the linker") {
        let minor = toolchain.minor;
        let module = pulls(minor);
        let said = module.refusals(&toolchain, "amd64");
        let scanned = module.scan(minor, "amd64", &toolchain.root, &["--format=json"]);
        let (json, by_program) = (scanned.json(), by_program(&scanned.json()));
        let text = module.scan(minor, "amd64", &toolchain.root, &[]);
        for (name, ..) in PULLS {
            let denied = by_program[*name].iter().any(|row| row.contains("deny:refused-by-linker"));
            let of_linker = said.get(*name);
            assert_eq!(
                denied,
                of_linker.is_some(),
                "1.{minor} {name}: {of_linker:?} {by_program:?}"
            );
            assert!(
                of_linker.is_none_or(|said| said.contains("invalid reference to ")),
                "{of_linker:?}"
            );
        }
        let sentence = format!("mistake: refused-by-linker: the linker of Go 1.{minor} refuses it");
        assert_eq!(text.stdout.matches(&sentence).count(), said.len(), "{}", text.stdout);
        if !said.is_empty() {
            assert_eq!((text.exit, scanned.exit), (Some(1), Some(1)));
            assert_eq!(json["result"], "fails");
        }
        refused += said.len();
    }
    go::say(&format!("{refused} refusals as the linkers say"));
}

#[test]
fn fault_e3_check_asks_leave_of_nothing_that_no_code_mentions_live_go_needed() {
    let named = ["munmap", "unmentioned", "shadowed", "never-reached"];
    for toolchain in toolchains(&[27], "permits of unmentioned pulls") {
        let module = pulls(100 + toolchain.minor);
        for (name, links) in named.iter().zip([false, true, true, false]) {
            // What is refused links with the flag, and then the binary says so.
            let flags: &[&str] = if links { &[] } else { &["-ldflags=-checklinkname=0"] };
            let folder = module.0.join(name);
            let mut command = toolchain.command(&folder);
            command.env("GOOS", "linux").env("GOARCH", "amd64").env("CGO_ENABLED", "0");
            let built = command.arg("build").args(flags).args(["-o", "app", "."]).status();
            assert!(built.expect("go runs").success(), "{name}");
            let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
            command.args(["check", "--own", "--format=json", "app"]).current_dir(&folder);
            let output = command.env("GOROOT", &toolchain.root).output().expect("gonym runs");
            let report: Value = serde_json::from_slice(&output.stdout).expect("a document");
            let claims = report["binaries"][0]["claims"].as_array().expect("claims");
            let [claim] = claims.as_slice() else { panic!("{name}: {report:#}") };
            let needs = claim["permission"]["needsChecklinkname0"].as_bool();
            assert_eq!(needs, Some(!links), "1.{} {name}: {claim:#}", toolchain.minor);
            // What source says stands among the claim's warnings and in the report's findings.
            let has = |list: &Value| {
                let codes = list.as_array().expect("a list").iter();
                codes
                    .map(|one| one.get("code").unwrap_or(one))
                    .any(|c| c == "needs-checklinkname-0")
            };
            assert_eq!((has(&claim["warnings"]), has(&report["findings"])), (!links, !links));
        }
    }
}

/// Pulls that the source of a neighbouring release would judge otherwise: names that came and went.
const COMES_AND_GOES: &str = "//go:linkname waitReasonStrings runtime.waitReasonStrings\nvar waitReasonStrings [1]string\n\n\
    //go:linkname mallocgc runtime.mallocgc\nfunc mallocgc(size uintptr, typ unsafe.Pointer, zero bool) unsafe.Pointer\n\n\
    //go:linkname swissmap internal/runtime/maps.newEmptyMap\nfunc swissmap() unsafe.Pointer\n\n\
    //go:linkname inittasks runtime.runtime_inittasks\nvar inittasks []unsafe.Pointer\n\n\
    //go:linkname overflow runtime.(*hmap).createOverflow\nfunc overflow(h unsafe.Pointer)\n\n\
    func main() { mallocgc(1, nil, true); swissmap(); overflow(nil); println(&inittasks, &waitReasonStrings) }\n";

#[test]
fn fault_e4_two_machines_agree_about_a_go_that_neither_has_live_go_needed() {
    let main = format!("package main\n\nimport \"unsafe\"\n\n{COMES_AND_GOES}");
    let module = Module::new("minors", &[EMPTY, ("main.go", &main)]);
    let nowhere = module.0.join("no-go");
    let without = module.scan(24, "amd64", &nowhere, &["--format=json"]).json();
    assert_eq!(without["build"]["rules"]["source"], "tables");
    let seen = rows(&without);
    assert_eq!(seen.len(), 5, "{seen:?}");
    for toolchain in toolchains(&[22, 26, 27], "source of another minor") {
        let found = module.scan(24, "amd64", &toolchain.root, &["--format=json"]).json();
        assert_eq!(rows(&found), seen, "with the source of 1.{}", toolchain.minor);
        assert_eq!(found["build"]["rules"]["source"], "tables");
        let text = module.scan(24, "amd64", &toolchain.root, &[]).stdout;
        assert!(text.contains("Go's symbols as gonym's tables have them for 1.24"), "{text}");
    }
    for toolchain in toolchains(&[24], "source of the same minor") {
        let found = module.scan(24, "amd64", &toolchain.root, &["--format=json"]).json();
        assert_eq!(found["build"]["rules"]["source"], "GOROOT");
        let refusals = |rows: Vec<String>| -> Vec<bool> {
            rows.iter().map(|row| row.contains("refused-by-linker")).collect()
        };
        assert_eq!(refusals(rows(&found)), refusals(seen.clone()), "tables and source disagree");
    }
}

#[test]
fn fault_e5_a_module_without_go_files_is_no_answer() {
    let nested = [("sub/go.mod", "module example.com/sub\n"), ("sub/a.go", "package sub\n")];
    let others =
        [("empty", &[][..]), ("assembly-alone", &[EMPTY][..]), ("another-module-s", &nested[..])];
    for (name, files) in others {
        let module = Module::new(name, files);
        let found = module.scan(27, "amd64", &module.0.join("no-go"), &[]);
        assert_eq!(found.exit, Some(3), "{name}: {}{}", found.stdout, found.stderr);
        assert!(found.stderr.contains("no Go source there"), "{name}: {}", found.stderr);
    }
}

/// What a function in assembly, which main calls, names of others.
const NAMED: &[(&str, &str)] = &[
    ("data-of-runtime", "MOVL runtime·ncpu(SB), AX"),
    ("data-of-another", "MOVL syscall·envs(SB), AX"),
    ("marked-function", "CALL runtime·nanotime(SB)"),
    ("assembly-of-another", "CALL runtime·memmove(SB)"),
    ("unmarked-assembly", "CALL runtime·gogo(SB)"),
    ("unmarked-function", "CALL runtime·adjustpointers(SB)"),
    ("function-with-wrapper", "CALL runtime·schedinit(SB)"),
    ("own", "CALL ·own(SB)"),
];

#[test]
fn fault_e7_assembly_is_asked_as_the_linker_asks_it_live_go_needed() {
    let main =
        "package main\n\nimport _ \"syscall\"\n\nfunc own()\n\nfunc f()\n\nfunc main() { f() }\n";
    let program = |(name, line): &(&str, &str)| {
        let code = format!(
            "#include \"textflag.h\"\n\nTEXT ·own(SB), NOSPLIT, $0\n\tRET\n\nTEXT ·f(SB), NOSPLIT, $32-0\n\t{line}\n\tRET\n"
        );
        ((*name).to_owned(), vec![("main.go", main.to_owned()), ("f.s", code)])
    };
    let programs: Vec<_> = NAMED.iter().map(program).collect();
    let mut refused = 0;
    for toolchain in toolchains(&[22, 23, 26, 27], "assembly against the linker") {
        for arch in ["amd64", "386"] {
            let minor = toolchain.minor;
            let module = Module::of_programs(&format!("asm-{minor}-{arch}"), &programs);
            let said = module.refusals(&toolchain, arch);
            let rows =
                by_program(&module.scan(minor, arch, &toolchain.root, &["--format=json"]).json());
            for (name, _) in NAMED {
                let what =
                    format!("1.{minor} {arch} {name}: {:?} {:?}", said.get(*name), rows.get(*name));
                let listed = rows.get(*name).is_some_and(|rows| rows[0].contains(" assembly"));
                assert_eq!(listed, *name != "own", "{what}");
                let denied = rows.get(*name).is_some_and(|rows| rows[0].contains("deny:"));
                // A function in Go without a wrapper is nothing to assembly, whoever asks; that is no refusal.
                let by_linker = said.get(*name);
                let absent = by_linker.is_some_and(|said| said.contains("not defined for ABI0"));
                let is_right =
                    if absent { !denied || minor >= 27 } else { denied == by_linker.is_some() };
                assert!(is_right, "{what}");
                refused += usize::from(denied);
            }
        }
    }
    go::say(&format!("{refused} refusals of assembly as the linkers say"));
}

#[test]
fn fault_e7_a_type_named_in_assembly_is_listed_with_what_becomes_of_it_live_go_needed() {
    let main = "package main\n\nfunc f()\n\nfunc main() { f() }\n";
    let code = "#include \"textflag.h\"\n\nTEXT ·f(SB), NOSPLIT, $0-0\n\tMOVQ $type·runtime·g(SB), AX\n\tRET\n";
    for toolchain in toolchains(&[19, 22, 27], "types in assembly") {
        let module =
            Module::new(&format!("type-{}", toolchain.minor), &[("main.go", main), ("f.s", code)]);
        let said = module.build(&toolchain, "amd64", &[], &module.0.join("app"));
        let json =
            module.scan(toolchain.minor, "amd64", &toolchain.root, &["--format=json"]).json();
        let rows = rows(&json);
        assert_eq!(rows.len(), 1, "{rows:?}");
        let denied = rows.iter().any(|row| row.contains("deny:"));
        assert_eq!(denied, !said.is_empty(), "1.{}: {said} {rows:?}", toolchain.minor);
    }
}

/// A program: its folder, its files, and whether a left-out directive is missed in it.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], bool);

const PULL_NOW: &str =
    "import _ \"unsafe\"\n\n//go:linkname now runtime.nanotime\nfunc now() int64\n";

#[test]
fn fault_e8_directives_that_this_go_leaves_out_are_listed_where_they_are_missed_live_go_needed() {
    let old = |clause: &str| format!("//go:build !go1.26\n\n{clause}\n\n{PULL_NOW}");
    let in_main = old("package main");
    let uses = "package main\n\nfunc main() { println(now()) }\n";
    let own = "//go:build go1.26\n\npackage main\n\nfunc now() int64 { return 0 }\n";
    let shadow = "package main\n\nfunc main() {\n\tnow := 1\n\tprintln(now)\n}\n";
    let field =
        "package main\n\ntype t struct{ now int }\n\nfunc main() { println(t{now: 1}.now) }\n";
    let outside = "package main\n\nimport \"example.com/q/used-elsewhere/lib\"\n\nfunc main() { println(lib.Now()) }\n";
    let in_lib = in_main.replace("package main", "package lib").replace("now", "Now");
    let dotted = "package main\n\nimport . \"example.com/q/dot-import/clock\"\n\nfunc main() { println(now2()) }\n\nvar now2 = Clock\n";
    let clock = "package clock\n\nfunc Clock() int64 { return 1 }\n";
    let other = old("package other").replace("//go:build !go1.26", "//go:build ignore");
    let cases: &[Case<'_>] = &[
        ("used", &[("main.go", uses), ("old.go", &in_main)], true),
        (
            "used-elsewhere",
            &[
                ("main.go", outside),
                ("lib/lib.go", "package lib\n"),
                ("lib/old.go", &in_lib),
                ("lib/e.s", ""),
            ],
            true,
        ),
        ("has-its-own", &[("main.go", uses), ("old.go", &in_main), ("new.go", own)], false),
        ("shadowed", &[("main.go", shadow), ("old.go", &in_main)], false),
        ("a-field", &[("main.go", field), ("old.go", &in_main)], false),
        ("dot-import", &[("main.go", dotted), ("old.go", &in_main), ("clock/c.go", clock)], false),
        ("unused", &[("main.go", "package main\n\nfunc main() {}\n"), ("old.go", &in_main)], false),
        ("of-another-package", &[("main.go", shadow), ("old.go", &other)], false),
    ];
    let programs = cases.iter().map(|(name, files, _)| {
        let files = [&[EMPTY], *files].concat();
        let files = files.into_iter().map(|(file, text)| (file, text.to_owned()));
        ((*name).to_owned(), files.collect::<Vec<_>>())
    });
    let programs: Vec<_> = programs.collect();
    for toolchain in toolchains(&[25, 27], "files that a version leaves out") {
        let minor = toolchain.minor;
        let module = Module::of_programs(&format!("left-{minor}"), &programs);
        let said = module.refusals(&toolchain, "amd64");
        let rows =
            by_program(&module.scan(minor, "amd64", &toolchain.root, &["--format=json"]).json());
        for (name, _, missed) in cases {
            let of_program = rows.get(*name).into_iter().flatten();
            let told = of_program.clone().any(|row| row.contains("pull warn:excluded-file"));
            let what = format!("1.{minor} {name}: {:?} {:?}", said.get(*name), rows.get(*name));
            assert_eq!(told, *missed && minor >= 26, "{what}");
            let undefined = said.get(*name).is_some_and(|said| said.contains("undefined: "));
            assert_eq!(undefined, told, "{what}");
            assert_eq!(said.contains_key(*name), told, "{what}");
        }
    }
}

#[test]
fn fault_e9_cgo_brings_unsafe_along() {
    let pull = "//go:linkname now runtime.nanotime\nfunc now() int64\n";
    let with = format!("package main\n\nimport \"C\"\n\n{pull}\nfunc main() {{ now() }}\n");
    let without = with.replace("import \"C\"\n", "import \"os\"\n\nvar _ = os.Args\n");
    let in_group =
        with.replace("import \"C\"\n", "import (\n\t\"os\"\n\n\t\"C\"\n)\n\nvar _ = os.Args\n");
    for (name, main, mistakes) in [("cgo", with, 0), ("group", in_group, 0), ("plain", without, 1)]
    {
        let module = Module::new(&format!("unsafe-{name}"), &[EMPTY, ("main.go", &main)]);
        let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
        command.args(["scan", "--format=json", "--go-version=1.27"]).current_dir(&module.0);
        command.env("GOROOT", module.0.join("no-go")).env("GOMODCACHE", module.0.join("no-cache"));
        let output =
            command.env("CGO_ENABLED", "1").env("PATH", "/nowhere").output().expect("gonym runs");
        let report: Value = serde_json::from_slice(&output.stdout).expect("a document");
        let rows = rows(&report);
        let missing = rows.iter().filter(|row| row.contains("missing-unsafe")).count();
        assert_eq!((rows.len(), missing), (1, mistakes), "{name}: {rows:?}");
    }
}

#[test]
fn fault_e10_a_fault_of_the_executable_is_a_document() {
    let module = Module::new(
        "document",
        &[EMPTY, ("main.go", "package main\n\nfunc main() {}\n"), ("cut", "\u{7f}ELF")],
    );
    for file in ["nowhere", "main.go", "cut", "."] {
        let output = common::gonym_in(&module.0, ["scan", "--format=json", "--binary", file]);
        let report: Value = serde_json::from_slice(&output.stdout).expect("a document");
        assert_eq!(output.status.code(), Some(3), "{file}");
        assert_eq!(report["result"], "incomplete", "{file}");
        assert_eq!(report["faults"].as_array().map(Vec::len), Some(1), "{file}: {report:#}");
    }
}

/// What is said to be a private zero prints 0, and what another package gives a value prints that.
#[test]
fn a_variable_that_another_package_gives_is_no_private_zero_live_go_needed() {
    let take = "package take\n\nimport _ \"unsafe\"\n\n//go:linkname v example.com/absent.v\nvar v int\n\n\
        func V() int { return v }\n";
    let main = "package main\n\nimport (\n\t_ \"example.com/q/give\"\n\t\"example.com/q/take\"\n)\n\n\
        func main() { println(take.V()) }\n";
    let gives = "package give\n\nimport _ \"unsafe\"\n\n//go:linkname mine example.com/absent.v\nvar mine int = 7\n";
    let other = gives.replace("absent.v\n", "absent.w\n");
    for toolchain in toolchains(&[22, 27], "variables of absent packages") {
        for (name, give, prints) in [("given", gives, "7"), ("other", &other, "0")] {
            let files = [("take/take.go", take), ("give/give.go", give), ("main.go", main)];
            let module = Module::new(&format!("absent-{name}-{}", toolchain.minor), &files);
            fs::create_dir(module.0.join("out")).expect("a scratch folder");
            assert_eq!(module.build(&toolchain, "amd64", &[], Path::new("out")), "", "{name}");
            let ran = Command::new(module.0.join("out/q")).output().expect("the program runs");
            assert_eq!(String::from_utf8_lossy(&ran.stderr).trim(), prints, "{name}");
            let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
            command.args(["check", "--own", "--format=json", "out/q"]).current_dir(&module.0);
            let output = command.env("GOROOT", &toolchain.root).output().expect("gonym runs");
            let report: Value = serde_json::from_slice(&output.stdout).expect("a document");
            let findings = report["findings"].as_array().expect("findings");
            let zeros = findings.iter().filter(|one| one["code"] == "unknown-variable-target");
            assert_eq!(zeros.count(), usize::from(prints == "0"), "{name}: {report:#}");
        }
    }
}
