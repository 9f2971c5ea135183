//! `diff` for a person: what an upgrade or a release changed that somebody should look at, before what changed by itself.

use std::collections::BTreeMap;
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
    symbols(out, compared, detail)?;
    end(out, compared)
}

/// In front of what belongs to a section.
const INDENT: &str = "  ";
/// Without `-v` no more symbols of the program's own packages are listed, and of a dependency no more than the second.
const MOST_OWN: usize = 60;
const MOST_OF_DEPENDENCY: usize = 5;
/// Without `-v` no more packages of dependencies are listed.
const MOST_PACKAGES: usize = 20;
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

/// `+` for what came, `-` for what went, `~` for what is there still.
fn sign(change: &Change) -> char {
    match (&change.old, &change.new) {
        (None, _) => '+',
        (_, None) => '-',
        _ => '~',
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => "none".to_owned(),
        Some(Value::Size(bytes)) => bytes.to_string(),
        Some(Value::Text(text)) if text.is_empty() => "empty".to_owned(),
        Some(Value::Text(text)) => printable(text.as_bytes()),
    }
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
            (Kind::Symbol, ..) => {
                format!("names: {} -> {} (stripping takes DWARF too)", shown(old), shown(new))
            }
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

/// Symbols of one package.
#[derive(Default)]
struct Group<'a> {
    listed: Vec<&'a Change>,
    added: usize,
    removed: usize,
    resized: usize,
    /// Bytes that came, less those that went.
    grown: i128,
}

impl<'a> Group<'a> {
    fn add(&mut self, change: &'a Change) {
        let size = |value: &Option<Value>| match value {
            Some(Value::Size(bytes)) => i128::from(*bytes),
            _ => 0,
        };
        match change.kind {
            Kind::Address => {}
            Kind::Size => self.resized += 1,
            _ if change.old.is_none() => self.added += 1,
            _ => self.removed += 1,
        }
        if change.kind != Kind::Address {
            self.grown += size(&change.new) - size(&change.old);
        }
        self.listed.push(change);
    }

    fn join(&mut self, other: &Self) {
        self.added += other.added;
        self.removed += other.removed;
        self.resized += other.resized;
        self.grown += other.grown;
    }

    fn counts(&self) -> String {
        let counts = [(self.added, "added"), (self.removed, "removed"), (self.resized, "resized")];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
        format!("{} ({:+} bytes)", counts.join(", "), self.grown)
    }
}

fn symbols(out: &mut dyn Write, compared: &Compared, detail: Detail) -> io::Result<()> {
    let mut groups: BTreeMap<(Owner, &str), Group<'_>> = BTreeMap::new();
    for change in compared.changes.iter().filter(|change| change.kind >= Kind::Symbol) {
        let Some((owner, package)) = change.standing.zip(change.package.as_deref()) else {
            continue;
        };
        groups.entry((owner, package)).or_default().add(change);
    }
    let of = |owner: Owner| {
        let all = groups.iter().filter(move |((of, _), _)| *of == owner);
        all.map(|((_, package), group)| (*package, group))
    };
    for (package, group) in of(Owner::Main) {
        one(out, package, group, if detail.verbose { usize::MAX } else { MOST_OWN })?;
    }
    let dependencies: Vec<_> = of(Owner::Dependency).collect();
    let most = if detail.verbose { usize::MAX } else { MOST_PACKAGES };
    for (package, group) in dependencies.iter().take(most) {
        one(out, package, group, if detail.verbose { usize::MAX } else { MOST_OF_DEPENDENCY })?;
    }
    rest(out, "more packages of dependencies", dependencies.iter().skip(most).map(|(_, g)| *g))?;
    if detail.verbose {
        return of(Owner::Std)
            .try_for_each(|(package, group)| one(out, package, group, usize::MAX));
    }
    rest(out, "of Go's own packages", of(Owner::Std).map(|(_, group)| group))
}

fn one(out: &mut dyn Write, package: &str, group: &Group<'_>, most: usize) -> io::Result<()> {
    let name = if package.is_empty() {
        "names without a package".to_owned()
    } else {
        printable(package.as_bytes())
    };
    let bold = Style::new().bold();
    writeln!(out, "\n{bold}{name}{bold:#}: {}", group.counts())?;
    for change in group.listed.iter().take(most) {
        writeln!(out, "{INDENT}{} {}  {}", sign(change), change.name, sizes(change))?;
    }
    match group.listed.len().saturating_sub(most) {
        0 => Ok(()),
        more => writeln!(out, "{INDENT}and {more} more (-v lists them)"),
    }
}

fn sizes(change: &Change) -> String {
    match (&change.old, &change.new) {
        (Some(Value::Size(old)), Some(Value::Size(new))) => {
            format!("{old} -> {new} ({:+})", i128::from(*new) - i128::from(*old))
        }
        (Some(old), Some(new)) => format!("{} -> {}", shown(Some(old)), shown(Some(new))),
        (old, new) => shown(old.as_ref().or(new.as_ref())),
    }
}

fn rest<'a>(
    out: &mut dyn Write,
    what: &str,
    groups: impl Iterator<Item = &'a Group<'a>>,
) -> io::Result<()> {
    let (mut count, mut all) = (0, Group::default());
    for group in groups {
        count += 1;
        all.join(group);
    }
    if count == 0 {
        return Ok(());
    }
    let what = format!("{count} {what}");
    writeln!(out, "\n{what}: {} (-v lists them)", all.counts())
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
    writeln!(out, "\nThe same: {same}{moved}; {linknames}")?;
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
