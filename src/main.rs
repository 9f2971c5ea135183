//! The command line: parse, run, exit code.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(gonym::cli::run(std::env::args_os().collect()))
}
