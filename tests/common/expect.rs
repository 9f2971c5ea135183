//! The `//gonym:` lines of the programs in testdata, and which of them hold for a build.
//!
//! Their grammar is in testdata/README.md.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::Fixture;

/// Who makes a claim, and whether it is true.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// A pair whose directive exists.
    Expect,
    /// A pair whose directive does not exist: it must never come out in effect.
    Refute,
    /// A directive that is known from source: how it is written, and what for.
    Source { form: String, kind: String },
}

/// A claim about a build, and the answers that are right.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Where the line stands.
    pub place: String,
    /// Who claims.
    pub word: Word,
    /// The claim, as `--pair` takes it.
    pub pair: String,
    /// `verdict/reason`, several where no witness decides between them.
    pub outcomes: Vec<String>,
    /// The same by what the file holds, where that matters: all, no DWARF, no symbol table.
    pub by_holding: Vec<Vec<String>>,
    conditions: Vec<String>,
    shows: Vec<String>,
}

impl Expectation {
    /// The two names of the claim, without the kind.
    pub fn names(&self) -> (&str, &str) {
        let pair = self.pair.trim_start_matches("func:").trim_start_matches("var:");
        pair.split_once('=').expect("LOCAL=REMOTE")
    }

    /// The directive exists: what is expected may be `in-effect`.
    pub fn exists(&self) -> bool {
        self.word != Word::Refute
    }
}

/// Something that a build or a run says.
#[derive(Clone, Debug)]
pub struct Saying {
    /// Where the line stands.
    pub place: String,
    /// What is said.
    pub text: String,
    conditions: Vec<String>,
}

/// Every `//gonym:` line of a program.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// `expect`, `refute` and `source`.
    pub claims: Vec<Expectation>,
    /// `owed`: what `gonym check FILE` says of a directive that it finds in the sources.
    pub owed: Vec<Expectation>,
    /// `prints`: a line of the program's output.
    pub prints: Vec<Saying>,
    /// `fails`: the build fails and says this.
    pub fails: Vec<Saying>,
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
    /// How it was built, in the words of the README.
    pub mode: String,
    /// CGO_ENABLED.
    pub cgo: bool,
    /// Which names are left: `symtab` or `pclntab`.
    pub names: String,
    /// Whether there is DWARF; where nobody looked, no expectation may ask.
    pub dwarf: Option<bool>,
}

impl From<&Fixture> for Build {
    fn from(fixture: &Fixture) -> Self {
        let dwarf = match fixture.variant.as_str() {
            "symbols" => true,
            "stripped" | "pie" | "alias" | "fat" | "external" | "test" | "profile" => false,
            other => panic!("{}: no word on DWARF in {other}", fixture.id),
        };
        let mode = match fixture.variant.as_str() {
            mode @ ("pie" | "external" | "test" | "profile") => mode,
            _ => "plain",
        };
        Self {
            id: fixture.id.clone(),
            minor: fixture.minor(),
            os: fixture.goos.clone(),
            arch: fixture.goarch.clone(),
            mode: mode.to_owned(),
            cgo: mode == "external",
            names: fixture.names.clone(),
            dwarf: Some(dwarf),
        }
    }
}

/// Every `//gonym:` line in the Go files of `program`.
pub fn lines(program: &str) -> Lines {
    lines_below(&super::testdata().join("programs").join(program))
}

/// Every `//gonym:` line in the Go files below `folder`.
pub fn lines_below(folder: &Path) -> Lines {
    let mut found = Lines::default();
    collect(folder, &mut found);
    found
}

/// Every claim in the Go files of `program`.
pub fn expectations(program: &str) -> Vec<Expectation> {
    lines(program).claims
}

fn collect(folder: &Path, found: &mut Lines) {
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
                if let Some(rest) = line.strip_prefix("//gonym:") {
                    parse(rest, &place, found);
                }
            }
        }
    }
}

fn parse(rest: &str, place: &str, found: &mut Lines) {
    let (word, rest) = rest.split_once(' ').unwrap_or_else(|| panic!("{place}: {rest}"));
    match word {
        "expect" => found.claims.push(claim(Word::Expect, rest, place)),
        "refute" => found.claims.push(claim(Word::Refute, rest, place)),
        "source" => {
            let mut words = rest.splitn(3, ' ');
            let (form, kind) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let known = ["pull", "push", "one-arg", "assembly"].contains(&form);
            assert!(known && ["func", "var"].contains(&kind), "{place}: {form} {kind}");
            let word = Word::Source { form: form.to_owned(), kind: kind.to_owned() };
            found.claims.push(claim(word, words.next().unwrap_or_default(), place));
        }
        "owed" => found.owed.push(claim(Word::Expect, rest, place)),
        "prints" => found.prints.push(saying(rest, place)),
        "fails" => found.fails.push(saying(rest, place)),
        _ => panic!("{place}: unknown word {word}"),
    }
}

fn claim(word: Word, rest: &str, place: &str) -> Expectation {
    let (head, shows) = match rest.split_once(" shows ") {
        Some((head, quoted)) => (head, quoted.split('"').skip(1).step_by(2).collect()),
        None => (rest, Vec::new()),
    };
    let mut words = head.split_whitespace();
    let pair = words.next().unwrap_or_else(|| panic!("{place}: no pair")).to_owned();
    let outcomes = words.next().unwrap_or_else(|| panic!("{place}: no verdict"));
    let alternatives = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
    let by_holding: Vec<Vec<String>> = outcomes.split(';').map(alternatives).collect();
    assert!([1, 3].contains(&by_holding.len()), "{place}: one outcome or three: {outcomes}");
    Expectation {
        place: place.to_owned(),
        word,
        pair,
        outcomes: by_holding.first().cloned().unwrap_or_default(),
        by_holding,
        conditions: conditions(words.next(), words.next(), place),
        shows: shows.into_iter().map(str::to_owned).collect(),
    }
}

/// `"TEXT" [when CONDITIONS]`
fn saying(rest: &str, place: &str) -> Saying {
    let (text, tail) = match rest.strip_prefix('"').and_then(|rest| rest.rsplit_once('"')) {
        Some(parts) => parts,
        None => panic!("{place}: no quoted text"),
    };
    let mut words = tail.split_whitespace();
    let conditions = conditions(words.next(), words.next(), place);
    Saying { place: place.to_owned(), text: text.to_owned(), conditions }
}

fn conditions(when: Option<&str>, list: Option<&str>, place: &str) -> Vec<String> {
    match (when, list) {
        (None, None) => Vec::new(),
        (Some("when"), Some(list)) => list.split(',').map(str::to_owned).collect(),
        _ => panic!("{place}: unexpected {when:?} {list:?}"),
    }
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
    let (key, values) = condition.split_once('=').unwrap_or_else(|| panic!("{condition}"));
    let yes = |is: bool| if is { "yes" } else { "no" };
    let full = |is: bool| if is { "full" } else { "none" };
    values.split('|').any(|value| match key {
        "go" => minor == Some(go(value)),
        "names" => build.names == value,
        "dwarf" => full(build.dwarf.expect("somebody looked for DWARF")) == value,
        "os" => build.os == value,
        "arch" => build.arch == value,
        "mode" => build.mode == value,
        "cgo" => yes(build.cgo) == value,
        "fixture" => build.id == value,
        _ => panic!("condition {condition}"),
    })
}

/// The sayings that hold for `build`.
pub fn sayings<'a>(all: &'a [Saying], build: &Build) -> Vec<&'a Saying> {
    let holds = |saying: &&Saying| saying.conditions.iter().all(|one| applies(one, build));
    all.iter().filter(holds).collect()
}

/// The expectations that hold for `build`, each with its outcomes there: of several for one claim
/// those with the most conditions, of equally many the last.
pub fn of_build(all: &[Expectation], build: &Build) -> Vec<Expectation> {
    let mut chosen: BTreeMap<(bool, &str), &Expectation> = BTreeMap::new();
    for expectation in all {
        if !expectation.conditions.iter().all(|condition| applies(condition, build)) {
            continue;
        }
        let key = (matches!(expectation.word, Word::Source { .. }), expectation.pair.as_str());
        let earlier = chosen.get(&key);
        if earlier.is_none_or(|earlier| earlier.conditions.len() <= expectation.conditions.len()) {
            chosen.insert(key, expectation);
        }
    }
    let here = |expectation: &Expectation| {
        let outcomes = match expectation.by_holding.as_slice() {
            [_, _, unnamed] if build.names == "pclntab" => unnamed,
            [full, named, _] => match build.dwarf.expect("somebody looked for DWARF") {
                true => full,
                false => named,
            },
            _ => &expectation.outcomes,
        };
        Expectation { outcomes: outcomes.clone(), ..expectation.clone() }
    };
    chosen.into_values().map(here).collect()
}

/// gonym's answer to one claim about one binary.
#[derive(Clone, Debug)]
pub struct Judged {
    /// `verdict/reason`.
    pub outcome: String,
    /// Everything that is said about the claim.
    pub shown: String,
    /// Architecture of the slice of a fat file, or the member of an archive.
    pub slice: String,
}

/// What is wrong with an answer, if anything.
pub fn complaint(id: &str, expected: &Expectation, verdict: &Judged) -> Option<String> {
    let Expectation { word, pair, place, .. } = expected;
    let at = format!("{id} {} {word:?} {pair} ({place})", verdict.slice);
    if !expected.exists() && verdict.outcome.starts_with("in-effect") {
        return Some(format!("{at}: a false claim is {}", verdict.outcome));
    }
    if !expected.outcomes.contains(&verdict.outcome) {
        let unproven = verdict.outcome.starts_with("unproven/");
        let what = if unproven { "NOT ALLOWED" } else { "wrong" };
        return Some(format!(
            "{at}: {what}: wanted {:?}, got {}: {}",
            expected.outcomes, verdict.outcome, verdict.shown
        ));
    }
    let missing = expected.shows.iter().find(|text| !verdict.shown.contains(text.as_str()))?;
    Some(format!("{at}: evidence lacks {missing:?}: {}", verdict.shown))
}
