//! `addr`: what stands at addresses of one executable.
//!
//! ```no_run
//! use gonym::report::document::addr::{AddressedBinary, LineStyle};
//! use gonym::trace::asked::Asked;
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let mut document = AddressedBinary::new(&binary, "app", true, LineStyle::Go);
//!     document.add(&binary, "47f0ee", Asked::parse(b"47f0ee"), 0);
//!     println!("{:?}", document.addresses[0].answer.line);
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

#[cfg(feature = "cli")]
use std::io::{self, Write};

use serde::Serialize;

use super::Document;
use super::about::About;
use super::aliases::AliasName;
use crate::binary::Binary;
use crate::binary::lookup::{At, CodeFrame};
use crate::golang::inline::Frame;
use crate::golang::pclntab::Position;
use crate::outcome::Outcome;
use crate::printable::printable;
#[cfg(feature = "cli")]
use crate::report::Detail;
use crate::report::name::{Field, Name};
#[cfg(feature = "cli")]
use crate::report::render::text;
use crate::report::{Command, Reported, address};
use crate::trace::asked::Asked;

/// One executable and the addresses that were asked for.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct AddressedBinary {
    /// What it is.
    #[serde(flatten)]
    pub about: About,
    /// In the order they were asked for.
    pub addresses: Vec<AddressEntry>,
    /// How text shows them.
    #[serde(skip)]
    pub style: LineStyle,
}

/// How the answers are written as lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineStyle {
    /// As `go tool addr2line` does: the function that holds the address, then the place in the innermost body.
    Go,
    /// As GNU's addr2line does.
    Gnu(GnuLines),
}

/// What GNU's addr2line was asked to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GnuLines {
    /// The address first (`-a`).
    pub addresses: bool,
    /// Names of functions (`-f`).
    pub functions: bool,
    /// All functions at the address, not only the innermost (`-i`).
    pub inlines: bool,
    /// One line for each function (`-p`).
    pub pretty: bool,
}

/// What stands at one address, as far as lines show it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Answer {
    /// What was asked, as it was given.
    pub asked: String,
    /// The address; null if what was asked is none.
    pub address: Option<String>,
    /// The function of Go's table that holds it; null outside Go's code.
    #[serde(flatten)]
    pub function: Field<Option<Name>>,
    /// The file of the innermost body.
    pub file: Option<String>,
    /// The line there.
    pub line: Option<u32>,
    /// The functions at the address: inlined ones, the innermost first, then the one that holds it.
    pub frames: Vec<AddressFrame>,
    /// What `go tool addr2line` says, which is not always a place: file and line.
    #[serde(skip)]
    pub tool: Option<(Name, i32)>,
    /// The name of code that is not Go's.
    #[serde(skip)]
    pub foreign: Option<Name>,
    /// How the question was read, and the digits of an address.
    #[serde(skip)]
    pub read: (Asked, usize),
}

/// One function at an address.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct AddressFrame {
    /// Its name.
    #[serde(flatten)]
    pub function: Field<Name>,
    /// The package that its source belongs to, where that is known. Another than that of the name: a linkname.
    pub package: Option<String>,
    /// The file of the instruction, or of the call of the frame before.
    pub file: Option<String>,
    /// The line there.
    pub line: Option<u32>,
    /// The same file as bytes.
    #[serde(skip)]
    pub place: Option<(Name, u32)>,
}

/// What stands at one address.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AddressEntry {
    /// The function and its lines.
    #[serde(flatten)]
    pub answer: Answer,
    /// Where the function that holds it begins.
    pub entry: Option<String>,
    /// How far the address lies behind that, in bytes.
    pub offset: Option<u64>,
    /// The symbol that holds it, in the symbol table's spelling.
    #[serde(flatten)]
    pub symbol: Field<Option<Name>>,
    /// All names of that symbol's address, if there are several.
    pub aliases: Vec<AliasName>,
    /// The section.
    pub section: Option<String>,
    /// Where its byte lies in the file.
    pub file_offset: Option<u64>,
}

/// How many addresses were asked for.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct AddressSummary {
    /// All of them.
    pub addresses: usize,
    /// Those in a Go function.
    pub found: usize,
}

impl AddressedBinary {
    /// A document about `binary` without addresses; `path` is its name in reports.
    #[must_use]
    pub fn new(binary: &Binary, path: &str, complete: bool, style: LineStyle) -> Self {
        Self { about: About::new(binary, path, complete), addresses: Vec::new(), style }
    }

    /// Adds what stands at an address, see [`Answer::new`].
    pub fn add(&mut self, binary: &Binary, given: &str, asked: Asked, slide: u64) {
        self.addresses.push(AddressEntry::new(binary, given, asked, slide));
    }
}

impl Answer {
    /// What stands in `binary` at the address that was `asked`; `given` is its text. It is an address of a program that
    /// was loaded `slide` bytes behind where it is linked to be.
    #[must_use]
    pub fn new(binary: &Binary, given: &str, asked: Asked, slide: u64) -> Self {
        let at = binary.at(asked.address().wrapping_sub(slide));
        Self::with_frames(&at, given, asked, at.frames().iter().map(AddressFrame::new).collect())
    }

    /// The same for lines, which show no packages: what owns a folder takes a walk over all functions to learn.
    #[must_use]
    pub fn for_lines(binary: &Binary, asked: Asked, slide: u64) -> Self {
        let at = binary.at(asked.address().wrapping_sub(slide));
        let frames = at.bare_frames().iter().map(AddressFrame::bare).collect();
        Self::with_frames(&at, "", asked, frames)
    }

    fn with_frames(at: &At<'_>, given: &str, asked: Asked, frames: Vec<AddressFrame>) -> Self {
        let tool = at.tool_line();
        let place = frames.first().and_then(|frame| frame.place.as_ref());
        let is_address = matches!(asked, Asked::Address(_));
        let foreign = if tool.is_none() { foreign(at) } else { None };
        Self {
            asked: given.to_owned(),
            address: is_address.then(|| address(at.address)),
            function: Field::new("function", tool.map(|tool| Name::new(tool.function))),
            file: place.map(|(file, _)| file.to_string()),
            line: place.map(|(_, line)| *line),
            frames,
            tool: tool.map(|tool| (Name::new(tool.file), tool.line)),
            foreign,
            read: (asked, at.digits()),
        }
    }

    /// Writes it as lines.
    ///
    /// # Errors
    /// What `out` reports.
    #[cfg(feature = "cli")]
    pub fn write(&self, out: &mut dyn Write, style: LineStyle) -> io::Result<()> {
        text::addr::answer(out, self, style)
    }
}

/// The symbol of code that no Go function holds: C, or what the linker made.
fn foreign(at: &At<'_>) -> Option<Name> {
    at.section().filter(|section| section.executable)?;
    Some(Name::new(at.holding_symbol()?.name))
}

impl AddressFrame {
    pub(super) fn new(frame: &CodeFrame<'_>) -> Self {
        let package = frame.package.map(str::to_owned);
        Self { package, ..Self::at(frame.function, frame.position) }
    }

    fn bare(frame: &Frame<'_>) -> Self {
        Self::at(frame.name, frame.position)
    }

    fn at(function: &[u8], position: Option<Position<'_>>) -> Self {
        let place = position.map(|position| (Name::new(position.file), position.line));
        Self {
            function: Field::of("function", function),
            package: None,
            file: place.as_ref().map(|(file, _)| file.to_string()),
            line: place.as_ref().map(|(_, line)| *line),
            place,
        }
    }
}

impl AddressEntry {
    fn new(binary: &Binary, given: &str, asked: Asked, slide: u64) -> Self {
        let answer = Answer::new(binary, given, asked, slide);
        let at = binary.at(asked.address().wrapping_sub(slide));
        let function = at.function();
        let symbol = at.symbol().map(|symbol| Name::new(symbol.name));
        let aliases = at.aliases().into_iter().map(|alias| AliasName {
            name: Field::of("name", alias.symbol.name),
            class: alias.class,
        });
        Self {
            answer,
            entry: function.map(|function| address(function.entry)),
            offset: function.map(|function| at.address.wrapping_sub(function.entry)),
            symbol: Field::new("symbol", symbol),
            aliases: aliases.collect(),
            section: at.section().map(|section| printable(&section.name)),
            file_offset: at.file_offset(),
        }
    }
}

impl Document for AddressedBinary {
    type Summary = AddressSummary;

    const COMMAND: Command = Command::Addr;
    const LISTED_AS: Option<&'static str> = None;

    fn findings(&self) -> Vec<Reported> {
        self.about.findings()
    }

    fn count(&self, summary: &mut AddressSummary) {
        let found = self.addresses.iter().filter(|entry| entry.entry.is_some());
        summary.addresses += self.addresses.len();
        summary.found += found.count();
    }

    fn outcome(&self) -> Outcome {
        Outcome::SHOWN
    }

    #[cfg(feature = "cli")]
    fn text(&self, out: &mut dyn Write, _: Detail) -> io::Result<()> {
        self.addresses.iter().try_for_each(|entry| entry.answer.write(out, self.style))
    }
}
