//! Odd trees: other folders, other modules, links, every line that a go.mod may have, and broken ones.

use std::collections::BTreeSet;
use std::fs;

use super::case::{Case, DEFAULT, DOWNLOAD, TRIM, each};
use super::common::go;
use super::place::{Place, built, codes, gonym, report};
use super::{DECOY, LIB};

#[test]
fn folders_live_go_needed() {
    let main = app!("example.com/a/lib", "lib.Now");
    let tree = format!(
        "-- a/go.mod --\nmodule example.com/a\n\ngo 1.18\n-- a/cmd/app/main.go --{main}-- a/lib/lib.go --{LIB}\
         -- a/lib/nested/go.mod --\nmodule example.com/a/lib/nested\n-- a/lib/nested/n.go --{DECOY}\
         -- b/go.mod --\nmodule example.com/b\n\ngo 1.18\n-- b/main.go --{main}-- b/lib/lib.go --{DECOY}"
    );
    let case = Case {
        name: "folder",
        tree: &tree,
        folder: "a",
        package: "./cmd/app",
        scans: true,
        ..DEFAULT
    };
    each(&[
        case,
        Case { here: "a/lib", scans: false, ..case },
        Case { here: "b", scans: false, ..case },
    ]);
    // From another module's folder a trimmed build has no place; `--source` gives it one.
    let trimmed = Case { build_flags: TRIM, scans: false, ..case };
    each(&[
        trimmed,
        Case { here: "a/lib/nested", ..trimmed },
        Case { here: "b", arguments: &["--source", "../a"], ..trimmed },
        Case { here: "b", arguments: &["--source", "example.com/a=../a"], ..trimmed },
    ]);
}

#[test]
fn every_line_of_go_mod_live_go_needed() {
    let said = "// Deprecated: not at all\r\nmodule \"example.com/a\" // here\r\n\r\ngo 1.25.0\r\n\r\ntoolchain go1.25.1\r\n\r\n\
                godebug default=go1.21\r\ngodebug (\r\n\tpanicnil=1\r\n)\r\ntool example.com/a/tools\r\ntool (\r\n\texample.com/a/more\r\n)\r\n\
                ignore ./ignored\r\nignore (\r\n\tdeep/ignored\r\n)\r\nretract [v1.0.0, v1.1.0] // why\r\nretract (\r\n\tv1.2.0\r\n)\r\n\
                require (\r\n\texample.com/dep v1.0.0 // indirect; really\r\n)\r\n\
                replace example.com/dep v1.0.0 => \"example.com/dep\" v1.2.0\r\n";
    let tree = format!(
        "-- go.mod --\n{said}-- main.go --{}-- tools/main.go --\npackage main\n\nfunc main() {{}}\n-- more/main.go --\npackage main\n\nfunc main() {{}}\n\
         -- ignored/i.go --{DECOY}-- deep/ignored/i.go --{DECOY}-- sub/deep/ignored/i.go --{DECOY}",
        app!("example.com/dep", "dep.Now")
    );
    let case = Case { name: "go-mod", tree: &tree, minors: &[25, 27], before: DOWNLOAD, ..DEFAULT };
    each(&[Case { scans: true, ..case }, Case { build_flags: TRIM, ..case }]);
}

#[test]
fn symbolic_links_live_go_needed() {
    let main = app!("example.com/a/lib", "lib.Now");
    let tree = format!(
        "-- real/go.mod --\nmodule example.com/a\n\ngo 1.18\n-- real/main.go --{main}-- real/lib/lib.go --{LIB}-- files/f.go --{}",
        LIB.replace("Now", "Linked")
            .replace("nanotime()", "linked()")
            .replace("nanotime run", "linked run")
            .replace("stamp", "linkedStamp")
    );
    let links: &[(&str, &str)] =
        &[("link", "real"), ("real/lib/linked.go", "../../files/f.go"), ("real/loop", ".")];
    let case = Case { name: "links", tree: &tree, links, folder: "link", ..DEFAULT };
    each(&[case, Case { here: "real", scans: true, ..case }]);
    each(&[Case { build_flags: TRIM, ..case }]);
}

/// Up to `go 1.17` in go.mod the compiler passes over directives whose local name nobody declares.
#[test]
fn undeclared_names_live_go_needed() {
    let main = app!("example.com/a/lib", "lib.Now");
    let tree = format!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.17\n-- main.go --{main}-- lib/lib.go --{LIB}\n//go:linkname nobody runtime.nobody\n\n\
         //go:linkname T runtime.t\ntype T int\n"
    );
    each(&[Case { name: "undeclared", tree: &tree, scans: true, ..DEFAULT }]);
}

/// Two programs of two modules in one command, and a module that is not there.
#[test]
fn several_binaries_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(witness) => witness,
        Err(why) => return go::skip("several binaries", &why),
    };
    let tree = format!(
        "-- a/go.mod --\nmodule example.com/a\n\ngo 1.18\n-- a/main.go --{}-- a/lib/lib.go --{LIB}\
         -- b/go.mod --\nmodule example.com/b\n\ngo 1.18\n-- b/main.go --{}-- b/lib/lib.go --\n\n{LIB}",
        app!("example.com/a/lib", "lib.Now"),
        app!("example.com/b/lib", "lib.Now"),
    );
    for trimmed in [false, true] {
        let build_flags = if trimmed { TRIM } else { &[] };
        let case = Case { name: "several", tree: &tree, build_flags, ..DEFAULT };
        let place = Place::lay_out(&case, witness.minor);
        let binaries = ["a", "b"].map(|folder| {
            let built = built(&Case { folder, ..case }, &witness, &place, folder);
            let kept = place.beside("bin").join(folder);
            fs::rename(&built, &kept).expect("renamed");
            kept
        });
        let (mut command, _) = gonym(&Case { here: "a", ..case }, &witness, &place);
        command.arg("check").args(&binaries).arg("--format=json");
        let (report, said) = report(command, "several");
        let told = |index: usize| {
            let binary = &report["binaries"][index];
            let claims = binary["claims"].as_array().expect("claims").iter();
            let modules: BTreeSet<&str> =
                claims.map(|claim| claim["module"].as_str().expect("a module")).collect();
            (modules.into_iter().map(str::to_owned).collect::<Vec<_>>(), codes(&binary["gaps"]))
        };
        assert_eq!(told(0), (vec!["example.com/a".to_owned()], vec![]), "{said}");
        // Trimmed, nothing says where the other module lies, and that is said.
        let other = match trimmed {
            false => (vec!["example.com/b".to_owned()], vec![]),
            true => (vec![], vec!["source-missing".to_owned()]),
        };
        assert_eq!(told(1), other, "{said}");
        fs::remove_dir_all(place.root.join("b")).expect("removed");
        let (mut command, _) = gonym(&Case { here: "a", ..case }, &witness, &place);
        command.arg("check").arg(&binaries[1]);
        let output = command.output().expect("gonym runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains("source-missing: example.com/b: "), "{said}");
    }
}

/// A go.mod that Go would refuse: whatever can be read is used, nothing panics, and what is missing is said.
#[test]
fn broken_go_mod_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(witness) => witness,
        Err(why) => return go::skip("a broken go.mod", &why),
    };
    let tree = format!(
        "-- go.mod --\nmodule example.com/a\n\ngo 1.18\n-- main.go --{}-- lib/lib.go --{LIB}",
        app!("example.com/a/lib", "lib.Now")
    );
    let case = Case { name: "broken", tree: &tree, build_flags: TRIM, ..DEFAULT };
    let place = Place::lay_out(&case, witness.minor);
    let app = built(&case, &witness, &place, "broken");
    let found = ([0; 3].as_slice(), "");
    let missing = (&[0; 0][..], "source-missing: example.com/a: ");
    for (text, (own, told)) in [
        (
            "<<<<<<< ours\nmodule example.com/a\n=======\nmodule example.com/a\n>>>>>>> theirs\ngo 1.18\n",
            found,
        ),
        ("module example.com/a\nrequire (\n\texample.com/dep\n", found),
        ("module example.com/a\ngo one.eighteen\nreplace => =>\n)\n", found),
        (
            "module\n",
            (&[0; 0][..], "source-missing: example.com/a: the go.mod here names no module"),
        ),
        ("", missing),
        ("module example.com/a \"unclosed\nrequire", missing),
    ] {
        fs::write(place.root.join("go.mod"), text).expect("written");
        let (mut command, _) = gonym(&case, &witness, &place);
        command.arg("check").arg(&app).arg("--format=json");
        let (report, said) = report(command, text);
        let claims = report["binaries"][0]["claims"].as_array().expect("claims");
        assert_eq!(claims.len(), own.len() + own.len().min(1), "{text:?}: {said}");
        assert!(said.contains(told), "{text:?}: {said}");
        let (mut command, _) = gonym(&case, &witness, &place);
        let output = command.arg("scan").output().expect("gonym runs");
        assert!(output.status.code().is_some_and(|code| code != 101), "{text:?}");
    }
}
