//! Does gonym read Go source as the compiler does?
//!
//! `testdata/witness/source` is built into Go's own tree by an overlay, because only there it may import the
//! compiler's scanner. It says for each file which linkname pragmas the compiler's parser hands on, and what go/parser
//! sees declared; both must be what [`GoFile`] says, file by file. The trees are the GOROOTs of two
//! versions, each asked with its own compiler; with `GONYM_SOURCE=full` those of all versions, and big modules
//! that are fetched and deleted again.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::go::{self, Toolchain};
use gonym::source::directive::Refusal;
use gonym::source::file::{Declaration, DeclarationKind, GoFile};
use gonym::source::search::{self, Remarks};
use rayon::prelude::*;

/// Modules of many files, chosen for their size and for their directives.
const MODULES: &[&str] = &[
    "k8s.io/kubernetes@v1.31.0",
    "github.com/aws/aws-sdk-go@v1.55.5",
    "github.com/oracle/oci-go-sdk/v65@v65.75.0",
    "gvisor.dev/gvisor@v0.0.0-20240916094835-a174eb65023f",
    "golang.org/x/sys@v0.25.0",
    "golang.org/x/tools@v0.25.0",
    "github.com/bytedance/sonic@v1.12.2",
    "github.com/ebitengine/purego@v0.8.0",
    "github.com/modern-go/reflect2@v1.0.2",
    "github.com/goccy/go-json@v0.10.3",
    "github.com/ugorji/go/codec@v1.2.8",
    "golang.zx2c4.com/wireguard@v0.0.0-20231211153847-12269c276173",
    "github.com/cockroachdb/pebble@v1.1.2",
    "github.com/docker/docker@v27.2.1+incompatible",
];

/// What one file says, in the witness's words, without its name.
#[derive(Debug, Default, PartialEq, Eq)]
struct Facts {
    directives: Vec<String>,
    noescape: Vec<String>,
    declared: Vec<String>,
    unread: bool,
    refused: bool,
}

/// How much was compared, so that a test of nothing is seen.
#[derive(Debug, Default)]
struct Count {
    files: usize,
    unread: usize,
    refused: usize,
    directives: usize,
    declared: usize,
    noescape: usize,
}

fn full() -> bool {
    std::env::var_os("GONYM_SOURCE").is_some_and(|value| value == "full")
}

/// The witness, as a command of `toolchain`'s own tree.
fn witness(toolchain: &Toolchain) -> PathBuf {
    let scratch = common::scratch("source_truth");
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/witness/source/main.go");
    let place = toolchain.root.join("src/cmd/compile/gonymwitness/main.go");
    let overlay = scratch.join(format!("overlay-{}.json", toolchain.minor));
    let replace = serde_json::json!({ "Replace": { place.display().to_string(): program } });
    fs::write(&overlay, replace.to_string()).expect("an overlay");
    let file = scratch.join(format!("witness-{}", toolchain.minor));
    let mut command = toolchain.command(&toolchain.root.join("src/cmd"));
    // Files below the module cache may not be replaced, and this GOROOT may lie there.
    command.env("GOMODCACHE", scratch.join("no-modules"));
    command.arg("build").arg("-overlay").arg(&overlay).arg("-o").arg(&file);
    let output = command.arg("cmd/compile/gonymwitness").output().expect("go runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    file
}

/// All regular `.go` files below `folder`, those of testdata and the broken ones too.
fn go_files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry"))
        {
            let kind = entry.file_type().expect("a type");
            let is_go = entry.path().extension().is_some_and(|extension| extension == "go");
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() && is_go {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

fn ask(witness: &Path, files: &[PathBuf]) -> BTreeMap<PathBuf, Facts> {
    let mut child = Command::new(witness)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the witness runs");
    let mut input = child.stdin.take().expect("a pipe");
    let names: String = files.iter().map(|file| format!("{}\n", file.display())).collect();
    let writer = std::thread::spawn(move || input.write_all(names.as_bytes()));
    let output = child.wait_with_output().expect("the witness ends");
    writer.join().expect("no panic").expect("the witness reads all");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("text");
    let mut said = BTreeMap::new();
    let mut facts = Facts::default();
    let mut file = None;
    for line in text.lines() {
        let (word, rest) = line.split_once('\t').unwrap_or((line, ""));
        match word {
            "file" => {
                said.extend(
                    file.replace(PathBuf::from(rest))
                        .map(|file| (file, std::mem::take(&mut facts))),
                );
            }
            "directive" => facts.directives.push(rest.to_owned()),
            "noescape" => facts.noescape.push(rest.to_owned()),
            "unread" => facts.unread = true,
            "refused" => facts.refused = true,
            "package" | "import" | "declared" => facts.declared.push(line.to_owned()),
            _ => panic!("the witness says {line}"),
        }
    }
    said.extend(file.map(|file| (file, facts)));
    assert_eq!(said.len(), files.len());
    said
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Directives as the compiler's pragma handler gets them: those that it then refuses among them.
fn directives(file: &GoFile) -> Vec<String> {
    let mut found = Vec::new();
    for linkname in &file.linknames {
        let word = format!("go:{}", linkname.word.text());
        let fields = [Some(word.as_bytes()), Some(&linkname.local), linkname.remote.as_deref()];
        let fields: Vec<String> = fields.into_iter().flatten().map(hex).collect();
        found.push((linkname.line, linkname.column, true, fields.join(",")));
    }
    for refused in &file.refused {
        let word = format!("go:{}", refused.word.text());
        let fields =
            std::iter::once(word.as_bytes()).chain(refused.fields.iter().map(Vec::as_slice));
        let fields: Vec<String> = fields.map(hex).collect();
        let blank = refused.why != Refusal::Misplaced;
        found.push((refused.line, refused.column, blank, fields.join(",")));
    }
    found.sort();
    found
        .iter()
        .map(|(line, column, blank, text)| format!("{line}\t{column}\t{blank}\t{text}"))
        .collect()
}

fn declared(file: &GoFile) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut found = vec![format!("package\t{}", text(&file.package))];
    for import in &file.imports {
        let name = import.name.as_deref().map_or("-".to_owned(), text);
        found.push(format!("import\t{}\t{name}\t{}", import.line, hex(&import.path)));
    }
    found.extend(file.declarations.iter().map(declaration));
    found.sort();
    found
}

fn declaration(found: &Declaration) -> String {
    let kind = match &found.kind {
        DeclarationKind::Func => "func".to_owned(),
        DeclarationKind::Method { receiver, pointer } => {
            let star = if *pointer { "*" } else { "" };
            format!("method {star}{}", String::from_utf8_lossy(receiver))
        }
        DeclarationKind::Var => "var".to_owned(),
        DeclarationKind::Const => "const".to_owned(),
        DeclarationKind::Type { alias: false } => "type".to_owned(),
        DeclarationKind::Type { alias: true } => "alias".to_owned(),
    };
    // A constant without a value shows here what is written, not what it repeats.
    let repeats = found.kind == DeclarationKind::Const && !found.has_body;
    let span = |range: &std::ops::Range<usize>| {
        let written = !range.is_empty() && !repeats;
        if written { format!("{}-{}", range.start, range.end) } else { "-".to_owned() }
    };
    format!(
        "declared\t{kind}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
        String::from_utf8_lossy(&found.name),
        found.line,
        found.column,
        found.has_body,
        found.generic,
        span(&found.signature),
        span(&found.body),
        found.spec.index,
        found.spec.position
    )
}

/// What differs between the witness and gonym about one file.
fn differences(path: &Path, facts: &Facts) -> Vec<String> {
    let file = GoFile::parse(fs::read(path).expect("readable"));
    let mut wrong = Vec::new();
    // The short way, by comments alone, and the long one say the same.
    let remarks = Remarks::read(&file.bytes);
    let same = remarks.linknames == file.linknames
        && remarks.refused == file.refused
        && remarks.near_misses == file.near_misses;
    if !same || (!remarks.is_empty() && !search::is_candidate(&file.bytes)) {
        wrong.push(format!("{}: its comments say something else", path.display()));
    }
    let mut compare = |what: &str, truth: &[String], ours: &[String]| {
        for (mark, one, other) in [("missed", truth, ours), ("invented", ours, truth)] {
            for line in one.iter().filter(|line| !other.contains(line)) {
                wrong.push(format!("{}: {what}: {mark} {line}", path.display()));
            }
        }
        if truth.len() != ours.len() {
            wrong.push(format!("{}: {what}: {} for {}", path.display(), ours.len(), truth.len()));
        }
    };
    if facts.unread {
        return Vec::new();
    }
    compare("directive", &facts.directives, &directives(&file));
    if facts.refused {
        return wrong;
    }
    let refused_receivers: Vec<String> =
        facts.declared.iter().filter_map(|line| refused_receiver(line)).collect();
    let marked = file.declarations.iter().filter(|found| found.noescape);
    let marked: Vec<String> =
        marked.map(|found| format!("{}\t{}", found.line, found.column)).collect();
    compare("noescape", &facts.noescape, &marked);
    let mut truth = facts.declared.clone();
    truth.sort();
    let mut ours = declared(&file);
    // A receiver that go/types refuses has no name to compare: `?` to the witness.
    for list in [&mut truth, &mut ours] {
        list.retain(|line| !refused_receivers.iter().any(|position| line.contains(position)));
    }
    if truth != ours {
        compare("declaration", &truth, &ours);
    }
    if let Some(fault) = file.fault {
        wrong.push(format!("{}:{}: wants {}", path.display(), fault.line, fault.wanted));
    }
    wrong
}

/// `\tNAME\tLINE\tCOLUMN\t` of a method whose receiver is no named type.
fn refused_receiver(line: &str) -> Option<String> {
    let rest = line.strip_prefix("declared\tmethod ")?;
    let rest = rest.strip_prefix('*').unwrap_or(rest).strip_prefix('?')?;
    let fields: Vec<&str> = rest.split('\t').collect();
    Some(format!("\t{}\t", fields.get(1..4)?.join("\t")))
}

/// For a person to judge: what was meant as a directive, before anyone asks whether the name is declared.
fn say_near_misses(files: &[PathBuf]) {
    for path in files {
        let file = GoFile::parse(fs::read(path).expect("readable"));
        for near in &file.near_misses {
            let local = String::from_utf8_lossy(&near.local);
            go::say(&format!("{}:{}: {} {local}", path.display(), near.line, near.code.word()));
        }
    }
}

fn compare(witness: &Path, files: &[PathBuf]) -> Count {
    let said = ask(witness, files);
    let wrong: Vec<String> =
        said.par_iter().flat_map_iter(|(path, facts)| differences(path, facts)).collect();
    let shown = wrong.iter().take(50).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} differences:\n{shown}", wrong.len());
    let mut count = Count { files: files.len(), ..Count::default() };
    for facts in said.values() {
        count.unread += usize::from(facts.unread);
        count.refused += usize::from(facts.refused);
        count.directives += if facts.unread { 0 } else { facts.directives.len() };
        count.noescape += if facts.refused { 0 } else { facts.noescape.len() };
        count.declared += facts.declared.len();
    }
    count
}

#[test]
fn goroot_is_read_as_its_compiler_reads_it() {
    let minors: Vec<u16> =
        if full() { go::RELEASES.iter().map(|(minor, _)| *minor).collect() } else { vec![19, 27] };
    for minor in minors {
        let toolchain = match go::toolchain(minor) {
            Ok(toolchain) => toolchain,
            Err(why) => {
                go::skip(&format!("source of Go 1.{minor}"), &why);
                continue;
            }
        };
        let files = go_files(&toolchain.root.join("src"));
        let count = compare(&witness(&toolchain), &files);
        go::say(&format!("GOROOT {}: {count:?}", toolchain.version));
        if full() {
            say_near_misses(&files);
        }
        // As source.md counts them; less would mean that not everything was looked at.
        assert!(count.files > 4_500 && count.directives > 1_000 && count.declared > 200_000);
        assert!(count.unread * 100 < count.files && count.noescape > 300, "{count:?}");
    }
}

#[test]
fn big_modules_are_read_as_the_compiler_reads_them() {
    if !full() {
        return go::say("source of big modules: only with GONYM_SOURCE=full");
    }
    let toolchain = go::toolchain(go::WITNESS).expect("a toolchain");
    let witness = witness(&toolchain);
    let mut all = 0;
    for module in MODULES {
        let cache = common::scratch("source_truth").join("modules");
        let mut command = toolchain.command(&common::scratch("source_truth"));
        command.env("GOMODCACHE", &cache).env("GOFLAGS", "-modcacherw").env("GO111MODULE", "on");
        let output = command.args(["mod", "download", module]).output().expect("go runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{module}: {said}");
        let files = go_files(&cache);
        let count = compare(&witness, &files);
        go::say(&format!("{module}: {count:?}"));
        say_near_misses(&files);
        all += count.files;
        fs::remove_dir_all(&cache).expect("deleted");
    }
    assert!(all >= 20_000, "only {all} files");
}
