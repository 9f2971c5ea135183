//! What stands at an address, and where does a name stand?
//!
//! Both are answered from indices, which are made on the first question and kept, so no question walks a table. The
//! answers show what each witness says by itself: the symbol table, Go's function table, the inline trees. Whether a
//! name is there because of a linkname is the question of [`crate::linkname`].
//!
//! ```no_run
//! use gonym::binary::Binary;
//! use gonym::printable::printable;
//!
//! for binary in Binary::open("app".as_ref())?.binaries {
//!     for frame in binary.at(0x47f0ee).frames() {
//!         println!("{} ({})", printable(frame.function), frame.package.unwrap_or("?"));
//!     }
//!     let named = binary.named(b"runtime.nanotime");
//!     let rows = named.symbols().map(|symbol| symbol.row);
//!     println!("rows {:?}, inlined only: {}", rows.collect::<Vec<_>>(), named.is_inlined_only());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod at;
mod by_name;
mod named;
mod rows;
mod sections;

use std::sync::OnceLock;

use super::Binary;
use crate::image::{Section, Symbol};
use rows::Rows;
use sections::SectionMap;

pub use at::{Alias, At, CodeFrame, ToolLine};
pub(super) use by_name::ByName;
pub use named::{Inlined, Named};

/// A symbol with its name. It is its row: names need not differ.
#[derive(Clone, Copy, Debug)]
pub struct NamedSymbol<'a> {
    /// Which row of the symbol table it is, from 0.
    pub row: u32,
    /// The row.
    pub symbol: &'a Symbol,
    /// Its name as Go wrote it.
    pub name: &'a [u8],
}

/// The indices of one binary.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    rows: OnceLock<Rows>,
    by_name: OnceLock<ByName>,
    sections: OnceLock<SectionMap>,
}

impl Binary {
    /// What stands at `address`.
    #[must_use]
    pub fn at(&self, address: u64) -> At<'_> {
        At::new(self, address)
    }

    /// Where `name`, as symbols spell it, stands.
    #[must_use]
    pub fn named<'a>(&'a self, name: &'a [u8]) -> Named<'a> {
        Named::new(self, name)
    }

    /// The section that holds `address`; of several the first of the file.
    #[must_use]
    pub fn section_at(&self, address: u64) -> Option<&Section> {
        let map = self.lookup.sections.get_or_init(|| SectionMap::of(&self.image.sections));
        self.image.sections.get(map.at(address)? as usize)
    }

    /// Whether a symbol stands at each of `addresses`.
    pub(super) fn have_symbols(&self, addresses: impl Iterator<Item = u64>) -> bool {
        self.rows().have_all(addresses)
    }

    /// Where the next symbol after `symbol` in its section begins.
    #[must_use]
    pub fn next_symbol(&self, symbol: &Symbol) -> Option<u64> {
        let section = self.section_of(symbol)?;
        self.rows().next(self.symbols(), (section, symbol.place), symbol.address)
    }

    /// The symbol of row `row`.
    #[must_use]
    pub fn symbol(&self, row: u32) -> Option<NamedSymbol<'_>> {
        let table = self.symbols();
        let symbol = table.symbols.get(row as usize)?;
        Some(NamedSymbol { row, symbol, name: self.go_name(table.name(symbol)) })
    }

    fn rows(&self) -> &Rows {
        self.lookup.rows.get_or_init(|| Rows::of(self.symbols()))
    }

    /// The symbols of that very name, by row.
    fn symbols_named<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = NamedSymbol<'a>> + 'a {
        let table = self.symbols();
        let index = self.lookup.by_name.get_or_init(|| {
            let rows = (0u32..).zip(&table.symbols);
            ByName::of(rows.map(|(row, symbol)| (row, self.go_name(table.name(symbol)))))
        });
        let found = index.perhaps(name).filter_map(|row| self.symbol(row));
        found.filter(move |symbol| symbol.name == name)
    }
}

/// Held against `go tool nm` and, for inlined bodies, against what `llvm-addr2line -i` reads in DWARF.
#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::*;
    use crate::image::fixture;
    use crate::input::File;
    use crate::names;
    use crate::printable::printable;
    use crate::symbols::aliases::Class;

    const SPINE: &str = "spine-go1.27-linux-amd64";
    const STRIPPED: &str = "spine-go1.27-linux-amd64-stripped";

    fn opened(name: &str) -> Binary {
        let file = File::from_bytes(Path::new(name), fixture::unpacked(name).expect("a fixture"));
        Binary::open_file(file).expect("an executable").binaries.remove(0)
    }

    /// Address, size, letter and name of each row.
    fn golden(name: &str) -> Vec<(u64, u64, char, String)> {
        fixture::nm(name).expect("what nm said")
    }

    /// Function, package, file and line of each frame.
    fn frames(binary: &Binary, address: u64) -> Vec<String> {
        let shown = |frame: CodeFrame<'_>| {
            let position = frame.position.expect("a line");
            let (function, file) = (printable(frame.function), printable(position.file));
            format!("{function} of {} at {file}:{}", frame.package.unwrap_or("?"), position.line)
        };
        binary.at(address).frames().into_iter().map(shown).collect()
    }

    #[test]
    fn every_name_is_found_at_all_its_places() {
        for name in [SPINE, "spine-go1.27-darwin-arm64", "spine-go1.27-windows-amd64"] {
            let (binary, golden) = (opened(name), golden(name));
            let mut wanted: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
            for (address, _, letter, name) in &golden {
                if *letter != 'U' {
                    wanted.entry(name).or_default().push(*address);
                }
            }
            assert!(wanted.len() > 1000, "only {}", wanted.len());
            for (symbol, mut addresses) in wanted.into_iter().filter(|(name, _)| name.contains('.'))
            {
                let rows = binary.named(symbol.as_bytes()).symbols();
                let mut found: Vec<u64> = rows.map(|found| found.symbol.address).collect();
                found.sort_unstable();
                addresses.sort_unstable();
                assert_eq!(found, addresses, "{name}: {symbol}");
            }
            assert_eq!(binary.named(b"main.nothing").symbols().count(), 0);
            assert_eq!(binary.named(b"main.nothing").functions().count(), 0);
        }
    }

    #[test]
    fn every_byte_of_a_symbol_leads_to_it() {
        for name in [SPINE, "spine-go1.27-darwin-arm64", "spine-go1.27-windows-amd64"] {
            let (binary, golden) = (opened(name), golden(name));
            let mut seen = 0;
            for (address, size, letter, _) in golden.iter().filter(|row| row.1 > 0 && row.2 != 'U')
            {
                // The last one of a section: nm's size goes on to the next section's first symbol.
                let Some(section) = binary.section_at(*address) else { continue };
                let last = (address + size).min(section.address + section.size) - 1;
                for at in [*address, (*address + last) / 2, last] {
                    let symbol = binary.at(at).symbol().expect("a symbol").symbol;
                    assert_eq!(symbol.address, *address, "{name}: {letter} {at:#x}");
                }
                seen += 1;
            }
            assert!(seen > 1000, "{name}: only {seen}");
        }
    }

    #[test]
    fn functions_are_found_by_address_and_name_without_symbols() {
        let stripped = opened(STRIPPED);
        let mut seen = 0;
        for (address, size, letter, name) in golden(SPINE) {
            let name = names::without_abi(name.as_bytes());
            // Marks stand at functions of other names, and after them.
            if !"Tt".contains(letter) || size == 0 || names::package(name).is_none() {
                continue;
            }
            let function = stripped.at(address + size - 1).function().expect("a function");
            assert_eq!((function.entry, printable(function.name())), (address, printable(name)));
            assert!(stripped.named(name).functions().any(|function| function.entry == address));
            seen += 1;
        }
        assert!(seen > 1000, "only {seen}");
    }

    #[test]
    fn abi_twins_are_the_pairs_that_symbols_tell_apart() {
        let golden = golden(SPINE);
        let address: BTreeMap<&str, u64> =
            golden.iter().map(|(at, _, _, name)| (name.as_str(), *at)).collect();
        let pairs: BTreeSet<(u64, u64)> = address
            .iter()
            .filter_map(|(name, at)| Some((*address.get(name.strip_suffix(".abi0")?)?, *at)))
            .collect();
        assert!(pairs.len() > 5, "only {}", pairs.len());
        for name in [SPINE, STRIPPED] {
            let binary = opened(name);
            let entries: Vec<u64> =
                binary.functions().expect("Go").table.functions().map(|f| f.entry).collect();
            let twins = entries.iter().flat_map(|at| {
                binary.at(*at).abi_twins().into_iter().map(move |twin| (*at, twin.entry))
            });
            let both = |(a, b): &(u64, u64)| [(*a, *b), (*b, *a)];
            assert_eq!(
                twins.collect::<BTreeSet<_>>(),
                pairs.iter().flat_map(both).collect(),
                "{name}"
            );
        }
        let spine = opened(SPINE);
        let marked = spine.named(b"example.com/spine/lib.twice").marked_symbols();
        let marked: Vec<(u64, &[u8])> = marked.iter().map(|s| (s.symbol.address, s.name)).collect();
        assert_eq!(marked, [(0x47_e4c0, &b"example.com/spine/lib.twice.abi0"[..])]);
    }

    #[test]
    fn frames_are_those_of_dwarf_the_innermost_first() {
        // llvm-addr2line -e spine-go1.27-linux-amd64 -i -f 0x47f0ee
        let sorted = [
            "slices.SortFunc[go.shape.[]int,go.shape.int] of slices at slices/sort.go:32",
            "main.sorts of main at example.com/spine/lies_sort_go121.go:14",
        ];
        for name in [SPINE, STRIPPED] {
            assert_eq!(frames(&opened(name), 0x47_f0ee), sorted, "{name}");
        }
        let binary = opened(SPINE);
        // go tool addr2line.
        assert_eq!(
            frames(&binary, 0x47_e680),
            [
                "example.com/spine/dual.callsLocal of example.com/spine/dual at example.com/spine/dual/dual_amd64.s:11"
            ]
        );
        assert_eq!(
            frames(&binary, 0x48_12e0),
            ["main.(*outer).example.com/spine/lib.do of ? at <autogenerated>:1"]
        );
        assert!(frames(&binary, 1).is_empty());
    }

    #[test]
    fn a_pushed_body_is_of_the_package_that_its_file_lies_in() {
        let binary = opened(STRIPPED);
        let hook = binary.named(b"example.com/spine/lib.hook").functions().next().expect("pushed");
        let [frame] = binary.at(hook.entry).frames().try_into().expect("one frame");
        assert_eq!(frame.package, Some("example.com/spine/impl"), "testdata/programs/spine/impl");
    }

    #[test]
    fn what_was_inlined_everywhere_stands_in_no_table() {
        let name = b"slices.SortFunc[go.shape.[]int,go.shape.int]";
        assert!(!golden(SPINE).iter().any(|row| row.3.as_bytes() == name));
        for name_of in [SPINE, STRIPPED] {
            let binary = opened(name_of);
            let named = binary.named(name);
            assert!(named.is_inlined_only());
            let holders: Vec<&[u8]> = named.inlined().map(|inlined| inlined.into.name()).collect();
            assert_eq!(holders, [b"main.sorts"]);
        }
        assert!(!opened(SPINE).named(b"main.sorts").is_inlined_only());
    }

    #[test]
    fn names_of_one_address_are_aliases() {
        // testdata/build.sh: objcopy gave the function a second name; `go tool nm` lists both at 0x4782c0.
        let binary = opened("nano-go1.27-linux-amd64-alias");
        let at = binary.at(0x47_82c8);
        let told = |alias: &Alias<'_>| (printable(alias.symbol.name), alias.class);
        let aliases: Vec<(String, Class)> = at.aliases().iter().map(told).collect();
        let named = |name: &str| (name.to_owned(), Class::Alias);
        assert_eq!(aliases, [named("main.runtimeNano"), named("runtime.nanotime")]);
        let symbol = at.symbol().expect("a symbol");
        assert_eq!((symbol.name, symbol.symbol.address), (&b"runtime.nanotime"[..], 0x47_82c0));
        assert!(opened(SPINE).at(0x47_f0a0).aliases().is_empty());
    }
}
