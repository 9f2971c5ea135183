//! Does pprof, told to take gonym as its `addr2line`, name what the profiled program's own runtime names?
//!
//! `go tool pprof` reads binaries by itself and ignores `-tools` (cmd/pprof/pprof.go, objTool.SetConfig, go1.27). So
//! the pprof of Go's own vendor folder is built without that reader: it then asks tools, as github.com/google/pprof.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::go::{self, Order, Toolchain};

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &target);
        } else {
            // The module cache is read-only, and a copy would be.
            fs::write(&target, fs::read(entry.path()).expect("a file")).expect("a copy");
        }
    }
}

/// Builds pprof out of the sources that come with Go; no network is asked.
fn pprof(toolchain: &Toolchain, file: &Path) {
    let folder = common::scratch("addr-pprof-source");
    let vendored = toolchain.root.join("src/cmd/vendor/github.com");
    copied(&vendored.join("google/pprof"), &folder);
    copied(&vendored.join("ianlancetaylor/demangle"), &folder.join("demangle"));
    let module = "module github.com/google/pprof\n\ngo 1.24\n\n\
                  require github.com/ianlancetaylor/demangle v0.0.0\n\
                  replace github.com/ianlancetaylor/demangle => ./demangle\n";
    fs::write(folder.join("go.mod"), module).expect("a file");
    let module = "module github.com/ianlancetaylor/demangle\n\ngo 1.24\n";
    fs::write(folder.join("demangle/go.mod"), module).expect("a file");
    fs::create_dir_all(folder.join("tool")).expect("a folder");
    fs::write(folder.join("tool/main.go"), include_str!("addr/pprof.go")).expect("a file");
    let mut command = toolchain.command(&folder);
    command.env("GOPROXY", "off").env("CGO_ENABLED", "0").args(["build", "-o"]);
    done(command.arg(file).arg("./tool"));
}

fn done(command: &mut Command) -> Output {
    let output = command.output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}");
    output
}

#[test]
fn pprof_names_a_raw_profile_of_a_stripped_program() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("pprof -tools", &why),
    };
    let pprof_file = common::scratch("addr-pprof").join("pprof");
    pprof(&witness, &pprof_file);
    let tools = common::scratch("addr-pprof-tools");
    _ = fs::remove_file(tools.join("addr2line"));
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_gonym"), tools.join("addr2line"))
        .expect("a link");
    for (minor, mode) in [(27, "exe"), (27, "pie"), (22, "exe")] {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("pprof -tools of 1.{minor}"), &why);
                continue;
            }
        };
        let folder = common::scratch(&format!("addr-pprof-{minor}-{mode}"));
        fs::write(folder.join("main.go"), include_str!("addr/profiled.go")).expect("a file");
        let module = format!("module example.com/profiled\n\ngo 1.{minor}\n");
        fs::write(folder.join("go.mod"), module).expect("a file");
        let program = folder.join("profiled");
        let mode = format!("-buildmode={mode}");
        let arguments = vec!["build", &mode, "-ldflags=-s -w", "."];
        let platform = ("linux", if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" });
        toolchain.build(
            &Order { folder: &folder, platform, cgo: false, arguments },
            &witness,
            &program,
        );
        done(Command::new(&program).arg(&folder));
        let profile = |name: &str| folder.join(name);
        let (runtimes, raw, named) =
            (profile("symbolized.pb.gz"), profile("raw.pb.gz"), profile("named.pb.gz"));
        done(Command::new(&pprof_file).arg("raw").args([&runtimes, &raw]));
        let mut command = Command::new(&pprof_file);
        command.args(["-symbolize=local", "-proto", "-tools"]).arg(&tools).arg("-output");
        command.arg(&named).arg(&program).arg(&raw);
        // Neither llvm-symbolizer, which pprof would take first, nor nm, whose names it prefers.
        command.env("PATH", "/nowhere").env("PPROF_TMPDIR", &folder).env("HOME", &folder);
        done(&mut command);
        let told = |file: &Path| -> Vec<String> {
            let output = done(Command::new(&pprof_file).arg("told").arg(file));
            let text = String::from_utf8(output.stdout).expect("UTF-8");
            text.lines().map(without_wrappers).collect()
        };
        let (wanted, nothing, found) = (told(&runtimes), told(&raw), told(&named));
        assert!(wanted.len() > 100, "only {} addresses", wanted.len());
        assert!(nothing.iter().all(|line| !line.contains('\t')), "the profile was raw");
        let inlined = wanted.iter().filter(|line| line.matches('\t').count() > 1).count();
        assert!(inlined > 20, "only {inlined} with inlined bodies");
        assert_eq!(found, wanted, "1.{minor} {mode}");
    }
}

/// A line without the frames that the runtime leaves out of profiles: wrappers that the compiler made
/// (runtime/symtab.go, CallersFrames, go1.27). gonym shows them. Which of them a profile meets is up to chance.
fn without_wrappers(line: &str) -> String {
    let wrapper = |frame: &&str| {
        let name = frame.split(' ').next().unwrap_or_default();
        let last = name.rsplit('.').next().unwrap_or_default();
        last.starts_with("deferwrap") || last.starts_with("gowrap") || last.ends_with("-fm")
    };
    line.split('\t').filter(|frame| !wrapper(frame)).collect::<Vec<_>>().join("\t")
}
