//! Which functions were inlined at a pc, innermost first?
//!
//! Every function with inlined calls has a tree in `go:func.*`. pclntab's inline index gives the tree entry of a pc.
//! Each entry names the function and the pc of the call in its parent (runtime/symtabinl.go), or the parent's entry
//! before Go 1.12. The trees have no length: a tree is as long as the largest index in the function's own table.
//!
//! ```no_run
//! for binary in gonym::Binary::open("app".as_ref())?.binaries {
//!     let Ok(functions) = binary.functions() else { continue };
//!     let (table, pc) = (&functions.table, 0x47f0ee);
//!     if let (Some(trees), Some(function)) = (&functions.trees, table.find(pc)) {
//!         for frame in trees.frames(table, &function.decoded(), pc) {
//!             println!("{}", String::from_utf8_lossy(frame.name));
//!         }
//!     }
//! }
//! # Ok::<(), gonym::error::Fault>(())
//! ```

use super::pclntab::{Caller, Decoded, Function, Pclntab, Position};

/// The trees of one program.
#[derive(Debug)]
pub struct InlineTrees {
    data: Vec<u8>,
    /// The address where `data` begins: the function table's tree offsets are relative to it.
    base: u64,
    /// The address of the first byte, where it is known.
    start: u64,
}

/// One frame at a pc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The function's name.
    pub name: &'a [u8],
    /// The position in this function of the pc, or of the call of the next inner frame.
    pub position: Option<Position<'a>>,
    /// Whether this is the function that holds the code, and not an inlined one.
    pub outermost: bool,
}

/// More frames than this at one pc are damage: the compiler's budget ends far earlier.
const DEEPEST: usize = 256;

impl InlineTrees {
    /// The trees in `data`. Either its first byte is that of `go:func.*` and `base` is 0, or the function table holds
    /// addresses and `base` is the address of the first byte.
    #[must_use]
    pub fn new(data: Vec<u8>, base: u64) -> Self {
        Self { data, base, start: base }
    }

    /// The same data, whose first byte lies at `start`.
    #[must_use]
    pub fn starting_at(self, start: u64) -> Self {
        Self { start, ..self }
    }

    /// The function that `function` wraps: the address of the word that says so, and how far behind the start of the
    /// text the function begins.
    #[must_use]
    pub fn wrapped(&self, table: &Pclntab, function: &Function<'_>) -> Option<(u64, u32)> {
        let at = function.wrap_info()?;
        let offset = table.header().layout().u32(&self.data, usize::try_from(at).ok()?)?;
        Some((self.start.wrapping_add(at), offset))
    }

    /// Whether each of the first `limit` trees of `table` names real functions. That tells the right start of
    /// `go:func.*` from a wrong one (0 bad of up to 71,954, measured).
    #[must_use]
    pub fn fit(&self, table: &Pclntab, limit: usize) -> bool {
        let trees = table.functions().filter(|function| function.inline_tree().is_some());
        trees.take(limit).all(|function| {
            (0..=function.last_inline_index().unwrap_or(0))
                .all(|index| self.entry(table, &function, index).is_some())
        })
    }

    /// Names of all functions inlined into `function`, in the order of its tree.
    pub fn names<'a>(
        &'a self,
        table: &'a Pclntab,
        function: Function<'a>,
    ) -> impl Iterator<Item = &'a [u8]> + 'a {
        let last = function.inline_tree().and_then(|_| function.last_inline_index());
        let count = last.map_or(0, |last| last.saturating_add(1));
        // Every entry up to the largest index is real, so the first bad one ends a forged tree.
        (0..count).map_while(move |index| Some(self.entry(table, &function, index)?.name))
    }

    /// The functions that `function` itself calls and that were inlined, each with the line of the call.
    pub fn called_by<'a>(
        &'a self,
        table: &'a Pclntab,
        function: Function<'a>,
    ) -> impl Iterator<Item = (&'a [u8], u32)> + 'a {
        let last = function.inline_tree().and_then(|_| function.last_inline_index());
        let count = last.map_or(0, |last| last.saturating_add(1));
        // Most functions have no tree, and decoding their tables costs more than all else here.
        let code = last.map(|_| function.decoded());
        let entries = (0..count).map_while(move |index| self.entry(table, &function, index));
        entries.filter_map(move |entry| match entry.call {
            Call::At(pc) => {
                let code = code.as_ref().filter(|code| code.inline_index(pc).is_none())?;
                Some((entry.name, code.position_at(pc)?.line))
            }
            Call::In { parent: None, line, .. } => Some((entry.name, line)),
            Call::In { .. } => None,
        })
    }

    /// The file of `function`'s own source.
    ///
    /// A leaf function without a stack frame can begin with an inlined body; its first instruction then has that
    /// body's file.
    #[must_use]
    pub fn own_file<'a>(&'a self, table: &'a Pclntab, function: &Function<'a>) -> Option<&'a [u8]> {
        if !function.begins_inlined() {
            return function.file();
        }
        let frames = self.frames(table, &function.decoded(), function.entry);
        frames.last()?.position.map(|position| position.file)
    }

    /// The frames at `pc`, innermost first; the last one is the function itself.
    #[must_use]
    pub fn frames<'a>(&'a self, table: &'a Pclntab, code: &Decoded<'a>, pc: u64) -> Vec<Frame<'a>> {
        let mut frames = Vec::new();
        let (mut position, mut index) = (code.position_at(pc), code.inline_index(pc));
        while frames.len() < DEEPEST {
            let inlined = index.and_then(|index| self.entry(table, &code.function, index));
            let Some(inlined) = inlined else {
                frames.push(Frame { name: code.function.name(), position, outermost: true });
                break;
            };
            frames.push(Frame { name: inlined.name, position, outermost: false });
            (position, index) = match inlined.call {
                Call::At(pc) => (code.position_at(pc), code.inline_index(pc)),
                Call::In { parent, file, line } => {
                    let file = code.function.file_name(file);
                    (file.map(|file| Position { file, line }), parent)
                }
            };
        }
        frames
    }

    fn entry<'a>(
        &self,
        table: &'a Pclntab,
        function: &Function<'a>,
        index: u32,
    ) -> Option<Entry<'a>> {
        let shape = table.inline_shape();
        let tree = usize::try_from(function.inline_tree()?.checked_sub(self.base)?).ok()?;
        let at = tree.checked_add((index as usize).checked_mul(shape.size)?)?;
        let number =
            |offset: usize| table.header().layout().u32(&self.data, at.checked_add(offset)?);
        let name = table.name_at(number(shape.name)?).filter(|name| !name.is_empty())?;
        let call = match shape.caller {
            Caller::Pc(offset) => {
                let pc = u64::from(number(offset)?);
                let within = pc < function.end.saturating_sub(function.entry);
                Call::At(within.then(|| function.entry.wrapping_add(pc))?)
            }
            Caller::Index { parent, file, line } => {
                let (parent, file) = (number(parent)? as i32, number(file)? as i32);
                // A parent comes before its children, and a file has a name.
                if parent >= 0 && parent as u32 >= index || function.file_name(file).is_none() {
                    return None;
                }
                Call::In { parent: u32::try_from(parent).ok(), file, line: number(line)? }
            }
        };
        Some(Entry { name, call })
    }
}

struct Entry<'a> {
    name: &'a [u8],
    call: Call,
}

/// Where the call of an inlined function is.
enum Call {
    /// At this pc; the entry of that pc is the parent.
    At(u64),
    /// At this line in the parent entry (none: in the function itself).
    In { parent: Option<u32>, file: i32, line: u32 },
}
