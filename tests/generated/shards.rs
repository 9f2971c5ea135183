//! Counts by shard of seeds and by kind, in a file that a stopped run goes on with.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::recipe::{Recipe, Seeds};
use super::workshop::Outcome;

impl Seeds {
    /// How many seeds a shard has.
    pub fn shard(self) -> u64 {
        match self {
            Self::Programs => 50,
            Self::Libraries => 10,
        }
    }

    /// How its lines begin.
    pub fn word(self) -> &'static str {
        match self {
            Self::Programs => "seeds ",
            Self::Libraries => "library seeds ",
        }
    }
}

/// What was counted; every key is a column of words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(pub BTreeMap<String, usize>);

impl Counts {
    fn count(&mut self, what: &str, by: usize) {
        *self.0.entry(what.to_owned()).or_default() += by;
    }

    pub fn add(&mut self, other: &Self) {
        for (what, by) in &other.0 {
            self.count(what, *by);
        }
    }

    pub fn of(&self, what: &str) -> usize {
        self.0.get(what).copied().unwrap_or_default()
    }

    /// One program's.
    pub fn program(recipe: &Recipe, outcome: &Outcome) -> Self {
        let mut counts = Self::default();
        counts.count("programs", 1);
        counts.count("programs that ran", usize::from(outcome.ran));
        counts.count("wrong", outcome.wrong.len());
        counts.count("open", outcome.open.len());
        outcome.open.iter().for_each(|(reason, _)| counts.count(reason, 1));
        counts.count(&format!("go 1.{}", recipe.minor), 1);
        counts.count(&format!("platform {}/{}", recipe.platform.0, recipe.platform.1), 1);
        counts.count(&format!("mode {:?}", recipe.mode).to_lowercase(), 1);
        for truth in &outcome.truths {
            let asks = [("pair", &outcome.answers.pairs), ("source", &outcome.answers.sources)];
            for (how, answers) in asks {
                for strip in recipe.strips() {
                    let key = (strip, truth.pair_text());
                    let asked = if how == "pair" { truth.pair } else { truth.source };
                    let (Some(_), Some(answer)) = (asked, answers.get(&key)) else { continue };
                    counts.count("claims", 1);
                    counts.count(&format!("{how} claims"), 1);
                    let of = if truth.what.starts_with("false: ") { "false " } else { "" };
                    counts.count(&format!("{how} {of}{}", answer.outcome()), 1);
                    if answer.reason == "ambiguous" && of.is_empty() {
                        counts.count(&format!("{how} ambiguous"), 1);
                    }
                    if of.is_empty() {
                        counts.count(&format!("{how} true claims"), 1);
                        let kind = truth.what.trim_end_matches(" //line");
                        counts.count(&format!("kind {kind}"), 1);
                    }
                }
            }
        }
        counts
    }

    /// The shares that are to fall.
    pub fn summary(&self) -> String {
        let share = |how: &str| {
            let all = self.of(&format!("{how} true claims")).max(1);
            100.0 * self.of(&format!("{how} ambiguous")) as f64 / all as f64
        };
        format!(
            "{} programs, {} of them ran, {} claims: {} as pairs, {} from source; ambiguous of the true \
             ones: pairs {:.1} %, source {:.1} %; open from \
             source, each for a reason that is known, {}; wrong {}",
            self.of("programs"),
            self.of("programs that ran"),
            self.of("claims"),
            self.of("pair claims"),
            self.of("source claims"),
            share("pair"),
            share("source"),
            self.of("open"),
            self.of("wrong"),
        )
    }

    /// `3 a; 4 b`
    fn line(&self) -> String {
        let words = self.0.iter().map(|(what, by)| format!("{by} {what}"));
        words.collect::<Vec<_>>().join("; ")
    }

    fn parse(line: &str) -> Self {
        let one = |word: &str| {
            let (by, what) = word.split_once(' ')?;
            Some((what.to_owned(), by.parse().ok()?))
        };
        Self(line.split("; ").filter_map(one).collect())
    }
}

/// The shards of a file, by their first seed.
#[derive(Default)]
pub struct Table {
    programs: BTreeMap<u64, Counts>,
    libraries: BTreeMap<u64, Counts>,
}

impl Table {
    /// What an earlier run wrote; a shard with a wrong answer runs again.
    pub fn read(path: Option<&Path>) -> Self {
        let text = path.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        Self::parse(&text)
    }

    fn parse(text: &str) -> Self {
        let shards = |of: Seeds| {
            let shard = |line: &str| {
                let (seed, rest) = line.strip_prefix(of.word())?.split_once(": ")?;
                Some((seed.split("..").next()?.parse().ok()?, Counts::parse(rest)))
            };
            let right = |(_, counts): &(u64, Counts)| counts.of("wrong") == 0;
            text.lines().filter_map(shard).filter(right).collect()
        };
        Self { programs: shards(Seeds::Programs), libraries: shards(Seeds::Libraries) }
    }

    pub fn of(&self, of: Seeds) -> &BTreeMap<u64, Counts> {
        match of {
            Seeds::Programs => &self.programs,
            Seeds::Libraries => &self.libraries,
        }
    }

    pub fn insert(&mut self, of: Seeds, first: u64, counts: Counts) {
        match of {
            Seeds::Programs => self.programs.insert(first, counts),
            Seeds::Libraries => self.libraries.insert(first, counts),
        };
    }

    pub fn sum(&self, of: Seeds) -> Counts {
        let mut sum = Counts::default();
        self.of(of).values().for_each(|counts| sum.add(counts));
        sum
    }

    pub fn write(&self, path: &Path) {
        fs::write(path, self.text()).expect("the table");
    }

    /// The programs' sums, then a line for each shard; the libraries stand apart, so that the sums of two runs can be
    /// compared.
    fn text(&self) -> String {
        let sum = self.sum(Seeds::Programs);
        let counts: BTreeSet<String> =
            sum.0.iter().map(|(what, by)| format!("{what}: {by}\n")).collect();
        let counts: String = counts.into_iter().collect();
        let mut text = format!("{}\n\n{counts}\n{}", sum.summary(), self.lines(Seeds::Programs));
        if !self.libraries.is_empty() {
            let sum = self.sum(Seeds::Libraries);
            text += &format!("\nlibraries: {}\n", sum.summary());
            text += &format!("libraries, counted: {}\n", sum.line());
            text += &self.lines(Seeds::Libraries);
        }
        text
    }

    fn lines(&self, of: Seeds) -> String {
        let line = |(first, counts): (&u64, &Counts)| {
            format!("{}{first}..{}: {}\n", of.word(), first + of.shard() - 1, counts.line())
        };
        self.of(of).iter().map(line).collect()
    }
}

#[test]
fn the_recorded_table_is_written_as_it_was_read() {
    let recorded = super::common::testdata().join("generated.txt");
    let text = fs::read_to_string(recorded).expect("testdata/generated.txt");
    let mut table = Table::parse(&text);
    let sum = table.sum(Seeds::Programs);
    assert_eq!(sum.of("programs"), 3000);
    assert_eq!(table.text(), text);
    table.insert(Seeds::Libraries, 9991, Counts::parse("7 claims; 10 programs"));
    assert_eq!(Table::parse(&table.text()).sum(Seeds::Programs), sum, "libraries stand apart");
}
