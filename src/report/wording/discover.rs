//! What `discover` says besides verdicts: Go's rules, and what no bytes can tell.

use crate::linkname::discover::Counts;
use crate::linkname::evidence::SearchGap;
use crate::linkname::permit::Permit;

/// What Go's rules say of a pull, behind its name.
pub(in crate::report) fn permission(permit: &Permit) -> String {
    let since = permit.blocked_since.map(|minor| format!(" since 1.{minor}"));
    let since = since.unwrap_or_default();
    let refused = if permit.needs_flag { "; Go refuses it" } else { "" };
    let flag = if permit.flag_recorded == Some(true) { ", and was told not to check" } else { "" };
    format!("  [Go's rules: {}{since}{refused}{flag}]", permit.state)
}

/// Why there are no pulls.
pub(in crate::report) fn not_searched(gap: SearchGap) -> &'static str {
    match gap {
        SearchGap::Architecture => "code of this architecture is not decoded: no pull can be found",
        SearchGap::Damaged => {
            "the function table, code or data is damaged or not Go's: no pull can be found"
        }
        SearchGap::Uncertain => "the code could not be read with certainty: no pull can be found",
    }
}

/// The counts of what cannot be told, one line each.
pub(in crate::report) fn undecided(counts: &Counts) -> Vec<String> {
    let lines = [
        (counts.inserted, "calls of functions that the compiler calls by itself"),
        (counts.exported, "calls of exported functions, legal or by a linkname"),
        (counts.tabled, "unexported functions whose values stand in data"),
        (counts.misplaced, "functions in a foreign file that nothing else explains (//line?)"),
    ];
    let told = lines.into_iter().filter(|(count, _)| *count > 0);
    let mut told: Vec<String> = told.map(|(count, what)| format!("  {count:6} {what}")).collect();
    told.insert(0, "Undecidable without source, and not claimed:".to_owned());
    told.push("         variables (an inlined getter leaves the same bytes)".to_owned());
    told
}
