//! The committed fixtures, unpacked, and the program under test.
#![allow(dead_code)] // each test binary uses a part of it

pub mod compiled;
pub mod cuts;
pub mod declared;
pub mod directive;
pub mod disassembly;
pub mod expect;
pub mod go;
pub mod inserted;
pub mod judged;
pub mod objdump;
pub mod owed;
pub mod program;
pub mod proxy;
pub mod recorded;
pub mod relocations;
pub mod rows;
pub mod ruled;

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use flate2::read::GzDecoder;

/// A row of `testdata/binaries/MANIFEST.tsv`, with the file unpacked.
#[derive(Clone, Debug)]
pub struct Fixture {
    pub id: String,
    pub program: String,
    pub go: String,
    pub goos: String,
    pub goarch: String,
    pub variant: String,
    pub names: String,
    pub nm_exit: i32,
    pub path: PathBuf,
}

impl Fixture {
    /// `27` of `go1.27.3`.
    pub fn minor(&self) -> Option<u16> {
        self.go.strip_prefix("go1.")?.split('.').next()?.parse().ok()
    }
}

pub fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// Every committed fixture; a missing or short file fails the test that asks.
pub fn fixtures() -> Vec<Fixture> {
    let folder = testdata().join("binaries");
    let manifest = fs::read_to_string(folder.join("MANIFEST.tsv")).expect("the manifest");
    let fixtures: Vec<Fixture> =
        manifest.lines().skip(1).map(|row| fixture(&folder, row)).collect();
    assert!(fixtures.len() >= 20, "only {} fixtures", fixtures.len());
    fixtures
}

pub fn fixture_named(id: &str) -> Fixture {
    fixtures()
        .into_iter()
        .find(|fixture| fixture.id == id)
        .unwrap_or_else(|| panic!("no fixture {id}"))
}

fn fixture(folder: &Path, row: &str) -> Fixture {
    let fields: Vec<&str> = row.split('\t').collect();
    let &[id, program, go, goos, goarch, variant, names, size, sha256, nm_exit] = fields.as_slice()
    else {
        panic!("manifest row {row:?}");
    };
    Fixture {
        id: id.to_owned(),
        program: program.to_owned(),
        go: go.to_owned(),
        goos: goos.to_owned(),
        goarch: goarch.to_owned(),
        variant: variant.to_owned(),
        names: names.to_owned(),
        nm_exit: nm_exit.parse().expect("nm's exit code"),
        path: unpacked(folder, id, size.parse().expect("a size"), sha256),
    }
}

fn unpacked(folder: &Path, id: &str, size: u64, sha256: &str) -> PathBuf {
    let target = scratch("fixtures").join(id);
    // Says which bytes an earlier run unpacked: a rebuilt fixture can have the size of the old one.
    let stamp = scratch("stamps").join(id);
    let known = fs::read_to_string(&stamp).is_ok_and(|stamp| stamp == sha256);
    if known && fs::metadata(&target).is_ok_and(|file| file.len() == size) {
        return target;
    }
    let bytes = gunzip(&folder.join(format!("{id}.gz")));
    assert_eq!(bytes.len() as u64, size, "{id}");
    // Tests run side by side: each writes its own copy and the last rename wins.
    let own = format!("{id}.{}.{:?}", std::process::id(), std::thread::current().id());
    let own = scratch("fixtures").join(own);
    fs::write(&own, bytes).expect("an unpacked fixture");
    fs::rename(&own, &target).expect("an unpacked fixture");
    fs::write(&stamp, sha256).expect("a stamp");
    target
}

pub fn gunzip(path: &Path) -> Vec<u8> {
    let file = fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    GzDecoder::new(file).read_to_end(&mut bytes).expect("gzip");
    bytes
}

/// A folder below the target folder for this kind of file.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a scratch folder");
    folder
}

/// Runs gonym.
pub fn gonym<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Output {
    gonym_in(Path::new("."), arguments)
}

/// Runs gonym in `folder`.
pub fn gonym_in<I: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = I>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gonym"));
    command.args(arguments).current_dir(folder);
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env("COLUMNS", "100");
    command.output().expect("gonym runs")
}

/// What `gonym nm` said without its hint at `-recover`, which Go does not give, and whether that was there.
pub fn without_hint(stderr: &[u8]) -> (String, bool) {
    let told = String::from_utf8_lossy(stderr);
    let is_hint = |line: &&str| line.contains("gonym nm -recover lists the functions");
    let rest: String = told.split_inclusive('\n').filter(|line| !is_hint(line)).collect();
    let hinted = rest.len() < told.len();
    (rest, hinted)
}
