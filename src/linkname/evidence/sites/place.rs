//! What is known about one place where a name is.

use std::cell::OnceCell;

use super::super::foreign::GoData;
use super::super::{Provider, Role, Site, SiteSource};
use crate::binary::{Binary, Functions};
use crate::golang::pclntab::Function;
use crate::image::{Format, Section, Symbol};
use crate::names;
use crate::rules;
use crate::symbols::aliases::{self, Class};

pub(super) fn symbol_site(
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

/// Whether a variable is zero when the program starts, because it has no bytes in the file. PE rounds the bytes of a
/// section in the file up, so the zeros may begin within them.
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

/// More bytes of a variable than this are not read to see whether they are zero.
const MOST_ZEROS: u64 = 1 << 20;

/// The size of a variable. Mach-O and PE record none: there it ends where the next symbol begins.
fn data_size(binary: &Binary, symbol: &Symbol) -> u64 {
    if symbol.size != 0 || binary.image.format == Format::Elf {
        return symbol.size;
    }
    let section = binary.section_at(symbol.address);
    let end = section.map_or(symbol.address, |s| s.address.saturating_add(s.size));
    let next = binary.next_symbol(symbol);
    next.unwrap_or(end).min(end).saturating_sub(symbol.address)
}

pub(super) fn function_site(
    binary: &Binary,
    functions: &Functions,
    function: &Function<'_>,
) -> Site {
    let section = binary.section_at(function.entry);
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
pub(super) fn inlined_site(
    functions: &Functions,
    function: &Function<'_>,
    name: &[u8],
) -> Option<Site> {
    let (pc, frame) = functions.first_inlined(function, name)?;
    let file = frame.position.map(|position| position.file);
    let owner = file.and_then(|file| functions.owners().owner_of_file(file));
    let own = names::import_path(name).zip(owner).is_some_and(|(n, o)| *n == *o.as_bytes());
    Some(Site {
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
    })
}

/// The package whose source `function` is compiled from, by its file's folder and its unit.
///
/// The folder alone is wrong for `//line` and for closures of inlined bodies, the unit alone for generic code. So a
/// function with a name of another package counts as a push only if both agree, and if more than this name shows that
/// the unit is that package's (discovery.md, traps.md).
pub(in crate::linkname::evidence) fn provider(
    functions: &Functions,
    function: &Function<'_>,
) -> Provider {
    let folders = &functions.owners();
    let file = functions.own_file(function).unwrap_or_default();
    let named = names::import_text(function.name());
    if function.is_assembly() || file.ends_with(b".s") {
        let owner = folders.owner_of_assembly(file).or(named.as_deref());
        return owner.map_or(Provider::Unknown, |owner| Provider::Assembly(owner.to_owned()));
    }
    if file == b"<autogenerated>" {
        return Provider::Generated;
    }
    let unit = folders.unit(function.unit());
    let sure = unit.is_some_and(|unit| unit.sure);
    // A unit of nothing but pushes: with `//line` any other package leaves the same folder (same SHA-256, 1.22 and
    // 1.27). Go's own pushes are known.
    let bears =
        unit.zip(unit.and_then(|unit| unit.owner.as_deref())).is_some_and(|(unit, owner)| {
            let standard =
                rules::is_standard(owner) && named.as_deref().is_some_and(rules::is_standard);
            unit.names(owner) || standard
        });
    let unit = unit.and_then(|unit| unit.owner.as_deref());
    let plain = !names::is_derived(function.name()) && !names::is_instance(function.name());
    let package = |owner: &str| Provider::Package(owner.to_owned());
    let doubtful = |owner: &str| Provider::Doubtful(owner.to_owned());
    match (folders.owner_of_file(file), named.as_deref()) {
        // `//line` of any package leaves a file without a folder, or with an unknown one. A closure of an inlined
        // function has the name of the function that contains it. Neither tells the package.
        (owner, Some(named))
            if names::is_of_inlined(function.name())
                && (owner.is_none() || !file.contains(&b'/')) =>
        {
            doubtful(owner.unwrap_or(named))
        }
        (Some(owner), Some(named)) if owner == named => match unit.filter(|unit| *unit != named) {
            // A push whose `//line` names the folder of the package that it pushes into.
            Some(unit) if plain && sure => doubtful(unit),
            _ => package(owner),
        },
        (None, Some(named)) if unit == Some(named) => package(named),
        (Some(owner), Some(_)) if unit == Some(owner) && plain && sure => match bears {
            true => package(owner),
            false => doubtful(owner),
        },
        (Some(owner), None) if unit == Some(owner) => package(owner),
        (Some(owner), _) => doubtful(unit.filter(|_| plain && sure).unwrap_or(owner)),
        (None, Some(_)) if !file.is_empty() => {
            unit.filter(|_| plain).map_or(Provider::Unknown, doubtful)
        }
        (None, _) => Provider::Unknown,
    }
}
