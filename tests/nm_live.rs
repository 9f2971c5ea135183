//! Does `gonym nm` print what the `go tool nm` of this machine prints?
//!
//! Needs a `go` that can be Go 1.27.3: then its cmd/nm is built once and held against gonym on every
//! fixture and on every file of the folder that GONYM_CORPUS names. Without Go nothing is compared,
//! and the test says so.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use common::{go, rows};

const TOOLCHAIN: &str = "go1.27.4";
const SORTS: [&str; 4] = ["name", "address", "size", "none"];

/// Go's own nm, built once; none, and said so, when this machine has no Go of that version.
fn go_nm() -> Option<&'static Path> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let build = || match go::toolchain(27) {
        Ok(toolchain) => {
            assert_eq!(format!("go{}", toolchain.version), TOOLCHAIN, "the version that is named");
            Some(toolchain.tool("nm"))
        }
        Err(why) => {
            go::skip("gonym nm against the live go tool nm", &why);
            None
        }
    };
    BUILT.get_or_init(build).as_deref()
}

fn run(program: &Path, arguments: &[&str], file: &Path) -> Output {
    let output = Command::new(program).args(arguments).arg(file).output();
    output.unwrap_or_else(|error| panic!("{}: {error}", program.display()))
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    lines.sort_unstable();
    lines
}

fn first_bytes(file: &Path) -> [u8; 4] {
    use std::io::Read;
    let mut magic = [0; 4];
    _ = std::fs::File::open(file).and_then(|mut file| file.read_exact(&mut magic));
    magic
}

/// Files that gonym treats otherwise than Go on purpose: fat Mach-O and the formats refused by name.
fn differs_on_purpose(file: &Path) -> bool {
    !matches!(
        first_bytes(file),
        [0x7f, b'E', b'L', b'F']
            | [b'M', b'Z', ..]
            | [0xce | 0xcf, 0xfa, 0xed, 0xfe]
            | [0xfe, 0xed, 0xfa, 0xce | 0xcf]
    )
}

/// Whether a line holds what gonym escapes on purpose: controls, or bytes that are no UTF-8.
fn is_escaped(line: &[u8]) -> bool {
    std::str::from_utf8(line).map_or(true, |text| text.chars().any(|c| c.is_control() && c != '\t'))
}

/// As many lines, and every line that need not be escaped the same.
fn same_lines(theirs: &[u8], ours: &[u8]) -> bool {
    let (theirs, ours) = (lines(theirs), lines(ours));
    let plain = theirs.iter().filter(|line| !is_escaped(line));
    theirs.len() == ours.len() && plain.into_iter().all(|line| ours.binary_search(line).is_ok())
}

fn compare(go: &Path, file: &Path) -> Result<usize, String> {
    let gonym = Path::new(env!("CARGO_BIN_EXE_gonym"));
    let mut runs = 0;
    for sort in SORTS {
        for size in [None, Some("-size")] {
            let mut arguments = vec!["-sort", sort];
            arguments.extend(size);
            let theirs = run(go, &arguments, file);
            arguments.insert(0, "nm");
            let ours = run(gonym, &arguments, file);
            let what = format!("{} {arguments:?}", file.display());
            if theirs.status.code() != ours.status.code() {
                return Err(format!("{what}: exit {:?}, {:?}", theirs.status, ours.status));
            }
            let (told, _) = common::without_hint(&ours.stderr);
            if String::from_utf8_lossy(&theirs.stderr) != told {
                let (theirs, ours) = (String::from_utf8_lossy(&theirs.stderr), told);
                return Err(format!("{what}: {theirs:?} is {ours:?}"));
            }
            if !same_lines(&theirs.stdout, &ours.stdout) {
                return Err(format!("{what}: other lines"));
            }
            if !rows::in_order(sort, size.is_some(), &ours.stdout) {
                return Err(format!("{what}: keys out of order"));
            }
            runs += 1;
        }
    }
    Ok(runs)
}

#[test]
fn every_file_lists_as_with_go() {
    let Some(go) = go_nm() else { return };
    let mut files: Vec<PathBuf> = common::fixtures().into_iter().map(|f| f.path).collect();
    let corpus = std::env::var_os("GONYM_CORPUS");
    if let Some(folder) = &corpus {
        let entries = std::fs::read_dir(folder).expect("the folder of GONYM_CORPUS");
        let mut found: Vec<PathBuf> =
            entries.map(|entry| entry.expect("an entry").path()).collect();
        found.retain(|path| path.is_file());
        found.sort();
        files.extend(found);
    }
    let (compared, passed_over): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| !differs_on_purpose(file));
    let results: Vec<_> = compared.iter().map(|file| compare(go, file)).collect();
    let wrong: Vec<String> = results.iter().filter_map(|result| result.clone().err()).collect();
    let runs: usize = results.iter().flatten().sum();
    assert!(
        wrong.is_empty(),
        "{} of {} files differ:\n{}",
        wrong.len(),
        compared.len(),
        wrong.join("\n")
    );
    println!(
        "nm_live: {runs} runs over {} files equal to {TOOLCHAIN}; {} passed over (fat or refused by name); corpus: {}",
        compared.len(),
        passed_over.len(),
        corpus.map_or("SKIPPED, GONYM_CORPUS is not set".into(), |folder| folder
            .to_string_lossy()
            .into_owned()),
    );
}

#[test]
fn mistakes_on_the_command_line_begin_as_with_go() {
    let Some(go) = go_nm() else { return };
    let cases: &[&[&str]] = &[
        &["-bogus"],
        &["--bogus=1", "x"],
        &["-sort"],
        &["-sort", "foo"],
        &["-sort=", "x"],
        &["-size=maybe", "x"],
        &["-size=", "x"],
        &["---n"],
        &["-=x"],
        &["-n=maybe", "-sort=foo"],
        &["-type=2", "x"],
        &["/no/such/file"],
        &["-n", "/no/such/file", "-n"],
        &["/"],
        &["--", "-n"],
        &["-sort=foo", "-n", "/no/such/file"],
        &["-n=1", "/no/such/file"],
        &["-size=F", "/dev/null"],
    ];
    for arguments in cases {
        let theirs = Command::new(go).args(*arguments).output().expect("go's nm");
        let ours = common::gonym(std::iter::once("nm").chain(arguments.iter().copied()));
        assert_eq!(theirs.status.code(), ours.status.code(), "{arguments:?}");
        let first = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().next().map(str::to_owned);
        assert_eq!(first(&theirs.stderr), first(&ours.stderr), "{arguments:?}");
        assert_eq!(theirs.stdout, ours.stdout, "{arguments:?}");
    }
    for help in ["-h", "-help"] {
        let ours = common::gonym(["nm", help]);
        assert_eq!(ours.status.code(), Some(2));
        assert!(ours.stdout.is_empty() && ours.stderr.starts_with(b"usage: "), "{help}");
    }
}
