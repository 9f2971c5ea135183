//! What became of the cells: one line for each, and the table of them all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::common::expect::{Expectation, Judged, Word, complaint};

/// How many claims got which answer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    pub claims: usize,
    /// Claims of directives that do not exist.
    pub refuted: usize,
    /// Claims that come from source.
    pub sources: usize,
    /// Answers as expected.
    pub right: usize,
    /// By `verdict/reason`.
    pub outcomes: BTreeMap<String, usize>,
    /// Expectations that Go's own tools were asked about.
    pub witnessed: usize,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.claims += other.claims;
        self.refuted += other.refuted;
        self.sources += other.sources;
        self.right += other.right;
        self.witnessed += other.witnessed;
        for (outcome, count) in &other.outcomes {
            *self.outcomes.entry(outcome.clone()).or_default() += count;
        }
    }

    fn of(&self, verdict: &str) -> usize {
        let with = |outcome: &str| outcome.split('/').next() == Some(verdict);
        self.outcomes.iter().filter(|(outcome, _)| with(outcome)).map(|(_, count)| count).sum()
    }

    /// `in-effect 3, unproven 2 (ambiguous 1, no-names 1)`
    fn verdicts(&self) -> String {
        let words = ["in-effect", "not-in-effect", "unused", "no-trace"];
        let decided = words.map(|word| format!("{word} {}", self.of(word)));
        let gaps: Vec<String> = self
            .outcomes
            .iter()
            .filter_map(|(outcome, n)| Some((outcome.strip_prefix("unproven/")?, n)))
            .map(|(reason, count)| format!("{reason} {count}"))
            .collect();
        format!("{}, unproven {} ({})", decided.join(", "), self.of("unproven"), gaps.join(", "))
    }
}

/// What was done with one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Did {
    Judged,
    JudgedAndRan,
    /// The build failed, as its source says that it must.
    FailedToBuild,
}

/// One file: what it is, what was done, how it was judged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    pub id: String,
    pub did: Did,
    pub counts: Counts,
    /// Answers that contradict the sources, runs that fail, calls that Go's tools do not show.
    pub wrong: Vec<String>,
    /// What no expectation allows to be left open.
    pub not_allowed: Vec<String>,
}

impl Row {
    pub fn new(id: String) -> Self {
        Self {
            id,
            did: Did::Judged,
            counts: Counts::default(),
            wrong: Vec::new(),
            not_allowed: Vec::new(),
        }
    }

    /// Holds the answers about one claim against what is expected.
    pub fn hold(&mut self, expected: &Expectation, answers: &[Judged]) {
        if answers.is_empty() {
            self.wrong.push(format!("{}: no answer to {}", self.id, expected.pair));
        }
        for answer in answers {
            self.counts.claims += 1;
            self.counts.refuted += usize::from(!expected.exists());
            self.counts.sources += usize::from(matches!(expected.word, Word::Source { .. }));
            *self.counts.outcomes.entry(answer.outcome.clone()).or_default() += 1;
            match complaint(&self.id, expected, answer) {
                None => self.counts.right += 1,
                Some(what) if answer.outcome.starts_with("unproven/") => {
                    self.not_allowed.push(what)
                }
                Some(what) => self.wrong.push(what),
            }
        }
    }

    /// Whether nothing is to be said against it.
    pub fn holds(&self) -> bool {
        self.wrong.is_empty() && self.not_allowed.is_empty()
    }

    /// The line of the table.
    pub fn line(&self) -> String {
        let Self { id, did, counts, wrong, not_allowed } = self;
        let did = match did {
            Did::Judged => "not run",
            Did::JudgedAndRan => "ran",
            Did::FailedToBuild => return format!("{id}: fails to build, as expected"),
        };
        let claims = counts.claims;
        let (wrong, not_allowed) = (wrong.len(), not_allowed.len());
        let verdicts = counts.verdicts();
        format!(
            "{id}: {did}, {claims} claims, {verdicts}, not allowed {not_allowed}, wrong {wrong}"
        )
    }
}

/// The whole matrix.
pub struct Table {
    pub rows: Vec<Row>,
}

impl Table {
    pub fn counts(&self) -> Counts {
        let mut sum = Counts::default();
        for row in &self.rows {
            sum.add(&row.counts);
        }
        sum
    }

    /// How much is wrong or left open without leave.
    pub fn wrong(&self) -> usize {
        self.rows.iter().map(|row| row.wrong.len() + row.not_allowed.len()).sum()
    }

    /// The numbers of them all.
    pub fn summary(&self) -> String {
        let counts = self.counts();
        let did = |what: Did| self.rows.iter().filter(|row| row.did == what).count();
        let share = |part: usize| 100.0 * part as f64 / counts.claims.max(1) as f64;
        let wrong: usize = self.rows.iter().map(|row| row.wrong.len()).sum();
        let not_allowed: usize = self.rows.iter().map(|row| row.not_allowed.len()).sum();
        let reasons = counts.outcomes.iter().map(|(outcome, n)| format!("\n  {n:7} {outcome}"));
        format!(
            "{} cells: {} ran, {} fail to build as expected\n\
             {} claims: {} from source, {} false ({:.1} %), {} held against nm and objdump\n\
             in-effect proven {}, right {}, unproven {} (not allowed {not_allowed}), wrong {wrong}{}",
            self.rows.len(),
            did(Did::JudgedAndRan),
            did(Did::FailedToBuild),
            counts.claims,
            counts.sources,
            counts.refuted,
            share(counts.refuted),
            counts.witnessed,
            counts.of("in-effect"),
            counts.right,
            counts.of("unproven"),
            reasons.collect::<String>(),
        )
    }

    /// Lines and summary, as they are kept in testdata.
    pub fn text(&self) -> String {
        let lines: Vec<String> = self.rows.iter().map(Row::line).collect();
        format!("{}\n\n{}\n", lines.join("\n"), self.summary())
    }
}
