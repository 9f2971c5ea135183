//! Symbols that changed, by package: the program's own one by one, the first few of each dependency, Go's own counted.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;

use crate::diff::Kind;
use crate::finding::Owner;
use crate::printable::printable;
use crate::report::Detail;
use crate::report::document::diff::{Change, Compared, Value};

/// In front of what belongs to a section.
pub(super) const INDENT: &str = "  ";
/// Without `-v` no more symbols of the program's own packages are listed, and of a dependency no more than the second.
const MOST_OWN: usize = 60;
const MOST_OF_DEPENDENCY: usize = 5;
/// Without `-v` no more packages of dependencies are listed.
const MOST_PACKAGES: usize = 20;

/// `+` for what came, `-` for what went, `~` for what is there still.
pub(super) fn sign(change: &Change) -> char {
    match (&change.old, &change.new) {
        (None, _) => '+',
        (_, None) => '-',
        _ => '~',
    }
}

/// A side of a change in words.
pub(super) fn shown(value: Option<&Value>) -> String {
    match value {
        None => "none".to_owned(),
        Some(Value::Size(bytes)) => bytes.to_string(),
        Some(Value::Text(text)) if text.is_empty() => "empty".to_owned(),
        Some(Value::Text(text)) => printable(text.as_bytes()),
    }
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

/// Writes the groups.
pub(super) fn groups(out: &mut dyn Write, compared: &Compared, detail: Detail) -> io::Result<()> {
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
