//! Which packages of a build use the exported handles of another one, and on which lines?
//!
//! `//go:linkname Nanotime runtime.nanotime` serves whoever imports the package; the package itself may leave
//! nothing in the binary.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use super::Survey;
use super::packages::Packages;
use crate::linkname::claim::Mention;
use crate::source::build::BuiltPackage;
use crate::source::file::GoFile;
use crate::source::opening::Opening;
use crate::source::package::{Directive, Form};
use crate::source::uses::uses;

/// The packages that import each one: indices.
pub(super) type Importers = HashMap<usize, Vec<usize>>;

/// Who imports whom.
pub(super) fn importers(packages: &Packages<'_>, all: &[BuiltPackage]) -> Importers {
    let imported = |package: &BuiltPackage| -> BTreeSet<usize> {
        let openings = package.files.iter().filter_map(|path| Opening::read(path).ok());
        let imports = openings.flat_map(|opening| opening.imports);
        imports.filter_map(|path| packages.named(std::str::from_utf8(&path).ok()?)).collect()
    };
    let each: Vec<BTreeSet<usize>> = all.par_iter().map(imported).collect();
    let mut importers = Importers::new();
    for (index, imported) in each.into_iter().enumerate() {
        for package in imported {
            importers.entry(package).or_default().push(index);
        }
    }
    importers
}

impl Survey<'_> {
    /// The uses of the exported handles among `directives` of package `index` by others: name and place.
    pub(super) fn handles(
        &self,
        index: usize,
        directives: &[Directive],
    ) -> Vec<(Vec<u8>, Mention)> {
        let handle = |directive: &&Directive| {
            let first = directive.local.utf8_chunks().next().map(|chunk| chunk.valid());
            let first = first.and_then(|text| text.chars().next());
            directive.form == Form::Pull && first.is_some_and(char::is_uppercase)
        };
        let locals: BTreeSet<&[u8]> =
            directives.iter().filter(handle).map(|directive| directive.local.as_slice()).collect();
        let Some(package) = self.packages.get(index).filter(|_| !locals.is_empty()) else {
            return Vec::new();
        };
        let all = &self.question.build.packages;
        let importers = self.importers.get_or_init(|| importers(&self.packages, all));
        let users = importers.get(&index).into_iter().flatten();
        users.flat_map(|user| self.handles_in(*user, package, &locals)).collect()
    }

    fn handles_in(
        &self,
        user: usize,
        of: &BuiltPackage,
        locals: &BTreeSet<&[u8]>,
    ) -> Vec<(Vec<u8>, Mention)> {
        let (Some(package), Some(parsed)) = (self.packages.get(user), self.packages.parsed(user))
        else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (path, file) in package.files.iter().zip(parsed.files()) {
            let base = path.file_name().unwrap_or_default().as_encoded_bytes();
            for (local, line, sure) in self.qualified(file, of, locals) {
                let package = package.import_path.clone();
                found.push((local, Mention { file: base.to_vec(), line, package, sure }));
            }
        }
        found
    }

    /// Uses of `locals` behind the name that `file` gives their package: name, line, and whether it is sure.
    fn qualified(
        &self,
        file: &GoFile,
        of: &BuiltPackage,
        locals: &BTreeSet<&[u8]>,
    ) -> Vec<(Vec<u8>, u32, bool)> {
        let own = self.packages.named(&of.import_path);
        let own = own.and_then(|index| self.packages.parsed(index)).map(|parsed| parsed.name());
        let imports = file.imports.iter().filter(|found| found.path == of.path.as_bytes());
        let names = imports.filter_map(|import| import.name.as_deref().or(own));
        let names: BTreeSet<&[u8]> = names.filter(|name| *name != b"_" && *name != b".").collect();
        if names.is_empty() {
            return Vec::new();
        }
        let used = uses(&file.bytes, &names).into_iter();
        let member = used.filter_map(|one| Some((one.member?, one.line, one.sure)));
        member
            .filter(|(name, _, _)| locals.contains(name))
            .map(|(name, line, sure)| (name.to_vec(), line, sure))
            .collect()
    }
}
