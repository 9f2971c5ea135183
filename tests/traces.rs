//! Traces on the command line: recorded ones of the fixtures, what passes unchanged, and what is told.
//!
//! The traces of `testdata/traces` are what each fixture printed when its address space was limited (`ulimit -v 60000`):
//! the runtime fails before it can begin, and prints every frame with its address. Without the addresses they are what
//! gonym is given; with them they say what is true.

mod common;

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

const IDS: &[&str] = &[
    "spine-go1.19-linux-amd64-stripped",
    "spine-go1.22-linux-amd64-pie",
    "spine-go1.27-linux-amd64-stripped",
    "spine-go1.27-linux-amd64-pie",
    "cgo-go1.27-linux-amd64-external",
];

fn recorded(id: &str) -> String {
    let file = common::testdata().join("traces").join(format!("{id}.txt"));
    fs::read_to_string(file).expect("a trace")
}

/// `gonym addr` with the trace on standard input.
fn traced(id: &str, options: &[&str], text: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.arg("addr").arg(common::fixture_named(id).path).args(options);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("gonym runs");
    let (mut stdin, text) = (child.stdin.take().expect("a pipe"), text.to_vec());
    let asking = std::thread::spawn(move || _ = stdin.write_all(&text));
    let output = child.wait_with_output().expect("its answer");
    asking.join().expect("a thread");
    output
}

/// The text without frame pointers and addresses, as a plain panic would print it.
fn without_addresses(text: &str) -> String {
    let line = |line: &str| line.split(" fp=").next().unwrap_or_default().to_owned() + "\n";
    text.lines().map(line).collect()
}

/// The address in each line that has one.
fn addresses(text: &str, before: &str, behind: &str) -> Vec<u64> {
    let digits = text.lines().filter_map(|line| line.split_once(before));
    let digits = digits.map(|(_, rest)| rest.split(behind).next().unwrap_or_default());
    digits.map(|digits| u64::from_str_radix(digits, 16).expect("an address")).collect()
}

#[test]
fn addresses_that_a_trace_lacks_are_those_it_had() {
    for id in IDS {
        let whole = recorded(id);
        let wanted = addresses(&whole, " pc=0x", " ");
        assert_eq!(wanted.len(), 7, "{id}");
        let output = traced(id, &[], without_addresses(&whole).as_bytes());
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{id}");
        if !id.ends_with("-pie") {
            assert_eq!(addresses(&text, " pc=0x", " "), wanted, "{id}");
            continue;
        }
        // Nothing tells how far it was moved, so the addresses are those of the file: all are off by as much.
        let found = addresses(&text, " // 0x", " in the file");
        let moved = wanted[0] - found[0];
        assert_eq!(found.iter().map(|found| found + moved).collect::<Vec<_>>(), wanted, "{id}");
        // The trace that has addresses tells it, and nothing else is added.
        let output = traced(id, &["--format=json"], whole.as_bytes());
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(document["slide"], format!("{moved:#x}"), "{id}");
        // Whoever knows where it was loaded says so; its first byte is linked to be at 0x400000 (readelf -lW).
        let base = format!("--base={:x}", moved + 0x40_0000);
        let output = traced(id, &[&base], without_addresses(&whole).as_bytes());
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!(addresses(&text, " pc=0x", " "), wanted, "{id}");
    }
}

#[test]
fn other_lines_pass_unchanged() {
    let id = IDS[2];
    let whole = recorded(id);
    // A whole trace of a program at its own addresses lacks nothing.
    assert_eq!(String::from_utf8(traced(id, &[], whole.as_bytes()).stdout).expect("UTF-8"), whole);
    let log = [
        &b"2026-11-30 \x1b[31mERROR\x1b[0m \xff\xfe exit\r\n\n\t\tindented\r\n"[..],
        whole.as_bytes(),
        b"\ngoroutine 7 gp=0x1 m=nil [select, 5 minutes, locked to thread] {\"a key\": \"v\"}:\r\n",
        b"...11799 frames elided...\nrip    0x47b5dd\nno newline at the end",
    ]
    .concat();
    let output = traced(id, &[], &log);
    assert_eq!((output.stdout, output.status.code()), (log, Some(0)));
}

#[test]
fn a_trace_that_does_not_fit_is_told() {
    // The other version has the functions at other places.
    let text = recorded(IDS[0]);
    let output = traced(IDS[2], &[], without_addresses(&text).as_bytes());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        stderr.contains("frames of the trace could not be completed")
            || stderr.contains("of another build"),
        "{stderr}"
    );
    let nothing = traced(IDS[2], &[], b"panic: main.f\n");
    assert_eq!((nothing.status.code(), nothing.stdout), (Some(3), b"panic: main.f\n".to_vec()));
    let stderr = String::from_utf8_lossy(&nothing.stderr).into_owned();
    assert_eq!(stderr, "gonym: standard input holds no frame of a Go trace\n");
    let other = b"goroutine 1 [running]:\nother.f(0x1)\n\t/o.go:3 +0x1d\n";
    let output = traced(IDS[2], &[], other);
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.ends_with(b"+0x1d // not in this program\n"));
}

#[test]
fn trace_reads_what_begins_like_an_address() {
    let text = format!("1\n{}", recorded(IDS[2]));
    let lines = traced(IDS[2], &[], text.as_bytes());
    assert!(lines.stdout.starts_with(b"?\n?:0\n"), "an address first: addresses are asked for");
    let output = traced(IDS[2], &["--trace"], text.as_bytes());
    assert_eq!((output.status.code(), output.stdout), (Some(0), text.into_bytes()));
    assert_eq!(traced(IDS[2], &["--trace", "1"], b"").status.code(), Some(2));
}

/// Forged and cut traces: none of them ends in a panic, and every line comes out.
#[test]
fn damaged_traces_pass() {
    let whole = recorded(IDS[3]);
    for cut in (0..whole.len()).step_by(37) {
        let text = &whole.as_bytes()[cut..];
        let output = traced(IDS[3], &["--trace"], text);
        assert!(matches!(output.status.code(), Some(0 | 3)), "cut at {cut}");
        let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
        assert!(lines(&output.stdout) >= lines(text), "cut at {cut}");
    }
    let forged = b"runtime.throw()\n\truntime/panic.go:4294967295 +0xffffffffffffffff pc=0xffffffffffffffff\n\
        runtime.throw()\n\t:1\n()\n\tx:1\nruntime.cgocall(0xffffffffffffffff)\n\tx.go:1 +0x1\n[signal pc=0xg]\n";
    assert_eq!(traced(IDS[3], &[], forged).status.code(), Some(3));
}
