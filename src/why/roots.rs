//! Where does a program begin: main.main, initialisers, the runtime's entry, what is exported?

use super::numbers::{Numbers, Place};
use crate::binary::{Binary, Functions};

/// The words of the runtime's record that may be the slice of initialisation tasks (1.21: 58, 1.26: 59, 1.27: 56).
const TASKS: std::ops::Range<u64> = 44..72;

/// More tasks, and more functions of one task, are damage: a program of 1,500 packages has 1,500 tasks.
const MOST_TASKS: u64 = 1 << 17;
const MOST_FUNCTIONS: u32 = 1 << 16;

/// What a chain begins with. The order decides between chains of one length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Root {
    /// `main.main`.
    Main,
    /// An initialiser of a package: its variables, or a function `init`.
    Init,
    /// Where the operating system or a C runtime begins the program.
    Runtime,
    /// A function that other languages or programs call.
    Export,
}

impl Root {
    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Main => "main.main",
            Self::Init => "init",
            Self::Runtime => "runtime",
            Self::Export => "export",
        }
    }
}

/// The roots of `binary`, in order of their kinds and addresses; each function once.
pub(super) fn of(
    binary: &Binary,
    functions: &Functions,
    numbers: &Numbers<'_>,
) -> Vec<(Root, Place)> {
    let mut found: Vec<(Root, Place)> = Vec::new();
    let index =
        |function: crate::golang::pclntab::Function<'_>| Place::try_from(function.index).ok();
    for function in functions.table.functions() {
        let name = function.name();
        let root = match name {
            b"main.main" => Root::Main,
            _ if is_entry(name) => Root::Runtime,
            // Where a C runtime enters (runtime/rt0_*.s).
            b"main" | b"_main" => Root::Runtime,
            _ if name.starts_with(b"_cgoexp_") => Root::Export,
            _ => continue,
        };
        found.extend(index(function).map(|place| (root, place)));
    }
    found.extend(tasks(binary, functions, numbers).map(|place| (Root::Init, place)));
    // Names of C have no dot; a symbol table that lists everything as exported has Go's names too.
    let exports = binary.dynamic().exports.iter().filter(|of| !of.name.contains(&b'.'));
    let exported = exports.filter_map(|export| numbers.entry_at(export.address));
    found.extend(exported.map(|place| (Root::Export, place)));
    found.sort_unstable();
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|(_, place)| seen.insert(*place));
    found
}

/// Whether an operating system enters there: `_rt0_amd64_linux`, and `_rt0_amd64_linux_lib` of a library, but not
/// `_rt0_amd64`, to which both jump (runtime/rt0_*.s).
fn is_entry(name: &[u8]) -> bool {
    name.strip_prefix(b"_rt0_").is_some_and(|platform| platform.contains(&b'_'))
}

/// The functions of the initialisation tasks that the linker ordered (since 1.21). Before, `runtime.main` refers to the
/// tasks, and each of these to others.
fn tasks<'a>(
    binary: &'a Binary,
    functions: &'a Functions,
    numbers: &'a Numbers<'_>,
) -> impl Iterator<Item = Place> + 'a {
    let slice = functions.moduledata.as_ref().and_then(|record| {
        let pointer = u64::from(binary.layout().pointer);
        let at = |index: u64| binary.word(record.address.wrapping_add(index * pointer));
        TASKS.into_iter().find_map(|index| {
            let (start, count, room) = (at(index)?, at(index + 1)?, at(index + 2)?);
            let sane = (1..MOST_TASKS).contains(&count) && room == count;
            (sane && is_task(binary, numbers, binary.word(start)?)).then_some((start, count))
        })
    });
    let (start, count) = slice.unwrap_or((0, 0));
    let pointer = u64::from(binary.layout().pointer);
    let tasks = (0..count).map_while(move |index| binary.word(start.wrapping_add(index * pointer)));
    tasks.flat_map(move |task| functions_of(binary, numbers, task).unwrap_or_default())
}

fn is_task(binary: &Binary, numbers: &Numbers<'_>, task: u64) -> bool {
    functions_of(binary, numbers, task).is_some_and(|functions| !functions.is_empty())
}

/// The functions of one task: its state, their number, their entries (runtime/proc.go, initTask).
fn functions_of(binary: &Binary, numbers: &Numbers<'_>, task: u64) -> Option<Vec<Place>> {
    let layout = binary.layout();
    let count = layout.u32(&binary.memory(task.checked_add(4)?, 4).ok()?, 0)?;
    if count > MOST_FUNCTIONS {
        return None;
    }
    let pointer = u64::from(layout.pointer);
    let entry = |index: u64| {
        numbers.entry_at(binary.word(task.checked_add(8)?.checked_add(index * pointer)?)?)
    };
    (0..u64::from(count)).map(entry).collect()
}
