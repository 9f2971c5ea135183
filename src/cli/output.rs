//! The options about reports that every command but `nm` has, and where a report is written to.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use clap::{Args, ValueEnum};
use rayon::ThreadPool;

use super::told;
use crate::error::{Error, in_words};
use crate::outcome::Status;
use crate::printable::printable;
use crate::report::Detail;
use crate::report::render::{Json, Renderer, Text};
use crate::report::{Document, Ended, Output, Report};

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

/// The most threads that are started.
const MOST_THREADS: usize = 256;

impl Common {
    /// A pool with as many threads as were asked for.
    pub(super) fn threads(&self) -> Result<ThreadPool, Error> {
        // Thousands of threads exhaust a machine and help nobody (measured: 99,999).
        let threads = self.jobs.min(MOST_THREADS);
        if self.jobs > threads {
            told::line(&format!(
                "--jobs {}: {MOST_THREADS} threads are used, which is the most",
                self.jobs
            ));
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.map_err(|error| Error::Usage(format!("--jobs {}: {error}", self.jobs)))
    }

    /// Refuses outputs that would overwrite an input or another report, and standard input named twice.
    pub(super) fn check_files(&self, files: &[OsString]) -> Result<(), Error> {
        if files.iter().filter(|file| *file == "-").count() > 1 {
            return Err(Error::Usage("standard input (-) can be read only once".to_owned()));
        }
        let shown = |path: &Path| printable(path.as_os_str().as_encoded_bytes());
        for (index, (_, path)) in self.outputs.iter().enumerate() {
            if files.iter().any(|file| is_same(Path::new(file), path)) {
                let path = shown(path);
                return Err(Error::Usage(format!("--output {path} would overwrite an input")));
            }
            let mut before = self.outputs.iter().take(index);
            // A device can take any number of writes.
            let is_device = path.exists() && !path.is_file();
            if !is_device && before.any(|(_, other)| other == path || is_same(other, path)) {
                let path = shown(path);
                return Err(Error::Usage(format!("--output {path} is given twice")));
            }
        }
        Ok(())
    }

    /// Whether text on standard output is all that was asked for.
    pub(super) fn is_text_alone(&self) -> bool {
        self.format == Format::Text && self.outputs.is_empty() && !self.quiet
    }

    /// A report that is written to every file that was asked for and, unless --quiet was given, to standard output.
    pub(super) fn report<T: Document>(&self) -> Report<T> {
        let files = self.outputs.iter().map(|(format, path)| {
            // Machines and editors read the files: no colours.
            let file = Box::new(LateFile { path: path.clone(), file: None });
            self.output(*format, file, ColorChoice::Never)
        });
        let choice = match self.color {
            Color::Auto => AutoStream::choice(&io::stdout()),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        let shown = !self.quiet || self.format != Format::Text;
        let stdout = shown.then(|| {
            let stdout = Box::new(BufWriter::new(io::stdout().lock()));
            self.output(self.format, stdout, choice)
        });
        Report::new(files.chain(stdout).collect())
    }

    fn output(&self, format: Format, to: Box<dyn Write>, choice: ColorChoice) -> Output {
        match format {
            Format::Text => {
                let renderer = Renderer::Text(Text::new(Detail { verbose: self.verbose }));
                Output::new(renderer, Box::new(AutoStream::new(to, choice)))
            }
            Format::Json => Output::new(Renderer::Json(Json::default()), to),
        }
    }

    /// The exit code of a report that has ended.
    ///
    /// How a report is shown does not change what was found. If a file cannot be written, that is told, and a success
    /// becomes incomplete. A reader that stops early changes nothing.
    ///
    /// # Errors
    ///
    /// When writing to standard output fails, unless its reader stopped early.
    pub(super) fn end(&self, ended: Ended) -> Result<u8, Error> {
        let mut code = code(ended.status);
        let mut failed = ended.failed.into_iter();
        for ((_, path), failed) in self.outputs.iter().zip(&mut failed) {
            let Some(error) = failed else { continue };
            let path = printable(path.as_os_str().as_encoded_bytes());
            told::line(&format!("cannot write the report to {path}: {}", in_words(&error)));
            code = if code == told::HOLDS { told::INPUT } else { code };
        }
        match failed.next().flatten() {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Write(error)),
            _ => Ok(code),
        }
    }
}

/// Whether both names lead to one file: by a hard link or another spelling, also if the file does not exist yet.
fn is_same(one: &Path, other: &Path) -> bool {
    if identity(one).is_some_and(|one| identity(other) == Some(one)) {
        return true;
    }
    place(one).is_some_and(|one| place(other) == Some(one))
}

/// Device and inode of a file, because a hard link has a different path.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let about = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some((about.dev(), about.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().filter(|path| path.is_file())
}

/// The path that a file will have once it exists.
fn place(path: &Path) -> Option<PathBuf> {
    if path.exists() {
        return None;
    }
    let folder = path.parent()?;
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    Some(folder.canonicalize().ok()?.join(path.file_name()?))
}

fn code(status: Status) -> u8 {
    match status {
        Status::Holds => told::HOLDS,
        Status::Fails => told::FAILS,
        Status::Incomplete => told::INPUT,
    }
}

/// A file that is created, or emptied, only when there is something to write.
struct LateFile {
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl LateFile {
    fn opened(&mut self) -> io::Result<&mut BufWriter<File>> {
        match &mut self.file {
            Some(file) => Ok(file),
            none => Ok(none.insert(BufWriter::new(File::create(&self.path)?))),
        }
    }
}

impl Write for LateFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.opened()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), BufWriter::flush)
    }
}
