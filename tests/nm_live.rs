//! Does `gonym nm` print what the `go tool nm` of this machine prints?
//!
//! Needs a `go` that can be Go 1.27.3: then its cmd/nm is built once and held against gonym on every
//! fixture and on every file of the folder that GONYM_CORPUS names. Without Go nothing is compared,
//! and the test says so.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const TOOLCHAIN: &str = "go1.27.3";
const SORTS: [&str; 4] = ["name", "address", "size", "none"];

/// Go's own nm, built; none when this machine has no Go of that version.
fn go_nm() -> Option<PathBuf> {
    let folder = common::scratch("go-nm");
    let program = folder.join(format!("nm-{TOOLCHAIN}"));
    if program.exists() {
        return Some(program);
    }
    let own = folder.join(format!("nm-{}", std::process::id()));
    let mut build = Command::new("go");
    build.env("GOTOOLCHAIN", TOOLCHAIN).env("GOFLAGS", "").current_dir(&folder);
    let built = build.args(["build", "-o"]).arg(&own).arg("cmd/nm").output();
    if !built.is_ok_and(|output| output.status.success()) {
        return None;
    }
    std::fs::rename(&own, &program).expect("the built nm");
    Some(program)
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

/// Names that hold what gonym escapes make lines that differ on purpose.
fn is_escaped(line: &[u8]) -> bool {
    !line.iter().all(|byte| matches!(byte, b'\t' | 0x20..=0x7e))
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
            if theirs.stderr != ours.stderr {
                let (theirs, ours) = (&theirs.stderr, &ours.stderr);
                let (theirs, ours) =
                    (String::from_utf8_lossy(theirs), String::from_utf8_lossy(ours));
                return Err(format!("{what}: {theirs:?} is {ours:?}"));
            }
            if !theirs.stdout.iter().any(|byte| is_escaped(&[*byte]) && *byte != b'\n')
                && lines(&theirs.stdout) != lines(&ours.stdout)
            {
                return Err(format!("{what}: other lines"));
            }
            runs += 1;
        }
    }
    Ok(runs)
}

#[test]
fn every_file_lists_as_with_go() {
    let Some(go) = go_nm() else {
        eprintln!("SKIPPED: no {TOOLCHAIN} here, nothing is compared with the live go tool nm");
        println!("nm_live: 0 runs compared, SKIPPED for want of {TOOLCHAIN}");
        return;
    };
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
    let results: Vec<_> = compared.iter().map(|file| compare(&go, file)).collect();
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
    let Some(go) = go_nm() else {
        eprintln!("SKIPPED: no {TOOLCHAIN} here, nothing is compared with the live go tool nm");
        return;
    };
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
        let theirs = Command::new(&go).args(*arguments).output().expect("go's nm");
        let ours = common::gonym(std::iter::once("nm").chain(arguments.iter().copied()));
        assert_eq!(theirs.status.code(), ours.status.code(), "{arguments:?}");
        let first = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().next().map(str::to_owned);
        assert_eq!(first(&theirs.stderr), first(&ours.stderr), "{arguments:?}");
        assert_eq!(theirs.stdout, ours.stdout, "{arguments:?}");
    }
    for help in ["-h", "-help", "--help"] {
        let ours = common::gonym(["nm", help]);
        assert_eq!(ours.status.code(), Some(2));
        assert!(ours.stdout.is_empty() && ours.stderr.starts_with(b"usage: "), "{help}");
    }
}
