//! Does `gonym scan` say a refusal exactly where Go's own tests of the linker's check expect one?
//!
//! The table and the programs are those of cmd/link's TestCheckLinkname and TestLinknameBSS, read out of the GOROOT
//! of each release at the time of the test, and nothing of them is kept. Each program is linked by that release too,
//! so that a table that this file misreads cannot pass.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::go::{self, Toolchain};

/// The releases whose linkers check.
const CHECKED: std::ops::RangeInclusive<u16> = 23..=27;

/// Where the programs say they are; here they are a module's.
const THEIRS: &str = "cmd/link/testdata/linkname";
const OURS: &str = "example.com/own";

#[test]
fn refusals_are_said_exactly_where_go_s_own_tests_expect_them_live_go_needed() {
    let mut wrong = Vec::new();
    let mut seen = Vec::new();
    for minor in CHECKED {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("Go's own linkname tests of 1.{minor}"), &why);
                continue;
            }
        };
        let cases = cases(&toolchain);
        assert!(cases.len() >= 10, "1.{minor}: only {} programs", cases.len());
        let refused = cases.iter().filter(|(_, links)| !links).count();
        assert!(refused >= 4, "1.{minor}: only {refused} refusals");
        for (program, links) in &cases {
            wrong.extend(judge(&toolchain, program, *links, "amd64"));
        }
        seen.push(format!("1.{minor}: {} programs, {refused} refused", cases.len()));
    }
    go::say(&seen.join("; "));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Where functions have no wrappers, Go lets a directive pull the runtime's assembly.
#[test]
fn ports_without_wrappers_are_asked_by_their_own_rule_live_go_needed() {
    let Ok(toolchain) = go::toolchain(27) else {
        return go::skip("Go's own linkname tests on 386", "no Go 1.27");
    };
    let wrong = judge(&toolchain, "systemstack.go", true, "386");
    assert!(wrong.is_none(), "{wrong:?}");
}

/// Each program of the table, and whether it links on linux/amd64.
fn cases(toolchain: &Toolchain) -> Vec<(String, bool)> {
    let path = toolchain.root.join("src/cmd/link/link_test.go");
    let text = fs::read_to_string(&path).expect("the linker's own tests");
    let body = text.split("func TestCheckLinkname(").nth(1).expect("TestCheckLinkname");
    let table = body.split("for _, test := range").next().expect("its table");
    let mut cases: Vec<(String, bool)> = table.lines().filter_map(case).collect();
    if text.contains("func TestLinknameBSS(") {
        cases.push(("sched.go".to_owned(), true));
    }
    cases
}

/// `{"coro.go", false},`
fn case(line: &str) -> Option<(String, bool)> {
    let (name, rest) = line.trim().strip_prefix("{\"")?.split_once("\", ")?;
    let links = match rest.trim_end_matches("},") {
        "true" => true,
        "false" | "!buildcfg.Experiment.RegabiWrappers" => false,
        other => panic!("an outcome that this test does not know: {other}"),
    };
    Some((name.to_owned(), links))
}

/// What is wrong with what `scan` or the linker says of a program.
fn judge(toolchain: &Toolchain, program: &str, links: bool, arch: &str) -> Option<String> {
    let folder = module(toolchain, program);
    let said = scan(toolchain, &folder, arch);
    let built = build(toolchain, &folder, arch);
    fs::remove_dir_all(&folder).expect("a scratch folder");
    // A link fails in other ways too: 1.27 stops at coro_var.go without a word of references, because a variable
    // stands for a function there.
    let refuses = built.as_ref().is_err_and(|text| text.contains("invalid reference to "));
    let refused = said.iter().any(|code| code == "refused-by-linker");
    let right = built.is_ok() == links && said.is_empty() == links && refused == refuses;
    (!right).then(|| {
        let minor = toolchain.minor;
        format!("go1.{minor} {arch} {program}: links {links}, built {built:?}, scan says {said:?}")
    })
}

/// A module of the program, and of the package that it imports.
fn module(toolchain: &Toolchain, program: &str) -> PathBuf {
    let from = toolchain.root.join("src").join(THEIRS);
    let name = format!("{}-{program}-{}", toolchain.minor, std::process::id());
    let folder = common::scratch("own-tests").join(name);
    let main = folder.join("main");
    match from.join(program).is_dir() {
        true => copy_all(&from.join(program), &main),
        false => copy(&from.join(program), &main),
    }
    copy_all(&from.join("p"), &folder.join("p"));
    let minor = toolchain.minor;
    fs::write(folder.join("go.mod"), format!("module {OURS}\n\ngo 1.{minor}\n")).expect("a file");
    folder
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        copy(&entry.expect("an entry").path(), to);
    }
}

fn copy(file: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a scratch folder");
    let text = fs::read_to_string(file).expect("a program").replace(THEIRS, OURS);
    fs::write(to.join(file.file_name().expect("a name")), text).expect("a scratch file");
}

/// The codes of everything that `scan` denies.
fn scan(toolchain: &Toolchain, folder: &Path, arch: &str) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.args(["scan", "--format=json", "--goos=linux"]).arg(format!("--goarch={arch}"));
    command.arg(format!("--go-version=1.{}", toolchain.minor));
    command.current_dir(folder.join("main")).env("GOROOT", &toolchain.root).env("CGO_ENABLED", "0");
    let output = command.output().expect("gonym runs");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a document");
    let rows = report["directives"].as_array().expect("directives").iter();
    let notes = rows.flat_map(|row| row["notes"].as_array().expect("notes").clone());
    let denied: Vec<String> = notes
        .filter(|note| note["level"] == "deny")
        .map(|note| note["code"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(output.status.code(), Some(i32::from(!denied.is_empty())), "{}", folder.display());
    assert_eq!(report["build"]["rules"]["source"], "GOROOT", "{}", folder.display());
    denied
}

/// Whether this release builds the program, else what it says.
fn build(toolchain: &Toolchain, folder: &Path, arch: &str) -> Result<(), String> {
    let mut command = toolchain.command(folder);
    command.env("GOOS", "linux").env("GOARCH", arch).env("CGO_ENABLED", "0");
    let output = command.args(["build", "-o"]).arg(folder.join("out")).arg("./main").output();
    let output = output.expect("go runs");
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}
