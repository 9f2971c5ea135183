//! What `discover` says besides verdicts: Go's rules, and what no bytes can tell.

use crate::linkname::discover::Counts;
use crate::linkname::evidence::SearchGap;
use crate::linkname::permit::Permit;
use crate::printable::printable;

/// What Go's rules say of a pull, behind its name.
pub(in crate::report) fn permission(permit: &Permit) -> String {
    let since = permit.blocked_since.map(|minor| format!(" since 1.{minor}"));
    let since = since.unwrap_or_default();
    let refused = if permit.needs_flag { "; Go refuses it" } else { "" };
    let flag = if permit.flag_recorded == Some(true) { ", and was told not to check" } else { "" };
    format!("  [Go's rules: {}{since}{refused}{flag}]", permit.state)
}

/// What Go's rules say to a package outside the standard library that would pull it.
pub(in crate::report) fn pull_by_others(permit: &Permit) -> String {
    let since = permit.blocked_since.map(|minor| format!(" since 1.{minor}")).unwrap_or_default();
    let allowed = printable(permit.allowed.join(", ").as_bytes());
    let flag = "only -ldflags=-checklinkname=0 links it";
    match permit.state.as_str() {
        "unchecked" => "a pull by others is not checked by this version".to_owned(),
        "marked" => "others may pull it: a directive beside its declaration says so".to_owned(),
        "std-only" => {
            format!("others may not pull it{since}: it is marked for the standard library; {flag}")
        }
        "blocked" if allowed.is_empty() => format!("nobody may pull it{since}; {flag}"),
        "blocked" => format!("only {allowed} may pull it{since}; {flag}"),
        "not-marked" => format!("others may not pull it{since}: nothing marks it; {flag}"),
        state => format!("no pull of it links: {state}"),
    }
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
