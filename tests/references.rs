//! Is every reference of a real program found, and none that is none?
//!
//! Each program is built for one architecture. Every call and jump that gonym finds to the start of a
//! function is compared, instruction by instruction, with what `go tool objdump` prints, llvm-objdump
//! for MIPS; everything else that refers to an address with the relocations that a C linker leaves in
//! the file. Needs Go 1.21 or newer on PATH, and a C compiler for each architecture, and says so where
//! there is none; `GONYM_REFERENCES=full` compares larger programs, more versions and more architectures.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use common::disassembly::{self, Said};
use common::go::{self, Order, Toolchain};
use common::relocations;
use gonym::binary::Binary;
use gonym::code::{How, Wanted};

/// Minor, package, GOARCH, flags: linux always.
type Cell = (u16, &'static str, &'static str, &'static [&'static str]);

const CELLS: &[Cell] = &[
    (27, "nano", "386", &[]),
    (27, "nano", "amd64", &[]),
    (27, "nano", "arm", &[]),
    (27, "nano", "arm64", &[]),
    (27, "nano", "riscv64", &["-ldflags=-debugtramp=2"]),
    (27, "nano", "ppc64", &[]),
    (27, "nano", "ppc64le", &["-buildmode=pie"]),
    (27, "nano", "s390x", &[]),
    (27, "nano", "loong64", &[]),
    (27, "nano", "mips", &[]),
    (27, "nano", "mips64le", &[]),
];
const MORE_CELLS: &[Cell] = &[
    (27, "cmd/compile", "386", &[]),
    (27, "cmd/compile", "amd64", &[]),
    (27, "cmd/compile", "arm", &[]),
    (27, "cmd/compile", "arm64", &[]),
    (27, "cmd/compile", "riscv64", &[]),
    (27, "cmd/go", "amd64", &["-buildmode=pie"]),
    (27, "cmd/go", "arm64", &["-buildmode=pie"]),
    (27, "nano", "arm", &["-ldflags=-debugtramp=2"]),
    (27, "nano", "arm64", &["-ldflags=-debugtramp=2"]),
    (22, "nano", "arm", &["-ldflags=-debugtramp=2"]),
    (22, "nano", "arm64", &["-ldflags=-debugtramp=2"]),
    (19, "nano", "riscv64", &["-ldflags=-debugtramp=2"]),
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
    (27, "nano", "ppc64le", &[]),
    (27, "nano", "mipsle", &[]),
    (27, "nano", "mips64", &[]),
    (27, "cmd/compile", "ppc64", &[]),
    (27, "cmd/compile", "ppc64le", &[]),
    (27, "cmd/compile", "s390x", &[]),
    (27, "cmd/compile", "loong64", &[]),
    (27, "cmd/compile", "mips", &[]),
    (27, "cmd/compile", "mipsle", &[]),
    (27, "cmd/compile", "mips64", &[]),
    (27, "cmd/compile", "mips64le", &[]),
    (22, "cmd/compile", "ppc64", &[]),
    (22, "cmd/compile", "ppc64le", &[]),
    (22, "cmd/compile", "s390x", &[]),
    (22, "cmd/compile", "loong64", &[]),
    (22, "cmd/compile", "mips", &[]),
    (22, "cmd/compile", "mipsle", &[]),
    (22, "cmd/compile", "mips64", &[]),
    (22, "cmd/compile", "mips64le", &[]),
    (19, "cmd/compile", "ppc64", &[]),
    (19, "cmd/compile", "ppc64le", &[]),
    (19, "cmd/compile", "s390x", &[]),
    (19, "cmd/compile", "loong64", &[]),
    (19, "cmd/compile", "mips", &[]),
    (19, "cmd/compile", "mipsle", &[]),
    (19, "cmd/compile", "mips64", &[]),
    (19, "cmd/compile", "mips64le", &[]),
    (27, "nano", "ppc64le", &["-ldflags=-debugtramp=2"]),
    (27, "nano", "loong64", &["-ldflags=-debugtramp=2"]),
    (27, "nano", "ppc64", &["-ldflags=-debugtramp=2"]),
    (19, "nano", "ppc64le", &["-buildmode=pie"]),
    (27, "cmd/go", "ppc64le", &["-buildmode=pie"]),
    (27, "cmd/go", "s390x", &["-buildmode=pie"]),
    (27, "cmd/go", "loong64", &["-buildmode=pie"]),
];

#[test]
fn calls_and_jumps_are_those_of_another_decoder_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("calls against go tool objdump", &why),
    };
    let cells = CELLS.iter().chain(if full() { MORE_CELLS } else { &[] });
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
        let said = match goarch.starts_with("mips") {
            true => disassembly::llvm_objdump(&file),
            false => Some(disassembly::go_objdump(&objdump, &file)),
        };
        let Some(mut said) = said else {
            go::skip(&name, "no llvm-objdump, and Go's does not know MIPS");
            continue;
        };
        if goarch.starts_with("ppc64") && flags.contains(&"-buildmode=pie") {
            name_functions_by_local_entries(&mut said);
        }
        let names = disassembly::code_names(&nm, &file);
        let counts = compare(&name, &file, &said, &names);
        go::say(&format!("{name}: {counts}"));
        fs::remove_file(&file).expect("the program that was built");
    }
}

fn full() -> bool {
    std::env::var_os("GONYM_REFERENCES").is_some_and(|value| value == "full")
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

/// A position-independent function of 64-bit Power is entered 8 bytes behind its start by who has its
/// r2 already (64-bit ELF V2 ABI, 2.3.2); Go's two unrolled loops are entered anywhere.
fn name_functions_by_local_entries(said: &mut BTreeMap<u64, Said>) {
    for said in said.values_mut() {
        let Said::GoesTo(symbol) = said else { continue };
        if !symbol.starts_with("runtime.duff")
            && let Some(function) = symbol.strip_suffix("+8")
        {
            *symbol = function.to_owned();
        }
    }
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
            // Position-independent Power code enters a function behind the two instructions for r2.
            Some(Said::Into(local)) if name.contains("ppc64") && *local == to + 8 => {}
            // RISC-V forms the high part of a far target in a register.
            Some(Said::Computed) if own.contains("-tramp") => registers += 1,
            // objdump lost its step in an instruction that it does not know.
            None => unseen += 1,
            Some(other) => wrong.push(format!("{at:#x} in {own} leads to {to:#x}: {other:?}")),
        }
    }
    let shown = wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{name}: {} wrong:\n{shown}", wrong.len());
    assert!(direct > 2000, "{name}: only {direct} direct calls and jumps");
    assert!(unseen < 5, "{name}: {unseen} are at no instruction of objdump's");
    let far = trampolines(name, binary, said, names);
    format!(
        "{direct} direct calls and jumps, {far} of trampolines, {registers} through registers, {unseen} unseen"
    )
}

/// Has every call of a trampoline lead to the function that the trampoline is named after.
fn trampolines(
    name: &str,
    binary: &Binary,
    said: &BTreeMap<u64, Said>,
    names: &BTreeMap<u64, BTreeSet<String>>,
) -> usize {
    let far: Vec<(u64, &str)> = said
        .iter()
        .filter_map(|(at, said)| match said {
            Said::GoesTo(symbol) => Some((*at, symbol.rsplit_once("-tramp")?.0)),
            _ => None,
        })
        .map(|(at, symbol)| (at, symbol.strip_suffix("+0").unwrap_or(symbol)))
        .collect();
    let ends: BTreeSet<&str> = far.iter().map(|(_, symbol)| *symbol).collect();
    // A trampoline's name does not say for which of its target's two ABIs it is.
    let plain = |name: &'_ str| name.strip_suffix(".abi0").unwrap_or(name).to_owned();
    let is_end =
        |names: &BTreeSet<String>| names.iter().any(|name| ends.contains(plain(name).as_str()));
    let wanted = names.iter().filter(|(_, names)| is_end(names)).map(|(address, _)| *address);
    let found = binary.search_code(&Wanted::new(wanted)).expect("whole code").references;
    let leads: BTreeMap<u64, u64> = found.iter().map(|found| (found.at, found.to)).collect();
    for (at, symbol) in &far {
        let to = leads.get(at).and_then(|to| names.get(to));
        // `duffzero+32-tramp0` leads into a function.
        let inside = symbol.contains('+') && to.is_none();
        let right =
            inside || to.is_some_and(|names| names.iter().any(|name| plain(name) == *symbol));
        assert!(right, "{name}: {at:#x} goes to {symbol} by a trampoline, found {to:?}");
    }
    far.len()
}

/// GOARCH and the C compiler that links for it.
const LINKERS: &[(&str, &str)] = &[("amd64", "gcc")];
const MORE_LINKERS: &[(&str, &str)] = &[
    ("386", "i686-linux-gnu-gcc"),
    ("arm", "arm-linux-gnueabihf-gcc"),
    ("arm64", "aarch64-linux-gnu-gcc"),
    ("riscv64", "riscv64-linux-gnu-gcc"),
    ("ppc64le", "powerpc64le-linux-gnu-gcc"),
    ("s390x", "s390x-linux-gnu-gcc"),
];

#[test]
fn addresses_are_those_of_the_relocations_live_go_needed() {
    let toolchain = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("addresses against relocations", &why),
    };
    for (goarch, compiler) in LINKERS.iter().chain(if full() { MORE_LINKERS } else { &[] }) {
        let name = format!("relocations of {goarch}");
        for tool in [*compiler, "readelf"] {
            if let Err(why) = Command::new(tool).arg("--version").output() {
                go::skip(&name, &format!("{tool}: {why}"));
                return;
            }
        }
        let file = common::scratch("references").join(format!("{goarch}-{}", std::process::id()));
        link(&toolchain, goarch, compiler, &file);
        let counts = compare_addresses(&name, goarch, &file);
        go::say(&format!("{name}: {counts}"));
        fs::remove_file(&file).expect("the program that was built");
    }
}

/// Builds with a C linker that leaves its relocations in the file.
fn link(toolchain: &Toolchain, goarch: &str, compiler: &str, file: &Path) {
    let mut command = toolchain.command(&common::testdata().join("programs/nano"));
    command.env("GOOS", "linux").env("GOARCH", goarch).env("CGO_ENABLED", "1").env("CC", compiler);
    let flags = "-ldflags=-linkmode=external -extldflags '-Wl,--emit-relocs -no-pie'";
    command.args(["build", flags, "-o"]).arg(file).arg(".");
    let output = command.output().expect("go runs");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    toolchain.wrote(file, toolchain);
}

/// Go's nil checks rest on it too: cmd/compile knows no field further from its structure that it
/// reads without a check of its own.
const LARGEST_FIELD_OFFSET: u64 = 4096;

/// What each function refers to by address, compared with what relocations inside it say.
fn compare_addresses(name: &str, goarch: &str, file: &Path) -> String {
    let opened = Binary::open(file).expect("an executable");
    let binary = opened.binaries.first().expect("one executable");
    let table = &binary.functions().expect("a function table").table;
    let word = |at: u64| {
        let bytes = binary.memory(at, 4).ok()?;
        Some(u32::from_le_bytes(*bytes.first_chunk::<4>()?).into())
    };
    let said = relocations::of_text(file, goarch, word);
    let entry = |at: u64| Some(table.find(at)?.entry);
    let targets = said.values().flatten().copied();
    let found = binary.search_code(&Wanted::new(targets)).expect("whole code");
    let mut referred: BTreeSet<(u64, u64)> = BTreeSet::new();
    for reference in &found.references {
        referred.extend(entry(reference.at).map(|entry| (entry, reference.to)));
    }
    let mut missed = Vec::new();
    let mut count = 0;
    let mut told: BTreeSet<(u64, u64)> = BTreeSet::new();
    for (at, means) in &said {
        // C functions are in no table of Go's.
        let Some(entry) = entry(*at) else { continue };
        count += 1;
        told.extend(means.iter().map(|to| (entry, *to)));
        if !means.iter().any(|to| referred.contains(&(entry, *to))) {
            missed.push(format!("{at:#x} means one of {means:x?}"));
        }
    }
    let memory = found.references.iter().filter(|r| !matches!(r.how, How::Call | How::Jump));
    let extra = memory.filter(|r| entry(r.at).is_none_or(|entry| !told.contains(&(entry, r.to))));
    // The field of a structure, computed from the structure's own address, has no relocation.
    let extra: Vec<_> = extra.map(|r| (r.at, r.how, r.to)).collect();
    let is_field = |(at, _, to): &(u64, How, u64)| {
        let start = |entry| (entry, to.saturating_sub(LARGEST_FIELD_OFFSET));
        entry(*at).is_some_and(|entry| told.range(start(entry)..(entry, *to)).next().is_some())
    };
    let strangers: Vec<_> = extra.iter().filter(|reference| !is_field(reference)).collect();
    assert!(missed.is_empty(), "{name}: {} missed: {:?}", missed.len(), missed.first());
    assert!(count > 2000, "{name}: only {count} relocations");
    assert!(strangers.is_empty(), "{name}: no relocation of the function is near: {strangers:x?}");
    // Where a load takes two instructions or more, several fields share one address.
    let most = if matches!(goarch, "ppc64le" | "s390x") { count / 20 } else { count / 500 };
    assert!(extra.len() < most, "{name}: {} have no relocation: {extra:x?}", extra.len());
    format!("{count} relocations, {} computed from another", extra.len())
}
