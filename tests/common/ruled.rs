//! What `gonym check` says of rules, and modules that are written for it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Result and reason of each rule, by its name.
pub fn results(file: &Path, rules: &[String]) -> BTreeMap<String, (String, String)> {
    let path = file.to_str().expect("a path").to_owned();
    let arguments: Vec<String> = ["check".to_owned(), path, "--format=json".to_owned()]
        .into_iter()
        .chain(rules.iter().cloned())
        .collect();
    let output = super::gonym(arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{told}"));
    let judged = report["binaries"][0]["rules"].as_array().expect("rules").clone();
    assert_eq!(judged.len(), rules.len());
    let word = |value: &Value| value.as_str().expect("a word").to_owned();
    let each = judged
        .iter()
        .map(|rule| (word(&rule["name"]), (word(&rule["result"]), word(&rule["reason"]))));
    each.collect()
}

/// Writes a module into a scratch folder.
pub fn module(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = super::scratch(name).join("module");
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}
