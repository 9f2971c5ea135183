//! `discover` for a person: what others linked, firm before weak, then what is Go's own and what cannot be told.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;

use super::headline::headline;
use super::table::wrapped;
use super::{claim, counted};
use crate::finding::Owner;
use crate::linkname::claim::Form;
use crate::linkname::discover::Confidence;
use crate::printable::printable;
use crate::report::Detail;
use crate::report::document::discover::{DiscoveredBinary, DiscoveredClaim};
use crate::report::document::evidence::EvidenceEntry;
use crate::report::words::Worded;

/// Writes the linknames of one executable.
pub(in crate::report) fn binary(
    out: &mut dyn Write,
    binary: &DiscoveredBinary,
    detail: Detail,
) -> io::Result<()> {
    headline(out, &binary.about)?;
    if let Some(why) = binary.why {
        writeln!(out, "  {why}")?;
    }
    let asked = |claim: &&DiscoveredClaim| binary.listing.std || claim.standing != Owner::Std;
    let of = |confidence: Confidence| {
        let claims = binary.claims.iter().filter(asked);
        claims.filter(move |claim| claim.confidence == confidence).collect::<Vec<_>>()
    };
    let firm = of(Confidence::Firm);
    if firm.is_empty() && binary.why.is_none() {
        writeln!(out, "\nNo linkname is certain{}.", outside(binary))?;
    }
    section(out, &firm, binary.listing.by_module, detail)?;
    let weak = of(Confidence::Weak);
    if !weak.is_empty() {
        let told = "Weak: the function's value is taken; an inlined function that returns it leaves the same bytes,\nand so does a constant equal to its address.";
        writeln!(out, "\n{told}")?;
        section(out, &weak, binary.listing.by_module, detail)?;
    }
    let possible = of(Confidence::Possible);
    let all = detail.verbose || possible.len() <= MOST_POSSIBLE;
    if !possible.is_empty() && all {
        writeln!(
            out,
            "\nPossible: a witness is missing or doubtful, or assembly needs no directive."
        )?;
        section(out, &possible, binary.listing.by_module, detail)?;
    }
    rest(out, binary, if all { 0 } else { possible.len() })
}

/// More possible linknames than these are counted without `-v`: `//line` can make thousands.
const MOST_POSSIBLE: usize = 20;

fn outside(binary: &DiscoveredBinary) -> &'static str {
    if binary.listing.std { "" } else { " outside Go's own packages" }
}

/// Writes linknames below their packages, or below the modules of those.
fn section(
    out: &mut dyn Write,
    claims: &[&DiscoveredClaim],
    by_module: bool,
    detail: Detail,
) -> io::Result<()> {
    let mut groups: BTreeMap<(Owner, String), Vec<&DiscoveredClaim>> = BTreeMap::new();
    for claim in claims {
        let title = if by_module { module(claim) } else { package(&claim.package) };
        groups.entry((claim.standing, title)).or_default().push(claim);
    }
    let bold = Style::new().bold();
    for ((_, title), claims) in groups {
        writeln!(out, "\n{bold}{title}{bold:#}")?;
        for claim in claims {
            one(out, claim, by_module, detail)?;
        }
    }
    Ok(())
}

fn module(claim: &DiscoveredClaim) -> String {
    let path = claim.module.as_deref().unwrap_or("no recorded module");
    let version = claim.module_version.as_deref().unwrap_or_default();
    package(format!("{path} {version}").trim_end())
}

fn one(
    out: &mut dyn Write,
    claim: &DiscoveredClaim,
    by_module: bool,
    detail: Detail,
) -> io::Result<()> {
    let of = if by_module { format!("{}: ", package(&claim.package)) } else { String::new() };
    writeln!(out, "  {of}{} {}{}", claim.form.word(), claim.remote, claim.rules)?;
    lines(out, &why(claim, detail))?;
    if let Some(instead) = claim.permission.as_ref().and_then(|entry| entry.replacement.as_deref())
    {
        lines(out, &format!("instead: {}", package(instead)))?;
    }
    if claim.form != Form::Pull && !claim.users.is_empty() {
        lines(out, &format!("used by {}", listed(&claim.users)))?;
    }
    // Of a call it is nearly always the caller's own.
    let open = claim.confidence != Confidence::Firm || detail.verbose;
    if open && !claim.candidates.is_empty() {
        let told = "the directive may be that of any of these packages";
        lines(out, &format!("{told}: {}", listed(&claim.candidates)))?;
    }
    if detail.verbose {
        let told = usize::from(tells_call(claim) || claim.message.says_first());
        for fact in claim.evidence.iter().skip(told).map(|entry| claim::fact(entry, detail)) {
            writeln!(out, "    - {fact}")?;
        }
    }
    Ok(())
}

/// Whether the call that proves it is told instead of a sentence.
fn tells_call(claim: &DiscoveredClaim) -> bool {
    let reference = matches!(claim.evidence.first(), Some(EvidenceEntry::Reference { .. }));
    reference && claim.confidence == Confidence::Firm && claim.form == Form::Pull
}

/// What shows it. That a linkname leads there is what the list says.
pub(super) fn why(claim: &DiscoveredClaim, detail: Detail) -> String {
    match claim.evidence.first() {
        Some(EvidenceEntry::Reference { told, .. }) if tells_call(claim) => {
            if detail.verbose {
                told.full.clone()
            } else {
                told.brief.clone()
            }
        }
        _ if detail.verbose => claim.message.full(),
        _ => claim.message.brief(),
    }
}

fn lines(out: &mut dyn Write, text: &str) -> io::Result<()> {
    wrapped(text, INDENT.len()).iter().try_for_each(|line| writeln!(out, "{INDENT}{line}"))
}

/// In front of what is said about a linkname.
const INDENT: &str = "      ";

pub(super) fn listed(packages: &[String]) -> String {
    let shown: Vec<String> = packages.iter().take(MOST_LISTED).map(|path| package(path)).collect();
    match packages.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// More packages than these are counted.
const MOST_LISTED: usize = 6;

fn package(path: &str) -> String {
    printable(path.as_bytes())
}

/// What is not listed, in one line each.
fn rest(out: &mut dyn Write, binary: &DiscoveredBinary, possible: usize) -> io::Result<()> {
    writeln!(out)?;
    if possible > 0 {
        writeln!(out, "{possible} more are possible, no more than that (-v lists them)")?;
    }
    let std = binary.claims.iter().filter(|claim| claim.standing == Owner::Std);
    if !binary.listing.std {
        let (mut counts, mut total) = (BTreeMap::new(), 0);
        for claim in std {
            *counts.entry((claim.confidence, claim.form.word())).or_insert(0usize) += 1;
            total += 1;
        }
        let each = counts.iter().map(|((c, form), n)| format!("{n} {} {form}", c.word()));
        let each: Vec<String> = each.collect();
        if total > 0 {
            let told = counted(total, "linkname");
            writeln!(out, "{told} of Go's own packages: {} (--std lists them)", each.join(", "))?;
        }
    }
    for line in &binary.told {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
