//! What gonym answers: to pairs as a program that is run, to directives from source as a library.

use std::path::Path;

use super::expect::Judged;

/// What gonym says about each pair, in their order: one answer per slice of a fat file.
pub fn judge(path: &Path, pairs: &[String]) -> Vec<Vec<Judged>> {
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
    let mut judged: Vec<Vec<Judged>> = pairs.iter().map(|_| Vec::new()).collect();
    for binary in report["binaries"].as_array().expect("binaries") {
        let claims = binary["claims"].as_array().expect("claims");
        assert_eq!(claims.len(), pairs.len(), "{}", path.display());
        for (answers, claim) in judged.iter_mut().zip(claims) {
            let word = |key: &str| claim[key].as_str().unwrap_or_default().to_owned();
            answers.push(Judged {
                outcome: format!("{}/{}", word("verdict"), word("reason")),
                shown: format!("{} {}", word("message"), words_of(&claim["evidence"])),
                slice: binary["slice"].as_str().unwrap_or_default().to_owned(),
            });
        }
    }
    assert!(judged.iter().all(|answers| !answers.is_empty()), "{}: no answer", path.display());
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
