//! `gonym addr` on a trace: all of standard input is read, because what tells where the program was loaded may stand
//! at its end.

use std::io::{self, BufWriter, Read};

use super::super::chosen::Chosen;
use super::super::output::Common;
use super::super::told;
use crate::binary::Binary;
use crate::error::Error;
use crate::report::document::trace::TracedBinary;

/// As much of standard input is read as for an executable.
const MOST: u64 = 1 << 30;

/// Completes the trace that begins with `head`; returns the exit code.
pub(super) fn run(
    common: &Common,
    binary: &Binary,
    head: Vec<u8>,
    slide: Option<u64>,
    chosen: &Chosen,
) -> Result<u8, Error> {
    let mut text = head;
    io::stdin().lock().take(MOST).read_to_end(&mut text).map_err(Error::Write)?;
    if text.len() as u64 > MOST {
        return Err(Error::Usage("standard input is read up to 1 GiB".to_owned()));
    }
    let complete = chosen.faults.is_empty();
    let traced = TracedBinary::new(binary, &chosen.path, complete, &text, slide);
    match (traced.fitting(), traced.doubtful()) {
        (0, 0) => told::line("standard input holds no frame of a Go trace"),
        (0, _) => told::line("no frame of the trace fits this program: it is of another build"),
        (_, 0) => {}
        (_, some) => {
            let all = traced.frames.iter().filter(|frame| frame.text_line.is_some()).count();
            let whose = if 2 * some > all { ": it may be of another program or build" } else { "" };
            told::line(&format!(
                "{some} of {all} frames of the trace could not be completed{whose}"
            ));
        }
    }
    if !common.is_text_alone() {
        let mut report = common.report();
        report.add(&traced);
        report.fault(chosen.faults.iter().cloned());
        return common.end(report.end());
    }
    // Not through a report, which takes escape sequences out of the text.
    match traced.write(&mut BufWriter::new(io::stdout().lock())) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(Error::Write(error)),
        _ => {}
    }
    Ok(if traced.fitting() > 0 && complete { told::HOLDS } else { told::INPUT })
}
