//! Which builds are judged: every version, platform and way to link, or a choice that covers each once.

use std::sync::Arc;

use super::common::go::{self, Toolchain};
use super::common::program::Program;
use super::modes::Mode;
use super::platforms::{self, HERE, Platform};

/// With symbols and DWARF, without DWARF, and without symbols.
pub const STRIPS: [&str; 3] = ["", "-w", "-s -w"];

/// The first minor version of this matrix; 1.18 is judged by the fixtures' programs.
const OLDEST: u16 = 19;
const NEWEST: u16 = go::WITNESS;

/// The architectures whose linker writes trampolines (cmd/link/internal/*/obj.go, Trampoline, go1.27).
const TRAMPOLINES: [&str; 6] = ["arm", "arm64", "loong64", "ppc64", "ppc64le", "riscv64"];

/// One program, one Go, one platform, one way to link; built once for each of [`STRIPS`].
#[derive(Clone, Debug)]
pub struct Cell {
    pub program: Arc<Program>,
    pub minor: u16,
    pub os: String,
    pub arch: String,
    pub mode: Mode,
}

impl Cell {
    /// What it is, without how it is stripped.
    pub fn id(&self) -> String {
        let Self { program, minor, os, arch, mode } = self;
        format!("go1.{minor} {os}/{arch} {} {}", mode.recipe().word, program.name)
    }

    /// Whether C is compiled too.
    pub fn cgo(&self) -> bool {
        self.mode.recipe().cgo || self.program.cgo
    }
}

/// The cells, in the order in which they are built.
struct Plan {
    full: bool,
    gcc: bool,
    cells: Vec<Cell>,
}

impl Plan {
    fn add(&mut self, program: &Arc<Program>, minor: u16, (os, arch): (&str, &str), mode: Mode) {
        let known = minor >= mode.recipe().since && program.minors.contains(&minor);
        let cell = Cell {
            program: Arc::clone(program),
            minor,
            os: os.to_owned(),
            arch: arch.to_owned(),
            mode,
        };
        if known && (self.gcc || !cell.cgo()) {
            self.cells.push(cell);
        }
    }

    /// The versions that are asked: all, or some of them.
    fn minors(&self, some: &[u16]) -> Vec<u16> {
        if self.full { (OLDEST..=NEWEST).collect() } else { some.to_vec() }
    }

    fn core(&mut self, toolchains: &[Toolchain]) {
        let core = Arc::new(Program::folder("core"));
        let full = self.full;
        for minor in OLDEST..=NEWEST {
            self.add(&core, minor, HERE, Mode::Plain);
        }
        for go in toolchains.iter().filter(|go| (OLDEST..=NEWEST).contains(&go.minor)) {
            if !self.full && go.minor != NEWEST {
                continue;
            }
            let (platforms, skipped) = platforms::of(go);
            go::say(&format!(
                "go1.{}: {} platforms, not built: {skipped:?}",
                go.minor,
                platforms.len()
            ));
            for (os, arch) in platforms.iter().filter(|platform| wants(full, platform)) {
                self.add(&core, go.minor, (os, arch), Mode::Plain);
                let linux = os == "linux";
                if linux && TRAMPOLINES.contains(&arch.as_str()) {
                    self.add(&core, go.minor, (os, arch), Mode::Trampolines);
                }
                if linux && self.full && go.minor == NEWEST {
                    self.add(&core, go.minor, (os, arch), Mode::Big);
                }
            }
        }
        let dynlink = Arc::new(Program::folder("dynlink"));
        for minor in self.minors(&[NEWEST]) {
            for mode in Mode::NATIVE {
                self.add(&core, minor, HERE, mode);
            }
            // What core asks of package main and of the standard library is not linked so.
            for mode in [Mode::Plugin, Mode::LinkShared] {
                self.add(&dynlink, minor, HERE, mode);
            }
        }
    }

    fn questions(&mut self) {
        // What only source can say is asked by tests/places.rs, in the program's own folder.
        let of_source = |program: &Program| {
            let lines = &program.lines;
            !lines.owed.is_empty() && lines.claims.is_empty() && lines.fails.is_empty()
        };
        for question in Program::questions().into_iter().filter(|program| !of_source(program)) {
            let question = Arc::new(question);
            let mode = if question.test.is_some() { Mode::Test } else { Mode::Plain };
            let newest = NEWEST.min(*question.minors.end());
            for minor in self.minors(&[newest]) {
                self.add(&question, minor, HERE, mode);
            }
        }
    }

    /// The programs of the fixtures, by versions and platforms that no fixture has.
    fn fixtures(&mut self) {
        let [spine, nano, cgo, pgo] =
            ["spine", "nano", "cgo", "pgo"].map(|name| Arc::new(Program::folder(name)));
        let exttest = Program { test: Some("./lib".to_owned()), ..Program::folder("exttest") };
        let exttest = Arc::new(exttest);
        let all: Vec<u16> = go::RELEASES.iter().map(|(minor, _)| *minor).collect();
        let minors = if self.full { all } else { vec![18] };
        for minor in minors {
            for program in [&spine, &nano] {
                self.add(program, minor, HERE, Mode::Plain);
                if self.full {
                    for platform in [("linux", "arm64"), ("darwin", "arm64"), ("windows", "amd64")]
                    {
                        self.add(program, minor, platform, Mode::Plain);
                    }
                }
            }
        }
        for minor in self.minors(&[NEWEST]) {
            self.add(&spine, minor, HERE, Mode::Pie);
            self.add(&cgo, minor, HERE, Mode::External);
            self.add(&exttest, minor, HERE, Mode::Test);
            self.add(&pgo, minor, HERE, Mode::Profile);
        }
    }
}

/// Whether a platform other than linux/amd64 is built: in the small matrix each architecture and each
/// format once.
fn wants(full: bool, (os, arch): &Platform) -> bool {
    let platform = (os.as_str(), arch.as_str());
    let some = [("darwin", "arm64"), ("windows", "amd64"), ("freebsd", "amd64")];
    platform != HERE && (full || os == "linux" || some.contains(&platform))
}

/// Every cell, or those of the small matrix.
pub fn cells(full: bool, gcc: bool, toolchains: &[Toolchain]) -> Vec<Cell> {
    let mut plan = Plan { full, gcc, cells: Vec::new() };
    plan.core(toolchains);
    plan.questions();
    plan.fixtures();
    plan.cells.retain(|cell| toolchains.iter().any(|go| go.minor == cell.minor));
    // linux/amd64 is a platform and has modes.
    plan.cells.sort_by_key(Cell::id);
    plan.cells.dedup_by_key(|cell| cell.id());
    plan.cells
}
