//! Which of many things bear a name, without a copy of any name?
//!
//! The tables have the names already. For each name a hash of four bytes and a number of four bytes are kept, in
//! order: for the 152,472 symbols of a binary of 160 MB that is 1.2 MB, where copies of the names would be 15. Different
//! names can have one hash, and no table is known here: the caller compares the names of what is returned.

use std::hash::{BuildHasher, RandomState};

/// Numbers by the hashes of their names.
///
/// The hashes differ from run to run, so that nobody can make a file whose names all have one hash. The order of what
/// is found is always the same.
#[derive(Debug, Default)]
pub(in crate::binary) struct ByName {
    hasher: RandomState,
    /// Hash and number, sorted.
    entries: Vec<(u32, u32)>,
}

impl ByName {
    /// An index of names with their numbers. Names and numbers may repeat.
    pub(in crate::binary) fn of<'a>(names: impl Iterator<Item = (u32, &'a [u8])>) -> Self {
        let hasher = RandomState::new();
        let mut entries: Vec<(u32, u32)> =
            names.map(|(number, name)| (hash(&hasher, name), number)).collect();
        entries.sort_unstable();
        entries.dedup();
        Self { hasher, entries }
    }

    /// The numbers of all things called `name`, ascending; some of others may be among them.
    pub(in crate::binary) fn perhaps(&self, name: &[u8]) -> impl Iterator<Item = u32> + '_ {
        let wanted = hash(&self.hasher, name);
        let first = self.entries.partition_point(|(hash, _)| *hash < wanted);
        let found = self.entries.get(first..).unwrap_or_default().iter();
        found.take_while(move |(hash, _)| *hash == wanted).map(|(_, number)| *number)
    }
}

fn hash(hasher: &RandomState, name: &[u8]) -> u32 {
    (hasher.hash_one(name) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_a_name_is_found_in_order() {
        let names: Vec<String> =
            (0..1000u32).map(|number| format!("p.F{}", number % 250)).collect();
        let index = ByName::of((0..).zip(names.iter().map(String::as_bytes)));
        for (number, name) in (0..250u32).zip(&names) {
            let found: Vec<u32> = index.perhaps(name.as_bytes()).collect();
            assert!(found.is_sorted());
            for wanted in [number, number + 250, number + 500, number + 750] {
                assert!(found.contains(&wanted), "{name}: {found:?}");
            }
        }
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        assert_eq!(ByName::default().perhaps(b"").count(), 0);
        let index = ByName::of([(7, &b"p.F"[..]), (7, b"p.F")].into_iter());
        assert_eq!(index.perhaps(b"p.F").collect::<Vec<_>>(), [7], "each number once");
    }
}
