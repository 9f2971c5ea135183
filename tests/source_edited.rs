//! Does `gonym check` notice that the source at hand is not the text that was compiled?
//!
//! A module is built, then one of its files is changed, and gonym is asked again: whoever changes the file
//! knows the answer. The unchanged module must never be doubted, however it was built.

mod common;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use common::go::{self, Order, Toolchain};
use serde_json::Value;

/// Lines of functions are recorded since 1.20; before, only those of their code are.
const MINORS: [u16; 3] = [19, 20, 27];

const MAIN: &str = r#"package main

import (
	"fmt"
	"os"
	_ "unsafe"

	"example.com/dep"
)

//go:linkname nanotime runtime.nanotime
func nanotime() int64

type clock[T any] struct{ last T }

//go:noinline
func (c *clock[T]) set(now T) {
	c.last = now
}

//go:noinline
func first() int64 {
	return nanotime()
}

//go:noinline
func lines() (n int) {
	defer func() { n++ }()
	for range os.Args {
		n += len(fmt.Sprint(n))
	}
	return n
}

//go:noinline
func written() int { return len(os.Args) }

func main() {
	written()
	var c clock[int64]
	c.set(first())
	fmt.Println(c.last > 0, cputicks() > 0, lines(), dep.Count())
}
"#;

const HANDLES: &str = "package main\n\nimport _ \"unsafe\"\n\n//go:linkname cputicks runtime.cputicks\nfunc cputicks() int64\n\n//go:linkname written main.renamed\n";

const DEP: &str = r#"package dep

import _ "unsafe"

//go:linkname fastexp runtime.nanotime
func fastexp() int64

//go:noinline
func Count() int {
	return int(fastexp() & 1)
}
"#;

/// What is made of a file after the build.
enum Edit {
    /// This text stands for that; the file's time is the build's.
    Kept(&'static str, &'static str),
    /// The same, and the file is younger than the binary.
    Younger(&'static str, &'static str),
}

struct Case {
    file: &'static str,
    edit: Edit,
    /// Code of the gap and the module that it is about.
    gap: Option<(&'static str, &'static str)>,
    /// Whether Go 1.19, which records no starting lines, leaves too little to see it.
    unseen_before_1_20: bool,
}

const OWN: &str = "example.com/app";

const CASES: &[Case] = &[
    Case { file: "main.go", edit: Edit::Kept("", ""), gap: None, unseen_before_1_20: false },
    Case {
        file: "main.go",
        edit: Edit::Younger("", ""),
        gap: Some(("source-touched", OWN)),
        unseen_before_1_20: false,
    },
    Case {
        file: "main.go",
        edit: Edit::Kept("package main\n", "package main\n\n// One line more.\n"),
        gap: Some(("source-newer", OWN)),
        unseen_before_1_20: false,
    },
    Case {
        file: "main.go",
        edit: Edit::Kept("//go:linkname nanotime runtime.nanotime\n", ""),
        gap: Some(("source-newer", OWN)),
        unseen_before_1_20: true,
    },
    Case {
        file: "main.go",
        edit: Edit::Kept("package main\n", "package main\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"),
        gap: Some(("source-newer", OWN)),
        unseen_before_1_20: false,
    },
    Case {
        file: "main.go",
        edit: Edit::Kept("first()", "other()"),
        gap: Some(("source-newer", OWN)),
        unseen_before_1_20: false,
    },
    Case {
        file: "handles.go",
        edit: Edit::Younger("runtime.cputicks", "runtime.ticks123"),
        gap: Some(("source-touched", OWN)),
        unseen_before_1_20: false,
    },
    Case {
        file: "dep/dep.go",
        edit: Edit::Kept(
            "//go:noinline\nfunc Count",
            "// Count counts.\n//\n//go:noinline\nfunc Count",
        ),
        gap: Some(("source-newer", "example.com/dep")),
        unseen_before_1_20: false,
    },
];

/// Flags, and whether cgo is on.
const BUILDS: &[(&[&str], bool)] = &[
    (&[], false),
    (&["-trimpath", "-ldflags=-s -w"], false),
    (&["-gcflags=-N -l"], false),
    (&["-cover"], false),
    (&["-race"], true),
];

#[test]
fn edited_sources_are_noticed_and_others_never_doubted_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(witness) => witness,
        Err(why) => return go::skip("edited sources", &why),
    };
    for minor in MINORS {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("edited sources, go1.{minor}"), &why);
                continue;
            }
        };
        let module = common::scratch("edited").join(format!("{minor}-{}", std::process::id()));
        for (flags, cgo) in BUILDS {
            // `go build -cover` exists since 1.20; one race detector is enough, each compiles all of std again.
            if *flags == ["-cover"] && minor < 20 || *cgo && minor != go::WITNESS {
                continue;
            }
            let what = format!("go1.{minor} {flags:?}");
            write(&module);
            let app = build(&toolchain, &witness, &module, flags, *cgo);
            compare(&what, &checked(&module, &app), None);
            if !cgo && *flags != ["-cover"] {
                examine(&what, &module, &app, minor);
            }
        }
        fs::remove_dir_all(&module).expect("a folder that was made");
    }
}

fn write(module: &Path) {
    fs::create_dir_all(module.join("dep")).expect("a folder");
    let require = "require example.com/dep v1.2.3\n\nreplace example.com/dep => ./dep\n";
    let gomod = format!("module {OWN}\n\ngo 1.18\n\n{require}");
    let files = [
        ("go.mod", gomod.as_str()),
        ("main.go", MAIN),
        ("handles.go", HANDLES),
        ("dep/go.mod", "module example.com/dep\n\ngo 1.18\n"),
        ("dep/dep.go", DEP),
    ];
    for (name, text) in files {
        fs::write(module.join(name), text).expect("a file");
    }
    // A function without a body needs an assembly file beside it.
    for folder in [module.to_owned(), module.join("dep")] {
        fs::write(folder.join("empty.s"), "").expect("a file");
    }
}

fn build(go: &Toolchain, witness: &Toolchain, module: &Path, flags: &[&str], cgo: bool) -> PathBuf {
    let app = module.join("app");
    let arguments = [&["build"], flags, &["."]].concat();
    let order = Order { folder: module, platform: ("linux", "amd64"), cgo, arguments };
    go.build(&order, witness, &app);
    app
}

fn examine(what: &str, module: &Path, app: &Path, minor: u16) {
    let built = fs::metadata(app).and_then(|m| m.modified()).expect("a time");
    for case in CASES {
        let path = module.join(case.file);
        let original = fs::read_to_string(&path).expect("a source");
        let (from, to, time) = match case.edit {
            Edit::Kept(from, to) => (from, to, built - Duration::from_secs(60)),
            Edit::Younger(from, to) => (from, to, built + Duration::from_secs(60)),
        };
        let edited = if from.is_empty() { original.clone() } else { original.replace(from, to) };
        assert_eq!(edited == original, from.is_empty(), "{what}: {from:?} is in {}", case.file);
        put(&path, &edited, time);
        let what = format!("{what}: {} with {to:?} for {from:?}", case.file);
        let wanted = case.gap.filter(|_| !(minor < 20 && case.unseen_before_1_20));
        compare(&what, &checked(module, app), wanted);
        put(&path, &original, built - Duration::from_secs(60));
    }
}

fn put(path: &Path, text: &str, time: SystemTime) {
    fs::write(path, text).expect("a source");
    File::options().write(true).open(path).and_then(|f| f.set_modified(time)).expect("a time");
}

/// The report, and the exit code.
fn checked(module: &Path, app: &Path) -> (Value, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.current_dir(module).arg("check").arg(app).args(["--format=json"]);
    let output = command.output().expect("gonym runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{stderr}"));
    (report, output.status.code())
}

fn compare(what: &str, (report, code): &(Value, Option<i32>), wanted: Option<(&str, &str)>) {
    let binary = &report["binaries"][0];
    let gaps: Vec<(&str, &str)> = binary["gaps"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|gap| (gap["code"].as_str().expect("a code"), gap["module"].as_str().expect("text")))
        .collect();
    assert_eq!(gaps, wanted.into_iter().collect::<Vec<_>>(), "{what}: {:#}", binary["gaps"]);
    let claims = binary["claims"].as_array().expect("claims");
    let doubted = claims.iter().filter(|claim| {
        let mut notes = claim["notes"].as_array().into_iter().flatten();
        notes.any(|note| note["code"] == "source-doubtful")
    });
    assert_eq!(doubted.count() > 0, wanted.is_some(), "{what}: {report:#}");
    match wanted {
        // 1 where what only the source says was needed: the name that `written` was given.
        Some(("source-newer", _)) => {
            let weakened = claims.iter().any(|claim| claim["verdict"] == "unproven");
            assert_eq!(*code, Some(if weakened { 1 } else { 3 }), "{what}");
        }
        // Functions of the file confirm it, or nothing does.
        Some(_) => {
            let weakens = binary["gaps"][0]["weakens"] == true;
            assert_eq!(weakens, what.contains("handles.go"), "{what}");
            assert_eq!(*code == Some(0), !weakens, "{what}: {code:?}");
        }
        None => assert_eq!(*code, Some(0), "{what}: {report:#}"),
    }
}

/// What seems to be an edit and is none, and edits where no version or module says whose the file is.
#[test]
fn only_what_was_edited_is_doubted_live_go_needed() {
    let go = match go::toolchain(go::WITNESS) {
        Ok(go) => go,
        Err(why) => return go::skip("sources that only seem edited", &why),
    };
    let scratch = common::scratch("edited").join(format!("seeming-{}", std::process::id()));
    let pull = "//go:linkname nanotime runtime.nanotime\nfunc nanotime() int64\n";
    let main = format!(
        "package main\n\nimport _ \"unsafe\"\n\n{pull}\nfunc main() {{ println(nanotime(), helper()) }}\n"
    );
    let body = "//go:noinline\nfunc helper() int { return 1 }\n";
    let helper = |line: &str| format!("package main\n\n{line}{body}");
    for (name, line) in [
        ("sibling", "//line main.go:100\n"),
        ("folder", "//line tmpl/page.go:3\n"),
        ("bare", "//line :70\n"),
        ("work@v2", ""),
    ] {
        let module = scratch.join(name);
        fs::create_dir_all(&module).expect("a folder");
        fs::write(module.join("go.mod"), format!("module {OWN}\n\ngo 1.18\n")).expect("a file");
        for (file, text) in [("main.go", main.as_str()), ("help.go", &helper(line)), ("e.s", "")] {
            fs::write(module.join(file), text).expect("a file");
        }
        let app = build(&go, &go, &module, &[], false);
        compare(name, &checked(&module, &app), None);
        if line.is_empty() {
            let built = fs::metadata(&app).and_then(|m| m.modified()).expect("a time");
            put(&module.join("help.go"), &helper("\n\n"), built - Duration::from_secs(60));
            compare(name, &checked(&module, &app), Some(("source-newer", OWN)));
        }
    }
    let files = scratch.join("files");
    fs::create_dir_all(&files).expect("a folder");
    let text = "package main\n\nfunc main() { println(1) }\n";
    fs::write(files.join("main.go"), text).expect("a file");
    let app = files.join("app");
    let arguments = vec!["build", "main.go"];
    let order = Order { folder: &files, platform: ("linux", "amd64"), cgo: false, arguments };
    go.build(&order, &go, &app);
    fs::write(files.join("main.go"), text.replace("func", "\n\nfunc")).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.current_dir(&files).args(["check", "app", "--std", "--format=json"]);
    let report: Value =
        serde_json::from_slice(&command.output().expect("gonym runs").stdout).expect("JSON");
    fs::remove_dir_all(&scratch).expect("a folder that was made");
    let binary = &report["binaries"][0];
    let codes: Vec<&Value> =
        binary["gaps"].as_array().expect("gaps").iter().map(|gap| &gap["code"]).collect();
    assert!(codes.contains(&&Value::from("source-newer")), "{codes:?}");
    let claims = binary["claims"].as_array().expect("claims");
    assert!(claims.len() > 100, "{}", claims.len());
    for claim in claims {
        let warnings = claim["warnings"].as_array().expect("warnings");
        assert!(!warnings.contains(&Value::from("source-doubtful")), "{claim:#}");
    }
}
