//! Which names must be in a binary, and which must not?
//!
//! A rule that cannot be searched is never a pass: what `strip` removed might have held the name.

use std::collections::BTreeSet;

use crate::binary::Binary;
use crate::golang::names;
use crate::linkname::evidence::{self, Witness};

/// What a rule asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Demand {
    /// The name must be there.
    Require,
    /// The name must not be there.
    Forbid,
}

/// A demand and the name or pattern that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SymbolRule {
    /// What is asked.
    pub demand: Demand,
    /// An exact name in either spelling of its path, or one with `*` and `?`.
    pub name: Vec<u8>,
}

/// How a rule came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleResult {
    /// What was asked is so.
    Holds,
    /// What was asked is not so.
    Fails,
    /// The names that could tell are not in the file.
    Unproven,
}

/// The outcome of one rule on one binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleOutcome {
    /// The result.
    pub result: RuleResult,
    /// The lists of names that were searched, as reports call them.
    pub searched: Vec<&'static str>,
    /// The names that matched, sorted.
    pub matched: Vec<Vec<u8>>,
    /// Whether a list that should have been searched is damaged, or is not there because the file is
    /// no Go program that this version reads.
    pub damaged: bool,
}

/// Every name that a binary still has, with what is missing.
#[derive(Debug)]
pub struct Searchable {
    names: BTreeSet<Vec<u8>>,
    searched: Vec<&'static str>,
    whole: bool,
    damaged: bool,
}

impl Searchable {
    /// Collects the names of `binary`: symbols, functions, inlined functions, imports and exports.
    #[must_use]
    pub fn of(binary: &Binary) -> Self {
        let functions = binary.functions().ok();
        let witnesses = evidence::name_witnesses(binary, functions);
        let mut all = Self {
            names: BTreeSet::new(),
            searched: Vec::new(),
            whole: [witnesses.symtab, witnesses.pclntab, witnesses.inlined]
                .iter()
                .all(|witness| *witness == Witness::Whole),
            damaged: functions.is_none()
                || !binary.image.faults.is_empty()
                || [witnesses.symtab, witnesses.pclntab].contains(&Witness::Damaged),
        };
        let table = binary.symbols();
        if !table.symbols.is_empty() {
            let symbols = table.symbols.iter().map(|symbol| binary.go_name(table.name(symbol)));
            all.add("symtab", symbols.map(names::without_abi));
        }
        if let Some(functions) = functions {
            all.add("pclntab", functions.table.functions().map(|function| function.name()));
            if let Some(trees) = &functions.trees {
                let each = functions.table.functions();
                all.add("inlined", each.flat_map(|f| trees.names(&functions.table, f)));
            }
        }
        if binary.image.dynamic {
            let view = binary.dynamic();
            all.damaged |= !view.faults.is_empty();
            all.whole &= view.faults.is_empty();
            let imported = view.imports.iter().map(|import| import.name.as_slice());
            let exported = view.exports.iter().map(|export| export.name.as_slice());
            all.add("dynamic", imported.chain(exported).map(|name| binary.go_name(name)));
        }
        all
    }

    fn add<'a>(&mut self, list: &'static str, found: impl Iterator<Item = &'a [u8]>) {
        self.searched.push(list);
        for name in found.filter(|name| !name.is_empty()) {
            if !self.names.contains(name) {
                self.names.insert(name.to_vec());
            }
        }
    }

    /// Judges `rule`.
    #[must_use]
    pub fn judge(&self, rule: &SymbolRule) -> RuleOutcome {
        let matched = self.matches(&rule.name);
        // Symbols name shapes, `F[go.shape.int]`: which instance of F runs they do not tell.
        let other_instance = matched.is_empty()
            && names::is_instance(&rule.name)
            && !self.matches(&without_type_arguments(&rule.name)).is_empty();
        let result = match (rule.demand, matched.is_empty()) {
            _ if other_instance => RuleResult::Unproven,
            (Demand::Require, false) => RuleResult::Holds,
            (Demand::Forbid, false) => RuleResult::Fails,
            (_, true) if !self.whole || self.damaged => RuleResult::Unproven,
            (Demand::Require, true) => RuleResult::Fails,
            (Demand::Forbid, true) => RuleResult::Holds,
        };
        RuleOutcome { result, searched: self.searched.clone(), matched, damaged: self.damaged }
    }

    /// Exact matches in either spelling; without one, what the pattern matches.
    fn matches(&self, wanted: &[u8]) -> Vec<Vec<u8>> {
        let wanted = names::unescaped(names::without_abi(wanted)).into_owned();
        let spelled = |name: &&Vec<u8>| {
            let name = names::unescaped(name);
            // A generic function goes by its own name too: its instances are its code.
            *name == wanted[..]
                || (names::is_instance(&name)
                    && !names::is_instance(&wanted)
                    && without_type_arguments(&name) == wanted)
        };
        let exact: Vec<Vec<u8>> = self.names.iter().filter(spelled).cloned().collect();
        if !exact.is_empty() || !wanted.iter().any(|b| b"*?".contains(b)) {
            return exact;
        }
        let by_pattern = |name: &&Vec<u8>| matches_pattern(&wanted, &names::unescaped(name));
        self.names.iter().filter(by_pattern).cloned().collect()
    }
}

/// `name` with every bracketed part taken out: `lib.(*T[int]).m` becomes `lib.(*T).m`.
fn without_type_arguments(name: &[u8]) -> Vec<u8> {
    let mut depth = 0usize;
    let mut out = Vec::with_capacity(name.len());
    for byte in name {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(*byte),
            _ => {}
        }
    }
    out
}

/// Whether `name` matches `pattern`, in which only `*` (any bytes) and `?` (one byte) are special:
/// Go names hold `(*T)`, `[...]` and `{}`.
fn matches_pattern(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(byte) = name.get(n) {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p + 1, n));
                p += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted == byte => (p, n) = (p + 1, n + 1),
            _ => {
                let Some((after_star, taken)) = retry else { return false };
                retry = Some((after_star, taken + 1));
                (p, n) = (after_star, taken + 1);
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|b| *b == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn searchable(names: &[&str], whole: bool) -> Searchable {
        Searchable {
            names: names.iter().map(|name| name.as_bytes().to_vec()).collect(),
            searched: vec!["symtab"],
            whole,
            damaged: false,
        }
    }

    fn judge(names: &Searchable, demand: Demand, name: &str) -> RuleResult {
        names.judge(&SymbolRule { demand, name: name.as_bytes().to_vec() }).result
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
    fn an_exact_match_comes_before_a_pattern() {
        let names = searchable(&["lib.(*T).m", "lib.(xT).m", "gopkg.in/yaml%2ev3.foo"], true);
        let matched = |name: &str| names.matches(name.as_bytes()).len();
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
        assert_eq!(judge(&names, Demand::Forbid, "q.(*T).m"), RuleResult::Fails);
        assert_eq!(judge(&names, Demand::Forbid, "q.G[int]"), RuleResult::Unproven);
        assert_eq!(judge(&names, Demand::Require, "q.G[string]"), RuleResult::Unproven);
        assert_eq!(judge(&names, Demand::Forbid, "q.H[int]"), RuleResult::Holds);
    }

    #[test]
    fn patterns_take_linear_time_on_stars() {
        let name = vec![b'a'; 4000];
        assert!(!matches_pattern(b"*a*a*a*a*b", &name));
        assert!(matches_pattern(b"*a*a*a*", &name));
    }
}
