//! Reports as documents: many files in one, and every field of them in the book.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// A report is written while files are read, and each document is dropped: in the order of the arguments, also
/// where some of the files cannot be read and each format goes somewhere else.
#[test]
fn many_files_come_in_the_order_of_the_arguments() {
    let folder = common::scratch("many");
    let ids = ["spine-go1.27-linux-amd64", "nano-go1.27-linux-amd64", "nano-go1.27-darwin-fat"];
    let path = |index: usize| folder.join(format!("{:02}-{}", index, ids[index % ids.len()]));
    for index in 0..24 {
        fs::copy(common::fixture_named(ids[index % ids.len()]).path, path(index)).expect("a copy");
    }
    let files: Vec<String> = (0..24).map(|index| path(index).display().to_string()).collect();
    let gone = folder.join("gone").display().to_string();
    let kept = folder.join("report.json");
    let output = format!("--output=json={}", kept.display());
    let mut arguments = vec!["check", "--require=main.main", "--jobs=4", &output];
    arguments.extend(files.iter().map(String::as_str));
    arguments.insert(10, &gone);
    let ran = common::gonym(&arguments);
    assert_eq!(ran.status.code(), Some(3));
    let report: Value = serde_json::from_slice(&fs::read(kept).expect("a report")).expect("JSON");
    let mut told: Vec<&str> = report["binaries"]
        .as_array()
        .expect("binaries")
        .iter()
        .map(|binary| binary["path"].as_str().expect("a path"))
        .collect();
    assert_eq!(told.len(), 32, "a fat file has two");
    told.dedup();
    assert_eq!(told, files);
    assert_eq!(report["faults"].as_array().map(Vec::len), Some(1));
    let shown = String::from_utf8(ran.stdout).expect("UTF-8");
    let heads: Vec<usize> = files.iter().filter_map(|file| shown.find(file.as_str())).collect();
    assert!(heads.len() == files.len() && heads.is_sorted());
    assert!(shown.ends_with("\n32 rules: 32 holds\n"), "{shown}");
}

/// Every field of `value`, but for those that are themselves words: verdicts, and whose directives are folded.
fn fields(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| fields(one, found)),
        Value::Object(all) => {
            for (key, one) in all {
                found.insert(key.clone());
                if key != "folded" && (key != "summary" || one.get("in-effect").is_none()) {
                    fields(one, found);
                }
            }
        }
        _ => {}
    }
}

/// Documents of every command and of both kinds of claims, for the fields that there are.
fn documents() -> Vec<Value> {
    let fixture = |id: &str| common::fixture_named(id).path.display().to_string();
    let (spine, cgo) =
        (fixture("spine-go1.27-linux-amd64"), fixture("cgo-go1.27-linux-amd64-external"));
    let alias = fixture("nano-go1.27-linux-amd64-alias");
    let programs = common::testdata().join("programs");
    let run = |folder: &Path, arguments: &[&str]| -> Value {
        let output = common::gonym_in(folder, arguments.iter().chain(&["--format=json"]));
        serde_json::from_slice(&output.stdout).expect("a document")
    };
    let pulled = "--pair=main.called=example.com/spine/lib.called";
    let shared = "--pair=main.hidden=example.com/spine/lib.hidden";
    let trace = common::testdata().join("traces/spine-go1.27-linux-amd64-pie.txt");
    let trace = fs::File::open(trace).expect("a trace");
    let mut addr = std::process::Command::new(env!("CARGO_BIN_EXE_gonym"));
    addr.args(["addr", "--format=json", &fixture("spine-go1.27-linux-amd64-pie")]).stdin(trace);
    let traced = serde_json::from_slice(&addr.output().expect("gonym runs").stdout);
    vec![
        traced.expect("a document"),
        run(&programs, &["check", &spine, "nowhere", pulled, shared, "--forbid=main.*"]),
        run(&programs.join("spine"), &["check", "--std", &spine]),
        run(&programs.join("cgo"), &["check", &cgo]),
        run(&programs.join("owed"), &["scan", "--go-version=1.27"]),
        run(&programs, &["check", &spine, "--discovered"]),
        run(&programs, &["discover", &spine]),
        run(&programs, &["aliases", "--all", &alias]),
        run(&programs, &["addr", &alias, "0x4782c8"]),
        run(&programs, &["explain", &alias, "runtime.nanotime"]),
        run(&programs, &["explain", &alias, "0x4782c8"]),
        run(&programs, &["explain", &alias, "runtime.nanotme"]),
        run(&programs, &["info", "--linknames", "--sha256", &cgo]),
        run(&programs, &["info", &fixture("spine-go1.27-linux-amd64-stripped")]),
        run(&programs, &["diff", &alias, &spine, pulled, "--fail-on=linknames", "-v"]),
        run(&programs, &["why", &alias, "runtime.nanotime"]),
        run(&programs, &["why", &alias, "runtime.nanotme"]),
        run(&programs, &["rule"]),
    ]
}

#[test]
fn every_field_is_in_the_book() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src/json.md");
    let page = fs::read_to_string(page).expect("a page");
    let mut found = BTreeSet::new();
    documents().iter().for_each(|document| fields(document, &mut found));
    assert!(found.len() > 80, "only {} fields", found.len());
    let told = |field: &&String| {
        page.contains(&format!("`{field}`")) || page.contains(&format!("\"{field}\""))
    };
    let missing: Vec<&String> = found.iter().filter(|field| !told(field)).collect();
    assert!(missing.is_empty(), "docs/src/json.md does not speak of {missing:?}");
}
