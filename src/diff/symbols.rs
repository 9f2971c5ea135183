//! Which symbols were added, removed, resized or moved?
//!
//! Names are no keys: real tables hold the same name several times (instances of generic functions in old function
//! tables, an assembly body and its wrapper, `static` functions of C). Rows of one name are matched by size first; of
//! what is left over, the smallest belong together and were resized, and the rest was added or removed.

use std::cmp::Ordering;

use super::rows::Row;

/// Where a symbol stands in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spot {
    /// In bytes; 0 for an import.
    pub size: u64,
    /// Virtual; 0 for an import.
    pub address: u64,
}

/// A symbol that is not the same in both files.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SymbolChange {
    /// Its name as Go spells it.
    pub name: Vec<u8>,
    /// In the old file.
    pub old: Option<Spot>,
    /// In the new file.
    pub new: Option<Spot>,
}

impl SymbolChange {
    /// Whether it is in both files with one size: it only moved.
    #[must_use]
    pub fn is_moved(&self) -> bool {
        self.old.zip(self.new).is_some_and(|(old, new)| old.size == new.size)
    }
}

/// The symbols of two files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Symbols {
    /// Those that differ, by name; those that only moved if they were wanted.
    pub changes: Vec<SymbolChange>,
    /// How many have the same size at another address.
    pub moved: usize,
    /// How many are the same in both.
    pub same: usize,
}

/// Compares rows that are sorted by name and size.
pub(super) fn compare(old: &[Row<'_>], new: &[Row<'_>], moved: bool) -> Symbols {
    let mut found = Symbols::default();
    let (mut old, mut new) = (old, new);
    while let Some(name) = first_name(old, new) {
        let (old_of_name, old_rest) = split(old, name);
        let (new_of_name, new_rest) = split(new, name);
        (old, new) = (old_rest, new_rest);
        match (old_of_name, new_of_name) {
            ([was], [is]) => found.pair(was, is, moved),
            _ => found.several(old_of_name, new_of_name, moved),
        }
    }
    found
}

/// The name that comes first in either list.
fn first_name<'a>(old: &'a [Row<'_>], new: &'a [Row<'_>]) -> Option<&'a [u8]> {
    match (old.first(), new.first()) {
        (Some(old), Some(new)) => Some((&*old.name).min(&*new.name)),
        (Some(only), None) | (None, Some(only)) => Some(&*only.name),
        (None, None) => None,
    }
}

/// The rows of `name` at the start of `rows`, and those behind them.
fn split<'a, 'b>(rows: &'a [Row<'b>], name: &[u8]) -> (&'a [Row<'b>], &'a [Row<'b>]) {
    let other = rows.iter().position(|row| *row.name != *name).unwrap_or(rows.len());
    rows.split_at_checked(other).unwrap_or((rows, &[]))
}

impl Symbols {
    fn pair(&mut self, was: &Row<'_>, is: &Row<'_>, moved: bool) {
        match (was.size == is.size, was.address == is.address) {
            (true, true) => self.same += 1,
            (true, false) => {
                self.moved += 1;
                if moved {
                    self.change(Some(was), Some(is));
                }
            }
            (false, _) => self.change(Some(was), Some(is)),
        }
    }

    fn several(&mut self, old: &[Row<'_>], new: &[Row<'_>], moved: bool) {
        let (mut gone, mut come): (Vec<&Row<'_>>, Vec<&Row<'_>>) = (Vec::new(), Vec::new());
        let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
        loop {
            let order = match (old.peek(), new.peek()) {
                (Some(was), Some(is)) => was.size.cmp(&is.size),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            match order {
                Ordering::Less => gone.extend(old.next()),
                Ordering::Greater => come.extend(new.next()),
                Ordering::Equal => {
                    if let (Some(was), Some(is)) = (old.next(), new.next()) {
                        self.pair(was, is, moved);
                    }
                }
            }
        }
        let both = gone.len().min(come.len());
        gone.iter().zip(&come).for_each(|(was, is)| self.change(Some(was), Some(is)));
        gone.iter().skip(both).for_each(|was| self.change(Some(was), None));
        come.iter().skip(both).for_each(|is| self.change(None, Some(is)));
    }

    fn change(&mut self, was: Option<&Row<'_>>, is: Option<&Row<'_>>) {
        let spot = |row: &Row<'_>| Spot { size: row.size, address: row.address };
        let Some(named) = was.or(is) else { return };
        let name = named.name.to_vec();
        self.changes.push(SymbolChange { name, old: was.map(spot), new: is.map(spot) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    fn rows(all: &[(&'static str, u64, u64)]) -> Vec<Row<'static>> {
        let row = |(name, size, address): &(&'static str, u64, u64)| Row {
            name: Cow::Borrowed(name.as_bytes()),
            size: *size,
            address: *address,
        };
        let mut rows: Vec<Row<'static>> = all.iter().map(row).collect();
        rows.sort();
        rows
    }

    fn told(found: &Symbols) -> Vec<String> {
        let size = |spot: Option<Spot>| spot.map_or("-".to_owned(), |spot| spot.size.to_string());
        let line = |change: &SymbolChange| {
            let name = String::from_utf8(change.name.clone()).expect("text");
            format!("{name} {} {}", size(change.old), size(change.new))
        };
        found.changes.iter().map(line).collect()
    }

    #[test]
    fn each_name_is_added_removed_resized_moved_or_the_same() {
        let old = rows(&[("a", 1, 10), ("b", 2, 20), ("c", 3, 30), ("d", 4, 40)]);
        let new = rows(&[("b", 2, 20), ("c", 5, 30), ("d", 4, 50), ("e", 6, 60)]);
        let found = compare(&old, &new, false);
        assert_eq!(told(&found), ["a 1 -", "c 3 5", "e - 6"]);
        assert_eq!((found.same, found.moved), (1, 1));
        assert_eq!(told(&compare(&old, &new, true)), ["a 1 -", "c 3 5", "d 4 4", "e - 6"]);
        assert_eq!(told(&compare(&old, &old, true)), Vec::<String>::new());
        assert_eq!(compare(&[], &new, false).changes.len(), 4);
    }

    #[test]
    fn rows_of_one_name_are_matched_by_size() {
        let old = rows(&[("s", 8, 1), ("s", 16, 2), ("s", 32, 3)]);
        let new = rows(&[("s", 16, 9), ("s", 48, 10)]);
        let found = compare(&old, &new, false);
        assert_eq!((told(&found), found.moved), (vec!["s 8 48".into(), "s 32 -".into()], 1));
    }
}
