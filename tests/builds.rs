//! Builds out of the ordinary that once made gonym lie, each a row named after what went wrong.
//!
//! What is true stands in the sources of the row (testdata/programs/unusual): which directives exist,
//! and who calls what. A true directive is `unproven` only where a program without it could have the
//! same bytes. Needs Go 1.21 or newer on PATH and says so where there is none (tests/common/go.rs).

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::go::{self, Toolchain};
use common::judged::judge;
use rayon::prelude::*;

/// Outcome of a claim whose directive does not exist: whatever else is said, it is not in effect.
const LIE: &str = "a lie";

/// Sources, how they are built, and what is true of each of these builds.
#[derive(Clone, Copy)]
struct Case {
    bug: &'static str,
    /// Where in the case's own folder the module lies.
    below: &'static str,
    /// Name of a file in testdata/programs/unusual: `-- FILE --` lines, each with that file's text
    /// behind it. An empty e.s lets a package declare a function without a body.
    sources: &'static str,
    minors: &'static [u16],
    platform: (&'static str, &'static str),
    /// No module: the folder is the GOPATH.
    gopath: bool,
    verb: &'static str,
    /// One build each, divided by blanks.
    flags: &'static [&'static str],
    target: &'static str,
    claims: &'static [(&'static str, &'static str)],
}

const PLAIN: Case = Case {
    bug: "",
    below: "",
    sources: "",
    minors: OLD_AND_NEW,
    platform: ("linux", "amd64"),
    gopath: false,
    verb: "build",
    flags: TRIMMED_OR_NOT,
    target: ".",
    claims: &[],
};

/// Before and after the linker began to ask for permission, in 1.23.
const OLD_AND_NEW: &[u16] = &[22, 27];
const TRIMMED_OR_NOT: &[&str] = &["", "-trimpath"];
const NAMED_OR_NOT: &[&str] = &["", "-ldflags=-s"];

/// Of a pull and a push out of package main, which is two files.
const PULL_AND_PUSH_CLAIMS: &[(&str, &str)] = &[
    ("main.hid=example.com/b/lib.hidden", "in-effect/referenced"),
    ("main.provide=example.com/b/lib.wanted", "in-effect/foreign-file"),
    ("example.com/b/lib.x=example.com/b/lib.wanted", LIE),
    ("main.x=example.com/b/lib.Run", LIE),
];

/// Of a push into a package whose declaration has a directive or has not.
const DECLARED_CLAIMS: &[(&str, &str)] = &[
    ("example.com/b/impl.provide=example.com/b/lib.wanted", "in-effect/foreign-file"),
    // Both programs have the same bytes.
    ("example.com/b/lib.wanted=example.com/b/lib.wanted", "unproven/ambiguous"),
];

const CASES: &[Case] = &[
    Case {
        bug: "files on the command line are command-line-arguments, not main",
        sources: "two-files",
        target: "main.go push.go",
        claims: PULL_AND_PUSH_CLAIMS,
        ..PLAIN
    },
    Case {
        bug: "a folder named vendor above the module is taken for the module's own",
        below: "vendor/app",
        sources: "two-files",
        claims: PULL_AND_PUSH_CLAIMS,
        ..PLAIN
    },
    Case {
        bug: "a command in GOPATH is taken for the package of the same last element",
        sources: "gopath",
        gopath: true,
        target: "app/cmd/server",
        claims: &[
            ("main.hid=app/lib.hidden", "in-effect/referenced"),
            ("main.hook=app/server.hook", "in-effect/foreign-file"),
            ("app/server.hid=app/lib.hidden", "unused/not-called"),
            ("app/server.hook=app/server.hook", "unproven/ambiguous"),
            ("app/lib.hook=app/server.hook", LIE),
        ],
        ..PLAIN
    },
    Case {
        bug: "package main under test has its import path, and main is generated",
        sources: "main-under-test",
        verb: "test -c",
        target: "./cmd/x",
        claims: &[
            ("example.com/b/cmd/x.hid=example.com/b/lib.hidden", "in-effect/referenced"),
            ("example.com/b/cmd/x.provide=example.com/b/lib.wanted", "in-effect/foreign-file"),
            ("example.com/b/cmd/x.nano=runtime.nanotime", "in-effect/referenced"),
            ("example.com/b/cmd/x_test.nano2=runtime.nanotime", "in-effect/referenced"),
            ("main.hid=example.com/b/lib.hidden", "unproven/package-absent"),
            ("main.nano=runtime.nanotime", "unproven/package-absent"),
            ("main.provide=example.com/b/lib.wanted", LIE),
        ],
        ..PLAIN
    },
    Case {
        bug: "a line directive into the neighbour's folder makes its directives main's",
        sources: "line",
        claims: &[
            ("main.hid=example.com/b/oth.hidden", "in-effect/referenced"),
            ("main.provide=example.com/b/oth.wanted", "in-effect/unclaimed"),
            ("main.hook=example.com/b/lib.hook", "in-effect/foreign-file"),
            ("example.com/b/lib.hid2=example.com/b/oth.hidden2", "in-effect/referenced"),
            ("example.com/b/lib.provide2=example.com/b/oth.wanted2", "in-effect/unclaimed"),
            ("main.hid2=example.com/b/oth.hidden2", "unused/not-called"),
            ("main.provide2=example.com/b/oth.wanted2", LIE),
            ("example.com/b/lib.hid=example.com/b/oth.hidden", "unused/not-called"),
            ("example.com/b/lib.provide=example.com/b/oth.wanted", LIE),
            ("main.x=example.com/b/lib.Run", LIE),
        ],
        ..PLAIN
    },
    Case {
        bug: "a call of an exported function that was pushed elsewhere passes for a pull",
        sources: "exported-push",
        flags: NAMED_OR_NOT,
        claims: &[
            ("example.com/b/impl.Hook=example.com/b/lib.hook", "in-effect/foreign-file"),
            // With a directive of its own instead of the import, main's call has the same bytes.
            ("main.x=example.com/b/lib.hook", "unproven/ambiguous"),
        ],
        ..PLAIN
    },
    Case {
        bug: "one argument is in effect, with a directive",
        sources: "declared",
        flags: NAMED_OR_NOT,
        claims: DECLARED_CLAIMS,
        ..PLAIN
    },
    Case {
        bug: "one argument is in effect, without a directive",
        sources: "undeclared",
        flags: NAMED_OR_NOT,
        claims: DECLARED_CLAIMS,
        ..PLAIN
    },
    Case {
        bug: "the hook of maymorestack is called by every package",
        sources: "maymorestack",
        flags: &["-gcflags=all=-d=maymorestack=runtime.mayMoreStackPreempt"],
        // Both call it, and neither has a directive.
        claims: &[
            ("main.x=runtime.mayMoreStackPreempt", "unproven/ambiguous"),
            ("strings.x=runtime.mayMoreStackPreempt", "unproven/ambiguous"),
        ],
        ..PLAIN
    },
    Case {
        bug: "an instance of a generic function is called absent",
        sources: "instance",
        // The table of 1.20 writes `[...]`; the compiler of 1.27 refuses such a directive.
        minors: &[20, 22],
        flags: NAMED_OR_NOT,
        // Names in the function table do not tell one instance from another.
        claims: &[
            ("main.g=example.com/b/lib.G[int]", "unproven/not-yet-judged"),
            ("func:main.g=example.com/b/lib.G[int]", "unproven/not-yet-judged"),
        ],
        ..PLAIN
    },
    Case {
        bug: "an import of solaris' libc has no package and is called absent",
        sources: "solaris",
        platform: ("solaris", "amd64"),
        // The file says `getpgrp`: only the source knows under which name Go imports it.
        claims: &[
            ("main.procgetpgrp=libc_getpgrp", "unproven/ambiguous"),
            ("var:main.procgetpgrp=libc_getpgrp", "unproven/ambiguous"),
        ],
        ..PLAIN
    },
];

#[test]
fn unusual_builds_are_judged_right_live_go_needed() {
    let Some(witness) = toolchain(go::WITNESS, "unusual builds") else { return };
    let wrong: Vec<String> = CASES.par_iter().flat_map(|case| case.judge(&witness)).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn toolchain(minor: u16, what: &str) -> Option<Toolchain> {
    go::toolchain(minor).map_err(|why| go::skip(&format!("{what} (go1.{minor})"), &why)).ok()
}

impl Case {
    /// A folder of its own, empty but for the sources.
    fn write(&self) -> PathBuf {
        let own = self.bug.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let own = common::scratch("builds").join(own);
        // Files of an earlier version of the row would be compiled too.
        let _ = fs::remove_dir_all(&own);
        let root = own.join(self.below);
        let put = |name: &str, text: &str| {
            let file = root.join(name);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a scratch folder");
            fs::write(file, text).expect("a scratch file");
        };
        let sources = common::testdata().join("programs/unusual");
        let sources = sources.join(self.sources).with_extension("txtar");
        let sources = fs::read_to_string(sources).expect("sources");
        for section in format!("\n{sources}").split("\n-- ").skip(1) {
            let (name, text) = section.split_once(" --").expect("-- FILE --");
            put(name, text);
        }
        if !self.gopath {
            put("go.mod", "module example.com/b\n\ngo 1.18\n");
        }
        root
    }

    fn build(&self, go: &Toolchain, witness: &Toolchain, root: &Path, flags: &str) -> PathBuf {
        let file = root.join(format!("built-{}{}", go.minor, flags.replace(['=', '/'], "_")));
        let mut command = go.command(root);
        command.env("GOOS", self.platform.0).env("GOARCH", self.platform.1).env("CGO_ENABLED", "0");
        if self.gopath {
            command.env("GOPATH", root).env("GO111MODULE", "off");
        }
        command.args(self.verb.split(' ')).arg("-buildvcs=false").args(flags.split_whitespace());
        command.arg("-o").arg(&file).args(self.target.split(' '));
        let output = command.output().expect("go runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {command:?}: {said}", self.bug);
        go.wrote(&file, witness);
        file
    }

    /// What is wrong with gonym's answers about `file`.
    fn hold(&self, file: &Path) -> Vec<String> {
        let pairs: Vec<String> = self.claims.iter().map(|(pair, _)| (*pair).to_owned()).collect();
        let mut wrong = Vec::new();
        for ((pair, wanted), answers) in self.claims.iter().zip(judge(file, &pairs)) {
            for answer in answers {
                let right = match *wanted {
                    LIE => !answer.outcome.starts_with("in-effect/"),
                    wanted => answer.outcome == wanted,
                };
                if !right {
                    let built = file.file_name().expect("a name").display();
                    let (bug, got, shown) = (self.bug, answer.outcome, answer.shown);
                    wrong.push(format!("{bug}: {built}: {pair}: {wanted}, got {got}: {shown}"));
                }
            }
        }
        wrong
    }

    fn judge(&self, witness: &Toolchain) -> Vec<String> {
        assert!(!self.claims.is_empty(), "{} claims nothing", self.bug);
        let root = self.write();
        let mut wrong = Vec::new();
        for minor in self.minors {
            let Some(go) = toolchain(*minor, self.bug) else { continue };
            for flags in self.flags {
                let file = self.build(&go, witness, &root, flags);
                wrong.extend(self.hold(&file));
                fs::remove_file(&file).expect("a file that was built");
            }
            let (bug, builds, claims) = (self.bug, self.flags.len(), self.claims.len());
            go::say(&format!("go1.{minor}: {bug}: {builds} builds, {claims} claims"));
        }
        wrong
    }
}

const EMBEDDED: Case = Case {
    bug: "a program embedded in a windows program, inner",
    sources: "embedded",
    platform: ("windows", "amd64"),
    claims: &[
        ("example.com/b/impl.hook=example.com/b/lib.wanted", "in-effect/foreign-file"),
        ("func:main.hid=example.com/b/lib.hidden", "unused/absent"),
    ],
    ..PLAIN
};
const EMBEDDING: Case = Case {
    bug: "a program embedded in a windows program, outer",
    sources: "embedding",
    platform: ("windows", "amd64"),
    claims: &[
        ("func:main.hid=example.com/b/lib.hidden", "in-effect/referenced"),
        ("func:example.com/b/impl.hook=example.com/b/lib.wanted", "unused/absent"),
        ("func:main.x=example.com/b/lib.other", "unused/not-called"),
    ],
    ..PLAIN
};

/// Where a PE's function table lies is known by its first bytes, which another program has too.
#[test]
fn an_embedded_program_is_not_the_program_live_go_needed() {
    let Some(witness) = toolchain(go::WITNESS, "a program in a program") else { return };
    let (inner, outer) = (EMBEDDED.write(), EMBEDDING.write());
    for flags in NAMED_OR_NOT {
        let file = EMBEDDED.build(&witness, &witness, &inner, flags);
        assert_eq!(EMBEDDED.hold(&file), [""; 0]);
        let embedded = fs::read(&file).expect("the inner program");
        // Tables stand at multiples of 8: only there can the embedded one be mistaken for the real one.
        let aligned = (0..8).any(|pad| {
            let payload = [vec![0; pad], embedded.clone()].concat();
            fs::write(outer.join("payload"), payload).expect("a payload");
            let file = EMBEDDING.build(&witness, &witness, &outer, flags);
            assert_eq!(EMBEDDING.hold(&file), [""; 0]);
            let bytes = fs::read(&file).expect("the outer program");
            let at = memchr::memmem::find(&bytes, &embedded).expect("the embedded program");
            at.is_multiple_of(8)
        });
        assert!(aligned, "no padding puts the embedded program at a multiple of 8");
    }
}

const GENERIC: Case =
    Case { bug: "a generic function passes a rule that forbids it", sources: "generic", ..PLAIN };

/// Symbols name shapes and the function table writes `[...]`: neither is the name in the source.
#[test]
fn a_generic_function_is_forbidden_by_its_name_live_go_needed() {
    let Some(witness) = toolchain(go::WITNESS, GENERIC.bug) else { return };
    let root = GENERIC.write();
    for minor in OLD_AND_NEW {
        let Some(go) = toolchain(*minor, GENERIC.bug) else { continue };
        for (flags, absent) in NAMED_OR_NOT.iter().zip(["holds", "unproven"]) {
            let file = GENERIC.build(&go, &witness, &root, flags);
            for (rule, wanted) in [
                ("--forbid=example.com/b/lib.G", "fails"),
                ("--forbid=example.com/b/lib.G[*", "fails"),
                ("--require=example.com/b/lib.G", "holds"),
                // Which instance it is, no name tells; that there is one is true.
                ("--forbid=example.com/b/lib.G[int]", "unproven"),
                ("--forbid=example.com/b/lib.H", absent),
            ] {
                let file = file.display().to_string();
                let output = common::gonym(["check", "--format=json", rule, &file]);
                let report: serde_json::Value =
                    serde_json::from_slice(&output.stdout).expect("a report");
                let result = &report["binaries"][0]["rules"][0]["result"];
                assert_eq!(result, wanted, "go1.{minor} {flags} {rule}: {report}");
                let code = if wanted == "holds" { 0 } else { 1 };
                assert_eq!(output.status.code(), Some(code), "go1.{minor} {flags} {rule}");
            }
        }
    }
}
