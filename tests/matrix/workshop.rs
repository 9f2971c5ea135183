//! Builds a cell, and has Go's own readers say what came out.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use super::cells::Cell;
use super::common::{self, go::Toolchain};
use super::modes::Mode;

/// What a file holds, as Go's own readers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// `go1.27.3`.
    pub version: String,
    /// `symtab` or `pclntab`.
    pub names: String,
    /// Whether there is DWARF of Go code.
    pub dwarf: bool,
}

/// Toolchains, Go's tools and what they made for several cells.
pub struct Workshop {
    toolchains: Vec<Toolchain>,
    pub nm: PathBuf,
    pub objdump: PathBuf,
    holds: PathBuf,
    /// Copies of GOROOT that hold a shared standard library, by minor version.
    shared: Mutex<BTreeMap<u16, PathBuf>>,
}

impl Workshop {
    pub fn new(witness: &Toolchain, toolchains: Vec<Toolchain>) -> Self {
        let holds = common::scratch("tools").join(format!("holds-{}", std::process::id()));
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("common");
        let source = "holds.go".as_ref();
        witness.output(&folder, ["build".as_ref(), "-o".as_ref(), holds.as_os_str(), source]);
        let (nm, objdump) = (witness.tool("nm"), witness.tool("objdump"));
        Self { toolchains, nm, objdump, holds, shared: Mutex::default() }
    }

    /// Removes what it made.
    pub fn close(self) {
        for tool in [&self.nm, &self.objdump, &self.holds] {
            fs::remove_file(tool).expect("a tool that was built");
        }
        for root in self.shared.into_inner().expect("no earlier failure").values() {
            fs::remove_dir_all(root).expect("a copy of GOROOT");
        }
    }

    pub fn toolchain(&self, minor: u16) -> &Toolchain {
        self.toolchains.iter().find(|go| go.minor == minor).expect("a toolchain of the cell")
    }

    /// Builds a cell into `file`.
    ///
    /// # Errors
    /// What the build said when it failed.
    pub fn build(&self, cell: &Cell, strip: &str, file: &Path) -> Result<(), String> {
        let program = &cell.program;
        let go = self.toolchain(cell.minor);
        let (go, folder) = match cell.mode {
            Mode::LinkShared => (&self.shared(cell, go), program.folder.clone()),
            Mode::Vendored => (go, vendored(cell, go)),
            _ => (go, program.folder.clone()),
        };
        let mut command = go.command(&folder);
        command.env("GOOS", &cell.os).env("GOARCH", &cell.arch);
        command.env("CGO_ENABLED", if cell.cgo() { "1" } else { "0" });
        match &program.test {
            Some(_) => command.args(["test", "-c"]),
            None => command.arg("build"),
        };
        let (link, flags): (Vec<_>, Vec<_>) =
            program.flags.iter().partition(|flag| flag.starts_with("-ldflags="));
        let mut ldflags = vec![cell.mode.recipe().link];
        ldflags.extend(link.iter().filter_map(|flag| flag.strip_prefix("-ldflags=")));
        ldflags.push(strip);
        command.arg("-buildvcs=false").args(cell.mode.flags(&folder)).args(flags);
        command.arg(format!("-ldflags={}", ldflags.join(" ").trim())).arg("-o").arg(file);
        command.arg(program.test.as_deref().unwrap_or("."));
        let output = command.output().expect("go runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        output.status.success().then_some(()).ok_or(said)
    }

    /// What `file` holds; the version that wrote it must be the cell's.
    pub fn held(&self, cell: &Cell, file: &Path) -> Result<Held, String> {
        let mut command = Command::new(&self.holds);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("holds runs");
        let mut input = child.stdin.take().expect("a pipe");
        writeln!(input, "{}", file.display()).expect("holds listens");
        drop(input);
        let output = child.wait_with_output().expect("holds ends");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let words: Vec<&str> = said.trim_end().split('\t').collect();
        let &[version, names, dwarf] = words.as_slice() else {
            panic!("{}: {}", cell.id(), String::from_utf8_lossy(&output.stderr));
        };
        let wanted = format!("go{}", self.toolchain(cell.minor).version);
        // Experiments are named behind the version.
        let first = version.split(' ').next().unwrap_or_default();
        // Up to 1.20 it lies in the shared standard library, which this GOROOT has made itself, and
        // plugins have none.
        let without = [Mode::LinkShared, Mode::Plugin].contains(&cell.mode) && cell.minor <= 20;
        if first != wanted && !(without && first.is_empty()) {
            return Err(format!("{} was built by {first:?}", cell.id()));
        }
        Ok(Held { version: first.to_owned(), names: names.to_owned(), dwarf: dwarf == "full" })
    }

    /// A GOROOT with the standard library as one shared object: as much of it as the program needs.
    fn shared(&self, cell: &Cell, go: &Toolchain) -> Toolchain {
        let mut roots = self.shared.lock().expect("no earlier failure");
        let root = roots.entry(cell.minor).or_insert_with(|| {
            let name = format!("{}-{}", go.version, std::process::id());
            let root = common::scratch("shared").join(name);
            copy_root(cell, go, &root);
            let copy = Toolchain { root: root.clone(), ..go.clone() };
            let mut command = copy.command(&root);
            command.env("CGO_ENABLED", "1").args(["install", "-buildmode=shared", "std"]);
            let output = command.output().expect("go runs");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}: {said}", cell.id());
            root
        });
        Toolchain { root: root.clone(), ..go.clone() }
    }
}

/// Copies the tools, and the packages of the standard library that the program needs.
fn copy_root(cell: &Cell, go: &Toolchain, root: &Path) {
    let mut list = go.command(&cell.program.folder);
    list.env("CGO_ENABLED", "1").args(["list", "-deps", "-f"]);
    // A C linker is asked for in any case.
    let packages = ["{{if .Standard}}{{.ImportPath}}{{end}}", ".", "runtime/cgo"];
    let output = list.args(packages).output().expect("go runs");
    let packages = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(packages.contains("runtime"), "{}: {packages}", cell.id());
    let copy = |from: &Path, to: &Path| {
        fs::create_dir_all(to.parent().expect("a folder")).expect("a scratch folder");
        fs::copy(from, to).expect("a copy");
    };
    for whole in ["bin", "pkg/tool", "pkg/include"] {
        for file in files_below(&go.root.join(whole), true) {
            copy(&file, &root.join(file.strip_prefix(&go.root).expect("below GOROOT")));
        }
    }
    for file in ["VERSION", "go.env", "src/go.mod", "src/go.sum", "src/vendor/modules.txt"] {
        if go.root.join(file).exists() {
            copy(&go.root.join(file), &root.join(file));
        }
    }
    for package in packages.split_whitespace() {
        for file in files_below(&go.root.join("src").join(package), false) {
            copy(&file, &root.join(file.strip_prefix(&go.root).expect("below GOROOT")));
        }
    }
}

fn files_below(folder: &Path, deep: bool) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
    {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true if deep => files.extend(files_below(&path, true)),
            true => {}
            false => files.push(path),
        }
    }
    files
}

/// A module of another name whose command is the program's and whose vendor folder holds the rest.
fn vendored(cell: &Cell, go: &Toolchain) -> PathBuf {
    static LOCK: Mutex<()> = Mutex::new(());
    let _one_at_a_time = LOCK.lock().expect("no earlier failure");
    let from = &cell.program.folder;
    let folder = common::scratch("vendored").join(format!("{}-{}", cell.minor, std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a scratch folder");
    for file in files_below(from, false) {
        fs::copy(&file, folder.join(file.file_name().expect("a name"))).expect("a copy");
    }
    let module = format!("example.com/{}", cell.program.name);
    let text = format!(
        "module example.com/app\n\ngo 1.18\n\nrequire {module} v0.0.0\n\nreplace {module} => {}\n",
        from.display()
    );
    fs::write(folder.join("go.mod"), text).expect("a go.mod");
    go.output(&folder, ["mod", "vendor"]);
    folder
}
