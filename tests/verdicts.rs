//! Every claim written into the sources of the fixtures gets the verdict written beside it.
//!
//! The expectations are those of `testdata/programs`: what the program prints when it runs and what
//! the toolchain says about it, not what gonym said once. Their grammar is in testdata/README.md.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::expect::{Build, complaint, expectations, of_build};
use common::judged;

#[test]
fn every_claim_in_the_sources_gets_its_verdict() {
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let (mut claims, mut refuted) = (0, 0);
    for fixture in common::fixtures().into_iter().filter(|fixture| fixture.program != "handmade") {
        let expected = of_build(&expectations(&fixture.program), &Build::from(&fixture));
        assert!(!expected.is_empty(), "{} expects nothing", fixture.id);
        for (expectation, answers) in judged::all(&fixture.path, expected) {
            assert!(!answers.is_empty(), "{}: no answer", fixture.id);
            for verdict in &answers {
                claims += 1;
                refuted += usize::from(!expectation.exists());
                *counts.entry(verdict.outcome.clone()).or_default() += 1;
                wrong.extend(complaint(&fixture.id, &expectation, verdict));
            }
        }
    }
    println!("{claims} claims judged, {refuted} of them false: {counts:#?}");
    assert!(claims >= 500 && refuted * 3 >= claims, "{claims} claims, {refuted} false");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The seven questions of the first issue, each asked on every platform, stripped or not.
#[test]
fn the_cells_cover_what_was_promised() {
    let cells: BTreeSet<(String, String, String)> = common::fixtures()
        .into_iter()
        .filter(|fixture| fixture.program == "spine" && fixture.minor() == Some(27))
        .map(|fixture| (fixture.goos, fixture.goarch, fixture.names))
        .collect();
    for (os, arch) in
        [("linux", "amd64"), ("linux", "arm64"), ("darwin", "arm64"), ("windows", "amd64")]
    {
        for names in ["symtab", "pclntab"] {
            let cell = (os.to_owned(), arch.to_owned(), names.to_owned());
            assert!(cells.contains(&cell), "no fixture for {cell:?}");
        }
    }
}
