//! Does `gonym nm` print what Go 1.27's nm printed for every committed fixture?
//!
//! The goldens are Go's own output; its order among equal keys follows no rule, so lines are compared
//! as a set, and the order of the keys is checked on gonym's own lines.

mod common;

use std::process::{Command, Output};

use common::{Fixture, fixtures, gunzip, rows, testdata};

const SORTS: [&str; 4] = ["name", "address", "size", "none"];

/// Runs nm in the fixtures' folder, so that messages name files as the goldens do.
fn nm(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.current_dir(common::scratch("fixtures")).arg("nm").args(arguments);
    command.output().expect("gonym runs")
}

fn golden(fixture: &Fixture, kind: &str) -> Vec<u8> {
    gunzip(&testdata().join("binaries").join(format!("{}.{kind}.gz", fixture.id)))
}

fn sorted_lines(bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    lines.sort_unstable();
    lines
}

#[test]
fn every_thin_fixture_has_gos_lines_messages_and_exit_code() {
    let mut runs = 0;
    for fixture in fixtures().iter().filter(|fixture| fixture.variant != "fat") {
        let messages = testdata().join("binaries").join(format!("{}.nm.stderr", fixture.id));
        let messages = std::fs::read_to_string(messages).unwrap_or_default();
        for sort in SORTS {
            for size in [false, true] {
                let mut arguments = vec!["-sort", sort];
                arguments.extend(size.then_some("-size"));
                arguments.push(&fixture.id);
                let output = nm(&arguments);
                let expected = golden(fixture, if size { "nm-size" } else { "nm" });
                let what = format!("{} {arguments:?}", fixture.id);
                assert!(sorted_lines(&output.stdout) == sorted_lines(&expected), "{what}: lines");
                assert_eq!(output.status.code(), Some(fixture.nm_exit), "{what}");
                let (told, hinted) = common::without_hint(&output.stderr);
                assert_eq!(told, messages, "{what}");
                // Stripped of its symbols, and made by Go: `-recover` has rows.
                let stripped = messages.contains("no symbols") && fixture.names == "pclntab";
                assert_eq!(hinted, stripped, "{what}");
                assert!(rows::in_order(sort, size, &output.stdout), "{what}: order");
                runs += 1;
            }
        }
    }
    assert!(runs >= 150, "only {runs} runs");
    println!("{runs} runs equal to go tool nm 1.27");
}

#[test]
fn several_files_are_listed_in_order_with_their_names_before_every_line() {
    let fixtures = fixtures();
    let thin: Vec<&Fixture> = fixtures.iter().filter(|fixture| fixture.variant != "fat").collect();
    let ids: Vec<&str> = thin.iter().map(|fixture| fixture.id.as_str()).collect();
    let output = nm(&ids);
    assert_eq!(output.status.code(), Some(1), "the stripped ones have no symbols");
    let mut seen: Vec<&str> = Vec::new();
    let text = String::from_utf8_lossy(&output.stdout);
    for line in text.lines() {
        let (id, _) = line.split_once(":\t").expect("a prefix");
        if seen.last() != Some(&id) {
            seen.push(id);
        }
    }
    let listed: Vec<&str> =
        thin.iter().filter(|f| !golden(f, "nm").is_empty()).map(|f| f.id.as_str()).collect();
    assert_eq!(seen, listed);
    let lines: usize = thin.iter().map(|f| sorted_lines(&golden(f, "nm")).len() - 1).sum();
    assert_eq!(text.lines().count(), lines);
}

#[test]
fn a_fat_file_is_listed_slice_by_slice_where_go_refuses_it() {
    let fat: Vec<Fixture> = fixtures().into_iter().filter(|f| f.variant == "fat").collect();
    assert!(!fat.is_empty(), "no fat fixture");
    for fixture in fat {
        let output = nm(&["-size", &fixture.id]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        for (arch, slice) in slices_of(&fixture) {
            let prefix = format!("{}({arch}):\t", fixture.id);
            let path = common::scratch("slices").join(&arch);
            std::fs::write(&path, slice).expect("a slice");
            let alone = common::gonym(["nm", "-size", path.to_str().expect("a path")]);
            let listed: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix(&prefix)).collect();
            assert!(listed.len() > 1000, "{arch}");
            assert_eq!(listed.join("\n") + "\n", String::from_utf8_lossy(&alone.stdout), "{arch}");
        }
    }
}

/// Go's name of the architecture and the bytes of every slice, read without gonym.
fn slices_of(fixture: &Fixture) -> Vec<(String, Vec<u8>)> {
    let bytes = std::fs::read(&fixture.path).expect("the fixture");
    let word = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    assert_eq!(word(0), 0xcafe_babe);
    let slice = |row: usize| {
        let at = 8 + row * 20;
        let name = if word(at) == 0x0100_000c { "arm64" } else { "amd64" };
        let (start, len) = (word(at + 8) as usize, word(at + 12) as usize);
        (name.to_owned(), bytes[start..start + len].to_vec())
    };
    (0..word(4) as usize).map(slice).collect()
}
