//! Are rules about functions and packages answered on stripped files as the symbol table of the same build
//! answers them? Needs Go, and says so where there is none.
//!
//! The truth is not gonym's: `go tool nm` of the build with symbols, and `go list -deps`.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::go::{self, Order, Toolchain};
use common::ruled::{module, results};
use serde_json::Value;

/// A package that only pushes, one that is inlined wholly, a generic one, one of data, one that nobody calls.
const FILES: &[(&str, &str)] = &[
    ("go.mod", "module example.com/q\n\ngo 1.18\n"),
    (
        "main.go",
        "package main\n\nimport (\n\t_ \"example.com/q/data\"\n\t\"example.com/q/gen\"\n\t_ \"example.com/q/idle\"\n\t\"example.com/q/inl\"\n\t\"example.com/q/lib\"\n\t_ \"example.com/q/pushonly\"\n)\n\nvar total = 3\n\nfunc main() {\n\tprintln(lib.Call(), inl.Twice(total), gen.Sum([]int{1, total}), lib.Small())\n}\n",
    ),
    (
        "pushonly/p.go",
        "package pushonly\n\nimport _ \"unsafe\"\n\n//go:linkname provide example.com/q/lib.hook\n//go:noinline\nfunc provide() int { return 7 }\n",
    ),
    (
        "pushsmall/p.go",
        "package pushsmall\n\nimport _ \"unsafe\"\n\n//go:linkname provide example.com/q/lib.other\nfunc provide() int { return 8 }\n",
    ),
    (
        "lib/lib.go",
        "package lib\n\nimport (\n\t_ \"example.com/q/pushsmall\"\n\t_ \"unsafe\"\n)\n\nfunc hook() int\nfunc other() int\n\n//go:noinline\nfunc Call() int { return hook() }\n\nfunc Small() int { return other() }\n",
    ),
    ("lib/e.s", ""),
    ("data/d.go", "package data\n\nconst Answer = 42\n\nvar Kept = Answer\n"),
    ("idle/i.go", "package idle\n\nfunc Never() { println(\"never\") }\n"),
    (
        "inl/i.go",
        "package inl\n\nfunc Twice(n int) int {\n\ts := 0\n\tfor _, x := range [...]int{n, n, n} {\n\t\ts ^= x * 3\n\t}\n\treturn s\n}\n",
    ),
    (
        "gen/g.go",
        "package gen\n\n//go:noinline\nfunc Sum[T int | float64](all []T) (sum T) {\n\tfor _, one := range all {\n\t\tsum += one\n\t}\n\treturn\n}\n",
    ),
];

const MINORS: [u16; 3] = [20, 22, 27];
const PLATFORMS: [(&str, &str); 3] =
    [("linux", "amd64"), ("darwin", "arm64"), ("windows", "amd64")];

#[test]
fn fault_g_code_is_decided_on_stripped_files_live_go_needed() {
    let Ok(witness) = go::toolchain(go::WITNESS) else {
        return go::skip("rules about code", "no witness");
    };
    let module = module("rules", FILES);
    for minor in MINORS {
        let Ok(toolchain) = go::toolchain(minor) else {
            go::skip("rules about code", &format!("no go1.{minor}"));
            continue;
        };
        for platform in PLATFORMS {
            let what = format!("go1.{minor} {platform:?}");
            let build = |flags: &[&'static str], name: &str| {
                let file = module.join(format!("../{name}-{minor}-{}", platform.0));
                let arguments = [&["build"], flags, &["."]].concat();
                let order = Order { folder: &module, platform, cgo: false, arguments };
                toolchain.build(&order, &witness, &file);
                file
            };
            let full = build(&["-trimpath"], "full");
            let stripped = build(&["-trimpath", "-ldflags=-s -w"], "stripped");
            let truth = functions_of(&witness, &full);
            assert!(truth.len() > 1000, "{what}: {}", truth.len());
            packages_are_told(&what, &toolchain, &module, &truth, &[&full, &stripped]);
            functions_are_told(&what, &truth, &[&full, &stripped]);
            instances_are_told(&witness, minor, &full, &stripped);
        }
    }
}

/// Every package of the build, and some that are in no build: `fails` where nm has a function of it, `holds`
/// where it is none of the build's; between the two lies what was inlined.
fn packages_are_told(
    what: &str,
    toolchain: &Toolchain,
    module: &Path,
    truth: &BTreeSet<String>,
    files: &[&Path],
) {
    let listed = toolchain.command(module).args(["list", "-deps", "."]).output().expect("go list");
    let listed = String::from_utf8(listed.stdout).expect("text");
    let built: BTreeSet<&str> = listed.lines().collect();
    assert!(built.contains("example.com/q/pushonly"), "{built:?}");
    let named: BTreeSet<&str> = truth.iter().filter_map(|name| package(name)).collect();
    let others = ["net/http/pprof", "os/exec", "example.com/q/nowhere", "expvar"];
    let asked: Vec<&str> = built.iter().copied().chain(others).collect();
    let own =
        |name: &str| if name == "example.com/q" { "main".to_owned() } else { name.to_owned() };
    for file in files {
        let rules: Vec<String> = asked.iter().map(|path| format!("--forbid=pkg:{path}")).collect();
        for (path, (result, reason)) in results(file, &rules) {
            let what = format!("{what} {}: {path}: {result} {reason}", file.display());
            assert_ne!(result, "unproven", "{what}");
            match (named.contains(own(&path).as_str()), built.contains(path.as_str())) {
                (true, _) => assert_eq!(result, "fails", "{what}"),
                (_, false) => assert_eq!(result, "holds", "{what}"),
                (false, true) => {}
            }
            let wanted = match path.strip_prefix("example.com/q/") {
                // A push has another package's name; `inl` stands in inline trees alone.
                Some("pushonly" | "pushsmall" | "inl" | "gen") => "fails",
                Some("data" | "idle") => "holds",
                _ => result.as_str(),
            };
            assert_eq!(result, wanted, "{what}");
        }
    }
}

/// Functions that nm names, and names that no function has.
fn functions_are_told(what: &str, truth: &BTreeSet<String>, files: &[&Path]) {
    let plain = truth.iter().filter(|name| !name.contains('[') && package(name).is_some());
    let plain: Vec<&String> = plain.collect();
    let some: Vec<&String> = plain.iter().copied().step_by(plain.len() / 25).collect();
    assert!(some.len() >= 25, "{what}");
    for file in files {
        let rules: Vec<String> = some
            .iter()
            .flat_map(|name| [format!("--forbid=func:{name}"), format!("--forbid=func:{name}Gone")])
            .collect();
        for (name, (result, reason)) in results(file, &rules) {
            let wanted = if truth.contains(&name) { "fails" } else { "holds" };
            assert_eq!(result, wanted, "{what} {}: {name}: {reason}", file.display());
        }
        let rules =
            ["--forbid=func:net/http/pprof.*".to_owned(), "--forbid=func:os/exec.*".to_owned()];
        assert!(results(file, &rules).values().all(|(result, _)| result == "holds"), "{what}");
    }
}

/// Type arguments are named by shape, and up to 1.20 by symbols alone.
fn instances_are_told(witness: &Toolchain, minor: u16, full: &Path, stripped: &Path) {
    let sum = |arguments: &str| format!("example.com/q/gen.Sum[{arguments}]");
    let told = |file: &Path, name: &str| {
        let found = results(file, &[format!("--forbid=func:{name}")]);
        found.into_values().next().expect("one rule")
    };
    let answer = |result: &str, reason: &str| (result.to_owned(), reason.to_owned());
    for file in [full, stripped] {
        assert_eq!(told(file, "example.com/q/gen.Sum"), answer("fails", "found"));
        assert_eq!(told(file, &sum("int")), answer("unproven", "shapes"), "{}", file.display());
    }
    assert_eq!(told(full, &sum("go.shape.int")), answer("fails", "found"));
    assert_eq!(told(full, &sum("go.shape.float64")), answer("holds", "absent"));
    let hidden = answer("unproven", "hidden-arguments");
    // Go 1.20's linker leaves Mach-O files their symbols under -s.
    let symbols = functions_of(witness, stripped).contains(&sum("go.shape.int"));
    let (there, gone) = match minor {
        ..=20 if !symbols => (hidden.clone(), hidden),
        _ => (answer("fails", "found"), answer("holds", "absent")),
    };
    assert_eq!(told(stripped, &sum("go.shape.int")), there, "go1.{minor}");
    assert_eq!(told(stripped, &sum("go.shape.float64")), gone, "go1.{minor}");
}

/// `-v` shows every reference, and a report without it eight.
#[test]
fn fault_g_verbose_evidence_is_whole_live_go_needed() {
    let Ok(witness) = go::toolchain(go::WITNESS) else {
        return go::skip("fault G, -v", "no Go");
    };
    let calls: String = (0..12).map(|n| format!("\tprintln(nano(), {n})\n")).collect();
    let main = format!(
        "package main\n\nimport _ \"unsafe\"\n\n//go:linkname nano runtime.nanotime\nfunc nano() int64\n\nfunc main() {{\n{calls}}}\n"
    );
    let folder = module(
        "verbose",
        &[("go.mod", "module example.com/verbose\n\ngo 1.18\n"), ("main.go", &main), ("e.s", "")],
    );
    let file = folder.join("app");
    let mut command = witness.command(&folder);
    let output = command.arg("build").arg("-o").arg(&file).arg(".").output().expect("go runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let path = file.to_str().expect("text");
    for (flags, shown) in [(&["-v"][..], 12), (&[][..], 8)] {
        let asked = ["check", "--pair=main.nano=runtime.nanotime", "--format=json", path];
        let output = common::gonym_in(&folder, [&asked[..], flags].concat());
        let report: Value = serde_json::from_slice(&output.stdout).expect("a document");
        let evidence = report["binaries"][0]["claims"][0]["evidence"].as_array().expect("evidence");
        let own = evidence.iter().filter(|one| one["type"] == "reference");
        assert_eq!(
            own.clone().filter(|one| one["fromPackage"] == "main").count(),
            shown,
            "{flags:?}"
        );
    }
    let asked = ["check", "--pair=main.nano=runtime.nanotime", "-v", path];
    let output = common::gonym_in(&folder, asked);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(text.matches("main.main calls runtime.nanotime").count(), 12, "{text}");
}

/// Row "`--pair main.TYPO=runtime.nanotime`": the verdict is about the package; that the name is nobody's only the
/// source tells, where it is at hand. A mistake beside a verdict fails `check` as it fails `scan`.
#[test]
fn fault_g_a_pair_that_is_no_directive_and_a_mistake_fail_live_go_needed() {
    let Ok(toolchain) = go::toolchain(go::WITNESS) else {
        return go::skip("names of pairs", "no go");
    };
    let main = "package main\n\nimport (\n\t\"example.com/p/lib\"\n\t_ \"unsafe\"\n)\n\n//go:linkname nano runtime.nanotime\nfunc nano() int64\n\nfunc main() { println(nano() > 0, lib.Now() > 0) }\n";
    let lib = "package lib\n\nimport _ \"unsafe\"\n\n//go:linkname clock runtime.nanotime\nfunc clock() int64\n\nfunc Now() int64 { return clock() }\n";
    let files = [
        ("go.mod", "module example.com/p\n\ngo 1.18\n"),
        ("main.go", main),
        ("e.s", ""),
        ("lib/lib.go", lib),
        ("lib/e.s", ""),
    ];
    let module = module("pairs", &files);
    let file = module.join("../app");
    let order = Order {
        folder: &module,
        platform: ("linux", "amd64"),
        cgo: false,
        arguments: vec!["build", "."],
    };
    toolchain.build(&order, &toolchain, &file);
    let app = file.to_str().expect("a path");
    let elsewhere = common::scratch("pairs-elsewhere");
    let run = |folder: &Path, more: &[&str]| {
        let arguments = [&["check", app], more].concat();
        let output = common::gonym_in(folder, arguments);
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), shown, told)
    };
    let own = format!("--source={}", module.display());
    for (pair, there) in [
        ("main.nano=runtime.nanotime", true),
        ("example.com/p.nano=runtime.nanotime", true),
        ("func:example.com/p/lib.clock=runtime.nanotime", true),
        ("main.TYPO=runtime.nanotime", false),
        ("example.com/p/lib.nano=runtime.nanotime", false),
        ("func:main.nanotime=runtime.nanotime", false),
    ] {
        let pair = format!("--pair={pair}");
        let (code, shown, told) = run(&module, &[&pair]);
        assert_eq!(code, Some(if there { 0 } else { 1 }), "{pair}: {shown}{told}");
        assert!(shown.contains("in-effect (referenced)"), "the same verdict: {shown}");
        assert_eq!(shown.contains("mistake: no-such-directive: "), !there, "{pair}: {shown}");
        assert!(!shown.contains("not checked"), "{pair}: {shown}");
        // Given, and with the module's own directives beside it.
        assert_eq!(run(&elsewhere, &[&pair, &own, "-q"]).0, code, "{pair}");
        let (code, shown, _) = run(&elsewhere, &[&pair]);
        assert_eq!(code, Some(0), "without source the package is all that is claimed: {shown}");
        assert!(shown.contains("was not checked: no source is at hand"), "{shown}");
    }
    // A mistake beside a verdict that holds.
    let wrong = lib.replace("func clock() int64", "func clock() (int64, int64)");
    let wrong = wrong.replace("return clock()", "now, _ := clock(); return now");
    fs::write(module.join("lib/lib.go"), wrong).expect("a file");
    toolchain.build(&order, &toolchain, &file);
    let (code, shown, told) = run(&module, &["--own"]);
    assert_eq!(code, Some(1), "{shown}{told}");
    assert!(shown.contains("mistake: signature-results: "), "{shown}");
    assert!(shown.ends_with("2 claims: 2 in-effect; 1 mistake\n"), "{shown}");
    assert_eq!(run(&module, &["-q", "--allow-unproven"]).0, Some(1));
}

/// The functions that `go tool nm` lists, but for the linker's marks, and with the ABI's mark taken off.
fn functions_of(witness: &Toolchain, file: &Path) -> BTreeSet<String> {
    let mut command = witness.command(Path::new("."));
    let output = command.args(["tool", "nm"]).arg(file).output().expect("go tool nm");
    let listed = String::from_utf8(output.stdout).expect("text");
    let mach = file.to_string_lossy().contains("darwin");
    let text = listed.lines().filter_map(|line| {
        let (letter, name) = line.trim_start().split_once(' ')?.1.trim_start().split_once(' ')?;
        matches!(letter, "T" | "t").then_some(name)
    });
    let names = text.map(|name| if mach { name.strip_prefix('_').unwrap_or(name) } else { name });
    let names = names.map(|name| name.strip_suffix(".abi0").unwrap_or(name).to_owned());
    names.filter(|name| name != "runtime.text" && name != "runtime.etext").collect()
}

/// The package of a name, read here by a rule of its own: up to the first dot behind the last slash that no
/// bracket precedes.
fn package(name: &str) -> Option<&str> {
    if name.starts_with("type:") || name.starts_with("go:") || name.starts_with("go.") {
        return None;
    }
    let head = name.split(['[', '(']).next()?;
    let slash = head.rfind('/').map_or(0, |at| at + 1);
    let dot = head.get(slash..)?.find('.')?;
    head.get(..slash + dot).filter(|package| !package.is_empty())
}
