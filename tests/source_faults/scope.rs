//! Row 6: `--own` and `--std` say whose directives are asked for, and the exit code answers that.

use std::path::Path;

use super::common::{self, go, program};
use super::{build, place, run};

/// What a module and its dependency are, and the exit codes without a flag, with `--own` and with `--std`.
struct Case {
    name: &'static str,
    main: &'static str,
    dep: &'static str,
    minor: u16,
    codes: [i32; 3],
}

const GOOD: &str = "//go:linkname nano runtime.nanotime\nfunc nano() int64\n";
/// A result too many: it compiles and links.
const WRONG: &str = "//go:linkname nano runtime.nanotime\nfunc nano() (int64, int64)\n";
/// Nobody has it: private, and zero.
const PHANTOM: &str = "//go:linkname ghost example.com/none.ghost\nvar ghost int64\n\nfunc nano() int64 { return ghost }\n";

const CASES: &[Case] = &[
    Case { name: "clean", main: GOOD, dep: GOOD, minor: 27, codes: [0, 0, 0] },
    Case { name: "of-a-dependency", main: GOOD, dep: WRONG, minor: 27, codes: [1, 0, 1] },
    Case { name: "of-main", main: WRONG, dep: GOOD, minor: 27, codes: [1, 1, 1] },
    Case { name: "phantom-of-a-dependency", main: GOOD, dep: PHANTOM, minor: 22, codes: [1, 0, 1] },
    // Go 1.22's own sync declares a result that its target does not have.
    Case { name: "of-go", main: GOOD, dep: GOOD, minor: 22, codes: [0, 0, 1] },
];

#[test]
fn fault_d6_scope_decides_the_exit_code_live_go_needed() {
    for case in CASES {
        let Ok(go) = go::toolchain(case.minor) else { return go::skip("fault D6", "no Go") };
        let folder = written(case);
        let file = build(&go, &folder, &[]);
        for (flags, wanted) in [&[][..], &["--own"], &["--std"]].into_iter().zip(case.codes) {
            let asked = [&["--allow-unproven", "--allow-unused"], flags].concat();
            let output = run(&folder, &file, &asked, None);
            let said = String::from_utf8_lossy(&output.stdout);
            assert_eq!(output.status.code(), Some(wanted), "{} {flags:?}: {said}", case.name);
        }
    }
}

fn written(case: &Case) -> std::path::PathBuf {
    let folder = place(&format!("d6-{}", case.name)).join("q");
    let text = format!(
        "-- go.mod --\nmodule example.com/q\n\ngo 1.18\n\nrequire example.com/dep v1.0.0\n\nreplace example.com/dep => ./dep\n\
         -- e.s --\n-- main.go --\npackage main\n\nimport (\n\t\"example.com/dep\"\n\t\"sync\"\n\t_ \"unsafe\"\n)\n\n{}\n\
         var pool sync.Pool\n\nfunc main() {{\n\tpool.Put(1)\n\tnano()\n\tprintln(dep.Now() >= 0, pool.Get() != nil)\n}}\n\
         -- dep/go.mod --\nmodule example.com/dep\n\ngo 1.18\n-- dep/e.s --\n-- dep/dep.go --\npackage dep\n\nimport _ \"unsafe\"\n\n{}\n\
         //go:noinline\nfunc Now() int64 {{ nano(); return 0 }}\n",
        case.main, case.dep
    );
    program::write_files(&text, &folder);
    folder
}

/// The help does not promise a list.
#[test]
fn fault_d6_the_help_says_whose_directives_are_asked_for() {
    let output = common::gonym_in(Path::new("."), ["check", "--help"]);
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    for flag in ["--std", "--own"] {
        let lines: Vec<&str> = help.lines().map(str::trim).collect();
        let at = lines.iter().position(|line| line.starts_with(flag)).expect("a flag");
        let told: String = lines[at..].iter().take(4).map(|line| format!("{line} ")).collect();
        assert!(told.contains("Scope: ") && told.contains("the exit code answers"), "{told}");
    }
}
