//! Is a directive's package the only one whose source leaves the remote in code, and on which lines does it?

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::exported_wrappers::has_word;
use super::neighbours::text;
use super::{Scan, symbol};
use crate::linkname::claim::Mention;
use crate::linkname::neighbours::Neighbours;
use crate::names;
use crate::source::build::BuiltPackage;
use crate::source::file::{Declaration, DeclarationKind, GoFile};
use crate::source::package::Directive;
use crate::source::uses::{Known, Lines, uses};

impl Scan<'_> {
    /// Whether only this directive's package leaves the remote in code other than the owner's. The owner's source
    /// declares it, and names it elsewhere only in functions that are inlined nowhere.
    pub(super) fn is_sole_user(
        &self,
        index: usize,
        directive: &Directive,
        neighbours: &Neighbours,
    ) -> bool {
        let same = self.by_remote.get(&directive.remote).into_iter().flatten();
        let own = same.filter(|(other, _)| *other == index).count();
        let owner = neighbours.owner.as_deref().and_then(|owner| self.packages.named(owner));
        let Some((owner, parsed)) = owner.and_then(|o| Some((o, self.packages.parsed(o)?))) else {
            return false;
        };
        let word = names::within_package(&directive.remote);
        let names = BTreeSet::from([word]);
        let known = parsed.known();
        let files = parsed.files().iter();
        let mentions: usize = files
            .map(|file| {
                let found = uses(file, &names, known);
                if found.is_empty() {
                    return 0;
                }
                let kept = kept_lines(file);
                let declared = file.declarations.iter().filter(|one| one.name == word);
                let declared: BTreeSet<u32> = declared.map(|one| one.line).collect();
                let counts = |line: u32| {
                    declared.contains(&line) || !kept.iter().any(|lines| lines.contains(&line))
                };
                found.iter().filter(|one| counts(one.line)).count()
            })
            .sum();
        let files = self.assembly_files.get_or_init(|| self.read_assembly());
        let in_assembly =
            files.iter().any(|(of, bytes)| *of == owner && has_word(text(bytes), word));
        owner != index && own == 1 && mentions == 1 && neighbours.names.is_empty() && !in_assembly
    }

    /// The lines of the functions of package `index` whose bodies certainly use the local name. A compiler may record
    /// any of them for the reference (`d := third.Func(f)`, and the value is on the line of `run(d)`, 1.20 to 1.27).
    pub(super) fn carrying(&self, index: usize, directive: &Directive) -> Vec<Mention> {
        let Some(parsed) = self.packages.parsed(index) else { return Vec::new() };
        let known = parsed.known();
        let Some(positions) = self.packages.positions(index) else { return Vec::new() };
        let names = BTreeSet::from([directive.local.clone()]);
        let mut found = Vec::new();
        for (number, file) in parsed.files().iter().enumerate() {
            let using = using(file, &names, known);
            let lines =
                using.iter().flat_map(|one| positions.recorded(number, lines_of(file, one)));
            found.extend(lines.map(|recorded| Mention {
                file: recorded.file,
                line: recorded.lines.first,
                last: recorded.lines.last,
                package: String::new(),
                sure: recorded.alone,
                shared: false,
                called: false,
            }));
        }
        found
    }

    /// The lines of other packages that call a function of package `index` which uses the local name.
    pub(super) fn callers(
        &self,
        index: usize,
        package: &BuiltPackage,
        directive: &Directive,
    ) -> Vec<Mention> {
        let Some(parsed) = self.packages.parsed(index) else { return Vec::new() };
        let known = parsed.known();
        let mut carriers: BTreeSet<Vec<u8>> = BTreeSet::from([directive.local.clone()]);
        loop {
            let found = parsed.files().iter().flat_map(|file| using(file, &carriers, known));
            let found = found.map(|function| function.name.clone());
            let found: Vec<Vec<u8>> = found.filter(|name| !carriers.contains(name)).collect();
            if found.is_empty() {
                break;
            }
            carriers.extend(found);
        }
        carriers.remove(&directive.local);
        let exported = |name: &&Vec<u8>| names::is_exported(&symbol(package, name));
        let exported: BTreeSet<&[u8]> =
            carriers.iter().filter(exported).map(Vec::as_slice).collect();
        let all = &self.question.build.packages;
        let importers =
            self.importers.get_or_init(|| super::exported_wrappers::importers(self.packages, all));
        let users = importers.get(&index).into_iter().flatten();
        let handled = users
            .flat_map(|user| self.wrapper_uses_in(*user, package, &exported, &|_, _, _, _| false));
        handled.filter(|one| !one.value).map(|one| one.mention).collect()
    }
}

/// The functions of `file` whose bodies certainly use one of `names`.
fn using<'a>(file: &'a GoFile, names: &BTreeSet<Vec<u8>>, known: &Known) -> Vec<&'a Declaration> {
    let names: BTreeSet<&[u8]> = names.iter().map(Vec::as_slice).collect();
    let found = uses(file, &names, known);
    let used: Vec<u32> = found.iter().filter(|one| one.sure).map(|one| one.line).collect();
    if used.is_empty() {
        return Vec::new();
    }
    let holds = |one: &Declaration| {
        let Lines { first, last } = lines_of(file, one);
        used.iter().any(|line| (first..=last).contains(line))
    };
    bodies(file).filter(|one| holds(one)).collect()
}

fn bodies(file: &GoFile) -> impl Iterator<Item = &Declaration> {
    let functions = file.declarations.iter().filter(|one| one.kind == DeclarationKind::Func);
    functions.filter(|one| !one.body.is_empty())
}

/// The lines of a function's body.
fn lines_of(file: &GoFile, function: &Declaration) -> Lines {
    let line_of = |offset: usize| {
        let before = file.bytes.get(..offset).unwrap_or_default();
        let lines = memchr::memchr_iter(b'\n', before).count();
        u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1)
    };
    Lines {
        first: line_of(function.body.start),
        last: line_of(function.body.end.saturating_sub(1)),
    }
}

/// The lines of functions that the compiler never inlines: those marked `//go:noinline`, and `init`.
fn kept_lines(file: &GoFile) -> Vec<RangeInclusive<u32>> {
    let text: Vec<&[u8]> = file.bytes.split(|byte| *byte == b'\n').collect();
    let is_kept = |one: &Declaration| {
        let above = usize::try_from(one.line).unwrap_or_default().saturating_sub(1);
        let comments = text.get(..above).unwrap_or_default().iter().rev();
        let mut comments = comments.take_while(|line| line.starts_with(b"//"));
        one.name == b"init" || comments.any(|line| line.trim_ascii_end() == b"//go:noinline")
    };
    let kept = bodies(file).filter(|one| is_kept(one)).map(|one| lines_of(file, one));
    kept.map(|lines| lines.first..=lines.last).collect()
}
