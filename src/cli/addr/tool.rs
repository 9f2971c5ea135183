//! gonym under the name `addr2line`: the arguments, messages and exit codes of the tools of that name.
//!
//! With `-e FILE` it is GNU's tool, as pprof, perf and others start it (`addr2line -aif -e FILE`); with FILE alone it is
//! Go's (cmd/addr2line/main.go, go1.27). It never takes its input for a trace.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;

use clap::Parser;

use super::super::chosen::Choice;
use super::{Gnu, Questions, stream};
use crate::error::Error;
use crate::printable::printable;

/// Exit code of Go's and of GNU's tool for a file that cannot be read.
const FAILED: u8 = 1;
/// Exit code of Go's tool for wrong arguments.
const USAGE: u8 = 2;

/// Translate addresses of a Go program into functions and lines
#[derive(Parser, Debug)]
#[command(
    name = "addr2line",
    version,
    override_usage = "addr2line FILE\n       addr2line [-a] [-f] [-i] [-p] -e FILE [ADDRESS]..."
)]
struct Arguments {
    /// The executable; without -e, and then alone. With -e: addresses, which else are read from standard input
    #[arg(value_name = "FILE|ADDRESS")]
    positional: Vec<OsString>,
    /// The executable
    #[arg(short = 'e', long = "exe", value_name = "FILE")]
    executable: Option<OsString>,
    #[command(flatten)]
    gnu: Gnu,
}

/// Whether the program was called as `addr2line`.
pub(in crate::cli) fn is_called_so(program: &OsStr) -> bool {
    Path::new(program).file_stem().is_some_and(|name| name == "addr2line")
}

/// Runs as `addr2line`; returns the exit code.
pub(in crate::cli) fn run(arguments: &[OsString]) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // If the terminal is gone, there is nowhere to report it.
            _ = error.print();
            return if error.use_stderr() { USAGE } else { 0 };
        }
    };
    let (file, addresses) = match (&arguments.executable, arguments.positional.as_slice()) {
        (Some(file), addresses) => (file, addresses),
        (None, [file]) => (file, &[][..]),
        _ => {
            told("usage: addr2line FILE, or addr2line [-a] [-f] [-i] [-p] -e FILE [ADDRESS]...");
            return USAGE;
        }
    };
    let style = arguments.gnu.style(arguments.executable.is_some());
    answer(file, addresses, style).unwrap_or_else(|error| {
        told(&error.to_string());
        FAILED
    })
}

fn answer(file: &OsStr, addresses: &[OsString], style: super::LineStyle) -> Result<u8, Error> {
    let chosen = Choice::default().open(file)?;
    for fault in &chosen.faults {
        let message = printable(fault.message.as_bytes());
        told(&format!("{}: {message}", printable(fault.path.as_bytes())));
    }
    let Some(binary) = &chosen.binary else { return Ok(FAILED) };
    stream(binary, &Questions { addresses, head: &[] }, style, 0)?;
    Ok(if chosen.faults.is_empty() { 0 } else { FAILED })
}

fn told(text: &str) {
    // If standard error is closed, there is nowhere to report it.
    _ = writeln!(io::stderr().lock(), "addr2line: {text}");
}
