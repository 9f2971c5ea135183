//! `gonym diff` on pairs of programs of which the edit between them is known; every symbol against `go tool nm -size`.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use common::go::{self, Toolchain};

/// The sources before: a module, a module in a folder beside it, and one that is replaced by a folder per version.
const BEFORE: &[(&str, &str)] = &[
    (
        "app/go.mod",
        "module example.com/app\n\ngo 1.21\n\nrequire example.com/dep v1.0.0\n\nreplace example.com/dep => ../dep1\n",
    ),
    (
        "app/main.go",
        "package main\n\nimport (\n\t_ \"unsafe\"\n\n\t\"example.com/app/impl\"\n\t\"example.com/app/lib\"\n\t\"example.com/dep\"\n)\n\n\
         //go:linkname nano runtime.nanotime\nfunc nano() int64\n\n\
         //go:noinline\nfunc removed() { println(\"removed\") }\n\n\
         //go:noinline\nfunc grown(n int) int { return n + 1 }\n\n\
         var table [8]byte\n\n\
         func main() {\n\tremoved()\n\tprintln(grown(1), nano() > 0, lib.Hook(), impl.Kept(), dep.F(), &table)\n}\n",
    ),
    ("app/empty.s", ""),
    (
        "app/lib/lib.go",
        "package lib\n\nimport _ \"unsafe\"\n\nfunc hook(n int) int\n\nfunc Hook() int { return hook(3) }\n",
    ),
    ("app/lib/empty.s", ""),
    (
        "app/impl/impl.go",
        "package impl\n\nimport _ \"unsafe\"\n\n//go:linkname provide example.com/app/lib.hook\n//go:noinline\nfunc provide(n int) int { return n*n + 7 }\n\n\
         //go:noinline\nfunc Kept() int { return 5 }\n",
    ),
    ("dep1/go.mod", "module example.com/dep\n\ngo 1.21\n"),
    ("dep1/dep.go", "package dep\n\n//go:noinline\nfunc F() int { return 1 }\n"),
    ("dep2/go.mod", "module example.com/dep\n\ngo 1.21\n"),
    (
        "dep2/dep.go",
        "package dep\n\n//go:noinline\nfunc F() int { return g() + 1 }\n\n//go:noinline\nfunc g() int { return 2 }\n",
    ),
];

/// A text in a file, and what stands there afterwards.
type Edit = (&'static str, &'static str, &'static str);

/// A pair of programs.
struct Case {
    name: &'static str,
    edits: &'static [Edit],
    /// Minor versions, and GOOS and GOARCH.
    minors: [u16; 2],
    platform: (&'static str, &'static str),
    /// Flags of the build before and after.
    flags: [&'static [&'static str]; 2],
    /// What must be told beside symbols: `kind name`, by the edit; Go's own linknames aside.
    told: &'static [&'static str],
    /// Symbols of the program's own packages and of its dependencies that come and go, by the edit.
    symbols: &'static [&'static str],
    /// Symbols that the edit resizes, among others.
    resized: &'static [&'static str],
}

const SAME: Case = Case {
    name: "the same sources",
    edits: &[],
    minors: [27, 27],
    platform: ("linux", "amd64"),
    flags: [&[], &[]],
    told: &[],
    symbols: &[],
    resized: &[],
};

/// An added, a removed and a grown function, and a variable of twice the size.
const FUNCTIONS: &[Edit] = &[
    (
        "app/main.go",
        "func removed() { println(\"removed\") }",
        "func added() { println(\"added\") }",
    ),
    ("app/main.go", "\tremoved()\n", "\tadded()\n"),
    (
        "app/main.go",
        "{ return n + 1 }",
        "{\n\tfor i := 0; i < n; i++ {\n\t\tprintln(i, n, n*i)\n\t}\n\treturn n * 3\n}",
    ),
    ("app/main.go", "[8]byte", "[16]byte"),
];
const EDITED: Case = Case {
    name: "functions edited",
    edits: FUNCTIONS,
    symbols: &["+ main.added", "- main.removed"],
    resized: &["main.grown", "main.table"],
    ..SAME
};

const CASES: &[Case] = &[
    SAME,
    EDITED,
    // Nothing but nm tells the sizes of data there, and Go's nm infers them.
    Case { name: "functions edited, windows", platform: ("windows", "amd64"), ..EDITED },
    Case { name: "functions edited, darwin", platform: ("darwin", "arm64"), ..EDITED },
    Case {
        name: "functions edited, arm64, 1.22",
        platform: ("linux", "arm64"),
        minors: [22, 22],
        ..EDITED
    },
    Case {
        name: "the push is replaced by an own body of the same code",
        edits: &[
            (
                "app/lib/lib.go",
                "func hook(n int) int\n",
                "//go:noinline\nfunc hook(n int) int { return n*n + 7 }\n",
            ),
            (
                "app/impl/impl.go",
                "//go:linkname provide example.com/app/lib.hook\n//go:noinline\nfunc provide(n int) int { return n*n + 7 }\n",
                "",
            ),
        ],
        told: &["linkname example.com/app/impl push example.com/app/lib.hook"],
        ..SAME
    },
    Case {
        name: "the pull is not called any more",
        edits: &[("app/main.go", "nano() > 0", "true")],
        told: &["linkname main pull runtime.nanotime"],
        ..SAME
    },
    Case {
        name: "settings",
        flags: [&["-ldflags=-X=main.a=1"], &["-ldflags=-X=main.a=2", "-tags=x"]],
        told: &["setting -ldflags", "setting -tags"],
        ..SAME
    },
    Case {
        name: "trimmed: the flags are no longer recorded",
        flags: [&["-ldflags=-X=main.a=1"], &["-ldflags=-X=main.a=1", "-trimpath"]],
        told: &["setting -ldflags", "setting -trimpath"],
        ..SAME
    },
    Case {
        name: "a module of another version",
        edits: &[("app/go.mod", "dep v1.0.0", "dep v1.1.0"), ("app/go.mod", "../dep1", "../dep2")],
        told: &["module example.com/dep"],
        symbols: &["+ example.com/dep.g"],
        resized: &["example.com/dep.F"],
        ..SAME
    },
    Case {
        name: "the next Go",
        minors: [26, 27],
        // What the go command writes for `go 1.21` in go.mod differs from release to release.
        told: &["go go", "setting DefaultGODEBUG"],
        ..SAME
    },
];

fn written(folder: &Path, edits: &[Edit]) -> PathBuf {
    _ = fs::remove_dir_all(folder);
    for (name, text) in BEFORE {
        let mut text = (*text).to_owned();
        for (_, from, to) in edits.iter().filter(|(file, _, _)| file == name) {
            assert_eq!(text.matches(from).count(), 1, "{name} holds {from:?} once");
            text = text.replace(from, to);
        }
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a source");
    }
    folder.join("app")
}

/// Builds before and after. Both sources lie in one folder, one after the other: their paths are part of what is compiled.
fn built(case: &Case, folder: &Path, go: &[Toolchain; 2], witness: &Toolchain) -> [PathBuf; 2] {
    let (goos, goarch) = case.platform;
    [0, 1].map(|side| {
        let app = written(&folder.join("src"), if side == 0 { &[] } else { case.edits });
        let file = folder.join(["old", "new"][side]);
        let mut command = go[side].command(&app);
        command.envs([("GOOS", goos), ("GOARCH", goarch), ("CGO_ENABLED", "0")]);
        command.arg("build").args(case.flags[side]).arg("-o").arg(&file).arg(".");
        let output = command.output().expect("go runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", case.name);
        go[side].wrote(&file, witness);
        file
    })
}

fn diff(files: &[PathBuf; 2], more: &[&str]) -> (Option<i32>, Value) {
    let arguments = ["diff", "--format=json"].iter().chain(more).map(AsRef::as_ref);
    let files = files.iter().map(|file| file.as_os_str());
    let output = common::gonym(arguments.chain(files));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let report = serde_json::from_slice(&output.stdout);
    (output.status.code(), report.unwrap_or_else(|error| panic!("{error}: {told}")))
}

/// The sizes of each name, sorted, as `go tool nm -size` prints them; of Mach-O without the `_` of names of C. Rows without a letter are sections and files.
fn sizes(nm: &Path, file: &Path, underscore: bool) -> BTreeMap<String, Vec<u64>> {
    let output = Command::new(nm).arg("-size").arg(file).output().expect("nm runs");
    assert!(output.status.success(), "{}", file.display());
    let mut all: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        // The address of an import is blank, and a name may hold blanks.
        let undefined = line.split_whitespace().nth(1) == Some("U");
        let skipped = if undefined { 2 } else { 3 };
        let mut fields = line.splitn(usize::MAX, ' ').filter(|field| !field.is_empty());
        let head: Vec<&str> = fields.by_ref().take(skipped).collect();
        if head.last() == Some(&"?") {
            continue;
        }
        let size = if undefined { 0 } else { head[1].parse().expect("a size") };
        let name = fields.collect::<Vec<_>>().join(" ");
        let bare = name.strip_prefix('_').filter(|_| underscore).unwrap_or(&name);
        all.entry(bare.to_owned()).or_default().push(size);
    }
    all.values_mut().for_each(|sizes| sizes.sort_unstable());
    all
}

/// What nm says of names that either file has at most once: what came, went, and has another size.
fn by_nm(tables: &[BTreeMap<String, Vec<u64>>; 2]) -> (BTreeSet<String>, BTreeSet<String>) {
    let [old, new] = tables;
    let (mut came_or_went, mut resized) = (BTreeSet::new(), BTreeSet::new());
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for name in names {
        match (old.get(name).map(Vec::as_slice), new.get(name).map(Vec::as_slice)) {
            (Some([was]), Some([is])) if was != is => _ = resized.insert(name.clone()),
            (Some([_]), None) => _ = came_or_went.insert(format!("- {name}")),
            (None, Some([_])) => _ = came_or_went.insert(format!("+ {name}")),
            _ => {}
        }
    }
    (came_or_went, resized)
}

/// Names that stand several times in a file: nm alone cannot say which is which.
fn repeated(tables: &[BTreeMap<String, Vec<u64>>; 2]) -> BTreeSet<String> {
    let all = tables.iter().flatten();
    all.filter(|(_, sizes)| sizes.len() > 1).map(|(name, _)| name.clone()).collect()
}

fn of_kind<'a>(report: &'a Value, kind: &str) -> Vec<&'a Value> {
    let all = report["changes"].as_array().expect("a list").iter();
    all.filter(|change| change["kind"] == kind).collect()
}

fn text<'a>(change: &'a Value, key: &str) -> &'a str {
    change[key].as_str().expect("text")
}

fn signed(change: &Value) -> String {
    let sign = if change["old"].is_null() { '+' } else { '-' };
    format!("{sign} {}", text(change, "name"))
}

/// Everything that is told of symbols is what nm says, and nothing that nm says is left out.
fn symbols_are_nms(case: &Case, report: &Value, nm: &Path, files: &[PathBuf; 2]) -> usize {
    let name = case.name;
    assert_eq!(report["compared"], "symbols", "{name}");
    let darwin = case.platform.0 == "darwin";
    let tables = [0, 1].map(|side| sizes(nm, &files[side], darwin));
    let (came_or_went, resized) = by_nm(&tables);
    let repeated = repeated(&tables);
    assert!(repeated.len() < 60, "{name}: {repeated:?}");
    let once = |change: &&&Value| !repeated.contains(text(change, "name"));
    let told: BTreeSet<String> =
        of_kind(report, "symbol").iter().filter(once).map(|change| signed(change)).collect();
    let wrong: Vec<&String> = told.symmetric_difference(&came_or_went).take(9).collect();
    assert!(wrong.is_empty(), "{name}: {wrong:?}");
    let told: BTreeSet<String> = of_kind(report, "size")
        .iter()
        .filter(once)
        .map(|change| text(change, "name").to_owned())
        .collect();
    if case.platform.0 == "linux" {
        let wrong: Vec<&String> = told.symmetric_difference(&resized).take(9).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
    } else {
        // The last symbol of a section reaches to the next section for nm, and to its own section's end here.
        let more: Vec<&String> = told.difference(&resized).collect();
        assert!(more.len() < 8, "{name}: {more:?}");
        let missed: Vec<&String> = resized.difference(&told).collect();
        assert!(missed.len() < 8, "{name}: {missed:?}");
    }
    came_or_went.len() + resized.len()
}

fn is_as_edited(case: &Case, report: &Value) {
    let name = case.name;
    let beside: Vec<String> = report["changes"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|change| !["symbol", "size"].contains(&text(change, "kind")))
        .filter(|change| change["standing"] != "std")
        .map(|change| format!("{} {}", text(change, "kind"), text(change, "name")))
        .collect();
    assert_eq!(beside, case.told, "{name}");
    let outside = |change: &&&Value| change["standing"] != "std";
    let came_or_went: Vec<String> =
        of_kind(report, "symbol").iter().filter(outside).map(|change| signed(change)).collect();
    let mut wanted: Vec<&str> = case.symbols.to_vec();
    if case.minors[0] == case.minors[1] {
        wanted.sort_unstable_by_key(|line| line[2..].to_owned());
        assert_eq!(came_or_went, wanted, "{name}");
    }
    let resized: Vec<&str> =
        of_kind(report, "size").iter().map(|change| text(change, "name")).collect();
    for wanted in case.resized {
        assert!(resized.contains(wanted), "{name}: {wanted} is not among {resized:?}");
    }
    if case.name == SAME.name {
        assert!(came_or_went.is_empty() && resized.is_empty(), "{name}");
        assert_eq!(report["moved"], 0, "{name}: the same bytes");
    }
}

fn toolchains(minors: [u16; 2]) -> Result<[Toolchain; 2], String> {
    Ok([go::toolchain(minors[0])?, go::toolchain(minors[1])?])
}

#[test]
fn what_changed_is_what_was_edited() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("diff of built programs", &why),
    };
    let nm = witness.tool("nm");
    let folder = common::scratch("diff-live").join(format!("cases-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let (mut compared, mut judged) = (0, 0);
    for case in CASES {
        let go = match toolchains(case.minors) {
            Ok(go) => go,
            Err(why) => {
                go::skip(case.name, &why);
                continue;
            }
        };
        let files = built(case, &folder, &go, &witness);
        let (code, report) = diff(&files, &[]);
        assert_eq!(code, Some(0), "{}", case.name);
        is_as_edited(case, &report);
        compared += symbols_are_nms(case, &report, &nm, &files);
        judged += 1;
    }
    assert!(compared > 100, "only {compared} symbols differ");
    go::say(&format!(
        "{judged} pairs of programs, {compared} symbols that differ, all as nm has them"
    ));
    _ = fs::remove_dir_all(folder);
}

/// Names, sizes and letters of both files are the same there; only the file that the code comes from is not.
#[test]
fn a_push_that_an_own_body_replaced_is_told_stripped_or_not() {
    let go = match toolchains([27, 27]) {
        Ok(go) => go,
        Err(why) => return go::skip("diff of a push and an own body", &why),
    };
    let witness = &go[0];
    let nm = witness.tool("nm");
    let case = CASES.iter().find(|case| case.name.starts_with("the push")).expect("a case");
    let folder = common::scratch("diff-live").join(format!("push-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let files = built(case, &folder, &go, witness);
    let [old, new] = [0, 1].map(|side| sizes(&nm, &files[side], false));
    assert_eq!(old["example.com/app/lib.hook"], new["example.com/app/lib.hook"]);
    let stripped = [0, 1].map(|side| {
        let file = folder.join(["old-stripped", "new-stripped"][side]);
        let status = Command::new("strip").arg("-o").arg(&file).arg(&files[side]).status();
        assert!(status.is_ok_and(|status| status.success()), "strip");
        file
    });
    let pair = "--pair=func:example.com/app/impl.provide=example.com/app/lib.hook";
    for (files, compared) in [(&files, "symbols"), (&stripped, "functions")] {
        let (code, report) = diff(files, &[pair, "--fail-on=linknames"]);
        assert_eq!((code, report["compared"].as_str()), (Some(1), Some(compared)));
        let linknames = of_kind(&report, "linkname");
        let [linkname] = linknames[..] else { panic!("{linknames:?}") };
        assert_eq!(linkname["old"], "in-effect (foreign-file)");
        assert_eq!((&linkname["new"], &linkname["level"]), (&Value::Null, &"deny".into()));
        let message = text(&linkname["linkname"], "message");
        assert!(
            message.contains("is code of package example.com/app/lib (lib.go) now"),
            "{message}"
        );
        // A pair does not say that it is a push: of one that somebody else provides it is `unused`, as in check.
        let verdicts = of_kind(&report, "verdict");
        let [verdict] = verdicts[..] else { panic!("{verdicts:?}") };
        assert_eq!(verdict["old"], "in-effect (foreign-file)");
        assert_eq!(verdict["new"], "unused (not-called)");
        assert_eq!(diff(files, &["--fail-on=symbols,modules"]).0, Some(0));
    }
    // An unstripped file against a stripped one of the other sources.
    let mixed = [files[0].clone(), stripped[1].clone()];
    let (_, report) = diff(&mixed, &[]);
    let told: Vec<&str> = of_kind(&report, "linkname").iter().map(|c| text(c, "name")).collect();
    assert_eq!(told, ["example.com/app/impl push example.com/app/lib.hook"]);
    _ = fs::remove_dir_all(folder);
}
