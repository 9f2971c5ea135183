//! Where does a package mention the local names of its directives?
//!
//! The lines are those that the compiler records, so that they can be compared with positions in a binary.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::Scan;
use crate::linkname::claim::Mention;
use crate::names;
use crate::source::file::GoFile;
use crate::source::package::Directive;
use crate::source::positions::{Positions, Recorded};
use crate::source::types::ParsedPackage;
use crate::source::uses::{Lines, Root, Use, uses};

/// A use of an exported wrapper by a package that imports it.
pub(super) struct WrapperUse {
    pub(super) local: Vec<u8>,
    pub(super) mention: Mention,
    /// Whether it is used in another way than by a call.
    pub(super) value: bool,
}

/// Whether what stands beside a use of a local name, in a file, may leave its remote without a frame.
pub(super) type Shares<'a> = dyn Fn(&[u8], &GoFile, &[Root<'_>]) -> bool + 'a;

/// The mentions of the local names of one package.
pub(super) struct UseSites {
    by_name: BTreeMap<Vec<u8>, Vec<Mention>>,
    /// Names that are used in another way than by a call.
    values: BTreeSet<Vec<u8>>,
    /// Where the package uses another package; read when first needed.
    around: RefCell<HashMap<usize, Vec<Mention>>>,
}

impl UseSites {
    /// The mentions of each of `locals` in the files of a package.
    pub(super) fn of(
        parsed: &ParsedPackage,
        positions: &Positions,
        locals: &BTreeSet<&[u8]>,
        shares: &Shares<'_>,
    ) -> Self {
        let mut found =
            Self { by_name: BTreeMap::new(), values: BTreeSet::new(), around: RefCell::default() };
        let known = parsed.known();
        for (number, file) in parsed.files().iter().enumerate() {
            let mut places = HashMap::new();
            for one in uses(file, locals, known) {
                if one.sure && one.taken {
                    found.values.insert(one.name.to_vec());
                }
                let mentions = found.by_name.entry(one.name.to_vec()).or_default();
                // If a statement has a name a thousand times, one mention is enough.
                let seen = places.insert(one.name, (one.place.clone(), one.sure));
                let again = |(place, sure): (Arc<[Lines]>, bool)| {
                    Arc::ptr_eq(&place, &one.place) && (sure || !one.sure)
                };
                if !seen.is_some_and(again) {
                    let shared = shares(one.name, file, &one.beside);
                    let added = mentions_of(positions, number, &one, "");
                    let added = added.into_iter().map(|m| Mention { shared, ..m });
                    mentions.extend(added);
                }
            }
        }
        found
    }

    /// The mentions of `local`.
    pub(super) fn get(&self, local: &[u8]) -> Vec<Mention> {
        self.by_name.get(local).cloned().unwrap_or_default()
    }

    /// Adds uses of exported names by packages that import this one.
    pub(super) fn add(&mut self, uses: Vec<WrapperUse>) {
        for WrapperUse { local, mention, value } in uses {
            if mention.sure && value {
                self.values.insert(local.clone());
            }
            self.by_name.entry(local).or_default().push(mention);
        }
    }

    /// Whether `local` is certainly used in another way than by a call, by its package or by packages that import it.
    pub(super) fn takes_value(&self, local: &[u8]) -> bool {
        self.values.contains(local)
    }
}

impl Scan<'_> {
    /// Where package `index` names the package of the directive's remote, if nothing there uses the local name. An
    /// inlined function of that package may have left the reference on such a line.
    pub(super) fn around(
        &self,
        index: usize,
        directive: &Directive,
        mentioned: &UseSites,
    ) -> Vec<Mention> {
        let mark = mentioned.by_name.get(&directive.local).is_some_and(|all| all.len() == 1);
        let owner = names::import_path(&directive.remote);
        let owner = owner.as_deref().and_then(|owner| std::str::from_utf8(owner).ok());
        // A body of its own is never taken for the remote's (`Said::is_anothers`).
        let asked = mark && !directive.has_body;
        let owner = owner.and_then(|owner| self.packages.named(owner)).filter(|_| asked);
        let Some(owner) = owner else { return Vec::new() };
        let mut known = mentioned.around.borrow_mut();
        known.entry(owner).or_insert_with(|| self.uses_of(owner, index)).clone()
    }

    /// Where package `index` certainly uses exported names of package `owner`.
    fn uses_of(&self, owner: usize, index: usize) -> Vec<Mention> {
        let Some(parsed) = self.packages.parsed(index) else { return Vec::new() };
        let Some(positions) = self.packages.positions(index) else { return Vec::new() };
        let (Some(of), Some(said)) = (self.packages.get(owner), self.packages.parsed(owner)) else {
            return Vec::new();
        };
        let known = parsed.known();
        let mut found = Vec::new();
        for (number, file) in parsed.files().iter().enumerate() {
            let imports = file.imports.iter().filter(|import| import.path == of.path.as_bytes());
            let names = imports.map(|import| import.name.as_deref().unwrap_or(said.name()));
            let names: BTreeSet<&[u8]> = names.filter(|n| *n != b"_" && *n != b".").collect();
            if names.is_empty() {
                continue;
            }
            let used = uses(file, &names, known);
            let sure = used.iter().filter(|one| one.sure && one.member.is_some());
            found.extend(sure.flat_map(|one| mentions_of(positions, number, one, "")));
        }
        found.retain(|mention| mention.sure);
        found.dedup();
        found
    }
}

/// The mentions for one use in file `number` of a package; `package` is empty for the directive's own.
pub(super) fn mentions_of(
    positions: &Positions,
    number: usize,
    one: &Use<'_>,
    package: &str,
) -> Vec<Mention> {
    let recorded = one.place.iter().flat_map(|lines| positions.recorded(number, *lines));
    let mention = |recorded: Recorded| Mention {
        file: recorded.file,
        line: recorded.lines.first,
        last: recorded.lines.last,
        package: package.to_owned(),
        sure: one.sure && recorded.alone,
        shared: false,
        called: !one.value && one.line != 0,
    };
    recorded.map(mention).collect()
}
