//! Every transcript in the README and in docs is what the program prints, and every page is reached.
#![cfg(unix)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The binaries of the README's story and the fixtures that they are.
const NAMED: &[(&str, &str)] = &[
    ("nano", "nano-go1.27-linux-amd64"),
    ("nano-stripped", "nano-go1.27-linux-amd64-stripped"),
    ("nano-alias", "nano-go1.27-linux-amd64-alias"),
    ("spine", "spine-go1.27-linux-amd64"),
];

/// The commands of a page with what the page says they print.
fn transcripts(page: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match line.strip_prefix("$ ") {
                Some(command) => found.push((command.to_owned(), String::new())),
                None => {
                    let (_, output) = found.last_mut().expect("a command before its output");
                    output.push_str(line);
                    output.push('\n');
                }
            },
        }
    }
    found
}

/// The README and the chapters of the book.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let chapters = fs::read_dir(root.join("docs/src")).expect("docs");
    let mut pages: Vec<PathBuf> = chapters.map(|entry| entry.expect("an entry").path()).collect();
    pages.push(root.join("README.md"));
    pages.sort();
    pages
}

/// The places that a page's links name, but for those on the web.
fn links(page: &str) -> impl Iterator<Item = &str> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && target.contains('.'))
}

#[test]
fn every_link_leads_to_a_page_and_every_page_is_a_chapter() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src");
    let summary = fs::read_to_string(root.join("SUMMARY.md")).expect("a summary");
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        for target in links(&text) {
            let folder = page.parent().expect("a folder");
            assert!(folder.join(target).exists(), "{}: {target}", page.display());
        }
        let name = page.file_name().expect("a name").to_string_lossy().into_owned();
        if page.starts_with(&root) && name != "SUMMARY.md" {
            assert!(summary.contains(&format!("({name})")), "{name} is no chapter");
        }
    }
}

/// `gonym rule CODE` names the page of the book where gonym itself defines a subject.
#[test]
fn the_pages_that_rule_names_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = common::gonym(["rule", "--format=json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let codes = document["codes"].as_array().expect("codes");
    let references = codes.iter().filter_map(|entry| entry["reference"].as_str());
    let own: Vec<&str> = references.filter(|reference| reference.contains("gonym")).collect();
    assert!(own.len() > 30, "{own:?}");
    for reference in own {
        let page = reference.split(' ').next().unwrap_or_default();
        assert!(page.starts_with("docs/src/") && root.join(page).is_file(), "{reference}");
    }
}

#[test]
fn the_transcripts_are_real() {
    let folder = common::scratch("readme");
    for (name, id) in NAMED {
        fs::copy(common::fixture_named(id).path, folder.join(name)).expect("a copy");
    }
    let pages: Vec<String> =
        pages().iter().map(|page| fs::read_to_string(page).expect("a page")).collect();
    let transcripts: Vec<(String, String)> =
        pages.iter().flat_map(|page| transcripts(page)).collect();
    assert!(transcripts.len() >= 8, "only {} commands", transcripts.len());
    let gonym = Path::new(env!("CARGO_BIN_EXE_gonym")).parent().expect("a folder");
    let path = format!("{}:{}", gonym.display(), std::env::var("PATH").unwrap_or_default());
    for (command, wanted) in transcripts {
        // A terminal shows both streams in the order written; here one is empty.
        let shell = Command::new("sh")
            .args(["-c", &format!("{{ {command}; }} 2>&1")])
            .current_dir(&folder)
            .env("PATH", &path)
            .output()
            .expect("a shell");
        assert_eq!(String::from_utf8_lossy(&shell.stdout), wanted, "$ {command}");
    }
}
