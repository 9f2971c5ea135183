//! Every transcript in the README is what the program prints.
#![cfg(unix)]

mod common;

use std::fs;
use std::path::Path;
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

#[test]
fn the_transcripts_are_real() {
    let folder = common::scratch("readme");
    for (name, id) in NAMED {
        fs::copy(common::fixture_named(id).path, folder.join(name)).expect("a copy");
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let transcripts = transcripts(&fs::read_to_string(page).expect("the README"));
    assert!(transcripts.len() >= 6, "only {} commands", transcripts.len());
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
