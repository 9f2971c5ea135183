//! Does an address lead to the function and the line that `go tool addr2line` of this machine prints?
//!
//! Go's tool reads the same function table by its own code, names the function that holds the code and the line of the
//! innermost body. Inlined frames are held against DWARF in `src/binary/lookup.rs`.

mod common;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use common::go;
use gonym::binary::Binary;
use gonym::binary::lookup::At;
use gonym::printable::printable;

/// Addresses that are asked for in each file, evenly over its code.
const ASKED: u64 = 2000;

/// What Go's tool prints of `addresses`: two lines of each.
fn printed(tool: &Path, file: &Path, addresses: &[u64]) -> String {
    let mut command = Command::new(tool);
    let command = command.arg(file).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("addr2line runs");
    let mut asked = child.stdin.take().expect("a pipe");
    let text: String = addresses.iter().map(|address| format!("{address:#x}\n")).collect();
    // It answers while it is asked, and a pipe holds less than its answers.
    let asking = std::thread::spawn(move || asked.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("its answers");
    asking.join().expect("a thread").expect("its questions");
    String::from_utf8(output.stdout).expect("text")
}

fn told(at: &At<'_>) -> String {
    let told = at.tool_line().map(|told| {
        let (function, file) = (printable(told.function), printable(told.file));
        format!("{function}\n{file}:{}\n", told.line)
    });
    let told = told.unwrap_or_else(|| "?\n?:0\n".to_owned());
    // The place is that of the innermost frame, where there is one.
    if let Some(position) = at.frames().first().and_then(|frame| frame.position) {
        let place = format!("\n{}:{}\n", printable(position.file), position.line);
        assert!(told.ends_with(&place), "{:#x}: {told} but {place}", at.address);
    }
    told
}

#[test]
fn functions_and_lines_are_those_of_gos_own_tool() {
    let tool = match go::toolchain(27) {
        Ok(toolchain) => toolchain.tool("addr2line"),
        Err(why) => return go::skip("addresses against the live go tool addr2line", &why),
    };
    let mut seen = 0;
    for fixture in common::fixtures() {
        if fixture.program == "handmade" || fixture.variant == "fat" {
            continue;
        }
        let binary = Binary::open(&fixture.path).expect("an executable").binaries.remove(0);
        let table = &binary.functions().expect("functions").table;
        let (start, end) =
            table.functions().fold((u64::MAX, 0), |(s, e), f| (s.min(f.entry), e.max(f.end)));
        // Odd, so that no alignment hides a part of the instructions.
        let step = ((end - start) / ASKED) | 1;
        let addresses: Vec<u64> = (start..end).step_by(step as usize).collect();
        let ours: String = addresses.iter().map(|address| told(&binary.at(*address))).collect();
        // Go's tool finds no table in a stripped PE file; stripping moves nothing.
        let readable = match fixture.id.strip_suffix("-stripped") {
            Some(whole) if fixture.goos == "windows" => common::fixture_named(whole).path,
            _ => fixture.path.clone(),
        };
        let theirs = printed(&tool, &readable, &addresses);
        let pairs = ours.lines().zip(theirs.lines());
        let differs = pairs.enumerate().find(|(_, (ours, theirs))| ours != theirs);
        let place = differs.and_then(|(line, _)| addresses.get(line / 2));
        assert_eq!(differs, None, "{} at {place:x?}", fixture.id);
        assert_eq!(ours.lines().count(), theirs.lines().count(), "{}", fixture.id);
        seen += addresses.len();
    }
    assert!(seen > 20_000, "only {seen}");
}
