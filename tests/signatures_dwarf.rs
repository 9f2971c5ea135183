//! Do source and DWARF tell the same signature of one function?
//!
//! gofmt, built by three Go versions with another linker each: every function of it that the source of its
//! packages declares with a body is held against its own subprogram. There is no mismatch to find, so every
//! one is an error of gonym; what it calls unknown is counted and bounded.

mod common;

use std::collections::BTreeMap;

use common::declared::{self, World};
use common::go::{self, Order, Toolchain, WITNESS};
use gonym::binary::Binary;
use gonym::dwarf::{Entry, EntryKind};
use gonym::linkname::signature::{Class, Comparison, Side, TargetSide, Universe, compare};
use gonym::types::machine::Machine;

/// The file as gonym opens it.
fn gofmt(toolchain: &Toolchain, witness: &Toolchain) -> Binary {
    let file = common::scratch("signatures").join(format!("gofmt-{}", toolchain.minor));
    let folder = toolchain.root.join("src");
    let order = Order {
        folder: &folder,
        platform: ("linux", "amd64"),
        cgo: false,
        arguments: vec!["build", "cmd/gofmt"],
    };
    toolchain.build(&order, witness, &file);
    Binary::open(&file).expect("an executable").binaries.remove(0)
}

/// Its functions and variables, as DWARF describes them: those with an address.
fn entries(binary: &Binary) -> BTreeMap<String, Entry> {
    let info = binary.debug().expect("debugging information").expect("it can be read");
    let found = info.find(&|_| true);
    let mut entries = BTreeMap::new();
    for entry in found.entries.into_iter().filter(|entry| entry.address.is_some()) {
        let name = String::from_utf8(entry.name.clone()).expect("a name");
        // A wrapper and what it wraps have one name: the one that lists parameters tells more.
        let known = entries.entry(name).or_insert_with(|| entry.clone());
        if known.parameters.len() < entry.parameters.len() {
            *known = entry;
        }
    }
    entries
}

fn held(world: &World, name: &str, entry: &Entry) -> Option<Comparison> {
    let side = Side::of_symbol(name)?;
    let package = gonym::source::types::Declared::package(world, &side.package)?;
    let target = match entry.kind {
        EntryKind::Subprogram => {
            package.function(&side.name).filter(|function| function.has_body)?;
            TargetSide::Function { name, parameters: &entry.parameters }
        }
        EntryKind::Variable => {
            package.variable(&side.name)?;
            let type_name = entry.type_name.as_deref();
            TargetSide::Variable { name, type_name, size: entry.size }
        }
    };
    let universe = Universe { declared: world, machine: world.machine };
    Some(compare(&side, &target, &universe))
}

#[test]
fn dwarf_and_source_tell_one_signature() {
    let (Ok(program), Ok(newest)) = (declared::witness(), go::toolchain(WITNESS)) else {
        return go::skip("signatures in DWARF", "no Go to build with");
    };
    for minor in [19, 25, 27] {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip("signatures in DWARF", &why);
                continue;
            }
        };
        let folder = toolchain.root.join("src");
        let platform = ("linux", "amd64");
        let text = declared::testimony(&program, &toolchain, &folder, platform, &["cmd/gofmt"]);
        let machine = Machine::of("amd64", minor).expect("a known port");
        let world = World::read(&declared::lines(&text), machine);
        for kind in [EntryKind::Subprogram, EntryKind::Variable] {
            let mut tally: BTreeMap<Class, usize> = BTreeMap::new();
            let mut wrong = Vec::new();
            for (name, entry) in entries(&gofmt(&toolchain, &newest)) {
                if entry.kind != kind {
                    continue;
                }
                let Some(found) = held(&world, &name, &entry) else { continue };
                *tally.entry(found.class).or_default() += 1;
                match found.class {
                    Class::Unknown => go::say(&format!("  {name}: {}", found.detail)),
                    class if class.is_mismatch() => {
                        wrong.push(format!("{name}: {class:?}: {}", found.detail));
                    }
                    _ => {}
                }
            }
            go::say(&format!("go1.{minor} {kind:?}: {tally:?}, {} wrong", wrong.len()));
            let all: usize = tally.values().sum();
            let unknown = tally.get(&Class::Unknown).copied().unwrap_or(0);
            assert!(wrong.is_empty(), "go1.{minor}:\n{}", wrong.join("\n"));
            assert!(all > 500 && unknown * 12 < all, "{unknown} of {all} unknown");
        }
    }
}
