//! Is each file of a build opened once, and no other one?
//!
//! Counted by the cache that all of them go through; `strace -f -e trace=openat gonym check ./app` shows the same from
//! outside. Which files are the build's is held against `go list` in source_build and source_selection.

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::go::{self, Order, Toolchain};
use gonym::binary::Binary;
use gonym::finding::Owner;
use gonym::linkname::source_claims::{self, OfGo};
use gonym::source::build;
use gonym::source::cache::Files;
use gonym::source::modules::Places;
use gonym::source::selection::Reason;

/// Opens for each file that is compiled or that only its own text leaves out.
const MOST: f64 = 1.2;

#[test]
fn each_file_of_a_build_is_opened_once_live_go_needed() {
    for minor in [23, go::WITNESS] {
        match go::toolchain(minor) {
            Ok(toolchain) => opens(&toolchain),
            Err(why) => go::skip(&format!("opens of go1.{minor}"), &why),
        }
    }
}

fn opens(toolchain: &Toolchain) {
    let module = common::testdata().join("programs").join("spine");
    let file = common::scratch("opens").join(format!("{}-{}", toolchain.minor, std::process::id()));
    let platform = ("linux", "amd64");
    let arguments = vec!["build", "."];
    let order = Order { folder: &module, platform, cgo: false, arguments };
    toolchain.build(&order, toolchain, &file);
    let mut opened = Binary::open(&file).expect("an executable");
    let binary = opened.binaries.pop().expect("one");
    let environment = BTreeMap::from([
        ("GOROOT".to_owned(), toolchain.root.to_string_lossy().into_owned()),
        ("HOME".to_owned(), module.to_string_lossy().into_owned()),
    ]);
    let (files, places) = (Files::default(), Places::new(module, Vec::new(), environment));
    let sources =
        source_claims::read_through(&files, &binary, &places, OfGo::Found).expect("its sources");
    let build = build::read(&source_claims::build_record(&binary).expect("a build"), &places);
    fs::remove_file(&file).expect("a program that was built");
    let of_go = sources.gaps.iter().filter(|gap| gap.owner == Owner::Std).count();
    assert!(
        of_go == 0 && sources.claims.len() > 300,
        "{} claims, {:?}",
        sources.claims.len(),
        sources.gaps
    );
    let compiled = build.packages.iter().map(|one| one.files.len() + one.assembly.len());
    let compiled: usize = compiled.sum();
    // What no name leaves out has to be looked into.
    let by_text = |reason: &Reason| matches!(reason, Reason::Constraint(_) | Reason::Cgo);
    let ignored = build.packages.iter().flat_map(|one| &one.ignored);
    let looked_into = ignored.filter(|(_, reason)| by_text(reason)).count();
    let opened = files.opened();
    let what =
        format!("{opened} opens for {compiled} files and {looked_into} that say to leave them out");
    go::say(&format!("go1.{}: {what}", toolchain.minor));
    let ratio = opened as f64 / (compiled + looked_into) as f64;
    assert!(ratio <= MOST && opened >= compiled, "{what}");
}
