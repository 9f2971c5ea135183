//! Which names do two files have in common to be compared, and what is their size?
//!
//! Where both have a symbol table, and one format, its rows are compared: sizes are those of nm. Else the functions of Go's own table
//! are, which stripping leaves: there a function ends where the next one begins, so that padding belongs to it.

use std::borrow::Cow;

use crate::binary::{Binary, NameList};
use crate::image::{Format, Place, SymbolKind, SymbolTable};
use crate::symbols::sizes;

/// The list of names that both files have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// The symbol tables.
    Symbols,
    /// The functions that Go's runtime knows: a file is stripped, or they are of two formats.
    Functions,
}

impl Listed {
    pub(super) fn of(old: &Binary, new: &Binary) -> Self {
        let whole = |binary: &Binary| binary.facts().names == NameList::Symtab;
        // Only ELF records sizes, so those of two formats cannot be compared.
        let same_format = old.image.format == new.image.format;
        if same_format && whole(old) && whole(new) { Self::Symbols } else { Self::Functions }
    }

    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Symbols => "symbols",
            Self::Functions => "functions",
        }
    }
}

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row<'a> {
    pub(super) name: Cow<'a, [u8]>,
    /// In bytes.
    pub(super) size: u64,
    /// Virtual; 0 for an import.
    pub(super) address: u64,
}

/// The names of `binary` as they are compared with those of `other`, by name, size and address.
pub(super) fn rows<'a>(binary: &'a Binary, other: &Binary, listed: Listed) -> Vec<Row<'a>> {
    let mut rows = match listed {
        Listed::Symbols => symbols(binary),
        Listed::Functions => functions(binary, !shortens(binary) && shortens(other)),
    };
    rows.sort_unstable();
    rows
}

fn symbols(binary: &Binary) -> Vec<Row<'_>> {
    let table = binary.symbols();
    let inferred = inferred(binary, table);
    let of_other_kind = [SymbolKind::File, SymbolKind::Section];
    let rows = table.symbols.iter().enumerate().filter_map(|(index, symbol)| {
        let name = table.name(symbol);
        if name.is_empty() || of_other_kind.contains(&symbol.kind) || symbol.place == Place::Debug {
            return None;
        }
        let name = Cow::Borrowed(binary.go_name(name));
        if symbol.place == Place::Undefined {
            return Some(Row { name, size: 0, address: 0 });
        }
        let size = inferred.get(index).copied().unwrap_or(symbol.size);
        Some(Row { name, size, address: symbol.address })
    });
    rows.collect()
}

/// The sizes of nm where the format records none, but no symbol reaches beyond its section: what nm gives to the last
/// symbol of one depends on where the next section lies. Empty where the table has sizes.
fn inferred(binary: &Binary, table: &SymbolTable) -> Vec<u64> {
    let format = binary.image.format;
    if format == Format::Elf {
        return Vec::new();
    }
    let mut sized = SymbolTable { symbols: table.symbols.clone(), ..SymbolTable::default() };
    sizes::infer(format, &mut sized);
    let within = |symbol: &crate::image::Symbol| {
        let end = binary.section_of(symbol).map(|s| s.address.saturating_add(s.size));
        end.map_or(symbol.size, |end| symbol.size.min(end.saturating_sub(symbol.address)))
    };
    sized.symbols.iter().map(within).collect()
}

/// Names of functions are together no longer than twice the file and this for each: a million entries that all name one
/// text of megabytes would be compared for hours. No linker's table comes near.
const PER_ROW: u64 = 128;

fn functions(binary: &Binary, shorten: bool) -> Vec<Row<'_>> {
    let Ok(functions) = binary.functions() else { return Vec::new() };
    let all = functions.table.functions();
    let rows = all.len() as u64;
    let mut left = Some(binary.image.range.len().saturating_mul(2) + rows * PER_ROW);
    let honest = all.take_while(|function| {
        left = left.and_then(|left| left.checked_sub(function.name().len() as u64));
        left.is_some()
    });
    let rows = honest.map(|function| {
        let name = Cow::Borrowed(function.name());
        let name = if shorten { shortened(name) } else { name };
        let size = function.end.saturating_sub(function.entry);
        Row { name, size, address: function.entry }
    });
    rows.collect()
}

/// The last minor version whose function table has `[...]` for type arguments.
const LAST_SHORTENING: u16 = 20;

fn shortens(binary: &Binary) -> bool {
    let minor = binary.build().and_then(|build| build.version.minor);
    minor.is_some_and(|minor| minor <= LAST_SHORTENING)
}

/// A name as the linker wrote it up to Go 1.20: everything from the first `[` to the last `]` is `[...]`
/// (cmd/link/internal/ld/pcln.go, nameOff, go1.20).
fn shortened(name: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let ends = memchr::memchr(b'[', &name).zip(memchr::memrchr(b']', &name));
    let ends = ends.filter(|(open, close)| open < close);
    let parts = ends.and_then(|(open, close)| Some((name.get(..open)?, name.get(close + 1..)?)));
    match parts {
        Some((before, after)) => Cow::Owned([before, b"[...]", after].concat()),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_arguments_are_left_out_as_old_linkers_did() {
        for (name, wanted) in [
            ("slices.Sort[go.shape.int]", "slices.Sort[...]"),
            ("a.(*T[b.X[int]]).m[c]", "a.(*T[...]"),
            ("main.main", "main.main"),
            ("a.](b[", "a.](b["),
        ] {
            assert_eq!(shortened(Cow::Borrowed(name.as_bytes())), wanted.as_bytes(), "{name}");
        }
    }
}
