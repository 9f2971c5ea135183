//! Which mistakes does gonym see, and what do the compilers say about the same programs?
//!
//! `testdata/source/mistakes` holds one small program for each mistake, and for what only looks like one.
//! `recorded.tsv` beside them is what four Go versions made of them: the error, or that it builds and what it
//! prints. Without Go, gonym's codes are held against that record: a mistake of the silent kind must be one that
//! builds. With Go the record is held against two compilers again; `GONYM_RECORD=1` writes it anew.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::go::{self, Toolchain};
use gonym::finding::{Code, Group};
use gonym::rules::{Handle, Pull, Release};
use gonym::source::assembly::Assembly;
use gonym::source::file::GoFile;
use gonym::source::package::{self, Directive, Form, Kind, LeftOut, Package};
use gonym::source::target::{self, Facts, Target};
use serde_json::Value;

/// The versions whose answers are recorded.
const MINORS: [u16; 4] = [19, 22, 23, 27];

/// What compilers or linkers of every recorded version refuse.
const REFUSED: &[&str] = &[
    "usage",
    "trailing-comment",
    "misplaced",
    "missing-unsafe",
    "duplicate-local",
    "local-method",
    "local-type",
    "local-constant",
    "local-import",
    "local-init",
    "local-unknown",
    "duplicate-definition",
    "refused-by-linker",
];

/// What builds by one version and not by another, or by what else is in the program.
const SOMETIMES: &[&str] = &[
    "local-blank",
    "local-generic",
    "instantiated-remote",
    "unescaped-path",
    "dotless-remote",
    "unknown-function-target",
    "initialised-variable",
    "variable-size",
    "kind-differs",
];

/// One program and what its head says about it.
struct Program {
    name: String,
    files: Vec<(String, String)>,
    head: BTreeMap<String, String>,
}

/// Whether the linker refuses a function's pull that compiled code mentions.
fn is_refused(release: &Release, directive: &Directive) -> bool {
    let (handle, symbol) = (Handle::Function, directive.remote.as_slice());
    let pull = Pull { package: "main", std: false, symbol, handle };
    directive.kind == Kind::Func && release.permission(&pull).needs_checklinkname_0()
}

fn folder() -> PathBuf {
    common::testdata().join("source/mistakes")
}

fn programs() -> Vec<Program> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder())
        .expect("the programs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txtar"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 30, "only {} programs", paths.len());
    paths.iter().map(|path| program(path)).collect()
}

fn program(path: &Path) -> Program {
    let text = fs::read_to_string(path).expect("a program");
    let mut parts = text.split("-- ");
    let mut sections = format!("\n{text}");
    let head = parts.next().unwrap_or_default().lines();
    let head = head.map(|line| line.split_once(": ").expect("KEY: VALUE"));
    let head = head.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let rest = sections.split_off(sections.find("\n-- ").expect("a file"));
    let files = rest.split("\n-- ").skip(1).map(|section| {
        let (name, text) = section.split_once(" --").expect("-- FILE --");
        (name.to_owned(), format!("{}\n", text.strip_prefix('\n').unwrap_or(text)))
    });
    let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
    Program { name, files: files.collect(), head }
}

impl Program {
    /// The codes that gonym must find for a version: exactly these.
    fn wanted(&self, minor: u16) -> BTreeSet<String> {
        let own = self.head.get(&format!("codes-1.{minor}"));
        let codes = own.or(self.head.get("codes")).expect("codes");
        codes.split(' ').filter(|code| *code != "none").map(str::to_owned).collect()
    }

    /// Files of the main package's folder.
    fn main_files(&self) -> impl Iterator<Item = &(String, String)> {
        self.files.iter().filter(|(name, _)| !name.contains('/'))
    }

    fn found(&self, minor: u16) -> BTreeSet<String> {
        let is_go = |name: &str| Path::new(name).extension().is_some_and(|end| end == "go");
        let excluded = self.head.get("excluded").map(String::as_str);
        let parse = |text: &String| GoFile::parse(text.clone().into_bytes());
        let (left, kept): (Vec<_>, Vec<_>) = self
            .main_files()
            .filter(|(name, _)| is_go(name))
            .map(|(name, text)| (name, parse(text)))
            .partition(|(name, _)| excluded == Some(name.as_str()));
        let files: Vec<&GoFile> = kept.iter().map(|(_, file)| file).collect();
        let why =
            |name: &str| if name.ends_with("_test.go") { LeftOut::Test } else { LeftOut::Excluded };
        let left_out: Vec<_> = left.iter().map(|(name, file)| (why(name), file)).collect();
        let mut assembly = Assembly::default();
        for (_, text) in self.main_files().filter(|(name, _)| !is_go(name)) {
            assembly.read(b"main", text.as_bytes());
        }
        let joined = package::join(&Package {
            path: b"main",
            minor,
            files: &files,
            left_out: &left_out,
            assembled: &assembly.text,
        });
        let mut codes: BTreeSet<Code> =
            joined.all_mistakes().iter().map(|mistake| mistake.code).collect();
        let release = Release::embedded(minor, "linux", "amd64").expect("a known release");
        for directive in &joined.directives {
            codes.extend(target::mistakes(directive, &self.facts()));
            if directive.form == Form::Pull && is_refused(&release, directive) {
                codes.insert(Code::RefusedByLinker);
            }
        }
        codes.iter().map(|code| code.word().to_owned()).collect()
    }

    /// What the head says about the target: `none`, `gone`, `function [exported]`, `variable`.
    fn facts(&self) -> Facts {
        let Some(target) = self.head.get("target") else { return Facts::default() };
        let words: Vec<&str> = target.split(' ').collect();
        let kind = match words[0] {
            "none" => Target::Missing,
            "gone" => Target::Gone,
            "function" => Target::Function { has_body: true },
            "variable" => Target::Variable,
            other => panic!("{}: target {other}", self.name),
        };
        Facts { target: kind, is_importable: words.contains(&"exported"), is_wanted: false }
    }
}

/// Program and minor, and what became of it.
type Record = BTreeMap<(String, u16), String>;

fn recorded() -> Record {
    let text = fs::read_to_string(folder().join("recorded.tsv")).expect("the record");
    let row = |line: &str| {
        let fields: Vec<&str> = line.splitn(3, '\t').collect();
        let minor = fields[1].strip_prefix("1.").expect("1.N").parse().expect("a minor");
        ((fields[0].to_owned(), minor), fields[2].to_owned())
    };
    text.lines().map(row).collect()
}

#[test]
fn mistakes_are_found_and_are_of_the_kind_that_the_compilers_show() {
    let record = recorded();
    let mut wrong = Vec::new();
    for program in programs() {
        for minor in MINORS {
            let outcome = &record[&(program.name.clone(), minor)];
            let (wanted, found) = (program.wanted(minor), program.found(minor));
            if wanted != found {
                wrong
                    .push(format!("{} 1.{minor}: wants {wanted:?}, found {found:?}", program.name));
            }
            let typed = program.head.get("types");
            let shows = |code: &&Code| {
                found.contains(code.word()) || typed.is_some_and(|word| word == code.word())
            };
            let codes = Code::ALL.iter().filter(shows);
            let words: Vec<&str> = codes.map(|code| code.word()).collect();
            let builds = outcome.starts_with("builds");
            let may_build = !words.iter().any(|word| REFUSED.contains(word));
            // What needs another reason to fail than a mistake is a silent one's consequence, or none at all.
            let may_fail = program.head.get("notice").is_some_and(|notice| notice == "late")
                || words.iter().any(|word| REFUSED.contains(word) || SOMETIMES.contains(word));
            if (builds && !may_build) || (!builds && !may_fail) {
                wrong.push(format!("{} 1.{minor}: {found:?}, but {outcome}", program.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_mistake_has_a_program() {
    let mut shown: BTreeSet<String> =
        programs().iter().flat_map(|program| program.wanted(23)).collect();
    shown.extend(programs().iter().filter_map(|program| program.head.get("types").cloned()));
    let mistakes = Code::ALL.iter().filter(|code| code.group() <= Group::Target);
    let missing: Vec<&str> =
        mistakes.map(|code| code.word()).filter(|code| !shown.contains(*code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// What needs the types of both sides is compared by `gonym scan`, which is given the whole module.
#[test]
fn a_scan_finds_what_needs_types() {
    let typed = programs().into_iter().filter(|program| program.head.contains_key("types"));
    let mut count = 0;
    for program in typed {
        let module = common::scratch("source_mistakes_typed").join(&program.name);
        for (name, text) in &program.files {
            let file = module.join(name);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a scratch folder");
            fs::write(file, text).expect("a scratch file");
        }
        let path = format!("module example.com/q/{}\n\ngo 1.18\n", program.name);
        fs::write(module.join("go.mod"), path).expect("a scratch file");
        let scan = ["scan", "--format=json", "--go-version=1.27", "--goos=linux", "--goarch=amd64"];
        let output = common::gonym_in(&module, scan);
        let report: Value = serde_json::from_slice(&output.stdout).expect("a document");
        let notes = report["directives"][0]["notes"].as_array().expect("notes");
        let codes: Vec<&str> = notes.iter().filter_map(|note| note["code"].as_str()).collect();
        assert_eq!(codes, [program.head["types"].as_str()], "{}", program.name);
        count += 1;
    }
    assert!(count > 0, "no program has types");
}

/// All programs of one version in one module: an error in one does not stop the others.
fn outcomes(toolchain: &Toolchain) -> BTreeMap<String, String> {
    let scratch = common::scratch("source_mistakes").join(toolchain.version);
    let _ = fs::remove_dir_all(&scratch);
    let put = |name: &str, text: &str| {
        let file = scratch.join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a scratch folder");
        fs::write(file, text).expect("a scratch file");
    };
    put("go.mod", "module example.com/q\n\ngo 1.18\n");
    let programs = programs();
    for program in &programs {
        for (name, text) in &program.files {
            put(&format!("{}/{name}", program.name), text);
        }
    }
    let built = scratch.join("built");
    fs::create_dir_all(&built).expect("a scratch folder");
    let mut command = toolchain.command(&scratch);
    command.env("CGO_ENABLED", "0").args(["build", "-p", "2", "-o"]).arg(&built).arg("./...");
    let output = command.output().expect("go runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let one = |program: &Program| {
        let file = built.join(&program.name);
        let outcome = if file.exists() { runs(&file) } else { fails(&program.name, &said) };
        (program.name.clone(), outcome)
    };
    programs.iter().map(one).collect()
}

fn runs(file: &Path) -> String {
    let Output { stderr, status, .. } = Command::new(file).output().expect("the program runs");
    assert!(status.success(), "{}", file.display());
    let text = String::from_utf8_lossy(&stderr).trim().replace('\n', "; ");
    format!("builds, prints {text}")
}

/// The first line that go says about a program's package, without what differs from run to run.
fn fails(name: &str, said: &str) -> String {
    let head = format!("# example.com/q/{name}\n");
    let at = said.find(&head).unwrap_or_else(|| panic!("nothing is said about {name}:\n{said}"));
    let block = said[at + head.len()..].split("\n#").next().unwrap_or_default();
    let line = block.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let line = line.replace(&format!("{name}/"), "").replace("./", "");
    let date = line.get(..20).filter(|date| date.starts_with("20") && date.ends_with(' '));
    format!("fails, {}", line.get(date.map_or(0, str::len)..).unwrap_or_default())
}

#[test]
fn the_record_is_what_the_compilers_say() {
    let write = std::env::var_os("GONYM_RECORD").is_some_and(|value| value == "1");
    let minors = if write { MINORS.to_vec() } else { vec![19, 27] };
    let mut rows: BTreeMap<(String, u16), String> = BTreeMap::new();
    for minor in minors {
        match go::toolchain(minor) {
            Ok(toolchain) => rows
                .extend(outcomes(&toolchain).into_iter().map(|(name, text)| ((name, minor), text))),
            Err(why) if write => panic!("{why}"),
            Err(why) => go::skip(&format!("mistakes with Go 1.{minor}"), &why),
        }
    }
    if write {
        let line = |((name, minor), text): (&(String, u16), &String)| {
            format!("{name}\t1.{minor}\t{text}\n")
        };
        let text: String = rows.iter().map(line).collect();
        return fs::write(folder().join("recorded.tsv"), text).expect("written");
    }
    let record = recorded();
    for (key, outcome) in rows {
        assert_eq!(record[&key], outcome, "{key:?}");
    }
}
