//! Does a fault stand beside every answer that damage has taken away?
//!
//! Bytes of the fixtures are changed one by one and files are cut; each is then checked as a user does. Wherever a verdict says
//! `incomplete` a fault names part and offset, and the document does not call the file complete.

mod common;

use std::fs;

use serde_json::Value;

const CHANGED: [u8; 4] = [0x01, 0x80, 0xff, 0x40];
/// Changed bytes at the start of each file, where headers and load commands stand, and spread over all of it.
const AT_FRONT: usize = 48;
const SPREAD: usize = 32;

/// Byte 33 of a Mach-O changed gave `incomplete` beside `"complete": true` and no fault.
#[test]
fn fault_c_incomplete_stands_beside_a_fault() {
    let ids = [
        "nano-go1.27-darwin-fat",
        "nano-go1.27-linux-amd64",
        "spine-go1.27-darwin-arm64",
        "spine-go1.27-windows-amd64",
        "spine-go1.27-linux-amd64-pie",
    ];
    let (mut asked, mut incomplete) = (0, 0);
    for id in ids {
        let fixture = common::fixture_named(id);
        let bytes = fs::read(&fixture.path).expect("a fixture");
        let folder = common::scratch("damage").join(format!("{id}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        for (name, damaged) in damaged(&bytes) {
            fs::write(folder.join(name), damaged).expect("a damaged file");
        }
        let (now, lost) = ask(&folder);
        asked += now;
        incomplete += lost;
        fs::remove_dir_all(&folder).expect("the folder");
    }
    assert!(asked > 400 && incomplete > 20, "{asked} files, {incomplete} incomplete answers");
}

fn damaged(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let step = bytes.len() / SPREAD;
    let front = (0..AT_FRONT).map(|at| at * 33 % 4096);
    let places: Vec<usize> = front.chain((1..SPREAD).map(|at| at * step + 3)).chain([33]).collect();
    let changed = places.iter().zip(CHANGED.iter().cycle()).map(|(at, mask)| {
        let mut changed = bytes.to_vec();
        changed[*at] ^= mask;
        (format!("changed-{at}"), changed)
    });
    let cut = (1..8).map(|part| {
        let len = bytes.len() * part / 8 + part;
        (format!("cut-{len}"), bytes[..len].to_vec())
    });
    changed.chain(cut).collect()
}

/// How many files were asked about, and how many answers were incomplete.
fn ask(folder: &std::path::Path) -> (usize, usize) {
    let entries =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<String> = entries.map(|path| path.display().to_string()).collect();
    files.sort();
    let mut arguments: Vec<String> = vec!["check".into(), "--format=json".into()];
    let pairs = [
        "main.runtimeNano=runtime.nanotime",
        "var:main.count=runtime.ncpu",
        "example.com/spine/impl.hook=example.com/spine/lib.hook",
    ];
    arguments.extend(pairs.map(|pair| format!("--pair={pair}")));
    arguments.extend(files.iter().cloned());
    let output = common::gonym(&arguments);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let faults = report["faults"].as_array().expect("faults");
    let mut incomplete = 0;
    for binary in report["binaries"].as_array().expect("binaries") {
        let claims = binary["claims"].as_array().expect("claims");
        let lost = claims.iter().filter(|claim| claim["reason"] == "incomplete").count();
        incomplete += lost;
        let named = |fault: &&Value| {
            fault["path"] == binary["path"]
                && fault["part"].as_str().is_some_and(|part| !part.is_empty())
                && fault["offset"].is_u64()
        };
        let beside = faults.iter().any(|fault| named(&fault)) && binary["complete"] == false;
        assert!(lost == 0 || beside, "{}: {claims:?} beside {faults:?}", binary["path"]);
    }
    (files.len(), incomplete)
}
