//! Do addresses of freshly built programs lead where `go tool addr2line` and the program's own runtime say?

mod common;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::go::{self, Order, Toolchain};
use gonym::binary::Binary;
use gonym::printable::printable;

/// Version, platform, whether C is compiled in, and flags.
type Build = (u16, (&'static str, &'static str), bool, &'static [&'static str]);

/// Three formats, both word sizes and byte orders, every layout since 1.19, both linkers.
const BUILDS: &[Build] = &[
    (27, ("linux", "amd64"), false, &[]),
    (27, ("linux", "amd64"), true, &["-ldflags=-linkmode=external"]),
    (26, ("linux", "amd64"), true, &["-ldflags=-linkmode=external"]),
    (26, ("linux", "amd64"), false, &["-buildmode=pie"]),
    (25, ("linux", "s390x"), false, &[]),
    (22, ("linux", "386"), false, &["-trimpath"]),
    (20, ("linux", "arm64"), false, &[]),
    (19, ("linux", "amd64"), false, &[]),
    (27, ("windows", "amd64"), false, &[]),
    (23, ("windows", "386"), false, &["-trimpath"]),
    (27, ("darwin", "arm64"), false, &[]),
    (21, ("darwin", "amd64"), false, &[]),
];

/// How many addresses are asked for in each file.
const ASKED: usize = 10_000;

/// Numbers that look random and are the same in every run.
fn numbers(mut state: u64) -> impl Iterator<Item = u64> {
    std::iter::repeat_with(move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    })
}

/// Runs `command` with `text` on its standard input.
fn fed(command: &mut Command, text: &str) -> String {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it runs");
    let (mut stdin, text) = (child.stdin.take().expect("a pipe"), text.to_owned());
    let asking = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("its answers");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {told}");
    asking.join().expect("a thread").expect("its questions");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn opened(file: &Path) -> Binary {
    Binary::open(file).expect("an executable").binaries.remove(0)
}

/// Addresses of a program's code and a little around it.
fn addresses(file: &Path, count: usize) -> Vec<u64> {
    let binary = opened(file);
    let code = &binary.functions().expect("functions").table;
    let (start, end) =
        code.functions().fold((u64::MAX, 0), |(s, e), f| (s.min(f.entry), e.max(f.end)));
    let (start, len) = (start.saturating_sub(64), end - start + 128);
    numbers(end).map(|number| start + number % len).take(count).collect()
}

fn build(toolchain: &Toolchain, witness: &Toolchain, build: &Build, more: &[&str], file: &Path) {
    let (_, platform, cgo, flags) = build;
    let folder = common::testdata().join("programs").join(if *cgo { "cgo" } else { "core" });
    // One -ldflags holds for all: the last one counts.
    let ldflags: Vec<&str> =
        flags.iter().chain(more).filter_map(|flag| flag.strip_prefix("-ldflags=")).collect();
    let ldflags = format!("-ldflags={}", ldflags.join(" "));
    let mut arguments = vec!["build"];
    arguments.extend(flags.iter().filter(|flag| !flag.starts_with("-ldflags")));
    arguments.extend([ldflags.as_str(), "."]);
    let order = Order { folder: &folder, platform: *platform, cgo: *cgo, arguments };
    toolchain.build(&order, witness, file);
}

#[test]
fn addresses_lead_where_gos_tool_says() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("addresses of fresh builds", &why),
    };
    let tool = witness.tool("addr2line");
    let folder = common::scratch("addr-live");
    let mut compared = 0;
    for one in BUILDS {
        let (minor, (goos, goarch), cgo, flags) = one;
        let toolchain = match go::toolchain(*minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("addresses of 1.{minor} {goos}/{goarch}"), &why);
                continue;
            }
        };
        let file =
            |kind: &str| folder.join(format!("{minor}-{goos}-{goarch}-{}-{kind}", flags.join("")));
        let (plain, stripped) = (file("plain"), file("stripped"));
        build(&toolchain, &witness, one, &[], &plain);
        build(&toolchain, &witness, one, &["-ldflags=-s -w"], &stripped);
        let asked = addresses(&plain, ASKED);
        let asked: String = asked.iter().map(|address| format!("{address:x}\n")).collect();
        let theirs = fed(Command::new(&tool).arg(&plain), &asked);
        assert_eq!(theirs.lines().count(), 2 * ASKED);
        // Of a stripped PE Go's tool finds no table, and an external linker moves the start of the text.
        let same = *goos != "windows" && !cgo;
        if same {
            assert_eq!(fed(Command::new(&tool).arg(&stripped), &asked), theirs, "{one:?}");
        }
        for file in [&plain, &stripped] {
            let ours = fed(gonym().arg("addr").arg(file), &asked);
            let differs =
                ours.lines().zip(theirs.lines()).position(|(ours, theirs)| ours != theirs);
            let differs = differs.map(|at| {
                (asked.lines().nth(at / 2), ours.lines().nth(at), theirs.lines().nth(at))
            });
            assert_eq!(differs, None, "{one:?}: {}", file.display());
            assert_eq!(ours.len(), theirs.len(), "{one:?}: {}", file.display());
            compared += ASKED;
        }
        for file in [plain, stripped] {
            fs::remove_file(file).expect("a file");
        }
    }
    assert!(!go::required() || compared == 2 * ASKED * BUILDS.len(), "{compared}");
}

fn gonym() -> Command {
    Command::new(env!("CARGO_BIN_EXE_gonym"))
}

/// `name` as traces print it since 1.21 (runtime/traceback.go, funcNameForPrint): all type arguments are `[...]`.
fn printed(name: &[u8]) -> String {
    let name = printable(name);
    match (name.find('['), name.rfind(']')) {
        (Some(open), Some(close)) if open < close => {
            format!("{}[...]{}", &name[..open], &name[close + 1..])
        }
        _ => name,
    }
}

/// The program, and its stripped twin.
fn expanding(toolchain: &Toolchain, witness: &Toolchain) -> (PathBuf, PathBuf) {
    let folder = common::scratch(&format!("addr-expand-{}", toolchain.minor));
    fs::write(folder.join("main.go"), include_str!("addr/expand.go")).expect("a file");
    // A function without a body needs a file of assembly in its package.
    fs::write(folder.join("empty.s"), "").expect("a file");
    let module = format!("module example.com/expand\n\ngo 1.{}\n", toolchain.minor);
    fs::write(folder.join("go.mod"), module).expect("a file");
    let (plain, stripped) = (folder.join("plain"), folder.join("stripped"));
    for (file, flags) in [(&plain, &[][..]), (&stripped, &["-ldflags=-s -w"])] {
        let arguments = [&["build"], flags, &["."]].concat();
        let platform = ("linux", std::env::consts::ARCH);
        let platform = (platform.0, if platform.1 == "aarch64" { "arm64" } else { "amd64" });
        toolchain.build(&Order { folder: &folder, platform, cgo: false, arguments }, witness, file);
    }
    (plain, stripped)
}

#[test]
fn inlined_frames_are_those_of_the_runtime() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("frames against the runtime", &why),
    };
    for minor in [19, 20, 21, 22, 23, 24, 25, 26, 27] {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("frames against the runtime of 1.{minor}"), &why);
                continue;
            }
        };
        let (plain, stripped) = expanding(&toolchain, &witness);
        let asked = addresses(&plain, 20_000);
        let binary = opened(&stripped);
        let inside =
            |address: &u64| binary.at(*address).frames().iter().all(|f| f.position.is_some());
        let asked: Vec<u64> = asked.into_iter().filter(inside).collect();
        let text: String = asked.iter().map(|address| format!("{address:x}\n")).collect();
        let told = fed(&mut Command::new(&plain), &text);
        assert_eq!(told.lines().count(), asked.len());
        let (mut inlined, mut wrappers) = (0, 0);
        for (address, theirs) in asked.iter().zip(told.lines()) {
            let theirs: Vec<&str> = theirs.split('\t').skip(1).collect();
            let ours: Vec<(String, bool)> = frames(&binary, *address);
            let is_same = |frames: &[&String]| {
                frames.len() == theirs.len()
                    && frames.iter().zip(&theirs).all(|(ours, theirs)| {
                        // The name at offset 0 is blank for the runtime.
                        *ours == theirs || theirs.starts_with(' ') && ours.ends_with(theirs)
                    })
            };
            inlined += usize::from(ours.len() > 1);
            let all: Vec<&String> = ours.iter().map(|(frame, _)| frame).collect();
            if is_same(&all) {
                continue;
            }
            let real = ours.iter().filter(|(_, wrapper)| !wrapper);
            let real: Vec<&String> = real.map(|(frame, _)| frame).collect();
            assert!(is_same(&real), "1.{minor} {address:x}: {ours:?}, not {theirs:?}");
            wrappers += 1;
        }
        let seen = asked.len();
        assert!(seen > 15_000 && inlined > 2_000, "1.{minor}: {inlined} of {seen}");
        assert!(wrappers * 10 < inlined, "1.{minor}: {wrappers} of {inlined}");
    }
}

/// Each frame as the program prints it, and whether it is one that the runtime leaves out above an inlined body.
fn frames(binary: &Binary, address: u64) -> Vec<(String, bool)> {
    let frames = binary.at(address).frames();
    let shown = frames.iter().map(|frame| {
        let position = frame.position.expect("a place");
        let (name, file) = (printed(frame.function), printable(position.file));
        let marks = ["-fm", ".deferwrap", ".gowrap"];
        let wrapper = file == "<autogenerated>" || marks.iter().any(|mark| name.contains(mark));
        // Other wrappers have a line: methods of instances, and what the runtime counts as wrappers (reflect.callReflect,
        // runtime.deferreturn; cmd/internal/objabi/funcid.go, go1.21). They are the functions that hold the code.
        let wrapper = wrapper || frame.outermost;
        (format!("{name} {file}:{}", position.line), wrapper)
    });
    shown.collect()
}
