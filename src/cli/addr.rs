//! `gonym addr`: what stands at addresses, in the lines of `go tool addr2line` or of GNU's addr2line.

mod lines;
mod tool;
mod traced;

use std::ffi::{OsStr, OsString};
use std::io::{self, BufReader, BufWriter, Read, Write};

use clap::Args;

use super::chosen::{Choice, Chosen};
use super::output::Common;
use super::told;
use crate::binary::Binary;
use crate::error::Error;
use crate::report::document::addr::{AddressedBinary, Answer, GnuLines, LineStyle};
use crate::trace::asked::Asked;
use lines::Lines;

pub(super) use tool::{is_called_so, run as run_as_addr2line};

/// What the exit codes mean, for `--help`.
pub(super) const EXIT_CODES: &str = "\
Without -e, -a, -f, -i and -p the lines are those of `go tool addr2line`: the function that
holds the address, then file and line of the innermost inlined body. An address is taken as it
is: of a return address ask for the byte before it. Called as `addr2line` (by the name of a link
to it) it takes the arguments of GNU's and of Go's tool.

If the first line of standard input is neither an address nor blank, it is taken for a trace of Go
(panic, SIGQUIT, debug.PrintStack, or a log that holds one): each frame is completed, what is known
beyond Go's own form stands behind `//`, and every other line passes unchanged.

Exit codes, the same in every format:
  0  the file could be read; what lies in no Go function is `?` or `??`; of a trace a frame fits it
  2  usage
  3  the file is missing, damaged, or no Go executable; or no frame of a trace fits it";

/// Arguments of `gonym addr`.
#[derive(Args, Debug)]
pub(super) struct Addr {
    /// The executable (not with -e), then addresses; without addresses they are read from standard input
    #[arg(value_name = "FILE|ADDRESS")]
    positional: Vec<OsString>,
    /// The executable; the lines are then those of GNU's addr2line
    #[arg(short = 'e', long = "exe", value_name = "FILE")]
    executable: Option<OsString>,
    #[command(flatten)]
    gnu: Gnu,
    /// Take standard input for a trace, whatever its first line is
    #[arg(long)]
    trace: bool,
    /// Where the program was loaded: the address of its first byte in memory [default: where it is linked to be]
    #[arg(long, value_name = "ADDRESS", value_parser = parse_base)]
    base: Option<u64>,
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    common: Common,
}

/// GNU's options about lines.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(super) struct Gnu {
    /// Write each address first
    #[arg(short = 'a', long = "addresses")]
    addresses: bool,
    /// Write names of functions
    #[arg(short = 'f', long = "functions")]
    functions: bool,
    /// Write all functions that were inlined there, the innermost first
    #[arg(short = 'i', long = "inlines")]
    inlines: bool,
    /// Write one line for each function
    #[arg(short = 'p', long = "pretty-print")]
    pretty: bool,
}

impl Gnu {
    /// The style of lines; `asked` says that GNU's are wanted whatever they hold.
    fn style(self, asked: bool) -> LineStyle {
        let Self { addresses, functions, inlines, pretty } = self;
        if asked || addresses || functions || inlines || pretty {
            LineStyle::Gnu(GnuLines { addresses, functions, inlines, pretty })
        } else {
            LineStyle::Go
        }
    }
}

fn parse_base(text: &str) -> Result<u64, String> {
    match Asked::parse_gnu(text.as_bytes()) {
        Asked::Address(base) if Asked::is_address_or_blank(text.as_bytes()) => Ok(base),
        _ => Err("wanted an address in hexadecimal, e.g. 0x555555554000".to_owned()),
    }
}

/// Reads a question in the way of the tool whose lines are written.
fn read(line: &[u8], style: LineStyle) -> Asked {
    match style {
        LineStyle::Go => Asked::parse(line),
        LineStyle::Gnu(_) => Asked::parse_gnu(line),
    }
}

impl Addr {
    /// Runs the command; returns the exit code.
    pub(super) fn run(&self) -> u8 {
        self.try_run().unwrap_or_else(|error| told::stop(&error))
    }

    fn try_run(&self) -> Result<u8, Error> {
        let (file, addresses) = self.file()?;
        let style = self.gnu.style(self.executable.is_some());
        self.common.check_files(std::slice::from_ref(file))?;
        if self.trace && !addresses.is_empty() {
            return Err(Error::Usage("--trace reads standard input, and no addresses".to_owned()));
        }
        if file == "-" && addresses.is_empty() {
            let told = "standard input cannot be both the executable and the addresses";
            return Err(Error::Usage(told.to_owned()));
        }
        let chosen = self.choice.open(file)?;
        told::faults(&chosen.faults);
        let Some(binary) = &chosen.binary else {
            let mut report = self.common.report::<AddressedBinary>();
            report.fault(chosen.faults);
            return self.common.end(report.end());
        };
        let slide = self.base.map(|base| base.wrapping_sub(binary.image.load_address()));
        let head =
            if addresses.is_empty() { lines::first().map_err(Error::Write)? } else { Vec::new() };
        if self.trace || !Asked::is_address_or_blank(&head) {
            return traced::run(&self.common, binary, head, slide, &chosen);
        }
        let questions = Questions { addresses, head: &head };
        let slide = slide.unwrap_or(0);
        if !self.common.is_text_alone() {
            return self.document(binary, &questions, style, slide, &chosen);
        }
        stream(binary, &questions, style, slide)?;
        Ok(if chosen.faults.is_empty() { told::HOLDS } else { told::INPUT })
    }

    /// The executable, and the addresses that are given.
    fn file(&self) -> Result<(&OsString, &[OsString]), Error> {
        match (&self.executable, self.positional.as_slice()) {
            (Some(file), addresses) => Ok((file, addresses)),
            (None, [file, addresses @ ..]) => Ok((file, addresses)),
            (None, []) => {
                Err(Error::Usage("wanted a FILE: gonym addr FILE [ADDRESS...]".to_owned()))
            }
        }
    }

    fn document(
        &self,
        binary: &Binary,
        questions: &Questions<'_>,
        style: LineStyle,
        slide: u64,
        chosen: &Chosen,
    ) -> Result<u8, Error> {
        let complete = chosen.faults.is_empty();
        let mut document = AddressedBinary::new(binary, &chosen.path, complete, style);
        each_question(questions, &mut io::sink(), |line, _| {
            let given = crate::printable::printable(line);
            document.add(binary, &given, read(line, style), slide);
            Ok(())
        })
        .map_err(Error::Write)?;
        let mut report = self.common.report();
        report.add(&document);
        report.fault(chosen.faults.iter().cloned());
        self.common.end(report.end())
    }
}

/// What is asked: addresses that are given, or the lines of standard input behind those that were read already.
struct Questions<'a> {
    addresses: &'a [OsString],
    head: &'a [u8],
}

/// Answers each question as it comes. A reader that stopped early has seen enough.
fn stream(
    binary: &Binary,
    questions: &Questions<'_>,
    style: LineStyle,
    slide: u64,
) -> Result<(), Error> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut junk = 0usize;
    let answered = each_question(questions, &mut out, |line, out| {
        junk += usize::from(!Asked::is_address_or_blank(line));
        Answer::for_lines(binary, read(line, style), slide).write(out, style)
    });
    if junk > 0 && style == LineStyle::Go {
        let given = if questions.addresses.is_empty() { "lines" } else { "arguments" };
        told::line(&format!(
            "no address: {junk} of the {given} (a trace on standard input wants --trace)"
        ));
    }
    match answered {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Write(error)),
        _ => Ok(()),
    }
}

/// Calls `answer` for each of `questions`. What was written is sent before more input is waited for.
fn each_question<W: Write>(
    questions: &Questions<'_>,
    out: &mut W,
    mut answer: impl FnMut(&[u8], &mut W) -> io::Result<()>,
) -> io::Result<()> {
    if questions.addresses.is_empty() {
        let mut lines = Lines::new(BufReader::new(questions.head.chain(io::stdin().lock())));
        while let Some(line) = lines.next(|| out.flush())? {
            answer(&line, out)?;
        }
    }
    for address in questions.addresses {
        answer(OsStr::as_encoded_bytes(address), out)?;
    }
    out.flush()
}
