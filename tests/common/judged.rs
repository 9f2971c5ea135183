//! What gonym answers: to pairs as a program that is run, to directives from source as a library.

use std::path::Path;

use gonym::binary::Binary;
use gonym::check::check;
use gonym::linkname::claim::{Claim, Form, Kind, Origin};
use gonym::linkname::evidence;
use gonym::report::document::check::CheckedBinary;
use gonym::request::Request;

use super::directive;
use super::expect::{Expectation, Judged, Word};
use super::recorded::{self, Case};

/// The answers to everything that is expected of a file, pairs first.
pub fn all(path: &Path, expected: Vec<Expectation>) -> Vec<(Expectation, Vec<Judged>)> {
    let (sources, pairs): (Vec<_>, Vec<_>) =
        expected.into_iter().partition(|one| matches!(one.word, Word::Source { .. }));
    let names: Vec<String> = pairs.iter().map(|one| one.pair.clone()).collect();
    let answers = [judge_pairs(path, &names), judge_sources(path, &sources)].concat();
    assert_eq!(answers.len(), names.len() + sources.len(), "{}", path.display());
    pairs.into_iter().chain(sources).zip(answers).collect()
}

/// What gonym says about each pair, in their order: one answer or more.
pub fn judge(path: &Path, pairs: &[String]) -> Vec<Vec<Judged>> {
    let answers = judge_pairs(path, pairs);
    assert!(answers.iter().all(|answers| !answers.is_empty()), "{}: no answer", path.display());
    answers
}

/// One answer per slice of a fat file.
fn judge_pairs(path: &Path, pairs: &[String]) -> Vec<Vec<Judged>> {
    if pairs.is_empty() {
        return Vec::new();
    }
    let mut arguments = vec!["check".to_owned(), "--format=json".to_owned()];
    arguments.extend(pairs.iter().map(|pair| format!("--pair={pair}")));
    arguments.push(path.display().to_string());
    let output = super::gonym(&arguments);
    let report: serde_json::Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            let said = String::from_utf8_lossy(&output.stderr);
            panic!("{}: {error}: {said}", path.display())
        });
    let binaries = report["binaries"].as_array().expect("binaries");
    answers(path, binaries, pairs.len())
}

/// What gonym says about directives that are known from source, in their order.
fn judge_sources(path: &Path, directives: &[Expectation]) -> Vec<Vec<Judged>> {
    if directives.is_empty() {
        return Vec::new();
    }
    let claims: Vec<Claim> = directives.iter().map(claim).collect();
    let opened = Binary::open(path).unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
    let checked = opened.binaries.iter().map(|binary| {
        let request = Request { pairs: claims.clone(), ..Request::default() };
        let (path, checked) = (path.display().to_string(), check(binary, &request));
        let document = CheckedBinary::new(binary, &path, true, &checked, false);
        serde_json::to_value(&document).expect("a document")
    });
    // The other members of a C archive are what C compilers made.
    let of_go = |binary: &serde_json::Value| binary["member"].as_str().is_none_or(|m| m == "go.o");
    answers(path, &checked.filter(of_go).collect::<Vec<_>>(), claims.len())
}

/// Writes what a binary shows about everything that is expected of it to `record`.
pub fn record(path: &Path, expected: &[Expectation], record: &Path) {
    let (sources, pairs): (Vec<_>, Vec<_>) =
        expected.iter().partition(|one| matches!(one.word, Word::Source { .. }));
    let opened = Binary::open(path).unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
    let binary = opened.binaries.first().expect("an executable");
    let pair = |one: &&Expectation| Claim::parse_pair(&one.pair).expect("LOCAL=REMOTE");
    let pair_claims: Vec<Claim> = pairs.iter().map(pair).collect();
    let source_claims: Vec<Claim> = sources.iter().map(|one| claim(one)).collect();
    let mut cases = Vec::new();
    for (expected, claims) in [(pairs, pair_claims), (sources, source_claims)] {
        let evidence = evidence::gather(binary, &claims);
        let all = expected.iter().zip(claims).zip(evidence);
        cases.extend(all.map(|((expected, claim), evidence)| Case {
            claim,
            outcomes: expected.outcomes.clone(),
            evidence,
        }));
    }
    recorded::write(record, &cases);
}

fn claim(expected: &Expectation) -> Claim {
    let Word::Source { form, kind } = &expected.word else { panic!("{}: a pair", expected.place) };
    let (local, _) = expected.names();
    let form = match form.as_str() {
        "pull" => Form::Pull,
        "push" => Form::Push,
        "one-arg" => Form::OneArg,
        _ => Form::Assembly,
    };
    let kind = if kind == "var" { Kind::Var } else { Kind::Func };
    let origin = Origin::Source(directive::of(&expected.place, local));
    let pair = Claim::parse_pair(&expected.pair).expect("LOCAL=REMOTE");
    Claim { form, kind, origin, ..pair }
}

/// The answers of a report about `claims` claims: for each as many as it has slices, none if the file
/// is no executable.
fn answers(path: &Path, binaries: &[serde_json::Value], claims: usize) -> Vec<Vec<Judged>> {
    let mut judged: Vec<Vec<Judged>> = (0..claims).map(|_| Vec::new()).collect();
    for binary in binaries {
        let claims = binary["claims"].as_array().expect("claims");
        assert_eq!(claims.len(), judged.len(), "{}", path.display());
        for (answers, claim) in judged.iter_mut().zip(claims) {
            let word = |key: &str| claim[key].as_str().unwrap_or_default().to_owned();
            answers.push(Judged {
                outcome: format!("{}/{}", word("verdict"), word("reason")),
                shown: format!("{} {}", word("message"), words_of(&claim["evidence"])),
                slice: binary["slice"].as_str().unwrap_or_default().to_owned(),
            });
        }
    }
    judged
}

/// Evidence as the words that a person would read: `FROM calls TO`, `FILE:LINE`.
fn words_of(evidence: &serde_json::Value) -> String {
    let entries = evidence.as_array().expect("evidence").iter().map(|entry| {
        let word = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let place = format!("{}:{}", word("file"), entry["line"]);
        let how = if entry["how"] == "call" { "calls".to_owned() } else { word("how") };
        format!(
            "{} {how} {} {} {place} {}",
            word("from"),
            word("to"),
            word("name"),
            word("inlinedInto")
        )
    });
    entries.collect::<Vec<_>>().join("\n")
}
