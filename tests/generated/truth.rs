//! What is known about a claim before gonym is asked, and which answers that allows.

use std::collections::BTreeMap;

/// The verdicts that do not contradict what is known. `unproven` never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// The directive exists and the program uses it.
    InEffect,
    /// It exists, and nothing that was compiled uses it.
    Unused,
    /// It exists, and whether something is left of its use is the compiler's choice.
    UsedOrInlined,
    /// A variable that nobody else has.
    Detached,
    /// One that two packages share, and the owner of its name has none: in effect with each other, detached from that.
    Shared,
    /// One argument and a body: nothing is left to see.
    Traceless,
    /// No such directive: anything but `in-effect`.
    False,
    /// A comment that looks like one: it may be left out, and if it is named it is none.
    NotADirective,
}

impl Allowed {
    /// Whether a verdict may be said.
    pub fn holds(self, verdict: &str) -> bool {
        let allowed: &[&str] = match self {
            Self::InEffect => &["in-effect"],
            Self::Unused => &["unused", "no-trace"],
            Self::UsedOrInlined => &["in-effect", "unused"],
            Self::Detached | Self::NotADirective => &["not-in-effect"],
            Self::Shared => &["in-effect", "not-in-effect"],
            Self::Traceless => &["no-trace", "unused"],
            Self::False => &["not-in-effect", "unused", "no-trace"],
        };
        verdict == "unproven" || allowed.contains(&verdict)
    }

    /// As expectations of testdata/README.md say it.
    pub fn outcomes(self) -> &'static str {
        match self {
            Self::InEffect => "in-effect/referenced",
            Self::Unused => "unused/not-called",
            Self::UsedOrInlined => "in-effect/unclaimed|unused/inlined",
            Self::Detached => "not-in-effect/detached",
            Self::Shared => "in-effect/dwarf-owner|not-in-effect/detached",
            Self::Traceless => "no-trace/permission-only",
            Self::NotADirective => "not-in-effect/not-a-directive",
            Self::False => "unproven/ambiguous|unused/not-called|unused/absent",
        }
    }
}

/// What must be left in a file so that source settles a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settles {
    /// Nobody says that it can be settled.
    Never,
    /// The function table is enough.
    Always,
    /// Symbol table and DWARF.
    WithDebug,
}

/// A claim whose truth is known.
#[derive(Clone, Debug)]
pub struct Truth {
    /// What it is, for tables: `pull sort`.
    pub what: String,
    pub local: String,
    pub remote: String,
    /// `func` or `var`.
    pub kind: &'static str,
    /// `pull`, `push` or `one-arg`.
    pub form: &'static str,
    /// As a pair; `None` where it is not asked.
    pub pair: Option<Allowed>,
    /// From source; `None` where the source holds no such directive.
    pub source: Option<Allowed>,
    pub settles: Settles,
}

/// One answer of gonym.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub verdict: String,
    pub reason: String,
    pub message: String,
}

impl Answer {
    pub fn outcome(&self) -> String {
        format!("{}/{}", self.verdict, self.reason)
    }
}

/// What one build left, in words of `go build -ldflags`.
pub type Strip = &'static str;

/// Everything that gonym said about a program: by strip and by claim, as a pair and from source.
#[derive(Default)]
pub struct Answers {
    pub pairs: BTreeMap<(Strip, String), Answer>,
    pub sources: BTreeMap<(Strip, String), Answer>,
    /// What is wrong before any claim is looked at: gaps, faults, claims that nobody wrote.
    pub complaints: Vec<String>,
}

impl Truth {
    pub fn pair_text(&self) -> String {
        format!("{}={}", self.local, self.remote)
    }
}

/// Whether both can be true of one claim.
pub fn agree(one: &str, other: &str) -> bool {
    let open = |verdict: &str| verdict == "unproven" || verdict == "no-trace";
    one == other || open(one) || open(other)
}

/// What is to be said against the answers to one claim: one line for each.
#[derive(Default)]
pub struct Found {
    /// Contradicts what is known.
    pub wrong: Vec<String>,
    /// No falsehood, but left `ambiguous` where source settles it: the line, and gonym's message.
    pub open: Vec<(String, String)>,
}

/// Holds the answers to `truth` against it.
pub fn complaints(truth: &Truth, answers: &Answers, strips: &[Strip]) -> Found {
    let Found { mut wrong, mut open } = Found::default();
    let name = truth.pair_text();
    for (how, allowed, all) in
        [("pair", truth.pair, &answers.pairs), ("source", truth.source, &answers.sources)]
    {
        let mut earlier: Option<&Answer> = None;
        for strip in strips {
            let answer = all.get(&(*strip, name.clone()));
            let (Some(allowed), Some(answer)) = (allowed, answer) else {
                let needed = allowed.is_some_and(|allowed| allowed != Allowed::NotADirective);
                if needed {
                    wrong.push(format!("{how} [{strip}] {name} ({}): no answer", truth.what));
                }
                continue;
            };
            let outcome = answer.outcome();
            let told = format!("{how} [{strip}] {name} ({}): {outcome}", truth.what);
            if !allowed.holds(&answer.verdict) {
                wrong.push(format!("{told}, allowed is {allowed:?}: {}", answer.message));
            }
            let enough = match truth.settles {
                Settles::Never => false,
                Settles::Always => true,
                Settles::WithDebug => strip.is_empty(),
            };
            if how == "source" && enough && outcome == "unproven/ambiguous" {
                let line = format!("{told}, and source settles it: {}", answer.message);
                open.push((line, answer.message.clone()));
            }
            if let Some(before) = earlier.filter(|before| !agree(&before.verdict, &answer.verdict))
            {
                wrong.push(format!("{told}, and {} in the other build", before.outcome()));
            }
            earlier = Some(answer);
        }
    }
    for strip in strips {
        let key = (*strip, name.clone());
        let (Some(pair), Some(source)) = (answers.pairs.get(&key), answers.sources.get(&key))
        else {
            continue;
        };
        // What only looks like a directive has no effect, and the pair need not know why.
        let known = source.reason == "not-a-directive" && pair.verdict != "in-effect";
        if !known && !agree(&pair.verdict, &source.verdict) {
            let (pair, source) = (pair.outcome(), source.outcome());
            wrong.push(format!("[{strip}] {name} ({}): pair {pair}, source {source}", truth.what));
        }
    }
    Found { wrong, open }
}
