//! Where do the names of the claims stand: as symbols, as functions, as inlined functions?
//!
//! One pass over each list of names for all claims together. A claim's remote is exact but for
//! Mach-O's `_` and the ABI marks: a variable whose dotted path is not escaped links as a second,
//! private symbol, and taking the two for one would prove a falsehood. The local name may be given in
//! either spelling.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};

use crate::binary::{Binary, Functions};
use crate::golang::names;
use crate::golang::pclntab::Function;
use crate::image::{Format, Place, Section, Symbol, SymbolKind};
use crate::symbols::aliases::{self, Class};

use super::super::claim::Claim;
use super::foreign::GoData;
use super::{Provider, Role, Site, SiteSource, Witness};

/// Which side of a claim a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Local,
    Remote,
    /// The remote, were its path escaped the other way.
    OtherSpelling,
}

/// What the lists of names hold for each claim.
#[derive(Debug)]
pub(super) struct Names {
    claims: Vec<Found>,
}

#[derive(Debug, Default)]
struct Found {
    local: Vec<Site>,
    remote: Vec<Site>,
    other_spelling: Option<Vec<u8>>,
    package_present: bool,
    target_present: bool,
    package: String,
    /// The local name as symbols spell it.
    local_name: Vec<u8>,
    /// The remote's package as it is imported.
    target: Option<String>,
}

/// The wanted names and packages, each with the claims that want it.
#[derive(Default)]
struct Index<'a> {
    names: HashMap<Cow<'a, [u8]>, Vec<(usize, Side)>>,
    packages: HashMap<Vec<u8>, Vec<usize>>,
    /// Packages of remotes.
    targets: HashMap<Vec<u8>, Vec<usize>>,
}

impl Names {
    pub(super) fn collect(
        binary: &Binary,
        functions: Option<&Functions>,
        claims: &[Claim],
    ) -> Self {
        let as_named = |package: &str| match functions {
            Some(functions) => functions.folders.as_named(package).to_owned(),
            None => package.to_owned(),
        };
        let found = claims.iter().map(|claim| Found {
            local_name: local_name(claim, &as_named(&claim.package)),
            package: as_named(&claim.package),
            target: names::import_path(&claim.remote)
                .map(|p| String::from_utf8_lossy(&p).into_owned()),
            ..Found::default()
        });
        let mut all = Self { claims: found.collect() };
        let index = Index::new(claims, &all.claims);
        all.add_symbols(binary, &index);
        if let Some(functions) = functions {
            all.add_functions(binary, functions, &index);
            all.add_inlined(functions, &index);
            for found in &mut all.claims {
                found.package_present |= functions.folders.knows(&found.package);
                let target = found.target.as_deref();
                found.target_present |= target.is_some_and(|t| functions.folders.knows(t));
            }
        }
        all
    }

    pub(super) fn len(&self) -> usize {
        self.claims.len()
    }

    pub(super) fn local(&self, claim: usize) -> &[Site] {
        self.claims.get(claim).map_or(&[], |found| &found.local)
    }

    pub(super) fn remote(&self, claim: usize) -> &[Site] {
        self.claims.get(claim).map_or(&[], |found| &found.remote)
    }

    pub(super) fn package_present(&self, claim: usize) -> bool {
        self.claims.get(claim).is_some_and(|found| found.package_present)
    }

    /// Whether the remote's package has another name in the binary than the remote.
    pub(super) fn target_present(&self, claim: usize) -> bool {
        self.claims.get(claim).is_some_and(|found| found.target_present)
    }

    /// The local name as symbols spell it.
    pub(super) fn local_name(&self, claim: usize) -> &[u8] {
        self.claims.get(claim).map_or(&[], |found| &found.local_name)
    }

    pub(super) fn package(&self, claim: usize) -> &str {
        self.claims.get(claim).map_or("", |found| &found.package)
    }

    pub(super) fn other_spelling(&self, claim: usize) -> Option<&[u8]> {
        self.claims.get(claim)?.other_spelling.as_deref()
    }

    /// The remote's package as it is imported.
    pub(super) fn target_package(&self, claim: usize) -> Option<&str> {
        self.claims.get(claim)?.target.as_deref()
    }

    fn add(&mut self, name: &[u8], index: &Index<'_>, site: impl Fn() -> Site) {
        let Some(wanted) = index.names.get(name) else { return };
        for (claim, side) in wanted {
            let Some(found) = self.claims.get_mut(*claim) else { continue };
            match side {
                Side::Local => found.local.push(site()),
                Side::Remote => found.remote.push(site()),
                Side::OtherSpelling => found.other_spelling = Some(name.to_vec()),
            }
        }
    }

    fn add_symbols(&mut self, binary: &Binary, index: &Index<'_>) {
        let table = binary.symbols();
        let go_data = OnceCell::new();
        for symbol in &table.symbols {
            let Place::Section(section) = symbol.place else { continue };
            if matches!(symbol.kind, SymbolKind::Section | SymbolKind::File) {
                continue;
            }
            let raw = table.name(symbol);
            let name = names::without_abi(binary.go_name(raw));
            if index.names.contains_key(name) {
                self.add(name, index, || symbol_site(binary, &go_data, symbol, section, raw));
            } else {
                self.mark_target(name, index);
            }
        }
    }

    fn add_functions(&mut self, binary: &Binary, functions: &Functions, index: &Index<'_>) {
        for function in functions.table.functions() {
            let name = function.name();
            self.add(name, index, || function_site(binary, functions, &function));
            let Some(target) = names::trampoline_target(name) else {
                self.mark_package(name, index);
                continue;
            };
            // A trampoline is code of no package: whoever calls it calls what it leads to.
            self.add(target, index, || Site {
                provider: Provider::Generated,
                ..function_site(binary, functions, &function)
            });
        }
    }

    fn mark_package(&mut self, name: &[u8], index: &Index<'_>) {
        let Some(package) = names::package(name) else { return };
        for claim in index.packages.get(package).into_iter().flatten() {
            if let Some(found) = self.claims.get_mut(*claim) {
                found.package_present = true;
            }
        }
        if !index.names.contains_key(name) {
            self.mark_target(name, index);
        }
    }

    /// Another name of a remote's package stands in the binary.
    fn mark_target(&mut self, name: &[u8], index: &Index<'_>) {
        let Some(package) = names::package(name) else { return };
        for claim in index.targets.get(package).into_iter().flatten() {
            if let Some(found) = self.claims.get_mut(*claim) {
                found.target_present = true;
            }
        }
    }

    fn add_inlined(&mut self, functions: &Functions, index: &Index<'_>) {
        let Some(trees) = &functions.trees else { return };
        for function in functions.table.functions() {
            let named: BTreeSet<&[u8]> = trees.names(&functions.table, function).collect();
            let wanted: Vec<&[u8]> =
                named.into_iter().filter(|name| index.names.contains_key(*name)).collect();
            for name in wanted {
                let Some(site) = inlined_site(functions, &function, name) else { continue };
                self.add(name, index, || site.clone());
            }
        }
    }
}

impl<'a> Index<'a> {
    fn new(claims: &'a [Claim], found: &[Found]) -> Self {
        let mut index = Self::default();
        for (number, (claim, found)) in claims.iter().zip(found).enumerate() {
            let remote = names::without_abi(&claim.remote);
            index.want(Cow::Borrowed(remote), number, Side::Remote);
            for spelling in spellings(remote) {
                if *spelling != *remote {
                    index.want(Cow::Owned(spelling), number, Side::OtherSpelling);
                }
            }
            for spelling in spellings(&found.local_name) {
                index.want(Cow::Owned(spelling), number, Side::Local);
            }
            for package in package_spellings(found.package.as_bytes()) {
                index.packages.entry(package).or_default().push(number);
            }
            for target in found.target.iter().flat_map(|t| package_spellings(t.as_bytes())) {
                index.targets.entry(target).or_default().push(number);
            }
        }
        index
    }

    fn want(&mut self, name: Cow<'a, [u8]>, claim: usize, side: Side) {
        self.names.entry(name).or_default().push((claim, side));
    }
}

/// The local name as symbols spell it: escaped, and `main` for the program's own path.
fn local_name(claim: &Claim, package: &str) -> Vec<u8> {
    let mut name = escape_last_element(package.as_bytes());
    name.push(b'.');
    name.extend_from_slice(names::within_package(names::without_abi(&claim.local)));
    name
}

/// `name` with its path unescaped and escaped.
fn spellings(name: &[u8]) -> BTreeSet<Vec<u8>> {
    let Some(package) = names::package(name) else { return BTreeSet::from([name.to_vec()]) };
    let rest = name.get(package.len()..).unwrap_or_default();
    // `example.com/a.b.f`: the dots after the last slash do not tell where the package ends, so the
    // longer readings are tried as well.
    let mut all = BTreeSet::from([name.to_vec(), [&*names::unescape(package), rest].concat()]);
    let unescaped = [&*names::unescape(package), rest].concat();
    let last_element = memchr::memrchr(b'/', package).map_or(0, |slash| slash + 1);
    for (dot, _) in
        unescaped.iter().enumerate().filter(|(at, b)| **b == b'.' && *at >= last_element)
    {
        let (path, rest) = unescaped.split_at(dot);
        if path
            .get(last_element..)
            .is_none_or(|element| element.is_empty() || element.contains(&b'('))
        {
            continue;
        }
        all.insert([&escape_last_element(path), rest].concat());
    }
    all
}

fn package_spellings(package: &[u8]) -> BTreeSet<Vec<u8>> {
    BTreeSet::from([package.to_vec(), escape_last_element(package)])
}

/// cmd/internal/objabi/path.go, PathToPrefix: dots after the last slash, `%`, `"`, control bytes and
/// everything from 0x7f on are written `%xx`.
fn escape_last_element(path: &[u8]) -> Vec<u8> {
    let last_slash = memchr::memrchr(b'/', path);
    let mut out = Vec::with_capacity(path.len());
    for (at, byte) in path.iter().enumerate() {
        let dot = *byte == b'.' && last_slash.is_none_or(|slash| at > slash);
        if dot || matches!(byte, 0..=b' ' | b'%' | b'"' | 0x7f..) {
            out.extend_from_slice(format!("%{byte:02x}").as_bytes());
        } else {
            out.push(*byte);
        }
    }
    out
}

fn symbol_site(
    binary: &Binary,
    go_data: &OnceCell<GoData>,
    symbol: &Symbol,
    section: u32,
    name: &[u8],
) -> Site {
    let section = binary.image.sections.get(section as usize);
    let functions = binary.functions().ok();
    let function =
        functions.and_then(|f| f.table.find(symbol.address).map(|function| (f, function)));
    let exact = function.filter(|(_, function)| function.entry == symbol.address);
    let code = section.is_some_and(|section| section.executable);
    Site {
        source: SiteSource::Symtab,
        name: name.to_vec(),
        address: symbol.address,
        size: if code { symbol.size } else { data_size(binary, symbol) },
        exact_size: binary.image.format == Format::Elf,
        code,
        role: match aliases::class_alone(binary.image.format, section, name, symbol) {
            None => Role::Name,
            Some(Class::Marker | Class::Container) => Role::Mark,
            Some(_) => Role::Unsized,
        },
        foreign: !code && go_data.get_or_init(|| GoData::of(binary)).is_foreign(symbol.address),
        zero_filled: section.is_some_and(|section| is_zero(binary, section, symbol)),
        section: section.map(|section| section.name.clone()).unwrap_or_default(),
        file: exact.and_then(|(f, function)| f.own_file(&function)).map(<[u8]>::to_vec),
        provider: exact.map_or(Provider::Unknown, |(f, function)| provider(f, &function)),
        unit: None,
    }
}

/// Whether a variable is zero when the program starts: it has no bytes in the file. PE rounds what the
/// file holds of a section up, so zeros may begin within.
fn is_zero(binary: &Binary, section: &Section, symbol: &Symbol) -> bool {
    let within = symbol.address.wrapping_sub(section.address);
    if within >= section.file_size {
        return true;
    }
    let held = section.file_size.saturating_sub(within).min(data_size(binary, symbol));
    binary.image.format == Format::Pe
        && held <= MOST_ZEROS
        && binary.memory(symbol.address, held).is_ok_and(|data| data.iter().all(|b| *b == 0))
}

/// More bytes of a variable are not read to see that they are zero.
const MOST_ZEROS: u64 = 1 << 20;

/// The size of a variable: Mach-O and PE tell none, and there it ends where the next symbol begins.
fn data_size(binary: &Binary, symbol: &Symbol) -> u64 {
    if symbol.size != 0 || binary.image.format == Format::Elf {
        return symbol.size;
    }
    let others = binary.symbols().symbols.iter().filter(|other| other.place == symbol.place);
    let next = others.map(|other| other.address).filter(|next| *next > symbol.address).min();
    let section = binary.image.section_at(symbol.address);
    let end = section.map_or(symbol.address, |s| s.address.saturating_add(s.size));
    next.unwrap_or(end).min(end).saturating_sub(symbol.address)
}

fn function_site(binary: &Binary, functions: &Functions, function: &Function<'_>) -> Site {
    let section = binary.image.section_at(function.entry);
    Site {
        source: SiteSource::Pclntab,
        name: function.name().to_vec(),
        address: function.entry,
        size: function.end.saturating_sub(function.entry),
        exact_size: false,
        code: true,
        role: Role::Name,
        foreign: false,
        zero_filled: false,
        section: section.map(|section| section.name.clone()).unwrap_or_default(),
        file: functions.own_file(function).map(<[u8]>::to_vec),
        provider: provider(functions, function),
        unit: None,
    }
}

/// The first place in `function` where the body of `name` was inlined.
fn inlined_site(functions: &Functions, function: &Function<'_>, name: &[u8]) -> Option<Site> {
    let trees = functions.trees.as_ref()?;
    let code = function.decoded();
    for (pc, _) in code.inlined_runs() {
        let frames = trees.frames(&functions.table, &code, pc);
        let Some(frame) = frames.iter().find(|frame| frame.name == name && !frame.outermost) else {
            continue;
        };
        let file = frame.position.map(|position| position.file);
        let owner = file.and_then(|file| functions.folders.owner_of_file(file));
        let own = names::import_path(name).zip(owner).is_some_and(|(n, o)| *n == *o.as_bytes());
        return Some(Site {
            source: SiteSource::Inlined,
            name: name.to_vec(),
            address: pc,
            size: 0,
            exact_size: false,
            code: true,
            role: Role::Name,
            foreign: false,
            zero_filled: false,
            section: Vec::new(),
            file: file.map(<[u8]>::to_vec),
            provider: match owner {
                Some(owner) if own => Provider::Package(owner.to_owned()),
                Some(owner) => Provider::Doubtful(owner.to_owned()),
                None => Provider::Unknown,
            },
            unit: None,
        });
    }
    None
}

/// Whose source `function` is compiled from, by its file's folder and its unit.
///
/// The folder alone lies for `//line` and for closures of inlined bodies, the unit alone for generic
/// code: a name of another package counts as a push only if both say so, and if the unit is known to
/// be that package's by more than this name (discovery.md, traps.md).
pub(super) fn provider(functions: &Functions, function: &Function<'_>) -> Provider {
    let folders = &functions.folders;
    let file = functions.own_file(function).unwrap_or_default();
    let named = names::import_path(function.name());
    let named = named.as_deref().map(String::from_utf8_lossy);
    if function.is_assembly() || file.ends_with(b".s") {
        let owner = folders.owner_of_assembly(file).or(named.as_deref());
        return owner.map_or(Provider::Unknown, |owner| Provider::Assembly(owner.to_owned()));
    }
    if file == b"<autogenerated>" {
        return Provider::Generated;
    }
    let unit = folders.unit(function.unit());
    let unit_owner = unit.and_then(|unit| unit.owner.as_deref());
    match (folders.owner_of_file(file), named.as_deref()) {
        (Some(owner), Some(named)) if owner == named => Provider::Package(owner.to_owned()),
        (None, Some(named)) if unit_owner == Some(named) => Provider::Package(named.to_owned()),
        (Some(owner), Some(named)) if unit_owner == Some(owner) => {
            let others = unit.is_some_and(|unit| unit.named.iter().any(|name| name != named));
            let plain = !names::is_derived(function.name()) && !names::is_instance(function.name());
            match plain && (others || folders.has_unit_of(named)) {
                true => Provider::Package(owner.to_owned()),
                false => Provider::Doubtful(owner.to_owned()),
            }
        }
        (Some(owner), None) if unit_owner == Some(owner) => Provider::Package(owner.to_owned()),
        (Some(owner), _) => Provider::Doubtful(owner.to_owned()),
        (None, _) => Provider::Unknown,
    }
}

/// Whether the symbol table holds the program's names.
///
/// A table is present in stripped Mach-O files too (imports), and `strip -K` leaves some names: only a
/// table that holds every function of pclntab is whole.
pub(super) fn symtab_witness(binary: &Binary, functions: Option<&Functions>) -> Witness {
    let table = binary.symbols();
    if !table.faults.is_empty() {
        return Witness::Damaged;
    }
    if !table.present && !binary.image.faults.is_empty() {
        return Witness::Damaged;
    }
    let Some(functions) = functions else {
        return if table.symbols.is_empty() { Witness::Missing } else { Witness::Whole };
    };
    let defined = table.symbols.iter().filter(|symbol| matches!(symbol.place, Place::Section(_)));
    let mut addresses: Vec<u64> = defined.map(|symbol| symbol.address).collect();
    addresses.sort_unstable();
    let named = |function: &Function<'_>| addresses.binary_search(&function.entry).is_ok();
    if functions.table.functions().all(|function| named(&function)) {
        Witness::Whole
    } else {
        Witness::Missing
    }
}
