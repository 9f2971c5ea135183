//! Whose code stands at each reference, whoever asks?
//!
//! A reference keeps every function of its inline stack. Functions, files and packages are kept once and numbered: 650
//! claims on a program of 161 MB look at a million frames, and as many copies of three names were a third of all time.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::binary::Functions;
use crate::code::RawReference;
use crate::golang::inline::{Frame, InlineTrees};
use crate::golang::pclntab::{Decoded, Function};
use crate::names;

use super::debug::CodeUnits;
use super::{Doubt, Provider, sites};

/// What tells whose code an instruction is.
pub(super) struct Witnesses<'a> {
    pub(super) functions: &'a Functions,
    pub(super) trees: &'a InlineTrees,
    pub(super) units: CodeUnits<'a>,
}

/// Where references come from.
#[derive(Default)]
pub(super) struct Origins {
    /// Of each reference, in their order; none for code of no package: trampolines.
    each: Vec<Option<Origin>>,
    /// The frames of all of them.
    frames: Vec<Standing>,
    code: Vec<Whose>,
    packages: Packages,
}

/// Where one reference comes from.
pub(super) struct Origin {
    /// The entry of the function that holds the instruction.
    pub(super) function: u64,
    frames: Range<usize>,
}

/// A frame: the number of its code, and the line there, 0 when unknown.
struct Standing {
    code: usize,
    line: u32,
}

/// The code of one function from one file.
pub(super) struct Whose {
    /// The function.
    pub(super) function: Arc<[u8]>,
    /// The file; none where the binary tells no position.
    pub(super) file: Option<Arc<[u8]>>,
    /// The number of the package that the code was written in.
    pub(super) package: Option<usize>,
    /// What makes that doubtful.
    pub(super) doubt: Option<Doubt>,
    /// The package that owns the file.
    by_file: Option<usize>,
    /// The package in the function's name.
    by_name: Option<usize>,
}

/// Packages by number.
#[derive(Default)]
struct Packages {
    names: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, usize>,
}

/// Which code was met already. A name and a file are known by where they stand in the table, which holds each once; code
/// that was inlined is the same in whatever function, of the function that holds it also its number counts.
type Met = HashMap<(usize, usize, Option<usize>), usize>;

impl Origins {
    /// Those of `references`, which come in order of addresses, so that each function's tables are decoded once.
    pub(super) fn of(witnesses: &Witnesses<'_>, references: &[RawReference]) -> Self {
        let mut origins = Self::default();
        let (mut current, mut met): (Option<Decoded<'_>>, _) = (None, Met::new());
        for reference in references {
            let here = |code: &Decoded<'_>| {
                (code.function.entry..code.function.end).contains(&reference.at)
            };
            if !current.as_ref().is_some_and(here) {
                let function = witnesses.functions.table.find(reference.at);
                current = function.map(|function| function.decoded());
            }
            let code = current.as_ref();
            let origin =
                code.and_then(|code| origins.origin(witnesses, code, reference.at, &mut met));
            origins.each.push(origin);
        }
        origins
    }

    fn origin<'a>(
        &mut self,
        witnesses: &Witnesses<'a>,
        code: &Decoded<'a>,
        at: u64,
        met: &mut Met,
    ) -> Option<Origin> {
        let function = code.function;
        if names::trampoline_target(function.name()).is_some() {
            return None;
        }
        let first = self.frames.len();
        for frame in witnesses.trees.frames(&witnesses.functions.table, code, at) {
            let file = frame.position.map_or(0, |position| position.file.as_ptr().addr());
            let holder = frame.outermost.then_some(function.index);
            let number =
                *met.entry((frame.name.as_ptr().addr(), file, holder)).or_insert_with(|| {
                    self.code.push(self.packages.whose(witnesses, &function, &frame));
                    self.code.len() - 1
                });
            let line = frame.position.map_or(0, |position| position.line);
            self.frames.push(Standing { code: number, line });
        }
        Some(Origin { function: function.entry, frames: first..self.frames.len() })
    }

    /// The origin of reference number `reference`.
    pub(super) fn get(&self, reference: usize) -> Option<&Origin> {
        self.each.get(reference)?.as_ref()
    }

    /// The frames at `origin`, innermost first: whose code, and the line.
    pub(super) fn frames(&self, origin: &Origin) -> impl Iterator<Item = (&Whose, u32)> + Clone {
        let frames = self.frames.get(origin.frames.clone()).unwrap_or_default();
        frames.iter().filter_map(|frame| Some((self.code.get(frame.code)?, frame.line)))
    }

    /// The number of a package, if any code may be its.
    pub(super) fn number(&self, package: &str) -> Option<usize> {
        self.packages.numbers.get(package).copied()
    }

    /// The package of that number.
    pub(super) fn package(&self, number: usize) -> Option<&Arc<str>> {
        self.packages.names.get(number)
    }
}

impl Whose {
    /// Whether its file or its name says that it is package number `package`'s.
    pub(super) fn may_be_of(&self, package: usize) -> bool {
        self.by_file == Some(package) || self.by_name == Some(package)
    }
}

impl Packages {
    fn number(&mut self, package: &str) -> usize {
        if let Some(number) = self.numbers.get(package) {
            return *number;
        }
        let (name, number) = (Arc::<str>::from(package), self.names.len());
        self.names.push(name.clone());
        self.numbers.insert(name, number);
        number
    }

    fn whose(
        &mut self,
        Witnesses { functions, units, .. }: &Witnesses<'_>,
        function: &Function<'_>,
        frame: &Frame<'_>,
    ) -> Whose {
        let (package, doubt) = owner(functions, units, function, frame);
        let file = frame.position.map(|position| position.file);
        let by_file = file.and_then(|file| functions.owners().owner_of_file(file));
        Whose {
            function: frame.name.into(),
            file: file.map(Arc::from),
            package: package.map(|package| self.number(&package)),
            doubt,
            by_file: by_file.map(|package| self.number(package)),
            by_name: named_package(frame.name).map(|package| self.number(&package)),
        }
    }
}

/// The package that the code of `frame` was written in, and what makes that doubtful.
fn owner(
    functions: &Functions,
    units: &CodeUnits<'_>,
    function: &Function<'_>,
    frame: &Frame<'_>,
) -> (Option<String>, Option<Doubt>) {
    let (mut package, mut doubt) = attribute(functions, function, frame);
    // `//line` makes any file foreign; the unit that holds a plain function says whose it is.
    let plain =
        frame.outermost && !names::is_derived(frame.name) && !names::is_instance(frame.name);
    let open = doubt.is_none_or(|doubt| doubt == Doubt::Attribution);
    if plain
        && open
        && (doubt.is_some() || package != named_package(frame.name))
        && let Some(unit) = units.package(functions, function.entry)
    {
        (package, doubt) = (Some(unit), None);
    }
    (package, doubt)
}

/// The same, as file and name say.
fn attribute(
    functions: &Functions,
    function: &Function<'_>,
    frame: &Frame<'_>,
) -> (Option<String>, Option<Doubt>) {
    if frame.outermost {
        return match sites::provider(functions, function) {
            Provider::Package(package) => (Some(package), None),
            Provider::Doubtful(package) => (Some(package), Some(Doubt::Attribution)),
            Provider::Assembly(package) => (Some(package), Some(Doubt::Assembly)),
            Provider::Generated if initialises(functions, frame) => {
                (named_package(frame.name), None)
            }
            Provider::Generated => (named_package(frame.name), Some(Doubt::Generated)),
            Provider::Unknown => (named_package(frame.name), Some(Doubt::Attribution)),
        };
    }
    let file = frame.position.map(|position| position.file).unwrap_or_default();
    let named = named_package(frame.name);
    match functions.owners().owner_of_file(file) {
        _ if file == b"<autogenerated>" => (named, Some(Doubt::Generated)),
        Some(owner) if named.as_deref() == Some(owner) => (named, None),
        Some(owner) => (Some(owner.to_owned()), Some(Doubt::Attribution)),
        None => (named, Some(Doubt::Attribution)),
    }
}

/// Whether an instruction of a package's initialiser was written in its source: the function is the
/// compiler's and begins in `<autogenerated>` (1.27; in 1.19 in the source), what the initialisers of
/// variables call stands on their own lines.
fn initialises(functions: &Functions, frame: &Frame<'_>) -> bool {
    let file = frame.position.map(|position| position.file).unwrap_or_default();
    let owner = functions.owners().owner_of_file(file);
    names::is_initialiser(frame.name)
        && owner.is_some()
        && owner == named_package(frame.name).as_deref()
}

fn named_package(name: &[u8]) -> Option<String> {
    names::import_text(name)
}
