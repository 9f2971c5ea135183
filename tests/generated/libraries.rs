//! Libraries: what their seeds decide, and who runs them.
//!
//! A C program or another Go program calls `Run` of what was built, and the lines of the whole process count.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::common::go::Toolchain;
use super::random::Random;
use super::recipe::{self, Kind, Mode, Range, Recipe, Seeds};
use super::truth::Strip;

const MODES: [Mode; 3] = [Mode::CShared, Mode::CArchive, Mode::Plugin];

/// What `dlopen` reaches.
const OPENS: &str = r#"#include <dlfcn.h>
#include <stdio.h>

int main(int count, char **arguments) {
	void *library = dlopen(arguments[count - 1], RTLD_NOW);
	void (*run)(void) = library ? (void (*)(void))dlsym(library, "Run") : 0;
	if (!run) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	run();
	return 0;
}
"#;

/// What an archive is linked into.
const CALLS: &str = "void Run(void);\n\nint main(void) {\n\tRun();\n\treturn 0;\n}\n";

/// What opens a plugin: only a program of the same Go can.
const PLUGS: &str = r#"package main

import (
	"os"
	"plugin"
)

func main() {
	opened, err := plugin.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	run, err := opened.Lookup("Run")
	if err != nil {
		panic(err)
	}
	run.(func())()
}
"#;

impl Mode {
    pub fn is_library(self) -> bool {
        MODES.contains(&self)
    }

    /// What a library's linker refuses is another kind of thing there.
    fn takes(self, kind: Kind) -> Kind {
        match (self, kind) {
            // A plugin's names are global, so a function and a variable cannot share one: `multiple definition of
            // `example.com/g/lib.g3'; go.o:go.go:(.text+0x73ec0): first defined here`, says ld of 1.19's objects and of 1.27's.
            (Self::Plugin, Kind::OntoFunction) => Kind::Phantom,
            _ => kind,
        }
    }

    /// What is left out of a library by those who build it, or afterwards by those who pack it (dh_strip of debhelper).
    fn strips(self) -> &'static [Strip] {
        match self {
            Self::CArchive => &["-w", "-s -w", "strip --strip-debug"],
            _ => &["-w", "-s -w", "strip --strip-unneeded"],
        }
    }
}

impl Recipe {
    /// The library of a seed: as many seeds as there are versions have one mode, the next ones another.
    pub fn library(seed: u64, range: &Range<'_>) -> Self {
        // No program's numbers.
        let mut random = Random::new(!seed);
        let place = usize::try_from(seed.saturating_sub(1)).expect("a small number");
        let minor = range.minors[place % range.minors.len()];
        let mode = MODES[place / range.minors.len() % MODES.len()];
        let strip = random.pick(mode.strips());
        let vendored = random.once_in(3);
        let platform = recipe::HOME;
        let mut features = recipe::features(minor, platform.1, &mut random);
        features.iter_mut().for_each(|feature| feature.kind = mode.takes(feature.kind));
        Self { of: Seeds::Libraries, seed, minor, platform, mode, strip, vendored, features }
    }
}

/// Whether a file says which sources it was built from: plugins up to 1.20 do not (cmd/link/internal/ld/data.go,
/// buildinfo, go1.20).
pub fn records_build(recipe: &Recipe) -> bool {
    recipe.mode != Mode::Plugin || recipe.minor >= 21
}

/// Whether libraries can be built and run here, or why not.
pub fn possible(cgo: bool) -> Result<(), &'static str> {
    match cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        true if cgo => Ok(()),
        true => Err("no gcc"),
        false => Err("this is not linux on amd64"),
    }
}

/// The flag of GNU strip that a strip is.
pub fn of_binutils(strip: &str) -> Option<&str> {
    strip.strip_prefix("strip ")
}

/// What GNU strip leaves of `from`.
pub fn strip(flag: &str, from: &Path, to: &Path) -> Result<(), String> {
    said(Command::new("strip").arg(flag).arg("-o").arg(to).arg(from).output().expect("strip runs"))
}

/// The command that calls `Run` of `file`; what it needs is built beside it.
pub fn host(mode: Mode, go: &Toolchain, file: &Path) -> Result<Vec<PathBuf>, String> {
    let folder = file.with_file_name("host");
    fs::create_dir_all(&folder).expect("a scratch folder");
    let program = folder.join("host");
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a source");
    let mut command = match mode {
        Mode::Plugin => {
            write("go.mod", "module example.com/host\n\ngo 1.18\n");
            write("main.go", PLUGS);
            let mut command = go.command(&folder);
            command.env("CGO_ENABLED", "1").args(["build", "-buildvcs=false"]);
            command
        }
        _ => {
            write("main.c", if mode == Mode::CArchive { CALLS } else { OPENS });
            let mut command = Command::new("gcc");
            command.current_dir(&folder).arg("main.c");
            if mode == Mode::CArchive {
                command.arg(file);
            }
            command.args(["-lpthread", "-ldl"]);
            command
        }
    };
    said(command.arg("-o").arg(&program).output().expect("a compiler runs"))?;
    Ok(vec![program, file.to_owned()])
}

/// What a command said, if it failed.
fn said(output: Output) -> Result<(), String> {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    output.status.success().then_some(()).ok_or(said)
}
