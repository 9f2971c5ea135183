//! A document for a person: a short table, then the evidence in plain words.

mod codes;
mod scan;
mod source;

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{Table, presets};

use super::{
    About, AliasReport, AliasedBinary, CheckReport, CheckedBinary, EvidenceEntry, JudgedClaim,
    JudgedRule, Name,
};
use crate::finding::Code;
use crate::policy::{Demand, RuleResult};
use crate::printable::printable;
use crate::rules as tables;

pub use codes::codes;
pub use scan::scan;

/// How much is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// Every fact and full file names, not only what the verdict rests on.
    pub verbose: bool,
}

/// Writes what `check` found. Colours are written as escape sequences; `out` drops them where they
/// are not wanted.
///
/// # Errors
/// What `out` reports.
pub fn check(out: &mut dyn Write, report: &CheckReport, detail: Detail) -> io::Result<()> {
    for (index, binary) in report.binaries.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        headline(out, &binary.about)?;
        claims(out, binary, detail)?;
        if !binary.claims.is_empty() && !binary.rules.is_empty() {
            writeln!(out)?;
        }
        rules(out, &binary.rules, detail)?;
    }
    let mut results: BTreeMap<&'static str, usize> = BTreeMap::new();
    for rule in report.binaries.iter().flat_map(|binary| &binary.rules) {
        *results.entry(result_word(rule.result)).or_default() += 1;
    }
    let denied: usize = report.binaries.iter().map(|binary| binary.denied).sum();
    let plural = if denied == 1 { "" } else { "s" };
    let mistakes = (denied > 0).then(|| format!("{denied} mistake{plural}"));
    let summaries = [summary("claim", &report.summary), summary("rule", &results), mistakes];
    let summaries: Vec<String> = summaries.into_iter().flatten().collect();
    if summaries.is_empty() { Ok(()) } else { writeln!(out, "\n{}", summaries.join("; ")) }
}

/// `3 claims: 2 in-effect, 1 unused`, or nothing when there were none.
fn summary(noun: &str, counts: &BTreeMap<&'static str, usize>) -> Option<String> {
    let total: usize = counts.values().sum();
    let each: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
    let plural = if total == 1 { "" } else { "s" };
    (total > 0).then(|| format!("{total} {noun}{plural}: {}", each.join(", ")))
}

/// Writes what `aliases` found.
///
/// # Errors
/// What `out` reports.
pub fn aliases(out: &mut dyn Write, report: &AliasReport) -> io::Result<()> {
    for (index, binary) in report.binaries.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        headline(out, &binary.about)?;
        alias_groups(out, binary)?;
    }
    Ok(())
}

/// One line that says what the file is.
fn headline(out: &mut dyn Write, about: &About) -> io::Result<()> {
    let slice = about.slice.as_deref().map(|slice| format!(" ({})", printable(slice.as_bytes())));
    let member = about.member.as_deref().map(|member| format!("({member})"));
    let os = about.os.as_deref().unwrap_or("unknown");
    let go = match &about.go {
        Some(version) => printable(version.as_bytes()),
        None => match about.toolchain {
            "gccgo" => "made by gccgo".to_owned(),
            "tinygo" => "made by TinyGo".to_owned(),
            "upx" => "packed by UPX".to_owned(),
            "none" => "not made by Go".to_owned(),
            _ if !about.complete => "made by Go, cut".to_owned(),
            _ => "no Go build information".to_owned(),
        },
    };
    let names = match about.names {
        "symtab" => "symbol table present",
        "pclntab" => "no symbol table: names from pclntab",
        _ => "no names",
    };
    let debug = about.debug_file.as_deref();
    let debug = debug.map(|path| format!(", debug file {}", printable(path.as_bytes())));
    let damage = if about.complete { "" } else { ", INCOMPLETE" };
    let bold = Style::new().bold();
    writeln!(
        out,
        "{bold}{}{}{}{bold:#}: {} {}/{}, {go}, {names}{}{damage}",
        printable(about.path.as_bytes()),
        slice.unwrap_or_default(),
        member.unwrap_or_default(),
        about.format,
        printable(os.as_bytes()),
        printable(about.arch.as_bytes()),
        debug.unwrap_or_default(),
    )?;
    for warning in &about.warnings {
        writeln!(out, "  warning: {}", self::warning(*warning))?;
    }
    Ok(())
}

/// A code and what it says.
fn warning(code: Code) -> String {
    let told = format!("{}: {}", code.word(), code.title().trim_end_matches('.'));
    match code {
        Code::GoOutsideTables => format!(
            "{told}: the tables speak about releases of Go 1.{} to 1.{}; what rests on them is unproven",
            tables::OLDEST_MINOR,
            tables::NEWEST_MINOR
        ),
        _ => told,
    }
}

fn claims(out: &mut dyn Write, binary: &CheckedBinary, detail: Detail) -> io::Result<()> {
    if !binary.claims.is_empty() {
        source::table(out, &binary.claims)?;
    }
    for claim in binary.claims.iter().filter(|claim| detail.verbose || source::is_remarkable(claim))
    {
        evidence(out, claim, detail)?;
    }
    source::rest(out, binary)
}

fn evidence(out: &mut dyn Write, claim: &JudgedClaim, detail: Detail) -> io::Result<()> {
    let style = verdict_style(claim.verdict);
    writeln!(
        out,
        "\n{} = {}: {style}{}{style:#} ({}){}",
        claim.local,
        claim.remote,
        claim.verdict,
        claim.reason,
        source::place(claim)
    )?;
    writeln!(out, "  {}", sentence(claim, detail))?;
    let (shown, more) = facts(claim, detail);
    for fact in shown {
        writeln!(out, "  - {fact}")?;
    }
    if more > 0 {
        writeln!(out, "  - and {more} more (-v shows them)")?;
    }
    let told = source::told(claim);
    for warning in claim.warnings.iter().filter(|warning| !told.contains(*warning)) {
        writeln!(out, "  warning: {}", self::warning(*warning))?;
    }
    source::notes(out, claim)?;
    if claim.verdict == "in-effect" && claim.scope == "package" && claim.reason == "referenced" {
        let package = printable(claim.package.as_bytes());
        let checked = claim.pair.as_ref().is_some_and(|pair| pair.name_checked);
        let checked = match (&claim.source, checked) {
            (Some(_), _) => ": its source is in doubt",
            (None, true) => "",
            (None, false) => " and was not checked: no source is at hand",
        };
        writeln!(
            out,
            "  Proven for package {package}, by its own directive or by an exported function that stands for one;\n  the local name itself never reaches a binary{checked}."
        )?;
    }
    Ok(())
}

/// The verdict's sentence, the fact that it begins with in as much detail as the others.
fn sentence(claim: &JudgedClaim, detail: Detail) -> String {
    let first = claim.evidence.iter().find_map(|entry| {
        let rest = claim.message.strip_prefix(&fact(entry, Detail::default()))?;
        Some(format!("{}{rest}", fact(entry, detail)))
    });
    first.unwrap_or_else(|| claim.message.clone())
}

/// The facts to show in plain words, and how many are left out.
fn facts(claim: &JudgedClaim, detail: Detail) -> (Vec<String>, usize) {
    // The sentence above has said the first one already.
    let said = |entry: &&EvidenceEntry| claim.message.starts_with(&fact(entry, Detail::default()));
    let others = claim.evidence.iter().filter(|entry| !said(entry));
    let all: Vec<String> = others.map(|entry| fact(entry, detail)).collect();
    let most = if detail.verbose { all.len() } else { SHOWN };
    let more = all.len().saturating_sub(most);
    (all.into_iter().take(most).collect(), more)
}

/// Facts of one claim shown without `-v`.
const SHOWN: usize = 4;

fn fact(entry: &EvidenceEntry, detail: Detail) -> String {
    match entry {
        EvidenceEntry::Reference { told, doubt, .. } => {
            let doubt = doubt.map(|doubt| format!(" [{doubt}]")).unwrap_or_default();
            format!("{}{doubt}", if detail.verbose { &told.full } else { &told.brief })
        }
        EvidenceEntry::Symbol { name, address, size, section, .. } => {
            let size = if *size > 0 { format!(", {size} bytes") } else { String::new() };
            format!("symbol {name} at {address} in {section}{size}")
        }
        EvidenceEntry::Function { name, address, file, package, inlined, .. } => {
            let what = if *inlined { "inlined function" } else { "function" };
            let file = file.as_deref().map(|file| format!(", {}", file_name(file, detail)));
            let package = package
                .as_deref()
                .map(|p| format!(", source of package {}", printable(p.as_bytes())));
            format!(
                "{what} {name} at {address}{}{}",
                file.unwrap_or_default(),
                package.unwrap_or_default()
            )
        }
        EvidenceEntry::Word { address, value } => {
            format!("data at {address} holds {value}, the address of its function value")
        }
        EvidenceEntry::Unit { name } => format!("DWARF: defined by {name}"),
        EvidenceEntry::Import { name } => format!("{name} is an undefined dynamic symbol"),
    }
}

fn file_name(file: &str, detail: Detail) -> &str {
    if detail.verbose { file } else { file.rsplit('/').next().unwrap_or(file) }
}

fn verdict_style(verdict: &str) -> Style {
    let color = match verdict {
        "in-effect" => AnsiColor::Green,
        "not-in-effect" => AnsiColor::Red,
        _ => AnsiColor::Yellow,
    };
    color.on_default().bold()
}

fn rules(out: &mut dyn Write, rules: &[JudgedRule], detail: Detail) -> io::Result<()> {
    if rules.is_empty() {
        return Ok(());
    }
    let rows = rules.iter().map(|rule| {
        let demand = match rule.rule {
            Demand::Require => "require",
            Demand::Forbid => "forbid",
        };
        let result = result_word(rule.result).to_owned();
        ([demand.to_owned(), rule.asked(), result], rule.message.as_str())
    });
    let rows: Vec<_> = rows.collect();
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|(cells, _)| cells.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    // Two blanks between columns, one in front.
    let taken = widest(0) + widest(1) + widest(2) + 7;
    let lines = rows.into_iter().flat_map(|([rule, name, result], message)| {
        let lines = wrapped(message, WIDTH.saturating_sub(taken).max(NARROWEST));
        let mut head = [rule, name, result].into_iter();
        lines.into_iter().map(move |line| {
            let mut next = || head.next().unwrap_or_default();
            [next(), next(), next(), line]
        })
    });
    table(out, ["RULE", "NAME", "RESULT", "BECAUSE"], lines.collect::<Vec<_>>().into_iter())?;
    // One match stands in the table already.
    for rule in rules.iter().filter(|rule| detail.verbose && rule.matched.len() > 1) {
        writeln!(out, "\n{}", rule.asked())?;
        for name in &rule.matched {
            writeln!(out, "  - {name}")?;
        }
    }
    Ok(())
}

/// What a terminal is expected to show in a line.
const WIDTH: usize = 100;

/// Sentences are never wrapped into less.
const NARROWEST: usize = 40;

/// `text` in lines of at most `width` characters where its words allow it.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        match line.chars().count() + 1 + word.chars().count() {
            _ if line.is_empty() => line.push_str(word),
            needed if needed <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn result_word(result: RuleResult) -> &'static str {
    match result {
        RuleResult::Holds => "holds",
        RuleResult::Fails => "fails",
        RuleResult::Unproven => "unproven",
    }
}

fn alias_groups(out: &mut dyn Write, binary: &AliasedBinary) -> io::Result<()> {
    if binary.groups.is_empty() {
        return writeln!(out, "{}", no_alias(binary));
    }
    let rows = binary.groups.iter().flat_map(|group| {
        group.names.iter().enumerate().map(|(index, name)| {
            let first = index == 0;
            let once = |text: &str| if first { text.to_owned() } else { String::new() };
            [once(&group.address), once(&group.section), name.class.to_owned(), show(&name.name)]
        })
    });
    table(out, ["ADDRESS", "SECTION", "CLASS", "NAME"], rows)
}

/// The sentence that people look for: a linkname is no alias in the symbol table.
fn no_alias(binary: &AliasedBinary) -> String {
    if binary.about.names != "symtab" {
        return "The symbol table does not hold the program's names, so there are no two to compare: \
                see gonym check, which needs none."
            .to_owned();
    }
    let omitted = match binary.omitted {
        0 => String::new(),
        count => format!(
            " ({count} groups of linker marks and empty objects left out; --all shows them)"
        ),
    };
    format!(
        "No two names of this program share an address{omitted}. That says nothing about go:linkname, \
         whose local name never reaches the symbol table: see gonym check."
    )
}

fn show(name: &Name) -> String {
    name.to_string()
}

/// Above this many rows columns are not measured: a table of 100,000 rows costs 94 MB.
const MOST_TABLE_ROWS: usize = 500;

fn table<const N: usize>(
    out: &mut dyn Write,
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> io::Result<()> {
    let rows: Vec<[String; N]> = rows.collect();
    if rows.len() > MOST_TABLE_ROWS {
        for row in rows {
            writeln!(out, "{}", row.join("  "))?;
        }
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    for row in rows {
        table.add_row(row);
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
