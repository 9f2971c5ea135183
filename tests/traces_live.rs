//! Is each frame of a trace completed as the program itself prints it with GOTRACEBACK=system?
//!
//! A program ends in many ways, once stripped and with what GOTRACEBACK prints by itself, once whole and with `system`:
//! then the runtime shows every frame with its address. Plain and stripped builds have the same code addresses.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::go::{self, Order, Toolchain};
use gonym::binary::Binary;
use gonym::report::document::trace::{FrameDoubt, FrameKind, TracedBinary};
use gonym::trace::text::{Frame, Kind, Trace, printed};

/// What the program is told to do, and whether its last goroutine does the same in every run.
const WAYS: &[&str] = &[
    "nil",
    "closure",
    "generic",
    "receiver",
    "wrapper",
    "deep",
    "defer",
    "sort",
    "once",
    "index",
    "map",
    "pushed",
    "goroutine",
    "asleep",
    "stack",
    "all",
    "quit",
    "value",
];

/// Frames that several places of the program fit, by what is printed: only the innermost body and an offset.
const LEAST_FITTING: usize = 95;

/// A build, and how the program's addresses are fixed.
fn built(toolchain: &Toolchain, witness: &Toolchain, flags: &[&str], name: &str) -> PathBuf {
    let source = include_str!("addr/crash.go");
    let folder = format!("crash-{}", toolchain.minor);
    built_of(toolchain, witness, (&folder, source), flags, name)
}

fn built_of(
    toolchain: &Toolchain,
    witness: &Toolchain,
    (folder, source): (&str, &str),
    flags: &[&str],
    name: &str,
) -> PathBuf {
    let folder = common::scratch(folder);
    fs::write(folder.join("main.go"), source).expect("a file");
    fs::write(folder.join("empty.s"), "").expect("a file");
    fs::write(folder.join("go.mod"), "module example.com/crash\n\ngo 1.19\n").expect("a file");
    let file = folder.join(name);
    let platform = ("linux", if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" });
    let arguments = [&["build"], flags, &["."]].concat();
    toolchain.build(&Order { folder: &folder, platform, cgo: false, arguments }, witness, &file);
    file
}

/// What the program prints of itself.
fn ended(file: &Path, way: &str, level: &str) -> Vec<u8> {
    let mut command = Command::new(file);
    command.arg(way).env("GOTRACEBACK", level).env("GODEBUG", "tracebackancestors=4");
    let output = command.output().expect("it runs");
    assert!(way == "stack" || !output.status.success(), "{way}");
    output.stderr
}

/// Name and place, and the address where the code goes on. Bodies that were inlined have none.
type Told = (String, String, Option<u64>);

fn place(file: &[u8], line: u32) -> String {
    format!("{}:{line}", String::from_utf8_lossy(file))
}

/// Where functions begin, as `go tool nm` lists them.
fn entries(witness: &Toolchain, file: &Path) -> BTreeMap<String, u64> {
    let text = witness.output(Path::new("/"), ["tool".as_ref(), "nm".as_ref(), file.as_os_str()]);
    let rows = text.lines().filter_map(|row| row.trim_start().split_once(' '));
    rows.filter_map(|(at, rest)| {
        Some((rest.get(2..)?.to_owned(), u64::from_str_radix(at, 16).ok()?))
    })
    .collect()
}

/// The frames of a trace that has every address. `debug.PrintStack` shows none: there it is entry and offset.
fn system(trace: &Trace<'_>, entries: &BTreeMap<String, u64>) -> Vec<Told> {
    let told = |frame: &Frame<'_>| {
        let name = String::from_utf8_lossy(frame.name).into_owned();
        let begun = || Some(entries.get(&name)? + frame.offset?);
        let pc = frame.pc.or_else(begun);
        (name, place(frame.file, frame.line), pc)
    };
    let frames = trace.frames.iter();
    let calls = frames.filter(|frame| matches!(frame.kind, Kind::Call | Kind::Inlined));
    calls.map(told).collect()
}

/// The frames in stacks: inlined bodies and the function that holds them.
fn stacks(frames: &[Told]) -> Vec<&[Told]> {
    let mut stacks: Vec<&[Told]> = frames.split_inclusive(|frame| frame.2.is_some()).collect();
    stacks.retain(|stack| stack.last().is_some_and(|frame| frame.2.is_some()));
    stacks
}

fn completed(binary: &Binary, text: &[u8]) -> TracedBinary {
    TracedBinary::new(binary, "crash", true, text, None)
}

/// The completed frames of the first goroutine.
fn ours(traced: &TracedBinary, text: &[u8]) -> Vec<Told> {
    let trace = Trace::read(text);
    let second = trace.frames.iter().skip(1).find(|frame| frame.after_gap);
    let end = second.map_or(usize::MAX, |frame| frame.at + 1);
    let first =
        traced.frames.iter().take_while(|frame| frame.text_line.is_none_or(|line| line < end));
    let calls = first.filter(|frame| matches!(frame.kind, FrameKind::Call | FrameKind::Inlined));
    let told = calls.map(|frame| {
        let name = frame.function.to_string();
        let name = String::from_utf8_lossy(&printed(name.as_bytes())).into_owned();
        let address = frame.address.as_deref().map(number);
        (name, place(frame.file.as_bytes(), frame.line), address)
    });
    told.collect()
}

fn number(address: &str) -> u64 {
    u64::from_str_radix(address.trim_start_matches("0x"), 16).expect("an address")
}

/// Holds what is completed against what the program shows; the distance is what the whole program was moved by.
fn compared(what: &str, ours: &[Told], system: &[Told]) -> (usize, usize) {
    let (ours, theirs) = (stacks(ours), stacks(system));
    assert!(!ours.is_empty(), "{what}: nothing completed");
    let mut rest = theirs.iter();
    let mut slides = BTreeSet::new();
    let mut bodies = 0;
    for stack in &ours {
        let told = |stack: &[Told]| -> Vec<(String, String)> {
            stack.iter().map(|(name, place, _)| (name.clone(), place.clone())).collect()
        };
        let same = rest.by_ref().find(|theirs| told(theirs) == told(stack));
        let same = same.unwrap_or_else(|| panic!("{what}: {stack:x?} is not of {theirs:x?}"));
        let address = |stack: &[Told]| stack.last().and_then(|frame| frame.2).expect("an address");
        slides.insert(address(same).wrapping_sub(address(stack)));
        bodies += stack.len() - 1;
    }
    assert_eq!(slides.len(), 1, "{what}: addresses differ by {slides:x?}");
    let slide = slides.pop_first().unwrap_or_default();
    assert!(slide & 0xfff == 0, "{what}: {slide:x}");
    (ours.len(), bodies)
}

#[test]
fn traces_are_completed_as_the_program_itself_would() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("traces of fresh builds", &why),
    };
    let (mut traces, mut frames, mut inlined, mut hidden, mut all, mut doubtful) =
        (0, 0, 0, 0, 0, 0);
    for minor in [19, 20, 21, 22, 23, 24, 25, 26, 27] {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("traces of 1.{minor}"), &why);
                continue;
            }
        };
        let modes: &[&str] = if minor >= 26 || minor == 22 { &["exe", "pie"] } else { &["exe"] };
        for mode in modes {
            let mode = format!("-buildmode={mode}");
            let flags = [mode.as_str(), "-trimpath"];
            let plain = built(&toolchain, &witness, &flags, "plain");
            let flags = [mode.as_str(), "-trimpath", "-ldflags=-s -w"];
            let stripped = built(&toolchain, &witness, &flags, "stripped");
            let entries = entries(&witness, &plain);
            let binary = Binary::open(&stripped).expect("a binary").binaries.remove(0);
            for way in WAYS {
                let what = format!("1.{minor} {mode} {way}");
                let text = ended(&stripped, way, "single");
                let traced = completed(&binary, &text);
                let places =
                    text.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"\t/"));
                assert!(places.count() <= traced.frames.len(), "{what}");
                let told = ended(&plain, way, "system");
                let theirs = Trace::read(&told);
                let mine = ours(&traced, &text);
                // Which goroutine SIGQUIT finds, and where, is another one in every run.
                if *way != "quit" {
                    let (stacks, bodies) = compared(&what, &mine, &system(&theirs, &entries));
                    frames += stacks;
                    inlined += bodies;
                    traces += 1;
                }
                hidden += traced.frames.iter().filter(|frame| frame.text_line.is_none()).count();
                all += traced.frames.len();
                for frame in traced.frames.iter().filter(|frame| frame.doubt.is_some()) {
                    // An ancestor's frame names the innermost body only, and nothing tells it from others.
                    let ancestor = frame.kind == FrameKind::Ancestor;
                    assert!(
                        ancestor && frame.doubt == Some(FrameDoubt::Ambiguous),
                        "{what}: {frame:?}"
                    );
                    doubtful += 1;
                }
            }
        }
    }
    go::say(&format!(
        "{traces} traces, {frames} frames, {inlined} inlined ({hidden} left out by the runtime), {doubtful} of {all} ambiguous"
    ));
    assert!(
        !go::required() || traces >= 60 && frames > 500 && inlined > 200,
        "{traces} {frames} {inlined}"
    );
    assert!(all == 0 || (all - doubtful) * 100 >= all * LEAST_FITTING, "{doubtful} of {all}");
}

/// Where the sources were others, the lines are: it is told, and nothing of that package is completed.
#[test]
fn a_trace_of_other_sources_does_not_fit() {
    let toolchain = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("a trace of another build", &why),
    };
    let source = include_str!("addr/crash.go");
    let edited = source.replace("import (", "// Three\n// lines\n// more.\nimport (");
    let old = built_of(&toolchain, &toolchain, ("crash-edited", &edited), &["-trimpath"], "old");
    let new = built_of(&toolchain, &toolchain, ("crash-edited", source), &["-trimpath"], "new");
    let binary = Binary::open(&new).expect("a binary").binaries.remove(0);
    for way in ["nil", "generic", "index"] {
        let traced = completed(&binary, &ended(&old, way, "single"));
        let of_main = |name: String| name.starts_with("main.");
        let mains: Vec<_> =
            traced.frames.iter().filter(|frame| of_main(frame.function.to_string())).collect();
        assert!(
            !mains.is_empty() && mains.iter().all(|frame| frame.doubt.is_some()),
            "{way}: {mains:?}"
        );
    }
}
