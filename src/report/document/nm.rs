//! `nm`: the symbol table of one executable, object or member.
//!
//! Rows are made while they are written: a table of 150,000 is in memory once, as the listing that nm sorts.
//!
//! ```no_run
//! use gonym::report::document::nm::ListedSymbol;
//! use gonym::symbols::listing::{Listing, Order};
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let mut listing = Listing::of_table(&binary.image, binary.symbols().clone());
//!     listing.sort(Order::Address);
//!     for row in listing.rows().map(|row| ListedSymbol::new(&listing, &row)) {
//!         println!("{:?} {:?}", row.address, row.file_offset);
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

#[cfg(feature = "cli")]
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::Document;
use crate::outcome::Outcome;
use crate::printable::printable;
#[cfg(feature = "cli")]
use crate::report::Detail;
use crate::report::name::{Field, Name};
use crate::report::{Command, Reported, address};
use crate::symbols::listing::{Listing, Row};

/// What a symbol table belongs to. Formats that only `nm` reads have nothing more to tell.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ListedAbout {
    /// The path as given.
    pub path: String,
    /// Architecture of the slice, in a fat file.
    pub slice: Option<String>,
    /// Name of the archive member.
    pub member: Option<String>,
    /// `elf`, `macho`, `pe`, `goobj`, `xcoff` or `plan9`.
    pub format: &'static str,
    /// Go's name of the operating system, where known.
    pub os: Option<String>,
    /// Go's name of the architecture, where known.
    pub arch: Option<String>,
    /// Whether nothing of it is damaged.
    pub complete: bool,
}

/// A symbol table.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ListedBinary {
    /// What it belongs to.
    #[serde(flatten)]
    pub about: ListedAbout,
    /// The rows that nm lists, in the order that was asked for.
    #[serde(serialize_with = "rows")]
    pub symbols: Listing,
}

/// One row.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListedSymbol {
    /// The name as nm shows it.
    #[serde(flatten)]
    pub name: Field<Name>,
    /// The address. None of what is defined elsewhere, of which tables keep any number.
    pub address: Option<String>,
    /// The size in bytes, as nm prints it; none of what is defined elsewhere.
    pub size: Option<i64>,
    /// nm's letter.
    pub letter: char,
    /// The section that it is defined in.
    pub section: Option<String>,
    /// Where its first byte lies in the file; none where the loader makes it.
    pub file_offset: Option<u64>,
}

/// How many symbols there are.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct ListedSummary {
    /// All of them.
    pub symbols: usize,
    /// Those that are defined elsewhere.
    pub undefined: usize,
}

impl ListedAbout {
    /// A whole file at `path`, of that format.
    #[must_use]
    pub fn new(path: &str, format: &'static str) -> Self {
        let path = path.to_owned();
        Self { path, slice: None, member: None, format, os: None, arch: None, complete: true }
    }
}

impl ListedBinary {
    /// The rows of `symbols`, which are sorted already.
    #[must_use]
    pub fn new(about: ListedAbout, symbols: Listing) -> Self {
        Self { about, symbols }
    }
}

impl ListedSymbol {
    /// A row of `listing`.
    #[must_use]
    pub fn new(listing: &Listing, row: &Row<'_>) -> Self {
        let defined = row.letter != b'U';
        let section = listing.section(row);
        Self {
            name: Field::of("name", row.name),
            address: defined.then(|| address(row.address)),
            size: defined.then_some(row.size),
            letter: char::from(row.letter),
            section: section
                .map(|section| printable(&section.name))
                .filter(|name| !name.is_empty()),
            file_offset: listing.file_offset(row),
        }
    }
}

fn rows<S: Serializer>(listing: &Listing, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(listing.rows().map(|row| ListedSymbol::new(listing, &row)))
}

impl Document for ListedBinary {
    type Summary = ListedSummary;

    const COMMAND: Command = Command::Nm;
    const LISTED_AS: Option<&'static str> = Some("binaries");

    fn findings(&self) -> Vec<Reported> {
        Vec::new()
    }

    fn count(&self, summary: &mut ListedSummary) {
        summary.symbols += self.symbols.len();
        summary.undefined += self.symbols.rows().filter(|row| row.letter == b'U').count();
    }

    fn outcome(&self) -> Outcome {
        Outcome { lacks: !self.about.complete || self.symbols.is_empty(), ..Outcome::SHOWN }
    }

    /// Only the letters and names: the lines of `go tool nm` are the command's own.
    #[cfg(feature = "cli")]
    fn text(&self, out: &mut dyn Write, _: Detail) -> io::Result<()> {
        let mut rows = self.symbols.rows();
        rows.try_for_each(|row| writeln!(out, "{} {}", char::from(row.letter), printable(row.name)))
    }
}
