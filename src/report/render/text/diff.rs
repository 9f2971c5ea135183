//! `diff` for a person: what an upgrade or a release changed that somebody should look at, before what changed by itself.

mod symbols;

use std::io::{self, Write};

use anstyle::Style;

use super::counted;
use super::headline::headline;
use super::table::{table, wrapped};
use crate::binary::NameList;
use crate::diff::{Kind, Listed};
use crate::finding::Owner;
use crate::printable::printable;
use crate::report::Detail;
use crate::report::document::about::About;
use crate::report::document::diff::{Change, Compared, LinknameEntry, Value};
use crate::report::words::Worded;
use symbols::{INDENT, shown, sign};

/// Writes what changed.
pub(in crate::report) fn compared(
    out: &mut dyn Write,
    compared: &Compared,
    detail: Detail,
) -> io::Result<()> {
    headline(out, &compared.old)?;
    headline(out, &compared.new)?;
    build(out, compared, detail)?;
    linknames(out, compared, detail)?;
    pairs(out, compared)?;
    section(out, "Aliases", compared.of(Kind::Alias), |change| {
        format!("{} {}", sign(change), change.name)
    })?;
    symbols::groups(out, compared, detail)?;
    end(out, compared)
}

/// Entries of a setting that are told one by one.
const MOST_ENTRIES: usize = 4;

fn title(out: &mut dyn Write, text: &str) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(out, "\n{bold}{text}{bold:#}")
}

fn section<'a>(
    out: &mut dyn Write,
    name: &str,
    changes: impl Iterator<Item = &'a Change>,
    line: impl Fn(&Change) -> String,
) -> io::Result<()> {
    for (index, change) in changes.enumerate() {
        if index == 0 {
            title(out, name)?;
        }
        lines(out, &line(change), INDENT)?;
    }
    Ok(())
}

fn lines(out: &mut dyn Write, text: &str, indent: &str) -> io::Result<()> {
    for (index, line) in wrapped(text, indent.len() + 2).iter().enumerate() {
        let further = if index == 0 { "" } else { "    " };
        writeln!(out, "{indent}{further}{line}")?;
    }
    Ok(())
}

fn build(out: &mut dyn Write, compared: &Compared, detail: Detail) -> io::Result<()> {
    // What stripping took is no symbol of any package.
    let stripped = |change: &Change| change.kind == Kind::Symbol && change.standing.is_none();
    let of_build = |change: &&Change| change.kind <= Kind::Library || stripped(change);
    section(out, "Build", compared.changes.iter().filter(of_build), |change| {
        let name = &change.name;
        let (old, new) = (change.old.as_ref(), change.new.as_ref());
        match (change.kind, old, new) {
            (Kind::Module, Some(old), Some(new)) => {
                format!("module {name}: {} -> {}", shown(Some(old)), shown(Some(new)))
            }
            (Kind::Module, ..) => {
                format!("{} module {name} {}", sign(change), shown(old.or(new)))
            }
            (Kind::Library, ..) => format!("{} library {name}", sign(change)),
            (Kind::Symbol, ..) => stripping(compared),
            (_, Some(Value::Text(old)), Some(Value::Text(new)))
                if !detail.verbose && old.contains(',') && new.contains(',') =>
            {
                format!("{name}: {}", entries(old, new))
            }
            (_, None, Some(new)) if !detail.verbose => {
                format!("{name}: {} (not recorded before)", brief(new))
            }
            (_, Some(old), None) if !detail.verbose => {
                format!("{name}: no longer recorded (was {})", brief(old))
            }
            _ => format!("{name}: {} -> {}", shown(old), shown(new)),
        }
    })
}

/// What stripping took, or what is no longer stripped: one fact.
fn stripping(compared: &Compared) -> String {
    let [old, new] = [&compared.old, &compared.new];
    let table = |about: &About| if about.names == NameList::Symtab { "present" } else { "none" };
    let (was, is) = (old.dwarf.word(), new.dwarf.word());
    format!("symbol table: {} -> {}, DWARF: {was} -> {is}", table(old), table(new))
}

/// A value that is a list is counted: `DefaultGODEBUG` has up to 40 entries.
fn brief(value: &Value) -> String {
    match value {
        Value::Text(text) if text.split(',').count() > MOST_ENTRIES => {
            counted(text.split(',').count(), "setting")
        }
        _ => shown(Some(value)),
    }
}

/// Which entries of a list came and went.
fn entries(old: &str, new: &str) -> String {
    let only = |these: &str, others: &str, sign: char| -> Vec<String> {
        let others: Vec<&str> = others.split(',').collect();
        let of_one = these.split(',').filter(|entry| !others.contains(entry));
        of_one.map(|entry| format!("{sign}{}", printable(entry.as_bytes()))).collect()
    };
    let all = [only(old, new, '-'), only(new, old, '+')].concat();
    let told = all.iter().take(MOST_ENTRIES).cloned().collect::<Vec<_>>().join(" ");
    match all.len().saturating_sub(MOST_ENTRIES) {
        0 if all.is_empty() => "the same entries in another order".to_owned(),
        0 => told,
        more => format!("{told} and {more} more (-v shows both lists)"),
    }
}

fn linknames(out: &mut dyn Write, compared: &Compared, detail: Detail) -> io::Result<()> {
    let all: Vec<(&Change, &LinknameEntry)> = compared
        .changes
        .iter()
        .filter_map(|change| Some((change, change.linkname.as_deref()?)))
        .collect();
    let of_go = |change: &Change| change.standing == Some(Owner::Std);
    let listed = all.iter().filter(|(change, _)| detail.verbose || !of_go(change));
    let (mut any, mut package) = (false, "");
    for (change, entry) in listed {
        if !std::mem::replace(&mut any, true) {
            title(out, "Linknames")?;
        }
        if std::mem::replace(&mut package, &entry.package) != entry.package {
            writeln!(out, "{INDENT}{}", printable(entry.package.as_bytes()))?;
        }
        writeln!(out, "  {} {} {}", sign(change), entry.form.word(), entry.remote)?;
        for line in wrapped(&entry.message, 6) {
            writeln!(out, "      {line}")?;
        }
    }
    let std = all.iter().filter(|(change, _)| of_go(change)).count();
    if std > 0 && !detail.verbose {
        writeln!(
            out,
            "\n{} of Go's own packages differ (-v lists them)",
            counted(std, "linkname")
        )?;
    }
    match compared.why {
        Some(why) => writeln!(out, "\nCalls by linknames are not compared: {why}"),
        None => Ok(()),
    }
}

fn pairs(out: &mut dyn Write, compared: &Compared) -> io::Result<()> {
    if compared.pairs.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let rows = compared.pairs.iter().map(|pair| {
        let (old, new) = (pair.old.words(), pair.new.words());
        [pair.local.to_string(), pair.remote.to_string(), old, new]
    });
    table(out, ["LOCAL", "REMOTE", "OLD", "NEW"], rows)
}

/// Why symbols were not compared.
fn why_functions(compared: &Compared) -> &'static str {
    let has_table = |about: &About| about.names == NameList::Symtab;
    match (has_table(&compared.old), has_table(&compared.new)) {
        (true, true) => "the files are of two formats",
        (true, false) => "the new file has no symbol table",
        (false, true) => "the old file has no symbol table",
        (false, false) => "neither file has a symbol table",
    }
}

/// What is the same, what was not compared, and what must not be there.
fn end(out: &mut dyn Write, compared: &Compared) -> io::Result<()> {
    let noun = match compared.compared {
        Listed::Symbols => "symbol",
        Listed::Functions => "function",
    };
    let moved = match compared.moved {
        0 => String::new(),
        moved => format!(", {moved} moved"),
    };
    let same = counted(compared.same, noun);
    let linknames = counted(compared.same_linknames, "linkname");
    let doubtful = match compared.doubtful_linknames {
        0 => String::new(),
        doubtful => format!(
            " ({doubtful} more are certain in neither file or in one alone, for what was stripped)"
        ),
    };
    writeln!(out, "\nThe same: {same}{moved}; {linknames}{doubtful}")?;
    if compared.compared == Listed::Functions {
        let why = why_functions(compared);
        let told = format!(
            "Functions were compared, not variables and aliases: {why}. Their sizes reach to the next function."
        );
        wrapped(&told, 0).iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    for kind in &compared.unknown {
        writeln!(out, "--fail-on {}: could not be compared", kind.word())?;
    }
    let denied = compared.fail_on.iter().filter(|kind| compared.of(**kind).next().is_some());
    for kind in denied {
        let count = compared.of(*kind).count();
        writeln!(out, "--fail-on {}: {}", kind.word(), counted(count, "change"))?;
    }
    Ok(())
}
