//! Does the compiler carry each parameter in the registers that gonym says?
//!
//! The witness is the code that cmd/compile writes: before a function asks for a larger stack it saves the
//! registers of its parameters, in order and each with its width. Functions with random parameters are
//! compiled for every port that has registers, and some that have none; what `-S` lists is what gonym must
//! assign. `GONYM_SOURCE=full` takes every Go version from 1.19 on.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use common::go::{self, Toolchain};
use gonym::source::file::GoFile;
use gonym::source::types::{Declared, ParsedPackage, Place, Resolver};
use gonym::types::convention::Places;
use gonym::types::layout::Layout;
use gonym::types::machine::Machine;

const TYPES: &str = "bool int8 uint16 int32 uint64 int uintptr float32 float64 complex64 complex128 \
    string []byte any error *int unsafe.Pointer map[string]int chan<-int func(int)bool struct{} \
    [0]int [1]bool [1]string [2]int [1][1]float32 S T U V W Named Alias G[int8] G[string] [K]int16";

const DECLARED: &str = "package p
import \"unsafe\"
type S struct { a int8; b float32; s string }
type T struct { s S; e [0]int; f float64 }
type U struct { a, b, c, d int; e []byte }
type V struct { a [2]byte }
type W struct { _ int; x struct{}; p *W }
type G[P any] struct { p P; q *P }
type Named S
type Alias = T
const K = 1 << iota
func sink()
";

const FUNCTIONS: u64 = 300;

/// Functions that use all they are given, so that nothing is optimised away.
fn program() -> String {
    let types: Vec<&str> = TYPES.split_whitespace().collect();
    let mut text = DECLARED.to_owned();
    // Knuth's MMIX numbers: the same functions in every run.
    let mut state = 1_u64;
    let mut random = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for number in 0..FUNCTIONS {
        let count = 1 + random(9);
        let chosen: Vec<&str> = (0..count)
            .map(|_| types[usize::try_from(random(types.len() as u64)).expect("small")])
            .collect();
        let parameters: Vec<String> =
            chosen.iter().enumerate().map(|(index, type_)| format!("p{index} {type_}")).collect();
        let names: Vec<String> = (0..chosen.len()).map(|index| format!("p{index}")).collect();
        text += &format!(
            "func f{number}({}) ({}) {{ sink(); return {} }}\n",
            parameters.join(", "),
            chosen.join(", "),
            names.join(", ")
        );
    }
    text
}

/// Widths of what integer and float registers hold, in order.
type Saved = (Vec<u64>, Vec<u64>);

/// What an instruction that stores registers on the stack saves.
fn store(goarch: &str, line: &str) -> Option<(bool, Vec<u64>)> {
    let mut words = line.split_whitespace();
    let (mnemonic, target) = (words.next()?, words.next_back()?);
    let stack = ["(SP)", "(RSP)", "(X2)", "(R1)", "(R3)", "(R15)"];
    if !stack.iter().any(|stack| target.ends_with(stack)) {
        return None;
    }
    let risc = matches!(goarch, "riscv64" | "loong64");
    Some(match mnemonic {
        "MOVB" => (false, vec![1]),
        "MOVH" => (false, vec![2]),
        "MOVW" if goarch == "amd64" => (false, vec![2]),
        "MOVW" | "MOVL" => (false, vec![4]),
        "MOVD" if risc => (true, vec![8]),
        "MOVQ" | "MOVD" | "MOVV" | "MOV" => (false, vec![8]),
        "STP" => (false, vec![8, 8]),
        "STPW" => (false, vec![4, 4]),
        "MOVSS" | "FMOVS" | "MOVF" => (true, vec![4]),
        "MOVSD" | "FMOVD" => (true, vec![8]),
        "FSTPS" => (true, vec![4, 4]),
        "FSTPD" => (true, vec![8, 8]),
        "JMP" | "BR" => return None,
        other => panic!("{goarch}: what is {other}? {line}"),
    })
}

/// What each function saves before it asks for more stack, as the compiler listed it.
fn listed(toolchain: &Toolchain, goarch: &str) -> BTreeMap<String, Saved> {
    let folder = common::scratch("registers").join(format!("{}-{goarch}", toolchain.minor));
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("p.go"), program()).expect("a file");
    let root = toolchain.command(&folder).get_program().to_owned();
    let mut command = Command::new(root);
    command.envs(toolchain.command(&folder).get_envs().filter_map(|(k, v)| Some((k, v?))));
    command.env("GOARCH", goarch).env("GOOS", "linux").current_dir(&folder);
    let null = if cfg!(windows) { "NUL" } else { "/dev/null" };
    command.args(["tool", "compile", "-symabis", null, "-p", "p", "-S", "-o", "p.o", "p.go"]);
    let output = command.output().expect("the compiler runs");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let mut all = BTreeMap::new();
    let (mut name, mut block) = (String::new(), Vec::new());
    for line in text.lines() {
        // Until 1.18 the compiler did not write the package.
        let symbol = line.strip_prefix("p.").or_else(|| line.strip_prefix("\"\"."));
        if let Some(function) = symbol.and_then(|rest| rest.split(' ').next()) {
            function.clone_into(&mut name);
        }
        // "\t0x0011 00017 (p.go:12)\tMOVQ\tAX, 8(SP)"
        let Some(instruction) = line.split_once(")\t").map(|(_, rest)| rest) else { continue };
        if instruction.contains("runtime.morestack") {
            all.insert(std::mem::take(&mut name), saved(goarch, &block));
        }
        block.push(instruction.to_owned());
    }
    all
}

/// The stores at the end of `block`.
fn saved(goarch: &str, block: &[String]) -> Saved {
    let mut stores = Vec::new();
    for line in block.iter().rev() {
        let skipped =
            ["PCDATA", "NOP", "MOVD\tR30", "MOVD\tLR", "MOV\tX1", "MOVV\tR1,", "MOVD\tR14"];
        match store(goarch, line) {
            Some(store) => stores.push(store),
            None if skipped.iter().any(|word| line.starts_with(word)) => {}
            None => break,
        }
    }
    let (mut integers, mut floats) = (Vec::new(), Vec::new());
    for (float, sizes) in stores.into_iter().rev() {
        if float { &mut floats } else { &mut integers }.extend(sizes);
    }
    (integers, floats)
}

struct One(ParsedPackage);

impl Declared for One {
    fn package(&self, import_path: &str) -> Option<&ParsedPackage> {
        (import_path == "p").then_some(&self.0)
    }
}

fn assigned(package: &One, machine: Machine, name: &str) -> Saved {
    let resolver = Resolver::new(package, machine);
    let written = package.0.function(name).expect("a function");
    let signature = resolver.signature(&written.type_, &Place::of(&package.0, written.file));
    let layout = |type_| Layout::of(type_, machine, &resolver).expect("a known type");
    let layouts: Vec<Layout> = signature.parameters.iter().map(layout).collect();
    let places = Places::of(machine, &layouts);
    let sizes = |pieces: &[gonym::types::layout::Piece]| {
        pieces.iter().map(|piece| piece.size).collect::<Vec<u64>>()
    };
    (sizes(&places.integers), sizes(&places.floats))
}

#[test]
fn parameters_are_in_the_registers_that_the_compiler_saves() {
    let package = One(ParsedPackage::new("p", vec![GoFile::parse(program().into_bytes())]));
    let full = std::env::var_os("GONYM_SOURCE").is_some_and(|value| value == "full");
    let minors = if full { (19..=27).collect() } else { vec![19, 27] };
    for minor in minors {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip("registers of parameters", &why);
                continue;
            }
        };
        for goarch in ["amd64", "arm64", "ppc64le", "riscv64", "loong64", "s390x", "386", "mips64"]
        {
            let machine = Machine::of(goarch, minor).expect("a known port");
            let listed = listed(&toolchain, goarch);
            let (mut held, mut registers) = (0, 0);
            for number in 0..FUNCTIONS {
                let name = format!("f{number}");
                let Some(saved) = listed.get(&name) else { continue };
                let assigned = assigned(&package, machine, &name);
                assert_eq!(&assigned, saved, "go1.{minor} {goarch} {name}");
                held += 1;
                registers += saved.0.len() + saved.1.len();
            }
            go::say(&format!("go1.{minor} {goarch}: {held} functions, {registers} registers"));
            assert!(held * 2 > FUNCTIONS, "{held} functions");
            assert_eq!(registers > 1000, machine.has_registers(), "go1.{minor} {goarch}");
        }
    }
}
