//! Do the two ends of a linkname agree in their types?
//!
//! Neither compiler nor linker checks this: a handle that declares another signature builds, and reads garbage. The
//! local declaration always comes from source. The target's comes from source too, or from DWARF. Both become values
//! of [`crate::types`]. The two types are identical, or put the same bytes into the same registers, or differ.
//!
//! A call through a linkname uses ABIInternal even where the target is assembly: it goes to the wrapper that the
//! target's package made from its own Go declaration. So the target's Go declaration is what counts.
//!
//! A type that cannot be resolved gives [`Class::Unknown`], never a mismatch. This file knows no binary.
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use gonym::linkname::signature::{Class, Side, TargetSide, Universe, compare};
//! use gonym::source::file::GoFile;
//! use gonym::source::types::{Declared, ParsedPackage};
//! use gonym::types::machine::Machine;
//!
//! struct Packages(BTreeMap<String, ParsedPackage>);
//!
//! impl Declared for Packages {
//!     fn package(&self, path: &str) -> Option<&ParsedPackage> {
//!         self.0.get(path)
//!     }
//! }
//!
//! let package = |path: &str, text: &str| {
//!     let files = vec![GoFile::parse(text.as_bytes().to_vec())];
//!     (path.to_owned(), ParsedPackage::new(path, files))
//! };
//! let declared = Packages(BTreeMap::from([
//!     package("example.com/m", "package m\n\nfunc size() int32\n"),
//!     package("example.com/lib", "package lib\n\nfunc size() int64 { return 1 }\n"),
//! ]));
//! let side = |path: &str| Side { package: path.to_owned(), name: "size".to_owned() };
//! let machine = Machine::of("amd64", 27).expect("a known platform");
//! let universe = Universe { declared: &declared, machine };
//! let target = side("example.com/lib");
//! let compared = compare(&side("example.com/m"), &TargetSide::Source(&target), &universe);
//! assert_eq!(compared.class, Class::Results);
//! ```

mod functions;
mod meaning;
mod sides;
mod spelled;

use std::fmt::Display;

use crate::dwarf::Parameter;
use crate::finding::Code;
use crate::printable::printable;
use crate::source::types::{Declared, Resolver};
use crate::types::convention::clash;
use crate::types::identity::{holds_unknown, identical};
use crate::types::layout::Layout;
use crate::types::machine::Machine;
use crate::types::{Signature, Type};
use meaning::{Meaning, between};

/// The longest detail, in characters; real modules have up to 300.
const MOST_SHOWN: usize = 500;

/// How two declarations agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Class {
    /// The same type.
    Identical,
    /// Different types with the same bytes at the same places, and pointers at the same places.
    SameAbi,
    /// The same bytes, but a local parameter points to less memory than the target's parameter does.
    Pointee,
    /// The same bytes with another meaning: a map with other keys, a function with another signature.
    Other,
    /// The same bytes, but one side is an interface with methods and the other is one without: their first words
    /// differ.
    Interface,
    /// The same bytes, but one side has a number where the other has a pointer: the garbage collector does not see
    /// the number.
    Pointer,
    /// The results differ.
    Results,
    /// The parameters differ.
    Parameters,
    /// Variables of different size.
    Size,
    /// Variables of the same size with pointers at different places.
    PointerMap,
    /// A function on one side, a variable on the other.
    Kind,
    /// One side could not be resolved.
    Unknown,
}

impl Class {
    /// The finding's code; none if the types fit or are unknown.
    #[must_use]
    pub fn code(self) -> Option<Code> {
        Some(match self {
            Self::Identical | Self::SameAbi | Self::Unknown => return None,
            Self::Pointee => Code::SignaturePointee,
            Self::Other => Code::SignatureMeaning,
            Self::Interface => Code::SignatureInterface,
            Self::Pointer => Code::SignaturePointer,
            Self::Results => Code::SignatureResults,
            Self::Parameters => Code::SignatureParameters,
            Self::Size => Code::VariableSize,
            Self::PointerMap => Code::PointerMap,
            Self::Kind => Code::KindDiffers,
        })
    }

    /// Whether the two sides certainly disagree.
    #[must_use]
    pub fn is_mismatch(self) -> bool {
        !matches!(
            self,
            Self::Identical | Self::SameAbi | Self::Pointee | Self::Other | Self::Unknown
        )
    }
}

/// The class of a comparison, and one line about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// How they agree.
    pub class: Class,
    /// What differs, or why nothing can be said. Printable; empty for identical types.
    pub detail: String,
    /// The variables differ in size, and the local one is smaller.
    pub local_is_smaller: bool,
    /// The parameter that [`Class::Pointee`] is about.
    pub short: Option<Short>,
}

/// A parameter that points to less than the target's parameter does. It matters where local code allocates the
/// pointee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    /// Its number, from 0.
    pub parameter: usize,
    /// What it points to.
    pub type_: Type,
}

impl Comparison {
    fn new(class: Class, detail: impl Display) -> Self {
        let mut detail = detail.to_string();
        if let Some((end, _)) = detail.char_indices().nth(MOST_SHOWN) {
            detail.truncate(end);
            detail.push('…');
        }
        Self { class, detail: printable(detail.as_bytes()), local_is_smaller: false, short: None }
    }

    fn of_meaning(meaning: Meaning, detail: impl Display) -> Self {
        match meaning {
            Meaning::Fits => Self::new(Class::SameAbi, detail),
            Meaning::Other(what) => Self::new(Class::Other, format_args!("{detail}: {what}")),
            Meaning::Interface => Self::new(
                Class::Interface,
                format_args!(
                    "{detail}: the first word is a type on one side and a table of methods on the other"
                ),
            ),
        }
    }

    fn unknown(why: impl Display) -> Self {
        Self::new(Class::Unknown, why)
    }
}

/// A declaration in source: a function, a variable or a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The import path of its package, as [`Declared`] knows it.
    pub package: String,
    /// Its name in the package: `nanotime`, `T.m`, `(*T).m`.
    pub name: String,
}

/// What the local declaration is compared with.
#[derive(Clone, Copy, Debug)]
pub enum TargetSide<'a> {
    /// A declaration in source: the one of the remote name, or the one of the function that is pushed under that
    /// name.
    Source(&'a Side),
    /// A function of the binary, with its parameters and results from DWARF.
    Function {
        /// The remote name.
        name: &'a str,
        /// The parameters of the subprogram that has an address.
        parameters: &'a [Parameter],
    },
    /// A variable of the binary, with its type from DWARF.
    Variable {
        /// The remote name.
        name: &'a str,
        /// The name of its type.
        type_name: Option<&'a [u8]>,
        /// The size of its type.
        size: Option<u64>,
    },
}

/// Where declarations are looked up, and the platform that they are compiled for.
#[derive(Clone, Copy)]
pub struct Universe<'a> {
    /// The packages of the build.
    pub declared: &'a dyn Declared,
    /// Sizes and registers.
    pub machine: Machine,
}

/// What a declaration declares.
enum Subject {
    Function(Signature),
    Variable(Type),
}

/// Compares the local declaration with the target's.
#[must_use]
pub fn compare(local: &Side, target: &TargetSide<'_>, universe: &Universe<'_>) -> Comparison {
    let resolver = Resolver::new(universe.declared, universe.machine);
    let local = match sides::find(local, &resolver) {
        Ok(local) => local,
        Err(why) => return Comparison::unknown(format_args!("local {why}")),
    };
    match target {
        TargetSide::Source(side) => against_source(&local, side, &resolver),
        TargetSide::Function { name, parameters } => match &local {
            Subject::Variable(_) => kind("variable", name, "function"),
            Subject::Function(local) => {
                functions::against_dwarf(local, name, parameters, &resolver)
            }
        },
        TargetSide::Variable { name, type_name, size } => match &local {
            Subject::Function(_) => kind("function", name, "variable"),
            Subject::Variable(local) => {
                variable_against_dwarf(local, name, *type_name, *size, &resolver)
            }
        },
    }
}

fn kind(local: &str, name: &str, target: &str) -> Comparison {
    Comparison::new(Class::Kind, format_args!("local is a {local}, {name} is a {target}"))
}

fn against_source(local: &Subject, target: &Side, resolver: &Resolver<'_>) -> Comparison {
    let name = format!("{}.{}", target.package, target.name);
    match (local, sides::find(target, resolver)) {
        (_, Err(why)) => Comparison::unknown(format_args!("{name} {why}")),
        (Subject::Function(local), Ok(Subject::Function(target))) => {
            functions::against_source(local, &name, &target, resolver)
        }
        (Subject::Variable(local), Ok(Subject::Variable(target))) => {
            variables(local, &name, &target, resolver)
        }
        (Subject::Function(_), Ok(Subject::Variable(_))) => kind("function", &name, "variable"),
        (Subject::Variable(_), Ok(Subject::Function(_))) => kind("variable", &name, "function"),
    }
}

fn variables(local: &Type, name: &str, target: &Type, resolver: &Resolver<'_>) -> Comparison {
    if identical(local, target) {
        return Comparison::new(Class::Identical, "");
    }
    let layouts = (layout(local, resolver), layout(target, resolver));
    let (ours, theirs) = match &layouts {
        (Ok(ours), Ok(theirs)) => (ours, theirs),
        (Err(why), _) => return Comparison::unknown(format_args!("local {local}: {why}")),
        (_, Err(why)) => return Comparison::unknown(format_args!("{name} {target}: {why}")),
    };
    let shown = format!("local is {local}, {name} is {target}");
    if ours.size != theirs.size {
        let sizes = format_args!("{shown}: {} bytes against {}", ours.size, theirs.size);
        let local_is_smaller = ours.size < theirs.size;
        return Comparison { local_is_smaller, ..Comparison::new(Class::Size, sizes) };
    }
    if clash(ours.pointers.as_deref(), theirs.pointers.as_deref()) {
        return Comparison::new(Class::PointerMap, shown);
    }
    let meaning = between(local, target, resolver);
    if meaning != Meaning::Fits {
        return Comparison::of_meaning(meaning, shown);
    }
    let class = if holds_unknown(local) || holds_unknown(target) { "partly unknown" } else { "" };
    let note = if class.is_empty() { shown } else { format!("{shown} ({class})") };
    Comparison::new(Class::SameAbi, note)
}

fn layout(type_: &Type, resolver: &Resolver<'_>) -> Result<Layout, &'static str> {
    Layout::of(type_, resolver.machine(), resolver)
}

fn variable_against_dwarf(
    local: &Type,
    name: &str,
    type_name: Option<&[u8]>,
    size: Option<u64>,
    resolver: &Resolver<'_>,
) -> Comparison {
    let Some(size) = size else {
        return Comparison::unknown(format_args!("DWARF tells no size of {name}"));
    };
    let target = spelled::type_(type_name.unwrap_or_default());
    // Source may have a type of that name from another version: its size must be the one that DWARF has.
    if layout(&target, resolver).is_ok_and(|layout| layout.size == size) {
        return variables(local, name, &target, resolver);
    }
    let ours = match layout(local, resolver) {
        Ok(ours) => ours,
        Err(why) => return Comparison::unknown(format_args!("local {local}: {why}")),
    };
    let shown = std::str::from_utf8(type_name.unwrap_or(b"?")).unwrap_or("?");
    let sizes = format!("local is {local} of {} bytes, {name} is {shown} of {size}", ours.size);
    if ours.size == size {
        return Comparison::unknown(sizes);
    }
    Comparison { local_is_smaller: ours.size < size, ..Comparison::new(Class::Size, sizes) }
}
