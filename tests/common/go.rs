//! Go toolchains for the live tests: the version that is asked for, or a skip that nobody overlooks.
//!
//! A `go` of 1.21 or newer on PATH fetches the other versions as modules; each is then run by its own
//! path, because an old `go` ignores GOTOOLCHAIN. With `GONYM_REQUIRE_GO=1` whatever is missing is a
//! failure. Without it nothing is downloaded: only versions that the module cache holds are used.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, OnceLock};

/// The last patch of each minor that gonym knows.
pub const RELEASES: [(u16, &str); 10] = [
    (18, "1.18.10"),
    (19, "1.19.13"),
    (20, "1.20.14"),
    (21, "1.21.13"),
    (22, "1.22.12"),
    (23, "1.23.12"),
    (24, "1.24.13"),
    (25, "1.25.14"),
    (26, "1.26.11"),
    (27, "1.27.3"),
];

/// Versions whose function tables have older layouts; what they built is read, and hardly judged.
pub const OLD_RELEASES: [(u16, &str); 11] = [
    (5, "1.5.4"),
    (8, "1.8.7"),
    (9, "1.9.7"),
    (10, "1.10.8"),
    (11, "1.11.13"),
    (12, "1.12.17"),
    (13, "1.13.15"),
    (14, "1.14.15"),
    (15, "1.15.15"),
    (16, "1.16.15"),
    (17, "1.17.13"),
];

/// The one whose `go version -m`, nm and objdump say what a file holds.
pub const WITNESS: u16 = 27;

/// Everything that could get from the environment into a binary.
const UNSET: &[&str] = &[
    "AR",
    "CC",
    "CGO_CFLAGS",
    "CGO_CPPFLAGS",
    "CGO_CXXFLAGS",
    "CGO_LDFLAGS",
    "CXX",
    "GOGCCFLAGS",
    "GOROOT",
    "GO_EXTLINK_ENABLED",
    "SOURCE_DATE_EPOCH",
];
const SET: &[(&str, &str)] = &[
    ("GOAMD64", "v1"),
    ("GOARM64", "v8.0"),
    ("GODEBUG", ""),
    ("GOENV", "off"),
    ("GOEXPERIMENT", ""),
    ("GOFLAGS", ""),
    ("GOTOOLCHAIN", "local"),
    ("GOWORK", "off"),
    ("LC_ALL", "C"),
];

/// One Go version.
#[derive(Clone, Debug)]
pub struct Toolchain {
    /// `27` of Go 1.27.3.
    pub minor: u16,
    /// `1.27.3`.
    pub version: &'static str,
    /// Its GOROOT.
    pub root: PathBuf,
}

/// What to build.
pub struct Order<'a> {
    /// The folder of the module.
    pub folder: &'a Path,
    /// GOOS and GOARCH.
    pub platform: (&'a str, &'a str),
    /// Whether C is compiled too.
    pub cgo: bool,
    /// From the subcommand to the package, without `-o`.
    pub arguments: Vec<&'a str>,
}

/// Whether a missing Go is a failure.
pub fn required() -> bool {
    std::env::var_os("GONYM_REQUIRE_GO").is_some_and(|value| value == "1")
}

/// Says something that the test harness does not swallow: it captures only the print macros.
pub fn say(line: &str) {
    // A closed standard error is no reason to fail.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Says what was not tested; fails where Go is required.
pub fn skip(what: &str, why: &str) {
    assert!(!required(), "GONYM_REQUIRE_GO=1, but {what} cannot run: {why}");
    say(&format!("SKIPPED, NOT TESTED: {what}: {why} (GONYM_REQUIRE_GO=1 makes this a failure)"));
}

/// The toolchain of Go 1.`minor`, or why there is none.
pub fn toolchain(minor: u16) -> Result<Toolchain, String> {
    static LOCK: Mutex<()> = Mutex::new(());
    let mut known = RELEASES.iter().chain(&OLD_RELEASES);
    let (_, version) = known.find(|(known, _)| *known == minor).expect("a known minor");
    let _one_at_a_time = LOCK.lock().expect("no earlier failure");
    switching_go()?;
    let mut command = Command::new("go");
    command.args(["env", "GOROOT"]).env("GOTOOLCHAIN", format!("go{version}")).env("GOFLAGS", "");
    command.env_remove("GOROOT").current_dir(std::env::temp_dir());
    if !required() {
        command.env("GOPROXY", "off");
    }
    let output = command.output().map_err(|error| format!("go: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("no go{version}: {}", said.trim().replace('\n', "; ")));
    }
    let root = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    let toolchain = Toolchain { minor, version, root };
    let says = text(&toolchain.run(&std::env::temp_dir(), ["version"]));
    assert!(says.starts_with(&format!("go version go{version} ")), "wanted {version}: {says}");
    Ok(toolchain)
}

/// Whether the `go` on PATH can fetch another.
fn switching_go() -> Result<(), String> {
    static FOUND: OnceLock<Result<(), String>> = OnceLock::new();
    let look = || {
        let mut command = Command::new("go");
        command.arg("version").env("GOTOOLCHAIN", "local").current_dir(std::env::temp_dir());
        let output = command.output().map_err(|error| format!("no go on PATH ({error})"))?;
        let says = text(&output);
        let version = says.split_whitespace().nth(2).unwrap_or_default();
        let minor = version.strip_prefix("go1.").and_then(|rest| rest.split('.').next());
        match minor.and_then(|minor| minor.parse::<u16>().ok()) {
            Some(..21) => Err(format!("{version} is too old to fetch others; 1.21 does")),
            Some(_) => Ok(()),
            None => Err(format!("a go of no known version: {}", says.trim())),
        }
    };
    FOUND.get_or_init(look).clone()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

impl Toolchain {
    /// This version's `go`, free of what the environment says about builds.
    pub fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(self.root.join("bin").join("go"));
        command.current_dir(folder).stdin(Stdio::null()).envs(SET.iter().copied());
        for name in UNSET {
            command.env_remove(name);
        }
        command
    }

    fn run<I: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = I>,
    ) -> Output {
        let output = self.command(folder).args(arguments).output().expect("go runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "go{} failed: {said}", self.version);
        output
    }

    /// Builds `order` into `file`, and has the witness confirm which version wrote it.
    pub fn build(&self, order: &Order<'_>, witness: &Self, file: &Path) {
        let (subcommand, rest) = order.arguments.split_first().expect("a subcommand");
        let (package, flags) = rest.split_last().expect("a package");
        let tests: &[&str] = if *subcommand == "test" { &["-c"] } else { &[] };
        let mut command = self.command(order.folder);
        command.env("GOOS", order.platform.0).env("GOARCH", order.platform.1);
        command.env("CGO_ENABLED", if order.cgo { "1" } else { "0" });
        command.arg(subcommand).args(tests).args(flags).arg("-o").arg(file).arg(package);
        let output = command.output().expect("go runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "go{}: {command:?}: {said}", self.version);
        self.wrote(file, witness);
    }

    /// Has the witness confirm that this version wrote `file`.
    pub fn wrote(&self, file: &Path, witness: &Self) {
        let carries =
            witness.output(Path::new("/"), ["version".as_ref(), "-m".as_ref(), file.as_os_str()]);
        let first = carries.lines().next().unwrap_or_default();
        let wanted = format!(": go{}", self.version);
        assert!(first.ends_with(&wanted), "{} was not built by {wanted}: {first}", file.display());
    }

    /// Standard output of a run that must succeed.
    pub fn output<I: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = I>,
    ) -> String {
        text(&self.run(folder, arguments))
    }

    /// A tool of this version as a program of its own: `go tool` would build it again and again.
    pub fn tool(&self, name: &str) -> PathBuf {
        let file = super::scratch("tools").join(format!("{name}-{}", std::process::id()));
        let package = format!("cmd/{name}");
        let arguments = ["build".as_ref(), "-o".as_ref(), file.as_os_str(), package.as_ref()];
        self.run(&self.root.join("src"), arguments);
        file
    }
}
