//! `gonym scan`: lists the directives of a module's source, and what is wrong with them.

use std::path::{Path, PathBuf};

use clap::Args;

use super::inputs;
use super::output::Common;
use super::progress::Progress;
use super::told;
use crate::error::{Error, Fault, FaultCode, in_words};
use crate::printable::printable;
use crate::report::document::scan::{self as document, ScannedSources};
use crate::scan::{Files, Request, Target, minor_of, scan};

/// What the exit codes mean, for `--help`.
pub(super) const EXIT_CODES: &str = "\
Exit codes, the same in every format:
  0  no mistake (advice and warnings are none)
  1  a directive does not do what it says
  2  usage
  3  DIR holds no Go source, or a package or file could not be read as Go (1 wins over 3)";

/// Arguments of `gonym scan`.
#[derive(Args, Debug)]
pub(super) struct Scan {
    /// A folder of the module, or of Go's own source
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// The directives of dependencies too
    #[arg(long)]
    deps: bool,
    /// Those of Go's own packages too
    #[arg(long)]
    std: bool,
    /// Every .go file below DIR, those of tests and other platforms too; each is read by itself
    #[arg(long, conflicts_with_all = ["deps", "std"])]
    all_files: bool,
    /// Operating system to select files for [default: GOOS, else this one]
    #[arg(long, value_name = "GOOS")]
    goos: Option<String>,
    /// Architecture to select files for [default: GOARCH, else this one]
    #[arg(long, value_name = "GOARCH")]
    goarch: Option<String>,
    /// Build tags, separated by commas
    #[arg(long, value_name = "TAGS")]
    tags: Option<String>,
    /// The Go that compiles it, e.g. 1.25 [default: the one that is installed]
    #[arg(long, value_name = "1.N")]
    go_version: Option<String>,
    /// Select the files that went into this executable
    #[arg(long, value_name = "FILE", conflicts_with_all = ["goos", "goarch", "tags", "go_version"])]
    binary: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

impl Scan {
    /// Runs the command; returns the exit code.
    pub(super) fn run(&self) -> u8 {
        self.try_run().unwrap_or_else(|error| told::stop(&error))
    }

    fn try_run(&self) -> Result<u8, Error> {
        self.common.check_files(&[])?;
        let request = self.request()?;
        let waiting = Progress::start("reading sources");
        let scanned = self.common.threads()?.install(|| scan(&request))?;
        drop(waiting);
        let path = self.binary.as_deref().map(|path| path.as_os_str().as_encoded_bytes());
        let faults = document::faults(&scanned, &printable(path.unwrap_or_default()));
        let sources = ScannedSources::new(&scanned);
        let mut report = self.common.report();
        report.add(&sources);
        report.fault(faults.iter().cloned());
        let code = self.common.end(report.end())?;
        if let Some(finding) = &sources.outside_tables {
            told::line(&format!("{}: {}", finding.code.word(), finding.message));
        }
        if scanned.selected.is_some() && scanned.searched == 0 {
            told::line(match self.binary {
                Some(_) => {
                    "no source of the executable there: --binary wants a folder of the module that it was built from"
                }
                None => "no Go source there: scan wants a folder of a module, or --all-files",
            });
        }
        told::gaps(&sources.gaps);
        told::faults(&faults);
        Ok(code)
    }

    fn request(&self) -> Result<Request, Error> {
        let folder = self.asked_folder()?;
        let mut places = inputs::places(&[])?;
        places.here.clone_from(&folder);
        let files = match &self.binary {
            Some(path) => Files::Of(path.clone()),
            None if self.all_files => Files::All(self.target()?),
            None => Files::Built(self.target()?),
        };
        Ok(Request { folder, places, files, deps: self.deps, std: self.std })
    }

    fn target(&self) -> Result<Target, Error> {
        let wanted = |text: &String| {
            let shown = printable(text.as_bytes());
            minor_of(text)
                .ok_or_else(|| Error::Usage(format!("--go-version {shown}: wanted 1.N, e.g. 1.27")))
        };
        Ok(Target {
            goos: self.goos.clone(),
            goarch: self.goarch.clone(),
            tags: self.tags.clone(),
            minor: self.go_version.as_ref().map(wanted).transpose()?,
        })
    }

    /// DIR, if it is a folder.
    fn asked_folder(&self) -> Result<PathBuf, Error> {
        let shown = printable(self.folder.as_os_str().as_encoded_bytes());
        // The go command names all packages below a folder with `/...`; a folder is always read with all folders
        // below it.
        if let Some(above) = shown.strip_suffix("...") {
            let above = above.strip_suffix('/').filter(|above| !above.is_empty()).unwrap_or(".");
            return Err(Error::Usage(format!(
                "{shown}: scan takes a folder, and reads what is below it: gonym scan {above}"
            )));
        }
        match self.folder.canonicalize() {
            Ok(folder) if folder.is_dir() => Ok(folder),
            Ok(_) => Err(missing(&self.folder, FaultCode::NotRegular, "not a folder")),
            Err(error) => Err(missing(&self.folder, FaultCode::NotFound, &in_words(&error))),
        }
    }
}

/// The error for a folder that does not exist.
fn missing(path: &Path, code: FaultCode, detail: &str) -> Error {
    let path = printable(path.as_os_str().as_encoded_bytes());
    Error::Input(Fault::new(code, "input", 0, 0, 0, format!("{path}: {detail}")))
}
