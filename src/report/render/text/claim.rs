//! One claim: the verdict's sentence, the facts behind it, and the findings beside it.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{headline, source};
use crate::linkname::verdict::{Proof, Verdict};
use crate::printable::printable;
use crate::report::Detail;
use crate::report::document::claim::{ClaimScope, JudgedClaim};
use crate::report::document::evidence::EvidenceEntry;
use crate::report::words::Worded;

/// Writes the verdict and the facts behind it.
pub(super) fn evidence(out: &mut dyn Write, claim: &JudgedClaim, detail: Detail) -> io::Result<()> {
    let verdict = claim.verdict.0;
    let style = verdict_style(verdict);
    writeln!(
        out,
        "\n{} = {}: {style}{}{style:#} ({}){}",
        claim.local,
        claim.remote,
        verdict.word(),
        verdict.reason(),
        source::place(claim)
    )?;
    writeln!(out, "  {}", sentence(claim, detail))?;
    let (shown, more) = facts(claim, detail);
    for fact in shown {
        writeln!(out, "  - {fact}")?;
    }
    if more > 0 {
        writeln!(out, "  - and {more} more (-v shows them)")?;
    }
    let told = source::told(claim);
    for warning in claim.warnings.iter().filter(|warning| !told.contains(*warning)) {
        writeln!(out, "  warning: {}", headline::warning(*warning))?;
    }
    source::notes(out, claim)?;
    if claim.scope == ClaimScope::Package && verdict == Verdict::InEffect(Proof::Referenced) {
        let package = printable(claim.package.as_bytes());
        let checked = claim.pair.as_ref().is_some_and(|pair| pair.name_checked);
        let checked = match (&claim.source, checked) {
            (Some(_), _) => ": its source is in doubt",
            (None, true) => "",
            (None, false) => " and was not checked: no source is at hand",
        };
        writeln!(
            out,
            "  Proven for package {package}, by its own directive or by an exported function that stands for one;\n  the local name itself never reaches a binary{checked}."
        )?;
    }
    Ok(())
}

/// The verdict's sentence. Its first fact has as much detail as the other facts.
fn sentence(claim: &JudgedClaim, detail: Detail) -> String {
    match detail.verbose && says_first(claim) {
        true => claim.message.full(),
        false => claim.message.brief(),
    }
}

/// Whether the sentence has already told the first fact. A doubt about the fact is told only by the fact itself.
fn says_first(claim: &JudgedClaim) -> bool {
    let doubtful = match claim.evidence.first() {
        Some(EvidenceEntry::Reference { doubt, .. }) => doubt.is_some(),
        _ => false,
    };
    claim.message.says_first() && !doubtful
}

/// The facts to show, in words, and how many are left out.
fn facts(claim: &JudgedClaim, detail: Detail) -> (Vec<String>, usize) {
    let others = claim.evidence.iter().skip(usize::from(says_first(claim)));
    let all: Vec<String> =
        others.map(|entry| fact(entry, detail)).filter(|fact| !fact.is_empty()).collect();
    let most = if detail.verbose { all.len() } else { SHOWN };
    let more = all.len().saturating_sub(most);
    (all.into_iter().take(most).collect(), more)
}

/// The most facts of one claim that are shown without `-v`.
const SHOWN: usize = 4;

pub(super) fn fact(entry: &EvidenceEntry, detail: Detail) -> String {
    match entry {
        EvidenceEntry::Reference { told, doubt, .. } => {
            let doubt = doubt.map(|doubt| format!(" [{}]", doubt.word())).unwrap_or_default();
            format!("{}{doubt}", if detail.verbose { &told.full } else { &told.brief })
        }
        EvidenceEntry::Symbol { name, address, size, section, .. } => {
            let size = if *size > 0 { format!(", {size} bytes") } else { String::new() };
            format!("symbol {name} at {address} in {section}{size}")
        }
        EvidenceEntry::Function { name, address, file, package, inlined, .. } => {
            let what = if *inlined { "inlined function" } else { "function" };
            let file = file.as_deref().map(|file| format!(", {}", file_name(file, detail)));
            let package = package
                .as_deref()
                .map(|p| format!(", source of package {}", printable(p.as_bytes())));
            format!(
                "{what} {name} at {address}{}{}",
                file.unwrap_or_default(),
                package.unwrap_or_default()
            )
        }
        EvidenceEntry::Word { address, value } => {
            format!("data at {address} holds {value}, the address of its function value")
        }
        EvidenceEntry::Unit { name } => format!("DWARF: defined by {name}"),
        EvidenceEntry::Import { name } => format!("{name} is an undefined dynamic symbol"),
    }
}

fn file_name(file: &str, detail: Detail) -> &str {
    if detail.verbose { file } else { file.rsplit('/').next().unwrap_or(file) }
}

fn verdict_style(verdict: Verdict) -> Style {
    let color = match verdict {
        Verdict::InEffect(_) => AnsiColor::Green,
        Verdict::NotInEffect(_) => AnsiColor::Red,
        Verdict::Unused(_) | Verdict::NoTrace(_) | Verdict::Unproven(_) => AnsiColor::Yellow,
    };
    color.on_default().bold()
}
