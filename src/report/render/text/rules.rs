//! The rules about names and how they came out.

use std::io::{self, Write};

use super::table::{table, wrapped};
use super::why;
use crate::report::Detail;
use crate::report::document::symbol_rule::JudgedRule;
use crate::report::words::Worded;

/// Writes them.
pub(super) fn rules(out: &mut dyn Write, rules: &[JudgedRule], detail: Detail) -> io::Result<()> {
    if rules.is_empty() {
        return Ok(());
    }
    let rows = rules.iter().map(|rule| {
        let words = [rule.rule.word().to_owned(), rule.asked(), rule.result.word().to_owned()];
        (words, rule.message.as_str())
    });
    let rows: Vec<_> = rows.collect();
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|(cells, _)| cells.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    // Two blanks between the columns, and one in front.
    let taken = widest(0) + widest(1) + widest(2) + 7;
    let lines = rows.into_iter().flat_map(|([rule, name, result], message)| {
        let lines = wrapped(message, taken);
        let mut head = [rule, name, result].into_iter();
        lines.into_iter().map(move |line| {
            let mut next = || head.next().unwrap_or_default();
            [next(), next(), next(), line]
        })
    });
    table(out, ["RULE", "NAME", "RESULT", "BECAUSE"], lines.collect::<Vec<_>>().into_iter())?;
    for rule in rules.iter().filter(|rule| !rule.chain.is_empty()) {
        writeln!(out, "\nwhy {} is there:", rule.asked())?;
        why::steps(out, rule.roots, &rule.chain, "  ", detail)?;
        if let Some(name) = &rule.inlined {
            why::inlined(out, name, "  ")?;
        }
    }
    // The table already shows the first match.
    for rule in rules.iter().filter(|rule| detail.verbose && rule.matched.len() > 1) {
        writeln!(out, "\n{}", rule.asked())?;
        for name in rule.matched.iter() {
            writeln!(out, "  - {name}")?;
        }
    }
    Ok(())
}
