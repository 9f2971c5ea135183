//! One line that says what an executable is, and what weakens every verdict on it.

use std::io::{self, Write};

use anstyle::Style;

use crate::binary::{Maker, NameList};
use crate::finding::Code;
use crate::golang::toolchain::Toolchain;
use crate::printable::printable;
use crate::report::document::about::About;
use crate::rules as tables;

/// Writes the line.
pub(super) fn headline(out: &mut dyn Write, about: &About) -> io::Result<()> {
    let slice = about.slice.as_deref().map(|slice| format!(" ({})", printable(slice.as_bytes())));
    let member = about.member.as_deref().map(|member| format!("({member})"));
    let os = about.os.as_deref().unwrap_or("unknown");
    let go = match &about.go {
        Some(version) => printable(version.as_bytes()),
        None => unrecorded(about).to_owned(),
    };
    let names = match about.names {
        NameList::Symtab => "symbol table present",
        NameList::Pclntab => "no symbol table: names from pclntab",
        NameList::None => "no names",
    };
    let debug = about.debug_file.as_deref();
    let debug = debug.map(|path| format!(", debug file {}", printable(path.as_bytes())));
    let damage = if about.complete { "" } else { ", INCOMPLETE" };
    let bold = Style::new().bold();
    writeln!(
        out,
        "{bold}{}{}{}{bold:#}: {} {}/{}, {go}, {names}{}{damage}",
        printable(about.path.as_bytes()),
        slice.unwrap_or_default(),
        member.unwrap_or_default(),
        about.format.word(),
        printable(os.as_bytes()),
        printable(about.arch.as_bytes()),
        debug.unwrap_or_default(),
    )?;
    for warning in &about.warnings {
        let told = match (warning, &about.go) {
            // Nothing says that it is newer than the tables.
            (Code::GoOutsideTables, None) => format!(
                "{}: no version of Go is recorded: what rests on tables of its releases is unproven",
                warning.word()
            ),
            _ => self::warning(*warning),
        };
        writeln!(out, "  warning: {told}")?;
    }
    Ok(())
}

/// What made an executable that records no version.
fn unrecorded(about: &About) -> &'static str {
    match about.toolchain {
        Maker::Other(Toolchain::Gccgo) => "made by gccgo",
        Maker::Other(Toolchain::TinyGo) => "made by TinyGo",
        Maker::Other(Toolchain::Upx) => "packed by UPX",
        Maker::Other(Toolchain::NotGo) if !about.complete => "nothing of Go in what can be read",
        Maker::Other(Toolchain::NotGo) => "not made by Go",
        Maker::Gc if !about.complete => "made by Go, cut",
        Maker::Gc => "no Go build information",
    }
}

/// A code and what it says.
pub(super) fn warning(code: Code) -> String {
    let told = format!("{}: {}", code.word(), code.title().trim_end_matches('.'));
    match code {
        Code::GoOutsideTables => format!(
            "{told}: the tables speak about releases of Go 1.{} to 1.{}; what rests on them is unproven",
            tables::OLDEST_MINOR,
            tables::NEWEST_MINOR
        ),
        _ => told,
    }
}
