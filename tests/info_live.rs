//! `gonym info` on programs that were built for each fact, against `go version -m`, `go tool buildid`, readelf and
//! sha256sum.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use common::go::{self, Toolchain};

const MAIN: &str =
    "package main\n\nimport \"example.com/lib\"\n\nfunc main() { println(lib.F()) }\n";

/// A program of its own module, of a module that is replaced by a folder, and one without any import.
fn sources() -> PathBuf {
    let folder = common::scratch("info-live").join(format!("src-{}", std::process::id()));
    _ = fs::remove_dir_all(&folder);
    for (name, text) in [
        (
            "app/go.mod",
            "module example.com/app\n\ngo 1.18\n\nrequire example.com/lib v1.2.3\n\nreplace example.com/lib => ../lib\n",
        ),
        ("app/main.go", MAIN),
        ("lib/go.mod", "module example.com/lib\n\ngo 1.18\n"),
        ("lib/lib.go", "package lib\n\nfunc F() int { return 1 }\n"),
        ("gone/go.mod", "module example.com/gone\n\ngo 1.18\n"),
        (
            "gone/main.go",
            "package main\n\nimport \"C\"\nimport _ \"unsafe\"\n\n//go:linkname gone rumtime.nanotime\nfunc gone() int64\n\n//export Ask\nfunc Ask() int64 { return gone() }\n\nfunc main() {}\n",
        ),
        ("gone/empty.s", ""),
    ] {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a source");
    }
    _ = fs::remove_file(folder.join("gone/empty.s"));
    folder
}

/// How a program is built, and what is then so.
struct Build {
    name: &'static str,
    minor: u16,
    program: &'static str,
    environment: &'static [(&'static str, &'static str)],
    flags: &'static [&'static str],
    /// JSON pointers within the binary, and their values.
    facts: &'static [(&'static str, &'static str)],
    missing: &'static [&'static str],
}

const C: &[(&str, &str)] = &[("CGO_ENABLED", "1")];
const PLAIN: Build = Build {
    name: "plain",
    minor: 27,
    program: "app",
    environment: &[("CGO_ENABLED", "0")],
    flags: &[],
    facts: &[
        ("/switches/race", "off"),
        ("/switches/cover", "off"),
        ("/switches/msan", "off"),
        ("/switches/asan", "off"),
        ("/switches/checklinkname0", "off"),
        ("/kind", "executable"),
        ("/linkMode", "internal"),
    ],
    missing: &[],
};

/// The flags and variables are the truth. Which versions record `-cover` was measured; in 1.22 the code alone shows it.
const BUILDS: &[Build] = &[
    PLAIN,
    Build { name: "plain-22", minor: 22, ..PLAIN },
    Build {
        name: "race",
        environment: C,
        flags: &["-race"],
        facts: &[("/switches/race", "on"), ("/switches/cover", "off"), ("/switches/asan", "off")],
        ..PLAIN
    },
    Build {
        name: "cover-22",
        minor: 22,
        flags: &["-cover"],
        facts: &[("/switches/cover", "on"), ("/switches/race", "off")],
        ..PLAIN
    },
    Build { name: "cover-27", flags: &["-cover"], facts: &[("/switches/cover", "on")], ..PLAIN },
    Build {
        name: "asan",
        environment: C,
        flags: &["-asan"],
        facts: &[("/switches/asan", "on"), ("/switches/race", "off"), ("/linkMode", "external")],
        ..PLAIN
    },
    Build {
        name: "fips",
        environment: &[("CGO_ENABLED", "0"), ("GOFIPS140", "latest")],
        facts: &[("/switches/fips140", "latest"), ("/switches/fips140Mode", "on")],
        ..PLAIN
    },
    Build {
        name: "experiment",
        environment: &[("CGO_ENABLED", "0"), ("GOEXPERIMENT", "arenas")],
        facts: &[("/switches/experiments/0", "arenas")],
        ..PLAIN
    },
    Build {
        name: "experiment-22",
        minor: 22,
        environment: &[("CGO_ENABLED", "0"), ("GOEXPERIMENT", "arenas")],
        facts: &[("/switches/experiments/0", "arenas")],
        ..PLAIN
    },
    Build {
        name: "unchecked",
        flags: &["-ldflags=-checklinkname=0 -w"],
        facts: &[("/switches/checklinkname0", "on")],
        missing: &["dwarf"],
        ..PLAIN
    },
    Build {
        name: "trimmed",
        flags: &["-trimpath", "-ldflags=-checklinkname=0 -s -w"],
        facts: &[("/switches/checklinkname0", "unknown"), ("/switches/race", "off")],
        missing: &["symbols", "dwarf", "linker-flags"],
        ..PLAIN
    },
    Build {
        name: "external",
        environment: C,
        flags: &["-ldflags=-linkmode=external"],
        facts: &[("/linkMode", "external"), ("/libraries/0", "libc.so.6")],
        ..PLAIN
    },
    Build {
        name: "pie",
        flags: &["-buildmode=pie"],
        facts: &[("/kind", "position-independent")],
        ..PLAIN
    },
    Build {
        name: "gone.a",
        program: "gone",
        environment: C,
        flags: &["-buildmode=c-archive"],
        facts: &[("/undefinedGo/0", "rumtime.nanotime"), ("/kind", "object")],
        ..PLAIN
    },
    Build {
        name: "gone-unresolved",
        program: "gone",
        environment: C,
        flags: &["-ldflags=-linkmode=external -extldflags=-Wl,--unresolved-symbols=ignore-all"],
        facts: &[("/switches/ignoresUndefined", "on"), ("/linkMode", "external")],
        ..PLAIN
    },
];

fn built(build: &Build, sources: &Path, toolchain: &Toolchain, witness: &Toolchain) -> PathBuf {
    let file = sources.join(build.name);
    let mut command = toolchain.command(&sources.join(build.program));
    command.envs(build.environment.iter().copied()).arg("build").args(build.flags);
    let output = command.arg("-o").arg(&file).arg(".").output().expect("go runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", build.name);
    // A version with an experiment is written `go1.27.4-X:arenas`.
    let experiment = build.environment.iter().any(|(name, _)| *name == "GOEXPERIMENT");
    if !build.name.ends_with(".a") && !experiment {
        toolchain.wrote(&file, witness);
    }
    file
}

fn info(file: &Path) -> Value {
    let arguments = ["info", "--sha256", "--format=json"].map(AsRef::as_ref);
    let output = common::gonym(arguments.into_iter().chain([file.as_os_str()]));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("a document");
    report["binaries"][0].clone()
}

fn said_by(program: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(program).env("LC_ALL", "C").args(arguments).arg(file).output();
    String::from_utf8_lossy(&output.expect(program).stdout).into_owned()
}

/// Settings and modules, line by line as `go version -m` has them.
fn recorded(binary: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().expect("text").to_owned();
    let mut lines = vec![format!("path {}", word(&binary["mainPath"]))];
    let mut module = |kind: &str, module: &Value| {
        lines.push(format!("{kind} {} {}", word(&module["path"]), word(&module["version"])));
        if let Some(replace) = module["replace"].as_object() {
            lines.push(format!("=> {} {}", word(&replace["path"]), word(&replace["version"])));
        }
    };
    module("mod", &binary["module"]);
    binary["modules"].as_array().expect("modules").iter().for_each(|dep| module("dep", dep));
    for setting in binary["settings"].as_array().expect("settings") {
        lines.push(format!("build {}={}", word(&setting["key"]), word(&setting["value"])));
    }
    lines
}

/// Its lines without the sums, and without the quotes around values with blanks.
fn version_m(witness: &Toolchain, file: &Path) -> Vec<String> {
    let text =
        witness.output(Path::new("/"), ["version".as_ref(), "-m".as_ref(), file.as_os_str()]);
    let line = |line: &str| {
        let fields: Vec<&str> = line.trim_start_matches('\t').split('\t').collect();
        match *fields {
            ["build", setting] => format!("build {}", setting.replace('"', "")),
            [kind @ ("mod" | "dep" | "=>"), path, version, ..] => {
                format!("{kind} {path} {version}")
            }
            _ => fields.join(" "),
        }
    };
    text.lines().skip(1).map(line).filter(|line| !line.is_empty()).collect()
}

#[test]
fn every_fact_is_what_the_program_was_built_with() {
    let what = "info of built programs";
    let toolchains: Result<Vec<Toolchain>, String> =
        [22, 27].into_iter().map(go::toolchain).collect();
    let toolchains = match toolchains {
        Ok(toolchains) => toolchains,
        Err(why) => return go::skip(what, &why),
    };
    let witness = &toolchains[1];
    assert_eq!(witness.minor, go::WITNESS);
    let sources = sources();
    for build in BUILDS {
        let toolchain = toolchains.iter().find(|go| go.minor == build.minor).expect("a toolchain");
        let file = built(build, &sources, toolchain, witness);
        let binary = info(&file);
        for (pointer, wanted) in build.facts {
            let found = binary.pointer(pointer).and_then(Value::as_str);
            assert_eq!(found, Some(*wanted), "{}: {pointer}", build.name);
        }
        let missing = binary["missing"].as_array().expect("a list").iter();
        let missing: Vec<&str> = missing.filter_map(|entry| entry["part"].as_str()).collect();
        assert_eq!(missing, build.missing, "{}", build.name);
        let sum = said_by("sha256sum", &[], &file);
        assert_eq!(binary["sha256"].as_str(), sum.split(' ').next(), "{}", build.name);
        if build.name.ends_with(".a") {
            continue;
        }
        assert_eq!(recorded(&binary), version_m(witness, &file), "{}", build.name);
        let id =
            witness.output(Path::new("/"), ["tool".as_ref(), "buildid".as_ref(), file.as_os_str()]);
        assert_eq!(binary["buildIds"]["go"].as_str(), Some(id.trim_end()), "{}", build.name);
        let notes = said_by("readelf", &["-n"], &file);
        let gnu = notes.lines().find_map(|line| line.trim().strip_prefix("Build ID: "));
        assert_eq!(binary["buildIds"]["gnu"].as_str(), gnu, "{}", build.name);
        let needed = said_by("readelf", &["-d"], &file);
        let needed = needed.lines().filter(|line| line.contains("(NEEDED)"));
        let needed: Vec<&str> =
            needed.filter_map(|line| line.split_once('[')?.1.split(']').next()).collect();
        assert_eq!(binary["libraries"], Value::from(needed), "{}", build.name);
    }
}

/// GNU strip takes symbols and DWARF, and nothing else that info shows.
#[test]
fn a_stripped_copy_differs_in_what_was_taken() {
    let toolchain = match go::toolchain(27) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("info of a stripped program", &why),
    };
    let folder = common::scratch("info-live").join(format!("strip-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let sources = sources_of_one(&folder);
    let file =
        built(&Build { name: "whole", program: "app", ..PLAIN }, &sources, &toolchain, &toolchain);
    let stripped = folder.join("stripped");
    let status = Command::new("strip").arg("-o").arg(&stripped).arg(&file).status();
    assert!(status.is_ok_and(|status| status.success()), "strip");
    let (whole, stripped) = (info(&file), info(&stripped));
    let parts = |binary: &Value| -> Vec<String> {
        let parts = binary["missing"].as_array().expect("a list").iter();
        parts.map(|entry| entry["part"].as_str().expect("a word").to_owned()).collect()
    };
    assert_eq!(
        (parts(&whole), parts(&stripped)),
        (vec![], vec!["symbols".to_owned(), "dwarf".to_owned()])
    );
    for same in
        ["go", "mainPath", "module", "modules", "settings", "switches", "buildIds", "libraries"]
    {
        assert_eq!(whole[same], stripped[same], "{same}");
    }
}

fn sources_of_one(folder: &Path) -> PathBuf {
    let app = folder.join("app");
    fs::create_dir_all(&app).expect("a folder");
    fs::write(app.join("go.mod"), "module example.com/one\n\ngo 1.18\n").expect("a file");
    fs::write(app.join("main.go"), "package main\n\nfunc main() {}\n").expect("a file");
    folder.to_owned()
}
