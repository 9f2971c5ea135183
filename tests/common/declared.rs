//! Packages as `go list` selects them, type-checked by `testdata/witness/signatures`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gonym::source::file::GoFile;
use gonym::source::types::{Declared, ParsedPackage};
use gonym::types::machine::Machine;

use super::go::{self, Toolchain, WITNESS};

/// The packages of one build.
pub struct World {
    packages: BTreeMap<String, ParsedPackage>,
    imports: BTreeMap<String, BTreeMap<String, String>>,
    /// The port it is built for.
    pub machine: Machine,
}

impl Declared for World {
    fn package(&self, import_path: &str) -> Option<&ParsedPackage> {
        self.packages.get(import_path)
    }

    /// What `go list` says; the rule of the trait must say the same.
    fn import(&self, from: &str, path: &str) -> String {
        let mapped = self.imports.get(from).and_then(|map| map.get(path));
        let says = mapped.map_or_else(|| path.to_owned(), Clone::clone);
        assert_eq!(Rule(&self.packages).import(from, path), says, "{from}");
        says
    }
}

/// The same packages with the trait's own rule for imports.
struct Rule<'a>(&'a BTreeMap<String, ParsedPackage>);

impl Declared for Rule<'_> {
    fn package(&self, import_path: &str) -> Option<&ParsedPackage> {
        self.0.get(import_path)
    }
}

fn fields(text: &str) -> impl Iterator<Item = &str> {
    text.split('|').filter(|field| !field.is_empty())
}

impl World {
    /// Parses the files that the lines of the witness name.
    pub fn read(lines: &[Vec<&str>], machine: Machine) -> Self {
        let mut world = Self { packages: BTreeMap::new(), imports: BTreeMap::new(), machine };
        for line in lines.iter().filter(|line| line[0] == "P") {
            let folder = Path::new(line[3]);
            let read = |name: &str| GoFile::parse(fs::read(folder.join(name)).expect("a file"));
            let files = fields(line[4]).map(read).collect();
            world.packages.insert(line[1].to_owned(), ParsedPackage::new(line[1], files));
            let map = fields(line[5]).filter_map(|pair| pair.split_once('='));
            let map = map.map(|(from, to)| (from.to_owned(), to.to_owned()));
            world.imports.insert(line[1].to_owned(), map.collect());
        }
        world
    }

    /// The packages, by import path.
    pub fn packages(&self) -> impl Iterator<Item = &ParsedPackage> {
        self.packages.values()
    }
}

/// The witness, compiled.
pub fn witness() -> Result<PathBuf, String> {
    let toolchain = go::toolchain(WITNESS)?;
    let folder = super::testdata().join("witness").join("signatures");
    let file = super::scratch("signatures").join(format!("witness-{}", std::process::id()));
    toolchain.output(&folder, ["build".as_ref(), "-o".as_ref(), file.as_os_str(), ".".as_ref()]);
    Ok(file)
}

/// What the witness says of `patterns` in `folder`, as fields of lines.
pub fn testimony(
    witness: &Path,
    toolchain: &Toolchain,
    folder: &Path,
    (goos, goarch): (&str, &str),
    patterns: &[&str],
) -> String {
    let mut command = Command::new(witness);
    let pure = toolchain.command(folder);
    command.envs(pure.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.arg(toolchain.root.join("bin").join("go")).arg(folder).args(patterns);
    command.env("GOOS", goos).env("GOARCH", goarch).env("CGO_ENABLED", "0").env_remove("GOROOT");
    let output = command.output().expect("the witness runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The lines of a testimony, by their fields.
pub fn lines(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split('\t').collect()).collect()
}
