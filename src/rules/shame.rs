//! Which packages do the comments of the standard library name as users of a symbol?
//!
//! Go calls the list the "hall of shame" (go.dev/issue/67401): symbols that keep their name and type
//! for the sake of those packages. There is none before go1.23.

use super::shame_table::SHAME;

/// The packages that Go 1.`minor` names beside `symbol`; `None` where it is not listed, or where the
/// release is not in the tables.
///
/// ```
/// # use gonym::rules::shame;
/// assert_eq!(shame(27, b"bytes.Repeat"), Some(["gitee.com/quant1x/num"].as_slice()));
/// assert_eq!(shame(22, b"bytes.Repeat"), None);
/// ```
#[must_use]
pub fn shame(minor: u16, symbol: &[u8]) -> Option<&'static [&'static str]> {
    let from = SHAME.partition_point(|(name, ..)| name.as_bytes() < symbol);
    let rows = SHAME.iter().skip(from).take_while(|(name, ..)| name.as_bytes() == symbol);
    rows.clone()
        .find(|(_, first, last, _)| (u16::from(*first)..=u16::from(*last)).contains(&minor))
        .map(|(.., members)| *members)
}

/// The symbols that Go 1.`minor` lists, each with the packages that it names.
pub(super) fn all(minor: u16) -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    let holds = move |first: u8, last: u8| (u16::from(first)..=u16::from(last)).contains(&minor);
    let rows = SHAME.iter().filter(move |(_, first, last, _)| holds(*first, *last));
    rows.map(|(name, .., members)| (*name, *members))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_do_not_overlap() {
        for ((a, _, last, _), (b, first, ..)) in SHAME.iter().zip(SHAME.iter().skip(1)) {
            assert!(a < b || a == b && last < first, "{a}, {b}");
        }
        assert!(SHAME.iter().all(|(.., members)| !members.is_empty()));
    }
}
