//! What every command but `nm` has in common: opening files, reporting faults, writing documents.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use clap::{Args, ValueEnum};
use rayon::prelude::*;

use crate::binary::Binary;
use crate::error::{Error, Fault, in_words};
use crate::outcome::Status;
use crate::report::{FaultEntry, SourceGap};
use crate::source::modules::{Given, Goroot, Places};

/// Exit code: everything asked holds.
pub(super) const HOLDS: u8 = 0;
/// Exit code: a claim or rule fails, or could not be proven although the file is whole.
pub(super) const FAILS: u8 = 1;
/// Exit code: usage or configuration.
pub(super) const USAGE: u8 = 2;
/// Exit code: an input is missing, damaged or not Go, or nothing was there to check.
pub(super) const INPUT: u8 = 3;

/// Options of every command but `nm`.
#[derive(Args, Debug)]
pub(super) struct Common {
    /// How the report on standard output is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write the report to a file as well; may be given several times
    #[arg(long = "output", value_name = "FORMAT=PATH", value_parser = parse_output)]
    outputs: Vec<(Format, PathBuf)>,
    /// When to colour text
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    color: Color,
    /// Write no text on standard output; a JSON document is written all the same
    #[arg(short, long)]
    quiet: bool,
    /// Show every fact and full file names
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// Threads to use, at most 256; 0 takes one per core
    #[arg(long, value_name = "N", default_value_t = 0)]
    jobs: usize,
}

/// The formats that a report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For a person
    Text,
    /// One JSON document
    Json,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

fn parse_output(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, path) = text.split_once('=').ok_or("wanted FORMAT=PATH, e.g. json=report.json")?;
    let format = <Format as ValueEnum>::from_str(format, false)?;
    if path.is_empty() {
        return Err("the path is missing".to_owned());
    }
    Ok((format, PathBuf::from(path)))
}

/// Writes one document in one format.
pub(super) type Render<'a> = &'a dyn Fn(&mut dyn Write, Format) -> io::Result<()>;

/// More threads than this are never started.
const MOST_THREADS: usize = 256;

impl Common {
    /// Runs `work` on as many threads as were asked for.
    pub(super) fn on_threads<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, Error> {
        // Thousands of threads exhaust a machine before they are of use to anybody (measured: 99,999).
        let threads = self.jobs.min(MOST_THREADS);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| Error::Usage(format!("--jobs {}: {error}", self.jobs)))?;
        Ok(pool.install(work))
    }

    /// Refuses what would destroy an input or ask for standard input twice.
    pub(super) fn check_files(&self, files: &[OsString]) -> Result<(), Error> {
        if files.iter().filter(|file| *file == "-").count() > 1 {
            return Err(Error::Usage("standard input (-) can be read only once".to_owned()));
        }
        let same = |a: &Path, b: &Path| match (a.canonicalize(), b.canonicalize()) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        };
        for (_, path) in &self.outputs {
            if files.iter().any(|file| same(Path::new(file), path)) {
                let path = crate::printable::printable(path.as_os_str().as_encoded_bytes());
                return Err(Error::Usage(format!("--output {path} would overwrite an input")));
            }
        }
        Ok(())
    }

    /// Writes the report to every file that was asked for and to standard output; returns the exit code of
    /// a judgement that came out as `code`.
    ///
    /// How a report is shown never changes what was found: a file that cannot be written is told and makes
    /// a success an incomplete one, a reader that stops early changes nothing.
    ///
    /// # Errors
    /// When standard output fails for another reason than a reader that left.
    pub(super) fn write(&self, code: u8, render: Render<'_>) -> Result<u8, Error> {
        let mut code = code;
        for (format, path) in &self.outputs {
            // Files are read by machines and editors: no colours there.
            let bytes = rendered(render, *format, ColorChoice::Never)?;
            if let Err(error) = std::fs::write(path, bytes) {
                let path = crate::printable::printable(path.as_os_str().as_encoded_bytes());
                tell_line(&format!("cannot write the report to {path}: {}", in_words(&error)));
                code = if code == HOLDS { INPUT } else { code };
            }
        }
        if self.quiet && self.format == Format::Text {
            return Ok(code);
        }
        let choice = match self.color {
            Color::Auto => AutoStream::choice(&io::stdout()),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        let bytes = rendered(render, self.format, choice)?;
        let mut out = io::stdout().lock();
        match out.write_all(&bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Write(error)),
            _ => Ok(code),
        }
    }
}

fn rendered(render: Render<'_>, format: Format, choice: ColorChoice) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match format {
        Format::Text => {
            let mut out = AutoStream::new(&mut bytes as &mut dyn Write, choice);
            render(&mut out, format)?;
        }
        Format::Json => render(&mut bytes, format)?,
    }
    Ok(bytes)
}

/// What became of one input file.
pub(super) struct Input<T> {
    /// One result per executable in it.
    pub(super) results: Vec<T>,
    /// Everything wrong with it.
    pub(super) faults: Vec<FaultEntry>,
}

/// What a command needs of an executable to do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// A symbol table will do.
    Symbols,
    /// Go's own function table: a file without one is at fault.
    Go,
}

/// Where symbols and debugging information may come from when they were stripped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DebugFiles<'a> {
    /// From nowhere else.
    None,
    /// From where debuggers look for them.
    Found,
    /// From this file.
    At(&'a Path),
}

impl DebugFiles<'_> {
    fn attach(self, binary: &mut Binary) -> Result<(), Fault> {
        match self {
            Self::None => Ok(()),
            Self::Found => binary.attach_found(),
            Self::At(path) => binary.attach(path),
        }
    }
}

/// Opens each file and does `work` on every executable in it; results come in the order of `files`.
///
/// `work` gets the executable, the path as reports show it, and whether nothing of it is damaged.
pub(super) fn each_binary<T: Send>(
    files: &[OsString],
    needs: Needs,
    debug: DebugFiles<'_>,
    work: impl Fn(&Binary, &str, bool) -> T + Sync,
) -> Vec<Input<T>> {
    files.par_iter().map(|path| one_file(Path::new(path), needs, debug, &work)).collect()
}

fn one_file<T>(
    path: &Path,
    needs: Needs,
    debug: DebugFiles<'_>,
    work: &(impl Fn(&Binary, &str, bool) -> T + Sync),
) -> Input<T> {
    let shown = path.to_string_lossy().into_owned();
    let mut input = Input { results: Vec::new(), faults: Vec::new() };
    let mut opened = match Binary::open(path) {
        Ok(opened) => opened,
        Err(fault) => {
            input.faults.push(FaultEntry::new(&shown, &fault));
            return input;
        }
    };
    let mut faults = opened.faults;
    let go_alone = needs == Needs::Go && opened.binaries.iter().any(is_go_or_whole);
    for binary in opened.binaries.iter_mut().filter(|b| !go_alone || is_go_or_whole(b)) {
        faults.extend(debug.attach(binary).err());
        let mut found = binary.faults();
        if needs == Needs::Go {
            found.extend(binary.function_fault());
        }
        let complete = !found.iter().any(Fault::is_damage);
        input.results.push(work(binary, &shown, complete));
        // Asked after the work: DWARF is read only where an answer needs it.
        found.extend(binary.debug_fault());
        found.extend(binary.search_fault());
        faults.extend(found);
    }
    // Asked last: what was read in between is only as good as the file was still.
    faults
        .extend(opened.binaries.first().and_then(|b| b.image.range.file().check_unchanged().err()));
    // Damage first: what the file is not may only follow from it.
    faults.sort_by(|a, b| (!a.is_damage(), a).cmp(&(!b.is_damage(), b)));
    faults.dedup();
    input.faults.extend(faults.iter().map(|fault| FaultEntry::new(&shown, fault)));
    input
}

/// Whether an executable is worked on where Go is needed and any is there: of an archive's members those
/// of Go; a C archive of Go's holds one beside the C objects of the program and of runtime/cgo.
fn is_go_or_whole(binary: &Binary) -> bool {
    binary.member.is_none() || binary.is_go()
}

/// Tells every fault on standard error, one line each.
pub(super) fn tell(faults: &[FaultEntry]) {
    let mut err = io::stderr().lock();
    for fault in faults {
        let path = crate::printable::printable(fault.path.as_bytes());
        let message = crate::printable::printable(fault.message.as_bytes());
        // Nowhere is left to say that standard error is closed.
        _ = writeln!(err, "gonym: {path}: {message}");
    }
}

/// The exit code of an error that stopped a command, after telling it.
pub(super) fn stop(error: &Error) -> u8 {
    // Nowhere is left to say that standard error is closed.
    _ = writeln!(io::stderr().lock(), "gonym: {error}");
    match error {
        Error::Usage(_) => USAGE,
        Error::Input(_) => INPUT,
        Error::Write(_) => FAILS,
    }
}

/// The exit code of a status.
pub(super) fn code(status: Status) -> u8 {
    match status {
        Status::Holds => HOLDS,
        Status::Fails => FAILS,
        Status::Incomplete => INPUT,
    }
}

/// The faults of all inputs as entries, in the order of the inputs.
pub(super) fn all_faults<T>(inputs: &[Input<T>]) -> Vec<FaultEntry> {
    inputs.iter().flat_map(|input| input.faults.iter().cloned()).collect()
}

/// Tells that nothing was asked.
pub(super) fn no_claims() {
    tell_line(
        "no claims: run it in the folder of the module that the binary was built from, or give --source, --pair, --require or --forbid",
    );
}

/// Tells which sources are missing or doubtful, one line each.
pub(super) fn tell_gaps<'a>(gaps: impl IntoIterator<Item = &'a SourceGap>) {
    for gap in gaps {
        let module = crate::printable::printable(gap.module.as_bytes());
        let message = crate::printable::printable(gap.message.as_bytes());
        let module = if module.is_empty() { module } else { format!("{module}: ") };
        tell_line(&format!("{}: {module}{message}", gap.code.word()));
    }
}

/// Tells one thing on standard error.
pub(super) fn tell_line(text: &str) {
    // Nowhere is left to say that standard error is closed.
    _ = writeln!(io::stderr().lock(), "gonym: {text}");
}

/// Where sources are looked for: from the current folder, and where `sources` (`[MODULE=]DIR`) say.
pub(super) fn places(sources: &[OsString]) -> Result<Places, Error> {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let here =
        here.map_err(|error| Error::Usage(format!("the current folder: {}", in_words(&error))))?;
    let given = sources.iter().map(|text| {
        let text = text.to_string_lossy();
        let (module, folder) = match text.split_once('=') {
            Some((module, folder)) => (Some(module.to_owned()), folder),
            None => (None, &*text),
        };
        let folder = Path::new(folder).canonicalize().map_err(|error| {
            let text = crate::printable::printable(text.as_bytes());
            Error::Usage(format!("--source {text}: {}", in_words(&error)))
        })?;
        if module.as_deref() == Some("std") && Goroot::at(&folder).is_none() {
            let text = crate::printable::printable(text.as_bytes());
            return Err(Error::Usage(format!(
                "--source {text}: wanted a GOROOT, with VERSION and src"
            )));
        }
        Ok(Given { module, folder })
    });
    Ok(Places::of_this_process(here, given.collect::<Result<_, Error>>()?))
}
