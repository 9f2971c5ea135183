//! Which names share an address, and does that mean anything?
//!
//! People expect a linkname to be two names at one address. In a pure Go binary none of the ten or so groups is a
//! real alias (measured over 62 builds): they are linker marks, zero-sized neighbours, and names that the toolchain
//! writes twice. Each name gets a class, decided in a fixed order; a name with no other class is an alias. This is a
//! pure function of sections and symbols.
//!
//! ```no_run
//! use gonym::symbols::aliases::groups;
//!
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let image = &binary.image;
//!     for group in groups(image.format, &image.sections, binary.symbols()) {
//!         println!("{:#x}: {} names", group.address, group.members.len());
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

use std::collections::BTreeMap;

use super::markers::is_marker;
use crate::image::{Binding, Format, Place, Section, Symbol, SymbolKind, SymbolTable};

/// Why a name shares its address with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Class {
    /// One of two or more names of the same code or data.
    Alias,
    /// Marks a place: `runtime.text`, `_end`.
    Marker,
    /// It has no bytes of its own, or is data in a format that does not record sizes: it shares the address by
    /// accident.
    ZeroSize,
    /// The name of a whole section of an object file that the linker added: `runtime/cgo(.text)`.
    Container,
    /// The linker of a plugin or shared library writes it twice: `local.X` and `X`.
    PluginLocal,
    /// `X` and `X.abi0` at one address.
    AbiPair,
    /// Several names from C: weak and strong, constructor variants, `__attribute__((alias))`.
    CAlias,
    /// The only name of code or data there; the others are marks or neighbours.
    Sole,
}

impl Class {
    /// The stable kebab-case word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Alias => "alias",
            Self::Marker => "marker",
            Self::ZeroSize => "zero-size",
            Self::Container => "container",
            Self::PluginLocal => "plugin-local",
            Self::AbiPair => "abi-pair",
            Self::CAlias => "c-alias",
            Self::Sole => "sole",
        }
    }
}

/// A name in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Index into [`SymbolTable::symbols`].
    pub symbol: u32,
    /// Why it is there.
    pub class: Class,
}

/// Two or more different names at one address of one section.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// Virtual address.
    pub address: u64,
    /// Index into the image's sections.
    pub section: u32,
    /// The names, in byte order. A name that the table has twice at this address is listed once.
    pub members: Vec<Member>,
}

impl Group {
    /// Whether any name here is of `class`.
    #[must_use]
    pub fn has(&self, class: Class) -> bool {
        self.members.iter().any(|member| member.class == class)
    }

    /// Whether two of the names belong to the same code or data. Marks and neighbours do not, nor do the pairs of
    /// every plugin (1788 of 1801 groups, measured).
    #[must_use]
    pub fn is_meaningful(&self) -> bool {
        self.has(Class::Alias) || self.has(Class::CAlias) || self.has(Class::AbiPair)
    }
}

/// The groups of a symbol table, by section and address.
#[must_use]
pub fn groups(format: Format, sections: &[Section], table: &SymbolTable) -> Vec<Group> {
    let mut places: Vec<(u32, u64, u32)> = (0u32..)
        .zip(&table.symbols)
        .filter_map(|(index, symbol)| match symbol.place {
            Place::Section(section) => Some((section, symbol.address, index)),
            _ => None,
        })
        .collect();
    places.sort_unstable();
    let shared = places.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|place| place.len() > 1);
    let rows = shared.map(|place| place.iter().map(|(_, _, row)| *row).collect::<Vec<u32>>());
    rows.filter_map(|rows| group(format, sections, table, &rows)).collect()
}

/// The group of the symbols `rows`, which stand at one address of one section; none where they have one name.
#[must_use]
pub fn group(
    format: Format,
    sections: &[Section],
    table: &SymbolTable,
    rows: &[u32],
) -> Option<Group> {
    if rows.len() < 2 {
        return None;
    }
    let symbols = rows.iter().filter_map(|row| Some((*row, table.symbols.get(*row as usize)?)));
    let named = symbols.filter(|(_, s)| !matches!(s.kind, SymbolKind::File | SymbolKind::Section));
    let (_, first) = named.clone().next()?;
    let Place::Section(section) = first.place else { return None };
    let sizes = Sizes::of(format, sections.get(section as usize));
    // By name: sorted, and each once.
    let mut names: BTreeMap<&[u8], (u32, &Symbol)> = BTreeMap::new();
    for (row, symbol) in named {
        names.entry(real_name(format, table.name(symbol))).or_insert((row, symbol));
    }
    if names.len() < 2 {
        return None;
    }
    let mut classes: Vec<Option<Class>> =
        names.iter().map(|(name, (_, symbol))| alone(name, symbol, sizes)).collect();
    in_pairs(&names, &mut classes);
    the_rest(&names, &mut classes);
    let members = names.values().zip(classes).map(|((symbol, _), class)| Member {
        symbol: *symbol,
        class: class.unwrap_or(Class::Sole),
    });
    Some(Group { address: first.address, section, members: members.collect() })
}

/// What is known about a symbol's size.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sizes {
    /// The table records sizes.
    Known,
    /// It does not, and the section is code, where a name without bytes is rare.
    UnknownCode,
    /// It does not, and the section is data, where a variable without bytes looks like any other.
    UnknownData,
}

impl Sizes {
    fn of(format: Format, section: Option<&Section>) -> Self {
        match format {
            Format::Elf => Self::Known,
            _ if section.is_some_and(|section| section.executable) => Self::UnknownCode,
            _ => Self::UnknownData,
        }
    }
}

/// The name without the `_` that Mach-O puts before every name.
fn real_name(format: Format, name: &[u8]) -> &[u8] {
    match name {
        [b'_', rest @ ..] if format == Format::MachO => rest,
        _ => name,
    }
}

/// The class of `symbol` that does not depend on its neighbours: a mark, a name without bytes, a container. `None`
/// for a name of real code or data.
#[must_use]
pub fn class_alone(
    format: Format,
    section: Option<&Section>,
    name: &[u8],
    symbol: &Symbol,
) -> Option<Class> {
    alone(real_name(format, name), symbol, Sizes::of(format, section))
}

/// The class of a name that does not depend on its neighbours.
fn alone(name: &[u8], symbol: &Symbol, sizes: Sizes) -> Option<Class> {
    if name.ends_with(b")") && memchr::memmem::find(name, b"(.").is_some() {
        return Some(Class::Container);
    }
    if is_marker(name) {
        return Some(Class::Marker);
    }
    let empty = match sizes {
        Sizes::Known => symbol.size == 0 && symbol.kind != SymbolKind::Func,
        Sizes::UnknownCode => false,
        Sizes::UnknownData => true,
    };
    if empty || memchr::memmem::find(name, b"..dict.").is_some() {
        return Some(Class::ZeroSize);
    }
    None
}

type Names<'a> = BTreeMap<&'a [u8], (u32, &'a Symbol)>;

/// Names that the toolchain writes in pairs. Both names get the class.
fn in_pairs(names: &Names<'_>, classes: &mut [Option<Class>]) {
    let order: Vec<&[u8]> = names.keys().copied().collect();
    for (at, name) in order.iter().enumerate() {
        let other = name
            .strip_prefix(b"local.")
            .map(|other| (other, Class::PluginLocal))
            .or_else(|| name.strip_suffix(b".abi0").map(|other| (other, Class::AbiPair)));
        let Some((other, class)) = other else { continue };
        let Ok(partner) = order.binary_search(&other) else { continue };
        for index in [at, partner] {
            if let Some(slot @ None) = classes.get_mut(index) {
                *slot = Some(class);
            }
        }
    }
}

/// The names without a class yet. A single one is no alias. Among several, the variants that C writes are set apart.
fn the_rest(names: &Names<'_>, classes: &mut [Option<Class>]) {
    let open = |classes: &[Option<Class>]| classes.iter().filter(|class| class.is_none()).count();
    if open(classes) < 2 {
        return;
    }
    let all_c = names.keys().zip(classes.iter()).all(|(name, class)| class.is_some() || is_c(name));
    for ((name, (_, symbol)), class) in names.iter().zip(classes.iter_mut()) {
        let c = all_c || symbol.binding == Binding::Weak || is_variant(name);
        if class.is_none() && c {
            *class = Some(Class::CAlias);
        }
    }
    // If one name is left beside C's variants, it is one of them.
    let last = if open(classes) < 2 { Class::CAlias } else { Class::Alias };
    for class in classes.iter_mut().filter(|class| class.is_none()) {
        *class = Some(last);
    }
}

/// Whether a compiler other than Go's may have made the name: it is mangled, a local label, has no dot, or has dots
/// as only such compilers write them.
fn is_c(name: &[u8]) -> bool {
    const HEADS: &[&[u8]] = &[b"_Z", b"_R", b".L", b"L_", b"l_", b"anon."];
    const SUFFIXES: &[&[u8]] =
        &[b"constprop", b"part", b"isra", b"cold", b"lto_priv", b"localalias", b"llvm", b"str"];
    if HEADS.iter().any(|head| name.starts_with(head)) {
        return true;
    }
    let mut parts = name.split(|byte| *byte == b'.');
    parts.next();
    parts.all(|part| part.iter().all(u8::is_ascii_digit) || SUFFIXES.contains(&part))
}

/// Whether it is a variant as GCC and Clang make them: constructors `C1`/`C2`, destructors `D1`/`D2` of one class
/// (Itanium ABI, 5.1.4.3), `.localalias`.
fn is_variant(name: &[u8]) -> bool {
    let finds = |what: &[u8]| memchr::memmem::find(name, what).is_some();
    let mangled = name.starts_with(b"_ZN");
    name.ends_with(b".localalias")
        || mangled && [&b"C1E"[..], b"C2E", b"D1E", b"D2E", b"D0E"].iter().any(|what| finds(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(executable: bool) -> Section {
        Section {
            name: b".x".to_vec(),
            segment: Vec::new(),
            address: 0,
            size: 0x1000,
            offset: 0,
            file_size: 0x1000,
            flags: 0,
            kind: 1,
            allocated: true,
            writable: !executable,
            executable,
            compressed: false,
        }
    }

    /// Section 0 holds code, section 1 data.
    fn classes(
        format: Format,
        rows: &[(&str, u32, u64, u64, SymbolKind)],
    ) -> Vec<Vec<(String, Class)>> {
        let mut table = SymbolTable { present: true, ..SymbolTable::default() };
        for (name, section, address, size, kind) in rows {
            table.symbols.push(Symbol {
                name_start: table.names.len() as u32,
                name_len: name.len() as u32,
                address: *address,
                size: *size,
                place: Place::Section(*section),
                binding: if name.contains("weak") { Binding::Weak } else { Binding::Global },
                kind: *kind,
            });
            table.names.extend_from_slice(name.as_bytes());
        }
        let shown = |member: &Member| {
            let symbol = &table.symbols[member.symbol as usize];
            (String::from_utf8_lossy(table.name(symbol)).into_owned(), member.class)
        };
        let found = groups(format, &[section(true), section(false)], &table);
        found.iter().map(|group| group.members.iter().map(shown).collect()).collect()
    }

    fn elf_code(names: &[(&str, u64)]) -> Vec<(String, Class)> {
        let rows: Vec<_> =
            names.iter().map(|(n, size)| (*n, 0, 64, *size, SymbolKind::Func)).collect();
        classes(Format::Elf, &rows).pop().unwrap_or_default()
    }

    fn named(pairs: &[(&str, Class)]) -> Vec<(String, Class)> {
        pairs.iter().map(|(name, class)| ((*name).to_owned(), *class)).collect()
    }

    #[test]
    fn two_go_functions_at_one_address_are_aliases() {
        // objcopy's --add-symbol gives a function of size 0.
        let found = elf_code(&[("runtime.nanotime", 100), ("main.runtimeNano", 0)]);
        let expected = [("main.runtimeNano", Class::Alias), ("runtime.nanotime", Class::Alias)];
        assert_eq!(found, named(&expected));
    }

    #[test]
    fn a_mark_beside_a_function_is_no_alias() {
        let found = elf_code(&[("runtime.text", 0), ("internal/cpu.Initialize", 8)]);
        let expected = [("internal/cpu.Initialize", Class::Sole), ("runtime.text", Class::Marker)];
        assert_eq!(found, named(&expected));
    }

    #[test]
    fn empty_data_dictionaries_and_containers_are_set_apart() {
        let rows = [
            ("main..dict.F[int]", 1, 16, 0, SymbolKind::Object),
            ("main.empty", 1, 16, 0, SymbolKind::Object),
            ("main.real", 1, 16, 8, SymbolKind::Object),
            ("runtime/cgo(.data)", 1, 16, 800, SymbolKind::Object),
        ];
        let expected = [
            ("main..dict.F[int]", Class::ZeroSize),
            ("main.empty", Class::ZeroSize),
            ("main.real", Class::Sole),
            ("runtime/cgo(.data)", Class::Container),
        ];
        assert_eq!(classes(Format::Elf, &rows), [named(&expected)]);
    }

    #[test]
    fn pairs_of_the_toolchain_are_pairs_whatever_else_is_there() {
        let found = elf_code(&[("local.p.F", 9), ("p.F", 9), ("p.G", 9), ("p.G.abi0", 9)]);
        let expected = [
            ("local.p.F", Class::PluginLocal),
            ("p.F", Class::PluginLocal),
            ("p.G", Class::AbiPair),
            ("p.G.abi0", Class::AbiPair),
        ];
        assert_eq!(found, named(&expected));
        assert_eq!(elf_code(&[("local.p.F", 9), ("p.G", 9)])[0].1, Class::Alias, "no partner");
    }

    #[test]
    fn doubles_of_c_are_no_go_aliases() {
        for names in [
            ["sigaction", "__sigaction"],
            ["strtoul", "weak_strtoul"],
            ["_ZN3fooC1Ev", "_ZN3fooC2Ev"],
            ["cfree.localalias", "cfree"],
            ["f.constprop.0", "f.part.1"],
        ] {
            let found = elf_code(&names.map(|name| (name, 5)));
            assert!(found.iter().all(|(_, class)| *class == Class::CAlias), "{found:?}");
        }
        let mixed = elf_code(&[("main.f", 5), ("c_f", 5)]);
        assert!(mixed.iter().all(|(_, class)| *class == Class::Alias), "{mixed:?}");
    }

    #[test]
    fn sizes_are_not_trusted_where_the_format_has_none() {
        let rows = [
            ("_main.a", 0, 32, 0, SymbolKind::Unknown),
            ("_main.b", 0, 32, 0, SymbolKind::Unknown),
            ("_main.v", 1, 64, 0, SymbolKind::Unknown),
            ("_main.w", 1, 64, 0, SymbolKind::Unknown),
            ("_runtime.etext", 0, 96, 0, SymbolKind::Unknown),
            ("_main.last", 0, 96, 0, SymbolKind::Unknown),
        ];
        let expected = [
            named(&[("_main.a", Class::Alias), ("_main.b", Class::Alias)]),
            named(&[("_main.last", Class::Sole), ("_runtime.etext", Class::Marker)]),
            named(&[("_main.v", Class::ZeroSize), ("_main.w", Class::ZeroSize)]),
        ];
        assert_eq!(classes(Format::MachO, &rows), expected);
    }

    #[test]
    fn equal_addresses_in_two_sections_and_equal_names_are_no_group() {
        let apart = [("p.f", 0, 8, 4, SymbolKind::Func), ("p.v", 1, 8, 4, SymbolKind::Object)];
        assert_eq!(classes(Format::Elf, &apart), Vec::<Vec<_>>::new());
        let twice = [("p.f", 0, 8, 4, SymbolKind::Func), ("p.f", 0, 8, 4, SymbolKind::Func)];
        assert_eq!(classes(Format::Elf, &twice), Vec::<Vec<_>>::new());
        let marks = [("x.go", 0, 8, 0, SymbolKind::File), ("p.f", 0, 8, 4, SymbolKind::Func)];
        assert_eq!(classes(Format::Elf, &marks), Vec::<Vec<_>>::new());
    }

    #[test]
    fn only_real_doubles_are_meaningful() {
        let group = |classes: &[Class]| Group {
            address: 0,
            section: 0,
            members: classes.iter().map(|class| Member { symbol: 0, class: *class }).collect(),
        };
        assert!(group(&[Class::Alias, Class::Alias]).is_meaningful());
        assert!(group(&[Class::Marker, Class::CAlias, Class::CAlias]).is_meaningful());
        assert!(!group(&[Class::Marker, Class::Sole, Class::ZeroSize]).is_meaningful());
        assert!(!group(&[Class::PluginLocal, Class::PluginLocal]).is_meaningful());
    }
}
