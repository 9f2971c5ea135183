//! The directives that a build compiles, by witnesses that are not gonym.
//!
//! `go list -deps` with the build's own flags names packages and files, go/parser reads the directives and
//! what they speak of, the assembler says which symbols assembly defines. What gonym says of the same
//! build comes out of its JSON in the same words, so that both can be held against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::go::Toolchain;

/// One directive.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Directive {
    /// Whether it is Go's own.
    pub std: bool,
    /// The symbol of the local name.
    pub local: String,
    /// What it is linked to.
    pub remote: String,
    /// `linkname` or `linknamestd`.
    pub word: String,
    /// `func`, `var`, `unknown`.
    pub kind: String,
    /// `pull`, `push`, `one-arg`, `assembly`, `unknown`.
    pub form: String,
    /// Where it stands.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: u64,
}

impl Directive {
    /// The package that the local name's symbol names.
    pub fn package(&self) -> &str {
        self.local.rsplit_once('.').map_or("", |(package, _)| package)
    }
}

/// A package of the build.
#[derive(Clone, Debug)]
pub struct Listed {
    /// As symbols name it: `main` for a program.
    pub path: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Whether it is Go's own.
    pub std: bool,
    /// Its .go files, those that import "C" too.
    pub go: Vec<String>,
    /// Its assembly files, as far as Go's assembler reads them.
    pub assembly: Vec<String>,
}

/// The lists of one package, on one line.
const TEMPLATE: &str = "{{.ImportPath}}\t{{.Name}}\t{{.Standard}}\t{{.Dir}}\t{{join .GoFiles \",\"}}\t\
     {{join .CgoFiles \",\"}}\t{{join .SFiles \",\"}}";

/// The witness that reads directives, compiled by `toolchain`.
pub fn parser(toolchain: &Toolchain, name: &str) -> PathBuf {
    let parser = super::scratch("tools").join(format!("{name}-{}", std::process::id()));
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/common");
    let arguments = ["build".as_ref(), "-o".as_ref(), parser.as_os_str(), "directives.go".as_ref()];
    toolchain.output(&sources, arguments);
    parser
}

/// The packages that `command`, a `go` with its environment, lists for `arguments`; of the variants of a
/// tested package the one that holds its tests.
pub fn list(mut command: Command, arguments: &[&str]) -> Vec<Listed> {
    let output = command.args(["list", "-deps", "-f", TEMPLATE]).args(arguments).output();
    let output = output.expect("go runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    let mut packages: BTreeMap<String, Listed> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).expect("names").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [path, name, std, folder, go, cgo, assembly] = fields[..] else { panic!("{line}") };
        let (path, is_variant) = match path.split_once(" [") {
            Some((path, _)) => (path, true),
            None => (path, false),
        };
        if path.ends_with(".test") || (packages.contains_key(path) && !is_variant) {
            continue; // the main package of a test is generated
        }
        let names = |list: &str| -> Vec<String> {
            list.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
        };
        let std = std == "true";
        // C's compiler translates the assembly of a package that uses cgo, but for Go's own.
        let mut assembly = if cgo.is_empty() || std { names(assembly) } else { Vec::new() };
        assembly.retain(|name| name.ends_with(".s"));
        let listed = Listed {
            // A program that is tested is a package like any other.
            path: if name == "main" && !is_variant { name.to_owned() } else { path.to_owned() },
            folder: folder.into(),
            std,
            go: [names(go), names(cgo)].concat(),
            assembly,
        };
        packages.insert(path.to_owned(), listed);
    }
    packages.into_values().collect()
}

/// The directives of `packages`.
pub fn directives(
    parser: &Path,
    toolchain: &Toolchain,
    platform: (&str, &str),
    packages: &[Listed],
) -> BTreeSet<Directive> {
    let mut input = String::new();
    for package in packages {
        for name in &package.go {
            let file = package.folder.join(name);
            input += &format!("{}\t{}\t{}\n", package.path, toolchain.minor, file.display());
        }
    }
    let text = answered(parser, input);
    let by_path: BTreeMap<&str, &Listed> =
        packages.iter().map(|package| (package.path.as_str(), package)).collect();
    let mut assembled: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let one = |line: &str| {
        let value: Value = serde_json::from_str(line).expect("JSON");
        let word = |key: &str| value[key].as_str().expect("text").to_owned();
        let package = by_path[value["Package"].as_str().expect("text")];
        let symbols = assembled
            .entry(&package.path)
            .or_insert_with(|| assembly_symbols(toolchain, platform, package));
        let remote = Some(word("Remote")).filter(|remote| !remote.is_empty());
        let remote = remote.unwrap_or_else(|| word("Symbol"));
        let (kind, has_body) = (word("Kind"), value["HasBody"] == true);
        let form = match kind.as_str() {
            "unknown" => "unknown",
            _ if remote == word("Symbol") => "one-arg",
            _ if has_body => "push",
            "func" if symbols.contains(&remote) => "assembly",
            _ => "pull",
        };
        Directive {
            std: package.std,
            local: word("Symbol"),
            word: word("Word"),
            form: form.to_owned(),
            file: real(Path::new(&word("File"))),
            line: value["Line"].as_u64().expect("a line"),
            remote,
            kind,
        }
    };
    text.lines().map(one).collect()
}

fn answered(parser: &Path, input: String) -> String {
    let mut command = Command::new(parser);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("a thread").expect("all was written");
    assert!(output.status.success(), "go/parser refused a file");
    String::from_utf8(output.stdout).expect("JSON")
}

/// What the package's assembly defines, by the list that the assembler writes for the compiler.
fn assembly_symbols(
    toolchain: &Toolchain,
    (goos, goarch): (&str, &str),
    package: &Listed,
) -> BTreeSet<String> {
    if package.assembly.is_empty() {
        return BTreeSet::new();
    }
    let scratch = super::scratch("symabis");
    // The compiler writes this header later; the list does not depend on it.
    fs::write(scratch.join("go_asm.h"), "").expect("a header");
    let own = format!("{}-{:?}", std::process::id(), std::thread::current().id());
    let list = scratch.join(own);
    let mut command = toolchain.command(&package.folder);
    command.env("GOOS", goos).env("GOARCH", goarch).args(["tool", "asm", "-p", &package.path]);
    command.arg("-I").arg(&scratch).arg("-I").arg(toolchain.root.join("pkg/include"));
    command.args(["-D", &format!("GOOS_{goos}"), "-D", &format!("GOARCH_{goarch}")]);
    command.args(["-gensymabis", "-o"]).arg(&list).args(&package.assembly);
    let output = command.output().expect("go runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    let text = fs::read_to_string(&list).expect("a list");
    fs::remove_file(&list).expect("removed");
    let defined = text.lines().filter_map(|line| line.strip_prefix("def ")?.split(' ').next());
    defined.map(|symbol| symbol.replace("\"\"", &package.path)).collect()
}

/// The directives that a report of `gonym check --std --format=json`, run in `folder`, judges: the first
/// binary's, without comments that are none.
pub fn claimed(report: &Value, folder: &Path) -> BTreeSet<Directive> {
    let claims = report["binaries"][0]["claims"].as_array().expect("claims").iter();
    let claims = claims.filter(|claim| claim["reason"] != "not-a-directive");
    claims.map(|claim| directive(claim, folder)).collect()
}

fn directive(claim: &Value, folder: &Path) -> Directive {
    let word = |key: &str| claim[key].as_str().unwrap_or_else(|| panic!("{key}")).to_owned();
    let origin = &claim["origin"];
    Directive {
        std: claim["standing"] == "std",
        local: word("local"),
        remote: word("remote"),
        word: word("word"),
        kind: word("kind"),
        form: word("form"),
        file: real(&folder.join(origin["file"].as_str().expect("a file"))),
        line: origin["line"].as_u64().expect("a line"),
    }
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Fails where the two differ, with what is missing and what is surplus.
pub fn agree(what: &str, wanted: &BTreeSet<Directive>, found: &BTreeSet<Directive>) {
    let missing: Vec<_> = wanted.difference(found).collect();
    let surplus: Vec<_> = found.difference(wanted).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "{what}: {} missing, {} surplus\nmissing {missing:#?}\nsurplus {surplus:#?}",
        missing.len(),
        surplus.len()
    );
}
