//! The exit codes, and the messages on standard error.

use std::io::{self, Write};

use crate::error::Error;
use crate::printable::printable;
use crate::report::FaultEntry;
use crate::report::document::source::SourceGap;

/// Exit code: everything asked holds.
pub(super) const HOLDS: u8 = 0;
/// Exit code: a claim or rule fails, or is unproven although the file is whole.
pub(super) const FAILS: u8 = 1;
/// Exit code: usage or configuration.
pub(super) const USAGE: u8 = 2;
/// Exit code: an input is missing, damaged or not Go, or nothing was there to check.
pub(super) const INPUT: u8 = 3;

/// Writes every fault to standard error, one line each.
pub(super) fn faults(faults: &[FaultEntry]) {
    let mut err = io::stderr().lock();
    for fault in faults {
        let path = printable(fault.path.as_bytes());
        let message = printable(fault.message.as_bytes());
        // If standard error is closed, there is nowhere to report it.
        _ = writeln!(err, "gonym: {path}: {message}");
    }
}

/// The exit code of an error that stopped a command; writes the error first.
pub(super) fn stop(error: &Error) -> u8 {
    // If standard error is closed, there is nowhere to report it.
    _ = writeln!(io::stderr().lock(), "gonym: {error}");
    match error {
        Error::Usage(_) => USAGE,
        Error::Input(_) => INPUT,
        Error::Write(_) => FAILS,
    }
}

/// Says that nothing was asked.
pub(super) fn no_claims() {
    line(
        "no claims: run it in the folder of the module that the binary was built from, or give --source, --pair, --require or --forbid",
    );
}

/// Says which sources are missing or doubtful, one line each.
pub(super) fn gaps<'a>(gaps: impl IntoIterator<Item = &'a SourceGap>) {
    for gap in gaps {
        let module = printable(gap.module.as_bytes());
        let message = printable(gap.message.as_bytes());
        let module = if module.is_empty() { module } else { format!("{module}: ") };
        line(&format!("{}: {module}{message}", gap.code.word()));
    }
}

/// Writes one line to standard error.
pub(super) fn line(text: &str) {
    // If standard error is closed, there is nowhere to report it.
    _ = writeln!(io::stderr().lock(), "gonym: {text}");
}
