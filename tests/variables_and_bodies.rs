//! Variables, bodies and the names that stand for both: is what gonym says of them true?
//!
//! One test for each row of that table of faults: the programs of testdata/programs/questions that hold the row and its
//! kind are built, run and judged, as pairs and from their own sources. The matrix asks the same programs in more
//! versions. Needs Go, and says so where there is none.

mod common;

use std::path::PathBuf;
use std::process::Command;

use common::expect::{Build, complaint, of_build};
use common::go::{self, Order, Toolchain};
use common::program::Program;
use common::{judged, owed};

/// A version, flags, what the file then holds (0: all, 1: no DWARF, 2: no symbol table), and the names that are left.
type Builds = &'static [(u16, &'static [&'static str], usize, &'static str)];

const BUILDS: Builds = &[
    (22, &[], 0, "symtab"),
    (26, &["-ldflags=-w"], 1, "symtab"),
    (27, &["-ldflags=-s -w"], 2, "pclntab"),
];

/// The same of two versions, of the newer one everything: its programs may have no older one.
const FURTHER: Builds = &[
    (22, &[], 0, "symtab"),
    (27, &[], 0, "symtab"),
    (27, &["-ldflags=-w"], 1, "symtab"),
    (27, &["-ldflags=-s -w"], 2, "pclntab"),
];

/// `further`: programs of the row's kind that were found when the row was mended.
fn holds(row: &str, numbers: &[&str], further: &[&str]) {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(witness) => witness,
        Err(why) => return go::skip(row, &why),
    };
    let (mut wrong, mut right) = (Vec::new(), 0);
    let all = numbers.iter().map(|number| (number, BUILDS));
    for (number, builds) in all.chain(further.iter().map(|number| (number, FURTHER))) {
        let program = Program::numbered(number, row);
        for (minor, flags, holding, names) in builds {
            if !program.minors.contains(minor) {
                continue;
            }
            let toolchain = match go::toolchain(*minor) {
                Ok(toolchain) => toolchain,
                Err(why) => {
                    go::skip(&format!("{row}, go1.{minor}"), &why);
                    continue;
                }
            };
            let app = build(&toolchain, &witness, &program, flags);
            prints(&program, &app);
            let id = format!("{} go1.{minor} {flags:?}", program.name);
            let build = Build {
                id: id.clone(),
                minor: Some(*minor),
                os: "linux".to_owned(),
                arch: "amd64".to_owned(),
                mode: "plain".to_owned(),
                cgo: program.cgo,
                names: (*names).to_owned(),
                dwarf: Some(*holding == 0),
            };
            let expected = of_build(&program.lines.claims, &build);
            for (expectation, answers) in judged::all(&app, expected) {
                right += answers.len();
                wrong.extend(answers.iter().filter_map(|one| complaint(&id, &expectation, one)));
            }
            right += owed::compare(&id, &program, &app, *holding, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{} wrong, {right} right:\n{}", wrong.len(), wrong.join("\n"));
    go::say(&format!("{row}: {right} answers"));
}

/// The program's own flags, and those of the linker in one.
fn build(toolchain: &Toolchain, witness: &Toolchain, program: &Program, flags: &[&str]) -> PathBuf {
    let name = format!("{}-{}-{}", program.name, toolchain.version, std::process::id());
    let file = common::scratch("variables_and_bodies").join(name);
    let mut own = program.flags.clone();
    for flag in flags {
        let linker = own.iter_mut().find(|own| own.starts_with("-ldflags="));
        match (linker, flag.strip_prefix("-ldflags=")) {
            (Some(linker), Some(more)) => *linker = format!("{linker} {more}"),
            _ => own.push((*flag).to_owned()),
        }
    }
    let own = own.iter().map(String::as_str);
    let arguments: Vec<&str> = ["build"].into_iter().chain(own).chain(["."]).collect();
    let folder = &program.folder;
    let order = Order { folder, platform: ("linux", "amd64"), cgo: program.cgo, arguments };
    toolchain.build(&order, witness, &file);
    file
}

/// The program runs and says what its sources promise.
fn prints(program: &Program, app: &PathBuf) {
    let output = Command::new(app).output().expect("the program runs");
    assert!(output.status.success(), "{}: {}", program.name, output.status);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for line in &program.lines.prints {
        assert!(said.lines().any(|said| said == line.text), "{}: {said}", program.name);
    }
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident: $numbers:expr $(, further $further:expr)?;)*) => {$(
        $(#[$doc])*
        #[test]
        fn $name() {
            let further: &[&str] = [$(&$further[..], )? &[]][0];
            holds(stringify!($name), &$numbers, further);
        }
    )*};
}

rows! {
    /// `var flag int64` over a `bool` that only an inlined function reads: the one-word rule went.
    fault_c_a_flag_wider_than_its_owner_live_go_needed: ["260", "277", "116"];
    /// A pull that is used as a value, and a push onto its local name.
    fault_c_own_body_next_to_a_reference_live_go_needed: ["261", "276"];
    /// A variable onto a function that assembly calls by a wrapper.
    fault_c_a_variable_onto_a_wrapped_function_live_go_needed: ["263", "279"];
    /// A pulled variable that is read through an inlined function, and a push onto its local name.
    fault_c_own_variable_next_to_a_reader_live_go_needed: ["262", "276"];
    /// A variable onto what assembly defines, purego's way: the assembly of package P, whatever else is linked.
    fault_c_a_variable_onto_assembly_live_go_needed: ["272"];
    /// Fields, methods, parameters, labels, locals.
    fault_c_names_of_something_else_live_go_needed: ["240", "274"];
    /// One package gives the value, another pulls it.
    fault_c_a_value_pushed_and_pulled_live_go_needed: ["264", "278"];
    /// `novar`: private, or shared with those that name it.
    fault_c_names_without_a_package_live_go_needed: ["268", "126"];
    /// `-X` on what nobody else has.
    fault_c_detached_and_set_by_the_linker_live_go_needed: ["271", "88"], further ["292", "293"];
    /// Below `internal`, and in package main.
    fault_c_exported_and_not_importable_live_go_needed: ["269"], further ["294", "295"];
    /// An absolute folder of another place on the only file of a package that pushes.
    fault_c_a_folder_that_only_line_names_live_go_needed: ["270", "273", "275"];
    /// A name with a dot that a needed library may define.
    fault_c_a_library_may_define_it_live_go_needed: ["265"], further ["290"];
    /// A user's handle for what the compiler replaces in Go's own packages.
    fault_c_a_pull_of_an_intrinsic_live_go_needed: ["266", "34"], further ["286", "287"];
    /// A variable called `runtime.pclntab`.
    fault_c_a_variable_before_the_function_table_live_go_needed: ["267"], further ["288", "289"];
}
