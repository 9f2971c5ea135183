//! How a rule about names came out, as reports tell it.

use serde::Serialize;

use super::Name;
use crate::policy::{Because, Demand, RuleOutcome, RuleResult, Subject, SymbolRule};
use crate::printable::printable;

/// A rule with its outcome.
#[derive(Clone, Debug, Serialize)]
pub struct JudgedRule {
    /// What it asks.
    pub rule: Demand,
    /// What the name stands for.
    pub kind: Subject,
    /// The name or pattern.
    pub name: Name,
    /// How it came out.
    pub result: RuleResult,
    /// What decided it, or kept it from being decided.
    pub reason: Because,
    /// That in one sentence.
    pub message: String,
    /// The lists that were searched.
    pub searched: Vec<&'static str>,
    /// The names that matched, or that stand in the way of an answer.
    pub matched: Vec<Name>,
}

impl JudgedRule {
    /// The entry for `rule` and its outcome.
    #[must_use]
    pub fn new(rule: &SymbolRule, outcome: &RuleOutcome) -> Self {
        Self {
            rule: rule.demand,
            kind: rule.subject,
            name: Name::new(&rule.name),
            result: outcome.result,
            reason: outcome.because,
            message: message(rule, outcome),
            searched: outcome.searched.clone(),
            matched: outcome.matched.iter().map(|name| Name::new(name)).collect(),
        }
    }

    /// The rule's name as it is typed: with its kind in front.
    #[must_use]
    pub fn asked(&self) -> String {
        format!("{}{}", prefix(self.kind), self.name)
    }
}

fn prefix(subject: Subject) -> &'static str {
    match subject {
        Subject::Name => "",
        Subject::Func => "func:",
        Subject::Var => "var:",
        Subject::Pkg => "pkg:",
    }
}

fn message(rule: &SymbolRule, outcome: &RuleOutcome) -> String {
    let name = printable(&rule.name);
    let found = first_of(&outcome.matched);
    match outcome.because {
        Because::Found => format!("found {found}"),
        Because::Absent => absent(rule.subject, &outcome.searched),
        Because::IsPackage => format!(
            "{name} is the path of a package, and its code is here ({found}): pkg:{name} asks for a package, {}{name}.* for its names",
            prefix(rule.subject)
        ),
        Because::IsName => {
            format!("{name} is no package but a name, and is here: ask without pkg:")
        }
        Because::Stripped => stripped(rule, &outcome.searched),
        Because::Damaged => "a list of names is damaged, or not one that gonym reads".to_owned(),
        Because::SharedLibrary => {
            "not found, but the program is linked with Go's shared libraries, which hold more of it"
                .to_owned()
        }
        Because::Shapes => format!(
            "symbols name shapes, not types: {found} may or may not run for the types of {name}"
        ),
        Because::HiddenArguments => format!(
            "not found, but Go up to 1.20 leaves type arguments out of its function table: {found} may be it"
        ),
    }
}

fn absent(subject: Subject, searched: &[&str]) -> String {
    let lists = searched.join(", ");
    match subject {
        Subject::Name => format!("no trace in {lists}"),
        Subject::Func => format!("no Go function of that name left instructions; searched {lists}"),
        Subject::Var => format!("no variable of that name; searched {lists}"),
        Subject::Pkg => format!(
            "no function of the package left instructions; searched {lists} (bodies folded to constants, data and types are not seen)"
        ),
    }
}

/// The names that could tell are gone: what can be asked instead.
fn stripped(rule: &SymbolRule, searched: &[&str]) -> String {
    let lists = searched.join(", ");
    match rule.subject {
        Subject::Name => format!(
            "not found, but names of variables are stripped; searched {lists}. Code is decided without them: ask {}",
            instead(&rule.name)
        ),
        Subject::Var => "names of variables are stripped".to_owned(),
        Subject::Func | Subject::Pkg => {
            format!("not found, but the list of inlined functions is missing; searched {lists}")
        }
    }
}

/// The rules about code that a plain name or pattern may have meant.
fn instead(name: &[u8]) -> String {
    let shown = printable(name);
    let package = name.strip_suffix(b".*").filter(|path| !path.iter().any(|b| b"*?".contains(b)));
    match package.map(printable) {
        Some(package) => format!("func:{shown} or pkg:{package}"),
        None => format!("func:{shown}"),
    }
}

fn first_of(matched: &[Vec<u8>]) -> String {
    match matched {
        [] => String::new(),
        [only] => printable(only),
        [first, rest @ ..] => format!("{} and {} more", printable(first), rest.len()),
    }
}
