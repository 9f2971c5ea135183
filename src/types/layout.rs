//! How large is a type, where are its pointers, and which registers does it need?
//!
//! The rules are those of cmd/compile/internal/types/size.go, the same from go1.17 to go1.27. This file does not know
//! parameters: [`super::convention`] places them.
//!
//! ```
//! use gonym::types::layout::{Content, Layout};
//! use gonym::types::machine::Machine;
//! use gonym::types::{Basic, Definitions, Name, Type};
//!
//! struct Nothing;
//!
//! impl Definitions for Nothing {
//!     fn underlying(&self, _: &Name) -> Type {
//!         Type::Unknown("nothing is declared")
//!     }
//!
//!     fn off_heap(&self, _: &Name) -> bool {
//!         false
//!     }
//! }
//!
//! let machine = Machine::of("amd64", 27).expect("a known platform");
//! let slice = Type::Slice(Type::Basic(Basic::Int32).into());
//! let layout = Layout::of(&slice, machine, &Nothing).expect("a known type");
//! assert_eq!((layout.size, layout.align), (24, 8));
//! assert_eq!(layout.pointers, Some(vec![(0, Content::Pointer)]));
//! ```

use super::machine::Machine;
use super::{Basic, Definitions, Field, Name, Type};

/// How deep types are followed into types; deeper ones are unknown. Go's own deepest is below 20.
const MOST_DEPTH: usize = 100;

/// How many types are visited for one layout: a chain of structs with two fields of the next struct would cost 2^n.
/// The largest in GOROOT, `runtime.mheap`, takes some thousands.
const MOST_STEPS: usize = 200_000;

/// How many pointers are listed; with more, only the size is known.
const MOST_POINTERS: usize = 1 << 16;

/// More registers than any port has.
const MOST_PIECES: usize = 64;

/// What a word holds, as the garbage collector sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Content {
    /// A pointer that the garbage collector follows.
    Pointer,
    /// A pointer to memory outside Go's heap: the garbage collector ignores it, so it may stand for either of the
    /// others.
    OffHeap,
    /// Anything else.
    Plain,
}

impl Content {
    /// Whether the garbage collector sees a difference.
    #[must_use]
    pub fn clashes(self, other: Self) -> bool {
        self != other && self != Self::OffHeap && other != Self::OffHeap
    }
}

/// What goes into one register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Whether it is a floating-point register.
    pub float: bool,
    /// How many of its bytes are used; the others are garbage.
    pub size: u64,
    /// What the garbage collector sees.
    pub content: Content,
}

/// The layout of a type in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Bytes.
    pub size: u64,
    /// Alignment in bytes.
    pub align: u64,
    /// Offsets of the words that hold pointers, ascending; `None` if there are too many to list.
    pub pointers: Option<Vec<(u64, Content)>>,
    /// The registers it would take; `None` if it is always passed on the stack.
    pub pieces: Option<Vec<Piece>>,
}

/// Why there is no layout.
pub type Unknown = &'static str;

impl Layout {
    /// The layout of `type_`.
    ///
    /// # Errors
    ///
    /// Why the layout cannot be known.
    pub fn of(
        type_: &Type,
        machine: Machine,
        definitions: &dyn Definitions,
    ) -> Result<Self, Unknown> {
        Measure { machine, definitions, steps: 0, depth: 0 }.layout(type_)
    }

    fn plain(size: u64, align: u64) -> Self {
        let piece = Piece { float: false, size, content: Content::Plain };
        Self { size, align, pointers: Some(Vec::new()), pieces: Some(vec![piece]) }
    }

    fn floats(count: usize, size: u64, align: u64) -> Self {
        let piece = Piece { float: true, size, content: Content::Plain };
        Self {
            size: size.saturating_mul(count as u64),
            align,
            pointers: Some(Vec::new()),
            pieces: Some(vec![piece; count]),
        }
    }

    /// Words in a row, which is the layout of strings, slices and interfaces.
    fn words(machine: Machine, contents: &[Content]) -> Self {
        let size = machine.pointer;
        let offsets = (0..).map(|word: u64| word.saturating_mul(size));
        let pointers = offsets.zip(contents.iter().copied());
        let piece = |content: &Content| Piece { float: false, size, content: *content };
        Self {
            size: size.saturating_mul(contents.len() as u64),
            align: size,
            pointers: Some(pointers.filter(|(_, content)| *content != Content::Plain).collect()),
            pieces: Some(contents.iter().map(piece).collect()),
        }
    }

    fn empty(align: u64) -> Self {
        Self { size: 0, align, pointers: Some(Vec::new()), pieces: Some(Vec::new()) }
    }
}

struct Measure<'a> {
    machine: Machine,
    definitions: &'a dyn Definitions,
    steps: usize,
    depth: usize,
}

impl Measure<'_> {
    fn layout(&mut self, type_: &Type) -> Result<Layout, Unknown> {
        self.steps += 1;
        if self.depth > MOST_DEPTH || self.steps > MOST_STEPS {
            return Err("types that lie too deep in each other");
        }
        self.depth += 1;
        let layout = self.layout_below(type_);
        self.depth -= 1;
        layout
    }

    fn layout_below(&mut self, type_: &Type) -> Result<Layout, Unknown> {
        let words = |contents: &[Content]| Ok(Layout::words(self.machine, contents));
        match type_ {
            Type::Basic(basic) => Ok(self.basic(*basic)),
            Type::Named(name) => self.named(name),
            Type::Pointer(to) => {
                let content = if self.off_heap(to) { Content::OffHeap } else { Content::Pointer };
                Ok(Layout::words(self.machine, &[content]))
            }
            Type::Map(..) | Type::Chan(..) | Type::Func(_) => words(&[Content::Pointer]),
            Type::Slice(of) => {
                let content = if self.off_heap(of) { Content::OffHeap } else { Content::Pointer };
                Ok(Layout::words(self.machine, &[content, Content::Plain, Content::Plain]))
            }
            Type::Interface(_) => words(&[Content::Pointer, Content::Pointer]),
            Type::Array(length, of) => self.array(*length, of),
            Type::Struct(fields) => self.structure(fields, 1),
            Type::Unknown(why) => Err(why),
        }
    }

    fn basic(&self, basic: Basic) -> Layout {
        let Machine { pointer, register, .. } = self.machine;
        match basic {
            Basic::Bool | Basic::Int8 | Basic::Uint8 => Layout::plain(1, 1),
            Basic::Int16 | Basic::Uint16 => Layout::plain(2, 2),
            Basic::Int32 | Basic::Uint32 => Layout::plain(4, 4),
            // On 32-bit platforms, none of which passes values in registers, 64-bit numbers are aligned to 4.
            Basic::Int64 | Basic::Uint64 => Layout::plain(8, register),
            Basic::Int | Basic::Uint | Basic::Uintptr => Layout::plain(pointer, pointer),
            Basic::Float32 => Layout::floats(1, 4, 4),
            Basic::Float64 => Layout::floats(1, 8, register),
            Basic::Complex64 => Layout::floats(2, 4, 4),
            Basic::Complex128 => Layout::floats(2, 8, register),
            Basic::String => Layout::words(self.machine, &[Content::Pointer, Content::Plain]),
            Basic::UnsafePointer => Layout::words(self.machine, &[Content::Pointer]),
        }
    }

    fn named(&mut self, name: &Name) -> Result<Layout, Unknown> {
        // With GOEXPERIMENT=simd the types of this package are in vector registers.
        if name.package.as_ref() == "simd/archsimd" {
            return Err("vector types");
        }
        match self.definitions.underlying(name) {
            Type::Struct(fields) if aligns_to_8(name) => self.structure(&fields, 8),
            underlying => self.layout(&underlying),
        }
    }

    fn off_heap(&self, type_: &Type) -> bool {
        let mut type_ = type_.clone();
        for _ in 0..MOST_DEPTH {
            type_ = match type_ {
                Type::Named(name) => return self.definitions.off_heap(&name),
                Type::Array(_, of) => of.as_ref().clone(),
                _ => return false,
            };
        }
        false
    }

    fn array(&mut self, length: u64, of: &Type) -> Result<Layout, Unknown> {
        let element = self.layout(of)?;
        let size = element.size.checked_mul(length).ok_or("an array larger than memory")?;
        let pieces = match length {
            0 => Some(Vec::new()),
            1 => element.pieces,
            // Even [2]struct{}: an array of more than one element is never passed in registers.
            _ => None,
        };
        let pointers = element.pointers.and_then(|each| repeat(&each, length, element.size));
        Ok(Layout { size, align: element.align, pointers, pieces })
    }

    fn structure(&mut self, fields: &[Field], least_align: u64) -> Result<Layout, Unknown> {
        let mut whole = Layout::empty(least_align);
        let mut last_is_empty = false;
        for field in fields {
            let layout = self.layout(&field.type_)?;
            last_is_empty = layout.size == 0;
            append(&mut whole, layout)?;
        }
        // Otherwise the address of the last field would be that of the next object.
        if whole.size > 0 && last_is_empty {
            whole.size += 1;
        }
        whole.size = round_up(whole.size, whole.align).ok_or("a struct larger than memory")?;
        Ok(whole)
    }
}

/// Whether it is the `align64` of one of the two atomic packages, which aligns a struct to 8 on all platforms.
fn aligns_to_8(name: &Name) -> bool {
    let packages = ["sync/atomic", "internal/runtime/atomic", "runtime/internal/atomic"];
    name.name.as_ref() == "align64" && packages.contains(&name.package.as_ref())
}

/// `offset` rounded up to a multiple of `align`.
pub(crate) fn round_up(offset: u64, align: u64) -> Option<u64> {
    offset.checked_next_multiple_of(align.max(1))
}

fn append(whole: &mut Layout, field: Layout) -> Result<(), Unknown> {
    const TOO_LARGE: Unknown = "a struct larger than memory";
    let start = round_up(whole.size, field.align).ok_or(TOO_LARGE)?;
    whole.size = start.checked_add(field.size).filter(|size| *size < 1 << 60).ok_or(TOO_LARGE)?;
    whole.align = whole.align.max(field.align);
    whole.pointers = match (whole.pointers.take(), field.pointers) {
        (Some(mut all), Some(more)) if all.len() + more.len() <= MOST_POINTERS => {
            all.extend(more.into_iter().map(|(at, content)| (start.saturating_add(at), content)));
            Some(all)
        }
        _ => None,
    };
    whole.pieces = match (whole.pieces.take(), field.pieces) {
        (Some(mut all), Some(more)) if all.len() + more.len() <= MOST_PIECES => {
            all.extend(more);
            Some(all)
        }
        _ => None,
    };
    Ok(())
}

fn repeat(each: &[(u64, Content)], length: u64, stride: u64) -> Option<Vec<(u64, Content)>> {
    if each.is_empty() {
        return Some(Vec::new());
    }
    let count = usize::try_from(length).ok()?.checked_mul(each.len())?;
    if count > MOST_POINTERS {
        return None;
    }
    let mut all = Vec::with_capacity(count);
    for element in 0..length {
        let start = element.saturating_mul(stride);
        all.extend(each.iter().map(|(at, content)| (start.saturating_add(*at), *content)));
    }
    Some(all)
}
