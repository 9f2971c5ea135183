//! What do `explain` and `why` say about damaged files? No panic, and nothing that is not in the file.
//!
//! Fixtures are cut at boundaries of their headers and tables, and bytes in Go's tables and in debugging information
//! are changed; every symbol, function and section start that is left is asked for.

mod common;

use std::fs;
use std::path::Path;

use common::cuts;
use gonym::binary::Binary;
use gonym::explain::{Explained, Found, explain, find};
use gonym::input::File;
use gonym::report::document::explain::ExplainedBinary;

/// Asks for some names and addresses of every executable in `bytes`; how many had an answer.
fn ask(bytes: Vec<u8>) -> usize {
    let len = bytes.len() as u64;
    let Ok(opened) = Binary::open_file(File::from_bytes(Path::new("forged"), bytes)) else {
        return 0;
    };
    let mut answered = 0;
    for binary in &opened.binaries {
        let mut asked: Vec<Vec<u8>> =
            ["main.main", "runtime.memmove", "runtime.nanotime", "runtime.gomaxprocs"]
                .map(|name| name.as_bytes().to_vec())
                .to_vec();
        let starts = binary.image.sections.iter().map(|section| section.address);
        asked.extend(starts.take(4).map(|start| format!("{start:#x}").into_bytes()));
        asked.push(format!("{:#x}", u64::MAX).into_bytes());
        asked.push(b"runtime.*".to_vec());
        asked.push(b"runtime.nanotme".to_vec());
        for name in ["runtime.gcStart", "runtime.*", "pkg:runtime"] {
            // Whatever it finds is in the file: what it needs may be damaged.
            let answer = gonym::why::why(binary, name.as_bytes());
            let all = binary.functions().map_or(0, |functions| functions.table.len());
            assert!(answer.chain.len() <= all + 1, "a chain goes nowhere twice");
        }
        for name in asked {
            let found = find(binary, &name);
            if let Found::One(subject) = &found {
                let explained: Explained<'_> = explain(binary, subject.clone());
                for place in &explained.places {
                    assert!(
                        place.file_offset.is_none_or(|offset| offset <= len),
                        "behind the file"
                    );
                    let code = place.function.map(|function| function.entry..function.end);
                    for at in place.returns.iter().flatten() {
                        assert!(code.as_ref().is_some_and(|code| code.contains(at)), "{at:#x}");
                    }
                }
            }
            let document = ExplainedBinary::new(binary, ("forged", false), &name, found, true);
            answered += usize::from(document.symbol.is_some());
            serde_json::to_string(&document).expect("a document");
        }
    }
    answered
}

const ASKED: [&str; 4] = [
    "nano-go1.27-linux-amd64",
    "spine-go1.19-linux-amd64",
    "nano-go1.27-darwin-fat",
    "spine-go1.22-linux-amd64-pie",
];

#[test]
fn a_cut_file_is_explained_as_far_as_it_goes() {
    let (mut cut, mut answered) = (0, 0);
    for id in ASKED {
        let fixture = common::fixture_named(id);
        let bytes = fs::read(&fixture.path).expect("a fixture");
        for offset in cuts::of(&fixture.path, &bytes).at.iter().step_by(12) {
            answered += ask(bytes[..*offset as usize].to_vec());
            cut += 1;
        }
    }
    assert!(cut > 60 && answered > 100, "{cut} cuts, {answered} answers");
}

#[test]
fn forged_bytes_are_survived() {
    let (mut forged, mut answered) = (0, 0);
    for id in ASKED {
        let bytes = fs::read(common::fixture_named(id).path).expect("a fixture");
        // Every part of the file in turn, each with values that break counts, offsets and addresses.
        for (index, start) in (0..bytes.len()).step_by(bytes.len() / 24).enumerate() {
            let mut copy = bytes.clone();
            let end = (start + bytes.len() / 24).min(copy.len());
            let value = [0xff, 0x00, 0x7f, 0x80][index % 4];
            copy[start..end].iter_mut().step_by(31).for_each(|byte| *byte = value);
            answered += ask(copy);
            forged += 1;
        }
    }
    assert!(forged > 90 && answered > 200, "{forged} files, {answered} answers");
}
