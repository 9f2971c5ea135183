//! Are rules about names answered by what a name is: an import or export of a shared object, a package, an instance?
//! Needs Go, and says so where there is none.
//!
//! The truth is not gonym's: `nm -D` and `go tool nm` of the same build, and what the program prints.

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::go::{self, Order, Toolchain};
use common::ruled::{module, results};

/// Names and texts of a module's files.
type Files = &'static [(&'static str, &'static str)];

const GOMOD: (&str, &str) = ("go.mod", "module example.com/q\n\ngo 1.18\n");

/// A shared object: what it imports from C and exports to it, and names that it has nothing of.
struct Shared {
    name: &'static str,
    mode: &'static str,
    main: &'static str,
    imports: &'static [&'static str],
    exports: &'static [&'static str],
    nothing: &'static [&'static str],
}

const SHARED: [Shared; 3] = [
    Shared {
        name: "malloc",
        mode: "c-shared",
        main: "package main\n\n// #include <stdlib.h>\nimport \"C\"\n\n//export GoNow\nfunc GoNow(n C.int) C.int {\n\tp := C.malloc(C.size_t(n))\n\tC.free(p)\n\treturn n\n}\n\nfunc main() {}\n",
        imports: &["malloc", "free"],
        exports: &["GoNow"],
        nothing: &["func:os/exec.*", "func:main.GoThen"],
    },
    Shared {
        name: "libm",
        mode: "c-shared",
        main: "package main\n\n// #cgo LDFLAGS: -lm\n// #include <math.h>\nimport \"C\"\n\n//export GoCosine\nfunc GoCosine(x C.double) C.double { return C.cos(x) }\n\n//export GoTwice\nfunc GoTwice(x C.double) C.double { return x + x }\n\nfunc main() {}\n",
        imports: &["cos"],
        exports: &["GoCosine", "GoTwice"],
        nothing: &["func:math.Sincos"],
    },
    Shared {
        name: "plugin",
        mode: "plugin",
        main: "package main\n\n// #include <stdlib.h>\nimport \"C\"\n\n//export GoFromPlugin\nfunc GoFromPlugin(n C.int) C.int { return C.int(C.labs(C.long(n))) + C.rand() }\n\nfunc main() {}\n",
        imports: &["rand"],
        exports: &["GoFromPlugin"],
        nothing: &["func:os/exec.*"],
    },
];

/// Row "c-shared": a shared object names no interpreter, and has imports and exports all the same.
#[test]
fn fault_g_a_shared_object_has_imports_and_exports_live_go_needed() {
    let row = "rules about shared objects";
    let Ok(witness) = go::toolchain(go::WITNESS) else { return go::skip(row, "no witness") };
    if Command::new("gcc").arg("--version").output().is_err() {
        return go::skip(row, "no gcc");
    }
    for shared in &SHARED {
        let folder = module(&format!("shared-{}", shared.name), &[GOMOD, ("main.go", shared.main)]);
        for minor in [22, 27] {
            let Ok(toolchain) = go::toolchain(minor) else { return go::skip(row, "no Go") };
            let file = folder.join(format!("../{minor}.so"));
            let mode = format!("-buildmode={}", shared.mode);
            let arguments = vec!["build", mode.as_str(), "-ldflags=-s -w", "."];
            let platform = ("linux", "amd64");
            toolchain.build(
                &Order { folder: &folder, platform, cgo: true, arguments },
                &witness,
                &file,
            );
            hold_shared(shared, &file, minor);
        }
    }
    let folder = module("shared-executable", &[GOMOD, ("main.go", SHARED[0].main)]);
    let file = folder.join("../executable");
    let arguments = vec!["build", "-buildmode=pie", "-ldflags=-s -w", "."];
    let order = Order { folder: &folder, platform: ("linux", "amd64"), cgo: true, arguments };
    witness.build(&order, &witness, &file);
    let found = results(&file, &["--forbid=malloc", "--forbid=func:os/exec.*"].map(str::to_owned));
    assert_eq!(found["malloc"].0, "fails", "an executable with an interpreter");
    assert_eq!(found["os/exec.*"].0, "holds", "an executable with an interpreter");
}

fn hold_shared(shared: &Shared, file: &Path, minor: u16) {
    let dynamic = Command::new("nm").args(["-D", "--without-symbol-versions"]).arg(file).output();
    let dynamic = String::from_utf8(dynamic.expect("nm runs").stdout).expect("text");
    let has = |letter: &str, name: &str| {
        dynamic.lines().any(|line| line.trim_start().ends_with(&format!("{letter} {name}")))
    };
    assert!(shared.imports.iter().all(|name| has("U", name)), "{}: {dynamic}", shared.name);
    assert!(shared.exports.iter().all(|name| has("T", name)), "{}: {dynamic}", shared.name);
    for (names, verb, wanted) in [
        (shared.imports, "forbid", "fails"),
        (shared.exports, "forbid", "fails"),
        (shared.imports, "require", "holds"),
        (shared.exports, "require", "holds"),
        (shared.nothing, "forbid", "holds"),
        (shared.nothing, "require", "fails"),
    ] {
        let rules: Vec<String> = names.iter().map(|name| format!("--{verb}={name}")).collect();
        for (name, (result, reason)) in results(file, &rules) {
            let what = format!("{} go1.{minor} --{verb}={name}: {reason}", shared.name);
            assert_eq!(result, wanted, "{what}");
        }
    }
}

/// Programs whose packages are asked for by their bare paths: Go's own, one that only pushes, one of data, one whose
/// path is the beginning of another's, and of the module itself.
const PATHS: [(&str, Files); 3] = [
    (
        "standard",
        &[(
            "main.go",
            "package main\n\nimport (\n\t\"net/http\"\n\t_ \"net/http/pprof\"\n)\n\nfunc main() { println(http.StatusText(404)) }\n",
        )],
    ),
    (
        "nested",
        &[
            (
                "main.go",
                "package main\n\nimport (\n\t\"example.com/q/lib/sub\"\n\t_ \"example.com/q/data\"\n)\n\nfunc main() { println(sub.Do(3)) }\n",
            ),
            ("lib/sub/s.go", "package sub\n\n//go:noinline\nfunc Do(n int) int { return n }\n"),
            ("data/d.go", "package data\n\nvar Kept = 4\n"),
        ],
    ),
    (
        "dotted",
        &[
            (
                "main.go",
                "package main\n\nimport (\n\t\"example.com/q/api.v2\"\n\t_ \"example.com/q/pushes\"\n)\n\nfunc main() { println(api.Do(3), api.Call()) }\n",
            ),
            (
                "api.v2/a.go",
                "package api\n\n//go:noinline\nfunc Do(n int) int { return n }\n\nfunc hook() int\n\n//go:noinline\nfunc Call() int { return hook() }\n",
            ),
            ("api.v2/e.s", ""),
            (
                "pushes/p.go",
                "package pushes\n\nimport _ \"unsafe\"\n\n//go:linkname provide example.com/q/api%2ev2.hook\n//go:noinline\nfunc provide() int { return 7 }\n",
            ),
        ],
    ),
];

/// Bare paths of packages that have code in a program of [`PATHS`], and of what is none of its packages.
const ASKED: [(&str, &[&str], &[&str]); 3] = [
    (
        "standard",
        &["net/http/pprof", "net/http", "runtime", "main", "example.com/q"],
        &["net/http/pp", "net/httptest", "os/exec/internal"],
    ),
    (
        "nested",
        &["example.com/q/lib/sub", "main", "example.com/q", "runtime"],
        &["example.com/q/lib", "example.com/q/data", "net/http", "lib/sub", "sub"],
    ),
    (
        "dotted",
        &["example.com/q/api.v2", "example.com/q/api%2ev2", "example.com/q/pushes"],
        &["example.com/q/api", "example.com/q/push", "api"],
    ),
];

/// Row "`--forbid net/http/pprof`": where a name is a package that is there, the rule fails and says so.
#[test]
fn fault_g_a_name_that_is_a_package_live_go_needed() {
    let row = "names that are packages";
    let Ok(witness) = go::toolchain(go::WITNESS) else { return go::skip(row, "no witness") };
    for ((name, files), (_, there, gone)) in PATHS.iter().zip(ASKED) {
        let folder = module(&format!("paths-{name}"), &[&[GOMOD], *files].concat());
        for (minor, flags) in [(22, "-ldflags="), (27, "-ldflags="), (27, "-ldflags=-s -w")] {
            let Ok(toolchain) = go::toolchain(minor) else { return go::skip(row, "no Go") };
            let file = built(&folder, (&toolchain, &witness), flags);
            let what = format!("{name} go1.{minor} {flags}");
            for prefix in ["", "func:", "var:"] {
                let rules: Vec<String> =
                    there.iter().map(|path| format!("--forbid={prefix}{path}")).collect();
                for (path, (result, reason)) in results(&file, &rules) {
                    let what = format!("{what}: {prefix}{path}");
                    assert_eq!(
                        (result.as_str(), reason.as_str()),
                        ("fails", "is-package"),
                        "{what}"
                    );
                }
            }
            // A variable may go by any name where the symbol table is stripped: code is decided there too.
            let stripped = flags.contains("-s");
            for (prefix, wanted) in [("", "absent"), ("func:", "absent"), ("pkg:", "absent")] {
                let rules: Vec<String> =
                    gone.iter().map(|path| format!("--forbid={prefix}{path}")).collect();
                for (path, (result, reason)) in results(&file, &rules) {
                    let what = format!("{what}: {prefix}{path}");
                    let wanted = match stripped && prefix.is_empty() {
                        true => ("unproven", "stripped"),
                        false => ("holds", wanted),
                    };
                    assert_eq!((result.as_str(), reason.as_str()), wanted, "{what}");
                }
            }
        }
    }
}

const GENERIC: [(&str, Files, Instances); 3] = [
    (
        "functions",
        &[
            (
                "main.go",
                "package main\n\nimport \"example.com/q/gen\"\n\nfunc main() { println(gen.Gen(1), gen.Gen(\"a\"), gen.Pair(1, 2.5)) }\n",
            ),
            (
                "gen/g.go",
                "package gen\n\n//go:noinline\nfunc Gen[T any](v T) T { return v }\n\n//go:noinline\nfunc Pair[A, B any](a A, b B) A { _ = b; return a }\n",
            ),
        ],
        Instances {
            by_types: &[
                "Gen[int]",
                "Gen[string]",
                "Gen[float64]",
                "Gen[*int]",
                "Pair[int,float64]",
            ],
            by_shapes: &["Gen[go.shape.int]", "Pair[go.shape.int,go.shape.float64]"],
            none: &["Nope[int]", "Gen[go.shape.float64]", "Pai[int,float64]"],
        },
    ),
    (
        "methods",
        &[
            (
                "main.go",
                "package main\n\nimport \"example.com/q/gen\"\n\nfunc main() {\n\tvar s gen.Stack[int]\n\ts.Push(4)\n\tprintln(gen.Box[string]{}.Len(2))\n}\n",
            ),
            (
                "gen/g.go",
                "package gen\n\ntype Stack[T any] struct{ all []T }\n\n//go:noinline\nfunc (s *Stack[T]) Push(v T) { s.all = append(s.all, v) }\n\ntype Box[T any] struct{ v T }\n\n//go:noinline\nfunc (b Box[T]) Len(n int) int { return n }\n",
            ),
        ],
        Instances {
            by_types: &["(*Stack[int]).Push", "(*Stack[*float64]).Push", "Box[string].Len"],
            by_shapes: &["(*Stack[go.shape.int]).Push", "Box[go.shape.string].Len"],
            none: &["(*Queue[int]).Push", "(*Stack[int]).Pop", "(*Stack[go.shape.string]).Push"],
        },
    ),
    (
        "nested",
        &[
            (
                "main.go",
                "package main\n\nimport \"example.com/q/gen\"\n\nfunc main() { println(len(gen.Rows([]*int{nil})), gen.Later(func() bool { return true })) }\n",
            ),
            (
                "gen/g.go",
                "package gen\n\n//go:noinline\nfunc Rows[T any](all []T) [][]T { return [][]T{all} }\n\n//go:noinline\nfunc Later[T any](v T) int {\n\tf := func() int { var x any = v; if x == nil { return 1 }; return 2 }\n\treturn call(f)\n}\n\n//go:noinline\nfunc call(f func() int) int { return f() }\n",
            ),
        ],
        Instances {
            by_types: &["Rows[[]int]", "Rows[map[string]int]", "Later[func() bool]"],
            by_shapes: &["Rows[go.shape.*uint8]", "Later[go.shape.func() bool]"],
            none: &["Row[[]int]", "Rows[go.shape.int]", "Later[int].func7"],
        },
    ),
];

/// Names below `example.com/q/gen.`: instances that types ask for, those that symbols name, and nobody's.
#[derive(Clone, Copy)]
struct Instances {
    by_types: &'static [&'static str],
    by_shapes: &'static [&'static str],
    none: &'static [&'static str],
}

/// Row "`--forbid 'a.b.Gen[int]'` on an unstripped file": symbols name shapes, and that is the reason.
#[test]
fn fault_g_an_instance_on_an_unstripped_file_live_go_needed() {
    let row = "instances by their types";
    let Ok(witness) = go::toolchain(go::WITNESS) else { return go::skip(row, "no witness") };
    for (name, files, asked) in &GENERIC {
        let folder = module(&format!("generic-{name}"), &[&[GOMOD], *files].concat());
        for minor in [22, 27] {
            let Ok(toolchain) = go::toolchain(minor) else { return go::skip(row, "no Go") };
            let file = built(&folder, (&toolchain, &witness), "-ldflags=");
            let named = functions_of(&witness, &file);
            let what = format!("{name} go1.{minor}");
            for (names, wanted) in [
                (asked.by_types, ("unproven", "shapes")),
                (asked.by_shapes, ("fails", "found")),
                (asked.none, ("holds", "absent")),
            ] {
                let full = |name: &&str| format!("example.com/q/gen.{name}");
                let there = names.iter().map(full).any(|name| named.contains(&name));
                assert_eq!(there, wanted.1 == "found", "{what}: {named:?}");
                let rules: Vec<String> =
                    names.iter().map(|name| format!("--forbid={}", full(name))).collect();
                for (name, (result, reason)) in results(&file, &rules) {
                    assert_eq!((result.as_str(), reason.as_str()), wanted, "{what}: {name}");
                }
            }
        }
    }
}

fn built(folder: &Path, (go, witness): (&Toolchain, &Toolchain), flags: &str) -> PathBuf {
    let file = folder.join(format!("../app-{}", go.minor));
    let arguments = vec!["build", flags, "."];
    let order = Order { folder, platform: ("linux", "amd64"), cgo: false, arguments };
    go.build(&order, witness, &file);
    let output = Command::new(&file).output().expect("it runs");
    assert!(output.status.success(), "{}: {}", file.display(), output.status);
    file
}

/// The functions of package gen that `go tool nm` lists.
fn functions_of(witness: &Toolchain, file: &Path) -> BTreeSet<String> {
    let output = witness.output(
        Path::new("/"),
        ["tool".as_ref(), "nm".as_ref(), file.canonicalize().expect("a path").as_os_str()],
    );
    let text = output.lines().filter_map(|line| line.split_once(" T ").map(|(_, name)| name));
    text.filter(|name| name.contains("/gen.")).map(str::to_owned).collect()
}
