//! How a rule about names came out, as reports show it.
//!
//! ```no_run
//! use gonym::policy::{Demand, Searchable, SymbolRule};
//! use gonym::report::document::symbol_rule::JudgedRule;
//!
//! let rule = SymbolRule::parse(Demand::Forbid, "pkg:net/http")?;
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let entry = JudgedRule::new(&rule, &Searchable::of(&binary).judge(&rule));
//!     println!("{}", entry.message);
//! }
//! # Ok::<(), gonym::Error>(())
//! ```

use serde::Serialize;

use crate::finding::{Code, Finding, Level};
use crate::policy::{Because, Demand, RuleOutcome, RuleResult, Subject, SymbolRule};
use crate::report::name::{Field, Name};
use crate::report::words::{Worded, as_word, as_word_or_null};
use crate::report::{Place, Reported, wording};
use crate::why::{Answer, Root};

use super::why::{self, InlinedName, StepEntry};

/// A rule with its outcome.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct JudgedRule {
    /// What it asks.
    #[serde(serialize_with = "as_word")]
    pub rule: Demand,
    /// What the name stands for.
    #[serde(serialize_with = "as_word")]
    pub kind: Subject,
    /// The name or pattern.
    #[serde(flatten)]
    pub name: Field<Name>,
    /// How it came out.
    #[serde(serialize_with = "as_word")]
    pub result: RuleResult,
    /// What decided it, or why nothing could.
    pub reason: Because,
    /// The same in one sentence.
    pub message: String,
    /// The lists that were searched.
    pub searched: Vec<&'static str>,
    /// The names that matched, or that prevent an answer.
    #[serde(flatten)]
    pub matched: Field<Vec<Name>>,
    /// What the chain begins with, if there is one.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_word_or_null")]
    pub roots: Option<Root>,
    /// The chain of references that leads to the nearest of what is forbidden and there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<StepEntry>,
    /// The name that was inlined into the last function of the chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inlined: Option<InlinedName>,
    /// The severity if the rule does not hold.
    #[serde(skip)]
    pub level: Option<Level>,
}

impl JudgedRule {
    /// The entry for `rule` and its outcome.
    #[must_use]
    pub fn new(rule: &SymbolRule, outcome: &RuleOutcome) -> Self {
        Self {
            rule: rule.demand,
            kind: rule.subject,
            name: Field::of("name", &rule.name),
            result: outcome.result,
            reason: outcome.because,
            message: wording::rule(rule, outcome),
            searched: outcome.searched.clone(),
            matched: Field::new(
                "matched",
                outcome.matched.iter().map(|name| Name::new(name)).collect(),
            ),
            roots: None,
            chain: Vec::new(),
            inlined: None,
            level: outcome.level(),
        }
    }

    /// The same with the chain of `answer`, if there is one.
    #[must_use]
    pub fn with_chain(self, answer: Option<&Answer>) -> Self {
        let Some(answer) = answer else { return self };
        Self {
            roots: answer.root,
            chain: why::steps(&answer.chain),
            inlined: answer.inlined.as_ref().map(InlinedName::new),
            ..self
        }
    }

    /// The rule's name as it is typed, with the kind in front.
    #[must_use]
    pub fn asked(&self) -> String {
        format!("{}{}", wording::prefix(self.kind), self.name)
    }

    /// The finding that it does not hold, if that is so.
    #[must_use]
    pub fn finding(&self, binary: &Place) -> Option<Reported> {
        let code = match self.result {
            RuleResult::Holds => return None,
            RuleResult::Fails => Code::RuleFails,
            RuleResult::Unproven => Code::RuleUnproven,
        };
        let message = format!("{} {}: {}", self.rule.word(), self.asked(), self.message);
        let finding = Finding::new(code, message).at(self.level.unwrap_or(code.level()));
        Some(Reported::new(&finding, binary.clone()))
    }
}
