//! Which symbols did the standard library of each release define, on which platform, with which mark?
//!
//! `symbols.txt` is harvested from the releases' sources. Its lines, in this order:
//!
//! - `platforms` and all GOOS/GOARCH pairs; `minors`, the first and the last;
//! - `set N HEX`: a set of platforms, the lowest bit for the first pair;
//! - `package PATH`, and below it `HISTORY N NAME…`: what these symbols of the package are in each minor
//!   on the platforms of set N, one letter for each minor ([`Symbol::of_letter`]).
//!
//! It has the functions and variables of each package, and those methods that some release marks. It also has
//! symbols that exist only in builds with cgo, race, msan or asan. Whether a symbol may be pulled is not known here.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::names;

use super::inserted::{NEWEST_MINOR, OLDEST_MINOR};

static TABLE: &str = include_str!("symbols.txt");

/// What kind of thing stands under a symbol's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// A function whose body is Go, or assembly that a directive marks.
    Function,
    /// A function in assembly that Go code of its package declares.
    Assembly,
    /// A function in assembly without a declaration in Go.
    BareAssembly,
    /// A variable.
    Variable,
    /// A variable that assembly defines.
    AssemblyVariable,
}

/// Whom a directive beside a symbol's declaration permits to pull the symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Nobody: no directive names it.
    Absent,
    /// The standard library, by `//go:linknamestd` (go1.27).
    Std,
    /// Everybody, by `//go:linkname`: with one argument, or as a push under that name.
    Everybody,
}

/// A symbol of the standard library, as one release defines it on one platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Symbol {
    /// What it is.
    pub kind: SymbolKind,
    /// Who may pull it.
    pub mark: Mark,
}

impl Symbol {
    fn of_letter(letter: u8) -> Option<Self> {
        let (kind, mark) = match letter {
            b'f' => (SymbolKind::Function, Mark::Absent),
            b's' => (SymbolKind::Function, Mark::Std),
            b'm' => (SymbolKind::Function, Mark::Everybody),
            b'a' => (SymbolKind::Assembly, Mark::Absent),
            b'p' => (SymbolKind::BareAssembly, Mark::Absent),
            b'v' => (SymbolKind::Variable, Mark::Absent),
            b'x' => (SymbolKind::Variable, Mark::Std),
            b'w' => (SymbolKind::Variable, Mark::Everybody),
            b'g' => (SymbolKind::AssemblyVariable, Mark::Absent),
            _ => return None,
        };
        Some(Self { kind, mark })
    }

    /// Whether it is data.
    #[must_use]
    pub fn is_variable(self) -> bool {
        matches!(self.kind, SymbolKind::Variable | SymbolKind::AssemblyVariable)
    }
}

/// A place in the list of platforms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Platform(u32);

impl Platform {
    /// `None` for a pair that the newest release does not build for.
    pub(super) fn of(goos: &str, goarch: &str) -> Option<Self> {
        let is_it = |pair: &str| pair.split_once('/') == Some((goos, goarch));
        let at = table().platforms.iter().position(|pair| is_it(pair))?;
        u32::try_from(at).ok().map(Self)
    }

    fn is_in(self, set: u64) -> bool {
        set.checked_shr(self.0).is_some_and(|bits| bits & 1 == 1)
    }
}

/// A history and the set of platforms on which it holds.
type Row = (&'static str, u64);

struct Table {
    platforms: Vec<&'static str>,
    first_minor: u16,
    packages: HashMap<&'static str, HashMap<&'static str, Vec<Row>>>,
}

fn table() -> &'static Table {
    static PARSED: OnceLock<Table> = OnceLock::new();
    PARSED.get_or_init(|| parse(TABLE))
}

fn parse(text: &'static str) -> Table {
    let mut table = Table { platforms: Vec::new(), first_minor: 0, packages: HashMap::new() };
    let mut sets = HashMap::new();
    let mut package = "";
    for line in text.lines() {
        let mut words = line.split(' ');
        match words.next() {
            Some("#") | None => {}
            Some("platforms") => table.platforms = words.collect(),
            Some("minors") => {
                table.first_minor = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
            }
            Some("set") => {
                let number = words.next().unwrap_or_default();
                let bits = words.next().and_then(|word| u64::from_str_radix(word, 16).ok());
                sets.insert(number, bits.unwrap_or(0));
            }
            Some("package") => package = words.next().unwrap_or_default(),
            Some(history) => {
                let set = words.next().and_then(|number| sets.get(number)).copied().unwrap_or(0);
                let names = table.packages.entry(package).or_default();
                for name in words {
                    names.entry(name).or_default().push((history, set));
                }
            }
        }
    }
    table
}

fn rows(symbol: &str) -> &'static [Row] {
    let (package, local) = names::split(symbol);
    let names = table().packages.get(package);
    names.and_then(|names| names.get(local)).map_or(&[], Vec::as_slice)
}

fn letter(history: &str, minor: u16) -> Option<u8> {
    let at = minor.checked_sub(table().first_minor)?;
    history.as_bytes().get(usize::from(at)).copied()
}

/// The symbol in Go 1.`minor`.
pub(super) fn symbol(minor: u16, platform: Platform, name: &str) -> Option<Symbol> {
    let (history, _) = rows(name).iter().find(|(_, set)| platform.is_in(*set))?;
    Symbol::of_letter(letter(history, minor)?)
}

/// Whether Go 1.`minor` defines the symbol on any platform.
pub(super) fn is_anywhere(minor: u16, name: &str) -> bool {
    let defines = |history| letter(history, minor).and_then(Symbol::of_letter).is_some();
    rows(name).iter().any(|(history, _)| defines(history))
}

/// Whether any known release defines the symbol on any platform.
#[must_use]
pub fn is_known_symbol(name: &str) -> bool {
    !rows(name).is_empty()
}

/// Whether the path is a package of the standard library in any known release.
pub(super) fn is_package(path: &str) -> bool {
    table().packages.contains_key(path)
}

/// Whether the path is a package of the standard library in any known release. A path without a dot in its first
/// element is not enough: a module may be called `mylib`.
#[must_use]
pub fn is_standard(path: &str) -> bool {
    is_package(path)
}

/// Whether `symbol` belongs to a package of the standard library, and Go 1.`minor` declares it on no platform. Also
/// `false` for a version or a package that the table does not know.
///
/// ```
/// # use gonym::rules::is_undeclared;
/// assert!(is_undeclared(Some(27), b"runtime.ncpu"), "renamed in 1.25");
/// assert!(!is_undeclared(Some(22), b"runtime.ncpu"));
/// assert!(!is_undeclared(Some(27), b"example.com/lib.v"));
/// assert!(!is_undeclared(None, b"runtime.ncpu"));
/// ```
#[must_use]
pub fn is_undeclared(minor: Option<u16>, symbol: &[u8]) -> bool {
    let known = minor.filter(|minor| (OLDEST_MINOR..=NEWEST_MINOR).contains(minor));
    let (Some(minor), Ok(symbol)) = (known, std::str::from_utf8(symbol)) else { return false };
    let (package, _) = names::split(symbol);
    !package.is_empty() && is_package(package) && !is_anywhere(minor, symbol)
}

/// Every symbol that Go 1.`minor` defines on the platform, in no order.
pub(super) fn all(minor: u16, platform: Platform) -> impl Iterator<Item = (String, Symbol)> {
    let names = table().packages.iter().flat_map(|(package, names)| {
        names.keys().map(move |local| match *package {
            "" => (*local).to_owned(),
            package => format!("{package}.{local}"),
        })
    });
    names.filter_map(move |name| symbol(minor, platform, &name).map(|found| (name, found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row that does not parse would be missing in silence.
    #[test]
    fn the_whole_table_is_understood() {
        let table = table();
        assert_eq!(table.platforms.len(), 47);
        assert_eq!(table.first_minor, super::super::OLDEST_MINOR);
        let minors = usize::from(super::super::NEWEST_MINOR - super::super::OLDEST_MINOR + 1);
        let mut names = 0;
        for (package, symbols) in &table.packages {
            for (name, rows) in symbols {
                names += 1;
                let mut union = 0;
                for (history, set) in rows {
                    assert_eq!(history.len(), minors, "{package}.{name}");
                    assert!(*set != 0 && union & set == 0, "{package}.{name}: {history}");
                    union |= set;
                    let known = |letter| letter == b'-' || Symbol::of_letter(letter).is_some();
                    assert!(history.bytes().all(known), "{package}.{name}: {history}");
                }
            }
        }
        assert!(names > 15_000, "only {names}");
    }
}
