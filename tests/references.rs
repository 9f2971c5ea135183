//! Is every direct call and jump of a real program found, and none that is none?
//!
//! Each program is built for one architecture, and every call and jump that gonym finds to the start
//! of a function is compared, instruction by instruction, with what `go tool objdump` prints. Needs Go
//! 1.21 or newer on PATH and says so where there is none; `GONYM_REFERENCES=full` compares larger
//! programs and more versions.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use common::disassembly::{self, Said};
use common::go::{self, Order, Toolchain};
use gonym::binary::Binary;
use gonym::code::{How, Wanted};

/// Minor, package, GOARCH, flags: linux always.
type Cell = (u16, &'static str, &'static str, &'static [&'static str]);

const CELLS: &[Cell] = &[
    (27, "nano", "386", &[]),
    (27, "nano", "amd64", &[]),
    (27, "nano", "arm", &[]),
    (27, "nano", "arm64", &[]),
    (27, "nano", "riscv64", &[]),
];
const MORE_CELLS: &[Cell] = &[
    (27, "cmd/compile", "386", &[]),
    (27, "cmd/compile", "amd64", &[]),
    (27, "cmd/compile", "arm", &[]),
    (27, "cmd/compile", "arm64", &[]),
    (27, "cmd/compile", "riscv64", &[]),
    (27, "cmd/go", "amd64", &["-buildmode=pie"]),
    (27, "cmd/go", "arm64", &["-buildmode=pie"]),
    (27, "cmd/gofmt", "arm", &["-ldflags=-debugtramp=2"]),
    (27, "cmd/gofmt", "arm64", &["-ldflags=-debugtramp=2"]),
    (22, "cmd/go", "386", &[]),
    (22, "cmd/go", "amd64", &[]),
    (22, "cmd/go", "arm", &[]),
    (22, "cmd/go", "arm64", &[]),
    (22, "cmd/go", "riscv64", &[]),
    (19, "cmd/go", "386", &[]),
    (19, "cmd/go", "amd64", &[]),
    (19, "cmd/go", "arm", &[]),
    (19, "cmd/go", "arm64", &[]),
    (19, "cmd/go", "riscv64", &[]),
];

#[test]
fn calls_and_jumps_are_those_of_another_decoder_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("calls against go tool objdump", &why),
    };
    let full = std::env::var_os("GONYM_REFERENCES").is_some_and(|value| value == "full");
    let cells = CELLS.iter().chain(if full { MORE_CELLS } else { &[] });
    let (objdump, nm) = (witness.tool("objdump"), witness.tool("nm"));
    for cell in cells {
        let (minor, package, goarch, flags) = cell;
        let name = format!("{package} {goarch} go1.{minor} {}", flags.join(" "));
        let toolchain = match go::toolchain(*minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&name, &why);
                continue;
            }
        };
        let file = common::scratch("references").join(format!("{}", std::process::id()));
        build(&toolchain, &witness, cell, &file);
        let said = disassembly::go_objdump(&objdump, &file);
        let names = disassembly::code_names(&nm, &file);
        let counts = compare(&name, &file, &said, &names);
        go::say(&format!("{name}: {counts}"));
        fs::remove_file(&file).expect("the program that was built");
    }
}

fn build(toolchain: &Toolchain, witness: &Toolchain, cell: &Cell, file: &Path) {
    let (_, package, goarch, flags) = cell;
    let own = common::testdata().join("programs").join(package);
    let (folder, package) =
        if own.is_dir() { (own, ".") } else { (toolchain.root.join("src"), *package) };
    let arguments = ["build"].iter().chain(*flags).copied().chain([package]).collect();
    let order = Order { folder: &folder, platform: ("linux", goarch), cgo: false, arguments };
    toolchain.build(&order, witness, file);
}

/// Compares one program; the result is for the reader.
fn compare(
    name: &str,
    file: &Path,
    said: &BTreeMap<u64, Said>,
    names: &BTreeMap<u64, BTreeSet<String>>,
) -> String {
    let opened = Binary::open(file).expect("an executable");
    let binary = opened.binaries.first().expect("one executable");
    let table = &binary.functions().expect("a function table").table;
    let entries: Vec<u64> = table.functions().map(|function| function.entry).collect();
    let found = binary.search_code(&Wanted::new(entries.iter().copied())).expect("whole code");
    let mut branches: BTreeMap<u64, u64> = BTreeMap::new();
    for reference in found.references.iter().filter(|reference| !reference.through) {
        if matches!(reference.how, How::Call | How::Jump) {
            branches.insert(reference.at, reference.to);
        }
    }
    let leads_to = |at: u64, symbol: &str| {
        let names = branches.get(&at).and_then(|to| names.get(to));
        names.is_some_and(|names| names.contains(symbol))
    };
    // The linker's own marks stand at addresses of code, but begin no function.
    let functions: BTreeSet<&String> =
        entries.iter().filter_map(|entry| names.get(entry)).flatten().collect();
    let mut wrong = Vec::new();
    let mut direct = 0;
    for (at, said) in said {
        let Said::GoesTo(symbol) = said else { continue };
        if functions.contains(symbol) {
            direct += 1;
            if !leads_to(*at, symbol) {
                wrong.push(format!("{at:#x} goes to {symbol}, found {:x?}", branches.get(at)));
            }
        }
    }
    let (mut registers, mut unseen) = (0, 0);
    for (at, to) in &branches {
        let function = table.find(*at).expect("code of a function");
        let own = String::from_utf8_lossy(function.name()).into_owned();
        match said.get(at) {
            Some(Said::GoesTo(symbol)) if leads_to(*at, symbol) => {}
            // A loop, or a function that starts anew once its stack has grown.
            Some(_) if function.entry == *to => {}
            // An address in a register: assembly and the linker's trampolines do so.
            Some(Said::Computed { assembly }) if *assembly || own.contains("-tramp") => {
                registers += 1
            }
            // objdump lost its step in an instruction that it does not know.
            None => unseen += 1,
            Some(other) => wrong.push(format!("{at:#x} in {own} leads to {to:#x}: {other:?}")),
        }
    }
    let shown = wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{name}: {} wrong:\n{shown}", wrong.len());
    assert!(direct > 2000, "{name}: only {direct} direct calls and jumps");
    assert!(unseen < 5, "{name}: {unseen} are at no instruction of objdump's");
    format!("{direct} direct calls and jumps, {registers} through registers, {unseen} unseen")
}
