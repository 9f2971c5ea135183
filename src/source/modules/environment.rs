//! Which folders does the environment name: GOROOT, GOPATH, the module cache?
//!
//! As in Go: first the environment, then the file that `go env -w` writes, then defaults. The environment is plain
//! data, so that a test can have its own.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder that the user named with `--source`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The module in the folder; `None` if its go.mod tells. `std` is a GOROOT.
    pub module: Option<String>,
    /// The folder.
    pub folder: PathBuf,
}

/// Where source may be on this machine.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The current folder.
    pub here: PathBuf,
    /// The folders that the user named; they come first.
    pub given: Vec<Given>,
    environment: BTreeMap<String, String>,
    saved: BTreeMap<String, String>,
}

impl Places {
    /// The places that `environment` describes.
    #[must_use]
    pub fn new(here: PathBuf, given: Vec<Given>, environment: BTreeMap<String, String>) -> Self {
        let mut places = Self { here, given, environment, saved: BTreeMap::new() };
        let saved = places.settings_file().and_then(|path| fs::read_to_string(path).ok());
        for line in saved.unwrap_or_default().lines() {
            if let Some((key, value)) = line.split_once('=') {
                places.saved.insert(key.trim().to_owned(), value.trim().to_owned());
            }
        }
        places
    }

    /// The places of this process, with `here` as current folder.
    #[must_use]
    pub fn of_this_process(here: PathBuf, given: Vec<Given>) -> Self {
        let text = |(key, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((key.into_string().ok()?, value.into_string().ok()?))
        };
        Self::new(here, given, env::vars_os().filter_map(text).collect())
    }

    /// The value of a Go setting: from the environment, else from the file of `go env -w`.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.environment
            .get(name)
            .filter(|value| !value.is_empty())
            .or_else(|| self.saved.get(name).filter(|value| !value.is_empty()))
            .map(String::as_str)
    }

    /// Every Go setting, including those in the file of `go env -w`.
    #[must_use]
    pub fn settings(&self) -> BTreeMap<String, String> {
        let mut all = self.saved.clone();
        let set = self.environment.iter().filter(|(_, value)| !value.is_empty());
        all.extend(set.map(|(key, value)| (key.clone(), value.clone())));
        all
    }

    /// The home folder.
    #[must_use]
    pub fn home(&self) -> Option<PathBuf> {
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        self.environment.get(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// The file `go/env` in os.UserConfigDir.
    fn settings_file(&self) -> Option<PathBuf> {
        let variable = |name: &str| self.environment.get(name).filter(|value| !value.is_empty());
        if let Some(path) = variable("GOENV") {
            return (path != "off").then(|| PathBuf::from(path));
        }
        let config = if cfg!(windows) {
            variable("AppData").map(PathBuf::from)
        } else if cfg!(target_os = "macos") {
            self.home().map(|home| home.join("Library/Application Support"))
        } else {
            let own = variable("XDG_CONFIG_HOME").map(PathBuf::from);
            own.or_else(|| self.home().map(|home| home.join(".config")))
        };
        config.map(|config| config.join("go").join("env"))
    }

    /// The folders of GOPATH, `~/go` by default.
    #[must_use]
    pub fn gopath(&self) -> Vec<PathBuf> {
        match self.setting("GOPATH") {
            Some(text) => env::split_paths(text).filter(|path| path.is_absolute()).collect(),
            None => self.home().map(|home| home.join("go")).into_iter().collect(),
        }
    }

    /// The module cache.
    #[must_use]
    pub fn module_cache(&self) -> Option<PathBuf> {
        let own = self.setting("GOMODCACHE").map(PathBuf::from);
        own.or_else(|| self.gopath().first().map(|path| path.join("pkg").join("mod")))
    }

    /// Folders that may be a GOROOT, the most likely first; none is checked.
    #[must_use]
    pub fn goroots(&self) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> =
            self.setting("GOROOT").map(PathBuf::from).into_iter().collect();
        let path = self.environment.get("PATH").map(String::as_str).unwrap_or_default();
        let name = if cfg!(windows) { "go.exe" } else { "go" };
        let programs =
            env::split_paths(path).filter_map(|folder| folder.join(name).canonicalize().ok());
        found.extend(programs.filter_map(|go| Some(go.parent()?.parent()?.to_owned())));
        let usual = [
            "/usr/local/go",
            "/usr/lib/go",
            "/usr/lib/golang",
            "/opt/homebrew/opt/go/libexec",
            "/usr/local/opt/go/libexec",
            "C:\\Program Files\\Go",
        ];
        found.extend(usual.map(PathBuf::from));
        found.extend(below(Path::new("/usr/lib"), "go-"));
        if let Some(home) = self.home() {
            found.extend(below(&home.join("sdk"), "go"));
        }
        if let Some(cache) = self.module_cache() {
            found.extend(below(&cache.join("golang.org"), "toolchain@"));
        }
        found
    }
}

/// Folders in `folder` whose names begin with `prefix`, sorted.
fn below(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let fits = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(prefix);
    let mut paths: Vec<PathBuf> = entries.filter(fits).map(|entry| entry.path()).collect();
    paths.sort();
    paths
}
