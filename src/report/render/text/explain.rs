//! `explain` for a person: one page, what is asked most at night first.

use std::io::{self, Write};

use anstyle::Style;

use super::counted;
use super::discover::{listed, why};
use super::headline::headline;
use super::table::wrapped;
use crate::binary::NameList;
use crate::linkname::claim::Form;
use crate::printable::printable;
use crate::report::Detail;
use crate::report::document::explain::{
    CallerEntry, ExplainedBinary, PlaceEntry, ReturnEntry, SiteEntry, SymbolEntry,
};
use crate::report::words::Worded;
use crate::symbols::aliases::Class;

/// Columns of the labels.
const LABEL: usize = 14;

/// More packages that refer to the subject are counted without `-v`.
const MOST_PACKAGES: usize = 12;

/// More of other things are counted without `-v`.
const MOST: usize = 4;

/// Writes the page.
pub(in crate::report) fn page(
    out: &mut dyn Write,
    document: &ExplainedBinary,
    detail: Detail,
) -> io::Result<()> {
    headline(out, &document.about)?;
    writeln!(out)?;
    if let Some(symbol) = &document.symbol {
        return Page { out, symbol, detail }.write();
    }
    if !document.matches.is_empty() {
        writeln!(out, "{} match; say which one:", counted(document.matches.len(), "name"))?;
        let shown = if detail.verbose { usize::MAX } else { MOST_MATCHES };
        for name in document.matches.iter().take(shown) {
            writeln!(out, "  {name}")?;
        }
        let more = document.matches.len().saturating_sub(shown);
        return if more > 0 { writeln!(out, "  and {more} more (-v lists them)") } else { Ok(()) };
    }
    let given = document.asked.to_string();
    if given.starts_with("0x") || given.starts_with("0X") {
        return writeln!(out, "No section of this file holds the address {given}.");
    }
    let rest = if document.about.complete { "" } else { ", as far as it can be read" };
    writeln!(out, "Nothing of the name {given} is in this file{rest}.")?;
    if document.about.names != NameList::Symtab {
        writeln!(
            out,
            "The names of variables are stripped from it; only addresses of data can be asked."
        )?;
    }
    if !document.nearest.is_empty() {
        writeln!(out, "Nearest names:")?;
    }
    document.nearest.iter().try_for_each(|name| writeln!(out, "  {name}"))
}

/// More names than these are counted without `-v`.
const MOST_MATCHES: usize = 40;

struct Page<'a> {
    out: &'a mut dyn Write,
    symbol: &'a SymbolEntry,
    detail: Detail,
}

impl Page<'_> {
    fn write(&mut self) -> io::Result<()> {
        let bold = Style::new().bold();
        let title = match (&*self.symbol.name, &self.symbol.asked) {
            (Some(name), _) => name.to_string(),
            (None, Some(asked)) => asked.address.clone(),
            (None, None) => String::new(),
        };
        writeln!(self.out, "{bold}{title}{bold:#}")?;
        self.asked()?;
        self.place()?;
        self.declared()?;
        self.probes()?;
        self.linknames()?;
        self.rules()?;
        self.inlined()?;
        self.callers()?;
        self.tables()
    }

    /// A label and what it says, wrapped beside it.
    fn line(&mut self, label: &str, text: &str) -> io::Result<()> {
        for (index, line) in wrapped(text, LABEL + 2).iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            writeln!(self.out, "  {label:LABEL$}{line}")?;
        }
        Ok(())
    }

    fn asked(&mut self) -> io::Result<()> {
        let Some(asked) = &self.symbol.asked else { return Ok(()) };
        let place = self.symbol.place.as_ref();
        if place.is_none_or(|place| place.size == 0) {
            return self
                .line("asked", "no symbol or function stands there: start and size are unknown");
        }
        self.line("asked", &format!("{}, {:#x} behind its start", asked.address, asked.offset))?;
        for frame in &asked.frames {
            let place = self::place(frame.file.as_deref(), frame.line);
            self.line("", &format!("{} {place}", *frame.function))?;
        }
        Ok(())
    }

    fn place(&mut self) -> io::Result<()> {
        match &self.symbol.place {
            Some(place) => self.line("address", &described(place))?,
            None if self.symbol.imported => {
                self.line("address", "none: it is defined elsewhere, and the loader looks it up")?;
            }
            None => self.line("address", "none: only inlined copies of it are in this file")?,
        }
        for other in &self.symbol.others {
            let label = if other.wrapper { "wrapper" } else { "also" };
            self.line(label, &described(other))?;
        }
        let others: Vec<String> = self
            .symbol
            .names
            .iter()
            .filter(|name| Some(&*name.name) != self.symbol.name.as_ref())
            .map(|name| match name.class {
                Class::Alias => name.name.to_string(),
                class => format!("{} ({})", name.name, class.word()),
            })
            .collect();
        if !others.is_empty() {
            self.line("other names", &others.join(", "))?;
        }
        Ok(())
    }

    fn declared(&mut self) -> io::Result<()> {
        let symbol = self.symbol;
        if let Some(place) = &symbol.place
            && place.file.is_some()
        {
            self.line("source", &self::place(place.file.as_deref(), place.line))?;
        }
        if let Some(provider) = &symbol.provided_by {
            let foreign = symbol.named_after.as_ref().is_some_and(|named| named != provider);
            let told = if foreign { ", which is not the package of its name" } else { "" };
            self.line("package", &format!("{}{told}", printable(provider.as_bytes())))?;
        }
        let code = symbol.place.as_ref().is_none_or(|place| place.code);
        let label = if code { "signature" } else { "type" };
        match (&*symbol.signature, symbol.has_dwarf) {
            (Some(signature), _) => self.line(label, &signature.to_string()),
            (None, true) => self.line(label, "not described by DWARF"),
            (None, false) => self.line(label, "unknown: the file has no DWARF"),
        }
    }

    fn probes(&mut self) -> io::Result<()> {
        let Some(place) = self.symbol.place.as_ref().filter(|place| place.returns.is_some()) else {
            return Ok(());
        };
        let entry = place.file_offset.map(|offset| format!("{offset:#x}")).unwrap_or_default();
        let returns = place.returns.as_deref().unwrap_or_default();
        let left = match returns.is_empty() {
            true => "no return instruction".to_owned(),
            false => format!("return at {}", self.offsets(returns)),
        };
        let jumps = match place.jumps.is_empty() {
            true => String::new(),
            false => format!(", left by a jump at {}", self.offsets(&place.jumps)),
        };
        let told = format!("file offsets: enter at {entry}, {left}{jumps}");
        self.line("uprobes", &told)
    }

    fn offsets(&self, ends: &[ReturnEntry]) -> String {
        let shown = if self.detail.verbose { usize::MAX } else { MOST };
        let offsets = ends.iter().take(shown).filter_map(|found| found.file_offset);
        let offsets: Vec<String> = offsets.map(|offset| format!("{offset:#x}")).collect();
        let more = ends.len().saturating_sub(shown);
        let more = if more > 0 { format!(" and {more} more (-v)") } else { String::new() };
        format!("{}{more}", offsets.join(", "))
    }

    fn inlined(&mut self) -> io::Result<()> {
        let inlined = &self.symbol.inlined_into;
        if inlined.is_empty() {
            return Ok(());
        }
        let shown = if self.detail.verbose { usize::MAX } else { MOST };
        let names: Vec<String> =
            inlined.iter().take(shown).map(|into| into.function.to_string()).collect();
        let more = inlined.len().saturating_sub(shown);
        let more = if more > 0 { format!(" and {more} more (-v)") } else { String::new() };
        self.line("inlined into", &format!("{}{more}", names.join(", ")))
    }

    fn callers(&mut self) -> io::Result<()> {
        let symbol = self.symbol;
        if let Some(why) = symbol.why {
            return self.line("used by", why);
        }
        if symbol.place.is_none() {
            return Ok(());
        }
        let callers = &symbol.called_by;
        if callers.is_empty() && symbol.tables.is_empty() {
            self.line("used by", "no instruction and no word of data refers to it")?;
        } else if !callers.is_empty() {
            let total = callers.iter().map(|caller| caller.count).sum();
            let packages = counted(callers.len(), "package");
            self.line("used by", &format!("{packages}, {}", counted(total, "instruction")))?;
        }
        if symbol.calls_itself > 0 {
            self.line("", &format!("and by {} of its own", counted(symbol.calls_itself, "call")))?;
        }
        let shown = if self.detail.verbose { usize::MAX } else { MOST_PACKAGES };
        for caller in callers.iter().take(shown) {
            self.caller(caller)?;
        }
        let rest = callers.iter().skip(shown);
        let (packages, count) = rest.fold((0, 0), |(n, sum), caller| (n + 1, sum + caller.count));
        if packages > 0 {
            let told =
                format!("and {count} in {} more (-v lists them)", counted(packages, "package"));
            writeln!(self.out, "    {told}")?;
        }
        if symbol.undecoded > 0 {
            let told = counted(symbol.undecoded, "function");
            self.line("", &format!("{told} could not be decoded: there may be more"))?;
        }
        Ok(())
    }

    fn caller(&mut self, caller: &CallerEntry) -> io::Result<()> {
        let package = caller.package.as_deref().unwrap_or("(code of no known package)");
        writeln!(self.out, "    {}", printable(package.as_bytes()))?;
        for site in &caller.sites {
            writeln!(self.out, "      {}", site_line(site))?;
        }
        match caller.count - caller.sites.len() {
            0 => Ok(()),
            more => writeln!(self.out, "      and {more} more (-v lists them)"),
        }
    }

    fn tables(&mut self) -> io::Result<()> {
        let tables = &self.symbol.tables;
        if tables.is_empty() {
            return Ok(());
        }
        let shown = if self.detail.verbose { usize::MAX } else { MOST };
        let words = tables.iter().take(shown).map(|word| match &*word.symbol {
            Some(symbol) => format!("{} ({symbol})", word.address),
            None => word.address.clone(),
        });
        let words: Vec<String> = words.collect();
        let more = tables.len().saturating_sub(shown);
        let more = if more > 0 { format!(" and {more} more (-v)") } else { String::new() };
        let told = format!("{} of data: {}{more}", counted(tables.len(), "word"), words.join(", "));
        self.line("kept in", &told)
    }

    fn linknames(&mut self) -> io::Result<()> {
        let symbol = self.symbol;
        let function = symbol.place.as_ref().is_none_or(|place| place.code);
        if symbol.linkname.is_empty() {
            let told = match (function, symbol.exported) {
                _ if symbol.gap.is_some() => return Ok(()),
                (true, true) => {
                    "none that the bytes show: its name is exported, so a pull of it looks like any call"
                }
                (true, false) => "none: every package that refers to it may do so without",
                (false, _) => "of a variable no binary tells (check --source does)",
            };
            return self.line("linkname", told);
        }
        for (index, claim) in symbol.linkname.iter().enumerate() {
            let does = match claim.form {
                Form::Push => "pushed by",
                Form::Assembly => "defined in assembly by",
                Form::Pull | Form::OneArg | Form::Unknown => "pulled by",
            };
            let package = printable(claim.package.as_bytes());
            let told = format!(
                "{}: {does} {package}: {}",
                claim.confidence.word(),
                why(claim, self.detail)
            );
            self.line(if index == 0 { "linkname" } else { "" }, &told)?;
            if claim.form != Form::Pull && !claim.users.is_empty() {
                self.line("", &format!("used by {}", listed(&claim.users)))?;
            }
        }
        Ok(())
    }

    fn rules(&mut self) -> io::Result<()> {
        let symbol = self.symbol;
        let Some(permission) = &symbol.permission else { return Ok(()) };
        self.line("Go's rules", &symbol.rules)?;
        if !permission.hall_of_shame.is_empty() {
            let pulled = format!(
                "named in Go's source as pulled by {}",
                permission.hall_of_shame.join(", ")
            );
            self.line("", &printable(pulled.as_bytes()))?;
        }
        match &symbol.replacement {
            Some(instead) => self.line("instead", &printable(instead.as_bytes())),
            None => Ok(()),
        }
    }
}

fn described(place: &PlaceEntry) -> String {
    let letter = place.letter.map(|letter| format!("{letter} ")).unwrap_or_default();
    let section = place.section.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
    let offset = match place.file_offset {
        Some(offset) => format!(", file offset {offset:#x}"),
        None => ", not in the file (zero at start)".to_owned(),
    };
    let size =
        if place.size == 0 { String::new() } else { format!(", {}", counted_bytes(place.size)) };
    format!("{letter}{}{size}{section}{offset}", place.address)
}

fn counted_bytes(size: u64) -> String {
    format!("{size} byte{}", if size == 1 { "" } else { "s" })
}

fn place(file: Option<&str>, line: Option<u32>) -> String {
    match (file, line) {
        (Some(file), Some(line)) => format!("{file}:{line}"),
        (Some(file), None) => file.to_owned(),
        _ => String::new(),
    }
}

fn site_line(site: &SiteEntry) -> String {
    let file = site.file.as_deref().map(|file| file.rsplit('/').next().unwrap_or(file));
    let into = match &*site.inlined_into {
        Some(into) => format!(", inlined into {into}"),
        None => String::new(),
    };
    format!("{:8}{} {} {}{into}", site.how.word(), *site.from, place(file, site.line), site.at)
}
