//! Which packages of a build use the exported wrappers of another package, and on which lines?
//!
//! A wrapper such as `//go:linkname Nanotime runtime.nanotime` serves every package that imports its own; the
//! wrapper's package may leave no code in the binary.

use std::collections::{BTreeSet, HashMap};

use super::Scan;
use super::packages::Packages;
use super::use_sites::{WrapperUse, mentions_of};
use crate::linkname::claim::Mention;
use crate::linkname::signature::Side;
use crate::source::build::BuiltPackage;
use crate::source::file::GoFile;
use crate::source::package::{Directive, Form};
use crate::source::target::Target;
use crate::source::uses::{Known, Root, Use, uses};

/// Whether what stands beside a use of a local name, in a file of a package, may leave its remote without a frame.
pub(super) type SharesIn<'a> = dyn Fn(usize, &[u8], &GoFile, &[Root<'_>]) -> bool + 'a;

/// The packages that import each package: indices.
pub(super) type Importers = HashMap<usize, Vec<usize>>;

/// The importers of every package.
pub(super) fn importers(packages: &Packages<'_>, all: &[BuiltPackage]) -> Importers {
    let imported = |package: &BuiltPackage| -> BTreeSet<usize> {
        let openings = package.files.iter().filter_map(|path| packages.files.opening(path).ok());
        let named = |path: &Vec<u8>| packages.named(std::str::from_utf8(path).ok()?);
        openings.flat_map(|one| one.imports.iter().filter_map(named).collect::<Vec<_>>()).collect()
    };
    let each: Vec<BTreeSet<usize>> = all.iter().map(imported).collect();
    let mut importers = Importers::new();
    for (index, imported) in each.into_iter().enumerate() {
        for package in imported {
            importers.entry(package).or_default().push(index);
        }
    }
    importers
}

impl Scan<'_> {
    /// Uses by other packages of the exported wrappers among `directives` of package `index`: name and place.
    pub(super) fn wrapper_uses(
        &self,
        index: usize,
        directives: &[Directive],
        shares: &SharesIn<'_>,
    ) -> Vec<WrapperUse> {
        let pulls = directives.iter().filter(|directive| directive.form == Form::Pull);
        let locals = pulls.map(|directive| directive.local.as_slice()).collect();
        match self.packages.get(index) {
            Some(package) => self.uses_by_others(index, package, &locals, shares),
            None => Vec::new(),
        }
    }

    /// Uses by other packages of the exported names among `names` of package `index`.
    pub(super) fn uses_by_others(
        &self,
        index: usize,
        package: &BuiltPackage,
        names: &BTreeSet<&[u8]>,
        shares: &SharesIn<'_>,
    ) -> Vec<WrapperUse> {
        let exported = |name: &&[u8]| {
            let first = name.utf8_chunks().next().map(|chunk| chunk.valid());
            first.and_then(|text| text.chars().next()).is_some_and(char::is_uppercase)
        };
        let names: BTreeSet<&[u8]> = names.iter().copied().filter(exported).collect();
        if names.is_empty() {
            return Vec::new();
        }
        let all = &self.question.build.packages;
        let importers = self.importers.get_or_init(|| importers(self.packages, all));
        let users = importers.get(&index).into_iter().flatten();
        users.flat_map(|user| self.wrapper_uses_in(*user, package, &names, shares)).collect()
    }

    pub(super) fn wrapper_uses_in(
        &self,
        user: usize,
        of: &BuiltPackage,
        locals: &BTreeSet<&[u8]>,
        shares: &SharesIn<'_>,
    ) -> Vec<WrapperUse> {
        let (Some(package), Some(parsed)) = (self.packages.get(user), self.packages.parsed(user))
        else {
            return Vec::new();
        };
        let Some(positions) = self.packages.positions(user) else { return Vec::new() };
        let believed = !self.is_doubtful(user);
        let known = parsed.known();
        let mut found = Vec::new();
        for (number, file) in parsed.files().iter().enumerate() {
            for (local, mut one) in self.qualified(file, of, locals, known) {
                one.sure &= believed;
                let mentions = mentions_of(positions, number, &one, &package.import_path);
                let shared = shares(user, local, file, &one.beside);
                let used = |mention| WrapperUse {
                    local: local.to_vec(),
                    mention: Mention { shared, ..mention },
                    value: one.taken,
                };
                found.extend(mentions.into_iter().map(used));
            }
        }
        found
    }

    /// Uses of `locals` after the name by which `file` imports their package, or without it after `import .`.
    fn qualified<'f>(
        &self,
        file: &'f GoFile,
        of: &BuiltPackage,
        locals: &BTreeSet<&[u8]>,
        known: &Known,
    ) -> Vec<(&'f [u8], Use<'f>)> {
        let own = self.packages.named(&of.import_path);
        let own = own.and_then(|index| self.packages.parsed(index)).map(|parsed| parsed.name());
        let imports = file.imports.iter().filter(|found| found.path == of.path.as_bytes());
        let names = imports.filter_map(|import| import.name.as_deref().or(own));
        let mut names: BTreeSet<&[u8]> = names.filter(|name| *name != b"_").collect();
        let mut found = Vec::new();
        if names.remove(&b"."[..]) {
            let used = uses(file, locals, known).into_iter();
            found.extend(used.map(|one| (one.name, one)));
        }
        if !names.is_empty() {
            let used = uses(file, &names, known).into_iter();
            let member = |one: Use<'f>| Some((one.member?, one));
            found.extend(used.filter_map(member).filter(|(member, _)| locals.contains(member)));
        }
        found
    }

    /// Whether only package `index` may take the value of the function `remote`, or the address of the variable. The
    /// owner only calls it, or reads and sets it; no other package has a directive for it; no assembly names it.
    pub(super) fn only_taker(&self, index: usize, remote: &[u8]) -> bool {
        let side = std::str::from_utf8(remote).ok().and_then(Side::of_symbol);
        let Some(side) = side.filter(|side| !side.name.contains('.')) else { return false };
        let owner = self.packages.named(&side.package).filter(|owner| *owner != index);
        // A mark by the owner itself is no use.
        let mut same = self.by_remote.get(remote).into_iter().flatten();
        let mark = |other: usize, number: usize| {
            let directive = self.directive_at(other, number);
            Some(other) == owner && directive.is_some_and(|one| one.form == Form::OneArg)
        };
        if same.any(|(other, number)| *other != index && !mark(*other, *number)) {
            return false;
        }
        let Some((owner, parsed)) = owner.and_then(|o| Some((o, self.packages.parsed(o)?))) else {
            return false;
        };
        let body = self.declared(owner, parsed, &side.name);
        let names = BTreeSet::from([side.name.as_bytes()]);
        let known = parsed.known();
        let takes: fn(&Use<'_>) -> bool = match body {
            Some(Target::Function { has_body: true }) => |found| found.value,
            Some(Target::Variable) => |found| found.addressed,
            _ => return false,
        };
        let taken = |file: &GoFile| uses(file, &names, known).iter().any(takes);
        !self.is_doubtful(owner)
            && !parsed.files().iter().any(taken)
            && !self.is_in_assembly(owner, side.name.as_bytes())
    }

    /// Whether the word occurs in any assembly that may name something of package `owner`, as `·word(SB)` or in a
    /// macro. Go's own assembly names only Go's own symbols.
    fn is_in_assembly(&self, owner: usize, word: &[u8]) -> bool {
        let of_go = self.packages.get(owner).is_none_or(|package| package.std);
        let may_name = |of: usize| of_go || self.packages.get(of).is_none_or(|one| !one.std);
        let files = self.assembly_files.get_or_init(|| self.read_assembly());
        let mut files = files.iter().filter(|(of, _)| may_name(*of));
        // A file that cannot be read may name anything.
        files.any(|(_, bytes)| bytes.as_ref().is_none_or(|bytes| has_word(bytes, word)))
    }
}

pub(super) fn has_word(bytes: &[u8], word: &[u8]) -> bool {
    let in_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    memchr::memmem::find_iter(bytes, word).any(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        !in_word(before) && !in_word(bytes.get(at + word.len()))
    })
}
