//! Are two signatures ever held against each other when the source at hand is of another minor version of Go?
//!
//! Functions of the runtime whose parameters changed. What a version's own source says of a declaration is the
//! witness that the other one's would be believed wrongly. Needs Go, and says so where there is none.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::go::{self, Order, Toolchain};
use common::program;
use serde_json::Value;

/// Declarations that are right for the first version, and wrong for the second.
struct Case {
    name: &'static str,
    right: u16,
    wrong: u16,
    declarations: &'static str,
    call: &'static str,
    local: &'static str,
}

const CASES: [Case; 3] = [
    // It got a reason in 1.22.
    Case {
        name: "a-parameter-more",
        right: 19,
        wrong: 22,
        declarations: "//go:linkname acquire runtime.semacquire1\n//go:noescape\nfunc acquire(addr *uint32, lifo bool, profile int, skip int)\n",
        call: "n := uint32(1); acquire(&n, false, 0, 0); println(n)",
        local: "main.acquire",
    },
    // It took the type first, and the whole slice, up to 1.19.
    Case {
        name: "other-parameters",
        right: 22,
        wrong: 19,
        declarations: "type header struct { p unsafe.Pointer; n, cap int }\n//go:linkname grow runtime.growslice\nfunc grow(p unsafe.Pointer, n, cap, num int, t unsafe.Pointer) header\n",
        call: "if len(os.Args) > 7 { grow(nil, 1, 0, 1, nil) }; println(len(os.Args))",
        local: "main.grow",
    },
    // It got a name for the mapping in 1.25.
    Case {
        name: "a-name-more",
        right: 22,
        wrong: 27,
        declarations: "//go:linkname reserve runtime.sysReserve\nfunc reserve(p unsafe.Pointer, n uintptr) unsafe.Pointer\n",
        call: "if len(os.Args) > 7 { reserve(nil, 0) }; println(len(os.Args))",
        local: "main.reserve",
    },
];

#[test]
fn fault_f_source_of_another_minor_is_no_mistake_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(witness) => witness,
        Err(why) => return go::skip("signatures of another minor", &why),
    };
    for case in &CASES {
        let (right, wrong) = match (go::toolchain(case.right), go::toolchain(case.wrong)) {
            (Ok(right), Ok(wrong)) => (right, wrong),
            (Err(why), _) | (_, Err(why)) => {
                go::skip(&format!("signatures of another minor, {}", case.name), &why);
                continue;
            }
        };
        let folder = written(case);
        // Asked of each version with its own source: the declaration is right for one alone.
        assert_eq!(scanned(case, &folder, case.right, &right.root), [""; 0], "{}", case.name);
        let own = scanned(case, &folder, case.wrong, &wrong.root);
        assert!(!own.is_empty(), "{}: 1.{} says nothing", case.name, case.wrong);
        // Asked of each with the other's source.
        for (asked, at_hand) in [(&right, &wrong), (&wrong, &right)] {
            let found = scanned(case, &folder, asked.minor, &at_hand.root);
            let what = format!("{}: 1.{} with 1.{}", case.name, asked.minor, at_hand.minor);
            assert_eq!(found, [""; 0], "{what}");
        }
        let file = built(case, &folder, (&right, &witness));
        for root in [&right.root, &wrong.root] {
            let found = checked(case, &folder, &file, root);
            assert_eq!(found, [""; 0], "{}: check with {}", case.name, root.display());
        }
    }
}

fn written(case: &Case) -> PathBuf {
    let folder = common::scratch("signature-minors").join(case.name);
    let _ = fs::remove_dir_all(&folder);
    let text = format!(
        "-- go.mod --\nmodule example.com/q\n\ngo 1.18\n-- e.s --\n-- main.go --\npackage main\n\n\
         import (\n\t\"os\"\n\t\"unsafe\"\n)\n\nvar _ unsafe.Pointer\nvar _ = os.Args\n\n{}\nfunc main() {{ {} }}\n",
        case.declarations, case.call
    );
    program::write_files(&text, &folder);
    folder
}

/// Built without paths: which GOROOT is at hand is for the environment to say.
fn built(case: &Case, folder: &Path, (go, witness): (&Toolchain, &Toolchain)) -> PathBuf {
    let file = folder.with_file_name(format!("{}.out", case.name));
    let arguments = vec!["build", "-trimpath", "."];
    let order = Order { folder, platform: ("linux", "amd64"), cgo: false, arguments };
    go.build(&order, witness, &file);
    let output = Command::new(&file).output().expect("it runs");
    assert!(output.status.success(), "{}: {}", case.name, output.status);
    file
}

/// What `scan` for Go 1.`minor` says of the signature, with that GOROOT at hand.
fn scanned(case: &Case, folder: &Path, minor: u16, root: &Path) -> Vec<String> {
    let version = format!("--go-version=1.{minor}");
    let report = run(folder, root, &["scan", "--goos=linux", "--goarch=amd64", version.as_str()]);
    signatures(case, &report["directives"])
}

/// What `check` says of it.
fn checked(case: &Case, folder: &Path, file: &Path, root: &Path) -> Vec<String> {
    let report = run(folder, root, &["check", "--own", &file.display().to_string()]);
    let mut found = signatures(case, &report["binaries"][0]["claims"]);
    let mistakes = report["binaries"][0]["mistakes"].as_array().cloned().unwrap_or_default();
    found.extend(mistakes.iter().map(Value::to_string));
    found
}

fn run(folder: &Path, root: &Path, arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.args(arguments).arg("--format=json").current_dir(folder);
    command.env("GOROOT", root).env("GOMODCACHE", folder.join("no-cache")).env("GOFLAGS", "");
    let output = command.env("CGO_ENABLED", "0").env("PATH", "/nowhere").output();
    let output = output.expect("gonym runs");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// Notes about the signature of the case's directive, which must be there.
fn signatures(case: &Case, rows: &Value) -> Vec<String> {
    let rows = rows.as_array().expect("rows");
    let name = case.local.trim_start_matches("main.");
    let own = |row: &&Value| row["local"] == case.local || row["local"] == name;
    let row = rows.iter().find(own).unwrap_or_else(|| panic!("{}: {rows:?}", case.name));
    let notes = row["notes"].as_array().cloned().unwrap_or_default();
    let codes = notes.iter().filter_map(|note| note["code"].as_str());
    codes.filter(|code| code.starts_with("signature-")).map(str::to_owned).collect()
}
