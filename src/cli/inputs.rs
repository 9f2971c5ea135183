//! Opening files, on many threads and in order; where sources are looked for.

use std::ffi::OsString;
use std::path::Path;

use clap::Args;
use rayon::ThreadPool;

use super::ordered::in_order;
use crate::binary::Binary;
use crate::error::{Error, Fault, in_words};
use crate::input::File;
use crate::printable::printable;
use crate::report::FaultEntry;
use crate::source::modules::{Given, Goroot, Places};

/// Whether files are hashed: an option of every command that reads executables.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(super) struct Hashing {
    /// Hash each file with SHA-256: `sha256` of JSON, the sum that sha256sum prints. Of a slice or member it
    /// is the sum of the whole file
    #[arg(long)]
    sha256: bool,
}

impl Hashing {
    /// Hashes `file` if that was asked for.
    ///
    /// # Errors
    /// When it cannot be read to its end.
    pub(super) fn hash(self, file: &File) -> Result<(), Fault> {
        if self.sha256 { file.hash() } else { Ok(()) }
    }
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
    /// Whatever is there will do; of an archive's members those of Go's, if any is.
    Anything,
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

/// Opens each file, does `work` on every executable in it, and hands what became of it to `take`, in the order of
/// `files`.
///
/// `work` gets the executable, the path as reports show it, and whether nothing of it is damaged.
pub(super) fn each_file<T: Send>(
    threads: &ThreadPool,
    files: &[OsString],
    (needs, debug, hashing): (Needs, DebugFiles<'_>, Hashing),
    work: impl Fn(&Binary, &str, bool) -> T + Sync,
    take: impl FnMut(Input<T>),
) {
    let one = |path: &OsString| one_file(Path::new(path), (needs, debug, hashing), &work);
    in_order(threads, files, one, take);
}

fn one_file<T>(
    path: &Path,
    (needs, debug, hashing): (Needs, DebugFiles<'_>, Hashing),
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
    // One file, however many executables it holds.
    let file = opened.binaries.first().map(|binary| binary.image.range.file());
    faults.extend(file.and_then(|file| hashing.hash(file).err()));
    let go_alone = needs != Needs::Symbols && opened.binaries.iter().any(is_go_or_whole);
    for binary in opened.binaries.iter_mut().filter(|b| !go_alone || is_go_or_whole(b)) {
        faults.extend(debug.attach(binary).err());
        let mut found = binary.faults();
        if needs == Needs::Go {
            found.extend(binary.function_fault());
        }
        let whole = binary.whole();
        let complete = whole.image && (needs != Needs::Go || whole.functions);
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
    binary.origin.member().is_none() || binary.is_go()
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
            let text = printable(text.as_bytes());
            Error::Usage(format!("--source {text}: {}", in_words(&error)))
        })?;
        if module.as_deref() == Some("std") && Goroot::at(&folder).is_none() {
            let text = printable(text.as_bytes());
            return Err(Error::Usage(format!(
                "--source {text}: wanted a GOROOT, with VERSION and src"
            )));
        }
        Ok(Given { module, folder })
    });
    Ok(Places::of_this_process(here, given.collect::<Result<_, Error>>()?))
}
