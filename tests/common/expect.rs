//! The `//gonym:` lines of the programs in testdata, and gonym's answer held against them.
//!
//! Their grammar is in testdata/README.md.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Fixture;

/// One `//gonym:expect` or `//gonym:refute` line.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Where the line stands.
    pub place: String,
    /// The directive exists: what is expected may be `in-effect`.
    pub exists: bool,
    /// The claim, as `--pair` takes it.
    pub pair: String,
    /// `verdict/reason`, several where no witness decides between them.
    pub outcomes: Vec<String>,
    conditions: Vec<String>,
    shows: Vec<String>,
}

impl Expectation {
    /// The two names of the claim, without the kind.
    pub fn names(&self) -> (&str, &str) {
        let pair = self.pair.trim_start_matches("func:").trim_start_matches("var:");
        pair.split_once('=').expect("LOCAL=REMOTE")
    }
}

/// What the conditions of an expectation ask of a build.
#[derive(Clone, Debug)]
pub struct Build {
    /// The fixture's id, or a name for a build that is no fixture.
    pub id: String,
    /// `27` of Go 1.27.
    pub minor: Option<u16>,
    /// GOOS.
    pub os: String,
    /// GOARCH.
    pub arch: String,
    /// Which names are left: `symtab` or `pclntab`.
    pub names: String,
}

impl From<&Fixture> for Build {
    fn from(fixture: &Fixture) -> Self {
        Self {
            id: fixture.id.clone(),
            minor: fixture.minor(),
            os: fixture.goos.clone(),
            arch: fixture.goarch.clone(),
            names: fixture.names.clone(),
        }
    }
}

/// Every expectation in the Go files of `program`.
pub fn expectations(program: &str) -> Vec<Expectation> {
    let mut found = Vec::new();
    collect(&super::testdata().join("programs").join(program), &mut found);
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

fn applies(condition: &str, build: &Build) -> bool {
    let minor = build.minor;
    let go = |text: &str| text.strip_prefix("1.").and_then(|n| n.parse::<u16>().ok()).expect("1.N");
    if let Some(version) = condition.strip_prefix("go<=") {
        return minor.is_some_and(|minor| minor <= go(version));
    }
    if let Some(version) = condition.strip_prefix("go>=") {
        return minor.is_some_and(|minor| minor >= go(version));
    }
    match condition.split_once('=').unwrap_or_else(|| panic!("condition {condition}")) {
        ("go", version) => minor == Some(go(version)),
        ("names", names) => build.names == names,
        ("os", os) => build.os == os,
        ("arch", arch) => build.arch == arch,
        ("fixture", id) => build.id == id,
        _ => panic!("condition {condition}"),
    }
}

/// The expectations that hold for `build`: of several for one pair, those with the most conditions.
pub fn of_build(all: &[Expectation], build: &Build) -> Vec<Expectation> {
    let mut chosen: BTreeMap<&str, &Expectation> = BTreeMap::new();
    for expectation in all {
        if !expectation.conditions.iter().all(|condition| applies(condition, build)) {
            continue;
        }
        let earlier = chosen.get(expectation.pair.as_str());
        if earlier.is_none_or(|earlier| earlier.conditions.len() < expectation.conditions.len()) {
            chosen.insert(&expectation.pair, expectation);
        }
    }
    chosen.into_values().cloned().collect()
}

/// gonym's answer to one claim about one binary.
pub struct Judged {
    /// `verdict/reason`.
    pub outcome: String,
    /// Everything that the JSON document says about the claim.
    pub shown: String,
    /// Architecture of the slice of a fat file.
    pub slice: String,
}

/// What gonym says about each pair, in their order: one answer per slice.
pub fn judge(path: &Path, pairs: &[String]) -> Vec<Vec<Judged>> {
    let mut arguments = vec!["check".to_owned(), "--format=json".to_owned()];
    arguments.extend(pairs.iter().map(|pair| format!("--pair={pair}")));
    arguments.push(path.display().to_string());
    let output = super::gonym(&arguments);
    let report: serde_json::Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            let said = String::from_utf8_lossy(&output.stderr);
            panic!("{}: {error}: {said}", path.display())
        });
    let mut judged: Vec<Vec<Judged>> = pairs.iter().map(|_| Vec::new()).collect();
    for binary in report["binaries"].as_array().expect("binaries") {
        let claims = binary["claims"].as_array().expect("claims");
        assert_eq!(claims.len(), pairs.len(), "{}", path.display());
        for (answers, claim) in judged.iter_mut().zip(claims) {
            let word = |key: &str| claim[key].as_str().unwrap_or_default().to_owned();
            answers.push(Judged {
                outcome: format!("{}/{}", word("verdict"), word("reason")),
                shown: format!("{} {}", word("message"), words_of(&claim["evidence"])),
                slice: binary["slice"].as_str().unwrap_or_default().to_owned(),
            });
        }
    }
    assert!(judged.iter().all(|answers| !answers.is_empty()), "{}: no answer", path.display());
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

/// What is wrong with an answer, if anything.
pub fn complaint(id: &str, expected: &Expectation, verdict: &Judged) -> Option<String> {
    let at = format!("{id} {} {} ({})", verdict.slice, expected.pair, expected.place);
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
