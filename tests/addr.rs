//! `gonym addr`: lines, the protocol of `addr2line`, questions and exit codes, on the fixtures.
//!
//! Which function and line an address has is held against Go's tool in `lookup` and `addr_live`.

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use common::go;

const SPINE: &str = "spine-go1.27-linux-amd64";

/// In `main.sorts`, where `slices.SortFunc` was inlined (llvm-addr2line -i -f).
const INLINED: &str = "47f0ee";

fn path(id: &str) -> PathBuf {
    common::fixture_named(id).path
}

fn fed(command: &mut Command, input: &[u8]) -> Output {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let (mut stdin, input) = (child.stdin.take().expect("a pipe"), input.to_vec());
    // Who stops early closes the pipe.
    let asking = std::thread::spawn(move || _ = stdin.write_all(&input));
    let output = child.wait_with_output().expect("its answers");
    asking.join().expect("a thread");
    output
}

fn gonym() -> Command {
    Command::new(env!("CARGO_BIN_EXE_gonym"))
}

/// gonym under the name of the tool that it stands in for.
fn addr2line(folder: &str) -> Command {
    let link = common::scratch(folder).join("addr2line");
    _ = fs::remove_file(&link);
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_gonym"), &link).expect("a link");
    Command::new(link)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn lines_are_gos_unless_gnus_are_asked_for() {
    let file = path(SPINE);
    let run = |options: &[&str], addresses: &[&str]| -> String {
        let mut command = gonym();
        command.arg("addr").args(options).arg(&file).args(addresses);
        text(&command.output().expect("gonym runs").stdout).to_owned()
    };
    let (sorts, inlined) = ("example.com/spine/lies_sort_go121.go:14", "slices/sort.go:32");
    let sort = "slices.SortFunc[go.shape.[]int,go.shape.int]";
    // go tool addr2line: the function that holds the code, the line of what was inlined.
    assert_eq!(run(&[], &[INLINED, "1"]), format!("main.sorts\n{inlined}\n?\n?:0\n"));
    // The forms of GNU's tool, 2.40: `addr2line -a -f -i -p -e PROGRAM 1148 1` on a C program.
    let long = "0x000000000047f0ee";
    for (options, wanted) in [
        (&["-f"][..], format!("{sort}\n{inlined}\n??\n??:0\n")),
        (&["-i"], format!("{inlined}\n{sorts}\n??:0\n")),
        (&["-a"], format!("{long}\n{inlined}\n0x0000000000000001\n??:0\n")),
        (&["-p"], format!("{inlined}\n??:0\n")),
        (&["-fi"], format!("{sort}\n{inlined}\nmain.sorts\n{sorts}\n??\n??:0\n")),
        (&["-fp"], format!("{sort} at {inlined}\n?? ??:0\n")),
        (&["-ip"], format!("{inlined}\n (inlined by) {sorts}\n??:0\n")),
        (&["-ap"], format!("{long}: {inlined}\n0x0000000000000001: ??:0\n")),
        (
            &["-afip"],
            format!(
                "{long}: {sort} at {inlined}\n (inlined by) main.sorts at {sorts}\n0x0000000000000001: ?? ??:0\n"
            ),
        ),
    ] {
        assert_eq!(run(options, &[INLINED, "1"]), wanted, "{options:?}");
    }
    // -e asks for GNU's lines, and without -f they hold no function.
    let mut command = gonym();
    command.args(["addr", "-e"]).arg(&file).arg(INLINED);
    assert_eq!(text(&command.output().expect("gonym runs").stdout), format!("{inlined}\n"));
}

#[test]
fn an_address_has_as_many_digits_as_the_program_has() {
    let file = path("spine-go1.27-linux-amd64-pie");
    let mut command = gonym();
    command.arg("addr").arg("-a").arg(file).arg("ffffffffffffffffff");
    let output = command.output().expect("gonym runs");
    assert_eq!(text(&output.stdout), "0xffffffffffffffff\n??:0\n");
}

/// pprof writes an address and then the largest one, whose answer tells it where the first one ends, and waits for
/// both before it goes on (internal/binutils/addr2liner.go).
#[test]
fn addr2line_answers_line_by_line() {
    let mut command = addr2line("addr2line-pprof");
    command.arg("-aif").arg("-e").arg(path("spine-go1.27-linux-amd64-stripped"));
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("addr2line runs");
    let mut asked = child.stdin.take().expect("a pipe");
    let mut told = BufReader::new(child.stdout.take().expect("a pipe"));
    for _ in 0..3 {
        asked.write_all(b"47f0ee\nffffffffffffffff\n").expect("a question");
        let mut answer = String::new();
        for _ in 0..8 {
            told.read_line(&mut answer).expect("an answer");
        }
        assert_eq!(
            answer,
            "0x000000000047f0ee\nslices.SortFunc[go.shape.[]int,go.shape.int]\nslices/sort.go:32\n\
             main.sorts\nexample.com/spine/lies_sort_go121.go:14\n0xffffffffffffffff\n??\n??:0\n"
        );
    }
    drop(asked);
    let mut rest = String::new();
    told.read_to_string(&mut rest).expect("its end");
    assert!(rest.is_empty());
    assert!(child.wait().expect("an end").success());
}

#[test]
fn addr2line_takes_gos_arguments_and_never_a_trace() {
    let file = path(SPINE);
    let output = fed(addr2line("addr2line-go").arg(&file), b"panic boom\n47f0ee\nmain.go:3\n");
    let wanted = "?\n?:0\nmain.sorts\nslices/sort.go:32\n!reverse translation not implemented\n";
    assert_eq!((text(&output.stdout), output.status.code()), (wanted, Some(0)));
    // Go's: usage on stderr, and 2; a file that cannot be read 1; --help on stdout, 0.
    for (arguments, code) in [(vec![], 2), (vec!["a", "b"], 2), (vec!["nofile"], 1)] {
        let output = addr2line("addr2line-usage").args(&arguments).output().expect("it runs");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(output.stdout.is_empty());
        assert!(text(&output.stderr).contains("addr2line"), "{arguments:?}");
    }
    let help = addr2line("addr2line-help").arg("--help").output().expect("it runs");
    assert!(help.status.success() && text(&help.stdout).contains("addr2line FILE"));
    let cut = common::scratch("addr2line-cut").join("cut");
    fs::write(&cut, b"\x7fELF").expect("a file");
    let output = addr2line("addr2line-fault").arg("-e").arg(&cut).arg("1").output();
    let output = output.expect("it runs");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), ""));
    assert!(text(&output.stderr).starts_with("addr2line: "));
}

#[test]
fn questions_of_every_kind_have_an_answer() {
    let file = path(SPINE);
    let long = |len: usize| vec![b'0'; len - INLINED.len()];
    let sorts = "main.sorts\nslices/sort.go:32\n";
    let nothing = "?\n?:0\n";
    for (input, wanted) in [
        // Each measured with `go tool addr2line` of 1.27.4.
        (b"47f0ee\n0x47f0ee\r\n47F0EE".to_vec(), [sorts, sorts, sorts].concat()),
        (b"1\n0X47f0ee\n 47f0ee\n\nzz\nffffffffffffffffff\n".to_vec(), nothing.repeat(6)),
        ([b"1\n", &long(65_535)[..], b"47f0ee\n1\n"].concat(), [nothing, sorts, nothing].concat()),
        ([b"1\n", &long(65_536)[..], b"47f0ee\n1\n"].concat(), nothing.to_owned()),
        (Vec::new(), String::new()),
    ] {
        let output = fed(gonym().arg("addr").arg(&file), &input);
        assert_eq!(text(&output.stdout), wanted, "{}", String::from_utf8_lossy(&input));
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn base_is_where_the_program_was_loaded() {
    let file = path("spine-go1.27-linux-amd64-pie");
    let ask = |arguments: &[&str]| -> String {
        let mut command = gonym();
        command.arg("addr").arg(&file).args(arguments);
        text(&command.output().expect("gonym runs").stdout).to_owned()
    };
    let nm =
        common::gunzip(&common::testdata().join("binaries/spine-go1.27-linux-amd64-pie.nm.gz"));
    let nm = text(&nm);
    let row = nm.lines().find(|line| line.ends_with(" T main.main")).expect("main.main");
    let main = u64::from_str_radix(row.split_whitespace().next().expect("an address"), 16);
    let main = main.expect("an address");
    let plain = ask(&[&format!("{main:x}")]);
    assert!(plain.starts_with("main.main\n"), "{plain}");
    // readelf -lW: the first LOAD of a PIE that Go itself linked is at 0x400000.
    let (loaded, linked) = (0x5555_5555_4000u64, 0x40_0000u64);
    let moved = format!("{:x}", main - linked + loaded);
    assert_eq!(ask(&["--base", "0x555555554000", &moved]), plain);
    assert_eq!(ask(&["--base=400000", &format!("{main:x}")]), plain);
    assert_eq!(ask(&[&moved]), "?\n?:0\n");
}

#[test]
fn one_executable_of_several_has_to_be_chosen() {
    let fat = path("nano-go1.27-darwin-fat");
    let run = |more: &[&str]| {
        let mut command = gonym();
        command.arg("addr").arg(&fat).arg("1").args(more).output().expect("gonym runs")
    };
    let output = run(&[]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""));
    assert!(text(&output.stderr).contains("(--slice ARCH, --member NAME): amd64, arm64"));
    assert_eq!(run(&["--slice=arm64"]).status.code(), Some(0));
    let output = run(&["--slice=s390x"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("none is called so; there are amd64, arm64"));
}

#[test]
fn what_is_no_go_program_is_told() {
    let script = common::scratch("addr-script").join("script");
    fs::write(&script, "#!/bin/sh\n").expect("a file");
    for (file, code) in [(script.as_path(), 3), (Path::new("nofile"), 3)] {
        let output = gonym().arg("addr").arg(file).arg("1").output().expect("gonym runs");
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(code), ""));
        assert!(text(&output.stderr).starts_with("gonym: "));
    }
    let output = gonym().arg("addr").output().expect("gonym runs");
    assert_eq!(output.status.code(), Some(2));
    let output = gonym().args(["addr", "-"]).output().expect("gonym runs");
    assert_eq!(output.status.code(), Some(2));
}

/// LLVM reads DWARF, which lists inlined bodies by itself.
#[test]
fn gnus_lines_are_those_that_llvm_writes() {
    let file = path("spine-go1.22-linux-amd64");
    let Ok(version) = Command::new("llvm-addr2line").arg("--version").output() else {
        return go::skip("lines against llvm-addr2line", "it is not on PATH");
    };
    assert!(text(&version.stdout).contains("LLVM"));
    // Up to runtime.etext. Odd, so that no alignment hides a part of the instructions.
    let addresses: String =
        (0x40_1000u64..0x46_0a80).step_by(301).map(|at| format!("{at:x}\n")).collect();
    let options = ["-a", "-f", "-i", "-e"];
    let theirs = fed(Command::new("llvm-addr2line").args(options).arg(&file), addresses.as_bytes());
    let ours = fed(addr2line("addr2line-llvm").args(options).arg(&file), addresses.as_bytes());
    let (mut same, mut all) = (0, 0);
    for (ours, theirs) in answers(text(&ours.stdout)).iter().zip(answers(text(&theirs.stdout))) {
        assert_eq!(ours[0], theirs[0], "the address");
        // Padding: LLVM knows no function there.
        if theirs[1] == "??" {
            continue;
        }
        all += 1;
        same += usize::from(*ours == theirs);
    }
    // The rest: generated code, where LLVM finds no place at all.
    assert!(all > 1200 && same * 1000 >= all * 995, "{same} of {all}");
}

/// The lines of each answer, in one spelling.
fn answers(text: &str) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = Vec::new();
    for line in text.lines() {
        if let Some(digits) = line.strip_prefix("0x") {
            all.push(vec![digits.trim_start_matches('0').to_owned()]);
            continue;
        }
        // With -trimpath DWARF's paths are relative to the folder `.`.
        let line = line.trim_end_matches(".abi0").trim_start_matches("./");
        let line = line.replace("<autogenerated>:0", "<autogenerated>:1");
        all.last_mut().expect("an address first").push(line);
    }
    all
}
