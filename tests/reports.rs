//! One snapshot per format and command over shared fixtures, and the exit codes of the interface.

mod common;

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

/// A claim of each verdict that `spine` can show.
const CLAIMS: &[&str] = &[
    "main.called=example.com/spine/lib.called",
    "example.com/spine/wrap.sum=example.com/spine/lib.summed",
    "example.com/spine/impl.provide=example.com/spine/lib.hook",
    "main.spaced=example.com/spine/lib.spacedTarget",
    "main.hidden=example.com/spine/lib.hidden",
    "main.exported=example.com/spine/lib.Exported",
    "func:main.misspelt=rumtime.nanotime",
    "example.com/spine/wrap.idle=example.com/spine/lib.called",
    "var:main.counter=example.com/spine/lib.counter",
];

/// Runs gonym beside the fixture, so that reports call it by its id.
fn beside(id: &str, arguments: &[&str]) -> Output {
    let fixture = common::fixture_named(id);
    let folder = fixture.path.parent().expect("a folder");
    common::gonym_in(folder, arguments)
}

fn check(id: &str, more: &[&str]) -> Output {
    let pairs = CLAIMS.iter().flat_map(|claim| ["--pair", claim]);
    let arguments: Vec<&str> =
        ["check", id].into_iter().chain(pairs).chain(more.iter().copied()).collect();
    beside(id, &arguments)
}

fn text(output: &Output) -> String {
    let version = concat!("\"version\": \"", env!("CARGO_PKG_VERSION"), "\"");
    String::from_utf8(output.stdout.clone())
        .expect("UTF-8")
        .replace(version, "\"version\": \"VERSION\"")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("a JSON document")
}

#[test]
fn text_of_check() {
    insta::assert_snapshot!("check_text", text(&check("spine-go1.27-linux-amd64", &[])));
}

#[test]
fn text_of_check_stripped_and_verbose() {
    let output = check("spine-go1.27-windows-amd64-stripped", &["-v", "--forbid", "os/exec.*"]);
    insta::assert_snapshot!("check_text_stripped", text(&output));
}

#[test]
fn json_of_check() {
    let output = check("spine-go1.27-linux-arm64", &["--format=json", "--require=main.main"]);
    insta::assert_snapshot!("check_json", text(&output));
}

/// Runs gonym in the sources of a program, where it finds no Go that it could look for on PATH, at home or in a cache.
fn in_program(program: &str, arguments: &[&str]) -> Output {
    let folder = common::testdata().join("programs").join(program);
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.args(arguments).current_dir(folder).env_clear().env("PATH", "/nowhere");
    command.env("HOME", "/nowhere").output().expect("gonym runs")
}

/// A Go that is installed where Go is usually installed is told and decides nothing here.
fn without_go_at_hand(text: &str) -> String {
    let of_machine = |line: &&str| {
        let line = line.trim_start();
        !["Go's symbols as ", "\"goroot\": ", "\"version\": \"go", "\"source\": \""]
            .iter()
            .any(|begin| line.starts_with(begin))
    };
    text.split_inclusive('\n').filter(of_machine).collect()
}

/// Directives of the sources that a fixture was built from: no Go is needed to judge them.
#[test]
fn text_and_json_of_check_from_source() {
    let id = "cgo-go1.27-linux-amd64-external";
    let path = common::fixture_named(id).path;
    let path = path.to_str().expect("UTF-8");
    // Whatever Go is installed: this one is of another version, and is told.
    let goroot = common::scratch("no-goroot");
    fs::create_dir_all(goroot.join("src/runtime")).expect("a folder");
    fs::write(goroot.join("VERSION"), "go1.20\n").expect("a file");
    let std = format!("--source=std={}", goroot.display());
    for (name, format) in [("check_source_text", "text"), ("check_source_json", "json")] {
        let output = in_program("cgo", &["check", "--own", &std, "--format", format, path]);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        insta::assert_snapshot!(name, text(&output).replace(path, id));
    }
}

#[test]
fn text_and_json_of_scan() {
    let build = ["--go-version=1.27", "--goos=linux", "--goarch=amd64"];
    for (name, format) in [("scan_text", "text"), ("scan_json", "json")] {
        let arguments = [&["scan", "--format", format][..], &build].concat();
        let output = in_program("owed", &arguments);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        insta::assert_snapshot!(name, without_go_at_hand(&text(&output)));
    }
}

#[test]
fn text_and_json_of_aliases() {
    let id = "nano-go1.27-linux-amd64-alias";
    insta::assert_snapshot!("aliases_text", text(&beside(id, &["aliases", "--all", id])));
    insta::assert_snapshot!("aliases_json", text(&beside(id, &["aliases", "--format=json", id])));
}

/// An inlined body, a method that the linker named otherwise, padding, data, junk.
#[test]
fn text_and_json_of_addr() {
    let id = "nano-go1.27-linux-amd64-alias";
    let asked = ["0x4782c8", "47db4e", "47db3f", "0x52a000", "1", "main.go:3"];
    let run = |options: &[&str]| text(&beside(id, &[&["addr", id][..], &asked, options].concat()));
    insta::assert_snapshot!("addr_text", run(&[]));
    insta::assert_snapshot!("addr_gnu", run(&["-afip"]));
    insta::assert_snapshot!("addr_json", run(&["--format=json"]));
}

#[test]
fn text_and_json_of_why() {
    let id = "spine-go1.27-linux-amd64-stripped";
    let run = |asked: &[&str]| beside(id, &[&["why", id][..], asked].concat());
    for (name, asked) in [
        ("why_text", "example.com/spine/lib.hidden"),
        ("why_method", "runtime.(*TypeAssertionError).Error"),
        ("why_package", "pkg:example.com/spine/lib"),
        ("why_initialiser", "runtime.forcegchelper"),
    ] {
        let output = run(&[asked]);
        assert_eq!(output.status.code(), Some(0), "{asked}");
        insta::assert_snapshot!(name, text(&output));
    }
    insta::assert_snapshot!("why_json", text(&run(&["main.sorts", "--format=json"])));
    let missing = run(&["main.nothing"]);
    assert_eq!(missing.status.code(), Some(3));
    insta::assert_snapshot!("why_missing", text(&missing));
    let forbidden = beside(id, &["check", id, "--forbid", "pkg:example.com/spine/lib"]);
    assert_eq!(forbidden.status.code(), Some(1));
    insta::assert_snapshot!("why_forbidden", text(&forbidden));
}

/// A pull, a variable, the middle of a function, and names that are not there.
#[test]
fn text_and_json_of_explain() {
    let id = "nano-go1.27-linux-amd64";
    let run = |asked: &[&str]| beside(id, &[&["explain", id][..], asked].concat());
    for (name, asked) in [
        ("explain_text", "runtime.nanotime"),
        ("explain_variable", "runtime.gomaxprocs"),
        ("explain_address", "0x47db50"),
        ("explain_several", "runtime.nano*"),
    ] {
        let output = run(&[asked]);
        assert_eq!(output.status.code(), Some(0), "{asked}");
        insta::assert_snapshot!(name, text(&output));
    }
    insta::assert_snapshot!("explain_json", text(&run(&["main.main", "--format=json"])));
    let missing = run(&["runtime.nanotme"]);
    assert_eq!(missing.status.code(), Some(3));
    insta::assert_snapshot!("explain_missing", text(&missing));
}

/// With and without symbols the answer is the same but for addresses of names.
#[test]
fn text_and_json_of_discover() {
    let id = "spine-go1.27-linux-amd64-stripped";
    insta::assert_snapshot!("discover_text", text(&beside(id, &["discover", id])));
    let modules = ["discover", "--by-module", "--std", "-v", id];
    insta::assert_snapshot!("discover_modules", text(&beside(id, &modules)));
    let id = "nano-go1.27-linux-amd64-stripped";
    insta::assert_snapshot!("discover_json", text(&beside(id, &["discover", "--format=json", id])));
    let judged = beside(id, &["check", "--discovered", id]);
    assert_eq!(judged.status.code(), Some(0));
    insta::assert_snapshot!("check_discovered", text(&judged));
}

/// What was taken from a file costs something; a file of a system's linker needs libraries.
#[test]
fn text_and_json_of_info() {
    for (name, id, more) in [
        ("info_text", "spine-go1.27-linux-amd64-stripped", &["--linknames"][..]),
        ("info_external", "cgo-go1.27-linux-amd64-external", &["-v", "--sha256"]),
        ("info_json", "nano-go1.27-linux-amd64-stripped", &["--format=json", "--linknames"]),
    ] {
        let output = beside(id, &[&["info", id][..], more].concat());
        assert_eq!(output.status.code(), Some(0), "{id}");
        insta::assert_snapshot!(name, text(&output));
    }
}

/// An upgrade of Go, and a name that objcopy added.
#[test]
fn text_and_json_of_diff() {
    let [old, new] = ["spine-go1.22-linux-amd64", "spine-go1.27-linux-amd64"];
    let run = |old: &str, new: &str, more: &[&str]| {
        common::fixture_named(old);
        beside(new, &[&["diff", old, new][..], more].concat())
    };
    let pair = "--pair=main.called=example.com/spine/lib.called";
    let output = run(old, new, &[pair, "--fail-on=go"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!("diff_text", text(&output));
    let [old, new] = ["nano-go1.27-linux-amd64", "nano-go1.27-linux-amd64-alias"];
    insta::assert_snapshot!("diff_json", text(&run(old, new, &["--format=json"])));
    insta::assert_snapshot!("diff_stripped", text(&run(old, &format!("{old}-stripped"), &[])));
}

/// One snapshot of every code: whoever adds one sees it here, and whoever changes one breaks somebody's script.
#[test]
fn every_code_is_explained() {
    insta::assert_snapshot!("rule", text(&common::gonym(["rule"])));
    let all = json(&common::gonym(["rule", "--format", "json"]));
    let codes = all["codes"].as_array().expect("codes");
    for entry in codes {
        let code = entry["code"].as_str().expect("a word");
        let page = text(&common::gonym(["rule", code]));
        assert!(page.starts_with(&format!("{code} (")), "{page}");
        for told in ["title", "help", "reference"] {
            assert!(page.contains(entry[told].as_str().unwrap_or_default()), "{code}: {told}");
        }
    }
    insta::assert_snapshot!("rule_of_one", text(&common::gonym(["rule", "detached"])));
    let unknown = common::gonym(["rule", "no-such"]);
    assert_eq!((unknown.status.code(), &unknown.stdout[..]), (Some(2), &[][..]));
}

#[test]
fn help_of_every_command() {
    for (name, arguments) in [
        ("help", vec!["--help"]),
        ("help_check", vec!["check", "--help"]),
        ("help_aliases", vec!["aliases", "--help"]),
        ("help_discover", vec!["discover", "--help"]),
        ("help_scan", vec!["scan", "--help"]),
        ("help_rule", vec!["rule", "--help"]),
        ("help_explain", vec!["explain", "--help"]),
        ("help_why", vec!["why", "--help"]),
        ("help_addr", vec!["addr", "--help"]),
        ("help_info", vec!["info", "--help"]),
        ("help_diff", vec!["diff", "--help"]),
    ] {
        insta::assert_snapshot!(name, text(&common::gonym(arguments)));
    }
    let nm = common::gonym(["nm", "-h"]);
    assert_eq!(nm.status.code(), Some(2), "Go's help exits 2");
    insta::assert_snapshot!("help_nm", String::from_utf8_lossy(&nm.stderr));
    // Row "`gonym nm --help`": whoever asks for help by gonym's own words gets it, and no error.
    for asked in [["nm", "--help"], ["help", "nm"]] {
        let help = common::gonym(asked);
        assert_eq!((help.status.code(), &help.stdout), (Some(0), &nm.stderr), "{asked:?}");
        assert!(help.stderr.is_empty());
    }
    for command in
        ["check", "discover", "scan", "aliases", "explain", "why", "addr", "info", "diff", "nm"]
    {
        assert!(text(&common::gonym([command, "--help"])).contains("Exit codes, "), "{command}");
        assert!(text(&common::gonym(["help", command])).contains("Exit codes, "), "{command}");
    }
}

/// Row "`scan ./...`, (os error 2), wanted a folder that is there": messages say what to do, in plain words.
#[test]
fn fault_g_messages_say_what_to_type() {
    for (arguments, code, wanted) in [
        (vec!["scan", "./..."], 2, "scan takes a folder, and reads what is below it: gonym scan ."),
        (vec!["scan", "..."], 2, "gonym scan ."),
        (vec!["scan", "cmd/..."], 2, "gonym scan cmd"),
        (vec!["scan", "no-such-folder"], 3, "gonym: no-such-folder: No such file or directory\n"),
        (vec!["scan", "Cargo.toml"], 3, "Cargo.toml: not a folder"),
        (
            vec!["check", "no-such-file", "--require=x"],
            3,
            "gonym: no-such-file: No such file or directory\n",
        ),
        (
            vec!["check", "x", "--source=no-such-folder"],
            2,
            "--source no-such-folder: No such file or directory\n",
        ),
        (vec!["check", "x", "--pair=func:main.*=runtime.*"], 2, "a pair has no wildcards"),
        (vec!["check", "x", "--pair=main.nano=runtime.nano?ime"], 2, "a pair has no wildcards"),
    ] {
        let output = common::gonym(arguments.iter());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        assert!(told.contains(wanted) && !told.contains("os error"), "{arguments:?}: {told}");
    }
}

/// Row "a cut Go file": what is there of it says who made it.
#[test]
fn fault_g_a_cut_file_is_still_gos() {
    let folder = common::scratch("cut-made-by");
    for id in ["nano-go1.27-linux-amd64", "spine-go1.27-darwin-arm64", "spine-go1.27-windows-amd64"]
    {
        let whole = fs::read(&common::fixture_named(id).path).expect("a fixture");
        for kept in [whole.len() / 8, whole.len() / 3] {
            let path = folder.join(id);
            fs::write(&path, &whole[..kept]).expect("a cut file");
            let output =
                common::gonym(["check".as_ref(), path.as_os_str(), "--require=main.main".as_ref()]);
            let shown = text(&output);
            assert_eq!(output.status.code(), Some(3), "{id} {kept}");
            assert!(!shown.contains("not made by Go"), "{id} {kept}: {shown}");
        }
    }
}

#[test]
fn a_slice_of_a_fat_file_is_a_binary_of_its_own() {
    let id = "nano-go1.27-darwin-fat";
    let output =
        beside(id, &["check", id, "--format=json", "--pair=main.runtimeNano=runtime.nanotime"]);
    let report = json(&output);
    let slices: Vec<(&str, &str)> = report["binaries"]
        .as_array()
        .expect("binaries")
        .iter()
        .map(|b| {
            (
                b["slice"].as_str().unwrap_or("none"),
                b["claims"][0]["verdict"].as_str().unwrap_or("none"),
            )
        })
        .collect();
    assert_eq!(slices, [("amd64", "in-effect"), ("arm64", "in-effect")]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(report["summary"]["in-effect"], 2);
}

/// What contract.md promises of each exit code, in both formats.
#[test]
fn exit_codes_do_not_depend_on_the_format() {
    let id = "nano-go1.27-linux-amd64";
    let stripped = "nano-go1.27-linux-amd64-stripped";
    let holds = "--pair=main.runtimeNano=runtime.nanotime";
    let unused = "--pair=func:main.x=runtime.nowhere";
    let unproven = "--pair=nobody.x=runtime.nanotime";
    let cases: &[(&[&str], u8)] = &[
        (&[id, holds], 0),
        (&[id, unused], 1),
        (&[id, unused, "--allow-unused"], 0),
        (&[id, unproven], 1),
        (&[id, unproven, "--allow-unproven"], 0),
        (&[id, unproven, "--allow-unused"], 1),
        (&[id, "--require=main.main", "--forbid=net/http.*"], 0),
        (&[id, "--forbid=main.main"], 1),
        (&[id, "--require=net/http.Get"], 1),
        (&[stripped, "--forbid=net/http.*"], 1),
        (&[id], 3),
        (&["no-such-file", holds], 3),
        (&[id, "no-such-file", holds], 3),
        (&[id, "no-such-file", unused], 1),
        (&[id, "--pair=nonsense"], 2),
        (&[id, "--no-such-flag"], 2),
    ];
    for (arguments, wanted) in cases {
        for format in ["--format=text", "--format=json"] {
            let arguments: Vec<&str> =
                ["check", format].iter().chain(*arguments).copied().collect();
            let output = beside(id, &arguments);
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some((*wanted).into()), "{arguments:?}: {told}");
            if format.ends_with("json") && *wanted != 2 {
                let report = json(&output);
                let result =
                    ["holds", "fails", "", "incomplete"].get(usize::from(*wanted)).copied();
                assert_eq!(report["result"].as_str(), result, "{arguments:?}");
                let findings = report["findings"].as_array().expect("findings");
                let denied = findings.iter().any(|finding| finding["level"] == "deny");
                assert_eq!(denied, *wanted == 1, "{arguments:?}: {findings:?}");
            }
            assert_eq!(
                told.is_empty(),
                *wanted < 2 && !arguments.contains(&"no-such-file"),
                "{arguments:?}: {told}"
            );
        }
    }
}

#[test]
fn the_thread_count_never_shows() {
    let ids =
        ["spine-go1.27-linux-amd64", "spine-go1.22-linux-amd64-pie", "nano-go1.27-darwin-fat"];
    let run = |jobs: &str| {
        let pairs = CLAIMS.iter().flat_map(|claim| ["--pair", claim]);
        let arguments: Vec<&str> =
            ["check", "--format=json", jobs].into_iter().chain(ids).chain(pairs).collect();
        ids.iter().for_each(|id| assert!(common::fixture_named(id).path.exists()));
        text(&beside(ids[0], &arguments))
    };
    let one = run("--jobs=1");
    assert!(one.len() > 1000);
    assert_eq!(one, run("--jobs=8"));
}

/// `--source` is not advised to somebody who gave it: what is there is told, and what is wanted.
#[test]
fn a_source_of_another_module_is_told_as_such() {
    let id = "nano-go1.27-linux-amd64";
    let folder = common::scratch("another-module").canonicalize().expect("a folder");
    fs::write(folder.join("go.mod"), "module example.com/other\n").expect("a file");
    let shown = folder.display();
    for (source, detail) in [
        (format!("{shown}"), format!("the go.mod in {shown} is that of example.com/other; ")),
        (format!("example.com/other={shown}"), "source-not-in-build: ".to_owned()),
    ] {
        let output = beside(id, &["check", id, "--source", &source]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{told}");
        assert!(told.contains(&detail), "{told}");
        assert!(told.contains("--source has to name the folder of example.com/nano"), "{told}");
        assert!(!told.contains("give --source"), "{told}");
    }
}

#[test]
fn reports_go_to_files_without_colour() {
    let folder = common::scratch("outputs");
    let id = "nano-go1.27-linux-amd64";
    let (json_path, text_path) = (folder.join("report.json"), folder.join("report.txt"));
    let output = beside(
        id,
        &[
            "check",
            id,
            "--pair=main.runtimeNano=runtime.nanotime",
            "--color=always",
            &format!("--output=json={}", json_path.display()),
            &format!("--output=text={}", text_path.display()),
        ],
    );
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains("\u{1b}["), "colour was asked for");
    let written = fs::read_to_string(text_path).expect("a text report");
    assert!(written.contains("in-effect") && !written.contains('\u{1b}'));
    let written: Value =
        serde_json::from_slice(&fs::read(json_path).expect("a report")).expect("JSON");
    assert_eq!(written["binaries"][0]["claims"][0]["reason"], "referenced");
    for command in [&["check", id, "--require=main.main"][..], &["aliases", id], &["rule"]] {
        let twice = ["--output=json=twice.json", "--output=text=twice.json"];
        let refused = beside(id, &[command, &twice].concat());
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(2), "{told}");
        assert_eq!(told, "gonym: --output twice.json is given twice\n");
    }
    let (new, name) = (folder.join("new.json"), folder.file_name().expect("a name"));
    let roundabout = folder.join("..").join(name).join("new.json");
    let outputs = [("json", &new), ("text", &roundabout)]
        .map(|(format, path)| format!("--output={format}={}", path.display()));
    let refused = beside(id, &["rule", &outputs[0], &outputs[1]]);
    assert_eq!(refused.status.code(), Some(2), "one file by two names that is not there yet");
    assert!(!new.exists());
    let quiet = beside(id, &["check", id, "-q", "--pair=main.runtimeNano=runtime.nanotime"]);
    assert!(quiet.stdout.is_empty() && quiet.status.code() == Some(0));
}

/// A hard link has a path of its own, and the bytes of the input.
#[cfg(unix)]
#[test]
fn an_input_is_not_overwritten_by_another_name() {
    let folder = common::scratch("hard-link");
    let (input, link) = (folder.join("input"), folder.join("link"));
    fs::copy(common::fixture_named("nano-go1.27-linux-amd64").path, &input).expect("a copy");
    if link.exists() {
        fs::remove_file(&link).expect("removed");
    }
    fs::hard_link(&input, &link).expect("a hard link");
    let before = fs::read(&input).expect("a program");
    let output = format!("--output=json={}", link.display());
    let refused = common::gonym(["aliases", &input.display().to_string(), &output]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(fs::read(&input).expect("a program") == before);
}

/// Runs `gonym LINE` in a shell beside the fixture `id`; `$P` is the program's own exit code.
#[cfg(unix)]
fn in_shell(id: &str, line: &str) -> Output {
    let program = env!("CARGO_BIN_EXE_gonym");
    let folder = common::fixture_named(id).path.parent().expect("a folder").to_owned();
    let line = format!("\"{program}\" {line}");
    let mut shell = std::process::Command::new("bash");
    shell.args(["-c", &line]).current_dir(folder).output().expect("a shell")
}

/// Row "`check … | head`": the code is that of the judgement, whoever stops reading, in every command.
#[test]
#[cfg(unix)]
fn fault_g_a_reader_that_leaves_changes_no_exit_code() {
    let id = "nano-go1.27-linux-amd64";
    common::fixture_named("spine-go1.27-linux-amd64");
    let left = "| true; exit ${PIPESTATUS[0]}";
    for (line, wanted) in [
        ("check {} --pair main.runtimeNano=runtime.nanotime", 0),
        ("check {} --forbid main.main", 1),
        ("check {} --forbid main.main --format json -v", 1),
        ("check {} no-such-file --require main.main", 3),
        ("aliases {} no-such-file", 3),
        ("scan --goos nowhere", 2),
        ("nm {}", 0),
    ] {
        let line = format!("{} {left}", line.replace("{}", id));
        assert_eq!(in_shell(id, &line).status.code(), Some(wanted), "{line}");
    }
}

/// Row "`--output` to a place that cannot be written": 3 when nothing else failed, and all else is written.
#[test]
#[cfg(unix)]
fn fault_g_an_output_that_cannot_be_written_loses_nothing_else() {
    let id = "nano-go1.27-linux-amd64";
    let folder = common::scratch("unwritable");
    let kept = folder.join("kept.json");
    let outputs = format!("--output json=no/such/place --output json={}", kept.display());
    for (rule, wanted) in [("--require main.main", 3), ("--forbid main.main", 1)] {
        _ = fs::remove_file(&kept);
        let output = in_shell(id, &format!("check {id} {rule} {outputs}"));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(wanted), "{rule}: {told}");
        assert_eq!(
            told,
            "gonym: cannot write the report to no/such/place: No such file or directory\n"
        );
        assert!(text(&output).contains("1 rule: 1 "), "standard output is written all the same");
        assert!(kept.exists(), "and so is the other file");
    }
    // A folder in the file's place, and another command.
    let output = in_shell(id, &format!("aliases {id} --output text=/"));
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output).contains("No two names") && !output.stderr.is_empty());
    // The disk is full, and nobody reads.
    if std::path::Path::new("/dev/full").exists() {
        let line = format!(
            "check {id} --forbid main.main --output json=/dev/full | true; exit ${{PIPESTATUS[0]}}"
        );
        assert_eq!(in_shell(id, &line).status.code(), Some(1));
    }
}

/// A closed pipe is success, a full disk is not.
#[test]
#[cfg(target_os = "linux")]
fn a_write_that_fails_is_told() {
    let id = "nano-go1.27-linux-amd64";
    let program = env!("CARGO_BIN_EXE_gonym");
    let path = common::fixture_named(id).path;
    for command in ["check --pair main.runtimeNano=runtime.nanotime", "aliases", "nm"] {
        let run = |redirect: &str| {
            let line = format!("\"{program}\" {command} \"{}\" {redirect}", path.display());
            let shell = std::process::Command::new("bash").args(["-c", &line]).output();
            shell.expect("a shell").status.code()
        };
        assert_eq!(run("> /dev/full 2>/dev/null"), Some(1), "{command}");
        assert_eq!(run("| true; exit ${PIPESTATUS[0]}"), Some(0), "{command}");
    }
}
