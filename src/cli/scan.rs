//! `gonym scan`: lists the directives of a module's source, and what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;

use super::inputs::{self, Common, Format};
use super::progress::Progress;
use crate::binary::Binary;
use crate::error::{Error, Fault, FaultCode, in_words};
use crate::finding::Level;
use crate::linkname::owed;
use crate::linkname::survey::{self, Question, Row, Surveyed, Tree};
use crate::printable::printable;
use crate::report::scan::{self as document, RulesEntry};
use crate::report::{FaultEntry, SourceGap, json, text};
use crate::rules;
use crate::source::build::{self, Build, BuiltPackage};
use crate::source::constraint::{Context, Platforms};

use crate::source::file;
use crate::source::modules::{Goroot, Places, module_above};

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
        self.try_run().unwrap_or_else(|error| inputs::stop(&error))
    }

    fn try_run(&self) -> Result<u8, Error> {
        let folder = self.asked_folder()?;
        let mut places = inputs::places(&[])?;
        places.here.clone_from(&folder);
        let waiting = Progress::start("reading sources");
        let found = self.common.on_threads(|| self.look(&folder, &places))?;
        drop(waiting);
        let found = match found {
            Err(Error::Input(fault)) if self.binary.is_some() => {
                return self.without_binary(&fault);
            }
            found => found?,
        };
        let (unread, broken) = (&found.unread, &found.broken);
        let mut report = document::report(&found.context, &found.rows, found.gaps, unread, broken);
        report.build.rules = Some(found.rules);
        let code = exit_code(&report, found.searched == 0);
        report.result = inputs::result_word(code);
        let code = self.common.write(code, &|out, format| match format {
            Format::Text => text::scan(out, &report),
            Format::Json => json::write(out, &report),
        })?;
        if found.context.minor > rules::NEWEST_MINOR {
            inputs::tell_line(&format!(
                "go-outside-tables: Go 1.{} is newer than what is known of Go's rules (1.{} to 1.{})",
                found.context.minor,
                rules::OLDEST_MINOR,
                rules::NEWEST_MINOR
            ));
        }
        if found.searched == 0 {
            inputs::tell_line(
                "no Go source there: scan wants a folder of a module, or --all-files",
            );
        }
        inputs::tell_gaps(&report.gaps);
        inputs::tell(&report.faults);
        Ok(code)
    }

    /// The report of an executable that cannot be read: its fault is all there is to say.
    fn without_binary(&self, fault: &Fault) -> Result<u8, Error> {
        let nothing = Context::from_settings(rules::NEWEST_MINOR, &BTreeMap::new());
        let mut report = document::report(&nothing, &[], Vec::new(), &[], &[]);
        let path = self.binary.as_deref().map(|path| path.as_os_str().as_encoded_bytes());
        report.faults.push(FaultEntry::new(&printable(path.unwrap_or_default()), fault));
        report.result = inputs::result_word(inputs::INPUT);
        let code = self.common.write(inputs::INPUT, &|out, format| match format {
            Format::Text => Ok(()),
            Format::Json => json::write(out, &report),
        })?;
        inputs::tell_line(&fault.to_string());
        Ok(code)
    }

    /// DIR, which must be a folder.
    fn asked_folder(&self) -> Result<PathBuf, Error> {
        let shown = printable(self.folder.as_os_str().as_encoded_bytes());
        // As go commands name every package below: a folder is read with all that lies below it anyway.
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

    fn look(&self, folder: &Path, places: &Places) -> Result<Found, Error> {
        if let Some(path) = &self.binary {
            return self.of_binary(path, places);
        }
        let context = self.context(folder, places)?;
        if self.all_files {
            let tree = tree(folder);
            let found = survey::all_files(folder, &tree, &context);
            return Ok(Found {
                context,
                rows: found.rows,
                gaps: Vec::new(),
                unread: found.unread,
                broken: found.broken,
                searched: found.searched,
                rules: RulesEntry::tables(),
            });
        }
        // What a directive leads to is looked up in dependencies, whether they are listed or not.
        let of_go = folder.ancestors().any(|above| Goroot::at(above).is_some());
        if !of_go && module_above(folder, "go.mod").is_none() {
            return Err(Error::Usage(format!(
                "{}: neither a module nor Go's own source; --all-files reads any folder",
                folder.display()
            )));
        }
        let build = build::module_packages(folder, &context, places, true);
        Ok(self.surveyed(&build, context, of_go))
    }

    /// The build that made an executable.
    fn of_binary(&self, path: &Path, places: &Places) -> Result<Found, Error> {
        let opened =
            Binary::open(path).map_err(|fault| missing(path, fault.code, &fault.to_string()))?;
        let none = || missing(path, FaultCode::NotExecutable, "no executable");
        let binary = opened.binaries.first().ok_or_else(none)?;
        let order =
            owed::order(binary).map_err(|why| missing(path, FaultCode::Unsupported, &why))?;
        let context = Context::from_settings(order.minor, &order.settings);
        let build = build::read(&order, places);
        Ok(self.surveyed(&build, context, false))
    }

    fn surveyed(&self, build: &Build, context: Context, of_go: bool) -> Found {
        let (goos, goarch, minor) = (&context.goos, &context.goarch, context.minor);
        let goroot = build.goroot.as_deref().and_then(Goroot::at);
        // Go's source of another version says nothing of this one's symbols: the tables do.
        let fits = goroot.as_ref().is_some_and(|goroot| goroot.minor() == Some(minor));
        let doubtful: BTreeSet<String> =
            (!fits && !of_go).then(|| "std".to_owned()).into_iter().collect();
        let question = Question {
            build,
            doubtful: &doubtful,
            minor,
            goos,
            goarch,
            // A folder of Go's own source is asked about itself.
            std: of_go || self.std,
            counted: true,
            all_files: false,
            is_to_be_linked: self.binary.is_none(),
            broken: true,
            neighbours: false,
        };
        let Surveyed { mut rows, mut broken } = survey::survey(&question);
        let is_asked = |index: usize| {
            build.packages.get(index).is_some_and(|package| match (package.std, package.own) {
                (true, _) => of_go || self.std,
                (false, own) => own || self.deps,
            })
        };
        rows.retain(|row| is_asked(row.package));
        broken.retain(|broken| is_asked(broken.package));
        let gaps = build.gaps.iter().map(|gap| SourceGap {
            code: gap.kind.code(),
            module: gap.module.clone(),
            message: gap.detail.clone(),
            weakens: true,
        });
        // Of what is not listed only what the module itself lacks is told.
        let all = self.deps || self.binary.is_some();
        let modules = build.packages.iter().filter(|package| package.own);
        let own: BTreeSet<&str> =
            modules.filter_map(|package| Some(package.module.as_ref()?.path.as_str())).collect();
        let gaps = gaps
            .filter(|gap| all || gap.module.is_empty() || own.contains(gap.module.as_str()))
            .collect();
        rows.sort_by_key(|row| row.standing);
        let broken = broken.into_iter().map(|broken| (broken.file, broken.fault)).collect();
        // What a module imports is no source of its own.
        let own = |package: &&BuiltPackage| of_go || !package.std;
        let searched = build.packages.iter().filter(own).count();
        let rules = RulesEntry::of(goroot.as_ref(), fits);
        Found { context, rows, gaps, unread: Vec::new(), broken, searched, rules }
    }

    fn context(&self, folder: &Path, places: &Places) -> Result<Context, Error> {
        let mut flags = BTreeMap::new();
        let given = [("GOOS", &self.goos), ("GOARCH", &self.goarch), ("-tags", &self.tags)];
        for (key, value) in given {
            if let Some(value) = value {
                flags.insert(key.to_owned(), value.clone());
            }
        }
        let minor = self.minor(folder, places)?;
        let context = Context::from_flags_and_environment(minor, &flags, &places.settings());
        let known = Platforms::of(minor.max(rules::NEWEST_MINOR));
        let unknown = |what: &str, name: &str| {
            Err(Error::Usage(format!(
                "{what} {}: Go knows none of this name",
                printable(name.as_bytes())
            )))
        };
        match () {
            () if !known.systems.contains(&context.goos) => unknown("GOOS", &context.goos),
            () if !known.architectures.contains(&context.goarch) => {
                unknown("GOARCH", &context.goarch)
            }
            () => Ok(context),
        }
    }

    /// 1.N: as asked, else that of the Go that DIR belongs to, or of the one that is installed.
    fn minor(&self, folder: &Path, places: &Places) -> Result<u16, Error> {
        let Some(text) = &self.go_version else {
            return Ok(default_minor(folder, places));
        };
        minor_of(text)
            .ok_or_else(|| Error::Usage(format!("--go-version {text}: wanted 1.N, e.g. 1.27")))
    }
}

fn exit_code(report: &document::ScanReport, nothing: bool) -> u8 {
    let mut notes = report.directives.iter().flat_map(|directive| &directive.notes);
    match () {
        () if notes.any(|note| note.level == Level::Deny) => inputs::FAILS,
        () if nothing || !report.faults.is_empty() || !report.gaps.is_empty() => inputs::INPUT,
        () => inputs::HOLDS,
    }
}

/// The error of an input that is not there, or not what was wanted.
fn missing(path: &Path, code: FaultCode, detail: &str) -> Error {
    // Damage says where it is; here the file as a whole is meant.
    let code = if code == FaultCode::NotFound { code } else { FaultCode::NotRegular };
    let path = printable(path.as_os_str().as_encoded_bytes());
    Error::Input(Fault::new(code, "input", 0, 0, 0, format!("{path}: {detail}")))
}

/// What was found.
struct Found {
    context: Context,
    rows: Vec<Row>,
    gaps: Vec<SourceGap>,
    unread: Vec<(PathBuf, String)>,
    broken: Vec<(PathBuf, file::Fault)>,
    searched: usize,
    rules: RulesEntry,
}

/// That of the Go that DIR is part of; else of what GOTOOLCHAIN names, or of the first installation that is
/// found, but no older than go.mod asks for.
fn default_minor(folder: &Path, places: &Places) -> u16 {
    if let Some(minor) = folder.ancestors().find_map(Goroot::at).and_then(|own| own.minor()) {
        return minor;
    }
    let named = places.setting("GOTOOLCHAIN").and_then(minor_of);
    let installed = || places.goroots().iter().find_map(|root| Goroot::at(root))?.minor();
    let minor = named.or_else(installed).unwrap_or(rules::NEWEST_MINOR);
    let text = module_above(folder, "go.mod").map(|(root, _)| root.join("go.mod"));
    let text = text.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    let asked = text.lines().filter_map(|line| minor_of(line.trim().strip_prefix("go ")?)).max();
    asked.map_or(minor, |asked| asked.max(minor))
}

/// `27` of `1.27`, `go1.27.3`.
fn minor_of(text: &str) -> Option<u16> {
    let rest = text.trim().trim_start_matches("go").strip_prefix("1.")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..digits)?.parse().ok()
}

/// What a folder belongs to: Go's own source, or a module.
fn tree(folder: &Path) -> Tree {
    if let Some(goroot) = folder.ancestors().find_map(Goroot::at) {
        let root = goroot.folder.join("src").canonicalize().unwrap_or(goroot.folder);
        return Tree { root, path: String::new(), std: true };
    }
    match module_above(folder, "go.mod") {
        Some((root, said)) => Tree { root, path: said.module, std: false },
        None => Tree { root: folder.to_owned(), path: String::new(), std: false },
    }
}
