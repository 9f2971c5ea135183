//! Do the types, layouts and signatures that gonym reads out of source agree with go/types?
//!
//! The witness is `testdata/witness/signatures`: it lists the packages of a build with `go list`,
//! type-checks them with go/types and prints every declared type with its memory and every linkname with
//! how its two ends agree. gonym must say the same from the same files. What gonym calls unknown is counted
//! and bounded, and no mismatch of its may be one that go/types does not see.
//!
//! `GONYM_SOURCE=full` adds cmd to std, takes five Go versions and ten platforms, and modules of `testdata/witness/modules`, which
//! it downloads.

mod common;

use std::collections::BTreeMap;

use common::declared::{self, World};
use common::go;
use gonym::linkname::signature::{Class, Side, TargetSide, Universe, compare};
use gonym::source::types::Resolver;
use gonym::types::layout::{Content, Layout};
use gonym::types::machine::Machine;
use gonym::types::{Name, Type};

/// Minor, GOOS, GOARCH of a run within the usual time.
const REDUCED: &[(u16, &str, &str)] = &[(27, "linux", "amd64"), (19, "linux", "386")];

const FULL_MINORS: &[u16] = &[19, 22, 23, 25, 27];
const FULL_PLATFORMS: &[(&str, &str)] = &[
    ("linux", "amd64"),
    ("linux", "386"),
    ("linux", "arm"),
    ("windows", "arm64"),
    ("js", "wasm"),
    ("linux", "ppc64le"),
    ("linux", "s390x"),
    ("linux", "loong64"),
    ("linux", "riscv64"),
    ("linux", "mips"),
];

/// `size align pointers` of a declared type, as the witness writes it.
fn memory(world: &World, package: &str, name: &str) -> Result<String, &'static str> {
    let resolver = Resolver::new(world, world.machine);
    let name = Name { package: package.into(), name: name.into(), arguments: Vec::new() };
    let layout = Layout::of(&Type::Named(name.into()), world.machine, &resolver)?;
    let pointers = layout.pointers.map_or("-".to_owned(), |pointers| {
        let shown = |(at, content): &(u64, Content)| match content {
            Content::OffHeap => format!("o{at}"),
            _ => at.to_string(),
        };
        pointers.iter().map(shown).collect::<Vec<_>>().join(",")
    });
    Ok(format!("{} {} {pointers}", layout.size, layout.align))
}

/// What was compared.
#[derive(Default)]
struct Tally {
    types: usize,
    unknown_types: usize,
    pairs: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

/// The word that the witness has for a class.
fn word(class: Class) -> &'static str {
    match class {
        Class::Identical => "identical",
        // The witness compares bytes.
        Class::SameAbi | Class::Pointee | Class::Other | Class::Interface => "same-abi",
        Class::Pointer => "pointer",
        Class::Results => "results",
        Class::Parameters => "parameters",
        Class::Size => "size",
        Class::PointerMap => "pointer-map",
        Class::Kind => "kind",
        Class::Unknown => "unknown",
        other => panic!("the witness has no word for {other:?}"),
    }
}

fn hold(text: &str, minor: u16, goarch: &str) -> Tally {
    let lines = declared::lines(text);
    let machine = Machine::of(goarch, minor).expect("a known port");
    let world = World::read(&lines, machine);
    let mut tally = Tally::default();
    for line in &lines {
        match line[0] {
            "R" => {
                let wanted = format!("{} {}", line[1], line[2]);
                assert_eq!(format!("{} {}", machine.integers, machine.floats), wanted, "{goarch}");
            }
            "T" => hold_type(&world, line, &mut tally),
            "D" => hold_pair(&world, line, &mut tally),
            _ => {}
        }
    }
    tally
}

fn hold_type(world: &World, line: &[&str], tally: &mut Tally) {
    tally.types += 1;
    let wanted = line[3..6].join(" ");
    match memory(world, line[1], line[2]) {
        Ok(found) if found == wanted => {}
        Ok(found) => {
            let short = |text: &str| text.chars().take(200).collect::<String>();
            let (found, wanted) = (short(&found), short(&wanted));
            tally.wrong.push(format!("{}.{}: {found} and not {wanted}", line[1], line[2]));
        }
        Err(why) => {
            tally.unknown_types += 1;
            go::say(&format!("  unknown: {}.{}: {why}", line[1], line[2]));
        }
    }
}

fn hold_pair(world: &World, line: &[&str], tally: &mut Tally) {
    let side = |package: &str, name: &str| Side { package: package.into(), name: name.into() };
    let (local, target) = (side(line[2], line[3]), side(line[4], line[5]));
    let universe = Universe { declared: world, machine: world.machine };
    let found = compare(&local, &TargetSide::Source(&target), &universe);
    let (said, wanted) = (word(found.class), line[6]);
    *tally.pairs.entry(said.to_owned()).or_default() += 1;
    let shown = format!(
        "{}.{} -> {}.{}: {said} and not {wanted}: {} [{}]",
        line[2], line[3], line[4], line[5], found.detail, line[7]
    );
    if found.class.is_mismatch() || matches!(found.class, Class::Other | Class::Pointee) {
        go::say(&format!("  {}.{}: {:?}: {}", line[2], line[3], found.class, found.detail));
    }
    match said == wanted {
        true => {}
        false if found.class == Class::Unknown => go::say(&format!("  {shown}")),
        false => tally.wrong.push(shown),
    }
}

fn full() -> bool {
    std::env::var_os("GONYM_SOURCE").is_some_and(|value| value == "full")
}

#[test]
fn types_and_linknames_of_goroot_are_what_go_types_says() {
    let witness = match declared::witness() {
        Ok(witness) => witness,
        Err(why) => return go::skip("signatures of GOROOT", &why),
    };
    let (mut cells, mut patterns) = (REDUCED.to_vec(), &["std"][..]);
    if full() {
        patterns = &["std", "cmd"];
        let all = |minor: &u16| {
            let minor = *minor;
            FULL_PLATFORMS.iter().map(move |(goos, goarch)| (minor, *goos, *goarch))
        };
        cells = FULL_MINORS.iter().flat_map(all).collect();
    }
    let mut wrong = Vec::new();
    for (minor, goos, goarch) in cells {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip("signatures of GOROOT", &why);
                continue;
            }
        };
        let folder = toolchain.root.join("src");
        let text = declared::testimony(&witness, &toolchain, &folder, (goos, goarch), patterns);
        let tally = hold(&text, minor, goarch);
        go::say(&format!(
            "go1.{minor} {goos}/{goarch}: {} types, {} unknown; linknames {:?}; {} wrong",
            tally.types,
            tally.unknown_types,
            tally.pairs,
            tally.wrong.len()
        ));
        assert!(tally.types > 2000, "{} types", tally.types);
        wrong.extend(tally.wrong.into_iter().map(|one| format!("go1.{minor} {goarch}: {one}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Real modules, and what is known to be wrong in them: a result that the target does not return, numbers for
/// pointers, a variable of another size.
#[test]
fn linknames_of_real_modules_are_what_go_types_says() {
    if !full() {
        return go::say("modules that use linkname: only with GONYM_SOURCE=full");
    }
    let witness = declared::witness().expect("a witness");
    let folder = common::testdata().join("witness").join("modules");
    for minor in [22, 25, 27] {
        let toolchain = go::toolchain(minor).expect("a toolchain");
        let text = declared::testimony(&witness, &toolchain, &folder, ("linux", "amd64"), &["."]);
        let tally = hold(&text, minor, "amd64");
        go::say(&format!(
            "go1.{minor} modules: {} types, {} unknown; linknames {:?}; {} wrong",
            tally.types,
            tally.unknown_types,
            tally.pairs,
            tally.wrong.len()
        ));
        assert!(tally.wrong.is_empty(), "{}", tally.wrong.join("\n"));
        for known in [
            "D\tfunc\tgithub.com/ugorji/go/codec\tmapiternext\truntime\tmapiternext\tresults",
            "D\tfunc\tgvisor.dev/gvisor/pkg/sync\tgoready\truntime\tgoready\tpointer",
        ] {
            assert!(text.contains(known), "go1.{minor}: {known}");
        }
    }
}
