//! What Go wrote into the file, held against witnesses that are not gonym: the linker's symbol table as
//! `go tool nm` printed it, the version that each fixture was built with, what `go version -m` says of
//! the hand-made records (testdata/README.md).

mod common;

use std::collections::{BTreeMap, BTreeSet};

use gonym::binary::Binary;
use gonym::names;

fn open(path: &std::path::Path) -> Vec<Binary> {
    Binary::open(path).expect("a fixture").binaries
}

/// The text rows of golden nm output: address to names as Go wrote them.
fn golden_text(id: &str) -> BTreeMap<u64, BTreeSet<String>> {
    let golden = common::gunzip(&common::testdata().join(format!("binaries/{id}.nm.gz")));
    let mut rows: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    for line in String::from_utf8(golden).expect("UTF-8").lines() {
        let mut fields = line.trim_start().splitn(3, ' ');
        let (Some(address), Some("T" | "t"), Some(name)) =
            (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let Ok(address) = u64::from_str_radix(address, 16) else { continue };
        let name = name.strip_suffix(".abi0").unwrap_or(name);
        // Go's nm keeps the underscore of names without a dot.
        let name = if id.contains("darwin") {
            name.strip_prefix("_go:").map_or(name.to_owned(), |n| format!("go:{n}"))
        } else {
            name.to_owned()
        };
        rows.entry(address).or_default().insert(name);
    }
    rows
}

#[test]
fn every_function_is_where_the_linker_put_it() {
    let (mut functions, mut files) = (0, 0);
    for fixture in
        common::fixtures().into_iter().filter(|f| f.names == "symtab" && f.variant != "fat")
    {
        let golden = golden_text(&fixture.id);
        let binary = &open(&fixture.path)[0];
        let known = binary.functions().expect("functions");
        assert!(known.table.fault().is_none() && known.trees.is_some(), "{}", fixture.id);
        for function in known.table.functions() {
            let name = String::from_utf8_lossy(function.name()).into_owned();
            let linked = golden.get(&function.entry);
            let shown = |linked: &String| {
                // Up to 1.20 pclntab writes any brackets as [...].
                let (head, tail) = name.split_once("[...]").unwrap_or((&name, &name));
                linked.starts_with(head) && linked.ends_with(tail)
                    || linked.strip_prefix('_').is_some_and(|linked| linked == name)
            };
            assert!(
                linked.is_some_and(|names| names.iter().any(shown)),
                "{}: {name} at {:#x}: {linked:?}",
                fixture.id,
                function.entry
            );
            functions += 1;
        }
        // And none is missing: every Go function of the symbol table is in the function table.
        let entries: BTreeSet<u64> =
            known.table.functions().map(|function| function.entry).collect();
        for (address, linked) in &golden {
            let go = linked.iter().filter(|name| names::package(name.as_bytes()).is_some());
            let mut go = go.filter(|name| !gonym::symbols::markers::is_marker(name.as_bytes()));
            let missing = go.next().filter(|_| !entries.contains(address));
            // Host objects bring symbols of their own: a Go package's name without a Go function.
            assert!(
                missing.is_none() || fixture.program == "cgo",
                "{}: {missing:?} at {address:#x}",
                fixture.id
            );
        }
        files += 1;
    }
    println!("{functions} functions of {files} files stand where go tool nm says");
    assert!(files >= 12 && functions > 15_000, "{functions} functions of {files} files");
}

#[test]
fn stripping_takes_nothing_from_the_function_table() {
    let rows = |id: &str| {
        let fixture = common::fixture_named(id);
        let binary = &open(&fixture.path)[0];
        let functions = binary.functions().expect("functions");
        let row = |function: gonym::golang::pclntab::Function<'_>| {
            let file = function.file().map(<[u8]>::to_vec);
            (function.entry, function.end, function.name().to_vec(), file)
        };
        functions.table.functions().map(row).collect::<Vec<_>>()
    };
    // ELF only: in other formats the text moves when the symbol table goes.
    for id in [
        "spine-go1.27-linux-amd64",
        "spine-go1.27-linux-arm64",
        "spine-go1.22-linux-amd64",
        "spine-go1.19-linux-amd64",
    ] {
        assert_eq!(rows(id), rows(&format!("{id}-stripped")), "{id}");
    }
}

/// `nm -recover` gives back the functions that `nm` lists before stripping.
#[test]
fn recovered_rows_are_the_functions() {
    let golden = golden_text("spine-go1.27-linux-amd64");
    let path = common::fixture_named("spine-go1.27-linux-amd64-stripped").path;
    let output = common::gonym([std::ffi::OsStr::new("nm"), "-recover".as_ref(), path.as_os_str()]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(listed.lines().count() > 1000);
    for line in listed.lines() {
        let (address, name) = line.trim_start().split_once(" t ").expect("a row with letter t");
        let address = u64::from_str_radix(address, 16).expect("an address");
        assert!(golden[&address].contains(name), "{line}");
    }
}

#[test]
fn every_fixture_carries_the_version_it_was_built_with() {
    for fixture in common::fixtures().into_iter().filter(|fixture| fixture.program != "handmade") {
        for binary in open(&fixture.path) {
            let build =
                binary.build().unwrap_or_else(|| panic!("{}: no build information", fixture.id));
            assert_eq!(build.version.text, fixture.go, "{}", fixture.id);
            assert_eq!(build.setting("GOOS"), Some(fixture.goos.as_str()), "{}", fixture.id);
            assert_eq!(build.setting("-trimpath"), Some("true"), "{}", fixture.id);
            let path = format!("example.com/{}", fixture.program);
            assert!(build.path.starts_with(&path), "{}: {}", fixture.id, build.path);
        }
    }
}

/// Both encodings of the record, both byte orders, and copies of its magic in other data: what
/// `go version -m` of Go 1.22.10 says of each.
#[test]
fn hand_made_build_information() {
    for (id, version) in [
        ("handmade-buildinfo-pointers-little", "go1.17.13"),
        ("handmade-buildinfo-pointers-big", "go1.17.13"),
        ("handmade-buildinfo-decoy", "go1.20.1"),
        ("handmade-buildinfo-decoy-scan", "go1.20.1"),
    ] {
        let fixture = common::fixture_named(id);
        let binary = &open(&fixture.path)[0];
        let build = binary.build().unwrap_or_else(|| panic!("{id}: no build information"));
        assert_eq!(build.version.text, version, "{id}");
        assert_eq!(build.path, "example.com/handmade", "{id}");
        let main = build.main.as_ref().expect("a main module");
        assert_eq!(
            (main.path.as_str(), main.version.as_str()),
            ("example.com/handmade", "(devel)"),
            "{id}"
        );
        assert_eq!(build.setting("-compiler"), Some("gc"), "{id}");
    }
}
