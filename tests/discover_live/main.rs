//! Which linknames a binary betrays, held against the directives of its sources.
//!
//! What is true comes from witnesses that are not gonym: `go list -deps` names exactly the files of the build, go/parser
//! reads their directives, nm and objdump show what the linker kept and who calls whom. A push that is there must be
//! found, a call of a name that nobody may use must be found, and nothing else may be called firm; the stripped file
//! must tell the same. `GONYM_DISCOVER=full` asks all programs, versions and platforms; with
//! `GONYM_DISCOVER_ROWS=FILE` a stopped run goes on. Needs Go.

#[path = "../common/mod.rs"]
mod common;
mod truth;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use common::compiled;
use common::go::{self, Order, Toolchain};
use common::{objdump, program};
use truth::{Truth, discovered};

const PLATFORMS: [(&str, &str); 8] = [
    ("linux", "amd64"),
    ("darwin", "arm64"),
    ("windows", "amd64"),
    ("linux", "386"),
    ("linux", "arm64"),
    ("darwin", "amd64"),
    ("linux", "riscv64"),
    ("windows", "arm64"),
];

/// Programs of Go's own, and the one of testdata.
const TARGETS: [&str; 6] = ["server", "cmd/gofmt", "cmd/go", "cmd/vet", "cmd/link", "cmd/compile"];

/// Public modules of testdata/modules, with the versions that build them.
const MODULES: [(&str, [u16; 2]); 8] = [
    ("json-iterator", [19, 27]),
    ("sonic", [21, 24]),
    ("quic-go", [23, 27]),
    ("gvisor", [20, 21]),
    ("purego", [19, 27]),
    ("wireguard", [20, 27]),
    ("ugorji", [19, 27]),
    ("go-json", [19, 27]),
];

/// A program by one version for one platform.
#[derive(Clone, Debug)]
struct Cell {
    minor: u16,
    target: &'static str,
    platform: (&'static str, &'static str),
    module: bool,
}

impl Cell {
    fn new(minor: u16, target: &'static str, platform: usize) -> Self {
        Self { minor, target, platform: PLATFORMS[platform % PLATFORMS.len()], module: false }
    }

    fn id(&self) -> String {
        let (os, arch) = self.platform;
        format!("go1.{} {os}/{arch} {}", self.minor, self.target)
    }

    /// `go tool objdump` of 1.27 names the targets of calls there.
    fn is_disassembled(&self) -> bool {
        self.platform.1 != "riscv64"
    }
}

fn cells() -> Vec<Cell> {
    if std::env::var_os("GONYM_DISCOVER").is_none_or(|value| value != "full") {
        return vec![
            Cell::new(19, "server", 0),
            Cell::new(23, "cmd/gofmt", 2),
            Cell::new(27, "cmd/gofmt", 1),
            Cell::new(27, "server", 0),
        ];
    }
    let own = TARGETS.iter().enumerate().flat_map(|(index, target)| {
        (19..=27).map(move |minor| Cell::new(minor, target, usize::from(minor) + index))
    });
    let modules = MODULES.iter().flat_map(|(name, minors)| {
        minors.map(|minor| Cell { module: true, ..Cell::new(minor, name, 0) })
    });
    own.chain(modules).collect()
}

/// What became of one cell.
#[derive(Debug, Default)]
struct Row {
    /// Pushes that the sources and nm show; pulls that objdump shows as calls; pulls whose target is there.
    pushes: usize,
    called: usize,
    present: usize,
    /// Firm pulls, weak ones, weak ones that no directive explains.
    firm: usize,
    weak: usize,
    weak_false: usize,
    wrong: Vec<String>,
}

impl Row {
    fn line(&self, id: &str) -> String {
        let Self { pushes, called, present, firm, weak, weak_false, wrong } = self;
        let wrong = wrong.len();
        format!("{id}\t{pushes}\t{called}\t{firm}\t{present}\t{weak}\t{weak_false}\t{wrong}")
    }
}

#[test]
fn binaries_betray_what_their_sources_say_live_go_needed() {
    let witness = match go::toolchain(go::WITNESS) {
        Ok(toolchain) => toolchain,
        Err(why) => return go::skip("linknames that binaries betray", &why),
    };
    let court = Court::new(witness);
    let kept = std::env::var_os("GONYM_DISCOVER_ROWS").map(PathBuf::from);
    let known = kept.as_ref().and_then(|kept| fs::read_to_string(kept).ok()).unwrap_or_default();
    let mut lines: Vec<String> = known.lines().map(str::to_owned).collect();
    let (mut wrong, cells) = (Vec::new(), cells());
    for cell in &cells {
        let id = cell.id();
        if lines.iter().any(|line| line.starts_with(&format!("{id}\t"))) {
            continue;
        }
        let row = match go::toolchain(cell.minor).and_then(|go| court.hear(cell, &go)) {
            Ok(row) => row,
            Err(why) => {
                go::skip(&id, &why);
                continue;
            }
        };
        let line = row.line(&id);
        go::say(&line);
        for one in &row.wrong {
            go::say(&format!("  WRONG {one}"));
        }
        if let Some(kept) = kept.as_ref().filter(|_| row.wrong.is_empty()) {
            let mut file =
                fs::OpenOptions::new().create(true).append(true).open(kept).expect("rows");
            writeln!(file, "{line}").expect("a row");
        }
        wrong.extend(row.wrong.iter().map(|one| format!("{id}: {one}")));
        lines.push(line);
    }
    court.close();
    let sum = |column: usize| -> usize {
        let field =
            |line: &String| line.split('\t').nth(column).and_then(|n| n.parse::<usize>().ok());
        lines.iter().filter_map(field).sum::<usize>()
    };
    let header = "PROGRAM\tPUSHES\tCALLED\tFIRM\tPULLS\tWEAK\tWEAK-FALSE\tWRONG";
    go::say(&format!("{header}\n{}", lines.join("\n")));
    let [pushes, called, firm, present] = [1, 2, 3, 4].map(sum);
    go::say(&format!(
        "{} programs, each with symbols and stripped: {pushes} pushes, {called} called pulls, {firm} firm of {present} pulls whose target is there, {} wrong",
        lines.len(),
        wrong.len()
    ));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    // A pull of the program and one of Go's own in each, and about 60 pushes of Go's own.
    assert!(pushes >= 50 * lines.len() && called >= 2 * lines.len(), "little was there to find");
    assert!(!lines.is_empty() && (!go::required() || lines.len() >= cells.len()));
}

/// Go's own tools, which say what is true.
struct Court {
    witness: Toolchain,
    nm: PathBuf,
    objdump: PathBuf,
    parser: PathBuf,
}

impl Court {
    fn new(witness: Toolchain) -> Self {
        let (nm, objdump) = (witness.tool("nm"), witness.tool("objdump"));
        let parser = compiled::parser(&witness, "discover");
        Self { witness, nm, objdump, parser }
    }

    fn close(self) {
        for tool in [self.nm, self.objdump, self.parser] {
            fs::remove_file(tool).expect("a tool that was built");
        }
    }

    fn hear(&self, cell: &Cell, go: &Toolchain) -> Result<Row, String> {
        let folder = folder(cell, go)?;
        let target = if cell.target.starts_with("cmd/") { cell.target } else { "." };
        let mut list = go.command(&folder);
        let (os, arch) = cell.platform;
        list.envs([("GOOS", os), ("GOARCH", arch), ("CGO_ENABLED", "0")]);
        let packages = compiled::list(list, &[target]);
        let truth = compiled::directives(&self.parser, go, cell.platform, &packages);
        let name = format!("{}-{}", cell.id().replace([' ', '/'], "_"), std::process::id());
        let file = common::scratch("discover").join(name);
        let build = |ldflags| {
            let arguments = vec!["build", ldflags, target];
            let order = Order { folder: &folder, platform: cell.platform, cgo: false, arguments };
            go.build(&order, &self.witness, &file);
            discovered(&file)
        };
        let found = build("-ldflags=");
        let present = objdump::functions(&self.nm, &file);
        assert!(present.contains("main.main"), "{}: no symbols", file.display());
        let truth = Truth::of(&truth, &present);
        let called = if cell.is_disassembled() {
            let files = packages.iter().map(|one| (one.path.as_str(), &one.go)).collect();
            truth.called(&self.objdump, &file, &go.root, &files)
        } else {
            BTreeSet::new()
        };
        let stripped = build("-ldflags=-s -w");
        fs::remove_file(&file).expect("a program that was built");
        let mut row = truth.score(&found, &called);
        let surplus = found.symmetric_difference(&stripped);
        row.wrong.extend(surplus.map(|one| format!("with symbols or stripped alone: {one:?}")));
        Ok(row)
    }
}

/// Where the program lies.
fn folder(cell: &Cell, go: &Toolchain) -> Result<PathBuf, String> {
    if cell.target.starts_with("cmd/") {
        return Ok(go.root.join("src"));
    }
    if cell.module {
        let folder = common::testdata().join("modules").join(cell.target);
        let mut command = go.command(&folder);
        if !go::required() {
            command.env("GOPROXY", "off");
        }
        let output = command.args(["mod", "download"]).output().map_err(|e| e.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
        return if output.status.success() { Ok(folder) } else { Err(said) };
    }
    let text = common::testdata().join(format!("programs/discover/{}.txtar", cell.target));
    let folder = common::scratch("discover").join(format!("src-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    program::write_files(&fs::read_to_string(text).expect("a program"), &folder);
    Ok(folder)
}
