//! `gonym info` on files whose facts are known without Go: the manifest of the fixtures says how each was built and
//! which sum it has.

mod common;

use std::fs;

use serde_json::Value;

fn document(arguments: &[&str]) -> Value {
    let output = common::gonym(arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"))
}

fn parts(binary: &Value) -> Vec<&str> {
    let missing = binary["missing"].as_array().expect("a list");
    missing.iter().map(|entry| entry["part"].as_str().expect("a word")).collect()
}

/// The sums were written by sha256sum when the fixtures were built.
fn sums() -> Vec<(String, String)> {
    let manifest = common::testdata().join("binaries/MANIFEST.tsv");
    let manifest = fs::read_to_string(manifest).expect("the manifest");
    let rows = manifest.lines().skip(1).map(|row| row.split('\t').collect::<Vec<_>>());
    rows.map(|row| (row[0].to_owned(), row[8].to_owned())).collect()
}

#[test]
fn what_was_taken_from_each_fixture_is_said_on_one_screen() {
    let mut seen = 0;
    for fixture in common::fixtures().into_iter().filter(|fixture| fixture.go != "-") {
        let path = fixture.path.to_str().expect("UTF-8");
        let report = document(&["info", "--format=json", path]);
        for binary in report["binaries"].as_array().expect("a list") {
            assert_eq!(binary["go"], fixture.go.as_str(), "{}", fixture.id);
            assert_eq!(binary["names"], fixture.names.as_str(), "{}", fixture.id);
            let stripped = parts(binary).contains(&"symbols");
            assert_eq!(stripped, fixture.names != "symtab", "{}", fixture.id);
            seen += 1;
        }
        for more in [&[][..], &["--linknames", "--sha256"]] {
            let output = common::gonym([&["info", path], more].concat());
            assert_eq!(output.status.code(), Some(0), "{}", fixture.id);
            let shown = String::from_utf8(output.stdout).expect("UTF-8");
            for screen in shown.split("\n\n") {
                let lines: Vec<&str> = screen.lines().collect();
                assert!(lines.len() <= 40, "{}: {} lines", fixture.id, lines.len());
                let fits = |line: &&str| line.len() <= 110 && line.trim_end() == *line;
                assert!(lines.iter().skip(1).all(fits), "{}: {shown}", fixture.id);
            }
        }
    }
    assert!(seen > 20, "only {seen}");
}

#[test]
fn the_sum_is_that_of_sha256sum_in_every_command_and_null_where_nobody_asks() {
    let sums = sums();
    for id in
        ["spine-go1.27-linux-amd64", "nano-go1.27-darwin-fat", "nano-go1.27-linux-amd64-stripped"]
    {
        let (_, sum) = sums.iter().find(|(known, _)| known == id).expect("a fixture");
        let path = common::fixture_named(id).path;
        let path = path.to_str().expect("UTF-8");
        for command in [
            &["info", path][..],
            &["aliases", path],
            &["discover", path],
            &["check", path, "--require=main.main"],
            &["addr", path, "--slice=amd64", "0x1"],
        ] {
            // Only a fat file has slices.
            let fat = |argument: &&&str| id.contains("fat") || !argument.starts_with("--slice");
            let command: Vec<&str> = command.iter().filter(fat).copied().collect();
            for (asked, wanted) in [(true, Value::from(sum.as_str())), (false, Value::Null)] {
                let flag: &[&str] = if asked { &["--sha256"] } else { &[] };
                let report = document(&[&command[..], flag, &["--format=json"]].concat());
                let all = report["binaries"].as_array().cloned().unwrap_or_else(|| vec![report]);
                assert!(!all.is_empty());
                for binary in all {
                    assert_eq!(binary["sha256"], wanted, "{command:?}");
                }
            }
        }
    }
}

/// A file header and UPX's mark behind it are all that a packed file shows (UPX: `l_info`).
#[test]
fn what_is_packed_or_not_go_is_named() {
    let folder = common::scratch("info");
    let mut header = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0".to_vec();
    header.resize(64, 0);
    header[52] = 64;
    let packed = [&header[..], b"\0\0\0\0UPX!\x0d\x0c"].concat();
    for (name, bytes, toolchain, told) in [
        ("packed", packed, "upx", "packed by UPX, which hides the content"),
        ("c", header, "none", "nothing in the file says that Go made it"),
    ] {
        let path = folder.join(name);
        fs::write(&path, bytes).expect("a file");
        let path = path.to_str().expect("UTF-8");
        let report = document(&["info", "--format=json", path]);
        assert_eq!(report["binaries"][0]["toolchain"], toolchain);
        assert_eq!(parts(&report["binaries"][0]), Vec::<&str>::new(), "{name}");
        let output = common::gonym(["info", path]);
        assert_eq!(output.status.code(), Some(0), "there was something to show");
        assert!(String::from_utf8_lossy(&output.stdout).contains(told), "{name}");
    }
    let text = folder.join("text");
    fs::write(&text, "#!/bin/sh\n").expect("a file");
    let output = common::gonym(["info".as_ref(), text.as_os_str()]);
    assert_eq!(output.status.code(), Some(3), "no executable");
    assert_eq!(common::gonym(["info"]).status.code(), Some(2));
}

/// A file that is cut anywhere is described as far as it goes, or refused.
#[test]
fn a_cut_file_is_described_or_refused() {
    let folder = common::scratch("info-cut");
    for id in ["nano-go1.27-linux-amd64", "spine-go1.27-darwin-arm64", "spine-go1.27-windows-amd64"]
    {
        let whole = fs::read(common::fixture_named(id).path).expect("a fixture");
        let path = folder.join(id);
        for part in 0..24 {
            fs::write(&path, &whole[..whole.len() * part / 24]).expect("a cut file");
            let arguments = ["info", "--linknames", "--sha256", "-v"].map(AsRef::as_ref);
            let output = common::gonym(arguments.into_iter().chain([path.as_os_str()]));
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(3), "{id} {part}: {told}");
            assert!(!told.is_empty() && !told.contains("panicked"), "{id} {part}: {told}");
        }
    }
}
