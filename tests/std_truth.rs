//! Go's own programs, judged by directives that Go's own parser reads.
//!
//! What is true comes from three witnesses that are not gonym: `go list -deps` names exactly the files
//! of the build, go/parser reads their directives, and nm and objdump show what the linker kept and
//! who calls whom. Every other pair of a package and such a remote is a false claim. Needs Go 1.21 or
//! newer on PATH and says so where there is none; `GONYM_MATRIX=full` asks about more builds.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use common::expect::Judged;
use common::go::{self, Order, Toolchain};
use common::inserted::Sources;
use common::judged::judge;
use common::objdump;
use serde_json::Value;

/// A build: minor, package, GOOS, GOARCH, flags.
type Cell = (u16, &'static str, &'static str, &'static str, &'static [&'static str]);

const CELLS: &[Cell] = &[
    (19, "cmd/go", "linux", "amd64", &[]),
    (23, "cmd/gofmt", "linux", "arm64", &["-trimpath"]),
    (23, "cmd/gofmt", "windows", "amd64", &[]),
    (27, "cmd/gofmt", "darwin", "arm64", &["-trimpath"]),
    (27, "cmd/go", "linux", "amd64", &[]),
];
const MORE_CELLS: &[Cell] = &[
    (18, "cmd/go", "linux", "amd64", &["-trimpath"]),
    (20, "cmd/go", "windows", "amd64", &[]),
    (21, "cmd/go", "darwin", "arm64", &[]),
    (22, "cmd/go", "linux", "amd64", &["-buildmode=pie"]),
    (24, "cmd/go", "linux", "arm64", &[]),
    (25, "cmd/vet", "windows", "amd64", &["-trimpath"]),
    (26, "cmd/compile", "darwin", "arm64", &[]),
    (27, "cmd/go", "windows", "amd64", &["-trimpath"]),
];

/// Claims that one run of gonym gets: command lines have a limit.
const CLAIMS_PER_RUN: usize = 6000;

/// What the sources say of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Truth {
    /// A declaration without a body, under another package's name.
    Pull,
    /// A body under another package's name.
    Push,
    /// The declaration's own name.
    OneArgument,
    /// Two names of one package.
    SamePackage,
    /// No directive of that package names the remote.
    False,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Claim {
    truth: Truth,
    package: String,
    local: String,
    remote: String,
}

/// A package of the build: its import path, `main` for the program, and its Go files.
struct Package {
    path: String,
    folder: PathBuf,
    files: Vec<String>,
}

#[test]
fn directives_of_real_programs_are_judged_right_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("the directives of Go's own programs", &why),
    };
    let full = std::env::var_os("GONYM_MATRIX").is_some_and(|value| value == "full");
    let more = if full { MORE_CELLS } else { &[] };
    let court = Court::new(witness);
    let mut wrong = Vec::new();
    let mut judged = 0;
    for cell in CELLS.iter().chain(more) {
        match go::toolchain(cell.0) {
            Ok(go) => {
                wrong.extend(court.hear(cell, &go));
                judged += 1;
            }
            Err(why) => go::skip(&format!("{cell:?}"), &why),
        }
    }
    court.close();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(judged > 0, "nothing was judged");
}

/// Go's own tools, which say what is true.
struct Court {
    witness: Toolchain,
    nm: PathBuf,
    objdump: PathBuf,
    directives: PathBuf,
}

impl Court {
    fn new(witness: Toolchain) -> Self {
        let (nm, objdump) = (witness.tool("nm"), witness.tool("objdump"));
        let directives =
            common::scratch("tools").join(format!("directives-{}", std::process::id()));
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("common");
        let source = "directives.go".as_ref();
        let arguments = ["build".as_ref(), "-o".as_ref(), directives.as_os_str(), source];
        witness.output(&folder, arguments);
        Self { witness, nm, objdump, directives }
    }

    fn close(self) {
        for tool in [self.nm, self.objdump, self.directives] {
            fs::remove_file(tool).expect("a tool that was built");
        }
    }

    /// Builds one cell, and judges all claims about it with and without names.
    fn hear(&self, cell: &Cell, go: &Toolchain) -> Vec<String> {
        let (minor, target, os, arch, flags) = *cell;
        let id = format!("go1.{minor} {target} {os}/{arch} {}", flags.join(" "));
        let packages = list(go, cell);
        let claims = claims(&packages, &self.directives(&packages, minor));
        let file = common::scratch("truth").join(id.replace([' ', '/'], "_"));
        let mut facts: Option<Facts> = None;
        let mut wrong = Vec::new();
        for ldflags in ["-ldflags=", "-ldflags=-s -w"] {
            let mut arguments = vec!["build", ldflags];
            arguments.extend(flags);
            arguments.push(target);
            let folder = &go.root.join("src");
            let order = Order { folder, platform: (os, arch), cgo: false, arguments };
            go.build(&order, &self.witness, &file);
            let facts =
                facts.get_or_insert_with(|| self.facts(&packages, &claims, &file, &go.root));
            let id = format!("{id} [{}]", ldflags.trim_start_matches("-ldflags="));
            wrong.extend(compare(&id, &claims, facts, &file));
        }
        fs::remove_file(&file).expect("a file that was built");
        wrong
    }

    /// The functions' directives in the build's files: package, local name, remote, whether there is a body.
    fn directives(&self, packages: &[Package], minor: u16) -> Vec<(String, String, String, bool)> {
        let mut command = std::process::Command::new(&self.directives);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("directives runs");
        let mut input = child.stdin.take().expect("a pipe");
        let mut lines = String::new();
        for package in packages {
            for file in &package.files {
                let file = package.folder.join(file);
                lines += &format!("{}\t{minor}\t{}\n", package.path, file.display());
            }
        }
        // It reads all of its input before it writes.
        input.write_all(lines.as_bytes()).expect("directives reads");
        drop(input);
        let output = child.wait_with_output().expect("directives ends");
        assert!(output.status.success(), "directives: {}", output.status);
        let text = String::from_utf8(output.stdout).expect("JSON");
        let one = |line: &str| {
            let value: Value = serde_json::from_str(line).expect("JSON");
            let word = |key: &str| value[key].as_str().expect("a word").to_owned();
            let has_body = value["HasBody"].as_bool().expect("a truth value");
            let found = (word("Package"), word("Local"), word("Remote"), has_body);
            (word("Kind") == "func").then_some(found)
        };
        text.lines().filter_map(one).collect()
    }

    /// What nm and objdump show.
    fn facts(&self, packages: &[Package], claims: &[Claim], file: &Path, root: &Path) -> Facts {
        let present = objdump::functions(&self.nm, file);
        assert!(present.contains("main.main"), "{}: no symbols", file.display());
        let pulls: BTreeSet<(&str, &str)> = claims
            .iter()
            .filter(|claim| claim.truth == Truth::Pull && present.contains(&claim.remote))
            .map(|claim| (claim.package.as_str(), claim.remote.as_str()))
            .collect();
        let from: BTreeSet<String> =
            pulls.iter().map(|(package, _)| escape(package).replace('.', "[.]")).collect();
        let from = from.into_iter().collect::<Vec<_>>().join("|");
        let files: BTreeMap<&str, &Vec<String>> =
            packages.iter().map(|package| (package.path.as_str(), &package.files)).collect();
        let inserted = Sources::read(root);
        let mut called = BTreeSet::new();
        for call in objdump::calls(&self.objdump, file, &format!("^({from})[.]")) {
            let package = unescape(objdump::package(&call.from));
            let own = files.get(package.as_str()).is_some_and(|files| files.contains(&call.file));
            let pull = pulls.contains(&(package.as_str(), call.to.as_str()));
            if own && pull && !is_exported(&call.to) && !inserted.speak_of(&call.to) {
                called.insert((package, call.to));
            }
        }
        Facts { present, called }
    }
}

struct Facts {
    /// Functions in the binary.
    present: BTreeSet<String>,
    /// Packages that call a remote that nobody may call without a linkname.
    called: BTreeSet<(String, String)>,
}

/// Holds gonym's answers against the sources and the facts.
fn compare(id: &str, claims: &[Claim], facts: &Facts, file: &Path) -> Vec<String> {
    let mut table: BTreeMap<(Truth, String), usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let (mut pushes, mut pulls) = (0, 0);
    for part in claims.chunks(CLAIMS_PER_RUN) {
        let pairs: Vec<String> = part.iter().map(Claim::pair).collect();
        for (claim, answers) in part.iter().zip(judge(file, &pairs)) {
            let [Judged { outcome, shown, .. }] = answers.as_slice() else {
                panic!("{id}: {} answers", answers.len());
            };
            *table.entry((claim.truth, outcome.clone())).or_default() += 1;
            let (verdict, reason) = outcome.split_once('/').expect("verdict/reason");
            let effective = verdict == "in-effect";
            let present = facts.present.contains(&claim.remote);
            let seen = (claim.package.clone(), claim.remote.clone());
            let called = claim.truth == Truth::Pull && facts.called.contains(&seen);
            let pushed = claim.truth == Truth::Push && present;
            pushes += usize::from(pushed);
            pulls += usize::from(called);
            let right = match claim.truth {
                Truth::False => !effective,
                Truth::Push if pushed => effective && reason != "referenced",
                Truth::Pull if called => effective && reason == "referenced",
                _ => verdict != "not-in-effect",
            };
            if !right {
                wrong.push(format!("{id}: {claim:?} is {outcome}: {shown}"));
            }
        }
    }
    let rows = table.iter().map(|((truth, outcome), n)| format!("\n  {n:6} {truth:?} {outcome}"));
    go::say(&format!(
        "{id}: {} claims, {pushes} pushes that nm shows, {pulls} pulls that objdump shows, wrong {}{}",
        claims.len(),
        wrong.len(),
        rows.collect::<String>()
    ));
    assert!(
        pushes >= 10 && pulls >= 1,
        "{id}: {pushes} pushes, {pulls} pulls to hold gonym against"
    );
    wrong
}

impl Claim {
    fn pair(&self) -> String {
        format!("func:{}.{}={}", escape(&self.package), self.local, self.remote)
    }
}

/// The packages of the build.
fn list(go: &Toolchain, &(_, target, os, arch, _): &Cell) -> Vec<Package> {
    let template = "{{.ImportPath}}\t{{.Name}}\t{{.Dir}}{{range .GoFiles}}\t{{.}}{{end}}{{range .CgoFiles}}\t{{.}}{{end}}";
    let mut command = go.command(&go.root.join("src"));
    command.env("GOOS", os).env("GOARCH", arch).env("CGO_ENABLED", "0");
    let output = command.args(["list", "-deps", "-f", template, target]).output().expect("go list");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("paths in UTF-8");
    let package = |line: &str| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().expect("a field").to_owned();
        let (import, name, folder) = (next(), next(), next());
        Package {
            path: if name == "main" { name } else { import },
            folder: folder.into(),
            files: fields.map(str::to_owned).collect(),
        }
    };
    text.lines().map(package).collect()
}

/// Every directive, and every other package of the build with every remote.
fn claims(packages: &[Package], found: &[(String, String, String, bool)]) -> Vec<Claim> {
    let mut claims = BTreeSet::new();
    for (package, local, remote, has_body) in found {
        let own = format!("{}.{local}", escape(package));
        let remote = if remote.is_empty() { own.clone() } else { remote.clone() };
        let truth = match has_body {
            _ if remote == own => Truth::OneArgument,
            _ if unescape(objdump::package(&remote)) == *package => Truth::SamePackage,
            true => Truth::Push,
            false => Truth::Pull,
        };
        claims.insert(Claim { truth, package: package.clone(), local: local.clone(), remote });
    }
    let directives: BTreeSet<(String, String)> =
        claims.iter().map(|claim| (claim.package.clone(), claim.remote.clone())).collect();
    let remotes: BTreeSet<&String> = directives.iter().map(|(_, remote)| remote).collect();
    let mut lies = Vec::new();
    for remote in remotes {
        let owner = unescape(objdump::package(remote));
        for package in packages.iter().map(|package| &package.path) {
            if *package != owner && !directives.contains(&(package.clone(), remote.clone())) {
                lies.push(Claim {
                    truth: Truth::False,
                    package: package.clone(),
                    local: "gonymNoSuchLocal".to_owned(),
                    remote: remote.clone(),
                });
            }
        }
    }
    claims.into_iter().chain(lies).collect()
}

fn is_exported(symbol: &str) -> bool {
    let name = symbol.rsplit('.').next().unwrap_or_default();
    name.chars().next().is_some_and(char::is_uppercase)
}

/// cmd/internal/objabi, PathToPrefix, as far as paths of the standard library need it.
fn escape(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((front, last)) => format!("{front}/{}", last.replace('.', "%2e")),
        None => path.replace('.', "%2e"),
    }
}

fn unescape(path: &str) -> String {
    path.replace("%2e", ".")
}
