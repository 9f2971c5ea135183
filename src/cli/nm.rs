//! `gonym nm`: a drop-in replacement for `go tool nm` that needs no Go and always reports damage.
//!
//! Flags, lines, messages and exit codes are those of Go 1.27. Different on purpose: fat Mach-O files are listed
//! slice by slice; `-` is standard input; names that could forge a line are escaped; a damaged file gives the rows
//! that can be read, then Go's message, then the fault. The output has no colours.
//!
//! ```no_run
//! let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
//! let arguments = ["-n", "app"].map(Into::into);
//! // No functions are added for a file without a symbol table.
//! let code = gonym::cli::nm::run(&arguments, &|_, _| Vec::new(), &mut out, &mut err);
//! assert_eq!(code, 0);
//! ```

mod documents;
mod lines;
mod listed;

use std::ffi::OsString;
use std::io::{self, Write};

use rayon::prelude::*;

use super::flags::{self, Stop, Takes};
use crate::error::{Fault, in_words};
use crate::image::Image;
use crate::symbols::listing::{Listing, Order};
use documents::Report;
use listed::Listed;

pub(super) const HELP: &str = "\
usage: gonym nm [-n] [-size] [-sort address|name|none|size] [-type] [-recover] [-dynamic] [-format text|json|ndjson] FILE...
Lists the symbols of ELF, Mach-O, PE, XCOFF and Plan 9 files, of Go objects and of archives: address, letter and name,
as `go tool nm` does.
  -n          the same as -sort address
  -size       the size in bytes between address and letter
  -sort KEY   by name (default), by address, by size from the largest, or none: by address
  -type       accepted and without effect, as in Go
  -recover    functions from Go's own tables where the symbol table is gone
  -dynamic    what the dynamic loader sees instead: imports and exports
  -format F   text (default), one JSON document, or ndjson: a line of JSON for each symbol
A FILE of - is standard input.
Exit codes, as Go's: 0, 1 a file failed or the output could not be written, 2 usage and -h
";

/// Finds the functions of an image that has no symbol table. It adds a row for each and returns the faults of what it
/// could not read.
pub type Recover<'a> = &'a (dyn Fn(&Image, &mut Listing) -> Vec<Fault> + Sync);

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Options {
    sort: String,
    size: bool,
    recover: bool,
    dynamic: bool,
    format: String,
}

/// Runs `gonym nm` with the arguments that follow the command's name.
///
/// Returns the exit code: 0, 1 when a file or the output failed, 2 for usage and help.
pub fn run(
    args: &[OsString],
    recover: Recover<'_>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let mut options = Options {
        sort: "name".to_owned(),
        size: false,
        recover: false,
        dynamic: false,
        format: "text".to_owned(),
    };
    let files = match flags::parse(args, known, |name, value| options.set(name, value)) {
        Ok(files) => files,
        Err(stop) => return usage(&stop, err),
    };
    let Some(order) = order(&options.sort) else {
        _ = writeln!(err, "nm: unknown sort order {}", flags::quoted(&options.sort));
        return 2;
    };
    let Some(report) = Report::of(&options.format) else {
        _ = writeln!(err, "nm: unknown format {}", flags::quoted(&options.format));
        return 2;
    };
    if files.is_empty() {
        return usage(&Stop::Help, err);
    }
    match list(files, order, &options, recover, report, out, err) {
        Ok(failed) => failed.into(),
        // A reader that closed the pipe has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(error) => {
            _ = writeln!(err, "gonym: cannot write the output: {}", in_words(&error));
            1
        }
    }
}

fn known(name: &str) -> Option<Takes> {
    match name {
        "sort" | "format" => Some(Takes::Value),
        "n" | "size" | "type" | "recover" | "dynamic" => Some(Takes::Switch),
        _ => None,
    }
}

impl Options {
    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "sort" => value.clone_into(&mut self.sort),
            "format" => value.clone_into(&mut self.format),
            // `-n` has a type of its own in Go: only the value "true" does anything, and no value is an error.
            "n" if value == "true" => "address".clone_into(&mut self.sort),
            "n" => {}
            "size" => self.size = flags::boolean(name, value)?,
            "recover" => self.recover = flags::boolean(name, value)?,
            "dynamic" => self.dynamic = flags::boolean(name, value)?,
            _ => _ = flags::boolean(name, value)?,
        }
        Ok(())
    }
}

fn order(word: &str) -> Option<Order> {
    match word {
        "name" => Some(Order::Name),
        "size" => Some(Order::Size),
        "address" | "none" => Some(Order::Address),
        _ => None,
    }
}

fn usage(stop: &Stop, err: &mut dyn Write) -> u8 {
    if let Stop::Wrong(message) = stop {
        _ = writeln!(err, "{message}");
    }
    _ = err.write_all(HELP.as_bytes());
    2
}

/// Lists every file; returns true if one of them failed.
fn list(
    files: &[OsString],
    order: Order,
    options: &Options,
    recover: Recover<'_>,
    mut report: Report,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<bool> {
    let read = |path: &OsString| Listed::read(path, order, options, recover);
    let (several, mut failed) = (files.len() > 1, false);
    report.begin(out)?;
    // One file per thread at a time, so that not all tables are in memory at once.
    for some in files.chunks(rayon::current_num_threads()) {
        let listed: Vec<Listed> = some.par_iter().map(read).collect();
        for file in listed {
            failed |= report.add(file, several, options.size, out, err)?;
        }
    }
    report.end(failed, out)?;
    Ok(failed)
}
