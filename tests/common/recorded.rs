//! Evidence that was recorded on real binaries, so that the judgement is tested without any.
//!
//! One file per build in testdata/evidence: a JSON list, one case per line, packed by gzip as the binaries are.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use gonym::linkname::claim::Claim;
use gonym::linkname::evidence::{Evidence, Reference, References};
use serde::{Deserialize, Serialize};

/// A claim, what a binary showed about it, and the answers that its program states.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Case {
    /// The claim.
    pub claim: Claim,
    /// `verdict/reason`: what the program's sources state, not what gonym said.
    pub outcomes: Vec<String>,
    /// What the binary showed.
    pub evidence: Evidence,
}

/// The folder of the recordings.
pub fn folder() -> PathBuf {
    super::testdata().join("evidence")
}

/// Every recording: the build's name and its cases, in order of names.
pub fn all() -> Vec<(String, Vec<Case>)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder())
        .expect("testdata/evidence")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "gz"))
        .collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let mut text = String::new();
        let file = fs::File::open(path).expect("a recording");
        GzDecoder::new(file).read_to_string(&mut text).expect("a recording");
        let cases = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path.file_name().expect("a name").to_string_lossy().replace(".json.gz", ""), cases)
    };
    paths.iter().map(read).collect()
}

/// Writes the cases of one build.
pub fn write(path: &Path, cases: &[Case]) {
    let mut out = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        out.extend_from_slice(if index == 0 { b"[\n" } else { b",\n" });
        serde_json::to_writer(&mut out, &condensed(case)).expect("plain data");
    }
    out.write_all(b"\n]\n").expect("memory");
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&out).expect("memory");
    let packed = packed.finish().expect("memory");
    fs::write(path, packed).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// The case with one reference of each sort, and each name of a sort once: no rule counts them. Files
/// are named without the folder that the build was made in.
fn condensed(case: &Case) -> Case {
    let mut case = case.clone();
    let sites = case.evidence.local.iter_mut().chain(&mut case.evidence.remote);
    sites.for_each(|site| site.file = site.file.as_deref().map(base));
    if let References::Searched(references) = &mut case.evidence.references {
        let mut seen = BTreeSet::new();
        references.retain(|reference| seen.insert(sort_of(reference)));
        let frames = references.iter_mut().flat_map(|reference| &mut reference.frames);
        frames.for_each(|frame| frame.file = frame.file.as_deref().map(base).map(Into::into));
    }
    let mut seen = BTreeSet::new();
    case.evidence.remote.retain(|site| {
        seen.insert((
            format!("{:?} {:?}", site.source, site.provider),
            site.address * u64::from(!site.code),
        ))
    });
    case.evidence.tables.truncate(2);
    case
}

fn base(file: &[u8]) -> Vec<u8> {
    file.rsplit(|byte| *byte == b'/').next().unwrap_or(file).to_vec()
}

fn sort_of(reference: &Reference) -> String {
    let Reference { how, frames, to, doubt, .. } = reference;
    let frames: Vec<String> = frames
        .iter()
        .map(|f| format!("{:?} {:?} {:?} {:?}", f.package, f.doubt, f.mentioned, f.access))
        .collect();
    format!("{how:?} {frames:?} {to:x} {doubt:?}")
}
