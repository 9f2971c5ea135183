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
use crate::printable::{listing, printable};
use crate::report::FaultEntry;
use crate::report::document::nm::{ListedAbout, ListedBinary};
use crate::symbols::listing::{Listing, Order};
use crate::symbols::{letters, shown_name};

/// The rows of one file, part by part, and its messages for standard error.
#[derive(Debug)]
pub(super) struct Listed {
    /// The file's name, as messages and prefixes show it.
    name: String,
    pub(super) parts: Vec<Part>,
    pub(super) faults: Vec<FaultEntry>,
    messages: Vec<String>,
    /// Nothing was listed, and `-recover` would list something.
    recoverable: bool,
}

/// The rows of one executable, object or member.
#[derive(Debug)]
pub(super) struct Part {
    /// The file's name, followed by slice and member if there are any.
    name: String,
    pub(super) document: ListedBinary,
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
        let (parts, faults, messages) = (Vec::new(), Vec::new(), Vec::new());
        let mut listed = Self { name, parts, faults, messages, recoverable: false };
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
            let about = about(&path.to_string_lossy(), &part.origin);
            if let Some(foreign) = Foreign::read(&part.range) {
                self.read_foreign(name, about, foreign, order, options);
                continue;
            }
            match Image::parse(part.range) {
                Ok(image) => self.read_image(name, about, &image, order, options, recover),
                Err(fault) => self.refuse(&name, &fault),
            }
        }
        let changed = found.file.check_unchanged().err();
        for fault in found.faults.iter().chain(&changed) {
            self.tell(&self.name.clone(), fault);
        }
        let nothing = self.parts.iter().all(|part| part.document.symbols.is_empty());
        if nothing && !self.messages.iter().any(|m| m.starts_with("open ")) {
            self.messages.push(format!("reading {}: no symbols", self.name));
        }
        if nothing && self.recoverable {
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
        mut about: ListedAbout,
        image: &Image,
        order: Order,
        options: &Options,
        recover: Recover<'_>,
    ) {
        let mut faults = image.faults.clone();
        let whole = faults.is_empty();
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
        faults.iter().for_each(|fault| self.tell(&name, fault));
        rows.sort(order);
        about.format = image.format.word();
        about.os = Some(image.os).filter(|os| !os.is_empty()).map(str::to_owned);
        about.arch = Some(image.arch.clone());
        about.complete = whole && faults.is_empty();
        self.parts.push(Part { name, document: ListedBinary::new(about, rows) });
    }

    /// Such a file has no view of a loader that could be read, and nothing to recover.
    fn read_foreign(
        &mut self,
        name: String,
        mut about: ListedAbout,
        mut foreign: Foreign,
        order: Order,
        options: &Options,
    ) {
        let faults = std::mem::take(&mut foreign.table.faults);
        about.format = foreign.format.word();
        (about.os, about.arch) = (foreign.os.take(), foreign.arch.take());
        about.complete = faults.is_empty();
        let only =
            |flag: &str| format!("{name}: {flag} reads ELF, Mach-O and PE, not {}", about.format);
        if options.dynamic {
            return self.messages.push(only("-dynamic"));
        }
        let mut rows = Listing::of_foreign(foreign);
        if options.recover && !rows.has_definitions() {
            self.messages.push(only("-recover"));
        }
        // A Go object of another version, and what only begins like one, are refused as Go refuses them.
        if let (true, Some(fault)) = (rows.is_empty(), faults.first())
            && !fault.is_damage()
        {
            return self.refuse(&name, fault);
        }
        faults.iter().for_each(|fault| self.tell(&name, fault));
        rows.sort(order);
        self.parts.push(Part { name, document: ListedBinary::new(about, rows) });
    }

    /// A fault, as a line and as JSON has it.
    fn tell(&mut self, name: &str, fault: &Fault) {
        self.messages.push(format!("{name}: {fault}"));
        self.faults.push(FaultEntry::new(name, fault));
    }

    /// Go's message for a file that cannot be opened, followed by the fault if it tells more.
    fn refuse(&mut self, name: &str, fault: &Fault) {
        let (message, told) = match fault.code {
            FaultCode::NotFound => (strerror(&fault.detail), true),
            FaultCode::Unsupported => (fault.detail.clone(), true),
            code => ("unrecognized object file".to_owned(), code == FaultCode::NotExecutable),
        };
        self.messages.push(format!("open {name}: {message}"));
        match told {
            true => self.faults.push(FaultEntry::new(name, fault)),
            false => self.tell(name, fault),
        }
    }

    /// Writes the rows as nm's lines.
    pub(super) fn write(
        &self,
        several_files: bool,
        sizes: bool,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for part in &self.parts {
            let named = several_files || part.name != self.name;
            let prefix = if named { format!("{}:\t", part.name) } else { String::new() };
            Lines::new(prefix, sizes, out).write(&part.document.symbols)?;
        }
        out.flush()
    }

    /// Writes the messages; returns true if there was any.
    pub(super) fn tell_all(&self, err: &mut dyn Write) -> bool {
        for message in &self.messages {
            // If standard error is gone, there is nowhere to report it.
            _ = writeln!(err, "{message}");
        }
        !self.messages.is_empty()
    }
}

/// What is known of a part before it is read.
fn about(path: &str, origin: &Origin) -> ListedAbout {
    let mut about = ListedAbout::new(path, "");
    about.slice = origin.slice().map(str::to_owned);
    about.member = origin.member().map(printable);
    about
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
    let mut rows = Listing::within(image);
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
