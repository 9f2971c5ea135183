//! `gonym diff` on fixtures whose difference the manifest and `testdata/build.sh` know: exit codes, aliases, stripping.

mod common;

use std::process::Output;

use serde_json::Value;

const NANO: &str = "nano-go1.27-linux-amd64";
/// The same program without DWARF, to which objcopy added a second name of `runtime.nanotime`.
const ALIAS: &str = "nano-go1.27-linux-amd64-alias";
const STRIPPED: &str = "nano-go1.27-linux-amd64-stripped";
const SPINE: &str = "spine-go1.27-linux-amd64";

fn path(id: &str) -> String {
    common::fixture_named(id).path.display().to_string()
}

fn diff(old: &str, new: &str, more: &[&str]) -> Output {
    let (old, new) = (path(old), path(new));
    common::gonym([&["diff", &old, &new][..], more].concat())
}

fn document(old: &str, new: &str, more: &[&str]) -> Value {
    let output = diff(old, new, &[more, &["--format=json"]].concat());
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"))
}

/// `kind name`, without those of symbols unless they are asked for.
fn changes(document: &Value, symbols: bool) -> Vec<String> {
    let all = document["changes"].as_array().expect("a list").iter();
    let word = |change: &Value, key: &str| change[key].as_str().expect("a word").to_owned();
    let told =
        all.filter(|c| symbols || !["symbol", "size"].contains(&c["kind"].as_str().unwrap()));
    told.map(|change| format!("{} {}", word(change, "kind"), word(change, "name"))).collect()
}

#[test]
fn the_code_answers_what_was_asked_in_every_format() {
    let every = "--fail-on=go,settings,modules,libraries,linknames,verdicts,aliases,symbols,sizes";
    let pair = "--pair=main.runtimeNano=runtime.nanotime";
    for (old, new, more, wanted) in [
        (NANO, NANO, &[][..], 0),
        (NANO, NANO, &[every, pair], 0),
        (NANO, SPINE, &[], 0),
        (NANO, SPINE, &["--fail-on=go"], 0),
        (NANO, SPINE, &["--fail-on", "go,symbol"], 1),
        (NANO, SPINE, &["--fail-on=modules"], 1),
        (NANO, SPINE, &["--fail-on=linkname"], 1),
        (NANO, ALIAS, &["--fail-on=aliases"], 1),
        (NANO, ALIAS, &["--fail-on=linknames,verdicts"], 0),
        // Two names at one address are another reason, though the verdict is in-effect all the same.
        (NANO, ALIAS, &["--fail-on=linknames,verdicts", pair], 1),
        (NANO, STRIPPED, &[], 0),
        (NANO, STRIPPED, &["--fail-on=symbols"], 1),
        (STRIPPED, STRIPPED, &["--fail-on=symbols"], 0),
        // No file without a symbol table says which names stand at one address.
        (STRIPPED, STRIPPED, &["--fail-on=aliases"], 3),
        (NANO, STRIPPED, &["--fail-on=symbols,aliases"], 1),
        (NANO, NANO, &["--fail-on=symbolss"], 2),
        (NANO, NANO, &["--fail-on=address"], 2),
        (NANO, NANO, &["--pair=nonsense"], 2),
        (NANO, NANO, &["--slice=arm64"], 2),
    ] {
        for format in ["--format=text", "--format=json"] {
            let output = diff(old, new, &[more, &[format]].concat());
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(wanted), "{old} {new} {more:?}: {told}");
            if format.ends_with("json") && wanted != 2 {
                let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
                let findings = report["findings"].as_array().expect("findings");
                let denied = findings.iter().any(|finding| finding["level"] == "deny");
                assert_eq!(denied, wanted == 1, "{old} {new} {more:?}: {findings:?}");
            }
        }
    }
    for files in [&["diff", "no-such-file", &path(NANO)][..], &["diff", &path(NANO), "Cargo.toml"]]
    {
        assert_eq!(common::gonym(files).status.code(), Some(3), "{files:?}");
    }
    assert_eq!(common::gonym(["diff", &path(NANO)]).status.code(), Some(2));
}

/// `testdata/build.sh` makes the second name with objcopy, and builds without DWARF.
#[test]
fn an_alias_that_came_is_told_with_both_names() {
    let document = document(NANO, ALIAS, &[]);
    let told = changes(&document, true);
    assert_eq!(
        told,
        ["setting DWARF", "alias main.runtimeNano = runtime.nanotime", "symbol main.runtimeNano"]
    );
    let back = self::document(ALIAS, NANO, &[]);
    assert_eq!(changes(&back, true), told);
    let alias = |document: &Value| document["changes"][1].clone();
    assert_eq!((&alias(&document)["old"], &alias(&back)["new"]), (&Value::Null, &Value::Null));
}

/// Row "a stripped file against an unstripped one": thousands of names that were stripped are one fact.
#[test]
fn stripping_is_one_change_and_functions_are_compared() {
    for program in
        ["spine-go1.27-linux-amd64", "spine-go1.22-linux-amd64", "spine-go1.27-darwin-arm64"]
    {
        let document = document(program, &format!("{program}-stripped"), &[]);
        assert_eq!(changes(&document, true), ["symbol (symbol table)"], "{program}");
        assert_eq!(document["compared"], "functions");
        let functions = document["same"].as_u64().zip(document["moved"].as_u64());
        assert!(functions.is_some_and(|(same, moved)| same + moved > 1000), "{program}");
    }
    let text = diff(NANO, STRIPPED, &[]).stdout;
    let text = String::from_utf8(text).expect("UTF-8");
    assert!(text.contains("Functions were compared, not variables and aliases"), "{text}");
}

#[test]
fn both_files_are_hashed_when_that_is_asked() {
    let manifest = common::testdata().join("binaries/MANIFEST.tsv");
    let manifest = std::fs::read_to_string(manifest).expect("the manifest");
    let sum = |id: &str| {
        let row = manifest.lines().find(|row| row.split('\t').next() == Some(id));
        row.and_then(|row| row.split('\t').nth(8)).expect("a sum").to_owned()
    };
    let report = document(NANO, STRIPPED, &["--sha256"]);
    assert_eq!(report["old"]["sha256"], Value::from(sum(NANO)));
    assert_eq!(report["new"]["sha256"], Value::from(sum(STRIPPED)));
    assert_eq!(document(NANO, STRIPPED, &[])["old"]["sha256"], Value::Null);
}

/// How the files are read does not show in what is said of them.
#[test]
fn the_answer_does_not_depend_on_the_number_of_threads() {
    let one = diff(NANO, SPINE, &["-v", "--jobs=1"]).stdout;
    assert!(one.len() > 10_000, "{}", one.len());
    for jobs in ["--jobs=2", "--jobs=7"] {
        assert!(diff(NANO, SPINE, &["-v", jobs]).stdout == one, "{jobs}");
    }
}

/// A file that is cut anywhere gives an answer or a fault, and the other file's part of it.
#[test]
fn a_cut_file_is_told_and_nothing_panics() {
    let whole = std::fs::read(path(NANO)).expect("a fixture");
    let folder = common::scratch("diff-cut");
    let cut = folder.join("cut");
    let shown = cut.display().to_string();
    for part in 1..24 {
        std::fs::write(&cut, &whole[..whole.len() * part / 24]).expect("a cut file");
        for files in [[&shown, &path(NANO)], [&path(NANO), &shown]] {
            let output = common::gonym(["diff", files[0], files[1], "--fail-on=linknames"]);
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(matches!(output.status.code(), Some(1 | 3)), "{part}: {told}");
            assert!(told.contains("cut") && !told.contains("panicked"), "{part}: {told}");
        }
    }
}

/// The file without Go's build information: the mark that it is found by is gone.
fn without_record(id: &str) -> String {
    let mut bytes = std::fs::read(path(id)).expect("a fixture");
    let mark = b"\xff Go buildinf:";
    let found: Vec<usize> =
        (0..bytes.len() - mark.len()).filter(|at| bytes[*at..].starts_with(mark)).collect();
    assert!(!found.is_empty(), "{id}");
    found.iter().for_each(|at| bytes[*at..at + mark.len()].fill(0));
    let file = common::scratch("diff-record").join(id);
    std::fs::write(&file, bytes).expect("a copy");
    file.display().to_string()
}

/// Found on real files: what one of them does not record can neither pass nor change each setting and verdict.
#[test]
fn what_is_not_recorded_is_one_change_and_passes_nothing() {
    let bare = without_record(SPINE);
    for (old, new) in [(path(SPINE), bare.clone()), (bare.clone(), path(SPINE))] {
        let run = |more: &[&str]| {
            common::gonym([&["diff", &old, &new, "--format=json"][..], more].concat())
        };
        let report: Value = serde_json::from_slice(&run(&[]).stdout).expect("JSON");
        assert_eq!(changes(&report, true), ["setting build information"]);
        for (kind, code) in
            [("go", 3), ("modules", 3), ("settings", 1), ("symbols", 0), ("linknames,verdicts", 0)]
        {
            let output = run(&["--fail-on", kind]);
            assert_eq!(output.status.code(), Some(code), "{kind}");
        }
    }
    let both = common::gonym(["diff", &bare, &bare, "--fail-on=settings"]);
    assert_eq!(both.status.code(), Some(3), "nothing was compared");
}

/// Where no file records its modules, a package whose path begins without a dot is Go's own.
#[test]
fn packages_of_go_are_no_own_packages_where_nothing_is_recorded() {
    let (old, new) = (without_record(NANO), without_record(SPINE));
    let output = common::gonym(["diff", &old, &new, "--format=json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut seen = std::collections::BTreeMap::new();
    for change in report["changes"].as_array().expect("a list") {
        let Some(package) = change["package"].as_str().filter(|package| !package.is_empty()) else {
            continue;
        };
        let own = package.split('/').next().is_some_and(|first| first.contains('.'));
        // Pushes and promoted methods are named after others: `main.outer.example.com/…`.
        let wanted = if own || package == "main" { "own" } else { "std" };
        assert_eq!(change["standing"], wanted, "{package}");
        *seen.entry(wanted).or_insert(0) += 1;
    }
    assert!(seen["own"] > 50 && seen["std"] > 10, "{seen:?}");
}
