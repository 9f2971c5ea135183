//! `aliases` for a person.

use std::io::{self, Write};

use super::headline::headline;
use super::table::table;
use crate::binary::NameList;
use crate::report::document::aliases::AliasedBinary;

/// Writes the groups of one executable.
pub(in crate::report) fn binary(out: &mut dyn Write, binary: &AliasedBinary) -> io::Result<()> {
    headline(out, &binary.about)?;
    if binary.groups.is_empty() {
        return writeln!(out, "{}", no_alias(binary));
    }
    let rows = binary.groups.iter().flat_map(|group| {
        group.names.iter().enumerate().map(|(index, name)| {
            let first = index == 0;
            let once = |text: &str| if first { text.to_owned() } else { String::new() };
            [
                once(&group.address),
                once(&group.section),
                name.class.word().to_owned(),
                name.name.to_string(),
            ]
        })
    });
    table(out, ["ADDRESS", "SECTION", "CLASS", "NAME"], rows)
}

/// Answers the usual question: a linkname is not an alias in the symbol table.
fn no_alias(binary: &AliasedBinary) -> String {
    if binary.about.names != NameList::Symtab {
        return "The symbol table does not hold the program's names, so there are no two to compare: \
                see gonym check, which needs none."
            .to_owned();
    }
    let omitted = match binary.omitted {
        0 => String::new(),
        count => format!(
            " ({count} groups of linker marks and empty objects left out; --all shows them)"
        ),
    };
    format!(
        "No two names of this program share an address{omitted}. That says nothing about go:linkname, \
         whose local name never reaches the symbol table: see gonym check."
    )
}
