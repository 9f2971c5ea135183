//! Which rows and which messages does nm show for one file?
//!
//! Where Go has a message, it comes first; then the fault, which Go does not report.

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use super::lines::Lines;
use super::{Options, Recover};
use crate::error::{Fault, FaultCode};
use crate::image::foreign::Foreign;
use crate::image::{Format, Image, dynamic};
use crate::input::{self, Origin, Step};
use crate::printable::listing;
use crate::symbols::listing::{Listing, Order};
use crate::symbols::{letters, shown_name};

/// The rows of one file, part by part, and its messages for standard error.
#[derive(Debug)]
pub(super) struct Listed {
    /// The file's name, as messages and prefixes show it.
    name: String,
    /// The rows of each part. A part's name is the file's, followed by slice and member if there are any.
    parts: Vec<(String, Listing)>,
    messages: Vec<String>,
    /// Nothing was listed, and `-recover` would list something.
    recoverable: bool,
}

impl Listed {
    /// Reads and sorts what `path` holds.
    pub(super) fn read(
        path: &OsString,
        order: Order,
        options: &Options,
        recover: Recover<'_>,
    ) -> Self {
        let name = listing(path.as_encoded_bytes());
        let mut listed = Self { name, parts: Vec::new(), messages: Vec::new(), recoverable: false };
        if let Err(fault) = listed.read_file(path, order, options, recover) {
            let name = listed.name.clone();
            listed.refuse(&name, &fault);
        }
        listed
    }

    fn read_file(
        &mut self,
        path: &OsStr,
        order: Order,
        options: &Options,
        recover: Recover<'_>,
    ) -> Result<(), Fault> {
        let found = input::open_to_list(Path::new(path))?;
        let several = found.parts.len() > 1;
        for part in found.parts {
            let name = self.part_name(&part.origin, several);
            if let Some(foreign) = Foreign::read(&part.range) {
                self.read_foreign(name, foreign, order, options);
                continue;
            }
            match Image::parse(part.range) {
                Ok(image) => self.read_image(name, &image, order, options, recover),
                Err(fault) => self.refuse(&name, &fault),
            }
        }
        let changed = found.file.check_unchanged().err();
        for fault in found.faults.iter().chain(&changed) {
            self.messages.push(format!("{}: {fault}", self.name));
        }
        if self.parts.is_empty() && !self.messages.iter().any(|m| m.starts_with("open ")) {
            self.messages.push(format!("reading {}: no symbols", self.name));
        }
        if self.parts.is_empty() && self.recoverable {
            let hint = "gonym nm -recover lists the functions out of Go's own table";
            self.messages.push(format!("{}: {hint}", self.name));
        }
        Ok(())
    }

    /// Go's nm names a member only where there are several (cmd/nm/nm.go).
    fn part_name(&self, origin: &Origin, several: bool) -> String {
        let mut name = self.name.clone();
        for step in &origin.steps {
            match step {
                Step::Slice(arch) => _ = write!(name, "({arch})"),
                Step::Member(member) if several => _ = write!(name, "({})", listing(member)),
                Step::Member(_) => {}
            }
        }
        name
    }

    fn read_image(
        &mut self,
        name: String,
        image: &Image,
        order: Order,
        options: &Options,
        recover: Recover<'_>,
    ) {
        let mut faults = image.faults.clone();
        let mut rows = if options.dynamic {
            dynamic_rows(image, &mut faults)
        } else {
            let table = image.read_symbols();
            faults.extend_from_slice(&table.faults);
            let whole = image.faults.is_empty() && !options.recover;
            if image.format == Format::Elf && !table.present && whole {
                self.messages.push(format!("reading {name}: no symbol section"));
            }
            Listing::of_table(image, table)
        };
        if !options.recover && !options.dynamic && rows.is_empty() {
            let mut functions = Listing::new(image.format);
            recover(image, &mut functions);
            self.recoverable |= !functions.is_empty();
        }
        if options.recover && !rows.has_definitions() {
            faults.extend(recover(image, &mut rows));
        }
        if let Some(fault) = image.faults.first() {
            self.refuse(&name, fault);
            faults.remove(0);
        }
        self.messages.extend(faults.iter().map(|fault| format!("{name}: {fault}")));
        if !rows.is_empty() {
            rows.sort(order);
            self.parts.push((name, rows));
        }
    }

    /// Such a file has no view of a loader that could be read, and nothing to recover.
    fn read_foreign(&mut self, name: String, mut foreign: Foreign, order: Order, options: &Options) {
        let faults = std::mem::take(&mut foreign.table.faults);
        let word = foreign.format.word();
        let mut rows = if options.dynamic {
            self.messages.push(format!("{name}: -dynamic reads ELF, Mach-O and PE, not {word}"));
            return;
        } else {
            Listing::of_foreign(foreign)
        };
        if options.recover && !rows.has_definitions() {
            self.messages.push(format!("{name}: -recover reads ELF, Mach-O and PE, not {word}"));
        }
        if rows.is_empty()
            && let Some(fault) = faults.first().filter(|fault| !fault.is_damage())
        {
            return self.refuse(&name, fault);
        }
        self.messages.extend(faults.iter().map(|fault| format!("{name}: {fault}")));
        if !rows.is_empty() {
            rows.sort(order);
            self.parts.push((name, rows));
        }
    }

    /// Go's message for a file that cannot be opened, followed by the fault if it tells more.
    fn refuse(&mut self, name: &str, fault: &Fault) {
        let (message, told) = match fault.code {
            FaultCode::NotFound => (strerror(&fault.detail), true),
            FaultCode::Unsupported => (fault.detail.clone(), true),
            code => ("unrecognized object file".to_owned(), code == FaultCode::NotExecutable),
        };
        self.messages.push(format!("open {name}: {message}"));
        if !told {
            self.messages.push(format!("{name}: {fault}"));
        }
    }

    /// Writes the rows, then the messages; returns true if there was any message.
    pub(super) fn write(
        self,
        several_files: bool,
        sizes: bool,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> io::Result<bool> {
        for (part, rows) in &self.parts {
            let named = several_files || *part != self.name;
            let prefix = if named { format!("{part}:\t") } else { String::new() };
            Lines::new(prefix, sizes, out).write(rows)?;
        }
        out.flush()?;
        for message in &self.messages {
            // If standard error is gone, there is nowhere to report it.
            _ = writeln!(err, "{message}");
        }
        Ok(!self.messages.is_empty())
    }
}

/// Go's words for an operating system error, made from the words of [`crate::error::in_words`].
fn strerror(told: &str) -> String {
    let mut letters = told.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// Imports and exports as rows, with names as nm shows them.
fn dynamic_rows(image: &Image, faults: &mut Vec<Fault>) -> Listing {
    let view = dynamic::read(image);
    faults.extend(view.faults);
    let mut rows = Listing::new(image.format);
    for import in &view.imports {
        rows.push(0, 0, b'U', shown_name(image.format, &import.name));
    }
    for export in &view.exports {
        let section = export.section.and_then(|index| image.sections.get(index as usize));
        let letter = section.map_or(b'?', |section| letters::of_section(image.format, section));
        rows.push(export.address, export.size, letter, shown_name(image.format, &export.name));
    }
    rows
}
