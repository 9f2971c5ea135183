//! Does `gonym nm` list the formats of which only the symbol table is read as Go's nm does, whole and damaged?
//!
//! testdata/nm holds a small file of each kind and what Go's nm printed of it. Every file is cut at every length and
//! changed at random: a fault or the whole list, never a shorter one in silence, no panic, no flood.

mod common;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use gonym::image::Image;
use gonym::symbols::listing::Listing;
use serde_json::Value;

const FILES: [&str; 10] = [
    "asm.o",
    "cgo.a",
    "plain-go1.19.a",
    "plain-go1.23.a",
    "plain-go1.27.a",
    "plan9-386",
    "plan9-amd64",
    "plan9-arm",
    "xcoff32",
    "xcoff64",
];

/// The folder with all files, unpacked for one test.
fn unpacked(test: &str) -> PathBuf {
    let folder = common::scratch("nm-formats").join(test);
    fs::create_dir_all(&folder).expect("a scratch folder");
    for name in FILES {
        fs::write(folder.join(name), content(name)).expect("a file");
    }
    folder
}

fn content(name: &str) -> Vec<u8> {
    common::gunzip(&common::testdata().join("nm").join(format!("{name}.gz")))
}

/// What Go's nm printed with `-size`.
fn golden(name: &str) -> Vec<String> {
    let path = common::testdata().join("nm").join(format!("{name}.nm-size"));
    let lines = sorted(&fs::read_to_string(path).expect("a golden file"));
    assert!(lines.len() >= 11, "{name}: only {} lines", lines.len());
    lines
}

fn sorted(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort_unstable();
    lines
}

/// Code, standard output and standard error of gonym.
fn gonym(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = common::gonym_in(folder, arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn every_file_is_listed_as_go_s_nm_lists_it() {
    let folder = unpacked("golden");
    for name in FILES {
        for sort in ["name", "address", "size", "none"] {
            let (code, out, err) = gonym(&folder, &["nm", "-size", "-sort", sort, name]);
            assert_eq!((code, err.as_str()), (Some(0), ""), "{name}");
            assert_eq!(sorted(&out), golden(name), "{name} -sort {sort}");
        }
    }
}

/// Each key once more as numbers, because an order of equal keys is nobody's.
#[test]
fn rows_come_in_the_order_of_the_key() {
    let folder = unpacked("order");
    for name in FILES {
        let rows = |sort| symbols(&document(&folder, &["-sort", sort], name));
        let sizes: Vec<i64> = rows("size").iter().filter_map(|row| row["size"].as_i64()).collect();
        assert!(sizes.is_sorted_by(|a, b| a >= b) || name.ends_with(".a"), "{name}: {sizes:?}");
        let names: Vec<String> = rows("name").iter().map(|row| row["name"].to_string()).collect();
        assert!(names.is_sorted() || name.ends_with(".a"), "{name}: {names:?}");
    }
}

fn document(folder: &Path, flags: &[&str], name: &str) -> Value {
    let arguments: Vec<&str> =
        ["nm", "-format", "json"].iter().chain(flags).chain([&name]).copied().collect();
    let (code, out, err) = gonym(folder, &arguments);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{name}");
    serde_json::from_str(&out).expect("a document")
}

fn symbols(document: &Value) -> Vec<Value> {
    let binaries = document["binaries"].as_array().expect("binaries").iter();
    binaries.flat_map(|binary| binary["symbols"].as_array().expect("symbols").clone()).collect()
}

#[test]
fn json_has_the_lines_of_text_and_ndjson_the_rows_of_json() {
    let folder = unpacked("json");
    for name in FILES {
        let document = document(&folder, &[], name);
        assert_eq!((&document["result"], &document["command"]), (&"holds".into(), &"nm".into()));
        let rows = symbols(&document);
        assert_eq!(document["summary"]["symbols"], rows.len());
        let several = document["binaries"].as_array().map_or(0, Vec::len) > 1;
        let lines: Vec<String> = rows.iter().map(line).collect();
        let wanted = golden(name).into_iter().map(|line| match line.split_once(":\t") {
            Some((prefix, rest)) => {
                assert!(several && prefix.starts_with(name), "{line}");
                rest.to_owned()
            }
            None => line,
        });
        // JSON has no size of what is defined elsewhere; Go's lines have the 0 or the distance that it made up.
        let wanted: Vec<String> = wanted.collect();
        assert_eq!(sorted(&lines.join("\n")), sorted(&wanted.join("\n")), "{name}");
        let (code, out, _) = gonym(&folder, &["nm", "-format=ndjson", name]);
        assert_eq!(code, Some(0));
        let streamed: Vec<Value> =
            out.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
        assert_eq!((&streamed[0]["type"], &streamed[0]["schema"]), (&"begin".into(), &2.into()));
        let last = streamed.last().expect("a last line");
        assert_eq!((&last["type"], &last["result"]), (&"end".into(), &"holds".into()));
        let same = |a: &Value, b: &Value| {
            ["name", "address", "size", "letter", "section", "fileOffset"]
                .iter()
                .all(|k| a[k] == b[k])
        };
        let streamed: Vec<&Value> =
            streamed.iter().filter(|line| line["type"] == "symbol").collect();
        assert_eq!(streamed.len(), rows.len(), "{name}");
        assert!(streamed.iter().zip(&rows).all(|(a, b)| same(a, b) && a["path"] == name), "{name}");
    }
}

/// A row as a line of nm.
fn line(row: &Value) -> String {
    let text = |key: &str| row[key].as_str().unwrap_or_default();
    let address = text("address").trim_start_matches("0x");
    format!(
        "{address:>8} {:>10} {} {}",
        row["size"].as_i64().unwrap_or(0),
        text("letter"),
        text("name")
    )
}

/// handmade.py fills text and data with bytes that count: each says how far from the start it is.
#[test]
fn file_offsets_lead_to_the_bytes_of_the_symbols() {
    let folder = unpacked("offsets");
    let cases = [
        ("plan9-386", 0x1020, 0x2000, 96),
        ("plan9-amd64", 0x20_0028, 0x40_0000, 96),
        ("xcoff32", 0x1000_0100, 0x2000_0140, 64),
        ("xcoff64", 0x1000_0100, 0x2000_0140, 64),
    ];
    for (name, text, data, data_byte) in cases {
        let (bytes, mut held, mut zeroed) = (content(name), 0, 0);
        for row in symbols(&document(&folder, &[], name)) {
            let Some(address) = row["address"].as_str() else { continue };
            let address = u64::from_str_radix(&address[2..], 16).expect("hex");
            let Some(offset) = row["fileOffset"].as_u64() else {
                zeroed += 1;
                continue;
            };
            let wanted = if address >= data { data_byte + address - data } else { address - text };
            assert_eq!(u64::from(bytes[offset as usize]), wanted, "{name}: {row}");
            held += 1;
        }
        assert!(held >= 6 && zeroed >= 4, "{name}: {held} with bytes, {zeroed} without");
    }
    // `Set = 7` of plain.go.
    for name in ["plain-go1.19.a", "plain-go1.23.a", "plain-go1.27.a"] {
        let rows = symbols(&document(&folder, &[], name));
        let row = |wanted: &str| {
            let found =
                rows.iter().find(|row| row["name"].as_str().is_some_and(|n| n.ends_with(wanted)));
            found.unwrap_or_else(|| panic!("{name} has no {wanted}")).clone()
        };
        let at = row("plain.Set")["fileOffset"].as_u64().expect("an offset") as usize;
        assert_eq!(content(name)[at..at + 8], 7u64.to_le_bytes(), "{name}");
        assert_eq!(row("plain.Zeroed")["fileOffset"], Value::Null, "{name}");
    }
}

#[test]
fn every_other_command_refuses_them_by_name() {
    let folder = unpacked("refused");
    for name in FILES {
        let format = match name {
            _ if name.ends_with(".a") => "the archive of a Go package",
            _ if name.ends_with(".o") => "a Go object file",
            _ if name.starts_with("plan9") => "Plan 9 a.out",
            _ => "XCOFF",
        };
        let commands: [&[&str]; 4] = [
            &["check", "--pair=main.a=main.b", name],
            &["aliases", name],
            &["discover", name],
            &["addr", name, "0x1000"],
        ];
        for command in commands {
            let (code, _, err) = gonym(&folder, command);
            assert_eq!(code, Some(3), "{command:?}: {err}");
            assert_eq!(err.lines().count(), 1, "{command:?}: {err}");
            assert!(
                err.contains(&format!("{format}: only gonym nm lists it")),
                "{command:?}: {err}"
            );
        }
        let (code, out, err) = gonym(&folder, &["nm", "-dynamic", name]);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{name}: {err}");
        assert!(err.contains("-dynamic reads ELF, Mach-O and PE, not "), "{name}: {err}");
        // There is nothing to recover where a table is there.
        let (code, out, _) = gonym(&folder, &["nm", "-size", "-recover", name]);
        assert_eq!((code, sorted(&out)), (Some(0), golden(name)), "{name}");
    }
}

/// Runs nm in this process: code, lines, messages.
fn nm(path: &Path) -> (u8, usize, String) {
    let arguments: Vec<OsString> = ["-size".into(), path.into()].to_vec();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let recover = |_: &Image, _: &mut Listing| Vec::new();
    let code = gonym::cli::nm::run(&arguments, &recover, &mut out, &mut err);
    // Thirty lines are longer than what names them in the table, but not a thousand times.
    assert!(out.len() < 4 << 20, "{}: {} bytes", path.display(), out.len());
    let rows = out.iter().filter(|byte| **byte == b'\n').count();
    (code, rows, String::from_utf8(err).expect("messages are text"))
}

#[test]
fn a_file_cut_anywhere_is_a_fault_and_never_a_shorter_list() {
    let folder = unpacked("cut");
    let mut cut = 0;
    for name in FILES {
        let (path, bytes) = (folder.join(name), content(name));
        let whole = nm(&path);
        let step = if bytes.len() > 4096 { 61 } else { 1 };
        let mut silent = Vec::new();
        let mut copy = bytes.clone();
        for len in (0..bytes.len()).rev().filter(|len| len % step == 0 || bytes.len() - len < 200) {
            copy.truncate(len);
            fs::write(&path, &copy).expect("a cut file");
            let run = nm(&path);
            assert!(run.1 <= whole.1, "{name} cut at {len}");
            if run.0 == 0 && run.1 < whole.1 {
                silent.push(len);
            }
            assert!(run.0 == 0 || !run.2.is_empty(), "{name} cut at {len}");
            if len >= 16 && run.0 == 1 && run.1 > 0 {
                assert!(run.2.contains(" at offset 0x"), "{name} cut at {len}: {}", run.2);
            }
            cut += 1;
        }
        // An archive says nowhere how many members it has.
        let members = bytes.windows(2).filter(|pair| pair == b"`\n").count();
        assert!(silent.len() <= members, "{name}: shorter in silence at {silent:?}");
        assert!(name.ends_with(".a") || silent.is_empty(), "{name}: {silent:?}");
    }
    assert!(cut > 4_000, "only {cut} cuts");
}

#[test]
fn a_changed_byte_is_no_panic_and_no_flood() {
    let folder = unpacked("changed");
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut roll = |sides: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % sides as u64) as usize
    };
    let mut told = 0;
    for name in FILES {
        let (path, bytes) = (folder.join(name), content(name));
        // What decides stands in front: headers, offsets, the first rows.
        for round in 0..300 {
            let mut changed = bytes.clone();
            let near = if round % 3 == 0 { bytes.len() } else { bytes.len().min(700) };
            let (at, width) = (roll(near), 1 << roll(3));
            let value = [0, 0xff, 0x7f, 0x80, 1 << roll(8)][roll(5)];
            for byte in changed.iter_mut().skip(at).take(width) {
                *byte = if round % 2 == 0 { value } else { *byte ^ value };
            }
            fs::write(&path, &changed).expect("a changed file");
            let run = nm(&path);
            assert!(run.0 == 1 || run.2.is_empty(), "{name} at {at}: {}", run.2);
            told += usize::from(run.0 == 1);
        }
    }
    assert!(told > 250, "only {told} changes were told");
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak: u64 =
        peak.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0);
    assert!(peak <= 64 * 1024, "peak memory {peak} KiB");
}
