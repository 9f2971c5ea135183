//! Where does a package mention the local names of its directives?
//!
//! The positions of a binary are held against these lines. A `//line` comment that names a file of the package
//! itself makes them lines of something else, and then nothing is said.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::handles::Handled;
use crate::linkname::claim::Mention;
use crate::source::build::BuiltPackage;
use crate::source::renumber::renumbers;
use crate::source::types::ParsedPackage;
use crate::source::uses::{Known, Lines, uses};

/// The mentions of the local names of one package.
pub(super) struct Mentions {
    by_name: BTreeMap<Vec<u8>, Vec<Mention>>,
    /// Names that are used otherwise than in a call.
    values: BTreeSet<Vec<u8>>,
    renumbered: bool,
}

impl Mentions {
    /// Of each of `locals` in the files of `package`.
    pub(super) fn of(
        package: &BuiltPackage,
        parsed: &ParsedPackage,
        locals: &BTreeSet<&[u8]>,
    ) -> Self {
        let names = package.files.iter().map(|path| path.file_name().unwrap_or_default());
        let names: Vec<&[u8]> = names.map(|name| name.as_encoded_bytes()).collect();
        let renumbered = parsed.files().iter().any(|file| renumbers(&file.bytes, &names));
        let mut found = Self { by_name: BTreeMap::new(), values: BTreeSet::new(), renumbered };
        let known = Known::of(parsed.files());
        for (name, file) in names.iter().zip(parsed.files()) {
            let mut places = HashMap::new();
            for one in uses(&file.bytes, locals, &known) {
                if one.sure && one.taken {
                    found.values.insert(one.name.to_vec());
                }
                let mentions = found.by_name.entry(one.name.to_vec()).or_default();
                // Of a name that a statement has a thousand times one mention is enough.
                let seen = places.insert(one.name, (one.place.clone(), one.sure));
                let again = |(place, sure): (Arc<[Lines]>, bool)| {
                    Arc::ptr_eq(&place, &one.place) && (sure || !one.sure)
                };
                if !seen.is_some_and(again) {
                    let mention = |lines: &Lines| mention(name, *lines, one.sure);
                    mentions.extend(one.place.iter().map(mention));
                }
            }
        }
        found
    }

    /// The mentions of `local`.
    pub(super) fn get(&self, local: &[u8]) -> Option<Vec<Mention>> {
        let found = || self.by_name.get(local).cloned().unwrap_or_default();
        (!self.renumbered).then(found)
    }

    /// Adds the uses of exported names by the packages that import this one.
    pub(super) fn add(&mut self, handles: Vec<Handled>) {
        for Handled { local, mention, value } in handles {
            if mention.sure && value {
                self.values.insert(local.clone());
            }
            self.by_name.entry(local).or_default().push(mention);
        }
    }

    /// Whether `local` is certainly used otherwise than in a call, by its package or by those that import it.
    pub(super) fn takes_value(&self, local: &[u8]) -> bool {
        self.values.contains(local)
    }
}

fn mention(file: &[u8], lines: Lines, sure: bool) -> Mention {
    let Lines { first: line, last } = lines;
    Mention { file: file.to_vec(), line, last, package: String::new(), sure }
}
