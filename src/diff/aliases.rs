//! Which names stand at one address in one of two files only?
//!
//! Compared are the groups that mean something, as `aliases` lists them without `--all`, by all of their names: where
//! they stand changes with every edit.

use std::collections::BTreeSet;

use crate::binary::Binary;
use crate::symbols::aliases::{Class, Group, groups};

/// A group that only one file has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct AliasChange {
    /// Its names as Go spells them, in byte order.
    pub names: Vec<Vec<u8>>,
    /// Whether the new file has it; else the old one does.
    pub added: bool,
}

/// The names of a group.
type Names<'a> = Vec<&'a [u8]>;

pub(super) fn changes(old: &Binary, new: &Binary) -> Vec<AliasChange> {
    let (old, new) = (meaningful(old), meaningful(new));
    let change = |added: bool| {
        move |names: &Names<'_>| AliasChange {
            names: names.iter().map(|name| name.to_vec()).collect(),
            added,
        }
    };
    let gone = old.difference(&new).map(change(false));
    let mut changes: Vec<AliasChange> =
        gone.chain(new.difference(&old).map(change(true))).collect();
    changes.sort();
    changes
}

fn meaningful(binary: &Binary) -> BTreeSet<Names<'_>> {
    let table = binary.symbols();
    let all = groups(binary.image.format, &binary.image.sections, table);
    let names = |group: &Group| {
        let real = [Class::Alias, Class::CAlias, Class::AbiPair];
        let members = group.members.iter().filter(|member| real.contains(&member.class));
        let symbols = members.filter_map(|member| table.symbols.get(member.symbol as usize));
        let mut names: Names<'_> = symbols.map(|s| binary.go_name(table.name(s))).collect();
        names.sort_unstable();
        names
    };
    all.iter().filter(|group| group.is_meaningful()).map(names).collect()
}
