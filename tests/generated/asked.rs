//! What gonym answers, asked as a library: a program of its own would read Go's directives for each file
//! again, and judge some eight hundred claims to answer ten.
//!
//! Some programs are asked on the command line too, where every answer must be the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use gonym::binary::Binary;
use gonym::check::{self, check};
use gonym::error::Fault;
use gonym::finding::Owner;
use gonym::linkname::claim::Claim;
use gonym::linkname::source_claims::{self, OfGo, SourceClaims};
use gonym::linkname::source_facts::SourceFacts;
use gonym::report::document::check::CheckedBinary;
use gonym::request::Request;
use gonym::source::modules::Places;
use serde_json::Value;

use super::common;
use super::truth::{Answer, Answers, Strip, Truth};

/// One built file, and what is asked about it.
pub struct Question<'a> {
    pub truths: &'a [Truth],
    pub strip: Strip,
    pub module: &'a Path,
    pub file: &'a Path,
}

/// The answers of one document by claim, and what it complains of.
#[derive(Default)]
struct Told {
    answers: Vec<(String, Answer)>,
    gaps: Vec<String>,
}

impl Question<'_> {
    /// Has every claim answered, as a pair and from source.
    pub fn ask(&self, answers: &mut Answers) {
        let mut opened = match Binary::open(self.file) {
            Ok(opened) => opened,
            Err(fault) => return answers.complaints.push(format!("[{}]: {fault}", self.strip)),
        };
        // An archive holds cgo's objects too.
        let Some(binary) = opened.binaries.iter_mut().find(|binary| binary.is_go()) else {
            return answers.complaints.push(format!("[{}]: nothing of Go", self.strip));
        };
        let mut faults: Vec<Fault> = opened.faults;
        faults.extend(binary.attach_found().err());
        faults.extend(binary.faults());
        faults.extend(binary.function_fault());
        let complete = !faults.iter().any(Fault::is_damage);
        let pairs = self.pairs(binary, complete);
        let sources = self.is_source_asked().then(|| self.sources(binary, complete));
        faults.extend(binary.debug_fault());
        answers.complaints.extend(faults.iter().map(|fault| format!("[{}]: {fault}", self.strip)));
        self.keep_pairs(pairs, answers);
        self.keep_sources(sources.unwrap_or_default(), answers);
    }

    fn is_source_asked(&self) -> bool {
        self.truths.iter().any(|truth| truth.source.is_some())
    }

    fn path(&self) -> String {
        self.file.display().to_string()
    }

    fn pairs(&self, binary: &Binary, complete: bool) -> Told {
        let texts = self.pair_texts();
        let claims: Vec<Claim> =
            texts.iter().map(|text| Claim::parse_pair(text).expect("LOCAL=REMOTE")).collect();
        let checked = check(binary, &Request { pairs: claims, ..Request::default() });
        self.told(&CheckedBinary::new(binary, &self.path(), complete, &checked, false))
    }

    fn pair_texts(&self) -> Vec<String> {
        let asked = self.truths.iter().filter(|truth| truth.pair.is_some());
        asked.map(|truth| format!("{}:{}", truth.kind, truth.pair_text())).collect()
    }

    fn sources(&self, binary: &Binary, complete: bool) -> Told {
        let here = fs::canonicalize(self.module).expect("the module's folder");
        let places = Places::of_this_process(here, Vec::new());
        let sources = match source_claims::read(binary, &places, OfGo::Shared) {
            Ok(sources) => sources,
            Err(why) => return Told { answers: Vec::new(), gaps: vec![why] },
        };
        let (claims, facts) = concerned(&sources);
        let sources = SourceClaims { claims, facts, ..sources };
        let checked = check::with_sources(binary, &Request::default(), sources);
        self.told(&CheckedBinary::new(binary, &self.path(), complete, &checked, false))
    }

    fn told(&self, checked: &CheckedBinary) -> Told {
        self.read(&serde_json::to_value(checked).expect("a document"))
    }

    fn read(&self, binary: &Value) -> Told {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let known = |gap: &Value| gap["standing"] == "std";
        let gaps = list(&binary["gaps"]).into_iter().filter(|gap| !known(gap));
        Told {
            answers: list(&binary["claims"]).iter().map(answer).collect(),
            gaps: gaps.map(|gap| gap.to_string()).collect(),
        }
    }

    fn keep_pairs(&self, told: Told, answers: &mut Answers) {
        let strip = self.strip;
        answers.complaints.extend(told.gaps.iter().map(|gap| format!("pair [{strip}]: {gap}")));
        answers.pairs.extend(told.answers.into_iter().map(|(name, one)| ((strip, name), one)));
    }

    fn keep_sources(&self, told: Told, answers: &mut Answers) {
        let strip = self.strip;
        answers.complaints.extend(told.gaps.iter().map(|gap| format!("source [{strip}]: {gap}")));
        let written = self.truths.iter().filter(|truth| truth.source.is_some());
        let written: BTreeSet<String> = written.map(Truth::pair_text).collect();
        for (name, one) in told.answers {
            if !written.contains(&name) {
                let outcome = one.outcome();
                let what = format!("source [{strip}]: nobody wrote {name}, which is {outcome}");
                answers.complaints.push(what);
            }
            answers.sources.insert((strip, name), one);
        }
    }

    /// What the command line says differently.
    pub fn differences(&self, answers: &Answers) -> Vec<String> {
        let mut pairs = vec!["check".to_owned(), "--format=json".to_owned()];
        pairs.extend(self.pair_texts().iter().map(|text| format!("--pair={text}")));
        pairs.push(self.file.display().to_string());
        let mut differ = self.compare("pair", Path::new("/"), &pairs, &answers.pairs);
        if self.is_source_asked() {
            let sources =
                ["check".to_owned(), "--format=json".to_owned(), self.file.display().to_string()];
            differ.extend(self.compare("source", self.module, &sources, &answers.sources));
        }
        differ
    }

    fn compare(
        &self,
        how: &str,
        folder: &Path,
        arguments: &[String],
        all: &BTreeMap<(Strip, String), Answer>,
    ) -> Vec<String> {
        let output = common::gonym_in(folder, arguments);
        let report: Value = match serde_json::from_slice(&output.stdout) {
            Ok(report) => report,
            Err(why) => {
                let said = String::from_utf8_lossy(&output.stderr);
                return vec![format!("{how} [{}]: no report: {why}: {said}", self.strip)];
            }
        };
        let told: BTreeMap<String, Answer> =
            self.read(&report["binaries"][0]).answers.into_iter().collect();
        let here = all.iter().filter(|((strip, _), _)| *strip == self.strip);
        let here: BTreeMap<String, Answer> =
            here.map(|((_, name), answer)| (name.clone(), answer.clone())).collect();
        let names: BTreeSet<&String> = told.keys().chain(here.keys()).collect();
        let differ = |name: &&&String| told.get(**name) != here.get(**name);
        let shown = |name: &String| {
            let (told, here) = (told.get(name), here.get(name));
            format!("{how} [{}] {name}: command line {told:?}, library {here:?}", self.strip)
        };
        names.iter().filter(differ).map(|name| shown(name)).collect()
    }
}

/// The directives that are not Go's own, and those of Go's that share a remote with one: others have no part
/// in the answer.
fn concerned(sources: &SourceClaims) -> (Vec<Claim>, Vec<SourceFacts>) {
    let all = || sources.claims.iter().zip(&sources.facts);
    let is_ours = |facts: &SourceFacts| facts.owner != Owner::Std;
    let remotes: BTreeSet<&[u8]> = all()
        .filter(|(_, facts)| is_ours(facts))
        .map(|(claim, _)| claim.remote.as_slice())
        .collect();
    all()
        .filter(|(claim, facts)| is_ours(facts) || remotes.contains(claim.remote.as_slice()))
        .map(|(claim, facts)| (claim.clone(), facts.clone()))
        .unzip()
}

fn answer(claim: &Value) -> (String, Answer) {
    let word = |key: &str| claim[key].as_str().unwrap_or_default().to_owned();
    let name = format!("{}={}", word("local"), word("remote"));
    let (verdict, reason) = (word("verdict"), word("reason"));
    (name, Answer { verdict, reason, message: word("message") })
}
