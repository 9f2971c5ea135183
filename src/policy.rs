//! Which names and packages must be in a binary, and which must not?
//!
//! A rule that cannot be searched never passes: `strip` may have removed the name. Which lists of names answer
//! depends on the rule. The function table and the inline trees name every Go function that left instructions, and
//! `strip` keeps them. Variables are only in the symbol table.
//!
//! ```
//! use gonym::policy::{Demand, Subject, SymbolRule};
//!
//! let rule = SymbolRule::parse(Demand::Forbid, "pkg:net/http")?;
//! assert_eq!((rule.subject, rule.name.as_slice()), (Subject::Pkg, &b"net/http"[..]));
//! # Ok::<(), gonym::Error>(())
//! ```

mod lists;
mod packages;
pub(crate) mod pattern;

use crate::binary::Binary;
use crate::error::Error;
use crate::finding::Level;
use lists::Lists;
use packages::Packages;
use pattern::Pattern;

/// What a rule asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Demand {
    /// The name must be there.
    Require,
    /// The name must not be there.
    Forbid,
}

/// What the name of a rule stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Subject {
    /// Anything that has a name: function, variable, import, export.
    Name,
    /// A Go function, inlined or not.
    Func,
    /// A variable.
    Var,
    /// Code of a package, inlined or not.
    Pkg,
}

/// A demand and the name or pattern that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SymbolRule {
    /// What is asked.
    pub demand: Demand,
    /// What the name stands for.
    pub subject: Subject,
    /// An exact name, with its path escaped or not, or a pattern with `*` and `?`.
    pub name: Vec<u8>,
}

impl SymbolRule {
    /// Reads `[func:|pkg:|var:]NAME`.
    ///
    /// # Errors
    /// [`Error::Usage`] without a name.
    pub fn parse(demand: Demand, text: &str) -> Result<Self, Error> {
        // Go's own names hold colons as well: `type:.eq.main.T`.
        let (subject, name) = match text.split_once(':') {
            Some(("func", name)) => (Subject::Func, name),
            Some(("pkg", path)) => (Subject::Pkg, path),
            Some(("var", name)) => (Subject::Var, name),
            // A misspelt kind would ask for a name that no binary has, and so forbid nothing.
            Some((kind, _)) if is_word(kind) && !["type", "go"].contains(&kind) => {
                return Err(Error::Usage(format!(
                    "{kind}: is no kind of rule; there are func:NAME, pkg:PATH, var:NAME and a plain NAME"
                )));
            }
            _ => (Subject::Name, text),
        };
        if name.is_empty() {
            return Err(Error::Usage("a rule needs a name".to_owned()));
        }
        Ok(Self { demand, subject, name: name.as_bytes().to_vec() })
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// How a rule came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleResult {
    /// The demand is met.
    Holds,
    /// The demand is not met.
    Fails,
    /// The lists of names that could decide are not in the file.
    Unproven,
}

/// What decided a rule, or why nothing could.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Because {
    /// Names matched.
    Found,
    /// Every list that could hold it was read whole, and holds no such name.
    Absent,
    /// Nothing has that name, but a package of that path has code here.
    IsPackage,
    /// No package has that path, but something of that name is here.
    IsName,
    /// The list of names that could hold it was stripped.
    Stripped,
    /// A list that must be searched is damaged, or is missing because the file is no Go program that this version
    /// reads.
    Damaged,
    /// The program is linked with Go's shared libraries, which hold a part of its code.
    SharedLibrary,
    /// Only instances of the generic function that are named by shapes are here: `F[go.shape.int]`.
    Shapes,
    /// Instances are here, and the function table leaves out their type arguments: `F[...]`.
    HiddenArguments,
}

/// The outcome of one rule on one binary.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleOutcome {
    /// The result.
    pub result: RuleResult,
    /// Why.
    pub because: Because,
    /// The lists of names that were searched, as reports call them.
    pub searched: Vec<&'static str>,
    /// The names that matched, or that prevent an answer; sorted.
    pub matched: Vec<Vec<u8>>,
}

impl RuleOutcome {
    /// The severity if the rule does not hold. A rule that only damage leaves open fails nothing.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        match (self.result, self.because) {
            (RuleResult::Holds, _) => None,
            (RuleResult::Unproven, Because::Damaged) => Some(Level::Warn),
            (RuleResult::Unproven | RuleResult::Fails, _) => Some(Level::Deny),
        }
    }
}

/// Every name and package in a binary, and which lists are missing.
#[derive(Debug)]
pub struct Searchable {
    lists: Lists,
    packages: Packages,
    /// The import path of package main, whose names begin with `main.`.
    main_path: Option<Vec<u8>>,
}

impl Searchable {
    /// Collects the names of `binary`: symbols, functions, inlined functions, imports and exports.
    #[must_use]
    pub fn of(binary: &Binary) -> Self {
        let path = binary.build().map(|build| build.path.as_str());
        let folders = binary.functions().ok().map(|functions| functions.folders());
        let main_path = path.filter(|path| {
            *path != "main" && folders.is_some_and(|folders| folders.as_named(path) == "main")
        });
        Self {
            lists: Lists::of(binary),
            packages: Packages::of(binary),
            main_path: main_path.map(|path| path.as_bytes().to_vec()),
        }
    }

    /// The spelling `main.x` of `name`, if `name` spells package main by its import path.
    fn of_main(&self, subject: Subject, name: &[u8]) -> Option<Vec<u8>> {
        let path = self.main_path.as_deref().filter(|_| subject != Subject::Pkg)?;
        let local = name.strip_prefix(path)?.strip_prefix(b".")?;
        Some([b"main.", local].concat())
    }

    /// Judges `rule`.
    #[must_use]
    pub fn judge(&self, rule: &SymbolRule) -> RuleOutcome {
        let (because, matched) = self.answer_also_of_main(rule.subject, &rule.name);
        let result = match (because, rule.demand) {
            (Because::Found, Demand::Require) | (Because::Absent, Demand::Forbid) => {
                RuleResult::Holds
            }
            (Because::Found | Because::IsPackage | Because::IsName, Demand::Forbid)
            | (Because::Absent | Because::IsPackage | Because::IsName, Demand::Require) => {
                RuleResult::Fails
            }
            _ => RuleResult::Unproven,
        };
        let searched = self.lists.searched(rule.subject);
        RuleOutcome { result, because, searched, matched }
    }

    /// The answer for the name as it is written. If nothing has it, the answer for the spelling of package main.
    fn answer_also_of_main(&self, subject: Subject, name: &[u8]) -> (Because, Vec<Vec<u8>>) {
        let written = self.answer(subject, name);
        match self.of_main(subject, name) {
            Some(named) if written.1.is_empty() => self.answer(subject, &named),
            _ => written,
        }
    }

    fn answer(&self, subject: Subject, name: &[u8]) -> (Because, Vec<Vec<u8>>) {
        let found = self.matches(subject, name);
        if !found.is_empty() {
            return (Because::Found, found);
        }
        let other = match subject {
            Subject::Pkg => (Because::IsName, self.exact(name)),
            _ => (Because::IsPackage, self.packages.exact(name)),
        };
        if !other.1.is_empty() {
            return other;
        }
        if subject != Subject::Pkg {
            let pattern = Pattern::of_name(name);
            let shapes = pattern.instance().map(|generic| self.lists.instances(&generic));
            if let Some(shapes) = shapes.filter(|shapes| !shapes.is_empty()) {
                return (Because::Shapes, shapes);
            }
            let hidden = self.lists.hidden(&pattern);
            if subject != Subject::Var && !hidden.is_empty() {
                return (Because::HiddenArguments, hidden);
            }
        }
        (self.lists.gap(subject).unwrap_or(Because::Absent), Vec::new())
    }

    /// The names that match exactly, in either spelling; if there are none, those that the pattern covers.
    fn matches(&self, subject: Subject, name: &[u8]) -> Vec<Vec<u8>> {
        match subject {
            Subject::Pkg => self.packages.covered(&Pattern::of_path(name)),
            _ => self.lists.matches(subject, &Pattern::of_name(name)),
        }
    }

    /// Everything that has exactly this name.
    fn exact(&self, name: &[u8]) -> Vec<Vec<u8>> {
        self.lists.exact(Subject::Name, &Pattern::of_name(name))
    }
}

#[cfg(test)]
mod tests {
    use super::lists::Bearer;
    use super::*;
    use crate::binary::{NameWitnesses, Witness};

    fn searchable(names: &[&str], whole: bool) -> Searchable {
        let symtab = if whole { Witness::Whole } else { Witness::Missing };
        let each = names
            .iter()
            .map(|name| (name.as_bytes().to_vec(), Bearer { function: true, data: false }));
        let lists = Lists {
            names: each.collect(),
            hidden: names
                .iter()
                .filter(|n| n.contains("[...]"))
                .map(|n| n.as_bytes().to_vec())
                .collect(),
            searched: vec!["symtab"],
            witnesses: NameWitnesses { symtab, pclntab: Witness::Whole, inlined: Witness::Whole },
            damaged: false,
            shared: false,
        };
        Searchable {
            lists,
            packages: Packages::default(),
            main_path: Some(b"example.com/q".to_vec()),
        }
    }

    fn judge(names: &Searchable, demand: Demand, name: &str) -> RuleResult {
        names.judge(&SymbolRule::parse(demand, name).expect("a rule")).result
    }

    #[test]
    fn what_cannot_be_searched_is_never_a_pass() {
        let stripped = searchable(&["main.main"], false);
        assert_eq!(judge(&stripped, Demand::Forbid, "os/exec.Command"), RuleResult::Unproven);
        assert_eq!(judge(&stripped, Demand::Require, "main.version"), RuleResult::Unproven);
        assert_eq!(judge(&stripped, Demand::Require, "main.main"), RuleResult::Holds);
        assert_eq!(judge(&stripped, Demand::Forbid, "main.main"), RuleResult::Fails);
        let whole = searchable(&["main.main"], true);
        assert_eq!(judge(&whole, Demand::Forbid, "os/exec.Command"), RuleResult::Holds);
        assert_eq!(judge(&whole, Demand::Require, "main.version"), RuleResult::Fails);
    }

    #[test]
    fn functions_are_decided_without_symbols() {
        let stripped = searchable(&["main.main"], false);
        assert_eq!(judge(&stripped, Demand::Forbid, "func:os/exec.*"), RuleResult::Holds);
        assert_eq!(judge(&stripped, Demand::Require, "func:os/exec.Command"), RuleResult::Fails);
        assert_eq!(judge(&stripped, Demand::Forbid, "var:os.Args"), RuleResult::Unproven);
        let mut shared = searchable(&["main.main"], true);
        shared.lists.shared = true;
        assert_eq!(judge(&shared, Demand::Forbid, "func:os/exec.*"), RuleResult::Unproven);
        assert_eq!(judge(&shared, Demand::Forbid, "pkg:os/exec"), RuleResult::Unproven);
    }

    #[test]
    fn an_exact_match_comes_before_a_pattern() {
        let names = searchable(&["lib.(*T).m", "lib.(xT).m", "gopkg.in/yaml%2ev3.foo"], true);
        let matched = |name: &str| names.matches(Subject::Name, name.as_bytes()).len();
        assert_eq!(matched("lib.(*T).m"), 1, "the star is part of the name");
        assert_eq!(matched("lib.(*).m"), 2);
        assert_eq!(matched("gopkg.in/yaml.v3.foo"), 1);
        assert_eq!(matched("gopkg.in/yaml%2ev3.foo"), 1);
        assert_eq!(matched("gopkg.in/yaml.*"), 1);
        assert_eq!(matched("lib.?xT).m"), 1);
        assert_eq!(matched("lib.T"), 0);
    }

    #[test]
    fn a_generic_function_is_found_by_its_name() {
        let names = searchable(&["q.G[go.shape.int]", "q.(*T[go.shape.int]).m"], true);
        assert_eq!(judge(&names, Demand::Forbid, "q.G"), RuleResult::Fails);
        assert_eq!(judge(&names, Demand::Forbid, "func:q.(*T).m"), RuleResult::Fails);
        assert_eq!(judge(&names, Demand::Forbid, "q.G[int]"), RuleResult::Unproven);
        assert_eq!(judge(&names, Demand::Require, "q.G[string]"), RuleResult::Unproven);
        assert_eq!(judge(&names, Demand::Forbid, "q.H[int]"), RuleResult::Holds);
        assert_eq!(judge(&names, Demand::Forbid, "q.G[go.shape.string]"), RuleResult::Holds);
    }

    #[test]
    fn type_arguments_that_are_left_out_prove_nothing() {
        let names = searchable(&["q.G[...]", "main.main"], false);
        for (rule, wanted) in [
            ("func:q.G", RuleResult::Fails),
            ("func:q.G[go.shape.int]", RuleResult::Unproven),
            ("func:*secret*", RuleResult::Unproven),
            ("func:main.x*", RuleResult::Holds),
            ("func:q.H", RuleResult::Holds),
        ] {
            assert_eq!(judge(&names, Demand::Forbid, rule), wanted, "{rule}");
        }
    }

    #[test]
    fn a_misspelt_kind_is_no_name() {
        for text in ["fun:main.main", "Func:main.main", "package:runtime", "Pkg:x"] {
            assert!(SymbolRule::parse(Demand::Forbid, text).is_err(), "{text}");
        }
        for text in ["func:main.main", "pkg:runtime", "var:a.b", "type:.eq.main.T", "go:string.*"] {
            assert!(SymbolRule::parse(Demand::Forbid, text).is_ok(), "{text}");
        }
    }

    #[test]
    fn package_main_goes_by_its_import_path_too() {
        let searchable = searchable(&["main.main", "example.com/q.v2.f"], true);
        for (name, wanted) in [
            ("example.com/q.main", Because::Found),
            ("example.com/q.m*", Because::Found),
            ("example.com/q.other", Because::Absent),
            ("example.com/q.v2.f", Because::Found),
        ] {
            let rule = SymbolRule::parse(Demand::Forbid, name).expect("a rule");
            assert_eq!(searchable.judge(&rule).because, wanted, "{name}");
        }
    }

    #[test]
    fn a_rule_needs_a_name() {
        for text in ["", "func:", "pkg:", "var:"] {
            assert!(SymbolRule::parse(Demand::Forbid, text).is_err(), "{text}");
        }
        let rule = SymbolRule::parse(Demand::Forbid, "type:.eq.main.T").expect("a rule");
        assert_eq!((rule.subject, rule.name.as_slice()), (Subject::Name, &b"type:.eq.main.T"[..]));
    }
}
