//! From what was judged to what is reported. Nothing is judged here.

use std::collections::BTreeMap;

use crate::binary::Binary;
use crate::check::{Checked, Judged};
use crate::error::FaultCode;
use crate::finding::{Code, Level};
use crate::golang::toolchain::Toolchain;
use crate::linkname::claim::{Claim, Kind};
use crate::linkname::evidence::{
    Doubt, Evidence, Frame, Provider, Reference, Site, SiteSource, Undefined, Witness,
    name_witnesses,
};
use crate::linkname::owed::SourceFacts;
use crate::linkname::verdict::{Proof, Verdict, form_of, provider, shown_references};
use crate::names;
use crate::printable::printable;
use crate::rules as tables;

use super::{
    About, CheckedBinary, EvidenceEntry, FrameEntry, JudgedClaim, JudgedRule, Name, OriginEntry,
    address, chain, message, source,
};

/// References that a report shows of one claim without `-v`; the rest is counted in the message.
const SHOWN: usize = 8;

/// Describes `binary`, which reports call `path`.
#[must_use]
pub fn about(binary: &Binary, path: &str, complete: bool) -> About {
    let build = binary.build();
    let functions = binary.functions().ok();
    let witnesses = name_witnesses(binary, functions);
    let recorded = |key| build.and_then(|build| build.setting(key)).map(str::to_owned);
    let from_header = Some(binary.image.os.to_owned()).filter(|os| !os.is_empty());
    let from_runtime = functions.and_then(|functions| functions.goos()).map(str::to_owned);
    let main_path = build.map(|build| build.path.clone()).filter(|path| !path.is_empty());
    About {
        path: path.to_owned(),
        slice: binary.slice.clone(),
        member: binary.member.as_deref().map(crate::printable::printable),
        format: binary.image.format.word(),
        os: recorded("GOOS").or(from_header).or(from_runtime),
        arch: binary.image.arch.clone(),
        go: build.map(|build| build.version.text.clone()),
        toolchain: toolchain(binary),
        main_path,
        link_mode: match binary.image.external_link {
            Some(true) => "external",
            Some(false) => "internal",
            None => "unknown",
        },
        // A table that is cut off gives no names, though it may have been there.
        names: match (witnesses.symtab, functions) {
            (Witness::Whole, _) => "symtab",
            (_, Some(_)) => "pclntab",
            (_, None) => "none",
        },
        dwarf: binary.debug_state().word(),
        debug_file: binary.debug_file().map(|path| path.to_string_lossy().into_owned()),
        complete,
        sha256: None,
        warnings: if outside_tables(binary) { vec![Code::GoOutsideTables] } else { Vec::new() },
    }
}

/// A Go program whose version is newer or older than the tables, no release, or not recorded.
fn outside_tables(binary: &Binary) -> bool {
    let version = binary.build().map(|build| &build.version);
    let gc = version.is_some() || binary.functions().is_ok();
    let known = version.and_then(|version| version.known_minor());
    gc && known.is_none_or(|minor| minor < tables::OLDEST_MINOR)
}

/// Who made the file; with a function table or build information it is the gc toolchain.
fn toolchain(binary: &Binary) -> &'static str {
    match binary.functions() {
        Err(fault) if fault.code == FaultCode::NotExecutable && binary.build().is_none() => {
            match binary.toolchain() {
                // Of a whole file such a mark proves nothing: a C program may hold one of a library.
                Toolchain::NotGo if !binary.image.faults.is_empty() && binary.has_go_mark() => "gc",
                toolchain => toolchain.word(),
            }
        }
        _ => "gc",
    }
}

/// The document about `binary`, which reports call `path`; with `whole` it has all evidence.
#[must_use]
pub fn checked(binary: &Binary, about: About, checked: &Checked, whole: bool) -> CheckedBinary {
    let claims = checked.judged.iter().map(|judged| judged_claim(judged, whole)).collect();
    let rules = checked.rules.iter().map(|(rule, outcome)| JudgedRule::new(rule, outcome));
    let folded = checked.folded.iter().map(|(owner, counts)| (owner.word(), counts.clone()));
    // Damage and DWARF are known of what the judgement had to read.
    let complete = about.complete && !checked.is_incomplete();
    let about = About { dwarf: binary.debug_state().word(), complete, ..about };
    CheckedBinary {
        about,
        claims,
        rules: rules.collect(),
        folded: folded.collect(),
        mistakes: checked.mistakes.iter().map(source::placed).collect(),
        gaps: checked.gaps.iter().map(source::gap).collect(),
        denied: checked.findings().filter(|finding| finding.level == Level::Deny).count(),
    }
}

/// Counts `verdicts` by word.
#[must_use]
pub fn summary(verdicts: impl IntoIterator<Item = Verdict>) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for verdict in verdicts {
        *counts.entry(verdict.word()).or_default() += 1;
    }
    counts
}

fn judged_claim(judged: &Judged, whole: bool) -> JudgedClaim {
    let Judged { claim, evidence, verdict, source: facts, pair, holds } = judged;
    let (verdict, facts) = (*verdict, facts.as_ref());
    let (local, remote) = (Name::new(&claim.local), Name::new(&claim.remote));
    let standing = evidence.remote.iter().find(|site| site.source != SiteSource::Inlined);
    JudgedClaim {
        local_hex: local.hex(),
        remote_hex: remote.hex(),
        local,
        remote,
        package: evidence.package.clone(),
        form: form_of(claim, evidence, verdict),
        kind: kind_of(claim, evidence),
        scope: scope(claim),
        word: facts.map(|facts| facts.word),
        origin: origin(claim, facts),
        verdict: verdict.word(),
        reason: verdict.reason(),
        holds: *holds,
        address: standing.map(|site| address(site.address)),
        confidence: None,
        message: message::sentence(claim, evidence, verdict),
        warnings: warnings(claim, facts, evidence, verdict),
        evidence: entries(claim, evidence, whole),
        provider: provider_of(evidence),
        source: facts.map(source::entry),
        pair: pair.as_ref().map(source::pair),
    }
}

/// The package that the remote's code comes from, or whose unit defines the variable.
fn provider_of(evidence: &Evidence) -> Option<String> {
    let code = evidence.remote.iter().find_map(|site| match provider(site) {
        Provider::Package(package) | Provider::Assembly(package) => Some(package),
        Provider::Doubtful(_) | Provider::Generated | Provider::Unknown => None,
    });
    let unit = evidence.debug.remote.iter().find(|site| site.go).map(|site| site.unit.clone());
    code.or(unit)
}

fn kind_of(claim: &Claim, evidence: &Evidence) -> Kind {
    let function = evidence.remote.iter().any(|site| site.source != SiteSource::Symtab);
    match claim.kind {
        Kind::Unknown if function => Kind::Func,
        Kind::Unknown if evidence.remote.iter().any(|site| !site.code) => Kind::Var,
        kind => kind,
    }
}

fn origin(claim: &Claim, facts: Option<&SourceFacts>) -> OriginEntry {
    let directive = claim.directive();
    let file = facts.map(|facts| facts.file.as_bytes());
    let file = file.or(directive.map(|directive| directive.file.as_slice()));
    OriginEntry {
        origin: claim.origin.word(),
        file: file.map(crate::printable::printable),
        line: directive.map(|directive| directive.line),
    }
}

/// Without source lines a reference proves the package and the remote, not the local name.
fn scope(claim: &Claim) -> &'static str {
    match claim.directive() {
        Some(directive) if directive.mentions.is_some() => "directive",
        _ => "package",
    }
}

fn warnings(
    claim: &Claim,
    facts: Option<&SourceFacts>,
    evidence: &Evidence,
    verdict: Verdict,
) -> Vec<Code> {
    let target = names::import_path(&claim.remote);
    let is_third = |package: &str| {
        package != evidence.package && target.as_deref().is_some_and(|t| t != package.as_bytes())
    };
    let third = evidence.remote.iter().any(|site| match provider(site) {
        Provider::Package(package) => is_third(&package),
        _ => false,
    }) || evidence.debug.remote.iter().any(|site| site.go && is_third(&site.unit));
    let several = scope(claim) == "package" && evidence.claimants.contains(&evidence.package);
    let shared = matches!(verdict, Verdict::InEffect(Proof::LocalDefinition | Proof::DwarfOwner));
    let found = [
        (third, Code::DefinedBy),
        (several, Code::SeveralDirectives),
        (size_differs(evidence), Code::SignatureSize),
        (shared && evidence.unowned, Code::NoOwner),
    ];
    let of_binary = found.into_iter().filter_map(|(holds, warning)| holds.then_some(warning));
    let notes = facts.into_iter().flat_map(|facts| &facts.notes);
    let of_source = notes.filter(|note| note.level < Level::Advice).map(|note| note.code);
    let mut warnings: Vec<Code> = Vec::new();
    for warning in of_binary.chain(of_source) {
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    warnings
}

/// The symbol and the type that its unit gives it are not of one size: one of two declarations won.
fn size_differs(evidence: &Evidence) -> bool {
    evidence.debug.remote.iter().filter(|unit| unit.go).any(|unit| {
        let at = |site: &&Site| Some(site.address) == unit.address && site.exact_size;
        let symbol = evidence.remote.iter().find(at);
        unit.size.zip(symbol).is_some_and(|(size, site)| site.size != size)
    })
}

fn entries(claim: &Claim, evidence: &Evidence, whole: bool) -> Vec<EvidenceEntry> {
    let most = if whole { usize::MAX } else { SHOWN };
    let mut entries: Vec<EvidenceEntry> = shown_references(claim, evidence)
        .into_iter()
        .take(most)
        .map(|reference| reference_entry(reference, &evidence.package, &claim.remote))
        .collect();
    let sites = evidence.remote.iter().chain(&evidence.local);
    entries.extend(first_of_each_source(sites).map(site_entry));
    let words = evidence.tables.iter().take(most);
    entries.extend(
        words.map(|(at, value)| EvidenceEntry::Word {
            address: address(*at),
            value: address(*value),
        }),
    );
    let units = evidence.debug.remote.iter();
    entries.extend(units.map(|unit| EvidenceEntry::Unit { name: Name::new(unit.unit.as_bytes()) }));
    if evidence.undefined != Undefined::No {
        entries.push(EvidenceEntry::Import { name: Name::new(&claim.remote) });
    }
    entries
}

/// A function that was inlined in a hundred places is one fact, not a hundred.
fn first_of_each_source<'a>(
    sites: impl Iterator<Item = &'a Site>,
) -> impl Iterator<Item = &'a Site> {
    let mut seen = std::collections::BTreeSet::new();
    sites.filter(move |site| match site.source {
        SiteSource::Inlined => seen.insert((site.name.as_slice(), site.file.as_deref())),
        _ => true,
    })
}

fn reference_entry(reference: &Reference, package: &str, remote: &[u8]) -> EvidenceEntry {
    let innermost = reference.innermost().map(frame_entry).unwrap_or_default();
    let holder = reference.inlined_into();
    EvidenceEntry::Reference {
        how: reference.how.word(),
        from: innermost.function,
        from_hex: innermost.function_hex,
        from_package: innermost.package,
        to: Name::new(remote),
        at: address(reference.at),
        file: innermost.file,
        line: innermost.line,
        inlined_into: holder.map(|frame| Name::new(&frame.function)),
        frames: reference.frames.iter().map(frame_entry).collect(),
        doubt: reference.any_doubt().map(doubt_word),
        told: chain::told(reference, package, &printable(remote)),
    }
}

fn frame_entry(frame: &Frame) -> FrameEntry {
    let function = Name::new(&frame.function);
    FrameEntry {
        function_hex: function.hex(),
        function,
        package: frame.package.clone(),
        file: frame.file.as_deref().map(printable),
        line: Some(frame.line).filter(|line| *line != 0),
    }
}

fn doubt_word(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Assembly => "assembly",
        Doubt::Generated => "generated",
        Doubt::Callback => "callback",
        Doubt::Devirtualised => "devirtualised",
        Doubt::Attribution => "attribution",
    }
}

fn site_entry(site: &Site) -> EvidenceEntry {
    let name = Name::new(&site.name);
    if site.source == SiteSource::Symtab {
        return EvidenceEntry::Symbol {
            name_hex: name.hex(),
            name,
            address: address(site.address),
            size: site.size,
            section: crate::printable::printable(&site.section),
        };
    }
    EvidenceEntry::Function {
        name_hex: name.hex(),
        name,
        address: address(site.address),
        file: site.file.as_deref().map(crate::printable::printable),
        package: match provider(site) {
            Provider::Package(p) | Provider::Doubtful(p) | Provider::Assembly(p) => Some(p),
            Provider::Generated | Provider::Unknown => None,
        },
        inlined: site.source == SiteSource::Inlined,
    }
}
