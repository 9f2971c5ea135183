//! The judgement without a binary: on evidence that was recorded on real ones, and on evidence that
//! loses witnesses.
//!
//! testdata/evidence holds what binaries of every platform showed; the answers beside it are those of
//! the programs' own sources. What a witness could overturn must not be given without it, so evidence
//! that loses one may only become less sure.

mod common;

use common::recorded::{self, Case};
use gonym::linkname::claim::{Claim, Form, Origin};
use gonym::linkname::evidence::{
    Debug, Evidence, Frame, NameWitnesses, Program, Provider, Reference, References, SearchGap,
    SiteSource, Undefined, Witness,
};
use gonym::linkname::verdict::{Verdict, judge};
use gonym::rules::Insertion;
use proptest::prelude::*;

fn outcome(verdict: Verdict) -> String {
    format!("{}/{}", verdict.word(), verdict.reason())
}

#[test]
fn recorded_evidence_is_judged_as_its_sources_state() {
    let (mut wrong, mut judged) = (Vec::new(), 0);
    let recordings = recorded::all();
    for (build, cases) in &recordings {
        for case in cases {
            judged += 1;
            let got = outcome(judge(&case.claim, &case.evidence));
            if !case.outcomes.contains(&got) {
                let claim = String::from_utf8_lossy(&case.claim.local).into_owned();
                let remote = String::from_utf8_lossy(&case.claim.remote).into_owned();
                wrong.push(format!("{build} {claim}={remote}: {:?}, got {got}", case.outcomes));
            }
        }
    }
    println!("{judged} claims on {} builds", recordings.len());
    assert!(judged > 500 && recordings.len() > 20, "{judged} on {}", recordings.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_recording_is_read_as_it_was_written() {
    for (build, cases) in recorded::all() {
        for case in cases {
            let text = serde_json::to_string(&case.evidence).expect("plain data");
            let again: Evidence = serde_json::from_str(&text).expect("the same");
            assert_eq!(again, case.evidence, "{build}");
        }
    }
}

/// A witness that evidence can lose.
#[derive(Clone, Copy, Debug)]
enum Loss {
    Dwarf,
    DwarfDamaged,
    Symbols,
    SymbolsDamaged,
    References,
    CodeUnreadable,
    InlineTrees,
    FunctionTable,
    Tables,
}

const LOSSES: [Loss; 9] = [
    Loss::Dwarf,
    Loss::DwarfDamaged,
    Loss::Symbols,
    Loss::SymbolsDamaged,
    Loss::References,
    Loss::CodeUnreadable,
    Loss::InlineTrees,
    Loss::FunctionTable,
    Loss::Tables,
];

/// `evidence` as it would have been collected without the witness; `keep` says which entries a damaged
/// one still shows.
fn without(loss: Loss, evidence: &Evidence, keep: &[bool]) -> Evidence {
    let mut less = evidence.clone();
    let kept = |index: usize| keep.get(index % keep.len().max(1)).copied().unwrap_or(false);
    match loss {
        Loss::Dwarf => {
            less.debug = Debug { witness: Witness::Missing, local: Vec::new(), remote: Vec::new() };
            less.local.iter_mut().chain(&mut less.remote).for_each(|site| site.unit = None);
        }
        Loss::DwarfDamaged => {
            less.debug.witness = Witness::Damaged;
            let mut index = 0;
            less.debug.remote.retain(|_| {
                index += 1;
                kept(index)
            });
            less.debug.local.clear();
        }
        Loss::Symbols => {
            less.names.symtab = Witness::Missing;
            less.local.retain(|site| site.source != SiteSource::Symtab);
            less.remote.retain(|site| site.source != SiteSource::Symtab);
            // Nobody looks for what refers to a variable that has no name.
            if less.remote.is_empty() && !evidence.remote.is_empty() {
                less.references = emptied(&less.references);
            }
        }
        Loss::SymbolsDamaged => {
            less.names.symtab = Witness::Damaged;
            let mut index = 0;
            let mut stays = |source| {
                index += 1;
                source != SiteSource::Symtab || kept(index)
            };
            less.local.retain(|site| stays(site.source));
            less.remote.retain(|site| stays(site.source));
            if less.remote.is_empty() {
                less.references = emptied(&less.references);
            }
        }
        Loss::References => less.references = References::NotSearched(SearchGap::Architecture),
        Loss::CodeUnreadable => less.references = References::NotSearched(SearchGap::Uncertain),
        Loss::InlineTrees => {
            less.names.inlined = Witness::Missing;
            less.local.retain(|site| site.source != SiteSource::Inlined);
            less.remote.retain(|site| site.source != SiteSource::Inlined);
            less.references = References::NotSearched(SearchGap::Uncertain);
        }
        Loss::FunctionTable => {
            less.program = Program::Damaged;
            less.names.pclntab = Witness::Damaged;
        }
        Loss::Tables => {
            let std =
                |name: &[u8]| !name.starts_with(b"main.") && !name.starts_with(b"example.com");
            if std(&less.remote_name()) && less.insertion == Insertion::NotInserted {
                less.insertion = Insertion::UnknownVersion;
            }
        }
    }
    less
}

trait Remote {
    fn remote_name(&self) -> Vec<u8>;
}

impl Remote for Evidence {
    fn remote_name(&self) -> Vec<u8> {
        self.remote.first().map(|site| site.name.clone()).unwrap_or_else(|| b"main.".to_vec())
    }
}

fn emptied(references: &References) -> References {
    match references {
        References::Searched(_) => References::Searched(Vec::new()),
        gap => gap.clone(),
    }
}

fn cases() -> Vec<Case> {
    recorded::all().into_iter().flat_map(|(_, cases)| cases).collect()
}

/// Every case, every witness, every pair of witnesses.
#[test]
fn losing_a_witness_never_makes_a_claim_come_into_effect() {
    let in_effect =
        |claim: &Claim, evidence: &Evidence| matches!(judge(claim, evidence), Verdict::InEffect(_));
    let (mut tried, mut wrong) = (0, Vec::new());
    for case in cases() {
        let before = judge(&case.claim, &case.evidence);
        for first in LOSSES {
            for second in LOSSES {
                let less = without(second, &without(first, &case.evidence, &[true]), &[false]);
                tried += 1;
                if !matches!(before, Verdict::InEffect(_)) && in_effect(&case.claim, &less) {
                    let remote = String::from_utf8_lossy(&case.claim.remote).into_owned();
                    wrong.push(format!("{remote}: {before:?} without {first:?} and {second:?}"));
                }
            }
        }
    }
    assert!(tried > 40_000, "{tried}");
    wrong.dedup();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A change of the facts that a real binary could show instead.
#[derive(Clone, Copy, Debug)]
enum Change {
    NoReferences,
    OnlyFirstReference,
    ReferencesFromOwner,
    ReferencesFromThird,
    UnitIsLocal,
    UnitIsThird,
    NoUnit,
    Initialised,
    Foreign,
    OwnerAbsent,
    PackageAbsent,
    FromPair,
    PushForm,
    PulledTwice,
    Undefined,
}

const CHANGES: [Change; 15] = [
    Change::NoReferences,
    Change::OnlyFirstReference,
    Change::ReferencesFromOwner,
    Change::ReferencesFromThird,
    Change::UnitIsLocal,
    Change::UnitIsThird,
    Change::NoUnit,
    Change::Initialised,
    Change::Foreign,
    Change::OwnerAbsent,
    Change::PackageAbsent,
    Change::FromPair,
    Change::PushForm,
    Change::PulledTwice,
    Change::Undefined,
];

fn innermost(list: &mut [Reference]) -> impl Iterator<Item = &mut Frame> {
    list.iter_mut().filter_map(|reference| reference.frames.first_mut())
}

fn changed(change: Change, case: &mut Case) {
    let Case { claim, evidence, .. } = case;
    let target = String::from_utf8_lossy(&claim.remote).into_owned();
    let target = target.rsplit_once('.').map(|(package, _)| package.to_owned());
    let third = "example.com/third".to_owned();
    match (change, &mut evidence.references) {
        (Change::NoReferences, references) => *references = emptied(references),
        (Change::OnlyFirstReference, References::Searched(list)) => list.truncate(1),
        (Change::ReferencesFromOwner, References::Searched(list)) => {
            innermost(list).for_each(|frame| frame.package = target.as_deref().map(Into::into));
        }
        (Change::ReferencesFromThird, References::Searched(list)) => {
            innermost(list).for_each(|frame| frame.package = Some(third.as_str().into()));
        }
        (Change::UnitIsLocal, _) => {
            evidence.debug.remote.iter_mut().for_each(|s| s.unit = evidence.package.clone());
        }
        (Change::UnitIsThird, _) => {
            evidence.debug.remote.iter_mut().for_each(|site| site.unit = third.clone());
        }
        (Change::NoUnit, _) => evidence.debug.remote.clear(),
        (Change::Initialised, _) => {
            evidence.remote.iter_mut().for_each(|site| site.zero_filled = false);
        }
        (Change::Foreign, _) => {
            evidence.remote.iter_mut().filter(|s| !s.code).for_each(|site| site.foreign = true);
        }
        (Change::OwnerAbsent, _) => evidence.target_present = false,
        (Change::PackageAbsent, _) => evidence.package_present = false,
        (Change::FromPair, _) => claim.origin = Origin::Argument,
        (Change::PushForm, _) => claim.form = Form::Push,
        (Change::PulledTwice, _) => evidence.claimants.push(evidence.package.clone()),
        (Change::Undefined, _) if evidence.remote.is_empty() => {
            evidence.undefined = Undefined::ToLoader;
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// The same on evidence that no recorded binary shows: facts changed, then witnesses lost.
    #[test]
    fn no_absent_witness_could_overturn_a_proof(
        at in any::<prop::sample::Index>(),
        changes in prop::collection::vec(prop::sample::select(&CHANGES[..]), 0..4),
        losses in prop::collection::vec(prop::sample::select(&LOSSES[..]), 1..4),
        keep in prop::collection::vec(any::<bool>(), 1..4),
    ) {
        thread_local!(static CASES: Vec<Case> = cases());
        let mut case = CASES.with(|cases| cases[at.index(cases.len())].clone());
        for change in &changes {
            changed(*change, &mut case);
        }
        let before = judge(&case.claim, &case.evidence);
        let less = losses.iter().fold(case.evidence.clone(), |e, loss| without(*loss, &e, &keep));
        let after = judge(&case.claim, &less);
        let weaker = matches!(before, Verdict::InEffect(_)) || !matches!(after, Verdict::InEffect(_));
        prop_assert!(weaker, "{before:?} became {after:?} after {changes:?} without {losses:?}: {case:#?}");
    }
}

/// A whole binary that holds the local package `main` and nothing of the remote.
fn nothing() -> Evidence {
    let whole = Witness::Whole;
    Evidence {
        program: Program::Gc,
        names: NameWitnesses { symtab: whole, pclntab: whole, inlined: whole },
        local: Vec::new(),
        remote: Vec::new(),
        references: References::Searched(Vec::new()),
        tables: Vec::new(),
        reached_behind: false,
        undefined: Undefined::No,
        dynamic_import: false,
        package: "main".to_owned(),
        package_present: true,
        package_possible: false,
        target_present: false,
        debug: Debug { witness: whole, local: Vec::new(), remote: Vec::new() },
        linker_defined: false,
        undeclared: false,
        owner_wins: false,
        one_abi: false,
        system_linker: false,
        main_path: None,
        never_imported: false,
        unowned: false,
        pointed_to: false,
        claimants: Vec::new(),
        given: false,
        insertion: Insertion::NotInserted,
        intrinsic: false,
        other_spelling: None,
    }
}

/// golang/go#81051: a Go name that the C linker left undefined is nobody's. A C name that is left to
/// the loader may be resolved there, and only source tells what it was linked for.
#[test]
fn an_undefined_go_name_is_refuted_and_an_undefined_c_name_is_not() {
    let judged = |pair: &str, undefined| {
        let claim = Claim::parse_pair(pair).expect("a pair");
        outcome(judge(&claim, &Evidence { undefined, ..nothing() }))
    };
    let to_loader = Undefined::ToLoader;
    let refuted = "not-in-effect/undefined-import";
    assert_eq!(judged("func:main.nano=rumtime.nanotime", to_loader), refuted);
    assert_eq!(judged("var:main.nano=rumtime.nanotime", to_loader), refuted);
    assert_eq!(judged("func:main.pid=getpid", to_loader), "unproven/ambiguous");
    // The program needs Go's own shared libraries, one of which has it.
    let shared = judged("func:main.nano=runtime.nanotime", Undefined::ToGoLibrary);
    assert!(!shared.starts_with("not-in-effect"), "{shared}");
}

/// Who provides code is asked of DWARF last: it decides what folder and unit leave open, and where it
/// contradicts both of them nothing is proven.
#[test]
fn witnesses_that_disagree_prove_nothing() {
    let mut disagreeing = 0;
    for mut case in cases() {
        // What source says of assembly and of one-argument directives has no second witness.
        let pair = case.claim.directive().is_none();
        if !pair || outcome(judge(&case.claim, &case.evidence)) != "in-effect/foreign-file" {
            continue;
        }
        for site in &mut case.evidence.remote {
            if matches!(site.provider, Provider::Package(_)) {
                site.unit = Some("example.com/another".to_owned());
            }
        }
        case.evidence.references = References::Searched(Vec::new());
        case.evidence.tables.clear();
        let got = outcome(judge(&case.claim, &case.evidence));
        assert_eq!(got, "unproven/ambiguous");
        disagreeing += 1;
    }
    assert!(disagreeing > 5, "{disagreeing}");
}
