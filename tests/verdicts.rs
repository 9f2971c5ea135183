//! Every claim written into the sources of the fixtures gets the verdict written beside it.
//!
//! The expectations are those of `testdata/programs`: what the program prints when it runs and what
//! the toolchain says about it, not what gonym said once. Their grammar is in testdata/README.md.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use common::Fixture;

/// One `//gonym:expect` or `//gonym:refute` line.
#[derive(Clone, Debug)]
struct Expectation {
    place: String,
    /// The directive exists: what is expected may be `in-effect`.
    exists: bool,
    pair: String,
    /// `verdict/reason`, several where no witness decides between them.
    outcomes: Vec<String>,
    conditions: Vec<String>,
    shows: Vec<String>,
}

fn expectations(program: &str) -> Vec<Expectation> {
    let mut found = Vec::new();
    collect(&common::testdata().join("programs").join(program), &mut found);
    found
}

fn collect(folder: &Path, found: &mut Vec<Expectation>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "go") {
            let text = fs::read_to_string(&path).expect("a Go source");
            for (index, line) in text.lines().enumerate() {
                let place = format!("{}:{}", path.display(), index + 1);
                found.extend(parse(line.trim(), &place));
            }
        }
    }
}

fn parse(line: &str, place: &str) -> Option<Expectation> {
    let (exists, rest) = match line.strip_prefix("//gonym:") {
        Some(rest) if rest.starts_with("expect ") => (true, rest.strip_prefix("expect ")?),
        Some(rest) if rest.starts_with("refute ") => (false, rest.strip_prefix("refute ")?),
        Some(_) => panic!("{place}: unknown word: {line}"),
        None => return None,
    };
    let mut quoted = rest.split('"');
    let head = quoted.next().unwrap_or_default();
    let shows = quoted.step_by(2).map(str::to_owned).collect();
    let mut words = head.split_whitespace().filter(|word| *word != "shows");
    let pair = words.next().unwrap_or_else(|| panic!("{place}: no pair")).to_owned();
    let outcomes = words.next().unwrap_or_else(|| panic!("{place}: no verdict"));
    let conditions = match words.next() {
        None => Vec::new(),
        Some("when") => words.next().unwrap_or_default().split(',').map(str::to_owned).collect(),
        Some(word) => panic!("{place}: unexpected {word}"),
    };
    let outcomes = outcomes.split('|').map(str::to_owned).collect();
    Some(Expectation { place: place.to_owned(), exists, pair, outcomes, conditions, shows })
}

fn applies(condition: &str, fixture: &Fixture) -> bool {
    let minor = fixture.minor();
    let go = |text: &str| text.strip_prefix("1.").and_then(|n| n.parse::<u16>().ok()).expect("1.N");
    if let Some(version) = condition.strip_prefix("go<=") {
        return minor.is_some_and(|minor| minor <= go(version));
    }
    if let Some(version) = condition.strip_prefix("go>=") {
        return minor.is_some_and(|minor| minor >= go(version));
    }
    match condition.split_once('=').unwrap_or_else(|| panic!("condition {condition}")) {
        ("go", version) => minor == Some(go(version)),
        ("names", names) => fixture.names == names,
        ("os", os) => fixture.goos == os,
        ("arch", arch) => fixture.goarch == arch,
        ("fixture", id) => fixture.id == id,
        _ => panic!("condition {condition}"),
    }
}

/// The expectations that hold for `fixture`: of several for one pair, those with the most conditions.
fn of_fixture(all: &[Expectation], fixture: &Fixture) -> Vec<Expectation> {
    let mut chosen: BTreeMap<&str, &Expectation> = BTreeMap::new();
    for expectation in all {
        if !expectation.conditions.iter().all(|condition| applies(condition, fixture)) {
            continue;
        }
        let earlier = chosen.get(expectation.pair.as_str());
        if earlier.is_none_or(|earlier| earlier.conditions.len() < expectation.conditions.len()) {
            chosen.insert(&expectation.pair, expectation);
        }
    }
    chosen.into_values().cloned().collect()
}

struct Judged {
    outcome: String,
    /// Everything that the JSON document says about the claim.
    shown: String,
    slice: String,
}

/// What gonym says about each pair: one list per slice.
fn judge(fixture: &Fixture, pairs: &[String]) -> BTreeMap<String, Vec<Judged>> {
    let mut arguments = vec!["check".to_owned(), "--format=json".to_owned()];
    arguments.extend(pairs.iter().map(|pair| format!("--pair={pair}")));
    arguments.push(fixture.path.display().to_string());
    let output = common::gonym(&arguments);
    let report: serde_json::Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{}: {error}: {}", fixture.id, String::from_utf8_lossy(&output.stderr))
        });
    let mut judged: BTreeMap<String, Vec<Judged>> = BTreeMap::new();
    for binary in report["binaries"].as_array().expect("binaries") {
        let claims = binary["claims"].as_array().expect("claims");
        assert_eq!(claims.len(), pairs.len(), "{}", fixture.id);
        for (pair, claim) in pairs.iter().zip(claims) {
            let word = |key: &str| claim[key].as_str().unwrap_or_default().to_owned();
            judged.entry(pair.clone()).or_default().push(Judged {
                outcome: format!("{}/{}", word("verdict"), word("reason")),
                shown: format!("{} {}", word("message"), words_of(&claim["evidence"])),
                slice: binary["slice"].as_str().unwrap_or_default().to_owned(),
            });
        }
    }
    judged
}

/// Evidence as the words that a person would read: `FROM calls TO`, `FILE:LINE`.
fn words_of(evidence: &serde_json::Value) -> String {
    let entries = evidence.as_array().expect("evidence").iter().map(|entry| {
        let word = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let place = format!("{}:{}", word("file"), entry["line"]);
        let how = if entry["how"] == "call" { "calls".to_owned() } else { word("how") };
        format!(
            "{} {how} {} {} {place} {}",
            word("from"),
            word("to"),
            word("name"),
            word("inlinedInto")
        )
    });
    entries.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_claim_in_the_sources_gets_its_verdict() {
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let (mut claims, mut refuted) = (0, 0);
    for fixture in common::fixtures().into_iter().filter(|fixture| fixture.program != "handmade") {
        let expected = of_fixture(&expectations(&fixture.program), &fixture);
        assert!(!expected.is_empty(), "{} expects nothing", fixture.id);
        let pairs: Vec<String> =
            expected.iter().map(|expectation| expectation.pair.clone()).collect();
        let judged = judge(&fixture, &pairs);
        for expectation in &expected {
            for verdict in &judged[&expectation.pair] {
                claims += 1;
                refuted += usize::from(!expectation.exists);
                *counts.entry(verdict.outcome.clone()).or_default() += 1;
                wrong.extend(complaint(&fixture, expectation, verdict));
            }
        }
    }
    println!("{claims} claims judged, {refuted} of them false: {counts:#?}");
    assert!(claims >= 500 && refuted * 3 >= claims, "{claims} claims, {refuted} false");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn complaint(fixture: &Fixture, expected: &Expectation, verdict: &Judged) -> Option<String> {
    let at = format!("{} {} {} ({})", fixture.id, verdict.slice, expected.pair, expected.place);
    if !expected.exists && verdict.outcome.starts_with("in-effect") {
        return Some(format!("{at}: a false claim is {}", verdict.outcome));
    }
    if !expected.outcomes.contains(&verdict.outcome) {
        return Some(format!(
            "{at}: wanted {:?}, got {}: {}",
            expected.outcomes, verdict.outcome, verdict.shown
        ));
    }
    let missing = expected.shows.iter().find(|text| !verdict.shown.contains(text.as_str()))?;
    Some(format!("{at}: evidence lacks {missing:?}: {}", verdict.shown))
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
