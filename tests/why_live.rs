//! Is every step of a chain in the program, and is there a chain to whatever the linker kept?
//!
//! What may be reached is said by the linker (`-ldflags=-dumpdep` prints from which symbol it reached each one first).
//! Instructions are those of `go tool objdump`, words are read from the file by a reader of this test's own.

mod common;
#[path = "why_live/elf.rs"]
mod elf;
#[path = "why_live/truth.rs"]
mod truth;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use common::go::{self, Toolchain};
use elf::Memory;
use gonym::binary::Binary;
use gonym::printable::printable;
use gonym::why::{Answer, Chains, Kind, Root};
use truth::{Instruction, Truth};

/// Folder of the module, or a command of Go's own.
const PROGRAMS: &[&str] = &["hello", "generic", "records", "server", "cmd/gofmt", "cmd/link"];

/// How many functions of each program are asked about: by default, and with `GONYM_WHY=full`.
const ASKED: usize = 50;
const ALL_ASKED: usize = 200;

/// Version, programs, how many functions of each.
fn questions() -> Vec<(u16, &'static [&'static str], usize)> {
    if std::env::var_os("GONYM_WHY").is_some_and(|value| value == "full") {
        let others = [18, 20, 21, 23, 24, 26].map(|minor| (minor, &PROGRAMS[..4], ALL_ASKED));
        return [(27, PROGRAMS, ALL_ASKED)].into_iter().chain(others).collect();
    }
    vec![(27, &PROGRAMS[..2], ASKED), (20, &PROGRAMS[1..2], ASKED)]
}

/// A program, with and without symbols, and what the linker said.
struct Built {
    whole: PathBuf,
    stripped: PathBuf,
    /// Every symbol that the linker reached, and from which one.
    reached: BTreeMap<String, String>,
}

fn built(toolchain: &Toolchain, program: &str, folder: &Path) -> Built {
    let file = folder.join(format!("{}-{}", program.replace('/', "-"), toolchain.minor));
    let stripped = file.with_extension("stripped");
    let module = common::testdata().join("programs/reasons");
    let (from, package) = match program.starts_with("cmd/") {
        true => (toolchain.root.join("src"), program.to_owned()),
        false => (module, format!("./{program}")),
    };
    let link = |flags: &str, file: &Path| {
        let mut command = toolchain.command(&from);
        command.env("GOOS", "linux").env("GOARCH", "amd64").env("CGO_ENABLED", "0");
        command.args(["build", &format!("-ldflags={flags}"), "-o"]).arg(file).arg(&package);
        let output = command.output().expect("go runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{program}: {said}");
        said
    };
    let said = link("-dumpdep", &file);
    link("-s -w", &stripped);
    Built { whole: file, stripped, reached: truth::reached(&said) }
}

fn text(name: &[u8]) -> String {
    printable(name)
}

/// Each step of a chain: a function by its name, data by its address, and how it is reached.
fn shape(answer: &Answer) -> Vec<(&'static str, String, u64)> {
    let steps = answer.chain.iter().map(|step| {
        let how = step.how.map_or("", |how| how.word());
        let is_function = step.kind == Kind::Function;
        (how, if is_function { text(&step.name) } else { String::new() }, step.address)
    });
    steps.collect()
}

/// Whether a chain through a stripped file is that through the whole one. Without symbols a part of a variable is not
/// known to be one.
fn is_same(truth: &Truth, whole: &Answer, stripped: &Answer) -> bool {
    let (one, other) = (shape(whole), shape(stripped));
    one.len() == other.len()
        && one.iter().zip(&other).zip(&whole.chain).all(|((one, other), step)| {
            let same = (one.0, &one.1) == (other.0, &other.1);
            same && (one.2 == other.2 || truth.covers(step, other.2))
        })
}

fn asked<'a>(built: &'a Built, truth: &Truth, most: usize) -> Vec<&'a str> {
    let functions = built.reached.keys().filter(|name| truth.is_function(name));
    let functions: Vec<&str> = functions.map(String::as_str).collect();
    let step = (functions.len() / most).max(1);
    functions.into_iter().step_by(step).take(most).collect()
}

fn judge(program: &str, built: &Built, nm: &Path, objdump: &Path, most: usize) -> (usize, usize) {
    let truth = Truth::of(nm, &built.whole);
    let memory = Memory::of(&built.whole);
    let open = |file: &Path| Binary::open(file).expect("an executable").binaries.remove(0);
    let (whole, stripped) = (open(&built.whole), open(&built.stripped));
    let chains = Chains::of(&whole).expect("whole");
    let without = Chains::of(&stripped).expect("whole");
    let asked = asked(built, &truth, most);
    assert!(asked.len() >= most.min(200), "{program}: only {} functions", asked.len());
    let mut wrong: Vec<String> = Vec::new();
    let mut answers: Vec<(&str, Answer)> = Vec::new();
    for name in asked {
        let answer = chains.to_any(vec![name.as_bytes().to_vec()]);
        if answer.chain.is_empty() {
            wrong.push(format!("{name}: no chain, but {} leads there", built.reached[name]));
        }
        let other = without.to_any(vec![name.as_bytes().to_vec()]);
        // Without symbols a function table up to 1.20 has no type arguments.
        let hidden = name.contains('[') && other.names.is_empty() | other.chain.is_empty();
        // A word can be taken for a neighbour's there, which the step says.
        let inferred = other.chain.iter().any(|step| step.inferred);
        if !hidden && !inferred && !is_same(&truth, &answer, &other) {
            let (one, other) = (shape(&answer), shape(&other));
            wrong.push(format!("{name}: {one:#?}\nstripped {other:#?}"));
        }
        answers.push((name, answer));
    }
    let sites: BTreeSet<u64> =
        answers.iter().flat_map(|(_, answer)| &answer.chain).filter_map(|step| step.at).collect();
    let instructions = truth::instructions(objdump, &built.whole, &sites);
    let mut edges = 0;
    for (name, answer) in &answers {
        let Some(first) = answer.chain.first() else { continue };
        let root = text(&first.name);
        if !is_root(answer.root, &root, built) {
            wrong.push(format!("{name}: {root} is no root"));
        }
        let last = answer.chain.last().filter(|step| truth.is_at(name, step));
        if last.is_none() {
            wrong.push(format!("{name}: the chain ends elsewhere"));
        }
        for (before, step) in answer.chain.iter().zip(answer.chain.iter().skip(1)) {
            let at = step.at.expect("a place");
            let instruction: Option<&Instruction> = instructions.get(&at);
            match truth.holds(&memory, before, step, instruction) {
                Ok(()) => edges += 1,
                Err(why) => wrong.push(format!(
                    "{name}: {} -> {} at {at:#x}: {why}",
                    text(&before.name),
                    text(&step.name)
                )),
            }
        }
    }
    assert!(wrong.is_empty(), "{program}: {} wrong\n{}", wrong.len(), wrong.join("\n"));
    (answers.len(), edges)
}

/// What the linker reached from nothing, or from a task of an initialisation.
fn is_root(root: Option<Root>, name: &str, built: &Built) -> bool {
    match root {
        Some(Root::Main) => name == "main.main",
        Some(Root::Init) => {
            let task = |of: &String| of.ends_with("..inittask");
            built.reached.get(name).is_some_and(task)
        }
        Some(Root::Runtime) => name == "_rt0_amd64_linux",
        _ => false,
    }
}

#[test]
fn every_step_is_in_the_program_and_whatever_was_linked_has_a_chain() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("why on fresh builds", &why),
    };
    let (nm, objdump) = (witness.tool("nm"), witness.tool("objdump"));
    let folder = common::scratch("why-live");
    for (minor, programs, most) in questions() {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("why on 1.{minor}"), &why);
                continue;
            }
        };
        for program in programs {
            let built = built(&toolchain, program, &folder);
            toolchain.wrote(&built.whole, &witness);
            let (chains, edges) = judge(program, &built, &nm, &objdump, most);
            go::say(&format!("1.{minor} {program}: {chains} chains, {edges} steps"));
        }
    }
}
